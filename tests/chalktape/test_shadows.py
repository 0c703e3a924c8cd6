"""What bears our names and is not ours: found before it does harm, and named."""

import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest

import chalktape
from chalktape.shadows import require_own_packages

OURS = ("models", "experiments", "pipeline")


@pytest.fixture
def forgotten(monkeypatch):
    """As if none of ours had been imported yet, nor a served model loaded, which brings a copy of ``models`` along."""
    for name in OURS:
        monkeypatch.delitem(sys.modules, name, raising=False)
    root = str(Path(chalktape.__file__).parents[1])
    others = [place for place in sys.path if not (Path(place) / "models").exists()]
    monkeypatch.setattr(sys, "path", [root, *others])


def test_ours_are_ours():
    require_own_packages()


@pytest.mark.usefixtures("forgotten")
@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("kind", ["package", "module"])
def test_what_comes_first_on_the_path_is_named_and_not_imported(monkeypatch, tmp_path, name, kind):
    place = tmp_path / (name if kind == "package" else f"{name}.py")
    file = place / "__init__.py" if kind == "package" else place
    file.parent.mkdir(exist_ok=True)
    file.write_text("raise RuntimeError('a stranger')", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ImportError, match=f"expected its own package '{name}'") as told:
        require_own_packages()
    assert f"Received: {name}={str(place)!r}. Rename that one" in str(told.value)
    assert name not in sys.modules


def test_what_has_been_imported_is_named(monkeypatch, tmp_path):
    stranger = ModuleType("models")
    stranger.__spec__ = ModuleSpec("models", None, origin=str(tmp_path / "models.py"))
    monkeypatch.setitem(sys.modules, "models", stranger)
    with pytest.raises(ImportError) as told:
        chalktape.__version__  # noqa: B018
    assert str(tmp_path / "models.py") in str(told.value)


@pytest.mark.usefixtures("forgotten")
def test_a_folder_without_an_init_is_no_package_and_shadows_nothing(monkeypatch, tmp_path):
    (tmp_path / "models").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    require_own_packages()


def test_the_door_names_what_it_has_and_nothing_else():
    assert "__version__" in dir(chalktape)
    with pytest.raises(AttributeError, match="module 'chalktape' has no attribute 'comprae'"):
        chalktape.comprae  # noqa: B018
