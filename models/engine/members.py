"""Nets of members: trained on what each member loses, judged by the loss of what all of them say together."""

from typing import Any

import keras
import tensorflow as tf

from models.checks import require
from models.layers.members import MeanOfMembers
from models.losses import MembersLoss, SmoothedLoss


def trained_part(model: keras.Model, loss: keras.Loss) -> keras.Model:
    """Returns what a loss is taken of while training: of members the net without its last layer, else all of it.

    Raises:
        ValueError: The loss is that of members, and the net has none.
    """
    if not isinstance(loss, MembersLoss):
        return model
    require(
        has_members(model),
        "train",
        "a net that ends in MeanOfMembers with MembersLoss",
        "Take the loss of one where a net has no members.",
        model=model.name,
    )
    return keras.Model(model.inputs, model.layers[-1].input, name=model.name)


def loss_of_answers(loss: keras.Loss) -> keras.Loss:
    """Returns the loss of what a net says in the end: of members that of their mean, of labels as they are."""
    return loss_of_answers(loss.of_one) if isinstance(loss, (MembersLoss, SmoothedLoss)) else loss


def has_members(model: keras.Model) -> bool:
    """Returns whether a net says the mean of what its members say."""
    return bool(model.layers) and isinstance(model.layers[-1], MeanOfMembers)


def in_rows(y_pred: tf.Tensor) -> tf.Tensor:
    """Returns outputs of replicates, ``(n_replicates, n_rows, ...)``, one after the other.

    Keras takes a cross-entropy of the logits where it knows them, so that one who is surely wrong still learns; of
    probabilities it is cut off at 1e-7. It knows them by a mark on the outputs, which is handed on.
    """

    def flat(array: Any) -> tf.Tensor:
        return tf.reshape(array, (-1, *array.shape[2:]))

    found = flat(y_pred)
    if hasattr(y_pred, "_keras_logits"):
        found._keras_logits = flat(y_pred._keras_logits)
    return found
