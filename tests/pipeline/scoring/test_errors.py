"""What is printed of predicted numbers: the intervals of four scores, and every two candidates against each other."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from experiments.language import Baseline, Comparison, Splitting
from pipeline.data.values import Fold
from pipeline.scoring import captions, errors
from pipeline.scoring.compare import compare, rank
from pipeline.scoring.contrasts import PAIRED_ERRORS, PAIRED_FOLDS, PAIRED_ROWS, TOO_FEW_NUMBERS, contrast
from pipeline.scoring.errors import NO_ERROR
from pipeline.scoring.metrics import score
from pipeline.scoring.number_intervals import error_interval, error_over_folds, influence_of, median_interval
from pipeline.scoring.paired_errors import paired_errors
from pipeline.scoring.trainings import common_rows
from pipeline.scoring.values import Scores
from pipeline.scoring.winner import winner

METRICS = ("r2", "rmse", "mae", "median_absolute_error")
COMPARISON = Comparison(
    name="numbers",
    title="Numbers",
    where="",
    data="numbers",
    splitting=Splitting(kind="k_fold", n_splits=5, n_folds=5),
    candidates=(
        Baseline(name="line", algorithm="linear_regression"),
        Baseline(name="ridge", algorithm="ridge"),
        Baseline(name="guess", algorithm="mean"),
    ),
    metrics=METRICS,
    primary_metric="r2",
)


def dealt(n_rows, n_folds=5):
    parts = np.array_split(np.random.default_rng(1).permutation(n_rows), n_folds)
    rows = np.arange(n_rows)
    return [Fold(index=k, seed=k, train_rows=np.setdiff1d(rows, one), test_rows=one) for k, one in enumerate(parts)]


def one_fold(n_rows):
    return [Fold(index=0, seed=0, train_rows=np.arange(n_rows, 5 * n_rows), test_rows=np.arange(n_rows))]


def scored(y, folds, noise=None):
    """Scores of each candidate: what it says is off by so many standard deviations; the last one guesses."""
    random = np.random.default_rng(2)
    said = {
        name: y + size * random.normal(size=len(y)) for name, size in (noise or {"line": 0.5, "ridge": 0.7}).items()
    }
    said["guess"] = np.full(len(y), y.mean() + 0.1)  # the mean of other rows
    return [
        Scores(
            candidate=name,
            family="baseline",
            fold_index=fold.index,
            seed=0,
            metrics={one: score(one, y[fold.test_rows], predicted[fold.test_rows]) for one in METRICS},
            y_true=y[fold.test_rows],
            predicted=predicted[fold.test_rows],
            confusion=np.zeros((0, 0), np.int64),
            elsewhere=(y - predicted)[common_rows(len(y))] if len(folds) > 1 else None,
        )
        for name, predicted in said.items()
        for fold in folds
    ]


def y_of(n_rows):
    return np.random.default_rng(0).normal(10, 2, n_rows)


def summaries(scores, folds):
    return {(one.candidate, one.metric): one for one in compare(scores, folds, COMPARISON)}


def test_one_test_set_has_an_interval_for_each_score_that_says_what_it_is():
    y, folds = y_of(60), one_fold(60)
    scores = scored(y, folds)
    found = summaries(scores, folds)
    for metric in METRICS:
        own = found["line", metric]
        predicted = scores[0].predicted
        expected = (
            median_interval(y, predicted) if metric == "median_absolute_error" else error_interval(metric, y, predicted)
        )
        assert (own.mean, own.low, own.high) == (expected.mean, expected.low, expected.high)
        method = captions.method_of(own.method)
        assert method is (captions.MEDIAN_OF_ROWS if metric == "median_absolute_error" else captions.ERRORS_OF_ROWS)
        assert captions.OF_ROWS in own.method
        assert "held the truth in" in own.method


@pytest.mark.parametrize(("n_rows", "asked", "alone"), [(100, True, False), (500, True, True), (500, False, False)])
def test_over_folds_neither_few_rows_nor_unknown_trainings_are_believed(n_rows, asked, alone):
    y, folds = y_of(n_rows), dealt(n_rows)
    scores = [one if asked else replace(one, elsewhere=None) for one in scored(y, folds)]
    own = [one for one in scores if one.candidate == "line"]
    influence = np.empty(n_rows)
    for one, fold in zip(own, folds, strict=True):
        influence[fold.test_rows] = influence_of("rmse", one.y_true, one.predicted)
    values = np.array([one.metrics["rmse"] for one in own])
    sizes = {"n_train": len(folds[0].train_rows), "n_test": len(folds[0].test_rows)}
    expected = error_over_folds("rmse", values, influence, by_rows_alone=alone, by_training=0.0, **sizes)
    found = summaries(scores, folds)
    assert (found["line", "rmse"].low, found["line", "rmse"].high) == (expected.low, expected.high)
    method = captions.ERRORS_OF_ALL_ROWS if alone else captions.ERRORS_ACROSS_FOLDS
    assert all(captions.method_of(found["line", name].method) is method for name in ("r2", "rmse", "mae"))
    assert captions.method_of(found["line", "median_absolute_error"].method) is captions.MEDIAN_ACROSS_FOLDS
    assert all(one.has_interval and one.low < one.mean < one.high for one in found.values())


def bounds(mean, influence):
    """By hand: Student's t of as many rows as count, up as if one more were as wrong as the worst."""
    reaches = []
    for terms in (influence, np.append(influence, influence.max())):
        squares = (terms - terms.mean()) ** 2
        t = stats.t.ppf(0.975, squares.sum() ** 2 / (squares**2).sum())
        reaches.append((terms is not influence) * terms.mean() + t * stats.sem(terms))
    return mean * np.exp(-reaches[0]), mean * np.exp(max(reaches))


@pytest.mark.parametrize("n_rows", [1, 2, 10, 19, 20])
def test_rows_of_small_folds_tell_how_far_the_mean_of_all_lies_off(n_rows, monkeypatch):
    """Relative to their own fold's error they tell less, and one row tells nothing."""
    monkeypatch.setattr(errors, "error_by_training", lambda *asked: 0.0)  # of 500 trainings it takes a minute
    n_folds = 500 // n_rows + 1
    y, folds = y_of(n_rows * n_folds), dealt(n_rows * n_folds, n_folds)
    own = [one for one in scored(y, folds) if one.candidate == "line"]
    found, method = errors.errors_over_folds("mae", own, folds)
    wrong = np.array([np.abs(one.y_true - one.predicted) for one in own])
    influence = wrong / (wrong.mean(axis=1, keepdims=True) if n_rows == 20 else wrong.mean()) - 1
    assert method is captions.ERRORS_OF_ALL_ROWS
    assert (found.low, found.high) == pytest.approx(bounds(wrong.mean(), influence.ravel()))
    if n_rows == 1:
        rmse, _ = errors.errors_over_folds("rmse", own, folds)
        assert (rmse.low, rmse.high) == pytest.approx((found.low, found.high))


@pytest.mark.parametrize("n_rows", [100, 500])
def test_what_hangs_on_the_training_reaches_the_interval(n_rows):
    """Each of five trainings is off by a twentieth more than the one before, on all rows that two have in common."""
    y, folds = y_of(n_rows), dealt(n_rows)
    still = [one for one in scored(y, folds) if one.candidate == "line"]
    moved = [replace(one, elsewhere=one.elsewhere * 1.05**one.fold_index) for one in still]
    steps = [one - other for one in range(5) for other in range(one)]
    by_training = np.log(1.05) * np.sqrt((1 - 0.2) / 0.2 * (5 - 1) / 5 * np.mean(np.square(steps)) / 2)
    for name, power in (("mae", 1), ("rmse", 1), ("r2", 2), ("median_absolute_error", 1)):
        reaches = []
        for own in (still, moved):
            found, _ = errors.errors_over_folds(name, own, folds)
            left = [1 - end if name == "r2" else end for end in (found.low, found.high)]
            reaches.append(np.abs(np.log(left) - np.log(1 - found.mean if name == "r2" else found.mean)))
        assert reaches[1] == pytest.approx(np.hypot(reaches[0], stats.t.ppf(0.975, 4) * power * by_training))


def test_over_random_splits_rows_count_as_often_as_they_are_tested():
    """Each fold has as many rows that are off by 1 as by 3: it scores as the others, and only rows tell how surely."""
    random, wrong = np.random.default_rng(3), np.resize([1.0, 3.0], 100)
    tests = [np.concatenate([2 * random.permutation(50)[:10] + odd for odd in (0, 1)]) for _ in range(4)]
    rows = np.arange(100)
    folds = [Fold(index=k, seed=k, train_rows=np.setdiff1d(rows, own), test_rows=own) for k, own in enumerate(tests)]
    like = scored(y_of(100), folds)
    own = [
        replace(like[k], y_true=wrong[fold.test_rows], predicted=np.zeros(20), metrics={"mae": 2.0})
        for k, fold in enumerate(folds)
    ]
    tested, times = np.unique(np.concatenate(tests), return_counts=True)
    wider = np.sqrt(len(times) * (times**2).sum()) / times.sum()
    assert wider > 1.05
    found, method = errors.errors_over_folds("mae", own, folds)
    assert method is captions.ERRORS_ACROSS_FOLDS
    assert (found.low, found.high) == pytest.approx(bounds(2.0, wider * (wrong[tested] / 2 - 1)))


def test_many_rows_of_which_few_make_all_of_the_error_are_not_believed_alone():
    y, folds = y_of(500), dealt(500)
    y[:3] += 100
    found = summaries([replace(one, predicted=np.minimum(one.predicted, 20)) for one in scored(y, folds)], folds)
    assert captions.method_of(found["line", "rmse"].method) is captions.ERRORS_ACROSS_FOLDS


@pytest.mark.parametrize(("n_rows", "refused"), [(19, ["r2", "rmse", "mae"]), (20, []), (5, [*METRICS])])
def test_too_few_test_rows_have_no_interval_and_say_so(n_rows, refused):
    folds = one_fold(n_rows)
    scores = scored(y_of(n_rows), folds)
    found = summaries(scores, folds)
    assert [name for name in METRICS if not found["line", name].has_interval] == refused
    for name in refused:
        least = 6 if name == "median_absolute_error" else 20
        assert found["line", name].method == f"no interval: {n_rows} test rows, and it takes {least}"
    unknown = [one.method for one in contrast(scores, folds, COMPARISON) if one.metric in refused]
    assert set(unknown) == ({TOO_FEW_NUMBERS} if refused else set())


@pytest.mark.parametrize("folds", [one_fold(300), dealt(300)], ids=["one test set", "folds"])
def test_who_makes_no_error_has_no_interval_and_is_better_all_the_same(folds):
    scores = scored(y_of(300), folds, {"line": 0.0, "ridge": 0.7})
    found = summaries(scores, folds)
    assert all(found["line", name].method == f"no interval: {NO_ERROR}" for name in METRICS)
    assert found["line", "r2"].mean == 1
    judged = {
        (one.metric, one.reference): one.judgment
        for one in contrast(scores, folds, COMPARISON)
        if one.candidate == "line"
    }
    assert {judged[name, "ridge"] for name in METRICS} == {"better"}


def test_a_fold_of_one_number_is_left_out_of_r2_and_named():
    y, folds = y_of(100), dealt(100)
    y[folds[2].test_rows] = 7.0
    found = summaries(scored(y, folds), folds)["line", "r2"]
    assert found.n == 4
    assert "over 4 of 5 folds (R² is not defined on fold 2, whose test rows have all the same number)" in found.method
    one = one_fold(30)
    of_one = summaries(scored(np.full(30, 7.0), one), one)["line", "r2"]
    assert of_one.method == "no interval: all test rows have the same number"


def test_every_two_are_told_apart_by_what_their_errors_are_of():
    y, folds = y_of(200), one_fold(200)
    scores = scored(y, folds)
    found = {(one.metric, one.candidate, one.reference): one for one in contrast(scores, folds, COMPARISON)}
    said = {one.candidate: one.predicted for one in scores}
    for name in ("r2", "rmse", "mae"):
        own = found[name, "line", "ridge"]
        expected = paired_errors(name, y, said["line"], said["ridge"], equivalence=0.02)
        assert (own.difference, own.p_value, own.method) == (expected.mean, expected.p_value, PAIRED_ERRORS)
        assert own.judgment == "better"
    assert found["median_absolute_error", "line", "ridge"].method == PAIRED_ROWS
    over = contrast(scored(y, dealt(200)), dealt(200), COMPARISON)
    assert {one.method for one in over} == {PAIRED_FOLDS}


def test_what_makes_no_practical_difference_is_a_share_of_what_guessing_leaves():
    y, folds = 1000 * y_of(400), one_fold(400)
    close = scored(y, folds, {"line": 500.0, "ridge": 501.0})
    found = {(one.metric, one.candidate, one.reference): one for one in contrast(close, folds, COMPARISON)}
    guessed = next(one for one in close if one.candidate == "guess")
    for name in ("rmse", "mae"):
        own, least = found[name, "line", "ridge"], 0.02 * guessed.metrics[name]
        expected = paired_errors(name, y, close[0].predicted, close[1].predicted, equivalence=least)
        assert (own.better, own.equal, own.worse) == pytest.approx((expected.below, expected.within, expected.above))
        assert 0 < own.equal < 1


@pytest.mark.parametrize("folds", [one_fold(80), dealt(80)], ids=["one test set", "folds"])
def test_the_winner_is_corrected_for_the_choice_and_all_are_ranked(folds):
    scores = scored(y_of(80), folds, {"line": 0.6, "ridge": 0.61})
    declared = replace(COMPARISON, primary_metric="rmse")
    found = winner(scores, folds, declared, compare(scores, folds, declared))
    assert found is not None
    assert found.n_candidates == 2
    assert found.mean >= found.observed  # of an error that is worse
    ranks = rank(scores, folds, declared, contrast(scores, folds, declared))
    assert list(ranks.average)[-1] == "guess"
