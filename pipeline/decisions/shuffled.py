"""What shuffling a column costs, of the best net and the best baseline that decisions are made with."""

from collections import Counter
from collections.abc import Sequence

import joblib
import numpy as np
from numpy.typing import NDArray

from pipeline.data.values import Fold
from pipeline.decisions.estimates import estimate, sizes_of
from pipeline.decisions.importance import importances, largest_loss
from pipeline.decisions.values import Estimate, LargestLoss, declared
from pipeline.scoring.result import Result
from pipeline.scoring.significance import holm

MOST_SHUFFLED_FOLDS = 10  # each takes seconds


def shuffled_columns(result: Result) -> tuple[tuple[Estimate, ...], tuple[LargestLoss, ...]]:
    """Shuffles columns for the best net and the best baseline among the declared; not of images.

    Returns:
        The loss by each column on test rows; and by the one that matters most on training rows.
    """
    if result.dataset.is_image:
        return (), ()
    names, shuffled = _best_of_each_family(result), result.folds[:MOST_SHUFFLED_FOLDS]
    jobs = [
        (run, fold, rows)
        for name in names
        for run, fold in zip(result.of(name).trained, shuffled, strict=False)
        for rows in (fold.test_rows, _some_training_rows(fold))
    ]
    # Threads: models need not be copied, and both libraries compute outside Python's lock.
    found = joblib.Parallel(n_jobs=-1, prefer="threads")(
        joblib.delayed(importances)(
            run.model,
            result.dataset.X[rows],
            result.dataset.y[rows],
            result.primary.name,
            result.comparison.positive_class,
            seed=fold.seed,
            n_shuffles=1,
        )
        for run, fold, rows in jobs
    )
    columns = result.dataset.feature_names
    losses = np.reshape(found, (len(names), len(shuffled), 2, len(columns)))
    return tuple(
        estimate(name, column, "importance", values, result.folds)
        for name, own in zip(names, losses[:, :, 0], strict=True)
        for column, values in zip(columns, np.transpose(own), strict=True)
    ), _largest_losses(names, losses, result)


def _some_training_rows(fold: Fold) -> NDArray[np.int64]:
    """Returns as many training rows as there are test rows, by the fold's seed: enough to choose a column."""
    n_rows = min(len(fold.train_rows), len(fold.test_rows))
    return np.random.default_rng(fold.seed).choice(fold.train_rows, n_rows, replace=False)


def _largest_losses(names: Sequence[str], losses: NDArray[np.float64], result: Result) -> tuple[LargestLoss, ...]:
    """Takes ``(n_candidates, n_folds, 2, n_features)``: on test rows, on training rows."""
    sizes = sizes_of(result.folds)
    found = [largest_loss(own[:, 1], own[:, 0], **sizes) for own in losses]
    corrected = holm(np.array([one.loss.p_value for one in found]))
    columns = result.dataset.feature_names
    most = [Counter(one.columns).most_common(1)[0] for one in found]
    return tuple(
        LargestLoss(
            candidate=name,
            column=columns[column],
            n_chosen=n_chosen,
            mean=one.loss.mean,
            low=one.loss.low,
            high=one.loss.high,
            p_corrected=float(p_corrected),
            beyond=tuple(columns[place] for place in one.beyond),
            n_columns=len(columns),
            n=len(one.columns),
        )
        for name, one, (column, n_chosen), p_corrected in zip(names, found, most, corrected, strict=True)
    )


def _best_of_each_family(result: Result) -> list[str]:
    """Returns the net and the baseline of the best mean in the primary metric, among the declared."""
    decision, _ = declared(result.comparison)
    sign = -1 if result.primary.lower_is_better else 1
    means = {
        name: sign * float(np.nanmean([one.metrics[result.primary.name] for one in result.of(name).scores]))
        for name in decision.candidates
    }
    nets = {net.name for net in result.comparison.nets}
    families = ([name for name in means if name in nets], [name for name in means if name not in nets])
    return [max(family, key=lambda name: means[name]) for family in families if family]
