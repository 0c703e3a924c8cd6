"""Turns decisions into what the report's section shows: sentences, tables, figures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

from markupsafe import Markup

from experiments.language import Decision
from pipeline.decisions import figures
from pipeline.decisions.costs import theoretical_threshold
from pipeline.decisions.examination import threshold_name
from pipeline.decisions.sentences import Found, answers, cheapest_candidate, keyed, net, per_hundred
from pipeline.decisions.subgroups import LEAST_ROWS
from pipeline.decisions.tables import decision_tables
from pipeline.decisions.values import Decided, Estimate, declared
from pipeline.scoring.result import Result
from pipeline.scoring.values import Contrast
from pipeline.telling.canvas import Line
from pipeline.telling.section import Section
from pipeline.words.names import title
from pipeline.words.numbers import number, p_value, percent

_RULES = {
    "half": "above 0.5",
    "theory": "above 1 / (1 + ratio)",
    "theory_platt": "the same after Platt's calibration",
    "theory_isotonic": "the same after isotonic calibration",
    "cheapest": "cheapest on training rows",
    "recall": "finds the wanted share, on training rows",
}
HELD = "90 to 100\u00a0%"
"""Of simulated runs, in which intervals held the truth: docs/decisions.md."""
_ALL_ALIKE = {"nobody": "raise nobody", "everybody": "raise everybody"}
_MAPS = {"as_trained": "as trained", "platt": "Platt", "isotonic": "isotonic"}
_PARTS = ("brier_score", "miscalibration", "discrimination", "uncertainty")
_NET_COLORS, _BASELINE_COLORS = ("net-1", "net-2", "net-3"), ("baseline-1", "baseline-2")
_DASHES: tuple[tuple[float, ...], ...] = ((), (7, 4), (2, 3))


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A mean and its interval, as a table shows them."""

    mean: str
    interval: str
    more: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One rule, map or share; the best is in bold."""

    title: str
    cells: tuple[Cell, ...]
    best: bool = False


@dataclass(frozen=True, kw_only=True)
class Group:
    """The rows of one candidate."""

    title: str
    role: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class PairRow:
    """A net against a baseline."""

    title: str
    cells: tuple[str, ...]


def decisions_section(result: Result, decided: Decided) -> Section:
    """Writes and draws what decisions lead to.

    Args:
        result: Of a comparison with a decision.
        decided: What the decision led to.
    """
    decision, positive_class = declared(result.comparison)
    positive = result.dataset.class_names[positive_class]
    families = {candidate.name: candidate.family for candidate in result.comparison.candidates}
    lines = _lines(decision.candidates, families)
    said = tuple(answers(result, decided))
    return Section(
        template="decisions.html",
        values={
            "answers": said,
            "decision": decision,
            "positive": positive,
            "n_folds": decided.outcomes[0].n,
            "in_time": result.folds[0].stretches is not None,
            "hang_together": decided.hang_together,
            "costs": _costs(decision, families, keyed(decided.outcomes), len(result.folds)),
            "differences": [_pair(contrast) for contrast in decided.differences],
            "lines": [(title(name), line) for name, line in lines.items()],
            "cost_plot": _cost_plot(decision, decided, lines),
            "benefits": _benefits(decision, decided),
            "benefit_plot": _benefit_plot(decision, decided, lines),
            "calibration": _calibration(decision, families, decided),
            "n_rows": decided.recalibration[0].n,
            "reliability": [(title(name), _reliability(name, decided, line)) for name, line in lines.items()],
            "gains": _gains(decision, keyed(decided.gains), len(result.folds)),
            "gains_plot": _gains_plot(decided, lines, float((result.dataset.y == positive_class).mean())),
            **_subgroups(decision, decided, result, lines),
            "metric": result.primary.words,
            "held": HELD if any(isfinite(one.low) for one in decided.outcomes) else "",
            "some_folds": any(0 < one.n < len(result.folds) for one in (*decided.outcomes, *decided.gains)),
        },
        anchors={"decisions": "Decisions", "calibration": "Calibration", "gains": "Gains"}
        | ({"groups": "Groups"} if decided.subgroups else {}),
        tables=decision_tables(decided),
        answers=said,
    )


def _lines(names: Sequence[str], families: Mapping[str, str]) -> dict[str, Line]:
    """Gives each candidate a line of its own, in its family's colors; dashes where these are used up."""
    lines = {}
    for family, colors in (("net", _NET_COLORS), ("baseline", _BASELINE_COLORS)):
        for position, name in enumerate(name for name in names if families[name] == family):
            turn, color = divmod(position, len(colors))
            lines[name] = Line(color=colors[color], dashes=_DASHES[turn % len(_DASHES)], width=2.2)
    return {name: lines[name] for name in names}


def _costs(decision: Decision, families: Mapping[str, str], found: Found, n_folds: int) -> tuple[Group, ...]:
    """Returns the rules of each candidate, then treating all alike; best is the lowest cost at the decimals shown."""
    lowest = per_hundred(min(each.mean for key, each in found.items() if key[2] == "cost"))

    def row(name: str, rule: str, words: str) -> Row:
        own = {quantity: each for (one, case, quantity), each in found.items() if (one, case) == (name, rule)}
        shares = ("relative_cost", "type_1_error", "type_2_error", "precision", "raised")
        return Row(
            title=words,
            cells=(
                _cell(own["threshold"], number),
                _cell(own["cost"], per_hundred),
                *(_of_folds(own[quantity], n_folds) for quantity in shares),
            ),
            best=per_hundred(own["cost"].mean) == lowest,
        )

    groups = [
        Group(
            title=title(name),
            role=families[name],
            rows=tuple(row(name, rule, words) for rule, words in _RULES.items() if (name, rule, "cost") in found),
        )
        for name in decision.candidates
    ]
    first = decision.candidates[0]
    alike = tuple(row(first, rule, words) for rule, words in _ALL_ALIKE.items())
    return (*groups, Group(title="all alike", role="reference", rows=alike))


def _benefits(decision: Decision, decided: Decided) -> tuple[Row, ...]:
    """Returns the net benefit at each threshold, of each candidate and of raising everybody."""
    found, first = keyed(decided.benefits), decision.candidates[0]
    own = threshold_name(theoretical_threshold(decision.cost_ratio))

    def row(case: str) -> Row:
        cells = [_cell(found[name, case, "net_benefit"], net) for name in decision.candidates]
        return Row(title=case, cells=(*cells, _cell(found[first, case, "everybody"], net)), best=case == own)

    return tuple(row(case) for case in dict.fromkeys(case for _, case, _ in found))


def _calibration(decision: Decision, families: Mapping[str, str], decided: Decided) -> tuple[Group, ...]:
    by_fold, by_row = keyed(decided.calibration), keyed(decided.recalibration)

    def row(name: str, case: str, words: str) -> Row:
        own = {quantity: each for (one, of, quantity), each in by_row.items() if (one, of) == (name, case)}
        parts = {part: Cell(mean=_fine(own[part].mean), interval="") for part in _PARTS}
        if isfinite(by_chance := own["by_chance"].mean):
            parts["miscalibration"] = replace(parts["miscalibration"], interval=f"by chance up to {_fine(by_chance)}")
        return Row(
            title=words,
            cells=(
                _cell(by_fold[name, case, "brier_score"], number),
                _cell(by_fold[name, case, "log_loss"], number),
                _cell(own["in_the_large"], number),
                _cell(own["slope"], _two),
                _cell(own["intercept"], _two),
                *parts.values(),
            ),
        )

    return tuple(
        Group(
            title=title(name),
            role=families[name],
            rows=tuple(row(name, case, words) for case, words in _MAPS.items()),
        )
        for name in decision.candidates
    )


def _gains(decision: Decision, found: Found, n_folds: int) -> tuple[Row, ...]:
    """Returns a row for each tenth of the rows: what each candidate has found by then, and the lift."""

    def cell(name: str, share: str) -> Cell:
        one, times = _of_folds(found[name, share, "found"], n_folds), found[name, share, "lift"].mean
        return Cell(mean=one.mean, interval=", ".join(filter(None, [one.interval, f"lift {times:.1f}"])))

    shares = dict.fromkeys(case for _, case, _ in found)
    return tuple(
        Row(title=share.replace("%", "\u00a0%"), cells=tuple(cell(name, share) for name in decision.candidates))
        for share in shares
    )


def _subgroups(decision: Decision, decided: Decided, result: Result, lines: Mapping[str, Line]) -> dict[str, Any]:
    """Returns what is told of the levels of the declared column, for the candidate of the lowest cost."""
    if not decided.subgroups:
        return {"levels": (), "level_plots": ()}
    name, metric = cheapest_candidate(decided), result.primary.name
    found = {(case, quantity): each for (one, case, quantity), each in keyed(decided.subgroups).items() if one == name}
    cases = list(dict.fromkeys(case for case, _ in found))

    def row(case: str) -> Row:
        if (case, metric) not in found:
            few = Cell(mean="too few", interval="")
            return Row(title=case, cells=(Cell(mean=f"{found[case, 'share'].n:,}", interval=""), *(few,) * 6))
        shown: dict[str, Callable[[float], str]] = {
            "share": percent,
            "probability": percent,
            "in_the_large": number,
            "recall": percent,
            "raised": percent,
        }
        cells = {quantity: _cell(found[case, quantity], how) for quantity, how in shown.items()}
        for quantity in ("in_the_large", "recall"):
            p = found[case, f"p_{quantity}"].mean
            if isfinite(p):
                cells[quantity] = replace(cells[quantity], more=f"p {p_value(p)}")
        return Row(
            title=case,
            cells=(
                Cell(mean=f"{found[case, 'share'].n:,}", interval=""),
                *cells.values(),
                _cell(found[case, metric], number),
            ),
        )

    def plot(quantity: str, words: str) -> Markup:
        own = [found[case, quantity] for case in cases[1:]]
        label = f"{words}, by level of {decision.by}. The numbers are in the table."
        of_all = found[cases[0], quantity].mean
        return Markup(figures.level_plot(cases[1:], own, of_all, lines[name], title=words, label=label, of=quantity))

    return {
        "levels": [row(case) for case in cases],
        "level_plots": [
            ("Found, of those positive", plot("recall", "Recall")),
            ("Mean probability minus share", plot("in_the_large", "In the large")),
        ],
        "level_candidate": title(name),
        "least_rows": LEAST_ROWS,
    }


def _pair(contrast: Contrast) -> PairRow:
    known = contrast.has_interval
    return PairRow(
        title=f"{title(contrast.candidate)} against {title(contrast.reference)}",
        cells=(
            per_hundred(contrast.difference),
            f"{per_hundred(contrast.low)} to {per_hundred(contrast.high)}" if known else "–",
            number(contrast.p_corrected),
            title(contrast.judgment),
        ),
    )


def _cell(one: Estimate, shown: Callable[[float], str]) -> Cell:
    """Shows an estimate; an interval without width at the decimals shown is not worth the ink."""
    low, high = shown(one.low), shown(one.high)
    return Cell(mean=shown(one.mean), interval=f"{low} to {high}" if low != high else "")


def _of_folds(one: Estimate, n_folds: int) -> Cell:
    """Shows a share, and of how many folds it is the mean where some have no such rows."""
    cell = _cell(one, percent)
    over = f"{one.n} of {n_folds} folds" if 0 < one.n < n_folds else ""
    return replace(cell, interval=", ".join(filter(None, [cell.interval, over])))


def _two(value: float) -> str:
    return number(value, 2)


def _fine(value: float) -> str:
    """Returns five decimals: parts of a Brier score are small."""
    return number(value, 5)


def _cost_plot(decision: Decision, decided: Decided, lines: Mapping[str, Line]) -> Markup:
    thin = {name: Line(color=line.color, dashes=(2, 3), width=1.2) for name, line in lines.items()}
    curves = [(thin[name], decided.half_cost_curves[name]) for name in lines]
    curves += [(lines[name], decided.cost_curves[name]) for name in lines]
    label = f"Cost by cost ratio of {len(lines)} candidates, by chosen thresholds and by 0.5"
    return Markup(figures.cost_plot(decided.cost_ratios, curves, decision.cost_ratio, label=label))


def _benefit_plot(decision: Decision, decided: Decided, lines: Mapping[str, Line]) -> Markup:
    return Markup(
        figures.benefit_plot(
            1 / (1 + decided.cost_ratios),
            [(line, decided.benefit_curves[name]) for name, line in lines.items()],
            decided.benefit_curves["everybody"],
            theoretical_threshold(decision.cost_ratio),
            label=f"Net benefit by threshold of {len(lines)} candidates. Some of the numbers are in the table.",
        )
    )


def _reliability(name: str, decided: Decided, line: Line) -> Markup:
    label = f"Share of positive rows by the probability of {title(name)}, before and after calibration"
    return Markup(figures.reliability_plot(decided.reliability[name], line, label=label, of=name))


def _gains_plot(decided: Decided, lines: Mapping[str, Line], base_rate: float) -> Markup:
    curves = [(line, decided.gain_curves[name]) for name, line in lines.items()]
    label = f"Cumulative gains of {len(lines)} candidates. The numbers are in the table."
    return Markup(figures.gains_plot(decided.gain_shares, curves, base_rate, label=label))
