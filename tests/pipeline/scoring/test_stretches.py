"""What neighboring stretches share, and how folds in time differ, is a part of how sure a score is."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.scoring.clusters import cluster_draws, mean_error, unit_draws
from pipeline.scoring.redrawn import mean_of_folds
from pipeline.scoring.stretches import Stretches, shared_by_neighbors

N_STRETCHES, N_FOLDS = 20, 5


def drawn(n_folds, n_resamples=4000):
    """Twenty stretches of folds one after the other, each redrawn."""
    (counts,) = (counts for (counts,) in unit_draws([np.arange(N_STRETCHES)], seed=0, n_resamples=n_resamples))
    folds = np.arange(N_STRETCHES) * n_folds // N_STRETCHES
    return Stretches(counts=counts, folds=folds, shares=np.full(N_STRETCHES, n_folds / N_STRETCHES))


def error_of(losses, stretches):
    """How sure the mean over folds of the mean loss of stretches is, and by redrawing alone."""
    folds = np.unique(stretches.folds)
    with np.errstate(invalid="ignore"):
        each = [
            losses[stretches.folds == fold] @ (own := stretches.counts[stretches.folds == fold]) / own.sum(axis=0)
            for fold in folds
        ]
    values = mean_of_folds(np.stack(each))
    spread = float(np.nanstd(values, ddof=1)) * np.sqrt(N_STRETCHES / (N_STRETCHES - 1))
    by_fold = np.array([losses[stretches.folds == fold].mean() for fold in folds])
    return stretches.sure(spread, values, by_fold, N_STRETCHES / (N_STRETCHES - 1)), spread


def after_one_another(share, n=400, seed=1):
    """Losses of stretches that share so much with the one before, many times."""
    random = np.random.default_rng(seed)
    found = [random.normal(size=n)]
    for _ in range(N_STRETCHES - 1):
        found.append(share * found[-1] + np.sqrt(1 - share**2) * random.normal(size=n))
    return np.stack(found, axis=1)


def test_in_one_fold_it_is_that_of_an_autoregression():
    (losses,) = after_one_another(0.6, n=1)
    found, spread = error_of(losses, drawn(1, 20_000))
    parts = (losses - losses.mean()) / N_STRETCHES
    r = np.mean(parts[1:] * parts[:-1]) / np.mean(parts**2)
    r += (1 + 3 * r) / N_STRETCHES
    shared = (1 + r) / (1 - r)
    assert spread == pytest.approx(mean_error(losses), rel=0.03)
    assert found.shared == pytest.approx(shared, rel=0.05)
    assert found.error == pytest.approx(mean_error(losses) * np.sqrt(shared), rel=0.03)
    assert found.degrees == pytest.approx(N_STRETCHES / found.shared - 1)


def test_stretches_that_fall_behind_what_was_before_never_make_it_surer():
    losses = np.tile([0.2, 0.8], N_STRETCHES // 2)
    found, spread = error_of(losses, drawn(1))
    assert found.shared == 1
    assert found.error == pytest.approx(spread)


@pytest.mark.parametrize("n_folds", [1, N_FOLDS])
def test_its_square_is_nearly_that_of_the_mean_where_stretches_are_independent(n_folds):
    stretches = drawn(n_folds, 1000)
    squares = [error_of(losses, stretches)[0].error ** 2 for losses in after_one_another(0.0)]
    assert 1 / N_STRETCHES < np.mean(squares) < 1.35 / N_STRETCHES


@pytest.mark.parametrize("n_folds", [1, N_FOLDS])
def test_most_of_what_neighbors_share_is_seen(n_folds):
    stretches, losses = drawn(n_folds, 1000), after_one_another(0.3)
    true = np.mean(losses.mean(axis=1) ** 2)
    each = [error_of(own, stretches) for own in losses]
    now, before = np.mean([(found.error**2, spread**2) for found, spread in each], axis=0)
    assert before < 0.65 * true
    assert 0.7 * true < now < 1.2 * true


def test_how_folds_differ_counts():
    """Redrawn values do not move with it: each stretch stays in its fold."""
    losses = np.repeat([0.1, 0.9, 0.2, 0.8, 0.5], N_STRETCHES // N_FOLDS)
    found, spread = error_of(losses, drawn(N_FOLDS))
    assert spread < 0.02  # of the few draws without any of a fold
    assert found.error > mean_error(losses) > 0.05


def test_what_neighbors_share_is_known_without_bias():
    random = np.random.default_rng(4)
    losses = random.normal(size=(20, 4000))
    for place in range(1, 20):
        losses[place] = 0.5 * losses[place - 1] + np.sqrt(0.75) * losses[place]
    shared = shared_by_neighbors(losses - losses.mean(axis=0))
    assert np.mean((shared - 1) / (shared + 1)) == pytest.approx(0.5, abs=0.03)


def test_where_half_of_the_squares_may_be_chance_neighbors_are_not_made_more_alike():
    parts = np.array([3.0, 1.0, 2.0, -1.0, -2.0, -3.0])
    half = np.mean(parts**2) / 2
    assert shared_by_neighbors(parts, 20.0, 1.9 * half) == shared_by_neighbors(parts, 20.0, half)


def test_equal_scores_have_no_error():
    found, spread = error_of(np.full(N_STRETCHES, 0.5), drawn(N_FOLDS))
    assert (found.error, found.shared) == (spread, 1.0)


def test_units_are_drawn_as_rows_are():
    labels, groups = np.repeat(np.arange(5), 4), np.tile(np.arange(2), 10)
    (rows,) = cluster_draws([labels, groups], seed=3, n_resamples=50)
    ((own, others),) = unit_draws([labels, groups], seed=3, n_resamples=50)
    np.testing.assert_array_equal(rows, own[labels] * others[groups])


def test_stretches_of_folds_on_which_nothing_was_measured_count_for_nothing():
    stretches, losses = drawn(N_FOLDS), after_one_another(0.0, n=1)[0]
    first = drawn(1)
    two = Stretches(counts=first.counts[:8], folds=stretches.folds[:8], shares=stretches.shares[:8])
    by_fold = losses.reshape(N_FOLDS, -1).mean(axis=1)
    values = (losses[:8] @ (first.counts[:8] - 1)) / 8
    alone = two.sure(0.0, values, by_fold[:2], 8 / 7)
    some = Stretches(counts=first.counts, folds=stretches.folds, shares=stretches.shares)
    found = some.sure(0.0, values, np.append(by_fold[:2], [np.nan] * 3), 8 / 7)
    assert (found.error, found.degrees, found.shared) == pytest.approx((alone.error, alone.degrees, alone.shared))
    assert found.degrees <= 7


def test_stretches_that_count_for_most_of_their_fold_have_most_of_how_it_differs():
    """A share of the rows of a class, which nearly all fall into one stretch of each fold."""
    shares = np.tile([0.91, 0.03, 0.03, 0.03], N_FOLDS)
    alike, unlike = drawn(N_FOLDS), replace(drawn(N_FOLDS), shares=shares)
    random = np.random.default_rng(3)
    of_stretch = random.normal(size=(300, N_STRETCHES))
    by_fold = (of_stretch * shares).reshape(-1, N_FOLDS, 4).sum(axis=2)
    squares = {}
    for name, stretches in (("alike", alike), ("unlike", unlike)):
        counts = stretches.counts
        squares[name] = 0.0
        for own, each in zip(of_stretch, by_fold, strict=True):
            folds = [
                (own * shares)[4 * k : 4 * k + 4]
                @ counts[4 * k : 4 * k + 4]
                / np.maximum(shares[4 * k : 4 * k + 4] @ counts[4 * k : 4 * k + 4], 1e-9)
                for k in range(N_FOLDS)
            ]
            values = np.mean(folds, axis=0)
            squares[name] += stretches.sure(0.0, values, each, 20 / 19).error ** 2 / 300
    true = by_fold.mean(axis=1).var()
    assert squares["alike"] < 0.8 * squares["unlike"]
    assert 0.8 * true < squares["unlike"] < 1.6 * true
    found, as_alike = (stretches.sure(0.0, values, by_fold[-1], 20 / 19) for stretches in (unlike, alike))
    assert (found.degrees + 1) * found.shared == pytest.approx(1 / np.sum((shares / N_FOLDS) ** 2))
    assert (as_alike.degrees + 1) * as_alike.shared == pytest.approx(N_STRETCHES)
