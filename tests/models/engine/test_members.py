"""Nets of members in the engine: what Keras's ``fit`` makes of the members' losses, alone and many at once."""

import keras
import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_iris

from models.engine import one_net
from models.engine.many_nets import train_replicates
from models.engine.replicable import can_replicate
from models.layers.members import MemberScaling
from models.losses import MembersLoss
from models.nets import tabm

N_TRAIN = 70


def cross_entropy():
    return MembersLoss(keras.losses.BinaryCrossentropy())


def tumours(n_replicates=3, n_samples=95):
    X, y = load_breast_cancer(return_X_y=True)
    rows = np.stack([np.random.default_rng(seed).permutation(len(X))[:n_samples] for seed in range(n_replicates)])
    X, y = X[rows], y[rows][..., None].astype(float)
    weight = np.random.default_rng(0).uniform(0.5, 2, rows.shape)
    return (X - X.mean(axis=1, keepdims=True)) / X.std(axis=1, keepdims=True), y, weight


def nets(n_replicates, **settings):
    settings = {"hidden_units": [5, 4], "n_members": 3, **settings}
    return [tabm.build((30,), 1, seed=seed, **settings) for seed in range(n_replicates)]


def adamw():
    return keras.optimizers.AdamW(0.03, weight_decay=0.1)


def parts(X, y, weight, axis):
    """Training rows by name, and the rest to validate on."""
    first, last = np.split(np.arange(X.shape[axis]), [N_TRAIN])
    train, held = ([array.take(rows, axis) for array in (X, y, weight)] for rows in (first, last))
    return {"X": train[0], "y": train[1], "sample_weight": train[2], "validation_data": tuple(held)}


def assert_alike(one, other):
    for ours, theirs in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10)


@pytest.mark.parametrize(
    ("settings", "compilation"),
    [({"dropout": 0.3}, "graph"), ({"adapters": "mini"}, "graph"), ({}, "xla")],
    ids=["dropout", "mini", "xla"],
)
def test_nets_trained_together_are_those_trained_alone(settings, compilation, float64):
    X, y, weight = tumours(2)
    stacked, single = nets(2, **settings), nets(2, **settings)
    how = {"epochs": 4, "batch_size": 16, "loss": cross_entropy()}
    assert can_replicate(stacked[0])
    histories = train_replicates(
        stacked, **parts(X, y, weight, 1), make_optimizer=adamw, seeds=range(2), compilation=compilation, **how
    )
    for seed, net in enumerate(single):
        own = parts(X[seed], y[seed], weight[seed], 0)
        alone = one_net.train(net, **own, optimizer=adamw(), seed=seed, compilation="graph", **how)
        assert_alike(stacked[seed], net)
        np.testing.assert_allclose(histories[seed].train_loss, alone.train_loss, rtol=1e-10)
        np.testing.assert_allclose(histories[seed].validation_loss, alone.validation_loss, rtol=1e-10)
    assert histories[0].train_loss[-1] < histories[0].train_loss[0]


def test_a_member_that_is_surely_wrong_still_learns(float64):
    """Keras cuts probabilities off at 1e-7, where a cross-entropy is flat; of logits it is not."""
    X, y, _ = tumours(2)
    models = nets(2)
    for model in models:
        model.layers[-2].bias.assign(np.full((3, 1), 40.0))  # a probability of 1 - 4e-18
    before = models[0].layers[-2].bias.numpy()
    how = {"loss": cross_entropy(), "epochs": 1, "batch_size": None, "compilation": "graph"}
    train_replicates(models, X, np.zeros_like(y), make_optimizer=lambda: keras.optimizers.SGD(1.0), seeds=(0, 1), **how)
    np.testing.assert_allclose(models[0].layers[-2].bias - before, -1 / 3, atol=1e-10)


@pytest.mark.parametrize(
    ("optimizer", "compilation"), [(adamw, "graph"), (lambda: keras.optimizers.SGD(0.1), "xla")], ids=["adamw", "sgd"]
)
def test_one_net_has_the_weights_of_fit_on_the_losses_of_its_members(optimizer, compilation, float64):
    """And is judged by the loss of the mean of what they say: of that ``fit`` of the members knows nothing."""
    X, y, weight = (array[0] for array in tumours(1))
    (ours,), (theirs,) = nets(1), nets(1)
    own = parts(X, y, weight, 0)
    history = one_net.train(
        ours,
        **own,
        loss=cross_entropy(),
        optimizer=optimizer(),
        epochs=3,
        batch_size=10,
        seed=0,
        shuffle=False,
        compilation=compilation,
    )
    members = keras.Model(theirs.inputs, theirs.layers[-1].input)
    members.compile(optimizer(), cross_entropy())
    how = {"epochs": 3, "batch_size": 10, "shuffle": False, "verbose": 0}
    expected = members.fit(own["X"], own["y"], sample_weight=own["sample_weight"], **how).history
    assert_alike(ours, theirs)
    np.testing.assert_allclose(history.train_loss, expected["loss"], rtol=1e-10)
    X_held, y_held, weight_held = own["validation_data"]
    of_mean = keras.losses.BinaryCrossentropy()(y_held, theirs(X_held), sample_weight=weight_held)
    np.testing.assert_allclose(history.validation_loss[-1], of_mean, rtol=1e-10)


def test_class_numbers_and_softmax_members(float64):
    X, y = load_iris(return_X_y=True)
    models = [tabm.build((4,), 3, [6], n_members=4, seed=seed) for seed in (0, 1)]
    alone = tabm.build((4,), 3, [6], n_members=4, seed=1)
    how = {
        "loss": MembersLoss(keras.losses.SparseCategoricalCrossentropy()),
        "epochs": 20,
        "batch_size": 50,
        "compilation": "graph",
    }
    watch = {"patience": 20, "monitor": "accuracy"}
    (_, history) = train_replicates(
        models,
        np.stack([X, X]),
        np.stack([y, y]),
        make_optimizer=adamw,
        seeds=(0, 1),
        validation_data=(np.stack([X, X]), np.stack([y, y])),
        **how,
        **watch,
    )
    expected = one_net.train(alone, X, y, optimizer=adamw(), seed=1, validation_data=(X, y), **how, **watch)
    assert_alike(models[1], alone)
    np.testing.assert_allclose(history.validation_accuracy, expected.validation_accuracy)
    right = (np.asarray(alone(X)).argmax(axis=1) == y).mean()
    assert history.validation_accuracy[history.best_epoch] == pytest.approx(right)
    assert right > 0.9


def test_the_loss_of_members_is_the_mean_of_theirs_and_not_the_loss_of_their_mean():
    y, said = np.array([[1.0], [0.0]]), np.array([[[0.9], [0.4]], [[0.2], [0.7]]])
    expected = -np.log([[0.9, 0.4], [0.8, 0.3]]).mean()
    found = cross_entropy()(y, said)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert float(found) > float(keras.losses.BinaryCrossentropy()(y, said.mean(axis=1)))


def test_members_without_a_loss_of_theirs_learn_what_fit_would_teach_them(float64):
    """Their mean: a net is what its layers say, and a plain loss is taken of what it puts out."""
    X, y, _ = (array[0] for array in tumours(1))
    (ours,), (theirs,) = nets(1), nets(1)
    how = {"epochs": 2, "batch_size": 16, "shuffle": False}
    one_net.train(ours, X, y, loss=keras.losses.BinaryCrossentropy(), optimizer=adamw(), seed=0, **how)
    theirs.compile(adamw(), keras.losses.BinaryCrossentropy())
    theirs.fit(X, y, verbose=0, **how)
    assert_alike(ours, theirs)


def test_a_loss_of_members_without_members_is_refused():
    plain = keras.Sequential([keras.Input((30,)), keras.layers.Dense(1, "sigmoid")])
    X, y, _ = tumours(2)
    how = {"loss": cross_entropy(), "epochs": 1, "batch_size": 16}
    message = "expected a net that ends in MeanOfMembers with MembersLoss"
    with pytest.raises(ValueError, match=message):
        one_net.train(plain, X[0], y[0], optimizer=adamw(), seed=0, **how)
    with pytest.raises(ValueError, match=message):
        train_replicates([plain, plain], X, y, make_optimizer=adamw, seeds=(0, 1), **how)
    with pytest.raises(ValueError, match="MembersLoss: expected outputs of members"):
        cross_entropy()(y[0], y[0])


@pytest.mark.parametrize("layer", [keras.layers.Dense(1), keras.layers.BatchNormalization()])
def test_layers_of_keras_behind_an_axis_of_members_are_not_stacked(layer):
    net = keras.Sequential([keras.Input((30,)), MemberScaling(3), layer])
    assert not can_replicate(net)
