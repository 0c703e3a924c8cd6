"""Scores of rows in groups, in time and with weights: who takes them for single rows that count alike is too sure."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.coverage import together
from experiments.language import Baseline, Splitting
from pipeline.data.split import split
from pipeline.data.task import Regression
from pipeline.data.values import Fold
from pipeline.scoring import few_found
from pipeline.scoring.compare import compare, rank
from pipeline.scoring.contrasts import (
    AGAIN,
    PAIRED_FOLDS,
    PAIRED_FOUND,
    PAIRED_GROUPS,
    PAIRED_WEIGHTS,
    contrast,
)
from pipeline.scoring.rows import rows_of
from pipeline.scoring.significance import Interval, corrected_interval
from pipeline.scoring.weighted import score_of
from pipeline.scoring.winner import winner
from tests.pipeline.scoring.visits import DEALT, FORWARD, METRICS, ONE, N, dataset, one_fold, scored


def widths(summaries, name="good"):
    return {one.metric: one.high - one.low for one in summaries if one.candidate == name}


@pytest.mark.parametrize("splitting", [ONE, DEALT])
def test_groups_whose_rows_are_alike_make_intervals_wider(splitting):
    data, groups = dataset()
    grouped = replace(data, groups=groups)
    scores, folds, judged = scored(grouped, splitting, one_fold() if splitting == ONE else None)
    single = [replace(one, clusterings=()) for one in scores]
    wide, narrow = widths(compare(scores, folds, judged)), widths(compare(single, folds, judged))
    for metric in ("accuracy", "log_loss", "brier_score"):
        assert wide[metric] > 1.15 * narrow[metric]
    if splitting == ONE:
        assert all(wide[metric] > narrow[metric] for metric in METRICS)


def test_a_weighted_metric_has_its_weighted_value_and_a_wider_interval():
    data, _ = dataset(weights=np.random.default_rng(2).lognormal(0, 1.2, N))
    for splitting in (ONE, DEALT):
        scores, folds, judged = scored(data, splitting)
        found = compare(scores, folds, judged)
        alike = compare([replace(one, weights=None) for one in scores], folds, judged)
        for one in found:
            own = [item for item in scores if item.candidate == one.candidate]
            expected = np.mean(
                [
                    score_of(one.metric, item.y_true, item.predicted, 1, data.weights[folds[item.fold_index].test_rows])
                    for item in own
                ]
            )
            assert one.mean == pytest.approx(expected, abs=1e-12)
            assert one.low <= one.mean <= one.high
        for metric in ("accuracy", "brier_score"):
            assert widths(found)[metric] > 1.2 * widths(alike)[metric]


def test_weights_that_are_all_the_same_change_no_score_and_hardly_an_interval():
    data, _ = dataset(weights=np.full(N, 3.0))
    scores, folds, judged = scored(data, DEALT)
    alike, _, _ = scored(replace(data, weights=None), DEALT)
    for one, other in zip(compare(scores, folds, judged), compare(alike, folds, judged), strict=True):
        assert one.mean == pytest.approx(other.mean, abs=1e-12)
        if one.has_interval:
            assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=1e-3)


RANDOM = Splitting(kind="random", test_share=0.2, n_folds=10)


@pytest.mark.parametrize("how", ["weights", "groups"])
def test_over_random_splits_weights_of_1_and_groups_of_one_row_change_no_interval(how):
    """A row counts in a mean loss as often as it is tested, which makes it less sure, whatever rows are."""
    data, _ = dataset()
    by_rows = 0
    for seed in range(12):
        folds = split(data, RANDOM, seed=seed)
        scores, _, judged = scored(data, RANDOM, folds, metrics=("accuracy", "f1", "roc_auc", "log_loss"))
        said = [
            replace(one, weights=np.ones(len(one.y_true)))
            if how == "weights"
            else replace(one, clusterings=(folds[one.fold_index].test_rows,))
            for one in scores
            if one.candidate == "good"
        ]
        alike = [one for one in compare(scores, folds, judged) if one.candidate == "good"]
        for one, other in zip(compare(said, folds, judged), alike, strict=True):
            assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=1e-9), one.metric
        values = np.array([one.metrics["log_loss"] for one in said])
        by_rows += alike[-1].high > corrected_interval(values, n_train=288, n_test=72).high + 1e-9
    assert by_rows > 0  # else the rows were not asked


def test_groups_count_as_often_as_they_are_tested():
    data, _ = dataset()
    groups, tested = np.repeat(np.arange(4), [5, 3, 1, 1]), ([0, 1], [0, 2], [0, 3], [1, 2])
    folds = [
        Fold(index=k, seed=k, train_rows=np.flatnonzero(~np.isin(groups, own)), test_rows=np.flatnonzero(own_rows))
        for k, own in enumerate(tested)
        if (own_rows := np.isin(groups, own)).any()
    ]
    scores, _, _ = scored(data, RANDOM, folds)
    own = [one for one in scores if one.candidate == "good"]
    by_row = rows_of(own, folds).design_effect
    found = rows_of(
        [replace(one, clusterings=(groups[f.test_rows],)) for one, f in zip(own, folds, strict=True)], folds
    )
    times, weight = np.array([3, 2, 2, 1]), np.array([5, 3, 1, 1])
    assert found.design_effect == pytest.approx(4 * (times**2).sum() / times.sum() ** 2)
    assert by_row == pytest.approx(10 * (weight * times**2).sum() / (weight @ times) ** 2)
    both = rows_of(
        [replace(one, clusterings=(groups[f.test_rows], f.test_rows)) for one, f in zip(own, folds, strict=True)],
        folds,
    )
    assert both.design_effect == max(by_row, found.design_effect) > 1


@pytest.mark.parametrize("name", ["f1", "type_1_error", "type_2_error"])
def test_f1_and_error_types_are_worth_the_fewer_rows_the_fewer_are_found_as_words_tell(name, monkeypatch):
    data, groups = dataset()
    monkeypatch.setitem(few_found.INTERVALS, name, lambda *_, **__: Interval(mean=0.5, low=0.123, high=0.9))
    for unlike in (replace(data, groups=groups), replace(data, weights=np.full(N, 2.0))):
        found = [one for one in compare(*scored(unlike, DEALT)) if one.metric == name]
        assert {(one.low, one.high) for one in found} == {(0.123, 0.9)}
        assert all("of F1 and error types the fewer the fewer are found" in one.method for one in found)


@pytest.mark.parametrize("splitting", [FORWARD, ONE, DEALT])
def test_who_says_the_same_of_every_row_does_not_tell_what_rows_are_worth(splitting):
    """One such candidate that came first made every difference on rows in groups or in time as unsure as few rows."""
    random, y = np.random.default_rng(1), np.arange(N) % 2
    known = [1 / (1 + np.exp(-(s * (2 * y - 1) + random.normal(size=N)))) for s in (0.8, 0.7)]
    how = {"times": np.arange(N)} if splitting is FORWARD else {"groups": np.arange(N) // 10}
    data, _ = dataset(y=y, X=np.column_stack([np.full(N, 0.5), *known]), **how)
    by_pair = {
        (one.candidate, one.reference): one for one in contrast(*scored(data, splitting)) if one.metric == "accuracy"
    }
    same_first, other = by_pair["poor", "good"], by_pair["guess", "good"]
    for one in (same_first, other):
        assert one.low > 0.1
        assert one.p_value < 0.01


@pytest.mark.parametrize(
    ("change", "splitting", "method"),
    [
        ({"groups": "groups"}, ONE, PAIRED_GROUPS),
        ({"weights": np.random.default_rng(0).exponential(size=N)}, ONE, PAIRED_WEIGHTS),
        ({"groups": "groups"}, DEALT, PAIRED_FOLDS),
        ({"groups": "groups"}, Splitting(kind="random", n_folds=6), f"{PAIRED_FOLDS}{AGAIN}"),
    ],
)
def test_differences_are_tested_as_the_rows_are(change, splitting, method):
    data, groups = dataset()
    data = replace(
        data,
        **{name: groups if value is not None and isinstance(value, str) else value for name, value in change.items()},
    )
    scores, folds, judged = scored(data, splitting)
    found = contrast(scores, folds, judged)
    assert {one.method for one in found if one.metric not in few_found.DIFFERENCES} == {method}
    of_found = {one.method for one in found if one.metric in few_found.DIFFERENCES}
    assert of_found == {method.replace(PAIRED_FOLDS, PAIRED_FOUND)}
    by_pair = {(one.candidate, one.reference, one.metric): one for one in found}
    for (one, other, metric), each in by_pair.items():
        back = by_pair[other, one, metric]
        assert each.difference == pytest.approx(-back.difference)
        assert (each.low, each.high) == pytest.approx((-back.high, -back.low))
    assert by_pair["good", "guess", "roc_auc"].judgment == "better"
    assert rank(scores, folds, judged, found).average["good"] < 2


def test_the_difference_of_paired_rows_is_surer_than_two_intervals():
    data, groups = dataset()
    scores, folds, judged = scored(replace(data, groups=groups), ONE)
    pair = next(
        one
        for one in contrast(scores, folds, judged)
        if (one.candidate, one.reference, one.metric) == ("good", "poor", "brier_score")
    )
    assert pair.high - pair.low < widths(compare(scores, folds, judged))["brier_score"]


def test_a_candidate_against_itself_differs_by_nothing():
    data, groups = dataset()
    same = replace(data, groups=groups, X=np.column_stack([data.X[:, 0], data.X[:, 0], data.X[:, 2]]))
    scores, folds, judged = scored(same, ONE)
    pair = next(one for one in contrast(scores, folds, judged) if (one.candidate, one.reference) == ("good", "poor"))
    assert (pair.difference, pair.judgment) == (0.0, "practically_equal")


@pytest.mark.parametrize("splitting", [ONE, DEALT])
def test_the_winner_is_chosen_on_whole_groups(splitting):
    data, groups = dataset()
    scores, folds, judged = scored(replace(data, groups=groups), splitting)
    summaries = compare(scores, folds, judged)
    single = winner([replace(one, clusterings=()) for one in scores], folds, judged, summaries)
    found = winner(scores, folds, judged, summaries)
    assert found.candidate == single.candidate == "good"
    assert found.mean <= found.observed + 1e-9
    assert found.mean != single.mean


def test_rows_of_several_dealings_count_once():
    data, groups = dataset()
    scores, folds, _ = scored(replace(data, groups=groups), Splitting(kind="stratified_k_fold", n_splits=5, n_folds=10))
    rows = rows_of([one for one in scores if one.candidate == "good"], folds)
    assert len(rows.losses) == N
    assert rows.equally
    np.testing.assert_array_equal(rows.clusterings[0], groups)
    expected = (data.X[:, 0] - data.y) ** 2
    np.testing.assert_allclose(rows.losses, expected)


@pytest.mark.parametrize("said", ["groups", "times", "weights"])
def test_numbers_have_intervals_of_their_own(said):
    random = np.random.default_rng(3)
    data, groups = dataset()
    y = random.normal(size=N)
    truth = {"groups": groups, "times": np.arange(N), "weights": random.uniform(0.5, 2, N)}[said]
    X = np.column_stack([y + random.normal(0, 0.5, N), y + random.normal(0, 1.2, N), np.zeros(N)])
    numbers = replace(data, y=y, X=X, task=Regression(), **{said: truth})
    mean = Baseline(name="guess", algorithm="mean")
    good, poor = Baseline(name="good", algorithm="ridge"), Baseline(name="poor", algorithm="linear_regression")
    splitting = FORWARD if said == "times" else Splitting(n_folds=1)
    scores, folds, judged = scored(
        numbers, splitting, candidates=(good, poor, mean), metrics=("r2", "rmse", "mae", "median_absolute_error"),
        primary_metric="rmse", positive_class=None,
    )  # fmt: skip
    for one in compare(scores, folds, judged):
        if one.candidate != "guess":
            assert one.low < one.mean < one.high
    found = {(one.candidate, one.reference): one for one in contrast(scores, folds, judged) if one.metric == "rmse"}
    assert found["good", "poor"].judgment == "better"


def test_how_often_intervals_hold_is_told_only_of_what_was_simulated():
    data, groups = dataset()
    scores, folds, judged = scored(replace(data, groups=groups), DEALT)
    for one in compare(scores, folds, judged):
        simulated = one.metric in together.METRICS
        assert ("such intervals held the truth" in one.method and "docs/statistics.md" in one.method) == simulated
        assert ("was not simulated" in one.method) != simulated
