"""Nets of members that share their weights, as Keras models."""

import itertools
from collections.abc import Sequence
from typing import Any, Literal, get_args

import keras

from models.checks import require
from models.layers.members import MeanOfMembers, MemberAffine, MemberDense, MemberScaling, RandomSigns, SharedDense
from models.nets.dense import assemble
from models.nets.weights import DROPOUT, OUTPUT, layer_seed, within_root

Adapters = Literal["full", "mini"]

_SIGNS = 5000


def build(
    shape: tuple[int, ...],
    n_outputs: int,
    hidden_units: Sequence[int],
    *,
    n_members: int = 32,
    adapters: Adapters = "full",
    activation: str = "relu",
    dropout: float = 0.0,
    output_activation: str | None = None,
    seed: int = 0,
    name: str | None = None,
) -> keras.Model:
    """Returns an untrained net of k members that share the kernels of its hidden layers.

    Formula:
        full: h_k = f(s_k * ((r_k * x_k) W) + b_k) in each hidden layer, with W of all members and r_k, s_k, b_k of
        member k; mini: h_k = f(x_k W + b) behind r_k * x alone. Each member has an output layer of its own, and the
        net says the mean of what they say. It is trained on the mean of their losses (`models.losses.MembersLoss`).

    Only the first r is drawn, from -1 and 1; all other r and s start at 1, and the members' biases alike. Kernels and
    biases start uniform within 1 / sqrt(inputs) of 0.

    Args:
        shape: Of a row: ``(n_features,)``.
        n_outputs: Output neurons: 1 for two classes, else one for each class.
        hidden_units: Neurons of each hidden layer, input side first; one layer at least.
        n_members: k.
        adapters: ``"full"`` or ``"mini"``.
        activation: Of the hidden layers.
        dropout: Share of each hidden layer's outputs set to 0 during training, drawn for each member by itself.
        output_activation: By default sigmoid for one neuron, softmax for more.
        seed: Of the initial weights and of dropout.
        name: Of the model.

    Raises:
        ValueError: Other adapters, no hidden layer, or a single member.

    Source:
        Gorishniy, Kotelnikov & Babenko (2025), TabM: Advancing tabular deep learning with parameter-efficient
        ensembling, section 3.

    Example:
        Three members of 4 inputs, 5 neurons and an output: what is shared is there once.

        >>> build((4,), 1, [5], n_members=3, adapters="mini").count_params()  # 3 x 4 + (4 x 5 + 5) + 3 x (5 + 1)
        55
    """
    who = "tabm.build"
    require(adapters in get_args(Adapters), who, "adapters full or mini", "Choose one.", adapters=adapters)
    require(len(hidden_units) > 0, who, "one hidden layer or more", "Members share their kernels.", hidden_units=())
    require(n_members > 1, who, "n_members of 2 or more", "One alone is a dense net.", n_members=n_members)
    layers: list[keras.Layer] = []
    for index, (n_inputs, units) in enumerate(itertools.pairwise((*shape, *hidden_units))):
        if index == 0:
            layers.append(MemberScaling(n_members, RandomSigns(seed=layer_seed(seed, _SIGNS))))
        elif adapters == "full":
            layers.append(MemberScaling(n_members))
        layers += _shared(units, adapters, **within_root(n_inputs, seed, index))
        layers.append(keras.layers.Activation(activation))
        if dropout:
            layers.append(keras.layers.Dropout(dropout, seed=layer_seed(seed, DROPOUT + index)))
    last = output_activation or ("sigmoid" if n_outputs == 1 else "softmax")
    layers.append(MemberDense(n_outputs, last, **within_root(hidden_units[-1], seed, OUTPUT)))
    return assemble(shape, [*layers, MeanOfMembers()], style="sequential", name=name)


def _shared(units: int, adapters: Adapters, *, kernel_initializer: Any, bias_initializer: Any) -> list[keras.Layer]:
    """Returns the sums of a hidden layer: of all members alike, or with adapters behind them."""
    if adapters == "mini":
        return [SharedDense(units, kernel_initializer=kernel_initializer, bias_initializer=bias_initializer)]
    return [SharedDense(units, use_bias=False, kernel_initializer=kernel_initializer), MemberAffine(bias_initializer)]
