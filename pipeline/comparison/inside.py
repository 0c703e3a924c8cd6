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
    _require_dividable(dataset, folds, comparison.candidates)
    if (decision := comparison.decision) is None:
        return ()
    found = inner_folds(dataset, folds, decision.n_inner)
    remedy = "Leave the decision out (--cost-ratio, --recall, --by), take fewer folds, or give more rows."
    _require_classes(dataset, found, decision.n_inner, "a decision", remedy)
    asked = [one for one in comparison.candidates if one.name in decision.candidates]
    _require_dividable(dataset, found, asked, "in a decision")
    return found


def _require_dividable(
    dataset: Dataset, folds: Sequence[Fold], candidates: Sequence[Candidate], where: str = ""
) -> None:
    """Checks the parts on which searches and votes with weights choose; of single rows each has all classes."""
    if dataset.groups is None and dataset.times is None:
        return
    remedy = "Leave it out, declare a smaller n_inner or fewer folds, or give more rows."
    for candidate in candidates:
        if n_inner := _n_inner(candidate):
            what = f"{candidate.name} {where}".strip()
            _require_classes(dataset, inner_folds(dataset, folds, n_inner), n_inner, what, remedy)


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
