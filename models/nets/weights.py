"""How the weights of a net's layers start, each layer with a seed of its own, and what they cost."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

# Where the seeds of other layers start counting, so that no two layers share one.
CONVOLUTION, DROPOUT, OUTPUT, BIAS, SUBSPACE = 1000, 2000, 3000, 4000, 6000


@dataclass(frozen=True, kw_only=True)
class Weights:
    """What the layers of a net have in common.

    Attributes:
        seed: Of the net.
        kernel_initializer: A name as of `seeded`.
        bias_initializer: Likewise.
        l2: ``l2 * sum(kernel ** 2)`` of every layer is added to the mean loss.
    """

    seed: int
    kernel_initializer: str = "glorot_uniform"
    bias_initializer: str = "zeros"
    l2: float = 0.0

    def of(self, index: int) -> dict[str, Any]:
        """Returns the arguments of a Keras layer that has kernel and bias: the one of this number."""
        return {
            "kernel_initializer": seeded(self.kernel_initializer, self.seed, index),
            "bias_initializer": seeded(self.bias_initializer, self.seed, BIAS + index),
            "kernel_regularizer": keras.regularizers.L2(self.l2) if self.l2 else None,
        }


def seeded(name: str, seed: int, index: int) -> keras.Initializer:
    """Returns the named initializer with a seed of its own for each layer.

    One seed for all layers would give layers of the same shape the same kernel.

    Args:
        name: One of Keras's; ``"standard_normal"`` for N(0, 1); ``"scaled_normal"`` for N(0, 1 / inputs); or
            ``"steep_uniform"`` for four times Glorot's, which makes up for a sigmoid's slope of 1/4 at the most.
        seed: Of the net.
        index: Of the layer.

    Source:
        Nielsen, Neural Networks and Deep Learning, chapters 1 and 3, for the two normal distributions.

    Example:
        >>> first, second = (seeded("glorot_uniform", 0, layer)((2, 2)) for layer in (0, 1))
        >>> bool((first == second).numpy().any())
        False
    """
    initializer = _initializer(name)
    config = initializer.get_config()
    return type(initializer)(**{**config, "seed": layer_seed(seed, index)}) if "seed" in config else initializer


def within_root(n_inputs: int, seed: int, index: int) -> dict[str, keras.Initializer]:
    """Returns the arguments of a layer whose kernel and bias start uniform within 1 / sqrt(inputs) of 0.

    Args:
        n_inputs: Of a neuron of the layer.
        seed: Of the net.
        index: Of the layer.

    Source:
        He et al. (2015) with a slope of sqrt(5), the start of PyTorch's linear layers and so of the nets compared with
        them.
    """
    bound = n_inputs**-0.5
    seeds = {"kernel_initializer": index, "bias_initializer": BIAS + index}
    return {
        name: keras.initializers.RandomUniform(-bound, bound, seed=layer_seed(seed, number))
        for name, number in seeds.items()
    }


def _initializer(name: str) -> keras.Initializer:
    if name == "standard_normal":
        return keras.initializers.RandomNormal(stddev=1.0)
    if name == "scaled_normal":
        return keras.initializers.VarianceScaling(1.0, mode="fan_in", distribution="untruncated_normal")
    if name == "steep_uniform":
        return keras.initializers.VarianceScaling(16.0, mode="fan_avg", distribution="uniform")
    return keras.initializers.get(name)


def layer_seed(seed: int, index: int) -> int:
    """Returns the seed of one layer."""
    return int(np.random.SeedSequence([seed, index]).generate_state(1)[0] >> 1)
