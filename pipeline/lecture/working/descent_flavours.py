"""Batch, mini-batch and stochastic gradient descent on one net and one set of rows.

Drawn from the result, for each flavour: ``curves["<flavour>.cost_by_epoch"]`` (cost on all rows, ``(epochs + 1,)``),
``arrays["<flavour>.cost"]`` (the same after each update), ``arrays["<flavour>.rows_seen"]``,
``arrays["<flavour>.path"]`` (first layer's weights and biases after each update); ``tables["flavours"]``.
"""

from collections.abc import Mapping
from math import ceil
from typing import Any

import numpy as np
import pandas as pd

from experiments.language.printed import WorkedExample
from experiments.worked.logistic_regression import LOGISTIC_REGRESSION
from models.blackboard import by_hand, tape
from models.blackboard.trace import Array, Cost, Descent, Net, Step, initialize
from pipeline.lecture.values import Agreement, Worked
from pipeline.lecture.working.data import example_5

COST: Cost = "quadratic"
FLAVOURS = {"batch": "batch_size", "mini_batch": "mini_batch_size", "stochastic": "stochastic_size"}


def work_descent_flavours(example: WorkedExample) -> Worked:
    """Trains the same net in three flavours and checks the rule of one mini-batch, gradient by gradient."""
    X, y = example_5(LOGISTIC_REGRESSION.givens)
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
        agreements=tuple(run["agreement"] for run in runs.values()),
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
    """One mini-batch and all rows: by hand, the gradient of each row; by tape, the new layer and the mean of all."""
    g = example.givens
    rows = next(_descent(g, g["mini_batch_size"]).batches(len(X)))
    how: dict[str, Any] = {"cost": COST, "learning_rate": g["eta"]}
    singles = [by_hand.step(net, X[[row]], y[[row]], **how) for row in rows]
    after = tape.step(net, X[rows], y[rows], **how).after
    hand = {
        "w": net.weights[0].ravel(),
        "b": net.biases[0],
        "eta": g["eta"],
        "m": len(rows),
        "dC_X_dw": np.array([single.dw[0].ravel() for single in singles]),
        "dC_X_db": np.array([single.db[0] for single in singles]),
        "n": len(X),
        "grad_C_x": np.array([_gradient(by_hand.step(net, X[[i]], y[[i]], **how)) for i in range(len(X))]),
    }
    return hand, {
        "sgd": after.weights[0].ravel(),
        "sgd_b": after.biases[0],
        "grad_C": _gradient(tape.step(net, X, y, **how)),
    }


def _gradient(step: Step) -> Array:
    return _flat(step.dw[0], step.db[0])


def _flat(weights: Array, biases: Array) -> Array:
    return np.append(weights, biases)


def _parameters(net: Net) -> Array:
    return np.concatenate([values.ravel() for values in (*net.weights, *net.biases)])
