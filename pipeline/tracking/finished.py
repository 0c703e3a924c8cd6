"""Is this work done? Groups that were trained, kept in the store and found there again."""

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
from mlflow.entities import Run
from mlflow.tracking import MlflowClient
from numpy.typing import NDArray

from experiments.language import Candidate, Search
from pipeline.process import interrupts
from pipeline.tracking.runs import ParentRun
from pipeline.training.values import Trained, Trial
from pipeline.training.work import Group, Work

_DIGEST, _POSITION, _MODEL = "work", "position", "model"
_ARRAYS, _RECORD = "trained.npz", "trained.json"

Measure = Callable[[Work, Trained], Mapping[str, float]]
"""What is logged of a candidate besides its training: name -> value."""


class StoredGroups:
    """Keeps every work of a group as a nested run of its own, and finds a group once all of it is there.

    Args:
        run: The open parent; every run of its experiment is searched.
        measure: What else is logged of each.
    """

    def __init__(self, run: ParentRun, measure: Measure) -> None:
        self._run = run
        self._measure = measure

    @interrupts.held_back()
    def find(self, group: Group) -> tuple[Trained, ...] | None:
        """Returns a group that was trained before, in the order of its works; its models are loaded when they speak."""
        wanted = f"tags.{_DIGEST} = '{group.digest}' and attributes.status = 'FINISHED'"
        found = MlflowClient().search_runs([self._run.experiment_id], wanted)
        runs = {int(run.data.tags[_POSITION]): run for run in found}
        if len(runs) < len(group.works):
            return None
        return tuple(_stored(runs[position], work) for position, work in enumerate(group.works))

    @interrupts.held_back()
    def keep(self, group: Group, trained: Sequence[Trained]) -> None:
        """Logs each work: parameters, metrics, curves, the model, and what brings its value back."""
        for position, (work, item) in enumerate(zip(group.works, trained, strict=True)):
            with self._run.candidate(work.dataset, [item], self._measure(work, item)) as model_uri:
                tags = {_DIGEST: group.digest, _POSITION: str(position), _MODEL: model_uri, "seed": str(item.seed)}
                mlflow.set_tags(tags)
                _log(item)


def _log(trained: Trained) -> None:
    record = {
        "best_epoch": trained.best_epoch,
        "n_parameters": trained.n_parameters,
        "seconds": trained.seconds,
        "engine": trained.engine,
        "trials": [asdict(replace(trial, settings=_positions(trial, trained.candidate))) for trial in trained.trials],
    }
    curves: dict[str, Any] = {f"history.{name}": curve for name, curve in trained.history.items()}
    with tempfile.TemporaryDirectory() as folder:
        arrays = Path(folder) / _ARRAYS
        np.savez_compressed(arrays, train_rows=trained.train_rows, validation_rows=trained.validation_rows, **curves)
        mlflow.log_artifact(str(arrays))
    mlflow.log_text(json.dumps(record), _RECORD)


def _stored(run: Run, work: Work) -> Trained:
    with tempfile.TemporaryDirectory() as folder:
        record = json.loads(Path(_download(run, _RECORD, folder)).read_text(encoding="utf-8"))
        with np.load(_download(run, _ARRAYS, folder)) as file:
            arrays = dict(file)
    return Trained(
        candidate=work.candidate,
        fold_index=work.fold.index,
        seed=work.fold.seed,
        model=StoredModel(run.data.tags[_MODEL]),
        history={name.removeprefix("history."): curve for name, curve in arrays.items() if name.startswith("history.")},
        train_rows=arrays["train_rows"],
        validation_rows=arrays["validation_rows"],
        **{**record, "trials": tuple(_trial(trial, work.candidate) for trial in record["trials"])},
    )


def _positions(trial: Trial, search: Candidate) -> dict[str, int]:
    """Returns where in the space each setting stands: JSON has no tuples and no declarations."""
    assert isinstance(search, Search)
    return {path: search.space[path].index(value) for path, value in trial.settings.items()}


def _trial(record: Mapping[str, Any], search: Candidate) -> Trial:
    assert isinstance(search, Search)
    settings = {path: search.space[path][position] for path, position in record["settings"].items()}
    return Trial(**{**record, "settings": settings})


def _download(run: Run, name: str, folder: str) -> str:
    return MlflowClient().download_artifacts(run.info.run_id, name, folder)


class StoredModel:
    """A logged model that is loaded when it is asked the first time.

    Args:
        model_uri: Its address in the store.
    """

    def __init__(self, model_uri: str) -> None:
        self._model_uri = model_uri

    def predict_proba(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Returns the probability of each class for raw rows, shape ``(n_samples, n_classes)``."""
        y_proba: NDArray[np.float64] = self._model.predict_proba(X)
        return y_proba

    def predict(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Returns a number for each raw row, shape ``(n_samples,)``."""
        predicted: NDArray[np.float64] = self._model.predict(X)
        return predicted

    @cached_property
    def _model(self) -> Any:
        from models import classifier, regressor  # they bring TensorFlow, which reading a store does not need

        with tempfile.TemporaryDirectory() as folder:
            data = Path(mlflow.artifacts.download_artifacts(self._model_uri, dst_path=folder)) / "data"
            of_numbers = data / "regressor"
            model, _ = regressor.load(of_numbers) if of_numbers.exists() else classifier.load(data / "classifier")
        return model
