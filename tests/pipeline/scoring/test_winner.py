"""What the best is worth once the choice is paid for."""

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest

from experiments.language import Baseline, Comparison, Splitting
from pipeline.comparison.verdict import after_the_choice
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.data.values import Fold
from pipeline.scoring.compare import compare, gather
from pipeline.scoring.metrics import score
from pipeline.scoring.values import Scores
from pipeline.scoring.winner import winner

N_ROWS, N_FOLDS = 300, 5
ALIKE = Comparison(
    name="alike",
    title="Alike",
    where="nowhere",
    data="iris",
    splitting=Splitting(kind="stratified_k_fold", n_splits=N_FOLDS, n_folds=N_FOLDS),
    candidates=(
        Baseline(name="guess", algorithm="majority_class"),
        *(Baseline(name=f"candidate_{k}", algorithm="logistic_regression") for k in range(8)),
    ),
    metrics=("accuracy",),
    primary_metric="accuracy",
    positive_class=1,
)


def drawn(random, comparison=ALIKE, skills=None):
    """Scores of candidates that know as much as each other, each something else; by name, their skill instead."""
    rows = random.permutation(N_ROWS)
    y = random.integers(0, 2, N_ROWS)
    parts = np.array_split(rows, N_FOLDS)
    folds = tuple(
        Fold(index=index, seed=1, train_rows=np.setdiff1d(rows, part), test_rows=np.sort(part))
        for index, part in enumerate(parts)
    )
    scores = []
    for candidate in comparison.candidates:
        skill = 0.0 if candidate.name == "guess" else (skills or {}).get(candidate.name, 0.5)
        state = np.full(N_ROWS, -1.0) if candidate.name == "guess" else random.normal(skill * (2 * y - 1))
        positive = 1 / (1 + np.exp(-state))
        for fold in folds:
            own = fold.test_rows
            y_proba = np.stack([1 - positive[own], positive[own]], axis=1)
            metrics = {name: score(name, y[own], y_proba, 1) for name in comparison.metrics}
            scores.append(
                Scores(
                    candidate=candidate.name,
                    family="baseline",
                    fold_index=fold.index,
                    seed=1,
                    metrics=metrics,
                    y_true=y[own],
                    predicted=y_proba,
                    confusion=np.zeros((2, 2), dtype=np.int64),
                )
            )
    return scores, folds


def found(scores, folds, comparison=ALIKE):
    return winner(scores, folds, comparison, compare(scores, folds, comparison))


def test_the_best_of_equals_is_no_better_than_the_others():
    """The best mean of eight is too good, the corrected one is not."""
    comparison = replace(ALIKE, metrics=("average_precision",), primary_metric="average_precision")
    random = np.random.default_rng(0)
    observed, corrected, all_means = [], [], []
    for _ in range(40):
        scores, folds = drawn(random, comparison)
        own = found(scores, folds, comparison)
        observed.append(own.observed)
        corrected.append(own.mean)
        all_means.append(np.mean([one.metrics["average_precision"] for one in scores if one.candidate != "guess"]))
    truth, error = np.mean(all_means), np.std(corrected) / np.sqrt(40)
    assert np.mean(observed) - truth > 0.02
    assert abs(np.mean(corrected) - truth) < 3 * error
    assert error < 0.006


def test_a_clear_winner_keeps_its_mean():
    scores, folds = drawn(np.random.default_rng(0), skills={"candidate_3": 3.0})
    own = found(scores, folds)
    assert (own.candidate, own.n_candidates) == ("candidate_3", 8)
    assert own.mean == pytest.approx(own.observed)


def test_a_loss_is_corrected_upwards():
    comparison = replace(ALIKE, metrics=("log_loss",), primary_metric="log_loss")
    own = found(*drawn(np.random.default_rng(0), comparison), comparison)
    assert own.mean > own.observed
    assert own.low < own.mean < own.high


def test_one_candidate_was_not_chosen():
    alone = replace(ALIKE, candidates=ALIKE.candidates[:2])
    own = found(*drawn(np.random.default_rng(0), alone), alone)
    assert (own.n_candidates, own.mean) == (1, own.observed)


def test_the_majority_class_is_never_chosen():
    comparison = replace(ALIKE, candidates=ALIKE.candidates[:1] + ALIKE.candidates[1:3])
    scores, folds = drawn(np.random.default_rng(0), comparison)
    worse = [replace(one, metrics={"accuracy": 1.0 if one.candidate == "guess" else 0.1}) for one in scores]
    assert found(worse, folds, comparison).candidate != "guess"
    only = [one for one in scores if one.candidate == "guess"]
    assert found(only, folds, comparison) is None


def test_one_test_set_pays_too():
    scores, folds = drawn(np.random.default_rng(3))
    first = [one for one in scores if one.fold_index == 0]
    own = found(first, folds[:1])
    assert own.mean < own.observed


def test_only_a_whole_comparison_has_a_winner():
    scores, folds = drawn(np.random.default_rng(0))
    iris = ingest("iris")
    assert gather(ALIKE, iris, folds, [], scores).winner == found(scores, folds)
    assert gather(ALIKE, iris, folds, [], scores[:-N_FOLDS]).winner is None
    assert gather(ALIKE, iris, split(iris, Splitting(n_folds=2), seed=1), [], []).winner is None


NUMBERS = replace(
    ALIKE,
    candidates=(
        Baseline(name="guess", algorithm="mean"),
        *(Baseline(name=f"candidate_{k}", algorithm="linear_regression") for k in range(4)),
    ),
    metrics=("r2", "rmse"),
    primary_metric="r2",
    positive_class=None,
    splitting=Splitting(kind="k_fold", n_splits=N_FOLDS, n_folds=N_FOLDS),
)


def numbers(random, comparison):
    """Scores of numbers of which nine of ten are 0, by candidates that all look at nothing, and so are nearly tied."""
    y = np.where(random.random(N_ROWS) < 0.9, 0.0, random.lognormal(0, 1, N_ROWS))
    parts = np.array_split(random.permutation(N_ROWS), N_FOLDS)
    folds = tuple(
        Fold(index=k, seed=1, train_rows=np.setdiff1d(np.arange(N_ROWS), part), test_rows=np.sort(part))
        for k, part in enumerate(parts)
    )
    scores = []
    for place, candidate in enumerate(comparison.candidates):
        for fold in folds:
            own = y[fold.test_rows], np.full(len(fold.test_rows), y.mean() + 0.1 * place)
            scores.append(
                Scores(
                    candidate=candidate.name,
                    family="baseline",
                    fold_index=fold.index,
                    seed=1,
                    metrics={name: score(name, *own) for name in comparison.metrics},
                    y_true=own[0],
                    predicted=own[1],
                    confusion=np.zeros((0, 0), dtype=np.int64),
                )
            )
    return scores, folds


def test_candidates_that_are_nearly_tied_are_not_corrected_to_something_better():
    """Of this table R² went up by 0.0046: optimism cannot be negative."""
    own = found(*numbers(np.random.default_rng(134), NUMBERS), NUMBERS)
    assert own.mean == own.observed


@pytest.mark.parametrize(("metric", "sign"), [("r2", 1), ("rmse", -1)])
@pytest.mark.parametrize("moved", [-0.05, 0.05])
def test_the_correction_is_for_optimism_and_never_makes_the_best_better(metric, sign, moved):
    comparison = replace(NUMBERS, primary_metric=metric)
    scores, folds = numbers(np.random.default_rng(0), comparison)
    observed = found(scores, folds, comparison).observed
    with patch("pipeline.scoring.winner._corrected", return_value=sign * observed + moved):
        own = found(scores, folds, comparison)
    assert sign * (own.mean - observed) == pytest.approx(min(moved, 0.0))
    (best,) = [
        one for one in compare(scores, folds, comparison) if (one.candidate, one.metric) == (own.candidate, metric)
    ]
    assert (own.low, own.high) == pytest.approx((best.low + own.mean - observed, best.high + own.mean - observed))


def test_where_no_redrawn_rows_can_be_scored_nothing_is_said_of_the_choice():
    """One row a fold: no R² is defined on what a bootstrap draws."""
    scores, folds = numbers(np.random.default_rng(0), NUMBERS)
    few = tuple(replace(fold, test_rows=fold.test_rows[:1]) for fold in folds)
    cut = [replace(one, y_true=one.y_true[:1], predicted=one.predicted[:1]) for one in scores]
    own = winner(cut, few, NUMBERS, compare(scores, folds, NUMBERS))
    assert np.isfinite(own.observed)
    assert np.isnan(own.mean)
    assert not own.has_interval
    assert after_the_choice(own) == ""
