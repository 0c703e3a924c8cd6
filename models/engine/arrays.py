"""Rows as the loop takes them, once their shapes fit the net."""

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from models.checks import require


def as_arrays(
    model: keras.Model, X: NDArray[Any], y: NDArray[Any], sample_weight: NDArray[Any] | None = None
) -> tuple[NDArray[Any], ...]:
    """Returns X, y and, if given, weights in the precision of the model's weights, once their shapes fit.

    Raises:
        ValueError: If they do not fit: Keras's losses would broadcast some of them silently.
    """
    who, n_rows, outputs = "train", len(X), tuple(model.output_shape[1:])
    rows = tuple(model.input_shape[1:])
    require(X.shape[1:] == rows, who, f"rows of shape {rows}", "Reshape X.", **{"X.shape": X.shape})
    class_numbers = y.ndim == 1 and (outputs == (1,) or np.issubdtype(y.dtype, np.integer))
    require(
        len(y) == n_rows and (y.shape[1:] == outputs or class_numbers),
        who,
        f"y of shape {(n_rows, *outputs)}, or class numbers {(n_rows,)}",
        "Reshape y.",
        **{"y.shape": y.shape, "y.dtype": str(y.dtype)},
    )
    dtype = model.weights[0].dtype
    targets = y if np.issubdtype(y.dtype, np.integer) else np.asarray(y, dtype)
    if sample_weight is None:
        return np.asarray(X, dtype), targets
    require(
        sample_weight.shape == (n_rows,),
        who,
        f"sample_weight of shape {(n_rows,)}",
        "Give one weight for each row.",
        **{"sample_weight.shape": sample_weight.shape},
    )
    return np.asarray(X, dtype), targets, np.asarray(sample_weight, dtype)
