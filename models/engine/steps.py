"""Steps of replicates that share an optimizer, each as far as its own learning rate and weight decay take it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from models.checks import require
from models.optimizers import AdamByLayer

_PROPORTIONAL = (keras.optimizers.SGD, keras.optimizers.Adam, keras.optimizers.RMSprop, AdamByLayer)
TakeStep = Callable[[Sequence[tf.Tensor], Sequence[keras.Variable]], None]


@dataclass(frozen=True, kw_only=True)
class OwnSteps:
    """How far each replicate goes where the optimizer takes them all.

    The step of gradient descent, with momentum or without, of Adam, AdamW and RMSprop is proportional to the learning
    rate, at every moment of a schedule that is proportional to its peak. So a replicate of another rate is one whose
    step is longer or shorter, and its state is the same; to the digits of float32 where Keras rounds a schedule to it.

    Formula:
        ``w <- w + c_r ((w' - w) - a (d_r - d) w)``: w' is where the optimizer's step of rate a and decay d ends, c_r
        the replicate's rate as a multiple of a, d_r its decay.

    Attributes:
        rates: Each replicate's learning rate as a multiple of the optimizer's.
        decays: Each replicate's weight decay, which only ``AdamW`` has; ``None`` where all have the optimizer's.

    Example:
        >>> OwnSteps(rates=(1.0, 1.0)).differ, OwnSteps(rates=(1.0, 0.3)).differ
        (False, True)
    """

    rates: tuple[float, ...]
    decays: tuple[float, ...] | None = None

    @property
    def differ(self) -> bool:
        """Whether any replicate's step is another than the optimizer's."""
        return self.decays is not None or any(rate != 1 for rate in self.rates)

    def require_fits(self, optimizer: keras.Optimizer, n: int) -> None:
        """Checks that there is a step of its own for each of ``n`` replicates.

        Raises:
            ValueError: There are more or fewer; another optimizer; or decays that it does not have.
        """
        lengths = {len(self.rates), len(self.decays or self.rates)}
        require(lengths == {n}, "OwnSteps", f"{n} of each, one for a net", "Give one of each.", lengths=lengths)
        require(
            isinstance(optimizer, _PROPORTIONAL),
            "OwnSteps",
            "an optimizer whose steps are as long as its rate says",
            "Train them apart.",
            optimizer=type(optimizer).__name__,
        )
        require(
            self.decays is None or type(optimizer) is keras.optimizers.AdamW,
            "OwnSteps",
            "decays with AdamW only",
            "Leave them out.",
            optimizer=type(optimizer).__name__,
        )

    def of(self, optimizer: keras.Optimizer) -> TakeStep:
        """Returns what takes every replicate's own step along its gradients; variables have a first axis of them."""

        def take_step(gradients: Sequence[tf.Tensor], variables: Sequence[keras.Variable]) -> None:
            before = [tf.identity(variable.value) for variable in variables]
            rate = tf.identity(optimizer.learning_rate)  # as the schedule has it now
            optimizer.apply(gradients, variables)
            for variable, start in zip(variables, before, strict=True):
                step = variable.value - start
                if self.decays is not None:
                    extra = _by_replicate(np.subtract(self.decays, optimizer.weight_decay), start)
                    step -= tf.cast(rate, start.dtype) * extra * start
                variable.assign(start + _by_replicate(self.rates, start) * step)

        return take_step


def _by_replicate(values: Any, like: tf.Tensor) -> tf.Tensor:
    """Returns values of replicates against a tensor whose first axis they are."""
    return tf.reshape(tf.constant(np.asarray(values), like.dtype), (-1, *[1] * (len(like.shape) - 1)))
