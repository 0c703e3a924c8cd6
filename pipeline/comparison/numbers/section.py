"""The report's sections on predicted numbers: how far off the chosen candidate is, and its prediction intervals."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from models.prediction_interval import LEVEL
from pipeline.comparison.numbers.figures import MOST_DOTS, parts_plot, residual_plot, scatter_plot
from pipeline.comparison.numbers.held import Held
from pipeline.comparison.numbers.unseen import Unseen, by_part_of_target
from pipeline.scoring.result import Result
from pipeline.telling.figure import Figure
from pipeline.telling.section import Section
from pipeline.words.names import counted, heading, title
from pipeline.words.numbers import interval, percent, quantity

_WHOLE = ("part", "rows")


def errors_section(result: Result, found: Unseen, held: Held | None) -> Section:
    """Tells and draws how far off the chosen candidate is on rows that it has not learned from.

    Args:
        result: Whole.
        found: Its predictions of them.
        held: Its prediction intervals; ``None`` without.
    """
    parts, target, name = by_part_of_target(found), target_of(result), title(found.candidate)
    reach = held.reach if held else None
    figures = (
        Figure(
            title="True against predicted",
            caption="A dot a row that was not learned from; on the line both are the same, the band is the interval.",
            svg=scatter_plot(found, target, reach),
        ),
        Figure(
            title="What is left over",
            caption="True minus predicted, its median by tenths of the predictions, and the middle 80 %.",
            svg=residual_plot(found, target),
        ),
        Figure(
            title="Where it errs",
            caption="The mean absolute error by parts of the true number; dashed is guessing.",
            svg=parts_plot(parts, found.family, target),
        ),
    )
    said = answer(result, found)
    scatter, residuals, by_part = (Markup(figure.svg) for figure in figures)
    values = {
        "answer": said,
        "candidate": name,
        "n_rows": len(found.rows),
        "n_drawn": min(len(found.rows), MOST_DOTS),
        "is_exact": found.is_exact,
        "spread": _spread(found),
        "scatter": scatter,
        "residuals": residuals,
        "parts_plot": by_part,
        "parts": [_written(row) for row in parts.to_dict("records")],
        "reach": quantity(reach) if reach is not None else "",
        "target": target,
        "guess": result.guess,
        "weighted": found.weights is not None,
        "n_folds": len(result.folds),
    }
    return Section(
        template="errors.html",
        values=values,
        anchors={"errors": "How far off it is"},
        tables={"errors_by_part.csv": parts},
        figures=figures,
        answers=(said,),
    )


def answer(result: Result, found: Unseen) -> str:
    """Says in a sentence how far off the candidate is, and how far guessing."""
    own, guessed = found.error("mae"), found.error("mae", guessing=True)
    if found.is_exact:
        return (
            f"{heading(title(found.candidate))} says every number of the test rows exactly, but for rounding; "
            f"{result.guess} is off by {quantity(guessed)}. So the target is a formula of the columns: are all of them "
            "known before it is?"
        )
    half, weighted = found.error("median_absolute_error"), found.weights is not None
    average = "weighted average" if weighted else "average"
    return (
        f"{heading(title(found.candidate))} is off by {quantity(own)} on the {average} of all test rows, each once, "
        f"in {'rows of half the weight' if weighted else 'half of them'} by less than {quantity(half)}; "
        f"{result.guess} is off by {quantity(guessed)}."
    )


def nothing_left(candidate: str) -> str:
    """Says why there are no prediction intervals where all that is left over is rounding."""
    of_most = f"of {percent(LEVEL)} of the rows or more"
    return (
        f"No prediction intervals: {of_most} what {title(candidate)} leaves over is rounding, which no interval is of."
    )


def _spread(found: Unseen) -> str:
    if found.is_exact:
        return ""
    share, of = found.worst_tenth, "rows" if found.weights is None else "weight"
    told = f"The tenth of the {of} with the largest errors makes up {percent(share)} of all squared error."
    return told if share else ""


def target_of(result: Result) -> str:
    """Returns the name of the number."""
    columns = result.dataset.columns
    return "number" if columns is None else columns.target


def _written(row: Mapping[Any, Any]) -> dict[str, str]:
    return {name: f"{value:,}" if name in _WHOLE else quantity(value) for name, value in row.items()}


def intervals_section(result: Result, held: Held | None, why_not: str = "") -> Section:
    """Tells what the prediction intervals of the chosen candidate reach and held, or why there are none.

    Args:
        result: Whole.
        held: What they held; ``None`` without.
        why_not: Why there are none.
    """
    said = held_in_words(held) if held else why_not
    values: dict[str, Any] = {"answer": said, "held": held}
    if held:
        values |= {
            "candidate": title(held.candidate),
            "level": percent(held.level),
            "reach": quantity(held.reach),
            "thirds": [percent(share) for share in held.by_third.values()],
            "in_order": result.dataset.times is not None,
            "in_groups": result.dataset.groups is not None,
            "weighted": result.dataset.weights is not None,
            "rows": [
                {
                    "fold": row["fold"],
                    "calibration_rows": f"{row['calibration_rows']:,}",
                    "reach": quantity(row["reach"]),
                    "test_rows": f"{row['test_rows']:,}",
                    "held": percent(row["held"]),
                }
                for row in held.table().to_dict("records")
            ],
        }
    return Section(
        template="prediction_intervals.html",
        values=values,
        anchors={"prediction-intervals": "Prediction intervals"},
        tables={"prediction_intervals.csv": held.table()} if held else {},
        answers=(said,),
    )


def held_in_words(held: Held) -> str:
    """Says in a sentence what the intervals reach and held of the test rows."""
    share = held.share
    known = share.low == share.low
    bounds = f" ({interval(percent(share.low), percent(share.high))})" if known else ""
    missed = "" if held.is_kept else ", less than they are made for"
    where = f"of {counted(held.n_rows, 'test row')}"
    if len(held.intervals) > 1:
        where = f"of the test rows, the mean over {len(held.intervals)} folds"
    return (
        f"The true number lies within ± {quantity(held.reach)} of what {title(held.candidate)} says in "
        f"{percent(share.mean)} {where}{bounds}{missed}; the intervals were made to hold {percent(held.level)}."
    )
