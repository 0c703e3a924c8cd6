"""``docs/fit.md`` names every argument of Keras's ``fit``, ``compile`` and optimizers, and what it says is tested."""

import inspect
import re
from pathlib import Path

import keras
import pytest

from models.engine.fitting.fit import fit

ROOT = Path(__file__).parents[4]
HERE = Path(__file__).parent
PAGE = (ROOT / "docs" / "fit.md").read_text(encoding="utf-8")
TESTS = {path.name: path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py") if path != Path(__file__)}


def rows(heading):
    """The rows of the table under a heading: what, here, seen in."""
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line.strip("|").split(" | ") for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line] for line in lines[2:]]


BASE = next(one for one in keras.optimizers.Optimizer.__mro__ if one.__name__ == "BaseOptimizer")

TABLES = (
    "The arguments of `fit`",
    "What a model was compiled with",
    "What an optimizer was made with",
    "What a model may be",
)


@pytest.mark.parametrize(
    ("heading", "callable_", "others"),
    [
        (TABLES[0], keras.Model.fit, {"self"}),
        (TABLES[1], keras.Model.compile, {"self"}),
        (TABLES[2], BASE.__init__, {"self", "kwargs"}),
    ],
)
def test_every_argument_has_a_row(heading, callable_, others):
    told = {name for what, _, _ in rows(heading) for name in re.findall(r"`(\w+)`", what)[:1]}
    assert told == inspect.signature(callable_).parameters.keys() - others


@pytest.mark.parametrize("row", [row for heading in TABLES for row in rows(heading)], ids=lambda row: row[0])
def test_what_a_row_says_is_tested(row):
    _, here, seen = row
    name = seen.strip("`")
    if here.startswith("refused") or name == "shuffle as True or False":
        assert name in TESTS["test_refusals.py"]
    else:
        assert here.startswith("equal")
        assert f'"{name}": Case(' in TESTS["test_fit.py"] or f"def {name}(" in TESTS["test_fit.py"]


def test_fit_here_has_the_arguments_of_keras_with_the_same_defaults():
    ours, theirs = (dict(inspect.signature(one).parameters) for one in (fit, keras.Model.fit))
    for name in theirs.keys() - {"self", "x", "y"}:
        assert ours[name].default == theirs[name].default, name
