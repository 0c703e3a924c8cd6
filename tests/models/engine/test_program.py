"""A program that trained one net trains the next one alike, as if it had been compiled for it."""

import gc
import random
import threading
import weakref
from functools import partial

import keras
import numpy as np
import pytest
from sklearn.datasets import load_digits, load_iris

from models.engine import one_net
from models.engine.diary import Interrupted
from models.engine.program import Kept
from models.nets import conv, dense

SGD, Adam = keras.optimizers.SGD, keras.optimizers.Adam
FALLING = keras.optimizers.schedules.ExponentialDecay(0.01, 20, 0.9)


def flowers(seed):
    X, y = load_iris(return_X_y=True)
    rows = np.random.default_rng(seed).permutation(len(X))
    return (X - X.mean(axis=0))[rows], y[rows]


def digits(seed):
    X, y = load_digits(return_X_y=True)
    rows = np.random.default_rng(seed).permutation(len(X))[:150]
    return X[rows].reshape(-1, 8, 8, 1) / 16, y[rows]


def normalized(seed):
    return dense.build((4,), 3, [6], activation="tanh", batch_normalization=True, dropout=0.3, l2=0.01, seed=seed)


def of_seven(seed):
    return dense.build((4,), 3, [7], activation="sigmoid", seed=seed)  # trained as one of eight, where that pays


def convolving(seed):
    return conv.build(
        (8, 8, 1), 10, [conv.Convolution(feature_maps=4, kernel_size=3, pool_size=2, padding="valid")], seed=seed
    )


CASES = {
    "wide": (of_seven, flowers, lambda: SGD(0.1), "xla"),
    "normalized": (normalized, flowers, lambda: Adam(FALLING), "graph"),
    "conv": (convolving, digits, lambda: SGD(0.1), "graph"),
}


@pytest.fixture
def kept(monkeypatch):
    """Programs of this test alone."""
    programs = Kept(2)
    monkeypatch.setattr(one_net, "_KEPT", programs)
    return programs


def trained(case, seed, net=None, **how):
    build, rows, make_optimizer, compilation = CASES[case]
    net, (X, y), optimizer = net or build(seed), rows(seed), make_optimizer()
    how = {"epochs": 6, "batch_size": 16, "patience": 2, **how}
    history = one_net.train(
        net,
        X[:100],
        y[:100],
        loss=keras.losses.SparseCategoricalCrossentropy(),
        optimizer=optimizer,
        seed=seed,
        validation_data=(X[100:], y[100:]),
        compilation=compilation,
        **how,
    )
    return net, history, optimizer


@pytest.mark.parametrize("case", CASES)
def test_the_next_net_is_the_one_that_a_program_of_its_own_trains(case, kept, monkeypatch):
    trained(case, 1)
    (first,) = kept._programs.values()
    net, history, optimizer = trained(case, 2)
    assert list(kept._programs.values()) == [first]  # which has trained both
    monkeypatch.setattr(one_net, "_KEPT", Kept(0))
    alone, own_history, own_optimizer = trained(case, 2)
    for ours, its_own in zip(net.variables, alone.variables, strict=True):  # seeds of dropout are among them
        np.testing.assert_array_equal(ours.numpy(), its_own.numpy())
    for curve in ("train_loss", "validation_loss"):
        np.testing.assert_array_equal(getattr(history, curve), getattr(own_history, curve))
    assert (history.best_epoch, history.engine) == (own_history.best_epoch, own_history.engine)
    assert int(optimizer.iterations) == int(own_optimizer.iterations) > 0


def test_a_program_that_was_interrupted_trains_nobody_else(kept):
    def interrupt(*_):
        raise KeyboardInterrupt

    with pytest.raises(Interrupted):
        trained("wide", 1, progress=interrupt)
    assert len(kept) == 0


def test_as_many_programs_are_kept_as_were_asked_for_the_last_ones():
    programs = Kept(2)
    for key in "abac":
        with programs.lent(key, partial(object)):
            pass
    assert list(programs._programs) == ["a", "c"]


def test_a_program_serves_one_training_at_a_time():
    programs, made = Kept(2), iter("ab")
    with programs.lent("alike", lambda: next(made)) as one, programs.lent("alike", lambda: next(made)) as other:
        assert (one, other) == ("a", "b")
    with programs.lent("alike", lambda: next(made)) as again:
        assert again in ("a", "b")


def test_nets_side_by_side_are_those_trained_one_after_the_other(kept):
    found = {seed: (normalized(seed),) for seed in (1, 2)}

    def train(seed):
        found[seed] = trained("normalized", seed, *found[seed])

    threads = [threading.Thread(target=train, args=(seed,)) for seed in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for seed, (net, *_) in found.items():
        alone, *_ = trained("normalized", seed)
        for ours, its_own in zip(net.get_weights(), alone.get_weights(), strict=True):
            np.testing.assert_array_equal(ours, its_own)


def test_training_draws_nothing_that_the_next_net_would_start_from(kept):
    for _ in range(2):
        net, (X, y) = normalized(1), flowers(1)
        before = random.getstate()
        how = {"loss": keras.losses.SparseCategoricalCrossentropy(), "optimizer": SGD(0.1), "compilation": "graph"}
        one_net.train(net, X, y, epochs=1, batch_size=16, seed=1, **how)
        assert random.getstate() == before


def test_neither_rows_nor_nets_are_kept_with_a_program(kept):
    (X, y), net = flowers(1), of_seven(1)
    held_out = X[:30].copy(), y[:30].copy()
    how = {"loss": keras.losses.SparseCategoricalCrossentropy(), "optimizer": SGD(0.1), "epochs": 2, "batch_size": 16}
    one_net.train(net, X, y, validation_data=held_out, seed=1, compilation="graph", **how)
    assert len(kept) == 1
    still_there = [weakref.ref(one) for one in (X, held_out[0], net)]
    del X, y, net, held_out, how
    keras.utils.clear_session()
    gc.collect()
    assert [one() is None for one in still_there] == [True, True, True]
