"""The rooms of the house: who may import whom."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STAGES = {"ingest", "split", "train", "evaluate", "compare", "decide", "report", "work", "check", "lecture_page"}


def imported(file):
    """Every module that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def files(folder):
    found = sorted((ROOT / folder).rglob("*.py"))
    assert found
    return found


@pytest.mark.parametrize("file", files("experiments"), ids=lambda file: file.stem)
def test_experiments_import_the_standard_library_only(file):
    rooms = {name.partition(".")[0] for name in imported(file)} - {"experiments"}
    assert rooms <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("file", files("models"), ids=lambda file: file.stem)
def test_models_know_neither_the_pipeline_nor_the_experiments_nor_mlflow(file):
    assert not {name.partition(".")[0] for name in imported(file)} & {"pipeline", "experiments", "mlflow", "benchmarks"}


@pytest.mark.parametrize("file", files("pipeline"), ids=lambda file: file.stem)
def test_only_tracking_imports_mlflow(file):
    assert file.parent.name == "tracking" or "mlflow" not in {name.partition(".")[0] for name in imported(file)}


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_no_stage_imports_another(stage):
    file = ROOT / "pipeline" / f"{stage}.py"
    others = {f"pipeline.{other}" for other in STAGES - {stage}}
    assert not others & set(imported(file))


@pytest.mark.parametrize("options", [["--help"], ["--list"], ["compare", "--help"]])
def test_help_and_list_answer_without_tensorflow_and_mlflow(options):
    code = f"""
import sys
from pipeline.run import main
try:
    main({options})
except SystemExit:
    pass
sys.exit(1 if {{"tensorflow", "mlflow", "keras", "sklearn"}} & set(sys.modules) else 0)
"""
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True).returncode == 0


def test_importing_a_package_leaves_no_trace(tmp_path):
    modules = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files("pipeline")]
    code = "import importlib\n" + "\n".join(
        f"importlib.import_module({module!r})" for module in modules if not module.endswith("__init__")
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []
