"""Both ways through a batch are taken, whatever the engine chooses; the page says which it does."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from benchmarks import batches, page
from benchmarks.problems import Problem
from benchmarks.turns import Gain
from models.engine import ways
from models.engine.faster import halves, lanes, small_batches
from models.engine.ways import Ways

GAIN = Gain(usual=3e-3, other=2e-3, times=1.5, low=1.4, high=1.6)


@pytest.fixture
def taken(monkeypatch):
    """What was put in: of each pair the usual way's reworkings and the other's; nothing is trained."""
    monkeypatch.setattr(
        ways,
        "of",
        lambda threads: Ways(lanes=16, most_added=1 / 8, rows=((500, 16),), least_weights=5_000, halved_from=100),
    )
    pairs = []

    def noted(usual, other):
        pairs.append((usual.reworked.taken, other.reworked.taken))
        return GAIN

    monkeypatch.setattr(batches, "in_turns", noted)
    return pairs


def problem(n_samples, **changes):
    X, y = load_digits(return_X_y=True)
    settings = {"hidden_units": (), "batch_size": 1, "epochs": 1, **changes}
    return Problem(name="digits", X=(X[:n_samples] / 16).astype(np.float32), y=y[:n_samples], **settings)


def test_each_width_is_trained_both_ways_whatever_the_engine_chooses(monkeypatch, taken):
    monkeypatch.setattr(batches, "WIDTHS", (10, 30))
    cases = list(batches.widths(problem(80)))
    assert [(case.net, case.chosen) for case in cases] == [("64-10-10", False), ("64-30-10", True)]
    assert taken == [((), (lanes.NAME,))] * 2


def test_each_small_batch_is_trained_both_ways_whatever_the_engine_chooses(monkeypatch, taken):
    monkeypatch.setattr(batches, "SMALL", ((100, 10), (100, 20), (10, 10)))
    cases = list(batches.small(problem(80)))
    assert [(case.net, case.batch_size, case.chosen) for case in cases] == [
        ("64-100-10", 10, True),
        ("64-100-10", 20, False),
        ("64-10-10", 10, False),
    ]
    both = [(), (lanes.NAME,)]
    assert taken == [((*wide,), (*wide, small_batches.NAME)) for wide in (both[1], both[1], both[0])]


def test_each_large_batch_is_trained_both_ways_whatever_the_engine_chooses(monkeypatch, taken):
    monkeypatch.setattr(batches, "LARGE", (50, 100))
    images = np.random.default_rng(0).random((200, 28, 28), np.float32)
    case = Problem(name="noise", X=images, y=np.arange(200) % 10, hidden_units=None, batch_size=1, epochs=1)
    cases = list(batches.large(case))
    assert [(case.net, case.batch_size, case.chosen) for case in cases] == [
        ("conv 20-40 maps", 50, False),
        ("conv 20-40 maps", 100, True),
    ]
    assert taken == [((), (halves.NAME,))] * 2


def test_the_page_says_what_was_saved_and_what_the_engine_takes(tmp_path):
    chosen = {"widths": True, "small": True, "large": False}
    saved = {kind: [batches.Saved(net="net", batch_size=50, gain=GAIN, chosen=taken)] for kind, taken in chosen.items()}
    page.write(tmp_path / "page.md", [], [], [], saved, [], rate=1e11)
    text = (tmp_path / "page.md").read_text()
    for taken in ("with silent neurons", "row by row", "whole"):
        assert f"| net | 50 | 3,000.0 us | 2,000.0 us | 1.5 (1.4 to 1.6) | {taken} |" in text
