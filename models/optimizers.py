"""Adam with a rate for each name of weights, and what rates and decay are multiplied by in the course of a training."""

import math
from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from models.checks import require, require_whole


@keras.saving.register_keras_serializable(package="chalktape")
class CosLog(keras.optimizers.schedules.LearningRateSchedule):
    """Cycles of the rate, from 0 up to its peak and down again, each twice as long as the one before.

    Formula:
        ``peak (1 - cos(2 pi log2(1 + (2^n - 1) t))) / 2`` at the share t of all steps; of a training of a single step,
        which would be at rate 0, the peak.

    Source:
        Holzmüller, Grinsztajn & Steinwart (2024), Better by default, section 3: coslog4 has four.

    Args:
        peak: The highest rate.
        n_steps: Of the training.
        n_cycles: n.

    Example:
        The second of two cycles is at its peak where 1 + 3 t is 2 sqrt(2).

        >>> rate = CosLog(1.0, 3000, n_cycles=2)
        >>> [round(float(rate(step)), 3) for step in (0, 414, 1000, 1828, 3000)]
        [0.0, 1.0, 0.0, 1.0, 0.0]
        >>> float(CosLog(0.5, 1)(0))
        0.5

    Raises:
        ValueError: There is no step or no cycle.
    """

    def __init__(self, peak: float, n_steps: int, n_cycles: int = 4) -> None:
        require_whole("CosLog", "n_steps", n_steps, 1)
        require_whole("CosLog", "n_cycles", n_cycles, 1)
        self.peak = peak
        self.n_steps = n_steps
        self.n_cycles = n_cycles

    def __call__(self, step: Any) -> Any:
        """Returns the rate of a step."""
        if self.n_steps == 1:
            return tf.constant(self.peak, tf.float32)
        share = tf.cast(step, tf.float32) / self.n_steps
        turns = tf.math.log(1.0 + (2.0**self.n_cycles - 1.0) * share) / math.log(2.0)
        return self.peak * 0.5 * (1.0 - tf.cos(2.0 * math.pi * turns))

    def get_config(self) -> dict[str, Any]:
        """Returns what ``from_config`` needs."""
        return {"peak": self.peak, "n_steps": self.n_steps, "n_cycles": self.n_cycles}


@keras.saving.register_keras_serializable(package="chalktape")
class FlatCosine(keras.optimizers.schedules.LearningRateSchedule):
    """A value that is kept over half of the steps, then lowered to 0 along a cosine.

    Args:
        value: At first.
        n_steps: Of the training.

    Example:
        >>> [round(float(FlatCosine(2.0, 100)(step)), 3) for step in (0, 50, 75, 100)]
        [2.0, 2.0, 1.0, 0.0]
    """

    def __init__(self, value: float, n_steps: int) -> None:
        self.value = value
        self.n_steps = n_steps

    def __call__(self, step: Any) -> Any:
        """Returns the value at a step."""
        beyond = tf.maximum(0.0, 2.0 * tf.cast(step, tf.float32) / self.n_steps - 1.0)
        return self.value * 0.5 * (1.0 + tf.cos(math.pi * beyond))

    def get_config(self) -> dict[str, Any]:
        """Returns what ``from_config`` needs."""
        return {"value": self.value, "n_steps": self.n_steps}


@keras.saving.register_keras_serializable(package="chalktape")
class AdamByLayer(keras.optimizers.Adam):
    """Adam whose rate is multiplied for weights of some names, with a decay of weights of its own.

    Formula:
        ``w <- w - a c d w``, then Adam's step at the rate ``a c``: a the rate, c the factor of the weight's name, d
        the decay.

    Source:
        Kingma & Ba (2015), Adam; Loshchilov & Hutter (2019), Decoupled weight decay regularization.

    Args:
        learning_rate: A number or a schedule.
        rates: Name of weights -> factor; it is the name that a layer gives them, up to an underscore.
        decay: A number or a schedule.
        decays_biases: Whether weights called bias decay, too.
        **options: Of `keras.optimizers.Adam`.

    Raises:
        ValueError: When it meets a net that has no weights of a name: their rate would have no effect.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        *,
        rates: Mapping[str, float],
        decay: Any = 0.0,
        decays_biases: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.rates = dict(rates)
        self.decay = decay
        self.decays_biases = decays_biases

    def build(self, variables: Any) -> None:
        """Makes Adam's memory, and looks up what each weight is multiplied by."""
        groups = [variable.name.partition("_")[0] for variable in variables]
        for name in self.rates:
            require(
                name in groups,
                "AdamByLayer",
                "rates of weights that the net has",
                f"It has: {', '.join(sorted(set(groups)))}.",
                rate=name,
            )
        self.factors = [self.rates.get(group, 1.0) for group in groups]
        self.decayed = [self.decays_biases or group != "bias" for group in groups]
        super().build(variables)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Takes the step of one weight."""
        index = self._get_variable_index(variable)
        rate = tf.cast(learning_rate, variable.dtype) * self.factors[index]
        if self.decayed[index] and self.decay:
            decay = self.decay(self.iterations) if callable(self.decay) else self.decay
            self.assign_sub(variable, variable * rate * tf.cast(decay, variable.dtype))
        super().update_step(gradient, variable, rate)

    def get_config(self) -> dict[str, Any]:
        """Returns what ``from_config`` needs."""
        decay = keras.saving.serialize_keras_object(self.decay) if callable(self.decay) else self.decay
        return {**super().get_config(), "rates": self.rates, "decay": decay, "decays_biases": self.decays_biases}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "AdamByLayer":
        """Returns the optimizer that a configuration describes."""
        decay = keras.saving.deserialize_keras_object(config["decay"])
        return super().from_config({**config, "decay": decay}, custom_objects)
