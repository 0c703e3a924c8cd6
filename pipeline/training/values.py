"""What training hands on: a model for each fold, and what was tried for it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from experiments.language import Candidate
from pipeline.data.values import ReadOnlyArrays


class ClassModel(Protocol):
    """What every candidate can do that was trained on classes."""

    def predict_proba(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Returns the probability of each class for raw rows, shape ``(n_samples, n_classes)``."""


class NumberModel(Protocol):
    """What every candidate can do that was trained on numbers."""

    def predict(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Returns a number in the unit of the target for each raw row, shape ``(n_samples,)``."""


Model = ClassModel | NumberModel
"""What it says is asked for by ``Task.predictions``."""


@dataclass(frozen=True, kw_only=True)
class Judge:
    """By what a search chooses between settings.

    Attributes:
        name: Tells it from any other.
        score: What was observed, what is predicted and what each row counts, ``None`` where all count alike -> the
            score of rows that were held out.
        lower_is_better: Which way is better.
        is_ours: Whether its name says all; of somebody else's metric nobody knows whether it is as it was.
    """

    name: str
    score: Callable[[NDArray[Any], NDArray[np.float64], NDArray[np.float64] | None], float]
    lower_is_better: bool
    is_ours: bool = True


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Settings that were tried inside the training rows of one fold.

    Attributes:
        settings: Path of a field -> value.
        score: Mean of the primary metric over the inner folds on which it was tried; NaN where a net diverged, or one
            of them has not the classes that the metric needs.
        chosen: Whether the fold was then trained with them.
        standard_error: Of that mean, from inner fold to inner fold; ``None`` where it cannot be told.
        n_parts: Inner folds on which it was tried: fewer than all where a rung dropped it.
        seconds: Of training on them, which two runs do not share.
    """

    settings: Mapping[str, Any]
    score: float
    chosen: bool
    standard_error: float | None = None
    n_parts: int | None = None
    seconds: float = field(default=0.0, compare=False)


@dataclass(frozen=True, kw_only=True, eq=False)
class Tried(ReadOnlyArrays):
    """How settings did on inner folds.

    Attributes:
        scores: ``(n_works,)``: of each; NaN where a net diverged.
        seconds: ``(n_works,)``: of the training of each.
    """

    scores: NDArray[np.float64]
    seconds: NDArray[np.float64]

    def pairs(self) -> Iterator[tuple[float, float]]:
        """Yields score and seconds of each."""
        yield from zip(self.scores.tolist(), self.seconds.tolist(), strict=True)


@dataclass(frozen=True, kw_only=True, eq=False)
class Trained(ReadOnlyArrays):
    """One candidate trained on one fold.

    Attributes:
        candidate: Its declaration.
        fold_index: Which fold.
        seed: Of initial weights, order of rows and the validation rows.
        model: Takes raw rows; everything fitted is inside.
        history: Curves by epoch: ``train_loss`` and, with early stopping, ``validation_loss``. Empty for baselines.
        best_epoch: Index of the epoch whose weights were kept (nets only).
        n_parameters: Trainable numbers (nets only).
        seconds: Wall-clock time of the training, this fold's share where folds were trained together.
        engine: What trained it.
        train_rows: Rows whose gradient was followed.
        validation_rows: Rows taken out of the fold's training rows for early stopping; empty without.
        trials: What a search tried on this fold; empty without.
    """

    candidate: Candidate
    fold_index: int
    seed: int
    model: Model
    history: Mapping[str, NDArray[np.float64]]
    best_epoch: int | None
    n_parameters: int | None
    seconds: float
    engine: str
    train_rows: NDArray[np.int64]
    validation_rows: NDArray[np.int64]
    trials: tuple[Trial, ...] = ()

    @property
    def chosen(self) -> Mapping[str, Any]:
        """The settings that a search chose; empty without."""
        return next((trial.settings for trial in self.trials if trial.chosen), {})


class NotTrained(ValueError):
    """Something would have to be trained where only what was trained before is wanted."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C while a candidate was trained.

    Attributes:
        trained: What there is of it, on the folds that have finished an epoch.
    """

    def __init__(self, trained: Sequence[Trained]) -> None:
        super().__init__("training was interrupted")
        self.trained = tuple(trained)
