import os
import re
import subprocess
import sys

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_digits
from threadpoolctl import threadpool_info, threadpool_limits

from models import baselines, classifier, trained
from models.layers.preprocessing import fit_inputs
from models.nets import conv, dense
from models.threshold import Threshold

X, Y = load_breast_cancer(return_X_y=True)
IMAGES = load_digits().images.astype(np.uint8)


def net(n_outputs=1, inputs="quantile_normal"):
    core = dense.build(X.shape[1:], n_outputs, [5], seed=3)
    return classifier.NetClassifier(
        keras.Sequential([keras.Input(X.shape[1:], dtype="float64"), fit_inputs(inputs, X), core])
    )


def image_net():
    maps = conv.Convolution(feature_maps=4, kernel_size=3, pool_size=2, padding="valid")
    core = conv.build((8, 8), 10, [maps], augmentation={"shift": 1.0})
    rescale = fit_inputs("rescale", IMAGES, pixel_maximum=16)
    return classifier.NetClassifier(keras.Sequential([keras.Input((8, 8), dtype="uint8"), rescale, core]))


def forest():
    return classifier.PipelineClassifier(baselines.build("random_forest", "raw", {"n_estimators": 5}, seed=0).fit(X, Y))


def test_one_sigmoid_neuron_becomes_two_probabilities():
    y_proba = net().predict_proba(X)
    assert y_proba.shape == (len(X), 2)
    assert y_proba.dtype == np.float64
    np.testing.assert_allclose(y_proba.sum(axis=1), 1, atol=1e-15)


def test_any_text_may_be_the_name_of_a_class(tmp_path):
    """A cell in quotation marks may have a line break, the name of a folder too."""
    names = ["benign\nor not", "ma\u2028lignant"]
    classifier.save(forest(), tmp_path, names)
    assert classifier.load(tmp_path)[1] == names
    (tmp_path / "class_names.json").unlink()
    (tmp_path / "class_names.txt").write_text("benign\nmalignant")  # as earlier versions did
    assert classifier.load(tmp_path)[1] == ["benign", "malignant"]


def test_softmax_rows_sum_to_one_in_float64():
    np.testing.assert_allclose(net(n_outputs=3).predict_proba(X).sum(axis=1), 1, atol=1e-15)


def test_rows_keep_their_precision():
    rows = 1 + np.arange(10)[:, None] * 1e-9  # one number in float32
    core = dense.build((1,), 1, [], seed=3)
    layers = [keras.Input((1,), dtype="float64"), fit_inputs("standardize", rows), core]
    y_proba = classifier.NetClassifier(keras.Sequential(layers)).predict_proba(rows)
    assert len(np.unique(y_proba[:, 1])) == 10


def test_more_rows_than_fit_at_once_give_the_same_as_one_by_one(monkeypatch):
    whole = image_net().predict_proba(IMAGES[:100])
    monkeypatch.setattr(trained, "_ROWS_AT_ONCE", 7)
    np.testing.assert_allclose(image_net().predict_proba(IMAGES[:100]), whole, atol=1e-6)


@pytest.mark.parametrize("make", [net, image_net, forest])
def test_a_saved_classifier_gives_the_same_probabilities_in_another_process(make, tmp_path):
    original = make()
    rows = IMAGES[:20] if make is image_net else X[:20]
    names = [f"class {k}" for k in range(original.predict_proba(rows).shape[1])]
    classifier.save(original, tmp_path / "saved", names)
    np.save(tmp_path / "rows.npy", rows)
    code = (
        "import sys, numpy as np; from models.classifier import _load_pyfunc;"
        "table = _load_pyfunc(sys.argv[1] + '/saved').predict(np.load(sys.argv[1] + '/rows.npy'));"
        "table.to_pickle(sys.argv[1] + '/table.pkl')"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, capture_output=True)
    table = pd.read_pickle(tmp_path / "table.pkl")
    assert list(table.columns) == names
    np.testing.assert_allclose(table.to_numpy(), original.predict_proba(rows), atol=1e-6)


def test_a_threshold_is_carried_and_changes_no_answer(tmp_path):
    threshold = Threshold(positive_class="benign", value=0.1 + 0.2, rule="cheapest", by_rule={"cheapest": 0.1 + 0.2})
    original = forest()
    for name, carried in (("with", threshold), ("without", None)):
        classifier.save(original, tmp_path / name, ["malignant", "benign"], carried)
        served = classifier._load_pyfunc(str(tmp_path / name))
        assert served.get_raw_model().threshold == carried
        answer = served.predict(X[:50])
        assert list(answer) == ["malignant", "benign"]
        np.testing.assert_array_equal(answer.to_numpy(), original.predict_proba(X[:50]))


@pytest.mark.parametrize("rows", [IMAGES[0], IMAGES[:3, :7], IMAGES[:3].reshape(3, 64), IMAGES[:3, :, :, None]])
def test_images_of_another_shape_are_refused(rows):
    message = rf"predict_proba: expected rows of shape \(8, 8\)\. Received: X\.shape={re.escape(str(rows.shape))}\."
    with pytest.raises(ValueError, match=message):
        image_net().predict_proba(rows)


def test_rows_of_another_width_are_refused():
    with pytest.raises(ValueError, match=r"expected rows of shape \(30,\)\. Received: X\.shape=\(2, 29\)\."):
        net().predict_proba(X[:2, :29])


@pytest.mark.parametrize(
    ("images", "received"),
    [
        (IMAGES[:3] / 16, r"X\.dtype='float64', smallest=0\.0, largest=1\.0"),
        (IMAGES[:3].astype(np.int64) * 100, r"X\.dtype='int64', smallest=0, largest=1600"),
        (-IMAGES[:3].astype(np.int16), r"X\.dtype='int16', smallest=-16, largest=0"),
        (np.where(IMAGES[:3] > 8, np.nan, 0.0), r"smallest=nan, largest=nan"),
    ],
    ids=["scaled", "too bright", "negative", "missing"],
)
def test_what_are_no_raw_pixels_is_refused(images, received):
    with pytest.raises(ValueError, match=rf"expected raw images, whole pixels of 0 to 255\. Received: .*{received}"):
        image_net().predict_proba(images)


@pytest.mark.parametrize("dtype", [np.int32, np.float64])
def test_whole_pixels_of_another_type_are_the_same_images(dtype):
    np.testing.assert_array_equal(
        image_net().predict_proba(IMAGES[:9].astype(dtype)), image_net().predict_proba(IMAGES[:9])
    )


def test_a_folder_without_a_classifier_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"expected model\.keras or model\.joblib"):
        classifier.load(tmp_path)


@pytest.mark.parametrize("algorithm", ["random_forest", "decision_tree"])
def test_a_number_that_a_tree_cannot_take_is_refused_by_its_cell(algorithm, tmp_path):
    """Trees compute in 32 bits; what scikit-learn says of it names no row and no column."""
    rows = np.random.default_rng(0).normal(size=(40, 2))
    fitted = baselines.build(algorithm, "raw", {}, seed=0).fit(rows, (rows[:, 0] > 0).astype(int))
    classifier.save(classifier.PipelineClassifier(fitted), tmp_path, ["no", "yes"])
    table = pd.DataFrame({"a": [0.1, 0.2], "b": [1.0, 1e300]}, index=pd.Index([2, 3], name="line"))
    served = classifier._load_pyfunc(str(tmp_path))
    assert len(served.predict(table[:1])) == 1
    with pytest.raises(ValueError, match=r"Received: line=3, column='b', value=1e\+300"):
        served.predict(table)


def test_boosting_answers_few_rows_on_one_thread_and_many_on_all_to_the_same_bit(monkeypatch):
    pipeline = baselines.build("hist_gradient_boosting", "raw", {"max_iter": 20}, seed=0).fit(X, Y)
    threads, own = [], type(pipeline[-1]).predict_proba

    def counting(self, rows):
        threads.append(max(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "openmp"))
        return own(self, rows)

    monkeypatch.setattr(type(pipeline[-1]), "predict_proba", counting)
    boosting, all_threads = classifier.PipelineClassifier(pipeline), len(os.sched_getaffinity(0))
    many = np.tile(X, (9, 1))
    with threadpool_limits(all_threads):
        few_rows, many_rows = boosting.predict_proba(X), boosting.predict_proba(many)
    assert threads == [1, all_threads]
    np.testing.assert_array_equal(np.tile(few_rows, (9, 1)), many_rows)
