"""Class numbers as columns of 0 and 1, on a GPU: the same loss, without a step for each row.

TensorFlow's loss of class numbers picks one output of each row. Where a GPU is to repeat its bits, the gradient of that
is put together one row after the other, and an epoch of 60,000 rows takes a second however large the net is. A product
with a column of 0 and 1 picks the same output in no order at all. It is taken on any GPU, whether or not its bits are
to repeat: a net then comes to the same on both.
"""

from dataclasses import replace
from typing import Any

import keras
import tensorflow as tf

from models.engine.faster.reworking import Case, Reworked
from models.losses import MembersLoss, SmoothedLoss

NAME = "classes as columns"


class ColumnsLoss(keras.losses.SparseCategoricalCrossentropy):
    """Keras's cross-entropy of class numbers, by columns of 0 and 1.

    Args:
        of_numbers: The loss whose place it takes.
    """

    def __init__(self, of_numbers: keras.losses.SparseCategoricalCrossentropy) -> None:
        super().__init__(**of_numbers.get_config(), dtype=of_numbers.dtype)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns the losses of rows.

        Args:
            y_true: Class numbers ``(...)``, or in one column ``(..., 1)``.
            y_pred: ``(..., n_classes)``.
        """
        numbers = tf.cast(y_true, tf.int32)
        if numbers.shape.rank == y_pred.shape.rank:
            numbers = tf.squeeze(numbers, axis=-1)
        columns = tf.one_hot(numbers, y_pred.shape[-1], dtype=y_pred.dtype)
        if self.from_logits or _has_logits(y_pred):
            return keras.ops.categorical_crossentropy(columns, y_pred, from_logits=self.from_logits)
        # Of columns Keras would divide by the sum first, and clip then: of what is no probability, another loss.
        inside = tf.clip_by_value(y_pred, keras.config.epsilon(), 1 - keras.config.epsilon())
        return keras.ops.categorical_crossentropy(columns, tf.math.log(inside), from_logits=True)


def _has_logits(y_pred: Any) -> bool:
    """Returns whether Keras takes the logits of which outputs are the softmax: those marked, or of that operation."""
    if hasattr(y_pred, "_keras_logits"):
        return True
    return not isinstance(y_pred, (tf.__internal__.EagerTensor, tf.Variable)) and y_pred.op.type == "Softmax"


def pays(case: Case, reworked: Reworked) -> bool:
    """Returns whether class numbers are learned as columns: on a GPU, where no class is left out."""
    return not case.on_cpu and in_columns(case.loss) is not case.loss


def put_in(reworked: Reworked, case: Case) -> Reworked:
    """Returns the training with columns."""
    return replace(reworked, loss_of=in_columns)


def in_columns(loss: keras.Loss) -> keras.Loss:
    """Returns a loss that takes class numbers as columns; one that does not take them as usual stays as it is."""
    if isinstance(loss, MembersLoss):
        own = in_columns(loss.of_one)
        return loss if own is loss.of_one else MembersLoss(own)
    if isinstance(loss, SmoothedLoss):
        own = in_columns(loss.of_one)
        return loss if own is loss.of_one else SmoothedLoss(own, share=loss.share, n_classes=loss.n_classes)
    return ColumnsLoss(loss) if _is_usual(loss) else loss


def _is_usual(loss: keras.Loss) -> bool:
    """Returns whether a loss is Keras's of class numbers along the last axis, and leaves no class out."""
    if type(loss) is not keras.losses.SparseCategoricalCrossentropy or "call" in vars(loss):
        return False
    return loss.ignore_class is None and loss._fn_kwargs.get("axis", -1) == -1  # no configuration says the axis
