"""Nets trained with several seeds on each fold: what of their spread is the chance of the training."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup
from numpy.typing import NDArray

from pipeline.comparison.figures.spread import seed_plot
from pipeline.data.values import Fold
from pipeline.flow.desk import Desk
from pipeline.flow.each import Entry, train_and_score
from pipeline.scoring.components import Components, components
from pipeline.scoring.result import Result
from pipeline.scoring.values import Scores
from pipeline.telling.figure import Figure
from pipeline.telling.section import Section
from pipeline.words.names import heading, title
from pipeline.words.numbers import interval, number, percent

VOTE = 5
"""Nets of the vote that is told of."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """What several seeds tell of one net.

    Attributes:
        candidate: Its name.
        folds: Indices of those on which every training could be measured.
        values: ``(n_folds, n_seeds)`` of the primary metric, the comparison's own training first.
    """

    candidate: str
    folds: tuple[int, ...]
    values: NDArray[np.float64]

    @cached_property
    def found(self) -> Components:
        """The parts of rows and training."""
        return components(self.values)


@dataclass(frozen=True, kw_only=True, eq=False)
class Seeds:
    """What was found by training the nets of a comparison with several seeds on each fold.

    Attributes:
        result: Of the comparison; its own trainings are the first ones.
        scores: Of all others, in the primary metric.
    """

    result: Result
    scores: tuple[Scores, ...]

    @property
    def n_seeds(self) -> int:
        """On each fold."""
        return self.result.comparison.n_seeds

    @cached_property
    def of_each(self) -> tuple[Part, ...]:
        """The nets of which something could be measured, best first."""
        nets = [one.candidate for one in self.result.ranked if one.family == "net"]
        found = [part for name in nets if (part := self._part(name)).folds]
        return tuple(found)

    def _part(self, name: str) -> Part:
        metric = self.result.primary.name
        all_scores = [*self.result.of(name).scores, *(one for one in self.scores if one.candidate == name)]
        values = np.array(
            [[one.metrics[metric] for one in all_scores if one.fold_index == fold.index] for fold in self.result.folds]
        )
        measured = np.isfinite(values).all(axis=1)
        folds = tuple(fold.index for fold, known in zip(self.result.folds, measured, strict=True) if known)
        return Part(candidate=name, folds=folds, values=values[measured])

    def answer(self) -> str:
        """Says of the best net what of its spread is the chance of its training; nothing where none was measured."""
        return _answered(self.of_each[0], self.result.primary.words) if self.of_each else ""

    def words(self) -> str:
        """Says that, and what a vote would leave of the spread."""
        return f"{self.answer()} {_vote(self.of_each[0])}".strip() if self.of_each else ""

    def table(self) -> pd.DataFrame:
        """Returns candidate, fold, seed, metric, value: a row for each training of a net."""
        metric = self.result.primary.name
        nets = {net.name for net in self.result.comparison.nets}
        own = [one for one in self.result.scores if one.candidate in nets]
        rows = [(one.candidate, one.fold_index, one.seed, metric, one.metrics[metric]) for one in (*own, *self.scores)]
        return pd.DataFrame(rows, columns=["candidate", "fold", "seed", "metric", "value"])

    def record(self) -> dict[str, Any]:
        """Returns what ``--json`` writes of it."""
        return {
            "words": self.words(),
            "components": [
                {"candidate": one.candidate, **asdict(one.found), "share_of_seed": one.found.share_of_seed}
                for one in self.of_each
            ],
            "scores": self.table().to_dict(orient="records"),
        }


def train_with_seeds(result: Result, desk: Desk) -> Seeds | None:
    """Trains every net with more seeds on each fold, and scores it on the same test rows in the primary metric.

    These trainings are groups of their own, after the comparison's: what that has trained keeps its bits.

    Args:
        result: Of the comparison.
        desk: Where it is done.

    Returns:
        ``None`` where one seed a fold is declared.

    Raises:
        ValueError: A net that diverged.
        Interrupted: On Ctrl-C.
    """
    comparison = result.comparison
    if comparison.n_seeds == 1:
        return None
    judged = replace(comparison, metrics=(comparison.primary_metric,))
    folds = tuple(_with_other_seeds(result.folds, comparison.n_seeds - 1))
    entries = [Entry(candidate=net, comparison=judged, dataset=result.dataset, folds=folds) for net in comparison.nets]
    done = train_and_score(desk, f"{comparison.name}, {comparison.n_seeds - 1} more seeds", entries)
    return Seeds(result=result, scores=tuple(score for one in done for score in one.scores))


def _with_other_seeds(folds: Sequence[Fold], n_more: int) -> Iterator[Fold]:
    """Yields each fold with other seeds, which are none of another fold's but by a chance of one in 2^31."""
    for fold in folds:
        drawn = np.random.SeedSequence(fold.seed, spawn_key=(1,)).generate_state(n_more) >> 1
        for seed in drawn.tolist():
            yield replace(fold, seed=seed)


def seeds_section(seeds: Seeds) -> Section | None:
    """Tells the parts of rows and training, a row and a panel for each net; nothing where none was measured."""
    if not seeds.of_each:
        return None
    words = seeds.result.primary.words
    figures = tuple(_figure(one, words) for one in seeds.of_each)
    values = {
        "seeds": seeds,
        "words": seeds.words(),
        "vote": VOTE,
        "metric": heading(words),
        "rows": [_row(one) for one in seeds.of_each],
        "one_fold": len(seeds.result.folds) == 1,
        "panels": [
            (title(one.candidate), Markup(figure.svg)) for one, figure in zip(seeds.of_each, figures, strict=True)
        ],
    }
    return Section(
        template="seeds.html",
        values=values,
        anchors={"seeds": "Chance of training"},
        tables={"seeds.csv": seeds.table()},
        figures=figures,
        answers=(seeds.answer(),),
    )


def _figure(part: Part, words: str) -> Figure:
    return Figure(
        title=f"Trainings of {title(part.candidate)}",
        caption="Each dot is one training on one fold, each line the mean of a fold.",
        svg=seed_plot(part.candidate, part.folds, part.values, title=heading(words)),
    )


def _row(part: Part) -> dict[str, str]:
    found = part.found
    return {
        "title": title(part.candidate),
        "mean": number(found.mean),
        "fold_to_fold": number(found.deviation()) if found.n_splits > 1 else number(float("nan")),
        "of_split": number(found.split_deviation),
        "of_seed": number(found.seed_deviation),
        "share": percent(found.share_of_seed),
        "interval": f"{percent(found.low)} to {percent(found.high)}" if found.has_interval else "",
        "vote": number(found.deviation(VOTE)),
    }


def _answered(part: Part, words: str) -> str:
    found, name = part.found, heading(title(part.candidate))
    if found.n_splits == 1:
        return (
            f"{name} was trained {found.n_seeds} times on the same rows: by the seed alone its {words} varies by a "
            f"standard deviation of {number(found.seed_deviation)}."
        )
    trained = f"{name} was trained {found.n_seeds} times on each of {found.n_splits} folds"
    if not np.isfinite(found.share_of_seed):
        return f"{trained}, and its {words} was the same each time."
    bounds = f" ({interval(percent(found.low), percent(found.high))})" if found.has_interval else ""
    return (
        f"{trained}: {percent(found.share_of_seed)} of the variance of its {words} from fold to fold{bounds} is the "
        "chance of its training, the rest that of the rows."
    )


def _vote(part: Part) -> str:
    """Says what a vote would leave; nothing where there is nothing to take away."""
    found = part.found
    if found.of_seed == 0:
        return ""
    varies = f"One training varies by a standard deviation of {number(found.deviation())}; a"
    return (
        f"{varies if found.n_splits > 1 else 'A'} vote of {VOTE}, if its chance is that of the mean of {VOTE} scores, "
        f"would leave {number(found.deviation(VOTE))}."
    )
