"""What few groups, or stretches, can tell: as how many they count in a metric, and when nothing is told."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from experiments.language import Splitting
from pipeline.comparison.verdict import apart
from pipeline.data.task import Regression
from pipeline.data.values import Fold
from pipeline.scoring.compare import compare
from pipeline.scoring.contrasts import (
    contrast,
)
from pipeline.scoring.rows import rows_of
from pipeline.scoring.significance import corrected_interval
from pipeline.scoring.tested import sizes_of
from pipeline.scoring.units import units_of
from pipeline.scoring.weighted import score_of
from tests.pipeline.scoring.visits import DEALT, FORWARD, METRICS, ONE, N, dataset, folds_of_groups, one_fold, scored


def test_groups_have_the_degrees_of_those_with_rows_of_the_class_that_a_metric_is_of():
    y = np.zeros(N, np.int64)
    y[:40] = 1  # five of forty groups have rows of it, which are enough
    groups = np.repeat(np.arange(40), 9)
    data, _ = dataset(y=y, groups=groups)
    scores, folds, judged = scored(data, ONE, one_fold())
    own = scores[:1]
    positive = np.bincount(groups[y == 1], minlength=40)
    others = 9 - positive
    both = positive / 40 + others / (N - 40)
    for metric, parts in {
        "accuracy": np.ones(40),
        "type_1_error": positive,
        "type_2_error": others,
        "roc_auc": both,
    }.items():
        degrees = (parts @ parts) ** 2 / (parts**2 @ parts**2) - 1
        assert units_of(metric, own, 1).degrees == pytest.approx(degrees)
        told = [one.degrees for one in contrast(scores, folds, judged) if one.metric == metric and one.difference]
        assert told == pytest.approx([degrees] * len(told))
        assert told
    assert units_of("accuracy", own, 1).degrees == pytest.approx(39)


def test_redrawn_units_that_count_unequally_are_made_as_wide_as_by_the_jackknife():
    """Of rows with weights that differ as much as incomes do."""
    weights = np.random.default_rng(3).lognormal(0, 1.2, N)
    data, _ = dataset(weights=weights)
    own = scored(data, ONE, one_fold())[0][:1]
    parts = weights / weights.sum()
    true = parts @ parts  # variance of the weighted mean of values that vary by 1
    redrawn = (parts**2) @ (1 - 2 * parts + true)  # mean of a bootstrap's: each value's distance from that mean
    wider = units_of("accuracy", own, 1).wider
    assert units_of("accuracy", [replace(own[0], weights=None)], 1).wider == pytest.approx(N / (N - 1))
    assert redrawn < 0.95 * true < 0.95 * wider * redrawn < 1.05 * true


@pytest.mark.parametrize("splitting", [ONE, FORWARD])
def test_a_class_in_too_few_groups_or_stretches_leaves_no_interval_of_what_is_of_it(splitting):
    """Of twenty groups one had all positive rows, and how many are missed in others was told to a third."""
    tested = np.arange(N // 6, N)
    y = np.zeros(N, np.int64)
    y[tested[-60::2]] = 1
    y[:10] = splitting is FORWARD  # from the first ones it is learned
    how = {"times": np.arange(N)} if splitting is FORWARD else {"groups": np.arange(N) // 15}
    data, _ = dataset(y=y, **how)
    scores, folds, judged = scored(data, splitting, one_fold() if splitting is ONE else None)
    why = "4 groups" if splitting is ONE else "4 stretches of time"
    found = {(one.candidate, one.metric): one for one in compare(scores, folds, judged)}
    pairs = {(one.candidate, one.reference, one.metric): one for one in contrast(scores, folds, judged)}
    for metric in ("type_1_error", "roc_auc", "average_precision"):
        assert not found["good", metric].has_interval
        assert found["good", metric].method.endswith(f"no interval: {why} with test rows of a class, and it takes 5")
        assert not pairs["good", "poor", metric].has_interval
        told = f", and nothing is known about chance: {why} with test rows of a class, and it takes 5"
        assert told in apart(pairs["good", "poor", metric])
    for metric in ("accuracy", "type_2_error"):
        assert found["good", metric].has_interval


def test_over_folds_too_a_class_in_too_few_groups_leaves_no_interval_of_what_is_of_it():
    groups, y = np.arange(N) // 9, (np.arange(N) < 27).astype(np.int64)
    data, _ = dataset(groups=groups, y=y)
    folds = [
        Fold(index=k, seed=0, train_rows=rows[groups % 2 != k], test_rows=rows[groups % 2 == k])
        for k, rows in enumerate([np.arange(N)] * 2)
    ]
    scores, folds, judged = scored(data, DEALT, folds)
    why = "3 groups with test rows of a class, and it takes 5"
    found = {(one.candidate, one.metric): one for one in compare(scores, folds, judged)}
    assert found["good", "type_1_error"].method == f"no interval: {why}"
    assert found["good", "accuracy"].has_interval
    for one in contrast(scores, folds, judged):
        if one.metric == "type_1_error" and one.difference:
            assert not one.has_interval
            assert one.method == f"none: {why}"


def test_folds_that_test_the_same_groups_again_are_no_surer_than_these():
    splitting = Splitting(kind="random", n_folds=30)
    data, groups = dataset()
    scores, folds, judged = scored(replace(data, groups=groups // 5), splitting)
    pairs = {(one.candidate, one.reference, one.metric): one for one in contrast(scores, folds, judged)}
    found = pairs["good", "poor", "log_loss"]
    units = units_of("log_loss", [one for one in scores if one.candidate == "good"], 1)
    assert 4 < units.degrees <= 7
    assert found.degrees == pytest.approx(1 / (1 / 29 + 1 / units.degrees))
    good, poor = (
        np.array([one.metrics["log_loss"] for one in scores if one.candidate == name]) for name in ("good", "poor")
    )
    usual = corrected_interval(good - poor, n_train=len(folds[0].train_rows), n_test=len(folds[0].test_rows))
    wider = stats.t.ppf(0.975, found.degrees) / stats.t.ppf(0.975, 29)
    assert found.high - found.low == pytest.approx(wider * (usual.high - usual.low))


@pytest.mark.parametrize("splitting", [ONE, FORWARD])
@pytest.mark.parametrize("off", [0.0, 0.1])
def test_errors_that_are_all_the_same_have_no_interval(splitting, off):
    y = np.random.default_rng(1).normal(size=N)
    how = {"times": np.arange(N)} if splitting is FORWARD else {"groups": np.arange(N) // 9}
    data, _ = dataset(y=y, X=np.column_stack([y + off, y + 1, y * 0]), task=Regression(), **how)
    metrics = ("rmse", "mae")
    scores, folds, judged = scored(data, splitting, metrics=metrics, primary_metric="rmse", positive_class=None)
    found = {(one.candidate, one.metric): one for one in compare(scores, folds, judged)}
    for metric in metrics:
        assert found["good", metric].mean == pytest.approx(off)
        assert not found["good", metric].has_interval
        assert "no interval: all test rows have the same error" in found["good", metric].method
        assert found["guess", metric].has_interval


@pytest.mark.parametrize("n_groups", [6, 40])
def test_without_a_mistake_few_groups_are_worth_fewer_rows(n_groups):
    data, _ = dataset(groups=np.arange(N) * n_groups // N)
    right = (data.y * 0.98 + 0.01)[:, None]
    data = replace(data, X=np.hstack([right, right, right * 0 + 0.5]))
    scores, folds, judged = scored(data, ONE, one_fold())
    found = {one.metric: one for one in compare(scores, folds, judged) if one.candidate == "good"}["accuracy"]
    wider = stats.t.ppf(0.975, n_groups - 1) ** 2  # Wilson's bound of no mistake, with Student's quantile
    rows = rows_of([one for one in scores if one.candidate == "good"], folds).worth
    assert (found.mean, found.high) == (1, 1)
    assert found.low == pytest.approx(rows / (rows + wider))


def test_sizes_of_folds_are_their_means_and_do_not_hang_on_their_order():
    rows = np.arange(100)
    folds = [Fold(index=0, seed=0, train_rows=rows[n:], test_rows=rows[:n]) for n in (50, 10, 10, 10)]
    for order in (folds, folds[::-1]):
        assert sizes_of(order) == {"n_train": 80, "n_test": 20}
    parts = [Fold(index=0, seed=0, train_rows=rows[n:], test_rows=rows[:n]) for n in (34, 33, 33)]
    assert sizes_of(parts) == {"n_train": 66, "n_test": 34}


def test_rows_that_all_count_for_nothing_have_no_score():
    answers = np.array([[0.2, 0.8], [0.7, 0.3]])
    for metric in METRICS:
        assert np.isnan(score_of(metric, np.array([1, 0]), answers, 1, np.zeros(2)))
    assert np.isnan(score_of("median_absolute_error", np.array([1.0, 0]), np.array([1.0, 1]), None, np.zeros(2)))


def test_a_class_whose_rows_count_for_nothing_leaves_the_others_as_they_are():
    data, _ = dataset(groups=np.arange(N) // 9)
    own = scored(data, ONE, one_fold())[0][0]
    third = np.array([[0.2, 0.3, 0.5]])
    more = replace(
        own,
        y_true=np.append(own.y_true, 2),
        predicted=np.vstack([np.insert(own.predicted, 2, 0, axis=1), third]),
        clusterings=(np.append(own.clusterings[0], 0),),
        weights=np.append(np.ones(len(own.y_true)), 0.0),
    )
    found, alone = (units_of("balanced_accuracy", [one], None) for one in (more, own))
    assert (found.degrees, found.too_few) == (pytest.approx(alone.degrees), "")


@pytest.mark.parametrize("divided", [one_fold, folds_of_groups])
def test_too_few_groups_leave_no_interval_of_a_score_or_a_difference_and_say_so(divided):
    """Over three folds of whole groups a difference had an interval and a test, while the scores had none."""
    data, _ = dataset(groups=np.arange(N) % 3)
    scores, folds, judged = scored(data, ONE, divided())
    summaries = compare(scores, folds, judged)
    for one in summaries:
        assert not one.has_interval
        assert one.method == "no interval: 3 groups of test rows, and it takes 5"
    means = {(one.candidate, one.metric): one.mean for one in summaries}
    for one in contrast(scores, folds, judged):
        assert one.difference == pytest.approx(
            means[one.candidate, one.metric] - means[one.reference, one.metric], abs=1e-12
        )
        assert one.method == "none: 3 groups of test rows, and it takes 5"
        assert not one.has_interval or one.difference == 0
        assert one.judgment == ("cannot_say" if one.difference else "practically_equal")


def test_five_groups_are_enough_for_both():
    data, _ = dataset(groups=np.arange(N) % 5)
    scores, folds, judged = scored(data, ONE, folds_of_groups())
    assert all(one.has_interval for one in compare(scores, folds, judged))
    assert all(one.has_interval for one in contrast(scores, folds, judged))
