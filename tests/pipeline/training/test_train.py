from dataclasses import replace

import keras
import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from experiments.digits import DIGITS
from experiments.language import Splitting
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.training.train import train

IRIS = ingest("iris")
FOLDS = split(IRIS, Splitting(n_folds=3), seed=1)


def candidate(comparison, name):
    (found,) = [item for item in comparison.candidates if item.name == name]
    return found


def y_proba(trained, X):
    return np.stack([item.model.predict_proba(X) for item in trained])


@pytest.mark.parametrize("name", ["sigmoid_4", "stopped_early", "logistic_regression"])
def test_the_same_seed_gives_the_same_bits(small, name):
    one, again = (train(candidate(small, name), IRIS, FOLDS) for _ in range(2))
    np.testing.assert_array_equal(y_proba(one, IRIS.X), y_proba(again, IRIS.X))


def test_folds_trained_together_equal_folds_trained_alone(small):
    net = candidate(small, "sigmoid_4")
    together = train(net, IRIS, FOLDS)
    alone = [train(net, IRIS, [fold])[0] for fold in FOLDS]
    np.testing.assert_allclose(y_proba(together, IRIS.X), y_proba(alone, IRIS.X), atol=1e-5)


def test_folds_of_different_sizes_are_trained(small):
    folds = split(IRIS, Splitting(kind="stratified_k_fold", n_splits=4, n_folds=4), seed=1)
    trained = train(candidate(small, "sigmoid_4"), IRIS, folds, epochs=1)
    assert sorted({len(item.train_rows) for item in trained}) == [112, 113]


def test_a_net_learns_with_keras_fits_meaning(small):
    """One fold against ``fit`` on rows that were scaled outside, with the same initial weights and order of rows."""
    net = replace(candidate(small, "sigmoid_4"), training=replace(small.candidates[0].training, batch_size=None))
    (trained,) = train(net, IRIS, FOLDS[:1])
    X, y = IRIS.X[FOLDS[0].train_rows], IRIS.y[FOLDS[0].train_rows]
    core = _untrained_core(net)
    core.compile(keras.optimizers.Adam(0.05), keras.losses.SparseCategoricalCrossentropy())
    scaler = StandardScaler().fit(X)
    history = core.fit(scaler.transform(X), y, batch_size=len(X), epochs=3, shuffle=False, verbose=0)
    expected = core.predict(scaler.transform(IRIS.X), verbose=0)
    np.testing.assert_allclose(trained.model.predict_proba(IRIS.X), expected, atol=1e-5)
    np.testing.assert_allclose(trained.history["train_loss"], history.history["loss"], rtol=1e-5)


def _untrained_core(net):
    from models.nets import dense

    return dense.build((4,), 3, net.hidden_units, seed=FOLDS[0].seed)


def test_early_stopping_watches_rows_taken_from_the_training_rows_in_their_shares(small):
    for trained, fold in zip(train(candidate(small, "stopped_early"), IRIS, FOLDS), FOLDS, strict=True):
        assert len(trained.validation_rows) == 24
        assert set(trained.validation_rows) | set(trained.train_rows) == set(fold.train_rows)
        assert not set(trained.validation_rows) & set(trained.train_rows)
        assert np.ptp(np.bincount(IRIS.y[trained.validation_rows]) / np.bincount(IRIS.y[fold.train_rows])) < 0.03
        assert len(trained.history["validation_loss"]) == len(trained.history["train_loss"])
        assert trained.best_epoch == trained.history["validation_loss"].argmin()


def test_epochs_can_be_given(small):
    (trained,) = train(candidate(small, "sigmoid_4"), IRIS, FOLDS[:1], epochs=7)
    assert len(trained.history["train_loss"]) == 7


def test_parameters_are_counted_without_the_scaling(small):
    (trained,) = train(candidate(small, "sigmoid_4"), IRIS, FOLDS[:1])
    assert trained.n_parameters == (4 + 1) * 4 + (4 + 1) * 3


@pytest.mark.parametrize("name", ["sigmoid_30", "conv_16_32", "logistic_regression"])
def test_every_kind_of_candidate_takes_raw_images(name):
    digits = ingest("digits")
    folds = split(digits, Splitting(n_folds=1), seed=1)
    (trained,) = train(candidate(DIGITS, name), digits, folds, epochs=3)
    rows = folds[0].test_rows
    assert (trained.model.predict_proba(digits.X[rows]).argmax(axis=1) == digits.y[rows]).mean() > 0.8


def test_progress_says_where_it_is_and_never_goes_back(small):
    told = []
    train(
        candidate(small, "logistic_regression"), IRIS, FOLDS, progress=lambda where, share: told.append((where, share))
    )
    train(candidate(small, "sigmoid_4"), IRIS, FOLDS, progress=lambda where, share: told.append((where, share)))
    assert told[0] == ("fold 1 of 3", 0.0)
    assert told[-1][0].startswith("3 nets at once, epoch 3 of 3")
    assert all(0 <= share <= 1 for _, share in told)
