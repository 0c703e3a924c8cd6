"""What decisions cost and are worth, in pairs: nets against baselines, candidates against treating all alike."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from experiments.language import Decision
from pipeline.decisions.costs import theoretical_threshold
from pipeline.decisions.examination import Examined, threshold_name
from pipeline.decisions.intervals import Case, sampling_error
from pipeline.decisions.rows_tested import RowsTested
from pipeline.scoring.judgment import judge
from pipeline.scoring.result import Result
from pipeline.scoring.significance import Difference, corrected_difference, holm
from pipeline.scoring.tested import sizes_of
from pipeline.scoring.values import Contrast

_METHOD = (
    "corrected resampled t-test of the differences by fold (Nadeau & Bengio 2003), no surer than the rows that are "
    "decided otherwise"
)
_Z = float(stats.norm.ppf(0.975))


def cost_differences(
    result: Result,
    decision: Decision,
    examined: Mapping[str, Sequence[Examined]],
    rows: Mapping[str, RowsTested],
) -> tuple[Contrast, ...]:
    """Returns the paired differences in cost by the cheapest threshold, of each net to each baseline."""
    nets = {net.name for net in result.comparison.nets}
    pairs = [(one, other) for one in examined if one in nets for other in examined if other not in nets]
    found = []
    for one, other in pairs:
        costs = [np.array([each.outcomes["cheapest"]["cost"] for each in examined[name]]) for name in (one, other)]
        fewer = min(rows[one], rows[other], key=lambda each: each.n)
        least = _least_of_costs(examined[one], examined[other], fewer)
        found.append(_difference(np.subtract(*costs), decision.practical_equivalence, fewer, least))
    corrected = holm(np.array([difference.p_value for difference in found]))
    return tuple(
        _contrast(one, "net", other, "cost", difference, float(p_corrected), len(result.folds), lower_is_better=True)
        for (one, other), difference, p_corrected in zip(pairs, found, corrected, strict=True)
    )


def benefit_differences(
    result: Result,
    decision: Decision,
    examined: Mapping[str, Sequence[Examined]],
    rows: Mapping[str, RowsTested],
) -> tuple[Contrast, ...]:
    """Returns how much more net benefit each candidate has than raising everybody, and than raising nobody.

    To be worth more than both is shown where both tests show it, so the larger p-value counts (Berger 1982,
    Multiparameter hypothesis testing and acceptance sampling, Technometrics 24); Holm's correction is over candidates.
    """
    case = threshold_name(theoretical_threshold(decision.cost_ratio))
    equivalence = decision.practical_equivalence / decision.cost_ratio
    found: dict[str, dict[str, Difference]] = {}
    for name, own in examined.items():
        of = {key: np.array([one.benefits[case][key] for one in own]) for key in own[0].benefits[case]}
        least = _least_of_benefits(Case(name=case, values=of, rows=rows[name]))
        found[name] = {
            "everybody": _difference(of["net_benefit"] - of["everybody"], equivalence, rows[name], least["everybody"]),
            "nobody": _difference(of["net_benefit"], equivalence, rows[name], least["nobody"]),
        }
    corrected = holm(np.array([np.max([each.p_value for each in both.values()]) for both in found.values()]))
    families = {candidate.name: candidate.family for candidate in result.comparison.candidates}
    return tuple(
        _contrast(name, families[name], reference, "net_benefit", difference, float(p_corrected), len(result.folds))
        for (name, both), p_corrected in zip(found.items(), corrected, strict=True)
        for reference, difference in both.items()
    )


def _least_of_costs(one: Sequence[Examined], other: Sequence[Examined], rows: RowsTested) -> float:
    """Returns the standard error below which that of a difference in cost is not believed.

    Only rows tell that are decided otherwise by one than by the other: two that decide alike on all of them may differ
    on the next, unless they say the same of every row.
    """
    if all(_are_the_same(*both) for both in zip(one, other, strict=True)):
        return 0.0
    shares = np.mean([_decided_otherwise(*both) for both in zip(one, other, strict=True)], axis=0)
    r = rows.cost_ratio
    return sampling_error([r, -r, 1.0, -1.0], list(shares), rows.n, added=1.0)


def _are_the_same(one: Examined, other: Examined) -> bool:
    """Returns whether two have the same threshold, and the same probability of each row."""
    thresholds = [each.outcomes["cheapest"]["threshold"] for each in (one, other)]
    said, said_by_other = (each.test["as_trained"].probability for each in (one, other))
    return thresholds[0] == thresholds[1] and np.array_equal(said, said_by_other)


def _decided_otherwise(one: Examined, other: Examined) -> list[float]:
    """Returns the shares of rows that one misses alone, and the other, and for which one raises false alarm alone."""
    positive = one.test["as_trained"].positive
    raised = [each.test["as_trained"].probability > each.outcomes["cheapest"]["threshold"] for each in (one, other)]
    by_one, by_other = raised[0] & ~raised[1], raised[1] & ~raised[0]
    kinds = (positive & by_other, positive & by_one, ~positive & by_one, ~positive & by_other)
    return [float(kind.mean()) for kind in kinds]


def _least_of_benefits(case: Case) -> dict[str, float]:
    """Returns the same of a net benefit beside that of raising nobody, and everybody.

    Beside nobody rows tell that are raised, beside everybody those that are not.
    """
    threshold = theoretical_threshold(case.rows.cost_ratio)
    each, shares = threshold / (1 - threshold), case.rows.positive_shares
    missed, false = (case.of_rows(kind) for kind in ("type_1_error", "type_2_error"))
    raised = [float((shares - missed).mean()), float(false.mean())]
    left = [float(missed.mean()), float((1 - shares - false).mean())]
    return {
        "nobody": sampling_error([1.0, -each], raised, case.rows.n, added=1.0),
        "everybody": sampling_error([-1.0, each], left, case.rows.n, added=1.0),
    }


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


def _difference(values: NDArray[np.float64], equivalence: float, rows: RowsTested, least: float) -> Difference:
    if not rows.both_tell:
        return Difference(mean=float(values.mean()))
    least *= _Z / stats.t.ppf(0.975, len(values) - 1)  # it is of rows, which are many, not of folds
    return corrected_difference(values, equivalence=equivalence, least=float(least), **sizes_of(rows.folds))
