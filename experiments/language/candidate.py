"""What all candidates of a comparison have in common, and the table of their kinds."""

from abc import ABC, abstractmethod
from types import MappingProxyType
from typing import Any, ClassVar

from experiments.language.chosen import CHOSEN_ON_IN_WORDS, ChosenOn
from experiments.language.declaration import Declaration
from experiments.language.expect import Expect
from models.checks import require, require_known, require_name, require_new


class Candidate(Declaration, ABC):
    """What is trained and judged beside others.

    Attributes:
        name: In tables and MLflow.
        reason: Why these settings, where it is not obvious.
        chosen_on: On which rows they were chosen: on none, where they were fixed before any score was seen.
    """

    kind: ClassVar[str]
    """The name under which the class is registered: who trains it is found by it."""

    name: str
    reason: str = ""
    chosen_on: ChosenOn = "not_said"

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        expect.name()
        own = type(self)
        expect(
            "a class that is registered",
            lambda: "kind" in vars(own),  # an inherited kind is that of another class
            f"Call register with a kind and {own.__name__}.",
            of=(),
            received=lambda: {"candidate": own.__name__},
        )

    @property
    def chosen_in_words(self) -> str:
        """Says on which rows its settings were chosen."""
        return CHOSEN_ON_IN_WORDS[self.chosen_on]

    @property
    def needs(self) -> tuple[str, ...]:
        """Libraries that it is trained by and that need not be installed, by the names that are imported."""
        return ()

    @property
    def libraries(self) -> tuple[str, ...]:
        """Libraries that need not be installed and that decide what comes out of its training: all that it needs."""
        return self.needs

    def require_task(self, task: str) -> None:
        """Raises a ValueError where it cannot learn ``"classification"`` or ``"regression"``; what says nothing can."""

    @property
    @abstractmethod
    def family(self) -> str:
        """The tag that tells nets from baselines: ``"net"`` or ``"baseline"``."""

    @abstractmethod
    def words(self) -> str:
        """Tells the declaration in words; what is not used is not told."""

    @abstractmethod
    def parameters(self) -> dict[str, Any]:
        """Returns the declaration as flat values, by the names under which they are logged.

        ``algorithm``, ``family``, ``inputs`` and ``reason`` are there for every candidate.
        """


_KINDS: dict[str, type[Candidate]] = {}
KINDS = MappingProxyType(_KINDS)
"""Kind -> class of its candidates."""


def register(kind: str, candidate: type[Candidate]) -> None:
    """Makes a kind of candidate known.

    Args:
        kind: What it will be called, in MLflow too.
        candidate: The class of its declarations.

    Raises:
        ValueError: Another class has the name, or the class another name, or it declares no candidates.
    """
    require_name("register", kind)
    remedy = "Let it inherit from Candidate or Net."
    require(issubclass(candidate, Candidate), "register", "a class of candidates", remedy, candidate=candidate)
    require_new("register", "kind", kind, KINDS)
    own = vars(candidate).get("kind", kind)
    require(own == kind, "register", f"one kind for {candidate.__name__}", f"It is {own!r} already.", kind=kind)
    candidate.kind = kind
    _KINDS[kind] = candidate


def registered(kind: str) -> type[Candidate]:
    """Returns the class of a kind.

    Raises:
        ValueError: Nobody has registered it; the closest kind is named.

    Example:
        >>> registered("dense_net").__name__
        'DenseNet'
    """
    require_known("registered", "kind", kind, KINDS)
    return KINDS[kind]
