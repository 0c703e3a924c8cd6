"""What a candidate does for the rows of each level of a column: whom it finds, how far its probabilities are off."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import expit

from models.checks import nearest, require
from models.encoding.columns import Column
from pipeline.data.values import Dataset, ReadOnlyArrays
from pipeline.decisions.calibration import log_odds
from pipeline.decisions.recalibration import in_the_large, recalibration
from pipeline.scoring.one_test_set import wilson_interval
from pipeline.scoring.significance import Interval, holm

ALL = "all rows"
LEAST_ROWS = 20  # of which anything is told
_MOST_LEVELS = 8  # of a category; the rarer ones are one level
_LEAST_POSITIVE = 10  # of which a share that is found is held against that of the others
_LEAST_EXPECTED = 5.0  # positive rows, and others, for the normal distribution of their number
_FEW = 5  # different numbers that are levels themselves
_NAN = float("nan")


@dataclass(frozen=True, kw_only=True, eq=False)
class Level(ReadOnlyArrays):
    """Rows that belong together.

    Attributes:
        name: For people.
        rows: ``(n_samples,)``: which rows of the set.
    """

    name: str
    rows: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Judged(ReadOnlyArrays):
    """Test rows of one candidate, each once.

    Attributes:
        positive: ``(n,)``.
        probability: ``(n,)``.
        raised: ``(n,)``, by the threshold of the fold that tests the row.
    """

    positive: NDArray[np.bool_]
    probability: NDArray[np.float64]
    raised: NDArray[np.bool_]

    def of(self, rows: NDArray[np.bool_]) -> "Judged":
        """Returns some of the rows."""
        return Judged(positive=self.positive[rows], probability=self.probability[rows], raised=self.raised[rows])


def require_column(dataset: Dataset, column: str) -> None:
    """Checks that rows can be told apart by a column.

    Raises:
        ValueError: No model looks at a column of this name, or the set is one of images.
    """
    require(not dataset.is_image, "by", "a table", "Leave it out: images have no columns.", dataset=dataset.name)
    known = [name.strip() for name in dataset.feature_names]
    meant = nearest(column, known)
    remedy = f"Did you mean {meant!r}?" if meant else "Name one of those that are not left out."
    require(column.strip() in known, "by", "a column that models look at", remedy, by=column)


def levels(dataset: Dataset, column: str) -> tuple[Level, ...]:
    """Returns the levels of a category, or the thirds of a number or a date; missing cells are a level of their own.

    Nothing of it looks at the target. The rarest of many categories are one level.

    Args:
        dataset: Where the column is.
        column: Its name.

    Raises:
        ValueError: As of ``require_column``.
    """
    require_column(dataset, column)
    place = [name.strip() for name in dataset.feature_names].index(column.strip())
    values = np.asarray(dataset.X[:, place], dtype=np.float64)
    known = None if dataset.columns is None else dataset.columns.used[place]
    if known is not None and known.kind in ("category", "yes/no"):
        found = _of_codes(values, known.levels)
    elif len(np.unique(values[~np.isnan(values)])) <= _FEW:
        found = [Level(name=_written(one, known), rows=values == one) for one in np.unique(values[~np.isnan(values)])]
    else:
        found = _thirds(values, known)
    missing = Level(name="missing", rows=np.isnan(values))
    return tuple(level for level in (*found, missing) if level.rows.any())


def _of_codes(values: NDArray[np.float64], names: Sequence[str]) -> list[Level]:
    counts = [int((values == code).sum()) for code in range(len(names))]
    order = sorted(range(len(names)), key=lambda code: (-counts[code], code))
    kept = sorted(order[:_MOST_LEVELS]) if len(names) > _MOST_LEVELS + 1 else range(len(names))
    rarer = [code for code in range(len(names)) if code not in kept]
    found = [Level(name=names[code], rows=values == code) for code in kept]
    if rarer:
        found.append(Level(name=f"{len(rarer)} rarer ones", rows=np.isin(values, rarer)))
    return [*found, Level(name="unknown", rows=values < 0)]


def _thirds(values: NDArray[np.float64], column: Column | None) -> list[Level]:
    low, high = np.nanquantile(values, [1 / 3, 2 / 3])
    first, second = _written(low, column), _written(high, column)
    return [
        Level(name=f"up to {first}", rows=values <= low),
        Level(name=f"above {first} up to {second}", rows=(values > low) & (values <= high)),
        Level(name=f"above {second}", rows=values > high),
    ]


def _written(value: float, column: Column | None) -> str:
    if column is not None and column.kind == "date":
        return str(column.written(np.array([np.floor(value)]))[0])
    return f"{value:.4g}"


def described(rows: Judged) -> dict[str, float | Interval]:
    """Returns shares and probabilities of some rows; NaN where there are too few to tell.

    Recall is the share of the positive rows that is raised, with Wilson's interval, as are the other shares.
    """
    n, n_positive = len(rows.positive), int(rows.positive.sum())
    unknown = Interval(mean=_NAN, low=_NAN, high=_NAN)
    if n < LEAST_ROWS:
        return {"share": unknown, "probability": _NAN, "in_the_large": unknown, "recall": unknown, "raised": unknown}
    found = int((rows.positive & rows.raised).sum())
    return {
        "share": wilson_interval(n_positive, n),
        "probability": float(rows.probability.mean()),
        "in_the_large": in_the_large(rows.positive, rows.probability),
        "recall": wilson_interval(found, n_positive) if n_positive else unknown,
        "raised": wilson_interval(int(rows.raised.sum()), n),
    }


def differences(rows: Judged, inside: Sequence[NDArray[np.bool_]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Tests each level against all other rows: in the share that is found, and in how far probabilities are off.

    Formula:
        Of the positive rows, Fisher's exact test of raised or not, inside or outside. Of the probabilities, moved on
        the log odds so that they are right on the whole: the number of positive rows inside against the sum of the
        probabilities there, in units of its standard error with the total held, less half a row for continuity. Holm's
        correction is over all tests of both kinds; two levels are one test.

    Source:
        Fisher (1935), The logic of inductive inference, Journal of the Royal Statistical Society 98; Hardt, Price &
        Srebro (2016), Equality of opportunity in supervised learning, NeurIPS, for the share that is found;
        Spiegelhalter (1986), Probabilistic prediction in patient management and clinical trials, Statistics in Medicine
        5, for the other.

    Args:
        rows: All of them.
        inside: Of each level ``(n,)``.

    Returns:
        Corrected p-values ``(n_levels,)`` of both; NaN where rows are too few for a test.
    """
    tested = inside[:1] if len(inside) == 2 else inside
    recall = [_of_recall(rows, level) for level in tested]
    large = [_of_probabilities(rows, level) for level in tested]
    corrected = holm(np.array([*recall, *large]))
    both = corrected[: len(tested)], corrected[len(tested) :]
    if len(inside) == 2:
        return both[0].repeat(2), both[1].repeat(2)
    return both


def _of_recall(rows: Judged, inside: NDArray[np.bool_]) -> float:
    counts = np.array(
        [
            [(rows.positive & side & rows.raised).sum(), (rows.positive & side & ~rows.raised).sum()]
            for side in (inside, ~inside)
        ]
    )
    if counts.sum(axis=1).min() < _LEAST_POSITIVE or min(inside.sum(), (~inside).sum()) < LEAST_ROWS:
        return _NAN
    return float(stats.fisher_exact(counts).pvalue)


def _of_probabilities(rows: Judged, inside: NDArray[np.bool_]) -> float:
    shift = recalibration(rows.positive, rows.probability).intercept.mean
    if not np.isfinite(shift) or min(inside.sum(), (~inside).sum()) < LEAST_ROWS:
        return _NAN
    expected = expit(log_odds(rows.probability) + shift)
    inside_sum, spread = expected[inside].sum(), expected * (1 - expected)
    counts = [each for side in (inside, ~inside) for each in (expected[side].sum(), (1 - expected[side]).sum())]
    if min(counts) < _LEAST_EXPECTED:
        return _NAN
    variance = spread[inside].sum() * (1 - spread[inside].sum() / spread.sum())
    off = max(abs(rows.positive[inside].sum() - inside_sum) - 0.5, 0.0)
    return float(2 * stats.norm.sf(off / np.sqrt(variance)))
