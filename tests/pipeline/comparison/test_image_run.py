"""One small comparison of images through all stages: its pages, and its conv net as MLflow serves it."""

from io import StringIO
from types import SimpleNamespace

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.exceptions import MlflowException
from mlflow.pyfunc.scoring_server import infer_and_parse_data
from sklearn.metrics import log_loss

from experiments.language import Baseline, Comparison, ConvNet, Convolution, Splitting, Training
from pipeline.data.ingest import ingest
from pipeline.plan import How, carry_out, plan
from pipeline.telling.terminal import Terminal

IMAGES = Comparison(
    name="images",
    title="Images",
    where="Lab",
    data="digits",
    splitting=Splitting(n_folds=2),
    candidates=(
        ConvNet(
            name="conv_6",
            convolutions=(Convolution(feature_maps=6, kernel_size=3),),
            training=Training(epochs=3, learning_rate=0.01, optimizer="adam"),
        ),
        Baseline(name="majority_class", algorithm="majority_class"),
        Baseline(name="naive_bayes", algorithm="naive_bayes"),
    ),
    metrics=("accuracy", "log_loss"),
    primary_metric="accuracy",
)


@pytest.fixture(scope="module")
def done(empty_database, tmp_path_factory):
    """The finished run: its store, the digits, and what MLflow has of the conv net."""
    folder = tmp_path_factory.mktemp("images")
    uri = f"sqlite:///{folder}/mlflow.db"
    (folder / "mlflow.db").write_bytes(empty_database.read_bytes())
    carry_out(plan([], [IMAGES], How(tracking_uri=uri)), Terminal(quiet=True))
    mlflow.set_tracking_uri(uri)
    client = mlflow.MlflowClient()
    experiment = client.get_experiment_by_name("images")
    (parent,) = client.search_runs([experiment.experiment_id], "tags.mlflow.parentRunId IS NULL")
    (child,) = client.search_runs([experiment.experiment_id], "tags.mlflow.runName = 'conv_6'")
    (model,) = client.search_logged_models([experiment.experiment_id], filter_string="name = 'conv_6'")
    return SimpleNamespace(
        dataset=ingest("digits"),
        client=client,
        parent=parent,
        child=child,
        net=mlflow.pyfunc.load_model(model.model_uri),
    )


def text(done, name):
    return mlflow.artifacts.load_text(f"{done.parent.info.artifact_uri}/{name}")


def test_mistakes_are_in_the_report_and_a_page_of_their_own(done):
    for name in ("report.html", "mistakes.html"):
        page = text(done, name)
        assert 'id="mistakes"' in page
        assert "Conv 6, the best net" in page
        assert "Naive bayes, the best baseline" in page
        assert page.count("data:image/png;base64,") > 20
        assert "The learnt kernels of conv 6" in page


def test_accuracy_by_class_adds_up_to_the_first_folds_accuracy(done):
    table = pd.read_csv(StringIO(text(done, "accuracy_by_class.csv"))).query("candidate == 'conv_6'")

    first = done.client.get_metric_history(done.child.info.run_id, "by_fold/accuracy")[0]
    assert table["n_test"].sum() == 360
    assert table["n_right"].sum() / 360 == pytest.approx(first.value)


def test_the_logged_net_takes_raw_images_and_gives_the_runs_own_probabilities(done):
    (inputs,) = done.net.metadata.get_input_schema().inputs
    assert (inputs.type, inputs.shape) == (np.uint8, (-1, 8, 8))
    split = pd.read_csv(StringIO(text(done, "split.csv")))
    rows = split.query("fold == 0 and part == 'test'")["row"]

    y_proba = done.net.predict(done.dataset.X[rows])

    assert list(y_proba.columns) == list(done.dataset.class_names)
    loss = done.client.get_metric_history(done.child.info.run_id, "by_fold/log_loss")[0].value
    assert log_loss(done.dataset.y[rows], y_proba.to_numpy()) == pytest.approx(loss, abs=1e-6)


def test_images_posted_as_json_are_the_same_images(done):
    body = {"inputs": done.dataset.X[:5].tolist()}

    posted = infer_and_parse_data(body, done.net.metadata.get_input_schema())

    np.testing.assert_allclose(done.net.predict(posted), done.net.predict(done.dataset.X[:5]), atol=1e-9)


def test_scaled_or_misshapen_images_are_refused_by_the_served_net(done):
    for wrong in (done.dataset.X[:5] / 16, done.dataset.X[:5, :7]):
        with pytest.raises(MlflowException):
            done.net.predict(wrong)
