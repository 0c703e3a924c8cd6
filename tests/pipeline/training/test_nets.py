from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from experiments.digits import DIGITS
from experiments.language import Ensemble, Splitting, Training
from models import classifier
from models.engine import one_net
from models.engine.devices import choose
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.training import nets
from pipeline.training.executors import Here
from pipeline.training.keras_net import core_model, loss, optimizer
from pipeline.training.nets import NetTrainer
from pipeline.training.rows import prepare
from pipeline.training.train import Interrupted, train
from pipeline.training.work import Means, Work

IRIS = ingest("iris")
FOLDS = split(IRIS, Splitting(n_folds=3), seed=1)
BALANCED = Training(epochs=1, learning_rate=0.1, balanced=True)


@pytest.fixture
def ensemble(small) -> Ensemble:
    return Ensemble(name="ensemble_3", net=small.candidates[0], n_members=3)


@pytest.fixture
def stopped(small) -> Ensemble:
    """Members that stop when their own validation loss says so."""
    return Ensemble(name="stopped", net=small.candidates[1], n_members=3)


def member_models(model):
    """The nets of an ensemble."""
    return [layer for layer in model.layers if hasattr(layer, "layers")]


def test_an_ensemble_says_the_mean_probability_of_its_members(ensemble):
    (trained,) = train(ensemble, IRIS, FOLDS[:1])
    whole = trained.model.model
    votes = np.stack(keras.Model(whole.inputs[0], whole.layers[-1].input)(IRIS.X))
    assert len(votes) == 3
    assert votes.std(axis=0).max() > 0.01
    np.testing.assert_allclose(trained.model.predict_proba(IRIS.X), votes.mean(axis=0), atol=1e-6)


def test_the_first_member_is_the_net_alone(small, ensemble):
    (alone,) = train(small.candidates[0], IRIS, FOLDS[:1])
    (together,) = train(ensemble, IRIS, FOLDS[:1])
    one, first = alone.model.model.layers[-1], member_models(together.model.model)[0]
    for expected, weight in zip(one.get_weights(), first.get_weights(), strict=True):
        np.testing.assert_allclose(weight, expected, atol=1e-5)


def test_an_ensembles_folds_are_trained_together_as_alone(ensemble):
    together = train(ensemble, IRIS, FOLDS)
    assert {item.engine.split(", ")[-1] for item in together} == {"9 nets at once"}
    for fold, item in zip(FOLDS, together, strict=True):
        (alone,) = train(ensemble, IRIS, [fold])
        np.testing.assert_allclose(item.model.predict_proba(IRIS.X), alone.model.predict_proba(IRIS.X), atol=1e-5)


def test_an_ensemble_is_saved_as_one_model(ensemble, tmp_path: Path):
    (trained,) = train(ensemble, IRIS, FOLDS[:1])
    classifier.save(trained.model, tmp_path / "saved", IRIS.class_names)
    loaded, _ = classifier.load(tmp_path / "saved")
    np.testing.assert_allclose(loaded.predict_proba(IRIS.X), trained.model.predict_proba(IRIS.X), atol=1e-7)


def test_an_ensembles_numbers_are_those_of_all_members(small, stopped):
    (alone,) = train(small.candidates[1], IRIS, FOLDS[:1], epochs=30)
    (voted,) = train(stopped, IRIS, FOLDS[:1], epochs=30)
    assert voted.n_parameters == 3 * alone.n_parameters
    assert voted.history["train_loss"].shape == voted.history["validation_loss"].shape
    assert 0 <= voted.best_epoch < len(voted.history["validation_loss"])
    np.testing.assert_array_equal(voted.validation_rows, alone.validation_rows)


def test_what_the_test_rows_hold_changes_nothing_of_an_ensemble(stopped):
    fold = FOLDS[0]
    X = IRIS.X.copy()
    X[fold.test_rows] *= 1e3
    one, other = (train(stopped, data, [fold])[0] for data in (IRIS, replace(IRIS, X=X)))
    np.testing.assert_array_equal(one.model.predict_proba(IRIS.X), other.model.predict_proba(IRIS.X))


@pytest.mark.parametrize(("batch_size", "n_at_once"), [(16, 2), (32, 4)])
def test_folds_of_112_and_113_rows_are_one_program_where_their_epochs_have_equally_many_steps(
    small, batch_size, n_at_once
):
    folds = split(IRIS, Splitting(kind="stratified_k_fold", n_splits=4, n_folds=4), seed=1)
    net = replace(small.candidates[0], training=replace(small.candidates[0].training, batch_size=batch_size))
    trained = train(net, IRIS, folds)
    assert {item.engine for item in trained} == {f"compiled epochs, {n_at_once} nets at once"}
    for fold, item in zip(folds, trained, strict=True):
        np.testing.assert_array_equal(item.train_rows, fold.train_rows)
    for fold, item in zip(folds[1:3], trained[1:3], strict=True):
        (alone,) = train(net, IRIS, [fold])
        np.testing.assert_allclose(item.model.predict_proba(IRIS.X), alone.model.predict_proba(IRIS.X), atol=1e-5)


def test_an_interrupt_hands_over_what_has_finished_an_epoch(ensemble):
    def interrupt(where: str, share: float) -> None:
        if share > 0.1:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as stopped:
        train(ensemble, IRIS, FOLDS, epochs=2000, progress=interrupt)
    assert len(stopped.value.trained) == 3
    for item in stopped.value.trained:
        assert len(item.history["train_loss"])
        assert np.isfinite(item.model.predict_proba(IRIS.X)).all()


def test_members_of_random_subspaces_are_blind_to_the_columns_that_were_not_drawn(small):
    blind = Ensemble(name="blind", net=small.candidates[0], n_members=3, column_share=0.5)
    trained = train(blind, IRIS, FOLDS)
    seen = []
    for item in trained:
        whole = item.model.model
        votes = keras.Model(whole.inputs[0], whole.layers[-1].input)
        before = np.stack(votes(IRIS.X))
        moved = [np.abs(np.stack(votes(IRIS.X + one)) - before).max(axis=(1, 2)) > 0 for one in 5 * np.eye(4)]
        assert np.sum(moved, axis=0).tolist() == [2, 2, 2]  # two of four columns, whichever
        seen += [tuple(own) for own in np.transpose(moved)]
        np.testing.assert_allclose(item.model.predict_proba(IRIS.X), before.mean(axis=0), atol=1e-6)
    assert len(set(seen)) > 2
    (alone,) = train(blind, IRIS, FOLDS[1:2])
    np.testing.assert_allclose(trained[1].model.predict_proba(IRIS.X), alone.model.predict_proba(IRIS.X), atol=1e-5)


def test_a_bagged_member_is_the_net_that_learned_from_its_drawn_rows(small):
    bagged = Ensemble(name="bagged", net=small.candidates[0], n_members=2, bagging=True)
    (trained,) = train(bagged, IRIS, FOLDS[:1])
    fold = FOLDS[0]
    drawn = np.random.default_rng(fold.seed).integers(len(fold.train_rows), size=len(fold.train_rows))
    inputs = prepare(small.candidates[0], IRIS, fold)  # scaled by all training rows, as every member's
    core = core_model(small.candidates[0], IRIS, (4,), fold.seed)
    training = small.candidates[0].training
    one_net.train(
        core,
        inputs.X[drawn],
        inputs.y[drawn],
        loss=loss(IRIS.task, training, core),
        optimizer=optimizer(training, training.epochs, len(drawn)),
        epochs=training.epochs,
        batch_size=training.batch_size,
        seed=fold.seed,
    )
    first = member_models(trained.model.model)[0]
    for expected, weight in zip(core.get_weights(), first.get_weights(), strict=True):
        np.testing.assert_allclose(weight, expected, atol=1e-5)


def test_bagged_members_keep_their_rows_weights(small):
    rows = prepare(replace(small.candidates[0], training=BALANCED), IRIS, FOLDS[0])
    marked = replace(rows, sample_weight=rows.X[:, 0], y=rows.X[:, 0])
    drawn = marked.bagged(3)
    np.testing.assert_array_equal(drawn.sample_weight, drawn.X[:, 0])
    np.testing.assert_array_equal(drawn.y, drawn.X[:, 0])
    assert len(drawn.X) == len(rows.X)
    assert 0.5 < len(np.unique(drawn.X, axis=0)) / len(np.unique(rows.X, axis=0)) < 0.9  # 1 - 1 / e of them are drawn


def test_nets_that_are_trained_in_turn_vote_as_well():
    digits = ingest("digits")
    (conv,) = [item for item in DIGITS.candidates if item.name == "conv_16_32"]
    (fold,) = split(digits, Splitting(n_folds=1), seed=1)
    vote = Ensemble(name="vote", net=conv, n_members=2)
    (one,), (two,) = (train(candidate, digits, [fold], epochs=1) for candidate in (conv, vote))
    assert two.n_parameters == 2 * one.n_parameters
    whole = two.model.model
    votes = np.stack(keras.Model(whole.inputs[0], whole.layers[-1].input)(digits.X[fold.test_rows]))
    np.testing.assert_allclose(votes[0], one.model.predict_proba(digits.X[fold.test_rows]), atol=1e-5)
    np.testing.assert_allclose(two.model.predict_proba(digits.X[fold.test_rows]), votes.mean(axis=0), atol=1e-6)


def sizes(candidate, dataset, folds, placement=None):
    """Rows and number of works of each group."""
    works = [Work(candidate=candidate, dataset=dataset, fold=fold) for fold in folds]
    groups = NetTrainer().groups(works, Means(placement=placement or choose(), executor=Here()))
    assert [work for group in groups for work in group.works] == sorted(works, key=lambda w: len(w.fold.train_rows))
    return [(len(group.works[0].fold.train_rows), len(group.works)) for group in groups]


def test_nets_of_as_many_steps_are_a_group_as_far_as_memory_goes(small, ensemble, monkeypatch):
    net, row = small.candidates[0], 4 * 4  # four numbers of four bytes each
    dealt = split(IRIS, Splitting(kind="stratified_k_fold", n_splits=4, n_folds=4), seed=1)
    assert sizes(net, IRIS, FOLDS) == [(120, 3)]
    assert sizes(net, IRIS, dealt) == [(112, 2), (113, 2)]  # 7 batches of 16, and one more of one row
    assert sizes(replace(net, training=replace(net.training, batch_size=32)), IRIS, dealt) == [(112, 4)]
    monkeypatch.setattr(nets, "_GROUP_BYTES", 2 * 120 * row)
    assert sizes(net, IRIS, FOLDS) == [(120, 2), (120, 1)]
    assert sizes(ensemble, IRIS, FOLDS) == [(120, 1)] * 3, "every member has rows of its own"
    monkeypatch.setattr(nets, "_GROUP_BYTES", 0)
    assert sizes(net, IRIS, FOLDS) == [(120, 1)] * 3


def test_nets_that_cannot_be_one_program_are_groups_of_one(small):
    digits, averaged = ingest("digits"), replace(small.candidates[0].training, averaging=0.9)
    spread = replace(choose(), strategy=tf.distribute.OneDeviceStrategy("/cpu:0"))
    (conv,) = [item for item in DIGITS.candidates if item.name == "conv_16_32"]
    folds = split(digits, Splitting(n_folds=2), seed=1)
    assert [n for _, n in sizes(conv, digits, folds)] == [1, 1]
    assert sizes(replace(small.candidates[0], training=averaged), IRIS, FOLDS) == [(120, 1)] * 3
    assert sizes(small.candidates[0], IRIS, FOLDS, spread) == [(120, 1)] * 3
