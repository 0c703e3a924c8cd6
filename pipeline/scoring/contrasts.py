"""The paired differences of every two candidates, with their tests."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations

import numpy as np

from experiments.language import Comparison
from experiments.language.metric import metric as declared
from pipeline.data.values import Fold
from pipeline.scoring.one_test_set import bootstrap_difference, delong, mcnemar
from pipeline.scoring.significance import Difference, corrected_difference, holm, judge
from pipeline.scoring.taken import by_candidate, resampled, values_of
from pipeline.scoring.values import Contrast, Scores

PAIRED_FOLDS = (
    "corrected resampled t-test of the differences by fold (Nadeau & Bengio 2003), and its Bayesian reading with a "
    "region of practical equivalence (Benavoli et al. 2017)"
)
PAIRED_ROWS = "paired bootstrap over the rows of the one test set, resampled within classes"
MCNEMAR = f"{PAIRED_ROWS}; p-value of McNemar's exact test"
DELONG = "DeLong's test on the rows of the one test set (DeLong et al. 1988)"


def contrast(scores: Sequence[Scores], folds: Sequence[Fold], comparison: Comparison) -> tuple[Contrast, ...]:
    """Returns the paired differences of every two candidates in every metric, each both ways round.

    Holm's correction is over all pairs of a metric. Candidates without scores are left out.
    """
    own = by_candidate(scores, comparison)
    pairs = list(combinations(own, 2))
    contrasts = []
    for metric in comparison.metrics if pairs else ():
        differences, method = _differences(metric, own, pairs, folds, comparison)
        corrected = holm(np.array([difference.p_value for difference in differences]))
        for (one, other), difference, p_holm in zip(pairs, differences, corrected, strict=True):
            told = partial(_told, metric=metric, p_holm=float(p_holm), n=len(folds), method=method)
            contrasts += [told(own[one][0], other, difference), told(own[other][0], one, difference.turned)]
    return tuple(contrasts)


def _told(
    of: Scores, reference: str, difference: Difference, *, metric: str, p_holm: float, n: int, method: str
) -> Contrast:
    outside = (difference.above, difference.below)
    better, worse = outside[::-1] if declared(metric).lower_is_better else outside
    return Contrast(
        candidate=of.candidate,
        family=of.family,
        reference=reference,
        metric=metric,
        difference=difference.mean,
        low=difference.low,
        high=difference.high,
        p_value=difference.p_value,
        p_holm=p_holm,
        better=better,
        equal=difference.within,
        worse=worse,
        judgment=judge(better, difference.within, worse),
        n=n,
        method=method,
    )


def _differences(
    metric: str,
    own: Mapping[str, Sequence[Scores]],
    pairs: Sequence[tuple[str, str]],
    folds: Sequence[Fold],
    comparison: Comparison,
) -> tuple[list[Difference], str]:
    if len(folds) == 1:
        return _differences_by_row(metric, {name: items[0] for name, items in own.items()}, pairs, folds[0], comparison)
    values = {name: values_of(metric, items) for name, items in own.items()}
    tested = [
        corrected_difference(
            values[one] - values[other],
            n_train=len(folds[0].train_rows),
            n_test=len(folds[0].test_rows),
            equivalence=comparison.equivalence(metric),
        )
        for one, other in pairs
    ]
    return tested, PAIRED_FOLDS


def _differences_by_row(
    metric: str, own: Mapping[str, Scores], pairs: Sequence[tuple[str, str]], fold: Fold, comparison: Comparison
) -> tuple[list[Difference], str]:
    equivalence = comparison.equivalence(metric)
    y_true, n_classes = next((item.y_true, item.y_proba.shape[1]) for item in own.values())
    positive_class = 1 if n_classes == 2 else comparison.positive_class
    if metric == "roc_auc" and positive_class is not None:
        positive, of = y_true == positive_class, {name: item.y_proba[:, positive_class] for name, item in own.items()}
        return [delong(positive, of[one], of[other], equivalence=equivalence) for one, other in pairs], DELONG
    resampled = {name: resampled(metric, item, fold, comparison) for name, item in own.items()}
    tested = [
        bootstrap_difference(
            own[one].metrics[metric] - own[other].metrics[metric],
            resampled[one] - resampled[other],
            equivalence=equivalence,
        )
        for one, other in pairs
    ]
    if metric != "accuracy":
        return tested, PAIRED_ROWS
    right = {name: item.y_proba.argmax(axis=1) == y_true for name, item in own.items()}
    exact = [mcnemar(right[one], right[other]) for one, other in pairs]
    return [replace(each, p_value=p) for each, p in zip(tested, exact, strict=True)], MCNEMAR
