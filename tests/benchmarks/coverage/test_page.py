"""A section is made by itself, and the others stay as they were."""

import os
import subprocess

import pytest

from benchmarks.coverage import __main__ as coverage
from benchmarks.coverage.__main__ import main
from benchmarks.coverage.page import HEAD, merged
from benchmarks.coverage.parts import PARTS
from benchmarks.coverage.state import _COUNTED, _ROOT, _TOLD, _WHOLE, state


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


def test_the_head_tells_of_which_commits_it_is():
    made = {
        "areas": "1,000 simulations a cell, 0.2 minutes of one core on 2026-01-01, at 1234567.",
        "alike": "400 comparisons a cell, 1.5 minutes of one core on 2026-01-01, at 1234567.",
    }
    assert "\nSections by commit: 2 at 1234567.\n" in merged("", made)
    again = merged("", made | {"runs": "10 whole runs, 2.5 minutes of one core on 2026-01-02, at abcdef0+."})
    assert "\nSections by commit: 2 at 1234567, 1 at abcdef0+.\n" in again
    old = merged("", made | {"folds": "1,000 simulations a cell, 2.5 minutes of one core on 2026-01-02."})
    assert "\nSections by commit: 2 at 1234567, 1 at one that is not told.\n" in old


FEW = "300 simulations a cell, 1 minutes of one core on 2026-01-01, at 1234567 (the usual 1,000 would take about 5)."
WHOLE = "400 comparisons a cell, 1.5 minutes of one core on 2026-01-01, at 1234567."
MANY = "1,000 simulations a cell, 1.5 minutes of one core on 2026-01-01, at 1234567."


@pytest.fixture
def asked(monkeypatch):
    """The parts that are made, instead of making them."""
    asked = []
    monkeypatch.setattr(coverage, "state", lambda part: "1234567")
    monkeypatch.setattr(coverage, "_made", lambda name, *_: asked.append(name) or usual()[name])
    return asked


def usual():
    """A section for each part, as often as usual."""
    of = {"gates": WHOLE, "simulations": MANY, "runs": WHOLE.replace("400 comparisons a cell", "10 whole runs")}
    return {name: of[counted] for name, (_, counted, _) in PARTS.items()}


def test_only_what_the_page_lacks_of_this_commit_is_made(tmp_path, asked):
    page = tmp_path / "page.md"
    page.write_text(merged("", usual() | {"areas": FEW, "winner": WHOLE.replace("1234567", "7654321"), "runs": "old"}))
    coverage.main(["--page", str(page)])
    assert asked == ["runs", "winner", "areas"]
    coverage.main(["--page", str(page)])
    coverage.main(["--page", str(page), "--parts", "alike"])
    assert asked == ["runs", "winner", "areas", "alike"]


def test_more_simulations_than_a_page_has_are_made_and_fewer_are_not(tmp_path, asked):
    page = tmp_path / "page.md"
    page.write_text(merged("", usual() | {"areas": FEW}))
    coverage.main(["--page", str(page), "--simulations", "300"])
    assert asked == []
    coverage.main(["--page", str(page), "--simulations", "300", "--runs", "11"])
    assert asked == ["runs"]


def test_files_that_have_changed_since_a_commit_are_nobodys(tmp_path, asked, monkeypatch):
    page = tmp_path / "page.md"
    page.write_text(merged("", {name: text.replace("1234567", "1234567+") for name, text in usual().items()}))
    monkeypatch.setattr(coverage, "state", lambda part: "1234567+")
    coverage.main(["--page", str(page)])
    assert asked == list(PARTS)


def test_files_that_change_while_they_are_counted_are_admitted(tmp_path, monkeypatch):
    page, states = tmp_path / "page.md", iter(["1234567", "7654321"])
    monkeypatch.setattr(coverage, "state", lambda part: next(states))
    main(["--simulations", "20", "--processes", "1", "--parts", "areas", "--page", str(page)])
    assert ", at 1234567+ (the usual" in page.read_text()


def test_a_commit_is_told_by_what_is_counted_alone(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)  # as of a hook, which would commit elsewhere

    def git(*arguments):
        who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    def commit(path):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
        git("add", ".")
        git("commit", "-m", path)

    assert state("areas", tmp_path) == ""
    git("init", "-q")
    commit("pipeline/scoring/winner.py")
    first = state("areas", tmp_path)
    assert len(first) == 7
    assert state("runs", tmp_path) == first
    commit("pipeline/run.py")
    commit("benchmarks/coverage/page.py")
    assert state("areas", tmp_path) == first
    assert state("runs", tmp_path) not in (first, f"{first}+", "")
    (tmp_path / "pipeline/scoring/winner.py").write_text("other")
    assert state("areas", tmp_path) == f"{first}+"
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    assert state("areas", tmp_path) == f"{first}+"
    monkeypatch.delenv("GIT_DIR")
    commit("benchmarks/coverage/cells.py")
    assert state("areas", tmp_path) not in (first, f"{first}+", "")


@pytest.mark.parametrize("path", [*_COUNTED, *_WHOLE, *_TOLD])
def test_what_a_commit_is_told_by_is_there(path):
    """A file that was moved would change without a word."""
    assert (_ROOT / path).exists()


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
