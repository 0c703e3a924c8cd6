"""What a comparison found, as one value that answers questions."""

from dataclasses import dataclass
from functools import cached_property
from math import isfinite

from experiments.language import Candidate, Comparison
from experiments.language.metric import Metric, MetricName, metric
from models.checks import require
from pipeline.data.values import Dataset, Fold
from pipeline.scoring.equivalence import equivalence
from pipeline.scoring.values import Contrast, Ranks, Scores, Summary
from pipeline.scoring.winner import Winner
from pipeline.training.values import Trained


@dataclass(frozen=True, kw_only=True, eq=False)
class Own:
    """What is known of one candidate.

    Attributes:
        candidate: Its declaration.
        trained: On each fold.
        scores: On each fold.
        summaries: Metric -> mean with interval.
    """

    candidate: Candidate
    trained: tuple[Trained, ...]
    scores: tuple[Scores, ...]
    summaries: dict[str, Summary]

    @property
    def seconds(self) -> float:
        """Of training, all folds together."""
        return sum(run.seconds for run in self.trained)


@dataclass(frozen=True, kw_only=True, eq=False)
class Result:
    """A comparison that was run, or as much of it as was finished.

    Attributes:
        comparison: As declared.
        dataset: Its data.
        folds: All of them, the first one first.
        trained: Each finished candidate on each fold.
        scores: Of the same on the test rows.
        summaries: Of the same, in each metric.
        contrasts: Every two of them in each metric, both ways round.
        ranks: Of all candidates in the primary metric; ``None`` where some are missing.
        winner: The best in the primary metric, corrected for the choice; ``None`` where some are missing, too.
    """

    comparison: Comparison
    dataset: Dataset
    folds: tuple[Fold, ...]
    trained: tuple[Trained, ...] = ()
    scores: tuple[Scores, ...] = ()
    summaries: tuple[Summary, ...] = ()
    contrasts: tuple[Contrast, ...] = ()
    ranks: Ranks | None = None
    winner: Winner | None = None

    @property
    def primary(self) -> Metric:
        """The metric that ranks."""
        return metric(self.comparison.primary_metric)

    @cached_property
    def ranked(self) -> tuple[Summary, ...]:
        """The summaries of the primary metric, best first; what could not be measured comes last."""
        sign = 1 if self.primary.lower_is_better else -1
        primary = [summary for summary in self.summaries if summary.metric == self.primary.name]
        return tuple(sorted(primary, key=lambda one: sign * one.mean if isfinite(one.mean) else float("inf")))

    @property
    def order(self) -> tuple[Candidate, ...]:
        """The candidates, best first."""
        declared = {candidate.name: candidate for candidate in self.comparison.candidates}
        return tuple(declared[summary.candidate] for summary in self.ranked)

    @property
    def reference(self) -> Summary:
        """The primary metric of the candidate that looks at no input."""
        return next(one for one in self.ranked if one.candidate == self.comparison.dummy)

    @property
    def guess(self) -> str:
        """What the candidate does that looks at no input, in words that others are compared with."""
        return self.dataset.task.guess

    def equivalence(self, name: MetricName) -> float:
        """Returns the largest difference in a metric that makes no practical difference; NaN where nothing is known."""
        guesses = self.of(self.comparison.dummy).summaries
        return equivalence(name, guesses[name].mean if name in guesses else float("nan"), self.comparison)

    def role(self, candidate: str) -> str:
        """Returns ``"reference"`` for the candidate that looks at no input, of the others the family."""
        if candidate == self.comparison.dummy:
            return "reference"
        return next(one.family for one in self.comparison.candidates if one.name == candidate)

    def of(self, candidate: str) -> Own:
        """Returns what is known of one candidate."""
        return Own(
            candidate=next(one for one in self.comparison.candidates if one.name == candidate),
            trained=tuple(run for run in self.trained if run.candidate.name == candidate),
            scores=tuple(one for one in self.scores if one.candidate == candidate),
            summaries={one.metric: one for one in self.summaries if one.candidate == candidate},
        )

    def against(self, reference: str) -> dict[str, Contrast]:
        """Returns the contrasts to a reference in the primary metric, by candidate."""
        primary = [item for item in self.contrasts if item.metric == self.primary.name]
        return {item.candidate: item for item in primary if item.reference == reference}

    def best(self, family: str) -> Summary | None:
        """Returns the best of a family, apart from the candidate that looks at no input; ``None`` without one."""
        own = [one for one in self.ranked if one.family == family and one.candidate != self.reference.candidate]
        return next(iter(own), None)

    def require_whole(self) -> None:
        """Checks that every candidate has met every fold, is summarized and contrasted.

        Raises:
            ValueError: Something is missing, or there is nothing to compare.
        """
        names = [candidate.name for candidate in self.comparison.candidates]
        require(len(names) > 1, "report", "a candidate beside the one that guesses", "Declare one.", candidates=names)
        require(len(self.folds) > 0, "report", "at least one fold", "Split the data first.", folds=self.folds)
        on_folds = {(name, fold.index) for name in names for fold in self.folds}
        untrained = sorted(on_folds - {(run.candidate.name, run.fold_index) for run in self.trained})
        require(not untrained, "report", "each candidate trained on each fold", "Train them.", untrained=untrained)
        unscored = sorted(on_folds - {(one.candidate, one.fold_index) for one in self.scores})
        require(not unscored, "report", "scores of each candidate on each fold", "Evaluate them.", unscored=unscored)
        wanted = {(name, metric) for name in names for metric in self.comparison.metrics}
        missing = sorted(wanted - {(summary.candidate, summary.metric) for summary in self.summaries})
        require(not missing, "report", "a summary of each candidate in each metric", "Compare them.", missing=missing)
        pairs = {(name, other) for name in names for other in names if name != other}
        unpaired = sorted(pairs - {(c.candidate, c.reference) for c in self.contrasts if c.metric == self.primary.name})
        require(not unpaired, "report", "a contrast of every two candidates", "Contrast them.", unpaired=unpaired)
