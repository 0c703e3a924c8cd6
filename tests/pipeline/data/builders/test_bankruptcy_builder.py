"""The bankruptcy file: read as it is, refused with file, column and line when it is not the set."""

import io
import re
import tracemalloc
import zipfile

import numpy as np
import pandas as pd
import pytest

from pipeline.data.builders import bankruptcy
from pipeline.data.builders.bankruptcy import Bankruptcy
from pipeline.data.builders.bankruptcy_ratios import RATIOS
from pipeline.data.sources import DataUnavailable

HEADER = ["Bankrupt?", *(f" {ratio}" for ratio in RATIOS)]


def csv_text(header=HEADER, rows=40, edit=lambda cells: None):
    """A small file of the set's form: every third company bankrupt, ratio j of row i is i + j / 100."""
    cells = [[str(int(i % 3 == 0)), *(str(i + j / 100) for j in range(len(header) - 1))] for i in range(rows)]
    edit(cells)
    return "\n".join(",".join(line) for line in [header, *cells]) + "\n"


def put(row, column, value):
    def edit(cells):
        cells[row][column] = value

    return edit


def all_healthy(cells):
    for row in cells:
        row[0] = "0"


BAD = {
    "nothing": ("", "header and rows below it"),
    "only a header": (csv_text(rows=0), "header and rows below it"),
    "missing column": (csv_text(HEADER[:-1]), "missing=['Equity to Liability'], extra=[]"),
    "extra column": (csv_text([*HEADER, "Id"]), "missing=[], extra=['Id']"),
    "duplicated header": (csv_text([*HEADER[:-1], HEADER[1]]), "duplicated=['ROA(C) before interest and"),
    "text in a number": (
        csv_text(edit=put(4, 33, "high")),
        "line=6, column='Current Ratio', value='high'",
    ),
    "NaN": (csv_text(edit=put(0, 33, "NaN")), "line=2, column='Current Ratio', value='NaN'"),
    "empty cell": (csv_text(edit=put(0, 34, "")), "line=2, column='Quick Ratio', value=''"),
    "infinity": (csv_text(edit=put(39, 95, "-inf")), "line=41, column='Equity to Liability', value='-inf'"),
    "line cut short": (csv_text()[:-30], "line=41, n_cells=9"),
    "line too long": (csv_text(edit=put(7, 95, "1,2")), "line=9, n_cells=97"),
    "label that is no class": (csv_text(edit=put(2, 0, "2")), "line=4, column='Bankrupt?', value=2.0"),
    "one class only": (csv_text(edit=all_healthy), "both classes, 0 and 1. Received: column='Bankrupt?'"),
    "too few rows": (csv_text(), "{0: 6599, 1: 220}. Received: column='Bankrupt?', rows_of_class={1: 14, 0: 26}"),
    "a quote that never closes": (csv_text(edit=put(0, 1, '"' + "9" * 200_000)), "cells between commas"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_wrong_file_is_refused_with_its_name_and_the_place(case, tmp_path):
    text, place = BAD[case]
    file = tmp_path / "data.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(place)) as caught:
        Bankruptcy.read((file,))
    assert str(caught.value).startswith(f"{file}: expected ")


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (csv_text().encode("latin-1"), "line=1, byte=0xa5"),  # the yen sign in the header
        (csv_text().encode("utf-16"), "line=1, byte=0xff"),
        (csv_text().encode() + b"\xe9", "line=42, byte=0xe9"),
    ],
    ids=["latin-1", "utf-16", "one byte"],
)
def test_another_encoding_is_refused_with_the_line(content, place, tmp_path):
    file = tmp_path / "data.csv"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=f"{file}: expected text in UTF-8. Received: {place}"):
        Bankruptcy.read((file,))


def zipped(text, member="data.csv"):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, text)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (zipped(csv_text())[:-60], "expected a whole zip archive"),
        (zipped(csv_text())[:100], "expected a whole zip archive"),
        (b"", "expected a whole zip archive"),
        (zipped("none", member="readme.txt"), r"expected data.csv in the archive. Received: members=\['readme.txt'\]"),
        (zipped(csv_text(rows=0)), "expected a header and rows below it"),
    ],
    ids=["end cut off", "start only", "empty", "other content", "csv without rows"],
)
def test_a_wrong_zip_is_refused_with_its_name(content, expected, tmp_path):
    file = tmp_path / Bankruptcy.ZIP
    file.write_bytes(content)
    with pytest.raises(ValueError, match=f"^{re.escape(str(file))}: {expected}"):
        Bankruptcy.read((file,))


def test_a_damaged_member_of_a_zip_is_refused(tmp_path):
    content = bytearray(zipped(csv_text()))
    content[2000] ^= 0xFF
    file = tmp_path / Bankruptcy.ZIP
    file.write_bytes(content)
    with pytest.raises(ValueError, match="expected a whole zip archive"):
        Bankruptcy.read((file,))


def packed(packing, **changes):
    """A zip of 5,000 letters whose header says something else, or whose content is damaged."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as archive:
        archive.writestr("data.csv", np.random.default_rng(0).bytes(2500).hex())
    content = bytearray(buffer.getvalue())
    directory = content.find(b"PK\x01\x02")
    if "flag" in changes:
        content[6] |= changes["flag"]
        content[directory + 8] |= changes["flag"]
    if "method" in changes:
        content[8] = content[directory + 10] = changes["method"]
    for place in changes.get("damaged", ()):
        content[place] = 0xFF
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        packed(zipfile.ZIP_STORED, flag=1),
        packed(zipfile.ZIP_DEFLATED, flag=1),
        packed(zipfile.ZIP_STORED, method=97),
        packed(zipfile.ZIP_STORED, method=9),  # as Windows writes large files
        packed(zipfile.ZIP_LZMA, damaged=range(60, 70)),
        packed(zipfile.ZIP_BZIP2, damaged=range(44, 54)),
        packed(zipfile.ZIP_DEFLATED, damaged=range(60, 70)),
        packed(zipfile.ZIP_STORED, damaged=range(60, 70)),
        b"PK\x03\x04",
    ],
)
def test_every_damaged_kind_of_zip_is_refused_in_one_line(content, tmp_path):
    file = tmp_path / Bankruptcy.ZIP
    file.write_bytes(content)
    with pytest.raises(ValueError, match="expected a whole zip archive") as refused:
        Bankruptcy.read((file,))
    assert "\n" not in str(refused.value)
    assert "unpack it yourself" in str(refused.value)


@pytest.mark.parametrize("name", ["data.csv", Bankruptcy.ZIP])
def test_memory_does_not_grow_with_what_a_file_unpacks_to(name, tmp_path, monkeypatch):
    monkeypatch.setattr(bankruptcy, "_MOST_BYTES", 1 << 20)
    text = "0," * (8 << 20)
    file = tmp_path / name
    file.write_bytes(zipped(text) if name.endswith("zip") else text.encode())
    tracemalloc.start()
    with pytest.raises(
        ValueError, match=r"expected at most 1048576 bytes of text\. Received: n_bytes='1048577 or more'"
    ):
        Bankruptcy.read((file,))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 << 20


@pytest.mark.parametrize(("sign", "told"), [(";", "';'"), ("\t", r"'\\t'"), ("|", r"'\|'")])
def test_another_separator_is_named_in_one_short_line(sign, told, tmp_path):
    file = tmp_path / "data.csv"
    file.write_text(csv_text().replace(",", sign), encoding="utf-8")
    with pytest.raises(ValueError, match=f"expected cells between commas. Received: separator={told}") as refused:
        Bankruptcy.read((file,))
    assert len(str(refused.value)) < 200 + len(str(file))


def test_a_file_of_other_columns_is_refused_without_all_their_names(tmp_path):
    file = tmp_path / "data.csv"
    file.write_text(",".join(f"column {number}" for number in range(96)) + "\n" + "1," * 95 + "1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="and 91 more") as refused:
        Bankruptcy.read((file,))
    assert len(str(refused.value)) < 900


@pytest.mark.parametrize("cell", ["5_1", "٣", "1_0.5", "１"])
def test_digits_that_only_python_takes_for_a_number_are_refused(cell, tmp_path):
    head, row, *rest = csv_text().splitlines()
    cells = row.split(",")
    file = tmp_path / "data.csv"
    file.write_text("\n".join([head, ",".join([*cells[:3], cell, *cells[4:]]), *rest]), encoding="utf-8")
    with pytest.raises(ValueError, match=f"expected a finite number in every cell. Received: line=2, .*value='{cell}'"):
        Bankruptcy.read((file,))


@pytest.mark.parametrize("choice", Bankruptcy.CHOICES)
def test_the_file_is_found_at_every_place_it_may_have(choice, tmp_path):
    file = tmp_path / choice
    file.parent.mkdir(exist_ok=True)
    file.touch()
    assert Bankruptcy.locate(tmp_path) == (file,)


def test_without_a_file_the_message_says_which_where_and_how_to_get_it(tmp_path):
    with pytest.raises(DataUnavailable) as caught:
        Bankruptcy.locate(tmp_path)
    for part in ("bankruptcy/data.csv", Bankruptcy.ZIP, str(tmp_path), "archive.ics.uci.edu/dataset/572", "--download"):
        assert part in str(caught.value)


def test_the_real_file_is_read_as_pandas_reads_it(real_data_dir):
    file = real_data_dir / "bankruptcy" / "data.csv"
    frame = pd.read_csv(file, float_precision="round_trip").rename(columns=str.strip)
    rows = Bankruptcy.read((file,))
    np.testing.assert_array_equal(rows.X, frame[list(RATIOS)])
    np.testing.assert_array_equal(rows.y, frame["Bankrupt?"])
    assert rows.X.shape == (6819, 95)
    assert rows.y.sum() == 220


def test_a_zip_and_another_order_of_the_columns_give_the_same_rows(real_data_dir, tmp_path):
    plain = real_data_dir / "bankruptcy" / "data.csv"
    text = pd.read_csv(plain, dtype=str).iloc[:, ::-1].to_csv(index=False)
    file = tmp_path / Bankruptcy.ZIP
    file.write_bytes(zipped(text))
    np.testing.assert_array_equal(Bankruptcy.read((file,)).X, Bankruptcy.read((plain,)).X)
