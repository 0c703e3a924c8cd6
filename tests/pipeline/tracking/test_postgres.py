"""A store in a real PostgreSQL database: first use by many, runs and what they tell, and no password anywhere."""

import os
import time

import pytest

from pipeline import predict, run, stored, usage
from pipeline.tracking import Tracker
from pipeline.tracking import address as module
from pipeline.tracking.answering import StoreGone


@pytest.fixture(autouse=True)
def clean(workplace, monkeypatch):
    """No password of another test, and what is set here is gone afterwards."""
    for name in ("PGPASSWORD", "MLFLOW_TRACKING_URI"):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(module, "_passwords", {})


@pytest.fixture(scope="module")
def cold(postgres, eight_at_once, tmp_path_factory):
    """A database that eight processes have opened at once when it was empty, and what became of them."""
    place = tmp_path_factory.mktemp("eight")
    return place, eight_at_once(postgres.new("cold"), place)


def test_eight_first_runs_at_once_all_end_well(postgres, cold):
    place, ended = cold
    assert ended == ("0 0 0 0 0 0 0 0", "")
    by_name = postgres.told("cold", "SELECT name, count(*) FROM experiments GROUP BY name ORDER BY name")
    assert by_name == ["Default|1", "small|1"]
    names = [f"run {number}" for number in range(8)]
    assert postgres.told("cold", "SELECT name FROM runs WHERE status = 'FINISHED' ORDER BY name") == names
    texts = sorted(file.read_text() for file in place.glob("mlruns/artifacts/small/*/artifacts/number.txt"))
    assert texts == [str(number) for number in range(8)]


@pytest.mark.usefixtures("cold")
def test_a_run_is_logged_shown_and_loaded_and_no_password_is_told(
    postgres, workplace, monkeypatch, flowers_comparison, flowers, capfd
):
    for room in (run, stored, usage):
        monkeypatch.setattr(room, "COMPARISONS", {"flowers": flowers_comparison})
    uri = postgres.uri("cold")
    assert run.main(["flowers", "--folds", "2", "--register", "--tracking-uri", uri]) == 0
    assert run.main(["compare", "flowers", "--tracking-uri", uri]) == 0
    flowers.rows[:2].to_csv("rows.csv", index=False)
    assert predict.main(["models:/flowers@champion", "rows.csv", "--tracking-uri", uri]) == 0
    told = capfd.readouterr()
    assert "tanh_8" in told.out
    assert "export MLFLOW_TRACKING_URI=postgresql+psycopg2://ann@127.0.0.1" in told.out
    seen = [told.out, told.err, postgres.dump("cold")]
    seen += [file.read_bytes().decode("latin-1") for file in workplace.rglob("*") if file.is_file()]
    assert not any("s3cr3t" in text for text in seen)


@pytest.mark.usefixtures("cold")
def test_eight_that_register_at_once_lose_no_version(postgres, eight_register):
    found = eight_register(postgres.uri("cold"))
    assert found["ended"] == [0] * 8
    assert sorted(found["versions"]) == [str(number) for number in range(1, 9)]
    assert sorted(found["versions"].values()) == [[str(number)] * 2 for number in range(8)]
    assert set(found["aliases"]) == {"champion"}
    assert str(found["aliases"]["champion"]) in found["versions"]
    assert postgres.told("cold", "SELECT count(*) FROM registered_model_aliases WHERE name = 'shared'") == ["1"]


@pytest.mark.usefixtures("cold")
@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("postgresql://ann:wr0ng@127.0.0.1:{port}/cold", "password authentication failed"),
        ("postgresql://ann:wr0ng@127.0.0.1:1/cold", "Connection refused"),
        ("postgresql://ann:s3cr3t%2F%40%3A%3F%25@127.0.0.1:{port}/nothing", 'database "nothing" does not exist'),
    ],
)
def test_a_database_that_lets_nobody_in_is_told_in_one_line(postgres, capfd, address, message):
    begun = time.monotonic()
    assert run.main(["backpropagation", "--tracking-uri", address.format(port=postgres.port)]) == 2
    assert time.monotonic() - begun < 30
    (line,) = capfd.readouterr().err.splitlines()
    assert "tracking: expected a database that answers within 10 seconds." in line
    assert message in line
    assert "wr0ng" not in line
    assert "s3cr3t" not in line


@pytest.mark.usefixtures("cold")
def test_one_that_dies_is_told_soon_and_the_run_is_closed_by_the_next(postgres):
    tracker = Tracker(postgres.uri("cold"))
    begun = time.monotonic()

    def log():
        with tracker.run("small", name="dies", tags={}) as opened:
            postgres.stop()
            opened.log_texts({"a.txt": "a"})
            opened.log_tag("after", "the end")

    with pytest.raises(StoreGone, match="tracking: expected a server that answers"):
        log()
    assert time.monotonic() - begun < 30
    postgres.start()
    assert postgres.told("cold", "SELECT status FROM runs WHERE name = 'dies'") == ["RUNNING"]
    Tracker(postgres.uri("cold"))
    assert postgres.told("cold", "SELECT status FROM runs WHERE name = 'dies'") == ["KILLED"]
    assert os.environ["PGPASSWORD"]
