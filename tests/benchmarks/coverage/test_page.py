"""A section is made by itself, and the others stay as they were."""

import subprocess

import pytest

from benchmarks.coverage import __main__ as coverage
from benchmarks.coverage.__main__ import main
from benchmarks.coverage.page import HEAD, merged
from benchmarks.coverage.parts import PARTS
from benchmarks.coverage.state import state


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


def test_the_head_tells_of_how_many_commits_it_is():
    made = {
        "areas": "1,000 simulations a cell, 0.2 minutes of one core on 2026-01-01, at 1234567.",
        "alike": "400 comparisons a cell, 1.5 minutes of one core on 2026-01-01, at 1234567.",
    }
    assert "All of it was counted at one commit." in merged("", made)
    again = merged("", made | {"runs": "10 whole runs, 2.5 minutes of one core on 2026-01-02, at abcdef0+."})
    assert "It was counted at 2 commits: 1234567, abcdef0+." in again


def test_only_what_the_page_lacks_of_this_commit_is_made(tmp_path, monkeypatch):
    few = (
        "300 simulations a cell, 1 minutes of one core on 2026-01-01, at 1234567 (the usual 1,000 would take about 5)."
    )
    whole = "400 comparisons a cell, 1.5 minutes of one core on 2026-01-01, at 1234567."
    made = dict.fromkeys(PARTS, whole) | {"areas": few, "hardly": whole.replace("1234567", "7654321"), "runs": "old"}
    page, asked = tmp_path / "page.md", []
    page.write_text(merged("", made))
    monkeypatch.setattr(coverage, "state", lambda: "1234567")
    monkeypatch.setattr(coverage, "_made", lambda name, *_: asked.append(name) or whole)
    coverage.main(["--page", str(page)])
    assert asked == ["runs", "hardly", "areas"]
    coverage.main(["--page", str(page)])
    coverage.main(["--page", str(page), "--parts", "alike"])
    assert asked == ["runs", "hardly", "areas", "alike"]


def test_a_commit_is_told_by_what_is_counted_alone(tmp_path):
    def git(*arguments):
        who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    def commit(path):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
        git("add", ".")
        git("commit", "-m", path)

    assert state(tmp_path) == ""
    git("init", "-q")
    commit("pipeline/scoring/winner.py")
    first = state(tmp_path)
    assert len(first) == 7
    commit("pipeline/run.py")
    commit("benchmarks/coverage/page.py")
    assert state(tmp_path) == first
    (tmp_path / "pipeline/scoring/winner.py").write_text("other")
    assert state(tmp_path) == f"{first}+"
    commit("benchmarks/coverage/cells.py")
    assert state(tmp_path) not in (first, f"{first}+", "")


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
