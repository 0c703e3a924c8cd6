"""The runs of one invocation: a parent, and a nested run for each candidate or worked example."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import mlflow
import numpy as np
from mlflow.data.code_dataset_source import CodeDatasetSource
from mlflow.entities import Metric
from mlflow.tracking import MlflowClient
from numpy.typing import NDArray

from experiments.language import MetricName
from models.prediction_interval import PredictionInterval
from models.threshold import Threshold
from pipeline.data.values import Dataset
from pipeline.process import interrupts
from pipeline.scoring.values import Scores, Summary
from pipeline.telling.figure import Figure
from pipeline.tracking.abandoned import PROCESS_TAG, forget, this_process
from pipeline.tracking.answering import as_gone, heeded
from pipeline.tracking.busy import Busy
from pipeline.tracking.logged_values import (
    EPOCHS,
    PARAMETER_LENGTH,
    chosen_parameters,
    described,
    digest,
    flat_parameters,
    fold_metrics,
    metric,
    of_model,
    summary_metrics,
    training_metrics,
)
from pipeline.tracking.model import log_model, raw_table
from pipeline.tracking.reading import EPOCHS_TAG, NOTE_FILE, NOTE_TAG, SECTION_TAG, section_file
from pipeline.tracking.registry import commands, register, serving
from pipeline.tracking.served import Served
from pipeline.tracking.store import place
from pipeline.training.values import NotTrained, Trained

_METRICS_A_BATCH = 1000
_Given = ParamSpec("_Given")
_Told = TypeVar("_Told")


@contextmanager
def opened(
    experiment_id: str, name: str, tags: Mapping[str, str], *, status: str = "FINISHED"
) -> Iterator[mlflow.ActiveRun]:
    """Opens a run, below the active one if there is any, and ends it as ``status``, FAILED or KILLED."""
    nested = mlflow.active_run() is not None
    with interrupts.held_back(), heeded():
        # A nested run does not inherit its parent's experiment.
        own = {**tags, PROCESS_TAG: this_process()}
        run = mlflow.start_run(experiment_id=experiment_id, run_name=name, nested=nested, tags=own)
    try:
        yield run
    except BaseException as error:
        if (gone := as_gone(error)) is not None:
            forget(run.info.run_id)
            raise gone from (None if gone is error else error)
        killed = isinstance(error, KeyboardInterrupt) or interrupts.asked()
        with interrupts.held_back(), heeded():
            mlflow.set_tag("reason", "interrupted" if killed else _reason(error))
            mlflow.end_run("KILLED" if killed or isinstance(error, NotTrained) else "FAILED")
        raise
    with interrupts.held_back(), heeded():
        mlflow.end_run(status)


def _reason(error: BaseException) -> str:
    return str(error) if isinstance(error, NotTrained) else f"{type(error).__name__}: {error}"[:5000]


def _logged(method: Callable[_Given, _Told]) -> Callable[_Given, _Told]:
    """Makes a method write without being interrupted, to a store that is heeded."""

    @wraps(method)
    def call(*given: _Given.args, **named: _Given.kwargs) -> _Told:
        with interrupts.held_back(), heeded():
            return method(*given, **named)

    return call


class ParentRun:
    """The run of one invocation; candidates are logged as they are done."""

    def __init__(self, run: mlflow.ActiveRun, tags: Mapping[str, str]) -> None:
        self.experiment_id = run.info.experiment_id
        self._run_id = run.info.run_id
        self._artifacts = run.info.artifact_uri
        self._tags = tags
        self._client = MlflowClient()
        self._busy = Busy()
        self._models: dict[str, str] = {}  # candidate -> address of its logged model
        self.registered: str | None = None  # address of the version that was registered

    @_logged
    def log_dataset(self, dataset: Dataset) -> None:
        """Logs the data set as the run's input: name, digest, schema, source."""
        source = CodeDatasetSource({"source": dataset.source, "sha256": dataset.content_sha256})
        if dataset.is_image:
            data: Any = mlflow.data.from_numpy(
                dataset.X, source=source, targets=dataset.y, name=dataset.name, digest=digest(dataset)
            )
        else:
            observed = dataset.task.observed(dataset.y)
            table = raw_table(dataset, np.arange(dataset.n_samples)).assign(target=observed)
            data = mlflow.data.from_pandas(
                table, source=source, targets="target", name=dataset.name, digest=digest(dataset)
            )
        mlflow.log_input(data, context="training")

    @_logged
    def log_candidate(
        self,
        dataset: Dataset,
        trained: Sequence[Trained],
        scores: Sequence[Scores],
        summaries: Sequence[Summary],
        primary: MetricName,
    ) -> None:
        """Logs one candidate as a nested run: parameters, metrics, curves, and the model of the first fold.

        Args:
            dataset: What it was trained on.
            trained: The candidate on each fold.
            scores: Its scores, in the same order.
            summaries: Its means and bounds.
            primary: The metric that ranks.
        """
        with self.candidate(dataset, trained, {}) as model_uri:
            means = of_model(summary_metrics(summaries, primary), model_uri, dataset)
            self._log_metrics([*means, *fold_metrics(scores)])
            mlflow.set_tag(NOTE_TAG, described(trained, summaries, self._tags.get(EPOCHS_TAG)))
            self._models[trained[0].candidate.name] = model_uri

    @_logged
    def log_net(self, dataset: Dataset, trained: Trained, measured: Mapping[str, float]) -> None:
        """Logs one training of a candidate as a nested run: parameters, metrics, curves and model.

        Args:
            dataset: What it was trained on.
            trained: On one fold, from one seed.
            measured: Further metrics: name -> value.
        """
        name = f"{trained.candidate.name}, seed {trained.seed}"
        with self.candidate(dataset, [trained], measured, name=name):
            mlflow.set_tag("seed", str(trained.seed))

    @_logged
    def log_unfinished(self, dataset: Dataset, trained: Sequence[Trained]) -> None:
        """Logs a candidate whose training was interrupted: parameters, curves and model so far, in a killed run."""
        with self.candidate(dataset, trained, {}, status="KILLED"):
            mlflow.set_tag("reason", "interrupted")

    @contextmanager
    def candidate(
        self,
        dataset: Dataset,
        trained: Sequence[Trained],
        measured: Mapping[str, float],
        status: str = "FINISHED",
        name: str = "",
    ) -> Iterator[str]:
        """Opens the nested run of a candidate, and logs parameters, curves and the model of the first fold.

        Args:
            dataset: What it was trained on.
            trained: The candidate on each fold.
            measured: Further metrics: name -> value.
            status: That the run ends with.
            name: Of the run, where it is not the candidate's.

        Yields:
            The address of the logged model.
        """
        candidate = trained[0].candidate
        tags = {**self._tags, "kind": "candidate", "family": candidate.family, "dataset": dataset.name}
        tags["engine"] = "; ".join(sorted({item.engine for item in trained}))
        with opened(self.experiment_id, name or candidate.name, tags, status=status):
            mlflow.log_params(self._parameters(trained))
            # The UI compares by what was logged first: scores.
            self._log_metrics([metric(key, value) for key, value in measured.items()])
            yield log_model(dataset, trained[0])
            self._log_metrics(training_metrics(trained))
        self._log_metrics(self._busy.metrics())

    @_logged
    def log_nested(
        self,
        name: str,
        *,
        parameters: Mapping[str, Any],
        curves: Mapping[str, NDArray[np.float64]],
        figures: Sequence[Figure],
    ) -> None:
        """Logs a part of the invocation as a nested run.

        Args:
            name: Of the run.
            parameters: Name -> value.
            curves: Name -> ``(n_steps,)``; what is not finite is left out.
            figures: Pictures of it.
        """
        with opened(self.experiment_id, name, self._tags):
            mlflow.log_params({key: str(value)[:PARAMETER_LENGTH] for key, value in parameters.items()})
            metrics = [
                metric(key, value, step)
                for key, curve in curves.items()
                for step, value in enumerate(curve)
                if np.isfinite(value)
            ]
            self._log_metrics(metrics)
            self.log_figures(figures)

    @_logged
    def log_counts(self, counts: Mapping[str, int]) -> None:
        """Logs how often each verdict was given."""
        mlflow.log_metrics({name.lower().replace(" ", "_"): float(count) for name, count in counts.items()})

    @_logged
    def log_overview(self, metric: str, summaries: Sequence[Summary]) -> None:
        """Logs every candidate's mean of one metric with the parent: the UI shows children only when it is unfolded."""
        means = {f"{metric}/{item.candidate}": item.mean for item in summaries if item.metric == metric}
        mlflow.log_metrics(means)

    @_logged
    def log_parameters(self, values: Mapping[str, Any]) -> None:
        """Logs what the whole run was of, beside its children: the UI filters and compares parents by it."""
        mlflow.log_params({key: str(value)[:PARAMETER_LENGTH] for key, value in values.items()})

    @_logged
    def describe(self, text: str) -> None:
        """Describes the experiment where nobody has done so."""
        if not self._client.get_experiment(self.experiment_id).tags.get(NOTE_TAG):
            self._client.set_experiment_tag(self.experiment_id, NOTE_TAG, text)

    @_logged
    def log_texts(self, texts: Mapping[str, str]) -> None:
        """Logs files of the parent run, by name."""
        for name, text in texts.items():
            mlflow.log_text(text, name)

    @_logged
    def log_section(self, name: str, html: str) -> None:
        """Logs a part of the page that later pages show again; see ``Tracker.last_section``."""
        mlflow.log_text(html, section_file(name))
        mlflow.set_tag(f"{SECTION_TAG}{name}", "yes")

    @_logged
    def log_afterwards(self, name: str, text: str) -> None:
        """Logs a file of this run, after its end, too."""
        self._client.log_text(self._run_id, text, name)

    @_logged
    def log_figures(self, figures: Sequence[Figure]) -> None:
        """Logs pictures, each as a file that the UI shows."""
        self.log_texts({f"figures/{_file_name(figure.title)}.svg": figure.file for figure in figures})

    @_logged
    def log_tag(self, name: str, text: str) -> None:
        """Tags the parent run."""
        mlflow.set_tag(name, text)

    @_logged
    def log_note(self, text: str, page: str) -> None:
        """Logs Markdown that the UI shows as the parent run's description, and as a file, which nobody rewrites.

        Args:
            text: In paragraphs, of which the first says most.
            page: Name of the file of the parent run that has all of it. The description begins with a link there, since
                of a long one the UI shows the first lines.
        """
        mlflow.log_text(text, NOTE_FILE)
        mlflow.set_tag(NOTE_TAG, f"[The whole report]({self._shown(page)}): {text}")

    @_logged
    def log_gate(self, candidate: str, *, passes: bool) -> None:
        """Tags the run with the champion, and whether it passes the gate."""
        mlflow.set_tags({"champion": candidate, "gate": "passed" if passes else "refused"})

    @_logged
    def log_refitted(
        self,
        name: str,
        dataset: Dataset,
        trained: Trained,
        threshold: Threshold | None = None,
        interval: PredictionInterval | None = None,
    ) -> None:
        """Logs the model that is to be served in a nested run of its own, which is no candidate's.

        Args:
            name: Of the run.
            dataset: What it was trained on.
            trained: The champion, on the rows that it is served with.
            threshold: From which probability on a row is raised.
            interval: How far from a predicted number the truth may lie.
        """
        candidate = trained.candidate
        tags = {**self._tags, "kind": "refit", "candidate": candidate.name, "dataset": dataset.name}
        with opened(self.experiment_id, name, tags):
            mlflow.log_params(self._parameters([trained]))
            self._log_metrics(training_metrics([trained]))
            self._models[candidate.name] = log_model(dataset, trained, threshold, interval)

    @_logged
    def register(self, name: str, candidate: str, *, how: str, description: str, tags: Mapping[str, str]) -> str:
        """Registers a candidate's model, refitted where it was, and returns what was done in a sentence.

        Args:
            name: Of the registered model.
            candidate: The champion.
            how: It was trained, in a few words.
            description: Why it is the champion, and what it was trained on.
            tags: Of the version, besides the run's.
        """
        own = {**self._tags, "kind": "champion", "candidate": candidate, **tags}
        model_uri = self._models[candidate]
        told, self.registered = register(name, model_uri, how=how, description=description, tags=own)
        return told

    @_logged
    def serving(self, name: str) -> Served | None:
        """Returns what a registered model serves now; nothing where none is registered."""
        return serving(name)

    @_logged
    def log_until_now(
        self, trained: Sequence[Trained], scores: Sequence[Scores], summaries: Sequence[Summary], primary: MetricName
    ) -> None:
        """Logs what was served until now as a nested run without a model, which is no candidate's.

        Args:
            trained: Its declaration, trained on each fold of this run.
            scores: Its scores, in the same order.
            summaries: Its means and bounds.
            primary: The metric that ranks.
        """
        candidate = trained[0].candidate
        tags = {**self._tags, "kind": "served_until_now", "candidate": candidate.name}
        with opened(self.experiment_id, candidate.name, tags):
            mlflow.log_params(self._parameters(trained))
            means = summary_metrics(summaries, primary)
            self._log_metrics([*training_metrics(trained), *means, *fold_metrics(scores)])
            mlflow.set_tag(NOTE_TAG, described(trained, summaries, self._tags.get(EPOCHS_TAG)))

    def commands(self, name: str, rows: str | None) -> str:
        """Returns what to type to score rows with what was registered and to serve it; nothing where nothing was."""
        return commands(name, rows) if self.registered else ""

    def _parameters(self, trained: Sequence[Trained]) -> dict[str, str]:
        """Returns what a candidate was trained by: its declaration, but for epochs that a run was told instead."""
        own, epochs = flat_parameters(trained[0].candidate), self._tags.get(EPOCHS_TAG)
        instead = {EPOCHS: epochs} if epochs is not None and EPOCHS in own else {}
        return own | instead | chosen_parameters(trained)

    def _log_metrics(self, metrics: Sequence[Metric]) -> None:
        run_id = mlflow.active_run().info.run_id
        for start in range(0, len(metrics), _METRICS_A_BATCH):
            self._client.log_batch(run_id, metrics=metrics[start : start + _METRICS_A_BATCH])

    def _shown(self, name: str) -> str:
        """Returns where the UI shows a file of the parent run, whatever its server is called, in the training view."""
        place = f"experiments/{self.experiment_id}/runs/{self._run_id}/artifacts/{name}"
        return f"#/{place}?workflowType=machine_learning"

    def place(self, name: str) -> str:
        """Returns where a file of the parent run lies: a path, or the address within the server's store."""
        return place(self._artifacts, name)


def _file_name(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
