"""Questions that summaries and contrasts answer."""

from collections.abc import Sequence
from math import isfinite

from experiments.language import LOWER_IS_BETTER, Comparison
from pipeline.scoring.values import Contrast, Summary


def ranked(comparison: Comparison, summaries: Sequence[Summary]) -> list[Summary]:
    """Returns the summaries of the primary metric, best first; what could not be measured comes last."""
    sign = 1 if comparison.primary_metric in LOWER_IS_BETTER else -1
    primary = [summary for summary in summaries if summary.metric == comparison.primary_metric]
    return sorted(primary, key=lambda summary: sign * summary.mean if isfinite(summary.mean) else float("inf"))


def against(reference: str, comparison: Comparison, contrasts: Sequence[Contrast]) -> dict[str, Contrast]:
    """Returns the contrasts to a reference in the primary metric, by candidate."""
    primary = [item for item in contrasts if item.metric == comparison.primary_metric]
    return {item.candidate: item for item in primary if item.reference == reference}


def has_interval(item: Summary | Contrast) -> bool:
    """Tells whether both bounds are known."""
    return isfinite(item.low) and isfinite(item.high)
