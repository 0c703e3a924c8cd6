"""What is no table, through the command: one clear line, exit 2, and nothing left behind."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from pipeline import run
from pipeline.data import of_text, opened
from pipeline.own import _date_format

ROWS = "age,size,left\n" + "".join(f"{20 + 3 * k},{k % 7}.5,{'yes' if k % 3 else 'no'}\n" for k in range(60))


@pytest.fixture
def refused(workplace, capfd):
    """Runs the command on a file of a content, and returns what it says."""

    def run_on(content, *options, name="own.csv"):
        if content is not None:
            Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
        before = sorted(workplace.rglob("*"))
        assert run.main([name, "--target", "left", *options]) == run.BAD_INPUT
        told = capfd.readouterr()
        (line,) = told.err.strip().splitlines()
        assert "Traceback" not in line
        assert sorted(workplace.rglob("*")) == before
        return line

    return run_on


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "The file is empty"),
        ("age,left\n", "expected rows below the header. Received: n_rows=0"),
        (np.random.default_rng(0).bytes(4096), "expected "),
        (b"\x7fELF\x02\x01\x01\x00", "byte='0x00'"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, "a picture"),
        (ROWS.replace("\n26,2.5,", "\n26,2.5,9,", 1), "line=4, cells=4"),
        (ROWS.replace("\n26,2.5,", "\n26,", 1), "line=4, cells=2"),
        (
            ROWS.replace("\n26,2.5,", "\n26,two and a half,", 1),
            "Received: line=4, column='size', cell='two and a half'",
        ),
        (ROWS.replace("age", "left", 1), "expected each column once in the header. Received: twice=['left']"),
        (ROWS.replace(",left\n", ",letf\n", 1), "Did you mean 'letf'?"),
        (",".join(f"x{k}" for k in range(100_000)) + "\n", "at most 20000 columns. Received: n_columns=100000"),
        (gzip.compress(ROWS.encode(), mtime=0)[:-20], "Fetch or pack it again"),
    ],
)
def test_what_is_no_table_is_told_in_one_line(refused, content, said):
    assert said in refused(content)


def test_a_folder_is_told(refused):
    for name in ("cat", "dog", "eel", "fox"):
        Path("pictures", name).mkdir(parents=True)
    for name in ("pictures", "./pictures"):
        line = refused(None, name=name)
        assert "Received: folder='pictures', holds=['cat/', 'dog/', 'eel/'], more=1." in line
        assert "a sub-folder of images for each class leave --target out: the sub-folders say it." in line


def test_an_archive_that_unpacks_to_far_more_than_it_is_stops_at_a_bound(refused, monkeypatch):
    monkeypatch.setattr(opened, "_HARMLESS", 1 << 20)
    assert "unpacks to at most 200 times its size" in refused(gzip.compress(b"a,left\n" + b"0,0\n" * (4 << 20)))


def test_a_file_that_changes_while_it_is_read_is_told(refused, monkeypatch):
    read_cells = of_text._cells

    def grow(*arguments):
        with open("own.csv", "a") as more:
            more.write("99,1.5,yes\n")
        return read_cells(*arguments)

    monkeypatch.setattr(of_text, "_cells", grow)
    line = refused(ROWS)
    assert "stays as it is while it is read" in line


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--date-format", "agee=%d.%m.%Y"), "Did you mean 'age'?"),
        (("--date-format", "age=%d.%m.%Y"), "column='age'"),
        (("--date-format", "%d.%m.%Y"), "expected date_format of a column"),
        (("--date-format", "%d.%m.%Y", "--date-format", "age=%m.%d.%Y"), "COLUMN=FORMAT in each"),
        (("--date-format", "age=%d.%m.%Y", "--date-format", "age=%m.%d.%Y"), "one --date-format for a column"),
    ],
)
def test_formats_of_dates_that_fit_nothing_are_told(refused, options, said):
    assert said in refused(ROWS, *options)


def test_a_format_is_of_all_columns_or_of_each_that_is_named():
    assert _date_format([], "run") is None
    assert _date_format(["%d.%m.%Y"], "run") == "%d.%m.%Y"
    assert _date_format(["a=b=%d.%m.%Y", "c=%m"], "run") == {"a=b": "%d.%m.%Y", "c": "%m"}


def test_rows_without_a_target_are_left_out_wherever_they_would_have_stood(workplace, capfd):
    rows = ROWS.splitlines()
    rows[3:30:4] = [line.rpartition(",")[0] + "," for line in rows[3:30:4]]
    Path("own.csv").write_text("\n".join(rows) + "\n")
    options = ["--candidates", "majority_class,logistic_regression", "--folds", "5", "--epochs", "1"]
    assert run.main(["own.csv", "--target", "left", *options]) == 0
    assert "7 rows without a target are left out." in capfd.readouterr().out
