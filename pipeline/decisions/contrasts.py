"""What decisions cost and are worth, in pairs: nets against baselines, candidates against treating all alike."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.language import Decision
from pipeline.data.values import Fold
from pipeline.decisions.costs import theoretical_threshold
from pipeline.decisions.examination import Examined, threshold_name
from pipeline.scoring.judgment import judge
from pipeline.scoring.result import Result
from pipeline.scoring.significance import Difference, corrected_difference, holm
from pipeline.scoring.tested import sizes_of
from pipeline.scoring.values import Contrast

_METHOD = "corrected resampled t-test of the differences by fold (Nadeau & Bengio 2003)"


def cost_differences(
    result: Result, decision: Decision, examined: Mapping[str, Sequence[Examined]]
) -> tuple[Contrast, ...]:
    """Returns the paired differences in cost by the cheapest threshold, of each net to each baseline."""
    costs = {name: np.array([one.outcomes["cheapest"]["cost"] for one in own]) for name, own in examined.items()}
    nets = {net.name for net in result.comparison.nets}
    pairs = [(one, other) for one in costs if one in nets for other in costs if other not in nets]
    equivalence = decision.practical_equivalence
    found = [_difference(costs[one] - costs[other], equivalence, result.folds) for one, other in pairs]
    corrected = holm(np.array([difference.p_value for difference in found]))
    return tuple(
        _contrast(one, "net", other, "cost", difference, float(p_corrected), len(costs[one]), lower_is_better=True)
        for (one, other), difference, p_corrected in zip(pairs, found, corrected, strict=True)
    )


def benefit_differences(
    result: Result, decision: Decision, examined: Mapping[str, Sequence[Examined]]
) -> tuple[Contrast, ...]:
    """Returns how much more net benefit each candidate has than raising everybody, and than raising nobody.

    To be worth more than both is shown where both tests show it, so the larger p-value counts (Berger 1982,
    Multiparameter hypothesis testing and acceptance sampling, Technometrics 24); Holm's correction is over candidates.
    """
    case = threshold_name(theoretical_threshold(decision.cost_ratio))
    equivalence = decision.practical_equivalence / decision.cost_ratio
    found: dict[str, dict[str, Difference]] = {}
    for name, own in examined.items():
        of = {key: np.array([one.benefits[case][key] for one in own]) for key in ("net_benefit", "everybody")}
        found[name] = {
            "everybody": _difference(of["net_benefit"] - of["everybody"], equivalence, result.folds),
            "nobody": _difference(of["net_benefit"], equivalence, result.folds),
        }
    corrected = holm(np.array([np.max([each.p_value for each in both.values()]) for both in found.values()]))
    families = {candidate.name: candidate.family for candidate in result.comparison.candidates}
    return tuple(
        _contrast(name, families[name], reference, "net_benefit", difference, float(p_corrected), len(result.folds))
        for (name, both), p_corrected in zip(found.items(), corrected, strict=True)
        for reference, difference in both.items()
    )


def _contrast(
    candidate: str,
    family: str,
    reference: str,
    metric: str,
    difference: Difference,
    p_corrected: float,
    n: int,
    *,
    lower_is_better: bool = False,
) -> Contrast:
    better = difference.turned if lower_is_better else difference
    return Contrast(
        candidate=candidate,
        family=family,
        reference=reference,
        metric=metric,
        difference=difference.mean,
        low=difference.low,
        high=difference.high,
        p_value=difference.p_value,
        p_corrected=p_corrected,
        better=better.above,
        equal=better.within,
        worse=better.below,
        judgment=judge(better, p_corrected),
        n=n,
        method=_METHOD,
    )


def _difference(values: NDArray[np.float64], equivalence: float, folds: Sequence[Fold]) -> Difference:
    if len(values) == 1 or folds[0].stretches is not None:
        return Difference(mean=float(values.mean()))
    return corrected_difference(values, equivalence=equivalence, **sizes_of(folds))
