import numpy as np
import pytest
from scipy import stats

from pipeline.scoring.metrics import score
from pipeline.scoring.number_intervals import (
    error_interval,
    error_of_mean,
    error_over_folds,
    influence_of,
    influence_on_mean,
    median_interval,
    reaches_of,
)
from pipeline.scoring.weighted import weighted_score

ERRORS = ("mae", "rmse", "r2")


def drawn(n_rows=60, seed=0, noise=1.0):
    random = np.random.default_rng(seed)
    predicted = random.normal(size=n_rows)
    return predicted + noise * random.normal(size=n_rows), predicted


def left(name, value):
    """What an interval is found of: the error, or what R² leaves of 1."""
    return 1 - value if name == "r2" else value


@pytest.mark.parametrize("name", ERRORS)
def test_an_influence_is_by_how_much_the_logarithm_grows_with_the_weight_of_a_row(name):
    y, p = drawn()
    step = 1e-6
    weights = 1 + step * np.eye(len(y))
    found = np.log(left(name, weighted_score(name, y, p, weights)) / left(name, score(name, y, p)))
    np.testing.assert_allclose(influence_of(name, y, p), len(y) * found / step, rtol=1e-4, atol=1e-4)
    assert influence_of(name, y, p).mean() == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize("n_folds", [1, 5, 12])
def test_an_influence_on_the_mean_over_folds_is_by_how_much_that_grows(name, n_folds):
    """With a row grows its own fold's score, and what that fold counts among the others."""
    y, p = drawn()
    parts = np.arange(60).reshape(n_folds, -1)
    each = np.array([left(name, score(name, y[rows], p[rows])) for rows in parts])
    step, n_test = 1e-6, 60 // n_folds
    for fold, rows in enumerate(parts):
        found = influence_on_mean(name, y[rows], p[rows], each.mean())
        for place in range(n_test):
            grown, counts = each.copy(), np.full(n_folds, float(n_test))
            weights = 1 + step * (np.arange(n_test) == place)
            grown[fold], counts[fold] = (
                left(name, weighted_score(name, y[rows], p[rows], weights[:, None]))[0],
                weights.sum(),
            )
            by = np.log(np.average(grown, weights=counts) / each.mean())
            assert found[place] == pytest.approx(60 * by / step, rel=1e-3, abs=1e-3)
    if n_folds == 1:
        np.testing.assert_allclose(found, influence_of(name, y, p), atol=1e-14)


def test_in_folds_of_one_row_it_is_how_far_that_lies_off():
    wrong = np.array([0.0, 1.0, 2.0, 5.0])
    for name in ("mae", "rmse"):
        found = [influence_on_mean(name, wrong[[row]], np.zeros(1), 2.0).item() for row in range(4)]
        assert found == [-1.0, -0.5, 0.0, 1.5]


@pytest.mark.parametrize("name", ERRORS)
def test_the_error_is_that_of_the_bootstrap(name):
    y, p = drawn(400)
    random = np.random.default_rng(1)
    weights = random.multinomial(len(y), np.full(len(y), 1 / len(y)), size=4000).T
    spread = np.log(left(name, weighted_score(name, y, p, weights))).std()
    error, _ = error_of_mean(influence_of(name, y, p), squared=True)
    assert error == pytest.approx(spread, rel=0.05)


@pytest.mark.parametrize("name", ERRORS)
def test_an_interval_is_of_the_score_and_reaches_farther_to_the_worse(name):
    y, p = drawn()
    found = error_interval(name, y, p)
    assert found.mean == score(name, y, p)
    low, middle, high = sorted(left(name, value) for value in (found.low, found.mean, found.high))
    assert 0 < low < middle < high
    assert high / middle > middle / low


def test_a_mean_absolute_error_has_students_t_below_and_one_more_row_as_wrong_as_the_worst_above():
    wrong = np.array([1.0, 2, 3, 6, 8])
    found, t = error_interval("mae", wrong, np.zeros(5)), stats.t.ppf(0.975, 4)
    assert found.low == pytest.approx(4 * np.exp(-t * stats.sem(wrong / 4)))
    more = np.append(wrong / 4 - 1, 1.0)  # the worst is twice the mean
    assert found.high == pytest.approx(4 * np.exp(more.mean() + stats.t.ppf(0.975, 5) * stats.sem(more)))


def test_of_squared_errors_as_many_degrees_of_freedom_as_rows_that_count():
    one_counts = np.array([-0.25, -0.25, -0.25, -0.25, 1.0])
    assert error_of_mean(one_counts, squared=False)[1] == 4
    assert error_of_mean(one_counts, squared=True)[1] == pytest.approx((4 / 16 + 1) ** 2 / (4 / 256 + 1))
    alike = np.array([-1.0, 1.0] * 10)
    assert error_of_mean(alike, squared=True)[1] == pytest.approx(20)
    assert reaches_of(alike, squared=True)[0] == pytest.approx(stats.t.ppf(0.975, 20) * stats.sem(alike))


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize("factor", [1e-9, 1e9])
def test_a_unit_changes_nothing_but_the_unit(name, factor):
    y, p = drawn()
    found, scaled = error_interval(name, y, p), error_interval(name, factor * y, factor * p)
    unit = 1.0 if name == "r2" else factor
    assert (scaled.low, scaled.high) == pytest.approx((unit * found.low, unit * found.high))


@pytest.mark.parametrize("name", ERRORS)
def test_where_no_row_has_an_error_nothing_says_how_large_one_may_be(name):
    y, _ = drawn()
    found = error_interval(name, y, y)
    assert found.mean == (1 if name == "r2" else 0)
    assert np.isnan([found.low, found.high]).all()
    over = error_over_folds(
        name, np.full(3, found.mean), None, by_rows_alone=True, by_training=0.0, n_train=40, n_test=20
    )
    assert np.isnan([over.low, over.high]).all()


def test_r2_of_a_constant_target_has_no_interval():
    y = np.full(30, 0.3)
    assert np.isnan(error_interval("r2", y, y + 1).low)


def test_guessing_the_mean_of_the_test_rows_is_not_sure_to_be_worth_nothing():
    """All influences are 0 there, and the interval would have no width but for the estimated mean."""
    y, _ = drawn()
    found = error_interval("r2", y, np.full(len(y), y.mean()))
    assert found.mean == pytest.approx(0, abs=1e-12)
    margin = stats.t.ppf(0.975, len(y) - 1) * np.sqrt(2) / len(y)
    center = 1 - 1 / len(y)
    assert (found.low, found.high) == pytest.approx((1 - center * np.exp(margin), 1 - center * np.exp(-margin)))
    assert found.high > 0


@pytest.mark.parametrize(("n", "places"), [(6, (1, 6)), (10, (2, 9)), (20, (6, 15)), (101, (41, 61))])
def test_the_median_lies_between_two_of_the_errors(n, places):
    found = median_interval(np.arange(1.0, n + 1), np.zeros(n))
    assert (found.low, found.high) == places
    below = stats.binom.cdf(places[0] - 1, n, 0.5)
    assert 2 * below <= 0.05 < 2 * stats.binom.cdf(places[0], n, 0.5)


def test_five_rows_are_too_few_for_a_median():
    assert np.isnan(median_interval(np.arange(5.0), np.zeros(5)).low)


def over(name, values, influence=None, *, alone=True, by_training=0.0):
    sizes = {"n_train": 80, "n_test": 20}
    return error_over_folds(name, np.array(values), influence, by_rows_alone=alone, by_training=by_training, **sizes)


@pytest.mark.parametrize("name", ["mae", "r2"])
def test_what_comes_from_the_training_makes_both_bounds_farther(name):
    values = [0.5, 0.6, 0.4, 0.5]
    usual, found = over(name, values), over(name, values, by_training=0.2)
    reaches = [abs(np.log(1 - one.low if name == "r2" else one.low) - np.log(0.5)) for one in (usual, found)]
    assert reaches[1] == pytest.approx(np.hypot(reaches[0], stats.t.ppf(0.975, 3) * 0.2))
    assert found.mean == usual.mean


def test_over_folds_many_rows_count_alone_and_else_the_farther_of_both():
    values, wide = [1.0, 1.2, 0.8, 1.0], np.array([-1.0, 1.0] * 20)
    error = np.std(values, ddof=1) * np.sqrt(1 / 4 + 20 / 80)
    reach = stats.t.ppf(0.975, 3) * error
    by_folds = over("mae", values)
    assert (by_folds.mean, by_folds.low, by_folds.high) == pytest.approx((1, np.exp(-reach), np.exp(reach)))
    down, up = reaches_of(wide, squared=True)
    assert (down < reach, up > reach) == (True, False)
    alone, both = over("mae", values, wide), over("mae", values, wide, alone=False)
    assert (alone.low, alone.high) == pytest.approx((np.exp(-down), np.exp(up)))
    assert (both.low, both.high) == (by_folds.low, by_folds.high)
    farther = over("mae", values, 10 * wide, alone=False)
    assert farther.low < by_folds.low
    assert farther.high > by_folds.high


def test_r2_over_folds_is_turned_round():
    found, other = over("r2", [0.8, 0.7, 0.9]), over("mae", [0.2, 0.3, 0.1])
    assert (found.mean, found.low, found.high) == pytest.approx((1 - other.mean, 1 - other.high, 1 - other.low))


def test_over_folds_a_mae_that_few_rows_make_is_as_unsure_as_they_are_few():
    influence = np.append(np.full(200, -0.04), [4.0, 4.0])
    found = over("mae", [1.0, 1.0, 1.0, 1.0], influence - influence.mean())
    error = influence.std() / np.sqrt(len(influence) - 1)
    assert found.low < np.exp(-4 * error)  # two rows that count are as many degrees of freedom, and t of 2 is 4.3
