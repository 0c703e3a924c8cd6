"""The rule of the registry on numbers that can be checked in the head."""

from dataclasses import replace

import pytest

from experiments.iris import IRIS
from experiments.language import Gate
from pipeline.comparison.champion import champion
from pipeline.scoring.values import Contrast, Summary

NAN = float("nan")
NAMES = ("sigmoid_10", "own_tanh_16", "linear_discriminant", "majority_class")
COMPARISON = replace(
    IRIS,
    candidates=tuple(item for item in IRIS.candidates if item.name in NAMES),
    gate=Gate(simplest="linear_discriminant"),
)


def summary(candidate, mean, metric="accuracy"):
    bounds = {"low": mean - 0.01, "high": mean + 0.01}
    return Summary(candidate=candidate, family="net", metric=metric, mean=mean, n=5, method="by hand", **bounds)


def contrast(candidate, reference, difference, half=0.02, judgment="better", metric="accuracy"):
    return Contrast(
        candidate=candidate,
        family="net",
        reference=reference,
        metric=metric,
        difference=difference,
        low=difference - half,
        high=difference + half,
        p_value=NAN,
        p_holm=NAN,
        better=0.9,
        equal=0.0,
        worse=0.1,
        judgment=judgment,
        n=5,
        method="by hand",
    )


def chosen(means, judged="worse", half=0.02, comparison=COMPARISON, turned=False):
    """The champion of these means, the simplest one against the best as judged."""
    summaries = [summary(name, mean, comparison.primary_metric) for name, mean in means.items()]
    best, metric = max(means, key=means.get), comparison.primary_metric
    pairs = [
        contrast(name, "majority_class", mean - means["majority_class"], half, metric=metric)
        for name, mean in means.items()
        if name != "majority_class"
    ]
    if turned:
        opposite = {"better": "worse", "worse": "better"}.get(judged, judged)
        distance = means[best] - means["linear_discriminant"]
        pairs.append(contrast(best, "linear_discriminant", distance, half, opposite, metric))
    else:
        distance = means["linear_discriminant"] - means[best]
        pairs.append(contrast("linear_discriminant", best, distance, half, judged, metric))
    return champion(comparison, summaries, pairs)


MEANS = {"sigmoid_10": 0.96, "own_tanh_16": 0.98, "linear_discriminant": 0.95, "majority_class": 0.3}


@pytest.mark.parametrize("judged", ["worse", "cannot_say"])
@pytest.mark.parametrize("turned", [False, True])
def test_the_best_mean_wins_unless_the_simplest_is_shown_to_be_as_good(judged, turned):
    found = chosen(MEANS, judged, turned=turned)
    assert (found.candidate, found.passes) == ("own_tanh_16", True)
    assert found.reason.startswith("own tanh 16 has the best mean accuracy, 0.9800")


@pytest.mark.parametrize("judged", ["practically_equal", "better"])
@pytest.mark.parametrize("turned", [False, True])
def test_the_simplest_wins_where_it_is_practically_equal_to_the_best(judged, turned):
    found = chosen(MEANS, judged, turned=turned)
    assert (found.candidate, found.passes) == ("linear_discriminant", True)
    assert "practically equal to it, and simpler: 0.9500" in found.reason


def test_the_simplest_that_is_the_best_needs_no_other_reason():
    found = chosen({**MEANS, "linear_discriminant": 0.99})
    assert found.candidate == "linear_discriminant"
    assert "and is the simplest." in found.reason


@pytest.mark.parametrize(("half", "passes"), [(0.67, True), (0.69, False), (NAN, False)])
def test_the_gate_asks_for_the_whole_interval_above_the_majority_class(half, passes):
    found = chosen(MEANS, half=half)
    assert found.passes is passes
    assert ("does not pass the gate" in found.reason) is not passes


def test_the_gate_can_ask_for_more_than_nothing():
    strict = replace(COMPARISON, gate=Gate(simplest="linear_discriminant", least_difference=0.67))
    assert not chosen(MEANS, half=0.02, comparison=strict).passes
    assert chosen(MEANS, half=0.005, comparison=strict).passes


def test_where_less_is_better_the_whole_interval_must_lie_below():
    losses = replace(COMPARISON, primary_metric="log_loss")
    summaries = [summary(name, mean, "log_loss") for name, mean in (("sigmoid_10", 0.1), ("linear_discriminant", 0.2))]
    summaries.append(summary("majority_class", 1.1, "log_loss"))
    pairs = [contrast("sigmoid_10", "majority_class", -1.0, metric="log_loss")]
    found = champion(losses, summaries, pairs)
    assert (found.candidate, found.passes) == ("sigmoid_10", True)
    assert not champion(losses, summaries, [replace(pairs[0], high=0.1)]).passes


def test_other_metrics_have_no_say():
    summaries = [summary(name, mean) for name, mean in MEANS.items()]
    pairs = [contrast("own_tanh_16", "majority_class", 0.6, metric="roc_auc")]
    assert not champion(COMPARISON, summaries, pairs).passes


def test_the_majority_class_never_passes():
    found = chosen({**MEANS, "majority_class": 0.99})
    assert (found.candidate, found.passes) == ("majority_class", False)
    assert found.reason.endswith("It does not pass the gate: it is the majority class.")


def test_a_comparison_without_a_gate_has_no_champion():
    assert chosen(MEANS, comparison=replace(COMPARISON, gate=None)) is None


@pytest.mark.parametrize("name", ["majority_class", "nobody"])
def test_the_simplest_must_be_a_candidate_that_can_win(name):
    with pytest.raises(ValueError, match="a gate whose simplest is one of the candidates"):
        replace(COMPARISON, gate=Gate(simplest=name))


@pytest.mark.parametrize("least", [-0.1, 1.0, NAN])
def test_a_gate_asks_for_a_difference_that_can_be(least):
    with pytest.raises(ValueError, match="least_difference of 0 or more"):
        Gate(simplest="linear_discriminant", least_difference=least)
