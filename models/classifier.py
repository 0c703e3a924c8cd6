"""A trained candidate as users meet it: raw rows in, a probability for each class out; saved and loaded as a folder.

Nets and scikit-learn's pipelines stand behind the same two calls. Rows of a table with a contract are what
``Columns.matrix`` makes of it; once saved and served, a model takes the table itself. ``_load_pyfunc`` is the entry
that MLflow calls when it loads or serves a model, so a saved folder needs this package and nothing else of the project.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import joblib
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

import models.layers  # noqa: F401  it registers the layers that a saved net names
from models.checks import mistake, require
from models.effects import effects
from models.encoded import Encoded
from models.encoding.columns import Columns
from models.encoding.encoder import Encoder
from models.threshold import Threshold

_NET_FILE = "model.keras"
_PIPELINE_FILE = "model.joblib"
_CLASSES_FILE = "class_names.txt"
_ENCODER_FILE = "encoder.joblib"
_COLUMNS_FILE = "columns.json"
_THRESHOLD_FILE = "decision.json"
_BACKGROUND_FILE = "background.npy"
_ROWS_AT_ONCE = 4096  # bounds the memory of a conv net's feature maps
_TABLE_ROWS_AT_ONCE = 16_384  # an encoder takes 20 ms, however few the rows


class NetClassifier:
    """A Keras model from raw rows to output activations, as a classifier.

    Args:
        model: One sigmoid neuron for two classes, or one softmax neuron for each class.
        encoder: Of a table with a contract: what stands before the model.
    """

    def __init__(self, model: keras.Model, encoder: Encoder | None = None) -> None:
        self.model = model
        self.encoder = encoder

    @property
    def columns(self) -> Columns | None:
        """The contract of the table that rows come from; ``None`` without one."""
        return None if self.encoder is None else self.encoder.columns

    def predict_proba(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Returns ``(n_samples, n_classes)`` probabilities for raw rows.

        Rows keep their precision: Keras's ``predict`` would round them to float32 first.

        Raises:
            ValueError: Rows of another shape than the net was trained on, or images of other than whole pixels.
        """
        inputs = self.model.inputs[0]
        if self.encoder is None:
            _require_rows(X, tuple(inputs.shape[1:]))
        if inputs.dtype == "uint8":
            _require_pixels(X)
        at_once = _ROWS_AT_ONCE if self.encoder is None else _TABLE_ROWS_AT_ONCE
        parts = [self._activations(self._read(X[start : start + at_once])) for start in range(0, len(X), at_once)]
        return self._probabilities(np.concatenate(parts))

    def encoded(self, X: NDArray[Any]) -> Encoded:
        """Returns raw rows of a table as the net reads them."""
        sources = np.arange(X.shape[1]) if self.encoder is None else self.encoder.sources()
        return Encoded(
            rows=self._read(X), sources=sources, predict=lambda rows: self._probabilities(self._activations(rows))
        )

    def _probabilities(self, activations: NDArray[np.float64]) -> NDArray[np.float64]:
        if activations.shape[1] == 1:
            return np.hstack([1 - activations, activations])
        # float32 softmax sums to 1 within 1e-7 only; scores are taken in float64.
        return activations / activations.sum(axis=1, keepdims=True)

    def _read(self, X: NDArray[Any]) -> NDArray[Any]:
        return X if self.encoder is None else self.encoder.transform(X)

    def _activations(self, rows: NDArray[Any]) -> NDArray[np.float64]:
        return np.asarray(self.model(tf.constant(rows, self.model.inputs[0].dtype), training=False), np.float64)


def _require_rows(X: NDArray[Any], shape: tuple[int, ...]) -> None:
    require(
        X.shape[1:] == shape,
        "predict_proba",
        f"rows of shape {shape}",
        "Give rows as they were trained on; a single one as X[None].",
        **{"X.shape": X.shape},
    )


def _require_pixels(X: NDArray[Any]) -> None:
    """Refuses what would silently become other pixels, such as images that were divided by 255 already."""
    if X.dtype == np.uint8:
        return
    require(
        bool(((X >= 0) & (X <= 255) & (X % 1 == 0)).all()),
        "predict_proba",
        "raw images, whole pixels of 0 to 255",
        "Leave the scaling to the model.",
        **{"X.dtype": str(X.dtype), "smallest": X.min().item(), "largest": X.max().item()},
    )


class PipelineClassifier:
    """A fitted scikit-learn pipeline as a classifier; images are flattened row by row.

    Args:
        pipeline: Ends in a classifier with ``predict_proba``; of a table with a contract it begins with ``encoder``.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline

    @property
    def columns(self) -> Columns | None:
        """The contract of the table that rows come from; ``None`` without one."""
        encoder = self.pipeline.named_steps.get("encoder")
        return None if encoder is None else encoder.columns

    def predict_proba(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Returns ``(n_samples, n_classes)`` probabilities for raw rows."""
        return np.asarray(self.pipeline.predict_proba(X.reshape(len(X), -1)), np.float64)

    def encoded(self, X: NDArray[Any]) -> Encoded:
        """Returns raw rows of a table as what stands behind the encoder reads them."""
        encoder = self.pipeline.named_steps.get("encoder")
        if encoder is None:
            return Encoded(rows=X, sources=np.arange(X.shape[1]), predict=self.predict_proba)
        behind = PipelineClassifier(self.pipeline[1:])
        return Encoded(rows=encoder.transform(X), sources=encoder.sources(), predict=behind.predict_proba)


Classifier = NetClassifier | PipelineClassifier


def save(
    classifier: Classifier,
    folder: Path,
    class_names: Sequence[str],
    threshold: Threshold | None = None,
    background: NDArray[np.float64] | None = None,
) -> None:
    """Writes a classifier into a new or empty ``folder``, with the names of its classes in order.

    Args:
        classifier: Trained.
        folder: Made where it is not there.
        class_names: In the order of its probabilities.
        threshold: From which probability on a row is raised, where a decision was declared.
        background: ``(n_background, n_columns)``, some training rows of a table, against which an answer is explained.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(classifier, NetClassifier):
        classifier.model.save(folder / _NET_FILE)
        if classifier.encoder is not None:
            joblib.dump(classifier.encoder, folder / _ENCODER_FILE)
    else:
        joblib.dump(classifier.pipeline, folder / _PIPELINE_FILE)
    (folder / _CLASSES_FILE).write_text("\n".join(class_names), encoding="utf-8")
    if classifier.columns is not None:
        (folder / _COLUMNS_FILE).write_text(classifier.columns.to_json(), encoding="utf-8")
    if threshold is not None:
        (folder / _THRESHOLD_FILE).write_text(threshold.to_json(), encoding="utf-8")
    if background is not None:
        np.save(folder / _BACKGROUND_FILE, background, allow_pickle=False)


def load(folder: Path) -> tuple[Classifier, list[str]]:
    """Returns the classifier that ``save`` wrote, and its class names.

    Raises:
        ValueError: The folder holds no saved classifier.
    """
    net, pipeline = folder / _NET_FILE, folder / _PIPELINE_FILE
    require(
        net.exists() or pipeline.exists(),
        "load",
        f"{_NET_FILE} or {_PIPELINE_FILE} in the folder",
        "Give the folder that save() wrote.",
        folder=str(folder),
    )
    class_names = (folder / _CLASSES_FILE).read_text(encoding="utf-8").splitlines()
    if net.exists():
        encoder = joblib.load(folder / _ENCODER_FILE) if (folder / _ENCODER_FILE).exists() else None
        return NetClassifier(keras.saving.load_model(net, compile=False), encoder), class_names
    return PipelineClassifier(joblib.load(pipeline)), class_names


class _Served:
    """What MLflow calls: a table or an array of raw rows to a table of probabilities, one column for each class.

    A threshold is carried and not applied: who reads probabilities by their columns reads them as before.
    """

    def __init__(self, folder: Path) -> None:
        self.classifier, self.class_names = load(folder)
        contract, threshold, background = (folder / name for name in (_COLUMNS_FILE, _THRESHOLD_FILE, _BACKGROUND_FILE))
        self.columns = Columns.from_json(contract.read_text(encoding="utf-8")) if contract.exists() else None
        self.threshold = Threshold.from_json(threshold.read_text(encoding="utf-8")) if threshold.exists() else None
        self.background = np.load(background, allow_pickle=False) if background.exists() else None

    def get_raw_model(self) -> "_Served":
        """Returns itself, as MLflow hands it on: with what it carries beside its answers."""
        return self

    def effects(self, data: pd.DataFrame, classes: NDArray[np.intp]) -> NDArray[np.float64]:
        """Returns what each column adds to the log-odds of each row's class.

        Raises:
            ValueError: The model was saved without a background.
        """
        if self.background is None:
            raise ValueError(mistake("effects", "a background", "Save the model with one.", background=None))
        X = np.asarray(self._rows(data), np.float64)
        return effects(self.classifier.encoded, X, self.background, classes)

    def predict(self, data: pd.DataFrame | NDArray[Any]) -> pd.DataFrame:
        table = data if isinstance(data, pd.DataFrame) else None
        index = None if table is None else table.index
        return pd.DataFrame(self.classifier.predict_proba(self._rows(data)), columns=self.class_names, index=index)

    def _rows(self, data: pd.DataFrame | NDArray[Any]) -> NDArray[Any]:
        if not isinstance(data, pd.DataFrame):
            return np.asarray(data)
        if self.columns is not None:
            return self.columns.matrix(data)
        _require_numbers(data)
        return data.to_numpy()


def _require_numbers(table: pd.DataFrame) -> None:
    """Refuses cells that are missing: some classifiers would answer NaN, others as if nothing were wrong."""
    for row, column in np.argwhere(~np.isfinite(table.to_numpy()))[:1].tolist():
        require(
            False,
            "predict",
            "a finite number in each cell",
            "Fill it in, or leave the row out.",
            row=row,
            column=table.columns[column],
            value=table.iloc[row, column],
        )


def _load_pyfunc(path: str) -> _Served:
    return _Served(Path(path))
