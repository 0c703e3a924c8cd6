"""The champion is trained as it was on each fold, on every row; canonical test rows stay test rows."""

from dataclasses import replace

import numpy as np
import pytest

from experiments.language import Comparison, Search, Splitting
from pipeline.comparison.refit import refit
from pipeline.comparison.threshold import choose
from pipeline.data.split import inner_folds, split
from pipeline.data.values import Fold
from pipeline.scoring.evaluate import evaluate, judge_by
from pipeline.scoring.result import Result
from pipeline.training.train import train


def result_of(comparison, dataset, name) -> Result:
    """What is known of one candidate, trained and scored on every fold."""
    folds = split(dataset, comparison.splitting, seed=4)
    (candidate,) = [candidate for candidate in comparison.candidates if candidate.name == name]
    trained = train(candidate, dataset, folds, judge=judge_by(comparison))
    scores = tuple(evaluate(run, dataset, fold, comparison) for run, fold in zip(trained, folds, strict=True))
    return Result(comparison=comparison, dataset=dataset, folds=folds, trained=trained, scores=scores)


@pytest.fixture(scope="module")
def undecided(tumors_comparison) -> Comparison:
    """Three folds of tumors: a net, one that stops early, baselines, a search; no decision."""
    net, *baselines = tumors_comparison.candidates
    stopping = replace(net, name="stopping", training=replace(net.training, patience=2, validation_share=0.25))
    searched = Search(name="searched", candidate=baselines[1], space={"settings.C": (0.01, 1.0)}, n_trials=2)
    return replace(tumors_comparison, decision=None, candidates=(net, stopping, *baselines, searched))


@pytest.mark.parametrize("name", ["sigmoid_3", "logistic_regression"])
def test_it_is_what_training_on_all_rows_with_the_seed_of_fold_0_gives(undecided, tumors, quiet_desk, watched, name):
    result = result_of(undecided, tumors, name)
    refitted = refit(result, name, (), quiet_desk)
    (trained,) = watched.trained
    assert refitted.trained is trained
    rows = np.arange(463)
    fold = Fold(index=0, seed=4, train_rows=rows, test_rows=rows[:0])
    (again,) = train(result.of(name).candidate, tumors, [fold])
    np.testing.assert_array_equal(trained.model.predict_proba(tumors.X), again.model.predict_proba(tumors.X))
    assert np.abs(trained.model.predict_proba(tumors.X) - result.trained[0].model.predict_proba(tumors.X)).max() > 1e-3
    assert (refitted.n_rows, refitted.threshold, refitted.is_logged) == (463, None, False)
    assert refitted.name == f"{name}, refitted on all rows"
    assert refitted.how.startswith("refitted on all 463 rows (")
    again_in = [replace(refitted, trained=replace(trained, seconds=seconds)).how for seconds in (0.04, 0.1, 12.34)]
    assert [how.partition("(")[2] for how in again_in] == ["under 0.1 seconds)", "0.1 seconds)", "12.3 seconds)"]


def test_early_stopping_takes_its_rows_out_of_all_and_says_so(undecided, tumors, quiet_desk):
    refitted = refit(result_of(undecided, tumors, "stopping"), "stopping", (), quiet_desk)
    learned, watched = refitted.trained.train_rows, refitted.trained.validation_rows
    assert sorted([*learned, *watched]) == list(range(463))
    assert len(watched) == 116
    assert "trained on 70\u00a0% of the rows; this one is refitted on all 463, 116 of which" in refitted.words()


def test_folds_that_learn_from_more_and_more_rows_are_told_by_their_range(undecided, tumors, quiet_desk):
    """Of blocks forward in time fold 0 alone learns from so few."""
    result = result_of(undecided, tumors, "logistic_regression")
    refitted = refit(result, "logistic_regression", (), quiet_desk)
    rows = np.arange(463)
    blocks = tuple(
        Fold(index=k, seed=4, train_rows=rows[: 77 * (k + 1)], test_rows=rows[77 * (k + 1) : 77 * (k + 2)])
        for k in range(5)
    )
    told = replace(refitted, folds=blocks).words()
    assert "means over 5 folds of models trained on 17 to 83\u00a0% of the rows; this one" in told


def test_a_search_searches_again_inside_all_rows(undecided, tumors, quiet_desk):
    refitted = refit(result_of(undecided, tumors, "searched"), "searched", (), quiet_desk)
    assert len(refitted.trained.trials) == 2
    assert refitted.trained.candidate.name == "searched"
    assert len(refitted.trained.train_rows) == 463
    assert "No trial of its search" not in refitted.words()
    unscored = [replace(trial, score=float("nan")) for trial in refitted.trained.trials]
    blind = replace(refitted, trained=replace(refitted.trained, trials=unscored))
    assert "No trial of its search could be scored on all parts: the first of those that were left" in blind.words()
    folds = [Fold(index=0, seed=4, train_rows=np.arange(463), test_rows=np.arange(0))]
    (alone,) = train(refitted.trained.candidate, tumors, folds, judge=judge_by(undecided))
    assert [trial.score for trial in refitted.trained.trials] == [trial.score for trial in alone.trials]


def test_the_threshold_comes_from_what_each_fold_said_of_its_test_rows(tumors_comparison, tumors, quiet_desk, watched):
    result = result_of(tumors_comparison, tumors, "logistic_regression")
    refitted = refit(result, "logistic_regression", inner_folds(tumors, result.folds, 3), quiet_desk)
    assert len(watched.trained) == 1
    assert refitted.threshold == choose(tumors_comparison.decision, 1, "malignant", result.scores, result.folds)
    assert 0 < refitted.threshold.value < 1
    assert refitted.threshold.positive_class == "malignant"
    assert refitted.words().endswith("by models that had not seen the row.")
    assert refitted.tags()["threshold"] == repr(refitted.threshold.value)


@pytest.fixture(scope="module")
def canonical(tumors):
    """The same tumors, of which the last 100 are to be test rows."""
    return replace(tumors, test_rows=np.arange(363, 463))


def test_with_canonical_test_rows_the_scored_model_is_served_and_nothing_is_trained(
    undecided, canonical, quiet_desk, watched
):
    comparison = replace(undecided, splitting=Splitting(kind="canonical", n_folds=1))
    result = result_of(comparison, canonical, "sigmoid_3")
    refitted = refit(result, "sigmoid_3", (), quiet_desk)
    assert watched.trained == []
    assert refitted.trained is result.trained[0]
    assert (refitted.is_logged, refitted.how) == (True, "trained on the 363 training rows")
    assert refitted.tags()["refitted"] == "no"
    told = "trained on 363 rows and scored on the 100 test rows that the set comes with."
    assert refitted.words().startswith(f"Its figures are of this very model, {told}")


def test_no_threshold_is_chosen_on_canonical_test_rows(tumors_comparison, canonical, quiet_desk, watched):
    comparison = replace(tumors_comparison, splitting=Splitting(kind="canonical", n_folds=1))
    result = result_of(comparison, canonical, "logistic_regression")
    inner = inner_folds(canonical, result.folds, 3)
    refitted = refit(result, "logistic_regression", inner, quiet_desk)
    assert refitted.trained is result.trained[0]
    assert [len(run.train_rows) for run in watched.trained] == [242, 242, 242]
    assert all((run.train_rows < 363).all() for run in watched.trained)
    assert refitted.threshold.chosen_on == "363 rows, each predicted by a model that had not seen it"
    assert (refitted.is_logged, refitted.name) == (False, "logistic_regression, with its threshold")
