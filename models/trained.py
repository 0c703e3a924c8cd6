"""What nets and scikit-learn's pipelines have in common once they are trained, and how they lie in a folder.

``classifier`` and ``regressor`` say what their answers are; a saved folder is read by them.
"""

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import joblib
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline

from models.boosting import boosting_of
from models.checks import require
from models.encoded import Encoded
from models.encoding.columns import Columns
from models.encoding.encoder import Encoder
from models.encoding.gaps import require_gaps_told
from models.pools import one_thread
from models.quietly import import_tensorflow_quietly

if TYPE_CHECKING:  # of nets only: a forest answers before TensorFlow is loaded
    import keras

_NET_FILE = "model.keras"
_PIPELINE_FILE = "model.joblib"
_ENCODER_FILE = "encoder.joblib"
_COLUMNS_FILE = "columns.json"
_BACKGROUND_FILE = "background.npy"
_ROWS_AT_ONCE = 4096  # bounds the memory of a conv net's feature maps, of images of MNIST's size
_NUMBERS_AT_ONCE = _ROWS_AT_ONCE * 28 * 28  # of larger ones
_TABLE_ROWS_AT_ONCE = 16_384  # an encoder takes 20 ms, however few the rows


class TrainedNet:
    """A Keras model from raw rows to output activations.

    Args:
        model: Its outputs are what ``_answers`` makes answers of.
        encoder: Of a table with a contract: what stands before the model.
    """

    asks: str
    """Name of the call that answers, for errors."""

    def __init__(self, model: "keras.Model", encoder: Encoder | None = None) -> None:
        self.model = model
        self.encoder = encoder

    @property
    def columns(self) -> Columns | None:
        """The contract of the table that rows come from; ``None`` without one."""
        return None if self.encoder is None else self.encoder.columns

    def answers(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Returns an answer for each raw row.

        Rows keep their precision: Keras's ``predict`` would round them to float32 first.

        Raises:
            ValueError: Rows of another shape than the net was trained on, or images of other than whole pixels.
        """
        inputs = self.model.inputs[0]
        if self.encoder is None:
            self._require_rows(X, tuple(inputs.shape[1:]))
        if inputs.dtype == "uint8":
            self._require_pixels(X)
        few = max(1, min(_ROWS_AT_ONCE, _NUMBERS_AT_ONCE // max(1, math.prod(X.shape[1:]))))
        at_once = few if self.encoder is None else _TABLE_ROWS_AT_ONCE
        parts = [self._activations(self._read(X[start : start + at_once])) for start in range(0, len(X), at_once)]
        return self._answers(np.concatenate(parts))

    def encoded(self, X: NDArray[Any]) -> Encoded:
        """Returns raw rows of a table as the net reads them."""
        sources = np.arange(X.shape[1]) if self.encoder is None else self.encoder.sources()
        return Encoded(rows=self._read(X), sources=sources, predict=lambda rows: self._answers(self._activations(rows)))

    def write(self, folder: Path) -> None:
        """Writes the net, and its encoder where it has one."""
        self.model.save(folder / _NET_FILE)
        if self.encoder is not None:
            joblib.dump(self.encoder, folder / _ENCODER_FILE)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Returns the net that ``write`` wrote."""
        import_tensorflow_quietly()
        import keras

        import models.layers  # noqa: F401  it registers the layers that a saved net names

        encoder = joblib.load(folder / _ENCODER_FILE) if (folder / _ENCODER_FILE).exists() else None
        return cls(keras.saving.load_model(folder / _NET_FILE, compile=False), encoder)

    def _answers(self, activations: NDArray[np.float64]) -> NDArray[np.float64]:
        raise NotImplementedError

    def _read(self, X: NDArray[Any]) -> NDArray[Any]:
        return X if self.encoder is None else self.encoder.transform(X)

    def _activations(self, rows: NDArray[Any]) -> NDArray[np.float64]:
        import tensorflow as tf

        return np.asarray(self.model(tf.constant(rows, self.model.inputs[0].dtype), training=False), np.float64)

    def _require_rows(self, X: NDArray[Any], shape: tuple[int, ...]) -> None:
        require(
            X.shape[1:] == shape,
            self.asks,
            f"rows of shape {shape}",
            "Give rows as they were trained on; a single one as X[None].",
            **{"X.shape": X.shape},
        )

    def _require_pixels(self, X: NDArray[Any]) -> None:
        """Refuses what would silently become other pixels, such as images that were divided by 255 already."""
        if X.dtype == np.uint8:
            return
        require(
            bool(((X >= 0) & (X <= 255) & (X % 1 == 0)).all()),
            self.asks,
            "raw images, whole pixels of 0 to 255",
            "Leave the scaling to the model.",
            **{"X.dtype": str(X.dtype), "smallest": X.min().item(), "largest": X.max().item()},
        )


class TrainedPipeline:
    """A fitted scikit-learn pipeline; images are flattened row by row.

    Args:
        pipeline: Of a table with a contract it begins with ``encoder``.
    """

    asks: str
    """Name of the pipeline's call that answers."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline

    @property
    def columns(self) -> Columns | None:
        """The contract of the table that rows come from; ``None`` without one."""
        encoder = self.pipeline.named_steps.get("encoder")
        return None if encoder is None else encoder.columns

    def answers(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Returns an answer for each raw row."""
        with self._threads(len(X)):
            return np.asarray(getattr(self.pipeline, self.asks)(X.reshape(len(X), -1)), np.float64)

    def encoded(self, X: NDArray[Any]) -> Encoded:
        """Returns raw rows of a table as what stands behind the encoder reads them."""
        encoder = self.pipeline.named_steps.get("encoder")
        if encoder is None:
            trees = partial(boosting_of, self.pipeline)
            return Encoded(rows=X, sources=np.arange(X.shape[1]), predict=self.answers, trees=trees)
        behind = type(self)(self.pipeline[1:])
        trees = partial(boosting_of, behind.pipeline)
        return Encoded(rows=encoder.transform(X), sources=encoder.sources(), predict=behind.answers, trees=trees)

    def write(self, folder: Path) -> None:
        """Writes the pipeline."""
        joblib.dump(self.pipeline, folder / _PIPELINE_FILE)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Returns the pipeline that ``write`` wrote."""
        return cls(joblib.load(folder / _PIPELINE_FILE))

    def _threads(self, n_rows: int) -> AbstractContextManager[Any]:
        """Returns what keeps boosting to one thread for few rows; each row is answered by itself, to the same bit.

        Its threads meet behind every tree, and where another program has the other core they wait for each other for
        a hundred times as long as they add up.
        """
        boosts = isinstance(self.pipeline[-1], HistGradientBoostingClassifier | HistGradientBoostingRegressor)
        return one_thread("openmp") if boosts and n_rows <= _ROWS_AT_ONCE else nullcontext()


def write(model: TrainedNet | TrainedPipeline, folder: Path, background: NDArray[np.float64] | None = None) -> None:
    """Writes a model into a new or empty ``folder``, with the contract of its table.

    Args:
        model: Trained.
        folder: Made where it is not there.
        background: ``(n_background, n_columns)``, some training rows of a table, against which an answer is explained.
    """
    folder.mkdir(parents=True, exist_ok=True)
    model.write(folder)
    if model.columns is not None:
        (folder / _COLUMNS_FILE).write_text(model.columns.to_json(), encoding="utf-8")
    if background is not None:
        np.save(folder / _BACKGROUND_FILE, background, allow_pickle=False)


def holds_net(folder: Path) -> bool:
    """Returns whether a folder holds a net; else it is a pipeline.

    Raises:
        ValueError: It holds neither.
    """
    net, pipeline = folder / _NET_FILE, folder / _PIPELINE_FILE
    require(
        net.exists() or pipeline.exists(),
        "load",
        f"{_NET_FILE} or {_PIPELINE_FILE} in the folder",
        "Give the folder that save() wrote.",
        folder=str(folder),
    )
    return net.exists()


def background_of(folder: Path) -> NDArray[np.float64] | None:
    """Returns the training rows that lie beside a model; ``None`` where there are none."""
    file = folder / _BACKGROUND_FILE
    return np.load(file, allow_pickle=False) if file.exists() else None


def contract_of(folder: Path) -> Columns | None:
    """Returns the contract that lies beside a model; ``None`` where there is none."""
    file = folder / _COLUMNS_FILE
    return Columns.from_json(file.read_text(encoding="utf-8")) if file.exists() else None


def raw_rows(data: pd.DataFrame | NDArray[Any], columns: Columns | None) -> NDArray[Any]:
    """Returns what a server was given as a model takes it: by the contract, or plain numbers, or an array.

    Raises:
        ValueError: A column or a cell is missing, or is not what the contract says.
    """
    if not isinstance(data, pd.DataFrame):
        return np.asarray(data)
    if columns is not None:
        return columns.matrix(data)
    _require_numbers(data)
    return data.to_numpy()


def sent_rows(data: pd.DataFrame | NDArray[Any], columns: Columns | None) -> NDArray[Any]:
    """Returns the same of rows that somebody else has read: a gap may have been a level before.

    Raises:
        ValueError: As of ``raw_rows``, or nobody can tell which it was.
    """
    if columns is not None and isinstance(data, pd.DataFrame):
        require_gaps_told(columns, data)
    return raw_rows(data, columns)


def answered(
    predict: Callable[[NDArray[Any]], NDArray[np.float64]],
    rows: NDArray[Any],
    data: pd.DataFrame | NDArray[Any],
    columns: Columns | None,
) -> NDArray[np.float64]:
    """Returns what a model answers; a row whose numbers are so large that the answer is none is refused by its cell.

    Args:
        predict: Of the model.
        rows: ``(n_rows, n_columns)``, as the model takes them.
        data: As they were sent; a frame's index may be one of ``line`` numbers by its name.
        columns: The contract of a table.

    Returns:
        ``(n_rows, ...)``.

    Raises:
        ValueError: An answer is not finite, or a tree computes in 32 bits what has more: row, column and number.
    """
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # it is refused below
            answers = predict(rows)
    except ValueError:
        if rows.ndim == 2:
            large = np.abs(rows).max(axis=1, where=~np.isnan(rows), initial=0.0)
            _require_small(large > np.finfo(np.float32).max, rows, data, columns)
        raise
    wrong: Any = ~np.isfinite(answers).reshape(len(answers), -1).all(axis=1)
    _require_small(wrong, rows, data, columns)
    return answers


def _require_small(
    wrong: NDArray[np.bool_], rows: NDArray[Any], data: pd.DataFrame | NDArray[Any], columns: Columns | None
) -> None:
    """Refuses the first of the wrong rows by its largest number."""
    if not wrong.any() or not isinstance(data, pd.DataFrame) or rows.ndim != 2:
        return
    first = int(wrong.argmax())
    place = int(np.nanargmax(np.abs(rows[first])))
    at = {"line" if data.index.name == "line" else "row": data.index.tolist()[first]}
    at["column"] = str(data.columns[place]) if columns is None else columns.used[place].name
    remedy = "What it leads to is beyond all numbers: mend the cell, or leave it empty."
    require(False, "predict", "numbers that can be answered", remedy, **at, value=float(rows[first, place]))


def _require_numbers(table: pd.DataFrame) -> None:
    """Refuses cells that are missing: some models would answer NaN, others as if nothing were wrong."""
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
