import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.datasets import load_digits

from models.nets.conv import Convolution, build


def net(shape=(28, 28), pool_sizes=(2, 2), padding="valid", **settings):
    convolutions = [
        Convolution(feature_maps=maps, kernel_size=5, pool_size=pool_size, padding=padding)
        for maps, pool_size in zip((20, 40), pool_sizes, strict=True)
    ]
    return build(shape, 10, convolutions, hidden_units=[100], **settings)


def shapes(model):
    return [layer.output.shape[1:] for layer in model.layers if "2d" in layer.name]


def test_every_convolution_shrinks_by_its_kernel_and_every_pooling_halves():
    assert shapes(net()) == [(24, 24, 20), (12, 12, 20), (8, 8, 40), (4, 4, 40)]


def test_same_padding_keeps_the_side():
    assert shapes(net(padding="same")) == [(28, 28, 20), (14, 14, 20), (14, 14, 40), (7, 7, 40)]


def test_kernels_reach_through_the_colors():
    colored = net((28, 40, 3))
    assert shapes(colored)[0] == (24, 36, 20)
    assert colored.layers[1].kernel.shape == (5, 5, 3, 20)
    with pytest.raises(ValueError, match="expected an image that lasts for 2 convolutions"):
        net((8, 40, 3))


def test_kernels_are_shared_over_the_image():
    convolutions = (20 * (5 * 5 + 1)) + 40 * (20 * 5 * 5 + 1)
    assert net().count_params() == convolutions + (4 * 4 * 40 + 1) * 100 + 101 * 10


def test_pooling_of_one_is_left_out():
    assert shapes(net(pool_sizes=(1, 2))) == [(24, 24, 20), (20, 20, 40), (10, 10, 40)]


def test_an_image_that_is_used_up_is_refused():
    with pytest.raises(ValueError, match="expected an image that lasts for 2 convolutions"):
        net(shape=(8, 8))


def textbook(activation):
    """The same net with each step in the textbook's order."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(20, 5, activation=activation),
            layers.MaxPooling2D(),
            layers.Conv2D(40, 5, activation=activation),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(100, activation=activation),
            layers.Dense(10, activation="softmax"),
        ]
    )


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_outputs_and_gradients_are_those_of_pooling_after_the_activation(activation, float64):
    rng = np.random.default_rng(0)
    X, y = rng.random((8, 28, 28)), rng.integers(10, size=8)
    ours, theirs = net(activation=activation), textbook(activation)
    weights = [rng.normal(scale=0.2, size=weight.shape) for weight in ours.get_weights()]  # biases are 0 when built
    found = []
    for model, images in ((ours, X), (theirs, X[..., None])):
        model.set_weights(weights)
        with tf.GradientTape() as tape:
            loss = keras.losses.SparseCategoricalCrossentropy()(y, model(images))
        found.append([model(images), *tape.gradient(loss, model.trainable_variables)])
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


def test_a_saved_net_comes_back(tmp_path):
    X, model = np.random.default_rng(0).random((8, 28, 28), np.float32), net()
    model.set_weights([weight + 0.1 for weight in model.get_weights()])
    model.save(tmp_path / "net.keras")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "net.keras")(X), model(X))


@pytest.mark.parametrize("normalized", [False, True])
def test_every_convolution_has_one_kind_of_bias(normalized):
    model = net(pool_sizes=(1, 2), batch_normalization=normalized)
    names = [weight.name for weight in model.trainable_variables[: 6 if normalized else 4]]
    assert names == (["kernel", "gamma", "beta"] * 2 if normalized else ["kernel", "bias"] * 2)


def test_augmentation_changes_images_in_training_only():
    images = load_digits().images[:5].astype(np.float32)
    arguments = (8, 8), 10, [Convolution(feature_maps=4, kernel_size=3, pool_size=2, padding="same")]
    plain = build(*arguments, seed=1)
    moving = build(*arguments, seed=1, augmentation={"shift": 2.0, "rotation": 10.0, "stretch": 0.1})
    np.testing.assert_array_equal(moving(images), plain(images))
    assert not np.allclose(moving(images, training=True), plain(images))


def test_what_was_pooled_is_normalized():
    names = [layer.name.rstrip("_0123456789") for layer in net(batch_normalization=True).layers]
    assert names[2:6] == ["conv2d", "max_pooling2d", "batch_normalization", "activation"]


def test_dropout_of_maps_stands_before_the_first_dense_layer():
    names = [layer.name.rstrip("_0123456789") for layer in net(map_dropout=0.5, dropout=0.5).layers]
    assert names[names.index("flatten") :] == ["flatten", "dropout", "dense", "activation", "dropout", "dense"]
    seeds = [layer.seed for layer in net(map_dropout=0.5, dropout=0.5).layers if hasattr(layer, "rate")]
    assert len(set(seeds)) == 2
