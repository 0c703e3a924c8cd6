"""Scores of rows in groups, in time and with weights: who takes them for single rows that count alike is too sure."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from benchmarks.coverage import together
from experiments.language import Baseline, Comparison, DenseNet, Splitting, Training
from pipeline.comparison.verdict import apart
from pipeline.data.split import split
from pipeline.data.task import Classification, Regression
from pipeline.data.values import Dataset, Fold
from pipeline.scoring import few_found
from pipeline.scoring.compare import compare, gather, rank
from pipeline.scoring.contrasts import (
    PAIRED_AGAIN,
    PAIRED_FOLDS,
    PAIRED_FOUND,
    PAIRED_GROUPS,
    PAIRED_STRETCHES,
    PAIRED_WEIGHTS,
    contrast,
)
from pipeline.scoring.evaluate import evaluate
from pipeline.scoring.intervals import most_rows
from pipeline.scoring.power import findable, smallest_found
from pipeline.scoring.redrawn import Redrawn, redrawings, spread, units_of
from pipeline.scoring.rows import rows_of
from pipeline.scoring.significance import Interval, corrected_interval, share_interval
from pipeline.scoring.unlike import interval_of_unlike
from pipeline.scoring.weighted import score_of
from pipeline.scoring.winner import winner
from pipeline.training.values import Trained

N = 360
GUESS = Baseline(name="guess", algorithm="majority_class")
GOOD = Baseline(name="good", algorithm="logistic_regression")
POOR = Baseline(name="poor", algorithm="naive_bayes")
METRICS = (
    *("accuracy", "roc_auc", "average_precision", "f1", "balanced_accuracy", "log_loss", "brier_score"),
    *("type_1_error", "type_2_error"),
)


class Known:
    """Answers with what it has of each row."""

    def __init__(self, column):
        self.column = column

    def predict_proba(self, X):
        return np.stack([1 - X[:, self.column], X[:, self.column]], axis=1)

    def predict(self, X):
        return X[:, self.column]


def dataset(**change):
    """Rows in 40 groups, whose errors are alike within a group."""
    random = np.random.default_rng(1)
    groups = np.repeat(np.arange(40), 9)
    y = random.integers(2, size=N)
    luck = random.normal(size=40)[groups]
    columns = [
        1 / (1 + np.exp(-(strength * (2 * y - 1) + luck + 0.3 * random.normal(size=N)))) for strength in (1.2, 0.8)
    ]
    told = {
        "name": "visits",
        "X": np.column_stack([*columns, np.full(N, 0.5)]),
        "y": y,
        "feature_names": ("good", "poor", "guess"),
        "task": Classification(class_names=("no", "yes")),
        "source": "drawn",
        "citation": "nobody",
        "version": "1",
    }
    return Dataset(**{**told, **change}), groups


def comparison(splitting, **change):
    told = {
        "name": "visits",
        "title": "Visits",
        "where": "here",
        "data": "visits",
        "splitting": splitting,
        "candidates": (GOOD, POOR, GUESS),
        "metrics": METRICS,
        "primary_metric": "roc_auc",
        "positive_class": 1,
    }
    return Comparison(**{**told, **change})


def scored(data, splitting, folds=None, **change):
    judged = comparison(splitting, **change)
    folds = folds or split(data, splitting, seed=1)
    scores = []
    for place, candidate in enumerate(judged.candidates):
        for fold in folds:
            trained = Trained(
                candidate=candidate, fold_index=fold.index, seed=0, model=Known(place), history={}, best_epoch=None,
                n_parameters=None, seconds=0.0, engine="none", train_rows=fold.train_rows,
                validation_rows=fold.train_rows[:0],
            )  # fmt: skip
            scores.append(evaluate(trained, data, fold, judged))
    return scores, folds, judged


ONE = Splitting(n_folds=1)
DEALT = Splitting(kind="stratified_k_fold", n_splits=5, n_folds=5)
FORWARD = Splitting(kind="forward", time="day", n_folds=5)


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


def test_in_time_test_rows_are_redrawn_in_stretches_and_the_caption_says_why():
    data, _ = dataset(times=np.arange(N))
    scores, folds, judged = scored(data, FORWARD)
    for one in compare(scores, folds, judged):
        assert "block bootstrap" in one.method
        assert "corrected t over folds does not hold where each fold learns from all before it" in one.method
    for one in contrast(scores, folds, judged):
        assert one.method == PAIRED_STRETCHES


def weather():
    """Rows in time of which it changes slowly, over several stretches, how much is told of them."""
    random, t = np.random.default_rng(1), np.arange(N)
    y, luck = random.integers(2, size=N), random.normal(size=N)
    told = (2 * y - 1) * (1 + np.sin(t / 30))
    columns = [1 / (1 + np.exp(-(strength * told + luck))) for strength in (1.2, 0.8)]
    data, _ = dataset(times=t, y=y, X=np.column_stack([*columns, np.full(N, 0.5)]))
    return data


def sure_of(metric, scores, folds):
    """How sure the good one is, found step by step, and by redrawing alone."""
    own = [one for one in scores if one.candidate == "good"]
    redrawn = Redrawn(seed=folds[0].seed, positive_class=1)
    values, by_fold = redrawn.of(metric, own), np.array([one.metrics[metric] for one in own])
    apart = spread(values, units_of(metric, own, 1).worth)
    return own, apart, redrawn.stretches(metric, own).sure(apart, values, by_fold)


@pytest.mark.parametrize("metric", ["accuracy", "type_2_error", "roc_auc", "f1"])
def test_a_score_in_time_is_as_sure_as_neighbors_let_it_be(metric):
    scores, folds, judged = scored(weather(), FORWARD)
    own, apart, sure = sure_of(metric, scores, folds)
    worth = rows_of(own, folds).worth / sure.shared
    asked = []
    found, _ = interval_of_unlike(
        metric, own, folds, judged, lambda *given: asked.append(given[2]) or most_rows(*given)
    )
    wider = stats.t.ppf(0.975, sure.degrees) / stats.norm.ppf(0.975)
    most = most_rows(metric, own, worth, judged) / wider**2
    told = share_interval(found.mean, sure.error * wider, n_rows=max(most, 1))
    assert asked == [worth]
    assert (found.low, found.high) == pytest.approx((told.low, told.high))
    assert sure.error > 1.05 * apart
    assert sure.degrees < 18


def test_differences_in_time_are_as_sure_as_neighbors_let_them_be():
    scores, folds, judged = scored(weather(), FORWARD)
    own = {name: [one for one in scores if one.candidate == name] for name in ("good", "guess")}
    found = redrawings("log_loss", own, folds, judged, most_rows, 0.01)
    told = found.difference(("good", "guess"))
    values, by_fold = (each["good"] - each["guess"] for each in (found.values, found.by_fold))
    sure = found.stretches.sure(spread(values, found.units.worth), values, by_fold)
    assert sure.error > 1.05 * spread(values, found.units.worth)
    assert told.high - told.low == pytest.approx(2 * stats.t.ppf(0.975, sure.degrees) * sure.error)
    assert told.mean == pytest.approx(by_fold.mean())


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


def test_groups_are_worth_as_many_as_have_rows_of_the_class_that_a_metric_is_of():
    y = np.zeros(N, np.int64)
    y[:40] = 1  # five of forty groups have rows of it, which are enough
    groups = np.repeat(np.arange(40), 9)
    data, _ = dataset(y=y, groups=groups)
    scores, folds, judged = scored(data, ONE, one_fold())
    own = scores[:1]
    positive = np.bincount(groups[y == 1], minlength=40)
    others = 9 - positive
    assert units_of("accuracy", own, 1).worth == pytest.approx(40)
    assert units_of("type_1_error", own, 1).worth == pytest.approx(40**2 / (positive @ positive))
    assert units_of("type_2_error", own, 1).worth == pytest.approx((N - 40) ** 2 / (others @ others))
    both = positive / 40 + others / (N - 40)
    assert units_of("roc_auc", own, 1).worth == pytest.approx(4 / (both @ both))
    found = next(one for one in contrast(scores, folds, judged) if one.metric == "type_1_error")
    assert found.degrees == pytest.approx(40**2 / (positive @ positive) - 1)


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
    assert 6 < units.worth <= 8
    assert found.degrees == pytest.approx(1 / (1 / 29 + 1 / (units.worth - 1)))
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
        assert "no interval: no test row has an error" in found["good", metric].method
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
    assert (found.worth, found.too_few) == (pytest.approx(alone.worth), "")


def test_what_would_be_found_in_time_hangs_on_as_many_degrees_as_the_test_has():
    data = weather()
    net = DenseNet(name="good", hidden_units=(2,), training=Training(epochs=1, learning_rate=0.1))
    scores, folds, judged = scored(data, FORWARD, candidates=(net, POOR, GUESS), primary=("good", "poor"))
    result = gather(judged, data, folds, [], scores)
    found, pair = findable(result), result.against("poor")["good"]
    assert pair.degrees < 18
    error = (pair.high - pair.low) / 2 / stats.t.ppf(0.975, pair.degrees)
    assert found.difference == pytest.approx(smallest_found(error, pair.degrees))


def test_what_is_told_in_time_does_not_hang_on_the_order_of_the_scores():
    data, _ = dataset(times=np.arange(N))
    scores, folds, judged = scored(data, FORWARD)
    turned = [
        *(one for one in scores if one.candidate != "poor"),
        *reversed([s for s in scores if s.candidate == "poor"]),
    ]
    assert contrast(turned, folds, judged) == contrast(scores, folds, judged)
    assert compare(turned, folds, judged) == compare(scores, folds, judged)


def test_in_time_candidates_are_compared_on_the_same_folds_or_not_at_all():
    data, _ = dataset(times=np.arange(N))
    scores, folds, judged = scored(data, FORWARD)
    some = [one for one in scores if one.candidate != "poor" or one.fold_index < 4]
    with pytest.raises(ValueError, match="redrawings: expected scores of all candidates on the same folds"):
        contrast(some, folds, judged)


def test_blocks_without_a_class_count_for_nothing_and_leave_too_few_stretches():
    """A ranking was measured on one block of five, four stretches of twenty, and its interval was that of twenty."""
    y = np.random.default_rng(1).integers(2, size=N)
    y[N // 6 : N * 5 // 6] = 0  # the first sixth is learned from, the last one tested
    data, _ = dataset(times=np.arange(N), y=y)
    scores, folds, judged = scored(data, FORWARD)
    found = {(one.candidate, one.metric): one for one in compare(scores, folds, judged)}
    ranked = found["good", "roc_auc"]
    assert np.isfinite(ranked.mean)
    assert not ranked.has_interval
    assert ranked.method.endswith("no interval: 4 stretches of time with test rows of a class, and it takes 5")
    assert found["good", "accuracy"].has_interval
    for one in contrast(scores, folds, judged):
        assert one.metric != "roc_auc" or not one.has_interval or one.difference == 0


@pytest.mark.parametrize(
    ("change", "splitting", "method"),
    [
        ({"groups": "groups"}, ONE, PAIRED_GROUPS),
        ({"weights": np.random.default_rng(0).exponential(size=N)}, ONE, PAIRED_WEIGHTS),
        ({"groups": "groups"}, DEALT, PAIRED_FOLDS),
        ({"groups": "groups"}, Splitting(kind="random", n_folds=6), PAIRED_AGAIN),
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
    assert of_found == {PAIRED_FOUND if method in {PAIRED_FOLDS, PAIRED_AGAIN} else method}
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


def one_fold():
    return [Fold(index=0, seed=0, train_rows=np.arange(N), test_rows=np.arange(N))]


def folds_of_groups():
    rows = np.arange(N)
    return [Fold(index=k, seed=0, train_rows=rows[rows % 3 != k], test_rows=rows[rows % 3 == k]) for k in range(3)]


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
