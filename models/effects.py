"""What each column of a row adds to a model's answer, against rows of the training."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from models.checks import require
from models.encoded import Encode
from models.pools import one_thread

BACKGROUND_ROWS = 100
"""Of the training rows, that a saved model keeps at most."""

_CERTAIN = 1e-9  # a probability is taken for no less, nor its rest
_CELLS_AT_ONCE = 1 << 22


def effects(
    encode: Encode, X: NDArray[np.float64], background: NDArray[np.float64], classes: NDArray[np.intp] | None = None
) -> NDArray[np.float64]:
    """Returns how far each column moves the log-odds of a class, or a number, alone and against the background.

    The row keeps all other columns. Where columns go together, each is replaced by itself: what they say in common
    is then found in neither, or in both.

    Formula:
        effect_j = logit p(x) - mean over b of logit p(x with x_j = b_j); of a number, that number in place of the
        logit. Of a model that is linear in the columns on this scale it is w_j (x_j - mean of b_j).

    Args:
        encode: Rows to what a model reads, and its answers ``(n_samples, n_classes)``, or numbers ``(n_samples,)``.
        X: ``(n_samples, n_columns)``, numbers as the model takes them.
        background: ``(n_background, n_columns)``, rows of its training.
        classes: ``(n_samples,)`` whose log-odds are looked at, by number; ``None`` where the answers are numbers.

    Returns:
        ``(n_samples, n_columns)``; a probability nearer to 0 or 1 than 1e-9 counts as that.

    Raises:
        ValueError: No background, or one of another width.

    Example:
        >>> from models.encoded import as_they_are
        >>> odds = lambda X: np.exp(2 * X[:, :1] - X[:, 1:])
        >>> linear = lambda X: np.hstack([1 / (1 + odds(X)), odds(X) / (1 + odds(X))])
        >>> background = np.array([[0.0, 1.0], [1.0, 3.0]])
        >>> effects(as_they_are(linear), np.array([[2.0, 1.0]]), background, np.array([1])).round(6)
        array([[3., 1.]])
    """
    fits = background.ndim == 2 and background.shape[1:] == X.shape[1:] and len(background) > 0
    remedy = "Give training rows."
    require(
        fits, "effects", "background rows of the same width", remedy, shape=background.shape, **{"X.shape": X.shape}
    )
    with one_thread("openmp"):  # more threads wait for each other longer than they predict
        own, others = encode(X), encode(background)
        answered = _on_scale(own.predict(own.rows), classes)
        trees = own.trees()
        quick = trees if trees is not None and trees.adds_up(others.rows) else None
        sign = 1 if classes is None else np.where(classes == 1, 1, -1)
        moved = np.zeros(X.shape)
        for column in range(X.shape[1]):
            places = own.places(column)
            values, counts = _distinct(others.rows[:, places])
            if quick is not None and len(places):
                moved[:, column] = sign * quick.changes(own.rows, places, values, counts / counts.sum())
                continue
            for rows in _parts(len(X), len(values) * own.rows.shape[1]) if len(places) else ():
                repeated = np.repeat(own.rows[rows], len(values), axis=0)
                repeated[:, places] = np.tile(values, (len(own.rows[rows]), 1))
                repeats = None if classes is None else np.repeat(classes[rows], len(values))
                replaced = _on_scale(own.predict(repeated), repeats)
                without = replaced.reshape(-1, len(values)) @ (counts / counts.sum())
                moved[rows, column] = answered[rows] - without
    return moved


def background_rows(train_rows: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Returns the training rows against which effects are taken: at most ``BACKGROUND_ROWS``, drawn by the seed.

    Example:
        >>> background_rows(np.arange(3), seed=1)
        array([0, 1, 2])
    """
    if len(train_rows) <= BACKGROUND_ROWS:
        return train_rows
    random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(3,)))
    return train_rows[np.sort(random.choice(len(train_rows), BACKGROUND_ROWS, replace=False))]


def _distinct(rows: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Returns the different rows and how often each is there; of a single column, gaps are equal."""
    if rows.shape[1] > 1:
        values, counts = np.unique(rows, axis=0, return_counts=True)
        return values, counts
    values, counts = np.unique(rows, return_counts=True)
    return values[:, None], counts


def _on_scale(predicted: NDArray[np.float64], classes: NDArray[np.intp] | None) -> NDArray[np.float64]:
    """Returns log-odds of probabilities, and numbers as they are."""
    return predicted if classes is None else _log_odds(predicted, classes)


def _log_odds(y_proba: NDArray[np.float64], classes: NDArray[np.intp]) -> NDArray[np.float64]:
    """Returns those of one class a row against all others; these are summed, as 1 - p has fewer digits near p = 1."""
    rows = np.arange(len(y_proba))
    chosen = y_proba[rows, classes]
    others = y_proba.copy()
    others[rows, classes] = 0
    return np.log(np.clip(chosen, _CERTAIN, None)) - np.log(np.clip(others.sum(axis=1), _CERTAIN, None))


def _parts(n_rows: int, n_cells_a_row: int) -> Iterator[slice]:
    at_once = max(1, _CELLS_AT_ONCE // n_cells_a_row)
    return (slice(start, start + at_once) for start in range(0, n_rows, at_once))
