"""Tells the lecture as one self-contained HTML page beside its slides: formula, number, picture, in their order."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup, escape

from experiments.language.printed import Definition, Erratum, Formula, Printed, WorkedExample
from models.checks import require
from pipeline.lecture.answers import Answered, Further
from pipeline.lecture.ledger import ledger
from pipeline.lecture.prose import formula, prose
from pipeline.lecture.typeset import mended, printed, reason, symbol
from pipeline.lecture.values import WORDS, Check, Verdict, Worked
from pipeline.telling.figure import Figure
from pipeline.telling.page import render
from pipeline.words.names import listing

VERDICTS: Mapping[Verdict, str] = {
    "agrees": "agree",
    "agrees_with_r": "agrees with R",
    "misprint": "are misprints",
    "given": "are givens",
    "not_recomputable": "cannot be recomputed",
    "disagrees": "do not come out",
}
SINGULAR = {"are misprints": "is a misprint", "are givens": "is a given", "do not come out": "does not come out"}
TEXT = ' class="text"'


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the ledger, as the page shows it."""

    check: Check
    symbol: Markup
    printed: Markup
    by_hand: str
    by_tape: str
    by_library: str
    verdict: str
    why: Markup


@dataclass(frozen=True, kw_only=True)
class Section:
    """One worked example, as the page shows it."""

    example: WorkedExample
    definitions: tuple[tuple[Definition, Markup], ...]
    places: tuple[tuple[str, tuple[Row, ...]], ...]
    misprints: tuple[tuple[Row, Markup, Markup, Markup], ...]
    tables: tuple[tuple[str, Markup], ...]
    figures: Sequence[Figure]
    worked: Worked


def lecture_page(
    worked: Sequence[Worked],
    checks: Sequence[Check],
    figures: Mapping[str, Sequence[Figure]],
    *,
    command: str = "",
    answers: Mapping[str, Answered] = MappingProxyType({}),
    further: Sequence[Further] = (),
    walk: str = "",
) -> str:
    """Returns the HTML page of the lecture: every worked example, and the whole ledger.

    Args:
        worked: The examples, in the lecture's order.
        checks: Of all of them.
        figures: Name of an example -> its pictures; an example may have none.
        command: What the user typed to get this page.
        answers: Experiment -> what its last run answers, for questions that an experiment answers.
        further: What is worked on request only, behind the examples that it belongs to.
        walk: Where the walk lies; empty where there is none beside the page.

    Returns:
        One page that loads nothing from elsewhere.

    Raises:
        ValueError: Checks or figures belong to an example that is not among the worked ones.
    """
    known = {item.example.name for item in worked}
    strangers = sorted(({check.example for check in checks} | set(figures)) - known)
    require(
        not strangers, "lecture_page", "checks and figures of worked examples", "Work them too.", examples=strangers
    )
    rows = _rows(checks, worked)
    return render(
        "lecture.html",
        sections=[_section(item, rows, figures.get(item.example.name, ())) for item in worked],
        answers=_shown(answers),
        further={name: [one for one in further if one.example.beside == name] for name in known},
        rows=rows,
        verdict=_verdict(checks),
        command=command,
        walk=walk,
        prose=prose,
    )


def lecture_section(worked: Worked, checks: Sequence[Check], figures: Sequence[Figure]) -> str:
    """Returns the section of one example alone, for pages to come."""
    return render(
        "lecture_section.html",
        section=_section(worked, _rows(checks, [worked]), figures),
        answers={},
        more=(),
        prose=prose,
    )


def _shown(answers: Mapping[str, Answered]) -> dict[str, tuple[Answered, Markup]]:
    return {name: (one, Markup() if one.table is None else _table(one.table)) for name, one in answers.items()}


def _section(worked: Worked, rows: Sequence[Row], figures: Sequence[Figure]) -> Section:
    example = worked.example
    own = [row for row in rows if row.check.example == example.name]
    return Section(
        example=example,
        definitions=tuple(
            (item, formula(item.latex, block=True) if item.latex else Markup()) for item in example.definitions
        ),
        places=tuple((where, tuple(group)) for where, group in groupby(own, key=lambda row: row.check.where)),
        misprints=tuple(_misprint(row, example) for row in own if row.check.verdict == "misprint"),
        tables=tuple(
            (caption, _table(worked.tables[name], example.notation)) for name, caption in worked.captions.items()
        ),
        figures=figures,
        worked=worked,
    )


def _misprint(row: Row, example: WorkedExample) -> tuple[Row, Markup, Markup, Markup]:
    """A row with what is printed, what is right, and why."""
    declared, erratum = _declared(row.check, example)
    assert erratum is not None
    return row, *mended(erratum, declared, example), reason(erratum.why)


def _rows(checks: Sequence[Check], worked: Sequence[Worked]) -> list[Row]:
    examples = {item.example.name: item.example for item in worked}
    texts = ledger(checks).replace(r"-(?=[\d.])", "−", regex=True).to_dict("records")
    return [_row(check, examples[check.example], shown) for check, shown in zip(checks, texts, strict=True)]


def _row(check: Check, example: WorkedExample, shown: Mapping[Any, str]) -> Row:
    declared, erratum = _declared(check, example)
    why = check.why
    if check.verdict == "misprint" and erratum is not None:
        right = mended(erratum, declared, example)[1]
        told = right + Markup(" ") + reason(why.removeprefix(erratum.computed).strip())
    else:
        told = reason(why)
    return Row(
        check=check,
        symbol=symbol(check.symbol, example.notation),
        printed=printed(declared, example, shown["printed"] or "–"),
        by_hand=shown["by_hand"] or "–",
        by_tape=shown["by_tape"] or "–",
        by_library=shown["by_library"] or "–",
        verdict=WORDS[check.verdict].capitalize() if check.verdict == "misprint" else WORDS[check.verdict],
        why=told,
    )


def _declared(check: Check, example: WorkedExample) -> tuple[Printed | Formula, Erratum | None]:
    """What the lecture prints there, and where it slips."""
    row = next(row for row in example.printed if (row.item, row.symbol) == (check.item, check.symbol))
    slips = [slip for slip in example.errata if (slip.item, slip.symbol) == (check.item, check.symbol)]
    return row, slips[0] if slips else None


def _table(table: pd.DataFrame, notation: Mapping[str, str] = MappingProxyType({})) -> Markup:
    """Text to the left, numbers to the right, as they are or with six digits."""
    shown = (
        table.reset_index() if table.index.dtype == object or isinstance(table.index.dtype, pd.StringDtype) else table
    )
    titles = [(str(name).replace("_", " "), pd.api.types.is_numeric_dtype(column)) for name, column in shown.items()]
    head = "".join(f'<th scope="col"{"" if numeric else TEXT}>{escape(title)}</th>' for title, numeric in titles)
    records = shown.to_dict("records")
    body = "".join(
        "<tr>" + "".join(_cell(name, value, notation) for name, value in row.items()) + "</tr>" for row in records
    )
    return Markup(f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>")


def _cell(column: Any, value: Any, notation: Mapping[str, str]) -> str:
    if column in ("symbol", "parameter"):
        return f"<td{TEXT}>{symbol(value, notation)}</td>"
    numeric = isinstance(value, int | float | np.number)
    return f"<td{'' if numeric else TEXT}>{prose(_written(value))}</td>"


def _written(value: Any) -> str:
    if isinstance(value, tuple):
        return "; ".join(map(_written, value))
    if isinstance(value, float | np.floating):
        return f"{value:.6g}".replace("-", "−")
    return f"{value:,}" if isinstance(value, int | np.integer) else str(value)


def _verdict(checks: Sequence[Check]) -> str:
    if not checks:
        return "The lecture prints no number here; what is computed agrees with another way to it."
    counts = Counter(check.verdict for check in checks)
    told = [_counted(counts[verdict], words) for verdict, words in VERDICTS.items() if counts[verdict]]
    return f"Of {len(checks)} numbers and formulas that the lecture prints, {listing(told)}."


def _counted(count: int, words: str) -> str:
    return f"{count} {SINGULAR.get(words, words) if count == 1 else words}"
