import numpy as np
import pytest

from models.blackboard.gradient_descent import describe_descent, gradient_descent


@pytest.mark.parametrize(
    ("learning_rate", "behavior"),
    # x <- (1 - 2 alpha) x: the factor is .98, .8, -.8, -1, -1.1
    [(0.01, "crawling"), (0.1, "converging"), (0.9, "oscillating"), (1.0, "oscillating"), (1.05, "diverging")],
)
def test_a_descent_of_x_squared_is_named_by_what_it_did(learning_rate, behavior):
    path = gradient_descent(lambda v: 2 * v, np.array([3.0]), learning_rate=learning_rate, n_steps=40)

    assert path[-1, 0] == pytest.approx(3.0 * (1 - 2 * learning_rate) ** 40, rel=1e-9)
    assert describe_descent(path, lambda v: 2 * v) == behavior


def test_a_descent_that_overflows_is_diverging():
    with np.errstate(all="ignore"):
        path = gradient_descent(lambda v: 2 * v, np.array([3.0]), learning_rate=1e9, n_steps=40)

        assert describe_descent(path, lambda v: 2 * v) == "diverging"
