"""The page of mistakes, on real digits and a real classifier."""

import base64
import io
import re
from dataclasses import replace

import keras
import matplotlib.image
import numpy as np
import pytest
from sklearn.datasets import load_digits

from experiments.language import Baseline, Comparison, DenseNet, Splitting, Training
from models.classifier import NetClassifier
from models.images import Images
from models.saliency import saliency
from pipeline.comparison.images import MOST_PICTURES, images_section, picture, png
from pipeline.data.images.files import Files
from pipeline.data.task import Classification
from pipeline.data.values import Dataset, Fold
from pipeline.scoring import mistakes
from pipeline.scoring.compare import gather
from pipeline.scoring.evaluate import evaluate
from pipeline.scoring.mistakes import read_images
from pipeline.training.train import train

COMPARISON = Comparison(
    name="digits",
    title="Digits",
    where="Lab",
    data="digits",
    splitting=Splitting(n_folds=1),
    candidates=(
        Baseline(name="majority_class", algorithm="majority_class"),
        Baseline(name="naive_bayes", algorithm="naive_bayes"),
    ),
    metrics=("accuracy",),
    primary_metric="accuracy",
)


@pytest.fixture(scope="module")
def dataset():
    digits = load_digits()
    return Dataset(
        name="digits",
        X=digits.images.astype(np.uint8),
        y=digits.target.astype(np.int64),
        feature_names=(),
        task=Classification(class_names=tuple("0123456789")),
        source="",
        citation="",
        version="1.0.0",
        pixel_maximum=16,
    )


@pytest.fixture(scope="module")
def result(dataset):
    """Naive Bayes beside the majority class, on the first thousand digits and the others."""
    rows = np.arange(dataset.n_samples)
    fold = Fold(index=0, seed=1, train_rows=rows[:1000], test_rows=rows[1000:])
    trained = [run for candidate in COMPARISON.candidates for run in train(candidate, dataset, [fold])]
    scores = [evaluate(run, dataset, fold, COMPARISON) for run in trained]
    return gather(COMPARISON, dataset, (fold,), trained, scores)


@pytest.fixture(scope="module")
def convolved(result):
    """The same, as if the classifier were a net with a convolution of 11 kernels."""
    kernels = keras.layers.Conv2D(11, 3)
    model = NetClassifier(keras.Sequential([keras.Input((8, 8, 1)), kernels]))
    trained = tuple(replace(run, model=model) for run in result.trained)
    return replace(result, trained=trained)


def mistakes_page(result):
    return images_section(result).pages["mistakes.html"]


def test_a_picture_holds_the_very_pixels_as_ink_on_nothing(dataset):
    address = png(dataset.X[7] / 16)

    content = base64.b64decode(address.removeprefix("data:image/png;base64,"))
    pixels = matplotlib.image.imread(io.BytesIO(content), format="png")
    assert not pixels[..., :3].any()
    np.testing.assert_allclose(pixels[..., 3], dataset.X[7] / 16, atol=1 / 255)


def test_the_page_shows_the_surest_mistakes_with_words_for_those_who_do_not_see(result):
    page = mistakes_page(replace(result, folds=result.folds * 5))

    (reading,) = read_images(result).readings
    assert len(reading.mistakes) > MOST_PICTURES
    assert f"{len(reading.mistakes)} of 797 images misread; the {MOST_PICTURES} surest are shown" in page
    words = re.findall(r'<img src="data:image/png;base64,[^"]+" alt="([^"]+)"', page)
    assert words == [f"Row {item.row}: {item.truth} read as {item.answer}" for item in reading.mistakes[:MOST_PICTURES]]
    assert "the test rows of fold 0" in page
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]+"', "", page), "nothing is loaded from elsewhere"


def test_a_single_split_is_not_called_a_fold(result):
    assert "fold" not in mistakes_page(result)


def test_without_a_convolution_there_are_no_kernels(result, convolved):
    assert "11 kernels of 3 by 3 weights, learnt by naive bayes" in mistakes_page(convolved)
    assert "their mean" not in mistakes_page(convolved)
    assert "kernels" not in mistakes_page(result)


def test_kernels_on_colors_are_told_to_be_means(photographs):
    kernels = keras.layers.Conv2D(2, 3)
    net, other = photographs.trained
    trained = (replace(net, model=NetClassifier(keras.Sequential([keras.Input((8, 8, 3)), kernels]))), other)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mistakes, "saliency", lambda *asked: None)  # of a net that answers nothing
        page = mistakes_page(replace(photographs, trained=trained))
    assert "2 kernels of 3 by 3 weights" in page
    assert "of red, green and blue their mean" in page


def test_the_section_leaves_the_part_of_the_page_a_page_of_its_own_and_a_table(result):
    section = images_section(result)

    assert list(section.anchors) == re.findall(r'<h2 id="([^"]+)"', section.html) == ["mistakes"]
    assert set(section.files) == {"accuracy_by_class.csv", "mistakes.html"}
    assert section.tables["accuracy_by_class.csv"]["n_test"].sum() == 797


def test_a_probability_below_one_is_never_called_a_hundred_percent(result):
    page = mistakes_page(result)

    (reading,) = read_images(result).readings
    shown = reading.mistakes[:MOST_PICTURES]
    assert page.count(": 100.0\u00a0%</span>") == sum(item.p_answer == 1 for item in shown)


@pytest.fixture(scope="module")
def photographs(dataset):
    """Colored digits as if they came from files, a dense net and the majority class, on 300 of them."""
    colored = np.stack([dataset.X * 15, dataset.X * 3, 255 - dataset.X * 7], axis=-1)
    rows = np.arange(300)
    own = replace(dataset, X=colored[:300], y=dataset.y[:300], pixel_maximum=255)
    names = tuple(f"{number}.png" for number in range(300))
    own = replace(own, images=Images(height=8, width=8, is_color=True), files=Files(names=names))
    fold = Fold(index=0, seed=1, train_rows=rows[:150], test_rows=rows[150:])
    net = DenseNet(
        name="sigmoid_4", hidden_units=(4,), inputs="rescale", training=Training(epochs=3, learning_rate=0.05)
    )
    comparison = replace(COMPARISON, candidates=(net, COMPARISON.candidates[0]))
    trained = [run for candidate in comparison.candidates for run in train(candidate, own, [fold])]
    scores = [evaluate(run, own, fold, comparison) for run in trained]
    return gather(comparison, own, (fold,), trained, scores)


def test_photographs_are_shown_as_they_look(photographs):
    dataset = photographs.dataset
    address = picture(dataset, 7)
    shown = matplotlib.image.imread(io.BytesIO(base64.b64decode(address.partition(",")[2])), format="png")
    assert np.array_equal(np.round(shown[..., :3] * 255), dataset.X[7])
    assert 'class="photo"' in mistakes_page(photographs)
    gray = replace(dataset, X=dataset.X[..., 0])
    shown = matplotlib.image.imread(io.BytesIO(base64.b64decode(picture(gray, 7).partition(",")[2])), format="png")
    assert np.array_equal(np.round(shown[..., 0] * 255), gray.X[7])


def test_what_spoke_for_a_wrong_answer_stands_beside_the_image(photographs):
    images = read_images(photographs, 5)
    mistakes = images.readings[0].mistakes
    assert images.slopes.shape == (5, 8, 8)
    one, model = mistakes[0], photographs.trained[0].model
    alone = saliency(model.model, photographs.dataset.X[[one.row]], np.array([one.answer]), np.array([one.truth]))
    np.testing.assert_allclose(images.slopes[0], alone[0], rtol=1e-4)
    page = mistakes_page(photographs)
    assert page.count('class="slopes"') == min(len(mistakes), MOST_PICTURES)
    assert "the more steeply the log-odds follow it" in page


def test_without_a_net_nothing_is_said_of_slopes(result):
    assert read_images(result, 5).slopes is None
    assert "log-odds" not in mistakes_page(result)


def test_misread_images_are_named_of_every_fold(photographs):
    fold = replace(photographs.folds[0], index=1, seed=2, train_rows=np.arange(250), test_rows=np.arange(250, 300))
    trained = [run for one in photographs.comparison.candidates for run in train(one, photographs.dataset, [fold])]
    scores = [evaluate(run, photographs.dataset, fold, photographs.comparison) for run in trained]
    folds = (*photographs.folds, fold)
    scores = [*photographs.scores, *scores]
    result = gather(photographs.comparison, photographs.dataset, folds, [*photographs.trained, *trained], scores)
    section = images_section(result)
    table = section.tables["misread_images.csv"]
    assert set(table["candidate"]) == {"sigmoid_4"}
    for own in (one for one in scores if one.candidate == "sigmoid_4"):
        rows = folds[own.fold_index].test_rows
        wrong = rows[own.y_proba.argmax(axis=1) != own.y_true]
        named = table[table["fold"] == own.fold_index]
        assert sorted(named["file"]) == sorted(f"{row}.png" for row in wrong)
        truth = {f"{row}.png": str(photographs.dataset.y[row]) for row in rows}
        assert [truth[name] for name in named["file"]] == named["class"].tolist()
    assert table["p_read_as"].is_monotonic_decreasing
    n_files = table["file"].nunique()
    assert n_files < len(table), "some stand in both folds"
    told = f"misread_images.csv beside the report names the images that sigmoid 4 ({n_files}) misread."
    assert section.answers == (told,)
    first = read_images(result).readings[0].mistakes[0]
    assert f'alt="{first.row}.png: ' in section.html


def test_images_that_are_no_files_are_not_named(result):
    section = images_section(result)
    assert section.answers == ()
    assert "misread_images.csv" not in {*section.tables} | {section.html}
