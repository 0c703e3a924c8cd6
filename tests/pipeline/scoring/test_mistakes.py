"""Mistakes counted in the head, and kernels found in real nets."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from scipy.stats import binomtest

from experiments.digits import DIGITS
from models.classifier import NetClassifier
from models.nets import conv, dense
from pipeline.data.ingest import ingest
from pipeline.data.values import Fold
from pipeline.scoring.mistakes import accuracy_table, first_kernels, read, read_images
from pipeline.scoring.result import Result
from pipeline.scoring.values import Scores, Summary
from pipeline.training.values import Trained

ROWS = np.array([40, 10, 30, 20, 50])
FOLD = Fold(index=0, seed=1, train_rows=np.array([1, 2]), test_rows=ROWS)
# Three classes, the last without a test row: read right, wrong, wrong and surer, right, as sure but further away.
Y_TRUE = np.array([0, 0, 1, 1, 1])
Y_PROBA = np.array([[0.8, 0.1, 0.1], [0.4, 0.6, 0.0], [0.7, 0.3, 0.0], [0.2, 0.8, 0.0], [0.7, 0.1, 0.2]])


def scores(name="net", family="net", y_proba=Y_PROBA, fold_index=0):
    confusion = np.zeros((3, 3), np.int64)
    np.add.at(confusion, (Y_TRUE, y_proba.argmax(axis=1)), 1)
    right = float((y_proba.argmax(axis=1) == Y_TRUE).mean())
    return Scores(
        candidate=name,
        family=family,
        fold_index=fold_index,
        seed=1,
        metrics={"accuracy": right},
        y_true=Y_TRUE,
        predicted=y_proba,
        confusion=confusion,
    )


def trained(candidate, model, fold_index=0):
    return Trained(
        candidate=candidate,
        fold_index=fold_index,
        seed=1,
        model=model,
        history={},
        best_epoch=None,
        n_parameters=None,
        seconds=0.1,
        engine="",
        train_rows=FOLD.train_rows,
        validation_rows=FOLD.train_rows[:0],
    )


def test_mistakes_come_surest_first_and_furthest_from_the_truth_among_the_equally_sure():
    mistakes = read(scores(), FOLD).mistakes

    assert [(item.row, item.truth, item.answer) for item in mistakes] == [(50, 1, 0), (30, 1, 0), (10, 0, 1)]
    assert [(item.p_answer, item.p_truth) for item in mistakes] == [(0.7, 0.1), (0.7, 0.3), (0.6, 0.4)]


def test_each_class_with_test_rows_has_its_share_and_wilson_interval():
    by_class = read(scores(), FOLD).by_class

    assert [(item.index, item.n_right, item.n_test) for item in by_class] == [(0, 1, 2), (1, 1, 3)]
    bounds = binomtest(1, 3).proportion_ci(method="wilson")
    assert (by_class[1].share.low, by_class[1].share.mean, by_class[1].share.high) == (bounds.low, 1 / 3, bounds.high)


def test_the_best_of_each_family_is_read_on_the_first_fold_alone():
    by_name = {candidate.name: candidate for candidate in DIGITS.candidates}
    means = {"sigmoid_30": 0.7, "conv_16_32": 0.8, "majority_class": 0.95, "decision_tree": 0.5, "random_forest": 0.6}
    perfect = np.eye(3)[Y_TRUE]
    all_scores = [
        scores(name, by_name[name].family, y_proba, fold_index)
        for name in means
        for fold_index, y_proba in enumerate([Y_PROBA, perfect])
    ]
    convolutions = [
        conv.Convolution(feature_maps=maps, kernel_size=3, pool_size=pool_size, padding="same")
        for maps, pool_size in ((6, 2), (7, 1))
    ]
    net = conv.build((8, 8), 10, convolutions)
    models = {"conv_16_32": NetClassifier(keras.Sequential([keras.Input((8, 8)), keras.layers.Rescaling(1 / 16), net]))}
    runs = [trained(by_name[name], models.get(name, object()), fold_index) for name in means for fold_index in (0, 1)]
    summaries = [
        Summary(
            candidate=name,
            family=by_name[name].family,
            metric="accuracy",
            mean=mean,
            low=mean,
            high=mean,
            n=2,
            method="",
        )
        for name, mean in means.items()
    ]

    result = Result(
        comparison=DIGITS,
        dataset=ingest("digits"),
        folds=(FOLD, replace(FOLD, index=1)),
        trained=tuple(runs),
        scores=tuple(all_scores),
        summaries=tuple(summaries),
    )

    images = read_images(result)

    assert [reading.candidate for reading in images.readings] == ["conv_16_32", "random_forest"]
    assert [len(reading.mistakes) for reading in images.readings] == [3, 3]  # none on the second fold
    assert images.kernels_of == "conv_16_32"
    assert images.kernels.shape == (3, 3, 6)
    np.testing.assert_array_equal(images.kernels, net.get_weights()[0][:, :, 0])


@pytest.mark.parametrize("model", [object(), NetClassifier(dense.build((4,), 3, [2]))], ids=["baseline", "dense net"])
def test_what_does_not_convolve_has_no_kernels(model):
    assert first_kernels(trained(DIGITS.candidates[0], model)) is None


def test_the_table_names_candidate_and_class():
    class Names:
        class_names = ("zero", "one", "two")

    table = accuracy_table([read(scores("first"), FOLD), read(scores("second"), FOLD)], Names())

    assert table[["candidate", "class", "n_right", "n_test"]].values.tolist() == [
        ["first", "zero", 1, 2],
        ["first", "one", 1, 3],
        ["second", "zero", 1, 2],
        ["second", "one", 1, 3],
    ]
