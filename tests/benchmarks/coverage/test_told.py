"""The page tells beside each count what captions say today, and captions say the smallest share that was counted."""

import re
from math import ceil, floor

import pytest

from benchmarks.coverage import together
from benchmarks.coverage.__main__ import main
from benchmarks.coverage.page import PAGE
from benchmarks.coverage.told import as_told, counted, methods, retold
from pipeline.scoring import captions
from pipeline.scoring.captions import Method

COUNTED = "| 30 rows | f1 | 1,000 | 0.914 [0.895, 0.931] | 0.93 to 1.00 | 0.1 | 0.9 |"


@pytest.fixture(scope="module")
def made():
    return methods()


def test_what_was_counted_contradicts_a_caption_that_promises_more():
    """Though of 1,000 simulations .914 may well be .93 by chance."""
    method = Method(words="", covered=(0.93, 1.0))
    assert as_told(method, 0.914) == "0.93 to 1.00 **no**"
    assert as_told(method, 0.93) == "0.93 to 1.00"
    assert as_told(Method(words=""), 0.5) == ""


def test_only_what_is_told_is_told_anew():
    others = "| 30 rows | 0.914 [0.895, 0.931] |\n\n| 40 rows | f1 | 1,000 | 0.914 [0.895, 0.931] | x | 0.1 |  |"
    found = retold(f"{COUNTED}\n{others}", {("30 rows", "f1"): Method(words="", covered=(0.91, 0.96))})
    assert found == f"{COUNTED.replace('0.93 to 1.00', '0.91 to 0.96')}\n{others}"


def test_the_page_tells_what_captions_say_today(made):
    page = PAGE.read_text()
    assert retold(page, made) == page


FEWER = {
    captions.ERRORS_OF_ROWS: "log-normal target",
}
"""What the words of problems have in which an interval holds in fewer, as its caption says."""


def test_captions_say_the_smallest_and_the_largest_share_that_was_counted_outwards_to_a_percent(made):
    found = counted(PAGE.read_text(), made)
    assert set(found) == {method for method in captions.METHODS if method.covered is not None}
    assert set(FEWER) == {method for method in captions.METHODS if method.fewer}
    for method, cells in found.items():
        own = [share for words, share in cells if method not in FEWER or FEWER[method] not in words]
        expected = floor(100 * min(own) + 1e-9) / 100, ceil(100 * max(own) - 1e-9) / 100
        assert method.covered == expected, method.words
        fewer = [share for words, share in cells if not method.agrees(share)]
        assert bool(fewer) == bool(method.fewer), method.words


TABLES = PAGE.parent / "tables.md"
TOGETHER = {
    "blocks of time, up to 0.8 shared from row to row": r"of time, 0(\.[58])? shared",
    "blocks of time, 0.95 shared from row to row": r"of time, 0\.95 shared",
    "20 groups or more, one test set": r"\d\d\d? groups of (3|5|15) rows, one test set",
    "20 groups or more, folds and random splits": r"\d\d\d? groups of (3|5|15) rows, (5 folds|10 random)",
    "10 groups": "10 groups",
    "weights": "weights",
}
"""A row of docs/tables.md -> which problems it sums up."""


@pytest.mark.parametrize("label", TOGETHER)
def test_the_page_of_tables_sums_up_what_was_counted_outwards_to_a_percent(label):
    found = re.findall(r"^\| (\d[^|]*(?:time|groups|weights)[^|]*) \|(.*)\|$", PAGE.read_text(), flags=re.MULTILINE)
    rows = [[cell.strip() for cell in cells.split("|")] for words, cells in found if re.search(TOGETHER[label], words)]
    rows = [row for row in rows if row[0] in together.METRICS]  # the others are of two equals
    assert len(rows) % 5 == 0
    told = next(line for line in TABLES.read_text().splitlines() if line.startswith(f"| {label} |")).split("|")[3:5]
    for place, said in zip((2, 5), told, strict=True):
        shares = [float(row[place].split()[0]) for row in rows if row[place]]
        between = f"{floor(100 * min(shares) + 1e-9)} to {ceil(100 * max(shares) - 1e-9)} %" if shares else ""
        assert said.strip() == between, label


def test_a_page_is_told_anew_without_a_simulation(tmp_path, made):
    page, first = tmp_path / "page.md", next(iter(made))
    row = COUNTED.replace("30 rows", first[0]).replace("f1", first[1]).replace("0.93 to 1.00", "0.12 to 0.34")
    page.write_text(f"# Old\n\n## 95 % intervals over folds\n\n{row}\n")
    main(["--retell", "--page", str(page)])
    assert "0.12 to 0.34" not in page.read_text()
    assert "| 0.914 [0.895, 0.931] | 0.9" in page.read_text()
