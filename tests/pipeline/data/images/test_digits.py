"""The digits of scikit-learn, written out as files: the same pixels, and a net that reads them as well."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from experiments.digits import DIGITS
from pipeline.data.images.source import ImageFolder
from pipeline.data.ingest import ingest
from pipeline.data.values import Fold
from pipeline.training.train import train


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """As a data set of files, and the number that each image has in scikit-learn's order."""
    digits, root = load_digits(), tmp_path_factory.mktemp("digits")
    for number, (image, label) in enumerate(zip(digits.images, digits.target, strict=True)):
        (root / str(label)).mkdir(exist_ok=True)
        Image.fromarray((image * 15).astype(np.uint8)).save(root / str(label) / f"{number:04d}.png")
    numbers = [int(file.stem) for label in range(10) for file in sorted((root / str(label)).iterdir())]
    return ImageFolder(folder=Path(root)).load(), np.array(numbers)


def test_pixels_are_as_they_were(digits):
    files, numbers = digits
    own = load_digits()
    assert np.array_equal(files.X, own.images[numbers] * 15)
    assert np.array_equal(files.y, own.target[numbers])
    assert files.class_names == tuple("0123456789")


def test_a_conv_net_reads_files_as_well_as_the_declared_set(digits):
    files, numbers = digits
    (conv,) = (candidate for candidate in DIGITS.candidates if candidate.kind == "conv_net")
    conv = replace(conv, training=replace(conv.training, epochs=4))
    places = np.argsort(numbers)  # of the images in scikit-learn's order
    rows = np.random.default_rng(0).permutation(len(numbers))
    right = []
    for dataset, own in ((ingest("digits"), rows), (files, places[rows])):
        fold = Fold(index=0, seed=1, train_rows=own[:1000], test_rows=own[1000:])
        (trained,) = train(conv, dataset, [fold])
        answers = trained.model.predict_proba(dataset.X[fold.test_rows]).argmax(axis=1)
        right.append((answers == dataset.y[fold.test_rows]).mean())
    assert min(right) > 0.9
    assert abs(right[0] - right[1]) < 0.03
