"""The main figures of a comparison as files of their own, for MLflow."""

from collections.abc import Sequence

from experiments.language import Comparison
from pipeline.comparison.figures.rows import difference_plot, interval_plot
from pipeline.scoring.metrics import METRIC_NAMES
from pipeline.scoring.result import against, ranked
from pipeline.scoring.values import Contrast, Scores, Summary
from pipeline.telling.figure import Figure
from pipeline.words.names import heading, title


def pictures(
    comparison: Comparison, scores: Sequence[Scores], summaries: Sequence[Summary], contrasts: Sequence[Contrast]
) -> tuple[Figure, ...]:
    """Draws the intervals of the primary metric, and the paired differences to the best candidate."""
    order = ranked(comparison, summaries)
    labels = {summary.candidate: title(summary.candidate) for summary in order}
    metric, best = METRIC_NAMES[comparison.primary_metric], order[0].candidate
    intervals = interval_plot(order, scores, labels, reference=comparison.majority_class, title=heading(metric))
    drawn = [Figure(title="Intervals", caption="The mean, its 95 % interval, and a dot for each fold.", svg=intervals)]
    to_best = against(best, comparison, contrasts)
    if shown := [to_best[name] for name in labels if name in to_best and name != comparison.majority_class]:
        differences = difference_plot(
            shown, labels, equivalence=comparison.practical_equivalence, title=f"Difference in {metric}"
        )
        caption = f"Paired differences to {title(best)} with their 95 % intervals; the band makes no difference."
        drawn.append(Figure(title="Differences to the best", caption=caption, svg=differences))
    return tuple(drawn)
