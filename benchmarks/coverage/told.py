"""What captions say of intervals that were simulated, put anew beside what was counted: nothing is counted again."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from benchmarks.coverage import hardly, intervals, numbers, together
from benchmarks.coverage.intervals import Told
from benchmarks.coverage.problems import OTHER_CLASSIFIERS, PROBLEMS, TEST_SETS
from benchmarks.coverage.spread import PIECE
from pipeline.scoring.captions import Method

TITLES = ("rows and folds", "metric", "n", "covered", "told", "mean width", "plain")
"""Of the tables of intervals."""
Key = tuple[str, str]


def as_told(method: Method, share: float) -> str:
    """Returns what a caption says, marked where what was counted contradicts it."""
    if method.covered is None:
        return ""
    least, most = method.covered
    return f"{least:.2f} to {most:.2f}{'' if method.agrees(share) else ' **no**'}"


def retold(text: str, methods: Mapping[Key, Method]) -> str:
    """Returns sections whose tables of intervals tell what captions say today, beside what was counted.

    Args:
        text: Of sections.
        methods: Words of a problem and name of a metric -> method, as of ``methods``.

    Example:
        >>> row = "| 30 rows | f1 | 1,000 | 0.914 [0.895, 0.931] | 0.93 to 1.00 | 0.1 |  |"
        >>> retold(row, {("30 rows", "f1"): Method(words="", covered=(0.92, 1.0))})
        '| 30 rows | f1 | 1,000 | 0.914 [0.895, 0.931] | 0.92 to 1.00 **no** | 0.1 |  |'
    """
    return "\n".join(_retold(line, methods) for line in text.split("\n"))


def _retold(line: str, methods: Mapping[Key, Method]) -> str:
    cells = [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")]
    if not line.startswith("|") or len(cells) != len(TITLES) or (cells[0], cells[1]) not in methods:
        return line
    cells[4] = as_told(methods[cells[0], cells[1]], float(cells[3].split()[0]))
    return f"| {' | '.join(cells)} |"


def counted(text: str, methods: Mapping[Key, Method]) -> dict[Method, list[tuple[str, float]]]:
    """Returns of each method the problems' words, and the share that was counted of its intervals."""
    found: dict[Method, list[tuple[str, float]]] = {}
    for line in text.split("\n"):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and (method := methods.get((cells[0], cells[1] if len(cells) > 1 else ""))):
            found.setdefault(method, []).append((cells[0], float(cells[3].split()[0])))
    return found


def methods() -> dict[Key, Method]:
    """Returns how each interval of the page was made, by making the first ones of each problem again."""
    found = {(hardly.words(one), one.metric): hardly.CAPTIONS[one.metric] for one in hardly.SETTINGS}
    for problem in (*PROBLEMS, *OTHER_CLASSIFIERS):
        found |= _first(problem.words, problem.metrics, partial(intervals.over_folds, problem, _ANY))
    for rows in together.PROBLEMS:
        found |= _first(rows.words, together.METRICS, partial(together.all_printed, rows, _ANY))
    for problem in TEST_SETS:
        model = problem.fitted(*problem.drawn(10 * problem.n_rows, np.random.default_rng(1)))
        found |= _first(problem.words, problem.metrics, partial(intervals.of_rows, problem, model, _ANY))
    for one in (*numbers.FOLDS, *numbers.TEST_SETS, *numbers.FAR_OFF):
        if one.splitting is not None:
            made = partial(numbers.over_folds, one, _ANY)
        else:
            model = one.fitted(*one.drawn(10 * one.n_rows, np.random.default_rng(1)))
            made = partial(numbers.of_rows, one, model, _ANY)
        found |= _first(one.words, numbers.METRICS, made)
    return found


_ANY: Mapping[str, float] = defaultdict(float)  # truths, which say nothing of how an interval is made


def _first(
    words: str, metrics: Sequence[str], made: Callable[[int, np.random.Generator], Sequence[Told]]
) -> dict[Key, Method]:
    """Returns how the first interval of each metric was made, with the draws of the first piece of a cell."""
    for n in (1, PIECE):
        (random,) = np.random.default_rng(0).spawn(1)
        found = {(words, one.metric): one.method for one in reversed(made(n, random))}
        if len(found) == len(metrics):
            break
    return found
