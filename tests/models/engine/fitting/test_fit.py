"""What ``fit`` here means is what Keras's ``fit`` means: weights, optimizer, history."""

import re
import warnings
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from models.engine.fitting.fit import fit

layers = keras.layers
random = np.random.default_rng(0)
X = random.normal(size=(75, 6))
SIGNS = (X[:, 0] + X[:, 1] > 0).astype(int)
THIRDS = np.digitize(X[:, 0], [-0.5, 0.5])
SUMS = X @ random.normal(size=(6, 2))
WEIGHT = random.uniform(0.2, 3, len(X))


@dataclass
class Case:
    """A model and how it is trained; two of them, made alike, are trained by either ``fit``."""

    make: Any
    x: Any
    y: Any
    how: dict[str, Any] = field(default_factory=dict)
    callbacks: Any = lambda: []


def chain(*parts, loss, optimizer=lambda: keras.optimizers.Adam(0.02), shape=(6,), **compiled):
    """Returns a maker of compiled chains; ``parts`` and ``optimizer`` are functions, so that nothing is shared."""

    def make():
        keras.utils.set_random_seed(3)
        model = keras.Sequential([keras.Input(shape), *(part() for part in parts)])
        model.compile(
            optimizer(), loss, **{key: value() if callable(value) else value for key, value in compiled.items()}
        )
        return model

    return make


def dense(units=4, activation="tanh", **options):
    return lambda: layers.Dense(units, activation, **options)


ONE, THREE = dense(1, "sigmoid"), dense(3, "softmax")


def everything_of_a_dense_net():
    """Penalties, constraints, what is frozen, normalized, dropped, shared and drawn at random."""
    keras.utils.set_random_seed(3)
    inputs = keras.Input((6,))
    shared = layers.Dense(6, "tanh", kernel_regularizer="l1", bias_constraint="non_neg", activity_regularizer="l2")
    frozen = layers.Dense(6, "relu", trainable=False)
    X = layers.GaussianNoise(0.1)(layers.Dropout(0.2)(layers.BatchNormalization()(shared(shared(inputs)))))
    X = layers.Add()([frozen(X), X])
    model = keras.Model(inputs, layers.Dense(3, "softmax", kernel_constraint=keras.constraints.MaxNorm(1.0))(X))
    model.compile(
        keras.optimizers.AdamW(
            keras.optimizers.schedules.ExponentialDecay(0.02, 3, 0.9), weight_decay=0.1, clipnorm=0.5
        ),
        keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy", keras.metrics.SparseCategoricalCrossentropy()],
        weighted_metrics=[
            "accuracy",
            keras.metrics.MeanMetricWrapper(keras.losses.sparse_categorical_crossentropy, name="own"),
        ],
    )
    return model


def two_inputs_and_outputs():
    keras.utils.set_random_seed(3)
    one, other = keras.Input((6,), name="one"), keras.Input((2,), name="other")
    both = layers.Concatenate()([layers.Dense(4, "tanh")(one), other])
    outputs = {"sign": layers.Dense(1, "sigmoid", name="sign")(both), "sums": layers.Dense(2, name="sums")(both)}
    model = keras.Model({"one": one, "other": other}, outputs)
    model.compile(
        keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True, gradient_accumulation_steps=3, clipvalue=0.1),
        {"sign": "binary_crossentropy", "sums": "mse"},
        loss_weights={"sign": 0.7, "sums": 0.1},
        metrics={"sums": ["mae"]},
        weighted_metrics={"sign": ["AUC"]},
        steps_per_execution=2,
    )
    return model


class OwnStep(keras.Model):
    """A ``train_step`` of its own, called with a ``call`` of its own, and a loss that nobody handed to ``compile``."""

    def __init__(self):
        super().__init__()
        self.hidden, self.out = layers.Dense(4, "tanh"), layers.Dense(2)

    def call(self, X, training=None):
        return self.out(self.hidden(X) * (2.0 if training else 1.0))

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            lost = tf.reduce_mean(tf.abs(self(x, training=True) - y)) + 0.01 * tf.reduce_sum(self.hidden.kernel**2)
        self.optimizer.apply_gradients(
            zip(tape.gradient(lost, self.trainable_variables), self.trainable_variables, strict=True)
        )
        return {"lost": lost, "steps": self.optimizer.iterations}


class OwnLoss(keras.Sequential):
    """Ten times what ``compile`` says."""

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return 10 * super().compute_loss(x, y, y_pred, sample_weight, training)


class OwnPenalty(keras.Model):
    """A subclass without a shape before it meets rows, with a loss added in ``call`` and a metric of its own."""

    def __init__(self):
        super().__init__()
        self.hidden, self.out = layers.Dense(4, "tanh"), layers.Dense(1, "sigmoid")
        self.seen = keras.metrics.Mean(name="seen")

    def call(self, X):
        hidden = self.hidden(X)
        self.add_loss(0.1 * keras.ops.mean(hidden**2))
        self.seen.update_state(hidden)
        return self.out(hidden)


def own_step():
    keras.utils.set_random_seed(3)
    model = OwnStep()
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


def own_loss():
    keras.utils.set_random_seed(3)
    model = OwnLoss([keras.Input((6,)), dense()(), layers.Dense(2)])
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return model


def own_penalty():
    keras.utils.set_random_seed(3)
    model = OwnPenalty()
    model.compile(keras.optimizers.Lion(0.01), keras.losses.BinaryFocalCrossentropy(label_smoothing=0.1))
    return model


def with_lora():
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((6,)), layers.Dense(30, "relu"), layers.Dense(1, "sigmoid")])
    model.layers[0].enable_lora(2)
    model.compile(keras.optimizers.SGD(0.5), "binary_crossentropy")
    return model


def half_precision():
    """Losses scaled as they are, by Keras, since it computes in 16 bits."""
    keras.config.set_dtype_policy("mixed_float16")
    try:
        return chain(dense(), ONE, loss="binary_crossentropy")()
    finally:
        keras.config.set_dtype_policy("float32")


def words():
    keras.utils.set_random_seed(3)
    parts = [layers.Embedding(50, 3, mask_zero=True), layers.SimpleRNN(3, dropout=0.1), layers.Dense(3)]
    model = keras.Sequential([keras.Input((6,), dtype="int32"), *parts])
    model.compile(keras.optimizers.RMSprop(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def levels_beside_numbers():
    keras.utils.set_random_seed(3)
    numbers, levels = keras.Input((6,)), keras.Input((1,), dtype="int64")
    embedded = layers.Flatten()(layers.Embedding(50, 3)(levels))
    both = layers.Concatenate()([numbers, embedded])
    model = keras.Model([numbers, levels], layers.Dense(1, "sigmoid")(layers.Dense(4, "tanh")(both)))
    model.compile(keras.optimizers.AdamW(0.02, weight_decay=0.1), "binary_crossentropy")
    return model


def between_epochs():
    return [
        keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.8),
        keras.callbacks.EarlyStopping(patience=1, restore_best_weights=True, min_delta=0.05),
        keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(thrice=3 * logs["loss"])),
    ]


def plateau():
    return [keras.callbacks.ReduceLROnPlateau("loss", patience=0, min_delta=10.0, factor=0.3)]


def scaled():
    return keras.optimizers.SGD(0.5, loss_scale_factor=1024.0)


def scaled_by_itself():
    return keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.5), initial_scale=64.0, dynamic_growth_steps=4)


def clipped():
    return keras.optimizers.Nadam(0.02, global_clipnorm=0.1)


def averaged():
    return keras.optimizers.Adam(0.05, use_ema=True, ema_momentum=0.6, ema_overwrite_frequency=5)


FRAME = pd.DataFrame(X, columns=list("abcdef"), index=np.arange(len(X))[::-1])
MAPS = X.reshape(-1, 6, 1, 1) * np.ones((1, 1, 6, 1))
IDS = random.integers(0, 50, (len(X), 6))
PAIR = {"one": X, "other": X[:, :2]}

TARGETS = {"sign": SIGNS, "sums": SUMS}

CASES = {
    "everything": Case(everything_of_a_dense_net, X, THIRDS, {"sample_weight": WEIGHT, "validation_split": 0.2}),
    "two_and_two": Case(
        two_inputs_and_outputs, PAIR, TARGETS,
        {"sample_weight": WEIGHT, "validation_data": (PAIR, TARGETS), "batch_size": 20},
    ),
    "own_train_step": Case(own_step, X, SUMS, {"validation_split": 0.4}),
    "own_compute_loss": Case(own_loss, X, SUMS, {"batch_size": 20}),
    "subclassed": Case(own_penalty, X, SIGNS, {"validation_data": (X[:15], SIGNS[:15], WEIGHT[:15])}),
    "lora": Case(with_lora, X, SIGNS),
    "loss_scale_factor": Case(chain(dense(), ONE, loss="binary_crossentropy", optimizer=scaled), X, SIGNS),
    "loss_scale_optimizer": Case(chain(dense(), ONE, loss="mse", optimizer=scaled_by_itself), X, SIGNS),
    "averaged": Case(chain(dense(), layers.BatchNormalization, ONE, loss="mse", optimizer=averaged), X, SIGNS),
    "words": Case(words, IDS, THIRDS, {"class_weight": {0: 2.0, 2: 0.5}, "batch_size": None}),
    "levels_beside_numbers": Case(levels_beside_numbers, [X, IDS[:, :1]], SIGNS, {"validation_split": 0.2}),
    "maps": Case(
        chain(lambda: layers.Conv2D(2, 3), layers.Flatten, THREE,
              loss="categorical_crossentropy", optimizer=clipped, shape=(6, 6, 1)),
        MAPS.astype("float16"), np.eye(3)[THIRDS],
        {"class_weight": {1: 4.0}, "validation_split": 0.4, "validation_batch_size": 10},
    ),
    "callbacks": Case(
        chain(dense(), ONE, loss="crossentropy", metrics=lambda: ["accuracy"], jit_compile=False),
        FRAME, pd.Series(SIGNS, index=FRAME.index), {"epochs": 9, "validation_split": 0.4}, between_epochs,
    ),
    "some_epochs": Case(
        chain(dense(), ONE, loss=keras.losses.binary_crossentropy), tf.constant(X), SIGNS[:, None].astype(bool),
        {"epochs": 6, "initial_epoch": 2, "validation_split": 0.4, "validation_freq": [3, 6], "batch_size": 100,
         "steps_per_epoch": 1, "validation_steps": 1}, plateau,
    ),
}  # fmt: skip


def trained(case, by, **change):
    model = case.make()
    # Fifteen divide all rows and the shares of them here: what has a smaller last batch, too, says so.
    how = {"epochs": 2, "batch_size": 15, "shuffle": False, "verbose": 0, **case.how, **change}
    by(model, case.x, case.y, callbacks=case.callbacks(), **how)
    return model


def keras_fit(model, x, y, **how):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own iterator
        model.fit(x, y, **how)


def assert_same(ours, theirs, tolerance):
    """Weights, what layers remember, the optimizer's memory and iterations, and the history."""
    pairs = zip(
        [*ours.variables, *ours.optimizer.variables], [*theirs.variables, *theirs.optimizer.variables], strict=True
    )
    for one, other in pairs:
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=tolerance, atol=tolerance, err_msg=one.path)
    assert list(ours.history.history) == list(theirs.history.history)
    for key, values in theirs.history.history.items():
        np.testing.assert_allclose(ours.history.history[key], values, rtol=tolerance, err_msg=key)
    assert ours.history.epoch == theirs.history.epoch


@pytest.mark.parametrize("name", CASES)
def test_model_optimizer_and_history_are_those_of_fit(name, float64):
    assert_same(trained(CASES[name], fit), trained(CASES[name], keras_fit), 1e-10)


def test_half_precision_has_the_bits_of_fit():
    """Keras scales the loss by itself where it computes in 16 bits."""
    case = Case(half_precision, X, SIGNS)
    assert_same(trained(case, fit), trained(case, keras_fit), 0.0)


def test_xla_differs_from_fit_by_rounding(float64):
    case = Case(chain(dense(), ONE, loss="binary_crossentropy", metrics=lambda: ["accuracy"]), X, SIGNS)
    assert_same(trained(case, fit, compilation="xla"), trained(case, keras_fit), 1e-10)


def test_training_goes_on_here_or_in_fit_as_one_training(float64):
    """The optimizer keeps its memory and its count, dropout its place in the order of what it draws."""
    case = Case(chain(dense(), lambda: layers.Dropout(0.3), ONE, loss="mse"), X, SIGNS)
    ours = trained(case, fit)
    again = {"batch_size": 15, "verbose": 0}
    fit(ours, X, SIGNS, epochs=3, initial_epoch=2, shuffle=False, **again)
    ours.fit(X, SIGNS, epochs=4, initial_epoch=3, shuffle=False, **again)
    theirs = trained(case, keras_fit, epochs=4)
    for one, other in zip(ours.variables, theirs.variables, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=0, atol=1e-10)
    assert int(ours.optimizer.iterations) == 20


def test_shuffled_rows_are_those_of_the_seed_and_go_on_where_they_were():
    """Each epoch has every row once, in an order that the seed and the number of the epoch say."""
    case = Case(chain(dense(), ONE, loss="mse"), X, SIGNS, {"shuffle": True, "epochs": 4})
    whole, other = trained(case, fit, seed=5), trained(case, fit, seed=6)
    parts = trained(case, fit, seed=5, epochs=2)
    fit(parts, X, SIGNS, epochs=4, initial_epoch=2, seed=5, batch_size=15, verbose=0)
    for one, same, different in zip(whole.get_weights(), parts.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(one, same)
        assert not np.array_equal(one, different)


def test_a_seed_that_is_not_given_is_that_of_keras():
    case = Case(chain(dense(), ONE, loss="mse"), X, SIGNS, {"shuffle": True})
    one, same = trained(case, fit), trained(case, fit)  # each is made once the seed is set
    for ours, theirs in zip(one.get_weights(), same.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_model_that_is_not_compiled_is_by_its_loss(float64):
    case = Case(chain(dense(), ONE, loss="mse", optimizer=lambda: "rmsprop", metrics=lambda: ["mae"]), X, SIGNS)
    plain = keras.Sequential.from_config(case.make().get_config())
    plain.set_weights(case.make().get_weights())
    fit(plain, X, SIGNS, loss="mse", metrics=["mae"], epochs=2, batch_size=15, shuffle=False, verbose=0)
    assert_same(plain, trained(case, keras_fit), 1e-10)


def test_a_memory_map_is_read_by_the_chunk_in_its_own_type(tmp_path):
    """What fit copies into memory, as floats of its precision, before the first batch."""
    images = np.memmap(tmp_path / "images", dtype="float64", mode="w+", shape=X.shape)
    images[:] = X
    case = Case(chain(dense(), ONE, loss="mse"), images, SIGNS, {"validation_data": (images[:30], SIGNS[:30])})
    streamed = trained(case, fit, device_bytes=images.nbytes // 5)
    assert_same(
        streamed, trained(Case(case.make, X, SIGNS, {"validation_data": (X[:30], SIGNS[:30])}), keras_fit), 1e-6
    )


def test_whole_numbers_stay_whole():
    """Beyond 2**24 a float is its neighbor, and another row of an embedding would learn."""
    ids = np.array([[16777217], [16777219]], "int32")
    keras.utils.set_random_seed(0)
    parts = [layers.Embedding(16777220, 1, embeddings_initializer="zeros"), layers.Flatten()]
    model = keras.Sequential([keras.Input((1,), dtype="int32"), *parts])
    fit(model, ids, np.array([1.0, 2.0]), loss="mse", optimizer="sgd", batch_size=1, verbose=0)
    learnt = np.flatnonzero(model.layers[0].embeddings.numpy())
    np.testing.assert_array_equal(learnt, ids.ravel())


def test_the_progress_bar_is_that_of_keras(capsys):
    case = Case(chain(dense(), ONE, loss="mse", metrics=lambda: ["mae"]), X, SIGNS, {"validation_split": 0.4})
    lines = []
    for by in (fit, keras_fit):
        trained(case, by, verbose=2)
        lines.append([re.sub(r"[\d.]+m?s(/step)?", "time", line) for line in capsys.readouterr().out.splitlines()])
    assert lines[0] == lines[1]
    trained(case, fit, verbose=1)
    assert "3/3" in capsys.readouterr().out
