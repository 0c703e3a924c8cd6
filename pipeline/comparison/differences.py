"""The report's sections on differences: each candidate to the best, every two of them, and their ranks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isfinite

from markupsafe import Markup

from experiments.language import Candidate, Comparison
from pipeline.comparison.figures.rows import difference_plot, rank_plot
from pipeline.scoring.metrics import METRIC_NAMES
from pipeline.scoring.result import has_interval
from pipeline.scoring.values import Contrast, Ranks
from pipeline.words.names import title
from pipeline.words.numbers import number


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One paired difference, the candidate's score minus the reference's, as the page shows it."""

    candidate: str
    role: str
    reference: str
    difference: str
    rounded: str
    interval: str
    p: str
    judgment: str
    probabilities: str


@dataclass(frozen=True, kw_only=True)
class MatrixRow:
    """One candidate minus each; ``None`` minus itself."""

    title: str
    role: str
    pairs: tuple[Pair | None, ...]


@dataclass(frozen=True, kw_only=True)
class DifferencesSection:
    """What ``differences.html`` tells.

    Attributes:
        best: Name of the first.
        plot: Of the differences to the best; ``None`` where there is only the majority class to compare.
        to_best: All others minus the best.
        matrix: Each minus each, best first.
        pairs: Every two once, the better one first.
        counts: How many pairs are told apart, are practically equal, or cannot be judged, each pair by itself; and how
            many have a p below 0.05 when corrected for all of them.
        rank_plot: Average ranks; ``None`` where none could be given.
        ranked: Over what they were averaged.
    """

    best: str
    plot: Markup | None
    to_best: tuple[Pair, ...]
    matrix: tuple[MatrixRow, ...]
    pairs: tuple[Pair, ...]
    counts: Mapping[str, int]
    rank_plot: Markup | None
    ranked: str


def differences_section(
    comparison: Comparison, order: Sequence[Candidate], contrasts: Sequence[Contrast], ranks: Ranks
) -> DifferencesSection:
    """Draws and words the differences in the primary metric.

    Args:
        comparison: The declaration.
        order: Its candidates, best first.
        contrasts: Of every two of them, both ways round.
        ranks: Of all of them.
    """
    roles = {c.name: "reference" if c.name == comparison.majority_class else c.family for c in order}
    found = {(c.candidate, c.reference): c for c in contrasts if c.metric == comparison.primary_metric}
    pairs = {names: _pair(contrast, roles[contrast.candidate]) for names, contrast in found.items()}
    best, *others = roles
    once = list(combinations(roles, 2))
    return DifferencesSection(
        best=title(best),
        plot=_difference_plot(comparison, [found[name, best] for name in others]),
        to_best=tuple(pairs[name, best] for name in others),
        matrix=tuple(
            MatrixRow(title=title(name), role=role, pairs=tuple(pairs.get((name, other)) for other in roles))
            for name, role in roles.items()
        ),
        pairs=tuple(pairs[names] for names in once),
        counts=_counts([found[names] for names in once]),
        rank_plot=_rank_plot(ranks, roles),
        ranked=f"{ranks.n} {ranks.over}",
    )


def _pair(contrast: Contrast, role: str) -> Pair:
    shares = [f"{100 * probability:.0f}" for probability in (contrast.better, contrast.equal, contrast.worse)]
    known = has_interval(contrast)
    return Pair(
        candidate=title(contrast.candidate),
        role=role,
        reference=title(contrast.reference),
        difference=number(contrast.difference),
        rounded=_rounded(contrast.difference),
        interval=f"{number(contrast.low)} to {number(contrast.high)}" if known else "",
        p="< 0.0001" if contrast.p_holm < 0.0001 else number(contrast.p_holm),
        judgment=title(contrast.judgment),
        probabilities=f"{' / '.join(shares)} %" if known else "",
    )


def _rounded(value: float) -> str:
    """Returns three decimals with their sign, or a dash for what is not known."""
    return f"{value:+z.3f}".replace("-", "−").replace("+0.000", "0.000") if isfinite(value) else "–"


def _counts(once: Sequence[Contrast]) -> dict[str, int]:
    judgments = [contrast.judgment for contrast in once]
    return {
        "apart": sum(judgment in {"better", "worse"} for judgment in judgments),
        "practically_equal": judgments.count("practically_equal"),
        "cannot_say": judgments.count("cannot_say"),
        "significant": sum(contrast.p_holm < 0.05 for contrast in once),
    }


def _difference_plot(comparison: Comparison, to_best: Sequence[Contrast]) -> Markup | None:
    shown = [contrast for contrast in to_best if contrast.candidate != comparison.majority_class]
    if not shown:
        return None
    labels = {contrast.candidate: title(contrast.candidate) for contrast in shown}
    metric = f"Difference in {METRIC_NAMES[comparison.primary_metric]}"
    return Markup(difference_plot(shown, labels, equivalence=comparison.practical_equivalence, title=metric))


def _rank_plot(ranks: Ranks, roles: Mapping[str, str]) -> Markup | None:
    labels = {name: title(name) for name in roles}
    return Markup(rank_plot(ranks, roles, labels)) if all(map(isfinite, ranks.average.values())) else None
