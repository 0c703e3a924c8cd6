"""What ``train`` and ``train_replicates`` are given means what it means in ``fit``, or is refused by name."""

import keras
import numpy as np
import pandas as pd
import pytest

from models.engine.arrays import as_arrays
from models.engine.many_nets import train_replicates
from models.engine.one_net import train
from models.engine.replicable import can_replicate

layers = keras.layers
X = np.random.default_rng(0).normal(size=(43, 4)).astype("float32")
Y = (X[:, :1] > 0).astype("float32")


def net(*parts, model=keras.Sequential):
    keras.utils.set_random_seed(0)
    return model([keras.Input((4,)), *(parts or [layers.Dense(3, "tanh"), layers.Dense(1, "sigmoid")])])


def how(**change):
    base = {"loss": keras.losses.BinaryCrossentropy(), "optimizer": keras.optimizers.SGD(0.1), "epochs": 2}
    return {**base, "batch_size": 16, "seed": 0, "shuffle": False, "compilation": "graph", **change}


class Scaled(keras.Sequential):
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return 10 * super().compute_loss(x, y, y_pred, sample_weight, training)


class Stepping(keras.Sequential):
    def train_step(self, data):
        return super().train_step(data)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"monitor": "auc", "patience": 2, "validation_data": (X, Y)}, "train: expected a known monitor.*'auc'"),
        ({"patience": -3, "validation_data": (X, Y)}, "patience as a whole number of 0 or more"),
        ({"patience": 2.5, "validation_data": (X, Y)}, "patience as a whole number of 0 or more"),
        ({"batch_size": 0}, "batch_size as a whole number of 1 or more"),
        ({"batch_size": -4}, "batch_size as a whole number of 1 or more"),
        ({"epochs": 0}, "epochs as a whole number of 1 or more"),
        ({"X": X[:0], "y": Y[:0]}, r"expected rows. Received: len\(X\)=0"),
        ({"validation_data": (X[:0], Y[:0])}, r"expected rows. Received: len\(X\)=0"),
        ({"loss": "mse"}, "a keras.losses.Loss. Received: loss='mse'"),
        ({"optimizer": "adam"}, "a keras.optimizers.Optimizer. Received: optimizer='adam'"),
        ({"y": Y + 1}, "y between 0 and 1 for BinaryCrossentropy"),
        ({"model": net(layers.Dense(3, "softmax")), "y": np.arange(43) % 4,
          "loss": keras.losses.SparseCategoricalCrossentropy()}, r"class numbers from 0 to 2.*y also has=\[3.0\]"),
        ({"model": net(model=Scaled)}, r"a model that takes Keras's steps. Received: overridden=\['compute_loss'\]"),
        ({"model": net(model=Stepping)}, r"overridden=\['train_step'\]"),
    ],
)  # fmt: skip
def test_what_means_nothing_or_another_thing_is_refused(change, message):
    given = {"model": net(), "X": X, "y": Y, **how(), **change}
    with pytest.raises(ValueError, match=message):
        train(given.pop("model"), given.pop("X"), given.pop("y"), **given)


def test_an_optimizer_that_was_used_is_refused():
    optimizer = keras.optimizers.Adam()
    train(net(), X, Y, **how(optimizer=optimizer, epochs=1))
    with pytest.raises(ValueError, match="train: expected a fresh optimizer"):
        train(net(), X, Y, **how(optimizer=optimizer))


@pytest.mark.parametrize(
    "make",
    [
        lambda: keras.optimizers.SGD(0.5, loss_scale_factor=1024.0),
        lambda: keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.5)),
    ],
    ids=["factor", "optimizer"],
)
def test_a_scaled_loss_is_scaled(make):
    ours, theirs = net(), net()
    train(ours, X, Y, **how(optimizer=make()))
    theirs.compile(make(), "binary_crossentropy")
    theirs.fit(X, Y, epochs=2, batch_size=16, shuffle=False, verbose=0)
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)


def test_a_scaled_loss_is_scaled_for_many():
    def trained(**options):
        nets = [net(), net()]
        make = {"make_optimizer": lambda: keras.optimizers.SGD(0.5, **options), "seeds": [0, 0]}
        given = {key: value for key, value in how().items() if key not in ("optimizer", "seed")}
        train_replicates(nets, np.stack([X, X]), np.stack([Y, Y]), **given, **make)
        return nets[1].get_weights()

    for one, other in zip(trained(loss_scale_factor=1024.0), trained(), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)


@pytest.mark.parametrize("adapt", [lambda dense: dense.enable_lora(2), lambda dense: dense.quantize("int8")])
def test_a_layer_with_more_than_kernel_and_bias_is_neither_widened_nor_stacked(adapt):
    """Thirty neurons would be trained as thirty-two, whose weights are others than kernel and bias."""
    nets = [net(layers.Dense(30, "relu"), layers.Dense(1, "sigmoid")) for _ in range(2)]
    for one in nets:
        adapt(one.layers[0])
    nets[1].set_weights(nets[0].get_weights())
    assert not can_replicate(nets[0])
    for one, compilation in zip(nets, ("xla", "graph"), strict=True):
        train(one, X, Y, **how(compilation=compilation))
    for one, other in zip(nets[0].get_weights(), nets[1].get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)


def test_a_subclassed_model_is_trained_as_in_fit():
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.hidden, self.out = layers.Dense(4, "tanh"), layers.Dense(1, "sigmoid")

        def call(self, X, training=None):
            return self.out(self.hidden(X))

    def built():
        keras.utils.set_random_seed(0)
        model = Net()
        model(X[:2])
        return model

    ours, theirs = built(), built()
    train(ours, X, Y, **how())
    theirs.compile(keras.optimizers.SGD(0.1), "binary_crossentropy")
    theirs.fit(X, Y, epochs=2, batch_size=16, shuffle=False, verbose=0)
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)
    with pytest.raises(ValueError, match=r"y of shape \(43, 1\)"):
        train(built(), X, np.tile(Y, 2), **how())


def test_whole_numbers_and_memory_maps_stay_what_they_are(tmp_path):
    parts = [keras.Input((1,), dtype="int32"), layers.Embedding(9, 1), layers.Flatten(), layers.Dense(1)]
    ids = np.array([[16777217], [16777219]], "int32")
    taken, _ = as_arrays(keras.Sequential(parts), ids, np.zeros(2))
    np.testing.assert_array_equal(taken, ids)
    images = np.memmap(tmp_path / "images", dtype="uint8", mode="w+", shape=(1000, 4))
    taken, y = as_arrays(net(), images, np.zeros(1000))
    assert np.shares_memory(taken, images)
    assert (taken.dtype, y.dtype) == (np.uint8, np.float32)


def test_precision_is_that_of_keras_whatever_the_first_weight_is():
    """Labels and weights were cut to 16 bits where the first layer computes in them."""
    coarse = net(layers.Dense(3, dtype="float16"), layers.Dense(1, dtype="float32"))
    exact = np.full((43, 1), 1 + 2.0**-20)
    _, y, weight = as_arrays(coarse, X, exact, exact[:, 0])
    np.testing.assert_array_equal(y, exact)
    np.testing.assert_array_equal(weight, exact[:, 0])


def test_a_frame_is_read_by_position(tmp_path):
    backwards = np.arange(len(X))[::-1]
    frame, series = pd.DataFrame(X, index=backwards), pd.Series((Y[:, 0] > 0).astype(int), index=backwards)
    one, other = net(), net()
    train(one, frame, series, **how(device_bytes=X.nbytes // 3))
    train(other, X, series.to_numpy(), **how())
    for ours, theirs in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
