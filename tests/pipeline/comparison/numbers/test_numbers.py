"""Predicted numbers: how far off they are, and intervals that no test row calibrates."""

import re
from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import median_absolute_error

from experiments.diabetes import DIABETES
from experiments.language import Splitting
from models.prediction_interval import LEVEL, calibrated
from pipeline.comparison.numbers.held import PARTS, aside, interval_of, look_at_intervals, why_not
from pipeline.comparison.numbers.look import look_at_numbers
from pipeline.comparison.numbers.section import answer, errors_section, intervals_section
from pipeline.comparison.numbers.unseen import by_part_of_target, unseen
from pipeline.comparison.refit import refit
from pipeline.comparison.report import report, sections
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.data.values import Fold
from pipeline.scoring.compare import gather
from pipeline.scoring.evaluate import evaluate
from pipeline.scoring.row_intervals import share_of_rows
from pipeline.scoring.significance import corrected_share_interval
from pipeline.training.train import train
from pipeline.words.numbers import quantity

KEPT = ("linear_regression", "mean", "k_nearest_neighbors")
COMPARISON = replace(
    DIABETES,
    candidates=tuple(one for one in DIABETES.candidates if one.name in KEPT),
    splitting=Splitting(kind="k_fold", n_splits=3, n_folds=3),
)


def result_of(comparison, dataset, seed=4):
    folds = split(dataset, comparison.splitting, seed=seed)
    trained = [run for candidate in comparison.candidates for run in train(candidate, dataset, folds)]
    scores = [evaluate(run, dataset, folds[run.fold_index], comparison) for run in trained]
    return gather(comparison, dataset, folds, trained, scores)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return ingest("diabetes", data_dir=tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def result(dataset):
    return result_of(COMPARISON, dataset)


def test_each_row_stands_there_once_with_what_a_model_says_that_has_not_seen_it(result, dataset):
    found = unseen(result, "linear_regression")
    assert found.rows.tolist() == list(range(442))
    np.testing.assert_array_equal(found.y_true, dataset.y)
    fold = result.folds[1]
    X, y = dataset.X, dataset.y
    peer = LinearRegression().fit(X[fold.train_rows], y[fold.train_rows])
    np.testing.assert_allclose(found.predicted[fold.test_rows], peer.predict(X[fold.test_rows]))
    np.testing.assert_allclose(found.guessed[fold.test_rows], y[fold.train_rows].mean())
    squares = np.sort((y - found.predicted) ** 2)
    assert found.worst_tenth == pytest.approx(squares[-44:].sum() / squares.sum())


def test_of_rows_that_several_folds_test_the_first_counts(dataset):
    twice = replace(COMPARISON, splitting=Splitting(kind="random", test_share=0.5, n_folds=3))
    result = result_of(twice, dataset)
    found = unseen(result, "linear_regression")
    tested = np.unique(np.concatenate([fold.test_rows for fold in result.folds]))
    np.testing.assert_array_equal(found.rows, tested)
    own = result.of("linear_regression").scores
    rows = result.folds[0].test_rows
    np.testing.assert_array_equal(found.predicted[np.searchsorted(tested, rows)], own[0].predicted)


def test_parts_of_the_target_are_as_large_and_hold_all_rows(result):
    found = unseen(result, "linear_regression")
    parts = by_part_of_target(found)
    assert parts["rows"].tolist() == [45, 45, *[44] * 8]
    lowest = np.argsort(found.y_true, kind="stable")[:45]
    assert parts.loc[0, "mean_absolute_error"] == pytest.approx(np.abs(found.residuals[lowest]).mean())
    assert parts.loc[0, "mean_residual"] == pytest.approx(found.residuals[lowest].mean())
    assert parts.loc[0, "guessing"] == pytest.approx(np.abs(found.y_true - found.guessed)[lowest].mean())
    assert (parts["rows"] * parts["mean_residual"]).sum() == pytest.approx(found.residuals.sum())
    few = replace(found, **{name: getattr(found, name)[:25] for name in ("rows", "y_true", "predicted", "guessed")})
    assert by_part_of_target(few)["rows"].tolist() == [13, 12]


@pytest.fixture(scope="module")
def weighed(result):
    """Its rows with weights, a third of them 0, after training: what is told of errors alone is looked at."""
    weights = np.random.default_rng(0).exponential(size=442) * (np.arange(442) % 3 > 0)
    return replace(result, dataset=replace(result.dataset, weights=weights)), weights


def test_how_far_off_it_is_counts_rows_by_their_weight_and_says_so(weighed):
    result, w = weighed
    found = unseen(result, "linear_regression")
    wrong, guessed = np.abs(found.residuals), np.abs(found.y_true - found.guessed)
    half = median_absolute_error(found.y_true, found.predicted, sample_weight=w)
    assert np.average(wrong, weights=w) != pytest.approx(wrong.mean(), rel=1e-3)
    told = answer(result, found)
    assert told == (
        f"Linear regression is off by {quantity(np.average(wrong, weights=w))} on the weighted average of all test "
        f"rows, each once, in rows of half the weight by less than {quantity(half)}; guessing the mean is off by "
        f"{quantity(np.average(guessed, weights=w))}."
    )
    section = errors_section(result, found, None)
    assert "Rows count by their weight in all means, medians and lines; dots count alike." in section.html
    assert "The tenth of the weight with the largest errors makes up" in section.html
    largest = np.argsort(-wrong)
    within = largest[np.cumsum(w[largest]) <= w.sum() / 10]
    assert found.worst_tenth == pytest.approx((w * wrong**2)[within].sum() / (w * wrong**2).sum())


def test_parts_of_the_target_are_of_rows_that_count_by_their_weight(weighed):
    result, w = weighed
    found = unseen(result, "linear_regression")
    parts = by_part_of_target(found)
    own = np.argsort(found.y_true, kind="stable")[:45]
    assert parts.loc[0, "rows"] == 45
    expected = {
        "mean_residual": np.average(found.residuals[own], weights=w[own]),
        "mean_absolute_error": np.average(np.abs(found.residuals[own]), weights=w[own]),
        "median_absolute_error": median_absolute_error(found.y_true[own], found.predicted[own], sample_weight=w[own]),
        "guessing": np.average(np.abs(found.y_true - found.guessed)[own], weights=w[own]),
    }
    assert {name: parts.loc[0, name] for name in expected} == pytest.approx(expected)


def test_equal_weights_change_no_error(result):
    found = unseen(result, "linear_regression")
    alike = replace(found, weights=np.full(442, 0.3))
    for name, column in by_part_of_target(found).items():
        np.testing.assert_allclose(by_part_of_target(alike)[name], column, err_msg=name)
    assert alike.worst_tenth == pytest.approx(found.worst_tenth)


def test_no_test_row_calibrates_and_the_sibling_learns_from_none_that_does(result, dataset):
    for fold in result.folds:
        own = aside(dataset, fold)
        assert own.index == fold.index
        assert not np.isin([*own.train_rows, *own.test_rows], fold.test_rows).any()
        assert sorted([*own.train_rows, *own.test_rows]) == sorted(fold.train_rows)
        assert len(own.test_rows) == pytest.approx(len(fold.train_rows) / PARTS, abs=1)


def test_intervals_are_those_of_split_conformal_prediction_around_the_scored_model(result, dataset, quiet_desk):
    held = look_at_intervals(result, "linear_regression", quiet_desk)
    X, y = dataset.X, dataset.y
    for number, fold in enumerate(result.folds):
        own = aside(dataset, fold)
        sibling = LinearRegression().fit(X[own.train_rows], y[own.train_rows])
        expected = calibrated(y[own.test_rows] - sibling.predict(X[own.test_rows]))
        assert held.intervals[number].reach == pytest.approx(expected.reach)
        assert held.intervals[number].n_calibration == len(own.test_rows)
        scored = LinearRegression().fit(X[fold.train_rows], y[fold.train_rows])
        inside = np.abs(y[fold.test_rows] - scored.predict(X[fold.test_rows])) <= expected.reach
        np.testing.assert_array_equal(held.inside[number], inside)
    shares = np.array([one.mean() for one in held.inside])
    sizes = {"n_train": len(result.folds[0].train_rows), "n_test": len(result.folds[0].test_rows)}
    assert held.share == corrected_share_interval(shares, **sizes)
    assert held.is_kept
    assert held.level == LEVEL
    assert set(held.by_third) == {"lowest", "middle", "highest"}
    assert np.mean([*held.by_third.values()]) == pytest.approx(held.share.mean, abs=0.01)
    record = look_at_numbers(result, quiet_desk).record()["prediction_intervals"]
    assert record["held"]["mean"] == held.share.mean


def test_test_rows_that_are_rewritten_move_no_interval(result, dataset, quiet_desk):
    """Who calibrated on test rows would see it."""
    fold = result.folds[0]
    y, X = dataset.y.copy(), dataset.X.copy()
    y[fold.test_rows], X[fold.test_rows] = 1e6, -1e3
    other = result_of(COMPARISON, replace(dataset, X=X, y=y))
    expected, found = (look_at_intervals(one, "linear_regression", quiet_desk).intervals[0] for one in (result, other))
    assert found == expected


def test_one_test_set_has_an_exact_share(dataset, quiet_desk):
    once = replace(COMPARISON, splitting=Splitting(kind="random", test_share=0.2, n_folds=1))
    held = look_at_intervals(result_of(once, dataset), "k_nearest_neighbors", quiet_desk)
    assert held.share == share_of_rows(int(held.inside[0].sum()), 89)
    assert f"of {held.n_rows} test rows" in intervals_section(result_of(once, dataset), held).answers[0]


@pytest.mark.parametrize(("n_rows", "refused"), [(40, True), (55, False)])
def test_too_few_rows_to_calibrate_on_are_refused_with_the_least_number(dataset, quiet_desk, n_rows, refused):
    few = replace(dataset, X=dataset.X[:n_rows], y=dataset.y[:n_rows])
    result = result_of(replace(COMPARISON, splitting=Splitting(kind="k_fold", n_splits=10, n_folds=10)), few)
    why = why_not(few, result.folds)
    assert bool(why) == refused
    assert (look_at_intervals(result, "linear_regression", quiet_desk) is None) == refused
    if refused:
        assert (
            why
            == "No prediction intervals: of the training rows 7 can be set aside to calibrate them, and 90 % takes 9."
        )
        section = intervals_section(result, None, why)
        assert why in section.html
        assert section.answers == (why,)


def test_groups_are_set_aside_whole_or_not_at_all(dataset):
    grouped = replace(dataset, groups=np.arange(442) // 30)
    fold = Fold(index=0, seed=1, train_rows=np.arange(300), test_rows=np.arange(300, 442))
    own = aside(grouped, fold)
    assert not np.isin(grouped.groups[own.train_rows], grouped.groups[own.test_rows]).any()
    few = replace(dataset, groups=np.arange(442) // 150)
    assert why_not(few, [fold]).startswith("No prediction intervals: ")


def test_of_times_one_cut_is_enough_to_set_the_latest_fifth_aside(dataset):
    """Six different times were asked for, as for five blocks of which the last one was taken."""
    rows = np.arange(300)
    fold = Fold(index=2, seed=1, train_rows=rows, test_rows=np.arange(300, 442))
    timed = replace(dataset, times=np.arange(442))
    own = aside(timed, fold)
    assert (own.index, own.train_rows.tolist(), own.test_rows.tolist()) == (2, [*range(240)], [*range(240, 300)])
    two = replace(dataset, times=np.repeat([0, 1, 2], [240, 60, 142]))
    assert aside(two, fold).test_rows.tolist() == [*range(240, 300)]
    assert why_not(two, [fold]) == ""
    told = why_not(replace(dataset, times=np.repeat([0, 1], [300, 142])), [fold])
    assert told == (
        "No prediction intervals: of the training rows none can be set aside to calibrate them. prediction intervals: "
        "expected 2 or more times. Received: blocks=1, times=1. Rows of one time stay together: take a finer column."
    )


def test_of_too_few_groups_no_fifth_is_set_aside_and_no_fold_is_spoken_of(dataset):
    fold = Fold(index=0, seed=1, train_rows=np.arange(300), test_rows=np.arange(300, 442))
    told = why_not(replace(dataset, groups=np.arange(442) // 100), [fold])
    assert told == (
        "No prediction intervals: of 3 groups of training rows no fifth can be set aside to calibrate them, which "
        "takes 5."
    )


def test_the_champion_carries_the_interval_of_a_sibling_that_learned_from_four_fifths(result, dataset, quiet_desk):
    refitted = refit(result, "linear_regression", (), quiet_desk)
    rows = np.arange(442)
    fold = Fold(index=0, seed=result.folds[0].seed, train_rows=rows, test_rows=rows[:0])
    expected = interval_of(result, "linear_regression", fold, quiet_desk)
    assert refitted.interval == expected
    assert expected.n_calibration in (88, 89)
    assert f"{expected.words()}." in refitted.words()
    assert float(refitted.tags()["interval_reach"]) == expected.reach
    assert not refitted.is_logged


def test_canonical_test_rows_calibrate_nothing(dataset, quiet_desk):
    canonical = replace(COMPARISON, splitting=Splitting(kind="canonical", n_folds=1))
    found = []
    for y_of_test in (0.0, 1e6):
        y = dataset.y.copy()
        y[300:] += y_of_test
        own = result_of(canonical, replace(dataset, y=y, test_rows=np.arange(300, 442)))
        refitted = refit(own, "linear_regression", (), quiet_desk)
        assert refitted.name == "linear_regression, with its interval"
        found.append(refitted.interval)
    assert found[0] == found[1]


def test_the_page_tells_draws_and_leaves_both(result, quiet_desk):
    looked = look_at_numbers(result, quiet_desk)
    told = sections(result, numbers=looked)
    page = report(result, told)
    for anchor in ('id="errors"', 'id="prediction-intervals"', "exchangeable"):
        assert anchor in page
    assert {"errors_by_part.csv", "prediction_intervals.csv"} <= {name for one in told for name in one.tables}
    errors = errors_section(result, looked.found, looked.held)
    assert [figure.title for figure in errors.figures] == [
        "True against predicted",
        "What is left over",
        "Where it errs",
    ]
    assert all(figure.svg.startswith("<svg") and "var(--" in figure.svg for figure in errors.figures)
    assert errors.answers[0] in page
    assert not re.search(r"nan", errors.html)


@pytest.fixture(scope="module")
def formula(dataset):
    """Numbers that are a formula of the columns, to the last bit but for rounding."""
    return replace(dataset, y=dataset.X @ np.arange(1.0, 11.0) + 7)


def test_rounding_is_no_coverage(formula, quiet_desk):
    result = result_of(COMPARISON, formula)
    looked = look_at_numbers(result, quiet_desk)
    errors, intervals = looked.sections(result)
    assert looked.found.is_exact
    assert looked.record() == {"prediction_intervals": None}
    assert intervals.answers == (
        "No prediction intervals: of 90\u00a0% of the rows or more what linear regression leaves over is rounding, "
        "which no interval is of.",
    )
    assert not intervals.tables
    assert errors.answers[0].startswith(
        "Linear regression says every number of the test rows exactly, but for rounding; guessing the mean is off by "
    )
    assert errors.answers[0].endswith("are all of them known before it is?")
    assert "rounding, and has no pattern" in errors.html
    assert "of all squared error" not in errors.html
    refitted = refit(result, "linear_regression", (), quiet_desk)
    assert refitted.interval is None
    assert "interval_reach" not in refitted.tags()


def test_small_errors_that_are_no_rounding_are_told_as_ever(formula, quiet_desk):
    noise = np.random.default_rng(0).normal(size=442)
    fine = replace(formula, y=formula.y + 1e-6 * np.std(formula.y) * noise)
    looked = look_at_numbers(result_of(COMPARISON, fine), quiet_desk)
    assert not looked.found.is_exact
    assert looked.held.share.mean == pytest.approx(LEVEL, abs=0.06)


def test_classes_have_no_such_sections(result, quiet_desk):
    assert look_at_numbers(replace(result, dataset=ingest("iris")), quiet_desk) is None
