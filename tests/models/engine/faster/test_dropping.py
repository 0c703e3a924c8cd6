"""What many nets drop, drawn at once, is what TensorFlow draws for each of them."""

import numpy as np
import pytest
import tensorflow as tf

from models.engine.faster import dropping

SEEDS = np.random.default_rng(3).integers(0, 2**31 - 1, size=(5, 2)).astype(np.int32)


def drawn_apart(rates, shape):
    """Of each seed by itself, under XLA."""

    @tf.function(jit_compile=True, autograph=False)
    def dropped(seed, rate):
        return tf.nn.experimental.stateless_dropout(tf.ones(shape), rate=rate, seed=seed)

    if isinstance(rates, float):
        one = tf.function(lambda seed: dropped.python_function(seed, rates), jit_compile=True, autograph=False)
        return np.stack([one(tf.constant(seed)) for seed in SEEDS])
    return np.stack([dropped(*map(tf.constant, pair)) for pair in zip(SEEDS, np.float32(rates), strict=True)])


@pytest.mark.parametrize("rates", [0.3, (0.05, 0.1, 0.2, 0.3, 0.7)], ids=["of_all", "of_each"])
@pytest.mark.parametrize("shape", [(32, 30), (7, 3), (1, 1)], ids=str)
def test_the_numbers_are_tensorflows_to_the_bit(rates, shape):
    together = tf.function(lambda seeds: dropping.kept(seeds, rates, shape), jit_compile=True, autograph=False)(
        tf.constant(SEEDS)
    )
    expected = drawn_apart(rates, shape)
    np.testing.assert_array_equal(together, expected)
    assert shape == (1, 1) or len(np.unique(expected)) > 1


def test_only_what_is_drawn_alike_is_drawn_at_once():
    assert dropping.suits("float32", xla=True)
    assert not dropping.suits("float32", xla=False)
    assert not dropping.suits("float64", xla=True)
