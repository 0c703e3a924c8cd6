"""Training rows divided once more: what no model could learn from is refused before anything is trained."""

from collections.abc import Sequence

import numpy as np

from experiments.language import Candidate, Comparison, Ensemble, Search
from models.checks import require
from pipeline.data.split import inner_folds
from pipeline.data.values import Dataset, Fold


def inside(comparison: Comparison, dataset: Dataset, folds: Sequence[Fold]) -> tuple[Fold, ...]:
    """Returns the inner folds on which thresholds are chosen; none where nothing is decided.

    Args:
        comparison: The declaration.
        dataset: Where the rows are.
        folds: The outer ones.

    Raises:
        ValueError: Training rows cannot be divided so, or some part would be learned from rows that lack a class, as
            of few groups or of the earliest times: those of a decision, of a search, or of a vote with weights.
    """
    if dataset.groups is not None or dataset.times is not None:  # else each part has its share of every class
        for candidate in comparison.candidates:
            if n_inner := _n_inner(candidate):
                remedy = "Leave it out, declare a smaller n_inner or fewer folds, or give more rows."
                _require_classes(dataset, inner_folds(dataset, folds, n_inner), n_inner, candidate.name, remedy)
    if (decision := comparison.decision) is None:
        return ()
    found = inner_folds(dataset, folds, decision.n_inner)
    remedy = "Leave the decision out (--cost-ratio, --recall, --by), take fewer folds, or give more rows."
    _require_classes(dataset, found, decision.n_inner, "a decision", remedy)
    return found


def _n_inner(candidate: Candidate) -> int:
    if isinstance(candidate, Search):
        return candidate.n_inner
    return candidate.n_inner if isinstance(candidate, Ensemble) and candidate.weights == "caruana" else 0


def _require_classes(dataset: Dataset, inner: Sequence[Fold], n_inner: int, what: str, remedy: str) -> None:
    if not dataset.task.has_classes:
        return
    for fold in inner:
        counts = np.bincount(dataset.y[fold.train_rows], minlength=dataset.n_classes)
        shown = dict(zip(dataset.class_names, counts.tolist(), strict=True))
        where = {"fold": fold.index // n_inner, "part": fold.index % n_inner, "class_counts": shown}
        require(bool((counts > 0).all()), what, "every class among the rows that its parts learn from", remedy, **where)
