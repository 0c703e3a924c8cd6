import numpy as np
import pytest

from models.nets.weights import Weights, seeded


def test_initializers_keep_their_law():
    kernel = seeded("he_normal", 3, 0)((400, 300)).numpy()
    assert kernel.std() == pytest.approx(np.sqrt(2 / 400), rel=0.02)


@pytest.mark.parametrize(("name", "deviation"), [("standard_normal", 1.0), ("scaled_normal", 1 / 20)])
def test_the_books_initial_weights_are_normal_with_its_deviation(name, deviation):
    drawn = np.asarray(seeded(name, 1, 0)((400, 250)))
    assert drawn.std() == pytest.approx(deviation, rel=0.01)
    # 4.5 % of a normal distribution lie beyond two deviations; truncated there, none would.
    assert (np.abs(drawn) > 2 * deviation).mean() == pytest.approx(0.0455, abs=0.003)


def test_a_steep_start_is_four_times_glorots():
    steep, glorot = (seeded(name, 5, 0)((8, 6)) for name in ("steep_uniform", "glorot_uniform"))
    np.testing.assert_allclose(steep, 4 * np.asarray(glorot), rtol=1e-6)


def test_every_layer_draws_numbers_of_its_own_and_biases_others_than_kernels():
    weights = Weights(seed=3, kernel_initializer="standard_normal", bias_initializer="standard_normal")
    drawn = [
        np.asarray(weights.of(index)[part]((20,)))
        for index in (0, 1, 1000)
        for part in ("kernel_initializer", "bias_initializer")
    ]
    assert len({numbers.tobytes() for numbers in drawn}) == 6


def test_a_penalty_of_0_is_none():
    assert Weights(seed=0).of(0)["kernel_regularizer"] is None
    assert float(Weights(seed=0, l2=0.5).of(0)["kernel_regularizer"](np.array([1.0, 2.0]))) == 2.5
