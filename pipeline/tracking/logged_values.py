"""What of a candidate is logged, as MLflow wants it: flat parameters, and metrics for one batch.

Curves go in batches, because one call costs as much as a thousand points in a batch. The UI draws a chart of every
name; what stands before a slash is a section, and sections come in the order of the alphabet: curves by epoch first.
What nobody sorts or searches by is no metric and stands in the run's description.
"""

import time
from collections.abc import Sequence

import numpy as np
import pandas as pd
from mlflow.entities import Metric

from experiments.language import Candidate, MetricName
from experiments.language.metric import metric as declared
from pipeline.data.values import Dataset
from pipeline.scoring.values import Scores, Summary
from pipeline.training.values import Trained
from pipeline.words.names import heading
from pipeline.words.numbers import number, quantity

EPOCHS = "training.epochs"
"""Parameter of whatever has epochs."""
PARAMETER_LENGTH = 500  # the most characters that a parameter may have
_DIGEST_LENGTH = 32  # likewise, of a data set's digest


def flat_parameters(candidate: Candidate) -> dict[str, str]:
    """Returns a candidate's declaration as flat text.

    ``algorithm``, ``family`` and ``inputs`` are there for every candidate: the UI's parallel coordinates open with the
    first three names of the alphabet. What only nets have is ``net.<field>`` and ``training.<field>``; what only
    baselines have, ``settings.<argument>``.

    Example:
        >>> from experiments.iris import IRIS
        >>> parameters = flat_parameters(IRIS.candidates[0])
        >>> [parameters[name] for name in ("algorithm", "inputs", "net.hidden_units", "training.epochs")]
        ['dense_net', 'standardize', '(10,)', '300']
    """
    return {key: str(value)[:PARAMETER_LENGTH] for key, value in candidate.parameters().items()}


def chosen_parameters(trained: Sequence[Trained]) -> dict[str, str]:
    """Returns what a search chose, ``chosen.<setting>``: a value for each fold."""
    values = {path: [str(item.chosen[path]) for item in trained] for path in trained[0].chosen}
    return {f"chosen.{path}": ", ".join(own)[:PARAMETER_LENGTH] for path, own in values.items()}


def metric(key: str, value: float, step: int = 0) -> Metric:
    """Returns a point of a metric, of now."""
    return Metric(key, float(value), int(time.time() * 1000), step)


def summary_metrics(summaries: Sequence[Summary], primary: MetricName) -> list[Metric]:
    """Returns ``test/<metric>``, and of the primary one ``interval/<metric>_low`` and ``interval/<metric>_high``."""
    metrics = []
    for summary in summaries:
        metrics.append(metric(f"test/{summary.metric}", summary.mean))
        if summary.metric == primary:
            bounds = {"low": summary.low, "high": summary.high}
            metrics += [metric(f"interval/{primary}_{name}", bound) for name, bound in bounds.items()]
    return metrics


def described(trained: Sequence[Trained], summaries: Sequence[Summary], epochs: str | None = None) -> str:
    """Returns a candidate in Markdown: what it is, what it was trained on, every mean with its interval.

    Args:
        trained: On each fold.
        summaries: Its means and bounds.
        epochs: Of nets, instead of the declared number.
    """
    seconds, n_folds = sum(item.seconds for item in trained), len(trained)
    folds = "one fold" if n_folds == 1 else f"{n_folds} folds; the model is that of the first"
    candidate = trained[0].candidate
    instead = f" (here {epochs} instead)" if epochs is not None and EPOCHS in candidate.parameters() else ""
    told = f"{heading(candidate.words())}{instead}. Trained in {quantity(seconds)} s on {folds}."
    table = ["| On test rows | Mean | 95 % interval |", "| --- | --- | --- |"]
    for item in summaries:
        cells = heading(declared(item.metric).words), number(item.mean), f"{number(item.low)} to {number(item.high)}"
        table.append(f"| {' | '.join(cells)} |")
    return "\n".join([told, "", *table])


def of_model(metrics: Sequence[Metric], model_uri: str, dataset: Dataset) -> list[Metric]:
    """Returns metrics tied to a logged model and to its data, so that models can be searched and ranked by them.

    Args:
        metrics: Of the candidate over all folds; the model is the first fold's.
        model_uri: ``models:/<model id>``.
        dataset: All rows.
    """
    tied = {"model_id": model_uri.rpartition("/")[2], "dataset_name": dataset.name, "dataset_digest": digest(dataset)}
    return [Metric(item.key, item.value, item.timestamp, item.step, **tied) for item in metrics]


def digest(dataset: Dataset) -> str:
    """Returns by what the store knows the content of a data set."""
    return dataset.content_sha256[:_DIGEST_LENGTH]


def fold_metrics(scores: Sequence[Scores]) -> list[Metric]:
    """Returns ``by_fold/<metric>``, a step for each fold; nothing of one fold, whose score is the mean.

    Not under the mean's own name: the UI's table shows a name's last value, which would be the last fold's.
    """
    return [
        metric(f"by_fold/{name}", value, item.fold_index)
        for item in scores
        for name, value in item.metrics.items()
        if len(scores) > 1 and np.isfinite(value)
    ]


def training_metrics(trained: Sequence[Trained]) -> list[Metric]:
    """Returns each curve as the mean over folds, ``by_epoch/<curve>``, and single figures, ``training/<name>``."""
    metrics = [metric("training/seconds", sum(item.seconds for item in trained))]
    if trained[0].n_parameters is not None:
        metrics.append(metric("training/parameters", trained[0].n_parameters))
    best_epochs = [item.best_epoch for item in trained if item.best_epoch is not None]
    if best_epochs:
        metrics.append(metric("training/best_epoch", float(np.mean(best_epochs))))
    for curve in trained[0].history:
        points = pd.DataFrame([item.history[curve] for item in trained]).mean().dropna()
        metrics += [metric(f"by_epoch/{curve}", value, epoch) for epoch, value in enumerate(points)]
        best = np.max if curve.endswith("accuracy") else np.min
        value = float(np.mean([best(item.history[curve]) for item in trained]))
        metrics.append(metric(f"training/best_{curve}", value))
    return metrics
