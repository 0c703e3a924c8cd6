"""What the table of a ladder says, recomputed."""

import numpy as np
import pytest

from experiments.language import DenseNet, Ladder, Rung, Training
from pipeline.ladder.table import Climbed, ladder_table, to_markdown

TRAINING = Training(epochs=1, learning_rate=0.5)


def rung(name, **figures):
    return Rung(net=DenseNet(name=name, hidden_units=(2,), training=TRAINING), where="Chapter 1", **figures)


LADDER = Ladder(
    name="small_ladder",
    title="Small",
    where="A book",
    data="digits",
    rungs=(rung("first", figure="90.1", n_seeds=2), rung("second", figure="75.04", n_seeds=3, vote="99")),
)


def net(*answers, seconds=1.0):
    """A net that answers so where class 1 is always right."""
    y_proba = np.eye(2)[list(answers)] * 0.2 + 0.4
    right = float(np.mean(np.array(answers) == 1))
    return Climbed(metrics={"test_accuracy": right, "images": 5.0, "wall_seconds": seconds}, y_proba=y_proba)


def test_the_table_says_best_mean_and_vote_beside_the_figure():
    nets = [net(1, 1, 1, 0), net(1, 1, 0, 1, seconds=3.0), net(0, 0, 1, 1)]
    table = ladder_table(LADDER, {"second": nets}, np.ones(4, int))
    alone, vote = table.itertuples()
    assert (alone.net, alone.best, alone.mean) == ("second", 75.0, pytest.approx(200 / 3))
    assert (alone.above, alone.reached, alone.seeds) == (-0.04, False, 3)
    assert (vote.net, vote.best, vote.reached) == ("second, vote of 3", 100.0, True)
    assert "| second | test | 75.04 | 75.00 | 66.67 | 3 | **0.04 short** | 5 | 1.7 |" in to_markdown(table)


def test_a_vote_waits_for_all_its_nets():
    table = ladder_table(LADDER, {"first": [], "second": [net(0, 1), net(1, 0)]}, np.arange(2))
    assert list(table["net"]) == ["second"]
