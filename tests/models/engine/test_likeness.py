"""Trainings are told apart by all that is compiled in, and what does not tell all of itself is like no other."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from models.engine import devices
from models.engine import likeness as rules
from models.engine.course import Course
from models.engine.diary import Watch
from models.engine.faster.reworking import Reworked
from models.engine.likeness import likeness
from models.losses import SmoothedLoss

L = keras.layers
ROWS = (np.zeros((20, 4), "float32"), np.zeros(20, "int32"))


def net(*hidden, dtype="float32", l2=None):
    penalty = None if l2 is None else keras.regularizers.L2(l2)
    hidden = hidden or (L.Dense(6, "tanh", kernel_regularizer=penalty, dtype=dtype), L.Dropout(0.3, dtype=dtype))
    return keras.Sequential([keras.Input((4,), dtype=dtype), *hidden, L.Dense(3, "softmax", dtype=dtype)])


def told(model=None, loss=None, optimizer=None, *, course=None, watch=None, xla=False, taken=()):
    """Returns the likeness of a training, of which some parts are others."""
    how = {"data": ROWS, "shape": (), "n_rows": 20, "batch_size": 5, "epochs": 3, "seeds": [0], "shuffle": True}
    return likeness(
        model or net(),
        loss or keras.losses.SparseCategoricalCrossentropy(),
        optimizer or keras.optimizers.SGD(0.1),
        Course(**{**how, **(course or {})}),
        Watch(**{"rows": ROWS, "patience": 2, **(watch or {})}),
        replace(Reworked(xla=xla), taken=taken),
    )


def called(parts):
    return {key: one() if callable(one) else one for key, one in parts.items()}


def frozen():
    model = net()
    model.layers[0].trainable = False
    return model


def with_a_frozen_kernel():
    model = net()
    model.layers[0].kernel.trainable = False
    return model


def test_weights_seeds_names_and_rows_do_not_tell_trainings_apart():
    named = net(L.Dense(6, "tanh", name="other", kernel_initializer="zeros"), L.Dropout(0.3, seed=7))
    rows = tuple(array + 1 for array in ROWS)
    other = told(named, optimizer=keras.optimizers.SGD(0.1, name="mine"), course={"data": rows, "seeds": [5]})
    assert other == told() is not None
    assert told(watch={"rows": rows}) == told()


OTHERS = {
    "units": {"model": lambda: net(L.Dense(7, "tanh"), L.Dropout(0.3))},
    "activation": {"model": lambda: net(L.Dense(6, "relu"), L.Dropout(0.3))},
    "no bias": {"model": lambda: net(L.Dense(6, "tanh", use_bias=False), L.Dropout(0.3))},
    "rate of dropout": {"model": lambda: net(L.Dense(6, "tanh"), L.Dropout(0.4))},
    "order": {"model": lambda: net(L.Dropout(0.3), L.Dense(6, "tanh"))},
    "penalty": {"model": lambda: net(l2=0.1)},
    "size of the penalty": {"model": lambda: net(l2=0.2)},
    "precision": {"model": lambda: net(dtype="float64")},
    "a frozen layer": {"model": frozen},
    "a frozen kernel": {"model": with_a_frozen_kernel},
    "loss": {"loss": lambda: keras.losses.MeanSquaredError()},
    "axis of the loss": {"loss": lambda: keras.losses.SparseCategoricalCrossentropy(axis=1)},
    "loss of logits": {"loss": lambda: keras.losses.SparseCategoricalCrossentropy(from_logits=True)},
    "precision of the loss": {"loss": lambda: keras.losses.SparseCategoricalCrossentropy(dtype="float64")},
    "without casts": {"model": lambda: net(L.Dense(6, "tanh", autocast=False), L.Dropout(0.3))},
    "optimizer": {"optimizer": lambda: keras.optimizers.Adam(0.1)},
    "rate": {"optimizer": lambda: keras.optimizers.SGD(0.2)},
    "schedule": {"optimizer": lambda: keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 10))},
    "another schedule": {"optimizer": lambda: keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 11))},
    "momentum": {"optimizer": lambda: keras.optimizers.SGD(0.1, momentum=0.5)},
    "clipping": {"optimizer": lambda: keras.optimizers.SGD(0.1, clipnorm=1.0)},
    "rows": {"course": {"data": tuple(array[:19] for array in ROWS), "n_rows": 19}},
    "type of rows": {"course": {"data": (ROWS[0].astype("float64"), ROWS[1])}},
    "weighted rows": {"course": {"data": (*ROWS, np.ones(20))}},
    "batch": {"course": {"batch_size": 6}},
    "epochs": {"course": {"epochs": 4}},
    "patience": {"watch": {"patience": 3}},
    "no patience": {"watch": {"patience": None}},
    "monitor": {"watch": {"monitor": "accuracy"}},
    "nothing to judge": {"watch": {"rows": None, "patience": None}},
    "fewer to judge": {"watch": {"rows": tuple(array[:9] for array in ROWS)}},
    "XLA": {"xla": True},
    "ways": {"taken": ("in halves",)},
}


def test_all_that_is_compiled_in_tells_trainings_apart():
    made = {
        name: told(**{key: one() if callable(one) else one for key, one in how.items()}) for name, how in OTHERS.items()
    }
    made["as it is"] = told()
    assert None not in made.values()
    twins = [(one, other) for one in made for other in made if one < other and made[one] == made[other]]
    assert twins == []


class Own(keras.layers.Dense):
    """Whatever it does."""


class OwnLoss(keras.losses.MeanSquaredError):
    """Whatever it is."""


def own_activation(x):
    return x


def excluding():
    optimizer = keras.optimizers.AdamW(0.1)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    return optimizer


def started():
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.iterations.assign(5)
    return optimizer


def with_a_late_penalty():
    model = net(L.Dense(6, "tanh"))
    model.layers[0].kernel_regularizer = keras.regularizers.L2(0.1)  # Keras goes by that of the kernel: none
    return model


def with_a_bound_kernel():
    model = net(L.Dense(6, "tanh"))
    model.layers[0].kernel.constraint = keras.constraints.NonNeg()  # of which the layer says nothing
    return model


def frozen_as_a_whole():
    model = net()
    model.trainable = False
    model.layers[0].trainable = True
    return model


def with_lora():
    model = net(L.Dense(6, "tanh"))
    model.layers[0].enable_lora(2)
    return model


def with_a_call_of_its_own():
    model = net(L.Dense(6, "tanh"))
    model.layers[0].call = lambda inputs: inputs
    return model


def with_a_way_around():
    inputs = keras.Input((4,))
    return keras.Model(inputs, L.Dense(3, "softmax")(L.Add()([L.Dense(4)(inputs), inputs])))


UNTOLD = {
    "own layer": {"model": lambda: net(Own(6))},
    "own activation": {"model": lambda: net(L.Dense(6, own_activation))},
    "own penalty": {"model": lambda: net(L.Dense(6, kernel_regularizer=lambda weights: weights))},
    "own call": {"model": with_a_call_of_its_own},
    "penalty that came too late": {"model": with_a_late_penalty},
    "bound on a kernel alone": {"model": with_a_bound_kernel},
    "frozen as a whole": {"model": frozen_as_a_whole},
    "penalty on what it puts out": {"model": lambda: net(L.Dense(6, activity_regularizer=keras.regularizers.L2(0.1)))},
    "low rank": {"model": with_lora},
    "not a chain": {"model": with_a_way_around},
    "our loss": {"loss": lambda: SmoothedLoss(keras.losses.BinaryCrossentropy(), share=0.1, n_classes=2)},
    "own loss": {"loss": lambda: OwnLoss()},
    "averaged weights": {"optimizer": lambda: keras.optimizers.SGD(0.1, use_ema=True)},
    "some weights without decay": {"optimizer": excluding},
    "steps before the first": {"optimizer": started},
    "own rate": {"optimizer": lambda: keras.optimizers.SGD(lambda: 0.1)},
    "another optimizer": {"optimizer": lambda: keras.optimizers.Ftrl(0.1)},
    "streamed": {"course": {"device_bytes": 1}},
}


@pytest.mark.parametrize("what", UNTOLD)
def test_what_does_not_tell_all_of_itself_is_like_no_other(what):
    watch = {"patience": None} if what == "averaged weights" else {}
    assert told(**called(UNTOLD[what]), watch=watch) is None


def test_where_logarithms_are_cut_off_tells_trainings_apart():
    before, epsilon = told(), keras.config.epsilon()
    keras.config.set_epsilon(1e-4)
    try:
        assert told() != before
    finally:
        keras.config.set_epsilon(epsilon)


@pytest.mark.parametrize("switch", ["is_op_determinism_enabled", "tensor_float_32_execution_enabled"])
def test_switches_that_change_last_bits_tell_trainings_apart(switch, monkeypatch):
    before = told()
    place = devices if switch.startswith("is_") else devices.tf.config.experimental
    was = getattr(place, switch)()
    monkeypatch.setattr(place, switch, lambda: not was)
    assert told() != before


def test_a_large_net_is_not_kept(monkeypatch):
    monkeypatch.setattr(rules, "MOST_BYTES", 4 * (5 * 6 + 7 * 3))
    assert told() is not None
    monkeypatch.setattr(rules, "MOST_BYTES", 4 * (5 * 6 + 7 * 3) - 1)
    assert told() is None
