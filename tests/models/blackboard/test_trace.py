import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.blackboard import by_hand
from models.blackboard.trace import Descent, Net, graph, initialize, require_problem


@settings(deadline=None, max_examples=50)
@given(
    n_samples=st.integers(1, 40),
    batch_size=st.none() | st.integers(1, 50),
    shuffle_seed=st.none() | st.integers(0, 9),
)
def test_every_epoch_uses_every_row_once(n_samples, batch_size, shuffle_seed):
    descent = Descent(cost="quadratic", learning_rate=1.0, epochs=3, batch_size=batch_size, shuffle_seed=shuffle_seed)
    order = list(descent.batches(n_samples))

    updates = -(-n_samples // (batch_size or n_samples))
    assert len(order) == 3 * updates
    for epoch in range(3):
        rows = np.concatenate(order[epoch * updates : (epoch + 1) * updates])
        assert sorted(rows) == list(range(n_samples))


def test_a_seed_shuffles_every_epoch_anew_and_repeats():
    descent = Descent(cost="quadratic", learning_rate=1.0, epochs=2, shuffle_seed=1)
    first = [rows.tolist() for rows in descent.batches(20)]

    assert first[0] != first[1]
    assert first == [rows.tolist() for rows in descent.batches(20)]


@pytest.mark.parametrize(
    "wrong", [{"batch_size": 0}, {"epochs": 0}, {"learning_rate": -1.0}, {"learning_rate": np.nan}]
)
def test_a_descent_out_of_range_is_refused(wrong):
    with pytest.raises(ValueError, match=r"Descent: expected a positive learning_rate.*Received: learning_rate="):
        Descent(**{"cost": "quadratic", "learning_rate": 1.0} | wrong)


def test_a_net_counts_its_sizes_and_parameters():
    net = initialize((784, 15, 10), seed=0)

    assert net.sizes == (784, 15, 10)
    assert net.n_parameters == 784 * 15 + 15 + 15 * 10 + 10


def test_layers_that_do_not_fit_together_are_refused():
    with pytest.raises(ValueError, match=r"Net: expected layers that fit together.*Received: weights=.*Give weights"):
        Net(weights=(np.zeros((3, 2)), np.zeros((1, 4))), biases=(np.zeros(3), np.zeros(1)), activations=("relu",) * 2)


def test_a_target_without_its_column_is_refused_before_it_broadcasts():
    net = initialize((2, 1), seed=0)

    with pytest.raises(ValueError, match=r"expected X and y of shapes \(5, 2\) and \(5, 1\).*y=\(5,\)"):
        require_problem(net, np.zeros((5, 2)), np.zeros(5), "quadratic")


def test_cross_entropy_needs_a_probability():
    net = initialize((2, 1), seed=0, output="tanh")

    with pytest.raises(ValueError, match=r"expected a sigmoid output with cross-entropy. Received: activation='tanh'"):
        require_problem(net, np.zeros((5, 2)), np.zeros((5, 1)), "cross_entropy")


def test_the_graph_carries_every_parameter_with_its_gradient_and_update():
    net = initialize((2, 3, 2), seed=0)
    step = by_hand.step(net, np.array([[0.5, -1.0]]), np.array([[1.0, 0.0]]), cost="quadratic", learning_rate=0.5)

    drawn = graph(step)

    edges = {edge.name: edge for edge in drawn.edges if edge.name}
    assert len(edges) == net.n_parameters
    assert edges["w31(1)"].value == net.weights[0][2, 0]
    assert edges["w31(1)"].source == "x1"
    assert edges["w31(1)"].target == "a3(1)"
    assert edges["b2(2)"].gradient == step.db[1][1]
    assert all(edge.updated == edge.value - 0.5 * edge.gradient for edge in edges.values())
    names = {node.name for node in drawn.nodes}
    assert all({edge.source, edge.target} <= names for edge in drawn.edges)
    assert len({(node.column, node.row) for node in drawn.nodes}) == len(drawn.nodes)


def test_the_graph_of_a_batch_is_refused():
    net = initialize((2, 1), seed=0)
    step = by_hand.step(net, np.zeros((2, 2)), np.zeros((2, 1)), cost="quadratic", learning_rate=1.0)

    with pytest.raises(ValueError, match=r"expected an update of a single row. Received: n_rows=2"):
        graph(step)
