"""What the MLflow UI has to show of a finished comparison: tags to filter by, figures, the verdict."""

from io import StringIO
from xml.etree import ElementTree

import mlflow
import pandas as pd
import pytest

from experiments.language import METRICS
from pipeline.words.names import heading
from pipeline.words.numbers import number


@pytest.fixture
def client(flowers):
    mlflow.set_tracking_uri(flowers.uri)
    return mlflow.MlflowClient()


def found(client, filter_string):
    experiment = client.get_experiment_by_name("flowers")
    return client.search_runs([experiment.experiment_id], filter_string)


def test_tags_tell_parents_from_candidates_and_nets_from_baselines(client):
    (parent,) = found(client, "tags.kind = 'comparison'")
    candidates = found(client, "tags.kind = 'candidate'")
    assert {run.data.tags["mlflow.parentRunId"] for run in candidates} == {parent.info.run_id}
    assert [run.info.run_name for run in found(client, "tags.family = 'net'")] == ["tanh_8"]
    assert {run.info.run_name for run in found(client, "tags.family = 'baseline'")} == {"majority_class", "stump"}
    for run in (parent, *candidates):
        assert run.data.tags["dataset"] == "iris"
        assert run.data.tags["git"]
        assert run.data.tags["seed"] == "1"
    engines = {run.info.run_name: run.data.tags["engine"].partition(",")[0] for run in candidates}
    assert engines == {"tanh_8": "compiled epochs", "majority_class": "scikit-learn", "stump": "scikit-learn"}


def test_every_candidate_has_its_mean_in_every_metric_and_the_bounds_of_the_one_that_ranks(client, flowers_comparison):
    (parent,) = found(client, "tags.kind = 'comparison'")
    table = pd.read_csv(StringIO(mlflow.artifacts.load_text(f"{parent.info.artifact_uri}/comparison.csv")))
    for run in found(client, "tags.kind = 'candidate'"):
        own = table[table["candidate"] == run.info.run_name].set_index("metric")
        assert own["mean"].to_dict() == {name: run.data.metrics[f"test/{name}"] for name in flowers_comparison.metrics}
        bounds = {name: value for name, value in run.data.metrics.items() if name.startswith("interval/")}
        expected = own.loc["accuracy"]
        assert bounds == {"interval/accuracy_low": expected["low"], "interval/accuracy_high": expected["high"]}


def test_the_ui_folds_what_a_candidate_has_and_shows_its_curves_first(client):
    """Sections come in the order of the alphabet; what has a point only is a chart of one bar."""
    (net,) = found(client, "tags.family = 'net'")
    assert all(name.count("/") == 1 for name in net.data.metrics)
    sections = sorted({name.partition("/")[0] for name in net.data.metrics})
    assert sections == ["by_epoch", "by_fold", "interval", "test", "training"]
    steps = {name: len(client.get_metric_history(net.info.run_id, name)) for name in net.data.metrics}
    assert (steps["by_epoch/train_loss"], steps["by_fold/accuracy"]) == (60, 5)
    assert {name.partition("/")[0] for name, n_steps in steps.items() if n_steps == 1} == {*sections[2:]}
    assert sum(n_steps == 1 for n_steps in steps.values()) == 8


def test_a_candidate_is_described_with_all_its_intervals(client, flowers_comparison):
    (parent,) = found(client, "tags.kind = 'comparison'")
    table = pd.read_csv(StringIO(mlflow.artifacts.load_text(f"{parent.info.artifact_uri}/comparison.csv")))
    for run in found(client, "tags.kind = 'candidate'"):
        what, _, _, _, *rows = run.data.tags["mlflow.note.content"].splitlines()
        declared = next(one for one in flowers_comparison.candidates if one.name == run.info.run_name)
        assert what.lower().startswith(declared.words().lower())
        assert " s on 5 folds; the model is that of the first." in what
        own = table[table["candidate"] == run.info.run_name]
        assert rows == [
            f"| {heading(METRICS[row.metric].words)} | {number(row.mean)} | {number(row.low)} to {number(row.high)} |"
            for row in own.itertuples()
        ]


def test_a_parent_says_how_busy_the_machine_was_after_each_candidate(client, flowers_comparison):
    (parent,) = found(client, "tags.kind = 'comparison'")
    busy = {name for name in parent.data.metrics if name.startswith("system/")}
    assert {name for name in busy if name.endswith("_percentage")} == {
        "system/cpu_utilization_percentage",
        "system/system_memory_usage_percentage",
    }
    for name in busy:
        points = client.get_metric_history(parent.info.run_id, name)
        assert [point.step for point in points] == list(range(1, 1 + len(flowers_comparison.candidates)))
        assert all(0 <= point.value <= 100 or name.endswith("_megabytes") for point in points)
    own, all_of_it = (
        parent.data.metrics[f"system/{name}_megabytes"] for name in ("process_memory", "system_memory_usage")
    )
    assert 0 < own < all_of_it


def test_logged_models_are_ranked_by_their_test_scores(client):
    """Nets and baselines of all runs, as ``mlflow.search_logged_models`` has them: by one metric on one data set."""
    runs = {run.info.run_id: run for run in found(client, "tags.kind = 'candidate'")}
    models = mlflow.search_logged_models(
        experiment_ids=[client.get_experiment_by_name("flowers").experiment_id],
        datasets=[{"dataset_name": "iris"}],
        order_by=[{"field_name": "metrics.test/accuracy", "ascending": False, "dataset_name": "iris"}],
        output_format="list",
    )
    scores = [
        next(metric.value for metric in model.metrics if metric.key == "test/accuracy")
        for model in models
        if model.source_run_id in runs
    ]
    assert next(model.name for model in models if model.source_run_id in runs) == "tanh_8"
    assert scores == sorted((run.data.metrics["test/accuracy"] for run in runs.values()), reverse=True)


def test_a_parent_says_what_it_was_of_and_the_experiment_what_it_is(client, flowers_comparison):
    (parent,) = found(client, "tags.kind = 'comparison'")
    told = parent.data.params
    assert {told[name] for name in ("data", "rows", "columns", "primary_metric")} == {"iris", "150", "4", "accuracy"}
    assert (told["seed"], told["folds"]) == ("1", str(flowers_comparison.splitting.n_folds))
    assert (told["candidates"], len(told["declaration"])) == ("3", 8)
    experiment = client.get_experiment_by_name("flowers")
    assert experiment.tags["mlflow.note.content"].startswith(flowers_comparison.title.rstrip("."))


def test_the_note_holds_the_verdict_and_the_ranking(client):
    (parent,) = found(client, "tags.kind = 'comparison'")
    verdict, *rest = parent.data.tags["mlflow.note.content"].split("\n\n")
    place = f"experiments/{parent.info.experiment_id}/runs/{parent.info.run_id}/artifacts/report.html"
    link = f"[The whole report](#/{place}?workflowType=machine_learning)"
    assert verdict.startswith(f"{link}: By accuracy, tanh 8, a net, is best: ")
    assert "report.html" in {file.path for file in client.list_artifacts(parent.info.run_id)}
    assert rest[0].startswith("| Candidate | Accuracy | 95 % interval |")


@pytest.mark.parametrize("name", ["intervals", "differences_to_the_best"])
def test_figures_are_images_of_their_own(client, tmp_path, name):
    (parent,) = found(client, "tags.kind = 'comparison'")
    file = client.download_artifacts(parent.info.run_id, f"figures/{name}.svg", str(tmp_path))
    picture = ElementTree.parse(file).getroot()
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    text = " ".join(picture.itertext())
    assert "stump" in text
    assert "--paper" in text
