"""Example 2: names of parameters on a small net, and counts of parameters.

Drawn from the result: ``graphs["example2"]`` and ``traces["example2"]`` (one update of the small net),
``tables["names"]`` (parameter, value), ``tables["counts"]`` (layers, by formula, by Keras).
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import keras
import numpy as np
import pandas as pd

from experiments.language.printed import WorkedExample
from models.blackboard import by_hand
from models.blackboard.trace import Graph, Step, Trace, graph, initialize
from pipeline.lecture.values import Agreement, Worked

NOTATIONS = (
    (
        "function",
        r"$y = \beta_0 + \beta_1 x_1 + ... + \beta_p x_p$",
        r"$h_{\theta}(x) = \theta_0 + \theta_1 x_1 + ... + \theta_p x_p$",
        r"$f(x) = b + \sum_j w_j x_j$",
        "Dense",
    ),
    ("constant", r"$\beta_0$, intercept", r"$\theta_0$", "$b$, bias", "bias"),
    (
        "factors",
        r"$\beta_1 ... \beta_p$, coefficients",
        r"$\theta_1 ... \theta_p$",
        "$w_1 ... w_p$, weights",
        "kernel",
    ),
    (
        "fitted by",
        "R's glm",
        r"gradient descent, $\alpha$",
        r"back-propagation, $\alpha$ or $\eta$",
        "fit, learning_rate",
    ),
)


def work_architecture(example: WorkedExample) -> Worked:
    """Names and counts the parameters of dense nets, by formula and from Keras."""
    g = example.givens
    step, deep = _update(g, g["drawn_layers"], g["drawn_y"]), _update(g, g["deep_layers"], g["drawn_y"][:1])
    drawn = graph(step)
    counts = _counts((*g["counted_layers"], g["layers"]))
    return Worked(
        example=example,
        by_hand={
            "example2": {"n_parameters": float(n_parameters(g["drawn_layers"]))},
            "lab1": {"n_parameters": float(n_parameters(g["layers"]))},
        },
        traces={"example2": Trace(steps=(step,))},
        graphs={"example2": drawn, "deep": graph(deep)},
        tables={
            "names": pd.DataFrame(
                [(edge.name, edge.value) for edge in drawn.edges if edge.name], columns=["name", "value"]
            ),
            "counts": counts,
            "notations": pd.DataFrame(NOTATIONS, columns=["what", "statistics", "machine_learning", "net", "Keras"]),
        },
        captions={
            "notations": "The same numbers in the lecture's three notations, and in Keras.",
            "counts": "Parameters of dense nets.",
        },
        agreements=_agreements(counts, g["drawn_layers"], drawn),
    )


def n_parameters(layers: Sequence[int]) -> int:
    """Returns the number of weights and biases of a dense net.

    Formula:
        sum over layers L >= 1 of n_L (n_(L-1) + 1).

    Example:
        >>> n_parameters((784, 15, 10))
        11935
    """
    return sum(units * (inputs + 1) for inputs, units in pairwise(layers))


def _update(g: Mapping[str, Any], layers: tuple[int, ...], y: Sequence[float]) -> Step:
    """One update of a net that is drawn."""
    return by_hand.step(
        initialize(layers, seed=g["drawn_seed"]),
        np.array([g["drawn_x"]]),
        np.array([y]),
        cost="quadratic",
        learning_rate=1.0,
    )


def _counts(nets: Sequence[tuple[int, ...]]) -> pd.DataFrame:
    """Each net once, with its number of parameters by formula and by Keras."""
    return pd.DataFrame(
        [("-".join(map(str, layers)), n_parameters(layers), _keras_count(layers)) for layers in dict.fromkeys(nets)],
        columns=["layers", "by_formula", "keras"],
    )


def _keras_count(layers: Sequence[int]) -> int:
    model = keras.Sequential([keras.Input((layers[0],)), *(keras.layers.Dense(units) for units in layers[1:])])
    return model.count_params()


def _agreements(counts: pd.DataFrame, layers: Sequence[int], drawn: Graph) -> tuple[Agreement, ...]:
    return (
        Agreement(
            what="number of parameters of every listed net",
            peer="Keras",
            difference=float((counts["by_formula"] - counts["keras"]).abs().max()),
            allowed=0.0,
        ),
        Agreement(
            what="number of parameters of the drawn net",
            peer="the names in the drawing, counted",
            difference=float(abs(n_parameters(layers) - sum(bool(edge.name) for edge in drawn.edges))),
            allowed=0.0,
        ),
    )
