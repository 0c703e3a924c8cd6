"""Which interval a metric gets, what is told of it, and that it holds where simple ones do not."""

from dataclasses import replace
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import pytest
from scipy import stats
from sklearn.model_selection import RepeatedStratifiedKFold

from experiments.language import METRICS, Metric, Splitting
from experiments.language.metric import register as declare
from pipeline.data.values import Fold
from pipeline.scoring import captions, few_found
from pipeline.scoring.compare import compare
from pipeline.scoring.few_found import corrected_error_type_interval
from pipeline.scoring.intervals import most_rows
from pipeline.scoring.metrics import register, score
from pipeline.scoring.row_intervals import loss_interval
from pipeline.scoring.significance import corrected_interval, corrected_share_interval
from pipeline.scoring.values import Scores

OF_CLASSES = tuple(name for name, metric in METRICS.items() if "classification" in metric.tasks)
DEALT = Splitting(kind="stratified_k_fold", n_splits=3, n_folds=9)


def scored(y, y_proba, names, positive_class, index=0):
    return Scores(
        candidate="logistic_regression",
        family="baseline",
        fold_index=index,
        seed=index,
        metrics={name: score(name, y, y_proba, positive_class) for name in names},
        y_true=y,
        predicted=y_proba,
        confusion=np.zeros((2, 2), np.int64),
    )


def probabilities(y, seed=0, skill=1.0):
    state = np.random.default_rng(seed).normal(skill * (2 * y - 1))
    positive = 1 / (1 + np.exp(-2 * state))
    return np.stack([1 - positive, positive], axis=1)


def at_random(n_folds, n_rows=150, share=0.2):
    random = np.random.default_rng(0)
    orders = [random.permutation(n_rows) for _ in range(n_folds)]
    n_test = round(share * n_rows)
    return [
        Fold(index=k, seed=k, train_rows=order[n_test:], test_rows=order[:n_test]) for k, order in enumerate(orders)
    ]


def dealt(y, seed=0):
    parts = RepeatedStratifiedKFold(n_splits=3, n_repeats=3, random_state=seed).split(y, y)
    return [Fold(index=k, seed=k, train_rows=train, test_rows=test) for k, (train, test) in enumerate(parts)]


def over(y, p, folds, comparison):
    """The summaries of one candidate that gives row ``i`` the probabilities ``p[i]`` whenever it is tested."""
    rows = [(fold.test_rows, fold.index) for fold in folds]
    own = [scored(y[test], p[test], comparison.metrics, comparison.positive_class, index) for test, index in rows]
    return {one.metric: one for one in compare(own, folds, comparison)}


@pytest.fixture
def of_one(small):
    """Declares a comparison of some metrics in one class."""
    return lambda *names, **how: replace(small, metrics=names, primary_metric=names[0], positive_class=1, **how)


def test_over_random_folds_a_loss_has_the_farther_bounds(of_one):
    y, folds = np.arange(150) % 2, at_random(5)
    p = probabilities(y)
    found = over(y, p, folds, of_one("log_loss"))["log_loss"]
    of_folds = corrected_interval(
        np.array([score("log_loss", y[fold.test_rows], p[fold.test_rows]) for fold in folds]), n_train=120, n_test=30
    )
    tested, times = np.unique(np.concatenate([fold.test_rows for fold in folds]), return_counts=True)
    wider = np.sqrt(len(times) * (times**2).sum()) / times.sum()
    assert wider > 1.05
    rows = loss_interval(-np.log(p[tested, y[tested]]), np.mean([-np.log(p[f.test_rows].min(axis=1)) for f in folds]))
    assert found.low == pytest.approx(max(min(of_folds.low, of_folds.mean + wider * (rows.low - rows.mean)), 0))
    assert found.high == pytest.approx(max(of_folds.high, of_folds.mean + wider * (rows.high - rows.mean)))
    assert captions.LOSSES_ACROSS_FOLDS.words in found.method


def test_over_folds_f1_and_shares_say_which_interval_each_has(of_one):
    y, folds = np.arange(150) % 2, at_random(5)
    found = over(y, probabilities(y), folds, of_one("f1", "accuracy", "type_1_error", "type_2_error"))
    assert captions.method_of(found["f1"].method) is captions.F1_ACROSS_FOLDS
    assert captions.method_of(found["accuracy"].method) is captions.SHARES_ACROSS_FOLDS
    for name in ("type_1_error", "type_2_error"):
        assert captions.method_of(found[name].method) is captions.ERROR_TYPES_ACROSS_FOLDS


@pytest.mark.parametrize(("name", "n_of_class"), [("type_1_error", 15), ("type_2_error", 135)])
def test_an_error_type_over_folds_is_worth_the_rows_of_its_class(of_one, name, n_of_class):
    """Of a net that takes every row for the other class, and none is found."""
    y = np.repeat([0, 1], [135, 15])
    takes = {"type_1_error": 0.1, "type_2_error": 0.9}[name]
    found = over(y, np.column_stack([np.full(150, 1 - takes), np.full(150, takes)]), dealt(y), of_one(name))[name]
    expected = corrected_error_type_interval(np.ones(5), n_train=120, n_test=30, most=n_of_class)
    assert (found.mean, found.low, found.high) == pytest.approx((1.0, expected.low, 1.0), abs=1e-12)


@pytest.mark.parametrize(("name", "label"), [("type_1_error", 1), ("type_2_error", 0)])
def test_over_random_splits_a_row_counts_in_an_error_type_the_more_the_fewer_of_its_class_a_fold_has(
    of_one, name, label
):
    y, folds, comparison = (np.arange(150) % 10 == 0).astype(np.int64), at_random(10), of_one(name)
    p = probabilities(y)
    weights = np.zeros(150)
    for fold in folds:
        tested = fold.test_rows[y[fold.test_rows] == label]
        weights[tested] += 1 / len(tested) if len(tested) else 0
    worth = weights.sum() ** 2 / (weights**2).sum()
    assert worth < 0.9 * (y == label).sum()
    measured = [fold for fold in folds if (y[fold.test_rows] == label).any()]
    values = np.array([score(name, y[fold.test_rows], p[fold.test_rows], 1) for fold in measured])
    expected = corrected_error_type_interval(values, n_train=120, n_test=30, most=worth)
    found = over(y, p, folds, comparison)[name]
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize("weight", [None, 2.0])
@pytest.mark.parametrize(
    ("name", "most"),
    [("type_1_error", 20), ("average_precision", 40), ("roc_auc", 3 * 20 * 130 / 151)],
)
def test_folds_that_lack_a_class_do_not_make_the_others_worth_more(of_one, name, most, weight):
    """Of folds without a spread, 20 of whose 150 rows are positive; the last fold has none of these."""
    y = np.tile((np.arange(30) < 5).astype(np.int64), 5)
    y[120:] = 0
    p = np.column_stack([1 - y, y]) * 0.8 + 0.1
    folds = [
        Fold(index=k, seed=k, train_rows=np.delete(np.arange(150), part), test_rows=part)
        for k, part in enumerate(np.arange(150).reshape(5, 30))
    ]
    own = [scored(y[f.test_rows], p[f.test_rows], (name,), 1, f.index) for f in folds]
    weighed = own if weight is None else [replace(one, weights=np.full(30, weight)) for one in own]
    (found,) = compare(weighed, folds, of_one(name))
    values = np.array([one.metrics[name] for one in own])
    values = values[np.isfinite(values)]
    assert len(values) == 4
    expected = few_found.INTERVALS.get(name, corrected_share_interval)(values, n_train=120, n_test=30, most=most)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_where_each_row_is_tested_equally_often_its_mean_loss_counts_once(of_one):
    y = np.arange(150) % 2
    folds, p = dealt(y), probabilities(y)
    found = over(y, p, folds, of_one("log_loss", "accuracy", splitting=DEALT))
    losses = -np.log(p[np.arange(150), y])
    expected = loss_interval(losses, -np.log(p.min(axis=1)).mean())
    assert (found["log_loss"].low, found["log_loss"].high) == pytest.approx((expected.low, expected.high))
    assert captions.LOSSES_OF_ALL_ROWS.words in found["log_loss"].method
    right = (p[:, 1] > 0.5) == y
    for bound in (found["accuracy"].low, found["accuracy"].high):  # Wilson's bounds solve its equation
        n = 150 * (150 - 1) / 150  # a spread with n - 1 is worth a row less
        inside = (right.mean() * 150 + 0.5) / 151
        n = min(inside * (1 - inside) / (right.var() / n), 150)
        assert abs(right.mean() - bound) == pytest.approx(1.96 * np.sqrt(bound * (1 - bound) / n), rel=1e-3)
    assert captions.SHARES_OF_ALL_ROWS.words in found["accuracy"].method


@pytest.mark.parametrize(
    ("name", "worth"), [("f1", 40), ("average_precision", 40), ("roc_auc", 3 * 10 * 90 / 101), ("accuracy", 100)]
)
def test_a_mean_over_two_classes_is_worth_the_rows_of_the_rarer_whichever_it_is(of_one, name, worth):
    y = (np.arange(100) < 10).astype(np.int64)
    undeclared = replace(of_one(name), positive_class=None)
    for labels in (y, 1 - y):
        own = [scored(labels, probabilities(labels), (name,), None)]
        assert most_rows(name, own, 100, undeclared) == pytest.approx(worth)


@pytest.mark.parametrize("share", [0.03, 0.1])
def test_stratified_folds_do_not_hide_how_the_shares_of_classes_vary(of_one, share):
    """One probability for all rows: folds hardly differ, and the truth is the loss at the true share."""
    comparison, held, by_folds, n = of_one("brier_score", splitting=DEALT), 0, 0, 150
    for trial in range(n):
        y = (np.random.default_rng([3, trial]).random(400) < share).astype(np.int64)
        p = np.tile([1 - share, share], (400, 1))
        folds = dealt(y)
        found = over(y, p, folds, comparison)["brier_score"]
        held += found.low <= share * (1 - share) <= found.high
        values = [score("brier_score", y[fold.test_rows], p[fold.test_rows]) for fold in folds]
        plain = corrected_interval(np.array(values), n_train=267, n_test=133)
        by_folds += plain.low <= share * (1 - share) <= plain.high
    assert stats.binomtest(held, n, 0.95, alternative="less").pvalue > 0.001
    assert by_folds < 0.7 * n


@pytest.mark.parametrize("n_lacking", [1, 2, 4, 5])
def test_a_fold_that_cannot_be_measured_is_left_out_and_named(of_one, n_lacking):
    y, folds = np.arange(150) % 2, at_random(5)
    p = probabilities(y)
    labels = [np.zeros(30, np.int64) if fold.index < n_lacking else y[fold.test_rows] for fold in folds]
    own = [scored(one, p[fold.test_rows], ("roc_auc",), 1, fold.index) for one, fold in zip(labels, folds, strict=True)]
    (found,) = compare(own, folds, of_one("roc_auc"))
    measured = [one.metrics["roc_auc"] for one in own[n_lacking:]]
    assert found.n == 5 - n_lacking
    assert f"over {5 - n_lacking} of 5 folds (ROC-AUC is not defined on fold" in found.method
    assert ("on fold 0, whose" if n_lacking == 1 else "on folds 0, 1") in found.method
    assert found.has_interval == (n_lacking < 4)
    assert found.mean == pytest.approx(np.mean(measured)) if measured else np.isnan(found.mean)
    assert ("no interval: " in found.method) == (n_lacking >= 4)


@pytest.mark.parametrize(
    ("name", "n_positive", "why"),
    [
        ("roc_auc", 2, "2 test rows of a class, and it takes 3"),
        ("roc_auc", 0, "0 test rows of a class, and it takes 3"),
        ("average_precision", 4, "4 test rows of a class, and it takes 5"),
        ("f1", 2, "2 test rows of a class, and it takes 3"),
        ("balanced_accuracy", 2, "2 test rows of a class, and it takes 3"),
        ("type_1_error", 0, "no test row is of those that the share is of"),
    ],
)
def test_one_test_set_that_is_too_small_has_no_interval_and_says_why(of_one, name, n_positive, why):
    y, folds = (np.arange(30) < n_positive).astype(np.int64), at_random(1)
    (found,) = compare([scored(y, probabilities(y), (name,), 1)], folds, of_one(name))
    assert not found.has_interval
    assert found.method == f"no interval: {why}"
    enough = (np.arange(30) < 5).astype(np.int64)
    assert compare([scored(enough, probabilities(enough), (name,), 1)], folds, of_one(name))[0].has_interval


def test_nine_rows_say_nothing_of_a_loss(of_one):
    y, folds = np.arange(9) % 2, at_random(1, n_rows=45)
    (found,) = compare([scored(y, probabilities(y), ("log_loss",), 1)], folds, of_one("log_loss"))
    assert found.method == "no interval: 9 test rows, and it takes 10"


@pytest.mark.parametrize("certain", [True, False])
@pytest.mark.parametrize("n_folds", [1, 3, 9])
@pytest.mark.parametrize("positive_class", [1, None])
def test_the_best_and_the_worst_of_scores_have_a_width(small, positive_class, n_folds, certain):
    """Every row right, or every row wrong, with the probability 1: a score that never varies is not known for sure."""
    names = tuple(name for name in OF_CLASSES if positive_class is not None or not METRICS[name].needs_positive_class)
    how = {"metrics": names, "primary_metric": names[0], "positive_class": positive_class}
    comparison = replace(small, **how, splitting=DEALT if n_folds == 9 else small.splitting)
    y = np.arange(150) % 2
    p = np.eye(2)[y if certain else 1 - y]
    for one in over(y, p, dealt(y) if n_folds == 9 else at_random(n_folds), comparison).values():
        assert one.low <= one.mean <= one.high, one
        if METRICS[one.metric].bounds == (0.0, 1.0):
            assert one.high - one.low > 0.01, one


def test_what_an_interval_is_of_is_said(of_one):
    y = np.arange(150) % 2
    p = probabilities(y)
    of_rows = over(y, p, at_random(1), of_one("accuracy"))["accuracy"].method
    of_splits = over(y, p, at_random(3, share=0.3), of_one("accuracy"))["accuracy"].method
    of_parts = over(y, p, dealt(y), of_one("accuracy", splitting=DEALT))["accuracy"].method
    assert of_rows.startswith("95 % interval of this trained model, over new test rows: ")
    assert of_splits.startswith(
        "95 % interval of the procedure trained on 70 % of the rows, over new samples of rows, tested on as many: "
    )
    assert of_parts.startswith(
        "95 % interval of the procedure trained on 67 % of the rows, over new samples of rows, tested on as "
        "many, with the same shares of the classes: "
    )
    for told in (of_rows, of_splits, of_parts):
        assert "% of simulated runs (docs/statistics.md)" in told


def test_of_folds_of_unequal_size_the_range_is_said():
    rows = np.arange(100)
    folds = [
        Fold(index=k, seed=1, train_rows=np.delete(rows, part), test_rows=part)
        for k, part in enumerate(np.split(rows, [38, 58]))
    ]
    told = captions.of_procedure(folds, SimpleNamespace(splitting=SimpleNamespace(keeps_shares=False)))
    assert told.startswith("of the procedure trained on 58 to 80 % of the rows, over new")


def test_a_method_agrees_with_what_was_counted_where_that_is_within_what_is_told():
    method = captions.Method(words="", covered=(0.93, 0.97))
    assert method.agrees(0.93)
    assert method.agrees(0.97)
    assert not method.agrees(0.929)  # though of 1,000 simulations the true share may well be .93
    assert not method.agrees(0.971)
    assert captions.Method(words="").agrees(0.1)


@pytest.mark.parametrize(
    ("bounds", "method"), [((0.0, 1.0), captions.BETWEEN_0_AND_1), ((-1.0, 1.0), captions.BOOTSTRAPPED)]
)
@patch.dict("experiments.language.metric._METRICS")
@patch.dict("pipeline.scoring.metrics._FUNCTIONS")
def test_a_metric_of_ones_own_is_bootstrapped(of_one, bounds, method):
    declare(Metric(name="own", words="own", meaning="somebody's", bounds=bounds, kind="mean"))
    register("own", lambda y, p, positive_class: score("accuracy", y, p))
    y, folds = np.arange(30) % 2, at_random(1)
    (found,) = compare([scored(y, probabilities(y), ("own",), 1)], folds, of_one("own"))
    assert method.words in found.method
    assert found.method.endswith("how often such intervals hold the truth was not simulated")
    assert found.low < found.mean < found.high
