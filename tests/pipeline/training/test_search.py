from dataclasses import replace

import mlflow
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from experiments.language import Baseline, Ensemble, Search, Splitting
from models.engine.devices import choose
from pipeline.comparison.flow import ComparisonJob, run_comparison
from pipeline.data.ingest import ingest
from pipeline.data.split import parts, split
from pipeline.scoring.evaluate import judge_by
from pipeline.scoring.tables import search_table
from pipeline.training.answers import answers, can_answer
from pipeline.training.executors import Here
from pipeline.training.nets import together
from pipeline.training.search import SearchTrainer
from pipeline.training.train import Interrupted, train, train_works
from pipeline.training.values import Judge
from pipeline.training.work import Means, Work, with_candidate

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
    """Proposes values in turn until one of them comes to an accuracy of more than some share."""

    def __init__(self, *values, enough=0.5):
        self.left, self.heard, self.enough = list(values), [], enough

    def ask(self, n):
        satisfied = any(score > self.enough for _, score in self.heard)
        return [] if satisfied or not self.left else [{"settings.C": self.left.pop(0)}]

    def tell(self, settings, score, *, dropped_after=None):
        assert dropped_after is None
        self.heard.append((settings["settings.C"], score))


def test_each_fold_has_a_proposer_that_hears_of_that_fold_alone_before_it_is_asked_again(small, logistic):
    """A score on another fold's training rows tells of this fold's test rows."""
    both = [Satisfied(1e-6, 100.0, 1.0), Satisfied(1.0, 1e-6, 100.0, enough=2.0)]
    left = iter(both)
    trainer = SearchTrainer(train_works, together, lambda search, *, lower_is_better: next(left))
    means = Means(placement=choose(), executor=Here(), judge=judge_by(small))
    works = [Work(candidate=logistic, dataset=IRIS, fold=fold) for fold in FOLDS]
    (group,) = trainer.groups(works, means)
    shares = []
    trained = trainer.train(group, means, lambda where, share: shares.append(share))
    assert [[C for C, _ in proposer.heard] for proposer in both] == [[1e-6, 100.0], [1.0, 1e-6, 100.0]]
    for proposer, item in zip(both, trained, strict=True):
        assert [(trial.settings["settings.C"], trial.score) for trial in item.trials] == proposer.heard
        assert item.chosen["settings.C"] == max(proposer.heard, key=lambda heard: heard[1])[0]
    assert shares == sorted(shares)
    assert shares[-1] == 1


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


@pytest.mark.parametrize("kind", ["net", "vote"])
def test_answers_without_models_are_to_the_bit_those_of_the_models(small, kind):
    """On inner folds of 33 and 34 training rows; models, rows and test rows are laid out once for all trials."""
    net = replace(small.candidates[0], l2=0.01, training=replace(small.candidates[0].training, epochs=20))
    vote = Ensemble(name="vote", net=net, n_members=2, column_share=0.5, bagging=True)
    tried = [net, replace(net, l2=0.1)] if kind == "net" else [vote, replace(vote, net=replace(net, l2=0.1))]
    fold = replace(FOLDS[0], train_rows=FOLDS[0].train_rows[::3][:50])
    inner = [Work(candidate=net, dataset=IRIS, fold=one) for one in parts(IRIS, fold, 3)]
    assert len({len(work.fold.train_rows) for work in inner}) == 2
    works = [work for candidate in tried for work in with_candidate(inner, candidate)]
    means = Means(placement=choose(), executor=Here())
    assert can_answer(works[0], means)
    trained = train_works(works, means, lambda where, share: None)
    found = answers(works, means, lambda where, share: None)
    for work, item, one in zip(works, trained, found, strict=True):
        expected = item.model.predict_proba(IRIS.X[work.fold.test_rows])
        np.testing.assert_array_equal(one.predicted, expected)
        assert one.seconds > 0
    assert not np.array_equal(found[0].predicted, found[3].predicted)


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
    (parent,) = runs.loc[runs["tags.kind"] == "comparison", "run_id"]
    table = mlflow.artifacts.load_text(f"runs:/{parent}/search.csv").splitlines()
    assert len(table) == 1 + 2 * 3
    searched = runs.loc["searched_logistic"]
    assert searched["params.search.settings.C"] == "(1e-06, 1.0, 100.0)"
    assert len(searched["params.chosen.settings.C"].split(", ")) == 2
    page = mlflow.artifacts.load_text(f"runs:/{parent}/report.html")
    assert "chosen: settings.C = " in page
    assert "Trials of the searches" in page
    assert page.count("settings.C = 1e-06</td>") == 1
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


class Counted:
    """Trains as ever, and counts."""

    def __init__(self):
        self.n = 0

    def __call__(self, works, means, progress):
        self.n += len(works)
        return train_works(works, means, progress)


def searched_by(trainer, search, judge, folds=FOLDS, progress=lambda where, share: None):
    means = Means(placement=choose(), executor=Here(), judge=judge)
    (group,) = trainer.groups([Work(candidate=search, dataset=IRIS, fold=fold) for fold in folds], means)
    return trainer.train(group, means, progress)


TREES = Baseline(name="trees", algorithm="decision_tree", settings={"min_samples_leaf": 2})
DEPTHS = {"settings.max_depth": (1, 2, 3, 4), "settings.min_samples_leaf": (1, 20)}


@pytest.mark.parametrize("proposer", ["random", "tpe"])
def test_rungs_drop_the_worse_half_and_what_they_keep_is_judged_as_without_them(small, proposer):
    judge = judge_by(replace(small, primary_metric="log_loss"))
    plain = Search(name="searched", candidate=TREES, space=DEPTHS, n_trials=8, n_inner=5)
    rungs = replace(plain, rungs=(1, 3), proposer=proposer, at_once=4)
    count, shares = Counted(), []
    trained = searched_by(
        SearchTrainer(count, together), rungs, judge, progress=lambda where, share: shares.append(share)
    )
    whole = {}
    for item in train(plain, IRIS, FOLDS, judge=judge):
        whole |= {(item.fold_index, *plain.complexity(trial.settings)): trial.score for trial in item.trials}
    for item in trained:
        # Of each four two are tried on three parts, and one on all five.
        assert sorted(trial.n_parts for trial in item.trials) == [1, 1, 1, 1, 3, 3, 5, 5]
        for batch in (item.trials[:4], item.trials[4:]):
            firsts = [trial for trial in batch if trial.n_parts == 1]
            assert len(firsts) == 2
        kept = [trial for trial in item.trials if trial.n_parts == 5]
        for trial in kept:
            assert trial.score == whole[item.fold_index, *plain.complexity(trial.settings)]
        assert [trial.settings for trial in item.trials if trial.chosen] == [min(kept, key=lambda t: t.score).settings]
    assert count.n == 2 * (4 + 4 + 2 * 2 + 2 * 2 + 1 * 2 + 1 * 2) + 2  # on two folds, and each with its choice
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_rung_goes_by_the_mean_so_far(small):
    judge = judge_by(replace(small, primary_metric="log_loss"))
    plain = Search(name="searched", candidate=TREES, space=DEPTHS, n_trials=8, n_inner=4)
    (dropped,) = train(replace(plain, rungs=(2,), keep=0.3), IRIS, FOLDS[:1], judge=judge)
    two = parts(IRIS, FOLDS[0], 4)[:2]
    so_far = {}
    for trial in dropped.trials:
        models = train(plain.with_settings(trial.settings), IRIS, two)
        found = [
            judge.score(IRIS.y[f.test_rows], m.model.predict_proba(IRIS.X[f.test_rows]), None)
            for m, f in zip(models, two, strict=True)
        ]
        so_far[plain.complexity(trial.settings)] = np.mean(found)
        if trial.n_parts == 2:
            assert trial.score == pytest.approx(np.mean(found), rel=1e-12)
    best = sorted(so_far, key=so_far.get)[:3]  # 0.3 of 8 are 2.4
    kept = [plain.complexity(trial.settings) for trial in dropped.trials if trial.n_parts == 4]
    assert max(so_far[one] for one in kept) <= so_far[best[-1]]
    assert len(kept) == 3


def test_the_simplest_within_one_standard_error_is_chosen_where_that_is_declared(small):
    judge = judge_by(replace(small, primary_metric="log_loss"))
    simplest = Search(name="searched", candidate=TREES, space=DEPTHS, n_trials=8, n_inner=5, choose="simplest")
    differs = 0
    for fold, item in zip(FOLDS, train(simplest, IRIS, FOLDS, judge=judge), strict=True):
        scores = {}
        for trial in item.trials:
            inner = parts(IRIS, fold, 5)
            models = train(simplest.with_settings(trial.settings), IRIS, inner)
            scores[simplest.complexity(trial.settings)] = [
                judge.score(IRIS.y[f.test_rows], m.model.predict_proba(IRIS.X[f.test_rows]), None)
                for m, f in zip(models, inner, strict=True)
            ]
            error = np.std(scores[simplest.complexity(trial.settings)], ddof=1) / np.sqrt(5)
            assert trial.standard_error == pytest.approx(error, rel=1e-9)
        best = min(scores, key=lambda one: np.mean(scores[one]))
        most = np.mean(scores[best]) + np.std(scores[best], ddof=1) / np.sqrt(5)
        equals = [one for one in scores if np.mean(scores[one]) <= most]
        assert simplest.complexity(item.chosen) == min(equals)  # depths, then leaves, as they are declared
        differs += simplest.complexity(item.chosen) != best
    assert differs  # else nothing was shown


def test_seconds_end_a_search_on_each_fold_by_itself(small):
    """Each training takes as long as its depth says."""

    def timed(works, means, progress):
        return tuple(
            replace(one, seconds=float(one.candidate.settings["max_depth"]))
            for one in train_works(works, means, progress)
        )

    search = Search(name="searched", candidate=TREES, space=DEPTHS, n_trials=8, n_inner=2, seconds=12.0, at_once=2)
    shares = []
    trained = searched_by(
        SearchTrainer(timed, together), search, judge_by(small), progress=lambda where, share: shares.append(share)
    )
    for item in trained:
        assert [trial.seconds for trial in item.trials] == [
            2 * trial.settings["settings.max_depth"] for trial in item.trials
        ]
        spent = np.cumsum([trial.seconds for trial in item.trials])
        assert len(item.trials) % 2 == 0
        assert spent[-1] >= 12 > (spent[-3] if len(spent) > 2 else 0)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    table = search_table(trained)
    assert table["seconds"].tolist() == [trial.seconds for item in trained for trial in item.trials]


def test_no_fold_learns_by_tpe_from_another(small):
    """A fold searched alone tries what it tries beside others: no score of theirs is heard."""
    space = {"settings.C": tuple(10.0**power for power in range(-6, 6)), "settings.max_iter": (20, 50, 100, 200)}
    logistic = replace(small.candidates[3], settings={})
    search = Search(name="searched", candidate=logistic, space=space, n_trials=16, n_inner=2, proposer="tpe", at_once=4)

    def odd(y, y_proba, weights):
        """No better here than there: each fold learns something else."""
        return float(np.sin(5e3 * y_proba[:, 0].sum() + y @ np.arange(len(y))))

    judge = Judge(name="odd", score=odd, lower_is_better=True)
    together_, alone_ = (train(search, IRIS, folds, judge=judge) for folds in (FOLDS, FOLDS[1:]))
    assert together_[1].trials == alone_[0].trials
    one, other = ([trial.settings for trial in item.trials] for item in together_)
    assert one[:8] == other[:8]  # what is drawn at first is a matter of the declaration
    assert one != other
    assert train(search, IRIS, FOLDS[1:], judge=judge)[0].trials == alone_[0].trials


def test_the_table_has_what_decided_where_it_is_declared(small):
    search = Search(name="s", candidate=TREES, space=DEPTHS, n_trials=2, n_inner=2, rungs=(1,), choose="simplest")
    table = search_table(train(search, IRIS, FOLDS[:1], judge=judge_by(small)))
    told = ["candidate", "fold", "trial", "score", "chosen", "parts", "standard_error"]
    assert list(table.columns)[: len(told)] == told
    assert set(table.columns) == {*told, *DEPTHS}
    assert sorted(table["parts"]) == [1, 2]
