"""Batch, mini-batch and stochastic gradient descent on one net and one set of rows.

Drawn from the result, for each flavour: ``curves["<flavour>.cost_by_epoch"]`` (cost on all rows, ``(epochs + 1,)``),
``arrays["<flavour>.cost"]`` (the same after each update), ``arrays["<flavour>.rows_seen"]``,
``arrays["<flavour>.path"]`` (first layer's weights and biases after each update); ``tables["flavours"]``.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import ceil
from typing import Any

import numpy as np
import pandas as pd

from experiments.language.printed import WorkedExample
from models.blackboard import by_hand, tape
from models.blackboard.trace import Array, Cost, Descent, Net, initialize
from pipeline.lecture.values import Agreement, Worked
from pipeline.lecture.working.data import rows_of

COST: Cost = "quadratic"
FLAVOURS = {"batch": "batch_size", "mini_batch": "mini_batch_size", "stochastic": "stochastic_size"}


def work_descent_flavours(example: WorkedExample) -> Worked:
    """Trains the same net in three flavours and checks the rule of one mini-batch, gradient by gradient."""
    X, y = rows_of(example)
    net = initialize(example.givens["layers"], seed=example.givens["net_seed"])
    runs = {flavour: _run(example, net, X, y, example.givens[size]) for flavour, size in FLAVOURS.items()}
    hand, taped = _one_update(example, net, X, y)
    return Worked(
        example=example,
        by_hand={"appendix": hand},
        by_tape={"appendix": taped},
        curves={f"{flavour}.cost_by_epoch": run["cost_by_epoch"] for flavour, run in runs.items()},
        arrays={
            f"{flavour}.{name}": run[name] for flavour, run in runs.items() for name in ("cost", "rows_seen", "path")
        },
        tables={"flavours": pd.DataFrame([{"flavour": flavour, **run["row"]} for flavour, run in runs.items()])},
        captions={
            "flavours": "The same net in three flavours.",
        },
        agreements=(*(run["agreement"] for run in runs.values()), _mean_of_gradients(example, net, X, y)),
    )


def _descent(g: Mapping[str, Any], batch_size: int | None) -> Descent:
    return Descent(
        cost=COST, learning_rate=g["eta"], epochs=g["epochs"], batch_size=batch_size, shuffle_seed=g["order_seed"]
    )


def _run(example: WorkedExample, net: Net, X: Array, y: Array, batch_size: int | None) -> dict[str, Any]:
    g = example.givens
    how = _descent(g, batch_size)
    steps = by_hand.trace(net, X, y, how).steps
    nets = [net, *(step.after for step in steps)]
    cost = np.array([by_hand.cost_of(COST, y, by_hand.forward(each, X)[1][-1]) for each in nets])
    updates = ceil(len(X) / (batch_size or len(X)))
    by_tape, _ = tape.train(net, X, y, how)
    return {
        "cost": cost,
        "cost_by_epoch": cost[::updates],
        "rows_seen": np.cumsum([0, *(len(step.X) for step in steps)]),
        "path": np.array([_flat(each.weights[0], each.biases[0]) for each in nets]),
        "row": {
            "rows_per_update": batch_size or len(X),
            "updates_per_epoch": updates,
            "updates": len(steps),
            "first_cost": cost[0],
            "last_cost": cost[-1],
        },
        "agreement": Agreement(
            what=f"the trained net at {batch_size or len(X)} rows for each update",
            peer="the tape",
            difference=float(np.abs(_parameters(nets[-1]) - _parameters(by_tape)).max()),
            allowed=1e-12,
        ),
    }


def _one_update(example: WorkedExample, net: Net, X: Array, y: Array) -> tuple[dict[str, Any], dict[str, Any]]:
    """One mini-batch: by hand, the gradient of each of its rows; by tape, the new first layer."""
    g = example.givens
    rows = next(_descent(g, g["mini_batch_size"]).batches(len(X)))
    singles = [by_hand.step(net, X[[row]], y[[row]], cost=COST, learning_rate=g["eta"]) for row in rows]
    gradients = np.array([_flat(single.dw[0], single.db[0]) for single in singles])
    after = tape.step(net, X[rows], y[rows], cost=COST, learning_rate=g["eta"]).after
    hand = {"w": _flat(net.weights[0], net.biases[0]), "eta": g["eta"], "m": len(rows), "dC_X": gradients}
    return hand, {"sgd": _flat(after.weights[0], after.biases[0])}


def _mean_of_gradients(example: WorkedExample, net: Net, X: Array, y: Array) -> Agreement:
    """At one place, the mini-batches of an epoch point, weighted by their rows, exactly where all rows do."""
    g = example.givens
    order = list(replace(_descent(g, g["mini_batch_size"]), epochs=1).batches(len(X)))
    whole = by_hand.step(net, X, y, cost=COST, learning_rate=g["eta"]).dw[0]
    parts = [len(rows) * by_hand.step(net, X[rows], y[rows], cost=COST, learning_rate=g["eta"]).dw[0] for rows in order]
    return Agreement(
        what="mean gradient of an epoch's mini-batches",
        peer="the gradient of all rows",
        difference=float(np.abs(np.sum(parts, axis=0) / len(X) - whole).max()),
        allowed=1e-12,
    )


def _flat(weights: Array, biases: Array) -> Array:
    return np.append(weights, biases)


def _parameters(net: Net) -> Array:
    return np.concatenate([values.ravel() for values in (*net.weights, *net.biases)])
