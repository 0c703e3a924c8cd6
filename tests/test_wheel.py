"""The wheel, installed where nothing else of ours is: whole, and not taken in by folders that bear our names."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("chalktape", "experiments", "models", "pipeline")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from a copy: setuptools leaves traces where it builds, and takes up those of before."""
    source = tmp_path_factory.mktemp("source")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    target = tmp_path_factory.mktemp("wheel")
    pip(sys.executable, "wheel", "--no-build-isolation", "--wheel-dir", str(target), str(source))
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder of the commands of a new environment, which sees the libraries that are installed here."""
    environment = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    scheme = {"base": str(environment), "platbase": str(environment)}
    packages, scripts = (Path(sysconfig.get_path(kind, "venv", scheme)) for kind in ("purelib", "scripts"))
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    pip(str(scripts / "python"), "install", str(wheel))
    return scripts


@pytest.fixture
def strangers_place(tmp_path):
    """A folder with a package of our name that must not be imported."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "__init__.py").write_text("raise RuntimeError('a stranger')", encoding="utf-8")
    return tmp_path


def pip(python, command, *arguments):
    offline = ("--no-deps", "--no-index", "--quiet", "--disable-pip-version-check")
    subprocess.run([sys.executable, "-m", "pip", "--python", python, command, *offline, *arguments], check=True)


def call(command, place, **variables):
    # TensorFlow set the last one in this process, a user's shell has none.
    left_out = ("PYTHONPATH", "MLFLOW_TRACKING_URI", "TF_CPP_MIN_LOG_LEVEL")
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    return subprocess.run(command, cwd=place, env=environment | variables, capture_output=True, text=True)


def test_it_holds_every_file_of_the_packages_but_the_notebook(wheel):
    ours = {file.relative_to(ROOT) for name in PACKAGES for file in (ROOT / name).rglob("*") if file.is_file()}
    expected = {str(file) for file in ours if "__pycache__" not in file.parts and file.suffix != ".ipynb"}
    names = zipfile.ZipFile(wheel).namelist()
    assert {name for name in names if ".dist-info/" not in name} == expected


@pytest.mark.parametrize("name", PACKAGES)
def test_the_command_does_not_look_into_the_folder_where_it_is_called(installed, tmp_path, name):
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("raise RuntimeError('a stranger')", encoding="utf-8")
    done = call([installed / "chalktape", "list"], tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("lecture")


def test_as_a_module_it_does_not_look_there_either(installed, strangers_place):
    done = call([installed / "python", "-m", "chalktape", "list"], strangers_place)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("lecture")


def test_a_stranger_on_the_path_is_named_and_not_imported(installed, strangers_place):
    done = call([installed / "chalktape", "list"], strangers_place, PYTHONPATH=str(strangers_place))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("chalktape: expected its own package 'models' in ")
    assert f"Received: models={str(strangers_place / 'models')!r}." in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_script_beside_a_stranger_is_told_at_its_first_question(installed, strangers_place):
    (strangers_place / "script.py").write_text("import chalktape\nprint(chalktape.__version__)", encoding="utf-8")
    done = call([installed / "python", "script.py"], strangers_place)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("ImportError: chalktape: expected its own package 'models' in ")


def test_templates_and_tables_are_there_when_it_works(installed, tmp_path):
    """The first example reads no file, the second a table of the wheel; both write a page from templates."""
    done = call([installed / "chalktape", "run", "activations", "review", "--quiet"], tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    (page,) = (tmp_path / "mlruns").rglob("lecture.html")
    assert "<math" in page.read_text(encoding="utf-8")
    (ledger,) = (tmp_path / "mlruns").rglob("ledger.csv")
    assert ledger.read_text(encoding="utf-8").startswith("item,")


def test_the_version_is_that_of_the_wheel(wheel, installed, tmp_path):
    done = call([installed / "chalktape", "--version"], tmp_path)
    assert done.stdout == f"chalktape {wheel.name.split('-')[1]}\n"
