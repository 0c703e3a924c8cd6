"""Nets on blocks of unequal size, trained together, are the nets trained alone."""

import itertools
from functools import partial

import keras
import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer

from models.engine import one_net
from models.engine.course import Course
from models.engine.many_nets import train_replicates
from models.losses import MembersLoss
from models.nets import dense, tabm

SIZES, WATCHED = (49, 55, 64), (20, 31, 25)  # of 4 batches of 16


def rows_of(sizes, start=0):
    X, y = load_breast_cancer(return_X_y=True)
    X, y = (X - X.mean(axis=0)) / X.std(axis=0), y[:, None].astype(float)
    first = np.cumsum([start, *sizes])
    cut = [slice(*pair) for pair in itertools.pairwise(first)]
    weights = np.random.default_rng(0).uniform(0.5, 2, len(X))
    return [[array[part] for part in cut] for array in (X, y, weights)]


LEARNED, HELD_OUT = rows_of(SIZES), rows_of(WATCHED, sum(SIZES))


def nets(**settings):
    return [dense.build((30,), 1, [6], activation="tanh", seed=seed, **settings) for seed in range(3)]


def adam():
    return keras.optimizers.AdamW(keras.optimizers.schedules.CosineDecay(2**-5, 40), weight_decay=2**-7)


def require_alone(models, single, *, loss=keras.losses.BinaryCrossentropy, patience=2, weighted=True, **change):
    """Trains both ways and compares weights and curves."""
    (X, y, weight), held_out = LEARNED, HELD_OUT if patience is not None else None
    how = {"loss": loss(), "epochs": 5, "batch_size": 16, "compilation": "graph", "patience": patience, **change}
    told = train_replicates(
        models,
        X,
        y,
        make_optimizer=adam,
        seeds=[0, 1, 2],
        sample_weight=weight if weighted else None,
        validation_data=None if held_out is None else tuple(held_out[: 2 + weighted]),
        **how,
    )
    for place, net in enumerate(single):
        own = None if held_out is None else tuple(part[place] for part in held_out[: 2 + weighted])
        known = {"optimizer": adam(), "seed": place, "sample_weight": weight[place] if weighted else None}
        curve = one_net.train(net, X[place], y[place], validation_data=own, **known, **how)
        for ours, theirs in zip(models[place].get_weights(), net.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10)
        np.testing.assert_allclose(told[place].train_loss, curve.train_loss, rtol=1e-10)
        if held_out is not None:
            np.testing.assert_allclose(told[place].validation_loss, curve.validation_loss, rtol=1e-10)


@pytest.mark.parametrize("compilation", ["graph", "xla"])
def test_in_batches_with_dropout_penalty_schedule_and_early_stopping(compilation, float64):
    make = partial(nets, dropout=0.3, l2=0.01)
    require_alone(make(), make(), compilation=compilation)


def test_all_rows_at_once_whatever_their_number(float64):
    require_alone(nets(), nets(), batch_size=None, patience=None, weighted=False)


def test_by_accuracy_on_the_rows_that_are_watched(float64):
    require_alone(nets(), nets(), monitor="accuracy", weighted=False)


def test_members_that_share_weights(float64):
    make = lambda: [tabm.build((30,), 1, [5], n_members=3, dropout=0.2, seed=seed) for seed in range(3)]  # noqa: E731
    require_alone(make(), make(), loss=lambda: MembersLoss(keras.losses.BinaryCrossentropy()), weighted=False)


def test_epochs_of_unequal_steps_and_means_over_a_batch_are_refused():
    X, y, _ = LEARNED
    how = {"loss": keras.losses.BinaryCrossentropy(), "make_optimizer": adam, "epochs": 1, "seeds": [0, 1, 2]}
    with pytest.raises(ValueError, match=r"expected epochs of equally many steps. Received: steps=\[5, 6, 7\]"):
        train_replicates(nets(), X, y, batch_size=10, **how)
    with pytest.raises(ValueError, match="blocks of one size with batch normalization"):
        train_replicates(nets(batch_normalization=True), X, y, batch_size=16, **how)
    with pytest.raises(ValueError, match="as many rows in X as in y and weights"):
        train_replicates(nets(), X, y[::-1], batch_size=16, **how)


def test_what_fills_a_block_up_comes_after_all_of_its_own_rows():
    how = {"data": (np.zeros((6, 1)),), "shape": (2,), "n_rows": 3, "sizes": (2, 3), "seeds": [0, 0], "epochs": 4}
    course = Course(batch_size=2, shuffle=True, **how)
    orders = [order for order, _ in zip(course._orders(), range(4), strict=False)]
    assert all(order[0, -1] == 2 and set(order[0, :2]) == {0, 1} and set(order[1]) == {3, 4, 5} for order in orders)
    assert course.own_rows == [2, 3]
