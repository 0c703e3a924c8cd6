"""RealMLP with embedded categories: its forward pass in NumPy, its gradients, and folds trained at once as alone."""

from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf

from models.engine import one_net
from models.engine.many_nets import train_replicates
from models.engine.replicable import can_replicate
from models.nets.real_mlp import build
from models.nets.subspace import in_subspace
from models.optimizers import AdamByLayer, CosLog, FlatCosine

PLACES, N_NUMBERS = (14, 12), 3
SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772
SIZES = (75, 96)  # of 3 batches of 32, of which the last of one is smaller


def rows(n, seed):
    """Numbers, and places of two categories that decide the target; each seed's rows have other levels."""
    random = np.random.default_rng(seed)
    levels = [random.choice(random.permutation(size)[: size - 4], n) for size in PLACES]
    X = np.column_stack([random.normal(size=(n, N_NUMBERS)), *levels]).astype(float)
    y = X[:, 0] + np.sin(X[:, 3]) + 0.2 * (X[:, 4] - 6) > 0
    return X, y[:, None].astype(float)


def said(weights, X):
    """What the net puts out, layer by layer."""
    table, frequency, phase, kernel, bias, scale, *rest = weights
    numbers, places = X[:, :N_NUMBERS], X[:, N_NUMBERS:].astype(int)
    waves = np.cos(2 * np.pi * numbers[:, :, None] * frequency + phase)
    periodic = np.concatenate([(waves[:, :, None] @ kernel)[:, :, 0] + bias, numbers[:, :, None]], axis=2)
    levels = [table[: PLACES[0]][places[:, 0]], table[PLACES[0] :][places[:, 1]]]
    a = np.hstack([periodic.reshape(len(X), -1), *levels]) * scale
    kernel, bias, slope, *last = rest
    z = a @ kernel / np.sqrt(a.shape[1]) + bias
    a = (1 - slope) * z + slope * SCALE * np.where(z > 0, z, ALPHA * np.expm1(z))
    return 1 / (1 + np.exp(-(a @ last[0] / np.sqrt(a.shape[1]) + last[1])))


def net(seed=0, **settings):
    """A net whose weights are all drawn, those apart too: as it starts, it says nothing."""
    shape = (N_NUMBERS + len(PLACES),)
    model = build(shape, 1, [6], n_frequencies=4, n_embedded=3, places=PLACES, seed=seed, **settings)
    random = np.random.default_rng(seed + 1)
    model.set_weights([random.normal(size=weight.shape) for weight in model.get_weights()])
    return model


def test_its_forward_pass_is_numpys(float64):
    X, _ = rows(30, seed=0)
    model = net()
    np.testing.assert_allclose(model(X), said(model.get_weights(), X), rtol=0, atol=1e-10)


def test_the_gradient_of_each_weight_is_a_difference_quotient(float64):
    X, y = rows(30, seed=0)
    model = net(dropout=0.0)
    weights = model.get_weights()
    with tf.GradientTape() as tape:
        loss = keras.losses.BinaryCrossentropy()(y, model(X, training=True))
    random = np.random.default_rng(2)
    for place, gradient in enumerate(tape.gradient(loss, model.trainable_variables)):
        along = random.normal(size=weights[place].shape)
        moved = []
        for step in (1e-6, -1e-6):
            shifted = [one + step * along if number == place else one for number, one in enumerate(weights)]
            p = said(shifted, X)
            moved.append(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))
        expected = (moved[0] - moved[1]) / 2e-6
        assert float(tf.reduce_sum(gradient * along)) == pytest.approx(expected, rel=1e-5, abs=1e-8)


def recipe():
    rates = {"bias": 0.1, "scale": 6.0, "slope": 0.1, "embedding": 0.1}
    return AdamByLayer(CosLog(0.04, 9), rates=rates, decay=FlatCosine(0.02, 9), decays_biases=False, beta_2=0.95)


def descent():
    return keras.optimizers.SGD(0.05, momentum=0.9)


@pytest.mark.parametrize(
    ("make_optimizer", "compilation", "dropout"), [(recipe, "graph", 0.15), (descent, "xla", 0.0)], ids=["graph", "xla"]
)
def test_folds_of_other_levels_and_sizes_trained_together_are_those_trained_alone(
    make_optimizer, compilation, dropout, float64
):
    """Rows that fill up a smaller fold are of place 0 in every category, and count nothing."""
    folds, held = [rows(n, seed) for seed, n in enumerate(SIZES)], [rows(20 + seed, seed + 5) for seed in range(2)]
    stacked, single = ([net(seed, dropout=dropout) for seed in range(2)] for _ in range(2))
    assert can_replicate(stacked[0])
    how = {"loss": keras.losses.BinaryCrossentropy(), "epochs": 3, "batch_size": 32, "patience": 3}
    histories = train_replicates(
        stacked,
        *map(list, zip(*folds, strict=True)),
        make_optimizer=make_optimizer,
        seeds=range(2),
        validation_data=tuple(map(list, zip(*held, strict=True))),
        compilation=compilation,
        **how,
    )
    for seed, one in enumerate(single):
        before = one.get_weights()[0]
        known = {"optimizer": make_optimizer(), "seed": seed, "validation_data": held[seed], "compilation": "graph"}
        alone = one_net.train(one, *folds[seed], **known, **how)
        for ours, theirs in zip(stacked[seed].get_weights(), one.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10)
        np.testing.assert_allclose(histories[seed].validation_loss, alone.validation_loss, rtol=1e-10)
        seen = {int(place) for place in folds[seed][0][:, N_NUMBERS]}
        moved = np.abs(one.get_weights()[0] - before).max(axis=1)[: PLACES[0]]
        learnt = {place for place in range(PLACES[0]) if moved[place] > 0}
        assert learnt == seen if make_optimizer is descent else learnt > seen  # a decay is of all rows


def test_a_place_that_no_row_has_stays_where_it_starts_and_those_apart_at_0(float64):
    X, y = rows(64, seed=1)
    X[:, N_NUMBERS:] = np.maximum(X[:, N_NUMBERS:], 3)  # no gaps, nothing that is other, and not the first level
    make = partial(build, (5,), 1, [6], places=PLACES)
    model, start = make(), make().get_weights()[0]
    how = {"loss": keras.losses.BinaryCrossentropy(), "epochs": 2, "batch_size": 16}
    one_net.train(model, X, y, optimizer=keras.optimizers.Adam(0.01), seed=0, **how)
    (table, *_) = model.get_weights()
    for first in (0, PLACES[0]):
        assert not table[first : first + 2].any()
        np.testing.assert_array_equal(table[first + 2], start[first + 2])
    assert (table[3] != start[3]).all()


def test_a_member_that_does_not_see_a_category_reads_it_as_a_gap(float64):
    """Of a vote of nets that see a share of the columns each."""
    X, _ = rows(9, seed=2)
    blind = in_subspace(net(dropout=0.0), 0.6, seed=2)
    seen = blind.layers[0].seen.numpy()
    assert not seen[N_NUMBERS:].all()
    found, gaps = blind(X), X * seen
    np.testing.assert_allclose(found, blind(gaps), rtol=0, atol=1e-12)
    assert can_replicate(blind)
