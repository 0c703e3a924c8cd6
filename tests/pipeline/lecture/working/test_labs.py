"""The labs on real digits: by hand = Keras's fit = the engine, in both precisions."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import load_digits

from experiments.worked.labs import LABS, MNIST_LABS
from models.blackboard import by_hand
from models.blackboard.trace import Descent, initialize
from pipeline.data.task import Classification
from pipeline.data.values import Dataset
from pipeline.lecture.drawing import draw
from pipeline.lecture.work import work
from pipeline.lecture.working.labs import as_keras, by_engine, by_fit, from_keras, largest_difference


@pytest.fixture(scope="module")
def rows():
    digits = load_digits()
    return digits.data / 16, np.eye(10)[digits.target]


START = initialize((64, 15, 10), seed=1)
EPOCH = Descent(cost="quadratic", learning_rate=3.0, batch_size=10, shuffle_seed=4)


def test_all_labs_end_at_the_same_weights_and_have_learnt(lecture):
    worked = lecture["labs"]

    assert len(worked.agreements) == 3
    for agreement in worked.agreements:
        assert agreement.holds, agreement
    assert len(worked.curves["by_hand.cost"]) == 5 * np.ceil(1437 / 10)
    assert worked.tables["labs"]["accuracy_on_test_rows"].min() > 0.85  # always the commonest digit: 0.10
    assert worked.tables["labs"]["accuracy_on_test_rows"].nunique() == 1


@pytest.mark.parametrize("style", ["sequential", "functional"])
def test_after_an_epoch_in_single_precision_the_engine_is_within_a_hundred_thousandth(style, rows):
    ours, _ = by_hand.train(START, *rows, EPOCH)

    theirs = by_engine(START, *rows, EPOCH, style=style, dtype="float32")

    assert 0 < largest_difference(ours, theirs) < 1e-5
    assert largest_difference(ours, START) > 0.1


@pytest.mark.parametrize("shuffle_seed", [None, 7])
@pytest.mark.parametrize("train", [by_fit, by_engine])
def test_order_and_last_small_batch_are_those_of_the_descent(train, shuffle_seed, rows):
    X, y = (array[:97] for array in rows)
    how = replace(EPOCH, epochs=3, shuffle_seed=shuffle_seed)
    ours, _ = by_hand.train(START, X, y, how)

    theirs = train(START, X, y, how) if train is by_fit else train(START, X, y, how, style="sequential")

    assert largest_difference(ours, theirs) < 1e-12


def test_another_order_ends_elsewhere(rows):
    one, other = (by_hand.train(START, *rows, replace(EPOCH, shuffle_seed=seed))[0] for seed in (1, 2))

    assert largest_difference(one, other) > 0.01


@pytest.mark.parametrize("style", ["sequential", "functional"])
def test_a_net_survives_the_way_to_keras_and_back(style, rows):
    model = as_keras(START, style=style, dtype="float64")

    assert largest_difference(from_keras(model, START), START) == 0
    np.testing.assert_allclose(model(rows[0][:9]), by_hand.forward(START, rows[0][:9])[1][-1], atol=1e-14)


def test_canonical_test_rows_are_not_learnt_from():
    digits = load_digits()
    test_rows = np.arange(0, 1797, 3)
    y = digits.target.astype(np.int64)
    y[test_rows] = 0  # whoever learnt from these would answer 0 everywhere
    dataset = Dataset(
        name="mnist",
        X=digits.images.astype(np.uint8),
        y=y,
        feature_names=(),
        task=Classification(class_names=tuple("0123456789")),
        source="",
        citation="",
        version="1.0.0",
        pixel_maximum=16,
        test_rows=test_rows,
    )

    worked = work(MNIST_LABS.with_givens(batch_size=10), dataset)

    assert len(worked.curves["by_hand.cost"]) == 5 * np.ceil(1198 / 10)
    share_of_zeros = (digits.target[test_rows] == 0).mean()
    accuracy = worked.tables["labs"]["accuracy_on_test_rows"].iloc[0]
    assert accuracy == pytest.approx(share_of_zeros, abs=0.03)
    assert len(draw(worked)) == 1


def test_both_declarations_differ_in_data_and_batch_alone():
    assert {**LABS.givens, "batch_size": 32} == MNIST_LABS.givens
    assert (LABS.data, MNIST_LABS.data) == ("", "mnist")
