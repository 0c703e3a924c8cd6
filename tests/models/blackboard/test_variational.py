import numpy as np
import pytest

from models.blackboard import variational
from pipeline.lecture.working.generative import by_tape


@pytest.fixture
def problem():
    generator = np.random.default_rng(0)
    w = {name: value + 0.1 for name, value in variational.initialize(7, 5, 2, seed=1).items()}
    return w, generator.uniform(size=(4, 7)), generator.normal(size=(4, 2))


def loss_of(w, X, noise):
    return variational.loss(variational.forward(w, X, noise), X)


def test_loss_and_every_slope_are_the_tapes(problem):
    w, X, noise = problem
    ours = variational.gradient(w, variational.forward(w, X, noise), X, noise)
    taped, slopes = by_tape(w, X, noise)

    assert loss_of(w, X, noise) == pytest.approx(taped, abs=1e-12)
    assert slopes.keys() == ours.keys() == w.keys()
    for name, slope in slopes.items():
        np.testing.assert_allclose(ours[name], slope, atol=1e-13, err_msg=name)


def test_every_slope_is_a_difference_quotient(problem):
    w, X, noise = problem
    ours = variational.gradient(w, variational.forward(w, X, noise), X, noise)
    for name, value in w.items():
        place = tuple(size // 2 for size in value.shape)
        moved = [{**w, name: value + sign * 1e-5 * _one_at(place, value.shape)} for sign in (1, -1)]
        quotient = (loss_of(moved[0], X, noise) - loss_of(moved[1], X, noise)) / 2e-5
        assert ours[name][place] == pytest.approx(quotient, abs=1e-8), name


def _one_at(place, shape):
    one = np.zeros(shape)
    one[place] = 1.0
    return one


def test_the_divergence_is_its_integral():
    m, s = 0.7, -0.9
    z, dz = np.linspace(-12, 12, 200_001, retstep=True)
    log_cloud = -0.5 * ((z - m) ** 2 / np.exp(s) + s + np.log(2 * np.pi))
    log_round = -0.5 * (z**2 + np.log(2 * np.pi))

    integral = np.sum(np.exp(log_cloud) * (log_cloud - log_round)) * dz
    assert variational.divergence(np.array([[m]]), np.array([[s]]))[0] == pytest.approx(integral, abs=1e-9)


def test_a_step_of_adam_that_can_be_done_in_the_head():
    # The first step of Adam is the learning rate against the sign of the slope, whatever its size.
    w = variational.initialize(3, 2, 1, seed=0)
    X, generator = np.full((5, 3), 0.25), np.random.default_rng(4)
    order, noise = generator.permutation(5), generator.normal(size=(5, 1))
    slopes = variational.gradient(w, variational.forward(w, X[order], noise), X[order], noise)

    after, losses = variational.train(w, X, learning_rate=0.01, epochs=1, batch_size=5, seed=4)

    assert losses[0] == pytest.approx(loss_of(w, X[order], noise))
    np.testing.assert_allclose(after["W_o"], w["W_o"] - 0.01 * np.sign(slopes["W_o"]), atol=1e-6)
