"""Examples 3 and 4 and the appendix: the declared formulas descended by hand, and by a tape that differentiates them.

Drawn from the result: ``tables["example3"]`` and ``tables["example4"]`` (run, start, learning_rate, behavior, end, f),
``arrays["example3.run0"]`` and so on (the path, ``(n_steps + 1, n_variables)``), ``curves["example3.run0"]`` (f along
it), ``arrays["example3.line"]`` (x and f, ``(2, n)``), ``arrays["example4.surface"]`` (x1, x2 and f, ``(3, n, n)``),
``tables["delta_C"]`` (eta, change of C, -eta ||grad C||², ratio).
"""

from collections.abc import Mapping
from itertools import product
from typing import Any

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from experiments.language.expression import evaluate
from experiments.language.printed import WorkedExample
from models.blackboard import tape
from models.blackboard.gradient_descent import describe_descent, gradient_descent
from models.blackboard.trace import Array
from pipeline.lecture.values import Agreement, Worked

N_GRID = 81


def work_gradient_descent(example: WorkedExample) -> Worked:
    """Descends both functions from every start with every learning rate, and checks the appendix's formulas."""
    g = example.givens
    third = _Valley("example3", g["f3"], {"x": g["df3_dx"]})
    fourth = _Valley("example4", g["f4"], {"x1": g["df4_dx1"], "x2": g["df4_dx2"]})
    runs3 = _descend(third, [np.array([start]) for start in g["starts3"]], g)
    runs4 = _descend(fourth, [np.array(start) for start in g["starts4"]], g)
    cost_by_hand, cost_by_keras = _quadratic_cost(g)
    change_by_hand, change_by_tape = _change(fourth, g)
    slopes3, slopes3_by_tape = _one_step(third, np.array(g["starts3"])[None], g["eta"])
    slopes4, slopes4_by_tape = _one_step(fourth, np.array(g["starts4"]).T, g["eta"])
    changes = _changes(fourth, g)
    return Worked(
        example=example,
        by_hand={"example3": slopes3, "example4": slopes4, "appendix": cost_by_hand | change_by_hand},
        by_tape={"example3": slopes3_by_tape, "example4": slopes4_by_tape, "appendix": change_by_tape},
        by_library={"appendix": cost_by_keras},
        libraries={"appendix": "Keras"},
        curves=runs3["curves"] | runs4["curves"],
        arrays=runs3["arrays"] | runs4["arrays"] | _grids(third, fourth, g),
        tables={"example3": runs3["table"], "example4": runs4["table"], "delta_C": changes},
        captions={
            "example3": "Example 3: every descent.",
            "example4": "Example 4: every descent.",
            "delta_C": "The smaller the step, the nearer is the change of C to −η ‖∇C‖².",
        },
        agreements=(*runs3["agreements"], *runs4["agreements"], _order_of_remainder(changes)),
    )


class _Valley:
    """A declared function of named variables: values and derivatives by its text."""

    def __init__(self, item: str, f: str, derivatives: Mapping[str, str]) -> None:
        self.item, self.f, self.derivatives = item, f, derivatives

    def value(self, v: Any) -> Any:
        """Returns f at a vector, or at a tensor that a tape watches."""
        return evaluate(self.f, {name: v[i] for i, name in enumerate(self.derivatives)})

    def gradient(self, v: Array) -> Array:
        """Returns the lecture's derivatives at a vector."""
        values = {name: v[i] for i, name in enumerate(self.derivatives)}
        return np.array([evaluate(text, values) for text in self.derivatives.values()])


def _descend(valley: _Valley, starts: list[Array], g: Mapping[str, Any]) -> dict[str, Any]:
    how = {"n_steps": g["n_steps"]}
    rows, curves, arrays, differences = [], {}, {}, []
    for i, (start, rate) in enumerate(product(starts, g["learning_rates"])):
        path = gradient_descent(valley.gradient, start, learning_rate=rate, **how)
        taped = tape.gradient_descent(valley.value, start, learning_rate=rate, **how)
        differences.append(float((np.abs(path - taped) / np.maximum(1, np.abs(path))).max()))
        name = f"{valley.item}.run{i}"
        arrays[name] = path
        curves[name] = np.array([valley.value(v) for v in path])
        behavior = describe_descent(path, valley.gradient)
        rows.append((f"run{i}", tuple(start.tolist()), rate, behavior, tuple(path[-1].tolist()), curves[name][-1]))
    agreement = Agreement(
        what=f"every path of {valley.item}, relative to its size",
        peer="the tape of the printed formula",
        difference=max(differences),
        allowed=1e-12,
    )
    columns = ["run", "start", "learning_rate", "behavior", "end", "f"]
    table = pd.DataFrame(rows, columns=columns)
    return {"table": table, "curves": curves, "arrays": arrays, "agreements": (agreement,)}


def _one_step(valley: _Valley, starts: Array, rate: float) -> tuple[dict[str, Any], dict[str, Any]]:
    """The slopes at every start, ``(n_variables, n_starts)``, and where one step leads: by the texts, and by tape."""
    points = tf.constant(starts)
    with tf.GradientTape() as recorded:
        recorded.watch(points)
        value = tf.reduce_sum(valley.value(points))
    slopes = recorded.gradient(value, points).numpy()
    hand: dict[str, Any] = {"alpha": rate}
    taped: dict[str, Any] = {}
    for row, (name, slope) in enumerate(zip(valley.derivatives, valley.gradient(starts), strict=True)):
        hand |= {name: starts[row], f"df_d{name}": slope}
        taped |= {f"df_d{name}": slopes[row], f"{name}_new": starts[row] - rate * slopes[row]}
    return hand, taped


def _grids(third: _Valley, fourth: _Valley, g: Mapping[str, Any]) -> dict[str, Array]:
    side = 1.25 * max(np.abs(g["starts3"]).max(), np.abs(g["starts4"]).max())
    line = np.linspace(-side, side, N_GRID)
    x1, x2 = np.meshgrid(line, line)
    return {
        "example3.line": np.array([line, third.value(line[None])]),
        "example4.surface": np.array([x1, x2, fourth.value(np.array([x1, x2]))]),
    }


def _quadratic_cost(g: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    y, a = np.array(g["cost_y"]), np.array(g["cost_a"])
    norms = np.sqrt(((y - a) ** 2).sum(axis=1))
    mean_square = float(keras.losses.MeanSquaredError(dtype="float64")(y, a))  # over rows and outputs
    return {"n": len(y), "norm_y_a": norms}, {"quadratic_cost": y.shape[1] / 2 * mean_square}


def _change(valley: _Valley, g: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The printed -eta ||grad C||² by hand; by tape, grad C . delta v of the step that is taken, and where it leads."""
    v = tf.constant(g["v"], tf.float64)
    with tf.GradientTape() as recorded:
        recorded.watch(v)
        value = valley.value(v)
    gradient = recorded.gradient(value, v)
    step = -g["eta"] * gradient
    taped = float(tf.tensordot(gradient, step, 1))
    by_texts = valley.gradient(np.array(g["v"]))
    hand = {"eta": g["eta"], "v": np.array(g["v"]), "grad_C": by_texts, "delta_v": -g["eta"] * by_texts}
    return hand, {"delta_C": taped, "grad_C_delta_v": taped, "v_new": (v + step).numpy()}


def _changes(valley: _Valley, g: Mapping[str, Any]) -> pd.DataFrame:
    v = np.array(g["v"])
    gradient = valley.gradient(v)
    rows = []
    for eta in g["eta"] / 2.0 ** np.arange(6):
        change = float(valley.value(v - eta * gradient) - valley.value(v))
        predicted = float(-eta * gradient @ gradient)
        rows.append((eta, change, predicted, change / predicted))
    return pd.DataFrame(rows, columns=["eta", "change_of_C", "minus_eta_norm_squared", "ratio"])


def _order_of_remainder(changes: pd.DataFrame) -> Agreement:
    """Halving eta quarters what the first-order formula leaves out."""
    remainder = (changes["change_of_C"] - changes["minus_eta_norm_squared"]).abs().to_numpy()
    orders = np.log2(remainder[:-1] / remainder[1:])
    return Agreement(
        what="order of what -eta ||grad C||² leaves out",
        peer="2, as Taylor's theorem has it",
        difference=float(np.abs(orders - 2).max()),
        allowed=0.1,
    )
