"""What the best of several candidates is worth, once the choice among them is paid for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from experiments.language import Comparison
from experiments.language.metric import metric as declared
from pipeline.data.values import Fold
from pipeline.scoring.clusters import cluster_draws
from pipeline.scoring.redrawn import mean_of_folds, weighted_on
from pipeline.scoring.rows import rows_of
from pipeline.scoring.taken import by_candidate, values_of
from pipeline.scoring.values import Scores, Summary

_NAN = float("nan")
_RESAMPLES = 500
_AT_ONCE = 2**21  # weights; tens of milliseconds between two chances to interrupt


@dataclass(frozen=True, kw_only=True)
class Winner:
    """The candidate of the best mean in the primary metric, corrected for having been chosen by it.

    Attributes:
        candidate: Its name.
        observed: Its mean, which is too good: it was chosen by it.
        mean: The corrected one, never better than the observed; NaN where no redrawn rows can be scored.
        low: Lower bound of its 95 % interval, moved as the mean was.
        high: Upper bound.
        n_candidates: Among which it was chosen.
    """

    candidate: str
    observed: float
    mean: float
    low: float
    high: float
    n_candidates: int

    @property
    def has_interval(self) -> bool:
        """Whether both bounds are known."""
        return isfinite(self.low) and isfinite(self.high)


def winner(
    scores: Sequence[Scores], folds: Sequence[Fold], comparison: Comparison, summaries: Sequence[Summary]
) -> Winner | None:
    """Returns the best candidate with its mean corrected for the choice; guessing is never chosen.

    The choice is made again on bootstrapped rows, and the chosen one is scored on the rows that were left out: on the
    predictions that are there already, nothing is trained. What the chosen one's advantage shrinks to is what the
    choice is worth.

    Formula:
        With ``m_c`` the mean of candidate ``c`` on all rows, ``o_bc`` on the rows that bootstrap ``b`` left out,
        ``j_b`` the best on the rows that it drew, ``w_c`` how often that is ``c``, and ``s`` the slope of
        ``mean_b(o_bc)`` on ``m_c``: ``sum_c w_c m_c + mean_b(o_b[j_b] - sum_c w_c o_bc) / s``. The first term is the
        mean of what is chosen, the second what the rows that did not choose say against it. With one clear winner it
        is its own mean. An average precision of few rows is too high, and the more so the lower it is: the slope takes
        what is told by the rows left out to as many as there are. It is drawn towards 1 by the variance that a mean
        has by chance. ``docs/statistics.md`` simulates it. What is better than the observed mean is not told: the
        correction is for optimism, to have chosen by a mean cannot have made it too low, and so what is beyond it is
        the estimate's own error, where candidates are tied or nearly all rows have one number; the observed one stands.

    Source:
        Tsamardinos, Greasidou & Borboudakis (2018), Bootstrapping the out-of-sample predictions for efficient and
        accurate cross-validation, Machine Learning 107. There the rows of all folds are one sample; here each fold is
        scored by itself, as everywhere in this product, and a score that depends on the number of rows, as an average
        precision does, is compared with scores on as many.

    Args:
        scores: Of every candidate on every fold.
        folds: All of them.
        comparison: The declaration.
        summaries: Of every candidate.

    Returns:
        ``None`` where there is none to choose from, or the best mean is not known.
    """
    metric = declared(comparison.primary_metric)
    sign = -1 if metric.lower_is_better else 1
    own = {name: one for name, one in by_candidate(scores, comparison).items() if name != comparison.dummy}
    means = {one.candidate: one for one in summaries if one.metric == metric.name and one.candidate in own}
    known = {name: sign * one.mean for name, one in means.items() if isfinite(one.mean)}
    if not known:
        return None
    best = means[max(known, key=lambda name: known[name])]
    mean = best.mean
    if len(known) > 1:
        corrected = _corrected({name: own[name] for name in known}, folds, comparison, sign)
        mean = sign * min(corrected, sign * mean) if isfinite(corrected) else _NAN
    lowest, highest = metric.bounds
    moved = mean - best.mean
    return Winner(
        candidate=best.candidate,
        observed=best.mean,
        mean=mean,
        low=max(best.low + moved, lowest) if best.low > lowest else best.low,
        high=min(best.high + moved, highest) if best.high < highest else best.high,
        n_candidates=len(known),
    )


def _corrected(own: Mapping[str, Sequence[Scores]], folds: Sequence[Fold], comparison: Comparison, sign: int) -> float:
    """Returns the corrected mean, turned so that higher is better; NaN where no redrawn rows can be scored."""
    metric = comparison.primary_metric
    on_all = sign * np.array([np.nanmean(values_of(metric, items)) for items in own.values()])
    drawn, left_out = (
        sign * np.concatenate(parts, axis=1) for parts in zip(*_resampled(own, folds, comparison), strict=True)
    )
    usable = np.isfinite(drawn).all(axis=0) & np.isfinite(left_out).all(axis=0)
    if not usable.any():
        return _NAN
    drawn, left_out = drawn[:, usable], left_out[:, usable]
    chosen = drawn.argmax(axis=0)
    weight = np.bincount(chosen, minlength=len(own)) / len(chosen)
    others = left_out.mean(axis=1)
    against = left_out[chosen, np.arange(len(chosen))].mean() - weight @ others
    return float(weight @ on_all + against / _slope(on_all, others, drawn))


def _slope(on_all: NDArray[np.float64], others: NDArray[np.float64], drawn: NDArray[np.float64]) -> float:
    """Returns by how much a mean on left-out rows grows with that on all rows, drawn towards 1, a half at least."""
    chance = (drawn - drawn.mean(axis=0)).var(axis=1).mean()
    away = on_all - on_all.mean()
    spread = away @ away + chance
    grown = away @ (others - others.mean()) + chance
    return max(float(grown / spread), 0.5) if spread > 0 else 1.0  # of few candidates it is a guess


def _resampled(
    own: Mapping[str, Sequence[Scores]], folds: Sequence[Fold], comparison: Comparison
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Yields the primary metric of each candidate on bootstrapped rows, and on those that were left out.

    A mean is over the folds on which the metric can be measured.
    """
    rows = np.unique(np.concatenate([fold.test_rows for fold in folds]))
    places = [np.searchsorted(rows, fold.test_rows) for fold in folds]
    for counts in _drawn(next(iter(own.values())), folds, len(rows)):
        weights = [counts[place] for place in places]
        others = [(one == 0).astype(np.int32) for one in weights]
        yield _means(weights, own, comparison), _means(others, own, comparison)


def _drawn(own: Sequence[Scores], folds: Sequence[Fold], n_rows: int) -> Iterator[NDArray[np.int32]]:
    """Yields how often bootstrapped test sets have each row, ``(n_rows, n_sets)``; what hangs together is one unit."""
    if own[0].clusterings:
        yield from cluster_draws(rows_of(own, folds).clusterings, seed=folds[0].seed, n_resamples=_RESAMPLES)
        return
    random = np.random.default_rng(folds[0].seed)
    n_sets = max(_AT_ONCE // n_rows, 1)
    for start in range(0, _RESAMPLES, n_sets):
        n = min(n_sets, _RESAMPLES - start)
        yield random.multinomial(n_rows, np.full(n_rows, 1 / n_rows), size=n).astype(np.int32).T


def _means(
    weights: Sequence[NDArray[np.int32]], own: Mapping[str, Sequence[Scores]], comparison: Comparison
) -> NDArray[np.float64]:
    """Returns each candidate's mean over folds of the primary metric under weights, ``(n_candidates, n_sets)``."""
    return np.stack([_mean(weights, items, comparison) for items in own.values()])


def _mean(weights: Sequence[NDArray[np.int32]], items: Sequence[Scores], comparison: Comparison) -> NDArray[np.float64]:
    metric, positive_class = comparison.primary_metric, comparison.positive_class
    values = [weighted_on(metric, item, weights[item.fold_index], positive_class) for item in items]
    return mean_of_folds(np.stack(values))
