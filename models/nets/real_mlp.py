"""RealMLP: a dense net with a strong start for tables, as a Keras model."""

from collections.abc import Sequence
from typing import Literal, get_args

import keras

from models.checks import require
from models.layers.categories import CategoryEmbedding
from models.layers.features import FeatureScaling, LearntActivation, NTKDense, PeriodicEmbedding
from models.nets.dense import assemble
from models.nets.weights import BIAS, DROPOUT, layer_seed

Smooth = Literal["selu", "mish"]

_EMBEDDING, _LEVELS = 6000, 7000
_LEVEL_WIDTH = 8


def build(
    shape: tuple[int, ...],
    n_outputs: int,
    hidden_units: Sequence[int] = (256, 256, 256),
    *,
    activation: Smooth = "selu",
    n_frequencies: int = 16,
    n_embedded: int = 4,
    sigma: float = 0.1,
    dropout: float = 0.15,
    places: Sequence[int] = (),
    output_activation: str | None = None,
    seed: int = 0,
    name: str | None = None,
) -> keras.Model:
    """Returns an untrained net.

    Formula:
        Each number x becomes ``(V cos(2 pi w x + b) + c, x)``; each of these is scaled by a weight of its own; hidden
        layers are ``g(x W / sqrt(inputs) + b)`` with ``g(z) = z + a (f(z) - z)`` and a learnt for each neuron. A level
        of an embedded category becomes 8 numbers, which are scaled, too.

    Kernels and biases of hidden layers start from N(0, 1): divided by the root, a variance of 1 / inputs. The output
    layer starts at 0, so that at first nothing is known of any row.

    Args:
        shape: Of a row: ``(n_features,)``.
        n_outputs: Output neurons: 1 for two classes, else one for each class.
        hidden_units: Neurons of each hidden layer, input side first.
        activation: f, ``"selu"`` or ``"mish"``.
        n_frequencies: Periodic neurons of each number.
        n_embedded: What each number becomes, itself included; 1 leaves numbers as they are.
        sigma: Deviation of w at first.
        dropout: Share of each hidden layer's outputs set to 0 during training.
        places: Of the last columns, which are embedded categories: how many places each has.
        output_activation: By default sigmoid for one neuron, softmax for more.
        seed: Of the initial weights and of dropout.
        name: Of the model.

    Raises:
        ValueError: Another activation, or numbers that become nothing.

    Source:
        Holzmüller, Grinsztajn & Steinwart (2024), Better by default: strong pre-tuned MLPs and boosted trees on tabular
        data, section 3. Their start by the training rows (variance of each neuron 1, biases from convex combinations)
        is left out: this is that of their simpler net, RealMLP-TD-S.

    Example:
        Two numbers of 16 frequencies and 4 values each, then 8 scales, 5 neurons with slopes and an output.

        >>> build((2,), 1, [5]).count_params()  # 2 (16 + 16 + 16 x 3 + 3) + 8 + (8 x 5 + 5 + 5) + (5 + 1)
        230
    """
    who = "real_mlp.build"
    require(activation in get_args(Smooth), who, "activation selu or mish", "Choose one.", activation=activation)
    require(n_embedded >= 1, who, "n_embedded of 1 or more", "1 leaves numbers as they are.", n_embedded=n_embedded)
    layers: list[keras.Layer] = []
    if places:
        layers.append(CategoryEmbedding(places, _LEVEL_WIDTH, seed=layer_seed(seed, _LEVELS)))
    if n_embedded > 1:
        start, n_beside = layer_seed(seed, _EMBEDDING), _LEVEL_WIDTH * len(places)
        layers.append(PeriodicEmbedding(n_frequencies, n_embedded, sigma, seed=start, n_beside=n_beside))
    layers.append(FeatureScaling())
    for index, units in enumerate(hidden_units):
        kernel, bias = (_normal(seed, number) for number in (index, BIAS + index))
        layers.append(NTKDense(units, kernel_initializer=kernel, bias_initializer=bias))
        layers.append(LearntActivation(activation))
        if dropout:
            layers.append(keras.layers.Dropout(dropout, seed=layer_seed(seed, DROPOUT + index)))
    last = output_activation or ("sigmoid" if n_outputs == 1 else "softmax")
    layers.append(NTKDense(n_outputs, last, kernel_initializer="zeros"))
    return assemble(shape, layers, style="sequential", name=name)


def _normal(seed: int, index: int) -> keras.Initializer:
    return keras.initializers.RandomNormal(stddev=1.0, seed=layer_seed(seed, index))
