"""How a model's answer follows one column, on rows that it has not learned from.

Numbers: accumulated local effects. Partial dependence would set every row to every value, also a row of a house with
one room to 400 square meters: where columns go together it asks of rows that there are none of, and what boosting or a
net answers there is anybody's guess. Here a row is moved to the two ends of its own step only. Levels have no order and
so no step: a category is replaced in every row.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.encoded import Encoded, encode_of
from pipeline.comparison.drivers.axis import Axis
from pipeline.comparison.drivers.held_out import Asked
from pipeline.comparison.drivers.losses import Tick
from pipeline.data.values import Dataset

Readings = Callable[[NDArray[np.float64]], Mapping[str, NDArray[np.float64]]]
"""Answers ``(n_rows, ...)`` to what is read of them by scale: ``(n_rows, n_outputs)``."""

Heights = dict[str, NDArray[np.float64]]
"""Scale -> ``(n_values, n_outputs)``."""

_NEAREST = 5  # rows that stand in for a step that none of a fold is in


def heights(asked: Asked, axis: Axis, dataset: Dataset, readings: Readings, tick: Tick, *, n_answers: int) -> Heights:
    """Returns how far the answer at each value of a column is from the mean answer.

    Formula:
        Of a number with steps ``z_0 < z_1 < ...``: ``g(z_k) = sum over j <= k of the mean, over the rows between
        z_(j-1) and z_j, of f(x with z_j) - f(x with z_(j-1))``; less the mean over rows of ``g`` between its steps. Of
        a level, and of a gap: the mean over rows of ``f(x with the level) - f(x)``. Of a model that is linear in the
        columns on a scale, both are its coefficient times (value - mean). All these means are of rows that count as
        they are told to.

    Source:
        Apley & Zhu (2020), Visualizing the effects of predictor variables in black box supervised learning models,
        Journal of the Royal Statistical Society B 82; Friedman (2001), Greedy function approximation, Annals of
        Statistics 29, for levels.

    Args:
        asked: A model and rows.
        axis: The column and its values.
        dataset: Where the rows are.
        readings: What is read of an answer.
        tick: Told how many rows were answered.
        n_answers: To ask for at most.
    """
    parts = []
    if len(axis.grid):
        there = _where_there(asked, axis, dataset).at_most(n_answers // 2)
        parts.append(_accumulated(there, axis, dataset, readings))
        tick(2 * len(there.rows))
    if len(axis.levels):
        some = asked.at_most(n_answers // (len(axis.levels) + 1))
        parts.append(_replaced(some, axis, dataset, readings))
        tick(len(some.rows) * (len(axis.levels) + 1))
    return {scale: np.vstack([part[scale] for part in parts]) for scale in parts[0]}


def _where_there(asked: Asked, axis: Axis, dataset: Dataset) -> Asked:
    """Returns the rows whose cell is there."""
    return replace(asked, rows=asked.rows[~np.isnan(dataset.X[asked.rows, axis.column])])


def _accumulated(asked: Asked, axis: Axis, dataset: Dataset, readings: Readings) -> Heights:
    X, n_steps = dataset.X[asked.rows], len(axis.grid) - 1
    if not len(X):  # the column is missing in every row
        first = encode_of(asked.model)(dataset.X[:1])
        read = readings(first.predict(first.rows))
        return {scale: np.full((n_steps + 1, each.shape[1]), np.nan) for scale, each in read.items()}
    values, counts = X[:, axis.column].astype(np.float64), _counts(asked, dataset)
    rows, steps = _in_steps(values, axis.grid)
    own, at, places = _encoded(asked, X, axis.grid, axis.column)
    low, high = own.rows[rows], own.rows[rows]
    low[:, places], high[:, places] = at[steps], at[steps + 1]
    below, above = readings(own.predict(low)), readings(own.predict(high))
    moved = {scale: _moved(above[scale] - below[scale], steps, counts[rows], len(axis.grid) - 1) for scale in above}
    return {scale: _centered(curve, values, counts, axis.grid) for scale, curve in moved.items()}


def _counts(asked: Asked, dataset: Dataset) -> NDArray[np.float64]:
    """Returns how much each row counts: ``(n_rows,)``, ones where nothing is said of it."""
    return np.ones(len(asked.rows)) if dataset.weights is None else dataset.weights[asked.rows]


def _moved(
    differences: NDArray[np.float64], steps: NDArray[np.intp], counts: NDArray[np.float64], n_steps: int
) -> NDArray[np.float64]:
    """Returns the sums of the mean differences of the steps, from 0."""
    sums = np.zeros((n_steps, differences.shape[1]))
    np.add.at(sums, steps, counts[:, None] * differences)
    means = sums / np.bincount(steps, counts, minlength=n_steps)[:, None]
    return np.vstack([np.zeros(sums.shape[1]), means.cumsum(axis=0)])


def _centered(
    curve: NDArray[np.float64], values: NDArray[np.float64], counts: NDArray[np.float64], grid: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Returns a curve less its mean over rows."""
    return curve - [np.average(np.interp(values, grid, output), weights=counts) for output in curve.T]


def _in_steps(values: NDArray[np.float64], grid: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Returns rows and their steps; where no row is in a step, the nearest ones are moved to its ends."""
    steps = np.clip(np.searchsorted(grid, values, side="left") - 1, 0, len(grid) - 2)
    empty = np.setdiff1d(np.arange(len(grid) - 1), steps)
    middles = (grid[empty] + grid[empty + 1]) / 2
    nearest = [np.argsort(np.abs(values - middle), kind="stable")[:_NEAREST] for middle in middles]
    rows = np.concatenate([np.arange(len(values)), *nearest]).astype(np.intp)
    return rows, np.concatenate([steps, *(np.full(len(a), step) for step, a in zip(empty, nearest, strict=True))])


def _replaced(asked: Asked, axis: Axis, dataset: Dataset, readings: Readings) -> Heights:
    X, n_levels = dataset.X[asked.rows], len(axis.levels)
    own, at, places = _encoded(asked, X, axis.levels, axis.column)
    replaced = np.tile(own.rows, (n_levels, 1))
    replaced[:, places] = np.repeat(at, len(X), axis=0)
    before, after = readings(own.predict(own.rows)), readings(own.predict(replaced))
    mean = partial(np.average, weights=_counts(asked, dataset))
    return {
        scale: mean(after[scale].reshape(n_levels, len(X), -1), axis=1) - mean(before[scale], axis=0) for scale in after
    }


def _encoded(
    asked: Asked, X: NDArray[Any], values: NDArray[np.float64], column: int
) -> tuple[Encoded, NDArray[Any], NDArray[np.intp]]:
    """Returns rows as the model reads them; what it reads of the column at each value; and in which places."""
    encode = encode_of(asked.model)
    at = np.repeat(X[:1], len(values), axis=0)
    at[:, column] = values
    own = encode(X)
    places = own.places(column)
    return own, encode(at).rows[:, places], places
