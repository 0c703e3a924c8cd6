"""What the page's first table tells: of each goal, in how many of the cells below it holds."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

LEAST_COVERED, MOST_COVERED = 0.93, 0.97
_SHARE = re.compile(r"([\d.]+) \[([\d.]+), ([\d.]+)\]")
_HOLDS = {"yes": True, "**no**": False}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One simulated cell that has a goal.

    Attributes:
        section: In which it stands.
        goal: What must be, in words.
        holds: Whether the interval of what was simulated touches it.
        wide: Whether it covers more than it need.
        contradicted: Whether the caption tells otherwise.
    """

    section: str
    goal: str
    holds: bool
    wide: bool = False
    contradicted: bool = False


def cells_of(sections: Mapping[str, str]) -> Iterator[Cell]:
    """Yields what has a goal in sections: columns whose title is the goal, and shares that are covered.

    Args:
        sections: Heading -> text.
    """
    for heading, text in sections.items():
        titles: list[str] = []
        for line in text.splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
            if not cells:
                titles = []
            elif not titles:
                titles = cells
            else:
                yield from _of_row(heading, dict(zip(titles, cells, strict=False)), titles, cells)


def _of_row(heading: str, row: Mapping[str, str], titles: list[str], cells: list[str]) -> Iterator[Cell]:
    for title, cell in zip(titles, cells, strict=False):  # two columns may have one title
        if title.startswith(("at most", "at least", "within")) and cell in _HOLDS:
            yield Cell(section=heading, goal=title, holds=_HOLDS[cell])
    found = _SHARE.fullmatch(row.get("covered", ""))
    if found:
        low, high = float(found[2]), float(found[3])
        yield Cell(
            section=heading,
            goal=f"{LEAST_COVERED:g} or more covered".replace("0.", "."),
            holds=high >= LEAST_COVERED,
            wide=low > MOST_COVERED,
            contradicted="**no**" in row.get("told", ""),
        )


def in_short(sections: Mapping[str, str]) -> Iterator[str]:
    r"""Yields the lines of the table.

    Example:
        >>> text = "| covered | told |\n| --- | --- |\n| 0.98 [0.97, 0.99] | 0.93 to 1.00 |\n"
        >>> [*in_short({"Intervals": text})][-1]
        '| Intervals | .93 or more covered | 1 | 1 | 0 | 0 |'
    """
    together: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells_of(sections):
        together.setdefault((cell.section, cell.goal), []).append(cell)
    if not together:
        return
    yield "| section | must be | cells | hold | wider than .97 | caption contradicted |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for (section, goal), own in together.items():
        of_intervals = goal.endswith("covered")
        counts = [sum(cell.holds for cell in own)]
        told = [sum(cell.wide for cell in own), sum(cell.contradicted for cell in own)] if of_intervals else ["", ""]
        yield f"| {' | '.join(str(item) for item in [section, goal, len(own), *counts, *told])} |"
