"""Scores of rows in time: what neighboring stretches share, and blocks that lack a class."""

import numpy as np
import pytest
from scipy import stats

from experiments.language import DenseNet, Training
from pipeline.scoring.compare import compare, gather
from pipeline.scoring.contrasts import (
    PAIRED_STRETCHES,
    contrast,
)
from pipeline.scoring.intervals import most_rows
from pipeline.scoring.power import findable, smallest_found
from pipeline.scoring.redrawn import Redrawn, redrawings, spread
from pipeline.scoring.rows import rows_of
from pipeline.scoring.significance import share_interval
from pipeline.scoring.units import units_of
from pipeline.scoring.unlike import interval_of_unlike
from tests.pipeline.scoring.visits import FORWARD, GUESS, POOR, N, dataset, scored


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
    wider = units_of(metric, own, 1).wider
    apart = spread(values, wider)
    return own, apart, redrawn.stretches(metric, own).sure(apart, values, by_fold, wider)


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
    sure = found.stretches.sure(spread(values, found.units.wider), values, by_fold, found.units.wider)
    assert sure.error > 1.05 * spread(values, found.units.wider)
    assert told.high - told.low == pytest.approx(2 * stats.t.ppf(0.975, sure.degrees) * sure.error)
    assert told.mean == pytest.approx(by_fold.mean())


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


def test_blocks_without_a_row_of_the_class_have_no_f1_of_it():
    """It would be 0 whoever answers."""
    y = np.random.default_rng(1).integers(2, size=N)
    y[N // 6 : N * 5 // 6] = 0
    data, _ = dataset(times=np.arange(N), y=y)
    found = {(one.candidate, one.metric): one for one in compare(*scored(data, FORWARD))}
    for metric in ("f1", "type_1_error", "average_precision"):
        assert found["good", metric].n == 1
        assert "over 1 of 5 folds" in found["good", metric].method
    assert found["good", "f1"].mean > 0.5
