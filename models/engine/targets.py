"""Whether targets fit a loss: class numbers within the outputs, and as many columns as there are outputs."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from models.checks import require

_NUMBERED = ("SparseCategoricalCrossentropy", "sparse_categorical_crossentropy")
_SHARES = ("BinaryCrossentropy", "binary_crossentropy", "BinaryFocalCrossentropy", "binary_focal_crossentropy")
_EITHER = ("crossentropy", "ce")

ROWS_AT_ONCE = 2**16
"""Are looked through: a memory map is never read whole."""


def require_targets(owner: str, loss: Any, y: Any, outputs: Any, *, name: str = "y") -> None:
    """Checks the targets of each output against its loss, as far as Keras's own losses say what they take.

    Args:
        owner: Who asks.
        loss: As ``compile`` takes it: a name, a function, a loss, or a list or dict of them.
        y: An array, or a structure of them.
        outputs: The shape of a row of each output, in the structure of the outputs.
        name: Of the targets.

    Raises:
        ValueError: A class lies beyond the outputs, which gives a NaN or another class's gradient, or a loss would
            broadcast targets against outputs.
    """
    for one, targets, shape in _by_output(loss, y, outputs):
        kind = _kind(one, targets, shape)
        if kind == "numbers":
            _require_numbers(owner, name, one, targets, shape)
        elif kind == "columns":
            fits = targets.shape[1:] == shape or (targets.ndim == 1 and shape == (1,))
            rows = (len(targets), *shape)
            received = {f"{name}.shape": targets.shape, "loss": _called(one)}
            require(fits, owner, f"{name} of shape {rows}", f"Reshape {name}: it would be broadcast.", **received)
        if _called(one) in _SHARES or (_called(one) in _EITHER and shape[-1:] == (1,)):
            low, high = _range(targets)
            require(
                low >= 0 and high <= 1,
                owner,
                f"{name} between 0 and 1 for {_called(one)}",
                "Number two classes 0 and 1; more of them take an output each.",
                smallest=low,
                largest=high,
            )


def _by_output(loss: Any, y: Any, outputs: Any) -> Iterator[tuple[Any, NDArray[Any], tuple[int, ...]]]:
    """Yields the loss, targets and shape of each output whose loss can be told."""
    if isinstance(outputs, tuple) and all(isinstance(size, int | None) for size in outputs):
        loss = loss[0] if isinstance(loss, (list, tuple)) and len(loss) == 1 else loss
        if not keras.tree.is_nested(y) and not isinstance(loss, (dict, list, tuple)):
            yield loss, y, outputs
    elif isinstance(y, dict) and isinstance(outputs, dict):
        for key in y.keys() & outputs.keys():
            yield from _by_output(loss.get(key) if isinstance(loss, dict) else loss, y[key], outputs[key])
    elif isinstance(y, (list, tuple)) and isinstance(outputs, (list, tuple)) and len(y) == len(outputs):
        losses = loss if isinstance(loss, (list, tuple)) else [loss] * len(y)
        if not isinstance(loss, dict):
            for one, targets, shape in zip(losses, y, outputs, strict=True):
                yield from _by_output(one, targets, shape)


def _called(loss: Any) -> str:
    """Returns what a loss is called, or nothing for one that is not Keras's own."""
    if hasattr(loss, "of_one"):
        return _called(loss.of_one)
    if isinstance(loss, str):
        return loss if loss in _EITHER else _called(keras.losses.get(loss))
    own = type(loss) if isinstance(loss, keras.losses.Loss) else loss
    return own.__name__ if str(getattr(own, "__module__", "")).startswith("keras.src.losses") else ""


def _kind(loss: Any, targets: NDArray[Any], shape: tuple[int, ...]) -> str:
    called = _called(loss)
    of_several = len(shape) > 0 and shape[-1] != 1
    is_numbered = targets.ndim < len(shape) + 1 or (targets.shape[-1] == 1 and of_several)
    if called in _NUMBERED or (called in _EITHER and of_several and is_numbered):
        return "numbers"
    return "columns" if called and None not in shape else ""


def _require_numbers(owner: str, name: str, loss: Any, targets: NDArray[Any], shape: tuple[int, ...]) -> None:
    rows = (len(targets), *shape[:-1])
    received = {f"{name}.shape": targets.shape}
    fits = None in shape or targets.shape in (rows, (*rows, 1))
    require(fits, owner, f"class numbers {name} of shape {rows}", f"Reshape {name}.", **received)
    if shape[-1] is None:
        return
    ignored = loss.get_config().get("ignore_class") if isinstance(loss, keras.losses.Loss) else None
    classes = _classes(targets)
    beyond = [float(c) for c in classes if (c != ignored) and not (0 <= c < shape[-1] and c == int(c))]
    require(
        not beyond,
        owner,
        f"class numbers from 0 to {shape[-1] - 1}, one for each output",
        "Number the classes from 0, or give the model an output for each.",
        **{f"{name} also has": beyond[:5]},
    )


def _classes(targets: NDArray[Any]) -> NDArray[Any]:
    found = [np.unique(part) for part in stretches(targets)]
    return np.unique(np.concatenate(found))


def _range(targets: NDArray[Any]) -> tuple[float, float]:
    parts = [(float(part.min()), float(part.max())) for part in stretches(targets)]
    return min(low for low, _ in parts), max(high for _, high in parts)


def stretches(array: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Yields an array, some rows at a time."""
    return (array[start : start + ROWS_AT_ONCE] for start in range(0, len(array), ROWS_AT_ONCE))
