"""What is predicted: everything that classes and numbers do differently is asked here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold

from experiments.language import Comparison
from experiments.language.metric import METRICS, metric
from models.checks import require

Division = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Positions of the rows that are learned from, and of those that are held out."""
Groups = NDArray[np.int64] | None
"""A number for each row; rows of one number stay together."""


@dataclass(frozen=True, kw_only=True)
class TargetScale:
    """The scale on which a net learns numbers, of its own training rows, in float64.

    Attributes:
        mean: Of the target.
        deviation: Its standard deviation; 1 where it is constant.
    """

    mean: float
    deviation: float

    def scaled(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns ``(y - mean) / deviation``."""
        return (y - self.mean) / self.deviation


class Task(Protocol):
    """What is predicted.

    Attributes:
        name: As metrics know it.
        dummy: The baseline that looks at no input.
        guess: What that does, in words that another candidate is compared with.
        prediction: What a model says of a row, in words.
        has_classes: Whether rows belong to classes, which can be confused, ranked and decided on.
    """

    name: ClassVar[str]
    dummy: ClassVar[str]
    guess: ClassVar[str]
    prediction: ClassVar[str]
    has_classes: ClassVar[bool]

    @property
    def n_outputs(self) -> int:
        """Output neurons of a net."""

    @property
    def answer_names(self) -> tuple[str, ...]:
        """The columns that a served model answers with."""

    def predictions(self, model: Any, X: NDArray[Any]) -> NDArray[np.float64]:
        """Returns what a trained model says of raw rows: ``(n_samples, n_classes)``, or of numbers ``(n_samples,)``."""

    def output_activation(self, cost: str) -> str | None:
        """Returns the activation of the output neurons under a declared cost; ``None`` for the builder's own."""

    def loss(self, cost: str) -> str:
        """Returns the name of the loss under a declared cost."""

    def target_scale(self, y: NDArray[Any]) -> TargetScale | None:
        """Returns the scale on which a net learns what was observed of its training rows; ``None`` of classes."""

    def targets(self, y: NDArray[Any], cost: str, scale: TargetScale | None = None) -> NDArray[Any]:
        """Returns what was observed as that loss takes it, on a scale of ``target_scale``."""

    def observed(self, y: NDArray[Any]) -> NDArray[Any]:
        """Returns what was observed as people write it."""

    def described(self, y: NDArray[Any]) -> dict[str, Any]:
        """Returns what is recorded of what was observed: how many rows of each class, or where the numbers lie."""

    def deal(self, y: NDArray[Any], n_parts: int, seed: int, groups: Groups = None) -> Iterator[Division]:
        """Deals rows out to parts at random, each part held out once; parts look alike as far as the task asks.

        Rows of one of the ``groups`` stay together.
        """

    def require_fit(self, comparison: Comparison) -> None:
        """Raises a ValueError where a comparison asks of the data what they do not have."""


@dataclass(frozen=True, kw_only=True)
class Classification:
    """Each row belongs to one of several classes.

    Attributes:
        class_names: One for each class, in the order of their numbers.
    """

    class_names: tuple[str, ...]

    name: ClassVar[str] = "classification"
    dummy: ClassVar[str] = "majority_class"
    guess: ClassVar[str] = "the majority class"
    prediction: ClassVar[str] = "a probability for each class"
    has_classes: ClassVar[bool] = True

    @property
    def n_classes(self) -> int:
        """Classes."""
        return len(self.class_names)

    @property
    def n_outputs(self) -> int:
        """Output neurons: one says all of two classes."""
        return 1 if self.n_classes == 2 else self.n_classes

    @property
    def answer_names(self) -> tuple[str, ...]:
        """The classes: each has a probability."""
        return self.class_names

    def predictions(self, model: Any, X: NDArray[Any]) -> NDArray[np.float64]:
        """Returns ``(n_samples, n_classes)`` probabilities."""
        y_proba: NDArray[np.float64] = model.predict_proba(X)
        return y_proba

    def output_activation(self, cost: str) -> str | None:
        """Returns sigmoid where the cost is a sum over sigmoid neurons; else the builder knows."""
        return None if cost == "log_likelihood" else "sigmoid"

    def loss(self, cost: str) -> str:
        """Returns the cost, or what the likelihood is of: one sigmoid neuron, or softmax neurons."""
        if cost != "log_likelihood":
            return cost
        return "binary_cross_entropy" if self.n_outputs == 1 else "sparse_categorical_cross_entropy"

    def target_scale(self, y: NDArray[np.int64]) -> None:
        """Returns none: classes have no scale."""

    def targets(self, y: NDArray[np.int64], cost: str, scale: TargetScale | None = None) -> NDArray[Any]:
        """Returns a column for each sigmoid neuron; class numbers for softmax."""
        if self.n_outputs == 1:
            return y[:, None].astype(np.float32)
        return y if cost == "log_likelihood" else np.eye(self.n_classes, dtype=np.float32)[y]

    def observed(self, y: NDArray[np.int64]) -> NDArray[np.str_]:
        """Returns the name of each row's class."""
        return np.array(self.class_names)[y]

    def described(self, y: NDArray[np.int64]) -> dict[str, Any]:
        """Returns how many rows each class has."""
        counts = np.bincount(y, minlength=self.n_classes).tolist()
        return {"class_counts": dict(zip(self.class_names, counts, strict=True))}

    def deal(self, y: NDArray[np.int64], n_parts: int, seed: int, groups: Groups = None) -> Iterator[Division]:
        """Deals out the rows of each class by themselves.

        Raises:
            ValueError: A class has fewer rows than there are parts.
        """
        fewest = int(np.bincount(y, minlength=self.n_classes).min())
        require(
            fewest >= n_parts,
            "split",
            "n_inner training rows of every class or more, one for each inner fold",
            "Declare a smaller n_inner.",
            n_inner=n_parts,
            fewest=fewest,
        )
        _require_groups(groups, n_parts)
        splitter = StratifiedKFold if groups is None else StratifiedGroupKFold
        divisions: Iterator[Division] = splitter(n_parts, shuffle=True, random_state=seed).split(y, y, groups)
        return divisions

    def require_fit(self, comparison: Comparison) -> None:
        """Checks candidates, metrics and the positive class.

        Raises:
            ValueError: A candidate or metric of another task, a positive class that the data do not have, or none with
                two classes: F1 and average precision would silently become means over both.
        """
        _require_metrics(self.name, comparison)
        positive, names = comparison.positive_class, self.class_names
        require(
            positive is None or positive < self.n_classes,
            f"Comparison {comparison.name!r}",
            f"positive_class among the {self.n_classes} classes",
            f"They are numbered from 0: {', '.join(names)}.",
            positive_class=positive,
        )
        require(
            positive is not None or self.n_classes != 2,
            f"Comparison {comparison.name!r}",
            "positive_class with two classes",
            f"Say which of {names[0]!r} (0) and {names[-1]!r} (1) is meant, or F1 would be a mean over both.",
            positive_class=positive,
        )
        _require_candidates(self.name, comparison)


@dataclass(frozen=True, kw_only=True)
class Regression:
    """Each row has a number.

    Attributes:
        target: What the number is called; a served model answers by this name.
        unit: Of the number; empty where it has none.
    """

    target: str = "prediction"
    unit: str = ""

    name: ClassVar[str] = "regression"
    dummy: ClassVar[str] = "mean"
    guess: ClassVar[str] = "guessing the mean"
    prediction: ClassVar[str] = "a number"
    has_classes: ClassVar[bool] = False

    @property
    def n_outputs(self) -> int:
        """Output neurons."""
        return 1

    @property
    def answer_names(self) -> tuple[str, ...]:
        """The target."""
        return (self.target,)

    def predictions(self, model: Any, X: NDArray[Any]) -> NDArray[np.float64]:
        """Returns ``(n_samples,)`` numbers in the unit of the target."""
        predicted: NDArray[np.float64] = model.predict(X)
        return predicted

    def output_activation(self, cost: str) -> str | None:
        """Returns the identity: a number is not squeezed."""
        return "linear"

    def loss(self, cost: str) -> str:
        """Returns the mean squared error, the likelihood of a normal error."""
        return "mean_squared_error"

    def target_scale(self, y: NDArray[np.float64]) -> TargetScale:
        """Returns mean and standard deviation: on them a rate and a penalty mean the same for every unit."""
        constant = np.ptp(y) == 0  # its computed deviation is rounding
        return TargetScale(mean=float(y.mean()), deviation=1.0 if constant else float(y.std()))

    def targets(self, y: NDArray[np.float64], cost: str, scale: TargetScale | None = None) -> NDArray[Any]:
        """Returns one column."""
        return (y if scale is None else scale.scaled(y))[:, None].astype(np.float32)

    def observed(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns the numbers."""
        return y

    def described(self, y: NDArray[np.float64]) -> dict[str, Any]:
        """Returns where the numbers lie."""
        lowest, median, highest = np.quantile(y, [0, 0.5, 1]).tolist()
        told = {"mean": float(y.mean()), "deviation": float(y.std()), "lowest": lowest, "median": median}
        return {"target": {"name": self.target, "unit": self.unit, **told, "highest": highest}}

    def deal(self, y: NDArray[np.floating], n_parts: int, seed: int, groups: Groups = None) -> Iterator[Division]:
        """Deals out all rows alike."""
        _require_groups(groups, n_parts)
        splitter = KFold if groups is None else GroupKFold
        divisions: Iterator[Division] = splitter(n_parts, shuffle=True, random_state=seed).split(y, y, groups)
        return divisions

    def require_fit(self, comparison: Comparison) -> None:
        """Checks candidates and metrics, and that nothing is asked of classes.

        Raises:
            ValueError: A candidate or metric of another task, or a positive class.
        """
        _require_metrics(self.name, comparison)
        require(
            comparison.positive_class is None,
            f"Comparison {comparison.name!r}",
            "no positive_class where a number is predicted",
            "Take it out.",
            positive_class=comparison.positive_class,
        )
        _require_candidates(self.name, comparison)


def _require_groups(groups: Groups, n_parts: int) -> None:
    """Checks that each part has a group."""
    n_groups = n_parts if groups is None else len(np.unique(groups))
    remedy = "Deal into fewer parts, or divide by a finer column."
    require(n_groups >= n_parts, "split", f"{n_parts} groups or more, one for each part", remedy, groups=n_groups)


def _require_candidates(task: str, comparison: Comparison) -> None:
    for candidate in comparison.candidates:
        candidate.require_task(task)


def _require_metrics(task: str, comparison: Comparison) -> None:
    strange = [name for name in comparison.metrics if task not in metric(name).tasks]
    known = [name for name, each in METRICS.items() if task in each.tasks]
    require(
        not strange,
        f"Comparison {comparison.name!r}",
        f"metrics of {task}",
        f"Known: {', '.join(known) or 'none'}.",
        metrics=strange,
    )
