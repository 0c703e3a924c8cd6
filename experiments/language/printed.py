"""What the lecture prints, kept as text: numbers, formulas, slips, questions, and the worked example they belong to.

The lecture is right until recomputed. A printed number's decimals set the tolerance; an ``Erratum`` explains a
disagreement that the check has found, and is itself an error where there is none.

Example:
    >>> Printed("0.7514", item="example8", symbol="a_o1", where="Example 8 | step 2").numbers
    (0.7514,)
    >>> Printed("784;15;10", item="lab1", symbol="layers", where="Lab", kind="given").numbers
    (784.0, 15.0, 10.0)
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from models.checks import closest, require

Kind = Literal["rounded", "exact", "given", "figure", "not_recomputable"]
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")


def number_texts(text: str) -> tuple[str, ...]:
    """Returns the numbers in a printed text, each with its decimals as they stand.

    Example:
        >>> number_texts("0.40;.0820"), number_texts("24x24")
        (('0.40', '.0820'), ('24', '24'))
    """
    return tuple(_NUMBER.findall(text))


@dataclass(frozen=True, kw_only=True)
class Printed:
    """A number, or a few, as the lecture prints it.

    Attributes:
        text: As printed; empty for a figure without numbers.
        item: The example it belongs to, such as ``"example8"``.
        symbol: Its name within the item, in the lecture's symbols.
        where: Its place in the lecture.
        kind: ``"rounded"`` agrees when our value rounds to the text; ``"exact"`` when it is the same number;
            ``"given"`` is what the example starts from; ``"figure"`` is drawn without numbers and agrees with R's;
            ``"not_recomputable"`` says in ``why`` why, and what was tried.
        givens: Names of the givens that the text lists; the symbol itself when empty.
        reference: R's numbers for the same; ours must round to them, too.
        why: Needed for ``"not_recomputable"``; a figure says here what it shows.
    """

    text: str = field(kw_only=False)
    item: str
    symbol: str
    where: str
    kind: Kind = "rounded"
    givens: tuple[str, ...] = ()
    reference: str = ""
    why: str = ""

    def __post_init__(self) -> None:
        who = f"Printed {self.item} {self.symbol!r}"
        require(
            self.kind not in ("rounded", "exact", "not_recomputable") or bool(self.numbers),
            who,
            "a number in the text",
            "Say kind='given' or 'figure' otherwise.",
            text=self.text,
        )
        require(
            self.kind != "given" or bool(self.text),
            who,
            "a given that is printed",
            "Write it as printed.",
            text=self.text,
        )
        require(
            self.kind != "not_recomputable" or bool(self.why),
            who,
            "why there is nothing to compare",
            "Say it in why.",
            kind=self.kind,
            why=self.why,
        )
        require(
            self.kind == "given" or not self.givens,
            who,
            "givens with kind='given' only",
            "Take them out.",
            givens=self.givens,
        )
        require(
            bool(self.reference) if self.kind == "figure" else not self.reference or self.kind in ("rounded", "exact"),
            who,
            "R's numbers for a figure, and a reference for what is computed only",
            "Write R's numbers in reference, or take them out.",
            kind=self.kind,
            reference=self.reference,
        )

    @property
    def numbers(self) -> tuple[float, ...]:
        """The numbers in the text."""
        return tuple(float(number) for number in number_texts(self.text))

    @property
    def given_names(self) -> tuple[str, ...]:
        """Which givens the text lists."""
        return (self.givens or (self.symbol,)) if self.kind == "given" else ()


@dataclass(frozen=True, kw_only=True)
class Formula:
    """A formula as the lecture prints it; the check evaluates it on numbers and compares it with other ways.

    Attributes:
        text: As printed.
        item: The example it belongs to.
        symbol: What it is a formula for.
        where: Its place in the lecture.
        expression: The same for ``expression.py``, where the printed text has signs that it does not know.
        updates: Further right-hand sides that the slide prints: ``(symbol, expression)``.
        latex: The same as the slide sets it, where ``expression`` has other signs.
    """

    text: str = field(kw_only=False)
    item: str
    symbol: str
    where: str
    expression: str = ""
    updates: tuple[tuple[str, str], ...] = ()
    latex: str = ""

    def __post_init__(self) -> None:
        require(
            bool(self.text), f"Formula {self.item} {self.symbol!r}", "a text", "Write it as printed.", text=self.text
        )

    @property
    def equations(self) -> tuple[tuple[str, str], ...]:
        """All that is printed: ``(symbol, expression)``."""
        return ((self.symbol, self.expression or self.text), *self.updates)


@dataclass(frozen=True, kw_only=True)
class Erratum:
    """A slip of the lecture: what it prints, what it should, and why we think so.

    Attributes:
        item: The example it belongs to.
        symbol: Of the printed row.
        printed: The wrong text.
        computed: What stands there instead, to as many decimals; for a formula, the right expression.
        why: What probably happened.
    """

    item: str
    symbol: str
    printed: str
    computed: str
    why: str

    def __post_init__(self) -> None:
        require(
            self.printed != self.computed,
            f"Erratum {self.item} {self.symbol!r}",
            "computed to differ from printed",
            "Without a slip there is no erratum.",
            printed=self.printed,
            computed=self.computed,
        )


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A definition or rule that the slides state without a number to check.

    Attributes:
        term: What is defined.
        latex: The formula; empty where words do.
        text: One sentence.
    """

    term: str
    latex: str = ""
    text: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question that the lecture puts to its audience, with an answer.

    Attributes:
        text: As asked.
        answer: Ours.
        where: Its place in the lecture.
        experiment: The comparison whose last run answers it with numbers; empty where words do.
    """

    text: str
    answer: str
    where: str
    experiment: str = ""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the slides or the appendix point to.

    Attributes:
        title: Author and title.
        link: Where it is; empty for what is only in print.
    """

    title: str
    link: str = ""

    def __post_init__(self) -> None:
        require(
            not self.link or self.link.startswith(("http://", "https://")),
            f"Reading {self.title!r}",
            "a whole address",
            "Begin it with https://.",
            link=self.link,
        )


@dataclass(frozen=True, kw_only=True)
class WorkedExample:
    """One part of the lecture that is worked number by number.

    Attributes:
        name: On the command line and in MLflow.
        title: For people.
        where: The place in the lecture.
        story: What is shown, in a few sentences.
        givens: What the example starts from, by the lecture's symbols: numbers, tuples of numbers, or a formula's text.
        data: A file of ``experiments/data``, or the name of a data set; empty without.
        printed: What the lecture prints, in its order.
        errata: Where it slips.
        definitions: Formulas and rules without numbers, in the lecture's order.
        questions: To the audience, answered.
        reading: Sources of the slides and links of the appendix.
        beside: Name of the example behind which it stands, where it is worked on request only.
        notation: Symbol -> LaTeX, where the symbol alone does not say how the lecture writes it.
    """

    name: str
    title: str
    where: str
    story: str
    givens: Mapping[str, Any] = field(default_factory=dict)
    data: str = ""
    printed: tuple[Printed | Formula, ...] = ()
    errata: tuple[Erratum, ...] = ()
    definitions: tuple[Definition, ...] = ()
    questions: tuple[Question, ...] = ()
    reading: tuple[Reading, ...] = ()
    beside: str = ""
    notation: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        who = f"WorkedExample {self.name!r}"
        rows = {(row.item, row.symbol): row for row in self.printed}
        require(len(rows) == len(self.printed), who, "each row once", "Take one out.", printed=len(self.printed))
        for erratum in self.errata:
            row = rows.get((erratum.item, erratum.symbol))
            require(
                row is not None,
                who,
                "errata of printed rows",
                closest(erratum.symbol, [symbol for _, symbol in rows]),
                symbol=erratum.symbol,
            )
        names = {name for row in self.printed if isinstance(row, Printed) for name in row.given_names}
        for name in sorted(names):
            require(name in self.givens, who, "every printed given among givens", closest(name, self.givens), name=name)

    def with_givens(self, **changed: Any) -> "WorkedExample":
        """Returns a copy that starts from other numbers.

        Example:
            >>> from experiments.worked.backpropagation import BACKPROPAGATION
            >>> BACKPROPAGATION.with_givens(w5=0.41).givens["w5"]
            0.41
        """
        for name in changed:
            require(
                name in self.givens, f"WorkedExample {self.name!r}", "a given", closest(name, self.givens), name=name
            )
        return replace(self, givens={**self.givens, **changed})
