"""The rooms of the house: who may import whom. One table, held against every file of the packages."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("models", "experiments", "pipeline", "chalktape")
WINGS = ("comparison", "decisions", "lecture", "ladder", "leak")

FLOORS = (
    ("models",),
    ("experiments",),
    ("pipeline.words", "pipeline.process"),
    ("pipeline.data",),
    ("pipeline.training",),
    ("pipeline.scoring", "pipeline.telling"),
    ("pipeline.tracking",),
    ("pipeline.flow",),
    tuple(f"pipeline.{wing}" for wing in WINGS),
    ("pipeline.plan", "pipeline.pending"),
    (
        "pipeline.stored",
        "pipeline.predict",
        "pipeline.ui",
        "pipeline.device",
        "pipeline.going_on",
        "pipeline.own",
        "pipeline.own_images",
        "pipeline.judged",
        "pipeline.repeated",
    ),
    ("pipeline.usage",),
    ("pipeline.run",),
    ("pipeline.rerun",),
    ("chalktape",),
)
"""From the ground up. A room imports itself and the rooms on the floors below, never its neighbors."""

MAY_IMPORT = {
    room: {room}.union(*FLOORS[:height])
    for height, floor in enumerate(FLOORS)
    for room in floor
    if room != "experiments"
} | {
    "experiments": {"experiments", "models.checks"},
    **{f"pipeline.{wing}": {f"pipeline.{wing}", "pipeline.decisions"}.union(*FLOORS[:8]) for wing in WINGS},
}
"""Room -> what of the packages its files may import: a package, or a single module of one."""

ONLY_IN = {
    "mlflow": ("pipeline.tracking", "models.request"),  # its server tells a client what its own exceptions say
    "tensorflow_datasets": ("pipeline.data",),
}
"""A library -> the rooms or modules that may import it; all others are free, but for declarations."""


def files(folder: str = "") -> list[Path]:
    """Every module of the packages, or of one folder."""
    found = [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]
    return [file for file in found if file.is_relative_to(ROOT / folder)]


def module(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(source: str) -> Iterator[str]:
    """Every module that a source imports, also inside functions; of ``from a import b`` both ``a`` and ``a.b``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, rooms) -> str | None:
    """Returns the innermost of the rooms that a module lies in."""
    inside = [room for room in rooms if f"{name}.".startswith(f"{room}.")]
    return max(inside, key=len, default=None)


def forbidden(importer: str, source: str) -> list[str]:
    """Returns what a module imports and may not."""
    room = within(importer, MAY_IMPORT)
    bare = {package for package in PACKAGES if importer in (package, f"{package}.__main__")}
    if room is None:
        assert bare, f"{importer} lies in no room of the table"
        return []
    wrong = []
    for name in imported(source):
        package = name.partition(".")[0]
        if package in PACKAGES:
            above = name == "pipeline" and room.partition(".")[0] in ("pipeline", "chalktape")
            allowed = above or within(name, MAY_IMPORT[room]) is not None
        elif room == "experiments":
            allowed = package in sys.stdlib_module_names
        else:
            allowed = package not in ONLY_IN or within(importer, ONLY_IN[package]) is not None
        if not allowed:
            wrong.append(name)
    return wrong


@pytest.mark.parametrize("file", files(), ids=module)
def test_imports_only_go_down(file):
    assert forbidden(module(file), file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("importer", "source"),
    [
        ("models.engine.loop", "from experiments.language import Training"),
        ("models.nets.dense", "import mlflow"),
        ("models.classifier", "from pipeline.data.values import Dataset"),
        ("experiments.iris", "from models.engine import loop"),
        ("experiments.iris", "import numpy as np"),
        ("pipeline.words.names", "from pipeline.data.values import Dataset"),
        ("pipeline.scoring.compare", "from pipeline.telling.page import render"),
        ("pipeline.telling.page", "import pipeline.scoring.values"),
        ("pipeline.training.train", "def f():\n    from pipeline.scoring.metrics import score"),
        ("pipeline.training.work", "from pipeline.tracking.runs import ParentRun"),
        ("pipeline.tracking.runs", "from pipeline.comparison.champion import Champion"),
        ("pipeline.flow.each", "import pipeline.leak.flow"),
        ("pipeline.flow.desk", "from pipeline.plan import How"),
        ("pipeline.leak.flow", "from pipeline.comparison import report"),
        ("pipeline.comparison.flow", "import mlflow"),
        ("pipeline.plan", "from pipeline import run"),
        ("pipeline.run", "import chalktape"),
    ],
)
def test_the_table_refuses_what_runs_up_or_aside(importer, source):
    assert forbidden(importer, source)


def test_a_file_outside_every_room_is_found():
    with pytest.raises(AssertionError, match="lies in no room"):
        forbidden("pipeline.helpers", "")


def test_importing_a_package_leaves_no_trace(tmp_path):
    modules = [module(file) for file in files("pipeline") if file.stem != "__init__"]
    code = "import importlib\n" + "\n".join(f"importlib.import_module({name!r})" for name in modules)
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []
