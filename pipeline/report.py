"""Tells a comparison as one self-contained HTML page; computes no statistic: means and intervals come with the call."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from math import isfinite

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from numpy.typing import NDArray

from experiments.checks import require
from experiments.spec import LOWER_IS_BETTER, Baseline, Candidate, Comparison, ConvNet, DenseNet, Net, Training
from pipeline import figures
from pipeline.figures import CurveKind, Line
from pipeline.values import Dataset, Fold, Scores, Summary, Trained

MOST_FOLDS = 20  # drawn as single lines: more add ink and bytes, not insight

METRIC_TITLES = {
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced accuracy",
    "roc_auc": "ROC-AUC",
    "average_precision": "Average precision",
    "f1": "F1",
    "log_loss": "Log loss",
    "brier_score": "Brier score",
    "type_1_error": "Type I error",
    "type_2_error": "Type II error",
}
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_LIBRARIES = ("tensorflow", "keras", "scikit-learn", "numpy", "matplotlib")
_INPUTS = {
    "raw": "inputs as they come",
    "standardize": "inputs as z-scores",
    "quantile_normal": "each input mapped to normal quantiles",
    "rescale": "pixels divided by the largest value",
}
_NET_LINES = tuple(
    Line(color=color, dashes=dashes, width=2.2)
    for dashes in ((), (7, 4), (2, 3))
    for color in ("net-1", "net-2", "net-3")
)
_BASELINE_LINES = (Line(color="baseline-1", width=2.2), Line(color="baseline-2", dashes=(7, 4), width=2.2))
_OTHER_LINE = Line(color="faint", width=1.2)
_FOLD_LINE = Line(color="faint", width=0.8)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One metric of one candidate, as the table shows it."""

    mean: str
    interval: str
    best: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    """One candidate, as the page shows it, best first."""

    candidate: Candidate
    title: str
    role: str
    settings: str
    cells: tuple[Cell, ...]
    n_parameters: str
    seconds: str
    confusion: NDArray[np.int64]


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
    macro: bool


def report(
    comparison: Comparison,
    dataset: Dataset,
    folds: Sequence[Fold],
    trained: Sequence[Trained],
    scores: Sequence[Scores],
    summaries: Sequence[Summary],
    *,
    left_out: Sequence[str] = (),
    command: str = "",
) -> str:
    """Returns the HTML page of a comparison: verdict, table, figures, data, method.

    Args:
        comparison: The declaration.
        dataset: Its data.
        folds: All of them, the first one first.
        trained: Each candidate on each fold.
        scores: Each candidate on each fold.
        summaries: Each candidate in each metric.
        left_out: What was not done, a sentence each.
        command: What the user typed to get this page.

    Returns:
        One page that loads nothing from elsewhere.

    Raises:
        ValueError: If there are no folds, or a candidate lacks a summary or scores.
    """
    _check(comparison, folds, scores, summaries)
    ranked = _ranked(comparison, summaries)
    candidates = {candidate.name: candidate for candidate in comparison.candidates}
    order = [candidates[summary.candidate] for summary in ranked]
    environment = Environment(
        loader=PackageLoader("pipeline"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("comparison.html").render(
        comparison=comparison,
        dataset=dataset,
        folds=folds,
        rows=[_row(comparison, candidate, trained, scores, summaries) for candidate in order],
        metrics=[(METRIC_TITLES[metric], metric in LOWER_IS_BETTER) for metric in comparison.metrics],
        primary_title=METRIC_TITLES[comparison.primary_metric],
        verdict=_verdict(comparison, ranked),
        other_family=_other_family(comparison, ranked),
        interval_plot=_interval_plot(comparison, ranked, scores),
        learning=_learning_panels(order, trained),
        curves=_curves(comparison, dataset, order, scores),
        most_folds=MOST_FOLDS,
        splitting=_splitting(comparison),
        held_out=sorted({len(run.validation_rows) for run in trained if len(run.validation_rows)}),
        methods=sorted({summary.method for summary in summaries}),
        engines=sorted({run.engine for run in trained}),
        versions=[("Python", platform.python_version()), *((name, version(name)) for name in _LIBRARIES)],
        machine=platform.platform(),
        left_out=left_out,
        command=command,
    )


def _check(
    comparison: Comparison, folds: Sequence[Fold], scores: Sequence[Scores], summaries: Sequence[Summary]
) -> None:
    names = {candidate.name for candidate in comparison.candidates}
    require(len(folds) >= 1, "report", "at least one fold", "Split the data first.", folds=len(folds))
    scored = {(one.candidate, one.fold_index) for one in scores}
    unscored = sorted({(name, fold.index) for name in names for fold in folds} - scored)
    require(not unscored, "report", "scores of each candidate on each fold", "Evaluate them.", unscored=unscored)
    summarized = {(one.candidate, one.metric) for one in summaries}
    missing = sorted({(name, metric) for name in names for metric in comparison.metrics} - summarized)
    require(not missing, "report", "a summary of each candidate in each metric", "Compare them.", missing=missing)


def _ranked(comparison: Comparison, summaries: Sequence[Summary]) -> list[Summary]:
    """Returns the summaries of the primary metric, best first; among equals the order of the declaration."""
    order = {candidate.name: place for place, candidate in enumerate(comparison.candidates)}
    sign = 1 if comparison.primary_metric in LOWER_IS_BETTER else -1
    primary = [summary for summary in summaries if summary.metric == comparison.primary_metric]
    return sorted(primary, key=lambda summary: (sign * summary.mean, order[summary.candidate]))


def _row(
    comparison: Comparison,
    candidate: Candidate,
    trained: Sequence[Trained],
    scores: Sequence[Scores],
    summaries: Sequence[Summary],
) -> Row:
    runs = [run for run in trained if run.candidate.name == candidate.name]
    own = {summary.metric: summary for summary in summaries if summary.candidate == candidate.name}
    parameters = {run.n_parameters for run in runs if run.n_parameters is not None}
    return Row(
        candidate=candidate,
        title=_title(candidate.name),
        role="reference" if candidate.name == _reference(comparison) else candidate.family,
        settings=_settings(candidate),
        cells=tuple(_cell(own[metric], summaries) for metric in comparison.metrics),
        n_parameters=f"{max(parameters):,}" if parameters else "–",
        seconds=f"{sum(run.seconds for run in runs) / len(runs):.2f}" if runs else "–",
        confusion=np.sum([one.confusion for one in scores if one.candidate == candidate.name], axis=0),
    )


def _cell(summary: Summary, summaries: Sequence[Summary]) -> Cell:
    """Best is what cannot be told from the best at the decimals shown."""
    means = [other.mean for other in summaries if other.metric == summary.metric and isfinite(other.mean)]
    best = min(means) if summary.metric in LOWER_IS_BETTER else max(means)
    interval = f"{_number(summary.low)} to {_number(summary.high)}" if _has_interval(summary) else ""
    return Cell(mean=_number(summary.mean), interval=interval, best=_number(summary.mean) == _number(best))


def _verdict(comparison: Comparison, ranked: Sequence[Summary]) -> str:
    """One sentence: who is best, beside guessing, and whether the next one is apart."""
    metric = METRIC_TITLES[comparison.primary_metric]
    reference = next(summary for summary in ranked if summary.candidate == _reference(comparison))
    best, *others = ranked
    if best is reference:
        return f"By {metric}, no candidate is better than the majority class: {_with_interval(reference)}."
    verdict = (
        f"By {metric}, {_title(best.candidate)}, a {best.family}, is best: {_with_interval(best)}, "
        f"beside {_number(reference.mean)} for the majority class"
    )
    second = others[0]
    if not (_has_interval(best) and _has_interval(second)):
        return f"{verdict}; one fold gives no interval, so chance cannot be judged."
    apart = best.low > second.high or best.high < second.low
    overlap = "does not overlap" if apart else "overlaps"
    return (
        f"{verdict}; its interval {overlap} that of the next best, {_title(second.candidate)} ({_number(second.mean)})."
    )


def _other_family(comparison: Comparison, ranked: Sequence[Summary]) -> str:
    """Says where the best of the other family stands, since nets against baselines is the question."""
    best = ranked[0].family
    for place, summary in enumerate(ranked, start=1):
        if summary.family != best and summary.candidate != _reference(comparison):
            title = _title(summary.candidate)
            return f"The best {summary.family}, {title}, is number {place} of {len(ranked)}: {_with_interval(summary)}."
    return ""


def _interval_plot(comparison: Comparison, ranked: Sequence[Summary], scores: Sequence[Scores]) -> Markup:
    labels = {summary.candidate: _title(summary.candidate) for summary in ranked}
    title = METRIC_TITLES[comparison.primary_metric]
    return Markup(figures.interval_plot(ranked, scores, labels, reference=_reference(comparison), title=title))


def _learning_panels(order: Sequence[Candidate], trained: Sequence[Trained]) -> list[Panel]:
    panels = []
    for net in order:
        runs = [run for run in trained if run.candidate.name == net.name and run.history][:MOST_FOLDS]
        if runs:
            label = f"Loss of {_title(net.name)} by epoch in {len(runs)} folds"
            panels.append(Panel(title=_title(net.name), svgs=(Markup(figures.learning_curves(runs, label=label)),)))
    return panels


def _curves(comparison: Comparison, dataset: Dataset, order: Sequence[Candidate], scores: Sequence[Scores]) -> Curves:
    if comparison.positive_class is not None:
        classes = [comparison.positive_class]
    else:
        classes = [1] if dataset.n_classes == 2 else list(range(dataset.n_classes))
    drawn = [c for c in order if c.name != _reference(comparison)]
    lines = _lines(drawn)
    first = [one for one in scores if one.candidate == order[0].name]
    guess = float(np.mean([figures.base_rate(one, classes) for one in first]))
    together: list[Markup] = []
    by_fold: dict[str, list[Markup]] = {candidate.name: [] for candidate in drawn}
    kinds: tuple[tuple[CurveKind, str], ...] = (("roc", "ROC"), ("precision_recall", "Precision-recall"))
    for kind, title in kinds:
        points = figures.roc if kind == "roc" else figures.precision_recall
        of_folds = {
            candidate.name: [points(one, classes) for one in scores if one.candidate == candidate.name][:MOST_FOLDS]
            for candidate in drawn
        }
        means = {name: np.mean(curves, axis=0) for name, curves in of_folds.items()}
        pairs = [(lines[candidate.name], means[candidate.name]) for candidate in reversed(drawn)]
        pairs.sort(key=lambda pair: pair[0] != _OTHER_LINE)  # the faint ones at the back
        label = f"{title} curves of {len(drawn)} candidates, the mean over folds"
        together.append(Markup(figures.curve_plot(kind, kind, pairs, guess, label=label)))
        for name, curves in of_folds.items():
            own = Line(color="net-1" if lines[name].color.startswith("net") else "baseline-1", width=2.2)
            pairs = [*((_FOLD_LINE, curve) for curve in curves), (own, means[name])]
            label = f"{title} curves of {_title(name)}, each fold and their mean"
            by_fold[name].append(Markup(figures.curve_plot(f"{kind}-{name}", kind, pairs, guess, label=label)))
    named = [
        (_title(candidate.name), lines[candidate.name]) for candidate in drawn if lines[candidate.name] != _OTHER_LINE
    ]
    others = [("other baselines", _OTHER_LINE)] if len(named) < len(drawn) else []
    return Curves(
        legend=(*named, *others),
        together=tuple(together),
        by_fold=tuple(Panel(title=_title(name), svgs=tuple(svgs)) for name, svgs in by_fold.items()),
        macro=len(classes) > 1,
    )


def _lines(order: Sequence[Candidate]) -> dict[str, Line]:
    """Gives each net and the two best baselines a line of their own; the other baselines share a faint one."""
    nets = [candidate.name for candidate in order if candidate.family == "net"]
    baselines = [candidate.name for candidate in order if candidate.family == "baseline"]
    lines = dict.fromkeys(baselines, _OTHER_LINE) | dict(zip(baselines, _BASELINE_LINES, strict=False))
    return lines | {name: _NET_LINES[place % len(_NET_LINES)] for place, name in enumerate(nets)}


def _splitting(comparison: Comparison) -> str:
    splitting = comparison.splitting
    if splitting.kind == "canonical":
        return "the test rows that the data set comes with"
    return f"at random, {splitting.test_share:.0%} of the rows for testing"


def _settings(candidate: Candidate) -> str:
    """Tells a declaration in words; what is left at nothing is left out."""
    if isinstance(candidate, Baseline):
        settings = [f"{name} = {value}" for name, value in candidate.settings.items()]
        return "; ".join([candidate.algorithm.replace("_", " "), _INPUTS[candidate.inputs], *settings])
    return "; ".join([*_architecture(candidate), *_training(candidate.training)])


def _architecture(net: Net) -> list[str]:
    words = []
    if isinstance(net, ConvNet):
        words += [
            f"{layer.feature_maps} maps of {layer.kernel_size} × {layer.kernel_size} pixels, {layer.padding} padding"
            + (f", max pooling {layer.pool_size} × {layer.pool_size}" if layer.pool_size > 1 else "")
            for layer in net.convolutions
        ]
    neurons = ", ".join(map(str, net.hidden_units))
    words.append(
        f"hidden layers of {neurons} neurons" if len(net.hidden_units) > 1 else f"{neurons or 'no'} hidden neurons"
    )
    words.append(f"{net.activation} activation")
    if isinstance(net, DenseNet):
        words += [_INPUTS[net.inputs], f"{net.kernel_initializer} kernels"]
    words += ["batch normalization"] * net.batch_normalization
    words += [f"dropout {net.dropout:g}"] * (net.dropout > 0)
    words += [f"L2 penalty {net.l2:g}"] * (net.l2 > 0)
    return words


def _training(training: Training) -> list[str]:
    words = [
        f"{training.optimizer} at learning rate {training.learning_rate:g}"
        + (" falling to 0 along a cosine" if training.schedule == "cosine" else ""),
        "all rows in one batch" if training.batch_size is None else f"batches of {training.batch_size}",
    ]
    words += [f"momentum {training.momentum:g}"] * (training.momentum > 0)
    words += [f"weight decay {training.weight_decay:g}"] * (training.weight_decay > 0)
    if training.patience is None:
        words.append(f"{training.epochs} epochs")
    else:
        words.append(
            f"up to {training.epochs} epochs, stopped after {training.patience} without a better loss "
            f"on {training.validation_share:.0%} of the training rows"
        )
    return words + ["classes weighted to count the same"] * training.balanced


def _reference(comparison: Comparison) -> str:
    return next(c.name for c in comparison.candidates if isinstance(c, Baseline) and c.algorithm == "majority_class")


def _title(name: str) -> str:
    return name.replace("_", " ")


def _number(value: float) -> str:
    return f"{value:.4f}" if isfinite(value) else "–"


def _has_interval(summary: Summary) -> bool:
    return isfinite(summary.low) and isfinite(summary.high)


def _with_interval(summary: Summary) -> str:
    if not _has_interval(summary):
        return _number(summary.mean)
    return f"{_number(summary.mean)} (95 % interval {_number(summary.low)} to {_number(summary.high)})"
