"""The page of mistakes, on real digits and a real classifier."""

import base64
import io
import re

import matplotlib.image
import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.naive_bayes import GaussianNB

from experiments.digits import DIGITS
from pipeline.comparison.images import MOST_PICTURES, images_section, mistakes_page, png
from pipeline.data.values import Dataset, Fold
from pipeline.scoring.mistakes import Images, read
from pipeline.scoring.values import Scores


@pytest.fixture(scope="module")
def dataset():
    digits = load_digits()
    return Dataset(
        name="digits",
        X=digits.images.astype(np.uint8),
        y=digits.target.astype(np.int64),
        feature_names=(),
        class_names=tuple("0123456789"),
        source="",
        citation="",
        version="1.0.0",
        pixel_maximum=16,
    )


@pytest.fixture(scope="module")
def images(dataset):
    rows = np.arange(dataset.n_samples)
    fold = Fold(index=0, seed=1, train_rows=rows[:1000], test_rows=rows[1000:])
    flat = dataset.X.reshape(len(rows), -1)
    y_proba = GaussianNB().fit(flat[:1000], dataset.y[:1000]).predict_proba(flat[1000:])
    confusion = np.zeros((10, 10), np.int64)
    np.add.at(confusion, (dataset.y[1000:], y_proba.argmax(axis=1)), 1)
    scores = Scores(
        candidate="naive_bayes",
        family="baseline",
        fold_index=0,
        seed=1,
        metrics={},
        y_true=dataset.y[1000:],
        y_proba=y_proba,
        confusion=confusion,
    )
    kernels = np.random.default_rng(0).normal(size=(3, 3, 11))
    return Images(readings=(read(scores, fold),), kernels=kernels, kernels_of="conv_11")


def test_a_picture_holds_the_very_pixels_as_ink_on_nothing(dataset):
    address = png(dataset.X[7] / 16)

    content = base64.b64decode(address.removeprefix("data:image/png;base64,"))
    pixels = matplotlib.image.imread(io.BytesIO(content), format="png")
    assert not pixels[..., :3].any()
    np.testing.assert_allclose(pixels[..., 3], dataset.X[7] / 16, atol=1 / 255)


def test_the_page_shows_the_surest_mistakes_with_words_for_those_who_do_not_see(dataset, images):
    page = mistakes_page(DIGITS, images_section(images, dataset, n_folds=5))

    (reading,) = images.readings
    assert len(reading.mistakes) > MOST_PICTURES
    assert f"{len(reading.mistakes)} of 797 images misread; the {MOST_PICTURES} surest are shown" in page
    words = re.findall(r'<img src="data:image/png;base64,[^"]+" alt="([^"]+)"', page)
    assert words == [f"Row {item.row}: {item.truth} read as {item.answer}" for item in reading.mistakes[:MOST_PICTURES]]
    assert "the test rows of fold 0" in page
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]+"', "", page), "nothing is loaded from elsewhere"


def test_a_single_split_is_not_called_a_fold(dataset, images):
    assert "fold" not in mistakes_page(DIGITS, images_section(images, dataset, n_folds=1))


def test_without_a_convolution_there_are_no_kernels(dataset, images):
    bare = Images(readings=images.readings, kernels=None, kernels_of="")

    assert "kernels" in mistakes_page(DIGITS, images_section(images, dataset, n_folds=1))
    assert "kernels" not in mistakes_page(DIGITS, images_section(bare, dataset, n_folds=1))


def test_a_probability_below_one_is_never_called_a_hundred_percent(dataset, images):
    page = mistakes_page(DIGITS, images_section(images, dataset, n_folds=1))

    (reading,) = images.readings
    shown = reading.mistakes[:MOST_PICTURES]
    assert page.count(": 100.0\u00a0%</span>") == sum(item.p_answer == 1 for item in shown)
