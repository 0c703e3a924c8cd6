"""A ladder on the small digits: what is done is found again, and what the table says is recomputed."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments.language import ConvNet, Convolution, DenseNet, Ladder, Rung, Splitting, Training
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.ladder import flow
from pipeline.ladder.flow import LadderJob, run_ladder
from pipeline.ladder.table import Climbed, ladder_table, to_markdown
from pipeline.telling.terminal import Terminal
from pipeline.tracking import Tracker
from pipeline.training.nets import Interrupted, train_nets
from pipeline.training.work import work_digest

TRAINING = Training(
    epochs=4, learning_rate=0.5, batch_size=20, cost="cross_entropy", patience=4, monitor="accuracy",
    validation_share=0.2, validation_rows="last",
)  # fmt: skip
DENSE = Rung(
    net=DenseNet(name="dense", hidden_units=(12,), inputs="rescale", training=TRAINING),
    figure="90.1",
    where="Chapter 1",
    n_seeds=2,
    measured_on="validation",
)
CONV = Rung(
    net=ConvNet(
        name="conv",
        convolutions=(Convolution(feature_maps=4, kernel_size=3, padding="same"),),
        training=Training(epochs=2, learning_rate=0.1, batch_size=20, expansion="one_pixel_shifts"),
    ),
    figure="99.9",
    where="Chapter 6",
    n_seeds=2,
    vote="80.0",
    departures="Smaller.",
)
LADDER = Ladder(name="small_ladder", title="Small", where="A book", data="digits", rungs=(DENSE, CONV))


@pytest.fixture(scope="module")
def job() -> LadderJob:
    digits = ingest("digits")
    digits = replace(digits, test_rows=np.arange(1400, 1797))
    (fold,) = split(digits, Splitting(kind="canonical", n_folds=1), seed=1)
    return LadderJob(ladder=LADDER, dataset=digits, fold=fold)


@pytest.fixture
def trained_names(monkeypatch) -> list[tuple[str, int]]:
    """Net and seed of every net that is trained, from here on."""
    names: list[tuple[str, int]] = []

    def told(net, dataset, folds, **how):
        names.extend((net.name, fold.seed) for fold in folds)
        return train_nets(net, dataset, folds, **how)

    monkeypatch.setattr(flow, "train_nets", told)
    return names


def test_a_ladder_is_climbed_once(job, workplace, trained_names):
    first = run_ladder(job, Tracker(), Terminal(quiet=True))
    assert trained_names == [("dense", 1), ("dense", 2), ("conv", 1), ("conv", 2)]
    again = run_ladder(job, Tracker(), Terminal(quiet=True))
    assert len(trained_names) == 4
    pd.testing.assert_frame_equal(pd.DataFrame(first["ladder"]), pd.DataFrame(again["ladder"]))
    pages = list(workplace.glob("mlruns/artifacts/small_ladder/*/artifacts/ladder.html"))
    assert len(pages) == 2
    assert "conv, vote of 2" in pages[0].read_text()


def test_an_interrupt_loses_no_net_that_was_finished(job, workplace, monkeypatch, trained_names):
    untouched = flow.train_nets

    def stopped(net, dataset, folds, **how):
        if folds[0].index == 1:
            raise Interrupted([])
        return untouched(net, dataset, folds, **how)

    monkeypatch.setattr(flow, "train_nets", stopped)
    with pytest.raises(KeyboardInterrupt):
        run_ladder(job, Tracker(), Terminal(quiet=True))
    monkeypatch.setattr(flow, "train_nets", untouched)
    run_ladder(job, Tracker(), Terminal(quiet=True))
    assert trained_names == [("dense", 1), ("dense", 2), ("conv", 1), ("conv", 2)]


def test_the_rows_held_out_are_the_last_and_choose_the_epoch_kept(job, workplace):
    only = replace(job, ladder=replace(LADDER, rungs=(DENSE,)))
    (row,) = run_ladder(only, Tracker(), Terminal(quiet=True))["ladder"]
    folds = [replace(job.fold, index=index, seed=1 + index) for index in range(2)]
    from models.engine.devices import choose

    trained = train_nets(DENSE.net, job.dataset, folds, epochs=None, placement=choose(), tell=lambda where, share: None)
    for item in trained:
        np.testing.assert_array_equal(item.validation_rows, np.arange(1120, 1400))
        assert item.best_epoch == item.history["validation_accuracy"].argmax()
    accuracies = [
        (item.model.predict_proba(job.dataset.X[1120:1400]).argmax(axis=1) == job.dataset.y[1120:1400]).mean()
        for item in trained
    ]
    assert row["best"] == pytest.approx(100 * max(accuracies))
    assert row["mean"] == pytest.approx(100 * np.mean(accuracies))
    assert row["images"] == 4 * 1120


def test_expanded_images_count_five_times(job, workplace):
    only = replace(job, ladder=replace(LADDER, rungs=(replace(CONV, vote=None, n_seeds=1),)))
    (row,) = run_ladder(only, Tracker(), Terminal(quiet=True), epochs=1)["ladder"]
    assert row["images"] == 5 * 1400


def test_work_is_the_same_whatever_it_is_called(job):
    def digest(net=DENSE.net, dataset=job.dataset, seed=1, epochs=None):
        return work_digest(net, dataset, seed=seed, epochs=epochs)

    assert digest() == digest(replace(DENSE.net, name="other", reason="Better."))
    others = [
        digest(replace(DENSE.net, l2=0.1)),
        digest(replace(DENSE.net, training=replace(TRAINING, learning_rate=0.4))),
        digest(CONV.net),
        digest(seed=2),
        digest(epochs=3),
        digest(dataset=replace(job.dataset, y=job.dataset.y[::-1])),
    ]
    assert len({digest(), *others}) == 7


def test_the_table_says_best_mean_and_vote_beside_the_figure():
    def net(*classes, seconds=1.0):
        y_proba = np.eye(2)[list(classes)] * 0.2 + 0.4
        right = float(np.mean(np.array(classes) == 1))
        return Climbed(metrics={"test_accuracy": right, "images": 5.0, "wall_seconds": seconds}, y_proba=y_proba)

    nets = [net(1, 1, 1, 0), net(1, 1, 0, 1, seconds=3.0), net(0, 0, 1, 1)]
    rung = replace(CONV, figure="75.04", vote="99", n_seeds=3)
    table = ladder_table(replace(LADDER, rungs=(DENSE, rung)), {"conv": nets}, np.ones(4, int))
    alone, vote = table.itertuples()
    assert (alone.net, alone.best, alone.mean) == ("conv", 75.0, pytest.approx(200 / 3))
    assert (alone.above, alone.reached, alone.seeds) == (-0.04, False, 3)
    assert (vote.net, vote.best, vote.reached) == ("conv, vote of 3", 100.0, True)
    assert "| conv | test | 75.04 | 75.00 | 66.67 | 3 | **0.04 short** | 5 | 1.7 |" in to_markdown(table)


def test_a_vote_waits_for_all_its_nets():
    net = Climbed(metrics={"test_accuracy": 1.0, "images": 5.0, "wall_seconds": 1.0}, y_proba=np.eye(2))
    table = ladder_table(LADDER, {"conv": [net]}, np.arange(2))
    assert list(table["net"]) == ["conv"]
