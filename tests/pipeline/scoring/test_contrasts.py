"""Every two candidates on the same rows: the test, the question it belongs to, and the word for it."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from experiments.language import Splitting
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.data.values import Fold
from pipeline.scoring import few_found
from pipeline.scoring.compare import compare
from pipeline.scoring.contrasts import DELONG, PAIRED_FOLDS, PAIRED_FOUND, PAIRED_ROWS, PAIRED_SHARES, TOO_FEW, contrast
from pipeline.scoring.metrics import confusion, score
from pipeline.scoring.paired_rows import paired_areas, paired_shares
from pipeline.scoring.significance import corrected_difference, holm
from pipeline.scoring.values import Scores

IRIS = ingest("iris")


def of(contrasts, metric):
    return {(c.candidate, c.reference): c for c in contrasts if c.metric == metric}


def values(scores, name, metric):
    return np.array([s.metrics[metric] for s in scores if s.candidate == name])


def test_everyone_meets_everyone_both_ways_round(small, invented):
    folds = split(IRIS, Splitting(n_folds=5), seed=1)
    names = [candidate.name for candidate in small.candidates]
    contrasts = contrast(invented, folds, small)
    for metric in small.metrics:
        found = of(contrasts, metric)
        assert set(found) == set(permutations(names, 2))
        for (one, other), there in found.items():
            back = found[other, one]
            assert there.difference == -back.difference
            assert (there.low, there.better, there.judgment == "better") == (
                -back.high,
                back.worse,
                back.judgment == "worse",
            )
            assert (there.p_value, there.p_corrected, there.equal) == (back.p_value, back.p_corrected, back.equal)
            assert {there.family, back.family} <= {"net", "baseline"}


def test_across_folds_a_contrast_is_the_corrected_difference(small, invented):
    folds = split(IRIS, Splitting(n_folds=5, test_share=0.3), seed=1)
    found = of(contrast(invented, folds, small), "accuracy")["stopped_early", "logistic_regression"]
    differences = values(invented, "stopped_early", "accuracy") - values(invented, "logistic_regression", "accuracy")
    expected = corrected_difference(differences, n_train=105, n_test=45, equivalence=0.01)
    assert (found.difference, found.low, found.high) == (expected.mean, expected.low, expected.high)
    assert (found.p_value, found.better, found.worse) == (expected.p_value, expected.above, expected.below)
    assert (found.n, found.method, found.family) == (5, PAIRED_FOLDS, "net")


def test_differences_of_one_question_are_corrected_together(small, invented):
    """Two nets against one baseline are the question; who is better than guessing is another; two nets explore."""
    found = of(contrast(invented, split(IRIS, Splitting(n_folds=5), seed=1), small), "log_loss")
    nets, baseline, guess = ("sigmoid_4", "stopped_early"), "logistic_regression", "majority_class"
    questions = {
        "primary": [(net, baseline) for net in nets],
        "guess": [(name, guess) for name in (*nets, baseline)],
        "exploratory": [nets],
    }
    for question, pairs in questions.items():
        own = [found[pair] for pair in pairs]
        assert {one.question for one in own} == {question}
        holms = holm(np.array([one.p_value for one in own]))
        for one, most in zip(own, holms, strict=True):
            assert one.p_value <= one.p_corrected <= most + 1e-12
    (explored,) = (found[pair] for pair in questions["exploratory"])
    assert explored.p_corrected == explored.p_value


def test_a_declared_question_is_tested_alone(small, invented):
    asked = replace(small, primary=("stopped_early", "logistic_regression"))
    found = of(contrast(invented, split(IRIS, Splitting(n_folds=5), seed=1), asked), "accuracy")
    own = found["logistic_regression", "stopped_early"]
    assert (own.question, own.p_corrected) == ("primary", own.p_value)
    assert found["sigmoid_4", "logistic_regression"].question == "exploratory"


def test_without_a_family_every_two_candidates_are_the_question(small, invented):
    alone = replace(small, candidates=small.candidates[:3])
    found = of(contrast(invented, split(IRIS, Splitting(n_folds=5), seed=1), alone), "accuracy")
    assert found["sigmoid_4", "stopped_early"].question == "primary"


def test_a_lower_loss_is_better(small, invented):
    folds = split(IRIS, Splitting(n_folds=5), seed=1)
    loss = of(contrast(invented, folds, small), "log_loss")["sigmoid_4", "majority_class"]
    assert loss.difference < -0.2
    assert loss.judgment == "better"


def test_a_wide_region_of_equivalence_makes_all_equal(small, invented):
    folds = split(IRIS, Splitting(n_folds=5), seed=1)
    found = of(contrast(invented, folds, replace(small, practical_equivalence=0.9)), "accuracy")
    assert {c.judgment for c in found.values()} == {"practically_equal"}


@pytest.mark.parametrize("names", [set(), {"sigmoid_4"}, {"sigmoid_4", "stopped_early"}, {"majority_class"}])
def test_a_run_that_was_cut_short_has_the_contrasts_of_what_was_finished(small, invented, names):
    folds = split(IRIS, Splitting(n_folds=5), seed=1)
    found = contrast([s for s in invented if s.candidate in names], folds, small)
    assert len(of(found, "accuracy")) == (2 if len(names) == 2 else 0)


def rewritten(scores, metric, value):
    """The same scores with a metric by candidate and fold."""
    return [replace(one, metrics={**one.metrics, metric: value(one)}) for one in scores]


def test_a_metric_that_a_fold_lacks_is_judged_by_the_others(small, invented):
    folds, lacking = split(IRIS, Splitting(n_folds=5), seed=1), float("nan")
    scores = rewritten(invented, "roc_auc", lambda one: lacking if one.fold_index == 3 else one.metrics["roc_auc"])
    found = of(contrast(scores, folds, small), "roc_auc")["sigmoid_4", "majority_class"]
    differences = values(scores, "sigmoid_4", "roc_auc") - values(scores, "majority_class", "roc_auc")
    assert found.difference == pytest.approx(np.nanmean(differences))
    assert found.judgment == "better"


def test_a_metric_that_no_fold_has_is_not_judged(small, invented):
    scores = rewritten(invented, "roc_auc", lambda one: float("nan"))
    found = of(contrast(scores, split(IRIS, Splitting(n_folds=5), seed=1), small), "roc_auc").values()
    assert {c.judgment for c in found} == {"cannot_say"}
    assert np.isnan([c.p_corrected for c in found]).all()


def test_a_candidate_that_is_right_everywhere_beats_guessing(small, invented):
    level = {"majority_class": 1 / 3}
    scores = rewritten(invented, "accuracy", lambda one: level.get(one.candidate, 1.0))
    found = of(contrast(scores, split(IRIS, Splitting(n_folds=5), seed=1), small), "accuracy")
    for name in ("sigmoid_4", "logistic_regression"):
        against = found[name, "majority_class"]
        assert against.judgment == "better"
        assert 0.4 < against.low < against.difference < against.high


def test_candidates_that_are_the_same_are_practically_equal(small, invented):
    for metric in ("accuracy", "log_loss"):
        scores = rewritten(invented, metric, lambda one: 0.9 if one.candidate != "majority_class" else 0.6)
        rows_enough = replace(IRIS, X=np.repeat(IRIS.X, 9, axis=0), y=np.repeat(IRIS.y, 9))
        found = of(contrast(scores, split(rows_enough, Splitting(n_folds=5), seed=1), small), metric)
        assert found["sigmoid_4", "logistic_regression"].judgment == "practically_equal"


def test_candidates_that_say_the_same_of_every_row_are_one_however_few_the_rows(small, invented):
    said = {one.fold_index: one for one in invented if one.candidate == "sigmoid_4"}
    scores = [
        replace(one, predicted=said[one.fold_index].predicted, metrics=said[one.fold_index].metrics)
        if one.candidate == "logistic_regression"
        else one
        for one in invented
    ]
    for n_folds in (1, 5):
        own = [one for one in scores if one.fold_index < n_folds]
        found = contrast(own, split(IRIS, Splitting(n_folds=n_folds), seed=1), small)
        for metric in small.metrics:
            assert of(found, metric)["sigmoid_4", "logistic_regression"].judgment == "practically_equal"


def at_levels(scores, levels, together):
    """The same scores with accuracies around levels, that move from fold to fold together."""
    moves = together * np.random.default_rng(0).normal(size=5)
    return rewritten(
        scores,
        "accuracy",
        lambda one: (
            levels[one.candidate]
            if one.candidate == "majority_class"
            else levels[one.candidate] + moves[one.fold_index]
        ),
    )


def test_candidates_that_nothing_tells_from_guessing_are_not_told_apart(small, invented):
    levels = {"majority_class": 0.5, "sigmoid_4": 0.6, "stopped_early": 0.5, "logistic_regression": 0.4}
    folds = split(IRIS, Splitting(n_folds=5), seed=1)
    found = of(contrast(at_levels(invented, levels, together=0.3), folds, small), "accuracy")
    pair = found["sigmoid_4", "logistic_regression"]
    assert pair.p_value < 0.01
    assert found["sigmoid_4", "majority_class"].judgment == "cannot_say"
    assert pair.judgment == "cannot_say"
    assert pair.p_corrected >= 0.05


def test_two_that_are_worse_than_guessing_are_told_apart(small, invented):
    levels = {"majority_class": 0.9, "sigmoid_4": 0.6, "stopped_early": 0.6, "logistic_regression": 0.5}
    folds = split(IRIS, Splitting(n_folds=5), seed=1)
    found = of(contrast(at_levels(invented, levels, together=0.01), folds, small), "accuracy")
    assert found["sigmoid_4", "logistic_regression"].judgment == "better"
    assert found["sigmoid_4", "majority_class"].judgment == "worse"


def on_rows(candidate, y, p, fold, metric):
    """Scores of one fold, whose classes and probabilities are known."""
    return Scores(
        candidate=candidate.name,
        family=candidate.family,
        fold_index=fold.index,
        seed=0,
        metrics={metric: score(metric, y, p, 1)},
        y_true=y,
        predicted=p,
        confusion=confusion(y, p),
    )


def in_class_1(probability):
    return np.stack([1 - probability, probability], axis=1)


@pytest.mark.parametrize(
    ("metric", "mean", "guessed"), [("f1", 2 / 9, 0.0), ("type_1_error", 2 / 3, 1.0), ("type_2_error", 5 / 27, 0.0)]
)
def test_what_is_not_surely_found_is_not_called_better_than_guessing(small, metric, mean, guessed):
    """Five folds of 30 rows, 3 of them positive, of which each finds one beside five false alarms."""
    y, said = (np.arange(30) < 3).astype(np.int64), np.full(30, 0.1)
    said[[0, *range(3, 8)]] = 0.9
    folds = [
        Fold(index=k, seed=k, train_rows=np.delete(np.arange(150), part), test_rows=part)
        for k, part in enumerate(np.arange(150).reshape(5, 30))
    ]
    asked = replace(small, metrics=(metric,), primary_metric=metric, positive_class=1)
    scores = [
        on_rows(candidate, y, in_class_1(np.full(30, 0.1) if candidate.name == asked.dummy else said), fold, metric)
        for candidate in small.candidates
        for fold in folds
    ]
    found = of(contrast(scores, folds, asked), metric)["sigmoid_4", asked.dummy]
    own = next(one for one in compare(scores, folds, asked) if one.candidate == "sigmoid_4")
    assert (found.difference, own.mean) == pytest.approx((mean - guessed, mean))
    mine, its = (values(scores, name, metric) for name in ("sigmoid_4", asked.dummy))
    most = {"f1": 30, "type_1_error": 15, "type_2_error": 135}[metric]
    expected = few_found.DIFFERENCES[metric](mine, its, n_train=120, n_test=30, equivalence=0.01, most=most)
    bounds = few_found.INTERVALS[metric](mine, n_train=120, n_test=30, most=most)
    assert (found.low, found.high, found.p_value) == pytest.approx(
        (expected.low, expected.high, expected.p_value), abs=1e-12
    )
    assert (own.low, own.high) == pytest.approx((bounds.low, bounds.high), abs=1e-12)
    assert found.method == PAIRED_FOUND
    if metric == "f1":
        assert own.low <= guessed <= own.high
        assert found.low <= 0 <= found.high
        assert found.judgment == "cannot_say"


@pytest.mark.parametrize(("metric", "label"), [("type_1_error", 1), ("type_2_error", 0)])
def test_over_random_splits_a_difference_of_error_types_is_worth_as_many_rows_as_a_mean_is(small, metric, label):
    """A row counts the more the fewer of its class a fold has."""
    y, random = (np.arange(150) % 10 == 0).astype(np.int64), np.random.default_rng(0)
    asked = replace(small, metrics=(metric,), primary_metric=metric, positive_class=1)
    folds = [
        Fold(index=k, seed=k, train_rows=order[30:], test_rows=order[:30])
        for k, order in enumerate(random.permutation(150) for _ in range(10))
    ]
    right, wrong = in_class_1(y * 0.8 + 0.1), in_class_1(0.9 - y * 0.8)
    scores = [
        on_rows(candidate, y[rows], (wrong if candidate.name == asked.dummy else right)[rows], fold, metric)
        for candidate in small.candidates
        for fold in folds
        for rows in [fold.test_rows]
    ]
    found = of(contrast(scores, folds, asked), metric)["sigmoid_4", asked.dummy]
    weights = np.zeros(150)
    for fold in folds:
        members = fold.test_rows[y[fold.test_rows] == label]
        weights[members] += 1 / len(members)
    most, sizes = weights.sum() ** 2 / (weights**2).sum(), {"n_train": 120, "n_test": 30, "equivalence": 0.01}
    assert most < 0.97 * (y == label).sum()
    mine, its = (values(scores, name, metric) for name in ("sigmoid_4", asked.dummy))
    expected = few_found.DIFFERENCES[metric](mine, its, most=most, **sizes)
    assert (found.low, found.high) == pytest.approx((max(expected.low, -1), expected.high), abs=1e-12)


def test_two_that_say_the_same_are_practically_equal_where_a_fold_has_no_score_too(small):
    y = np.r_[np.zeros(30), np.arange(120) % 3 == 0].astype(np.int64)
    asked = replace(small, metrics=("roc_auc",), primary_metric="roc_auc", positive_class=1)
    folds = [
        Fold(index=k, seed=k, train_rows=np.delete(np.arange(150), part), test_rows=part)
        for k, part in enumerate(np.arange(150).reshape(5, 30))
    ]
    said = in_class_1(np.random.default_rng(0).random(150))
    scores = [on_rows(one, y[f.test_rows], said[f.test_rows], f, "roc_auc") for one in small.candidates for f in folds]
    assert np.isnan(scores[0].metrics["roc_auc"])
    found = of(contrast(scores, folds, asked), "roc_auc")["sigmoid_4", "stopped_early"]
    assert (found.difference, found.judgment) == (0, "practically_equal")


def test_one_positive_test_row_says_nothing_of_a_ranking(small, invented):
    """A bootstrap would draw that one row again and again, and be sure."""
    scores = [replace(one, y_true=(np.arange(80) == 0).astype(np.int64)) for one in invented if one.fold_index == 0]
    folds = split(IRIS, Splitting(n_folds=1), seed=1)
    found = contrast(scores, folds, replace(small, metrics=("roc_auc", "accuracy"), primary_metric="roc_auc"))
    for one in of(found, "roc_auc").values():
        assert (one.has_interval, one.judgment, one.method) == (False, "cannot_say", TOO_FEW)
    assert all(one.has_interval for one in of(found, "accuracy").values())


def test_two_folds_know_little_and_say_so(small, invented):
    scores = [one for one in invented if one.fold_index < 2]
    found = of(contrast(scores, split(IRIS, Splitting(n_folds=2), seed=1), small), "accuracy")
    assert found["sigmoid_4", "stopped_early"].judgment == "cannot_say"
    assert found["sigmoid_4", "stopped_early"].has_interval


def test_on_one_test_set_each_metric_has_its_own_test(small, invented):
    folds = split(IRIS, Splitting(n_folds=1), seed=1)
    scores = {s.candidate: s for s in invented if s.fold_index == 0}
    found = contrast(list(scores.values()), folds, replace(small, primary_metric="log_loss"))
    best = min(scores.values(), key=lambda s: s.metrics["log_loss"])
    pair = ("stopped_early", best.candidate)
    accuracy, auc, loss = (of(found, metric)[pair] for metric in small.metrics)
    assert (accuracy.method, auc.method, loss.method) == (PAIRED_SHARES, DELONG, PAIRED_ROWS)
    right = [s.y_proba.argmax(axis=1) == s.y_true for s in (scores["stopped_early"], best)]
    assert accuracy.p_value == paired_shares(*right, equivalence=0.01).p_value
    assert accuracy.difference == pytest.approx(right[0].mean() - right[1].mean())
    areas = [s.y_proba[:, 1] for s in (scores["stopped_early"], best)]
    assert auc.p_value == paired_areas(best.y_true == 1, *areas, equivalence=0.01).p_value
    assert loss.low < loss.difference < loss.high
