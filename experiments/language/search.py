"""Settings that are searched for, inside the training rows."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from experiments.language.baseline import Baseline
from experiments.language.ensemble import Ensemble
from experiments.language.nets import Net
from models.checks import closest, require, require_name

Searchable = Net | Ensemble | Baseline


@dataclass(frozen=True, kw_only=True)
class Search:
    """A candidate whose settings are chosen on every fold anew, by cross-validation inside its training rows.

    Attributes:
        name: Of the candidate.
        candidate: What is searched, with the settings that the space does not name.
        space: The values to try of each setting, which is the path of a field: ``"l2"``,
            ``"training.learning_rate"``, ``"net.l2"`` of an ensemble, ``"settings.C"`` of a baseline.
        n_trials: How many combinations are drawn at random, none twice. Equal numbers make candidates comparable.
        n_inner: Parts into which training rows are dealt; each is predicted once from the others.
        reason: Why these values.

    Example:
        >>> baseline = Baseline(name="logistic", algorithm="logistic_regression")
        >>> search = Search(name="searched", candidate=baseline, space={"settings.C": (0.1, 1.0)}, n_trials=2)
        >>> search.with_settings({"settings.C": 0.1}).settings
        {'C': 0.1}
    """

    name: str
    candidate: Searchable
    space: Mapping[str, tuple[Any, ...]]
    n_trials: int
    n_inner: int = 3
    reason: str = ""

    def __post_init__(self) -> None:
        who = f"Search {self.name!r}"
        require_name("Search", self.name)
        require(self.n_inner >= 2, who, "n_inner of 2 or more", "3 is a start.", n_inner=self.n_inner)
        n_combinations = math.prod(map(len, self.space.values()))
        require(
            2 <= self.n_trials <= n_combinations,
            who,
            "n_trials of 2 or more, and at most as many as the space has combinations",
            "There is nothing else to choose from.",
            n_trials=self.n_trials,
            n_combinations=n_combinations,
        )
        for path, values in self.space.items():
            for value in values:
                self.with_settings({path: value})

    @property
    def family(self) -> str:
        """The tag that tells nets from baselines."""
        return self.candidate.family

    def with_settings(self, settings: Mapping[str, Any]) -> Searchable:
        """Returns the candidate with these settings, under the name of the search.

        Raises:
            ValueError: A path that leads nowhere, or a value that the declaration does not take.
        """
        candidate: Any = replace(self.candidate, name=self.name)
        for path, value in settings.items():
            candidate = _with(candidate, path, value)
        return candidate


def _with(declaration: Any, path: str, value: Any) -> Any:
    """Returns a copy of a declaration, or of a baseline's settings, with another value at the end of the path."""
    if isinstance(declaration, Mapping):
        return {**declaration, path: value}
    head, _, rest = path.partition(".")
    known = [field.name for field in fields(declaration)] if is_dataclass(declaration) else []
    require(head in known, "Search", "the path of a field", closest(head, known), path=path, value=value)
    return replace(declaration, **{head: _with(getattr(declaration, head), rest, value) if rest else value})
