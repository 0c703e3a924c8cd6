"""Rows as ``fit`` takes them: arrays, frames by position, memory maps in their own type, one or several of each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from numpy.typing import NDArray

from models.checks import require
from models.engine.arrays import array_of, is_float
from models.engine.targets import ROWS_AT_ONCE, stretches

OWNER = "fit"


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """What a model is trained or judged on.

    Attributes:
        parts: ``(x, y)`` or ``(x, y, sample_weight)``; each is an array or a structure of arrays.
    """

    parts: tuple[Any, ...]

    @property
    def arrays(self) -> tuple[NDArray[Any], ...]:
        """All arrays, one after the other."""
        return tuple(keras.tree.flatten(self.parts))

    def __len__(self) -> int:
        """Returns the number of rows."""
        return len(self.arrays[0])

    def packed(self, batch: Iterable[Any]) -> tuple[Any, ...]:
        """Returns rows of all arrays in the structure that ``train_step`` takes, floats in Keras's precision.

        Arrays in memory have that precision already; what is read from a memory map is given it here.
        """
        return keras.tree.pack_sequence_as(self.parts, [_in_precision(array) for array in batch])

    def part(self, first: int, last: int | None) -> "Rows":
        """Returns some of the rows."""
        return Rows(parts=keras.tree.map_structure(lambda array: array[first:last], self.parts))

    def at(self, rows: NDArray[Any]) -> "Rows":
        """Returns the rows of these numbers."""
        return Rows(parts=keras.tree.map_structure(lambda array: array[rows], self.parts))


def rows_of(x: Any, y: Any, sample_weight: Any = None, *, name: str = "") -> Rows:
    """Returns rows as arrays, of the types that Keras gives them.

    Floats take Keras's precision (``keras.config.floatx()``), whole numbers stay what they are, frames are read by
    position and a series is a column: as in ``fit``. What the model makes of its inputs' types is its own affair.

    Args:
        x: An array, a frame, or a structure of them for several inputs.
        y: Likewise.
        sample_weight: Likewise; of several outputs one for all, or one for each.
        name: Of what holds them, for errors.

    Raises:
        ValueError: Something is no array of numbers, has no rows or other many than the rest, or has a NaN.
    """
    given = {f"{name}X": x, f"{name}y": y, f"{name}sample_weight": sample_weight}
    parts = {key: _arrays(key, value) for key, value in given.items() if value is not None}
    require(y is not None, OWNER, f"{name}y", "A loss without a target is left to Keras's fit.", y=y)
    if sample_weight is not None and keras.tree.is_nested(parts[f"{name}y"]):
        weight = parts[f"{name}sample_weight"]
        if not keras.tree.is_nested(weight):
            parts[f"{name}sample_weight"] = keras.tree.map_structure(lambda _: weight, parts[f"{name}y"])
    lengths = {key: sorted({len(array) for array in keras.tree.flatten(part)}) for key, part in parts.items()}
    n_rows = {length for found in lengths.values() for length in found}
    require(len(n_rows) == 1, OWNER, "as many rows in each array", "Give one of each for a row.", **_told(lengths))
    require(
        n_rows != {0}, OWNER, "rows", "There is nothing to learn from: look at how they were chosen.", **_told(lengths)
    )
    for key, part in parts.items():
        for array in keras.tree.flatten(part):
            _require_no_nan(key, array)
    return Rows(parts=tuple(parts.values()))


def weights_of_classes(y: Any, class_weight: Mapping[Any, float]) -> NDArray[Any]:
    """Returns the weight of each row by its class: 1 where a class has none, as Keras counts it.

    Args:
        y: Class numbers ``(n,)`` or ``(n, 1)``, or a column for each class.
        class_weight: Class number -> weight.

    Example:
        >>> weights_of_classes(np.array([[1, 0], [0, 1]]), {1: 3.0})
        array([1., 3.], dtype=float32)
    """
    require(
        not keras.tree.is_nested(y),
        OWNER,
        "class_weight of a model with one output",
        "Give a sample_weight for each output.",
        y=type(y).__name__,
    )
    if y.ndim > 1:
        y = np.argmax(y, axis=-1) if y.shape[-1] != 1 else y[..., 0]
    classes, numbers = np.unique(np.round(y).astype(np.int32), return_inverse=True)
    weights = np.array([class_weight.get(int(one), 1.0) for one in classes], keras.config.floatx())
    return weights[numbers.reshape(len(y), -1)[:, 0]]


def _arrays(name: str, value: Any) -> Any:
    _require_rows(name, value)
    return keras.tree.map_structure(lambda one: _array(name, one), keras.tree.lists_to_tuples(value))


def _require_rows(name: str, value: Any) -> None:
    leads_rows_itself = hasattr(value, "__next__") or isinstance(value, (tf.data.Dataset, keras.utils.PyDataset))
    leads_rows_itself = leads_rows_itself or type(value).__name__ == "DataLoader"
    require(
        not leads_rows_itself,
        OWNER,
        f"{name} as arrays",
        "What brings batches of its own, a data set, a generator or a loader, is left to Keras's fit.",
        **{name: type(value).__name__},
    )


def _array(name: str, value: Any) -> NDArray[Any]:
    array = array_of(OWNER, name, value)
    return array[:, None] if isinstance(value, pd.Series) else array  # as Keras has it


def _in_precision(tensor: tf.Tensor) -> tf.Tensor:
    return tf.cast(tensor, keras.config.floatx()) if tensor.dtype.is_floating else tensor


def _require_no_nan(name: str, array: NDArray[Any]) -> None:
    if is_float(array):
        row = next(_rows_with_nan(array), None)
        remedy = "It would make every weight NaN: fill it, or leave the row out."
        require(row is None, OWNER, f"{name} without NaN", remedy, row=row)


def _rows_with_nan(array: NDArray[Any]) -> Iterator[int]:
    """Yields the first row with a NaN of each stretch that has one."""
    for place, part in enumerate(stretches(array)):
        found = np.isnan(part).reshape(len(part), -1).any(axis=1)
        if found.any():
            yield place * ROWS_AT_ONCE + int(found.argmax())


def _told(lengths: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    return {f"rows of {name}": found[0] if len(found) == 1 else found for name, found in lengths.items()}
