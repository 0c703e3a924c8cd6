"""Rows that count unequally, some of them not at all."""

import keras
import numpy as np

from models.engine.many_nets import train_replicates
from models.nets import dense


def test_nets_together_are_keras_fit_alone_with_sample_weight(float64):
    random = np.random.default_rng(0)
    rows, y = random.normal(size=(3, 60, 4)), random.integers(2, size=(3, 60, 1)).astype(float)
    weight = random.exponential(size=(3, 60)) * (random.random((3, 60)) > 0.2)
    loss = keras.losses.BinaryCrossentropy
    ours, theirs = ([dense.build((4,), 1, [5], seed=seed, l2=0.01) for seed in range(3)] for _ in range(2))
    train_replicates(
        ours,
        rows,
        y,
        loss=loss(),
        make_optimizer=lambda: keras.optimizers.Adam(0.02),
        epochs=4,
        batch_size=16,
        seeds=[0, 1, 2],
        shuffle=False,
        sample_weight=weight,
        compilation="graph",
    )
    for place, net in enumerate(theirs):
        net.compile(keras.optimizers.Adam(0.02), loss())
        net.fit(rows[place], y[place], sample_weight=weight[place], epochs=4, batch_size=16, shuffle=False, verbose=0)
        for one, other in zip(ours[place].get_weights(), net.get_weights(), strict=True):
            np.testing.assert_allclose(one, other, atol=1e-10)
