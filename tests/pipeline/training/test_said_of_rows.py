"""What is said of rows is heeded in training: groups by all that divides rows inside, weights by every loss."""

from dataclasses import replace

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from experiments.language import Baseline, Comparison, Decision, DenseNet, Search, Splitting, Training
from models import baselines
from models.encoding.columns import Column, Columns
from models.encoding.encoder import Encoder
from models.nets import dense
from pipeline.comparison.heeded import require_heeded
from pipeline.data.split import parts, split
from pipeline.data.table import Table
from pipeline.data.task import Classification, Regression
from pipeline.data.values import Dataset, Fold
from pipeline.scoring.evaluate import evaluate, judge_by
from pipeline.training.train import train

N = 240
RANDOM = np.random.default_rng(8)
X = RANDOM.normal(size=(N, 3))
WEIGHTS = RANDOM.exponential(size=N) * (RANDOM.random(N) > 0.15)


def dataset(task="classes", **change):
    classes = task == "classes"
    told = {
        "name": "visits",
        "X": X,
        "y": (X[:, 0] + RANDOM.normal(size=N) > 0).astype(np.int64) if classes else X[:, 0] * 3 + RANDOM.normal(size=N),
        "feature_names": ("a", "b", "c"),
        "task": Classification(class_names=("no", "yes")) if classes else Regression(),
        "source": "drawn",
        "citation": "nobody",
        "version": "1",
        "weights": WEIGHTS,
    }
    return Dataset(**{**told, **change})


def all_of(data):
    rows = np.arange(data.n_samples)
    return Fold(index=0, seed=3, train_rows=rows[:160], test_rows=rows[160:])


NET = DenseNet(
    name="net",
    hidden_units=(4,),
    inputs="standardize",
    training=Training(epochs=15, learning_rate=0.05, batch_size=16, optimizer="adam"),
)
LOGISTIC = Baseline(name="logistic", algorithm="logistic_regression", inputs="standardize", settings={"C": 0.3})
GUESS = Baseline(name="guess", algorithm="majority_class")
PEERS = {
    "logistic_regression": LogisticRegression(random_state=3),
    "naive_bayes": GaussianNB(),
    "random_forest": RandomForestClassifier(n_estimators=20, random_state=3),
    "hist_gradient_boosting": HistGradientBoostingClassifier(max_iter=20, random_state=3),
}


def comparison(*candidates, **change):
    told = {
        "name": "visits",
        "title": "Visits",
        "where": "here",
        "data": "visits",
        "splitting": Splitting(kind="stratified_k_fold", n_splits=4, n_folds=4),
        "candidates": (*candidates, GUESS),
        "metrics": ("accuracy", "roc_auc", "log_loss"),
        "primary_metric": "accuracy",
        "positive_class": 1,
    }
    return Comparison(**{**told, **change})


@pytest.mark.parametrize("algorithm", PEERS)
def test_a_baseline_weighs_rows_as_scikit_learn_does(algorithm):
    data = dataset()
    fold = all_of(data)
    settings = {
        name: value for name, value in PEERS[algorithm].get_params().items() if name in ("n_estimators", "max_iter")
    }
    baseline = Baseline(name="one", algorithm=algorithm, inputs="standardize", settings=settings)
    (trained,) = train(baseline, data, [fold])
    w = WEIGHTS[:160] / WEIGHTS[:160].mean()
    peer = make_pipeline(StandardScaler(), clone(PEERS[algorithm]))
    peer.fit(X[:160], data.y[:160], **{f"{peer.steps[-1][0]}__sample_weight": w})
    np.testing.assert_allclose(trained.model.predict_proba(X), peer.predict_proba(X), atol=1e-12)
    unweighted = peer.fit(X[:160], data.y[:160]).predict_proba(X)
    assert np.abs(trained.model.predict_proba(X) - unweighted).max() > 1e-3


def test_numbers_are_weighed_too():
    data = dataset("numbers")
    (trained,) = train(Baseline(name="one", algorithm="ridge"), data, [all_of(data)])
    w = WEIGHTS[:160] / WEIGHTS[:160].mean()
    peer = Ridge(random_state=3).fit(X[:160], data.y[:160], sample_weight=w)
    np.testing.assert_allclose(trained.model.predict(X), peer.predict(X), atol=1e-10)


@pytest.mark.parametrize("candidate", [NET, LOGISTIC])
def test_only_the_proportions_of_weights_matter(candidate):
    one, other = dataset(), dataset(weights=7 * WEIGHTS)
    other = replace(other, y=one.y)
    answers = [train(candidate, data, [all_of(data)])[0].model.predict_proba(X) for data in (one, other)]
    np.testing.assert_allclose(*answers, atol=1e-5)


def test_rows_of_weight_0_are_as_if_they_were_not_there():
    data = dataset()
    fold = all_of(data)
    kept = fold.train_rows[WEIGHTS[fold.train_rows] > 0]
    turned = replace(data, y=np.where(WEIGHTS > 0, data.y, 1 - data.y))
    answers = [train(LOGISTIC, each, [fold])[0].model.predict_proba(X) for each in (data, turned)]
    np.testing.assert_allclose(*answers, atol=1e-12)
    scores = [evaluate(train(LOGISTIC, each, [fold])[0], each, fold, comparison(LOGISTIC)) for each in (data, turned)]
    assert scores[0].metrics == pytest.approx(scores[1].metrics, abs=1e-12)
    assert len(kept) < len(fold.train_rows)


@pytest.mark.parametrize("task", ["classes", "numbers"])
def test_a_net_is_keras_own_with_sample_weight(task):
    data = dataset(task)
    fold = all_of(data)
    whole = replace(NET, training=replace(NET.training, batch_size=None, optimizer="sgd"))  # no order to agree on
    (trained,) = train(whole, data, [fold])
    core = next(layer for layer in trained.model.model.layers if isinstance(layer, keras.Sequential | keras.Model))
    theirs = dense.build((3,), 1, [4], output_activation="sigmoid" if task == "classes" else "linear", seed=3)
    theirs.compile(
        keras.optimizers.SGD(0.05),
        keras.losses.BinaryCrossentropy() if task == "classes" else keras.losses.MeanSquaredError(),
    )
    own = X[:160]
    y = data.y[:160].astype(float)
    y = y if task == "classes" else (y - y.mean()) / y.std()
    w = WEIGHTS[:160] / WEIGHTS[:160].mean()
    scaled = (own - own.mean(axis=0)) / own.std(axis=0)
    history = theirs.fit(scaled, y[:, None], sample_weight=w, epochs=15, batch_size=160, shuffle=False, verbose=0)
    for one, other in zip(core.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    np.testing.assert_allclose(trained.history["train_loss"], history.history["loss"], rtol=1e-4)


GROUPS = np.arange(N) // 6


def test_what_early_stopping_watches_is_of_other_groups_and_weighs():
    data = dataset(groups=GROUPS)
    stops = replace(NET, training=replace(NET.training, patience=3, validation_share=0.25))
    for trained in train(stops, data, split(data, Splitting(n_folds=2), seed=0)):
        learned, watched = GROUPS[trained.train_rows], GROUPS[trained.validation_rows]
        assert len(watched) == pytest.approx(0.25 * (len(learned) + len(watched)), abs=6)
        assert not set(learned) & set(watched)


def test_what_early_stopping_watches_in_time_is_the_latest():
    data = dataset(times=RANDOM.permutation(N))
    stops = replace(NET, training=replace(NET.training, patience=3, validation_share=0.25))
    for trained in train(stops, data, split(data, Splitting(kind="forward", time="day", n_folds=2), seed=0)):
        assert data.times[trained.train_rows].max() < data.times[trained.validation_rows].min()


def test_a_search_chooses_by_weighted_scores():
    data = dataset()
    search = Search(name="searched", candidate=LOGISTIC, space={"settings.C": (1e-4, 1.0)}, n_trials=2)
    fold = all_of(data)
    judge = judge_by(comparison(LOGISTIC, primary_metric="log_loss"))
    (found,) = train(search, data, [fold], judge=judge)
    for trial in found.trials:
        losses = []
        for inner in parts(data, fold, search.n_inner):
            rows = inner.train_rows
            peer = make_pipeline(StandardScaler(), LogisticRegression(C=trial.settings["settings.C"]))
            peer.fit(X[rows], data.y[rows], logisticregression__sample_weight=WEIGHTS[rows] / WEIGHTS[rows].mean())
            p = peer.predict_proba(X[inner.test_rows])[np.arange(len(inner.test_rows)), data.y[inner.test_rows]]
            losses.append(np.average(-np.log(p), weights=WEIGHTS[inner.test_rows]))
        assert trial.score == pytest.approx(np.mean(losses), abs=1e-6)


def test_the_targets_means_of_a_group_come_from_other_groups():
    """Each group has a level of its own: whoever takes means within a group sees its targets."""
    levels = tuple(f"l{k}" for k in range(40))
    columns = Columns(
        columns=(Column(name="place", kind="category", levels=levels),), target="y", class_names=("a", "b")
    )
    groups = np.repeat(np.arange(40), 12)
    y = (groups % 2).astype(np.int64)
    codes = groups[:, None].astype(float)
    apart = Encoder(columns).fit_transform(codes, y, groups)
    assert len(np.unique(apart.round(9))) <= 5  # of a level that no other part has only the mean of the part is known
    assert np.ptp(apart) < 0.3
    together = Encoder(columns).fit_transform(codes, y)
    assert np.corrcoef(together[:, 0], y)[0, 1] > 0.95
    served = Encoder(columns).fit(codes, y, groups).transform(codes)
    np.testing.assert_allclose(served, Encoder(columns).fit(codes, y).transform(codes))


def test_boosting_holds_no_rows_out_by_itself():
    data = dataset(groups=GROUPS, weights=None)
    (trained,) = train(Baseline(name="one", algorithm="hist_gradient_boosting"), data, [all_of(data)])
    assert trained.model.pipeline[-1].early_stopping is False


def test_a_map_to_probabilities_is_fitted_on_whole_groups():
    data = dataset(groups=GROUPS, weights=None)
    (trained,) = train(Baseline(name="one", algorithm="support_vector_machine"), data, [all_of(data)])
    for learned, held in trained.model.pipeline[-1].cv:
        assert not set(GROUPS[:160][learned]) & set(GROUPS[:160][held])


REFUSED = {
    "neighbors": (
        Baseline(name="near", algorithm="k_nearest_neighbors"),
        {},
        r"what can weigh rows\. Received: algorithm='KNeighborsClassifier'",
    ),
    "discriminants": (Baseline(name="lda", algorithm="linear_discriminant_analysis"), {}, "LinearDiscriminantAnalysis"),
    "searched neighbors": (
        Search(
            name="s",
            candidate=Baseline(name="near", algorithm="k_nearest_neighbors"),
            space={"settings.n_neighbors": (1, 2)},
            n_trials=2,
        ),
        {},
        "KNeighborsClassifier",
    ),
    "watched accuracy": (
        replace(NET, training=replace(NET.training, patience=2, validation_share=0.2, monitor="accuracy")),
        {},
        r"Net 'net': expected monitor='loss' with weights",
    ),
    "stopping boosting": (
        Baseline(name="one", algorithm="hist_gradient_boosting", settings={"early_stopping": True}),
        {"groups": GROUPS},
        "no early_stopping with groups or times",
    ),
    "calibration in time": (
        Baseline(name="svm", algorithm="support_vector_machine"),
        {"weights": None, "times": np.arange(N)},
        "an algorithm that heeds the order of time",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_heed_it_is_refused_by_name_before_anything_is_trained(case):
    candidate, change, message = REFUSED[case]
    with pytest.raises(ValueError, match=message):
        require_heeded(comparison(candidate), dataset(**change), [all_of(dataset())])


def test_decisions_are_refused_with_weights():
    decides = comparison(
        NET, LOGISTIC, decision=Decision(candidates=("net", "logistic"), cost_ratio=2.0, reason="asked")
    )
    with pytest.raises(ValueError, match="no decision with weights"):
        require_heeded(decides, dataset(), [all_of(dataset())])


def test_folds_of_which_no_row_counts_are_refused():
    weights = np.where(np.arange(N) < 160, 1.0, 0.0)
    with pytest.raises(ValueError, match="rows that count on both sides of a split"):
        require_heeded(comparison(NET), dataset(weights=weights), [all_of(dataset())])
    data = dataset()
    with pytest.raises(ValueError, match=r"training rows of every class that count.*lacking=\['yes'\]"):
        require_heeded(
            comparison(NET), replace(data, weights=(data.y == 0) + (np.arange(N) >= 160) * 1.0), [all_of(data)]
        )


def test_a_baseline_that_cannot_weigh_is_refused_where_it_is_fitted_too():
    unfitted = baselines.build("k_nearest_neighbors", "raw", {}, seed=0)
    with pytest.raises(ValueError, match="what can weigh rows"):
        baselines.fit(unfitted, X, (X[:, 0] > 0).astype(int), sample_weight=WEIGHTS)


def test_sixty_groups_that_are_known_again_score_by_luck_alone_once_they_stay_together(tmp_path):
    """Each group has its own value and its own class, which have nothing to do with each other."""
    random = np.random.default_rng(0)
    group = np.repeat(np.arange(60), 8)
    frame = pd.DataFrame(
        {
            "patient": [f"p{k}" for k in group],
            "blood": (random.permutation(60)[group] + random.normal(0, 0.05, 480)).round(3),
            "ill": np.where(random.permutation(np.arange(60) % 2)[group] == 1, "yes", "no"),
        }
    )
    forest = Baseline(name="forest", algorithm="random_forest", settings={"n_estimators": 50})
    accuracy = {}
    for name, options in {"naive": {"ignore": ("patient",)}, "group": {"group": "patient"}}.items():
        data = Table(source=frame, target="ill", **options).load()
        assert data.feature_names == ("blood",)
        folds = split(data, Splitting(kind="stratified_k_fold", n_splits=5, n_folds=5), seed=1)
        judged = comparison(forest)
        scores = [
            evaluate(one, data, fold, judged) for one, fold in zip(train(forest, data, folds), folds, strict=True)
        ]
        accuracy[name] = np.mean([one.metrics["accuracy"] for one in scores])
    assert accuracy["naive"] > 0.95
    assert accuracy["group"] < 0.65
