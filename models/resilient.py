"""Resilient backpropagation as a Keras optimizer: R's neuralnet's rule for any net, on all rows at once."""

from typing import Any

import keras
import tensorflow as tf

from models.checks import require


@keras.saving.register_keras_serializable(package="chalktape")
class RpropPlus(keras.optimizers.Optimizer):
    """rprop+: every number has a step of its own, and only the sign of its slope counts.

    The rows of an update must be all rows: with a few of them signs turn by chance.

    Formula:
        slope keeps its sign: step <- min(1.2 step, most), w <- w - sign(slope) step;
        slope has turned: w <- w + sign(slope before) step, step <- max(.5 step, 1e-10), and the slope counts as 0 in
        the next comparison; slope or memory is 0: w <- w - sign(slope) step.
        No slope of the net is larger than the threshold: nothing moves, then and ever after.

    Source:
        Riedmiller and Braun (1993), A direct adaptive method for faster backpropagation learning, with weight
        backtracking and a threshold, as R's neuralnet has it.

    Args:
        learning_rate: Every first step.
        grow: Factor of a step whose slope keeps its sign.
        shrink: Factor of a step whose slope has turned.
        least: No step becomes smaller.
        most: No step becomes larger.
        threshold: The net rests once no slope of its cost is larger; ``None`` never rests. Neuralnet's, .01, is of a
            sum over rows: of a mean over n rows it is .01 / n.
        **options: Of `keras.optimizers.Optimizer`.

    Raises:
        ValueError: A number is out of its range, or the rate is a schedule.
    """

    def __init__(
        self,
        learning_rate: float = 0.1,
        *,
        grow: float = 1.2,
        shrink: float = 0.5,
        least: float = 1e-10,
        most: float = 0.1,
        threshold: float | None = None,
        **options: Any,
    ) -> None:
        require(
            isinstance(learning_rate, int | float) and 0 < shrink < 1 < grow and 0 < least <= learning_rate <= most,
            "RpropPlus",
            "a first step from least to most, and shrink < 1 < grow",
            "neuralnet takes 0.1, 0.5, 1.2, 1e-10 and 0.1.",
            learning_rate=learning_rate,
            shrink=shrink,
            grow=grow,
            least=least,
            most=most,
        )
        require(
            threshold is None or threshold > 0,
            "RpropPlus",
            "a positive threshold, or none",
            "neuralnet takes 0.01 of a sum over rows.",
            threshold=threshold,
        )
        super().__init__(learning_rate, **{"name": "rprop_plus", **options})
        self.first = float(learning_rate)
        self.grow = grow
        self.shrink = shrink
        self.least = least
        self.most = most
        self.threshold = threshold
        self.nets: tuple[int, ...] = ()
        """Shape of the first axes of all weights: of several nets in one, each rests by itself."""

    def build(self, variables: Any) -> None:
        """Makes the memory: steps, and the signs that moved the weights last."""
        if self.built:
            return
        super().build(variables)
        self.steps = [self.add_variable_from_reference(one, "step", initializer=self._first_steps) for one in variables]
        self.signs = [self.add_variable_from_reference(one, "sign") for one in variables]
        if self.threshold is not None:
            self.rested = self.add_variable(self.nets, initializer="zeros", dtype="bool", name="rested")

    def _first_steps(self, shape: Any, dtype: Any) -> Any:
        """Keras's constants are rounded to 32 bits on their way to 64."""
        return tf.fill(shape, tf.constant(self.first, dtype))

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        """Takes a step, or rests where every slope is as small as asked."""
        if self.threshold is not None:
            if trainable_variables is not None:
                self.build(trainable_variables)
            largest = [tf.reduce_max(tf.abs(grad), axis=range(len(self.nets), grad.shape.rank)) for grad in grads]
            small = tf.reduce_all([one <= tf.cast(self.threshold, one.dtype) for one in largest], axis=0)
            self.rested.assign(tf.convert_to_tensor(self.rested) | small)
        super().apply(grads, trainable_variables)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Takes the step of one weight; its rate is that of its own memory."""
        index = self._get_variable_index(variable)
        step, before = (tf.convert_to_tensor(memory[index]) for memory in (self.steps, self.signs))
        sign = tf.sign(tf.cast(gradient, variable.dtype))
        kept, turned = before * sign > 0, before * sign < 0
        grown = tf.where(kept, tf.minimum(self.grow * step, self.most), step)
        move = tf.where(turned, before * step, -sign * grown)
        self.assign_add(
            variable, move if self.threshold is None else tf.where(self._rests(move), tf.zeros_like(move), move)
        )
        self.assign(self.steps[index], tf.where(turned, tf.maximum(self.shrink * step, self.least), grown))
        self.assign(self.signs[index], tf.where(turned, tf.zeros_like(sign), sign))

    def _rests(self, move: Any) -> Any:
        """Returns whether each net rests, against a weight of all nets."""
        inner = [1] * (len(move.shape) - len(self.nets))
        return tf.reshape(tf.convert_to_tensor(self.rested), [*self.nets, *inner])

    def get_config(self) -> dict[str, Any]:
        """Returns what ``from_config`` needs."""
        own = {"grow": self.grow, "shrink": self.shrink, "least": self.least, "most": self.most}
        own |= {} if self.threshold is None else {"threshold": self.threshold}
        return {**super().get_config(), **own, "learning_rate": self.first}
