"""Curves and areas are scikit-learn's to the bit, whatever scores are tied."""

import numpy as np
import pytest
from sklearn import metrics

from pipeline.scoring.thresholds import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve

CASES = [
    (n, levels, share, seed)
    for n in (2, 3, 7, 30, 360, 5_000)
    for levels in (1, 2, 5, 40, 10**9)
    for share in (0.02, 0.3, 0.97)
    for seed in range(3)
]


def drawn(n, levels, share, seed):
    """Truth with both kinds of rows, and scores of which at most so many levels are different."""
    random = np.random.default_rng([n, levels, round(100 * share), seed])
    truth = random.random(n) < share
    truth[:2] = [True, False]
    return truth, np.floor((random.random(n) + 0.3 * truth) * levels) / levels


@pytest.mark.parametrize(("n", "levels", "share", "seed"), CASES)
def test_areas_and_curves_are_those_of_scikit_learn_to_the_bit(n, levels, share, seed):
    truth, score = drawn(n, levels, share, seed)
    assert roc_auc_score(truth, score) == metrics.roc_auc_score(truth, score)
    assert average_precision_score(truth, score) == metrics.average_precision_score(truth, score)
    for own, theirs in ((roc_curve, metrics.roc_curve), (precision_recall_curve, metrics.precision_recall_curve)):
        for one, other in zip(own(truth, score), theirs(truth, score), strict=False):
            np.testing.assert_array_equal(one, other)


def test_neighbors_that_differ_in_the_last_bit_are_two_thresholds():
    truth, score = np.array([True, False, True, False]), np.full(4, 0.1)
    score[0] = np.nextafter(0.1, 1)
    assert roc_auc_score(truth, score) == metrics.roc_auc_score(truth, score) == 0.75


@pytest.mark.parametrize("curve", ["roc_curve", "precision_recall_curve"])
def test_rows_that_count_unequally_count_in_curves(curve):
    truth, score = drawn(30, 5, 0.3, 0)
    weights = np.random.default_rng(0).integers(0, 4, 30).astype(float)
    own = {"roc_curve": roc_curve, "precision_recall_curve": precision_recall_curve}[curve]
    weighted, repeated = own(truth, score, weights), own(*(np.repeat(a, weights.astype(int)) for a in (truth, score)))
    for one, other in zip(weighted, repeated, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("area", [roc_auc_score, average_precision_score])
def test_a_score_that_is_not_finite_is_refused(area, bad):
    truth, score = drawn(7, 5, 0.3, 0)
    score[3] = bad
    with pytest.raises(ValueError, match="finite scores"):
        area(truth, score)
