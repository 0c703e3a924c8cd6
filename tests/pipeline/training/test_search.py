from dataclasses import replace

import mlflow
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from experiments.language import Ensemble, Search, Splitting
from models.engine.devices import choose
from pipeline.comparison.flow import ComparisonJob, run_comparison
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.scoring.evaluate import judge_by
from pipeline.scoring.tables import search_table
from pipeline.training.executors import Here
from pipeline.training.nets import together
from pipeline.training.search import SearchTrainer
from pipeline.training.train import Interrupted, train, train_works
from pipeline.training.work import Means, Work

IRIS = ingest("iris")
FOLDS = split(IRIS, Splitting(n_folds=2), seed=1)


@pytest.fixture
def logistic(small) -> Search:
    space = {"settings.C": (1e-6, 1.0, 100.0)}
    return Search(name="searched_logistic", candidate=small.candidates[3], space=space, n_trials=3)


@pytest.fixture
def net(small) -> Search:
    space = {"l2": (0.0, 0.1), "training.learning_rate": (0.001, 0.1)}
    return Search(name="searched_net", candidate=small.candidates[0], space=space, n_trials=3)


def test_it_chooses_what_scikit_learns_search_chooses(small, logistic):
    trained = train(logistic, IRIS, FOLDS, judge=judge_by(replace(small, primary_metric="log_loss")))
    for fold, item in zip(FOLDS, trained, strict=True):
        peer = GridSearchCV(
            make_pipeline(StandardScaler(), LogisticRegression(random_state=fold.seed)),
            {"logisticregression__C": [1e-6, 1.0, 100.0]},
            scoring="neg_log_loss",
            cv=StratifiedKFold(3, shuffle=True, random_state=fold.seed),
        ).fit(IRIS.X[fold.train_rows], IRIS.y[fold.train_rows])
        scores = {trial.settings["settings.C"]: trial.score for trial in item.trials}
        for C, score in zip([1e-6, 1.0, 100.0], -peer.cv_results_["mean_test_score"], strict=True):
            assert scores[C] == pytest.approx(score, rel=1e-9)
        assert item.chosen == {"settings.C": peer.best_params_["logisticregression__C"]}
        np.testing.assert_allclose(item.model.predict_proba(IRIS.X), peer.predict_proba(IRIS.X), atol=1e-9)


@pytest.mark.parametrize("name", ["logistic", "net"])
def test_what_is_trained_in_the_end_has_what_was_chosen_and_all_training_rows(small, name, request):
    search = request.getfixturevalue(name)
    for fold, item in zip(FOLDS, train(search, IRIS, FOLDS, judge=judge_by(small)), strict=True):
        assert sum(trial.chosen for trial in item.trials) == 1
        assert max(trial.score for trial in item.trials) == next(t.score for t in item.trials if t.chosen)
        (again,) = train(search.with_settings(item.chosen), IRIS, [fold])
        np.testing.assert_allclose(item.model.predict_proba(IRIS.X), again.model.predict_proba(IRIS.X), atol=1e-5)
        np.testing.assert_array_equal(item.train_rows, fold.train_rows)
        assert item.candidate is search


@pytest.mark.parametrize("name", ["logistic", "net"])
def test_what_the_test_rows_hold_changes_no_choice(small, name, request):
    fold = FOLDS[0]
    X, y = IRIS.X.copy(), IRIS.y.copy()
    X[fold.test_rows] *= 1e3
    y[fold.test_rows] = (y[fold.test_rows] + 1) % 3
    search = request.getfixturevalue(name)
    one, other = (train(search, data, [fold], judge=judge_by(small))[0] for data in (IRIS, replace(IRIS, X=X, y=y)))
    assert one.trials == other.trials
    np.testing.assert_array_equal(one.model.predict_proba(IRIS.X), other.model.predict_proba(IRIS.X))


def test_an_ensembles_settings_can_be_searched(small):
    ensemble = Ensemble(name="voters", net=small.candidates[0], n_members=2)
    search = Search(name="searched", candidate=ensemble, space={"net.l2": (0.0, 10.0)}, n_trials=2)
    (trained,) = train(search, IRIS, FOLDS[:1], judge=judge_by(small), epochs=60)
    assert trained.chosen == {"net.l2": 0.0}


def test_a_net_that_diverges_is_not_chosen(small):
    net = replace(
        small.candidates[0], training=replace(small.candidates[0].training, optimizer="sgd"), activation="relu"
    )
    search = Search(name="searched", candidate=net, space={"training.learning_rate": (1e30, 0.01)}, n_trials=2)
    (trained,) = train(search, IRIS, FOLDS[:1], judge=judge_by(small))
    assert trained.chosen == {"training.learning_rate": 0.01}
    assert any(np.isnan(trial.score) for trial in trained.trials)


class Satisfied:
    """Proposes values in turn until one of them comes to an accuracy of more than a half."""

    def __init__(self, *values):
        self.left, self.heard = list(values), []

    def ask(self, n):
        satisfied = any(score > 0.5 for _, score in self.heard)
        return [] if satisfied else [{"settings.C": self.left.pop(0)}]

    def tell(self, settings, score):
        self.heard.append((settings["settings.C"], score))


def test_a_proposer_hears_the_mean_score_before_it_is_asked_again(small, logistic):
    proposer = Satisfied(1e-6, 100.0, 1.0)
    trainer = SearchTrainer(train_works, together, lambda search: proposer)
    means = Means(placement=choose(), executor=Here(), judge=judge_by(small))
    works = [Work(candidate=logistic, dataset=IRIS, fold=fold) for fold in FOLDS]
    (group,) = trainer.groups(works, means)
    trained = trainer.train(group, means, lambda where, share: None)
    assert [C for C, _ in proposer.heard] == [1e-6, 100.0]
    for number, (C, score) in enumerate(proposer.heard):
        assert score == pytest.approx(np.mean([item.trials[number].score for item in trained]))
        assert {item.trials[number].settings["settings.C"] for item in trained} == {C}
    assert {item.chosen["settings.C"] for item in trained} == {100.0}


def alone(each):
    """Every trial is a program of its own."""
    return [[number] for number in range(len(each))]


def searched(search, judge, how, progress=lambda where, share: None):
    trainer = SearchTrainer(train_works, how)
    means = Means(placement=choose(), executor=Here(), judge=judge)
    (group,) = trainer.groups([Work(candidate=search, dataset=IRIS, fold=fold) for fold in FOLDS], means)
    return trainer.train(group, means, progress)


def test_trials_that_are_trained_as_one_program_are_those_trained_alone(small):
    net = replace(small.candidates[0], l2=0.01, training=replace(small.candidates[0].training, epochs=30))
    space = {"l2": (0.001, 0.1), "training.learning_rate": (0.001, 0.03), "hidden_units": ((5,), (4,))}
    search = Search(name="searched_net", candidate=net, space=space, n_trials=8)
    words, by_loss = [], judge_by(replace(small, primary_metric="log_loss"))
    one = searched(search, by_loss, together, lambda where, share: words.append(where))
    other = searched(search, by_loss, alone)
    for ours, theirs in zip(one, other, strict=True):
        assert [trial.settings for trial in ours.trials] == [trial.settings for trial in theirs.trials]
        scores = [[trial.score for trial in item.trials] for item in (ours, theirs)]
        np.testing.assert_allclose(*scores, rtol=1e-4)
        assert np.ptp(scores[0]) > 0.05
        assert ours.chosen == theirs.chosen
        np.testing.assert_allclose(ours.model.predict_proba(IRIS.X), theirs.model.predict_proba(IRIS.X), atol=1e-4)
    batches = {where.split(", ")[0] for where in words if where.startswith("trial")}
    assert batches == {"trials 1 to 4 of 8", "trials 5 to 8 of 8"}  # of each architecture four


def test_a_trial_that_hardly_moves_takes_no_digit_from_the_others(small):
    """Its steps are below the last digit of most weights: made longer, they would be steps of another net."""
    slow = replace(small.candidates[0].training, epochs=60, optimizer="sgd", learning_rate=1e-7)
    fast, judge = replace(slow, learning_rate=0.1), judge_by(replace(small, primary_metric="log_loss"))
    space = {"training": (slow, fast)}
    search = Search(name="searched_net", candidate=small.candidates[0], space=space, n_trials=2, n_inner=2)
    for ours, theirs in zip(searched(search, judge, together), searched(search, judge, alone), strict=True):
        scores = [[trial.score for trial in item.trials] for item in (ours, theirs)]
        np.testing.assert_allclose(*scores, rtol=1e-6)


def test_the_table_has_a_row_for_each_trial_of_each_fold(small, logistic):
    table = search_table(train(logistic, IRIS, FOLDS, judge=judge_by(small)))
    assert list(table.columns) == ["candidate", "fold", "trial", "score", "chosen", "settings.C"]
    assert len(table) == 2 * 3
    assert list(table.groupby("fold")["chosen"].sum()) == [1, 1]
    assert search_table(train(small.candidates[3], IRIS, FOLDS)).empty


def test_a_run_logs_every_trial_the_choices_and_a_vote_as_one_model(small, logistic, quiet_desk):
    vote = Ensemble(name="vote", net=small.candidates[0], n_members=2)
    comparison = replace(small, candidates=(vote, small.candidates[2], logistic))
    run_comparison(ComparisonJob(comparison=comparison, dataset=IRIS, folds=FOLDS), quiet_desk)
    runs = mlflow.search_runs(experiment_names=["small"]).set_index("tags.mlflow.runName")
    parent = runs.loc["small, seed 1", "run_id"]
    table = mlflow.artifacts.load_text(f"runs:/{parent}/search.csv").splitlines()
    assert len(table) == 1 + 2 * 3
    searched = runs.loc["searched_logistic"]
    assert searched["params.search.settings.C"] == "(1e-06, 1.0, 100.0)"
    assert len(searched["params.chosen.settings.C"].split(", ")) == 2
    page = mlflow.artifacts.load_text(f"runs:/{parent}/report.html")
    assert "chosen: settings.C = " in page
    assert "Mean of 2 nets of different seeds" in page
    assert runs.loc["vote", "params.algorithm"] == "ensemble"
    (model,) = mlflow.search_logged_models(
        experiment_ids=[runs.loc["vote", "experiment_id"]], filter_string="name = 'vote'", output_format="list"
    )
    served = mlflow.pyfunc.load_model(model.model_uri).predict(pd.DataFrame(IRIS.X, columns=list(IRIS.feature_names)))
    (again, _) = train(vote, IRIS, FOLDS)
    np.testing.assert_allclose(served, again.model.predict_proba(IRIS.X), atol=1e-6)


def test_a_search_needs_a_metric_and_enough_rows(small, logistic):
    with pytest.raises(ValueError, match="train: expected a judge with a search"):
        train(logistic, IRIS, FOLDS)
    with pytest.raises(ValueError, match="n_inner training rows of every class or more"):
        train(replace(logistic, n_inner=50), IRIS, FOLDS, judge=judge_by(small))


def test_an_interrupted_search_has_nothing_to_hand_over(small, net):
    def interrupt(where: str, share: float) -> None:
        if where.startswith(("trial 3 of 3", "trials 2 to 3 of 3")):
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as stopped:
        train(net, IRIS, FOLDS, judge=judge_by(small), progress=interrupt)
    assert stopped.value.trained == ()
