"""One decision for one net and for many: the ways are those whose rules say so."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from models.engine.course import Course
from models.engine.faster import halves, plan, small_batches
from models.engine.faster.reworking import Reworked, whole
from models.nets import conv, dense

SGD, Adam = keras.optimizers.SGD, keras.optimizers.Adam


def maps():
    return conv.build((8, 8), 10, [conv.Convolution(feature_maps=2, kernel_size=3, pool_size=2, padding="same")])


def planned(model, optimizer, batch_size, n_rows=200, **change):
    rows = np.zeros((n_rows, 1), np.float32)
    course = Course(data=(rows,), shape=(), n_rows=n_rows, batch_size=batch_size, epochs=1, seeds=[0], shuffle=True)
    loss = keras.losses.SparseCategoricalCrossentropy()
    return plan.plan_of(model, loss, optimizer, course, **{"compilation": "xla", **change})


def ways(reworked):
    """The reworkings that were put in."""
    return {
        "silent neurons": len(reworked.paddings) > 0,
        "row by row": reworked.product is small_batches.product,
        "halves": reworked.mean_loss is halves.mean_loss,
    }


@pytest.mark.parametrize(
    ("build", "optimizer", "batch_size", "compilation", "taken"),
    [
        (lambda: dense.build((64,), 10, [30]), SGD(0.1), 32, "xla", {"silent neurons"}),
        (lambda: dense.build((64,), 10, [30]), SGD(0.1), 10, "xla", {"silent neurons", "row by row"}),
        (lambda: dense.build((64,), 10, [32]), SGD(0.1), 10, "xla", {"row by row"}),
        (lambda: dense.build((64,), 10, [32]), Adam(), 10, "xla", set()),
        (lambda: dense.build((64,), 10, [30]), SGD(0.1), 10, "graph", set()),
        (maps, SGD(0.1), 100, "graph", {"halves"}),
        (maps, SGD(0.1), 99, "graph", set()),
    ],
)
def test_each_way_is_taken_where_its_rule_says_so(build, optimizer, batch_size, compilation, taken):
    found = planned(build(), optimizer, batch_size, compilation=compilation)
    assert {way for way, is_taken in ways(found).items() if is_taken} == taken
    assert found.xla is (compilation == "xla")


def test_batches_are_no_larger_than_there_are_rows():
    assert ways(planned(maps(), SGD(0.1), None, n_rows=100, compilation="graph"))["halves"]
    assert not ways(planned(maps(), SGD(0.1), 500, n_rows=99, compilation="graph"))["halves"]


def test_several_devices_are_given_the_net_as_it_is():
    strategy = tf.distribute.get_strategy()
    found = planned(maps(), SGD(0.1), 100, compilation="auto", strategy=strategy)
    assert not any(ways(found).values())
    assert not found.xla


def test_weights_come_out_as_they_were_put_in_also_behind_an_axis_of_replicates():
    weights = dense.build((64,), 10, [30]).get_weights()
    found = planned(dense.build((64,), 10, [30]), SGD(0.1), 32)
    for own in (weights, [np.stack([weight, weight + 1]) for weight in weights]):
        trained = found.put_in(own)
        assert [weight.shape[-1] for weight in trained] == [32, 32, 10, 10]
        for weight, back in zip(own, found.take_out(trained), strict=True):
            np.testing.assert_array_equal(back, weight)


def test_without_a_reworking_weights_and_batches_are_as_they_are():
    usual = Reworked(xla=False)
    weights = dense.build((4,), 3, [5]).get_weights()
    for put_in, taken_out, weight in zip(usual.put_in(weights), usual.take_out(weights), weights, strict=True):
        assert put_in is weight
        assert taken_out is weight
    assert usual.mean_loss is whole
    assert whole(lambda batch: 2 * batch[0], (3.0,)) == 6.0
