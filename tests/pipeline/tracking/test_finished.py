"""What was trained is found again in the store, equal to the bit, or not at all."""

from dataclasses import replace

import mlflow
import numpy as np
import pytest

from experiments.diabetes import DIABETES
from experiments.language import Search, Splitting
from models.engine.devices import choose
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.scoring.evaluate import judge_by
from pipeline.tracking import Tracker, finished
from pipeline.tracking.finished import StoredGroups
from pipeline.training.executors import Here
from pipeline.training.train import trainer_of
from pipeline.training.work import Group, Means, Work

IRIS = ingest("iris")
FOLDS = split(IRIS, Splitting(n_folds=2), seed=1)


def trained_groups(candidate, comparison):
    """Every group of a candidate on both folds, with what it was trained to."""
    means = Means(placement=choose(), executor=Here(), judge=judge_by(comparison))
    works = [Work(candidate=candidate, dataset=IRIS, fold=fold) for fold in FOLDS]
    trainer = trainer_of(candidate)
    return [(group, trainer.train(group, means, lambda where, share: None)) for group in trainer.groups(works, means)]


@pytest.fixture
def open_run(workplace):
    """Opens a run of an experiment, and what it has stored."""
    tracker = Tracker()

    def open_run(experiment="kept", measure=lambda work, trained: {"measured": 0.25 + work.fold.index}):
        opened = tracker.run(experiment, name="a run", tags={"kind": "test"})
        stack.append(opened)
        return StoredGroups(opened.__enter__(), measure)

    stack = []
    yield open_run
    for opened in reversed(stack):
        opened.__exit__(None, None, None)


def same(one, other):
    assert one.candidate is other.candidate
    for name in ("fold_index", "seed", "best_epoch", "n_parameters", "seconds", "engine"):
        assert getattr(one, name) == getattr(other, name)
        assert type(getattr(one, name)) is type(getattr(other, name))
    np.testing.assert_equal([vars(trial) for trial in one.trials], [vars(trial) for trial in other.trials])
    assert one.chosen == other.chosen
    assert one.history.keys() == other.history.keys()
    for name, curve in one.history.items():
        np.testing.assert_array_equal(curve, other.history[name], strict=True)
    for name in ("train_rows", "validation_rows"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), strict=True)
    np.testing.assert_array_equal(one.model.predict_proba(IRIS.X), other.model.predict_proba(IRIS.X))


@pytest.fixture
def candidates(small):
    net, stopped_early, _, logistic = small.candidates
    space = {"hidden_units": ((3,), (3, 2)), "training.learning_rate": (1e30, 0.01)}
    sgd = replace(net, activation="relu", training=replace(net.training, optimizer="sgd"))
    return {
        "a net that stops early": stopped_early,
        "a baseline": logistic,
        "a search with trials that diverge": Search(name="searched", candidate=sgd, space=space, n_trials=4, n_inner=2),
    }


@pytest.mark.parametrize("kind", ["a net that stops early", "a baseline", "a search with trials that diverge"])
def test_what_is_kept_is_found_by_the_next_run_equal_to_the_bit(small, candidates, open_run, kind):
    groups, kept = trained_groups(candidates[kind], small), open_run()
    for group, trained in groups:
        assert kept.find(group) is None
        kept.keep(group, trained)
    again = open_run()
    for group, trained in groups:
        for one, other in zip(again.find(group), trained, strict=True):
            same(one, other)


def test_models_are_loaded_when_they_speak_and_once(small, open_run, monkeypatch):
    ((group, trained), _), stored, loaded = trained_groups(small.candidates[3], small), open_run(), []
    stored.keep(group, trained)
    download = mlflow.artifacts.download_artifacts
    monkeypatch.setattr(
        mlflow.artifacts, "download_artifacts", lambda *which, **how: loaded.extend(which) or download(*which, **how)
    )
    (found,) = stored.find(group)
    assert loaded == []
    for _ in range(2):
        found.model.predict_proba(IRIS.X)
    assert len(loaded) == 1


def test_half_a_group_is_not_found(small, open_run, monkeypatch):
    ((group, trained),), stored = trained_groups(small.candidates[0], small), open_run()
    log = finished._log

    def full_disk(item):
        if item.fold_index == 1:
            raise OSError("No space left on device")
        log(item)

    with monkeypatch.context() as patch:
        patch.setattr(finished, "_log", full_disk)
        with pytest.raises(OSError, match="No space left"):
            stored.keep(group, trained)
    assert len(mlflow.search_runs(experiment_names=["kept"], filter_string="tags.kind = 'candidate'")) == 2
    assert stored.find(group) is None
    stored.keep(group, trained)
    assert [item.fold_index for item in stored.find(group)] == [0, 1]


def test_another_group_or_another_experiment_is_not_found(small, open_run):
    ((group, trained), (other, _)), stored = trained_groups(small.candidates[3], small), open_run()
    stored.keep(group, trained)
    assert stored.find(other) is None
    assert stored.find(Group(works=group.works, threads=group.threads + 1)) is None
    assert open_run("another").find(group) is None


def test_a_group_is_kept_under_other_names_too(small, open_run):
    """Names are not in the digest: what was trained under one is what another would be trained to."""
    ((group, trained), _), stored = trained_groups(small.candidates[3], small), open_run()
    stored.keep(group, trained)
    renamed = replace(group.works[0], candidate=replace(small.candidates[3], name="other"))
    (found,) = stored.find(Group(works=(renamed,), threads=group.threads))
    assert found.candidate.name == "other"


def test_each_work_is_a_run_with_its_parameters_curves_and_what_was_measured(small, open_run):
    ((group, trained),), stored = trained_groups(small.candidates[1], small), open_run()
    stored.keep(group, trained)
    runs = mlflow.search_runs(experiment_names=["kept"], filter_string="tags.kind = 'candidate'").sort_values(
        "tags.seed"
    )
    assert list(runs["tags.seed"]) == [str(fold.seed) for fold in FOLDS]
    assert list(runs["metrics.measured"]) == [0.25, 1.25]
    assert set(runs["params.training.patience"]) == {"2"}
    assert set(runs["tags.work"]) == {group.digest}
    history = mlflow.MlflowClient().get_metric_history(runs.iloc[1]["run_id"], "train_loss")
    assert [each.value for each in history] == trained[1].history["train_loss"].tolist()


@pytest.mark.parametrize("name", ["one_neuron", "ridge"])
def test_what_predicts_numbers_is_found_again_equal_to_the_bit(open_run, name):
    diabetes = ingest("diabetes")
    folds = split(diabetes, Splitting(kind="k_fold", n_splits=2, n_folds=2), seed=1)
    (candidate,) = (one for one in DIABETES.candidates if one.name == name)
    works = [Work(candidate=candidate, dataset=diabetes, fold=fold, epochs=2) for fold in folds]
    means, trainer = Means(placement=choose(), executor=Here(), judge=None), trainer_of(candidate)
    group = trainer.groups(works, means)[0]
    trained = trainer.train(group, means, lambda where, share: None)
    open_run().keep(group, trained)
    for one, other in zip(open_run().find(group), trained, strict=True):
        np.testing.assert_array_equal(one.model.predict(diabetes.X), other.model.predict(diabetes.X))
