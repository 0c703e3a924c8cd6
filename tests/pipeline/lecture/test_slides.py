"""Every slide has its place: docs/lecture.md against the page, the catalogue and the ledger."""

import re
from pathlib import Path

import pytest

from experiments.catalogue import EXPERIMENTS
from experiments.lecture import EXAMPLES
from pipeline.lecture.page import lecture_page

DOCUMENT = Path(__file__).parents[3] / "docs" / "lecture.md"
VERDICTS = {"agrees", "agrees with R", "misprint", "cannot be recomputed", "worked", "answered", "told"}


@pytest.fixture(scope="module")
def slides():
    """Slide, section, command, verdict and note of every row."""
    lines = [line for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith("| ")][2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def test_every_section_is_an_anchor_of_the_page_and_every_anchor_has_slides(slides, lecture, lecture_checks):
    page = lecture_page(list(lecture.values()), lecture_checks, {})

    assert {section for _, section, *_ in slides} == set(re.findall(r'<h2 id="(\w+)"', page)) - {"ledger"}


def test_every_command_is_one_and_every_verdict_is_known(slides):
    assert {command for _, _, command, *_ in slides} <= {"lecture", *EXPERIMENTS}
    assert {verdict for *_, verdict, _ in slides} == VERDICTS


def test_slides_are_listed_once(slides):
    names = [slide for slide, *_ in slides]

    assert len(names) == len(set(names)) >= 70


def test_a_verdict_is_one_that_its_section_has(slides, lecture, lecture_checks):
    for slide, section, command, verdict, _ in slides:
        if command != "lecture":
            continue
        found = {row.verdict for row in lecture_checks if row.example == section}
        found |= {"agrees"} if any(each.holds for each in lecture[section].agreements) else set()
        found |= {"agrees_with_r"} if any("R's" in each.peer for each in lecture[section].agreements) else set()
        if verdict in ("agrees", "misprint"):
            assert verdict in found, slide
        if verdict == "agrees with R":
            assert "agrees_with_r" in found, slide
        if verdict == "cannot be recomputed":
            assert "not_recomputable" in found, slide
        if verdict == "answered":
            assert next(example for example in EXAMPLES if example.name == section).questions, slide


def test_the_page_prints_every_misprint_that_the_table_counts_on(slides, lecture_checks):
    sections = {section for _, section, _, verdict, _ in slides if verdict == "misprint"}

    assert sections == {row.example for row in lecture_checks if row.verdict == "misprint"}
