"""What is trained, in which order, and what one update saw and did: shared by ``by_hand`` and ``tape``.

=================== ============================== ==========================================
lecture             here                           Keras
=================== ============================== ==========================================
w_ij^(L)            ``net.weights[L-1][i-1, j-1]`` ``layers[L-1].kernel[j-1, i-1]``
b_i^(L)             ``net.biases[L-1][i-1]``       ``layers[L-1].bias[i-1]``
z_i^(L), a_i^(L)    ``step.z[L-1]``, ``step.a[L]`` what a layer computes before, after activation
alpha, eta          ``learning_rate``              ``learning_rate``
=================== ============================== ==========================================
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.checks import require

Array = NDArray[np.float64]
Activation = Literal["identity", "sigmoid", "tanh", "relu"]
Cost = Literal["quadratic", "cross_entropy"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Net:
    """A dense net of any sizes.

    Attributes:
        weights: Of layers 1, 2, ...; each ``(units, inputs)``: row i holds the weights of neuron i.
        biases: Of layers 1, 2, ...; each ``(units,)``.
        activations: Of layers 1, 2, ...

    Raises:
        ValueError: The layers do not fit together.
    """

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    activations: tuple[Activation, ...]

    def __post_init__(self) -> None:
        shapes = [weight.shape for weight in self.weights]
        units = [bias.shape for bias in self.biases]
        fits = (
            len(shapes) == len(units) == len(self.activations) > 0
            and all((rows,) == bias for (rows, _), bias in zip(shapes, units, strict=True))
            and all(after[1] == before[0] for before, after in pairwise(shapes))
        )
        require(
            fits,
            "Net",
            "layers that fit together, one bias and one activation each",
            "Give weights of shape (units, inputs).",
            weights=shapes,
            biases=units,
            activations=self.activations,
        )

    @property
    def sizes(self) -> tuple[int, ...]:
        """Neurons of layers 0, 1, 2, ..."""
        return (self.weights[0].shape[1], *(len(bias) for bias in self.biases))

    @property
    def n_parameters(self) -> int:
        """Weights and biases to be estimated."""
        return sum(weight.size + bias.size for weight, bias in zip(self.weights, self.biases, strict=True))


def initialize(
    sizes: tuple[int, ...], *, seed: int, hidden: Activation = "sigmoid", output: Activation = "sigmoid"
) -> Net:
    """Returns a net with random weights, normal with variance 1 / inputs, and biases of 0.

    Dividing by the inputs keeps z of unit size, where the sigmoid has its slope.

    Args:
        sizes: Neurons of layers 0, 1, 2, ...
        seed: Of the weights.
        hidden: Activation of all layers but the last.
        output: Activation of the last layer.
    """
    generator = np.random.default_rng(seed)
    pairs = list(pairwise(sizes))
    return Net(
        weights=tuple(generator.normal(size=(units, inputs)) / np.sqrt(inputs) for inputs, units in pairs),
        biases=tuple(np.zeros(units) for _, units in pairs),
        activations=(*(hidden for _ in pairs[1:]), output),
    )


@dataclass(frozen=True, kw_only=True)
class Descent:
    """How a net is trained: gradient descent in any of the lecture's flavors.

    Attributes:
        cost: To be lowered.
        learning_rate: The lecture's alpha.
        epochs: Passes through all rows.
        batch_size: Rows per update: ``None`` for all (batch gradient descent), 1 for a single row (stochastic). The
            last batch of an epoch may be smaller; no row is dropped.
        shuffle_seed: Of a new random order in each epoch; ``None`` keeps the rows' order.

    Raises:
        ValueError: A number is out of its range.
    """

    cost: Cost
    learning_rate: float
    epochs: int = 1
    batch_size: int | None = None
    shuffle_seed: int | None = None

    def __post_init__(self) -> None:
        require(
            0 < self.learning_rate < np.inf and self.epochs >= 1 and (self.batch_size is None or self.batch_size >= 1),
            "Descent",
            "a positive learning_rate, epochs and batch_size of 1 or more",
            "batch_size=None takes all rows.",
            learning_rate=self.learning_rate,
            epochs=self.epochs,
            batch_size=self.batch_size,
        )

    def batches(self, n_samples: int) -> Iterator[NDArray[np.int64]]:
        """Yields the rows of each update: the one order that by hand, tape and Keras follow.

        Example:
            >>> descent = Descent(cost="quadratic", learning_rate=0.1, batch_size=2)
            >>> [rows.tolist() for rows in descent.batches(5)]
            [[0, 1], [2, 3], [4]]
        """
        size = self.batch_size or n_samples
        generator = np.random.default_rng(self.shuffle_seed)
        for _ in range(self.epochs):
            order = np.arange(n_samples) if self.shuffle_seed is None else generator.permutation(n_samples)
            yield from (order[start : start + size] for start in range(0, n_samples, size))


def require_problem(net: Net, X: Array, y: Array, cost: Cost) -> None:
    """Checks that rows and cost fit a net.

    Raises:
        ValueError: Columns of ``X`` or ``y`` differ from the net's inputs or outputs (NumPy would broadcast some of
            these silently), or cross-entropy meets an output that is not a probability.
    """
    wanted = ((len(X), net.sizes[0]), (len(X), net.sizes[-1]))
    require(
        (X.shape, y.shape) == wanted,
        f"Net {net.sizes}",
        f"X and y of shapes {wanted[0]} and {wanted[1]}",
        "Give one column for each input and output.",
        X=X.shape,
        y=y.shape,
    )
    require_probability("Net", net.activations[-1], cost)


def require_probability(owner: str, activation: Activation, cost: Cost) -> None:
    """Checks that cross-entropy meets a sigmoid output.

    Raises:
        ValueError: The output is not a probability.
    """
    require(
        cost != "cross_entropy" or activation == "sigmoid",
        owner,
        "a sigmoid output with cross-entropy",
        "Its logarithm needs values between 0 and 1.",
        activation=activation,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Step:
    """One update: forward, cost, backward, new parameters.

    Attributes:
        X: ``(n, inputs)``, the rows of this update.
        y: ``(n, outputs)``, what they should give.
        before: The net that was used.
        z: Of layers 1, 2, ...; each ``(n, units)``.
        a: Of layers 0, 1, 2, ...; ``a[0]`` is ``X``.
        cost: Mean over rows of the loss, summed over outputs.
        dz: Derivatives of the cost by ``z``, in the same places.
        da: Derivatives of the cost by ``a`` of layers 1, 2, ...
        dw: By the weights, mean over rows.
        db: By the biases, mean over rows.
        after: The net with every weight and bias updated together.
    """

    X: Array
    y: Array
    before: Net
    z: tuple[Array, ...]
    a: tuple[Array, ...]
    cost: float
    dz: tuple[Array, ...]
    da: tuple[Array, ...]
    dw: tuple[Array, ...]
    db: tuple[Array, ...]
    after: Net


@dataclass(frozen=True, kw_only=True, eq=False)
class Trace:
    """Updates in their order.

    Attributes:
        steps: One for each update.
    """

    steps: tuple[Step, ...]

    @property
    def costs(self) -> Array:
        """The cost that each update saw, before it changed anything."""
        return np.array([step.cost for step in self.steps])


@dataclass(frozen=True, kw_only=True)
class Node:
    """A value of a computation, placed for drawing.

    Attributes:
        name: Unique, such as ``"a_h1"``.
        column: From 0 at the inputs to the cost at the right.
        row: From 0 at the top of its column.
        values: What to write on it: label -> value, forward first.
        gradient: Derivative of the cost by its last value; ``None`` for inputs.
    """

    name: str
    column: int
    row: int
    values: tuple[tuple[str, float], ...]
    gradient: float | None = None


@dataclass(frozen=True, kw_only=True)
class Edge:
    """A weight between two nodes, or a plain dependence.

    Attributes:
        source: Name of a node.
        target: Name of a node.
        name: Of the weight; empty for a plain dependence.
        value: Of the weight.
        gradient: Derivative of the cost by the weight.
        updated: The weight after the update.
    """

    source: str
    target: str
    name: str = ""
    value: float | None = None
    gradient: float | None = None
    updated: float | None = None


@dataclass(frozen=True, kw_only=True)
class Graph:
    """A computation as it is drawn on the blackboard: values forward, gradients backward."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def graph(step: Step) -> Graph:
    """Returns an update of a single row as a graph in the lecture's symbols, biases drawn as neurons of value 1.

    Raises:
        ValueError: The update saw more than one row.
    """
    require(len(step.X) == 1, "graph", "an update of a single row", "Trace with batch_size=1.", n_rows=len(step.X))
    nodes = [Node(name=f"x{j}", column=0, row=j - 1, values=((f"x{j}", float(x)),)) for j, x in enumerate(step.X[0], 1)]
    edges = []
    for layer, (weights, biases) in enumerate(zip(step.before.weights, step.before.biases, strict=True), 1):
        units, inputs = weights.shape
        names = [f"x{j}" if layer == 1 else f"a{j}({layer - 1})" for j in range(1, inputs + 1)]
        nodes.append(Node(name=f"1({layer - 1})", column=layer - 1, row=inputs, values=(("1", 1.0),)))
        for i in range(1, units + 1):
            nodes.append(_neuron(step, layer, i))
            parameters = [(names[j - 1], f"w{i}{j}({layer})", (i - 1, j - 1)) for j in range(1, inputs + 1)]
            for source, name, place in parameters:
                edges.append(
                    Edge(
                        source=source,
                        target=f"a{i}({layer})",
                        name=name,
                        value=float(weights[place]),
                        gradient=float(step.dw[layer - 1][place]),
                        updated=float(step.after.weights[layer - 1][place]),
                    )
                )
            edges.append(
                Edge(
                    source=f"1({layer - 1})",
                    target=f"a{i}({layer})",
                    name=f"b{i}({layer})",
                    value=float(biases[i - 1]),
                    gradient=float(step.db[layer - 1][i - 1]),
                    updated=float(step.after.biases[layer - 1][i - 1]),
                )
            )
    last = len(step.before.weights)
    nodes.append(Node(name="C", column=last + 1, row=0, values=(("C", step.cost),), gradient=1.0))
    edges += [Edge(source=f"a{i}({last})", target="C") for i in range(1, step.y.shape[1] + 1)]
    return Graph(nodes=tuple(nodes), edges=tuple(edges))


def _neuron(step: Step, layer: int, i: int) -> Node:
    z, a = step.z[layer - 1][0, i - 1], step.a[layer][0, i - 1]
    return Node(
        name=f"a{i}({layer})",
        column=layer,
        row=i - 1,
        values=((f"z{i}({layer})", float(z)), (f"a{i}({layer})", float(a))),
        gradient=float(step.da[layer - 1][0, i - 1]),
    )
