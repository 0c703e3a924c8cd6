"""Somebody's table of scores or of predictions: checked, and as the statistics take it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.checks import closest, require

OWNER = "judge"
_PROBABILITY = "probability_"
_SUMS_TO_1 = 1e-3  # what rounding to three decimals may leave


@dataclass(frozen=True, kw_only=True, eq=False)
class FoldScores:
    """The scores of candidates on the same folds.

    Attributes:
        names: Of the candidates, in the order of the table.
        values: ``(n_folds, n_candidates)``.
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Predictions:
    """What candidates said of rows that they were not trained on.

    Attributes:
        names: Of the candidates, in the order of the table.
        classes: In order; the second of two is the positive one.
        folds: Of each fold, the positions of its test rows.
        truths: ``(n_rows,)`` class indices.
        probabilities: Candidate -> of each fold ``(n_test, n_classes)``, rows as in ``folds``.
    """

    names: tuple[str, ...]
    classes: tuple[str, ...]
    folds: tuple[NDArray[np.int64], ...]
    truths: NDArray[np.int64]
    probabilities: Mapping[str, Sequence[NDArray[np.float64]]]


def is_of_predictions(table: pd.DataFrame) -> bool:
    """Tells whether a table has a column of probabilities."""
    return any(str(name).startswith(_PROBABILITY) for name in table)


def fold_scores(table: pd.DataFrame, bounds: tuple[float, float]) -> FoldScores:
    """Reads the columns candidate, fold, value.

    Raises:
        ValueError: A column is missing, a candidate has a fold twice or not at all, a value is missing or out of
            bounds, or there is a single fold: its rows would have to be known.
    """
    require_columns(table, ("candidate", "fold", "value"))
    _require_once(table, ["candidate", "fold"])
    values = pd.to_numeric(table["value"], errors="coerce").to_numpy(np.float64)
    for place in np.flatnonzero(~np.isfinite(values))[:1]:
        at = table.iloc[int(place)]
        _refuse("a finite value for each fold", "Score it, or leave the fold out for all.", at, "value")
    turned = bounds[0] == 0 and bool((values <= 0).all())
    remedy = "Where scikit-learn calls a score neg_..., give minus it." if turned else "Give the metric's bounds."
    for place in np.flatnonzero((values < bounds[0]) | (values > bounds[1]))[:1]:
        _refuse(f"values from {bounds[0]:g} to {bounds[1]:g}", remedy, table.iloc[int(place)], "value")
    wide = table.assign(value=values).pivot(index="fold", columns="candidate", values="value")
    names = tuple(dict.fromkeys(table["candidate"]))
    for name in names:
        lacking = wide.index[wide[name].isna()].tolist()
        expected = "the same folds for every candidate"
        require(not lacking, OWNER, expected, "Score it there, too.", candidate=name, folds_without=lacking)
    remedy = "Give more folds, or the predictions of its rows."
    require(len(wide) > 1, OWNER, "two or more folds", remedy, folds=wide.index.tolist())
    return FoldScores(names=tuple(map(str, names)), values=wide[list(names)].to_numpy(np.float64))


def predictions(table: pd.DataFrame) -> Predictions:
    """Reads the columns candidate, fold, row, truth and ``probability_<class>`` for each class.

    Raises:
        ValueError: A column is missing, a candidate has a row twice in a fold or lacks one, a row has two truths, or
            probabilities are none.
    """
    classes = tuple(str(name)[len(_PROBABILITY) :] for name in table if str(name).startswith(_PROBABILITY))
    columns = [f"{_PROBABILITY}{name}" for name in classes]
    require_columns(table, ("candidate", "fold", "row", "truth"))
    expected = f"a column {_PROBABILITY}<class> for each of two classes or more"
    require(len(classes) > 1, OWNER, expected, "Name them so.", columns=list(map(str, table.columns)))
    _require_once(table, ["candidate", "fold", "row"])
    _require_probabilities(table, columns)
    strange = sorted(set(map(str, table["truth"])) - set(classes))
    require(
        not strange, OWNER, "truths among the classes", closest(strange[0], classes) if strange else "", truth=strange
    )
    rows, truths = _truths(table, classes)
    names = tuple(map(str, dict.fromkeys(table["candidate"])))
    place = pd.Series(np.arange(len(rows)), index=rows)
    folds = [np.sort(place[own["row"].unique()].to_numpy()) for _, own in table.groupby("fold", sort=True)]
    found = {
        str(name): [
            _in_order(own, place, folds[number], columns, str(name))
            for number, (_, own) in enumerate(by_candidate.groupby("fold", sort=True))
        ]
        for name, by_candidate in table.groupby("candidate", sort=False)
    }
    for name, own in found.items():
        expected = "the same folds for every candidate"
        require(len(own) == len(folds), OWNER, expected, "Predict them, too.", candidate=name, folds=len(own))
    return Predictions(names=names, classes=classes, folds=tuple(folds), truths=truths, probabilities=found)


def require_columns(table: pd.DataFrame, wanted: Sequence[str]) -> None:
    """Checks that columns are there.

    Raises:
        ValueError: One is not; the closest is named.
    """
    missing = [name for name in wanted if name not in table]
    remedy = closest(missing[0], map(str, table.columns)) if missing and len(table.columns) else "Name them so."
    require(not missing, OWNER, f"the columns {', '.join(wanted)}", remedy, missing=missing)
    require(len(table) > 0, OWNER, "rows", "Give some.", rows=0)


def _require_once(table: pd.DataFrame, key: list[str]) -> None:
    for place in np.flatnonzero(table.duplicated(key))[:1]:
        at = table.iloc[int(place)]
        require(
            False, OWNER, f"each {' and '.join(key)} once", "Take the others out.", **{k: _plain(at[k]) for k in key}
        )


def _require_probabilities(table: pd.DataFrame, columns: list[str]) -> None:
    found = table[columns].apply(pd.to_numeric, errors="coerce").to_numpy(np.float64)
    wrong = ~np.isfinite(found).all(axis=1) | (found < 0).any(axis=1) | (np.abs(found.sum(axis=1) - 1) > _SUMS_TO_1)
    for place in np.flatnonzero(wrong)[:1]:
        at = table.iloc[int(place)]
        told = {name: _plain(at[name]) for name in ("candidate", "fold", "row", *columns)}
        require(False, OWNER, "probabilities that sum to 1", "Give those of all classes.", **told)


def _refuse(expected: str, remedy: str, at: pd.Series, value: str) -> None:
    require(
        False, OWNER, expected, remedy, candidate=at["candidate"], fold=_plain(at["fold"]), **{value: _plain(at[value])}
    )


def _plain(value: Any) -> Any:
    """Returns a cell as Python writes it."""
    return value.item() if isinstance(value, np.generic) else value


def _truths(table: pd.DataFrame, classes: tuple[str, ...]) -> tuple[pd.Index, NDArray[np.int64]]:
    """Returns the rows, and the class of each."""
    by_row = table.assign(truth=table["truth"].map(str)).groupby("row", sort=True)["truth"]
    for row in by_row.nunique().loc[lambda found: found > 1].index[:1]:
        told = sorted(by_row.get_group(row).unique())
        require(False, OWNER, "one truth for a row", "All candidates meet the same rows.", row=row, truths=told)
    first = by_row.first()
    return first.index, np.array([classes.index(name) for name in first], dtype=np.int64)


def _in_order(
    own: pd.DataFrame, place: pd.Series, rows: NDArray[np.int64], columns: list[str], name: str
) -> NDArray[np.float64]:
    """Returns a candidate's probabilities on a fold, in the order of its rows."""
    positions = place[own["row"]].to_numpy()
    lacking = np.setdiff1d(rows, positions)
    expected, fold = "the same rows for every candidate", _plain(own["fold"].iloc[0])
    missing = place.index[lacking[:1]].tolist()
    require(not len(lacking), OWNER, expected, "Predict them, too.", candidate=name, fold=fold, rows_without=missing)
    return own[columns].to_numpy(np.float64)[np.argsort(positions)]
