"""Images that are more than memory should hold give the same models, read from the disk."""

import os

import numpy as np
import pytest

from experiments.language import Baseline, ConvNet, Convolution, DenseNet, Ensemble, Training
from pipeline.data.images import large
from pipeline.data.images.source import ImageFolder
from pipeline.data.split import split
from pipeline.training import nets
from pipeline.training.train import train

TRAINING = Training(epochs=2, learning_rate=0.01, batch_size=8, optimizer="adam", patience=2, validation_share=0.2)
CANDIDATES = [
    ConvNet(
        name="conv_4",
        convolutions=(Convolution(feature_maps=4, kernel_size=3),),
        hidden_units=(8,),
        batch_normalization=True,
        dropout=0.2,
        training=TRAINING,
    ),
    DenseNet(name="sigmoid_4", hidden_units=(4,), inputs="rescale", training=TRAINING),
    Ensemble(
        name="vote",
        net=DenseNet(name="sigmoid_4", hidden_units=(4,), inputs="rescale", training=TRAINING),
        n_members=2,
        column_share=0.5,
        bagging=True,
    ),
    Baseline(name="logistic_regression", algorithm="logistic_regression", inputs="thumbnail"),
]


@pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda one: one.name)
def test_images_on_the_disk_give_the_same_model(make, monkeypatch, candidate):
    from experiments.language import Splitting

    dataset = ImageFolder(folder=make(n=20, shape=(20, 20, 3))).load()
    folds = split(dataset, Splitting(kind="stratified_k_fold", n_splits=5, n_folds=5), seed=1)[:1]
    (held,) = train(candidate, dataset, folds)
    monkeypatch.setattr(large, "LARGE", 1000)
    monkeypatch.setattr(nets, "AT_ONCE", 20_000)  # of 31,000 bytes
    (streamed,) = train(candidate, dataset, folds)
    if candidate.family == "net":
        assert "streamed" not in held.engine
        assert "streamed" in streamed.engine
    rows = folds[0].test_rows
    ours, theirs = (one.model.predict_proba(dataset.X[rows]) for one in (held, streamed))
    np.testing.assert_allclose(ours, theirs, atol=2e-6)


def test_rows_that_are_taken_are_the_rows_and_leave_no_file(make, monkeypatch, tmp_path):
    dataset = ImageFolder(folder=make()).load()
    rows = np.array([7, 0, 3])
    assert not isinstance(large.taken(dataset, rows), np.memmap)
    before = sorted(os.listdir(tmp_path / "store" / "images"))
    monkeypatch.setattr(large, "LARGE", 0)
    found = large.taken(dataset, rows)
    assert isinstance(found, np.memmap)
    assert np.array_equal(found, dataset.X[rows])
    assert sorted(os.listdir(tmp_path / "store" / "images")) == before
