"""The lecture, worked once for all tests that draw or tell it."""

import pytest

from experiments.lecture import EXAMPLES
from pipeline.check import check
from pipeline.drawing import draw
from pipeline.values import Check, Worked
from pipeline.work import work


@pytest.fixture(scope="session")
def lecture() -> dict[str, Worked]:
    """Every worked example by its name, in the lecture's order."""
    return {example.name: work(example) for example in EXAMPLES}


@pytest.fixture(scope="session")
def lecture_checks(lecture) -> list[Check]:
    """The whole ledger."""
    return [row for worked in lecture.values() for row in check(worked)]


@pytest.fixture(scope="session")
def lecture_figures(lecture):
    """Every picture by its example's name."""
    return {name: draw(worked) for name, worked in lecture.items()}
