"""A ladder on the small digits: what is done is found again, and what the table says is recomputed."""

from contextlib import contextmanager
from dataclasses import replace

import mlflow
import numpy as np
import pandas as pd
import pytest

from experiments.language import ConvNet, Convolution, DenseNet, Ladder, Rung, Splitting, Training
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.ladder.flow import LadderJob, run_ladder
from pipeline.plan import plan
from pipeline.telling.terminal import Terminal
from pipeline.training.executors import Here
from pipeline.training.kept import KeptGroups
from pipeline.training.values import Interrupted

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


@pytest.fixture
def keeping_desk(quiet_desk, tmp_path):
    """Makes a desk like that of another command: it finds what was kept, and counts for itself."""
    return lambda: replace(quiet_desk, finished=KeptGroups(tmp_path / "groups"))


@pytest.fixture(scope="module")
def job() -> LadderJob:
    digits = ingest("digits")
    digits = replace(digits, test_rows=np.arange(1400, 1797))
    (fold,) = split(digits, Splitting(kind="canonical", n_folds=1), seed=1)
    return LadderJob(ladder=LADDER, dataset=digits, fold=fold)


def trained_names(watched):
    """Net and seed of every net that was trained."""
    return [(item.candidate.name, item.seed) for item in watched.trained]


ALL = [("dense", 1), ("dense", 2), ("conv", 1), ("conv", 2)]


def test_a_ladder_is_climbed_once(job, workplace, keeping_desk, watched):
    first = run_ladder(job, keeping_desk())
    assert trained_names(watched) == ALL
    again = run_ladder(job, keeping_desk())
    assert trained_names(watched) == ALL
    pd.testing.assert_frame_equal(pd.DataFrame(first["ladder"]), pd.DataFrame(again["ladder"]))
    pages = list(workplace.glob("mlruns/artifacts/small_ladder/*/artifacts/ladder.html"))
    assert len(pages) == 2
    assert "conv, vote of 2" in pages[0].read_text()
    runs = mlflow.search_runs(experiment_names=["small_ladder"], filter_string="tags.kind = 'candidate'")
    assert sorted(zip(runs["tags.mlflow.runName"], runs["tags.seed"], strict=True)) == sorted(
        2 * [(f"{name}, seed {seed}", str(seed)) for name, seed in ALL]
    )
    best = {row["net"]: row["best"] for row in first["ladder"]}
    for net, metric in (("dense", "held_out"), ("conv", "test")):  # each by the rows that its figure is of
        own = runs[runs["tags.mlflow.runName"].str.startswith(net)]
        assert 100 * own[f"metrics.{metric}/accuracy"].max() == best[net]


class Stopped(Here):
    """Is interrupted in front of a convolutional net of the second seed."""

    def map(self, trainer, groups, means, progress):
        if [(work.candidate.name, work.fold.seed) for work in groups[0].works] == [("conv", 2)]:
            raise Interrupted([])
        yield from super().map(trainer, groups, means, progress)


def test_an_interrupt_loses_no_net_that_was_finished(job, workplace, keeping_desk, watched):
    with pytest.raises(KeyboardInterrupt):
        run_ladder(job, replace(keeping_desk(), executor=Stopped()))
    (page,) = workplace.glob("mlruns/artifacts/small_ladder/*/artifacts/ladder.csv")
    assert pd.read_csv(page)[["net", "seeds"]].values.tolist() == [["dense", 2], ["conv", 1]]
    run_ladder(job, keeping_desk())
    assert trained_names(watched) == [("conv", 2)]


def test_the_rows_held_out_are_the_last_and_choose_the_epoch_kept(job, quiet_desk, watched):
    (row,) = run_ladder(replace(job, ladder=replace(LADDER, rungs=(DENSE,))), quiet_desk)["ladder"]
    assert len(watched.trained) == 2
    for item in watched.trained:
        np.testing.assert_array_equal(item.validation_rows, np.arange(1120, 1400))
        assert item.best_epoch == item.history["validation_accuracy"].argmax()
    accuracies = [
        (item.model.predict_proba(job.dataset.X[1120:1400]).argmax(axis=1) == job.dataset.y[1120:1400]).mean()
        for item in watched.trained
    ]
    assert row["best"] == pytest.approx(100 * max(accuracies))
    assert row["mean"] == pytest.approx(100 * np.mean(accuracies))
    assert row["images"] == 4 * 1120


def test_expanded_images_count_five_times(job, quiet_desk):
    only = replace(job, ladder=replace(LADDER, rungs=(replace(CONV, vote=None, n_seeds=1),)))
    (row,) = run_ladder(only, replace(quiet_desk, epochs=1))["ladder"]
    assert row["images"] == 5 * 1400


class Shares(Terminal):
    """Remembers the progress of a whole, rung by rung."""

    @contextmanager
    def progress(self, experiment, n_candidates):
        self.told = []
        yield self

    def update(self, position, name, where, share):
        self.told.append(position + share)

    def finish(self, position, name, how):
        self.told.append(position + 1)


def test_progress_through_the_nets_of_a_rung_never_goes_back(job, quiet_desk):
    terminal = Shares(quiet=True)
    run_ladder(job, replace(quiet_desk, terminal=terminal, epochs=1))
    assert terminal.told == sorted(terminal.told)
    assert {0.0, 1.0, 1.5, 2.0} <= set(terminal.told)


def test_a_ladder_of_numbers_is_refused_by_name(workplace):
    with pytest.raises(ValueError, match=r"Ladder 'small_ladder': expected classes for figures in percent"):
        plan([], [replace(LADDER, data="diabetes")])
