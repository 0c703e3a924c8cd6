"""The column that is predicted: classes or a number, and which of two classes is the one that is looked for."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.checks import closest, require
from models.encoding import cells
from pipeline.data.doubts import require_finite, require_no_doubt, require_numbers
from pipeline.data.kinds import levels, most_levels, pair
from pipeline.data.tally import Tally
from pipeline.data.task import Classification, Regression

TaskName = Literal["classification", "regression"]
AS_SAID = "as you say"

_GRADES = 20
"""Numbers of no more values may be grades or classes: asked, not guessed."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Target:
    """What is predicted.

    Attributes:
        task: Its kind; of two classes the last is the positive one.
        reason: Why it is that, for people.
        y: ``(n_rows,)`` numbers, or positions of classes; NaN where a row has no target.
        positive_reason: Why the last of two classes is the one that is looked for; empty for other tasks.
    """

    task: Classification | Regression
    reason: str
    y: NDArray[np.float64]
    positive_reason: str = ""


def target_of(
    tally: Tally, *, task: TaskName | None = None, positive: Any = None, class_names: tuple[str, ...] = ()
) -> Target:
    """Returns what is predicted.

    Args:
        tally: The column.
        task: What somebody said.
        positive: Likewise, of two classes.
        class_names: Likewise, in the order of their numbers.

    Raises:
        ValueError: It is a date, free text or constant; numbers of few values, which may be classes or not; or what
            somebody said does not fit.
    """
    require_finite(tally)
    _require_values(tally)
    name, reason = (task, AS_SAID) if task else _guess(tally)
    if name == "regression":
        _require_no_positive(tally, positive)
        require_numbers(tally)
        return Target(task=Regression(target=tally.name), reason=reason, y=_numbers(tally))
    names = class_names or _names(tally)
    y = _classes(tally, names)
    if len(names) != 2:
        _require_no_positive(tally, positive)
        return Target(task=Classification(class_names=names), reason=reason, y=y)
    if class_names and positive is None:
        last, why = 1, "the last one of columns.json"
    else:
        last, why = _positive(tally, names, y, positive)
    ordered = names if last == 1 else names[::-1]
    y = y if last == 1 else 1 - y
    return Target(task=Classification(class_names=ordered), reason=reason, y=y, positive_reason=why)


def _require_values(tally: Tally) -> None:
    at = {"target": tally.name}
    owner, n_distinct = tally.sheet.owner, tally.n_distinct
    is_date = bool(tally.date_formats)
    remedy = "Name another column, or turn its cells into text or numbers."
    known = tally.nature != "foreign"
    require(known, owner, "a target of a type that a table has", remedy, **at, cell=tally.example)
    require(not is_date, owner, "a target of classes or numbers", "Dates cannot be predicted.", **at, kind="date")
    remedy = "There is nothing to learn: name another column."
    require(n_distinct > 1, owner, "a target of two values or more", remedy, **at, distinct=n_distinct)


def _guess(tally: Tally) -> tuple[TaskName, str]:
    """Returns the task of a target, and why.

    Raises:
        ValueError: It cannot be guessed.
    """
    n_distinct, owner, at = tally.n_distinct, tally.sheet.owner, {"target": tally.name}
    if n_distinct == 2:
        return "classification", "two values"
    require_no_doubt(tally)
    if tally.numbers is not None:
        values = np.unique(tally.numbers.of[tally.is_there])
        asked = n_distinct > _GRADES
        remedy = "Give --task classification if these are classes, --task regression if they are a quantity."
        shown = [float(value) for value in values[:3]]
        require(asked, owner, "to be told what few numbers mean", remedy, **at, distinct=n_distinct, values=shown)
        whole = bool((np.rint(values) == values).all())
        return "regression", "whole numbers of many values" if whole else "numbers with fractions, of many values"
    _require_repeated(tally)
    return "classification", "codes with leading zeros" if tally.codes is not None else "text of few values"


def _require_repeated(tally: Tally) -> None:
    most = most_levels(tally.n_there)
    few = tally.nature == "levels" or tally.n_distinct <= most
    repeated = few and (tally.n_distinct < tally.n_there)
    at = {"target": tally.name, "distinct": tally.n_distinct, "rows": tally.n_there}
    remedy = "Free text and ids cannot be predicted: name another column."
    require(repeated, tally.sheet.owner, f"a target of at most {most} values, which repeat", remedy, **at)


def _require_no_positive(tally: Tally, positive: Any) -> None:
    remedy = "It would have no effect: take --positive out."
    require(positive is None, tally.sheet.owner, "a positive class of two classes only", remedy, positive=positive)


def _names(tally: Tally) -> tuple[str, ...]:
    most = most_levels(tally.n_there)
    at = {"target": tally.name, "distinct": tally.n_distinct}
    remedy = "Give --task regression if it is a quantity."
    few = tally.nature == "levels" or tally.n_distinct <= most
    require(few, tally.sheet.owner, f"at most {most} classes", remedy, **at)
    names = levels(tally)
    _require_apart(tally, names)
    return names


def _require_apart(tally: Tally, names: tuple[str, ...]) -> None:
    """Checks that no two classes are one word, once in capitals."""
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(name.lower(), []).append(name)
    twice = next((own for own in alike.values() if len(own) > 1), [])
    remedy = "Write them alike; if they are two classes, rename one."
    expected = "classes that differ in more than capitals"
    require(not twice, tally.sheet.owner, expected, remedy, target=tally.name, classes=twice)


def _numbers(tally: Tally) -> NDArray[np.float64]:
    how = tally.numbers.how if tally.numbers else "."
    return cells.numbers(_all(tally), decimal=how, missing_words=_words(tally)).values


def _classes(tally: Tally, names: tuple[str, ...]) -> NDArray[np.float64]:
    y = cells.codes(_all(tally), levels=names, missing_words=_words(tally)).values
    for row in np.flatnonzero(y == cells.UNSEEN)[:1]:
        at = {**tally.sheet.at(int(row)), "column": tally.name, "cell": _all(tally).iloc[row]}
        remedy = "Mend the cell, or take class_names out of columns.json."
        require(False, tally.sheet.owner, f"one of the classes {', '.join(names[:5])}", remedy, **at)
    return y


def _all(tally: Tally) -> pd.Series:
    column: pd.Series = tally.sheet.columns[tally.name].to_pandas()
    return column


def _words(tally: Tally) -> tuple[str, ...]:
    """Returns what means a gap: words only among numbers."""
    return tally.missing_words if tally.is_read and tally.numbers is not None else ()


def _positive(tally: Tally, names: tuple[str, ...], y: NDArray[np.float64], said: Any) -> tuple[int, str]:
    """Returns which of two classes is looked for, and why."""
    if said is not None:
        position = int(cells.codes(pd.Series([said]), levels=names).values[0])
        known = position != cells.UNSEEN
        require(known, tally.sheet.owner, "positive among the classes", closest(str(said), names), positive=said)
        return position, AS_SAID
    known_pair = pair(names)
    if known_pair is not None:
        return names.index(known_pair[1]), "it says yes"
    counts = [int((y == position).sum()) for position in range(2)]
    if counts[0] == counts[1]:
        return 1, "both are as frequent: the last in order"
    return int(np.argmin(counts)), f"the rarer one, {min(counts)} of {sum(counts)} rows"
