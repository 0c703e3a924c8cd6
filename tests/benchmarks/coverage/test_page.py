"""A section is made by itself, and the others stay as they were."""

import pytest

from benchmarks.coverage.__main__ import main
from benchmarks.coverage.page import HEAD, PARTS, merged


def test_sections_stand_in_one_order_and_stay_until_they_are_made_again():
    first = merged("", {"areas": "many\n\n| a |", "alike": "few"})
    assert first.startswith(HEAD)
    assert first.index(PARTS["alike"][0]) < first.index(PARTS["areas"][0])
    again = merged(first, {"alike": "fewer"})
    assert again == first.replace("few\n", "fewer\n")
    assert merged(again, {}) == again
    assert (
        "Not simulated yet: gate_150, gate_1000, gate_6819, runs, equal, unsteady, by_lot, winner, power, declared"
        in again
    )
    assert "Not simulated yet" not in merged("", dict.fromkeys(PARTS, "much"))


def test_the_head_tells_what_all_of_it_takes():
    made = {
        "areas": "300 simulations a cell, 1.5 minutes of one core on 2026-01-01 (the usual 1,000 would take about 5).",
        "runs": "10 whole runs, 2.5 minutes of one core on 2026-01-01.",
    }
    assert "What stands here took 4 minutes of one core; with the usual numbers it takes about 8." in merged("", made)


def test_what_is_no_part_goes():
    assert merged("# Old\n\n## Something else\n\nwords\n", {}) == HEAD


def test_the_page_says_how_much_was_simulated_and_what_the_usual_number_takes(tmp_path, capsys):
    page = tmp_path / "page.md"
    main(["--simulations", "20", "--processes", "1", "--parts", "areas", "--page", str(page)])
    told = page.read_text()
    assert "| 44 | 3 | " in told
    assert "\n20 simulations a cell, 0.0 minutes of one core on " in told
    assert "the usual 1,000 would take about" in told
    assert "minutes of one core" in capsys.readouterr().out


def test_a_part_that_is_none_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["--parts", "gate_7"])
    assert "gate_150" in capsys.readouterr().err
