"""A restricted Boltzmann machine by hand: two layers of units that say 0 or 1, and an energy for all they say together.

For a few units everything can be enumerated: the partition function, the likelihood and its gradient. For more of them
contrastive divergence stands in for the part of the gradient that cannot.

Example:
    >>> machine = Machine(weights=np.zeros((2, 3)), visible=np.zeros(2), hidden=np.zeros(3))
    >>> print(round(log_partition(machine) / np.log(2), 9))  # all 2^5 states have energy 0
    5.0
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.special import logsumexp

from models.blackboard.activations import sigmoid
from models.blackboard.trace import Array
from models.checks import require

MOST_ENUMERATED = 16  # visible units: 65,536 states


@dataclass(frozen=True, kw_only=True, eq=False)
class Machine:
    """A restricted Boltzmann machine: every visible unit is joined to every hidden one, and none to its neighbors.

    Attributes:
        weights: ``(n_visible, n_hidden)``.
        visible: Biases of the visible units.
        hidden: Biases of the hidden units.
    """

    weights: Array
    visible: Array
    hidden: Array


def initialize(n_visible: int, n_hidden: int, *, seed: int) -> Machine:
    """Returns a machine with small random weights, normal with standard deviation 0.01, and biases of 0."""
    weights = np.random.default_rng(seed).normal(scale=0.01, size=(n_visible, n_hidden))
    return Machine(weights=weights, visible=np.zeros(n_visible), hidden=np.zeros(n_hidden))


def hidden_probability(machine: Machine, v: Array) -> Array:
    """Returns the chance that each hidden unit says 1, ``(n, n_hidden)``.

    Formula:
        p(h_j = 1 | v) = sigmoid(c_j + sum_i v_i w_ij).
    """
    return sigmoid(v @ machine.weights + machine.hidden)


def visible_probability(machine: Machine, h: Array) -> Array:
    """Returns the chance that each visible unit says 1, ``(n, n_visible)``: the same rule the other way."""
    return sigmoid(h @ machine.weights.T + machine.visible)


def free_energy(machine: Machine, v: Array) -> Array:
    """Returns the free energy of visible states, ``(n,)``: that of all hidden states at once.

    Formula:
        E(v, h) = -v W h - b v - c h;  F(v) = -log sum_h exp(-E(v, h)) = -b v - sum_j log(1 + exp(c_j + v w_j)).
    """
    return -v @ machine.visible - np.logaddexp(0.0, v @ machine.weights + machine.hidden).sum(axis=1)


def log_partition(machine: Machine) -> float:
    """Returns log Z by enumerating all visible states.

    Formula:
        Z = sum_v exp(-F(v)).

    Raises:
        ValueError: There are too many visible units to enumerate.
    """
    return float(logsumexp(-free_energy(machine, _every_state(machine))))


def log_likelihood(machine: Machine, V: Array) -> float:
    """Returns the mean log-likelihood of visible states ``V``, ``(n, n_visible)``: mean of -F(v) - log Z."""
    return float(-free_energy(machine, V).mean() - log_partition(machine))


def gradient(machine: Machine, V: Array) -> Machine:
    """Returns the exact gradient of the mean log-likelihood, by enumeration.

    Formula:
        d/dw_ij = <v_i h_j> of the data - <v_i h_j> of the machine; biases likewise.
    """
    states = _every_state(machine)
    chances = np.exp(-free_energy(machine, states) - log_partition(machine))
    return _difference(_moments(machine, V, np.full(len(V), 1 / len(V))), _moments(machine, states, chances))


def contrastive_divergence(machine: Machine, V: Array, generator: np.random.Generator) -> Machine:
    """Returns what stands in for the gradient: the machine's part from one step away from the data.

    Args:
        machine: Whose.
        V: ``(n, n_visible)`` of 0 and 1.
        generator: Of what the units say.

    Source:
        Others | Boltzmann machines; Hinton (2002), Training products of experts by minimizing contrastive divergence.
    """
    weights = np.full(len(V), 1 / len(V))
    h = _drawn(hidden_probability(machine, V), generator)
    fantasy = _drawn(visible_probability(machine, h), generator)
    return _difference(_moments(machine, V, weights), _moments(machine, fantasy, weights))


def train(
    machine: Machine, V: Array, *, learning_rate: float, epochs: int, batch_size: int, seed: int
) -> tuple[Machine, Array]:
    """Climbs along contrastive divergence.

    Args:
        machine: As it starts; it stays as it is.
        V: ``(n_samples, n_visible)`` of 0 and 1.
        learning_rate: Of every step.
        epochs: Passes through all rows.
        batch_size: Rows for a step.
        seed: Of the order and of what the units say.

    Returns:
        The machine, and after each epoch the share of visible units that one step there and back changes.
    """
    generator = np.random.default_rng(seed)
    changed = np.empty(epochs)
    for epoch in range(epochs):
        order = generator.permutation(len(V))
        for start in range(0, len(V), batch_size):
            step = contrastive_divergence(machine, V[order[start : start + batch_size]], generator)
            machine = Machine(
                weights=machine.weights + learning_rate * step.weights,
                visible=machine.visible + learning_rate * step.visible,
                hidden=machine.hidden + learning_rate * step.hidden,
            )
        back = visible_probability(machine, hidden_probability(machine, V))
        changed[epoch] = np.abs(back - V).mean()
    return machine, changed


def sample(machine: Machine, v: Array, *, n_steps: int, seed: int) -> Array:
    """Lets the machine dream from visible states and returns the chances of the last ones, ``(n, n_visible)``."""
    generator = np.random.default_rng(seed)
    chances = v
    for _ in range(n_steps):
        chances = visible_probability(machine, _drawn(hidden_probability(machine, v), generator))
        v = _drawn(chances, generator)
    return chances


def _every_state(machine: Machine) -> Array:
    n = len(machine.visible)
    require(n <= MOST_ENUMERATED, "Machine", "few enough visible units to enumerate", "Sample instead.", n_visible=n)
    return np.array(list(product((0.0, 1.0), repeat=n)))


def _moments(machine: Machine, v: Array, weights: Array) -> Machine:
    """Weighted means of v h, v and h, with the hidden units' chances for what they say."""
    h = hidden_probability(machine, v)
    return Machine(weights=v.T @ (weights[:, None] * h), visible=weights @ v, hidden=weights @ h)


def _difference(data: Machine, model: Machine) -> Machine:
    return Machine(
        weights=data.weights - model.weights, visible=data.visible - model.visible, hidden=data.hidden - model.hidden
    )


def _drawn(chances: Array, generator: np.random.Generator) -> Array:
    return (generator.uniform(size=chances.shape) < chances).astype(np.float64)
