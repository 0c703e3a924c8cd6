import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import norm, t
from sklearn.metrics import brier_score_loss, log_loss

from experiments.language import Decision
from pipeline.decisions import costs
from pipeline.decisions.calibration import platt
from pipeline.decisions.contrasts import cost_differences
from pipeline.decisions.decide import decide
from pipeline.decisions.examination import Rows, examine
from pipeline.decisions.page import decisions_section
from pipeline.decisions.recalibration import recalibration
from pipeline.decisions.rows_tested import RowsTested, rows_tested
from pipeline.scoring.significance import corrected_difference, holm

NAMES = ("sigmoid_3", "logistic_regression")


def rows(scores, name, indices):
    own = [one for one in scores if one.candidate == name and one.fold_index in indices]
    return np.concatenate([one.y_true == 1 for one in own]), np.concatenate([one.y_proba[:, 1] for one in own])


def values(estimates, quantity):
    return {(one.candidate, one.case): one for one in estimates if one.quantity == quantity}


def without_a_decision(result):
    return replace(result, comparison=replace(result.comparison, decision=None))


def test_a_comparison_without_a_decision_is_refused(tumor_result, held_out_tumors):
    with pytest.raises(ValueError, match="a comparison with a decision"):
        decide(without_a_decision(tumor_result), held_out_tumors)


def test_the_cheapest_rule_is_chosen_on_inner_rows_and_counted_on_test_rows(tumor_result, held_out_tumors, decided):
    folds, thresholds, found = tumor_result.folds, [], []
    for fold in folds:
        inner = rows(held_out_tumors, "sigmoid_3", range(3 * fold.index, 3 * fold.index + 3))
        positive, probability = rows(tumor_result.scores, "sigmoid_3", [fold.index])
        thresholds.append(costs.cheapest_thresholds(*inner, np.array([20.0]))[0])
        found.append(costs.outcome(positive, probability > thresholds[-1], 20).cost)
    cost = values(decided.outcomes, "cost")["sigmoid_3", "cheapest"]
    assert (cost.mean, cost.n) == (pytest.approx(np.mean(found)), 3)
    assert 0 < cost.low < cost.mean < cost.high
    threshold = values(decided.outcomes, "threshold")["sigmoid_3", "cheapest"]
    assert threshold.mean == pytest.approx(np.mean(thresholds))


@pytest.mark.parametrize(("n_groups", "known"), [(3, False), (40, True)])
def test_of_rows_in_too_few_groups_nothing_is_told_of_chance(tumor_result, held_out_tumors, n_groups, known):
    """Scores of three groups have no interval, and so a cost has none."""
    rows_of = {fold.index: fold.test_rows for fold in tumor_result.folds}
    scores = tuple(replace(one, clusterings=(rows_of[one.fold_index] % n_groups,)) for one in tumor_result.scores)
    grouped = replace(tumor_result, scores=scores)
    found = decide(grouped, held_out_tumors)
    for estimates in (found.outcomes, found.calibration, found.gains, found.benefits):
        assert np.isfinite([one.low for one in estimates]).any() == known
    for one in (*found.differences, *found.benefit_differences):
        assert one.has_interval == known
        assert known or one.judgment == "cannot_say"
    html = decisions_section(grouped, found).html
    assert not re.search(r"\bnan\b", html)
    assert "by chance up to –" not in html


def test_rows_are_worth_what_their_groups_tell_of_errors_and_of_how_frequent_the_class_is(tumor_result):
    """Groups of one class each: how frequent it is they tell as so many groups, however scattered the errors."""
    dataset, folds = tumor_result.dataset, tumor_result.folds
    alone = rows_tested(tumor_result, "sigmoid_3", 1, 20.0)
    rows_of = np.unique(np.concatenate([fold.test_rows for fold in folds]))
    counts = [(dataset.y[rows_of] == 1).sum(), (dataset.y[rows_of] == 0).sum()]
    assert [alone.n_positive, alone.n_negative] == counts
    assert alone.both_tell
    np.testing.assert_allclose(alone.positive_shares, [(dataset.y[fold.test_rows] == 1).mean() for fold in folds])

    def in_groups(labels):
        of_fold = {fold.index: labels[fold.test_rows] for fold in folds}
        scores = tuple(replace(one, clusterings=(of_fold[one.fold_index],)) for one in tumor_result.scores)
        return rows_tested(replace(tumor_result, scores=scores), "sigmoid_3", 1, 20.0)

    order = np.argsort(dataset.y, kind="stable")
    of_a_class = np.empty(len(order), int)
    of_a_class[order] = np.arange(len(order)) // 10
    found = in_groups(of_a_class)
    assert found.n < 0.35 * alone.n
    by_lot = in_groups(np.random.default_rng(0).permutation(len(order)) // 10)
    assert by_lot.n > 0.6 * alone.n
    few = in_groups(np.where(dataset.y == 1, np.arange(len(order)) % 3, 3 + np.arange(len(order)) % 40))
    assert (few.few_positive, few.few_negative, few.both_tell) == (True, False, False)


def test_no_test_label_moves_a_threshold_or_a_map(tumor_result, held_out_tumors, decided):
    wrong = tuple(replace(one, y_true=1 - one.y_true) for one in tumor_result.scores)
    moved = decide(replace(tumor_result, scores=wrong), held_out_tumors)
    assert values(moved.outcomes, "threshold") == values(decided.outcomes, "threshold")
    raised = [{key: one.mean for key, one in values(each.outcomes, "raised").items()} for each in (moved, decided)]
    assert raised[0] == raised[1]
    assert values(moved.outcomes, "cost") != values(decided.outcomes, "cost")
    for name in NAMES:
        for one, other in zip(moved.reliability[name].values(), decided.reliability[name].values(), strict=True):
            assert one.deciles.tolist() == other.deciles.tolist()


def test_the_labels_of_inner_rows_do(tumor_result, held_out_tumors, decided):
    moved = decide(tumor_result, [replace(one, y_true=1 - one.y_true) for one in held_out_tumors])
    for case in ("cheapest", "recall"):
        thresholds = [values(each.outcomes, "threshold")["sigmoid_3", case].mean for each in (moved, decided)]
        assert thresholds[0] != thresholds[1]


def test_rules_are_what_their_names_say(tumor_result, decided):
    base_rates = [(one.y_true == 1).mean() for one in tumor_result.of("sigmoid_3").scores]
    cost, recall = values(decided.outcomes, "cost"), values(decided.outcomes, "recall")
    raised, type_1 = values(decided.outcomes, "raised"), values(decided.outcomes, "type_1_error")
    for name in NAMES:
        assert (raised[name, "nobody"].mean, raised[name, "everybody"].mean) == (0, 1)
        assert cost[name, "nobody"].mean == pytest.approx(20 * np.mean(base_rates))
        assert cost[name, "everybody"].mean == pytest.approx(1 - np.mean(base_rates))
        at_half = [one.metrics["type_1_error"] for one in tumor_result.of(name).scores]
        assert type_1[name, "half"].mean == pytest.approx(np.mean(at_half))
        assert values(decided.outcomes, "threshold")[name, "theory"].mean == pytest.approx(1 / 21)
        assert 0.8 < recall[name, "recall"].mean <= 1
        assert cost[name, "cheapest"].mean < min(cost[name, "half"].mean, cost[name, "nobody"].mean)


def test_without_a_wanted_recall_there_is_no_such_rule(tumor_result, held_out_tumors):
    comparison = tumor_result.comparison
    other = replace(tumor_result, comparison=replace(comparison, decision=replace(comparison.decision, recall=None)))
    assert "recall" not in {one.case for one in decide(other, held_out_tumors).outcomes}


def test_a_relative_cost_is_a_share_of_treating_all_alike(decided):
    cost, relative = values(decided.outcomes, "cost"), values(decided.outcomes, "relative_cost")
    trivial = min(cost["sigmoid_3", rule].mean for rule in ("nobody", "everybody"))
    assert relative["sigmoid_3", "cheapest"].mean == pytest.approx(cost["sigmoid_3", "cheapest"].mean / trivial)
    at_ratio = np.interp(20, decided.cost_ratios, decided.cost_curves["sigmoid_3"])
    assert relative["sigmoid_3", "cheapest"].mean == pytest.approx(at_ratio, rel=0.1)
    assert all((curve > 0).all() for curve in decided.cost_curves.values())


def test_the_curve_of_relative_costs_passes_through_the_table(tumor_result, held_out_tumors):
    """Both are ratios of means: a mean of each fold's ratio is another number where folds differ in their share."""
    decision = replace(tumor_result.comparison.decision, cost_ratio=10)
    other = replace(tumor_result, comparison=replace(tumor_result.comparison, decision=decision))
    found = decide(other, held_out_tumors)
    place = int(np.argmin(abs(found.cost_ratios - 10)))
    assert found.cost_ratios[place] == pytest.approx(10)
    for name in NAMES:
        told = values(found.outcomes, "relative_cost")[name, "cheapest"].mean
        assert found.cost_curves[name][place] == pytest.approx(told)


def test_differences_are_of_each_net_to_each_baseline(tumor_result, held_out_tumors, decided):
    folds = tumor_result.folds
    (contrast,) = decided.differences
    assert (contrast.candidate, contrast.reference, contrast.metric) == (*NAMES, "cost")
    assert contrast.p_corrected == contrast.p_value
    paid, raised = [], []
    for name in NAMES:
        inner = [rows(held_out_tumors, name, range(3 * k, 3 * k + 3)) for k in range(3)]
        chosen = [costs.cheapest_thresholds(*each, np.array([20.0]))[0] for each in inner]
        test = [rows(tumor_result.scores, name, [k]) for k in range(3)]
        paid.append([costs.outcome(y, p > above, 20).cost for (y, p), above in zip(test, chosen, strict=True)])
        raised.append([p > above for (_, p), above in zip(test, chosen, strict=True)])
    otherwise = [(y, one != other) for (y, _), one, other in zip(test, *raised, strict=True)]
    positive, negative = (
        [(is_of(y) & differ).mean() for y, differ in otherwise] for is_of in (np.array, np.logical_not)
    )
    n = len(np.unique(np.concatenate([fold.test_rows for fold in folds])))
    mean = np.subtract(*paid).mean()
    smoothed = [(np.mean(each) * n + 2) / (n + 5) for each in (positive, negative)]  # of two kinds each, a row more
    least = np.sqrt((400 * smoothed[0] + smoothed[1] - (mean * n / (n + 5)) ** 2) / n) * norm.ppf(0.975)
    sizes = {"n_train": len(folds[0].train_rows), "n_test": len(folds[0].test_rows)}
    expected = corrected_difference(np.subtract(*paid), equivalence=0.01, least=least / t.ppf(0.975, 2), **sizes)
    found = (contrast.difference, contrast.low, contrast.high, contrast.better, contrast.worse)
    assert found == pytest.approx((expected.mean, expected.low, expected.high, expected.below, expected.above))


def test_few_rows_that_are_decided_otherwise_are_no_proof():
    """Folds of 61 and 60 rows, one row each that is missed by one alone: spread says p < 1e-8, a sign test .06."""
    folds = [
        SimpleNamespace(index=k, train_rows=np.arange(303 - n), test_rows=np.arange(n), stretches=None)
        for k, n in enumerate((61, 61, 61, 60, 60))
    ]
    result = SimpleNamespace(folds=folds, comparison=SimpleNamespace(nets=[SimpleNamespace(name="net")]))
    decision = Decision(candidates=("net", "other"), cost_ratio=10)
    counted = RowsTested(folds=folds, positive_shares=np.full(5, 0.1), n_positive=30, n_negative=273, cost_ratio=10.0)

    def of_folds(missed, high=0.9):
        for fold in folds:
            positive = np.arange(len(fold.test_rows)) < 6
            probability = np.where(positive, high, 0.1)
            probability[:missed] = 0.1
            test = Rows(positive=positive, probability=probability)
            inner = Rows(positive=np.array([True, False]), probability=np.array([0.9, 0.1]))
            yield examine(decision, test, inner)

    examined = {"net": list(of_folds(1)), "other": list(of_folds(0))}
    rows_of_both = dict.fromkeys(examined, counted)
    (one,) = cost_differences(result, decision, examined, rows_of_both)
    assert one.difference == pytest.approx(np.mean([10 / 61] * 3 + [10 / 60] * 2))
    assert 0.05 < one.p_value < 0.1
    assert one.judgment == "cannot_say"
    (same,) = cost_differences(result, decision, {"net": examined["other"], "other": examined["other"]}, rows_of_both)
    assert (same.difference, same.equal) == (0, 1)
    like = {"net": examined["other"], "other": list(of_folds(0, 0.8))}
    (alike,) = cost_differences(result, decision, like, rows_of_both)
    assert (alike.difference, alike.judgment) == (0, "cannot_say")  # the next row may be one that they decide otherwise
    few = dict.fromkeys(examined, replace(counted, few_positive=True))
    assert not cost_differences(result, decision, examined, few)[0].has_interval


def test_net_benefit_is_held_against_everybody_and_nobody(tumor_result, decided):
    folds, found = tumor_result.folds, {one.candidate: one for one in decided.benefits if one.case == "0.0476"}
    sizes = {"n_train": len(folds[0].train_rows), "n_test": len(folds[0].test_rows)}
    tests = {}
    for name in NAMES:
        own = [rows(tumor_result.scores, name, [fold.index]) for fold in folds]
        cost = np.array([costs.outcome(y, p > 1 / 21, 20).cost for y, p in own])
        base_rate = np.array([y.mean() for y, _ in own])
        benefit, everybody = base_rate - cost / 20, base_rate - (1 - base_rate) / 20
        (told,) = [
            one
            for one in decided.benefits
            if (one.candidate, one.case, one.quantity) == (name, "0.0476", "net_benefit")
        ]
        assert told.mean == pytest.approx(benefit.mean())
        tests[name] = [corrected_difference(each, equivalence=1, **sizes) for each in (benefit - everybody, benefit)]
    assert set(found) == set(NAMES)
    larger = np.array([max(each.p_value for each in both) for both in tests.values()])
    for name, p_corrected in zip(NAMES, holm(larger), strict=True):
        both = [one for one in decided.benefit_differences if one.candidate == name]
        assert [one.reference for one in both] == ["everybody", "nobody"]
        assert [one.difference for one in both] == pytest.approx([each.mean for each in tests[name]])
        assert [one.p_corrected for one in both] == pytest.approx([p_corrected] * 2)


def test_decision_curves_pass_through_the_table(decided):
    thresholds = 1 / (1 + decided.cost_ratios)
    for name in (*NAMES, "everybody"):
        quantity = "everybody" if name == "everybody" else "net_benefit"
        (told,) = [
            one.mean
            for one in decided.benefits
            if (one.candidate, one.case, one.quantity) == (NAMES[0] if name == "everybody" else name, "0.5", quantity)
        ]
        assert decided.benefit_curves[name][np.argmin(abs(thresholds - 0.5))] == pytest.approx(told)


def test_calibration_is_fitted_on_inner_rows_and_scored_on_test_rows(tumor_result, held_out_tumors, decided):
    folds, expected = tumor_result.folds, {"brier_score": [], "log_loss": []}
    for fold in folds:
        inner = rows(held_out_tumors, "sigmoid_3", range(3 * fold.index, 3 * fold.index + 3))
        positive, probability = rows(tumor_result.scores, "sigmoid_3", [fold.index])
        calibrated = platt(*inner)(probability)
        expected["brier_score"].append(brier_score_loss(positive, calibrated))
        expected["log_loss"].append(log_loss(positive, calibrated))
    for quantity, each in expected.items():
        assert values(decided.calibration, quantity)["sigmoid_3", "platt"].mean == pytest.approx(np.mean(each))


def test_every_test_row_counts_once_by_the_first_fold_that_tests_it(tumor_result, decided):
    first = {row: fold.index for fold in reversed(tumor_result.folds) for row in fold.test_rows}
    of_fold = {one.fold_index: one.y_proba[:, 1] for one in tumor_result.of("sigmoid_3").scores}
    places = [{row: place for place, row in enumerate(fold.test_rows)} for fold in tumor_result.folds]
    probability = np.array([of_fold[fold][places[fold][row]] for row, fold in first.items()])
    positive = np.array([tumor_result.dataset.y[row] == 1 for row in first])
    curve = decided.reliability["sigmoid_3"]["as_trained"]
    assert curve.n_rows == len(first) < sum(len(fold.test_rows) for fold in tumor_result.folds)
    assert curve.score == pytest.approx(brier_score_loss(positive, probability))
    found = {
        one.quantity: one for one in decided.recalibration if (one.candidate, one.case) == ("sigmoid_3", "as_trained")
    }
    expected = recalibration(positive, probability)
    assert found["slope"].low == pytest.approx(expected.slope.low)
    assert found["intercept"].high == pytest.approx(expected.intercept.high)
    assert found["in_the_large"].mean == pytest.approx(probability.mean() - positive.mean())
    assert {one.n for one in decided.recalibration} == {len(first)}


def test_tenths_of_the_rows_find_all_in_the_end(decided):
    added, found = values(decided.gains, "added"), values(decided.gains, "found")
    for name in NAMES:
        assert sum(one.mean for (candidate, _), one in added.items() if candidate == name) == pytest.approx(1)
        assert found[name, "100%"].mean == 1
        assert values(decided.gains, "lift")[name, "20%"].mean == pytest.approx(found[name, "20%"].mean / 0.2)
        assert np.interp(0.3, decided.gain_shares, decided.gain_curves[name]) == pytest.approx(found[name, "30%"].mean)


def test_a_fold_without_a_positive_row_leaves_gains_to_the_others(tumor_result, held_out_tumors, decided):
    scores = tuple(
        replace(one, y_true=np.zeros_like(one.y_true)) if one.fold_index == 1 else one for one in tumor_result.scores
    )
    found = decide(replace(tumor_result, scores=scores), held_out_tumors)
    tenth = values(found.gains, "found")["sigmoid_3", "10%"]
    assert tenth.n == 2
    assert found.gain_curves["sigmoid_3"][10] == pytest.approx(tenth.mean)
    recall = values(found.outcomes, "recall")["sigmoid_3", "cheapest"]
    assert (recall.n, np.isfinite(recall.low)) == (2, True)
    other = decisions_section(tumor_result, found).html
    assert "2 of 3 folds" in other
    assert not re.search(r"\bnan\b", other)
    assert "of 3 folds" not in decisions_section(tumor_result, decided).html.replace("over 3 folds", "")


def test_one_fold_gives_means_without_intervals(tumor_result, held_out_tumors):
    first = {
        name: tuple(one for one in getattr(tumor_result, name) if one.fold_index == 0) for name in ("trained", "scores")
    }
    alone = replace(tumor_result, folds=tumor_result.folds[:1], **first)
    decided = decide(alone, [one for one in held_out_tumors if one.fold_index < 3])
    assert {one.n for one in decided.outcomes if np.isfinite(one.mean)} == {1}
    assert np.isnan([one.low for one in decided.outcomes]).all()
    assert decided.differences[0].judgment == "cannot_say"


def test_probabilities_that_say_nothing_lead_to_treating_all_alike(tumor_result, held_out_tumors):
    scores, held_out = (
        tuple(replace(one, predicted=np.full_like(one.y_proba, 0.5)) for one in each)
        for each in (tumor_result.scores, held_out_tumors)
    )
    decided = decide(replace(tumor_result, scores=scores), held_out)
    relative = values(decided.outcomes, "relative_cost")
    assert relative["sigmoid_3", "cheapest"].mean == pytest.approx(1)
    assert decided.gain_curves["sigmoid_3"] == pytest.approx(decided.gain_shares)
    assert values(decided.recalibration, "discrimination")["sigmoid_3", "as_trained"].mean == pytest.approx(0)
