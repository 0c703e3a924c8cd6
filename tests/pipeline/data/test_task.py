"""What classes and numbers do differently, on rows that can be counted."""

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from sklearn.model_selection import KFold, StratifiedKFold

from experiments.language import Baseline, Ensemble, Metric, Search
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
    with pytest.raises(ValueError, match=r"metrics of regression. Received: .*'accuracy'.* Known: .*absolute_error."):
        NUMBER.require_fit(small)
    NUMBER.require_fit(of_numbers(small, metrics=("absolute_error",), primary_metric="absolute_error"))


def of_numbers(comparison, **changes):
    """The same with candidates that learn numbers."""
    net = replace(comparison.candidates[0], name="net")
    line = Baseline(name="line", algorithm="linear_regression")
    changes = {"metrics": ("r2",), "primary_metric": "r2", **changes}
    return replace(comparison, candidates=(net, line, Baseline(name="mean", algorithm="mean")), **changes)


@pytest.mark.parametrize(
    ("algorithm", "task"),
    [("naive_bayes", NUMBER), ("majority_class", NUMBER), ("mean", THREE), ("ridge", THREE)],
)
def test_a_candidate_that_does_not_learn_the_task_is_refused_by_name(small, algorithm, task):
    comparison = of_numbers(small) if task is NUMBER else small
    strange = Baseline(name="strange", algorithm=algorithm)
    kept = [one for one in comparison.candidates if algorithm not in ("mean", "majority_class") or one.family == "net"]
    with pytest.raises(ValueError, match=f"Baseline 'strange': expected an algorithm of {task.name}. .*{algorithm!r}"):
        task.require_fit(replace(comparison, candidates=(*kept, strange)))


BALANCED = {"balanced": True}
QUADRATIC = {"cost": "quadratic"}
BY_ACCURACY = {"patience": 2, "validation_share": 0.2, "monitor": "accuracy"}


@pytest.mark.parametrize("settings", [BALANCED, QUADRATIC, BY_ACCURACY])
@pytest.mark.parametrize("wrap", [lambda net: net, lambda net: Ensemble(name="vote", net=net)])
def test_what_only_classes_have_is_refused_of_a_net_that_learns_numbers(small, settings, wrap):
    comparison = of_numbers(small)
    net = comparison.candidates[0]
    candidate = wrap(replace(net, training=replace(net.training, **settings)))
    with pytest.raises(ValueError, match=r"Training: expected nothing that only classes have. Received: "):
        NUMBER.require_fit(replace(comparison, candidates=(candidate, *comparison.candidates[1:])))
    THREE.require_fit(replace(small, candidates=(candidate, *small.candidates[2:])))


def test_what_a_search_may_come_to_is_refused_before_it_searches(small):
    comparison = of_numbers(small)
    search = Search(
        name="search", candidate=comparison.candidates[0], space={"training.balanced": (False, True)}, n_trials=2
    )
    with pytest.raises(ValueError, match=r"nothing that only classes have. Received: balanced=True"):
        NUMBER.require_fit(replace(comparison, candidates=(search, *comparison.candidates[1:])))


def test_numbers_are_learned_on_the_scale_of_the_rows_that_are_learned_from():
    y = np.array([1e9 + 1, 1e9 + 5])
    scale = NUMBER.target_scale(y)
    assert (scale.mean, scale.deviation) == (1e9 + 3, 2.0)
    np.testing.assert_array_equal(NUMBER.targets(y, "log_likelihood", scale), [[-1], [1]])
    assert NUMBER.target_scale(np.full(3, 0.1)).deviation == 1
    assert THREE.target_scale(np.array([0, 1])) is None


def test_what_was_observed_is_told_as_people_write_it():
    np.testing.assert_array_equal(THREE.observed(np.array([2, 0])), ["virginica", "setosa"])
    assert TWO.described(np.array([0, 1, 1])) == {"class_counts": {"healthy": 1, "bankrupt": 2}}
    told = NUMBER.described(np.array([1.0, 2.0, 6.0]))["target"]
    assert (told["mean"], told["lowest"], told["median"], told["highest"], told["unit"]) == (3, 1, 2, 6, "cm")


@patch.dict("experiments.language.metric._METRICS")
def test_a_number_has_no_positive_class(small):
    register(Metric(name="error", words="error", meaning="distance", kind="loss", tasks=("regression",)))
    by_error = of_numbers(small, metrics=("error",), primary_metric="error", positive_class=0)
    with pytest.raises(ValueError, match=r"no positive_class where a number is predicted.*: positive_class=0. Take it"):
        NUMBER.require_fit(by_error)
