"""What is read of a model's answer: a probability and its log-odds, or a number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.data.task import Classification
from pipeline.scoring.result import Result

_CERTAIN = 1e-9  # a probability is taken for no less, nor its rest

PROBABILITY, LOG_ODDS, VALUE = "probability", "log_odds", "value"


@dataclass(frozen=True, kw_only=True)
class Scales:
    """How answers are read.

    Attributes:
        shown: The scale of the page; all are in the file.
        outputs: Name of what each curve is of: classes, or the number.
        classes: Places of these classes; ``None`` of a number.
    """

    shown: str
    outputs: tuple[str, ...]
    classes: tuple[int, ...] | None

    def __call__(self, answers: NDArray[np.float64]) -> Mapping[str, NDArray[np.float64]]:
        """Returns by scale ``(n_rows, n_outputs)``."""
        if self.classes is None:
            return {VALUE: answers[:, None]}
        return {PROBABILITY: answers[:, list(self.classes)], LOG_ODDS: log_odds(answers, self.classes)}


def scales_of(result: Result) -> Scales:
    """Returns how a result's models are read: of two classes the one that is looked for, of more each."""
    task = result.dataset.task
    if not isinstance(task, Classification):
        return Scales(shown=VALUE, outputs=(VALUE,), classes=None)
    names, positive = task.class_names, result.comparison.positive_class
    if positive is None and len(names) > 2:
        return Scales(shown=PROBABILITY, outputs=tuple(names), classes=tuple(range(len(names))))
    place = 1 if positive is None else positive
    return Scales(shown=PROBABILITY, outputs=(names[place],), classes=(place,))


def log_odds(y_proba: NDArray[np.float64], classes: Sequence[int]) -> NDArray[np.float64]:
    """Returns those of classes against all others; these are summed, as 1 - p has fewer digits near p = 1.

    Example:
        >>> log_odds(np.array([[0.2, 0.5, 0.3]]), [1, 2]).round(3)
        array([[ 0.   , -0.847]])
    """
    chosen = y_proba[:, list(classes)]
    others = np.column_stack([np.delete(y_proba, place, axis=1).sum(axis=1) for place in classes])
    return np.log(np.clip(chosen, _CERTAIN, None)) - np.log(np.clip(others, _CERTAIN, None))
