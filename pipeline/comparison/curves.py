"""The report's section on ROC and precision-recall curves."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from experiments.language import Candidate
from pipeline.comparison.figures.lines import CurveKind, curve_plot
from pipeline.scoring import curves
from pipeline.scoring.result import Result
from pipeline.scoring.values import Scores
from pipeline.telling.canvas import Line
from pipeline.telling.section import Section
from pipeline.words.names import title

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
class Panel:
    """Drawings of one candidate."""

    title: str
    svgs: tuple[Markup, ...]


def curves_section(result: Result) -> Section | None:
    """Draws what has curves: guessing has none, nor has a fold without test rows of the class, nor a number."""
    if not result.dataset.task.has_classes:
        return None
    classes = _classes(result)
    lines = _lines([candidate for candidate in result.order if candidate.name != result.reference.candidate])
    drawable = [one for one in result.scores if one.candidate in lines and curves.drawable(one, classes)]
    if not drawable:
        return None
    folds = {name: [one for one in drawable if one.candidate == name][:MOST_FOLDS] for name in lines}
    base_rate = float(np.mean([curves.base_rate(one, classes) for one in next(iter(folds.values()))]))
    together: list[Markup] = []
    by_fold: defaultdict[str, list[Markup]] = defaultdict(list)
    for kind, read in _READ.items():
        heights = {name: np.array([read(one, classes) for one in own]) for name, own in folds.items()}
        together.append(_together(kind, heights, lines, base_rate))
        for name, each in heights.items():
            by_fold[name].append(_of_one(kind, name, each, lines[name], base_rate))
    return Section(
        template="curves.html",
        values={
            "result": result,
            "classes": classes,
            "legend": _legend(lines),
            "together": together,
            "by_fold": [Panel(title=title(name), svgs=tuple(svgs)) for name, svgs in by_fold.items()],
            "base_rate": base_rate,
            "most_folds": MOST_FOLDS,
        },
        anchors={"curves": "ROC and precision–recall"},
    )


def _classes(result: Result) -> Sequence[int]:
    """Returns the classes whose curves are drawn: the declared one, the second of two, or each against the rest."""
    if result.comparison.positive_class is not None:
        return [result.comparison.positive_class]
    return [1] if result.dataset.n_classes == 2 else range(result.dataset.n_classes)


def _lines(order: Sequence[Candidate]) -> dict[str, Line]:
    """Gives each net and the two best baselines a line of their own; the other baselines share a faint one."""
    nets, baselines = iter(_NET_LINES), iter(_BASELINE_LINES)
    return {candidate.name: next(nets if candidate.family == "net" else baselines, _OTHER_LINE) for candidate in order}


def _legend(lines: Mapping[str, Line]) -> list[tuple[str, Line]]:
    legend = [(title(name), line) for name, line in lines.items() if line is not _OTHER_LINE]
    return legend + ([("other candidates", _OTHER_LINE)] if len(legend) < len(lines) else [])


def _together(
    kind: CurveKind, heights: Mapping[str, NDArray[np.float64]], lines: Mapping[str, Line], base_rate: float
) -> Markup:
    pairs = [(lines[name], each.mean(axis=0)) for name, each in reversed(list(heights.items()))]
    pairs.sort(key=lambda pair: pair[0] is not _OTHER_LINE)  # the faint ones at the back, the best in front
    label = f"{kind} curves of {len(lines)} candidates, mean over folds"
    return Markup(curve_plot(kind, pairs, base_rate, label=label))


def _of_one(kind: CurveKind, name: str, heights: NDArray[np.float64], line: Line, base_rate: float) -> Markup:
    own = _BASELINE_LINES[0] if line is _OTHER_LINE else line
    pairs = [*((_FOLD_LINE, fold) for fold in heights), (own, heights.mean(axis=0))]
    label = f"{kind} curves of {title(name)}, each fold and their mean"
    return Markup(curve_plot(kind, pairs, base_rate, label=label, of=name))
