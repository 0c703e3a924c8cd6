"""What goes wrong with images: which ones a candidate misreads and how surely, and how well it reads each class.

All of it speaks of the test rows of the first fold: the test rows of random splits overlap, so that counts over several
folds would count some images twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.classifier import NetClassifier
from models.saliency import saliency
from pipeline.data.values import Dataset, Fold
from pipeline.scoring.one_test_set import wilson_interval
from pipeline.scoring.result import Result
from pipeline.scoring.significance import Interval
from pipeline.scoring.values import Scores
from pipeline.training.values import Trained


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """An image whose most probable class is not the true one.

    Attributes:
        row: Of the data set.
        truth: Index of the true class.
        answer: Index of the most probable class.
        p_truth: Probability given to the true class.
        p_answer: Probability given to the answer.
    """

    row: int
    truth: int
    answer: int
    p_truth: float
    p_answer: float


@dataclass(frozen=True, kw_only=True)
class ClassAccuracy:
    """How many images of one class were read right.

    Attributes:
        index: Of the class.
        n_right: Images whose most probable class is this one.
        n_test: Images of the class.
        share: Their quotient, with its 95 % Wilson interval.
    """

    index: int
    n_right: int
    n_test: int
    share: Interval


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How one candidate read the test images.

    Attributes:
        candidate: Its name.
        family: ``"net"`` or ``"baseline"``.
        n_test: Images.
        mistakes: The surest first.
        by_class: Of the classes that have test images.
    """

    candidate: str
    family: str
    n_test: int
    mistakes: tuple[Mistake, ...]
    by_class: tuple[ClassAccuracy, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Images:
    """What a comparison on images shows beside its scores.

    Attributes:
        readings: The best net and the best baseline, as far as there are some.
        kernels: Of the first convolution of the best net that has one, ``(height, width, n_feature_maps)``.
        kernels_of: Name of that net; empty without.
        slopes: Of the best net's surest mistakes, ``(n, height, width)``: how steeply the log-odds of its answer
            against the truth follow each pixel; ``None`` without a net, a mistake, or layers in a chain.
    """

    readings: tuple[Reading, ...]
    kernels: NDArray[np.float64] | None
    kernels_of: str
    slopes: NDArray[np.float64] | None = None


def read_images(result: Result, n_slopes: int = 0) -> Images:
    """Looks at the best net and the best baseline on the first fold's test rows.

    Args:
        result: Whole.
        n_slopes: Of how many mistakes of the net it is asked what spoke for them.
    """
    fold = result.folds[0]
    order = [item.candidate for item in result.ranked if item.candidate != result.reference.candidate]
    firsts = [best.candidate for best in (result.best("net"), result.best("baseline")) if best]
    on_fold = {item.candidate: item for item in result.scores if item.fold_index == fold.index}
    runs = {item.candidate.name: item for item in result.trained if item.fold_index == fold.index}
    kernels = {name: first_kernels(runs[name]) for name in order}
    kernels_of = next((name for name, found in kernels.items() if found is not None), "")
    readings = tuple(read(on_fold[name], fold) for name in firsts)
    slopes = [_slopes(runs[one.candidate], one.mistakes[:n_slopes], result.dataset) for one in readings]
    return Images(
        readings=readings,
        kernels=kernels.get(kernels_of),
        kernels_of=kernels_of,
        slopes=next((found for found in slopes if found is not None), None),
    )


def _slopes(trained: Trained, mistakes: Sequence[Mistake], dataset: Dataset) -> NDArray[np.float64] | None:
    """Returns what spoke for the answers of a net, pixel by pixel."""
    if not isinstance(trained.model, NetClassifier) or not mistakes:
        return None
    answers, truths = (np.array([getattr(one, what) for one in mistakes]) for what in ("answer", "truth"))
    return saliency(trained.model.model, dataset.X[[one.row for one in mistakes]], answers, truths)


def read(scores: Scores, fold: Fold) -> Reading:
    """Returns the mistakes of one candidate and its accuracy in each class.

    Args:
        scores: On the test rows of ``fold``.
        fold: Says which row of the data set each score belongs to.
    """
    counts = [(index, int(row[index]), int(row.sum())) for index, row in enumerate(scores.confusion)]
    return Reading(
        candidate=scores.candidate,
        family=scores.family,
        n_test=len(scores.y_true),
        mistakes=_mistakes(scores, fold),
        by_class=tuple(
            ClassAccuracy(index=index, n_right=n_right, n_test=n_test, share=wilson_interval(n_right, n_test))
            for index, n_right, n_test in counts
            if n_test
        ),
    )


def _mistakes(scores: Scores, fold: Fold) -> tuple[Mistake, ...]:
    answers, places = scores.y_proba.argmax(axis=1), np.arange(len(scores.y_true))
    p_answer, p_truth = scores.y_proba[places, answers], scores.y_proba[places, scores.y_true]
    # The surest first; among the equally sure, such as k-nearest neighbors' many ones, the furthest from the truth.
    surest_first = np.lexsort((fold.test_rows, p_truth, -p_answer))
    return tuple(
        Mistake(
            row=int(fold.test_rows[place]),
            truth=int(scores.y_true[place]),
            answer=int(answers[place]),
            p_truth=float(p_truth[place]),
            p_answer=float(p_answer[place]),
        )
        for place in surest_first
        if answers[place] != scores.y_true[place]
    )


def first_kernels(trained: Trained) -> NDArray[np.float64] | None:
    """Returns the kernels of a net's first convolution, ``(height, width, n_feature_maps)``; of colors their mean.

    ``None`` for whatever does not convolve.
    """
    if not isinstance(trained.model, NetClassifier):
        return None
    layers = (layer for layer in _layers(trained.model.model) if isinstance(layer, keras.layers.Conv2D))
    first = next(layers, None)
    return None if first is None else np.asarray(first.kernel, np.float64).mean(axis=2)


def _layers(layer: keras.Layer) -> Iterator[keras.Layer]:
    """Yields the layers of nested models, input side first."""
    for inner in getattr(layer, "layers", ()):
        yield from _layers(inner)
    yield layer


def misread_table(result: Result, candidates: Sequence[str]) -> pd.DataFrame:
    """Returns a row for each test image of any fold that a candidate misread, those first that it was surest of.

    Args:
        result: Of images that are files.
        candidates: Names of those that are asked about.
    """
    dataset, folds = result.dataset, {fold.index: fold for fold in result.folds}
    names, classes = dataset.files.names if dataset.files else (), dataset.class_names
    records: list[dict[str, Any]] = [
        {
            "candidate": scores.candidate,
            "fold": scores.fold_index,
            "file": names[one.row],
            "class": classes[one.truth],
            "read_as": classes[one.answer],
            "p_read_as": one.p_answer,
            "p_class": one.p_truth,
        }
        for candidate in candidates
        for scores in result.scores
        if scores.candidate == candidate
        for one in _mistakes(scores, folds[scores.fold_index])
    ]
    columns = ["candidate", "fold", "file", "class", "read_as", "p_read_as", "p_class"]
    order = {candidate: place for place, candidate in enumerate(candidates)}
    records.sort(key=lambda one: (order[one["candidate"]], -one["p_read_as"], one["p_class"]))
    return pd.DataFrame(records, columns=columns)


def accuracy_table(readings: Sequence[Reading], dataset: Dataset) -> pd.DataFrame:
    """Returns a row for each candidate and class: counts, accuracy, bounds of its 95 % Wilson interval."""
    records = [
        {
            "candidate": reading.candidate,
            "class": dataset.class_names[item.index],
            "n_right": item.n_right,
            "n_test": item.n_test,
            "accuracy": item.share.mean,
            "low": item.share.low,
            "high": item.share.high,
        }
        for reading in readings
        for item in reading.by_class
    ]
    return pd.DataFrame(records)
