"""A deep belief net by hand: Boltzmann machines stacked one on the other, and a classifier that starts from them.

Each machine learns, without any answers, what the one below says of the rows; then the stack's weights are those of a
net's hidden layers, and back-propagation does the rest.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.blackboard import boltzmann, by_hand
from models.blackboard.boltzmann import Machine
from models.blackboard.trace import Array, Descent, Net, initialize
from models.checks import require


def stack(
    V: Array, hidden_units: Sequence[int], *, learning_rate: float, epochs: int, batch_size: int, seed: int
) -> tuple[Machine, ...]:
    """Trains machines greedily, from the rows upwards.

    Formula:
        v^(0) = V;  v^(l) = p(h = 1 | v^(l-1)) of machine l, which learned v^(l-1).

    Args:
        V: ``(n_samples, n_visible)`` of 0 and 1.
        hidden_units: Of each machine, from below.
        learning_rate: Of every step of contrastive divergence.
        epochs: Passes of each machine through all rows.
        batch_size: Rows for a step.
        seed: Of the lowest machine; each has one of its own.

    Source:
        Others | Deep belief nets; Hinton, Osindero and Teh (2006), A fast learning algorithm for deep belief nets.
    """
    machines = []
    for layer, units in enumerate(hidden_units):
        start = boltzmann.initialize(V.shape[1], units, seed=seed + layer)
        machine, _ = boltzmann.train(
            start, V, learning_rate=learning_rate, epochs=epochs, batch_size=batch_size, seed=seed + layer
        )
        machines.append(machine)
        V = boltzmann.hidden_probability(machine, V)
    return tuple(machines)


def unfold(machines: Sequence[Machine], n_outputs: int, *, seed: int) -> Net:
    """Returns a classifier whose hidden layers are the machines; its last layer knows nothing yet.

    Args:
        machines: From below; each sees what the one below says.
        n_outputs: Sigmoid neurons of the last layer.
        seed: Of the last layer's weights: those of ``initialize`` for the same sizes and seed.

    Raises:
        ValueError: A machine does not fit on the one below.
    """
    sizes = [len(machines[0].visible), *(len(machine.hidden) for machine in machines)]
    fits = all(len(machine.visible) == size for machine, size in zip(machines, sizes, strict=False))
    require(fits, "unfold", "machines that fit on each other", "Stack them in their order.", sizes=sizes)
    random = initialize((*sizes, n_outputs), seed=seed)
    return Net(
        weights=(*(machine.weights.T for machine in machines), random.weights[-1]),
        biases=(*(machine.hidden for machine in machines), random.biases[-1]),
        activations=random.activations,
    )


def fine_tune(net: Net, X: Array, y: Array, descent: Descent, X_test: Array, answers: NDArray[np.int64]) -> Array:
    """Trains a classifier and returns the share of unseen rows that are right, before it and after each epoch.

    Args:
        net: As it starts.
        X: ``(n_samples, inputs)``.
        y: ``(n_samples, n_outputs)`` of 0 and 1.
        descent: How.
        X_test: Rows that are only looked at.
        answers: ``(n_test,)``: which output should be the largest.
    """

    def right() -> float:
        return float(np.mean(by_hand.forward(net, X_test)[1][-1].argmax(axis=1) == answers))

    shares = [right()]
    n_updates = -(-len(X) // (descent.batch_size or len(X)))
    for update, made in enumerate(by_hand.descend(net, X, y, descent), start=1):
        net = made.after
        if update % n_updates == 0:
            shares.append(right())
    return np.array(shares)
