"""What a training holds in memory, as the benchmark looks at it."""

import time

import numpy as np
import pytest

from benchmarks import memory


def test_what_a_block_holds_for_a_while_is_seen():
    with memory.Watched() as watched:
        held = np.ones(64 * memory.MIB, np.uint8)
        until = time.monotonic() + 20
        while watched.above < 60 * memory.MIB and time.monotonic() < until:  # looked at by another thread
            assert held[0]
        del held
    assert 60 * memory.MIB <= watched.above < 200 * memory.MIB


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((100, 1100), "| t | 1 MiB | 3 MiB | 2,097 bytes a row |"),
        ((1, 3), "| t | 1 MiB | 3 MiB | 1.0 MiB a row |"),
    ],
)
def test_one_more_is_the_slope_between_both_sizes(sizes, expected, monkeypatch):
    case = memory.Case(words="t", unit="row", sizes=sizes, train=lambda size: (size, lambda: None))
    monkeypatch.setattr(memory, "CASES", {"one": case})
    most = dict(zip(sizes, (memory.MIB, 3 * memory.MIB), strict=True))
    monkeypatch.setattr(memory, "_apart", lambda name, size: (memory.MIB, most[size]))
    assert memory.lines_of("one") == ["| t | 1 MiB | 1 MiB |  |", expected]


def test_a_training_is_measured_in_a_process_of_its_own():
    n_bytes, above = memory._apart("rows", 2000)
    assert n_bytes == 2000 * 31 * 4
    assert 0 <= above < 500 * memory.MIB


def test_why_a_measurement_failed_is_told():
    with pytest.raises(RuntimeError, match=r"--measure nosuch 5 ended with \d+:\n(.*\n)*.*nosuch"):
        memory._apart("nosuch", 5)
