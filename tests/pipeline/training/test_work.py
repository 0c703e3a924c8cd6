"""A group of works is told from any other by all that its result depends on, and by nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from experiments.language import Baseline, DenseNet, Ensemble, Search, Training
from models import boosters, engine
from models.engine.devices import choose
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.scoring.evaluate import judge_by
from pipeline.training import work as unit
from pipeline.training.executors import Here
from pipeline.training.work import Group, Means, NothingFinished, Work, singly, with_candidate

IRIS = ingest("iris")
NET = DenseNet(name="net", hidden_units=(4,), training=Training(epochs=3, learning_rate=0.1), reason="Small.")
FOREST = Baseline(name="forest", algorithm="random_forest", settings={"n_estimators": 10})
VOTE = Ensemble(name="vote", net=NET, n_members=2)
SEARCH = Search(name="searched", candidate=NET, space={"l2": (0.0, 0.1)}, n_trials=2)
CANDIDATES = (NET, FOREST, VOTE, SEARCH)


@pytest.fixture(scope="module")
def folds(small):
    return split(IRIS, small.splitting, seed=1)


@pytest.fixture
def work(folds):
    return Work(candidate=NET, dataset=IRIS, fold=folds[0])


def digest(*works, threads=2, **how):
    return Group(works=works, threads=threads, **how).digest


def test_another_device_or_judge_is_another_group(work):
    others = [digest(work), digest(work, device="gpu"), digest(work, judge="accuracy"), digest(work, judge="log_loss")]
    assert len(set(others)) == 4


def test_another_version_of_a_library_that_need_not_be_installed_is_another_group(work, monkeypatch):
    boosting = Baseline(name="boosting", algorithm="lightgbm")
    search = replace(SEARCH, candidate=boosting, space={"settings.num_leaves": (4, 8)})
    learns = replace(SEARCH, proposer="tpe")
    for candidate, depends in ((boosting, True), (search, True), (learns, True), (SEARCH, False), (FOREST, False)):
        found = []
        for version in ("4.6.0", "4.7.0"):
            monkeypatch.setattr(boosters, "installed_version", lambda name, version=version: version)
            found.append(digest(replace(work, candidate=candidate)))
        assert (found[0] != found[1]) is depends


def test_only_a_search_depends_on_its_judge(work, small):
    means = Means(placement=choose(), executor=Here())
    judged = replace(means, judge=judge_by(small))
    assert judged.group((work,)).digest == means.group((work,)).digest
    assert judged.group((work,), searches=True).digest != means.group((work,), searches=True).digest


def renamed(candidate):
    """The same under other names, down to what it is made of."""
    inner = {field: renamed(getattr(candidate, field)) for field in ("net", "candidate") if hasattr(candidate, field)}
    return replace(candidate, name="other", reason="Better.", chosen_on="other_rows", **inner)


@pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda candidate: candidate.name)
def test_it_is_the_same_whatever_anything_is_called(work, candidate):
    other = replace(
        work,
        candidate=renamed(candidate),
        dataset=replace(IRIS, name="flowers", citation="nobody"),
        fold=replace(work.fold, index=7),
    )
    assert digest(replace(work, candidate=candidate)) == digest(other)


def test_it_is_the_same_where_a_default_is_written_out(work):
    assert digest(work) == digest(replace(work, candidate=replace(NET, activation="sigmoid", dropout=0.0)))


def test_it_is_another_for_all_that_the_result_depends_on(work, folds):
    fold, training = work.fold, NET.training
    X = IRIS.X.copy()
    X[0, 0] += 1e-9
    candidates = (
        *CANDIDATES,
        replace(NET, hidden_units=(5,)),
        replace(NET, training=replace(training, learning_rate=0.2)),
        replace(NET, training=replace(training, batch_size=None)),
        replace(FOREST, settings={"n_estimators": 11}),
        replace(FOREST, settings={"n_estimators": 10, "max_depth": 3}),
        replace(FOREST, algorithm="extra_trees"),
        replace(VOTE, n_members=3),
        replace(VOTE, net=replace(NET, l2=0.1)),
        replace(SEARCH, space={"l2": (0.0, 0.2)}),
        replace(SEARCH, n_inner=4),
    )
    works = (
        *(replace(work, candidate=candidate) for candidate in candidates),
        replace(work, epochs=3),
        replace(work, epochs=4),
        replace(work, fold=folds[1]),
        replace(work, fold=replace(fold, seed=fold.seed + 1)),
        replace(work, fold=replace(fold, train_rows=fold.train_rows[::-1])),
        replace(work, fold=replace(fold, train_rows=fold.train_rows[1:])),
        replace(work, fold=replace(fold, test_rows=fold.test_rows[1:])),
        replace(work, dataset=replace(IRIS, X=X)),
        replace(work, dataset=replace(IRIS, y=IRIS.y[::-1])),
    )
    digests = [*map(digest, works), digest(work, threads=3)]
    assert len(set(digests)) == len(works) + 1


def test_what_an_array_says_of_rows_is_told_from_the_same_numbers_that_say_something_else(work):
    numbers = np.arange(IRIS.n_samples) // 3
    said = [replace(work, dataset=replace(IRIS, **{name: numbers})) for name in ("groups", "times")]
    assert len({*map(digest, said), digest(work)}) == 3


def test_a_number_of_numpy_is_the_number(work):
    forests = [
        replace(FOREST, settings={"max_depth": depth, "bootstrap": np.bool_(True)}) for depth in (3, np.int64(3))
    ]
    groups = [Group(works=(replace(work, candidate=forest),), threads=1) for forest in forests]
    assert groups[0].digest == groups[1].digest
    assert all(group.is_told for group in groups)


@pytest.mark.parametrize("value", [np.random.RandomState(0), lambda distance: 1 / distance, {1, 2}, (1, [object()])])
def test_settings_that_are_no_plain_values_are_not_told(work, value):
    candidate = replace(FOREST, settings={"some": value})
    for own in (candidate, Search(name="searched", candidate=FOREST, space={"settings.max_depth": (1, 2)}, n_trials=2)):
        is_told = Group(works=(replace(work, candidate=own),), threads=1).is_told
        assert is_told == (own is not candidate)


def test_works_that_are_trained_together_are_told_from_each_alone_and_from_another_order(work, folds):
    one, two = work, replace(work, fold=folds[1])
    assert len({digest(one), digest(two), digest(one, two), digest(two, one)}) == 4


def test_other_versions_are_another_group(work, monkeypatch):
    before = digest(work)
    monkeypatch.setattr(engine, "VERSION", "another")
    of_the_engine = digest(work)
    monkeypatch.undo()
    monkeypatch.setattr(unit, "versions", lambda: {"keras": "4.0"})
    assert len({before, of_the_engine, digest(work)}) == 3


def test_a_machine_whose_nets_go_another_way_is_another_group(work, monkeypatch):
    before = digest(work)
    monkeypatch.setattr(unit.ways, "as_plain_values", lambda: {"2": {"halved_from": 1}})
    assert digest(work) != before


def test_equal_works_have_one_digest_whoever_made_them(work):
    again = Work(candidate=replace(NET), dataset=replace(IRIS, X=IRIS.X.copy()), fold=replace(work.fold))
    assert digest(work) == digest(again)
    assert len(digest(work)) == 64


def test_works_singly_are_groups_of_one_on_the_executors_threads(work, folds):
    executor = Here()
    executor.threads = 5
    works = [replace(work, fold=fold) for fold in folds]
    groups = singly(works, Means(placement=choose(), executor=executor))
    assert [group.works for group in groups] == [(each,) for each in works]
    assert {group.threads for group in groups} == {5}


def test_works_of_another_candidate_keep_all_else(work):
    (other,) = with_candidate([replace(work, epochs=2)], FOREST)
    assert (other.candidate, other.dataset, other.fold, other.epochs) == (FOREST, IRIS, work.fold, 2)


def test_where_nothing_is_finished_nothing_is_found(work):
    finished, group = NothingFinished(), Group(works=(work,), threads=1)
    finished.keep(group, [])
    assert finished.find(group) is None
