"""How much errors of numbers hang on the training: by hand, against fresh trainings, and where nobody knows."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.coverage.numbers import WILD, Problem, comparison_of, dataset_of, parts, scored
from benchmarks.coverage.problems import random_splits
from pipeline.data.split import split
from pipeline.data.values import Fold
from pipeline.scoring import trainings
from pipeline.scoring.trainings import BY_HEART, MOST_ROWS, are_asked, common_rows, error_by_training
from pipeline.scoring.values import Scores

MEDIAN = "median_absolute_error"


def told(problem, seed=0):
    """Scores of a model that each fold of a generated table trains, and the folds."""
    random = np.random.default_rng(seed)
    dataset = dataset_of(*problem.drawn(problem.n_rows, random))
    folds = split(dataset, problem.splitting, seed=seed)
    models = [problem.fitted(dataset.X[fold.train_rows], dataset.y[fold.train_rows]) for fold in folds]
    return dataset, folds, models, scored(0, models, dataset, folds, comparison_of(problem.splitting))


LINE = Problem(n_rows=200, noise=WILD, splitting=parts(5))


@pytest.mark.parametrize("splitting", [parts(5), random_splits(4)])
def test_it_is_the_jackknife_of_pairs_by_hand(splitting):
    dataset, folds, models, scores = told(replace(LINE, splitting=splitting))
    sizes = {
        "mae": lambda errors: np.log(np.abs(errors).mean()),
        "rmse": lambda errors: np.log((errors**2).mean()) / 2,
        "r2": lambda errors: np.log((errors**2).mean()),
        MEDIAN: lambda errors: np.log(np.median(np.abs(errors))),
    }
    errors = [dataset.y - model.predict(dataset.X) for model in models]
    left_out = len(folds[0].test_rows) / 200
    for name, size in sizes.items():
        squares = []
        for j, one in enumerate(folds):
            for k, other in enumerate(folds[:j]):
                both = np.setdiff1d(np.arange(200), [*one.test_rows, *other.test_rows])
                squares.append((size(errors[j][both]) - size(errors[k][both])) ** 2)
        n = len(folds)
        expected = np.sqrt((1 - left_out) / left_out * (n - 1) / n * np.mean(squares) / 2)
        assert error_by_training(name, scores, folds) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", ["mae", MEDIAN])
def test_it_tells_how_far_fresh_trainings_lie_apart(name):
    """A line through a log-normal target, trained again and again on other rows, beside what one table says of that."""
    random, size = np.random.default_rng(1), {"mae": np.mean, MEDIAN: np.median}[name]
    X, y = LINE.drawn(20_000, random)
    fresh = [np.log(size(np.abs(y - LINE.fitted(*LINE.drawn(160, random)).predict(X)))) for _ in range(100)]
    found = []
    for seed in range(30):
        _, folds, _, scores = told(LINE, seed)
        found.append(error_by_training(name, scores, folds))
    assert 0.5 * np.std(fresh) < np.mean(found) < 1.5 * np.std(fresh)


def test_what_is_learned_by_heart_does_not_say_how_it_moves():
    problem = replace(LINE, noise="t of 3")
    for regressor, known in (("full-grown tree", False), ("tree of depth 4", True), ("line", True)):
        _, folds, _, scores = told(replace(problem, regressor=regressor))
        assert (error_by_training("mae", scores, folds) is not None) == known


@pytest.mark.parametrize("share", [0.9 * BY_HEART, 1.1 * BY_HEART])
def test_the_bound_is_a_share_of_the_errors_elsewhere(share):
    folds = [
        Fold(index=k, seed=0, train_rows=np.setdiff1d(np.arange(9), own), test_rows=own)
        for k, own in enumerate(np.arange(9).reshape(3, 3))
    ]
    scores = [
        Scores(
            candidate="line",
            family="baseline",
            fold_index=fold.index,
            seed=0,
            metrics={"mae": 1.0},
            y_true=np.ones(3),
            predicted=np.zeros(3),
            confusion=np.zeros((0, 0), np.int64),
            elsewhere=np.full(9, share),
        )
        for fold in folds
    ]
    assert error_by_training("mae", scores, folds) == (0.0 if share > BY_HEART else None)


def test_nobody_knows_where_nobody_was_asked_or_no_two_learned_from_one_row():
    _, folds, _, scores = told(LINE)
    assert error_by_training("mae", [replace(scores[0], elsewhere=None), *scores[1:]], folds) is None
    _, halves, _, of_halves = told(replace(LINE, splitting=parts(2)))
    assert error_by_training("mae", of_halves, halves) is None
    assert not are_asked(scores[:1])
    assert not are_asked([replace(one, weights=np.ones(40)) for one in scores])
    assert not are_asked([replace(one, predicted=np.full((40, 2), 0.5)) for one in scores])


def test_a_large_table_is_asked_about_rows_at_equal_distances(monkeypatch):
    rows = common_rows(10 * MOST_ROWS)
    assert (rows[0], rows[-1], len(rows)) == (0, 10 * MOST_ROWS - 1, MOST_ROWS)
    assert set(np.diff(rows)) <= {9, 10, 11}
    monkeypatch.setattr(trainings, "MOST_ROWS", 50)
    dataset, folds, models, scores = told(LINE)
    assert all(len(one.elsewhere) == 50 for one in scores)
    expected = dataset.y[common_rows(200)] - models[2].predict(dataset.X[common_rows(200)])
    np.testing.assert_allclose(scores[2].elsewhere, expected)
    assert error_by_training("mae", scores, folds) > 0
