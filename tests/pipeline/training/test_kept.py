"""What was trained is found again, equal to the bit, or not at all."""

import os
import time
from dataclasses import replace

import numpy as np
import pytest

from experiments.diabetes import DIABETES
from experiments.language import Baseline, DenseNet, Ensemble, Search, Splitting, register
from experiments.language.candidate import _KINDS
from models.engine.devices import choose
from models.trained import TrainedNet
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.scoring.evaluate import judge_by
from pipeline.training.executors import Here
from pipeline.training.kept import KeptGroups
from pipeline.training.packing import pack, unpack
from pipeline.training.train import train_works, trainer_of
from pipeline.training.values import Interrupted, Tried
from pipeline.training.work import Group, Means, Work

IRIS = ingest("iris")
FOLDS = split(IRIS, Splitting(n_folds=2), seed=1)


def works(candidate, epochs=None):
    return [Work(candidate=candidate, dataset=IRIS, fold=fold, epochs=epochs) for fold in FOLDS]


def trained_groups(candidate, comparison):
    """Every group of a candidate on both folds, with what it was trained to."""
    means, trainer = Means(placement=choose(), executor=Here(), judge=judge_by(comparison)), trainer_of(candidate)
    groups = trainer.groups(works(candidate), means)
    return [(group, trainer.train(group, means, lambda where, share: None)) for group in groups]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "groups"


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
        assert not getattr(one, name).flags.writeable
    assert type(one.model) is type(other.model)
    np.testing.assert_array_equal(one.model.predict_proba(IRIS.X), other.model.predict_proba(IRIS.X))


@pytest.fixture
def candidates(small):
    net, stopped_early, _, logistic = small.candidates
    space = {"hidden_units": ((3,), (3, 2)), "training.learning_rate": (1e30, 0.01)}
    sgd = replace(net, activation="relu", training=replace(net.training, optimizer="sgd"))
    return {
        "a net that stops early": stopped_early,
        "a vote": Ensemble(name="vote", net=net, n_members=2),
        "a baseline": logistic,
        "a forest": Baseline(name="forest", algorithm="random_forest", settings={"n_estimators": 5}),
        "a search with trials that diverge": Search(name="searched", candidate=sgd, space=space, n_trials=4, n_inner=2),
    }


@pytest.mark.parametrize(
    "kind", ["a net that stops early", "a vote", "a baseline", "a forest", "a search with trials that diverge"]
)
def test_what_is_kept_is_found_by_the_next_run_equal_to_the_bit(small, candidates, folder, kind):
    groups, kept = trained_groups(candidates[kind], small), KeptGroups(folder)
    for group, trained in groups:
        assert kept.find(group) is None
        kept.keep(group, trained)
    again = KeptGroups(folder)
    for group, trained in groups:
        for one, other in zip(again.find(group), trained, strict=True):
            same(one, other)
    assert (kept.n_trained, kept.n_found, again.n_trained, again.n_found) == (len(groups), 0, 0, len(groups))


@pytest.mark.parametrize("name", ["one_neuron", "ridge"])
def test_what_predicts_numbers_is_found_again_equal_to_the_bit(folder, name):
    diabetes = ingest("diabetes")
    fold, _ = split(diabetes, Splitting(kind="k_fold", n_splits=2, n_folds=2), seed=1)
    (candidate,) = (one for one in DIABETES.candidates if one.name == name)
    means, trainer = Means(placement=choose(), executor=Here()), trainer_of(candidate)
    (group,) = trainer.groups([Work(candidate=candidate, dataset=diabetes, fold=fold, epochs=2)], means)
    (trained,) = trainer.train(group, means, lambda where, share: None)
    KeptGroups(folder).keep(group, [trained])
    (found,) = KeptGroups(folder).find(group)
    np.testing.assert_array_equal(found.model.predict(diabetes.X), trained.model.predict(diabetes.X))


@pytest.fixture
def forest(small):
    """Two groups of a forest, trained."""
    candidate = Baseline(name="forest", algorithm="random_forest", settings={"n_estimators": 5})
    return trained_groups(candidate, small)


def test_another_group_is_not_found(forest, folder):
    ((group, trained), (other, _)), kept = forest, KeptGroups(folder)
    kept.keep(group, trained)
    assert kept.find(other) is None
    assert kept.find(replace(group, threads=group.threads + 1)) is None
    assert KeptGroups(folder.parent / "another").find(group) is None


@pytest.mark.parametrize("where", [0, 40, -1])
def test_a_damaged_group_is_not_used(forest, folder, where):
    (group, trained), _ = forest
    KeptGroups(folder).keep(group, trained)
    content = bytearray((folder / group.digest).read_bytes())
    content[where] ^= 1
    (folder / group.digest).write_bytes(content)
    assert KeptGroups(folder).find(group) is None


def test_half_a_group_and_that_of_another_name_are_not_used(forest, folder):
    ((group, trained), (other, _)), kept = forest, KeptGroups(folder)
    kept.keep(group, trained)
    content = (folder / group.digest).read_bytes()
    (folder / other.digest).write_bytes(content)
    assert kept.find(other) is None
    for end in (0, 10, len(content) // 2, len(content) - 1):
        (folder / group.digest).write_bytes(content[:end])
        assert kept.find(group) is None
    kept.keep(group, trained)
    assert kept.find(group) is not None


def test_an_end_while_it_is_written_leaves_nothing_of_its_name(forest, folder, monkeypatch):
    (group, trained), _ = forest

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        KeptGroups(folder).keep(group, trained)
    assert list(folder.iterdir()) == []


def test_what_a_killed_process_left_half_written_is_removed_once_nobody_writes_on(forest, folder):
    (group, trained), _ = forest
    KeptGroups(folder).keep(group, trained)
    old, new = folder / "old.part", folder / "new.part"
    for half in (old, new):
        half.write_bytes(b"half")
    os.utime(old, (0, time.time() - 2 * 86400))
    assert KeptGroups(folder).find(group) is not None
    assert (old.exists(), new.exists()) == (False, True)


def test_a_full_disk_costs_no_run_and_is_told(forest, folder, monkeypatch):
    (group, trained), _ = forest
    kept = KeptGroups(folder)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    kept.keep(group, trained)
    assert list(folder.iterdir()) == []
    assert kept.told() == "1 group could not be kept: a run that goes on trains it again."


def test_where_a_model_finds_no_room_for_its_files_nothing_is_found_or_kept(small, folder, monkeypatch):
    (group, trained), (other, others) = (trained_groups(net, small)[0] for net in small.candidates[:2])
    kept = KeptGroups(folder)
    kept.keep(group, trained)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(TrainedNet, "write", full)
    monkeypatch.setattr(TrainedNet, "read", full)
    kept.keep(other, others)
    assert kept.find(group) is None
    assert (kept.n_found, kept.n_trained) == (0, 2)
    assert kept.told() == "1 group could not be kept: a run that goes on trains it again."


def test_a_setting_of_no_digest_is_trained_each_time(folder):
    nearest = {"n_neighbors": 3, "weights": lambda distance: 1 / (1 + distance)}
    candidate = Baseline(name="nearest", algorithm="k_nearest_neighbors", settings=nearest)
    kept = KeptGroups(folder)
    for fresh in (kept, KeptGroups(folder, fresh=True)):
        means = Means(placement=choose("cpu"), executor=Here(), finished=fresh)
        assert len(train_works(works(candidate), means, lambda where, share: None)) == 2
        assert (fresh.n_found, fresh.n_trained) == (0, 2)
        assert not any(fresh.holds(group) for group in trainer_of(candidate).groups(works(candidate), means))
    assert not folder.exists()


def test_what_was_used_longest_ago_makes_room(forest, folder):
    ((first, trained), (second, others)), kept = forest, KeptGroups(folder)
    kept.keep(first, trained)
    kept.keep(second, others)
    room = 2 * (folder / first.digest).stat().st_size + 10
    for group, age in ((first, 200), (second, 100)):
        os.utime(folder / group.digest, (0, time.time() - age))
    assert kept.find(first) is not None  # it was used just now, so the other one goes
    third = replace(first, threads=7)
    KeptGroups(folder, room=room).keep(third, trained)
    assert {file.name for file in folder.iterdir()} == {first.digest, third.digest}


def test_afresh_finds_what_it_has_kept_itself_and_nothing_else(forest, folder):
    (first, trained), (second, others) = forest
    KeptGroups(folder).keep(first, trained)
    fresh = KeptGroups(folder, fresh=True)
    assert fresh.find(first) is None
    fresh.keep(second, others)
    assert fresh.find(second) is not None
    assert KeptGroups(folder).find(first) is not None


def test_it_is_told_once_how_much_was_found(forest, folder):
    ((first, trained), (second, others)), kept = forest, KeptGroups(folder)
    kept.keep(first, trained)
    assert kept.told() == ""
    kept.find(first)
    kept.keep(second, others)
    assert kept.told() == "1 of 2 groups of trainings was done before and found again; --fresh trains all anew."
    assert kept.told() == ""


def test_a_group_is_found_under_another_name_and_its_net_has_that_name(small, folder):
    """Names are not in the digest: what was trained under one is what another would be trained to."""
    ((group, trained),), kept = trained_groups(small.candidates[0], small), KeptGroups(folder)
    kept.keep(group, trained)
    candidate = replace(small.candidates[0], name="other")
    renamed = Group(works=tuple(replace(work, candidate=candidate) for work in group.works), threads=group.threads)
    for one, other in zip(kept.find(renamed), trained, strict=True):
        assert (one.candidate.name, one.model.model.name) == ("other", "other")
        np.testing.assert_array_equal(one.model.predict_proba(IRIS.X), other.model.predict_proba(IRIS.X))


def test_what_somebody_else_declared_is_neither_kept_nor_found(small, folder, monkeypatch):
    """Its class may be of a notebook, where the same name means something else by now."""
    monkeypatch.delitem(_KINDS, "strange_net", raising=False)

    class StrangeNet(DenseNet):
        pass

    register("strange_net", StrangeNet)
    strange = StrangeNet(name="strange", hidden_units=(3,), training=small.candidates[0].training)
    plain = replace(small.candidates[0], name="plain")
    kept = KeptGroups(folder)
    assert Group(works=tuple(works(plain)), threads=1).is_told
    for candidate in (strange, Ensemble(name="vote", net=strange, n_members=2)):
        group = Group(works=tuple(works(candidate)), threads=1)
        assert not group.is_told
        kept.keep(group, ())
        kept.keep_trial(group, Tried(scores=np.zeros(2), seconds=np.zeros(2)))
        assert kept.find(group) is None
    assert not folder.exists() or list(folder.iterdir()) == []
    assert not replace(Group(works=tuple(works(plain)), threads=1), is_judge_ours=False).is_told
    del _KINDS["strange_net"]


class Counted(Here):
    """Counts trainings, and is interrupted after some."""

    def __init__(self, most=10**6):
        super().__init__()
        self.most, self.n_trained = most, 0

    def map(self, trainer, groups, means, progress):
        for done in super().map(trainer, groups, means, progress):
            if trainer.apart:
                if self.n_trained == self.most:
                    raise Interrupted([])
                self.n_trained += len(done)
            yield done


def test_a_search_that_was_interrupted_goes_on_behind_its_trials(small, folder):
    search = Search(
        name="searched", candidate=small.candidates[3], space={"settings.C": (0.01, 0.1, 1.0)}, n_trials=3, n_inner=2
    )

    def searched(executor):
        judge = judge_by(replace(small, primary_metric="log_loss"))
        means = Means(placement=choose(), executor=executor, judge=judge, finished=KeptGroups(folder))
        return train_works(works(search), means, lambda where, share: None)

    whole = searched(everything := Counted())
    assert everything.n_trained == 3 * 4 + 2  # trials of two inner folds on two folds, and what was chosen
    for file in folder.iterdir():
        file.unlink()
    with pytest.raises(Interrupted):
        searched(Counted(most=2 * 4 + 1))  # in the middle of the third trial
    again = searched(rest := Counted())
    assert rest.n_trained == 1 * 4 + 2
    for one, other in zip(again, whole, strict=True):
        np.testing.assert_equal(
            [(trial.settings, trial.score, trial.chosen) for trial in one.trials],
            [(trial.settings, trial.score, trial.chosen) for trial in other.trials],
        )
        np.testing.assert_array_equal(one.model.predict_proba(IRIS.X), other.model.predict_proba(IRIS.X))
    assert searched(nothing := Counted()) is not None
    assert nothing.n_trained == 0


def test_bytes_hold_a_group_whatever_made_them(forest):
    (group, trained), _ = forest
    for one, other in zip(unpack(pack(trained), group), trained, strict=True):
        same(one, other)
