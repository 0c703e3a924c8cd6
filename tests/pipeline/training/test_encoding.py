"""A raw table through training: what is encoded is fitted on training rows, and changes no score of plain numbers."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_wine
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from experiments.language import Baseline, DenseNet, Ensemble, Splitting, Training
from models.encoding.encoder import Encoder
from pipeline.data.split import split
from pipeline.data.table import Table
from pipeline.training.train import train

NET = DenseNet(
    name="net",
    hidden_units=(4,),
    activation="tanh",
    training=Training(
        epochs=3, learning_rate=0.01, batch_size=32, optimizer="adam", patience=2, validation_share=0.2, balanced=True
    ),
)
CANDIDATES = (
    Baseline(name="linear", algorithm="logistic_regression", inputs="standardize"),
    Baseline(name="boosting", algorithm="hist_gradient_boosting"),
    NET,
    Ensemble(name="vote", net=NET, n_members=2),
)


def customers():
    """A table of all kinds of columns with gaps in each."""
    rng = np.random.default_rng(0)
    n = 500
    branch = rng.integers(0, 12, n)
    table = pd.DataFrame(
        {
            "visits": rng.integers(0, 30, n).astype(float),
            "income": rng.normal(2000, 300, n).round(2),
            "member": rng.choice(["no", "yes"], n),
            "joined": (np.datetime64("2020-01-01") + rng.integers(0, 700, n)).astype(str),
            "plan": rng.choice(["basic", "plus", "gold"], n, p=[0.5, 0.49, 0.01]),
            "branch": [f"{number:03d}" for number in branch],
        }
    )
    for name in table:
        table.loc[rng.random(n) < 0.05, name] = None
    table["left"] = np.where(rng.random(n) < 0.1 + 0.06 * branch, "yes", "no")
    return table


def read(table, path):
    """The table as a stranger's CSV."""
    table.to_csv(path, index=False)
    return Table(source=path, target="left").load()


@pytest.fixture(scope="module")
def churn(tmp_path_factory):
    dataset = read(customers(), tmp_path_factory.mktemp("tables") / "churn.csv")
    assert [column.kind for column in dataset.columns.used] == [
        *("number", "number", "yes/no", "date", "category", "category")
    ]
    return dataset


@pytest.fixture(scope="module")
def folds(churn):
    return split(churn, Splitting(kind="random", test_share=0.3), seed=1, n_folds=2)


def rewritten(dataset, rows):
    """The same table with other cells in some rows: gaps, other categories, values out of range."""
    X = dataset.X.copy()
    X[rows] = [np.nan, 1e6, np.nan, 30_000.25, 0, 11]
    return replace(dataset, X=X)


@pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda candidate: candidate.name)
def test_test_rows_change_no_model(churn, folds, candidate):
    (fold,) = folds[:1]
    other = rewritten(churn, fold.test_rows)
    first, second = (train(candidate, dataset, (fold,))[0].model for dataset in (churn, other))
    np.testing.assert_array_equal(first.predict_proba(churn.X), second.predict_proba(churn.X))


@pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda candidate: candidate.name)
def test_test_rows_change_no_model_even_if_the_contract_is_read_from_them_too(churn, folds, candidate, tmp_path):
    (fold,) = folds[:1]
    table = customers()
    table.loc[fold.test_rows[::2], ["plan", "branch", "visits", "joined"]] = ["a new plan", "0055", 1e6, "1999-12-31"]
    table.loc[fold.test_rows[1::2], ["plan", "branch", "income", "member", "joined"]] = None
    other = read(table, tmp_path / "other.csv")
    assert len(other.columns.used[-1].levels) == len(churn.columns.used[-1].levels) + 1
    first, second = (train(candidate, dataset, (fold,))[0].model for dataset in (churn, other))
    rows = fold.train_rows
    np.testing.assert_array_equal(first.predict_proba(churn.X[rows]), second.predict_proba(other.X[rows]))


def test_an_encoder_of_all_rows_would_change_with_the_test_rows(churn, folds, monkeypatch):
    """The naive way, which the test above must not let pass."""
    (fold,) = folds[:1]
    answers = []
    for dataset in (churn, rewritten(churn, fold.test_rows)):
        everything = Encoder(dataset.columns, seed=fold.seed).fit(dataset.X, dataset.y)
        monkeypatch.setattr(Encoder, "fit_transform", lambda self, X, y=None, naive=everything: naive.transform(X))
        monkeypatch.setattr(Encoder, "transform", lambda self, X, naive=everything: naive.parts_.transform(X))
        answers.append(train(CANDIDATES[0], dataset, (fold,))[0].model.predict_proba(churn.X))
        monkeypatch.undo()
    assert np.abs(answers[0] - answers[1]).max() > 1e-3


def test_a_nets_encoder_sees_the_rows_it_learns_from_and_no_watched_ones(churn, folds):
    (trained,) = train(NET, churn, folds[:1])
    encoder = Encoder(churn.columns, seed=folds[0].seed)
    encoder.fit(churn.X[trained.train_rows], churn.y[trained.train_rows])
    np.testing.assert_array_equal(trained.model.encoder.transform(churn.X), encoder.transform(churn.X))
    assert len(trained.validation_rows)


def test_folds_of_other_widths_are_trained_side_by_side_as_they_would_be_alone(churn, folds):
    """Where no training row lacks its income, there is no flag for it."""
    X = churn.X.copy()
    X[folds[0].train_rows, 1] = np.nan_to_num(X[folds[0].train_rows, 1], nan=2000)
    X[folds[0].test_rows, 1] = np.nan
    dataset = replace(churn, X=X)
    net = replace(NET, training=replace(NET.training, patience=None, validation_share=0.0))
    together = train(net, dataset, folds)
    widths = [trained.model.model.input_shape[1] for trained in together]
    assert widths[0] == widths[1] - 1
    for fold, trained in zip(folds, together, strict=True):
        (alone,) = train(net, dataset, (fold,))
        np.testing.assert_allclose(trained.model.predict_proba(X), alone.model.predict_proba(X), atol=1e-6)


def plain(algorithm, seed):
    """scikit-learn's own, without anything of ours."""
    if algorithm == "hist_gradient_boosting":
        return HistGradientBoostingClassifier(max_iter=20, random_state=seed)
    return make_pipeline(StandardScaler(), LogisticRegression(random_state=seed))


@pytest.mark.parametrize("load", [load_breast_cancer, load_wine])
@pytest.mark.parametrize(
    ("algorithm", "inputs", "settings"),
    [("logistic_regression", "standardize", {}), ("hist_gradient_boosting", "raw", {"max_iter": 20})],
)
def test_a_table_of_numbers_scores_as_plain_scikit_learn_does(load, algorithm, inputs, settings, tmp_path):
    bunch = load(as_frame=True)
    path = tmp_path / "numbers.csv"
    bunch.frame.assign(target=bunch.target_names[bunch.target]).to_csv(path, index=False)
    dataset = Table(source=path, target="target").load()
    folds = split(dataset, Splitting(n_folds=3), seed=1)
    baseline = Baseline(name="own", algorithm=algorithm, inputs=inputs, settings=settings)
    X = bunch.data.to_numpy()
    y = np.array([dataset.class_names.index(name) for name in bunch.target_names[bunch.target]])
    for fold, trained in zip(folds, train(baseline, dataset, folds), strict=True):
        reference = plain(algorithm, fold.seed).fit(X[fold.train_rows], y[fold.train_rows])
        ours = trained.model.predict_proba(dataset.X[fold.test_rows])
        theirs = reference.predict_proba(X[fold.test_rows])
        y_test = y[fold.test_rows]
        assert round(log_loss(y_test, ours), 6) == round(log_loss(y_test, theirs), 6)
        assert accuracy_score(y_test, ours.argmax(axis=1)) == accuracy_score(y_test, theirs.argmax(axis=1))
