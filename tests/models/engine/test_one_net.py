"""The fused engine means what Keras's ``fit`` means."""

import gc
import signal
import threading
from functools import partial

import keras
import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_digits, load_iris
from tensorflow.python.autograph.impl import api

from models.engine import loop
from models.engine.diary import Interrupted
from models.engine.one_net import train
from models.nets import conv, dense

OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.1),
    "momentum": lambda: keras.optimizers.SGD(0.1, momentum=0.9),
    "adam": lambda: keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.01, 20, 0.9)),
    "adamw": lambda: keras.optimizers.AdamW(0.01, weight_decay=0.1),
}


def flowers(n_samples=107):
    """Iris: with batches of 10 rows, the last batch has 7."""
    X, y = load_iris(return_X_y=True)
    rows = np.random.default_rng(0).permutation(len(X))[:n_samples]
    return (X[rows] - X.mean(axis=0)) / X.std(axis=0), y[rows]


def flower_net(seed=0, **settings):
    return dense.build((4,), 3, [6], activation="tanh", seed=seed, **settings)


def crossentropy():
    return keras.losses.SparseCategoricalCrossentropy()


def assert_same_weights(one, other, tolerance):
    for ours, theirs in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance)


@pytest.mark.parametrize("compilation", ["xla", "graph"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_dense_net_has_the_weights_and_curves_of_fit(optimizer, compilation, float64):
    X, y = flowers()
    weight = np.random.default_rng(1).uniform(0.5, 2, len(y))
    ours, theirs = flower_net(l2=0.01), flower_net(l2=0.01)
    history = train(
        ours,
        X[:87],
        y[:87],
        loss=crossentropy(),
        optimizer=OPTIMIZERS[optimizer](),
        epochs=4,
        batch_size=10,
        seed=0,
        shuffle=False,
        sample_weight=weight[:87],
        validation_data=(X[87:], y[87:], weight[87:]),
        compilation=compilation,
    )
    theirs.compile(OPTIMIZERS[optimizer](), crossentropy())
    expected = theirs.fit(
        X[:87],
        y[:87],
        batch_size=10,
        epochs=4,
        shuffle=False,
        sample_weight=weight[:87],
        validation_data=(X[87:], y[87:], weight[87:]),
        verbose=0,
    ).history
    assert_same_weights(ours, theirs, 1e-10)
    np.testing.assert_allclose(history.train_loss, expected["loss"], rtol=1e-10)
    np.testing.assert_allclose(history.validation_loss, expected["val_loss"], rtol=1e-10)
    assert history.engine == {"xla": "compiled epochs, XLA", "graph": "compiled epochs"}[compilation]
    assert history.best_epoch == 3


def test_conv_net_with_batch_normalization_and_dropout_has_the_weights_of_fit():
    X, y = load_digits(return_X_y=True)
    X, y = (X[:133] / 16).reshape(-1, 8, 8).astype(np.float32), y[:133]

    def net():
        maps = conv.Convolution(feature_maps=4, kernel_size=3, pool_size=2, padding="same")
        settings = {"hidden_units": [8], "batch_normalization": True, "dropout": 0.3, "l2": 0.001}
        return conv.build((8, 8), 10, [maps], **settings)

    ours, theirs = net(), net()
    optimizer = OPTIMIZERS["adam"]
    history = train(
        ours, X, y, loss=crossentropy(), optimizer=optimizer(), epochs=3, batch_size=32, seed=0, shuffle=False
    )
    theirs.compile(optimizer(), crossentropy())
    theirs.fit(X, y, batch_size=32, epochs=3, shuffle=False, verbose=0)
    assert_same_weights(ours, theirs, 1e-5)
    assert history.engine == "compiled epochs"


def test_mixed_precision_keeps_weights_and_losses_in_32_bits():
    X, y = flowers()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        mixed = flower_net()
    finally:
        keras.config.set_dtype_policy("float32")
    full = flower_net()
    for net in (mixed, full):
        how = {"loss": crossentropy(), "optimizer": OPTIMIZERS["adam"](), "epochs": 20, "batch_size": 10, "seed": 0}
        train(net, X, y, **how)
    assert {weight.dtype for weight in mixed.weights} == {"float32"}
    assert_same_weights(mixed, full, 0.05)  # bfloat16 has 8 bits: it follows, and differs
    with pytest.raises(AssertionError):
        assert_same_weights(mixed, full, 1e-6)


def test_full_batch_is_one_update_an_epoch():
    X, y = flowers()
    net = flower_net()
    optimizer = OPTIMIZERS["sgd"]()
    train(net, X, y, loss=crossentropy(), optimizer=optimizer, epochs=7, batch_size=None, seed=0)
    assert optimizer.iterations.numpy() == 7


def test_early_stopping_is_that_of_keras_and_brings_the_best_weights_back(float64):
    X, y = load_breast_cancer(return_X_y=True)
    X, y = (X - X.mean(axis=0)) / X.std(axis=0), y[:, None].astype(np.float64)
    held_out = (X[60:160], y[60:160])

    def net():
        return dense.build((30,), 1, [8], batch_normalization=True, seed=1)

    ours, theirs = net(), net()
    loss = keras.losses.BinaryCrossentropy
    history = train(
        ours,
        X[:60],
        y[:60],
        loss=loss(),
        optimizer=keras.optimizers.Adam(0.05),
        epochs=200,
        batch_size=16,
        seed=0,
        shuffle=False,
        validation_data=held_out,
        patience=3,
    )
    theirs.compile(keras.optimizers.Adam(0.05), loss())
    stopping = keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)
    fitted = theirs.fit(
        X[:60],
        y[:60],
        batch_size=16,
        epochs=200,
        shuffle=False,
        validation_data=held_out,
        callbacks=[stopping],
        verbose=0,
    )
    assert len(history.train_loss) == len(fitted.history["loss"]) < 200
    assert history.best_epoch == stopping.best_epoch
    assert_same_weights(ours, theirs, 1e-10)


@pytest.mark.parametrize("compilation", ["xla", "graph"])
@pytest.mark.parametrize("steps_in_block", [1, 3, 5])
def test_rows_put_in_order_in_blocks_are_the_same_rows(steps_in_block, compilation, monkeypatch):
    """Of the ten batches of an epoch: as many blocks, a last block that overhangs, and two that fit."""
    X, y = flowers()
    X = X.astype(np.float32)

    def trained():
        net = flower_net()
        options = {"epochs": 7, "batch_size": 10, "seed": 3, "compilation": compilation}
        history = train(net, X, y, loss=crossentropy(), optimizer=OPTIMIZERS["momentum"](), **options)
        return net, history

    whole, whole_history = trained()
    batch_bytes = 10 * (X.itemsize * X.shape[1] + y.itemsize)
    monkeypatch.setattr(loop, "BLOCK_BYTES", steps_in_block * batch_bytes)
    net, history = trained()
    assert_same_weights(net, whole, 1e-6)
    np.testing.assert_allclose(history.train_loss, whole_history.train_loss, rtol=1e-6)


@pytest.mark.parametrize("one_hot", [False, True])
def test_accuracy_can_choose_the_epoch(one_hot):
    X, y = load_digits(return_X_y=True)
    X, targets = X / 16, np.eye(10)[y] if one_hot else y
    loss = keras.losses.CategoricalCrossentropy if one_hot else keras.losses.SparseCategoricalCrossentropy
    net = dense.build((64,), 10, [8], seed=2)
    history = train(
        net, X[:300], targets[:300], loss=loss(), optimizer=keras.optimizers.Adam(0.1), epochs=60, batch_size=20,
        seed=0, validation_data=(X[300:], targets[300:]), patience=60, monitor="accuracy",
    )  # fmt: skip
    assert len(history.validation_accuracy) == 60
    assert history.best_epoch == history.validation_accuracy.argmax()
    kept = (net(X[300:]).numpy().argmax(axis=1) == y[300:]).mean()
    assert kept == pytest.approx(history.validation_accuracy.max(), abs=1e-6)
    assert history.validation_accuracy.max() > history.validation_accuracy[history.validation_loss.argmin()]


def test_the_class_of_a_single_output_is_right_on_its_side_of_a_half():
    X, y = load_breast_cancer(return_X_y=True)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    net = dense.build((30,), 1, [3], seed=1)
    history = train(
        net, X[:400], y[:400, None], loss=keras.losses.BinaryCrossentropy(), optimizer=keras.optimizers.Adam(0.01),
        epochs=3, batch_size=20, seed=0, validation_data=(X[400:], y[400:, None]), patience=3, monitor="accuracy",
    )  # fmt: skip
    kept = ((net(X[400:]).numpy()[:, 0] > 0.5) == y[400:]).mean()
    assert history.validation_accuracy[history.best_epoch] == pytest.approx(kept, abs=1e-6)


def test_same_seed_gives_the_same_bits_and_another_seed_another_order():
    X, y = flowers()

    def weights(seed, compilation):
        net = flower_net()
        how = {"loss": crossentropy(), "epochs": 3, "batch_size": 10, "compilation": compilation}
        train(net, X, y, optimizer=OPTIMIZERS["adam"](), seed=seed, **how)
        return np.concatenate([weight.ravel() for weight in net.get_weights()])

    for compilation in ("xla", "graph"):
        first = weights(5, compilation)
        np.testing.assert_array_equal(first, weights(5, compilation))
        assert not np.array_equal(first, weights(6, compilation))


def test_ctrl_c_stops_with_what_was_trained_so_far(request):
    X, y = flowers()
    net = flower_net()

    def press_ctrl_c(epoch, n_epochs, train_loss, validation_loss):
        if epoch >= 1:
            gc.disable()  # raised inside a collector's callback, of which hypothesis has one, it would be swallowed
            signal.raise_signal(signal.SIGINT)

    # Whatever ran before in this process may have left a handler of its own.
    request.addfinalizer(
        partial(signal.signal, signal.SIGINT, signal.signal(signal.SIGINT, signal.default_int_handler))
    )
    assert threading.current_thread() is threading.main_thread()
    request.addfinalizer(gc.enable)
    with pytest.raises(Interrupted) as stopped:
        train(
            net,
            X,
            y,
            loss=crossentropy(),
            optimizer=OPTIMIZERS["sgd"](),
            epochs=10**6,
            batch_size=10,
            seed=0,
            progress=press_ctrl_c,
        )
    (history,) = stopped.value.histories
    assert 1 <= len(history.train_loss) < 10**6
    assert np.isfinite(history.train_loss).all()
    assert history.best_epoch == len(history.train_loss) - 1


def test_progress_comes_at_least_every_two_seconds_and_ends_at_the_last_epoch():
    X, y = flowers()
    seen = []
    history = train(
        flower_net(),
        X,
        y,
        loss=crossentropy(),
        optimizer=OPTIMIZERS["sgd"](),
        epochs=3000,
        batch_size=10,
        seed=0,
        progress=lambda *told: seen.append(told),
    )
    assert seen[-1] == (3000, 3000, history.train_loss[-1], None)
    assert 1 < len(seen) < 300


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X": np.zeros((107, 5))}, r"train: expected rows of shape \(4,\). Received: X.shape=\(107, 5\). Reshape X."),
        ({"y": np.zeros(107)}, "train: expected y of shape"),
        ({"y": np.zeros((107, 2))}, "train: expected y of shape"),
        ({"sample_weight": np.ones((107, 1))}, r"train: expected sample_weight of shape \(107,\)"),
        ({"patience": 3}, "train: expected validation_data with patience"),
    ],
)
def test_what_does_not_fit_is_told(change, message):
    X, y = flowers()
    arguments = {"X": X, "y": y, "loss": crossentropy(), "optimizer": OPTIMIZERS["sgd"](), "epochs": 1, **change}
    with pytest.raises(ValueError, match=message):
        train(flower_net(), **arguments, batch_size=10, seed=0)


@pytest.mark.parametrize("compilation", ["xla", "graph"])
def test_nothing_is_rewritten_before_it_is_traced(compilation, monkeypatch):
    def refuse(function, *_, **__):
        raise AssertionError(f"{function} was to be rewritten")

    monkeypatch.setattr(api, "_convert_actual", refuse)
    X, y = flowers()
    how = {"loss": crossentropy(), "epochs": 2, "batch_size": 10, "seed": 0, "compilation": compilation}
    history = train(flower_net(), X, y, optimizer=keras.optimizers.Adam(), validation_data=(X, y), patience=1, **how)
    assert len(history.validation_loss) == 2
