"""Hidden layers as wide as the processor computes: 30 neurons trained as 32, of which two are silent.

A processor multiplies up to sixteen numbers at once, and what XLA makes for rows of 32 numbers is faster than what it
makes for rows of 30: a finding, not a law. Two more neurons that put out 0, and to which the next layer does not
listen, make them so. Their gradients are 0, so they stay what they are, and the others learn as without them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from models.engine.structure import chain, operations

LANES = 16
MOST_ADDED = 1 / 8  # of a layer's neurons

_activations = keras.activations
# The bias with which a neuron that listens to nothing puts out exactly 0, for activations that have one.
_SILENT_BIAS: dict[Callable[..., Any], float] = {
    _activations.relu: 0.0,
    _activations.leaky_relu: 0.0,
    _activations.elu: 0.0,
    _activations.tanh: 0.0,
    _activations.sigmoid: -1e4,
    _activations.softplus: -1e4,
}
_OPTIMIZERS = (keras.optimizers.SGD, keras.optimizers.Adam, keras.optimizers.RMSprop)


@dataclass(frozen=True, kw_only=True)
class Padding:
    """What silent neurons add to one weight.

    Attributes:
        shape: Of the weight without them.
        added: Numbers behind the last one of each axis.
        value: Of the added numbers.
    """

    shape: tuple[int, ...]
    added: tuple[int, ...]
    value: float = 0.0

    def widen(self, weight: NDArray[Any]) -> NDArray[Any]:
        """Returns the weight with silent neurons; axes before its own are left alone."""
        ahead = [(0, 0)] * (weight.ndim - len(self.shape))
        return np.pad(weight, ahead + [(0, n) for n in self.added], constant_values=self.value)

    def narrow(self, weight: NDArray[Any]) -> NDArray[Any]:
        """Returns the weight without them."""
        own: tuple[Any, ...] = (..., *map(slice, self.shape))
        return weight[own]


def width(units: int) -> int:
    """Returns the neurons of a hidden layer in training: a multiple of `LANES`, unless that adds too many.

    Example:
        >>> [width(units) for units in (10, 30, 50, 100, 160)]
        [10, 32, 50, 112, 160]
    """
    wide = -(-units // LANES) * LANES
    return wide if wide - units <= MOST_ADDED * units else units


def paddings(model: keras.Model, optimizer: keras.Optimizer, *, xla: bool) -> list[Padding] | None:
    """Returns what is added to each of a model's weights, or ``None`` where it does not pay.

    The rule, also that of `width`, was measured by ``benchmarks``, on CPUs, with nets of one and two hidden layers.
    Silent neurons need a chain of plain dense layers, activations that can be silent, and an optimizer that leaves
    alone what has no gradient: no decay of weights, no averages.
    """
    if not xla or "CPU" not in model.weights[0].value.device:
        return None
    if type(optimizer) not in _OPTIMIZERS or optimizer.weight_decay or optimizer.use_ema or not _is_plain(model):
        return None
    biases = _silent_biases(model)
    if biases is None or all(width(layer.units) == layer.units for layer in _dense(model)[:-1]):
        return None
    return list(_paddings(_dense(model), biases))


def widened(model: keras.Model, paddings: Sequence[Padding]) -> keras.Model:
    """Returns a chain like the model, with its weights and silent neurons."""
    wide = keras.Sequential([keras.Input(model.input_shape[1:], dtype=model.inputs[0].dtype)])
    for layer in chain(model) or []:
        config = layer.get_config()
        if layer in _dense(model)[:-1]:
            config["units"] = width(layer.units)
        wide.add(type(layer).from_config(config))
    wide.set_weights([padding.widen(w) for padding, w in zip(paddings, model.get_weights(), strict=True)])
    return wide


def narrow(wide: keras.Model, model: keras.Model, paddings: Sequence[Padding]) -> None:
    """Gives the model the weights of its widened copy."""
    model.set_weights([padding.narrow(w) for padding, w in zip(paddings, wide.get_weights(), strict=True)])


def _dense(model: keras.Model) -> list[keras.layers.Dense]:
    return [layer for layer in model.layers if type(layer) is keras.layers.Dense]


def _is_plain(model: keras.Model) -> bool:
    """Returns whether the model is dense layers and activations, one after the other, that nothing else acts on."""
    layers = chain(model)
    return (
        layers is not None
        and bool(operations(model))
        and len(model.input_shape) == 2
        and all(type(layer) in (keras.layers.Dense, keras.layers.Activation) for layer in layers)
        and all(layer.use_bias and layer.activity_regularizer is None for layer in _dense(model))
        and all(weight.constraint is None for weight in model.weights)
        and all(type(layer.kernel_regularizer) in (type(None), keras.regularizers.L2) for layer in _dense(model))
        and all(layer.bias_regularizer is None for layer in _dense(model))
    )


def _silent_biases(model: keras.Model) -> list[float] | None:
    """Returns the bias of silent neurons for each hidden layer, or ``None`` if one of them has none."""
    acting: list[list[Any]] = []  # on the neurons of each dense layer, identities left out
    for layer in chain(model) or []:
        if type(layer) is keras.layers.Dense:
            acting.append([])
        if acting and layer.activation is not _activations.linear:
            acting[-1].append(layer.activation)
    found = [_SILENT_BIAS.get(*functions) if len(functions) == 1 else None for functions in acting[:-1]]
    return None if None in found else [bias for bias in found if bias is not None]


def _paddings(layers: Sequence[keras.layers.Dense], biases: Sequence[float]) -> Iterator[Padding]:
    """Yields the padding of each kernel and each bias, input side first."""
    before = 0
    for layer, bias in zip(layers, [*biases, 0.0], strict=True):
        added = 0 if layer is layers[-1] else width(layer.units) - layer.units
        yield Padding(shape=layer.kernel.shape, added=(before, added))
        yield Padding(shape=layer.bias.shape, added=(added,), value=bias)
        before = added
