"""A file or a frame becomes text columns or typed ones; what is no table is refused by file and line."""

import codecs
import gzip
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from pipeline.data import of_text, opened, sheet
from pipeline.data.reading import read

TABLES = Path(__file__).parents[2] / "data" / "tables"


@pytest.fixture
def write(tmp_path):
    """Writes a file and returns its path."""

    def write(content: str | bytes, name: str = "rows.csv") -> Path:
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return write


def cells(source) -> dict[str, list]:
    return {name: column.to_pylist() for name, column in read(source).columns.items()}


def refused(source, *parts: str) -> str:
    """Checks that an error is one line that names the file and what is given."""
    with pytest.raises(ValueError, match="expected ") as caught:
        read(source)
    told = str(caught.value)
    for part in (str(source), "expected ", "Received: ", *parts):
        assert part in told
    assert "\n" not in told
    assert len(told) < 400
    return told


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_and_said(write, separator):
    file = write(f"a{separator}b\n1{separator}x\n2{separator}y\n")
    assert cells(file) == {"a": ["1", "2"], "b": ["x", "y"]}
    assert read(file).separator == separator


@pytest.mark.parametrize(
    ("content", "separator", "names"),
    [
        # As a German or French Excel saves: the decimal commas make rows of more cells than the header has.
        ("ROA(C);ROA(A);Bankrupt?\n0,37;0,42;1\n0,46;0,53;0\n", ";", ["ROA(C)", "ROA(A)", "Bankrupt?"]),
        ('first name\tlast, first\n"a;b"\tx, y\nc;d\tz, w\n', "\t", ["first name", "last, first"]),
        ("id|note\n1|a;b,c\n2|d\n", "|", ["id", "note"]),
        ('a,note\n1,"x;y;z"\n2,"x;y;z"\n', ",", ["a", "note"]),
    ],
)
def test_a_wall_of_another_separator_is_read_not_told_in_a_wall(write, content, separator, names):
    sheet = read(write(content))
    assert sheet.separator == separator
    assert list(sheet.columns) == names


def test_a_file_is_text_and_every_cell_stays_as_it_is_written(write):
    # The naive way makes 1234 of 01234 and a gap of Namibia.
    file = write("zip,country,size\n01234,NA,1e5\n02134,,5_1\n")
    assert cells(file) == {"zip": ["01234", "02134"], "country": ["NA", ""], "size": ["1e5", "5_1"]}
    assert read(file).is_text


@pytest.mark.parametrize(
    "content",
    [
        b"a,b\n1,2\n3,4\n",
        b"a,b\r\n1,2\r\n3,4\r\n",
        b"a,b\r1,2\r3,4\r",
        b"a,b\n1,2\n\n3,4",
        codecs.BOM_UTF8 + b"a,b\n1,2\n3,4\n",
        "a,b\n1,2\n3,4\n".encode("utf-16"),
        b'"a","b"\n"1","2"\n"3","4"\n',
        b" a , b\n1,2\n3,4\n",
        gzip.compress(b"a,b\n1,2\n3,4\n", mtime=0),
    ],
)
def test_marks_line_ends_quotes_and_gzip_are_nothing_special(write, content):
    assert cells(write(content)) == {"a": ["1", "3"], "b": ["2", "4"]}


def test_a_quoted_line_end_is_in_its_cell_and_lines_are_counted_with_it(write):
    sheet = read(write('a,b\n1,"two\nlines"\n\n3,"say ""hi"""\n'))
    assert sheet.columns["b"].to_pylist() == ["two\nlines", 'say "hi"']
    assert [sheet.at(row) for row in range(2)] == [{"line": 2}, {"line": 5}]


def test_lines_are_counted_from_the_header_in_a_plain_file(write):
    sheet = read(write("a,b\n1,2\n3,4\n5,6"))
    assert [sheet.at(row) for row in range(3)] == [{"line": 2}, {"line": 3}, {"line": 4}]
    assert sheet.only(np.array([False, False, True])).at(0) == {"line": 4}


def test_a_quotation_mark_within_a_cell_is_a_letter(write):
    assert cells(write('size,n\n5" pipe,1\n7" pipe,2\n3" pipe,3\n'))["size"] == ['5" pipe', '7" pipe', '3" pipe']


def test_a_column_without_a_name_is_called_as_pandas_calls_it(write):
    assert list(read(write(",a\n0,1\n")).columns) == list(pd.read_csv(write(",a\n0,1\n")).columns)


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("a,b\n1,2\n\n1,2,3\n", ("2 cells in every line", "line=4, cells=3")),
        ('a;b\n1;"x\ny"\n1\n', ("2 cells in every line", "line=4, cells=1")),
        ('a,b\n1,2\n3,"4\n5,6\n', ("line=3", "Close the quotation mark")),
        ("", ("The file is empty",)),
        ("\n\n", ("The file is empty",)),
        ("a,b\n", ("rows below the header", "n_rows=0")),
        ("a,b, a\n1,2,3\n", ("each column once", "twice=['a']")),
        ("a,b\n1,2\na,b\n3,4\n", ("one header", "line=3")),
        ("a,b\n1,2\n3,\x00\n", ("line=3, byte='0x00'",)),
        ("a,b\n1,2\nä,3\n".encode("latin-1"), ("UTF-8", "line=3, byte='0xe4'")),
        (b"PAR1 and then nothing", ("Parquet",)),
        (b"\x89PNG\r\n\x1a\n", ("a picture",)),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ("an Excel file", "Save it as CSV")),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(write, content, parts):
    refused(write(content), *parts)


def test_a_broken_line_far_below_is_named(write):
    # One that only the first 200 rows are looked at for would not find it.
    refused(write("a,b\n" + "1,2\n" * 300_000 + "1\n" + "1,2\n"), "line=300002, cells=1")


def test_100000_columns_are_refused_before_they_are_read(write):
    names = ",".join(f"x{number}" for number in range(100_000))
    refused(write(f"{names}\n{names}\n"), "at most 20000 columns", "n_columns=100000")


def test_a_line_without_end_is_refused(write):
    refused(write(gzip.compress(b"0" * (1 << 24))), "lines of at most")
    refused(write(b"a,b\n" + b"0" * (1 << 24) + b",1\n"), "line=2", "shorten the cell")


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (gzip.compress(b"a,b\n" + b"1,2\n" * 100_000, mtime=0)[:-30], "Compressed file ended"),
        (b"\x1f\x8b\x08\x00 this is no gzip at all", "invalid"),
        (b"PK\x03\x04 this is no zip at all", "File is not a zip file"),
    ],
)
def test_a_damaged_archive_is_told(write, content, part):
    refused(write(content), part, "Fetch or pack it again")


def test_gzip_damaged_in_the_middle_is_told(write):
    packed = bytearray(gzip.compress(np.random.default_rng(0).bytes(300_000).hex().encode()))
    packed[len(packed) // 2] ^= 0xFF
    refused(write(bytes(packed)), "whole archive")


def zipped(file: Path, method: int, **members: str) -> bytearray:
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(re.sub("_(csv|md|xml)$", r".\1", name), content)
    return bytearray(file.read_bytes())


def test_a_zip_of_one_table_is_read(tmp_path):
    file = tmp_path / "rows.zip"
    zipped(file, zipfile.ZIP_DEFLATED, rows_csv="a,b\n1,2\n", readme_md="what it is")
    assert cells(file) == {"a": ["1"], "b": ["2"]}


def test_zips_that_cannot_be_read_are_refused_by_what_is_wrong(tmp_path):
    file = tmp_path / "rows.zip"
    content = "a,b\n" + "1,2\n" * 2000
    zipped(file, zipfile.ZIP_STORED, one_csv="a\n1\n", two_csv="a\n1\n")
    refused(file, "one table in the archive", "files=['one.csv', 'two.csv']")
    zipped(file, zipfile.ZIP_STORED, **{"[Content_Types]_xml": "<xml/>", "sheet1_xml": "<xml/>"})
    refused(file, "an Excel file")

    encrypted = zipped(file, zipfile.ZIP_STORED, rows_csv=content)
    encrypted[6] |= 1
    encrypted[encrypted.find(b"PK\x01\x02") + 8] |= 1
    file.write_bytes(encrypted)
    refused(file, "without a password", "rows.csv")

    unknown = zipped(file, zipfile.ZIP_STORED, rows_csv=content)
    unknown[8] = 97
    unknown[unknown.find(b"PK\x01\x02") + 10] = 97
    file.write_bytes(unknown)
    refused(file, "compression method is not supported")


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_zip_damaged_inside_is_told(tmp_path, method):
    file = tmp_path / "rows.zip"
    damaged = zipped(file, method, rows_csv=np.random.default_rng(0).bytes(5000).hex())
    damaged[100:110] = b"\xff" * 10
    file.write_bytes(damaged)
    refused(file, "whole archive")


def test_an_archive_that_unpacks_to_too_much_stops_at_a_bound(write, monkeypatch):
    monkeypatch.setattr(opened, "_HARMLESS", 3 << 20)
    seen = []
    monkeypatch.setattr(opened.Watched, "_require_bounded", spied(opened.Watched._require_bounded, seen))
    bomb = write(gzip.compress(b"a,b\n" + b"0,0\n" * (16 << 20)), "bomb.csv.gz")
    refused(bomb, "unpacks to at most 200 times its size", "Unpack it yourself")
    assert max(seen) <= max(3 << 20, 200 * bomb.stat().st_size) + opened.CHUNK < 16 << 22


def spied(check, seen):
    def check_and_note(self):
        seen.append(self.n_bytes)
        check(self)

    return check_and_note


def test_more_text_or_cells_than_fit_are_refused(write, monkeypatch):
    monkeypatch.setattr(opened, "MOST_TEXT", 1000)
    refused(write("a,b\n" + "1,2\n" * 1000), "at most 1000 bytes of text")
    monkeypatch.setattr(opened, "MOST_TEXT", 4 << 30)
    monkeypatch.setattr(of_text, "MOST_CELLS", 1000)
    refused(write("a,b\n" + "1,2\n" * 1000), "at most 1000 cells")


def test_a_file_that_changes_while_it_is_read_is_refused(write, monkeypatch):
    file = write("a,b\n1,2\n")
    read_cells = of_text._cells

    def grow(*arguments):
        with file.open("a") as more:
            more.write("3,4\n")
        return read_cells(*arguments)

    monkeypatch.setattr(of_text, "_cells", grow)
    refused(file, "stays as it is while it is read", "bytes_before=8, bytes_after=12")


def test_a_file_that_cannot_be_opened_is_told(write, tmp_path, monkeypatch):
    refused(tmp_path / "none.csv", "an existing file")
    refused(tmp_path, "Name one of its files")

    def deny(*_, **__):
        raise PermissionError(13, "Permission denied")

    file = write("a,b\n1,2\n")
    monkeypatch.setattr(Path, "open", deny)
    refused(file, "Permission denied")


FRAME = pd.DataFrame(
    {
        "whole": pd.array([1, None, 3], dtype="Int64"),
        "number": [0.5, np.nan, -1.0],
        "said": [True, None, False],
        "when": pd.to_datetime(["2022-03-05", None, "2022-03-06"]),
        "word": ["a", None, "b"],
        "level": pd.Categorical(["y", "x", None]),
    }
)


def test_a_frames_types_are_believed_and_gaps_are_gaps():
    sheet = read(FRAME)
    assert not sheet.is_text
    kinds = {name: re.sub(r"^large_|[<\[].*", "", str(column.type)) for name, column in sheet.columns.items()}
    assert kinds == {
        "whole": "int64",
        "number": "double",
        "said": "bool",
        "when": "timestamp",
        "word": "string",
        "level": "dictionary",
    }
    assert {column.null_count for column in sheet.columns.values()} == {1}
    assert sheet.columns["level"].to_pylist() == ["y", "x", None]
    assert cells(pd.DataFrame({"level": pd.Categorical([2, 1, None])}))["level"] == ["2", "1", None]


def test_a_row_of_a_frame_is_named_by_its_label():
    assert read(FRAME.set_axis(["x", "y", "z"])).at(1) == {"row": "y"}


def test_parquet_is_what_the_frame_was(tmp_path):
    file = tmp_path / "rows.parquet"
    FRAME.to_parquet(file)
    sheet = read(file)
    assert cells(file).keys() == cells(FRAME).keys()
    for name, column in read(FRAME).columns.items():
        assert sheet.columns[name].to_pylist() == column.to_pylist()
    assert sheet.at(0) == {"row": 1}


def test_damaged_and_oversized_parquet_is_refused(tmp_path, monkeypatch):
    file = tmp_path / "rows.parquet"
    FRAME.to_parquet(file)
    monkeypatch.setattr(sheet, "MOST_CELLS", 10)
    refused(file, "at most 10 cells", "cells=18")
    file.write_bytes(file.read_bytes()[:-20])
    refused(file, "a whole Parquet file")


def test_mixtures_become_text_and_types_of_no_table_bytes():
    frame = pd.DataFrame(
        {"mixed": [1, "a", 2.5], "for_days": pd.to_timedelta([1, 2, 3], unit="D"), "list": [[1], [], [2]]}
    )
    sheet = read(frame)
    assert sheet.columns["mixed"].to_pylist() == ["1", "a", "2.5"]
    assert pa.types.is_large_string(sheet.columns["mixed"].type)
    assert all(pa.types.is_large_binary(sheet.columns[name].type) for name in ("for_days", "list"))


@pytest.mark.parametrize(
    ("frame", "part"),
    [
        (pd.DataFrame({"a": []}), "rows below the header"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "each column once"),
        (pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")])), "Flatten them"),
    ],
)
def test_frames_that_are_no_tables_are_refused(frame, part):
    with pytest.raises(ValueError, match=f"^frame: expected .*{part}"):
        read(frame)


def test_a_table_is_never_there_as_python_objects(tmp_path):
    """3,000,000 cells as strings of Python, 60 bytes and a pointer each, would be 200 MB beside the text itself."""
    rng = np.random.default_rng(0)
    file = tmp_path / "rows.csv"
    block = pd.DataFrame(rng.normal(size=(10_000, 30))).to_csv(index=False)
    header, _, lines = block.partition("\n")
    file.write_text(f"{header}\n{lines * 10}")
    code = f"""
import resource
from pipeline.data.reading import read
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
read({str(file)!r})
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ})
    assert int(told.stdout) < 4 * file.stat().st_size
