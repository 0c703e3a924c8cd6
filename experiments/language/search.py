"""Settings that are searched for, inside the training rows."""

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from experiments.language.candidate import Candidate, register
from experiments.language.expect import Expect
from experiments.language.setting import with_setting
from experiments.language.wording import listing


class Search(Candidate):
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
        >>> from experiments.language import Baseline
        >>> baseline = Baseline(name="logistic", algorithm="logistic_regression")
        >>> search = Search(name="searched", candidate=baseline, space={"settings.C": (0.1, 1.0)}, n_trials=2)
        >>> search.with_settings({"settings.C": 0.1}).settings
        {'C': 0.1}
    """

    candidate: Candidate
    space: Mapping[str, tuple[Any, ...]]
    n_trials: int
    n_inner: int = 3

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        super().check(expect)
        expect.least("n_inner", 2, "3 is a start.")
        expect(
            "a candidate that is no search itself",
            lambda: not isinstance(self.candidate, Search),
            "Search once, in one space.",
            of="candidate",
        )
        expect(
            "each value of the space once",
            lambda: all(values.index(value) == n for values in self.space.values() for n, value in enumerate(values)),
            "Take the others out.",
            of="space",
        )
        expect(
            "n_trials of 2 or more, and at most as many as the space has combinations",
            lambda: 2 <= self.n_trials <= self.n_combinations,
            "There is nothing else to choose from.",
            of=("n_trials", "space"),
            received=lambda: {"n_trials": self.n_trials, "n_combinations": self.n_combinations},
        )
        if expect.sound("name", "candidate", "space"):
            for path, values in self.space.items():
                for value in values:
                    expect.accepted(partial(self.with_settings, {path: value}), of="space")

    def require_task(self, task: str) -> None:
        """Raises a ValueError where something that may be tried cannot learn a task."""
        for path, values in self.space.items():
            for value in values:
                self.with_settings({path: value}).require_task(task)

    @property
    def owner(self) -> str:
        """Who is named in front of an error."""
        return f"Search {self.name!r}"

    @property
    def needs(self) -> tuple[str, ...]:
        """Libraries that something that may be tried needs and that need not be installed."""
        tried = [self.with_settings({path: value}) for path, values in self.space.items() for value in values]
        return tuple(dict.fromkeys(library for candidate in tried for library in candidate.needs))

    @property
    def family(self) -> str:
        """The tag that tells nets from baselines."""
        return self.candidate.family

    @property
    def chosen_in_words(self) -> str:
        """Says on which rows its settings were chosen: what is searched chose none before."""
        return "its settings are chosen inside the training rows of each fold anew"

    @property
    def n_combinations(self) -> int:
        """How many combinations the space has."""
        return math.prod(map(len, self.space.values()))

    def with_settings(self, settings: Mapping[str, Any]) -> Candidate:
        """Returns the candidate with these settings, under the name of the search.

        Raises:
            ValueError: A path that leads nowhere, or a value that the declaration does not take.
        """
        candidate: Candidate = replace(self.candidate, name=self.name)
        for path, value in settings.items():
            candidate = with_setting(candidate, path, value)
        return candidate

    def words(self) -> str:
        """Tells the space, how it is searched, and what is not searched for."""
        values = [f"{path} ({listing([str(value) for value in each])})" for path, each in self.space.items()]
        return (
            f"the best of {self.n_trials} drawn combinations of {listing(values)} by {self.n_inner}-fold "
            f"cross-validation inside the training rows of each fold; else {self.candidate.words()}"
        )

    def parameters(self) -> dict[str, Any]:
        """Returns the declaration as flat values: those of what is searched, and ``search.<path>``."""
        own = {"reason": self.reason, "search.n_trials": self.n_trials, "search.n_inner": self.n_inner}
        return self.candidate.parameters() | own | {f"search.{path}": values for path, values in self.space.items()}


register("search", Search)
