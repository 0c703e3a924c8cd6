"""Models of a cross-validation, of repeats and of a grid are those that ``fit`` trains alone."""

from functools import partial

import keras
import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.model_selection import KFold

from models.engine.fitting import alike
from models.engine.fitting.fit import fit
from models.engine.fitting.fit_many import fit_many

layers = keras.layers
X, SPECIES = load_iris(return_X_y=True)
X = (X - X.mean(axis=0)) / X.std(axis=0)
ROWS = np.random.default_rng(0).permutation(len(X))[:97]
X, SPECIES = X[ROWS], SPECIES[ROWS]
FOLDS = list(KFold(3).split(X))  # 64, 65 and 65 rows
WEIGHT = np.random.default_rng(1).uniform(0.5, 2, len(X))
HOW = {"epochs": 2, "batch_size": 16}
EVEN = slice(96)  # rows without a smaller last batch, which would be traced, too


def species(units=5, rate=0.02, outputs=3, **options):
    parts = [layers.Dense(units, "tanh", kernel_regularizer=keras.regularizers.L2(0.01)), layers.BatchNormalization()]
    model = keras.Sequential([keras.Input((4,)), *parts, layers.Dropout(0.2), layers.Dense(outputs, "softmax")])
    model.compile(
        keras.optimizers.Adam(rate),
        **{"loss": "crossentropy", "metrics": ["accuracy", "sparse_categorical_crossentropy"], **options},
    )
    return model


def is_first():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(30, "relu"), layers.Dense(1, "sigmoid")])
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9, loss_scale_factor=8.0)
    model.compile(optimizer, keras.losses.BinaryCrossentropy(), metrics=["acc", "mae"])
    return model


def built(build, seed, **setting):
    keras.utils.set_random_seed(seed)
    return build(**setting)


def assert_same(model, alone):
    assert list(model.history.history) == list(alone.history.history)
    for name, values in alone.history.history.items():
        np.testing.assert_allclose(model.history.history[name], values, rtol=1e-10, err_msg=name)
    pairs = zip(
        [*model.variables, *model.optimizer.variables], [*alone.variables, *alone.optimizer.variables], strict=True
    )
    for one, other in pairs:
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=0, atol=1e-10, err_msg=one.path)


def test_folds_are_the_models_trained_alone(float64):
    """Two of the folds have equally many rows and share a program; so do their metrics and the rows left out."""
    fitted = fit_many(species, X, SPECIES, folds=FOLDS, sample_weight=WEIGHT, seed=7, **HOW)
    assert fitted.groups == ((0,), (1, 2))
    for k, (train, test) in list(enumerate(FOLDS))[2:]:
        alone = built(species, 7 + k)
        held_out = (X[test], SPECIES[test], WEIGHT[test])
        how = {"sample_weight": WEIGHT[train], "validation_data": held_out, "verbose": 0, **HOW}
        fit(alone, X[train], SPECIES[train], seed=7 + k, **how)
        assert_same(fitted.models[k], alone)
        assert fitted.histories[k] is fitted.models[k].history


@pytest.mark.parametrize("compilation", ["graph", "xla"])
def test_repeats_are_the_models_trained_alone(compilation, float64):
    """Thirty neurons are trained as thirty-two under XLA: what the optimizer remembers of two more is left out."""
    y = (SPECIES == 0).astype(int)
    how = {**HOW, "compilation": compilation, "validation_data": (X[:16], y[:16])}
    fitted = fit_many(is_first, X[EVEN], y[EVEN], seeds=[3, 5], **how)
    assert fitted.groups == ((0, 1),)
    alone = built(is_first, 5)
    fit(alone, X[EVEN], y[EVEN], seed=5, verbose=0, **how)
    assert_same(fitted.models[1], alone)


def test_without_shuffling_a_repeat_is_that_of_keras_and_goes_on_with_it(float64):
    plain = partial(species, metrics=None)
    fitted = fit_many(plain, X[EVEN], SPECIES[EVEN], seeds=[1, 2], shuffle=False, **HOW)
    assert fitted.groups == ((0, 1),)
    assert list(fitted.histories[0].history) == ["loss"]
    alone = built(plain, 2)
    for model in (fitted.models[1], alone):
        epochs = {"epochs": 3, "initial_epoch": 2} if model is not alone else {"epochs": 3}
        model.fit(X[EVEN], SPECIES[EVEN], batch_size=16, shuffle=False, verbose=0, **epochs)
    for one, other in zip(fitted.models[1].get_weights(), alone.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-10)


LEVELS = np.random.default_rng(2).integers(0, 12, (len(X), 2))


def of_levels(dropout=0.2):
    penalty = keras.regularizers.L2(0.01)
    embedding = layers.Embedding(12, 3, embeddings_regularizer=penalty)
    parts = [embedding, layers.Dropout(dropout), layers.Flatten(), layers.Dense(4, "tanh"), layers.Dense(3, "softmax")]
    model = keras.Sequential([keras.Input((2,), dtype="int32"), *parts])
    model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@pytest.mark.parametrize("compilation", ["graph", "xla"])
def test_folds_of_levels_that_are_embedded_share_a_program_and_are_the_models_trained_alone(compilation, float64):
    """Each with a table of its own, from one input of whole numbers; under XLA nothing may be drawn at random."""
    make = partial(of_levels, dropout=0.2 if compilation == "graph" else 0.0)
    fitted = fit_many(make, LEVELS, SPECIES, folds=FOLDS[1:], seed=7, compilation=compilation, **HOW)
    assert fitted.groups == ((0, 1),)
    for k, (train, test) in enumerate(FOLDS[1:]):
        alone = built(make, 7 + k)
        how = {"validation_data": (LEVELS[test], SPECIES[test]), "verbose": 0, **HOW}
        fit(alone, LEVELS[train], SPECIES[train], seed=7 + k, **how)
        assert_same(fitted.models[k], alone)


def test_without_shuffling_embedded_levels_are_those_of_keras(float64):
    make = partial(of_levels, dropout=0.0)  # of which none is drawn in another order
    fitted = fit_many(make, LEVELS[EVEN], SPECIES[EVEN], seeds=[1, 2], shuffle=False, **HOW)
    assert fitted.groups == ((0, 1),)
    alone = built(make, 2)
    alone.fit(LEVELS[EVEN], SPECIES[EVEN], shuffle=False, verbose=0, **HOW)
    assert_same(fitted.models[1], alone)


@pytest.mark.parametrize("mask_zero", [False, True])
def test_levels_behind_a_mask_are_left_to_fit(mask_zero):
    model = keras.Sequential(
        [keras.Input((2,)), layers.Embedding(12, 3, mask_zero=mask_zero), layers.Activation("tanh")]
    )
    model.compile("adam", "mse")
    assert (alike.kind(model, np.zeros((97, 2, 3))) is None) == mask_zero


def decayed(units=4, rate=0.02, decay=0.01, dropout=0.2, l2=0.01):
    hidden = layers.Dense(units, "tanh", kernel_regularizer=keras.regularizers.L2(l2))
    model = keras.Sequential([keras.Input((4,)), hidden, layers.Dropout(dropout), layers.Dense(3, "softmax")])
    model.compile(keras.optimizers.AdamW(rate, weight_decay=decay), "sparse_categorical_crossentropy", metrics=["acc"])
    return model


def test_settings_of_one_architecture_share_a_program_and_all_are_the_models_trained_alone(float64):
    grid = [{}, {"units": 6}, {"rate": 0.1, "decay": 0.3, "dropout": 0.4, "l2": 0.1}]
    fitted = fit_many(decayed, X[EVEN], SPECIES[EVEN], settings=grid, seed=2, **HOW)
    assert fitted.groups == ((0, 2), (1,))
    for number in (0, 2):
        alone = built(decayed, 2, **grid[number])
        fit(alone, X[EVEN], SPECIES[EVEN], seed=2, verbose=0, **HOW)
        assert_same(fitted.models[number], alone)


def test_a_model_that_hardly_moves_takes_no_digit_from_the_others():
    def build(rate=1e-7):
        return decayed(rate=rate, decay=0.0, dropout=0.0, l2=0.0)

    fitted = fit_many(build, X[EVEN], SPECIES[EVEN], settings=[{}, {"rate": 0.1}], seed=2, **HOW)
    alone = built(build, 2, rate=0.1)
    fit(alone, X[EVEN], SPECIES[EVEN], seed=2, verbose=0, **HOW)
    for ours, theirs in zip(fitted.models[1].get_weights(), alone.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)
    assert [float(model.optimizer.learning_rate) for model in fitted.models] == pytest.approx([1e-7, 0.1])


def test_momentum_remembers_a_learning_rate_and_keeps_settings_apart():
    def build(rate, momentum):
        model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
        model.compile(keras.optimizers.SGD(rate, momentum=momentum), "mse")
        return model

    same = [[alike.kind(build(rate, momentum), X[:, 0]) for rate in (0.1, 0.2)] for momentum in (0.0, 0.9)]
    assert [one == other for one, other in same] == [True, False]


@pytest.mark.parametrize(
    ("change", "n_groups"),
    [
        ({}, 1),
        ({"metrics": ["AUC"], "loss": "categorical_crossentropy"}, 2),
        ({"metrics": [keras.metrics.SparseCategoricalAccuracy]}, 2),
        ({"weighted_metrics": ["accuracy"]}, 2),
        ({"loss_weights": [2.0]}, 2),
        ({"loss": keras.losses.SparseCategoricalCrossentropy(reduction="sum")}, 2),
        ({"loss": lambda y, y_pred: keras.losses.sparse_categorical_crossentropy(y, y_pred)}, 2),
        ({"optimizer": keras.optimizers.Adam(clipnorm=1.0)}, 2),
    ],
)
def test_only_what_the_program_counts_goes_in_it(change, n_groups):
    change = dict(change)
    model = species()
    y = np.eye(3)[SPECIES] if change.get("loss") == "categorical_crossentropy" else SPECIES
    if change:
        optimizer = change.pop("optimizer", "adam")
        metrics = [one if isinstance(one, str) else one() for one in change.pop("metrics", [])]
        model.compile(optimizer, **{"loss": "sparse_categorical_crossentropy", "metrics": metrics, **change})
    assert (alike.kind(model, y) is None) == (n_groups == 2)


SHARED = keras.optimizers.Adam()


def shares_its_optimizer():
    model = species()
    model.compile(SHARED, "crossentropy")
    return model


def trained_before():
    model = species()
    model.optimizer.iterations.assign(3)
    return model


@pytest.mark.parametrize(
    ("build", "change", "message"),
    [
        (species, {}, "one of folds, seeds and settings"),
        (species, {"folds": FOLDS, "seeds": [1]}, "one of folds, seeds and settings"),
        (species, {"folds": 3}, "folds one after the other. Received: folds=3. Give such as folds=KFold"),
        (species, {"folds": KFold(3)}, "folds one after the other"),
        (species(), {"seeds": [1]}, "build as a function that returns a model. Received: build='Sequential'"),
        (species, {"seeds": []}, "seeds that are some"),
        (species, {"seeds": [-1]}, "each seed as a whole number"),
        (species, {"folds": FOLDS, "validation_data": (X, SPECIES)}, "folds or validation_data"),
        (species, {"folds": [(X, X)]}, "folds as pairs of row numbers from 0 to 96"),
        (species, {"folds": [(np.arange(97), np.array([97]))]}, "folds as pairs of row numbers from 0 to 96"),
        (species, {"folds": [(np.arange(0), np.arange(5))]}, "folds as pairs of row numbers from 0 to 96"),
        (shares_its_optimizer, {"seeds": [1, 2]}, "a model and an optimizer for each training"),
        (trained_before, {"seeds": [1]}, "models that build has not trained"),
        (lambda: species(outputs=2), {"seeds": [1, 2]}, "class numbers from 0 to 1"),
        (species, {"seeds": [1], "epochs": 0}, "epochs as a whole number of 1 or more"),
    ],
)
def test_what_means_nothing_is_refused(build, change, message):
    with pytest.raises(ValueError, match=message):
        fit_many(build, X, SPECIES, **change)
