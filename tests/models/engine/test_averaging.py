"""Averaged weights, recomputed from the weights after every update."""

import keras
import numpy as np
import pytest
from sklearn.datasets import load_digits

from models.engine.one_net import train
from models.nets import conv, dense

DIGITS, LABELS = load_digits(return_X_y=True)
IMAGES = (DIGITS / 16).astype(np.float32)[:300]
LABELS = LABELS[:300]


def trained(net, momentum, epochs, *, X=IMAGES, batch_size=None):
    ema = {"use_ema": True, "ema_momentum": momentum} if momentum else {}
    train(
        net,
        X,
        LABELS,
        loss=keras.losses.SparseCategoricalCrossentropy(),
        optimizer=keras.optimizers.SGD(0.5, **ema),
        epochs=epochs,
        batch_size=batch_size,
        seed=1,
    )
    return net.get_weights()


def test_the_weights_kept_are_the_running_average_over_updates():
    after = [trained(dense.build((64,), 10, [5], seed=1), 0, n_updates) for n_updates in (1, 2, 3)]
    average = after[0]
    for weights in after[1:]:
        average = [0.7 * old + 0.3 * new for old, new in zip(average, weights, strict=True)]
    for ours, theirs in zip(trained(dense.build((64,), 10, [5], seed=1), 0.7, 3), average, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_batch_normalization_has_the_statistics_of_the_averaged_weights():
    images = IMAGES.reshape(-1, 8, 8)
    maps_of_4 = conv.Convolution(feature_maps=4, kernel_size=3, pool_size=2, padding="same")
    net = conv.build((8, 8), 10, [maps_of_4], batch_normalization=True)
    trained(net, 0.9, 2, X=images, batch_size=50)
    (normalization,) = [layer for layer in net.layers if isinstance(layer, keras.layers.BatchNormalization)]
    maps = keras.Model(net.inputs, normalization.input)(images).numpy()
    np.testing.assert_allclose(normalization.moving_mean, maps.mean(axis=(0, 1, 2)), atol=1e-5)
    np.testing.assert_allclose(normalization.moving_variance, maps.var(axis=(0, 1, 2)), atol=1e-5)
    assert normalization.momentum == 0.99


def test_early_stopping_and_averaging_exclude_each_other():
    with pytest.raises(ValueError, match="expected patience or averaged weights"):
        train(
            dense.build((64,), 10, [5]),
            IMAGES,
            LABELS,
            loss=keras.losses.SparseCategoricalCrossentropy(),
            optimizer=keras.optimizers.SGD(0.5, use_ema=True),
            epochs=1,
            batch_size=None,
            seed=1,
            validation_data=(IMAGES, LABELS),
            patience=1,
        )
