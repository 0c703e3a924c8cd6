"""Effects of columns on log-odds, held against what they are on paper."""

import numpy as np
import pytest

from models import effects as module
from models.effects import BACKGROUND_ROWS, background_rows, effects
from models.encoded import as_they_are

WEIGHTS = np.array([[0.0, 0.0], [1.5, -0.5], [0.0, 2.0]])
RANDOM = np.random.default_rng(0)
X, BACKGROUND = RANDOM.normal(size=(40, 3)), RANDOM.normal(size=(17, 3)).round(1)


def softmax(X):
    """Two classes beside one that weighs nothing."""
    odds = np.exp(X @ WEIGHTS)
    return np.hstack([np.ones((len(X), 1)), odds]) / (1 + odds.sum(axis=1, keepdims=True))


def test_each_row_has_its_own_class_and_each_column_is_replaced_by_all_of_the_background():
    classes = RANDOM.integers(0, 3, len(X))
    found = effects(as_they_are(softmax), X, BACKGROUND, classes)
    for row, k in enumerate(classes):
        for column in range(3):
            replaced = np.repeat(X[[row]], len(BACKGROUND), axis=0)
            replaced[:, column] = BACKGROUND[:, column]
            p, q = softmax(X[[row]])[0, k], softmax(replaced)[:, k]
            expected = np.log(p / (1 - p)) - np.log(q / (1 - q)).mean()
            np.testing.assert_allclose(found[row, column], expected, atol=1e-9)


def test_parts_change_nothing(monkeypatch):
    classes = np.zeros(len(X), int)
    whole = effects(as_they_are(softmax), X, BACKGROUND, classes)
    monkeypatch.setattr(module, "_CELLS_AT_ONCE", 130)
    np.testing.assert_allclose(effects(as_they_are(softmax), X, BACKGROUND, classes), whole, atol=1e-12)


def test_gaps_are_one_value_of_the_background_and_certainty_is_finite():
    sure = lambda X: np.where(np.isnan(X[:, :1]), [[0.0, 1.0]], [[1.0, 0.0]])  # noqa: E731
    background = np.array([[np.nan], [np.nan], [1.0], [2.0]])
    found = effects(as_they_are(sure), np.array([[np.nan], [1.0]]), background, np.array([1, 1]))
    np.testing.assert_allclose(found, [[-np.log(1e-9)], [np.log(1e-9)]])


def test_a_background_of_another_width_is_refused():
    with pytest.raises(ValueError, match=r"effects: expected background rows of the same width.*shape=\(17, 2\)"):
        effects(as_they_are(softmax), X, BACKGROUND[:, :2], np.zeros(len(X), int))


def test_the_background_is_drawn_by_its_seed_from_the_training_rows():
    train_rows = np.arange(1000, 1500)
    first, again, other = (background_rows(train_rows, seed) for seed in (1, 1, 2))
    assert len(set(first)) == BACKGROUND_ROWS
    assert set(first) < set(train_rows)
    assert first.tolist() == again.tolist() != other.tolist()
