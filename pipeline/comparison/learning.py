"""The report's section on learning curves."""

from markupsafe import Markup

from pipeline.comparison.curves import MOST_FOLDS, Panel
from pipeline.comparison.figures.lines import learning_curves
from pipeline.scoring.result import Result
from pipeline.telling.section import Section
from pipeline.words.names import title


def learning_section(result: Result) -> Section | None:
    """Draws the loss of every net by epoch, a line for each fold; nothing where no candidate learns in epochs."""
    panels = [panel for candidate in result.order if (panel := _panel(result, candidate.name))]
    if not panels:
        return None
    values = {"result": result, "panels": panels, "most_folds": MOST_FOLDS}
    return Section(template="learning.html", values=values, anchors={"learning": "Learning curves"})


def _panel(result: Result, name: str) -> Panel | None:
    runs = [run for run in result.of(name).trained if run.history][:MOST_FOLDS]
    if not runs:
        return None
    lengths = sorted({len(run.history["train_loss"]) for run in runs})
    epochs = " to ".join(str(length) for length in dict.fromkeys((lengths[0], lengths[-1])))
    label = f"Loss of {title(name)} by epoch, folds: {len(runs)}"
    return Panel(title=f"{title(name)}: {epochs} epochs", svgs=(Markup(learning_curves(runs, label=label)),))
