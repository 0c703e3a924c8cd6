"""Layers of nets that share their weights: k members stand side by side, on an axis behind that of the rows.

Source:
    Gorishniy, Kotelnikov & Babenko (2025), TabM: Advancing tabular deep learning with parameter-efficient ensembling,
    section 3; Wen, Tran & Ba (2020), BatchEnsemble, for the adapters.
"""

from typing import Any

import keras
import tensorflow as tf

from models.layers.stackable import Neurons, Stackable, over_rows


@keras.saving.register_keras_serializable(package="chalktape")
class RandomSigns(keras.initializers.RandomUniform):
    """Each number -1 or 1, with probability 1/2."""

    def __init__(self, seed: Any = None, **_: Any) -> None:
        super().__init__(minval=-1.0, maxval=1.0, seed=seed)

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        """Returns signs of a shape."""
        drawn = super().__call__(shape, dtype)
        return tf.where(drawn < 0, -tf.ones_like(drawn), tf.ones_like(drawn))


@keras.saving.register_keras_serializable(package="chalktape")
class MemberScaling(Stackable):
    """What each member looks through: every input times a number of its own.

    Formula:
        ``x_k = r_k * x``, element by element.

    Shapes:
        ``(n_rows, n_inputs)``, which every member is given, or ``(n_rows, k, n_inputs)`` -> ``(n_rows, k, n_inputs)``.

    Args:
        n_members: k.
        scale_initializer: Of r, ``(k, n_inputs)``.
    """

    def __init__(self, n_members: int, scale_initializer: Any = "ones", **options: Any) -> None:
        super().__init__(**options)
        self.n_members = n_members
        self.scale_initializer = keras.initializers.get(scale_initializer)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes r."""
        self.apart = len(input_shape) == 3
        shape = (self.n_members, input_shape[-1])
        self.scale = self.add_weight(shape=shape, initializer=self.scale_initializer, name="scale")

    def compute(self, X: tf.Tensor, *weights: tf.Tensor) -> tf.Tensor:
        """Returns the members' inputs; arguments as of `Stackable.compute`."""
        (scale,) = weights
        return (X if self.apart else tf.expand_dims(X, -2)) * over_rows(scale, 2)

    def get_config(self) -> dict[str, Any]:
        """Returns what ``from_config`` needs."""
        start = keras.initializers.serialize(self.scale_initializer)
        return {**super().get_config(), "n_members": self.n_members, "scale_initializer": start}


@keras.saving.register_keras_serializable(package="chalktape")
class SharedDense(Stackable):
    """One kernel for all members: all their rows are one product.

    Formula:
        ``z_k = x_k W``, and ``+ b`` with a bias that is shared, too.

    Shapes:
        ``(n_rows, k, n_inputs)`` -> ``(n_rows, k, units)``.

    Args:
        units: Neurons.
        use_bias: Whether there is b.
        kernel_initializer: Of W, ``(n_inputs, units)``.
        bias_initializer: Of b, ``(units,)``.
    """

    def __init__(
        self,
        units: int,
        *,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.units = units
        self.use_bias = use_bias
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.bias_initializer = keras.initializers.get(bias_initializer)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes W and b."""
        shape = (input_shape[-1], self.units)
        self.kernel = self.add_weight(shape=shape, initializer=self.kernel_initializer, name="kernel")
        if self.use_bias:
            self.bias = self.add_weight(shape=shape[1:], initializer=self.bias_initializer, name="bias")

    def compute(self, X: tf.Tensor, *weights: tf.Tensor) -> tf.Tensor:
        """Returns the members' sums; arguments as of `Stackable.compute`."""
        kernel, *bias = weights
        *lead, n_inputs, units = kernel.shape
        z = tf.matmul(tf.reshape(X, (*lead, -1, n_inputs)), kernel)
        if bias:
            z += over_rows(bias[0], 1)
        return tf.reshape(z, (*lead, -1, X.shape[-2], units))

    def get_config(self) -> dict[str, Any]:
        """Returns what ``from_config`` needs."""
        return {
            **super().get_config(),
            "units": self.units,
            "use_bias": self.use_bias,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "bias_initializer": keras.initializers.serialize(self.bias_initializer),
        }


@keras.saving.register_keras_serializable(package="chalktape")
class MemberAffine(Stackable):
    """What each member makes of the shared sums: times a number and plus a number of its own.

    Formula:
        ``h_k = s_k * z_k + b_k``, element by element. At first every s is 1, and b the same for all members.

    Shapes:
        ``(n_rows, k, units)`` -> the same.

    Args:
        bias_initializer: Of b: what it draws, ``(units,)``, all members start with.
    """

    def __init__(self, bias_initializer: Any = "zeros", **options: Any) -> None:
        super().__init__(**options)
        self.bias_initializer = keras.initializers.get(bias_initializer)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes s and b."""

        def alike(shape: Any, dtype: Any = None) -> Any:
            return tf.repeat(self.bias_initializer(shape[1:], dtype=dtype)[tf.newaxis], shape[0], axis=0)

        self.scale = self.add_weight(shape=input_shape[1:], initializer="ones", name="scale")
        self.bias = self.add_weight(shape=input_shape[1:], initializer=alike, name="bias")

    def compute(self, X: tf.Tensor, *weights: tf.Tensor) -> tf.Tensor:
        """Returns the members' sums; arguments as of `Stackable.compute`."""
        scale, bias = weights
        return X * over_rows(scale, 2) + over_rows(bias, 2)

    def get_config(self) -> dict[str, Any]:
        """Returns what ``from_config`` needs."""
        return {**super().get_config(), "bias_initializer": keras.initializers.serialize(self.bias_initializer)}


@keras.saving.register_keras_serializable(package="chalktape")
class MemberDense(Neurons):
    """A dense layer for each member, nothing of it shared.

    Formula:
        ``y_k = f(x_k W_k + b_k)``.

    Shapes:
        ``(n_rows, k, n_inputs)`` -> ``(n_rows, k, units)``.

    Args:
        units: Neurons of each member.
        activation: f.
        kernel_initializer: Of all W, ``(k, n_inputs, units)``.
        bias_initializer: Of all b, ``(k, units)``.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the members' W and b."""
        _, n_members, n_inputs = input_shape
        shape = (n_members, n_inputs, self.units)
        self.kernel = self.add_weight(shape=shape, initializer=self.kernel_initializer, name="kernel")
        bias_shape = (n_members, self.units)
        self.bias = self.add_weight(shape=bias_shape, initializer=self.bias_initializer, name="bias")

    def compute(self, X: tf.Tensor, *weights: tf.Tensor) -> tf.Tensor:
        """Returns the members' outputs; arguments as of `Stackable.compute`."""
        kernel, bias = weights
        z = tf.einsum("...nki,...kiu->...nku", X, kernel)
        return self.activation(z + over_rows(bias, 2))


@keras.saving.register_keras_serializable(package="chalktape")
class MeanOfMembers(Stackable):
    """What the net says: the mean of what its members say, probabilities or numbers.

    Shapes:
        ``(n_rows, k, n_outputs)`` -> ``(n_rows, n_outputs)``.
    """

    def compute(self, X: tf.Tensor, *weights: tf.Tensor) -> tf.Tensor:
        """Returns the mean over members; arguments as of `Stackable.compute`."""
        return tf.reduce_mean(X, axis=-2)
