"""Weights of a vote are chosen by rows that no member learned from, and those are training rows."""

from dataclasses import replace

import numpy as np
import pytest

from experiments.language import DenseNet, Ensemble, Splitting, Training
from models import classifier, regressor
from models.voting import greedy_weights, log_loss
from pipeline.data.ingest import ingest
from pipeline.data.split import parts, split
from pipeline.training.train import train

N_MEMBERS = 4
NET = DenseNet(
    name="net",
    hidden_units=(3,),
    activation="tanh",
    training=Training(epochs=12, learning_rate=0.05, batch_size=16, optimizer="adam"),
)
VOTE = Ensemble(name="vote", net=NET, n_members=N_MEMBERS, weights="caruana", n_inner=2)


@pytest.fixture(scope="module", params=["iris", "diabetes"])
def data(request):
    """A set, and a fold whose training rows are two parts of as many rows."""
    dataset = ingest(request.param)
    (fold,) = split(dataset, Splitting(test_share=0.52, n_folds=1), seed=4)
    return dataset, replace(fold, train_rows=fold.train_rows[: len(fold.train_rows) // 12 * 12])


def said(trained, dataset, rows=slice(None)):
    return dataset.task.predictions(trained.model, dataset.X[rows])


def seeds(fold):
    """Those of the members: the fold's own, and what is drawn from it."""
    return [fold.seed, *(np.random.SeedSequence(fold.seed).generate_state(N_MEMBERS - 1) >> 1).tolist()]


def by_hand(dataset, fold):
    """Weights of nets that no vote knows of, and what they say together."""
    inner = parts(dataset, fold, 2)
    singly = iter(train(NET, dataset, [replace(part, seed=seed) for seed in seeds(fold) for part in inner]))
    missed = []
    for _ in seeds(fold):
        own = []
        for part in inner:
            predicted, y = said(next(singly), dataset, part.test_rows), dataset.y[part.test_rows]
            own.append(predicted[np.arange(len(y)), y] if dataset.task.has_classes else predicted - y)
        missed.append(np.concatenate(own))
    loss = log_loss if dataset.task.has_classes else np.square
    weights = greedy_weights(np.stack(missed), loss)
    whole = [said(one, dataset) for one in train(NET, dataset, [replace(fold, seed=seed) for seed in seeds(fold)])]
    return weights, np.tensordot(weights, whole, axes=1), np.mean(whole, axis=0)


@pytest.fixture(scope="module")
def voted(data):
    """The vote, and the shares that were told while it was trained."""
    dataset, fold = data
    shares = []
    (trained,) = train(VOTE, dataset, [fold], progress=lambda where, share: shares.append(share))
    return trained, shares


def test_a_vote_is_that_of_nets_trained_apart_and_weighted_by_hand(data, voted):
    dataset, fold = data
    trained, shares = voted
    weights, expected, equal = by_hand(dataset, fold)
    scale = np.abs(expected).max()
    np.testing.assert_allclose(said(trained, dataset), expected, rtol=0, atol=2e-4 * scale)
    assert np.abs(equal - expected).max() > 2e-3 * scale
    n_outputs = dataset.n_classes if dataset.task.has_classes else 1
    of_a_net = (dataset.X.shape[1] + 1) * 3 + (3 + 1) * n_outputs
    assert trained.n_parameters == of_a_net * np.count_nonzero(weights)
    assert trained.candidate == VOTE
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_no_test_row_has_a_part_in_the_weights_and_what_is_saved_says_the_same(data, voted, tmp_path):
    dataset, fold = data
    one, _ = voted
    X, y = dataset.X.copy(), dataset.y.copy()
    X[fold.test_rows] *= 7
    y[fold.test_rows] = y[fold.test_rows][::-1]
    (other,) = train(VOTE, replace(dataset, X=X, y=y), [fold])
    np.testing.assert_array_equal(said(one, dataset), said(other, dataset))
    module = classifier if dataset.task.has_classes else regressor
    names = dataset.class_names if dataset.task.has_classes else "y"
    module.save(one.model, tmp_path / "saved", names)
    loaded, _ = module.load(tmp_path / "saved")
    np.testing.assert_array_equal(dataset.task.predictions(loaded, dataset.X), said(one, dataset))


def test_what_a_vote_says_of_its_weights():
    assert "weighted by greedy selection on 2 parts of the training rows held out in turn" in VOTE.words()
    assert VOTE.parameters()["weights"] == "caruana"
    assert {"weights", "n_inner"}.isdisjoint(replace(VOTE, weights="equal", n_inner=3).parameters())
    with pytest.raises(ValueError, match="expected n_inner with weights"):
        replace(VOTE, weights="equal", n_inner=4)
    with pytest.raises(ValueError, match="Did you mean 'caruana'"):
        replace(VOTE, weights="caruna")
