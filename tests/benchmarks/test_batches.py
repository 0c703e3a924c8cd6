"""Both ways through a batch are taken where the page says so."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from benchmarks import batches, page
from benchmarks.problems import Problem
from models.engine.faster import halves, lanes, small_batches


@pytest.fixture(autouse=True)
def one_round(monkeypatch):
    monkeypatch.setattr(batches, "N_ROUNDS", 1)


def problem(n_samples, **changes):
    X, y = load_digits(return_X_y=True)
    settings = {"hidden_units": (), "batch_size": 1, "epochs": 1, **changes}
    return Problem(name="digits", X=(X[:n_samples] / 16).astype(np.float32), y=y[:n_samples], **settings)


def test_each_width_is_trained_both_ways_whatever_the_rule_chooses(monkeypatch):
    monkeypatch.setattr(batches, "WIDTHS", (10, 30))
    widened, original = [], lanes.widened

    def noted(model, reworked):
        wide = original(model, reworked)
        widened.extend([] if wide is model else [wide.layers[0].units])
        return wide

    monkeypatch.setattr(lanes, "widened", noted)
    cases = list(batches.widths(problem(80)))
    assert [(case.net, case.chosen) for case in cases] == [("64-10-10", False), ("64-30-10", True)]
    assert widened == [16, 32]
    assert lanes.MOST_ADDED == 1 / 8


def test_each_small_batch_is_trained_both_ways_whatever_the_rule_chooses(monkeypatch):
    monkeypatch.setattr(batches, "SMALL", ((100, 10), (100, 20), (10, 10)))
    rows, original = [], small_batches._row_by_row
    monkeypatch.setattr(small_batches, "_row_by_row", lambda X, kernel: rows.append(X.shape[0]) or original(X, kernel))
    limits = small_batches.MOST_ROWS, small_batches.LEAST_WEIGHTS, small_batches.MOST_UNITS
    cases = list(batches.small(problem(80)))
    assert [(case.net, case.batch_size, case.chosen) for case in cases] == [
        ("64-100-10", 10, True),
        ("64-100-10", 20, False),
        ("64-10-10", 10, False),
    ]
    assert {10, 20} <= set(rows)
    assert limits == (small_batches.MOST_ROWS, small_batches.LEAST_WEIGHTS, small_batches.MOST_UNITS)


def test_each_large_batch_is_trained_both_ways_whatever_the_rule_chooses(monkeypatch):
    monkeypatch.setattr(batches, "LARGE", (50, 100))
    rows, original = [], halves.mean_loss

    def noted(loss, batch):
        return original(lambda part: rows.append(part[0].shape[0]) or loss(part), batch)

    monkeypatch.setattr(halves, "mean_loss", noted)
    images = np.random.default_rng(0).random((200, 28, 28), np.float32)
    case = Problem(name="noise", X=images, y=np.arange(200) % 10, hidden_units=None, batch_size=1, epochs=1)
    cases = list(batches.large(case))
    assert [(case.net, case.batch_size, case.chosen) for case in cases] == [
        ("conv 20-40 maps", 50, False),
        ("conv 20-40 maps", 100, True),
    ]
    assert set(rows) == {25, 50}  # only halved runs come through here: a rule that says no takes batches whole
    assert halves.LEAST_ROWS == 100


def test_the_page_says_what_was_saved_and_what_the_engine_takes(tmp_path):
    sizes = {"net": "net", "usual": 3e-3, "other": 2e-3}
    chosen = {"widths": True, "small": True, "large": False}
    saved = {kind: [batches.Saved(batch_size=50, chosen=taken, **sizes)] for kind, taken in chosen.items()}
    page.write(tmp_path / "page.md", [], [], [], saved, [], rate=1e11)
    text = (tmp_path / "page.md").read_text()
    for taken in ("with silent neurons", "row by row", "whole"):
        assert f"| net | 50 | 3,000.0 us | 2,000.0 us | 1.5 | {taken} |" in text
