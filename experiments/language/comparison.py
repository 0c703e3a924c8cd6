"""Candidates on one data set, and what they are judged by."""

from dataclasses import dataclass
from typing import Literal

from experiments.language.baseline import Baseline
from experiments.language.decision import Decision
from experiments.language.ensemble import Ensemble
from experiments.language.gate import Gate
from experiments.language.nets import Net
from experiments.language.search import Search
from experiments.language.splitting import Splitting
from models.checks import require, require_name, require_one_of

Metric = Literal[
    "accuracy",
    "balanced_accuracy",
    "roc_auc",
    "average_precision",
    "f1",
    "log_loss",
    "brier_score",
    "type_1_error",
    "type_2_error",
]
LOWER_IS_BETTER: frozenset[str] = frozenset({"log_loss", "brier_score", "type_1_error", "type_2_error"})

Candidate = Net | Ensemble | Baseline | Search


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Nets against baselines on one data set.

    Attributes:
        name: Of the experiment, on the command line and in MLflow.
        title: For people.
        where: The place in the lecture.
        data: Name of the data set.
        splitting: How rows become folds.
        candidates: Nets first; a majority class must be among the baselines, so that no accuracy stands alone.
        metrics: The table's columns, in order.
        primary_metric: The one that ranks.
        positive_class: Index of the class that F1, average precision and the error types speak of; ``None``
            averages over classes.
        practical_equivalence: Largest difference in a metric that makes no practical difference; 0.01 is a point of
            accuracy.
        decision: What is decided with the probabilities of the positive class; ``None`` examines none.
        gate: What must hold before a model is registered; ``None`` registers none.
        notes: What a reader must know before believing the table.
    """

    name: str
    title: str
    where: str
    data: str
    splitting: Splitting
    candidates: tuple[Candidate, ...]
    metrics: tuple[Metric, ...]
    primary_metric: Metric
    positive_class: int | None = None
    practical_equivalence: float = 0.01
    decision: Decision | None = None
    gate: Gate | None = None
    notes: str = ""

    def __post_init__(self) -> None:
        who = f"Comparison {self.name!r}"
        require_name("Comparison", self.name)
        names = [candidate.name for candidate in self.candidates]
        require(len(names) == len(set(names)), who, "candidates of different names", "Rename one.", candidates=names)
        majority = [c for c in self.candidates if isinstance(c, Baseline) and c.algorithm == "majority_class"]
        require(
            len(majority) == 1,
            who,
            "one majority_class among the candidates",
            "Accuracy must never stand alone.",
            candidates=names,
        )
        for metric in self.metrics:
            require_one_of(who, "metric", metric, Metric)
        require(
            self.primary_metric in self.metrics,
            who,
            "primary_metric among the metrics",
            "Add it to metrics.",
            primary_metric=self.primary_metric,
        )
        two_class = {"type_1_error", "type_2_error"} & set(self.metrics)
        require(
            not two_class or self.positive_class is not None,
            who,
            "positive_class with error types",
            "Say which class.",
            metrics=self.metrics,
        )
        require(
            0 < self.practical_equivalence < 1,
            who,
            "practical_equivalence within 0 and 1",
            "0.01 is a point of accuracy.",
            practical_equivalence=self.practical_equivalence,
        )
        require(
            self.decision is None or self.positive_class is not None,
            who,
            "positive_class with a decision",
            "Say which class is raised.",
            decision=self.decision,
        )
        require(
            self.decision is None or set(self.decision.candidates) <= set(names) - {self.majority_class},
            who,
            "a decision on candidates that look at the inputs",
            "Name some of the candidates, not the majority class.",
            decision=self.decision,
        )
        require(
            self.gate is None or self.gate.simplest in set(names) - {self.majority_class},
            who,
            "a gate whose simplest is one of the candidates, not the majority class",
            "Name the one that wins a draw.",
            gate=self.gate,
        )

    @property
    def majority_class(self) -> str:
        """Name of the candidate that looks at no input."""
        return next(c.name for c in self.candidates if isinstance(c, Baseline) and c.algorithm == "majority_class")

    @property
    def nets(self) -> tuple[Candidate, ...]:
        """The candidates that are nets."""
        return tuple(c for c in self.candidates if c.family == "net")
