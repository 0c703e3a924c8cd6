"""Tells a comparison as one self-contained HTML page; computes no statistic: means and intervals come with the call."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import isfinite

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from experiments.language import LOWER_IS_BETTER, Candidate, Comparison
from models.checks import require
from pipeline.comparison.differences import differences_section
from pipeline.comparison.figures.lines import CurveKind, curve_plot, learning_curves
from pipeline.comparison.figures.rows import interval_plot
from pipeline.comparison.images import ImagesSection
from pipeline.comparison.verdict import runner_up, verdict
from pipeline.data.values import Dataset, Fold
from pipeline.decisions.page import DecisionsSection
from pipeline.process import provenance
from pipeline.scoring import curves
from pipeline.scoring.metrics import METRIC_MEANINGS, METRIC_NAMES
from pipeline.scoring.result import has_interval, ranked
from pipeline.scoring.values import Contrast, Ranks, Scores, Summary
from pipeline.telling.canvas import Line
from pipeline.telling.page import render
from pipeline.training.values import Trained
from pipeline.words.declarations import describe, divide, tell_choices
from pipeline.words.names import heading, title
from pipeline.words.numbers import number

MOST_FOLDS = 20  # drawn as single lines: more add ink and bytes, not insight

_NET_LINES = tuple(
    Line(color=color, dashes=dashes, width=2.2)
    for dashes in ((), (7, 4), (2, 3))
    for color in ("net-1", "net-2", "net-3")
)
_BASELINE_LINES = (Line(color="baseline-1", width=2.2), Line(color="baseline-2", dashes=(7, 4), width=2.2))
_OTHER_LINE = Line(color="faint", width=1.2)
_FOLD_LINE = Line(color="faint", width=0.8)
_READ: dict[CurveKind, Callable[[Scores, Sequence[int]], NDArray[np.float64]]] = {
    "ROC": curves.roc,
    "Precision-recall": curves.precision_recall,
}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One metric of one candidate, as the table shows it."""

    mean: str
    interval: str
    best: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    """One candidate, as the page shows it, best first; ``share`` is of the slowest one's time, in percent."""

    candidate: Candidate
    title: str
    role: str
    settings: str
    cells: tuple[Cell, ...]
    n_parameters: str
    seconds: str
    total: str
    share: float
    confusion: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Spent:
    """How long nets and baselines took, all folds together."""

    n_nets: int
    n_baselines: int
    nets: str
    baselines: str


@dataclass(frozen=True, kw_only=True)
class Panel:
    """Drawings of one candidate."""

    title: str
    svgs: tuple[Markup, ...]


@dataclass(frozen=True, kw_only=True)
class Curves:
    """ROC and precision-recall curves: all candidates together, and each one fold by fold."""

    legend: tuple[tuple[str, Line], ...]
    together: tuple[Markup, ...]
    by_fold: tuple[Panel, ...]
    base_rate: float


def report(
    comparison: Comparison,
    dataset: Dataset,
    folds: Sequence[Fold],
    trained: Sequence[Trained],
    scores: Sequence[Scores],
    summaries: Sequence[Summary],
    contrasts: Sequence[Contrast],
    ranks: Ranks,
    *,
    decisions: DecisionsSection | None = None,
    images: ImagesSection | None = None,
    left_out: Sequence[str] = (),
    command: str = "",
) -> str:
    """Returns the HTML page of a comparison: the verdict first, then what it rests on, then how it was come by.

    Args:
        comparison: The declaration.
        dataset: Its data.
        folds: All of them, the first one first.
        trained: Each candidate on each fold.
        scores: Each candidate on each fold.
        summaries: Each candidate in each metric.
        contrasts: Every two candidates, both ways round.
        ranks: Of the candidates in the primary metric.
        decisions: At what threshold and what cost, where a decision is declared.
        images: What went wrong, of a set of images.
        left_out: What was not done, a sentence each.
        command: What the user typed to get this page.

    Returns:
        One page that loads nothing from elsewhere.

    Raises:
        ValueError: There is nothing to compare, or a candidate lacks a training, scores, a summary or a contrast.
    """
    _check(comparison, folds, trained, scores, summaries, contrasts)
    ranking = ranked(comparison, summaries)
    candidates = {candidate.name: candidate for candidate in comparison.candidates}
    order = [candidates[summary.candidate] for summary in ranking]
    classes = _classes(comparison, dataset)
    return render(
        "comparison.html",
        comparison=comparison,
        dataset=dataset,
        folds=folds,
        division=divide(comparison.splitting),
        rows=[_row(comparison, candidate, trained, scores, summaries) for candidate in order],
        names=METRIC_NAMES,
        meanings=METRIC_MEANINGS,
        lower_is_better=LOWER_IS_BETTER,
        verdict=verdict(comparison, summaries, contrasts),
        runner_up=runner_up(comparison, summaries, contrasts),
        interval_plot=_interval_plot(comparison, ranking, scores),
        differences=differences_section(comparison, order, contrasts, ranks),
        spent=_spent(order, trained),
        learning=_learning_panels(order, trained),
        classes=classes,
        curves=_curves(order, scores, classes, comparison.majority_class),
        most_folds=MOST_FOLDS,
        held_out=[f"{n:,}" for n in sorted({len(run.validation_rows) for run in trained} - {0})],
        methods=sorted({summary.method for summary in summaries}),
        paired_methods=sorted({item.method for item in contrasts if item.metric == comparison.primary_metric}),
        engines=sorted({run.engine for run in trained}),
        versions=provenance.versions(),
        machine=provenance.machine(),
        commit=provenance.git_commit(),
        decisions=decisions,
        images=images,
        left_out=left_out,
        command=command,
    )


def _check(
    comparison: Comparison,
    folds: Sequence[Fold],
    trained: Sequence[Trained],
    scores: Sequence[Scores],
    summaries: Sequence[Summary],
    contrasts: Sequence[Contrast],
) -> None:
    names = {candidate.name for candidate in comparison.candidates}
    require(len(names) > 1, "report", "a candidate beside the majority class", "Declare one.", candidates=names)
    require(len(folds) > 0, "report", "at least one fold", "Split the data first.", folds=folds)
    on_folds = {(name, fold.index) for name in names for fold in folds}
    untrained = sorted(on_folds - {(run.candidate.name, run.fold_index) for run in trained})
    require(not untrained, "report", "each candidate trained on each fold", "Train them.", untrained=untrained)
    unscored = sorted(on_folds - {(one.candidate, one.fold_index) for one in scores})
    require(not unscored, "report", "scores of each candidate on each fold", "Evaluate them.", unscored=unscored)
    wanted = {(name, metric) for name in names for metric in comparison.metrics}
    missing = sorted(wanted - {(summary.candidate, summary.metric) for summary in summaries})
    require(not missing, "report", "a summary of each candidate in each metric", "Compare them.", missing=missing)
    primary = {(c.candidate, c.reference) for c in contrasts if c.metric == comparison.primary_metric}
    unpaired = sorted(set(permutations(names, 2)) - primary)
    require(not unpaired, "report", "a contrast of every two candidates", "Contrast them.", unpaired=unpaired)


def _row(
    comparison: Comparison,
    candidate: Candidate,
    trained: Sequence[Trained],
    scores: Sequence[Scores],
    summaries: Sequence[Summary],
) -> Row:
    runs = [run for run in trained if run.candidate.name == candidate.name]
    own = {summary.metric: summary for summary in summaries if summary.candidate == candidate.name}
    slowest = max(_total([run for run in trained if run.candidate.name == c.name]) for c in comparison.candidates)
    chosen = [run.chosen for run in runs if run.chosen]
    parameters = {run.n_parameters for run in runs if run.n_parameters is not None}
    return Row(
        candidate=candidate,
        title=title(candidate.name),
        role="reference" if candidate.name == comparison.majority_class else candidate.family,
        settings=f"{describe(candidate)}; {tell_choices(chosen)}" if chosen else describe(candidate),
        cells=tuple(_cell(own[metric], summaries) for metric in comparison.metrics),
        n_parameters=f"{max(parameters):,}" if parameters else "–",
        seconds=_seconds(_total(runs) / len(runs)),
        total=_seconds(_total(runs)),
        share=100 * _total(runs) / slowest,
        confusion=np.sum([one.confusion for one in scores if one.candidate == candidate.name], axis=0),
    )


def _cell(summary: Summary, summaries: Sequence[Summary]) -> Cell:
    """Best is what cannot be told from the best at the decimals shown."""
    means = [other.mean for other in summaries if other.metric == summary.metric and isfinite(other.mean)]
    best = (min if summary.metric in LOWER_IS_BETTER else max)(means, default=summary.mean)
    return Cell(
        mean=number(summary.mean),
        interval=f"{number(summary.low)}–{number(summary.high)}" if has_interval(summary) else "",
        best=isfinite(summary.mean) and number(summary.mean) == number(best),
    )


def _interval_plot(comparison: Comparison, ranking: Sequence[Summary], scores: Sequence[Scores]) -> Markup:
    labels = {summary.candidate: title(summary.candidate) for summary in ranking}
    metric = heading(METRIC_NAMES[comparison.primary_metric])
    return Markup(interval_plot(ranking, scores, labels, reference=comparison.majority_class, title=metric))


def _learning_panels(order: Sequence[Candidate], trained: Sequence[Trained]) -> list[Panel]:
    panels = []
    for net in order:
        runs = [run for run in trained if run.candidate.name == net.name and run.history][:MOST_FOLDS]
        if runs:
            lengths = sorted({len(run.history["train_loss"]) for run in runs})
            epochs = " to ".join(str(length) for length in dict.fromkeys((lengths[0], lengths[-1])))
            label = f"Loss of {title(net.name)} by epoch, folds: {len(runs)}"
            svg = Markup(learning_curves(runs, label=label))
            panels.append(Panel(title=f"{title(net.name)}: {epochs} epochs", svgs=(svg,)))
    return panels


def _classes(comparison: Comparison, dataset: Dataset) -> Sequence[int]:
    """Returns the classes whose curves are drawn: the declared one, the second of two, or each against the rest."""
    if comparison.positive_class is not None:
        return [comparison.positive_class]
    return [1] if dataset.n_classes == 2 else range(dataset.n_classes)


def _curves(
    order: Sequence[Candidate], scores: Sequence[Scores], classes: Sequence[int], reference: str
) -> Curves | None:
    """Draws what has curves: the majority class has none, nor has a fold without test rows of the class."""
    lines = _lines([candidate for candidate in order if candidate.name != reference])
    drawable = [one for one in scores if one.candidate in lines and curves.drawable(one, classes)]
    if not drawable:
        return None
    folds = {name: [one for one in drawable if one.candidate == name][:MOST_FOLDS] for name in lines}
    base_rate = float(np.mean([curves.base_rate(one, classes) for one in next(iter(folds.values()))]))
    together: list[Markup] = []
    by_fold: defaultdict[str, list[Markup]] = defaultdict(list)
    for kind, read in _READ.items():
        heights = {name: np.array([read(one, classes) for one in own]) for name, own in folds.items()}
        pairs = [(lines[name], each.mean(axis=0)) for name, each in reversed(heights.items())]
        pairs.sort(key=lambda pair: pair[0] is not _OTHER_LINE)  # the faint ones at the back, the best in front
        label = f"{kind} curves of {len(lines)} candidates, mean over folds"
        together.append(Markup(curve_plot(kind, pairs, base_rate, label=label)))
        for name, each in heights.items():
            own_line = _BASELINE_LINES[0] if lines[name] is _OTHER_LINE else lines[name]
            pairs = [*((_FOLD_LINE, fold) for fold in each), (own_line, each.mean(axis=0))]
            label = f"{kind} curves of {title(name)}, each fold and their mean"
            by_fold[name].append(Markup(curve_plot(kind, pairs, base_rate, label=label, of=name)))
    legend = [(title(name), line) for name, line in lines.items() if line is not _OTHER_LINE]
    others = [("other candidates", _OTHER_LINE)] if len(legend) < len(lines) else []
    return Curves(
        legend=(*legend, *others),
        together=tuple(together),
        by_fold=tuple(Panel(title=title(name), svgs=tuple(svgs)) for name, svgs in by_fold.items()),
        base_rate=base_rate,
    )


def _lines(order: Sequence[Candidate]) -> dict[str, Line]:
    """Gives each net and the two best baselines a line of their own; the other baselines share a faint one."""
    nets, baselines = iter(_NET_LINES), iter(_BASELINE_LINES)
    return {candidate.name: next(nets if candidate.family == "net" else baselines, _OTHER_LINE) for candidate in order}


def _spent(order: Sequence[Candidate], trained: Sequence[Trained]) -> Spent:
    n_nets = sum(candidate.family == "net" for candidate in order)
    return Spent(
        n_nets=n_nets,
        n_baselines=len(order) - n_nets,
        nets=_seconds(_total([run for run in trained if run.candidate.family == "net"])),
        baselines=_seconds(_total([run for run in trained if run.candidate.family == "baseline"])),
    )


def _total(runs: Sequence[Trained]) -> float:
    return sum(run.seconds for run in runs)


def _seconds(seconds: float) -> str:
    if seconds < 0.01:
        return "< 0.01 s"
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:,.0f} s"
