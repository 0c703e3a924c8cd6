from itertools import product

import numpy as np
import pytest

from models.blackboard import boltzmann
from models.blackboard.boltzmann import Machine


@pytest.fixture
def machine():
    generator = np.random.default_rng(2)
    return Machine(
        weights=generator.normal(size=(4, 3)), visible=generator.normal(size=4), hidden=generator.normal(size=3)
    )


@pytest.fixture
def rows():
    return np.random.default_rng(5).integers(2, size=(7, 4)).astype(float)


def energy(machine, v, h):
    return -(v @ machine.weights @ h) - machine.visible @ v - machine.hidden @ h


def test_partition_and_likelihood_are_sums_over_all_128_states(machine, rows):
    hidden = [np.array(h) for h in product((0.0, 1.0), repeat=3)]
    visible = [np.array(v) for v in product((0.0, 1.0), repeat=4)]
    Z = sum(np.exp(-energy(machine, v, h)) for v in visible for h in hidden)
    likelihood = np.mean([np.log(sum(np.exp(-energy(machine, v, h)) for h in hidden) / Z) for v in rows])

    assert boltzmann.log_partition(machine) == pytest.approx(np.log(Z), abs=1e-12)
    assert boltzmann.log_likelihood(machine, rows) == pytest.approx(likelihood, abs=1e-12)


@pytest.mark.parametrize("name", ["weights", "visible", "hidden"])
def test_the_gradient_is_the_difference_quotient_of_the_likelihood(machine, rows, name):
    parts = {part: getattr(machine, part) for part in ("weights", "visible", "hidden")}
    exact = getattr(boltzmann.gradient(machine, rows), name)

    def at(place, nudge):
        changed = parts[name].copy()
        changed[place] += nudge
        return boltzmann.log_likelihood(Machine(**parts | {name: changed}), rows)

    for place in np.ndindex(exact.shape):
        assert exact[place] == pytest.approx((at(place, 1e-6) - at(place, -1e-6)) / 2e-6, abs=1e-8)


def test_chances_are_those_of_the_energies(machine, rows):
    v, j = rows[0], 1
    others = [np.array(h) for h in product((0.0, 1.0), repeat=3)]
    weights = np.array([np.exp(-energy(machine, v, h)) for h in others])
    on = sum(weight for weight, h in zip(weights, others, strict=True) if h[j])

    assert boltzmann.hidden_probability(machine, v[None])[0, j] == pytest.approx(on / weights.sum())


def test_contrastive_divergence_raises_the_exact_likelihood():
    rows = np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]] * 10)
    start = boltzmann.initialize(4, 3, seed=0)

    learned, changed = boltzmann.train(start, rows, learning_rate=0.2, epochs=300, batch_size=5, seed=0)

    assert boltzmann.log_likelihood(start, rows) == pytest.approx(-4 * np.log(2), abs=0.01)
    assert boltzmann.log_likelihood(learned, rows) > -1.0  # two states, at best -log 2
    assert changed[-1] < changed[0]


def test_too_many_units_cannot_be_enumerated():
    with pytest.raises(ValueError, match=r"Machine: expected few enough visible units to enumerate. Received: n_visi"):
        boltzmann.log_partition(boltzmann.initialize(17, 2, seed=0))
