import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from pipeline.scoring.paired_rows import areas_covariance, paired_areas, paired_shares

# Three screening tests of 43 patients with ovarian cancer: albumin, total protein, K-G score, and the indicator of
# DeLong et al. (1988), as the manual of SAS/STAT prints them in its example of PROC LOGISTIC that compares ROC curves.
PATIENTS = """
3.0 5.8 10 0  3.2 6.3  5 1  3.9 6.8  3 1  2.8 4.8  6 0  3.2 5.8  3 1  0.9 4.0  5 0  2.5 5.7  8 0
1.6 5.6  5 1  3.8 5.7  5 1  3.7 6.7  6 1  3.2 5.4  4 1  3.8 6.6  6 1  4.1 6.6  5 1  3.6 5.7  5 1
4.3 7.0  4 1  3.6 6.7  4 0  2.3 4.4  6 1  4.2 7.6  4 0  4.0 6.6  6 0  3.5 5.8  6 1  3.8 6.8  7 1
3.0 4.7  8 0  4.5 7.4  5 1  3.7 7.4  5 1  3.1 6.6  6 1  4.1 8.2  6 1  4.3 7.0  5 1  4.3 6.5  4 1
3.2 5.1  5 1  2.6 4.7  6 1  3.3 6.8  6 0  1.7 4.0  7 0  3.7 6.1  5 1  3.3 6.3  7 1  4.2 7.7  6 1
3.5 6.2  5 1  2.9 5.7  9 0  2.1 4.8  7 1  2.8 6.2  8 0  4.0 7.0  7 1  3.3 5.7  6 1  3.7 6.9  5 1
3.6 6.6  5 1
"""
ROWS = np.array(PATIENTS.split(), dtype=np.float64).reshape(-1, 4)
POSITIVE = ROWS[:, 3] == 1
ALBUMIN, TOTAL_PROTEIN, KG_SCORE = ROWS[:, 0], ROWS[:, 1], 10 - ROWS[:, 2]


def answers(both, first_only, second_only, neither):
    counts = [both, first_only, second_only, neither]
    return np.repeat([True, True, False, False], counts), np.repeat([True, False, True, False], counts)


def test_paired_shares_give_the_interval_worked_by_hand():
    """1 row of 20 that only the first has, 7 that only the second has: 2 and 8 of 22."""
    found = paired_shares(*answers(4, 1, 7, 8), equivalence=0.01)
    error = np.sqrt((2 / 22 + 8 / 22 - (6 / 22) ** 2) / 22)
    assert found.mean == pytest.approx(-6 / 20)
    assert (found.low, found.high) == pytest.approx((-6 / 22 - 1.959964 * error, -6 / 22 + 1.959964 * error), abs=1e-6)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(6 / 22 / error))


def test_paired_shares_come_close_to_mcnemar_where_rows_are_many():
    """Agresti (1990), page 350: 86 voters against 150; R's mcnemar.test prints 4.115e-05."""
    assert paired_shares(*answers(794, 86, 150, 570), equivalence=0.01).p_value == pytest.approx(4.115e-05, rel=0.5)


def test_paired_shares_never_believe_that_two_that_agree_are_one():
    found = paired_shares(*answers(29, 0, 0, 1), equivalence=0.01)
    assert (found.mean, found.p_value) == (0.0, 1.0)
    assert found.high - found.low > 0.1


@pytest.mark.parametrize("n_rows", [30, 200])
def test_intervals_of_paired_shares_cover_94_to_98_percent(n_rows):
    random, truth = np.random.default_rng(0), 0.9 - 0.85
    covered = []
    for _ in range(1000):
        both = random.random(n_rows)
        first, second = both < 0.9, np.where(random.random(n_rows) < 0.5, both < 0.85, random.random(n_rows) < 0.85)
        found = paired_shares(first, second, equivalence=0.01)
        covered.append(found.low <= truth <= found.high)
    assert 0.94 <= np.mean(covered) <= 0.985


def test_delong_gives_the_numbers_of_the_sas_manual():
    """Table "ROC Contrast Estimation and Testing Results by Row": estimate, bounds and p-value of two contrasts."""
    albumin = paired_areas(POSITIVE, ALBUMIN, KG_SCORE, equivalence=0.01)
    assert albumin.mean == pytest.approx(0.0108, abs=5e-5)
    assert (albumin.low, albumin.high) == pytest.approx((-0.1761, 0.1976), abs=5e-5)
    assert albumin.p_value == pytest.approx(0.9102, abs=5e-5)
    protein = paired_areas(POSITIVE, TOTAL_PROTEIN, KG_SCORE, equivalence=0.01)
    assert protein.mean == pytest.approx(-0.0780, abs=5e-5)
    assert (protein.low, protein.high) == pytest.approx((-0.2830, 0.1271), abs=5e-5)
    assert protein.p_value == pytest.approx(0.4561, abs=5e-5)


def test_midranks_give_what_counting_all_pairs_gives():
    """DeLong's components by definition: 1 for a pair in order, 1/2 for a tie."""
    kernels = []
    for scores in (TOTAL_PROTEIN, KG_SCORE):
        ahead = scores[POSITIVE][:, None] - scores[~POSITIVE]
        kernels.append((ahead > 0) + 0.5 * (ahead == 0))
    pairs = kernels[0] - kernels[1]
    variances = [pairs.mean(axis=axis).var(ddof=1) / pairs.shape[1 - axis] for axis in (0, 1)]
    difference = paired_areas(POSITIVE, TOTAL_PROTEIN, KG_SCORE, equivalence=0.01)
    assert difference.mean == pytest.approx(pairs.mean())
    assert difference.high - difference.mean == pytest.approx(stats.norm.ppf(0.975) * np.sqrt(sum(variances)))


def test_delong_is_the_difference_of_scikit_learns_areas():
    difference = paired_areas(POSITIVE, TOTAL_PROTEIN, KG_SCORE, equivalence=0.01)
    expected = roc_auc_score(POSITIVE, TOTAL_PROTEIN) - roc_auc_score(POSITIVE, KG_SCORE)
    assert difference.mean == pytest.approx(expected)


def test_without_a_difference_delong_rejects_in_5_of_100_trials():
    positive = np.arange(110) < 40
    random = np.random.default_rng(0)
    rejected = [
        paired_areas(positive, *(random.normal(size=(2, 110)) + positive), equivalence=0.01).p_value < 0.05
        for _ in range(1000)
    ]
    assert 0.03 <= np.mean(rejected) <= 0.07


def test_two_perfect_orders_may_differ_on_the_next_rows():
    found = paired_areas(POSITIVE, ALBUMIN, 2 * ALBUMIN, equivalence=0.01)
    assert found.mean == 0
    assert found.low < -0.05 < 0.05 < found.high


def test_a_perfect_order_beats_none_at_all():
    found = paired_areas(POSITIVE, POSITIVE * 1.0, np.zeros(len(POSITIVE)), equivalence=0.01)
    assert found.mean == 0.5
    assert found.low > 0.2
    assert found.p_value < 1e-5


def test_the_covariance_of_areas_gives_the_error_of_their_difference():
    covariance = areas_covariance(POSITIVE, [TOTAL_PROTEIN, KG_SCORE])
    difference = paired_areas(POSITIVE, TOTAL_PROTEIN, KG_SCORE, equivalence=0.01)
    error = np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    assert (difference.high - difference.mean) / stats.norm.ppf(0.975) == pytest.approx(error)
