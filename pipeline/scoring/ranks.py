"""Pure functions for a rank plot: average ranks, and the largest groups that no test tells apart."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats


def average_ranks(scores: NDArray[np.float64], *, lower_is_better: bool) -> NDArray[np.float64]:
    """Returns the average rank of each candidate; 1 is the best, and a tie shares the mean of its ranks.

    No critical difference goes with them here. Demšar's (Nemenyi's) takes the rankings for independent, as those of
    different data sets are; folds of one data set share their rows, and it would find differences in mere luck. What
    joins candidates in our plot is ``largest_groups`` of a paired test that knows this.

    Source:
        Demšar (2006), Statistical comparisons of classifiers over multiple data sets, Journal of Machine Learning
        Research 7.

    Args:
        scores: ``(n_rankings, n_candidates)``; a ranking that lacks a score is left out.
        lower_is_better: Whether the lowest score has rank 1.

    Returns:
        ``(n_candidates,)``; NaN where no ranking is left.

    Example:
        Ranks 1, 2, 3 and then 2.5, 1, 2.5.

        >>> average_ranks(np.array([[0.9, 0.8, 0.7], [0.6, 0.9, 0.6]]), lower_is_better=False).tolist()
        [1.75, 1.5, 2.75]
    """
    complete = scores[np.isfinite(scores).all(axis=1)]
    if not len(complete):
        return np.full(scores.shape[1], np.nan)
    return np.asarray(stats.rankdata(complete if lower_is_better else -complete, axis=1).mean(axis=0))


def largest_groups(names: Sequence[str], apart: Callable[[str, str], bool]) -> tuple[tuple[str, ...], ...]:
    """Returns every group of two or more of which no two are apart, and which nobody could join.

    "Not told apart" is not transitive: where ``a`` and ``c`` differ, ``b`` may be like either, and is in two groups.

    Source:
        Bron & Kerbosch (1973), Algorithm 457: finding all cliques of an undirected graph, Communications of the ACM 16.

    Args:
        names: All of them; a group keeps their order.
        apart: Whether two differ; the same both ways round.

    Example:
        >>> largest_groups("abcd", lambda one, other: {one, other} in ({"a", "c"}, {"a", "d"}, {"b", "d"}))
        (('a', 'b'), ('b', 'c'), ('c', 'd'))
    """
    groups: list[tuple[str, ...]] = []

    def grow(group: set[str], joining: list[str], tried: list[str]) -> None:
        """Collects the groups that hold ``group``, some of ``joining`` and none of ``tried``."""
        if not joining and not tried:
            groups.append(tuple(name for name in names if name in group))
            return
        pivot = (joining + tried)[0]  # a largest group holds it or somebody apart from it
        for name in [name for name in joining if name == pivot or apart(name, pivot)]:
            like = [
                [other for other in others if other != name and not apart(other, name)] for others in (joining, tried)
            ]
            grow(group | {name}, *like)
            joining, tried = [other for other in joining if other != name], [*tried, name]

    grow(set(), list(names), [])
    return tuple(sorted((group for group in groups if len(group) > 1), key=lambda group: [*map(names.index, group)]))
