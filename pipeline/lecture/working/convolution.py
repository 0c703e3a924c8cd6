"""Example 10: sizes and shared parameters by count; convolution, pooling and learning by hand on real digits.

Shown from the result: ``tables["counts"]`` (a convolution beside a dense layer), ``tables["one_layer"]`` and
``tables["three_layers"]`` (nets), each layer with neurons and parameters in two ways.
Drawn: ``arrays["digit"]`` (pixels as they came) and, for kernels made to find ``edges`` and for ``learnt`` ones,
``arrays["edges.kernels"]``, ``arrays["edges.maps"]`` and ``arrays["edges.pooled"]`` of that digit, each
``(rows, columns, maps)``. ``curves["learnt.cost"]`` is the cost that each update saw.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from experiments.language.printed import WorkedExample
from models.blackboard import convolution_by_hand as by_hand
from models.blackboard.convolution_by_hand import Layer
from models.blackboard.trace import Activation, Array, Descent
from models.checks import require
from pipeline.data.values import Dataset
from pipeline.lecture.values import Agreement, Worked
from pipeline.lecture.working import convolution_by_tape as taped
from pipeline.lecture.working import convolution_counts as counts
from pipeline.lecture.working import poolings
from pipeline.lecture.working.data import digits

EDGES = ("left", "right", "upper", "lower")
ACTIVATIONS: tuple[Activation, ...] = ("sigmoid", "relu")
N_COMPARED = 20  # digits whose slopes are compared
CAPTIONS = {
    "counts": "Parameters of a layer of example 10, and of a dense layer on the same picture.",
    "one_layer": "Putting it all together: the 20 maps, pooling and ten output neurons.",
    "poolings": "The fullest field of the map of left edges, and what three ways of pooling keep of it.",
    "three_layers": "Three convolutional layers of 30 maps each; where they are pooled is our choice.",
}


def work_convolution(example: WorkedExample, dataset: Dataset | None = None) -> Worked:
    """Counts sizes and parameters, and convolves, pools and learns by hand on real digits.

    Args:
        example: As declared, or a copy with other givens.
        dataset: Whose images are pictured and learnt from, such as MNIST; without, scikit-learn's digits of 8 x 8
            pixels, which need no download.
    """
    g = example.givens
    n_layers, pools = g["n_layers_n_feature_maps"][0], g["pools_of_three"]
    require(
        len(pools) == n_layers, example.name, f"pools of {n_layers} layers", "(1, 1) is none.", pools_of_three=pools
    )
    images, labels = digits() if dataset is None else (dataset.X.astype(np.float64), dataset.y)
    X, y = images / images.max(), np.eye(g["n_outputs"])[labels]
    row, n_train = g["pictured_row"], int(g["train_share"] * len(X))
    how = _descent(g)
    start = by_hand.initialize(
        X.shape[1:], g["n_outputs"], (g["pictured_maps"],), field=g["pictured_field"], pool=g["pool"], seed=g["seed"]
    )
    learnt, costs = by_hand.train(start, X[:n_train], y[:n_train], how)
    right = by_hand.predict(learnt, X[n_train:]).argmax(axis=1) == labels[n_train:]
    edges = Layer(kernel=edge_kernels(g["pictured_field"]), bias=np.zeros(4), activation="relu", pool=g["pool"])
    nets = _nets(g)

    def first_map(pictures: Array) -> Array:
        return by_hand.forward([edges], pictures[..., None])[0].a[..., :1]

    return Worked(
        example=example,
        by_hand={"example10": _sizes(nets["one_layer"][0]), "digits": {"accuracy": float(right.mean())}},
        by_library={"example10": _sizes(nets["one_layer"][1])},
        libraries={"example10": "Keras"},
        curves={"learnt.cost": costs},
        arrays={
            "digit": images[row],
            **_pictures("edges", edges, images[row]),
            **_pictures("learnt", learnt[0], X[row]),
        },
        tables={name: counts.table(*pair) for name, pair in nets.items()}
        | {"poolings": poolings.table(first_map(X[row : row + 1]), g["pool"])},
        captions=CAPTIONS,
        agreements=(
            *(counts.agreement(name.replace("_", " "), *pair) for name, pair in nets.items()),
            *poolings.agreements(first_map(X[:N_COMPARED]), g["pool"]),
            *_agreements(start, X[:N_COMPARED], y[:N_COMPARED]),
            _agreement(
                f"kernels after {len(costs)} updates",
                learnt[0].kernel,
                taped.trained_kernels(start, X[:n_train], y[:n_train], how),
            ),
        ),
    )


def edge_kernels(field: tuple[int, int]) -> Array:
    """Returns a kernel for each of ``EDGES`` of a stroke, ``(rows, columns, 1, 4)``: ink counts 1, paper -1.

    Example:
        >>> edge_kernels((3, 3))[:, :, 0, 0]
        array([[-1.,  0.,  1.],
               [-1.,  0.,  1.],
               [-1.,  0.,  1.]])
    """
    middle = (np.array(field)[:, None, None] - 1) / 2
    down, across = np.sign(np.indices(field) - middle)
    return np.stack([across, -across, down, -down], axis=-1)[:, :, None] + 0.0  # no zero with a minus sign


def _descent(g: Mapping[str, Any]) -> Descent:
    return Descent(
        cost="cross_entropy",
        learning_rate=g["learning_rate"],
        epochs=g["epochs"],
        batch_size=g["batch_size"],
        shuffle_seed=g["seed"],
    )


def _pictures(name: str, layer: Layer, image: Array) -> dict[str, Array]:
    seen = by_hand.forward([layer], image[None, :, :, None])[0]
    return {f"{name}.kernels": layer.kernel[:, :, 0], f"{name}.maps": seen.a[0], f"{name}.pooled": seen.pooled[0]}


def _nets(g: Mapping[str, Any]) -> dict[str, tuple[list[counts.Row], list[counts.Row]]]:
    """Example 10's nets, each by formula and by Keras."""

    def counted(convolutions: list[tuple[int, counts.Size]], n_dense: int) -> tuple[list[counts.Row], list[counts.Row]]:
        net = (g["input"], g["receptive_field"], convolutions, n_dense)
        return counts.by_formula(*net), counts.by_keras(*net)

    _, maps = g["n_layers_n_feature_maps"]
    one_layer = counted([(g["n_feature_maps"], g["pool"])], g["n_outputs"])
    dense = counted([], g["dense_units"])
    return {
        "counts": ([one_layer[0][0], *dense[0]], [one_layer[1][0], *dense[1]]),
        "one_layer": one_layer,
        "three_layers": counted([(maps, pool) for pool in g["pools_of_three"]], g["n_outputs"]),
    }


def _sizes(net: Sequence[counts.Row]) -> dict[str, Array]:
    (_, feature_map, _), (_, last_maps, _) = net[0], net[-2]  # the dense layer is the last row
    return {"feature_map": np.array(feature_map[:2]), "pooled": np.array(last_maps[:2])}


def _one_pass(layers: Sequence[Layer], X: Array, y: Array) -> dict[str, Array]:
    seen = by_hand.forward(layers, X[..., None])
    first, last = by_hand.backward(layers, seen, y[:, None, None], "quadratic")
    return {
        "feature maps": seen[0].a,
        "pooled maps": seen[0].pooled,
        "outputs": by_hand.predict(layers, X),
        "slopes by the pictures": first.dx[..., 0],
        "slopes by the kernels": first.dkernel,
        "slopes by the biases": first.dbias,
        "slopes by the outputs' kernels": last.dkernel,
        "slopes by the outputs' biases": last.dbias,
    }


def _agreements(start: Sequence[Layer], X: Array, y: Array) -> list[Agreement]:
    agreements = []
    for activation in ACTIVATIONS:
        layers = (replace(start[0], activation=activation), *start[1:])
        ours, theirs = _one_pass(layers, X, y), taped.one_pass(layers, X, y)
        agreements += [_agreement(f"{activation}: {what}", ours[what], theirs[what]) for what in ours]
    return agreements


def _agreement(what: str, ours: Array, theirs: Array) -> Agreement:
    difference = float(np.abs(ours - theirs).max())
    return Agreement(what=what, peer="Keras's layers and the tape", difference=difference, allowed=1e-10)
