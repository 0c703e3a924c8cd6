"""Losses with their factor in the name, for Keras and the tape: per row, summed over outputs.

Keras averages them over rows, so a batch of n rows gives 1/n of their sum. Keras's own ``"mse"`` also averages over
the K outputs and has no 1/2: its gradient is 2/K times that of ``half_squared_error``, which is the same for K = 2
only. Its ``"binary_crossentropy"`` is 1/K of ``summed_cross_entropy``.
"""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from models.blackboard.trace import Cost
from models.checks import require


def half_squared_error(y_true: Any, y_pred: Any) -> Any:
    """Returns 1/2 sum_k (y_k - a_k)² for each row; averaged over rows it is the quadratic cost 1/(2n) sum ||y - a||².

    Args:
        y_true: ``(n, outputs)``.
        y_pred: ``(n, outputs)``.

    Raises:
        ValueError: The shapes differ: ``(n,)`` and ``(n, 1)`` would broadcast to ``(n, n)``.

    Example:
        >>> half_squared_error(tf.constant([[0.01, 0.99]]), tf.constant([[0.51, 0.49]])).numpy().round(4)
        array([0.25], dtype=float32)
    """
    y_true = _same_shape("half_squared_error", y_true, y_pred)
    return tf.reduce_sum(tf.square(y_true - y_pred), axis=-1) / 2


def summed_cross_entropy(y_true: Any, y_pred: Any) -> Any:
    """Returns -sum_k [y_k log a_k + (1 - y_k) log(1 - a_k)] for each row, with nothing clipped.

    Args:
        y_true: ``(n, outputs)``, each 0 to 1.
        y_pred: ``(n, outputs)`` probabilities.

    Raises:
        ValueError: The shapes differ.
    """
    y_true = _same_shape("summed_cross_entropy", y_true, y_pred)
    return -tf.reduce_sum(tf.math.xlogy(y_true, y_pred) + tf.math.xlog1py(1 - y_true, -y_pred), axis=-1)


class QuadraticCost(keras.losses.Loss):
    """``half_squared_error`` as a Keras loss, the mean over rows."""

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns ``(n,)`` losses."""
        return half_squared_error(y_true, y_pred)


class CrossEntropyCost(keras.losses.Loss):
    """``summed_cross_entropy`` as a Keras loss, the mean over rows; for training, where an output may round to 1.

    Probabilities stay 1e-7 away from 0 and 1, as in Keras: a net that is surely wrong would have an infinite loss.
    """

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns ``(n,)`` losses."""
        y_true = _same_shape("CrossEntropyCost", y_true, y_pred)
        return keras.ops.sum(keras.ops.binary_crossentropy(y_true, y_pred), axis=-1)


class MembersLoss(keras.losses.Loss):
    """The mean of what k members lose, each by itself: so members stay apart that are to vote.

    The loss of their mean would let one member make up for another; of a convex loss it is the smaller of the two.

    Formula:
        ``1/k sum_k loss(y, y_k)`` for each row.

    Args:
        of_one: What a member loses, and what the mean of members is judged by: a mean over rows.

    Source:
        Gorishniy, Kotelnikov & Babenko (2025), TabM, section 3.

    Example:
        Two members that are wrong by 1 either way, whose mean is right:

        >>> float(MembersLoss(keras.losses.MeanSquaredError())(tf.constant([[2.0]]), tf.constant([[[1.0], [3.0]]])))
        1.0
    """

    def __init__(self, of_one: keras.losses.Loss) -> None:
        super().__init__(name="members_loss", reduction=of_one.reduction, dtype=of_one.dtype)
        self.of_one = of_one

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns ``(n,)`` losses of members' outputs ``(n, k, outputs)``.

        Raises:
            ValueError: The outputs have no axis of members.
        """
        y_pred = tf.convert_to_tensor(y_pred)
        require(
            y_pred.shape.rank == 3,
            "MembersLoss",
            "outputs of members, (n, k, outputs)",
            "Take the loss of one where a net has no members.",
            y_pred=tuple(y_pred.shape),
        )
        for_each = tf.repeat(tf.expand_dims(y_true, 1), y_pred.shape[1], axis=1)
        return tf.reduce_mean(self.of_one.call(for_each, y_pred), axis=1)


_OF_CLASSES = (keras.losses.BinaryCrossentropy, keras.losses.SparseCategoricalCrossentropy)


class SmoothedLoss(keras.losses.Loss):
    """A loss of labels of which a share is spread over all classes alike.

    Formula:
        ``(1 - e) loss(y) + e/K sum_c loss(c)``: a cross-entropy is linear in its label, so this is that of the label
        ``(1 - e) y + e/K``.

    Source:
        Szegedy et al. (2016), Rethinking the inception architecture for computer vision, section 7.

    Args:
        of_one: A cross-entropy of class numbers or of a single column of 0 and 1, a mean over rows.
        share: e.
        n_classes: K.

    Raises:
        ValueError: The loss is of a number, or the share no share.

    Example:
        -(0.9 log 0.8 + 0.1 log 0.2) of a label 1 of which a fifth is spread over two classes:

        >>> loss = SmoothedLoss(keras.losses.BinaryCrossentropy(), share=0.2, n_classes=2)
        >>> loss(tf.constant([[1.0]]), tf.constant([[0.8]])).numpy().round(4)
        np.float32(0.3618)
    """

    def __init__(self, of_one: keras.losses.Loss, *, share: float, n_classes: int) -> None:
        require(
            isinstance(of_one, _OF_CLASSES),
            "SmoothedLoss",
            "a cross-entropy of class numbers or of a single column of 0 and 1",
            "A number has no classes to spread over: take its loss as it is.",
            of_one=type(of_one).__name__,
        )
        require(0 < share < 1, "SmoothedLoss", "a share between 0 and 1", "0.1 is a start.", share=share)
        super().__init__(name="smoothed_loss", reduction=of_one.reduction, dtype=of_one.dtype)
        self.of_one = of_one
        self.share = share
        self.n_classes = n_classes

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns the losses of rows, as ``of_one`` does."""
        y_true = tf.convert_to_tensor(y_true)
        classes = [tf.ones_like(y_true) * c for c in range(self.n_classes)]
        spread = [self.of_one.call(label, y_pred) for label in classes]
        return (1 - self.share) * self.of_one.call(y_true, y_pred) + self.share / self.n_classes * tf.add_n(spread)


LOSSES: dict[Cost, Callable[[Any, Any], Any]] = {
    "quadratic": half_squared_error,
    "cross_entropy": summed_cross_entropy,
}


def _same_shape(owner: str, y_true: Any, y_pred: Any) -> Any:
    y_pred = tf.convert_to_tensor(y_pred)
    y_true = tf.cast(y_true, y_pred.dtype)
    require(
        y_true.shape.is_compatible_with(y_pred.shape),
        owner,
        "y_true and y_pred of one shape",
        "Give one column for each output.",
        y_true=tuple(y_true.shape),
        y_pred=tuple(y_pred.shape),
    )
    return y_true
