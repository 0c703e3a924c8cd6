"""What shadows ours: another package of the name ``models``, ``experiments`` or ``pipeline``, found before it."""

import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

_OWN = ("models", "experiments", "pipeline")
_ROOT = Path(__file__).resolve().parents[1]


def require_own_packages() -> None:
    """Checks that our packages are those that an import finds. Imports nothing.

    Raises:
        ImportError: Another one comes first, or has been imported; its place is named.
    """
    for name in _OWN:
        spec = sys.modules[name].__spec__ if name in sys.modules else find_spec(name)
        place = _place(spec)
        if place != str(_ROOT / name):  # `require` lies in `models`, which may be the one that is shadowed
            raise ImportError(
                f"chalktape: expected its own package {name!r} in {_ROOT}. Received: {name}={place!r}. "
                "Rename that one, or start where Python does not look into its folder."
            )


def _place(spec: ModuleSpec | None) -> str | None:
    """Returns the folder of a package, the file of a module, ``None`` without either."""
    if spec is None:
        return None
    place = next(iter(spec.submodule_search_locations or ()), spec.origin)
    return place and str(Path(place).resolve())
