import numpy as np
import pytest
from scipy import stats

from pipeline.scoring.metrics import score
from pipeline.scoring.paired_errors import errors_covariance, growth_of, paired_errors
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


def test_of_root_mean_squared_errors_the_test_is_the_paired_t_test_of_squared_errors():
    y, one, other = drawn()
    found = paired_errors("rmse", y, one, other, equivalence=0.01)
    assert found.p_value == pytest.approx(stats.ttest_rel((y - one) ** 2, (y - other) ** 2).pvalue)


@pytest.mark.parametrize("name", ERRORS)
def test_the_difference_is_that_of_the_scores_and_its_error_that_of_the_bootstrap(name):
    y, one, other = drawn()
    found = paired_errors(name, y, one, other, equivalence=0.01)
    assert found.mean == score(name, y, one) - score(name, y, other)
    random = np.random.default_rng(1)
    weights = random.multinomial(len(y), np.full(len(y), 1 / len(y)), size=4000).T
    spread = (weighted_score(name, y, one, weights) - weighted_score(name, y, other, weights)).std()
    assert (found.high - found.low) / 2 / stats.norm.ppf(0.975) == pytest.approx(spread, rel=0.08)
    np.testing.assert_allclose(
        np.sqrt(np.diag(errors_covariance(name, y, [one, other])))[0],
        weighted_score(name, y, one, weights).std(),
        rtol=0.08,
    )


@pytest.mark.parametrize("name", ERRORS)
def test_what_grows_with_a_row_is_the_derivative(name):
    y, one, _ = drawn(40)
    weights = 1 + 1e-6 * np.eye(len(y))
    found = (weighted_score(name, y, one, weights) - score(name, y, one)) * len(y) / 1e-6
    np.testing.assert_allclose(growth_of(name, y, one), found, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("name", ERRORS)
def test_two_who_say_the_same_are_the_same_and_one_without_errors_is_compared_with_one_that_has_some(name):
    y, one, _ = drawn()
    same = paired_errors(name, y, one, one, equivalence=0.01)
    assert (same.mean, same.within) == (0, 1)
    perfect = paired_errors(name, y, y, one, equivalence=0.01)
    assert perfect.p_value < 0.001
    assert growth_of(name, y, y).tolist() == [0] * len(y)


def test_equals_are_told_apart_in_one_of_twenty():
    random, apart = np.random.default_rng(0), {name: 0 for name in ERRORS}
    for _ in range(400):
        y = random.normal(size=60)
        one, other = (y + random.standard_t(3, size=60) for _ in range(2))
        for name in ERRORS:
            apart[name] += paired_errors(name, y, one, other, equivalence=0.01).p_value < 0.05
    assert all(count < 400 * 0.05 + 3 * np.sqrt(400 * 0.05 * 0.95) for count in apart.values())
    assert min(apart.values()) > 0
