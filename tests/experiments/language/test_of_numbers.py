"""A comparison of numbers is declared like one of classes; what guesses says which it is."""

from dataclasses import replace

import pytest

from experiments.diabetes import DIABETES
from experiments.iris import IRIS
from experiments.language import Baseline, Gate, Leak, Splitting
from experiments.language.baseline import DUMMIES, algorithms_of

MEAN = Baseline(name="guess", algorithm="mean")


def test_what_guesses_tells_the_task_whatever_it_is_called():
    assert (DIABETES.task, DIABETES.dummy) == ("regression", "mean")
    assert (IRIS.task, IRIS.dummy) == ("classification", "majority_class")
    renamed = tuple(MEAN if one.name == "mean" else one for one in DIABETES.candidates)
    assert replace(DIABETES, candidates=renamed).dummy == "guess"


def test_only_one_may_guess():
    both = (*DIABETES.candidates, Baseline(name="majority_class", algorithm="majority_class"))
    with pytest.raises(ValueError, match="expected one majority_class among the candidates, of numbers one mean"):
        replace(DIABETES, candidates=both)


def test_guessing_is_not_what_wins_a_draw():
    with pytest.raises(ValueError, match="not the one that guesses"):
        replace(DIABETES, gate=Gate(simplest="mean"))


def test_a_difference_of_numbers_may_be_larger_than_1():
    wide = replace(DIABETES, practical_equivalence=5.0, gate=Gate(simplest="ridge", least_difference=10.0))
    assert wide.practical_equivalence == 5.0
    for changes in ({"practical_equivalence": 5.0}, {"gate": Gate(simplest="linear_discriminant", least_difference=2)}):
        with pytest.raises(ValueError, match="Comparison 'iris': expected"):
            replace(IRIS, **changes)


def test_rows_of_numbers_are_not_oversampled():
    with pytest.raises(ValueError, match="Leak 'leak': expected classes to oversample"):
        Leak(
            name="leak",
            title="Leak",
            where="nowhere",
            data="diabetes",
            splitting=Splitting(n_folds=1),
            candidates=DIABETES.candidates,
            metrics=("r2",),
            primary_metric="r2",
        )


def test_each_task_has_its_dummy_and_shares_most_algorithms():
    assert all(dummy in algorithms_of(task) for task, dummy in DUMMIES.items())
    both = {*algorithms_of("classification")} & {*algorithms_of("regression")}
    assert {"random_forest", "hist_gradient_boosting", "k_nearest_neighbors"} < both
    assert not both & {*DUMMIES.values()}


def test_all_rows_are_dealt_alike():
    dealt = Splitting(kind="k_fold", n_splits=5, n_folds=10)
    assert dealt.words().startswith("all rows dealt out to 5 parts, each part the test rows once")
    assert (dealt.deals, dealt.keeps_shares) == (True, False)
    with pytest.raises(ValueError, match="n_splits of 2 or more with stratified_k_fold or k_fold"):
        Splitting(kind="k_fold")
    with pytest.raises(ValueError, match="stratified with random splits only"):
        Splitting(kind="k_fold", n_splits=2, n_folds=2, stratified=True)
