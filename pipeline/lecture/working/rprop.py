"""Lab 1 and example 9 by rprop+, as R's neuralnet trains them, and by full-batch gradient descent.

Shown from the result: ``tables["nets"]`` (net, way, steps, error, converged) and ``tables["lab"]``. Drawn:
``curves["<net>.rprop"]`` and ``curves["<net>.descent"]``, the error before each step and after the last one, for the
nets of example 9, such as ``4-10-3``, and for the lab's.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.datasets import load_iris

from experiments.language.printed import WorkedExample
from models.blackboard import by_hand, rprop
from models.blackboard.rprop import Rprop
from models.blackboard.trace import Array, Descent, Net, initialize
from pipeline.lecture.values import Agreement, Worked
from pipeline.lecture.working.data import digits


def work_rprop(example: WorkedExample) -> Worked:
    """Trains every net in both ways from the same weights."""
    g = example.givens
    flowers, kinds = load_iris(return_X_y=True)
    X, y = flowers.astype(np.float64), np.eye(kinds.max() + 1)[kinds]
    curves: dict[str, Array] = {}
    rows, agreements = [], []
    for units in g["hidden_units"]:
        start = initialize((X.shape[1], *units, y.shape[1]), seed=g["seed"])
        how = Rprop(threshold=g["threshold"], max_steps=g["max_steps"])
        trained, own = _both_ways(start, X, y, how, g["learning_rate"])
        curves |= own
        rows += [_row(name, net, own[name], X, y) for name, net in trained.items()]
        agreements.append(_downhill(own))
    pixels, answers = digits()
    pixels, targets = pixels.reshape(len(pixels), -1) / pixels.max(), np.eye(answers.max() + 1)[answers]
    n_train = int(g["train_share"] * len(pixels))
    start = initialize((pixels.shape[1], *g["lab_hidden_units"], targets.shape[1]), seed=g["seed"])
    how = Rprop(threshold=g["threshold"], max_steps=g["lab_max_steps"])
    trained, own = _both_ways(start, pixels[:n_train], targets[:n_train], how, g["lab_learning_rate"])
    curves |= own
    lab = [
        _row(name, net, own[name], pixels[:n_train], targets[:n_train])
        | {"accuracy_on_test_rows": _accuracy(net, pixels[n_train:], answers[n_train:])}
        for name, net in trained.items()
    ]
    return Worked(
        example=example,
        by_hand={},
        curves=curves,
        tables={"nets": pd.DataFrame(rows), "lab": pd.DataFrame(lab)},
        captions={
            "nets": "Example 9 on all 150 flowers: half the sum of squared errors, and the largest slope that is left.",
            "lab": "Lab 1 on digits of 8 x 8 pixels.",
        },
        agreements=tuple(agreements),
    )


def _both_ways(start: Net, X: Array, y: Array, how: Rprop, rate: float) -> tuple[dict[str, Net], dict[str, Array]]:
    """The trained nets and their errors, ``(n_steps + 1,)``; the descent takes as many steps as rprop+ did."""
    name = "-".join(map(str, start.sizes))
    resilient, errors, _ = rprop.train(start, X, y, how)
    descent = Descent(cost="quadratic", learning_rate=rate, epochs=max(len(errors) - 1, 1))
    descended, costs = by_hand.train(start, X, y, descent)
    last = by_hand.cost_of("quadratic", y, by_hand.forward(descended, X)[1][-1])
    return {f"{name}.rprop": resilient, f"{name}.descent": descended}, {
        f"{name}.rprop": errors,
        f"{name}.descent": len(X) * np.append(costs, last),
    }


def _row(name: str, net: Net, errors: Array, X: Array, y: Array) -> dict[str, Any]:
    sizes, way = name.split(".")
    made = by_hand.step(net, X, y, cost="quadratic", learning_rate=1.0)
    largest = len(X) * max(float(np.abs(slopes).max()) for slopes in (*made.dw, *made.db))
    how = "rprop+" if way == "rprop" else "gradient descent"
    return {"net": sizes, "trained_by": how, "steps": len(errors) - 1, "error": errors[-1], "largest_slope": largest}


def _accuracy(net: Net, X: Array, answers: NDArray[np.int64]) -> float:
    return float((by_hand.forward(net, X)[1][-1].argmax(axis=1) == answers).mean())


def _downhill(errors: Mapping[str, Array]) -> Agreement:
    """Both ways start from the same weights, so they see the same first error."""
    first = [own[0] for own in errors.values()]
    return Agreement(
        what=f"first error of {next(iter(errors)).split('.')[0]} by rprop+",
        peer="that of gradient descent",
        difference=float(np.ptp(first)),
        allowed=1e-10,
    )
