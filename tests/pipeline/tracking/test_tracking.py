"""What the MLflow UI has to show of a finished comparison: tags to filter by, figures, the verdict."""

from xml.etree import ElementTree

import mlflow
import pytest

from experiments.language import METRICS


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


def test_every_candidate_has_the_bounds_of_every_metric(client, flowers_comparison):
    for run in found(client, "tags.kind = 'candidate'"):
        for metric in flowers_comparison.metrics:
            low, mean, high = (run.data.metrics[f"test_{metric}{bound}"] for bound in ("_low", "", "_high"))
            assert 0 <= low <= mean <= high
            assert high <= 1 or METRICS[metric].lower_is_better


def test_logged_models_are_ranked_by_their_test_scores(client):
    """Nets and baselines of all runs, as ``mlflow.search_logged_models`` has them: by one metric on one data set."""
    runs = {run.info.run_id: run for run in found(client, "tags.kind = 'candidate'")}
    models = mlflow.search_logged_models(
        experiment_ids=[client.get_experiment_by_name("flowers").experiment_id],
        datasets=[{"dataset_name": "iris"}],
        order_by=[{"field_name": "metrics.test_accuracy", "ascending": False, "dataset_name": "iris"}],
        output_format="list",
    )
    scores = [
        next(metric.value for metric in model.metrics if metric.key == "test_accuracy")
        for model in models
        if model.source_run_id in runs
    ]
    assert next(model.name for model in models if model.source_run_id in runs) == "tanh_8"
    assert scores == sorted((run.data.metrics["test_accuracy"] for run in runs.values()), reverse=True)


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
    assert verdict.startswith("By accuracy, tanh 8, a net, is best: ")
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
