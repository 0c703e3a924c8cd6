"""What shuffling costs: recomputed, of groups, in bounds; and who is named."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from pipeline.comparison.drivers.held_out import PARTS, Asked, held_out
from pipeline.comparison.drivers.look import column_losses
from pipeline.comparison.drivers.losses import losses, rows_each
from pipeline.scoring.many_columns import Units

NAMES = ["a", "b", "c"]


def of(result, at_once=16_384, sets=((0,), (1,), (2, 3))):
    asked, told = held_out(result, "logistic_regression").asked[0], []
    return asked, losses(asked, sets, result, told.append, at_once), sum(told)


def test_a_loss_is_what_the_metric_loses_where_each_row_has_the_cells_of_another(tumor_result):
    asked, found, n_answers = of(tumor_result)
    dataset = tumor_result.dataset
    X, y = dataset.X[asked.rows], dataset.y[asked.rows] == 1
    order = np.random.default_rng(np.random.SeedSequence(asked.seed, spawn_key=(5,))).permutation(len(y))
    whole = average_precision_score(y, asked.model.predict_proba(X)[:, 1])
    for columns, loss in zip(([0], [1], [2, 3]), found, strict=True):
        shuffled = X.copy()
        shuffled[np.ix_(order, columns)] = X[np.ix_(np.roll(order, 1), columns)]
        assert not (shuffled[:, columns] == X[:, columns]).all(axis=1).any()
        assert loss == pytest.approx(whole - average_precision_score(y, asked.model.predict_proba(shuffled)[:, 1]))
    assert n_answers == 4 * len(y)


def test_how_many_rows_are_asked_about_at_once_changes_nothing(tumor_result):
    _, found, _ = of(tumor_result)
    _, again, _ = of(tumor_result, at_once=1)
    np.testing.assert_allclose(again, found, rtol=0, atol=1e-12)


def test_a_loss_of_a_loss_is_positive_where_a_column_helps(tumor_result):
    comparison = replace(tumor_result.comparison, metrics=("log_loss",), primary_metric="log_loss", decision=None)
    assert of(replace(tumor_result, comparison=comparison))[1].max() > 0.05


def test_rows_count_as_they_are_told_to(tumor_result):
    plain = of(tumor_result)[1]
    dataset = tumor_result.dataset
    one, heavy = np.ones(dataset.n_samples), np.where(dataset.X[:, 0] > 20, 5.0, 1.0)
    alike, unlike = (of(replace(tumor_result, dataset=replace(dataset, weights=each)))[1] for each in (one, heavy))
    np.testing.assert_allclose(alike, plain, atol=1e-9)
    assert np.abs(unlike - plain).max() > 1e-3


def test_time_is_bounded_whatever_the_table():
    for n_units, n_sets, n_columns in ((10, 30, 30), (5, 3000, 3000), (10, 1, 5), (20, 100, 95)):
        n_rows = rows_each(n_units, n_sets, n_columns) * n_units * n_sets
        assert n_rows <= 2_000_000
        assert n_rows * n_columns <= 3_000_000_000


def test_every_fold_is_asked_on_its_own_test_rows(tumor_result):
    held = held_out(tumor_result, "sigmoid_3")
    assert (held.of, held.slower) == ("folds", 1)
    for one, run, fold in zip(held.asked, tumor_result.of("sigmoid_3").trained, tumor_result.folds, strict=True):
        assert one.model is run.model
        assert {*one.rows} == {*fold.test_rows}
    assert held.units == Units(ratio=len(fold.test_rows) / len(fold.train_rows))


def test_a_sample_has_the_shares_of_the_classes(tumor_result):
    y = tumor_result.dataset.y
    (one, *_) = held_out(tumor_result, "sigmoid_3").asked
    few = one.at_most(40)
    assert len(few.rows) == len({*few.rows}) == 40
    assert {*few.rows} < {*one.rows}
    assert y[few.rows].mean() == pytest.approx(y[one.rows].mean(), abs=0.03)
    assert one.at_most(10**6) is one


@pytest.fixture(scope="module")
def alone(tumor_result):
    """One fold."""
    first = {
        name: tuple(one for one in getattr(tumor_result, name) if one.fold_index == 0) for name in ("trained", "scores")
    }
    return replace(tumor_result, folds=tumor_result.folds[:1], **first)


def test_one_test_set_is_told_apart_in_parts_alike(alone):
    held, y = held_out(alone, "sigmoid_3"), alone.dataset.y
    assert (held.of, held.units, len(held.asked)) == ("parts", Units(), PARTS)
    rows = np.concatenate([one.rows for one in held.asked])
    assert sorted(rows) == sorted(alone.folds[0].test_rows)
    positive = [int(y[one.rows].sum()) for one in held.asked]
    assert max(positive) - min(positive) <= 1


def test_groups_are_whole_in_a_part(alone):
    groups = np.arange(alone.dataset.n_samples) // 4
    held = held_out(replace(alone, dataset=replace(alone.dataset, groups=groups)), "sigmoid_3")
    of_each = [set(groups[one.rows]) for one in held.asked]
    assert len(of_each) == PARTS
    assert sum(map(len, of_each)) == len(set().union(*of_each))


def in_stretches(result, size):
    """The same, its test rows in stretches of time of so many rows."""
    folds = tuple(
        replace(fold, stretches=np.arange(len(fold.test_rows)) // size + 1000 * fold.index) for fold in result.folds
    )
    return replace(result, folds=folds)


def test_stretches_of_time_are_told_apart_where_rows_are_divided_by_time(tumor_result):
    result = in_stretches(tumor_result, 30)
    held, folds = held_out(result, "sigmoid_3"), result.folds
    assert (held.of, held.units) == ("stretches", Units(in_time=True))
    assert len(held.asked) == sum(len(np.unique(fold.stretches)) for fold in folds)


def test_in_time_cells_are_those_of_other_times_too(tumor_result):
    """Within its stretch a column hardly changes that follows time: shuffled there, it would be worth nothing."""
    result = in_stretches(tumor_result, 30)
    by_month = np.arange(result.dataset.n_samples) % 2.0
    for fold in result.folds:
        by_month[fold.test_rows] = np.asarray(fold.stretches) % 2

    class Reads:
        def predict_proba(self, X):
            return np.stack([1 - X[:, 0], X[:, 0]], axis=1) * 0.8 + 0.1

    dataset = replace(result.dataset, X=by_month[:, None], y=by_month.astype(np.int64), feature_names=("month",))
    trained = tuple(replace(run, model=Reads()) for run in result.trained)
    comparison = replace(result.comparison, metrics=("log_loss",), primary_metric="log_loss", decision=None)
    followed = replace(result, dataset=dataset, trained=trained, comparison=comparison)
    held = held_out(followed, "sigmoid_3")
    found = [losses(one, [(0,)], followed, lambda n: None, 16_384)[0] for one in held.asked]
    assert np.mean(found) == pytest.approx(np.log(9) / 2, rel=0.15)  # half of the cells are of another month
    for one, fold in zip(held.asked, np.repeat(result.folds, len(held.asked) // len(result.folds)), strict=False):
        assert not (one.others == one.rows).any()
        assert {*one.others} <= {*fold.test_rows}
    few = held.asked[0].at_most(4)
    assert [dict(zip(held.asked[0].rows, held.asked[0].others, strict=True))[row] for row in few.rows] == [*few.others]


def test_stretches_of_few_rows_are_one_with_the_next(tumor_result):
    held = held_out(in_stretches(tumor_result, 2), "sigmoid_3")
    assert {len(one.rows) for one in held.asked} <= {6, 7, 8, 9, 10}
    assert sorted(np.concatenate([one.rows for one in held.asked])) == sorted(
        np.concatenate([fold.test_rows for fold in tumor_result.folds])
    )


def test_stretches_on_which_nothing_can_be_measured_are_no_evidence_of_chance(tumor_result):
    held = held_out(in_stretches(tumor_result, 30), "sigmoid_3")
    assert not held.measured(5).too_few
    assert held.measured(4).too_few == "4 stretches of time of test rows, and it takes 5"
    assert not held_out(tumor_result, "sigmoid_3").measured(2).too_few


def test_columns_that_go_together_are_one_and_the_first_is_what_costs_most_alone():
    sets = ((0, 2), (1,), (0,), (2,))
    lost = np.array([[0.30, 0.01, 0.02, 0.05], [0.32, -0.01, 0.03, 0.06], [0.31, 0.00, 0.01, 0.05]])
    first, second = column_losses(sets, lost, Units(ratio=0.25), NAMES)
    assert (first.columns, first.places, first.beyond) == (("c", "a"), (2, 0), True)
    assert first.alone == pytest.approx((0.16 / 3, 0.02))
    assert (second.columns, second.beyond) == (("b",), False)
    assert second.mean == pytest.approx(0)


def test_units_without_a_class_count_for_nothing_and_one_says_nothing_of_chance():
    sets, lost = ((0,), (1,)), np.array([[0.3, 0.0], [np.nan, np.nan], [0.31, 0.01], [0.32, -0.01]])
    assert column_losses(sets, lost, Units(ratio=0.25), NAMES)[0].mean == pytest.approx(0.31)
    (first, _) = column_losses(sets, lost[:2], Units(ratio=0.25), NAMES)
    assert first.mean == 0.3
    assert not first.beyond
    assert np.isnan([first.low, first.p_corrected]).all()


def test_asking_is_slower_of_what_looks_at_training_rows(tumor_result):
    from experiments.language import Baseline

    slow = Baseline(name="logistic_regression", algorithm="k_nearest_neighbors")
    trained = tuple(
        replace(run, candidate=slow) if run.candidate.name == slow.name else run for run in tumor_result.trained
    )
    held = held_out(replace(tumor_result, trained=trained), slow.name)
    assert held.slower == 10
    assert {len(one.rows) for one in held.at_most(500).asked} == {50}
    assert isinstance(held.asked[0], Asked)
