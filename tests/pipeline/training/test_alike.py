"""Which nets one program trains."""

from dataclasses import replace

import pytest

from experiments.language import Baseline, DenseNet, Ensemble, Splitting, Training
from models.engine.steps import OwnSteps
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.training import nets
from pipeline.training.alike import are_alike, is_one_program, steps_of
from pipeline.training.work import Work

ADAM = Training(epochs=3, learning_rate=0.1, optimizer="adam")
ADAMW = replace(ADAM, optimizer="adamw", weight_decay=0.01)
NET = DenseNet(name="net", hidden_units=(4,), training=ADAM, l2=0.1, dropout=0.2)
VOTE = Ensemble(name="vote", net=NET, n_members=2)
IRIS = ingest("iris")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"l2": 3.0, "dropout": 0.5, "name": "other", "reason": "why"}, True),
        ({"training": replace(ADAM, learning_rate=0.001)}, True),
        ({"l2": 0.0}, False),
        ({"dropout": 0.0}, False),
        ({"hidden_units": (5,)}, False),
        ({"activation": "tanh"}, False),
        ({"inputs": "quantile_normal"}, False),
        ({"training": replace(ADAM, epochs=4)}, False),
        ({"training": replace(ADAM, batch_size=7)}, False),
        ({"training": ADAMW}, False),
    ],
)
def test_nets_are_alike_but_for_names_and_sizes(change, expected):
    assert are_alike(NET, replace(NET, **change)) is expected
    assert are_alike(VOTE, replace(VOTE, net=replace(NET, **change))) is expected


def test_only_decays_that_an_optimizer_of_all_can_give_each_its_own_may_differ():
    decayed = replace(NET, training=ADAMW)
    assert are_alike(decayed, replace(NET, training=replace(ADAMW, weight_decay=0.5)))
    by_layer = replace(ADAMW, decays_biases=False)
    assert not are_alike(replace(NET, training=by_layer), replace(NET, training=replace(by_layer, weight_decay=0.5)))
    assert not are_alike(VOTE, replace(VOTE, n_members=3))
    assert not are_alike(NET, VOTE)


def test_nets_trained_by_rprop_differ_in_no_rate():
    training = replace(ADAM, optimizer="rprop", batch_size=None)
    net = replace(NET, training=training)
    assert are_alike(net, replace(net, l2=3.0))
    assert not are_alike(net, replace(net, training=replace(training, learning_rate=0.01)))


def test_steps_are_told_only_where_they_differ():
    slow = replace(ADAMW, learning_rate=0.01, weight_decay=0.3)
    assert steps_of([ADAMW, ADAMW]) is None
    assert steps_of([ADAM, replace(ADAM, learning_rate=0.2)]) == OwnSteps(rates=(0.5, 1.0))
    assert steps_of([ADAMW, slow]) == OwnSteps(rates=(1.0, pytest.approx(0.1)), decays=(0.01, 0.3))


def test_trials_are_dealt_in_order_as_far_as_memory_goes(monkeypatch):
    folds = split(IRIS, Splitting(n_folds=2), seed=1)
    logistic = Baseline(name="logistic", algorithm="logistic_regression")
    candidates = [NET, replace(NET, l2=0.2), logistic, replace(NET, l2=0.0), replace(NET, l2=0.3), logistic]
    each = [[Work(candidate=one, dataset=IRIS, fold=fold) for fold in folds] for one in candidates]
    assert nets.together(each) == [[0, 1, 4], [2], [3], [5]]
    row = 4 * 4  # four numbers of four bytes each
    monkeypatch.setattr(nets, "_GROUP_BYTES", 2 * 2 * 120 * row)  # two trials of two folds of 120 rows
    assert nets.together(each) == [[0, 1], [2], [3], [4], [5]]
    ramps = [
        [replace(work, candidate=replace(one, inputs="piecewise_linear")) for work in each[0]] for one in (NET,) * 2
    ]
    assert nets.together(ramps) == [[0], [1]]  # up to sixteen numbers of each
    monkeypatch.setattr(nets, "_GROUP_BYTES", 16 * 2 * 2 * 120 * row)
    assert nets.together(ramps) == [[0, 1]]
    assert not is_one_program(logistic, IRIS)
    assert not is_one_program(replace(NET, training=replace(ADAM, averaging=0.9)), IRIS)
