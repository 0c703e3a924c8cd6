"""Which nets one program trains, and in what they may differ there: rates, decays, penalties and dropout."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import keras

from experiments.language import Candidate, Ensemble, Net, Training
from models.engine import replicable
from models.engine.steps import OwnSteps
from pipeline.data.values import Dataset
from pipeline.training.keras_net import core_model, optimizer, row_shape

_PROPORTIONAL = ("sgd", "adam", "adamw")  # whose steps are as long as the rate says
SIZES = ("l2", "dropout")
"""Fields of nets of which one program takes any size above 0; without one there is a layer less."""


def members_of(candidate: Candidate) -> tuple[Net, ...]:
    """Returns the nets that a candidate is made of."""
    if isinstance(candidate, Ensemble):
        return candidate.members
    assert isinstance(candidate, Net)
    return (candidate,)


def is_one_program(candidate: Candidate, dataset: Dataset) -> bool:
    """Tells whether several of a candidate's nets can be trained as one program; a baseline has none."""
    if not isinstance(candidate, Net | Ensemble):
        return False
    net = members_of(candidate)[0]
    core = core_model(net, dataset, row_shape(net, dataset), seed=0)
    return not net.training.averaging and replicable.can_replicate(core)


def are_alike(one: Candidate, other: Candidate) -> bool:
    """Returns whether one program can train both: they are declared alike, but for names and what may differ.

    Example:
        >>> from experiments.language import DenseNet
        >>> net = DenseNet(name="net", hidden_units=(5,), training=Training(epochs=9, learning_rate=0.1), l2=0.1)
        >>> slower = replace(net, name="slower", training=replace(net.training, learning_rate=0.01))
        >>> are_alike(net, slower), are_alike(net, replace(net, l2=0.5)), are_alike(net, replace(net, l2=0.0))
        (True, True, False)
    """
    return type(one) is type(other) and _without_difference(other, one) == one


def leader_of(trainings: Sequence[Training]) -> Training:
    """Returns the training whose optimizer takes all nets trained together: the first of the highest rate.

    A step is what is left of a weight's digits before and after it. Made shorter it loses none; of a step at a
    thousandth of the rate, made longer, three digits would be missing.

    Args:
        trainings: Alike but for rates and decays.
    """
    return max(trainings, key=lambda training: training.learning_rate)


def steps_of(trainings: Sequence[Training]) -> OwnSteps | None:
    """Returns how far each of nets trained together goes where the optimizer of ``leader_of`` takes them all.

    Args:
        trainings: Alike but for rates and decays.

    Returns:
        ``None`` where all go equally far.
    """
    leader = leader_of(trainings)
    decays = tuple(training.weight_decay for training in trainings)
    steps = OwnSteps(
        rates=tuple(training.learning_rate / leader.learning_rate for training in trainings),
        decays=None if len(set(decays)) == 1 else decays,
    )
    return steps if steps.differ else None


def _without_difference(candidate: Any, like: Any) -> Any:
    """Returns a declaration with the other's values of all that may differ."""
    told = {name: getattr(like, name) for name in ("name", "reason", "chosen_on")}
    if isinstance(candidate, Ensemble):
        return replace(candidate, **told, net=_without_difference(candidate.net, like.net))
    own = {item.name for item in fields(candidate)}
    sizes = {
        name: getattr(like, name)
        for name in SIZES
        if name in own and (getattr(candidate, name) > 0) == (getattr(like, name) > 0)
    }
    training = candidate.training
    if training.optimizer != "rprop":  # its steps are not proportional to the rate
        training = replace(training, learning_rate=like.training.learning_rate)
    if type(optimizer(training, epochs=1, n_rows=1)) is keras.optimizers.AdamW:
        training = replace(training, weight_decay=like.training.weight_decay)
    return replace(candidate, **told, **sizes, training=training)
