"""Example 5: manual gradient descent, Newton's method, and what R prints.

Drawn from the result: ``curves["cost"]`` (J before each of the steps, and after the last), ``arrays["X"]``,
``arrays["y"]``, ``arrays["path"]`` (theta, ``(n_steps + 1, 3)``), ``arrays["decision_line"]`` (points ``(x1, x2)``),
``tables["learning_rates"]`` (why this rate) and ``tables["coefficients"]`` (by every way).
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.linear_model import LogisticRegression

from experiments.language.printed import WorkedExample
from models.blackboard import by_hand, tape
from models.blackboard import logistic_regression as logistic
from models.blackboard.gradient_descent import describe_descent, gradient_descent
from models.blackboard.trace import Array, Descent, Net
from models.losses import summed_cross_entropy
from pipeline.lecture.values import Agreement, Worked
from pipeline.lecture.working.data import example_5, table_of

N_NEWTON = 12
NAMES = ("intercept", "x1", "x2")
COLUMNS = ("x1", "x2", "y")
N_PRINTED = 6  # rows on the slide
THETA = np.array([0.5, 1.0, -0.5])  # where the formulas of J and of its slopes are evaluated


def work_logistic_regression(example: WorkedExample) -> Worked:
    """Fits example 5 by gradient descent and by Newton's method, by hand and by tape, and computes R's summary."""
    X, targets = example_5(example.givens)
    y = targets[:, 0]
    rate, n_steps = example.givens["learning_rate"], example.givens["iterations"]
    start = np.zeros(1 + X.shape[1])
    gradient = partial(logistic.gradient, X=X, y=y)
    cost = partial(logistic.cost, X=X, y=y)
    path = gradient_descent(gradient, start, learning_rate=rate, n_steps=n_steps)
    newton = logistic.newton(X, y, n_steps=N_NEWTON)[-1]
    cost_by_tape = _cost_by_tape(X, targets)
    taped_path = tape.gradient_descent(cost_by_tape, start, learning_rate=rate, n_steps=n_steps)
    taped_newton = tape.newton(cost_by_tape, start, n_steps=N_NEWTON)[-1]
    hand = _summary(path[-1], newton, cost, _null(y), y)
    hand |= {"df_null": float(len(y) - 1), "df_residual": float(len(y) - len(newton))}
    taped = _summary(taped_path[-1], taped_newton, lambda v: float(cost_by_tape(tf.constant(v))), _null_by_tape(y), y)
    rows = np.column_stack([X, targets])
    written = table_of(example)[list(COLUMNS)].to_numpy(np.float64)
    return Worked(
        example=example,
        by_hand={"example5": _printed_rows(rows) | _printed_formulas(X, targets, example.givens) | hand},
        by_tape={"example5": _by_tape(cost_by_tape, example.givens) | taped},
        by_library={"example5": _printed_rows(written)},
        libraries={"example5": "R"},
        curves={"cost": np.array([cost(theta) for theta in path])},
        arrays={"X": X, "y": y, "path": path, "decision_line": _decision_line(path[-1], X)},
        tables={
            "learning_rates": _learning_rates(example, X, y, newton),
            "coefficients": pd.DataFrame(
                {"gradient descent": path[-1], "Newton": newton, "scikit-learn": _scikit_learn(X, y)}, index=NAMES
            ),
        },
        captions={
            "learning_rates": "Why this learning rate: what is left of the start, and how far from the solution each "
            "rate ends.",
            "coefficients": "The coefficients, found in three ways.",
        },
        agreements=(
            _rows_agree(rows, written),
            *_agreements(example, X, y, {"path": path, "taped": taped_path, "newton": newton}),
        ),
    )


def _printed_rows(rows: Array) -> dict[str, float]:
    return {f"{name}[{i}]": rows[i, j] for i in range(N_PRINTED) for j, name in enumerate(COLUMNS)}


def _printed_formulas(X: Array, targets: Array, g: Mapping[str, Any]) -> dict[str, Any]:
    """What the slides' formulas of J are made of, and J and its slopes as ``models.blackboard`` has them."""
    design = np.column_stack([np.ones(len(X)), X])
    h = 1 / (1 + np.exp(-design @ THETA))[:, None]
    y = targets[:, 0]
    values = {"m": len(X), "y": targets, "h": h, "x": design, "theta": THETA, "alpha": g["learning_rate"]}
    return values | {"J": logistic.cost(THETA, X, y), "dJ_dtheta": logistic.gradient(THETA, X, y)}


def _by_tape(cost: Any, g: Mapping[str, Any]) -> dict[str, Any]:
    """J, its slopes and the update from TensorFlow; the log-likelihood is -m J."""
    theta = tf.constant(THETA)
    with tf.GradientTape() as recorded:
        recorded.watch(theta)
        value = cost(theta)
    slopes = recorded.gradient(value, theta).numpy()
    J = float(value)
    return {"l_beta": -g["n_rows"] * J, "J": J, "dJ_dtheta": slopes, "theta_new": THETA - g["learning_rate"] * slopes}


def _cost_by_tape(X: Array, targets: Array) -> Any:
    inputs, wanted = tf.constant(X), tf.constant(targets)

    def cost(theta: Any) -> Any:
        h = tf.sigmoid(theta[0] + tf.linalg.matmul(inputs, theta[1:, None]))
        return tf.reduce_mean(summed_cross_entropy(wanted, h))

    return cost


def _null(y: Array) -> Array:
    """The intercept alone, by its formula."""
    return np.array([np.log(y.mean() / (1 - y.mean())), 0.0, 0.0])


def _null_by_tape(y: Array) -> Array:
    """The intercept alone, fitted by Newton's method on the tape."""
    wanted = tf.constant(y[:, None])

    def cost(theta: Any) -> Any:
        return tf.reduce_mean(summed_cross_entropy(wanted, tf.sigmoid(theta[0] + tf.zeros_like(wanted))))

    return np.append(tape.newton(cost, np.zeros(1), n_steps=N_NEWTON)[-1], [0.0, 0.0])


def _summary(descended: Array, newton: Array, cost: Any, null: Array, y: Array) -> dict[str, float]:
    """What R and the lecture print, in their symbols."""
    n, p = len(y), len(newton)
    deviance = 2 * n * cost(newton)
    return {
        **{f"glm_{name}": float(value) for name, value in zip(NAMES, newton, strict=True)},
        "null_deviance": 2 * n * cost(null),
        "residual_deviance": deviance,
        "aic": deviance + 2 * p,
        **{f"gd_{name}": float(value) for name, value in zip(NAMES, descended, strict=True)},
        "gd_cost": cost(descended),
    }


def _decision_line(theta: Array, X: Array) -> Array:
    """Where theta_0 + theta_1 x1 + theta_2 x2 = 0: half of the probability."""
    x1 = np.array([X[:, 0].min(), X[:, 0].max()])
    return np.column_stack([x1, -(theta[0] + theta[1] * x1) / theta[2]])


def _learning_rates(example: WorkedExample, X: Array, y: Array, solution: Array) -> pd.DataFrame:
    """Each rate against the two bounds that the Hessian at the solution sets."""
    eigenvalues = np.linalg.eigvalsh(logistic.hessian(solution, X))
    n_steps = example.givens["iterations"]
    gradient = partial(logistic.gradient, X=X, y=y)
    rows = []
    for rate in example.givens["compared_rates"]:
        path = gradient_descent(gradient, np.zeros(len(solution)), learning_rate=rate, n_steps=n_steps)
        rows.append(
            {
                "learning_rate": rate,
                "stable_below": 2 / eigenvalues[-1],
                "start_left": abs(1 - rate * eigenvalues[0]) ** n_steps,
                "distance": float(np.abs(path[-1] - solution).max()),
                "behavior": describe_descent(path[n_steps // 2 :], gradient),
            }
        )
    return pd.DataFrame(rows)


def _scikit_learn(X: Array, y: Array) -> Array:
    model = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-12, max_iter=100).fit(X, y)
    return np.append(model.intercept_, model.coef_)


def _rows_agree(rows: Array, written: Array) -> Agreement:
    return Agreement(
        what="the fifty rows, drawn",
        peer="the file that R wrote",
        difference=float(np.abs(rows - written).max()) if rows.shape == written.shape else np.inf,
        allowed=1e-13,
    )


def _agreements(example: WorkedExample, X: Array, y: Array, found: dict[str, Array]) -> tuple[Agreement, ...]:
    def agreement(what: str, peer: str, difference: Array, allowed: float) -> Agreement:
        return Agreement(what=what, peer=peer, difference=float(np.abs(difference).max()), allowed=allowed)

    net = Net(weights=(np.zeros((1, 2)),), biases=(np.zeros(1),), activations=("sigmoid",))
    rate, epochs = example.givens["learning_rate"], example.givens["iterations"]
    how = Descent(cost="cross_entropy", learning_rate=rate, epochs=epochs)
    trained, _ = by_hand.train(net, X, y[:, None], how)
    neuron = np.append(trained.biases[0], trained.weights[0])
    last = found["path"][-1]
    return (
        agreement("theta after gradient descent", "one sigmoid neuron in models.by_hand", last - neuron, 1e-10),
        agreement("theta after gradient descent", "the tape", last - found["taped"][-1], 1e-10),
        agreement("theta after gradient descent", "Newton's method (IRLS)", last - found["newton"], 5e-4),
        agreement(
            "theta of Newton's method", "scikit-learn without penalty", found["newton"] - _scikit_learn(X, y), 1e-6
        ),
    )
