"""Nets that see some of their inputs only."""

import keras

from models.checks import require
from models.engine.structure import chain
from models.layers.subspace import RandomSubspace
from models.nets.weights import SUBSPACE, layer_seed


def in_subspace(net: keras.Model, share: float, *, seed: int) -> keras.Model:
    """Returns an untrained net of the same layers and initial weights that sees a drawn share of its inputs.

    Args:
        net: Untrained: a chain of layers that takes ``(n_rows, n_inputs)``.
        share: Of the inputs.
        seed: Of the drawing.

    Raises:
        ValueError: Its layers are no chain, or its rows have more than one axis.

    Example:
        >>> from models.nets import build
        >>> net = in_subspace(build("dense_net", (6,), 1, seed=0, hidden_units=(4,)), 0.5, seed=0)
        >>> int(net.layers[0].seen.numpy().sum()), net.count_params()  # 33 weights, and which of 6 inputs are seen
        (3, 39)
    """
    layers = chain(net)
    require(
        layers is not None and len(net.input_shape) == 2,
        "in_subspace",
        "a chain of layers for rows of numbers",
        "Let its members see all inputs.",
        input_shape=net.input_shape,
    )
    # Layers anew, of the same settings and seeds: one that stood in another model before is in no chain.
    again = [type(layer).from_config(layer.get_config()) for layer in layers or []]
    drawn = RandomSubspace(share, seed=layer_seed(seed, SUBSPACE))
    return keras.Sequential([keras.Input(net.input_shape[1:]), drawn, *again], name=net.name)
