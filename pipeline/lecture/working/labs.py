"""The labs: one net by hand, by Keras's ``fit`` and by this project's engine, from the same weights and rows.

Shown from the result: ``tables["labs"]``. ``curves["by_hand.cost"]`` is the cost that each update by hand saw.
"""

import inspect
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from numpy.typing import NDArray

from experiments.language.printed import WorkedExample
from models.blackboard import by_hand
from models.blackboard.trace import Array, Descent, Net, initialize
from models.engine import one_net
from models.losses import QuadraticCost
from pipeline.data.values import Dataset
from pipeline.lecture.values import Agreement, Worked
from pipeline.lecture.working.data import digits

LAB_1, LAB_2 = "lab 1: Keras, Sequential, fit", "lab 2: step by step, NumPy"
LAB_3 = "lab 3: Keras, {style}, whole epochs compiled"
_LAB_2_STEPS: Mapping[str, Callable[..., Any]] = {
    "Lab 2, step 1: forward": by_hand.forward,
    "Lab 2, step 2: backward": by_hand.backward,
    "Lab 2, step 3: one update": by_hand.step,
    "Lab 2, step 4: update after update": by_hand.train,
}
ALLOWED = 1e-10  # of weights of size 1, after thousands of updates in float64


def work_labs(example: WorkedExample, dataset: Dataset | None = None) -> Worked:
    """Trains the same net in four ways and compares the weights that they end at.

    Args:
        example: As declared, or a copy with other givens.
        dataset: Images; without, scikit-learn's digits of 8 x 8 pixels, which need no download.
    """
    g = example.givens
    images, labels = digits() if dataset is None else (dataset.X.astype(np.float64), dataset.y)
    X, y = (images / images.max()).reshape(len(images), -1), np.eye(labels.max() + 1)[labels]
    is_test = _is_test(len(X), g["train_share"], dataset)
    how = Descent(
        cost=g["cost"],
        learning_rate=g["learning_rate"],
        epochs=g["epochs"],
        batch_size=g["batch_size"],
        shuffle_seed=g["seed"],
    )
    start = initialize((X.shape[1], g["hidden_units"], y.shape[1]), seed=g["seed"])
    costs: list[Array] = []
    ended, rows = {}, []
    for name, train in _ways(costs).items():
        began = time.perf_counter()
        ended[name] = train(start, X[~is_test], y[~is_test], how)
        seconds = time.perf_counter() - began
        right = by_hand.forward(ended[name], X[is_test])[1][-1].argmax(axis=1) == labels[is_test]
        rows.append({"lab": name, "accuracy_on_test_rows": right.mean(), "seconds": round(seconds, 2)})
    return Worked(
        example=example,
        by_hand={},
        curves={"by_hand.cost": costs[0]},
        tables={"labs": pd.DataFrame(rows).sort_values("lab", ignore_index=True)},
        captions={
            "labs": "The same net, written and trained in four ways; compiling is in the seconds.",
        },
        agreements=_agreements(ended, len(costs[0])),
        listings={title: inspect.getsource(function) for title, function in _LAB_2_STEPS.items()},
    )


def by_fit(net: Net, X: Array, y: Array, how: Descent) -> Net:
    """Trains by Keras's ``fit`` in float64, with the rows of each epoch in the declared order."""
    model = as_keras(net, style="sequential", dtype="float64")
    model.compile(optimizer=keras.optimizers.SGD(how.learning_rate), loss=QuadraticCost(dtype="float64"))
    size = how.batch_size or len(X)
    batches = list(how.batches(len(X)))
    per_epoch = len(batches) // how.epochs
    for epoch in range(how.epochs):
        order = np.concatenate(batches[epoch * per_epoch : (epoch + 1) * per_epoch])
        # Plain arrays would be rounded to float32 by `fit`; a data set is taken as it is.
        rows = tf.data.Dataset.from_tensor_slices((X[order], y[order])).batch(size)
        model.fit(rows, shuffle=False, verbose=0)
    return from_keras(model, net)


def by_engine(net: Net, X: Array, y: Array, how: Descent, *, style: str, dtype: str = "float64") -> Net:
    """Trains by `models.engine.one_net`, whose order of rows for a seed is that of ``Descent``."""
    model = as_keras(net, style=style, dtype=dtype)
    one_net.train(
        model,
        X,
        y,
        loss=QuadraticCost(dtype=dtype),
        optimizer=keras.optimizers.SGD(how.learning_rate),
        epochs=how.epochs,
        batch_size=how.batch_size,
        seed=how.shuffle_seed or 0,
        shuffle=how.shuffle_seed is not None,
    )
    return from_keras(model, net)


def as_keras(net: Net, *, style: str, dtype: str) -> keras.Model:
    """Returns the net as Keras writes it: ``"sequential"``, a list of layers, or ``"functional"``, calls of them."""
    names = ["linear" if name == "identity" else name for name in net.activations]
    sizes = zip(net.sizes[1:], names, strict=True)
    layers = [keras.layers.Dense(units, activation=name, dtype=dtype) for units, name in sizes]
    inputs = keras.Input((net.sizes[0],), dtype=dtype)
    if style == "sequential":
        model = keras.Sequential([inputs, *layers])
    else:
        outputs = inputs
        for layer in layers:
            outputs = layer(outputs)
        model = keras.Model(inputs, outputs)
    pairs = zip(net.weights, net.biases, strict=True)
    model.set_weights([value for weights, bias in pairs for value in (weights.T, bias)])
    return model


def from_keras(model: keras.Model, net: Net) -> Net:
    """Returns a copy of ``net`` with the weights that a model of its sizes has learnt."""
    values: list[NDArray[np.float64]] = [value.astype(np.float64) for value in model.get_weights()]
    return Net(
        weights=tuple(kernel.T for kernel in values[::2]), biases=tuple(values[1::2]), activations=net.activations
    )


def largest_difference(one: Net, other: Net) -> float:
    """Returns the largest absolute difference of any weight or bias."""
    pairs = zip((*one.weights, *one.biases), (*other.weights, *other.biases), strict=True)
    return max(float(np.abs(ours - theirs).max()) for ours, theirs in pairs)


def _is_test(n_rows: int, train_share: float, dataset: Dataset | None) -> NDArray[np.bool_]:
    """The data set's own test rows; where it names none, the last ones."""
    if dataset is not None and dataset.test_rows is not None:
        return np.isin(np.arange(n_rows), dataset.test_rows)
    return np.arange(n_rows) >= int(train_share * n_rows)


def _ways(costs: list[Array]) -> dict[str, Callable[[Net, Array, Array, Descent], Net]]:
    """Each lab's training by its name; the one by hand appends to ``costs`` what its updates saw."""

    def step_by_step(net: Net, X: Array, y: Array, how: Descent) -> Net:
        net, seen = by_hand.train(net, X, y, how)
        costs.append(seen)
        return net

    engines = {LAB_3.format(style=style): partial(by_engine, style=style) for style in ("sequential", "functional")}
    return {LAB_2: step_by_step, LAB_1: by_fit, **engines}


def _agreements(ended: Mapping[str, Net], n_updates: int) -> tuple[Agreement, ...]:
    return tuple(
        Agreement(
            what=f"weights after {n_updates:,} updates, {LAB_2}",
            peer=name,
            difference=largest_difference(ended[LAB_2], net),
            allowed=ALLOWED,
        )
        for name, net in ended.items()
        if name != LAB_2
    )
