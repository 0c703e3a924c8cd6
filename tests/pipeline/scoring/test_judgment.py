"""The one rule of words, and the correction that it goes by."""

import numpy as np
import pytest
from scipy import stats

from pipeline.scoring.judgment import correlation_of_pairs, covariance_over_folds, judge, max_t
from pipeline.scoring.significance import Difference, holm

NAN = float("nan")
HALF = np.full((4, 4), 0.5) + 0.5 * np.eye(4)


@pytest.mark.parametrize(
    ("mean", "within", "p_corrected", "judgment"),
    [
        (0.1, 0.01, 0.049, "better"),
        (-0.1, 0.01, 0.049, "worse"),
        (0.1, 0.01, 0.05, "cannot_say"),
        (0.001, 0.95, 0.001, "practically_equal"),
        (0.001, 0.94, 0.9, "cannot_say"),
        (0.0, 1.0, NAN, "practically_equal"),
        (0.3, NAN, NAN, "cannot_say"),
    ],
)
def test_equal_comes_first_then_what_is_too_large_for_chance(mean, within, p_corrected, judgment):
    assert judge(Difference(mean=mean, within=within), p_corrected) == judgment


def test_tests_that_have_nothing_to_do_with_each_other_are_corrected_as_by_sidak():
    p_values = np.array([0.004, 0.02, 0.3])
    corrected = max_t(p_values, np.eye(3), np.inf)
    assert corrected == pytest.approx([1 - 0.996**3, 1 - 0.98**2, 0.3], abs=0.003)
    assert (corrected <= holm(p_values)).all()


def test_tests_that_say_the_same_are_one_test():
    p_values = np.array([0.01, 0.01, 0.01, 0.01])
    assert max_t(p_values, np.ones((4, 4)), 9) == pytest.approx(p_values, abs=0.002)


def test_steps_never_fall_and_what_is_no_test_does_not_count():
    p_values = np.array([0.03, NAN, 0.0001, 0.031])
    corrected = max_t(p_values, np.eye(4), 20)
    assert np.isnan(corrected[1])
    assert corrected[2] < corrected[0] <= corrected[3]
    assert max_t(np.array([NAN, 0.2]), np.eye(2), 5)[1] == 0.2
    assert np.isnan(max_t(np.array([NAN]), np.eye(1), 5)).all()


def test_the_smallest_p_value_is_neither_0_nor_more_than_bonferronis():
    (corrected, _) = max_t(np.array([1e-9, 0.5]), np.eye(2), np.inf)
    assert corrected == pytest.approx(2e-9)


def test_of_many_rows_the_largest_of_dunnetts_many_to_one_statistics_has_dunnetts_chance():
    """Four treatments against one control of the same size: correlations of 1/2; beside SciPy's multivariate normal."""
    p_values = np.array([0.02, 0.5, 0.6, 0.7])
    bound = np.full(4, stats.norm.isf(0.01))
    inside = stats.multivariate_normal(cov=HALF).cdf(bound, lower_limit=-bound, rng=np.random.default_rng(0))
    assert max_t(p_values, HALF, np.inf)[0] == pytest.approx(1 - inside, abs=0.004)


def test_tests_with_a_spread_each_are_corrected_as_by_sidak_over_few_folds_too():
    """With one spread for all, the multivariate t of a pooled variance, it would be 0.067."""
    p_values = np.full(4, 0.02)
    assert max_t(p_values, np.eye(4), 9)[0] == pytest.approx(1 - 0.98**4, abs=0.003)


def test_the_largest_of_several_paired_t_tests_is_too_large_in_one_of_twenty_samples():
    """Seven candidates against an eighth, all equal and normal, on ten folds: paired t-tests by SciPy."""
    scores = np.random.default_rng(1).normal(size=(10, 8, 20_000))
    smallest = stats.ttest_rel(scores[:, :7], scores[:, 7:]).pvalue.min(axis=0)
    seven = np.full((7, 7), 0.5) + 0.5 * np.eye(7)
    level = np.quantile(smallest, 0.05)
    assert max_t(np.append(level, np.ones(6)), seven, 9)[0] == pytest.approx(0.05, abs=0.004)


def test_differences_to_a_common_third_hang_together():
    found = correlation_of_pairs(np.diag([1.0, 1.0, 3.0]), [(0, 2), (1, 2), (0, 1)])
    assert found[0, 1] == pytest.approx(3 / 4)
    assert found[0, 2] == pytest.approx(1 / np.sqrt(8))
    assert np.diag(found).tolist() == [1.0, 1.0, 1.0]


def test_a_difference_that_does_not_vary_hangs_together_with_none():
    assert correlation_of_pairs(np.ones((3, 3)), [(0, 1), (1, 2)]).tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_few_folds_do_not_make_candidates_look_alike():
    """Ten candidates that vary apart from each other over five folds: by chance some seem to vary together."""
    values = np.random.default_rng(0).normal(size=(5, 10))
    apart = np.triu_indices(10, 1)
    plain = np.corrcoef(values, rowvar=False)[apart]
    covariance = covariance_over_folds(values)
    spread = np.sqrt(np.diag(covariance))
    shrunk = (covariance / np.outer(spread, spread))[apart]
    assert np.abs(plain).max() > 0.8
    assert np.abs(shrunk).max() < 0.5


def test_a_candidate_that_does_not_vary_takes_nothing_from_the_others():
    values = np.column_stack([np.full(6, 0.5), np.arange(6.0), np.arange(6.0)])
    covariance = covariance_over_folds(values)
    assert covariance[0].tolist() == [0.0, 0.0, 0.0]
    assert covariance[1, 2] > 0
