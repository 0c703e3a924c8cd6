"""Rows as Keras takes them: arrays, frames by position, memory maps in their own type; and whether they fit a net."""

from typing import Any

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from numpy.typing import NDArray

from models.checks import require
from models.engine.structure import operations
from models.engine.targets import require_targets


def as_arrays(
    model: keras.Model,
    X: Any,
    y: Any,
    sample_weight: Any = None,
    *,
    loss: keras.Loss | None = None,
) -> tuple[NDArray[Any], ...]:
    """Returns X, y and, if given, weights as Keras takes them, once they fit the model and its loss.

    Raises:
        ValueError: They do not: Keras's losses would broadcast some of them silently, and take a class beyond the
            outputs for another one.
    """
    who = "train"
    X, y = array_of(who, "X", X), array_of(who, "y", y)
    require(len(X) > 0, who, "rows", "There is nothing to learn from: look at how they were chosen.", **{"len(X)": 0})
    if operations(model):
        rows = tuple(model.input_shape[1:])
        require(X.shape[1:] == rows, who, f"rows of shape {rows}", "Reshape X.", **{"X.shape": X.shape})
    n_rows, outputs = len(X), tuple(model.output_shape[1:]) if operations(model) else shape_out(model, X)
    class_numbers = y.ndim == 1 and (outputs == (1,) or np.issubdtype(y.dtype, np.integer))
    require(
        len(y) == n_rows and (y.shape[1:] == outputs or class_numbers),
        who,
        f"y of shape {(n_rows, *outputs)}, or class numbers {(n_rows,)}",
        "Reshape y.",
        **{"y.shape": y.shape, "y.dtype": str(y.dtype)},
    )
    if loss is not None:
        require_targets(who, loss, y, outputs)
    if sample_weight is None:
        return X, y
    weight = array_of(who, "sample_weight", sample_weight)
    require(
        weight.shape == (n_rows,),
        who,
        f"sample_weight of shape {(n_rows,)}",
        "Give one weight for each row.",
        **{"sample_weight.shape": weight.shape},
    )
    return X, y, weight


def shape_out(model: keras.Model, X: Any) -> Any:
    """Returns the shape of a row of each output, in the structure of the outputs.

    Args:
        model: Built; a subclassed one may not know its shapes before it meets rows.
        X: Arrays, in the structure of the inputs.
    """

    def outline(array: NDArray[Any]) -> keras.KerasTensor:
        return keras.KerasTensor(array.shape, dtype=keras.backend.standardize_dtype(array.dtype))

    outputs = model.compute_output_spec(keras.tree.map_structure(outline, X))
    return keras.tree.map_structure(lambda output: tuple(output.shape[1:]), outputs)


def array_of(owner: str, name: str, value: Any) -> NDArray[Any]:
    """Returns an array of the type that Keras gives it.

    Floats take Keras's precision (``keras.config.floatx()``), whole numbers stay what they are, a frame is read by
    position and a series is one number a row. A memory map stays one, in its own type: what is read from it is given
    its precision where it is used.

    Args:
        owner: Who asks.
        name: Of the value.
        value: An array, a frame, a series, a tensor.

    Raises:
        ValueError: It is no array of numbers.
    """
    is_sparse = hasattr(value, "tocoo") or isinstance(value, (tf.SparseTensor, tf.RaggedTensor))
    form = f"{name} as arrays of numbers with rows along the first axis"
    remedy = "Make it one: np.asarray of a list, .toarray() of a sparse matrix."
    require(hasattr(value, "__array__") and not is_sparse, owner, form, remedy, **{name: type(value).__name__})
    is_frame = isinstance(value, (pd.DataFrame, pd.Series))
    array = value.to_numpy() if is_frame else value if isinstance(value, np.ndarray) else np.asarray(value)
    require(
        (array.dtype.kind in "biuf" or array.dtype.name == "bfloat16") and array.ndim > 0,
        owner,
        form,
        "Encode text, dates and missing cells first.",
        **{name: type(value).__name__, "dtype": str(array.dtype), "shape": array.shape},
    )
    if isinstance(array, np.memmap) or not is_float(array):
        return array
    return array.astype(keras.config.floatx(), copy=False)


def is_float(array: NDArray[Any]) -> bool:
    """Returns whether an array of numbers has fractions."""
    return array.dtype.kind not in "biu"
