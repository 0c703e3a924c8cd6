"""One decision for one net and for many: the ways are those whose rules say so."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from models.engine import one_net, ways
from models.engine.course import Course
from models.engine.faster import halves, lanes, plan, small_batches
from models.engine.faster.reworking import Reworked, whole
from models.engine.many_nets import train_replicates
from models.nets import conv, dense

SGD, Adam = keras.optimizers.SGD, keras.optimizers.Adam
SILENT, BY_ROWS, HALVES = lanes.NAME, small_batches.NAME, halves.NAME


def maps():
    return conv.build((8, 8), 10, [conv.Convolution(feature_maps=2, kernel_size=3, pool_size=2, padding="same")])


def planned(model, optimizer, batch_size, n_rows=200, nets=(), **change):
    rows = np.zeros((n_rows, 1), np.float32)
    course = Course(data=(rows,), shape=nets, n_rows=n_rows, batch_size=batch_size, epochs=1, seeds=[0], shuffle=True)
    loss = keras.losses.SparseCategoricalCrossentropy()
    return plan.plan_of(model, loss, optimizer, course, **{"compilation": "xla", **change})


def hidden(units):
    return lambda: dense.build((64,), 10, [units])


@pytest.mark.parametrize(
    ("build", "optimizer", "batch_size", "compilation", "taken"),
    [
        (hidden(30), SGD(0.1), 32, "xla", (SILENT,)),
        (hidden(30), SGD(0.1), 10, "xla", (SILENT,)),  # 64 x 32 weights are few
        (hidden(78), SGD(0.1), 10, "xla", (SILENT, BY_ROWS)),  # 64 x 80 are not, as 64 x 78 would be
        (hidden(160), SGD(0.1), 10, "xla", (BY_ROWS,)),
        (hidden(160), SGD(0.1), 17, "xla", ()),
        (hidden(160), Adam(), 10, "xla", ()),
        (hidden(78), SGD(0.1), 10, "graph", ()),
        (maps, SGD(0.1), 100, "graph", (HALVES,)),
        (maps, SGD(0.1), 99, "graph", ()),
    ],
)
def test_each_way_is_taken_where_its_rule_says_so(build, optimizer, batch_size, compilation, taken):
    found = planned(build(), optimizer, batch_size, compilation=compilation)
    assert found.taken == taken
    assert (len(found.paddings) > 0) == (SILENT in taken)
    assert (found.product is not tf.matmul) == (BY_ROWS in taken)
    assert (found.mean_loss is not whole) == (HALVES in taken)
    assert found.xla is (compilation == "xla")


@pytest.mark.parametrize(("build", "compilation"), [(hidden(78), "xla"), (maps, "graph")])
def test_on_a_processor_that_nobody_has_measured_a_net_goes_the_plain_way(build, compilation, monkeypatch):
    assert planned(build(), SGD(0.1), 10 if compilation == "xla" else 100, compilation=compilation).taken
    monkeypatch.setattr(ways, "of", lambda threads: ways.looked_up({}, threads))
    found = planned(build(), SGD(0.1), 10 if compilation == "xla" else 100, compilation=compilation)
    assert (found.taken, list(found.paddings), found.product, found.mean_loss) == ((), [], tf.matmul, whole)


def test_the_kernels_of_many_nets_are_one_kernel():
    assert planned(hidden(32)(), SGD(0.1), 10).taken == ()
    assert planned(hidden(32)(), SGD(0.1), 10, nets=(3,)).taken == (BY_ROWS,)


def test_a_training_says_which_ways_it_took():
    X, y = np.zeros((20, 64), np.float32), np.zeros(20, int)
    how = {"loss": keras.losses.SparseCategoricalCrossentropy(), "epochs": 1, "batch_size": 10, "compilation": "xla"}
    alone = one_net.train(hidden(78)(), X, y, optimizer=SGD(0.1), seed=0, **how)
    assert alone.engine == f"compiled epochs, XLA, {SILENT}, {BY_ROWS}"
    own = np.stack([X] * 3), np.stack([y] * 3)
    together = train_replicates([hidden(78)() for _ in range(3)], *own, make_optimizer=SGD, seeds=range(3), **how)
    assert {one.engine for one in together} == {f"compiled epochs, XLA, {SILENT}, {BY_ROWS}, 3 nets at once"}


def test_batches_are_no_larger_than_there_are_rows():
    assert planned(maps(), SGD(0.1), None, n_rows=100, compilation="graph").taken == (HALVES,)
    assert planned(maps(), SGD(0.1), 500, n_rows=99, compilation="graph").taken == ()


def test_several_devices_are_given_the_net_as_it_is():
    strategy = tf.distribute.get_strategy()
    found = planned(maps(), SGD(0.1), 100, compilation="auto", strategy=strategy)
    assert found.taken == ()
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
