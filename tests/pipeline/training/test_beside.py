"""What is begun before its turn is what it would have been in its turn, is handed over once, and ends with its run."""

import os
import time
import warnings
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from experiments.language import Splitting
from models.engine.devices import choose
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.flow.desk import Desk
from pipeline.flow.each import Entry, train_and_score
from pipeline.training import executors
from pipeline.training.baselines import BaselineTrainer
from pipeline.training.beside import Beside
from pipeline.training.cluster import opened
from pipeline.training.executors import Here, NothingMore
from pipeline.training.kept import KeptGroups
from pipeline.training.train import announce, train_works
from pipeline.training.work import Means, Work, singly, untold

IRIS = ingest("iris")
FOLDS = split(IRIS, Splitting(kind="stratified_k_fold", n_splits=4, n_folds=4), seed=1)
MEANS = Means(placement=choose(), executor=Here())


def works(candidate):
    return [Work(candidate=candidate, dataset=IRIS, fold=fold) for fold in FOLDS]


@pytest.fixture
def beside():
    begun = Beside()
    yield begun
    begun.close()


@pytest.fixture
def logistic(small):
    return small.candidates[3]


@pytest.fixture
def worth_it(monkeypatch):
    monkeypatch.setattr(executors, "_WORTH_A_PROCESS", 0)


def trainer_that(does):
    """A trainer of ordinary functions, which are sent as they stand: this file would bring TensorFlow along."""
    return SimpleNamespace(apart=True, train=does)


def test_what_is_begun_is_worked_at_while_this_process_does_something_else(beside, logistic, tmp_path):
    def train(group, means, progress):
        (tmp_path / str(group.works[0].fold.index)).touch()
        return (os.getpid(),)

    groups = singly(works(logistic), MEANS)
    beside.begin((trainer_that(train), group) for group in groups)
    end = time.monotonic() + 120
    while len(list(tmp_path.iterdir())) < len(groups) and time.monotonic() < end:
        time.sleep(0.05)  # nothing is asked for
    assert len(list(tmp_path.iterdir())) == len(groups)
    assert os.getpid() not in {process for group in groups for process in beside.result(group)}


def test_what_failed_is_told_in_its_turn_and_costs_the_others_nothing(beside, logistic):
    def train(group, means, progress):
        if group.works[0].fold.index == 0:
            raise ValueError("the first fold")
        return (group.works[0].fold.index,)

    groups = singly(works(logistic), MEANS)
    beside.begin((trainer_that(train), group) for group in groups)
    assert [beside.result(group) for group in groups[1:]] == [(1,), (2,), (3,)]
    with pytest.raises(ValueError, match="the first fold"):
        beside.result(groups[0])


def test_what_was_begun_is_begun_and_handed_over_once(beside, logistic, tmp_path):
    def train(group, means, progress):
        with (tmp_path / "begun").open("a") as file:
            file.write("one\n")
        return ()

    groups = singly(works(logistic), MEANS)
    beside.begin([(trainer_that(train), group) for group in groups])
    beside.begin([(trainer_that(train), group) for group in singly(works(logistic), MEANS)])  # other values, the same
    for group in groups:
        assert group in beside
        assert beside.result(group) == ()
        assert group not in beside
    with pytest.raises(ValueError, match=r"^beside: expected a group that was begun\."):
        beside.result(groups[0])
    assert (tmp_path / "begun").read_text().count("one") == len(groups)


def test_candidates_alike_under_two_names_are_two(beside, logistic):
    def train(group, means, progress):
        return (group.works[0].candidate.name,)

    (one, *_), (other, *_) = (singly(works(replace(logistic, name=name)), MEANS) for name in ("one", "other"))
    assert one.digest == other.digest
    beside.begin((trainer_that(train), group) for group in (one, other))
    assert (beside.result(other), beside.result(one)) == (("other",), ("one",))


def test_what_nobody_asked_for_ends_with_the_run_without_a_word(logistic):
    def train(group, means, progress):
        time.sleep(60)
        return ()

    beside, groups, began = Beside(), singly(works(logistic), MEANS), time.monotonic()
    beside.begin((trainer_that(train), group) for group in groups)
    with warnings.catch_warnings(record=True) as heard:
        beside.close()
    assert [str(warning.message) for warning in heard] == []
    assert time.monotonic() - began < 30
    assert not any(group in beside for group in groups)


def test_whatever_was_begun_ends_with_it(logistic, tmp_path):
    def train(group, means, progress):
        time.sleep(2)
        (tmp_path / str(group.works[0].fold.index)).touch()
        return ()

    beside, groups = Beside(), singly(works(logistic), MEANS)
    for lot in (groups[:2], groups[2:]):
        beside.begin((trainer_that(train), group) for group in lot)
    beside.close()
    time.sleep(4)
    assert list(tmp_path.iterdir()) == []


def test_the_pool_lets_go_of_what_was_handed_over(beside, logistic):
    def train(group, means, progress):
        return ()

    groups = singly(works(logistic), MEANS)
    beside.begin((trainer_that(train), group) for group in groups)
    (lot,) = set(beside._begun.values())
    for group in groups:
        assert lot._outcomes.gi_frame is not None
        beside.result(group)
    assert lot._outcomes.gi_frame is None  # nothing is held by a generator that has ended
    assert beside._begun == beside._done == {}


@pytest.mark.usefixtures("worth_it")
@pytest.mark.parametrize("often", [1, 99])
def test_a_process_that_dies_loses_nothing_and_one_that_always_dies_is_told(logistic, tmp_path, often):
    def train(group, means, progress):
        deaths = len(list(tmp_path.iterdir()))
        if group.works[0].fold.index == 3 and deaths < often:
            (tmp_path / str(deaths)).touch()
            os._exit(1)
        return (group.works[0].fold.index,)

    here, trainer = Here(), trainer_that(train)
    groups = singly(works(logistic), MEANS)
    here.announce([(trainer, group) for group in groups])
    found = here.map(trainer, groups, MEANS, untold)
    if often == 1:
        assert list(found) == [(0,), (1,), (2,), (3,)]
    else:
        with pytest.raises(ValueError, match=r"^train: expected processes that live through a fit and hand it over\."):
            list(found)
    here.close()


class Listening(Here):
    """Trains here, and remembers what was announced."""

    def __init__(self):
        super().__init__()
        self.heard = []

    def announce(self, tasks):
        self.heard += [group.works[0].candidate.name for _, group in tasks]


def test_a_comparison_announces_its_baselines_before_its_first_net(small):
    desk = replace(Desk.silent(choose(), epochs=1), executor=Listening())
    entries = [Entry(candidate=one, comparison=small, dataset=IRIS, folds=FOLDS[:2]) for one in small.candidates]
    next(train_and_score(desk, "small", entries))
    assert desk.executor.heard == ["majority_class"] * 2 + ["logistic_regression"] * 2


def test_what_was_opened_to_train_is_closed():
    closed = []
    with opened(0, None, "cpu") as here:
        here.close = lambda: closed.append(True)
        assert closed == []
    assert closed == [True]


@pytest.mark.usefixtures("worth_it")
def test_baselines_that_were_announced_are_the_same_to_the_bit(logistic):
    plainly = train_works(works(logistic), MEANS, untold)
    with_notice = replace(MEANS, executor=Here())
    announce([works(logistic)], with_notice)
    groups = BaselineTrainer().groups(works(logistic), with_notice)
    assert all(group in with_notice.executor._beside for group in groups)
    announced = train_works(works(logistic), with_notice, untold)
    assert not any(group in with_notice.executor._beside for group in groups)
    for one, other, fold in zip(plainly, announced, FOLDS, strict=True):
        assert one.candidate == other.candidate == logistic
        assert one.fold_index == other.fold_index == fold.index
        np.testing.assert_array_equal(one.model.predict_proba(IRIS.X), other.model.predict_proba(IRIS.X))
    with_notice.executor.close()


@pytest.mark.usefixtures("worth_it")
def test_only_what_works_apart_and_is_not_kept_is_begun(small, logistic, tmp_path):
    means = Means(placement=choose(), executor=Here(), finished=KeptGroups(tmp_path))
    (kept, *others) = BaselineTrainer().groups(works(logistic), means)
    train_works(works(logistic)[:1], means, untold)
    announce([works(small.candidates[0]), works(logistic)], means)
    beside = means.executor._beside
    assert kept not in beside
    assert all(group in beside for group in others)
    assert len(beside._begun) == len(others)
    means.executor.close()


@pytest.mark.usefixtures("worth_it")
@pytest.mark.parametrize(
    ("executor", "n_cores", "room"), [(Here, 1, 10**6), (Here, 2, IRIS.X.size - 1), (NothingMore, 2, 10**6)]
)
def test_nothing_is_begun_on_one_core_of_a_table_without_room_or_where_nothing_is_trained(
    logistic, monkeypatch, executor, n_cores, room
):
    monkeypatch.setattr(executors.joblib, "cpu_count", lambda: n_cores)
    monkeypatch.setattr(executors, "_ROOM_BESIDE", room)
    means = replace(MEANS, executor=executor())
    announce([works(logistic)], means)
    assert not any(group in means.executor._beside for group in singly(works(logistic), means))
