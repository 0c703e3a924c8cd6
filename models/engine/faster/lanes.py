"""Hidden layers as wide as the processor computes: 30 neurons trained as 32, of which two are silent.

A processor multiplies eight or sixteen numbers at once, and what XLA makes for rows of 32 numbers may be faster than
what it makes for rows of 30: a finding, not a law. Two more neurons that put out 0, and to which the next layer does
not listen, make them so. Their gradients are 0, so they stay what they are, and the others learn as without them.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import keras

from models.engine.faster.padding import Padding
from models.engine.faster.reworking import Case, Reworked
from models.engine.structure import chain, is_plain
from models.engine.ways import Ways

NAME = "silent neurons"

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


def pays(case: Case, reworked: Reworked) -> bool:
    """Returns whether a net is trained with silent neurons.

    They need a chain of plain dense layers, activations that can be silent, and an optimizer that leaves alone what has
    no gradient: no decay of weights, no averages.
    """
    optimizer = case.optimizer
    return (
        case.xla
        and case.on_cpu
        and type(optimizer) in _OPTIMIZERS
        and not optimizer.weight_decay
        and not optimizer.use_ema
        and _is_plain(case.model)
        and all(len(acting) == 1 and acting[0] in _SILENT_BIAS for acting in _acting(case.model))
        and any(case.ways.width(layer.units) != layer.units for layer in _dense(case.model)[:-1])
    )


def put_in(reworked: Reworked, case: Case) -> Reworked:
    """Returns the training with silent neurons."""
    return replace(reworked, paddings=list(_paddings(case.model, case.ways)))


def widened(model: keras.Model, reworked: Reworked) -> keras.Model:
    """Returns a chain like the model, with its weights and silent neurons; without any the model itself."""
    if not reworked.paddings:
        return model
    wide = keras.Sequential([keras.Input(model.input_shape[1:], dtype=model.inputs[0].dtype)])
    units = iter(shape[-1] for shape in reworked.shapes(model.weights)[::2])  # of kernels; behind each is its bias
    for layer in chain(model) or []:
        config = layer.get_config()
        if type(layer) is keras.layers.Dense:
            config["units"] = next(units)
        wide.add(type(layer).from_config(config))
    wide.set_weights(reworked.put_in(model.get_weights()))
    return wide


def _dense(model: keras.Model) -> list[keras.layers.Dense]:
    return [layer for layer in model.layers if type(layer) is keras.layers.Dense]


def _is_plain(model: keras.Model) -> bool:
    """Returns whether the model is dense layers and activations, one after the other, that nothing else acts on."""
    layers = chain(model)
    return (
        layers is not None
        and len(model.input_shape) == 2
        and all(type(layer) in (keras.layers.Dense, keras.layers.Activation) for layer in layers)
        and all(is_plain(layer) and layer.use_bias for layer in _dense(model))
        and all(layer.activity_regularizer is None for layer in _dense(model))
        and all(weight.constraint is None for weight in model.weights)
        and all(type(layer.kernel_regularizer) in (type(None), keras.regularizers.L2) for layer in _dense(model))
        and all(layer.bias_regularizer is None for layer in _dense(model))
        and all(layer.kernel.regularizer is layer.kernel_regularizer for layer in _dense(model))  # as it was built
        and all(layer.bias.regularizer is None for layer in _dense(model))
        and model.trainable
    )


def _acting(model: keras.Model) -> list[list[Callable[..., Any]]]:
    """Returns what acts on the neurons of each hidden layer, identities left out."""
    acting: list[list[Callable[..., Any]]] = []
    for layer in chain(model) or []:
        if type(layer) is keras.layers.Dense:
            acting.append([])
        if acting and layer.activation is not _activations.linear:
            acting[-1].append(layer.activation)
    return acting[:-1]


def _paddings(model: keras.Model, ways: Ways) -> Iterator[Padding]:
    """Yields the padding of each kernel and each bias, input side first."""
    *hidden, output = _dense(model)
    before = 0
    for layer, (activation,) in zip(hidden, _acting(model), strict=True):
        added = ways.width(layer.units) - layer.units
        yield Padding(shape=layer.kernel.shape, added=(before, added))
        yield Padding(shape=layer.bias.shape, added=(added,), value=_SILENT_BIAS[activation])
        before = added
    yield Padding(shape=output.kernel.shape, added=(before, 0))
    yield Padding(shape=output.bias.shape, added=(0,))
