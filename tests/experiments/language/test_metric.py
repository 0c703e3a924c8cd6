import math
from dataclasses import replace

import pytest

from experiments.iris import IRIS
from experiments.language import METRICS, Metric, comparison
from experiments.language import metric as metrics
from experiments.language.metric import metric, register

KAPPA = Metric(name="kappa", words="Cohen's kappa", meaning="agreement beyond chance", bounds=(-1.0, 1.0), kind="mean")


@pytest.fixture
def table(monkeypatch):
    """The table of metrics, put back afterwards."""
    own = dict(METRICS)
    monkeypatch.setattr(metrics, "_METRICS", own)
    monkeypatch.setattr(metrics, "METRICS", own)
    monkeypatch.setattr(comparison, "METRICS", own)
    return own


def test_the_metrics_are_in_the_order_of_the_pages():
    assert list(METRICS) == [
        "accuracy",
        "balanced_accuracy",
        "roc_auc",
        "average_precision",
        "f1",
        "log_loss",
        "brier_score",
        "type_1_error",
        "type_2_error",
        "r2",
        "rmse",
        "mae",
        "median_absolute_error",
    ]
    assert all(name == each.name for name, each in METRICS.items())


def test_what_counts_errors_is_better_when_lower():
    lower = {name for name, each in METRICS.items() if each.lower_is_better}
    of_numbers = {"rmse", "mae", "median_absolute_error"}
    assert lower == {"log_loss", "brier_score", "type_1_error", "type_2_error"} | of_numbers


def test_shares_count_rows_and_say_which():
    shares = {name: each.share_of for name, each in METRICS.items() if each.kind == "share"}
    assert shares == {"accuracy": "all", "type_1_error": "positive", "type_2_error": "others"}


def test_only_the_log_loss_and_errors_in_a_unit_have_no_largest_value_and_only_r2_no_smallest():
    assert [name for name, each in METRICS.items() if math.isinf(each.bounds[1])] == [
        "log_loss",
        "rmse",
        "mae",
        "median_absolute_error",
    ]
    assert [name for name, each in METRICS.items() if math.isinf(each.bounds[0])] == ["r2"]


def test_a_metric_judges_classes_or_numbers_and_what_is_of_errors_judges_numbers():
    assert all(len(each.tasks) == 1 for each in METRICS.values())
    assert {name for name, each in METRICS.items() if each.kind == "error"} == {
        name for name, each in METRICS.items() if each.tasks == ("regression",)
    }


def test_a_stranger_registers_a_metric_and_declares_with_it(table):
    with pytest.raises(ValueError, match=r"a known metric. Received: metric='kappa'"):
        replace(IRIS, metrics=("accuracy", "kappa"))
    register(KAPPA)
    assert metric("kappa") is KAPPA
    assert replace(IRIS, metrics=("accuracy", "kappa"), primary_metric="kappa").primary_metric == "kappa"


def test_a_strangers_metric_of_one_class_asks_for_the_class(table):
    register(replace(KAPPA, needs_positive_class=True, lower_is_better=True))
    with pytest.raises(ValueError, match="positive_class with error types"):
        replace(IRIS, metrics=("accuracy", "kappa"))
    assert metric("kappa").lower_is_better


def test_a_taken_name_is_refused():
    with pytest.raises(ValueError, match=r"a metric that is not taken. Received: metric='f1'. Choose another name."):
        register(replace(KAPPA, name="f1"))


def test_an_unknown_metric_is_answered_with_the_closest():
    with pytest.raises(ValueError, match=r"a known metric. Received: metric='roc_auk'. Did you mean 'roc_auc'\?"):
        metric("roc_auk")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"bounds": (1.0, 0.0)}, r"bounds in order. Received: bounds=\(1.0, 0.0\)"),
        ({"bounds": (0.0, math.nan)}, r"bounds as a tuple of 2 numbers. Received: bounds=\(0.0, nan\)"),
        ({"bounds": (0.0,)}, r"bounds as a tuple of 2 numbers. Received: bounds=\(0.0,\)"),
        ({"tasks": ()}, "one task or more"),
        ({"equivalence": 0.0}, "a positive equivalence"),
        ({"kind": "shares"}, "Did you mean 'share'"),
        ({"share_of": "positive"}, "share_of with a share that needs a positive class"),
    ],
)
def test_a_metric_that_cannot_be_is_refused(changed, message):
    with pytest.raises(ValueError, match=message):
        replace(KAPPA, **changed)
