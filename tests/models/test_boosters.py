"""LightGBM, CatBoost and XGBoost as their own libraries fit them, given the same by hand; and without them."""

import importlib
import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.utils.class_weight import compute_sample_weight

from models import baselines, boosters, checks
from models.encoding.columns import Column, Columns

N = 300
RANDOM = np.random.default_rng(5)
LEVELS = ("basic", "plus", "more")
CODES = np.where(RANDOM.random(N) < 0.1, np.nan, RANDOM.integers(0, 3, N))
NUMBERS = np.where(RANDOM.random((N, 2)) < 0.1, np.nan, RANDOM.normal(size=(N, 2)))
LOGIT = np.nan_to_num(NUMBERS[:, 0]) + 1.5 * (CODES == 1) - 1.0
Y = (RANDOM.random(N) < 1 / (1 + np.exp(-2 * LOGIT))).astype(np.int64)
Z = LOGIT + RANDOM.normal(0, 0.1, N)
WEIGHTS = RANDOM.exponential(size=N)
COLUMNS = Columns(
    columns=(
        Column(name="size", kind="number", missing=True),
        Column(name="plan", kind="category", levels=LEVELS, missing=True),
        Column(name="age", kind="number", missing=True),
    ),
    target="left",
    class_names=("no", "yes"),
)
X = np.column_stack([NUMBERS[:, 0], CODES, NUMBERS[:, 1]])
# As each library is given it by hand: categories in front, as it takes them.
FRAME = pd.DataFrame({"plan": CODES, "size": NUMBERS[:, 0], "age": NUMBERS[:, 1]})
WORDS = FRAME.assign(plan=["gap" if np.isnan(code) else str(int(code)) for code in CODES])
BY_HAND = {
    "lightgbm": (
        {"n_estimators": 15, "num_leaves": 5},
        {"random_state": 3, "n_jobs": 1, "deterministic": True, "force_row_wise": True, "verbosity": -1},
        FRAME.assign(plan=FRAME["plan"].astype("category")),
    ),
    "catboost": (
        {"n_estimators": 15, "depth": 3},
        {"random_seed": 3, "thread_count": 1, "allow_writing_files": False, "verbose": False, "cat_features": ["plan"]},
        WORDS,
    ),
    "xgboost": (
        {"n_estimators": 15, "max_depth": 3},
        {"random_state": 3, "n_jobs": 1, "enable_categorical": True},
        WORDS.assign(plan=WORDS["plan"].where(WORDS["plan"] != "gap").astype("category")),
    ),
}


@pytest.fixture(params=BY_HAND)
def library(request) -> str:
    pytest.importorskip(request.param)
    return request.param


def fitted(library, y, task, settings=None, **how):
    own = BY_HAND[library][0] if settings is None else settings
    unfitted = baselines.build(library, "raw", own, seed=3, task=task, columns=COLUMNS)
    return baselines.fit(unfitted, X, y, **how)[0]


def by_hand(library, y, task, **how):
    settings, fixed, frame = BY_HAND[library]
    kind = getattr(importlib.import_module(library), boosters.LIBRARIES[library].classes[task])
    model = kind(**settings, **fixed).fit(frame, y, **how)
    return model.predict_proba(frame) if task == "classification" else model.predict(frame)


@pytest.mark.parametrize("weights", [None, WEIGHTS])
@pytest.mark.parametrize("task", ["classification", "regression"])
def test_a_table_with_categories_and_gaps_is_fitted_as_the_library_fits_it(library, task, weights):
    y = Y if task == "classification" else Z
    model = fitted(library, y, task, sample_weight=weights)
    ours = model.predict_proba(X) if task == "classification" else model.predict(X)
    told = {} if weights is None else {"sample_weight": weights / weights.mean()}
    np.testing.assert_allclose(ours, by_hand(library, y, task, **told), rtol=0, atol=2e-7)  # XGBoost says float32
    if task == "classification":
        assert ((model.predict(X) == 1) == (ours[:, 1] > 0.5)).all()
        np.testing.assert_allclose(ours.sum(axis=1), 1, rtol=0, atol=1e-15)


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_balanced_classes_count_the_same(library, weights):
    settings = {**BY_HAND[library][0], "class_weight": "balanced"}
    ours = fitted(library, Y, "classification", settings, sample_weight=weights).predict_proba(X)
    own = compute_sample_weight("balanced", Y) * (1 if weights is None else weights / weights.mean())
    np.testing.assert_allclose(ours, by_hand(library, Y, "classification", sample_weight=own), rtol=0, atol=2e-7)
    assert ours[:, 1].mean() > fitted(library, Y, "classification").predict_proba(X)[:, 1].mean() + 0.01


def test_a_class_that_no_training_row_has_leaves_the_others_their_numbers(library):
    model = fitted(library, 3 * Y, "classification")
    assert model[-1].classes_.tolist() == [0, 3]
    assert set(model.predict(X)) == {0, 3}
    np.testing.assert_array_equal(model.predict_proba(X), fitted(library, Y, "classification").predict_proba(X))


def test_levels_and_numbers_never_seen_are_answered_and_a_copy_answers_the_same(library):
    model = fitted(library, Y, "classification")
    strange = X[:5].copy()
    strange[:, 0], strange[:, 1] = 1e30, -1
    assert np.isfinite(model.predict_proba(strange)).all()
    copy = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(copy.predict_proba(X), model.predict_proba(X))
    again = clone(model).fit(X, Y)
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))


def test_catboost_tells_no_row_by_another_of_its_group_or_of_a_later_time():
    """It would take means of the target in an order that it draws: they are not taken then."""
    pytest.importorskip("catboost")
    groups = np.arange(N) // 4
    plain, grouped = (fitted("catboost", Y, "classification", **how) for how in ({}, {"groups": groups}))
    timed = fitted("catboost", Y, "classification", in_time=True)
    assert not np.array_equal(plain.predict_proba(X), grouped.predict_proba(X))
    assert grouped[-1].model_.get_param("one_hot_max_size") == 255
    np.testing.assert_array_equal(timed.predict_proba(X), grouped.predict_proba(X))


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        *(("lightgbm", one) for one in ("n_jobs", "num_threads", "random_state", "early_stopping_round", "num_leafs")),
        *(("catboost", one) for one in ("thread_count", "eval_fraction", "cat_features", "train_dir", "itterations")),
        *(("xgboost", one) for one in ("n_jobs", "device", "early_stopping_rounds", "max_detph")),
    ],
)
def test_what_is_fixed_and_what_there_is_not_is_refused_as_a_setting(name, setting):
    pytest.importorskip(name)
    with pytest.raises(ValueError, match=f"expected settings that {name} has"):
        baselines.build(name, "raw", {setting: 1}, seed=0)
    with pytest.raises(ValueError, match="class_weight"):
        baselines.build(name, "raw", {"class_weight": "balanced"}, seed=0, task="regression")


def test_lightgbm_takes_its_parameters_beyond_its_arguments():
    pytest.importorskip("lightgbm")
    settings = BY_HAND["lightgbm"][0]
    coarse = fitted("lightgbm", Y, "classification", {**settings, "max_bin": 3})
    assert not np.array_equal(coarse.predict_proba(X), fitted("lightgbm", Y, "classification").predict_proba(X))


def test_without_its_library_it_is_refused_where_it_is_built_and_where_it_is_loaded(library, monkeypatch):
    saved = pickle.dumps(fitted(library, Y, "classification"))
    monkeypatch.setattr(checks, "is_installed", lambda name: name != library)
    install = r"Received: library='\w+'. Call: pip install 'chalktape\[boosting\]'."
    with pytest.raises(ValueError, match=f"baselines: expected a library that is installed. {install}"):
        baselines.build(library, "raw", {}, seed=0)
    with pytest.raises(ValueError, match=f"load: expected a library that is installed. {install}"):
        pickle.loads(saved)


def test_versions_are_those_of_what_is_imported(library):
    assert boosters.installed_version(library) == importlib.import_module(library).__version__
    assert boosters.installed_version("no_such_library") == ""


def test_nobody_looks_through_what_is_installed_where_no_library_is_asked_for(monkeypatch):
    def refuse():
        raise AssertionError("it takes half a second")

    monkeypatch.setattr(boosters, "packages_distributions", refuse)
    boosters._packages.cache_clear()
    assert boosters.requirements([]) == []
