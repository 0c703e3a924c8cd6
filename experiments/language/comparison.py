"""Candidates on one data set, and what they are judged by."""

import math
from functools import partial
from itertools import pairwise

from experiments.language.baseline import DUMMIES, Baseline
from experiments.language.candidate import Candidate
from experiments.language.decision import Decision
from experiments.language.declaration import Declaration
from experiments.language.exercise import Exercise
from experiments.language.expect import Expect
from experiments.language.gate import Gate
from experiments.language.metric import METRICS, MetricName
from experiments.language.quick_try import QuickTry
from experiments.language.splitting import Splitting
from models.checks import require_known


class Comparison(Declaration):
    """Nets against baselines on one data set.

    Attributes:
        name: Of the experiment, on the command line and in MLflow.
        title: For people.
        where: The place in the lecture.
        data: Name of the data set.
        splitting: How rows become folds.
        candidates: Nets first; a baseline that looks at no input must be among them, so that no score stands alone: a
            majority class, or of numbers the mean.
        metrics: The table's columns, in order.
        primary_metric: The one that ranks.
        positive_class: Index of the class that F1, average precision and the error types speak of; ``None``
            averages over classes.
        primary: The net and the baseline that the comparison is about, by name, where that is known before: their
            difference is then tested alone. ``None`` asks for every net against every baseline.
        practical_equivalence: Largest difference in any metric that makes no practical difference; ``None`` takes what
            each metric says of itself.
        decision: What is decided with the probabilities of the positive class; ``None`` examines none.
        gate: What must hold before a model is registered; ``None`` registers none.
        n_seeds: How many times each net is trained on each fold, to tell the chance of its training from that of the
            rows; what is compared is always the first.
        learning_curve: Shares of each fold's training rows, ascending, on which the best net and the best baseline are
            trained, too; all rows are the comparison itself.
        exercises: What the lecture asks of this data set, each answered in a part of its own of the report; one whose
            candidates are not among these is said to have no answer.
        asked: What stands behind ``chalktape run`` to run it again; empty where that is its name.
        tried: How a quick try departs from what was declared; ``None`` as declared.
        notes: What a reader must know before believing the table.
    """

    name: str
    title: str
    where: str
    data: str
    splitting: Splitting
    candidates: tuple[Candidate, ...]
    metrics: tuple[MetricName, ...]
    primary_metric: MetricName
    positive_class: int | None = None
    primary: tuple[str, str] | None = None
    practical_equivalence: float | None = None
    decision: Decision | None = None
    gate: Gate | None = None
    n_seeds: int = 1
    learning_curve: tuple[float, ...] = ()
    exercises: tuple[Exercise, ...] = ()
    asked: str = ""
    tried: QuickTry | None = None
    notes: str = ""

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        expect.name()
        self._check_candidates(expect)
        self._check_metrics(expect)
        self._check_question(expect)
        self._check_uses(expect)
        self._check_spread(expect)

    def _check_candidates(self, expect: Expect) -> None:
        expect(
            "candidates of different names",
            lambda: len(self._names) == len(set(self._names)),
            "Rename one.",
            of="candidates",
            received=lambda: {"candidates": self._names},
        )
        expect(
            "one majority_class among the candidates, of numbers one mean",
            lambda: len(self._dummies) == 1,
            "A score must never stand alone.",
            of="candidates",
            received=lambda: {"candidates": self._names},
        )

    def _check_metrics(self, expect: Expect) -> None:
        if expect.sound("metrics"):
            for metric in self.metrics:
                expect.accepted(partial(require_known, self.owner, "metric", metric, METRICS), of="metrics")
        expect("each metric once", lambda: len(self.metrics) == len(set(self.metrics)), "Take one out.", of="metrics")
        expect(
            "primary_metric among the metrics",
            lambda: self.primary_metric in self.metrics,
            "Add it to metrics.",
            of=("primary_metric", "metrics"),
            received=lambda: {"primary_metric": self.primary_metric},
        )
        expect.least("positive_class", 0, "Count classes from 0.", otherwise=", or None")
        expect(
            "positive_class with error types",
            lambda: self.positive_class is not None or not any(METRICS[m].needs_positive_class for m in self.metrics),
            "Say which class.",
            of=("metrics", "positive_class"),
            received=lambda: {"metrics": self.metrics},
        )
        expect(
            "practical_equivalence within 0 and 1, of numbers above 0",
            lambda: self.practical_equivalence is None or 0 < self.practical_equivalence < self._widest,
            "0.01 is a point of accuracy.",
            of=("practical_equivalence", "candidates"),
            received=lambda: {"practical_equivalence": self.practical_equivalence},
        )

    def _check_question(self, expect: Expect) -> None:
        """Checks what is asked before anything is seen."""
        expect(
            "a net and a baseline that looks at the inputs as primary, by name",
            lambda: self.primary is None or (self.primary[0] in self._net_names and self.primary[1] in self._rivals),
            "Write primary=(net, baseline), each one of the candidates.",
            of=("primary", "candidates"),
            received=lambda: {"primary": self.primary},
        )
        expect(
            "exercises of different names, answered by others than the one that guesses",
            lambda: (
                len({exercise.name for exercise in self.exercises}) == len(self.exercises)
                and not any(self.dummy in exercise.candidates for exercise in self.exercises)
            ),
            "Rename one, or take it out of its candidates.",
            of=("exercises", "candidates"),
            received=lambda: {"exercises": self.exercises},
        )

    def _check_uses(self, expect: Expect) -> None:
        """Checks what models are used for beyond the table."""
        expect(
            "positive_class with a decision",
            lambda: self.decision is None or self.positive_class is not None,
            "Say which class is raised.",
            of=("decision", "positive_class"),
            received=lambda: {"decision": self.decision},
        )
        expect(
            "a decision on candidates that look at the inputs",
            lambda: self.decision is None or set(self.decision.candidates) <= self._looking,
            "Name some of the candidates, not the one that guesses.",
            of=("decision", "candidates"),
            received=lambda: {"decision": self.decision},
        )
        expect(
            "a gate whose simplest is one of the candidates, not the one that guesses",
            lambda: self.gate is None or self.gate.simplest in self._looking,
            "Name the one that wins a draw.",
            of=("gate", "candidates"),
            received=lambda: {"gate": self.gate},
        )
        expect(
            "a gate of a least_difference below 1 where classes are told apart",
            lambda: self.gate is None or self.gate.least_difference < self._widest,
            "0 asks for better than guessing.",
            of=("gate", "candidates"),
            received=lambda: {"gate": self.gate},
        )

    def _check_spread(self, expect: Expect) -> None:
        """Checks what is trained beyond the comparison, to see where its spread comes from."""
        expect.least("n_seeds", 1, "1 trains each net once on each fold.")
        expect(
            "n_seeds above 1 with a net",
            lambda: self.n_seeds == 1 or bool(self.nets),
            "It would have no effect: take it out.",
            of=("n_seeds", "candidates"),
            received=lambda: {"n_seeds": self.n_seeds},
        )
        expect(
            "learning_curve of ascending shares within 0 and 1",
            lambda: all(low < high for low, high in pairwise((0.0, *self.learning_curve, 1.0))),
            "Write it like (0.25, 0.5, 0.75): all rows are there anyway.",
            of="learning_curve",
        )
        expect(
            "learning_curve with a candidate that looks at the inputs",
            lambda: not self.learning_curve or bool(self._looking),
            "It would have no effect: take it out.",
            of=("learning_curve", "candidates"),
            received=lambda: {"learning_curve": self.learning_curve},
        )

    @property
    def owner(self) -> str:
        """Who is named in front of an error."""
        return f"Comparison {self.name!r}"

    @property
    def dummy(self) -> str:
        """Name of the candidate that looks at no input."""
        return self._dummies[0].name

    @property
    def task(self) -> str:
        """What is learned, as the candidate that looks at no input tells: ``"classification"`` or ``"regression"``."""
        return next(task for task, algorithm in DUMMIES.items() if algorithm == self._dummies[0].algorithm)

    @property
    def nets(self) -> tuple[Candidate, ...]:
        """The candidates that are nets."""
        return tuple(c for c in self.candidates if c.family == "net")

    @property
    def _names(self) -> list[str]:
        return [candidate.name for candidate in self.candidates]

    @property
    def _dummies(self) -> list[Baseline]:
        return [c for c in self.candidates if isinstance(c, Baseline) and c.algorithm in DUMMIES.values()]

    @property
    def _widest(self) -> float:
        """No difference of shares is larger than 1; one of numbers may be."""
        return 1.0 if self.task == "classification" else math.inf

    @property
    def _looking(self) -> set[str]:
        """Names of the candidates that look at the inputs."""
        return {*self._names} - {self.dummy}

    @property
    def _net_names(self) -> set[str]:
        return {net.name for net in self.nets}

    @property
    def _rivals(self) -> set[str]:
        """Names of the baselines that look at the inputs."""
        return self._looking - self._net_names
