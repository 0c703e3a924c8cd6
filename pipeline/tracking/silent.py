"""A store that takes everything and keeps nothing: what a worker that follows another logs to."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from pipeline.process import interrupts
from pipeline.tracking.runs import ParentRun


class SilentTracker:
    """Opens runs that leave nothing."""

    @contextmanager
    def run(self, experiment: str, *, name: str, tags: Mapping[str, str]) -> Iterator[ParentRun]:
        """Yields a run that answers every call of `ParentRun` and does nothing; arguments as of `Tracker.run`."""
        interrupts.check()
        yield cast(ParentRun, _SilentRun())

    def last_comparison(self, name: str) -> None:
        """Returns nothing: nothing is kept."""

    def last_section(self, experiment: str, name: str) -> None:
        """Returns nothing: nothing is kept."""


class _SilentRun:
    registered = None

    def __getattr__(self, name: str) -> Callable[..., str]:
        if not callable(getattr(ParentRun, name, None)):
            raise AttributeError(name)

        def nothing(*_: Any, **__: Any) -> str:
            return ""

        return nothing
