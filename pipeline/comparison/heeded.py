"""What is said of rows, weights, groups and times, is heeded by all of a comparison, or refused before it begins."""

from collections.abc import Sequence

import numpy as np

from experiments.language import Baseline, Candidate, Comparison, Ensemble, Net, Search
from models import baselines
from models.checks import require
from pipeline.data.values import Dataset, Fold
from pipeline.scoring.weighted import require_weighable


def require_heeded(comparison: Comparison, dataset: Dataset, folds: Sequence[Fold]) -> None:
    """Checks that nothing in a comparison passes over what is said of its rows.

    Args:
        comparison: The declaration.
        dataset: Where the rows are.
        folds: All of them.

    Raises:
        ValueError: A candidate, a metric or a decision that cannot weigh rows, a fold of which no row counts, or a
            candidate that divides its training rows by a rule of its own.
    """
    if dataset.weights is not None:
        _require_weighed(comparison, dataset, folds)
    if dataset.groups is None and dataset.times is None:
        return
    for candidate in map(_innermost, comparison.candidates):
        if not isinstance(candidate, Baseline):
            continue
        who, settings = f"Baseline {candidate.name!r}", dict(candidate.settings)
        remedy = "It would hold rows out at random: take early_stopping out."
        stops = candidate.algorithm == "hist_gradient_boosting" and settings.get("early_stopping") is True
        require(not stops, who, "no early_stopping with groups or times", remedy, settings=settings)
        remedy = "Its probabilities are fitted on rows dealt out at random: leave it out."
        mixes = candidate.algorithm == "support_vector_machine" and dataset.task.has_classes
        heeds = dataset.times is None or not mixes
        require(heeds, who, "an algorithm that heeds the order of time", remedy, algorithm=candidate.algorithm)


def _require_weighed(comparison: Comparison, dataset: Dataset, folds: Sequence[Fold]) -> None:
    who = f"Comparison {comparison.name!r}"
    require_weighable(comparison.metrics)
    remedy = "Costs, thresholds, calibration and gains count rows alike: leave --weight out, or the decision."
    require(comparison.decision is None, who, "no decision with weights", remedy, decision="declared")
    for candidate in map(_innermost, comparison.candidates):
        if isinstance(candidate, Baseline):
            baselines.require_weighable(baselines.ALGORITHMS[dataset.task.name][candidate.algorithm])
        if isinstance(candidate, Net):
            watches = candidate.training.patience is not None and candidate.training.monitor == "accuracy"
            remedy = "The accuracy that it watches counts rows alike: watch the loss."
            require(not watches, f"Net {candidate.name!r}", "monitor='loss' with weights", remedy, monitor="accuracy")
    _require_counting(who, dataset, folds)


def _require_counting(who: str, dataset: Dataset, folds: Sequence[Fold]) -> None:
    """Checks that on both sides of each fold some row counts, and of what is learned from, one of every class."""
    assert dataset.weights is not None
    remedy = "Too many rows have a weight of 0: divide into fewer parts, or leave these rows out."
    for fold in folds:
        counts = {"train": dataset.weights[fold.train_rows].any(), "test": dataset.weights[fold.test_rows].any()}
        require(all(counts.values()), who, "rows that count on both sides of a split", remedy, fold=fold.index)
        if dataset.task.has_classes:
            counted = dataset.y[fold.train_rows][dataset.weights[fold.train_rows] > 0]
            there = np.isin(np.arange(dataset.n_classes), counted)
            lacking = [name for name, known in zip(dataset.class_names, there, strict=True) if not known]
            require(
                not lacking, who, "training rows of every class that count", remedy, fold=fold.index, lacking=lacking
            )


def _innermost(candidate: Candidate) -> Candidate:
    """Returns what is trained: of a search what it searches, of a vote its nets, which are alike."""
    if isinstance(candidate, Search):
        return _innermost(candidate.candidate)
    return candidate.net if isinstance(candidate, Ensemble) else candidate
