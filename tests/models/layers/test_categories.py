"""Embedded categories: the layer is its formula in NumPy, its gradients are difference quotients, R of it R by one."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from models.layers.categories import MOST_PLACES, CategoryEmbedding

PLACES, WIDTH = (5, 3), 4


def said(X, table):
    """Row by row: two numbers, then a row of each category's table."""
    tables = np.split(table, [PLACES[0]])
    rows = [[*row[:2], *tables[0][int(row[2])], *tables[1][int(row[3])]] for row in X]
    return np.array(rows)


def made(seed=0):
    """A layer with drawn weights, and rows in which every place is."""
    random = np.random.default_rng(seed)
    X = np.column_stack([random.normal(size=(15, 2)), np.resize(np.arange(5.0), 15), np.repeat(np.arange(3.0), 5)])
    layer = CategoryEmbedding(PLACES, WIDTH)
    layer.build((None, 4))
    layer.set_weights([random.normal(size=(8, WIDTH))])
    return layer, X


def test_it_is_its_formula(float64):
    layer, X = made()
    np.testing.assert_array_equal(layer(X), said(X, *layer.get_weights()))


def test_it_is_a_dense_layer_of_levels_as_0_and_1(float64):
    layer, X = made()
    (table,) = layer.get_weights()
    found = layer(X)[:, 2:].numpy()
    for number, (first, size) in enumerate(((0, 5), (5, 3))):
        one_hot = np.eye(size)[X[:, 2 + number].astype(int)]
        own = found[:, number * WIDTH : (number + 1) * WIDTH]
        np.testing.assert_allclose(own, one_hot @ table[first : first + size], rtol=0, atol=1e-15)


def test_its_gradients_are_difference_quotients(float64):
    """Of a weighted sum of what it puts out, for every single weight and number."""
    layer, X = made()
    mix = np.random.default_rng(1).normal(size=layer(X).shape)
    inputs = tf.Variable(X)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(mix * layer(inputs))
    of_inputs, of_table = tape.gradient(total, [inputs, layer.table.value])
    assert isinstance(of_table, tf.Tensor)  # no slices, of which optimizers see the rows of a batch alone
    (table,) = layer.get_weights()

    def quotient(array, place, answer):
        moved = []
        for step in (1e-6, -1e-6):
            shifted = array.copy()
            shifted[place] += step
            moved.append((mix * answer(shifted)).sum())
        return (moved[0] - moved[1]) / 2e-6

    expected = [[quotient(table, (row, k), lambda T: said(X, T)) for k in range(WIDTH)] for row in range(len(table))]
    np.testing.assert_allclose(of_table, expected, rtol=0, atol=1e-8)
    of_numbers = [[quotient(X, (row, k), lambda rows: said(rows, table)) for k in range(2)] for row in range(len(X))]
    np.testing.assert_allclose(of_inputs[:, :2], of_numbers, rtol=0, atol=1e-8)
    assert not np.any(of_inputs[:, 2:])


@pytest.mark.parametrize("jit_compile", [False, True])
def test_several_of_it_along_an_axis_are_each_by_itself(jit_compile, float64):
    (layer, X), (other, turned) = made(), made(seed=3)
    rows = tf.constant(np.stack([X, turned[::-1]]))
    tables = tf.Variable(np.stack([layer.get_weights()[0], other.get_weights()[0]]))
    mix = tf.constant(np.random.default_rng(2).normal(size=(2, 15, 2 + 2 * WIDTH)))

    @tf.function(jit_compile=jit_compile)
    def together(rows, tables):
        with tf.GradientTape() as tape:
            tape.watch(tables)
            found = layer.compute(rows, tables)
            total = tf.reduce_sum(mix * found)
        return found, tape.gradient(total, tables)

    found, slopes = together(rows, tf.convert_to_tensor(tables))
    for place, one in enumerate((layer, other)):
        with tf.GradientTape() as tape:
            alone = one(rows[place])
            total = tf.reduce_sum(mix[place] * alone)
        np.testing.assert_array_equal(found[place], alone)
        np.testing.assert_allclose(slopes[place], tape.gradient(total, one.table.value), rtol=0, atol=1e-12)


def test_what_is_no_place_is_other_and_never_a_level_of_the_next_category(float64):
    layer, X = made()
    rows = np.repeat(X[:1], 4, axis=0)
    rows[:, 2] = [1, -1, 5, 1e9]
    assert (layer(rows).numpy() == layer(rows[:1]).numpy()).all()


def test_levels_start_the_same_however_many_follow_and_those_apart_at_0():
    starts = []
    for places, seed in (((40, 300), 1), ((41, 302), 1), ((40, 300), 2)):
        layer = CategoryEmbedding(places, 8, seed=seed)
        layer.build((None, 2))
        starts.append(np.split(layer.get_weights()[0], [places[0]]))
    (few, many), (more, yet_more), (other, _) = starts
    np.testing.assert_array_equal(few, more[:40])
    np.testing.assert_array_equal(many, yet_more[:300])
    assert not few[:2].any()
    assert not many[:2].any()
    assert (few[2:] != other[2:]).all()
    assert (few[2:] != many[2:40]).all()  # categories are drawn by themselves
    assert many[2:].mean() == pytest.approx(0, abs=0.1)
    assert many[2:].std() == pytest.approx(1, abs=0.05)


def test_half_precision_confuses_no_levels_and_refuses_what_it_would():
    """A net casts its rows before any layer sees them: rounded to 8 bits, 301 is 300."""
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        net = keras.Sequential([keras.Input((2,)), CategoryEmbedding((256,), 2)])
        X = np.column_stack([np.zeros(256), np.arange(256.0)]).astype("float32")
        found = net(X)[:, 1:]
        with pytest.raises(ValueError, match=r"expected 256 places at the most.*compute in float32"):
            CategoryEmbedding((257,), 2)
    finally:
        keras.config.set_dtype_policy("float32")
    np.testing.assert_array_equal(found, net.layers[0].table.value)


def test_it_is_saved_as_it_is(tmp_path):
    layer, X = made()
    net = keras.Sequential([keras.Input((4,)), layer])
    net.save(tmp_path / "net.keras")
    np.testing.assert_array_equal(keras.saving.load_model(tmp_path / "net.keras")(X), net(X))


def test_what_float32_cannot_tell_apart_and_nothing_to_embed_are_refused():
    most = MOST_PLACES["float32"]
    assert np.float32(most - 1) != np.float32(most) == np.float32(most + 1)
    with pytest.raises(ValueError, match="CategoryEmbedding: expected 16,777,216 places at the most"):
        CategoryEmbedding((12, most + 1))
    with pytest.raises(ValueError, match="expected a category or more"):
        CategoryEmbedding(())
