"""What pays on a processor is looked up in a table that was measured, and nothing is taken on faith."""

import pytest

from benchmarks.turns import MARGIN
from models.engine import ways
from models.engine.ways import Ways

ENTRIES = {
    f"{vectors}, {threads} threads": entry
    for vectors, by_threads in ways.table().items()
    for threads, entry in by_threads.items()
}


def test_the_table_is_of_processors_that_can_be_found():
    assert ENTRIES
    assert set(ways.table()) <= set(ways._VECTORS)
    assert all(int(threads) >= 1 for by_threads in ways.table().values() for threads in by_threads)


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_limits_are_limits_and_hold_nothing_but_gains(entry):
    limits = ways.of_plain_values(entry["ways"])
    assert limits.lanes >= 1
    assert 0 <= limits.most_added < 1
    assert limits.halved_from is None or limits.halved_from > 1
    taken = {way: [row for row in told["cells"] if row["taken"]] for way, told in entry["gains"].items()}
    assert all(row["interval"][0] >= MARGIN for rows in taken.values() for row in rows)
    assert bool(taken.get("silent neurons")) == (limits.lanes > 1)
    assert bool(taken.get("row by row")) == (max((n for _, n in limits.rows), default=0) > 0)
    assert bool(taken.get("convolutions")) == (limits.onednn_from is not None)
    assert bool(taken.get("halves")) == (limits.halved_from is not None)


def test_what_was_measured_on_fewer_threads_holds_until_more_are_measured():
    two, eight = Ways(halved_from=100), Ways(halved_from=50)
    found = [ways.looked_up({8: eight, 2: two}, threads) for threads in (1, 2, 7, 8, 64)]
    assert found == [Ways(), two, two, eight, eight]


def test_a_processor_that_nobody_has_measured_takes_the_plain_way(monkeypatch):
    assert any(ways.of_plain_values(entry["ways"]) != Ways() for entry in ENTRIES.values())
    monkeypatch.setattr(ways, "vectors", lambda: "others")
    assert ways.of(2) == Ways()
    assert ways.as_plain_values() == {}


def test_a_processor_takes_its_own_entry(monkeypatch):
    for vectors, by_threads in ways.table().items():
        monkeypatch.setattr(ways, "vectors", lambda own=vectors: own)
        for threads, entry in by_threads.items():
            assert ways.of(int(threads)) == ways.of_plain_values(entry["ways"])
            assert ways.of_plain_values(ways.as_plain_values()[threads]) == ways.of(int(threads))


def test_the_plain_way_changes_nothing():
    plain = Ways()
    assert [plain.width(units) for units in (1, 30, 1000)] == [1, 30, 1000]
    assert not any(plain.halves(n_rows) for n_rows in (1, 100, 10**6))
    assert not plain.goes_row_by_row(1, (784, 30))


def test_the_vector_instructions_of_this_processor_are_among_those_that_numpy_finds():
    """By NumPy 1.26 and by 2.4, which name groups of instructions by levels."""
    older = ["SSE", "SSE2", "SSE3", "SSSE3", "SSE41", "POPCNT", "SSE42", "AVX", "F16C", "FMA3", "AVX2"]
    assert ways.vectors_of(older) == "AVX2"
    assert ways.vectors_of([*older, "AVX512F", "AVX512CD"]) == "AVX2"  # without the rest it multiplies as before
    assert ways.vectors_of([*older, "AVX512F", "AVX512CD", "AVX512_SKX"]) == "AVX-512"
    assert ways.vectors_of(["X86_V2", "X86_V3"]) == "AVX2"
    assert ways.vectors_of(["NEON", "NEON_FP16", "NEON_VFPV4", "ASIMD", "ASIMDHP"]) == "NEON"
    assert ways.vectors_of(["X86_V2"]) == "others"
    assert ways.vectors() in {*ways._VECTORS, "others"}
