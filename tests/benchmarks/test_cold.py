"""What a cold process costs is told by its processor seconds, and what failed is not measured."""

import pytest

from benchmarks import page
from benchmarks.cold import Goal, Measured, multiples, table, taken

WORKS = "import time\nwhile time.process_time() < 0.4: pass"
SLEEPS = "import time; time.sleep(0.3)"


def row(*ratios, must=3.0, aim=2.0, lower=True):
    return Measured(goal=Goal(what="w", must=must, aim=aim, lower=lower), processor=ratios, wall=[9.0] * len(ratios))


@pytest.mark.parametrize(
    ("ratios", "verdict"), [((2, 9, 1), "aim reached"), ((3, 9, 1), "reached"), ((3.1, 9, 1), "missed")]
)
def test_the_median_says_what_is_reached(ratios, verdict):
    assert row(*ratios).verdict == verdict
    turned = {"must": 1 / 3, "aim": 1 / 2, "lower": False}
    assert row(*(1 / ratio for ratio in ratios), **turned).verdict == verdict


def test_a_row_has_the_median_its_rounds_and_the_wall_clock():
    assert table([row(2, 9, 1)]).splitlines()[2] == "| w | 3 | 2 | 2.00 | 1.00 to 9.00 | 9.00 | aim reached |"


def test_work_is_counted_and_waiting_is_not(tmp_path):
    worked, _ = taken(["-c", WORKS], tmp_path)
    slept, wall = taken(["-c", SLEEPS], tmp_path)
    assert 0.35 < worked < 1
    assert slept < 0.25 < 0.3 < wall


def test_a_command_is_measured_in_multiples_of_its_imports():
    (measured,) = multiples(Goal(what="w", must=3, aim=2), "json", lambda _: ["-c", WORKS], 2)
    assert len(measured.processor) == 2
    assert min(measured.processor) > 2


def test_what_fails_is_not_measured(tmp_path):
    with pytest.raises(RuntimeError, match="no such thing"):
        taken(["-c", "raise SystemExit('no such thing')"], tmp_path)


@pytest.mark.parametrize("headings", [page.KEPT[:1], page.KEPT[1:], page.KEPT])
def test_what_other_commands_measure_stays_where_all_else_is_measured_anew(headings, tmp_path):
    file = tmp_path / "benchmarks.md"
    page.write(file, [], [], [], {}, ["Nothing."], rate=1e9)
    assert not any(heading in file.read_text() for heading in page.KEPT)
    sections = "".join(f"{heading}\n\nSix times.\n\n" for heading in headings)
    file.write_text(file.read_text().replace("## What was not", f"{sections}## What was not"))
    for _ in range(2):
        page.write(file, [], [], [], {}, ["Nothing else."], rate=1e9)
        assert file.read_text().count(f"{sections}## What was not measured\n\n- Nothing else.") == 1
