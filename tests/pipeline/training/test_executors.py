"""Where groups are trained changes neither results nor their order; progress of several is one that only rises."""

import os
import pickle
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from experiments.language import Splitting
from models.engine.devices import choose
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.training import executors
from pipeline.training.baselines import BaselineTrainer
from pipeline.training.executors import Here, within
from pipeline.training.train import train_works
from pipeline.training.work import Means, Work, singly, untold

IRIS = ingest("iris")
FOLDS = split(IRIS, Splitting(kind="stratified_k_fold", n_splits=4, n_folds=4), seed=1)
MEANS = Means(placement=choose(), executor=Here())


def works(candidate, **how):
    return [Work(candidate=candidate, dataset=IRIS, fold=fold, **how) for fold in FOLDS]


@pytest.fixture
def told():
    """All progress, in order."""
    return []


@pytest.fixture
def progress(told):
    return lambda where, share: told.append((where, share))


def test_baselines_are_the_same_to_the_bit_in_processes_of_their_own(small, monkeypatch, progress):
    together = train_works(works(small.candidates[3]), MEANS, progress)
    monkeypatch.setattr(executors, "_WORTH_A_PROCESS", 0)
    apart = train_works(works(small.candidates[3]), MEANS, progress)
    for one, other, fold in zip(together, apart, FOLDS, strict=True):
        assert one.fold_index == other.fold_index == fold.index
        np.testing.assert_array_equal(one.model.predict_proba(IRIS.X), other.model.predict_proba(IRIS.X))


def test_a_process_that_fits_baselines_does_not_wait_for_tensorflow(small):
    fit = """
import pickle, sys
train, group, untold = pickle.load(sys.stdin.buffer)
(trained,) = train(group, None, untold)
print(trained.engine, *[name for name in ("tensorflow", "keras", "mlflow", "matplotlib") if name in sys.modules])
"""
    (group, *_) = BaselineTrainer().groups(works(small.candidates[3]), MEANS)
    order = pickle.dumps((BaselineTrainer().train, group, untold))
    done = subprocess.run([sys.executable, "-c", fit], input=order, capture_output=True, check=True)
    assert done.stdout.split() == [b"scikit-learn"]


def asked(*, apart):
    """A trainer that only tells where it was asked; sent as it stands, for this file would bring TensorFlow along.

    A process that has grown by so much since it began is ended by joblib, and others wait for it.
    """

    def train(group, means, progress):
        return (os.getpid(), means is not None)

    return SimpleNamespace(apart=apart, train=train)


@pytest.mark.parametrize(
    ("apart", "worth", "elsewhere"), [(True, 0, True), (True, IRIS.X.size, False), (False, 0, False)]
)
def test_processes_are_for_what_works_apart_on_enough_rows(small, monkeypatch, progress, apart, worth, elsewhere):
    monkeypatch.setattr(executors, "_WORTH_A_PROCESS", worth)
    groups = singly(works(small.candidates[3]), MEANS)
    found = list(Here().map(asked(apart=apart), groups, MEANS, progress))
    assert len(found) == len(groups)
    for process, has_means in found:
        assert (process != os.getpid()) is elsewhere
        assert has_means is not apart


def test_progress_of_nets_in_two_groups_rises_to_one(small, told, progress):
    train_works(works(small.candidates[0]), MEANS, progress)  # folds of 112 and of 113 rows
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[0] < 0.5 < shares[-1] == 1.0
    assert {where.split(", ")[0] for where, _ in told} == {"1 of 2", "2 of 2"}


def test_progress_of_fits_apart_counts_them(small, told, progress):
    train_works(works(small.candidates[3]), MEANS, progress)
    assert told[0] == ("1 of 4", 0.0)
    assert [share for _, share in told[1:]] == [0.25, 0.5, 0.75, 1.0]


def test_a_group_has_as_large_a_part_of_the_progress_as_it_has_works(told, progress):
    for number in range(3):
        for share in (0.0, 0.5, 1.0):
            within(progress, [1, 2, 1], number)("here", share)
    assert [share for _, share in told] == [0.0, 0.125, 0.25, 0.25, 0.5, 0.75, 0.75, 0.875, 1.0]
    assert told[3][0] == "2 of 3, here"


def test_the_progress_of_a_single_group_is_told_as_it_is(told, progress):
    within(progress, [5], 0)("here", 0.5)
    assert told == [("here", 0.5)]


def test_the_threads_are_those_of_the_machine():
    assert Here().threads == os.cpu_count()


def test_nothing_to_train_is_nothing_to_tell(small, told, progress):
    for trainer in (asked(apart=True), asked(apart=False)):
        assert list(Here().map(trainer, [], MEANS, progress)) == []
    assert told == []
