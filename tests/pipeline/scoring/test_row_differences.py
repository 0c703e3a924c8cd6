"""Differences by test rows: what they are, and where rows are not asked."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.tree import DecisionTreeClassifier

from benchmarks.coverage.cells import Setting
from benchmarks.coverage.problems import stratified
from benchmarks.coverage.product import dataset_of, scored
from pipeline.data.split import split
from pipeline.scoring.area_differences import areas_by_rows
from pipeline.scoring.contrasts import (
    PAIRED_FOLDS,
    PAIRED_LESS_SURE,
    PAIRED_LESS_SURE_AREAS,
    PAIRED_STEADY,
    PAIRED_UNSTEADY,
    contrast,
)
from pipeline.scoring.row_differences import LEAST_REPEATED, UNSTEADY, difference_by_rows, told_difference
from pipeline.scoring.significance import corrected_difference, student_difference

PAIR = ("net_0", "baseline_0")


def compared(fit=LinearDiscriminantAnalysis, seed=3, **declared):
    """A declared net against a baseline on generated rows: the comparison, its folds and scores."""
    how = {"n_rows": 1000, "metric": "accuracy", "primary": True, **declared}
    setting = Setting(distances=(1.6, 1.0), nets=1, **how)
    X, y = setting.drawn(setting.n_rows, np.random.default_rng(seed))
    dataset = dataset_of(X, y, 2)
    folds = split(dataset, setting.splitting, seed=7)
    scores = []
    for number, candidate in enumerate(setting.comparison.candidates):
        models = [
            fit().fit(X[fold.train_rows][:, (1 + 2 * number, 2 + 2 * number)], y[fold.train_rows])
            if number < 2
            else setting.fitted(2, X[fold.train_rows], y[fold.train_rows])
            for fold in folds
        ]
        models = [Looking(model, (1 + 2 * number, 2 + 2 * number)) if number < 2 else model for model in models]
        scores += scored(candidate, models, dataset, folds, setting.comparison)
    return setting.comparison, folds, scores


class Looking:
    """A classifier that is handed some columns only."""

    def __init__(self, model, columns):
        self.model, self.columns = model, list(columns)

    def predict_proba(self, X):
        return self.model.predict_proba(X[:, self.columns])


def asked(comparison, folds, scores):
    found = {(one.candidate, one.reference): one for one in contrast(scores, folds, comparison)}
    return found[PAIR]


def by_folds(scores, folds, metric="accuracy"):
    own, its = ([one.metrics[metric] for one in scores if one.candidate == name] for name in PAIR)
    n_train, n_test = len(folds[0].train_rows), len(folds[0].test_rows)
    return corrected_difference(np.subtract(own, its), n_train=n_train, n_test=n_test, equivalence=0.01)


def test_it_is_students_t_of_the_rows_by_hand():
    random = np.random.default_rng(0)
    rows = np.repeat(np.arange(200), random.integers(1, 4, 200))
    own = random.choice([-1.0, 0.0, 1.0], 200, p=[0.1, 0.7, 0.2])
    tested = own[rows].copy()
    tested[5] = -tested[5] or 1.0  # one test says something else
    found = difference_by_rows(tested, rows, np.arange(len(rows)) % 3, equivalence=0.02).difference
    each = np.array([tested[rows == row].mean() for row in range(200)])
    within = sum(((tested[rows == row] - each[row]) ** 2).sum() for row in range(200)) / (len(rows) - 200)
    error = np.sqrt((np.mean((tested - tested.mean()) ** 2) + within) / 200)
    assert within > 0
    assert found.mean == pytest.approx(each.mean(), abs=1e-15)
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(each.mean()) / error, 199), rel=1e-12)
    assert found.high == pytest.approx(each.mean() + stats.t.ppf(0.975, 199) * error, rel=1e-12)
    assert found.degrees == 199


@pytest.mark.parametrize("repeated", [LEAST_REPEATED - 1, LEAST_REPEATED])
def test_rows_that_were_tested_once_do_not_tell_whether_they_are_steady(repeated):
    rows = np.append(np.arange(100), np.arange(repeated))
    tested = np.where(rows % 3 == 0, 1.0, 0.0)
    found = difference_by_rows(tested, rows, rows * 0, equivalence=0.0)
    assert (found is None) == (repeated < LEAST_REPEATED)


@pytest.mark.parametrize("too_much", [False, True])
def test_rows_that_say_something_else_after_each_training_are_not_steady(too_much):
    n = 400
    rows = np.tile(np.arange(n), 2)
    tested = np.where(rows % 2 == 0, 1.0, 0.0)
    variance = 0.25
    turned = int(np.ceil(UNSTEADY * variance * 2 * n)) + (2 if too_much else -2)  # a turned row adds 1 / 2 within
    tested[n : n + turned] = 1 - tested[n : n + turned]  # as many up as down
    assert difference_by_rows(tested, rows, np.repeat([0, 1], n), equivalence=0.0).is_steady != too_much


@pytest.mark.parametrize("turned_by", [1.0, -1.0])
def test_rows_that_a_training_moves_together_are_not_steady(turned_by):
    """Few rows change, and all in one direction: their mean lies off by more than their number tells."""
    n = 400
    rows, tested = np.tile(np.arange(n), 2), np.tile(np.repeat([0.0, 1.0, -1.0], [n // 2, n // 4, n // 4]), 2)
    together, apart = tested.copy(), tested.copy()
    together[n : n + 24] += turned_by
    apart[n : n + 24] += np.resize([1.0, -1.0], 24)
    found = [difference_by_rows(one, rows, np.repeat([0, 1], n), equivalence=0.0) for one in (together, apart)]
    assert [one.is_steady for one in found] == [False, True]


def test_the_declared_pair_is_tested_by_rows_and_told_by_folds():
    comparison, folds, scores = compared()
    found = asked(comparison, folds, scores)
    told = [[one.metrics["accuracy"] for one in scores if one.candidate == name] for name in PAIR]
    assert found.method == PAIRED_STEADY
    assert found.difference == pytest.approx(np.mean(told[0]) - np.mean(told[1]), abs=1e-15)
    assert found.low < found.difference < found.high
    assert found.degrees == len(np.unique(np.concatenate([fold.test_rows for fold in folds]))) - 1
    assert found.p_value < by_folds(scores, folds).p_value


def test_without_a_declared_pair_steady_rows_do_not_stand_alone():
    comparison, folds, scores = compared()
    declared, found = (asked(replace(comparison, primary=pair), folds, scores) for pair in (PAIR, None))
    assert (found.method, found.difference) == (PAIRED_LESS_SURE, declared.difference)
    assert found.p_value == max(declared.p_value, by_folds(scores, folds).p_value)


def test_the_other_way_round_it_is_the_same():
    comparison, folds, scores = compared()
    found = {(one.candidate, one.reference): one for one in contrast(scores, folds, comparison)}
    there, back = found[PAIR], found[PAIR[::-1]]
    assert (there.low, there.p_value, there.method, there.degrees) == (
        -back.high,
        back.p_value,
        back.method,
        back.degrees,
    )
    assert found["net_0", "guess"].method == PAIRED_FOLDS


@pytest.mark.parametrize("seed", range(4))
def test_of_trees_grown_anew_the_less_sure_test_counts(seed):
    comparison, folds, scores = compared(fit=lambda: DecisionTreeClassifier(max_depth=4, random_state=0), seed=seed)
    found, undeclared = (asked(one, folds, scores) for one in (comparison, replace(comparison, primary=None)))
    own, its = ([one for one in scores if one.candidate == name] for name in PAIR)
    hits = [
        (a.y_proba.argmax(axis=1) == a.y_true) * 1.0 - (b.y_proba.argmax(axis=1) == b.y_true)
        for a, b in zip(own, its, strict=True)
    ]
    rows = np.concatenate([fold.test_rows for fold in folds])
    trainings = np.repeat(np.arange(len(folds)), [len(fold.test_rows) for fold in folds])
    by_rows = difference_by_rows(np.concatenate(hits), rows, trainings, equivalence=0.01)
    assert not by_rows.is_steady
    assert (found.method, undeclared.method) == (PAIRED_UNSTEADY, PAIRED_LESS_SURE)
    assert found.p_value == max(by_folds(scores, folds).p_value, by_rows.difference.p_value) == undeclared.p_value
    assert found.difference == by_folds(scores, folds).mean == undeclared.difference


def test_rows_that_each_fold_tests_once_stand_alone_where_the_next_training_is_asked():
    comparison, folds, scores = compared(splitting=stratified(5))
    found = asked(comparison, folds, scores)
    assert (found.method, found.degrees) == (PAIRED_STEADY, 999)
    silent = [replace(one, again=None) for one in scores]
    assert asked(comparison, folds, silent).method == PAIRED_FOLDS


def test_what_is_learned_by_heart_lies_between_trainings():
    """A tree that knows its training rows is always right about them, and so all that its tests say counts again."""
    comparison, folds, scores = compared(splitting=stratified(5), fit=lambda: DecisionTreeClassifier(random_state=0))
    for one in scores:
        if one.candidate != "guess":
            np.testing.assert_array_equal(one.again.argmax(axis=1), one.y_true)
    own, its = ([one for one in scores if one.candidate == name] for name in PAIR)
    right = [[one.y_proba.argmax(axis=1) == one.y_true for one in each] for each in (own, its)]
    told = np.concatenate(right[0]) * 1.0 - np.concatenate(right[1])
    error = np.sqrt((told.var() + (5 - 1) * np.mean(told**2) / 2) / len(told))
    found = asked(comparison, folds, scores)
    assert found.method == PAIRED_STEADY  # what all of them learned by heart moves nothing
    assert found.high - found.difference == pytest.approx(stats.t.ppf(0.975, 999) * error, rel=1e-12)


def test_only_the_declared_pair_is_asked_again_and_only_where_no_row_is_tested_twice():
    comparison, _, scores = compared(splitting=stratified(5))
    assert {one.candidate for one in scores if one.again is not None} == set(comparison.primary)
    for declared in ({"splitting": stratified(5, 2)}, {}, {"splitting": stratified(5), "primary": False}):
        assert all(one.again is None for one in compared(**declared)[2])
    for metric in ("roc_auc", "log_loss"):
        ranked = compared(splitting=stratified(5), metric=metric)
        assert all(one.again is None for one in ranked[2])
        assert asked(*ranked).method == PAIRED_FOLDS


@pytest.mark.parametrize("n_folds", [2, 5, 10])
def test_what_lies_between_trainings_counts_as_often_as_they_share_rows(n_folds):
    rows, own = np.arange(200), np.repeat([1.0, 0.0], [50, 150])
    again = own.copy()
    again[0] = -1.0  # one row, 2 apart
    found = difference_by_rows(own, rows, rows % n_folds, again=again, equivalence=0.0)
    error = np.sqrt((0.25 * 0.75 + (n_folds - 1) * 2**2 / 2 / 200) / 200)
    assert found.is_steady
    assert found.difference.high == pytest.approx(0.25 + stats.t.ppf(0.975, 199) * error, rel=1e-12)


@pytest.mark.parametrize(("n_moved", "is_steady"), [(1, True), (2, False), (3, False)])
def test_of_as_many_trainings_one_less_is_free_where_their_mean_is_taken_off(n_moved, is_steady):
    """Two trainings deviate by ``n_moved`` rows each, one up and one down: their chi-square is ``2 * n_moved``."""
    rows, own = np.arange(200), np.repeat([1.0, 0.0], [50, 150])
    again = own.copy()
    again[100 : 100 + 2 * n_moved] += np.resize([1.0, -1.0], 2 * n_moved)
    assert stats.chi2.ppf(0.95, 1) < 2 * 2 < stats.chi2.ppf(0.95, 2)
    assert difference_by_rows(own, rows, rows % 2, again=again, equivalence=0.0).is_steady == is_steady


@pytest.mark.parametrize("less_sure", ["folds", "rows"])
def test_where_a_training_moves_its_rows_together_the_less_sure_test_counts(less_sure):
    comparison, folds, scores = compared(splitting=stratified(5))
    turned = [
        replace(one, again=1 - one.again) if (one.candidate, one.fold_index) == (PAIR[0], 2) else one for one in scores
    ]
    mine, its = (own(turned, name) for name in PAIR)
    told, again = (
        np.concatenate([right(one, of) - right(other, of) for one, other in zip(mine, its, strict=True)])
        for of in ("predicted", "again")
    )
    error = np.sqrt((told.var() + (5 - 1) * np.mean((told - again) ** 2) / 2) / len(told))
    by_rows = 2 * stats.t.sf(abs(told.mean()) / error, len(told) - 1)
    of_folds = student_difference(told.mean(), error * (2 if less_sure == "folds" else 0.1), 4, equivalence=0.01)
    how = {"positive_class": None, "equivalence": 0.01, "alone": True}
    found, asked_of = told_difference("accuracy", mine, its, folds, of_folds, **how)
    assert asked_of == "both"
    assert (by_rows < of_folds.p_value) == (less_sure == "folds")
    assert found.p_value == pytest.approx(max(by_rows, of_folds.p_value), rel=1e-10)
    whole = asked(comparison, folds, turned)
    assert whole.method == PAIRED_UNSTEADY
    assert whole.p_value == pytest.approx(max(by_rows, by_folds(scores, folds).p_value), rel=1e-10)


def right(one, of):
    return (getattr(one, of).argmax(axis=1) == one.y_true) * 1.0


def test_a_mean_over_several_trainings_is_tested_by_folds():
    """Its score is not the mean of the rows that are kept, which are the first training's."""
    comparison, folds, scores = compared()
    moved = [replace(one, metrics={**one.metrics, "accuracy": one.metrics["accuracy"] - 0.001}) for one in scores]
    mine = [new if new.candidate == "net_0" else old for new, old in zip(moved, scores, strict=True)]
    assert asked(comparison, folds, mine).method == PAIRED_FOLDS


@pytest.fixture(scope="module")
def ranked():
    return compared(metric="roc_auc", primary=False, n_rows=300)


def own(scores, name):
    return [one for one in scores if one.candidate == name]


def outranked(score, others):
    return (score > others).mean() + (score == others).mean() / 2


def test_it_is_students_t_of_the_placements_by_hand(ranked):
    _, folds, scores = ranked
    placed = {True: {}, False: {}}
    for mine, its, fold in zip(*(own(scores, name) for name in PAIR), folds, strict=True):
        for position, row in enumerate(fold.test_rows):
            is_positive = bool(mine.y_true[position])
            sides = []
            for each in (mine, its):
                score = each.y_proba[:, 1]
                share = outranked(score[position], score[each.y_true != mine.y_true[position]])
                sides.append(share if is_positive else 1 - share)
            placed[is_positive].setdefault(int(row), []).append(sides[0] - sides[1])
    means, variances, numbers = [], [], []
    for rows in placed.values():
        told = list(rows.values())
        within = sum(((np.array(of) - np.mean(of)) ** 2).sum() for of in told) / sum(len(of) - 1 for of in told)
        means.append(np.mean([np.mean(of) for of in told]))
        variances.append((np.var(np.concatenate(told)) + within) / len(told))
        numbers.append(len(told))
    mean, error, degrees = np.mean(means), np.sqrt(sum(variances)), min(numbers) - 1
    found = areas_by_rows(*(own(scores, name) for name in PAIR), folds, 1, equivalence=0.01)
    assert found.degrees == degrees
    assert found.mean == pytest.approx(mean, abs=1e-14)
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(mean) / error, degrees), rel=1e-10)
    assert found.high == pytest.approx(mean + stats.t.ppf(0.975, degrees) * error, rel=1e-10)


def test_the_less_sure_of_both_tests_is_told(ranked):
    comparison, folds, scores = ranked
    found = asked(comparison, folds, scores)
    by_rows = areas_by_rows(*(own(scores, name) for name in PAIR), folds, 1, equivalence=0.01)
    of_folds = by_folds(scores, folds, "roc_auc")
    assert found.method == PAIRED_LESS_SURE_AREAS
    assert found.p_value == max(by_rows.p_value, of_folds.p_value) > min(by_rows.p_value, of_folds.p_value)
    assert found.difference == of_folds.mean


@pytest.mark.parametrize("what", ["one kind", "several trainings", "no repetition", "other labels"])
def test_folds_alone_tell_where_rows_do_not(ranked, what):
    comparison, folds, scores = ranked
    if what == "one kind":
        scores = [replace(one, y_true=one.y_true * 0 if one.fold_index == 3 else one.y_true) for one in scores]
    elif what == "other labels":
        scores = [replace(one, y_true=1 - one.y_true) if one.candidate == PAIR[1] else one for one in scores]
    elif what == "several trainings":
        scores = [
            replace(one, metrics={"roc_auc": one.metrics["roc_auc"] + 0.01 * (one.candidate == PAIR[0])})
            for one in scores
        ]
    else:
        folds, scores = folds[:1] * 2, [one for one in scores if one.fold_index < 1]
        scores += [replace(one, fold_index=1) for one in scores]
        folds = [replace(fold, test_rows=fold.test_rows + 1000 * number) for number, fold in enumerate(folds)]
    assert areas_by_rows(*(own(scores, name) for name in PAIR), folds, 1, equivalence=0.01) is None
    if what != "one kind":
        assert asked(comparison, folds, scores).method == PAIRED_FOLDS
