"""The paired differences of every two candidates, each with its test, its probabilities and its word."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.language import Comparison
from experiments.language.metric import metric as declared
from pipeline.data.values import Fold
from pipeline.scoring import few_found
from pipeline.scoring.area_differences import RANKED
from pipeline.scoring.equivalence import equivalence
from pipeline.scoring.errors import ERRORS
from pipeline.scoring.intervals import most_over_folds, most_rows, too_few
from pipeline.scoring.judgment import covariance_over_folds
from pipeline.scoring.one_test_set import bootstrap_difference
from pipeline.scoring.paired_errors import losses_covariance, paired_errors
from pipeline.scoring.paired_rows import areas_covariance, counted_rows, paired_areas, paired_shares
from pipeline.scoring.questions import Pair, Tested, answered
from pipeline.scoring.redrawn import redrawings
from pipeline.scoring.resampling import Resamples
from pipeline.scoring.row_differences import Asked, told_difference
from pipeline.scoring.rows import are_redrawn, are_unlike, rows_of, telling, too_few_clusters
from pipeline.scoring.significance import (
    Difference,
    corrected_difference,
    least_error,
    of_few_units,
    student_difference,
)
from pipeline.scoring.taken import by_candidate, measured, positive_class_of, resamples_of, values_of
from pipeline.scoring.tested import sizes_of
from pipeline.scoring.units import units_of
from pipeline.scoring.values import Contrast, Question, Scores

PAIRED_FOLDS = (
    "corrected resampled t-test of the differences by fold (Nadeau & Bengio 2003), and its Bayesian reading with a "
    "region of practical equivalence (Benavoli et al. 2017)"
)
AGAIN = (
    ", with the degrees of freedom of folds and of the groups, or rows, that they test again and again (Satterthwaite "
    "1946)"
)
PAIRED_STEADY = (
    "the declared one by a t-test on the test rows, each row once (Bayle et al. 2020), which counts what lies between "
    "the trainings of two folds: no training moves its rows together"
)
PAIRED_UNSTEADY = (
    "the declared one by the less sure of the corrected resampled t-test by fold (Nadeau & Bengio 2003) and of one on "
    "the test rows, each row once (Bayle et al. 2020): what rows say hangs on which fold's training answers"
)
PAIRED_DECLARED: Mapping[Asked, str] = {"folds": PAIRED_FOLDS, "rows": PAIRED_STEADY, "both": PAIRED_UNSTEADY}
PAIRED_LESS_SURE = f"{PAIRED_FOLDS}, or, if less sure, a t-test on the test rows, each row once (Bayle et al. 2020)"
PAIRED_LESS_SURE_AREAS = (
    f"{PAIRED_FOLDS}, or, if less sure, a t-test on the placements of the test rows, each row once (DeLong et al. 1988)"
)
PAIRED_FOUND = f"{PAIRED_FOLDS}, no surer than so few rows of the class that are found (docs/statistics.md)"
PAIRED_ROWS = "paired bootstrap over the rows of the one test set, resampled within classes"
PAIRED_SHARES = "adjusted Wald test of paired shares of the rows of the one test set (Bonett & Price 2012)"
PAIRED_ERRORS = "paired t-test of the errors of the rows of the one test set (Diebold & Mariano 1995)"
TOO_FEW = "none: the one test set has too few rows of a class"
TOO_FEW_NUMBERS = "none: the one test set has too few rows, or one number in all of them"
DELONG = "DeLong's test on the rows of the one test set (DeLong et al. 1988)"

PAIRED_STRETCHES = (
    "t-test on test rows redrawn in whole stretches of time (block bootstrap, Carlstein 1986), with what neighboring "
    "ones share (Andrews & Monahan 1992) and how blocks differ: the corrected t-test over folds does not hold where "
    "each fold learns from all before it"
)
PAIRED_GROUPS = "t-test on the rows of the one test set redrawn in whole groups (Efron & Tibshirani 1993, chapter 8)"
PAIRED_WEIGHTS = "t-test on the rows of the one test set redrawn, each with its weight"

Own = Mapping[str, Sequence[Scores]]
_SAME = Difference(mean=0.0, below=0.0, within=1.0, above=0.0)


def contrast(
    scores: Sequence[Scores], folds: Sequence[Fold], comparison: Comparison, resamples: Resamples | None = None
) -> tuple[Contrast, ...]:
    """Returns the paired differences of every two candidates in every metric, each both ways round.

    Every difference belongs to one question: what the comparison is about, who is better than guessing, or any other,
    which is exploratory. All of a metric that belong to one question are corrected together. Candidates without scores
    are left out.

    Args:
        scores: Of every candidate on every fold.
        folds: All of them.
        comparison: The declaration.
        resamples: Of the one test set, where others need them too.
    """
    resamples = resamples or resamples_of(folds, comparison)
    own = by_candidate(scores, comparison)
    pairs = list(combinations(own, 2))
    families = {name: items[0].family for name, items in own.items()}
    found: list[Contrast] = []
    for metric in comparison.metrics if pairs else ():
        tested = _tested(metric, own, pairs, folds, comparison, resamples)
        found += answered(tested, families, partial(question_of, comparison=comparison), comparison.dummy)
    return tuple(found)


def question_of(pair: Pair, comparison: Comparison) -> Question:
    """Returns what the difference of two candidates is asked for.

    A comparison is about the pair that it declares; else about every net against every baseline; else, without one of
    the families, about all of the other.
    """
    if comparison.dummy in pair:
        return "guess"
    if comparison.primary is not None:
        return "primary" if set(pair) == set(comparison.primary) else "exploratory"
    nets = {net.name for net in comparison.nets}
    of_both = 0 < len(nets) < len(comparison.candidates) - 1
    return "primary" if not of_both or len(nets & set(pair)) == 1 else "exploratory"


def _tested(
    metric: str,
    own: Own,
    pairs: Sequence[Pair],
    folds: Sequence[Fold],
    comparison: Comparison,
    resamples: Resamples,
) -> Tested:
    first = next(iter(own.values()))
    few = too_few_clusters(first, folds)
    if are_unlike(first):
        few = few or units_of(metric, measured(metric, first) or first, comparison.positive_class).too_few
    if few:
        return _untested(metric, own, pairs, len(folds), f"none: {few}")
    if are_redrawn(first):
        return _tested_by_redrawing(metric, own, pairs, folds, comparison)
    if len(folds) == 1:
        return _tested_by_row(metric, {name: items[0] for name, items in own.items()}, pairs, comparison, resamples)
    return _tested_by_fold(metric, own, pairs, folds, comparison)


def _tested_by_fold(
    metric: str, own: Own, pairs: Sequence[Pair], folds: Sequence[Fold], comparison: Comparison
) -> Tested:
    """Tests on the scores of the folds, and two candidates that learn on their rows as well, where those tell."""
    first = next(iter(own.values()))
    values = {name: _by_fold(metric, items, len(folds)) for name, items in own.items()}
    sizes = sizes_of(folds)
    least = equivalence(metric, _guessed(metric, own, comparison), comparison)
    most = {name: _most_rows(metric, items, folds, comparison) for name, items in own.items()}
    method = PAIRED_FOUND if metric in few_found.DIFFERENCES else PAIRED_FOLDS

    rows = {name: rows_of(items, folds) for name, items in own.items()} if are_unlike(first) else {}

    def test(pair: Pair) -> Difference:
        one, other = (values[name] for name in pair)
        worth = min(most[name] for name in (telling(pair, rows) if rows else pair))
        return _of_measured(metric, one, other, most=worth, equivalence=least, **sizes)

    differences, methods = _told_apart(metric, own, pairs, test), dict[Pair, str]()
    if not rows and metric not in few_found.DIFFERENCES:
        differences, methods = _by_rows_too(metric, own, folds, comparison, differences, least)
    if any((each.times > 1).any() for each in rows.values()):
        degrees = units_of(metric, measured(metric, first) or first, comparison.positive_class).degrees
        differences = {pair: of_few_units(found, degrees, equivalence=least) for pair, found in differences.items()}
        method += AGAIN
    known = np.isfinite(np.stack(list(values.values()))).all(axis=0)
    return _of(metric)(
        differences=differences,
        covariance=covariance_over_folds(np.stack(list(values.values()), axis=1)[known]),
        degrees=max(int(known.sum()) - 1, 1),
        n=len(folds),
        method=method,
        methods=methods,
    )


def _by_rows_too(
    metric: str,
    own: Own,
    folds: Sequence[Fold],
    comparison: Comparison,
    differences: Mapping[Pair, Difference],
    least: float,
) -> tuple[dict[Pair, Difference], dict[Pair, str]]:
    """Returns differences over folds, of two that learn by their rows as well, and how those were tested."""
    positive_class = positive_class_of(next(iter(own.values()))[0], comparison)
    found, methods = dict(differences), {}
    for pair, by_folds in differences.items():
        if question_of(pair, comparison) == "guess" or by_folds is _SAME:
            continue
        alone = comparison.primary is not None and set(pair) == set(comparison.primary)
        one, other = own[pair[0]], own[pair[1]]
        found[pair], asked = told_difference(
            metric, one, other, folds, by_folds, positive_class=positive_class, alone=alone, equivalence=least
        )
        methods[pair] = _by_folds_and_rows(asked, metric, alone=alone)
    return found, methods


def _by_folds_and_rows(asked: Asked, metric: str, *, alone: bool) -> str:
    if metric == RANKED and asked == "both":
        return PAIRED_LESS_SURE_AREAS
    return PAIRED_LESS_SURE if asked == "both" and not alone else PAIRED_DECLARED[asked]


def _of(metric: str) -> Callable[..., Tested]:
    """Returns what makes the differences in a metric that is declared."""
    lowest, highest = declared(metric).bounds
    return partial(Tested, metric=metric, lower_is_better=declared(metric).lower_is_better, range=highest - lowest)


def _told_apart(
    metric: str, own: Own, pairs: Sequence[Pair], test: Callable[[Pair], Difference]
) -> dict[Pair, Difference]:
    """Returns each pair's difference; two that say the same of every row are one, however few the rows are."""
    return {pair: _SAME if _are_same(metric, own[pair[0]], own[pair[1]]) else test(pair) for pair in pairs}


def _untested(metric: str, own: Own, pairs: Sequence[Pair], n_folds: int, why: str) -> Tested:
    """Returns differences of which nothing is known about chance."""
    means = {name: _mean_of(metric, items) for name, items in own.items()}
    return _of(metric)(
        differences=_told_apart(metric, own, pairs, lambda pair: Difference(mean=means[pair[0]] - means[pair[1]])),
        covariance=np.eye(len(own)),
        degrees=1,
        n=n_folds,
        method=why,
    )


def _most_rows(metric: str, own: Sequence[Scores], folds: Sequence[Fold], comparison: Comparison) -> float:
    """Returns the most rows that a candidate's score can be worth; infinitely many, as of a loss, without bounds."""
    if declared(metric).bounds != (0.0, 1.0):
        return np.inf
    if not are_unlike(own):
        return most_over_folds(metric, own, folds, comparison)
    rows, n_rows = rows_of(own, folds), len(folds[0].train_rows) + len(folds[0].test_rows)
    return most_rows(metric, own, n_rows * rows.worth / len(rows.losses), comparison)


def _tested_by_redrawing(
    metric: str, own: Own, pairs: Sequence[Pair], folds: Sequence[Fold], comparison: Comparison
) -> Tested:
    """Tests on test rows that hang together or count unequally, redrawn as they hang together."""
    least = equivalence(metric, _guessed(metric, own, comparison), comparison)
    redrawn = redrawings(metric, own, folds, comparison, most_rows, least)
    in_time, grouped = next(iter(own.values()))[0].in_time, bool(next(iter(own.values()))[0].clusterings)
    return _of(metric)(
        differences=_told_apart(metric, own, pairs, redrawn.difference),
        covariance=redrawn.covariance,
        degrees=redrawn.degrees,
        n=len(folds),
        method=PAIRED_STRETCHES if in_time else PAIRED_GROUPS if grouped else PAIRED_WEIGHTS,
    )


def _are_same(metric: str, one: Sequence[Scores], other: Sequence[Scores]) -> bool:
    """Returns whether two candidates say the same of every row."""
    return len(one) == len(other) and all(
        np.array_equal(each.metrics[metric], its.metrics[metric], equal_nan=True)
        and np.array_equal(each.predicted, its.predicted)
        for each, its in zip(one, other, strict=True)
    )


def _guessed(metric: str, own: Own, comparison: Comparison) -> float:
    """Returns the mean of the candidate that looks at no input, NaN without one."""
    return _mean_of(metric, own.get(comparison.dummy, ()))


def _mean_of(metric: str, items: Sequence[Scores]) -> float:
    """Returns the mean over the folds on which a metric could be measured, NaN without any."""
    values = values_of(metric, items)
    return float(np.mean(values[np.isfinite(values)])) if np.isfinite(values).any() else float("nan")


def _by_fold(metric: str, items: Sequence[Scores], n_folds: int) -> NDArray[np.float64]:
    """Returns a metric of each fold, NaN where it was not measured."""
    values = np.full(n_folds, np.nan)
    values[[item.fold_index for item in items]] = values_of(metric, items)
    return values


def _of_measured(
    metric: str,
    one: NDArray[np.float64],
    other: NDArray[np.float64],
    *,
    n_train: int,
    n_test: int,
    most: float,
    equivalence: float,
) -> Difference:
    """Tests the folds on which both candidates could be measured; one of them is no test."""
    measured = np.isfinite(one - other)
    one, other = one[measured], other[measured]
    if len(one) < 2:
        return Difference(mean=float((one - other).mean()) if len(one) else float("nan"))
    sizes = {"n_train": n_train, "n_test": n_test}
    if metric in few_found.DIFFERENCES:
        return few_found.DIFFERENCES[metric](one, other, most=most, equivalence=equivalence, **sizes)
    return corrected_difference(one - other, n_rows=most, equivalence=equivalence, **sizes)


def _tested_by_row(
    metric: str, own: Mapping[str, Scores], pairs: Sequence[Pair], comparison: Comparison, resamples: Resamples
) -> Tested:
    """Tests on the rows of the one test set, by what the metric is of."""
    first = next(iter(own.values()))
    positive_class = positive_class_of(first, comparison)
    positive = first.y_true == positive_class
    least = equivalence(metric, _guessed(metric, {name: (item,) for name, item in own.items()}, comparison), comparison)
    counted = {name: rows for name, item in own.items() if (rows := counted_rows(metric, item, comparison)) is not None}
    if too_few(metric, first, comparison):
        test = partial(_unknown, metric, own)
        covariance, method = np.eye(len(own)), TOO_FEW if first.has_classes else TOO_FEW_NUMBERS
    elif metric in ERRORS:
        said = {name: item.predicted for name, item in own.items()}
        test = partial(_pair_of, said, partial(paired_errors, metric, first.y_true, equivalence=least))
        covariance, method = losses_covariance(metric, first.y_true, list(said.values())), PAIRED_ERRORS
    elif counted:
        test = partial(_pair_of, counted, partial(paired_shares, equivalence=least))
        covariance, method = np.cov(np.stack(list(counted.values()))), PAIRED_SHARES
    elif metric == "roc_auc" and positive_class is not None:
        ranked = {name: item.y_proba[:, positive_class] for name, item in own.items()}
        test = partial(_pair_of, ranked, partial(paired_areas, positive, equivalence=least))
        covariance, method = areas_covariance(positive, list(ranked.values())), DELONG
    else:
        drawn = {name: resamples.of(metric, item) for name, item in own.items()}
        n_rows = len(first.y_true) if declared(metric).bounds == (0.0, 1.0) else np.inf
        test = partial(_bootstrapped, metric, own, drawn, n_rows=n_rows, equivalence=least)
        covariance, method = np.cov(np.stack(list(drawn.values()))), PAIRED_ROWS
    return _of(metric)(
        differences=_told_apart(metric, {name: (item,) for name, item in own.items()}, pairs, test),
        covariance=np.atleast_2d(covariance),
        degrees=np.inf,
        n=1,
        method=method,
    )


def _pair_of(values: Mapping[str, Any], test: Callable[[Any, Any], Difference], pair: Pair) -> Difference:
    return test(values[pair[0]], values[pair[1]])


def _unknown(metric: str, own: Mapping[str, Scores], pair: Pair) -> Difference:
    """Returns a difference of which too few rows tell how sure it is."""
    return Difference(mean=own[pair[0]].metrics[metric] - own[pair[1]].metrics[metric])


def _bootstrapped(
    metric: str,
    own: Mapping[str, Scores],
    drawn: Mapping[str, NDArray[np.float64]],
    pair: Pair,
    *,
    n_rows: float,
    equivalence: float,
) -> Difference:
    """Tests by resamples; where they hardly vary, by the least error that so many rows can have."""
    one, other = pair
    mean, differences = own[one].metrics[metric] - own[other].metrics[metric], drawn[one] - drawn[other]
    least = least_error(mean, n_rows)
    if differences.std() < least:
        return student_difference(mean, least, np.inf, equivalence=equivalence)
    return bootstrap_difference(mean, differences, equivalence=equivalence)
