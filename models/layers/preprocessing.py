"""What happens to raw rows before the first trained layer: fitted on training rows, carried inside the saved model.

The layers work in float64, because a ratio that differs in its eighth digit would be lost in float32 before it is
scaled.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from sklearn.preprocessing import QuantileTransformer

from models.checks import require, require_known
from models.layers.piecewise import PiecewiseLinear


@keras.saving.register_keras_serializable(package="chalktape")
class Standardize(keras.layers.Layer):
    """Z-scores: ``(x - mean) / scale`` by column, in float64.

    Keras's own ``Normalization`` computes its statistics in float32 and divides a constant column by 1e-7.

    Args:
        mean: ``(n_features,)``.
        scale: ``(n_features,)`` standard deviations; 1 for a constant column.
    """

    def __init__(self, mean: Any, scale: Any, **options: Any) -> None:
        super().__init__(**{"dtype": "float64", "trainable": False, **options})
        self.mean = np.asarray(mean, np.float64)
        self.scale = np.asarray(scale, np.float64)

    @classmethod
    def fit(cls, X: NDArray[np.float64]) -> "Standardize":
        """Returns the layer for training rows ``X``, shape ``(n_samples, n_features)``."""
        scale = X.std(axis=0)
        # A constant column's computed deviation is rounding, not information.
        constant = np.ptp(X, axis=0) == 0
        return cls(X.mean(axis=0), np.where(constant, 1.0, scale))

    def call(self, inputs: Any) -> Any:
        """Returns z-scores of the shape of ``inputs``."""
        return (inputs - self.mean) / self.scale

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape of the inputs; without it Keras would trace ``call`` for each net that is built."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns what ``from_config`` needs."""
        return {**super().get_config(), "mean": self.mean.tolist(), "scale": self.scale.tolist()}


@keras.saving.register_keras_serializable(package="chalktape")
class QuantileNormal(keras.layers.Layer):
    """Maps each column to normal quantiles through its training distribution, in float64.

    Formula:
        ``z = Phi^-1((p (q - 1) + 1/2) / q)``, where ``p`` is the share of the training distribution below a value,
        interpolated between the column's ``q`` quantiles: once from the left, once from the right, and averaged, so
        that ties land in the middle of their step.

    Source:
        scikit-learn's ``QuantileTransformer`` for ``p`` inside the range. At its ends this layer departs on purpose:
        there the smallest and largest value, and all their ties, go to -5.2 and 5.2, so that a ratio of many zeros
        becomes a column of outliers. Here ties stay in the middle of their step, a constant column becomes 0, and a
        single extreme lies half a step inside (Hazen's plotting position), 3.3 for 1,000 quantiles.

    Args:
        quantiles: ``(n_features, n_quantiles)`` increasing, of the training rows.
    """

    def __init__(self, quantiles: Any, **options: Any) -> None:
        super().__init__(**{"dtype": "float64", "trainable": False, **options})
        self.quantiles = np.asarray(quantiles, np.float64)

    @classmethod
    def fit(cls, X: NDArray[np.float64], n_quantiles: int = 1000) -> "QuantileNormal":
        """Returns the layer for training rows ``X``, shape ``(n_samples, n_features)``."""
        transformer = QuantileTransformer(n_quantiles=min(n_quantiles, len(X)), subsample=None)
        return cls(transformer.fit(X).quantiles_.T)

    def call(self, inputs: Any) -> Any:
        """Returns normal deviates of the shape of ``inputs``."""
        values = tf.transpose(inputs)
        n_quantiles = self.quantiles.shape[1]
        from_left = _interpolate(values, self.quantiles)
        from_right = 1.0 - _interpolate(-values, -self.quantiles[:, ::-1])
        share = 0.5 * (from_left + from_right)
        return tf.transpose(tf.math.ndtri((share * (n_quantiles - 1) + 0.5) / n_quantiles))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape of the inputs; without it Keras would trace ``call`` for each net that is built."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns what ``from_config`` needs."""
        return {**super().get_config(), "quantiles": self.quantiles.tolist()}


def _interpolate(values: tf.Tensor, quantiles: NDArray[np.float64]) -> tf.Tensor:
    """Returns the share of the distribution below each value, by row; at a run of equal quantiles, the last one's.

    Args:
        values: ``(n_features, n_samples)``.
        quantiles: ``(n_features, n_quantiles)`` increasing.
    """
    n_quantiles = quantiles.shape[1]
    table = tf.constant(quantiles)
    right = tf.clip_by_value(tf.searchsorted(table, values, side="right"), 1, n_quantiles - 1)
    low = tf.gather(table, right - 1, batch_dims=1)
    high = tf.gather(table, right, batch_dims=1)
    part = tf.clip_by_value(tf.math.divide_no_nan(values - low, high - low), 0.0, 1.0)
    # Beyond the last quantile the search is clipped into a step of no width when the largest values tie.
    part = tf.where(values >= high, tf.ones_like(part), part)
    return (tf.cast(right - 1, tf.float64) + part) / (n_quantiles - 1)


@keras.saving.register_keras_serializable(package="chalktape")
class RobustClip(keras.layers.Layer):
    """Each column by its middle half, then bent so that nothing lies beyond -3 and 3, in float64.

    Formula:
        ``v = (x - median) / IQR``, then ``z = v / sqrt(1 + (v / 3)^2)``. Where the middle half is one value, half of
        the range takes the place of the IQR; a constant column becomes 0.

    Source:
        Holzmüller, Grinsztajn & Steinwart (2024), Better by default: strong pre-tuned MLPs and boosted trees on tabular
        data, section 3.

    Args:
        median: ``(n_features,)``.
        factor: ``(n_features,)``, one over the IQR or what takes its place; 0 for a constant column.
    """

    def __init__(self, median: Any, factor: Any, **options: Any) -> None:
        super().__init__(**{"dtype": "float64", "trainable": False, **options})
        self.median = np.asarray(median, np.float64)
        self.factor = np.asarray(factor, np.float64)

    @classmethod
    def fit(cls, X: NDArray[np.float64]) -> "RobustClip":
        """Returns the layer for training rows ``X``, shape ``(n_samples, n_features)``."""
        low, median, high = np.quantile(X, (0.25, 0.5, 0.75), axis=0)
        spread = np.where(high > low, high - low, np.ptp(X, axis=0) / 2)
        return cls(median, np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 0))

    def call(self, inputs: Any) -> Any:
        """Returns bent values of the shape of ``inputs``."""
        v = (inputs - self.median) * self.factor
        return v / tf.sqrt(1.0 + tf.square(v / 3.0))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape of the inputs; without it Keras would trace ``call`` for each net that is built."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns what ``from_config`` needs."""
        return {**super().get_config(), "median": self.median.tolist(), "factor": self.factor.tolist()}


@keras.saving.register_keras_serializable(package="chalktape")
class AllButLast(keras.layers.Layer):
    """What another layer does to rows, but for their last columns, which are no quantities: they are handed on.

    Args:
        layer: Of the other columns.
        n_last: Columns that are handed on.
    """

    def __init__(self, layer: keras.layers.Layer, n_last: int, **options: Any) -> None:
        super().__init__(**{"dtype": "float64", "trainable": False, **options})
        self.layer = layer
        self.n_last = n_last

    def call(self, inputs: Any) -> Any:
        """Returns what the layer puts out, and the last columns behind it."""
        return tf.concat([self.layer(inputs[..., : -self.n_last]), inputs[..., -self.n_last :]], axis=-1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns rows of what the layer puts out and the last columns."""
        *lead, n_columns = input_shape
        *_, n_others = self.layer.compute_output_shape((*lead, int(n_columns or 0) - self.n_last))
        return (*lead, n_others + self.n_last)

    def get_config(self) -> dict[str, Any]:
        """Returns what ``from_config`` needs."""
        own = keras.saving.serialize_keras_object(self.layer)
        return {**super().get_config(), "layer": own, "n_last": self.n_last}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "AllButLast":
        """Returns the layer that a configuration describes."""
        return cls(**{**config, "layer": keras.saving.deserialize_keras_object(config["layer"])})


_FITTED: dict[str, Callable[[NDArray[Any]], keras.layers.Layer]] = {
    "standardize": Standardize.fit,
    "quantile_normal": QuantileNormal.fit,
    "robust_clip": RobustClip.fit,
    "piecewise_linear": PiecewiseLinear.fit,
}


def fit_inputs(
    inputs: str, X: NDArray[Any], *, pixel_maximum: int | None = None, n_places: int = 0
) -> keras.layers.Layer:
    """Returns the layer that turns raw rows into a net's inputs.

    Args:
        inputs: ``"raw"``, ``"standardize"``, ``"quantile_normal"``, ``"robust_clip"``, ``"piecewise_linear"`` or
            ``"rescale"``.
        X: Training rows ``(n_samples, n_features)``, or images ``(n_samples, height, width)``.
        pixel_maximum: The largest value of a pixel, for ``"rescale"``.
        n_places: The last columns of a table that are places of levels, no quantities: no scale is theirs.

    Raises:
        ValueError: An unknown name, or a way that does not fit the rows.
    """
    who = "fit_inputs"
    if inputs == "raw":
        return keras.layers.Identity()
    if inputs == "rescale" and pixel_maximum is not None:
        return keras.layers.Rescaling(1 / pixel_maximum)
    require(
        inputs != "rescale",
        who,
        "images for inputs='rescale'",
        "Use 'standardize' or 'quantile_normal' for a table.",
        pixel_maximum=pixel_maximum,
    )
    require_known(who, "inputs", inputs, ("raw", "rescale", *_FITTED))
    require(X.ndim == 2, who, f"a table for inputs={inputs!r}", "Use 'rescale' for images.", shape=X.shape)
    return AllButLast(_FITTED[inputs](X[:, :-n_places]), n_places) if n_places else _FITTED[inputs](X)
