"""What happened, into MLflow: the only file that imports it.

One MLflow experiment for each declaration, one parent run for each invocation, one nested run for each candidate.
Curves go in batches, because one call costs as much as a thousand points in a batch.
"""

import dataclasses
import os
import re
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlparse
from urllib.request import urlopen

import mlflow
import numpy as np
import pandas as pd
from mlflow.data.code_dataset_source import CodeDatasetSource
from mlflow.entities import Metric
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature
from mlflow.tracking import MlflowClient

from experiments.checks import require
from experiments.spec import Baseline, Candidate, DenseNet
from models import classifier
from pipeline.drawing.figure import Figure
from pipeline.provenance import versions
from pipeline.values import Dataset, Scores, Summary, Trained, Worked

_SECONDS_TO_ANSWER = 5
_METRICS_A_BATCH = 1000
_PARAMETER_LENGTH = 500
_PROCESS_TAG = "process"


class Tracker:
    """An open MLflow store.

    Args:
        uri: ``sqlite:///file``, ``http://server`` or ``https://server``; ``None`` takes ``MLFLOW_TRACKING_URI``, else
            ``mlruns/mlflow.db`` in the working directory.

    Raises:
        ValueError: The store cannot be opened: an address of another kind, a server that does not answer, a folder that
            cannot be written, a database of another MLflow.
    """

    def __init__(self, uri: str | None = None) -> None:
        self.uri = uri or os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{Path('mlruns/mlflow.db').absolute()}"
        scheme = urlparse(self.uri).scheme
        require(
            scheme in {"sqlite", "http", "https"},
            "tracking",
            "an address of sqlite:///, http:// or https://",
            "MLflow 3 no longer writes to plain folders.",
            tracking_uri=self.uri,
        )
        if scheme == "sqlite":
            self._artifacts: Path | None = _writable_store(Path(self.uri.removeprefix("sqlite:///")))
        else:
            self._artifacts = None
            _require_answer(self.uri)
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        mlflow.set_tracking_uri(self.uri)
        try:
            self._client = MlflowClient()
            self._close_abandoned_runs()
        except MlflowException as error:
            raise ValueError(
                f"tracking: expected a store that this MLflow can read. Received: tracking_uri={self.uri!r}. "
                f"MLflow {versions()['mlflow']} says: {str(error).strip().splitlines()[0]}"
            ) from error

    @contextmanager
    def run(self, experiment: str, *, name: str, tags: Mapping[str, str]) -> Iterator["ParentRun"]:
        """Opens the parent run of one invocation and closes it with the status that its end deserves.

        An error leaves FAILED and its text in the tag ``reason``; an interrupt leaves KILLED.

        Args:
            experiment: Name of the MLflow experiment; made when it is new.
            name: Of the run.
            tags: To filter by.
        """
        own = {_PROCESS_TAG: f"{socket.gethostname()}:{os.getpid()}"}
        with _opened(self._experiment(experiment), name, {**tags, **own}) as run:
            yield ParentRun(run, tags)

    def _experiment(self, name: str) -> str:
        found = self._client.get_experiment_by_name(name)
        if found is not None:
            return found.experiment_id
        # Without an explicit place MLflow writes artifacts to ./mlruns of whoever runs next.
        place = (self._artifacts / name).as_uri() if self._artifacts else None
        # The kind opens the UI at training runs instead of its pages for language models.
        kind = {"mlflow.experimentKind": "custom_model_development"}
        return self._client.create_experiment(name, artifact_location=place, tags=kind)

    def _close_abandoned_runs(self) -> None:
        """Marks KILLED what a process that no longer exists left RUNNING: nothing else can, after a ``kill -9``."""
        for experiment in self._client.search_experiments():
            for run in self._client.search_runs([experiment.experiment_id], "attributes.status = 'RUNNING'"):
                host, _, process = run.data.tags.get(_PROCESS_TAG, "").partition(":")
                if host == socket.gethostname() and not _is_alive(int(process)):
                    self._client.set_tag(run.info.run_id, "reason", "the process ended without a word")
                    self._client.set_terminated(run.info.run_id, "KILLED")


class ParentRun:
    """The run of one invocation; candidates are logged as they are done."""

    def __init__(self, run: mlflow.ActiveRun, tags: Mapping[str, str]) -> None:
        self._experiment_id = run.info.experiment_id
        self._artifacts = run.info.artifact_uri
        self._tags = tags
        self._client = MlflowClient()

    def log_dataset(self, dataset: Dataset) -> None:
        """Logs the data set as the run's input: name, digest, schema, source."""
        source = CodeDatasetSource({"source": dataset.source, "sha256": dataset.content_sha256})
        digest = dataset.content_sha256[:32]
        if dataset.is_image:
            data: Any = mlflow.data.from_numpy(
                dataset.X, source=source, targets=dataset.y, name=dataset.name, digest=digest
            )
        else:
            names = np.array(dataset.class_names)[dataset.y]
            table = _table(dataset, np.arange(dataset.n_samples)).assign(target=names)
            data = mlflow.data.from_pandas(table, source=source, targets="target", name=dataset.name, digest=digest)
        mlflow.log_input(data, context="training")

    def log_candidate(
        self, dataset: Dataset, trained: Sequence[Trained], scores: Sequence[Scores], summaries: Sequence[Summary]
    ) -> None:
        """Logs one candidate as a nested run: parameters, metrics, curves, and the model of the first fold.

        Args:
            dataset: What it was trained on.
            trained: The candidate on each fold.
            scores: Its scores, in the same order.
            summaries: Its means and bounds.
        """
        with self._candidate_run(dataset, trained):
            metrics = [*_summary_metrics(summaries), *_fold_metrics(scores), *_training_metrics(trained)]
            self._log_metrics(metrics)
            _log_model(dataset, trained[0])

    def log_unfinished(self, dataset: Dataset, trained: Sequence[Trained]) -> None:
        """Logs a candidate whose training was interrupted: parameters, curves and model so far, in a killed run."""
        with self._candidate_run(dataset, trained, status="KILLED"):
            mlflow.set_tag("reason", "interrupted")
            self._log_metrics(_training_metrics(trained))
            _log_model(dataset, trained[0])

    @contextmanager
    def _candidate_run(self, dataset: Dataset, trained: Sequence[Trained], status: str = "FINISHED") -> Iterator[None]:
        candidate = trained[0].candidate
        tags = {**self._tags, "family": candidate.family, "dataset": dataset.name}
        with _opened(self._experiment_id, candidate.name, tags, status=status):
            mlflow.log_params(flat_parameters(candidate))
            yield

    def log_worked(self, worked: Worked, figures: Sequence[Figure]) -> None:
        """Logs one worked example as a nested run: its givens, curves, agreements with other ways, and pictures."""
        example = worked.example
        with _opened(self._experiment_id, example.name, self._tags):
            mlflow.log_params({name: str(value)[:_PARAMETER_LENGTH] for name, value in example.givens.items()})
            metrics = [
                _metric(name, value, step)
                for name, curve in worked.curves.items()
                for step, value in enumerate(curve)
                if np.isfinite(value)
            ]
            self._log_metrics(metrics)
            self.log_texts({f"{_file_name(figure.title)}.svg": figure.file for figure in figures})

    def log_counts(self, counts: Mapping[str, int]) -> None:
        """Logs how often each verdict was given."""
        mlflow.log_metrics({name.lower().replace(" ", "_"): float(count) for name, count in counts.items()})

    def log_overview(self, metric: str, summaries: Sequence[Summary]) -> None:
        """Logs every candidate's mean of one metric with the parent: the UI shows children only when it is unfolded."""
        means = {f"{metric}/{item.candidate}": item.mean for item in summaries if item.metric == metric}
        mlflow.log_metrics(means)

    def log_texts(self, texts: Mapping[str, str]) -> None:
        """Logs files of the parent run, by name."""
        for name, text in texts.items():
            mlflow.log_text(text, name)

    def log_note(self, text: str) -> None:
        """Logs Markdown that the UI shows as the parent run's description."""
        mlflow.set_tag("mlflow.note.content", text)

    def _log_metrics(self, metrics: Sequence[Metric]) -> None:
        run_id = mlflow.active_run().info.run_id
        for start in range(0, len(metrics), _METRICS_A_BATCH):
            self._client.log_batch(run_id, metrics=metrics[start : start + _METRICS_A_BATCH])

    def place(self, name: str) -> str:
        """Returns where a file of the parent run lies: a path, or the address within the server's store."""
        place = f"{self._artifacts}/{name}"
        return place.removeprefix("file://") if place.startswith("file://") else place


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
    fields = {item.name: getattr(candidate, item.name) for item in dataclasses.fields(candidate)}
    del fields["name"]  # the run has it
    parameters = {"reason": fields.pop("reason"), "family": candidate.family}
    if isinstance(candidate, Baseline):
        parameters |= {"algorithm": candidate.algorithm, "inputs": candidate.inputs}
        parameters |= {f"settings.{key}": value for key, value in candidate.settings.items()}
    else:
        kind = "dense_net" if isinstance(candidate, DenseNet) else "conv_net"
        parameters |= {"algorithm": kind, "inputs": fields.pop("inputs", "rescale")}
        training = dataclasses.asdict(fields.pop("training"))
        parameters |= {f"training.{key}": value for key, value in training.items()}
        parameters |= {f"net.{key}": value for key, value in fields.items()}
    return {key: str(value)[:_PARAMETER_LENGTH] for key, value in parameters.items()}


@contextmanager
def _opened(
    experiment_id: str, name: str, tags: Mapping[str, str], *, status: str = "FINISHED"
) -> Iterator[mlflow.ActiveRun]:
    """Opens a run, below the active one if there is any, and ends it as ``status``, FAILED or KILLED."""
    nested = mlflow.active_run() is not None
    # A nested run does not inherit its parent's experiment.
    run = mlflow.start_run(experiment_id=experiment_id, run_name=name, nested=nested, tags=dict(tags))
    try:
        yield run
    except BaseException as error:
        killed = isinstance(error, KeyboardInterrupt)
        mlflow.set_tag("reason", "interrupted" if killed else f"{type(error).__name__}: {error}"[:5000])
        mlflow.end_run("KILLED" if killed else "FAILED")
        raise
    mlflow.end_run(status)


def _metric(key: str, value: float, step: int = 0) -> Metric:
    return Metric(key, float(value), int(time.time() * 1000), step)


def _summary_metrics(summaries: Sequence[Summary]) -> list[Metric]:
    metrics = []
    for summary in summaries:
        key = f"test_{summary.metric}"
        bounds = {key: summary.mean, f"{key}_low": summary.low, f"{key}_high": summary.high}
        metrics += [_metric(name, value) for name, value in bounds.items()]
    return metrics


def _fold_metrics(scores: Sequence[Scores]) -> list[Metric]:
    # Not under the mean's own key: the UI's table shows a key's last value, which would be the last fold's.
    return [
        _metric(f"test_{name}_by_fold", value, item.fold_index)
        for item in scores
        for name, value in item.metrics.items()
        if np.isfinite(value)
    ]


def _training_metrics(trained: Sequence[Trained]) -> list[Metric]:
    metrics = [_metric("seconds", sum(item.seconds for item in trained))]
    if trained[0].n_parameters is not None:
        metrics.append(_metric("n_parameters", trained[0].n_parameters))
    best_epochs = [item.best_epoch for item in trained if item.best_epoch is not None]
    if best_epochs:
        metrics.append(_metric("best_epoch", float(np.mean(best_epochs))))
    for curve in trained[0].history:
        points = pd.DataFrame([item.history[curve] for item in trained]).mean().dropna()
        metrics += [_metric(curve, value, epoch) for epoch, value in enumerate(points)]
        metrics.append(_metric(f"best_{curve}", float(np.mean([np.min(item.history[curve]) for item in trained]))))
    return metrics


def _log_model(dataset: Dataset, trained: Trained) -> None:
    """Logs the model of one fold with its signature: raw rows in, one column of probabilities for each class out."""
    rows = trained.train_rows[:3]
    example = dataset.X[rows] if dataset.is_image else _table(dataset, rows)
    y_proba = trained.model.predict_proba(dataset.X[rows])
    probabilities = pd.DataFrame(y_proba, columns=list(dataset.class_names))
    installed = versions()
    with tempfile.TemporaryDirectory() as folder:
        classifier.save(trained.model, Path(folder) / "classifier", dataset.class_names)  # type: ignore[arg-type]
        mlflow.pyfunc.log_model(
            name=trained.candidate.name,
            loader_module=classifier.__name__,
            data_path=str(Path(folder) / "classifier"),
            code_paths=[str(Path(classifier.__file__).parent)],
            signature=infer_signature(example, probabilities),
            input_example=example,
            # Named, because finding them out takes MLflow seven seconds a model.
            pip_requirements=[
                f"{name}=={installed[name]}" for name in ("tensorflow", "keras", "scikit-learn", "pandas", "numpy")
            ],
        )


def _table(dataset: Dataset, rows: Any) -> pd.DataFrame:
    return pd.DataFrame(dataset.X[rows], columns=list(dataset.feature_names))


def _file_name(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")


def _writable_store(database: Path) -> Path:
    """Returns the artifact folder beside a database, after making sure that both can be written."""
    folder = database.absolute().parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ValueError(
            f"tracking: expected a folder that can be written. Received: folder={str(folder)!r}. "
            f"{error.strerror}: give another with --tracking-uri sqlite:///folder/mlflow.db."
        ) from error
    return folder / "artifacts"


def _require_answer(uri: str) -> None:
    try:
        with urlopen(f"{uri.rstrip('/')}/health", timeout=_SECONDS_TO_ANSWER):
            pass
    except (URLError, OSError) as error:
        raise ValueError(
            f"tracking: expected a server that answers within {_SECONDS_TO_ANSWER} seconds. Received: "
            f"tracking_uri={uri!r}. {getattr(error, 'reason', error)}: start it, or leave --tracking-uri out."
        ) from error


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
