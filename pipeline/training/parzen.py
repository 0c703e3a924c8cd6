"""Optuna's tree-structured Parzen estimator as a proposer: asked and told in batches, none of its settings twice."""

import math
from numbers import Real
from typing import Any

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, IntDistribution
from optuna.trial import TrialState

from experiments.language import Search
from pipeline.training.proposers import Settings

VERSION = optuna.__version__
_SEED = 0  # of the declaration alone: all folds begin with the same draws
_AGAIN = 20  # proposals of what was asked before, until the rest is drawn from
_Places = tuple[int, ...]


class Parzen:
    """Proposes what is likely among the better of those before and unlikely among the worse.

    Values of a setting are told to Optuna by their places: of numbers in ascending order as whole numbers, so that
    neighbors are alike, of all else as categories. What is asked for and not yet told counts as bad, so that the
    settings of one batch keep away from each other.

    Args:
        search: The declaration.
        lower_is_better: Which way a score is better.
    """

    def __init__(self, search: Search, *, lower_is_better: bool) -> None:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._search = search
        self._distributions = {path: _distribution(values) for path, values in search.space.items()}
        self._study = optuna.create_study(
            direction="minimize" if lower_is_better else "maximize",
            sampler=optuna.samplers.TPESampler(seed=_SEED, constant_liar=True),
        )
        self._trials: dict[_Places, optuna.trial.Trial] = {}
        self._random = np.random.default_rng(_SEED)

    def ask(self, n: int) -> list[Settings]:
        """Returns the next proposals."""
        n_left = self._search.n_trials - len(self._trials)
        again: list[optuna.trial.Trial] = []
        asked = [self._next(again) for _ in range(min(n, n_left))]
        for trial in again:
            self._study.tell(trial, state=TrialState.FAIL)
        return asked

    def tell(self, settings: Settings, score: float, *, dropped_after: int | None = None) -> None:
        """Hears a score; one that is no number counts as failed, one that was dropped as worse than what was not."""
        trial = self._trials[self._search.complexity(settings)]
        if not math.isfinite(score):
            self._study.tell(trial, state=TrialState.FAIL)
        elif dropped_after is None:
            self._study.tell(trial, score)
        else:
            trial.report(score, dropped_after)
            self._study.tell(trial, state=TrialState.PRUNED)

    def _next(self, again: list[optuna.trial.Trial]) -> Settings:
        """Returns the next proposal that is new, and keeps the others: what is asked for keeps the next ones away."""
        for _ in range(_AGAIN):
            trial = self._study.ask(self._distributions)
            places = tuple(trial.params[path] for path in self._search.space)
            if places not in self._trials:
                return self._taken(places, trial)
            again.append(trial)
        places = self._unasked()
        self._study.enqueue_trial(dict(zip(self._search.space, places, strict=True)))
        return self._taken(places, self._study.ask(self._distributions))

    def _taken(self, places: _Places, trial: optuna.trial.Trial) -> Settings:
        self._trials[places] = trial
        return {path: values[place] for (path, values), place in zip(self._search.space.items(), places, strict=True)}

    def _unasked(self) -> _Places:
        """Returns a combination that was not asked for, drawn until it is one: there is one left."""
        sizes = [len(values) for values in self._search.space.values()]
        while (places := tuple(self._random.integers(sizes).tolist())) in self._trials:
            pass
        return places


def _distribution(values: tuple[Any, ...]) -> BaseDistribution:
    numbers = [value for value in values if isinstance(value, Real) and not isinstance(value, bool)]
    if len(numbers) == len(values) and list(values) == sorted(numbers, key=float):
        return IntDistribution(0, len(values) - 1)
    return CategoricalDistribution(range(len(values)))
