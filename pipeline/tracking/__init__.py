"""What happened, into MLflow and out of it again: the only package that imports it.

One MLflow experiment for each declaration, one parent run for each invocation, one nested run for each candidate.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.tracking.tracker import Tracker

__all__ = ["Tracker"]


def __getattr__(name: str) -> Any:
    """Returns the store; whoever only loads a model need not wait for all that is logged to one."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pipeline.tracking.tracker import Tracker

    return Tracker
