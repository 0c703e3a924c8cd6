"""What has been climbed of a ladder, as a table: each rung's nets beside the printed figure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.language import Ladder, Net, Rung
from pipeline.data.values import Dataset, Fold
from pipeline.scoring.metrics import score
from pipeline.training.values import Trained


@dataclass(frozen=True, kw_only=True, eq=False)
class Climbed:
    """One net of a rung, trained and scored.

    Attributes:
        metrics: ``test_accuracy``; ``held_out_accuracy`` where rows were held out; ``images``, seen while training;
            ``wall_seconds`` of training, its share where nets were trained together.
        y_proba: ``(n_test, n_classes)``.
    """

    metrics: Mapping[str, float]
    y_proba: NDArray[np.float64]


def climbed(trained: Trained, dataset: Dataset, fold: Fold) -> Climbed:
    """Scores a trained net on the test rows, once, and on those it held out."""
    net = trained.candidate
    assert isinstance(net, Net)
    y_proba = dataset.classes.predictions(trained.model, dataset.X[fold.test_rows])
    n_images = len(trained.train_rows) * net.training.images_per_row
    metrics = {
        "test_accuracy": score("accuracy", dataset.y[fold.test_rows], y_proba),
        "images": float(len(trained.history["train_loss"]) * n_images),
        "wall_seconds": trained.seconds,
    }
    if len(trained.validation_rows):
        held_out = dataset.classes.predictions(trained.model, dataset.X[trained.validation_rows])
        metrics["held_out_accuracy"] = score("accuracy", dataset.y[trained.validation_rows], held_out)
    return Climbed(metrics=metrics, y_proba=y_proba)


def ladder_table(ladder: Ladder, nets: Mapping[str, Sequence[Climbed]], y_test: NDArray[np.int64]) -> pd.DataFrame:
    """Returns a row for each rung that has been climbed, and one for each vote.

    Args:
        ladder: As declared.
        nets: Name of the net -> its seeds, those that are done.
        y_test: ``(n_test,)``.

    Returns:
        Columns ``net``, ``where``, ``rows`` (those of the figure), ``printed``, ``best``, ``mean`` (percent), ``above``
        (points of the best above the figure), ``reached`` (rounded to the printed decimals), ``seeds``, ``images`` and
        ``seconds`` of a net, ``departures``.
    """
    return pd.DataFrame([row for rung in ladder.rungs for row in _rows(rung, nets.get(rung.net.name, ()), y_test)])


def _rows(rung: Rung, nets: Sequence[Climbed], y_test: NDArray[np.int64]) -> Iterator[dict[str, Any]]:
    if not nets:
        return
    metric = "test_accuracy" if rung.measured_on == "test" else "held_out_accuracy"
    accuracies = [net.metrics[metric] for net in nets]
    seconds, images = (float(np.mean([net.metrics[name] for net in nets])) for name in ("wall_seconds", "images"))
    row = {"net": rung.net.name, "where": rung.where, "rows": rung.measured_on, **_against(rung.figure, accuracies)}
    yield row | {"seeds": len(nets), "images": images, "seconds": seconds, "departures": rung.departures}
    if rung.vote and len(nets) == rung.n_seeds:
        accuracy = score("accuracy", y_test, np.mean([net.y_proba for net in nets], axis=0))
        row = {"net": f"{rung.net.name}, vote of {len(nets)}", "where": rung.where, "rows": "test"}
        total = {"images": images * len(nets), "seconds": seconds * len(nets)}
        yield row | _against(rung.vote, [accuracy]) | {"seeds": len(nets), **total, "departures": rung.departures}


def _against(figure: str, accuracies: Sequence[float]) -> dict[str, Any]:
    """Returns best and mean in percent beside the printed figure."""
    best, mean = 100 * max(accuracies), 100 * float(np.mean(accuracies))
    decimals = len(figure.partition(".")[2])
    above = round(best - float(figure), 6)
    return {
        "printed": figure,
        "best": best,
        "mean": mean,
        "above": above,
        "reached": round(best, decimals) >= float(figure),
    }


def to_markdown(table: pd.DataFrame) -> str:
    """Returns the table for people, without departures: percent, seconds of one net."""
    lines = ["| net | rows | printed | best | mean | seeds | reached | images | seconds |", "|" + " --- |" * 9]
    for row in table.to_dict(orient="records"):
        reached = "yes" if row["reached"] else f"**{-row['above']:.2f} short**"
        lines.append(
            f"| {row['net']} | {row['rows']} | {row['printed']} | {row['best']:.2f} | {row['mean']:.2f} "
            f"| {row['seeds']} | {reached} | {row['images']:,.0f} | {row['seconds']:,.1f} |"
        )
    return "\n".join(lines)
