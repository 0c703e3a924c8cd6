"""What classes and numbers do differently, on rows that can be counted."""

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from sklearn.model_selection import KFold, StratifiedKFold

from experiments.language import Metric
from experiments.language.metric import register
from pipeline.data.task import Classification, Regression

TWO = Classification(class_names=("healthy", "bankrupt"))
THREE = Classification(class_names=("setosa", "versicolor", "virginica"))
NUMBER = Regression(unit="cm")


@pytest.mark.parametrize(("task", "n_outputs"), [(TWO, 1), (THREE, 3), (NUMBER, 1)])
def test_one_neuron_says_all_of_two_classes_and_of_a_number(task, n_outputs):
    assert task.n_outputs == n_outputs


@pytest.mark.parametrize(
    ("task", "cost", "activation", "loss"),
    [
        (TWO, "log_likelihood", None, "binary_cross_entropy"),
        (THREE, "log_likelihood", None, "sparse_categorical_cross_entropy"),
        (TWO, "cross_entropy", "sigmoid", "cross_entropy"),
        (THREE, "quadratic", "sigmoid", "quadratic"),
        (NUMBER, "log_likelihood", "linear", "mean_squared_error"),
    ],
)
def test_the_cost_says_how_a_net_ends_and_by_what_it_is_judged(task, cost, activation, loss):
    assert (task.output_activation(cost), task.loss(cost)) == (activation, loss)


@pytest.mark.parametrize("cost", ["log_likelihood", "cross_entropy", "quadratic"])
def test_two_classes_are_taught_as_one_column(cost):
    targets = TWO.targets(np.array([0, 1, 1]), cost)
    np.testing.assert_array_equal(targets, [[0], [1], [1]])
    assert targets.dtype == np.float32


def test_more_classes_are_taught_by_number_or_a_column_for_each():
    y = np.array([2, 0])
    np.testing.assert_array_equal(THREE.targets(y, "log_likelihood"), y)
    for cost in ("cross_entropy", "quadratic"):
        np.testing.assert_array_equal(THREE.targets(y, cost), [[0, 0, 1], [1, 0, 0]])


def test_a_number_is_taught_as_it_is():
    targets = NUMBER.targets(np.array([1.5, -2.0]), "log_likelihood")
    np.testing.assert_array_equal(targets, [[1.5], [-2.0]])
    assert targets.dtype == np.float32


def positions(divisions):
    return [[rows.tolist() for rows in division] for division in divisions]


def test_the_rows_of_each_class_are_dealt_by_themselves():
    y = np.repeat([0, 1], [12, 4])
    dealt = positions(TWO.deal(y, 4, seed=3))
    assert [np.bincount(y[held_out]).tolist() for _, held_out in dealt] == [[3, 1]] * 4
    assert dealt == positions(StratifiedKFold(4, shuffle=True, random_state=3).split(y, y))


def test_rows_of_numbers_are_dealt_alike():
    y = np.arange(9.0)
    assert positions(NUMBER.deal(y, 3, seed=3)) == positions(KFold(3, shuffle=True, random_state=3).split(y))


def test_a_class_of_fewer_rows_than_parts_cannot_be_dealt_even_if_it_has_none():
    for rare in (2, 0):
        with pytest.raises(
            ValueError,
            match=f"split: expected n_inner training rows of every class or more.* n_inner=3, fewest={rare}",
        ):
            TWO.deal(np.repeat([0, 1], [9, rare]), 3, seed=1)


def test_a_comparison_that_asks_what_the_data_have_fits(small):
    THREE.require_fit(small)
    THREE.require_fit(replace(small, positive_class=2))
    TWO.require_fit(replace(small, positive_class=1))


def test_a_positive_class_must_be_one_of_the_classes(small):
    message = (
        "Comparison 'small': expected positive_class among the 3 classes. Received: positive_class=3. "
        "They are numbered from 0: setosa, versicolor, virginica."
    )
    with pytest.raises(ValueError, match=message):
        THREE.require_fit(replace(small, positive_class=3))


def test_of_two_classes_one_must_be_meant(small):
    message = (
        r"Comparison 'small': expected positive_class with two classes. Received: positive_class=None. "
        r"Say which of 'healthy' \(0\) and 'bankrupt' \(1\) is meant, or F1 would be a mean over both."
    )
    with pytest.raises(ValueError, match=message):
        TWO.require_fit(small)


@patch.dict("experiments.language.metric._METRICS")
def test_metrics_must_judge_the_task(small):
    error = Metric(
        name="absolute_error",
        words="absolute error",
        meaning="mean distance from what was observed",
        lower_is_better=True,
        bounds=(0.0, float("inf")),
        kind="loss",
        tasks=("regression",),
    )
    register(error)
    with pytest.raises(
        ValueError, match=r"metrics of classification. Received: metrics=\['absolute_error'\]. Known: acc"
    ):
        THREE.require_fit(replace(small, metrics=("accuracy", "absolute_error")))
    with pytest.raises(ValueError, match=r"metrics of regression. Received: .*'accuracy'.* Known: absolute_error."):
        NUMBER.require_fit(small)
    NUMBER.require_fit(replace(small, metrics=("absolute_error",), primary_metric="absolute_error"))


@patch.dict("experiments.language.metric._METRICS")
def test_a_number_has_no_positive_class(small):
    register(Metric(name="error", words="error", meaning="distance", kind="loss", tasks=("regression",)))
    by_error = replace(small, metrics=("error",), primary_metric="error", positive_class=0)
    with pytest.raises(ValueError, match=r"no positive_class where a number is predicted.*: positive_class=0. Take it"):
        NUMBER.require_fit(by_error)
