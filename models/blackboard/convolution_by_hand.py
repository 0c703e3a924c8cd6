"""Convolution and max pooling worked by hand: NumPy float64, formula by formula, with every slope.

Keras's convolution does not turn the kernel round, which mathematicians would call a cross-correlation; neither does
the lecture's. In formulas and below: row n, place j, k of a map, place l, m of the receptive field, map i that comes
in, map o that goes out.

=============== ======================================== ===========================
lecture         here                                     Keras
=============== ======================================== ===========================
w_lm            ``layer.kernel[l, m, i, o]``             ``Conv2D.kernel[l, m, i, o]``
b               ``layer.bias[o]``                        ``Conv2D.bias[o]``
alpha           ``learning_rate``                        ``learning_rate``
=============== ======================================== ===========================

Example:
    >>> picture = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, 1.0]])[None, :, :, None]
    >>> left_edge = np.array([[-1.0, 1.0]])[:, :, None, None]
    >>> convolve(picture, left_edge, np.zeros(1))[0, :, :, 0]
    array([[0., 1.],
           [0., 1.]])
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from models.blackboard.activations import ACTIVATIONS, SLOPES
from models.blackboard.by_hand import cost_of
from models.blackboard.trace import Activation, Array, Cost, Descent, require_probability
from models.checks import require


def convolve(a: Array, kernel: Array, bias: Array) -> Array:
    """Returns what every neuron of every feature map receives, ``(n, height - k + 1, width - k + 1, maps_out)``.

    Formula:
        z_njko = b_o + sum_lmi w_lmio a_n(j+l)(k+m)i.

    Args:
        a: ``(n, height, width, maps_in)``.
        kernel: ``(field_height, field_width, maps_in, maps_out)``: shared by all places.
        bias: ``(maps_out,)``.

    Source:
        Convolutional neural networks | Shared weights and biases.
    """
    fields = sliding_window_view(a, kernel.shape[:2], axis=(1, 2))
    return np.einsum("njkilm,lmio->njko", fields, kernel, optimize=True) + bias


def convolve_back(a: Array, kernel: Array, dz: Array) -> tuple[Array, Array, Array]:
    """Returns the slopes by the maps that came in, by the kernel and by the bias, each of its shape.

    Formula:
        dw_lmio = sum_njk dz_njko a_n(j+l)(k+m)i;  db_o = sum_njk dz_njko;
        da_npqi = sum_lmo w_lmio dz_n(p-l)(q-m)o: every neuron hands its dz to all of its field.

    Args:
        a: As in ``convolve``.
        kernel: As in ``convolve``.
        dz: Slope of the cost by what ``convolve`` returned.
    """
    fields = sliding_window_view(a, kernel.shape[:2], axis=(1, 2))
    dkernel = np.einsum("njkilm,njko->lmio", fields, dz, optimize=True)
    da = np.zeros_like(a)
    for row, column in np.ndindex(kernel.shape[:2]):
        da[:, row : row + dz.shape[1], column : column + dz.shape[2]] += dz @ kernel[row, column].T
    return da, dkernel, dz.sum(axis=(0, 1, 2))


def max_pool(a: Array, pool: tuple[int, int]) -> Array:
    """Returns the largest value of each small field, ``(n, height // pool[0], width // pool[1], maps)``.

    Args:
        a: ``(n, height, width, maps)``; rows and columns at the end that fill no field are left out, as in Keras.
        pool: Height and width of the fields, which lie side by side; (1, 1) pools nothing.

    Source:
        Convolutional neural networks | Pooling layers.
    """
    return _side_by_side(a, pool).max(axis=-1)


def max_pool_back(a: Array, pool: tuple[int, int], dpooled: Array) -> Array:
    """Returns the slope by what was pooled: all of it goes to the largest value of a field, the first of equals.

    Args:
        a: As in ``max_pool``.
        pool: As in ``max_pool``.
        dpooled: Slope of the cost by what ``max_pool`` returned.
    """
    row, column = np.divmod(_side_by_side(a, pool).argmax(axis=-1), pool[1])
    n, j, k, i = np.indices(dpooled.shape)
    da = np.zeros_like(a)
    da[n, pool[0] * j + row, pool[1] * k + column, i] = dpooled
    return da


def _side_by_side(a: Array, pool: tuple[int, int]) -> Array:
    fields = sliding_window_view(a, pool, axis=(1, 2))[:, :: pool[0], :: pool[1]]
    return fields.reshape(*fields.shape[:4], pool[0] * pool[1])


@dataclass(frozen=True, kw_only=True, eq=False)
class Layer:
    """A convolutional layer and its pooling.

    Attributes:
        kernel: ``(field_height, field_width, maps_in, maps_out)``.
        bias: ``(maps_out,)``.
        activation: Between convolution and pooling.
        pool: Height and width of the fields that are pooled; (1, 1) is none.
    """

    kernel: Array
    bias: Array
    activation: Activation
    pool: tuple[int, int] = (1, 1)


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """What one layer saw and made of it: ``x``, ``z``, ``a`` and ``pooled``, each ``(n, height, width, maps)``."""

    x: Array
    z: Array
    a: Array
    pooled: Array


@dataclass(frozen=True, kw_only=True, eq=False)
class Slopes:
    """The slopes of the cost by what one layer saw (``dx``), received (``dz``) and learns (``dkernel``, ``dbias``)."""

    dx: Array
    dz: Array
    dkernel: Array
    dbias: Array


def initialize(
    shape: tuple[int, int],
    n_outputs: int,
    feature_maps: Sequence[int],
    *,
    field: tuple[int, int],
    pool: tuple[int, int],
    seed: int,
    hidden: Activation = "relu",
) -> tuple[Layer, ...]:
    """Returns convolutional layers with pooling, and output neurons that see all of the last maps.

    A dense layer is a convolution, too: its receptive field is as large as the map, so each kernel has one place.
    Weights are normal with variance 1 / inputs, biases 0, outputs sigmoid neurons.

    Args:
        shape: Height and width of a picture.
        n_outputs: Output neurons.
        feature_maps: Of each convolutional layer, input side first.
        field: Height and width of every receptive field.
        pool: Height and width of the fields that are pooled after each layer.
        seed: Of the weights.
        hidden: Activation of all layers but the last.
    """
    generator = np.random.default_rng(seed)

    def draw(height: int, width: int, maps_in: int, maps_out: int) -> Array:
        return generator.normal(size=(height, width, maps_in, maps_out)) / np.sqrt(height * width * maps_in)

    layers = []
    height, width, maps = *shape, 1
    for maps_out in feature_maps:
        kernel = draw(*field, maps, maps_out)
        layers.append(Layer(kernel=kernel, bias=np.zeros(maps_out), activation=hidden, pool=pool))
        height, width, maps = (height - field[0] + 1) // pool[0], (width - field[1] + 1) // pool[1], maps_out
    output = Layer(kernel=draw(height, width, maps, n_outputs), bias=np.zeros(n_outputs), activation="sigmoid")
    return (*layers, output)


def forward(layers: Sequence[Layer], X: Array) -> tuple[Seen, ...]:
    """Returns what every layer sees and makes of pictures ``X``, ``(n, height, width, maps)``.

    Raises:
        ValueError: A layer's kernel has other maps than come in, or is larger than they are.
    """
    seen: list[Seen] = []
    for layer in layers:
        x = seen[-1].pooled if seen else X
        height, width, maps = layer.kernel.shape[:3]
        require(
            x.ndim == 4 and x.shape[3] == maps and x.shape[1] >= height and x.shape[2] >= width,
            "forward",
            f"maps of shape (n, {height} or more, {width} or more, {maps})",
            "Give the kernel as many maps as come in, and no larger field.",
            shape=x.shape,
        )
        z = convolve(x, layer.kernel, layer.bias)
        a = ACTIVATIONS[layer.activation](z)
        seen.append(Seen(x=x, z=z, a=a, pooled=max_pool(a, layer.pool)))
    return tuple(seen)


def backward(layers: Sequence[Layer], seen: Sequence[Seen], y: Array, cost: Cost) -> tuple[Slopes, ...]:
    """Returns the slopes of the cost in every layer.

    Formula:
        dz of the output: (a - y) / n times its slope, which cross-entropy of a sigmoid cancels;
        before: da goes back through the pooling, dz = da * slope, and through the convolution.

    Args:
        layers: The last one without pooling; a sigmoid for cross-entropy.
        seen: From ``forward``.
        y: Of the output's shape, ``(n, height, width, maps)``.
        cost: As in ``models.blackboard.by_hand``.
    """
    dz = (seen[-1].a - y) / len(y)
    if cost == "quadratic":
        dz = dz * SLOPES[layers[-1].activation](seen[-1].z, seen[-1].a)
    slopes = [_slopes(layers[-1], seen[-1], dz)]
    for layer, saw in zip(layers[-2::-1], seen[-2::-1], strict=True):
        da = max_pool_back(saw.a, layer.pool, slopes[-1].dx)
        slopes.append(_slopes(layer, saw, da * SLOPES[layer.activation](saw.z, saw.a)))
    return tuple(reversed(slopes))


def _slopes(layer: Layer, saw: Seen, dz: Array) -> Slopes:
    dx, dkernel, dbias = convolve_back(saw.x, layer.kernel, dz)
    return Slopes(dx=dx, dz=dz, dkernel=dkernel, dbias=dbias)


def train(layers: Sequence[Layer], X: Array, y: Array, descent: Descent) -> tuple[tuple[Layer, ...], Array]:
    """Trains convolutional layers by gradient descent.

    Formula:
        w <- w - alpha dw;  b <- b - alpha db.

    Args:
        layers: As they start; they stay as they are.
        X: ``(n_samples, height, width)``.
        y: ``(n_samples, n_outputs)``.
        descent: How.

    Returns:
        The trained layers and the cost that each update saw.

    Raises:
        ValueError: The last layer does not give one value for each column of ``y``, or does not fit the cost.
    """
    layers = tuple(layers)
    pictures = X[..., None]
    _require_outputs(layers, pictures, y, descent.cost)
    costs = []
    for rows in descent.batches(len(X)):
        wanted = y[rows][:, None, None]
        seen = forward(layers, pictures[rows])
        costs.append(cost_of(descent.cost, wanted, seen[-1].a))
        slopes = backward(layers, seen, wanted, descent.cost)
        layers = tuple(
            replace(
                layer,
                kernel=layer.kernel - descent.learning_rate * own.dkernel,
                bias=layer.bias - descent.learning_rate * own.dbias,
            )
            for layer, own in zip(layers, slopes, strict=True)
        )
    return layers, np.array(costs)


def predict(layers: Sequence[Layer], X: Array) -> Array:
    """Returns the outputs, ``(n_samples, n_outputs)``, for pictures ``X``, ``(n_samples, height, width)``."""
    return forward(layers, X[..., None])[-1].pooled[:, 0, 0]


def _require_outputs(layers: Sequence[Layer], pictures: Array, y: Array, cost: Cost) -> None:
    last, outputs = layers[-1], forward(layers, pictures[:1])[-1].a.shape[1:]
    require(
        (len(pictures), 1, 1, *outputs[2:]) == (len(y), *outputs[:2], *y.shape[1:]) and last.pool == (1, 1),
        "train",
        "a last layer that gives one neuron for each column of y, without pooling",
        "Let its field cover the whole map.",
        outputs=outputs,
        y=y.shape,
        pool=last.pool,
    )
    require_probability("train", last.activation, cost)
