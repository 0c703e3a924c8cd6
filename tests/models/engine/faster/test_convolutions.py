"""Convolutions and pooling by oneDNN are those of TensorFlow, and of a net nothing else changes."""

from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.datasets import load_digits

from models.engine import one_net, ways
from models.engine.faster import convolutions
from models.nets import conv

layers = keras.layers
HERE = convolutions.is_there()
needs_onednn = pytest.mark.skipif(not HERE, reason="this TensorFlow has no oneDNN for this processor")


@pytest.fixture(autouse=True)
def limits(limits, monkeypatch):
    """Limits that make oneDNN pay for 32 rows of the smaller convolution, and for no fewer."""
    limits = replace(limits, onednn_from=32 * 8 * 8 * 9 * 16, halved_from=None)
    monkeypatch.setattr(ways, "of", lambda threads: limits)
    return limits


@pytest.fixture
def asked(monkeypatch):
    """What oneDNN was asked for while programs were traced."""
    names, original = [], convolutions._computed

    def noted(name, *arguments, **more):
        names.append(name)
        return original(name, *arguments, **more)

    monkeypatch.setattr(convolutions, "_computed", noted)
    return names


def digits(n_samples=200):
    digits = load_digits()
    return (digits.images[:n_samples] / 16).astype(np.float32), digits.target[:n_samples]


def net(**settings):
    """Its convolutions take 9,216 and 36,864 multiplications of a row."""
    maps = [conv.Convolution(feature_maps=n, kernel_size=3, pool_size=2, padding="same") for n in (16, 16)]
    return conv.build((8, 8), 10, maps, hidden_units=[12], **settings)


def train(model, X, y, **changes):
    settings = {
        "loss": keras.losses.SparseCategoricalCrossentropy(),
        "optimizer": keras.optimizers.SGD(0.1),
        "epochs": 3,
        "batch_size": 32,
        "shuffle": False,
        "seed": 0,
        "compilation": "graph",
    }
    return one_net.train(model, X, y, **{**settings, **changes})


def with_gradients(computed, *of):
    """The sum of squares of what is computed, weighed, with its gradients: in a compiled function, as in a training."""

    @tf.function
    def both():
        with tf.GradientTape() as tape:
            tape.watch(of)
            answers = computed(*of)
            total = tf.reduce_sum(
                answers**2 * tf.cast(tf.reshape(tf.range(tf.size(answers)), answers.shape), tf.float32)
            )
        return [answers, *tape.gradient(total, of)]

    return [value.numpy() for value in both()]


@needs_onednn
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides", [(1, 1), (2, 1)])
def test_a_convolution_and_its_gradients_are_tensorflows(padding, strides):
    rng = np.random.default_rng(0)
    X, kernel = (tf.constant(rng.normal(size=shape), tf.float32) for shape in [(5, 9, 8, 3), (3, 2, 3, 4)])
    how = {"strides": strides, "padding": padding}
    found = with_gradients(lambda X, kernel: convolutions.convolved(X, kernel, **how), X, kernel)
    expected = with_gradients(lambda X, kernel: tf.nn.conv2d(X, kernel, strides, padding.upper()), X, kernel)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4 * np.abs(other).max())


@needs_onednn
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("size", "strides"), [((2, 2), (2, 2)), ((3, 2), (1, 2))])
def test_pooling_and_its_gradient_are_tensorflows(padding, size, strides):
    X = tf.constant(np.random.default_rng(0).normal(size=(5, 9, 8, 3)), tf.float32)
    found = with_gradients(lambda X: convolutions.pooled(X, size=size, strides=strides, padding=padding), X)
    expected = with_gradients(lambda X: tf.nn.max_pool2d(X, size, strides, padding.upper()), X)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5 * np.abs(other).max())


@needs_onednn
@pytest.mark.parametrize("settings", [{}, {"style": "functional"}, {"batch_normalization": True}, {"l2": 0.01}])
def test_a_net_has_the_weights_and_losses_of_fit(settings, asked):
    X, y = digits()
    ours, theirs = net(**settings), net(**settings)
    history = train(ours, X, y)
    theirs.compile(keras.optimizers.SGD(0.1), keras.losses.SparseCategoricalCrossentropy())
    expected = theirs.fit(X, y, batch_size=32, epochs=3, shuffle=False, verbose=0).history["loss"]
    assert {"Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter", "MaxPool", "MaxPoolGrad"} == set(asked)
    np.testing.assert_allclose(history.train_loss, expected, rtol=1e-4)
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-4)


@needs_onednn
def test_twice_the_same_bits_and_the_model_stays_as_it_was_built(asked):
    X, y = digits()
    first, second = net(), net()
    before = first.get_config()
    for model in (first, second):
        train(model, X, y, shuffle=True)
    assert "Conv2D" in asked
    assert first.get_config() == before
    for one, other in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@needs_onednn
def test_the_smallest_convolution_decides_and_all_go_along(asked):
    """9,216 multiplications of a row, beside 36,864: a small one loses more than a large one gains."""
    assert convolutions.fewest_multiplications(net()) == 8 * 8 * 9 * 16
    train(net(), *digits(), batch_size=31)
    assert asked == []
    train(net(), *digits(), batch_size=32)
    assert asked.count("MaxPool") == asked.count("Conv2D") > 0
    assert asked.count("Conv2DBackpropFilter") > 0


@needs_onednn
def test_in_halves_it_is_the_same_net(asked, limits, monkeypatch):
    X, y = digits()
    whole, halved = net(), net()
    train(whole, X, y)
    monkeypatch.setattr(ways, "of", lambda threads: replace(limits, halved_from=16))
    train(halved, X, y)
    assert "Conv2D" in asked
    for one, other in zip(whole.get_weights(), halved.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-5)


def test_of_another_tensorflow_nothing_is_asked(monkeypatch):
    def unknown(*_, **__):
        raise tf.errors.NotFoundError(None, None, "Op type not registered")

    monkeypatch.setattr(convolutions, "_computed", unknown)
    convolutions.is_there.cache_clear()
    try:
        assert not convolutions.is_there()
        X, y = digits()
        train(net(), X, y)
    finally:
        convolutions.is_there.cache_clear()


REFUSED = {
    "few rows": (net, {"batch_size": 10}),
    "xla": (net, {"compilation": "xla", "epochs": 1}),
    "a dense net": (lambda: keras.Sequential([keras.Input((8, 8)), layers.Flatten(), layers.Dense(10)]), {}),
}


@needs_onednn
@pytest.mark.parametrize("case", REFUSED)
def test_where_it_does_not_pay_nothing_is_replaced(case, asked):
    build, change = REFUSED[case]
    train(build(), *digits(), **change)
    assert asked == []


@needs_onednn
@pytest.mark.parametrize(
    "change",
    [
        {"groups": 2},
        {"dilation_rate": 2},
        {"activity_regularizer": "l2"},
        {"dtype": "float64"},
        {"dtype": "mixed_bfloat16"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_convolution_of_another_kind_is_left_to_tensorflow(change, asked):
    X, y = digits()
    special = layers.Conv2D(16, 3, padding="same", **change)
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(2, 1),
            special,
            layers.Flatten(dtype="float32"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    train(model, X[..., None], y, epochs=1, batch_size=200)
    assert asked == []


def by_keyword():
    inputs = keras.Input((8, 8, 1))
    maps = layers.MaxPooling2D()(inputs=layers.Conv2D(16, 3, padding="same", activation="relu")(inputs=inputs))
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(layers.Flatten()(maps)))


def of_whole_numbers():
    inputs = keras.Input((16, 16, 1), dtype="int32")
    maps = layers.Conv2D(16, 3, padding="same")(layers.Rescaling(1 / 16)(layers.MaxPooling2D()(inputs)))
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(layers.Flatten()(maps)))


@needs_onednn
@pytest.mark.parametrize("build", [by_keyword, of_whole_numbers])
def test_layers_are_called_as_keras_calls_them(build, asked):
    X, y = digits()
    X = X[..., None] if build is by_keyword else np.rint(16 * X).astype(np.int32).repeat(2, 1).repeat(2, 2)[..., None]
    ours = build()
    theirs = keras.models.clone_model(ours)
    theirs.set_weights(ours.get_weights())
    train(ours, X, y)
    theirs.compile(keras.optimizers.SGD(0.1), keras.losses.SparseCategoricalCrossentropy())
    theirs.fit(X, y, batch_size=32, epochs=3, shuffle=False, verbose=0)
    assert "Conv2D" in asked
    assert ("MaxPool" in asked) == (build is by_keyword)
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-4)


def of_unknown_size():
    convolution, inputs = layers.Conv2D(16, 3, padding="same"), keras.Input((8, 8, 1))
    convolution(keras.Input((None, None, 1)))
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(layers.Flatten()(convolution(inputs))))


def with_a_call_of_its_own():
    model = net()
    (convolution, *_) = (layer for layer in model.layers if type(layer) is layers.Conv2D)
    convolution.call = lambda inputs: 2 * type(convolution).call(convolution, inputs)
    (pooling, *_) = (layer for layer in model.layers if isinstance(layer, layers.MaxPooling2D))
    pooling.call = lambda inputs: 2 * type(pooling).call(pooling, inputs)
    return model


def test_a_convolution_of_an_unknown_size_is_left_to_tensorflow(asked):
    X, y = digits()
    train(of_unknown_size(), X[..., None], y)
    assert asked == []


@needs_onednn
def test_a_layer_with_a_call_of_its_own_keeps_it(asked, limits, monkeypatch):
    X, y = digits()
    ours, plain = with_a_call_of_its_own(), with_a_call_of_its_own()
    train(ours, X, y)
    assert "Conv2D" in asked  # of the other convolution
    monkeypatch.setattr(ways, "of", lambda threads: replace(limits, onednn_from=None))
    train(plain, X, y)
    for one, other in zip(ours.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-4)


@needs_onednn
def test_it_is_there_whatever_is_eager():
    convolutions.is_there.cache_clear()
    tf.config.run_functions_eagerly(True)
    try:
        assert convolutions.is_there()
    finally:
        tf.config.run_functions_eagerly(False)
