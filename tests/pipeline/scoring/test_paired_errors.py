import numpy as np
import pytest
from scipy import stats

from pipeline.scoring.metrics import score
from pipeline.scoring.paired_errors import losses_covariance, paired_errors
from pipeline.scoring.weighted import weighted_score

ERRORS = ("mae", "rmse", "r2")


def drawn(n_rows=300, seed=0):
    random = np.random.default_rng(seed)
    y = random.normal(size=n_rows)
    return y, y + random.normal(size=n_rows), y + random.normal(size=n_rows) + 0.3


def test_of_mean_absolute_errors_it_is_the_paired_t_test():
    y, one, other = drawn()
    found = paired_errors("mae", y, one, other, equivalence=0.01)
    expected = stats.ttest_rel(abs(y - one), abs(y - other))
    assert found.p_value == pytest.approx(expected.pvalue)
    interval = expected.confidence_interval()
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))


def test_rmse_and_r2_have_one_test_that_of_squared_errors():
    y, one, other = drawn()
    expected = stats.ttest_rel((y - one) ** 2, (y - other) ** 2)
    r2, rmse = (paired_errors(name, y, one, other, equivalence=0.01) for name in ("r2", "rmse"))
    assert r2.p_value == pytest.approx(expected.pvalue)
    assert rmse.p_value == pytest.approx(expected.pvalue)
    interval = expected.confidence_interval()
    assert (r2.low, r2.high) == pytest.approx((-interval.high / y.var(), -interval.low / y.var()))


@pytest.mark.parametrize("name", ERRORS)
def test_the_difference_is_that_of_the_scores_and_its_error_about_that_of_the_bootstrap(name):
    y, one, other = drawn()
    found = paired_errors(name, y, one, other, equivalence=0.01)
    assert found.mean == pytest.approx(score(name, y, one) - score(name, y, other))
    random = np.random.default_rng(1)
    weights = random.multinomial(len(y), np.full(len(y), 1 / len(y)), size=4000).T
    spread = (weighted_score(name, y, one, weights) - weighted_score(name, y, other, weights)).std()
    assert (found.high - found.low) / 2 / stats.norm.ppf(0.975) == pytest.approx(spread, rel=0.1)


def test_losses_vary_together_as_their_means_do():
    y, one, other = drawn()
    found = losses_covariance("rmse", y, [one, other])
    np.testing.assert_allclose(found, np.cov((y - one) ** 2, (y - other) ** 2) / len(y))
    assert losses_covariance("mae", y, [one]).shape == (1, 1)


@pytest.mark.parametrize("name", ERRORS)
def test_two_who_say_the_same_are_the_same_and_one_without_errors_is_compared_with_one_that_has_some(name):
    y, one, _ = drawn()
    for each in (one, y):
        same = paired_errors(name, y, each, each, equivalence=0.01)
        assert (same.mean, same.within) == (0, 1)
    assert paired_errors(name, y, y, one, equivalence=0.01).p_value < 0.001


def test_equals_are_told_apart_in_one_of_twenty():
    random, apart = np.random.default_rng(0), dict.fromkeys(ERRORS, 0)
    for _ in range(400):
        truth, noise = random.normal(size=(60, 2)), 0.6 * random.standard_t(3, 60)
        y = truth.sum(axis=1) + noise
        for name in ERRORS:
            apart[name] += paired_errors(name, y, *truth.T, equivalence=0.01).p_value < 0.05
    assert all(count < 400 * 0.05 + 2 * np.sqrt(400 * 0.05 * 0.95) for count in apart.values())
    assert min(apart.values()) > 0
