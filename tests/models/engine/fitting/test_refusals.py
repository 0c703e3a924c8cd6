"""What would mean something else than in Keras's ``fit`` is refused by name, before anything is trained."""

from types import SimpleNamespace

import keras
import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import tensorflow as tf

from models.engine.fitting.fit import fit

layers = keras.layers
X = np.random.default_rng(0).normal(size=(20, 3))
Y = (X[:, 0] > 0).astype(int)
HOLE = np.where(np.arange(60).reshape(20, 3) == 40, np.nan, X)


def net(outputs=1, activation="sigmoid", loss="binary_crossentropy", model=keras.Sequential, **compiled):
    made = model([keras.Input((3,)), layers.Dense(outputs, activation)])
    made.compile("sgd", loss, **compiled)
    return made


def refused(message, model=None, x=X, y=Y, **how):
    model = net() if model is None else model
    before = [weight.numpy() for weight in getattr(model, "weights", [])]
    with pytest.raises(ValueError, match=message):
        fit(model, x, y, **{"verbose": 0, **how})
    for weight, value in zip(getattr(model, "weights", []), before, strict=True):
        np.testing.assert_array_equal(weight.numpy(), value)


class ByBatch(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        """Would be called once an epoch."""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": X[:0], "y": Y[:0]}, "expected rows. Received: rows of X=0"),
        ({"y": Y[:-1]}, "as many rows in each array. Received: rows of X=20, rows of y=19"),
        ({"y": None}, "expected y"),
        ({"x": HOLE}, "X without NaN. Received: row=13"),
        ({"x": pd.DataFrame(HOLE)}, "X without NaN. Received: row=13"),
        ({"y": np.where(np.arange(20) == 4, np.nan, Y)}, "y without NaN. Received: row=4"),
        ({"sample_weight": np.where(np.arange(20) == 4, np.nan, 1)}, "sample_weight without NaN. Received: row=4"),
        ({"validation_data": (HOLE, Y)}, "validation X without NaN. Received: row=13"),
        ({"validation_data": (X[:0], Y[:0])}, "expected rows. Received: rows of validation X=0"),
        ({"validation_data": tf.data.Dataset.from_tensors((X, Y))}, r"validation_data as \(X, y\)"),
        ({"x": tf.data.Dataset.from_tensors(X)}, "What brings batches of its own"),
        ({"x": tf.data.Dataset.from_tensors((X, Y)), "y": None}, "What brings batches of its own"),
        ({"x": iter([X])}, "What brings batches of its own"),
        ({"x": X.tolist()}, "X as arrays of numbers"),
        ({"x": scipy.sparse.csr_matrix(X)}, "X as arrays of numbers"),
        ({"x": X.astype(str)}, "X as arrays of numbers"),
        ({"x": pd.DataFrame({"a": X[:, 0], "b": "text"})}, "X as arrays of numbers"),
        ({"y": Y + 1}, "y between 0 and 1 for binary_crossentropy. Received: smallest=1.0, largest=2.0"),
        ({"y": np.tile(Y[:, None], 2)}, r"y of shape \(20, 1\)"),
        ({"validation_data": (X, 2 * Y)}, "validation y between 0 and 1"),
        ({"class_weight": {1: 2.0}, "sample_weight": np.ones(20)}, "class_weight or sample_weight"),
        ({"class_weight": [1.0, 2.0]}, "class_weight as class number"),
        ({"validation_split": 0.99}, "rows in both parts"),
        ({"validation_split": 1.5}, "rows in both parts"),
        ({"validation_split": 0.2, "validation_data": (X, Y)}, "validation_split or validation_data"),
        ({"epochs": 0}, "epochs as a whole number of 1 or more"),
        ({"epochs": 2, "initial_epoch": 2}, "an initial_epoch before epochs"),
        ({"batch_size": 0}, "batch_size as a whole number of 1 or more"),
        ({"batch_size": -4}, "batch_size as a whole number of 1 or more"),
        ({"validation_batch_size": 0, "validation_split": 0.5}, "validation_batch_size as a whole number"),
        ({"validation_freq": 0}, "validation_freq as a whole number"),
        ({"validation_freq": [1, 0.5]}, "validation_freq as a whole number"),
        ({"shuffle": "batch"}, "shuffle as True or False"),
        ({"steps_per_epoch": 3}, "steps_per_epoch 1"),
        ({"validation_split": 0.5, "validation_steps": 3}, "validation_steps 1"),
        ({"callbacks": [ByBatch()]}, r"callbacks by epoch.*hooks=\['on_train_batch_end'\]"),
        ({"callbacks": keras.callbacks.LambdaCallback(on_train_batch_begin=print)}, "callbacks by epoch"),
        ({"callbacks": [keras.callbacks.TerminateOnNaN()]}, "callbacks by epoch"),
        ({"callbacks": [keras.callbacks.ModelCheckpoint("x.keras", save_freq=2)]}, "callbacks by epoch"),
        ({"callbacks": [print]}, "callbacks as a list of keras.callbacks.Callback"),
        ({"callbacks": [keras.callbacks.EarlyStopping("loss", patience=-3)]}, "patience of EarlyStopping of 0 or more"),
        ({"callbacks": [keras.callbacks.EarlyStopping()]}, "a monitor of EarlyStopping that is told.*'val_loss'"),
        ({"callbacks": [keras.callbacks.ReduceLROnPlateau("lossy")]}, "Did you mean 'loss'?"),
        ({"callbacks": [keras.callbacks.ModelCheckpoint("x.keras", save_best_only=True)]}, "a monitor of ModelCheckp"),
        ({"loss": "mse"}, "no loss, optimizer or metrics for a compiled model"),
        ({"optimizer": "adam"}, "no loss, optimizer or metrics for a compiled model"),
        ({"compilation": "fast"}, "compilation auto, xla or graph"),
    ],
)  # fmt: skip
def test_arguments(change, message):
    refused(message, **change)


class OwnFit(keras.Sequential):
    def fit(self, *args, **kwargs):
        """Is not the loop that is meant here."""


def dropping():
    model = keras.Sequential([keras.Input((3,)), layers.Dropout(0.1), layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def thawed():
    model = net()
    model.layers[0].trainable = False
    return model


def with_the_optimizer_of_another():
    trained, other = net(), net()
    trained.optimizer.build(trained.trainable_variables)
    other.compile(trained.optimizer, "binary_crossentropy")
    return other


@pytest.mark.parametrize(
    ("make", "change", "message"),
    [
        (lambda: keras.Sequential([keras.Input((3,)), layers.Dense(1)]), {}, "a compiled model, or a loss"),
        (lambda: print, {}, "a keras.Model"),
        (lambda: net(model=OwnFit), {}, r"a model whose loop is Keras's. Received: overridden=\['fit'\]"),
        (lambda: net(run_eagerly=True), {}, "run_eagerly=False"),
        (thawed, {}, "layers that are trainable as they were when the model was compiled"),
        (with_the_optimizer_of_another, {}, "an optimizer of this model's own"),
        (dropping, {"compilation": "xla"}, "compilation auto or graph for a model that draws at random"),
    ],
)
def test_models(make, change, message):
    refused(message, make(), **change)


def test_keras_on_another_library(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    refused("Keras on TensorFlow. Received: backend='torch'")


def test_several_devices(monkeypatch):
    model = net()
    monkeypatch.setattr(model, "_distribute_strategy", SimpleNamespace(num_replicas_in_sync=2))
    refused("a model on one device. Received: devices=2", model)


def test_a_limit_in_keras_configuration(monkeypatch):
    monkeypatch.setattr(keras.config, "max_epochs", lambda: 3, raising=False)
    refused("no limit of epochs or steps")


@pytest.mark.parametrize(
    ("loss", "y", "message"),
    [
        ("sparse_categorical_crossentropy", Y + 2, r"class numbers from 0 to 2.*y also has=\[3.0\]"),
        (keras.losses.SparseCategoricalCrossentropy(), Y - 1, r"y also has=\[-1.0\]"),
        (keras.losses.SparseCategoricalCrossentropy(ignore_class=-1), Y - 2, r"y also has=\[-2.0\]"),
        (keras.losses.sparse_categorical_crossentropy, (Y + 0.5)[:, None], r"y also has=\[0.5, 1.5\]"),
        (["crossentropy"], Y + 2, r"y also has=\[3.0\]"),
        ("sparse_categorical_crossentropy", np.eye(3)[Y], r"class numbers y of shape \(20,\)"),
        ("mse", Y, r"y of shape \(20, 3\)"),
        ("categorical_crossentropy", np.eye(2)[Y], r"y of shape \(20, 3\)"),
    ],
)
def test_classes_beyond_the_outputs_and_columns_beside_them(loss, y, message):
    refused(message, net(3, "softmax", loss), y=y)


def test_a_class_that_is_ignored_is_none_beyond():
    history = fit(net(3, "softmax", keras.losses.SparseCategoricalCrossentropy(ignore_class=9)), X, 9 * Y, verbose=0)
    assert np.isfinite(history.history["loss"]).all()


def test_classes_of_one_output_of_several():
    inputs = keras.Input((3,))
    model = keras.Model(inputs, [layers.Dense(3, "softmax")(inputs), layers.Dense(1)(inputs)])
    model.compile("sgd", ["sparse_categorical_crossentropy", "mse"])
    refused("class numbers from 0 to 2", model, y=[Y + 2, Y])
    refused("class_weight of a model with one output", model, y=[Y, Y], class_weight={0: 2.0})
