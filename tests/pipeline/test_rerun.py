"""A run is repeated from the store: the same to the bit is said so, what moved by name, and no champion is touched."""

import sqlite3
from contextlib import closing

import pytest

from pipeline import rerun, run
from pipeline.going_on import exit_code
from pipeline.scoring import evaluate as scoring

COMMAND = ["iris", "--folds", "2", "--epochs", "3", "--candidates", "sigmoid_10,logistic_regression"]


def runs_of(folder, tag="kind", value="comparison"):
    query = "select r.run_uuid from runs r join tags t using (run_uuid) where t.key = ? and t.value = ?"
    with closing(sqlite3.connect(folder / "mlruns" / "mlflow.db")) as connection:
        return [found for (found,) in connection.execute(f"{query} order by r.start_time", (tag, value))]


@pytest.fixture
def ran(workplace):
    assert run.main([*COMMAND, "--quiet"]) == 0
    (found,) = runs_of(workplace)
    return found


def test_a_run_is_repeated_to_the_bit_and_what_moved_is_told(ran, workplace, capsys):
    assert rerun.main([ran, "--quiet"], prog="chalktape rerun") == 0
    assert "every score to the bit" in capsys.readouterr().out
    (again,) = runs_of(workplace, "repeats", ran)
    (scores,) = (workplace / "mlruns" / "artifacts").glob(f"iris/{ran}/artifacts/scores.csv")
    scores.write_text(scores.read_text().replace("sigmoid_10,0,1,accuracy,", "sigmoid_10,0,1,accuracy,1"))
    assert again != ran
    assert rerun.main([ran, "--quiet"], prog="chalktape rerun") == 5
    told = capsys.readouterr().out
    assert "Not repeated:" in told
    assert "The scores: 1 of " in told
    assert "the accuracy of sigmoid_10 on fold 0" in told


def test_who_interrupts_a_repetition_is_told_what_begins_anew(ran, workplace, monkeypatch, capsys):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(scoring, "evaluate", interrupted)
    assert rerun.main([ran, "--quiet"], prog="chalktape rerun") == 130
    assert f"This begins anew: chalktape rerun {ran}\n" in capsys.readouterr().err


GUESS, NET = {"passes": False, "changed": False}, {"passes": True, "changed": True}


@pytest.mark.parametrize(
    ("outcomes", "fail_on", "code"),
    [
        ([GUESS, NET], (), 0),
        ([GUESS, NET], ("gate",), 3),
        ([GUESS, NET], ("champion",), 4),
        ([GUESS, NET], ("champion", "gate"), 3),
        ([{"passes": True, "changed": False}], ("champion", "gate"), 0),
        ([{"passes": None, "changed": False}], ("gate",), 0),
    ],
)
def test_a_command_fails_on_what_it_was_asked_to(outcomes, fail_on, code):
    results = [{"experiment": {}}, *({"registration": outcome} for outcome in outcomes)]
    assert exit_code(results, fail_on) == code


def test_what_a_command_fails_on_is_known(workplace, capsys):
    assert run.main(["iris", "--fail-on", "gates"]) == 2
    assert "expected gate or champion, with commas between, for --fail-on" in capsys.readouterr().err


def test_a_run_without_scores_is_refused_before_it_is_repeated(workplace, monkeypatch, capsys):
    """Of a ladder it would take hours to find out that there is nothing to compare."""
    assert run.main(["history", "--quiet"]) == 0
    lecture, *_ = runs_of(workplace, value="lecture")
    monkeypatch.setattr(run, "main", lambda *_, **__: pytest.fail("it was repeated"))
    assert rerun.main([lecture], prog="chalktape rerun") == 2
    assert "rerun: expected the run of a comparison. Received: " in (told := capsys.readouterr().err)
    assert "kind='lecture'. Give its command again: its page tells what agrees." in told


def test_what_cannot_be_repeated_is_refused(workplace, capsys):
    assert rerun.main(["nobody"], prog="chalktape rerun") == 2
    assert "expected the ID of a run in the store. Received: run='nobody'" in capsys.readouterr().err
