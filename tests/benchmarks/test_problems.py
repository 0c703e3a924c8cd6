"""Operations are counted as one would on paper."""

import keras

from benchmarks.problems import flops


def test_each_product_counts_forward_and_twice_back_but_the_first_sends_nothing_back():
    layers = [keras.Input((6, 6, 1)), keras.layers.Conv2D(2, 3), keras.layers.Flatten(), keras.layers.Dense(5)]
    first, second = 4 * 4 * (3 * 3 * 1 * 2), (4 * 4 * 2) * 5
    assert flops(keras.Sequential(layers)) == 2 * (2 * first + 3 * second)
