"""How often two that are worth the same are told apart on rows that hang together, or count unequally.

Nothing is trained: of three things that decide of a row, one is known to a net, one to a baseline, and one to neither.
Which row tells for whom is shared by neighbors.
"""

from functools import cache, partial

from benchmarks.coverage.hanging import METRICS, UNKNOWN, Random, drawn, of_neighbors, sure
from benchmarks.coverage.product import comparison_of
from benchmarks.coverage.spread import Effort, Share, share
from benchmarks.coverage.together import Together
from experiments.language import Comparison, Splitting
from pipeline.comparison.verdict import apart
from pipeline.scoring.contrasts import contrast

_KNOWN = 1.4  # standard deviation on the log odds of what one of them knows: 2 of both together


def told_apart(problem: Together, effort: Effort, n: int | None = None) -> dict[str, Share]:
    """Returns how often their difference is called too much for chance, by metric; it is the declared question.

    Differences of which nothing is known do not count.
    """
    found = effort.spread(partial(_simulated, problem), n or effort.simulations)
    return {name: share([one[name] for one in found if name in one]) for name in METRICS}


def _simulated(problem: Together, n: int, random: Random) -> list[dict[str, bool]]:
    return [_apart(problem, random) for _ in range(n)]


def _apart(problem: Together, random: Random) -> dict[str, bool]:
    rows = problem.rows(random)
    comparison = _comparison(rows.splitting)
    known = [of_neighbors(random, rows.shared(random)) for _ in range(2)]
    y = drawn(random, _KNOWN * (known[0] + known[1]) + problem.shift + UNKNOWN * rows.shared(random))
    unknown = (_KNOWN**2 + UNKNOWN**2) ** 0.5
    scores = [
        one
        for candidate, x in zip(comparison.candidates, known, strict=False)  # the last one guesses, and is not asked
        for one in rows.scores(candidate, y, sure(_KNOWN * x + problem.shift, unknown))
    ]
    found = contrast(scores, rows.folds, comparison)
    return {one.metric: "too much for" in apart(one) for one in found if one.has_interval}


@cache
def _comparison(splitting: Splitting) -> Comparison:
    return comparison_of(METRICS, splitting, nets=1, primary=("net_0", "baseline_0"))
