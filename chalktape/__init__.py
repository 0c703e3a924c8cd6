"""The library's door: its names hand on to the rooms, which are imported once a name is asked for."""

from importlib import import_module
from typing import Any

from chalktape.shadows import require_own_packages

_NAMES = {
    "__version__": ("pipeline.process.provenance", "VERSION"),
    "compare": ("chalktape.compared", "compare"),
    "fit": ("models.engine.fitting.fit", "fit"),
    "fit_many": ("models.engine.fitting.fit_many", "fit_many"),
    "judge": ("pipeline.judged.judge", "judge"),
    "Outcome": ("chalktape.outcome", "Outcome"),
}


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    require_own_packages()
    module, attribute = _NAMES[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted([*globals(), *_NAMES])
