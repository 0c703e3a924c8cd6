"""Settings that are searched for, inside the training rows."""

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any, Literal

from experiments.language.candidate import Candidate, register
from experiments.language.expect import Expect
from experiments.language.setting import with_setting
from experiments.language.wording import listing

_AT_ONCE = 10
_USUAL = {"proposer": "random", "at_once": None, "rungs": (), "keep": 0.5, "seconds": None, "choose": "best"}
"""How a search is that says nothing else; logged is what departs from it."""


class Search(Candidate):
    """A candidate whose settings are chosen on every fold anew, by cross-validation inside its training rows.

    Attributes:
        name: Of the candidate.
        candidate: What is searched, with the settings that the space does not name.
        space: The values to try of each setting, which is the path of a field: ``"l2"``,
            ``"training.learning_rate"``, ``"net.l2"`` of an ensemble, ``"settings.C"`` of a baseline.
        n_trials: How many combinations are tried on a fold, none twice. Equal numbers make candidates comparable.
        n_inner: Parts into which training rows are dealt; each is predicted once from the others.
        proposer: ``"random"`` draws combinations, the same on all folds; ``"tpe"`` is Optuna's tree-structured Parzen
            estimator, which goes by what became of those before, on each fold by its own training rows alone.
        at_once: Combinations that are asked for together, before anything is learned of them; ``None`` means all, or
            ten where something is learned or seconds are counted.
        rungs: Numbers of parts, ascending, after each of which the worse of those asked for together are dropped, by
            their mean so far (successive halving). What is kept is judged by all parts in the end.
        keep: Share that is kept after each of them, one at least.
        seconds: Of training on the parts of one fold, after which no more is asked for; ``None`` counts trials alone.
        choose: ``"best"``, or ``"simplest"``: the simplest of those within one standard error of the best. A
            combination is the simpler the earlier its values are declared, first that of the first setting.
        reason: Why these values.

    Source:
        Bergstra, Bardenet, Bengio & Kegl (2011), Algorithms for hyper-parameter optimization, for ``"tpe"``; Jamieson &
        Talwalkar (2016), Non-stochastic best arm identification and hyperparameter optimization, for rungs; Breiman,
        Friedman, Olshen & Stone (1984), Classification and regression trees, section 3.4.3, for ``"simplest"``.

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
    proposer: Literal["random", "tpe"] = "random"
    at_once: int | None = None
    rungs: tuple[int, ...] = ()
    keep: float = 0.5
    seconds: float | None = None
    choose: Literal["best", "simplest"] = "best"

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
        self._check_budget(expect)
        if expect.sound("name", "candidate", "space"):
            for path, values in self.space.items():
                for value in values:
                    expect.accepted(partial(self.with_settings, {path: value}), of="space")

    def _check_budget(self, expect: Expect) -> None:
        """Checks what is spent, and when it is not."""
        expect.least("at_once", 1, "10 is a start.", otherwise=", or None")
        expect(
            "at_once where something is learned, dropped or timed",
            lambda: self.at_once is None or bool(self.proposer == "tpe" or self.rungs or self.seconds),
            "It would have no effect: draws are independent.",
            of="at_once",
        )
        expect(
            "ascending rungs below n_inner, each of 1 part or more",
            lambda: all(low < high for low, high in pairwise((0, *self.rungs, self.n_inner))),
            "Write them like (1,): after one part of n_inner.",
            of=("rungs", "n_inner"),
        )
        expect("keep within 0 and 1", lambda: 0 < self.keep < 1, "0.5 keeps the better half.", of="keep")
        expect(
            "keep with rungs",
            lambda: bool(self.rungs) or self.keep == 0.5,
            "It would have no effect: take it out.",
            of=("keep", "rungs"),
        )
        expect("positive seconds", lambda: self.seconds is None or self.seconds > 0, "60 is a start.", of="seconds")

    @property
    def n_together(self) -> int:
        """How many combinations are asked for at once."""
        waits = self.proposer == "tpe" or self.seconds is not None
        return self.at_once or (min(_AT_ONCE, self.n_trials) if waits else self.n_trials)

    def complexity(self, settings: Mapping[str, Any]) -> tuple[int, ...]:
        """Returns what sorts combinations from the simplest on: the places of their values, in the order declared.

        Example:
            >>> from experiments.language import Baseline
            >>> trees = Baseline(name="trees", algorithm="decision_tree")
            >>> search = Search(name="searched", candidate=trees, space={"settings.max_depth": (2, 4, 8)}, n_trials=3)
            >>> search.complexity({"settings.max_depth": 4})
            (1,)
        """
        return tuple(values.index(settings[path]) for path, values in self.space.items())

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
    def libraries(self) -> tuple[str, ...]:
        """What it needs, and what proposes: a model is served without that."""
        return (*self.needs, *(["optuna"] if self.proposer == "tpe" else []))

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
        how = {"random": "drawn combinations", "tpe": f"combinations, {self.n_together} at a time by Optuna's TPE,"}
        chosen = {"best": "the best", "simplest": "the simplest within a standard error of the best"}[self.choose]
        return (
            f"{chosen} of {self._budget} {how[self.proposer]} of {listing(values)} by {self.n_inner}-fold "
            f"cross-validation inside the training rows of each fold{self._dropping}; else {self.candidate.words()}"
        )

    @property
    def _budget(self) -> str:
        if self.seconds is None:
            return str(self.n_trials)
        return f"as many as {self.seconds:g} seconds of training on a fold take, at most {self.n_trials},"

    @property
    def _dropping(self) -> str:
        if not self.rungs:
            return ""
        told = listing([str(rung) for rung in self.rungs])
        parts = "part" if self.rungs == (1,) else "parts"
        return f", {100 * self.keep:g} % of each {self.n_together} kept after {told} {parts}"

    def parameters(self) -> dict[str, Any]:
        """Returns the declaration as flat values: those of what is searched, and ``search.<path>``."""
        own = {"reason": self.reason, "search.n_trials": self.n_trials, "search.n_inner": self.n_inner}
        for name, usual in _USUAL.items():
            if getattr(self, name) != usual:
                own[f"search.{name}"] = getattr(self, name)
        return self.candidate.parameters() | own | {f"search.{path}": values for path, values in self.space.items()}


register("search", Search)
