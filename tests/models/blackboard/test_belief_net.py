import numpy as np
import pytest

from models.blackboard import belief_net, boltzmann, by_hand
from models.blackboard.trace import Descent, initialize

HOW = {"learning_rate": 0.1, "epochs": 3, "batch_size": 5, "seed": 7}
V = np.random.default_rng(0).integers(2, size=(40, 6)).astype(np.float64)


@pytest.fixture(scope="module")
def machines():
    return belief_net.stack(V, (5, 3), **HOW)


def test_the_lowest_machine_learns_the_rows_and_the_next_what_it_says(machines):
    first, _ = boltzmann.train(boltzmann.initialize(6, 5, seed=7), V, **HOW)
    said = boltzmann.hidden_probability(first, V)
    second, _ = boltzmann.train(boltzmann.initialize(5, 3, seed=8), said, **(HOW | {"seed": 8}))

    for own, other in zip(machines, (first, second), strict=True):
        np.testing.assert_array_equal(own.weights, other.weights)
        np.testing.assert_array_equal(own.hidden, other.hidden)


def test_the_nets_hidden_layers_say_what_the_machines_say(machines):
    net = belief_net.unfold(machines, 2, seed=1)
    _, a = by_hand.forward(net, V)

    below = boltzmann.hidden_probability(machines[0], V)
    np.testing.assert_allclose(a[1], below, atol=1e-15)
    np.testing.assert_allclose(a[2], boltzmann.hidden_probability(machines[1], below), atol=1e-15)
    np.testing.assert_array_equal(net.weights[-1], initialize((6, 5, 3, 2), seed=1).weights[-1])


def test_machines_out_of_order_are_refused(machines):
    with pytest.raises(ValueError, match="unfold: expected machines that fit on each other"):
        belief_net.unfold(machines[::-1], 2, seed=1)


def test_fine_tuning_is_the_labs_training_looked_at_after_each_epoch(machines):
    answers = (V[:, 0] > 0).astype(np.int64)
    net, wanted = belief_net.unfold(machines, 2, seed=1), np.eye(2)[answers]
    rows = (V[:30], wanted[:30])

    def descent(epochs):
        return Descent(cost="cross_entropy", learning_rate=2.0, epochs=epochs, batch_size=7, shuffle_seed=3)

    def right(one):
        return np.mean(by_hand.forward(one, V[30:])[1][-1].argmax(axis=1) == answers[30:])

    nets = [net, *(by_hand.train(net, *rows, descent(epochs))[0] for epochs in range(1, 5))]
    shares = belief_net.fine_tune(net, *rows, descent(4), V[30:], answers[30:])
    np.testing.assert_array_equal(shares, [right(one) for one in nets])
