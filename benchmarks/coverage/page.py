"""The page of what was simulated: a section a part, each made by itself and kept until it is made again."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.coverage.goals import in_short
from benchmarks.coverage.parts import PARTS

PAGE = Path(__file__).parents[2] / "docs" / "statistics.md"
HEAD = """# Do the words hold?

Made by `make coverage` (`benchmarks/coverage/`): rows are generated, real classifiers are fitted to them, and what the
product says of their scores is held against the truth, which is the mean score of the same procedure on fresh rows, on
as many as a fold tests: an average precision of few rows is not that of many. In brackets is the 95 % Clopper-Pearson
interval of a simulated share; a goal holds (yes) where that interval touches it. Every section says how often its cells
were simulated, how long one core computed for it, when, and at which commit, which is the last that touched what is
counted. `make coverage` makes those that are of another one, and so goes on where it was interrupted; `python -m
benchmarks.coverage --parts NAME` makes one anew in any case; what captions say is put anew beside what was counted by
`--retell`, without a simulation. Whole runs are the product's own in everything. Elsewhere the winner is resampled only
where its mean is counted, for no other word hangs on it; linear discriminants, ROC-AUC and average precision are found
in ways of our own that are held against scikit-learn's, for its checks would take longer.
"""
_SHORT = """In short, over all cells below that have a goal. Captions say the smallest and the largest share that was
counted, outwards to a percent. What was counted outside contradicts them, and so is counted where they say "in fewer
where ..." and it is so. What covers more than .97 is wider than it need be.
"""
_TOOK = re.compile(
    r"(?P<n>[\d,]+) (?:comparisons a cell|simulations a cell|whole runs), (?P<minutes>[\d.]+) minutes of one core "
    r"on [\d-]+(?:, at (?P<commit>[\da-f]+\+?))?(?: \(the usual [\d,]+ would take about (?P<usual>[\d.]+)\))?"
)


def merged(page: str, made: Mapping[str, str]) -> str:
    r"""Returns a page with the sections that were made, in order; others stay, and what is no part goes.

    Args:
        page: As it was.
        made: Name of a part -> text of its section, without the heading.

    Example:
        >>> page = merged("# Old\n\n## Whole runs on labels by lot\n\nten\n", {"alike": "often"})
        >>> [line for line in page.splitlines() if line[:3] == "## "]
        ['## Whole runs on labels by lot', '## "Practically equal"']
    """
    kept = {**_texts(page), **made}
    texts = {heading: kept.get(name) for name, (heading, _, _) in PARTS.items()}
    sections = [f"## {heading}\n\n{text.strip()}\n" for heading, text in texts.items() if text]
    lacking = [name for name, (heading, _, _) in PARTS.items() if not texts[heading]]
    missing = [f"Not simulated yet: {', '.join(lacking)}.\n"] if sections and lacking else []
    short = [_SHORT, *in_short({heading: text for heading, text in texts.items() if text}), ""]
    return "\n".join([HEAD, *_effort(sections), *missing, *(short if sections else []), *sections])


def _effort(sections: Sequence[str]) -> Iterator[str]:
    """Says what the sections took, what they take with the usual numbers, and at which commits they were counted."""
    found = [match for section in sections if (match := _TOOK.search(section))]
    if found:
        took, usual = (sum(float(one[key] or one["minutes"]) for one in found) for key in ("minutes", "usual"))
        minutes = f"What stands here took {took:.0f} minutes of one core"
        yield f"{minutes}; with the usual numbers it takes about {usual:.0f}.\n"
        of = Counter(one["commit"] for one in found)
        told = [f"{n} at {commit}" for commit, n in of.most_common() if commit]
        unknown = [f"{of[None]} at one that is not told"] if of[None] else []
        yield f"Sections by commit: {', '.join([*told, *unknown])}.\n"


def of_state(page: str, states: Mapping[str, str], numbers: Mapping[str, int]) -> set[str]:
    r"""Returns the parts that a page has from their present commits, counted as often as is asked for, or more often.

    Args:
        page: As it is.
        states: Name of a part -> its commit, with a plus where files have changed since: these are nobody's.
        numbers: Name of a part -> how often.

    Example:
        >>> made = "10 whole runs, 1.2 minutes of one core on 2026-01-01, at 1234567."
        >>> of_state(f"## Whole runs on labels by lot\n\n{made}\n", {"runs": "1234567"}, {"runs": 10})
        {'runs'}
    """
    found = {name: _TOOK.search(text) for name, text in _texts(page).items()}
    return {
        name
        for name, one in found.items()
        if one and one["commit"] == states[name] and "+" not in states[name]
        if int(one["n"].replace(",", "")) >= numbers[name]
    }


def _texts(page: str) -> dict[str, str]:
    """Returns the text of each part that a page has."""
    kept = dict(re.findall(r"^## (.*)\n\n((?:(?!## ).*\n?)*)", page, flags=re.MULTILINE))
    return {name: kept[heading] for name, (heading, _, _) in PARTS.items() if heading in kept}
