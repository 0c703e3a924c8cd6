"""How often the words are wrong, and how often right: comparisons of classifiers of known worth, told by the product.

What is counted are the sentences of verdict and champion and of each difference, not the numbers behind them.
"""

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import islice
from math import nan
from unittest.mock import patch

import numpy as np
from scipy import stats

from benchmarks.coverage.cells import Setting
from benchmarks.coverage.product import GUESS, dataset_of, scored
from benchmarks.coverage.spread import Effort, Share, share
from pipeline.comparison.champion import champion
from pipeline.comparison.verdict import apart, verdict
from pipeline.data.split import split
from pipeline.data.values import Dataset, Fold
from pipeline.scoring import winner
from pipeline.scoring.compare import gather
from pipeline.scoring.contrasts import PAIRED_STEADY
from pipeline.scoring.result import Result
from pipeline.scoring.values import Contrast, Question, Scores

_LARGE = "too much for"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What was told of one comparison.

    Attributes:
        registered: Whether the gate passed.
        primary: Whether a difference that was asked for is called too much for chance, for better or worse.
        exploratory: Whether another one is.
        guess: Whether one is called better than guessing.
        beats: Whether the verdict says that the best beats the best of the other family.
        found: Whether the first net is called better than the first baseline.
        equal: Whether it is called practically equal to it.
        by_rows: Whether their difference was tested by rows, each once.
        observed: The winner's mean; NaN where no mean is known, as a fold without a positive row has no precision.
        corrected: For the choice.
        bounds: Of the corrected mean.
        plain: Bounds of the observed one.
    """

    registered: bool
    primary: bool
    exploratory: bool
    guess: bool
    beats: bool
    found: bool
    equal: bool
    by_rows: bool
    observed: float
    corrected: float
    bounds: tuple[float, float]
    plain: tuple[float, float]


def told(setting: Setting, effort: Effort, n: int | None = None, *, winners: bool = False) -> list[Said]:
    """Returns what was told of each of so many comparisons.

    Args:
        setting: What is compared.
        effort: How often.
        n: How often instead.
        winners: Whether the winner's corrected mean is asked for; without, it is not resampled, for nothing else that
            is counted hangs on it.
    """
    return effort.spread(partial(_simulated, setting, winners), n or effort.gates)


def _simulated(setting: Setting, winners: bool, n: int, random: np.random.Generator) -> list[Said]:
    with nullcontext() if winners else patch.object(winner, "_corrected", return_value=nan):
        return _compared(setting, n, random)


def _compared(setting: Setting, n: int, random: np.random.Generator) -> list[Said]:
    drawn = islice(comparisons(setting, random), n)
    return [said(gather(setting.comparison, dataset, tuple(folds), [], scores)) for dataset, folds, scores in drawn]


def comparisons(
    setting: Setting, random: np.random.Generator
) -> Iterator[tuple[Dataset, Sequence[Fold], list[Scores]]]:
    """Yields fresh rows of a setting, again and again, with their folds and what its candidates score on them."""
    while True:
        X, y = setting.drawn(setting.n_rows, random)
        dataset = dataset_of(X, y, 2)
        try:
            folds = split(dataset, setting.splitting, seed=int(random.integers(2**31)))
        except ValueError:  # refused for too few rows of a class: such a comparison is never run
            continue
        scores = []
        for number, candidate in enumerate(setting.comparison.candidates):
            models = [setting.fitted(number, X[fold.train_rows], y[fold.train_rows]) for fold in folds]
            scores += scored(candidate, models, dataset, folds, setting.comparison)
        yield dataset, folds, scores


def said(result: Result) -> Said:
    """Reads the sentences of a result."""
    chosen, sentences, won_by = champion(result), verdict(result), result.winner
    assert chosen is not None  # a gate is declared
    best = result.ranked[0] if result.ranked[0] != result.reference else result.ranked[1]
    pair = _pair(result)
    asked = sentences.split(". ")[0] if result.comparison.primary else ""
    return Said(
        registered=chosen.passes,
        primary=_alarms(result.contrasts, "primary"),
        exploratory=_alarms(result.contrasts, "exploratory"),
        guess=any(
            _LARGE in apart(one) and one.judgment == "better" for one in result.contrasts if one.reference == GUESS
        ),
        beats="; it beats the best" in sentences,
        found=_LARGE in (asked or _apart(pair)) and pair is not None and pair.judgment == "better",
        equal="practically equal" in (asked or _apart(pair)),
        by_rows=pair is not None and pair.method == PAIRED_STEADY,
        observed=won_by.observed if won_by else nan,
        corrected=won_by.mean if won_by else nan,
        bounds=(won_by.low, won_by.high) if won_by else (nan, nan),
        plain=(best.low, best.high),
    )


def _pair(result: Result) -> Contrast | None:
    """Returns how the first net stands to the first baseline."""
    return result.against("baseline_0").get("net_0") if result.comparison.nets else None


def _apart(pair: Contrast | None) -> str:
    return "" if pair is None else apart(pair)


def _alarms(contrasts: Sequence[Contrast], question: Question) -> bool:
    return any(_LARGE in apart(one) for one in contrasts if one.question == question)


@dataclass(frozen=True, kw_only=True)
class Won:
    """The winner's figures over many comparisons of equal candidates.

    Attributes:
        truth: What each of them is worth, on test sets as large as a fold's.
        on_many: The same on many rows.
        observed: Mean of the winner's own means, less the truth.
        corrected: Of those that are corrected for the choice.
        error: Standard error of the latter.
        held: Corrected intervals that hold the truth.
        plain: Uncorrected ones.
    """

    truth: float
    on_many: float
    observed: float
    corrected: float
    error: float
    held: Share
    plain: Share

    def within(self, most: float) -> bool:
        """Returns whether the corrected mean's bias may be so small."""
        return abs(self.corrected) - stats.norm.isf(0.025) * self.error <= most


def won(setting: Setting, effort: Effort, n: int | None = None) -> Won:
    """Returns what the winner of equal candidates is said to be worth."""
    (truth, on_many), found = setting.true_scores(0, np.random.default_rng(1)), told(setting, effort, n, winners=True)
    corrected = np.array([one.corrected for one in found])
    return Won(
        truth=truth,
        on_many=on_many,
        observed=float(np.mean([one.observed for one in found])) - truth,
        corrected=float(corrected.mean()) - truth,
        error=float(corrected.std(ddof=1) / np.sqrt(len(found))),
        held=share([one.bounds[0] <= truth <= one.bounds[1] for one in found]),
        plain=share([one.plain[0] <= truth <= one.plain[1] for one in found]),
    )
