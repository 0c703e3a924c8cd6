"""The report's section on what drives the chosen candidate."""

from collections.abc import Sequence
from math import isfinite

from markupsafe import Markup

from experiments.language.metric import metric as declared
from pipeline.comparison.drivers.axis import STEPS
from pipeline.comparison.drivers.figures import effect_plot, limits_of, losses_plot
from pipeline.comparison.drivers.scales import LOG_ODDS, PROBABILITY, VALUE
from pipeline.comparison.drivers.values import ColumnLoss, Drivers
from pipeline.comparison.spent import in_words
from pipeline.scoring.result import Result
from pipeline.telling.canvas import Line
from pipeline.telling.figure import Figure
from pipeline.telling.plot import LINES
from pipeline.telling.section import Section
from pipeline.words.names import counted, heading, listing, title
from pipeline.words.numbers import interval, number, p_value

MOST_LOSSES = 12  # drawn; the others are in importance.csv
_NAMED = 3  # columns in a sentence
_OF = {
    "folds": ("fold", "folds"),
    "parts": ("part of the test rows", "parts of the test rows"),
    "stretches": ("stretch of time", "stretches of time"),
}
_OWN_LINE = {"net": Line(color="net-1"), "baseline": Line(color="baseline-1")}


def drivers_section(result: Result, drivers: Drivers) -> Section:
    """Tells and draws which columns the chosen candidate uses, and how its answer follows them.

    Args:
        result: Whole.
        drivers: What was found.
    """
    words, shown = result.primary.words, drivers.losses[:MOST_LOSSES]
    svg = losses_plot(
        shown,
        drivers.family,
        title=f"{heading(words)} {'gained' if _is_lower(result) else 'lost'} when shuffled",
        label=f"What shuffling each of {counted(len(shown), 'column')} costs in {words}. The numbers are in the table.",
    )
    outputs, lines = _outputs(drivers)
    panels = _panels(drivers, outputs, lines, _what(result, drivers))
    said = answer(result, drivers)
    values = {
        "answer": said,
        "candidate": title(drivers.candidate),
        "metric": words,
        "higher": _is_lower(result),
        "drivers": drivers,
        "losses_plot": Markup(svg),
        "rows": [_row(one) for one in shown],
        "n_more": len(drivers.losses) - len(shown),
        "together": [f"{listing([f'“{name}”' for name in one.columns])}" for one in drivers.together],
        "panels": [(name, more, Markup(figure.svg)) for name, more, figure in panels],
        "legend": [(drivers.scales.outputs[place], line) for place, line in zip(outputs, lines, strict=True)],
        "what": _what(result, drivers),
        "steps": STEPS,
        "seconds": in_words(drivers.seconds),
        "of": counted(drivers.n, *_OF[drivers.of]),
        "log_odds": LOG_ODDS in (drivers.curves[0].heights if drivers.curves else ()),
        "classes": drivers.scales.shown == PROBABILITY,
    }
    return Section(
        template="drivers.html",
        values=values,
        anchors={"drivers": "What drives it"},
        tables={"importance.csv": drivers.losses_table(), "effects.csv": drivers.curves_table()},
        figures=(
            Figure(title="What drives it", caption="What shuffling each column costs, with 95 % intervals.", svg=svg),
            *(figure for _, _, figure in panels),
        ),
        answers=(said,),
    )


def answer(result: Result, drivers: Drivers) -> str:
    """Says in a sentence what drives it; a column is named only where its loss is beyond chance."""
    name, words, beyond = title(drivers.candidate), result.primary.words, drivers.beyond
    if not drivers.tells_chance:
        why = drivers.too_few or "there are too few test rows"
        return f"What drives {name} is told without a word about chance: {why}."
    if not beyond:
        return (
            f"What drives {name}: no column by itself. None of {len(drivers.losses)} makes its {words} worse beyond "
            f"chance when it is shuffled on {counted(drivers.n, *_OF[drivers.of])}."
        )
    first, *others = beyond
    bounds = f" ({interval(number(first.low), number(first.high))})" if isfinite(first.low) else ""
    larger = [one for one in drivers.losses if one.mean > first.mean]  # and yet not beyond chance
    most = "" if larger else "above all "
    told = (
        f"What drives {name}: {most}{_quoted(first)}, whose shuffling makes its {words} {number(first.mean)} worse"
        f"{bounds}"
    )
    if others:
        more = len(others) - _NAMED
        names = [_quoted(one) for one in others[:_NAMED]] + ([f"{more} more"] if more > 0 else [])
        told += f", then {listing(names)}"
    are = "is" if len(beyond) == 1 else "are"
    told += f". Of {len(drivers.losses)} that were shuffled, {len(beyond)} {are} beyond chance"
    return f"{told}{_may_be_chance(larger)}."


def _may_be_chance(larger: Sequence[ColumnLoss]) -> str:
    """Names losses that are larger than that of the first column that is named; nothing without any."""
    if not larger:
        return ""
    more = len(larger) - _NAMED
    names = [f"{_quoted(one)} ({number(one.mean)})" for one in larger[:_NAMED]] + ([f"{more} more"] if more > 0 else [])
    alone = len(larger) == 1
    return f"; {'a larger loss' if alone else 'larger losses'} of {listing(names)} may be chance"


def _quoted(one: ColumnLoss) -> str:
    with_it = len(one.columns) - 1
    more = f" with {counted(with_it, 'column')} that go{'es' if with_it == 1 else ''} with it"
    return f"“{one.columns[0]}”{more if with_it else ''}"


def _is_lower(result: Result) -> bool:
    return declared(result.primary.name).lower_is_better


def _row(one: ColumnLoss) -> dict[str, str | bool]:
    known = one.low == one.low
    return {
        "title": one.columns[0],
        "more": f"with {listing(one.columns[1:])}" if len(one.columns) > 1 else "",
        "loss": number(one.mean),
        "interval": f"{number(one.low)} to {number(one.high)}" if known else "",
        "alone": number(one.alone[0]) if len(one.columns) > 1 else "",
        "p": p_value(one.p_corrected) if one.p_corrected == one.p_corrected else number(one.p_corrected),
        "beyond": one.beyond,
    }


def _what(result: Result, drivers: Drivers) -> str:
    """Returns what the curves are of."""
    if drivers.scales.shown == VALUE:
        columns = result.dataset.columns
        return "prediction" if columns is None else f"prediction of “{columns.target}”"
    if len(drivers.scales.outputs) > 1:
        return "probability of the class"
    return f"probability of “{drivers.scales.outputs[0]}”"


def _outputs(drivers: Drivers) -> tuple[list[int], list[Line]]:
    """Returns which outputs are drawn, those that move most, and their lines."""
    n = len(drivers.scales.outputs)
    if n == 1:
        return [0], [_OWN_LINE[drivers.family]]
    moved = [
        sum(float(curve.heights[drivers.scales.shown].mean[:, output].std()) for curve in drivers.curves)
        for output in range(n)
    ]
    most = sorted(sorted(range(n), key=lambda output: -moved[output])[: len(LINES)])
    return most, list(LINES[: len(most)])


def _panels(drivers: Drivers, outputs: list[int], lines: list[Line], what: str) -> list[tuple[str, str, Figure]]:
    """Returns name, what is to be known of it, and the drawing of each column."""
    scale = drivers.scales.shown
    if not drivers.curves:
        return []
    limits = limits_of(drivers.curves, scale)
    panels, beyond = [], {name for one in drivers.beyond for name in one.columns}
    for number_, curve in enumerate(drivers.curves):
        axis = curve.axis
        svg = effect_plot(
            curve.only(outputs),
            scale,
            lines,
            limits,
            title=f"Change of {'the probability' if scale == PROBABILITY else 'the prediction'}",
            label=f"How the {what} follows {axis.name}: from lowest to highest it changes by "
            f"{number(curve.width(scale))}. The numbers are in effects.csv.",
            name=f"effect-{number_}",
        )
        notes = [] if axis.name in beyond else ["what shuffling it costs may be chance"]
        notes += (
            [f"{counted(axis.n_others, 'rarer level')} {'is' if axis.n_others == 1 else 'are'} not drawn"]
            if axis.n_others
            else []
        )
        caption = f"Change of the {what} by {axis.name}, with 95 % intervals."
        panels.append((axis.name, "; ".join(notes), Figure(title=f"Effect of {axis.name}", caption=caption, svg=svg)))
    return panels
