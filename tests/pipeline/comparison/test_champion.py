"""The rule of the registry on numbers that can be checked in the head."""

from dataclasses import replace

import pytest

from experiments.iris import IRIS
from experiments.language import Gate
from pipeline.comparison.champion import champion
from pipeline.data.ingest import ingest
from pipeline.scoring.result import Result
from pipeline.scoring.values import Contrast, Summary

NAN = float("nan")
GATE = "the gate, the rule for what is registered"
NAMES = ("sigmoid_10", "own_tanh_16", "linear_discriminant", "majority_class")
COMPARISON = replace(
    IRIS,
    candidates=tuple(item for item in IRIS.candidates if item.name in NAMES),
    gate=Gate(simplest="linear_discriminant"),
)


def summary(candidate, mean, metric="accuracy"):
    bounds = {"low": mean - 0.01, "high": mean + 0.01}
    return Summary(candidate=candidate, family="net", metric=metric, mean=mean, n=5, method="by hand", **bounds)


def contrast(candidate, reference, difference, half=0.02, judgment="better", metric="accuracy", p_corrected=0.001):
    return Contrast(
        candidate=candidate,
        family="net",
        reference=reference,
        metric=metric,
        difference=difference,
        low=difference - half,
        high=difference + half,
        p_value=p_corrected,
        p_corrected=p_corrected,
        better=0.9,
        equal=0.0,
        worse=0.1,
        judgment=judgment,
        n=5,
        method="by hand",
    )


def found(summaries, contrasts, comparison=COMPARISON):
    """The champion of these summaries and contrasts."""
    return champion(
        Result(
            comparison=comparison,
            dataset=ingest("iris"),
            folds=(),
            summaries=tuple(summaries),
            contrasts=tuple(contrasts),
        )
    )


def chosen(means, judged="worse", half=0.02, comparison=COMPARISON, p_corrected=0.001, against_guess="better"):
    """The champion of these means, the simplest one against the best as judged."""
    summaries = [summary(name, mean, comparison.primary_metric) for name, mean in means.items()]
    best, metric = max(means, key=means.get), comparison.primary_metric
    pairs = [
        contrast(name, "majority_class", mean - means["majority_class"], half, against_guess, metric, p_corrected)
        for name, mean in means.items()
        if name != "majority_class"
    ]
    distance = means["linear_discriminant"] - means[best]
    pairs.append(contrast("linear_discriminant", best, distance, half, judged, metric))
    return found(summaries, pairs, comparison)


MEANS = {"sigmoid_10": 0.96, "own_tanh_16": 0.98, "linear_discriminant": 0.95, "majority_class": 0.3}


@pytest.mark.parametrize("judged", ["worse", "cannot_say"])
def test_the_best_mean_wins_unless_the_simplest_is_shown_to_be_as_good(judged):
    best = chosen(MEANS, judged)
    assert (best.candidate, best.passes) == ("own_tanh_16", True)
    assert best.reason.startswith("own tanh 16 has the best mean accuracy, 0.9800")


@pytest.mark.parametrize("judged", ["practically_equal", "better"])
def test_the_simplest_wins_where_it_is_practically_equal_to_the_best(judged):
    simplest = chosen(MEANS, judged)
    assert (simplest.candidate, simplest.passes) == ("linear_discriminant", True)
    assert "practically equal to it, and simpler: 0.9500" in simplest.reason


def test_the_simplest_that_is_the_best_needs_no_other_reason():
    simplest = chosen({**MEANS, "linear_discriminant": 0.99})
    assert simplest.candidate == "linear_discriminant"
    assert "and is the simplest." in simplest.reason


@pytest.mark.parametrize(("half", "passes"), [(0.67, True), (0.69, False), (NAN, False)])
def test_the_gate_asks_for_the_whole_interval_above_the_majority_class(half, passes):
    best = chosen(MEANS, half=half)
    assert best.passes is passes
    assert ("does not pass the gate" in best.reason) is not passes


@pytest.mark.parametrize(
    ("judgment", "reason"),
    [
        (
            "better",
            f"It passes {GATE}: against the majority class it is 0.6800, 95 % interval 0.6600 to 0.7000, wholly",
        ),
        ("cannot_say", "but p 0.0600 after the correction for all candidates: it was chosen among many."),
        ("practically_equal", "95 % interval 0.6600 to 0.7000, practically equal."),
    ],
)
def test_the_gate_asks_for_what_the_table_says(judgment, reason):
    best = chosen(MEANS, p_corrected=0.06, against_guess=judgment)
    assert best.passes is (judgment == "better")
    assert reason in best.reason.replace("\u00a0", " ")


def test_the_gate_can_ask_for_more_than_nothing():
    strict = replace(COMPARISON, gate=Gate(simplest="linear_discriminant", least_difference=0.67))
    assert not chosen(MEANS, half=0.02, comparison=strict).passes
    assert chosen(MEANS, half=0.005, comparison=strict).passes


def test_where_less_is_better_the_whole_interval_must_lie_below():
    losses = replace(COMPARISON, primary_metric="log_loss")
    summaries = [summary(name, mean, "log_loss") for name, mean in (("sigmoid_10", 0.1), ("linear_discriminant", 0.2))]
    summaries.append(summary("majority_class", 1.1, "log_loss"))
    pairs = [contrast("sigmoid_10", "majority_class", -1.0, metric="log_loss")]
    best = found(summaries, pairs, losses)
    assert (best.candidate, best.passes) == ("sigmoid_10", True)
    assert not found(summaries, [replace(pairs[0], high=0.1)], losses).passes


def test_other_metrics_have_no_say():
    summaries = [summary(name, mean) for name, mean in MEANS.items()]
    pairs = [contrast("own_tanh_16", "majority_class", 0.6, metric="roc_auc")]
    assert not found(summaries, pairs).passes


def test_the_majority_class_never_passes():
    majority = chosen({**MEANS, "majority_class": 0.99})
    assert (majority.candidate, majority.passes) == ("majority_class", False)
    assert majority.reason.endswith(f"It does not pass {GATE}: it is the majority class.")


def test_a_comparison_without_a_gate_has_no_champion():
    assert chosen(MEANS, comparison=replace(COMPARISON, gate=None)) is None


@pytest.mark.parametrize("name", ["majority_class", "nobody"])
def test_the_simplest_must_be_a_candidate_that_can_win(name):
    with pytest.raises(ValueError, match="a gate whose simplest is one of the candidates"):
        replace(COMPARISON, gate=Gate(simplest=name))


@pytest.mark.parametrize(("least", "wanted"), [(-0.1, "of 0 or more"), (NAN, "as a finite")])
def test_a_gate_asks_for_a_difference_that_can_be(least, wanted):
    with pytest.raises(ValueError, match=f"Gate: expected least_difference {wanted}"):
        Gate(simplest="linear_discriminant", least_difference=least)


def test_no_difference_of_shares_is_as_large_as_1():
    with pytest.raises(ValueError, match="a gate of a least_difference below 1 where classes are told apart"):
        replace(COMPARISON, gate=Gate(simplest="linear_discriminant", least_difference=1.0))


def test_what_has_no_interval_does_not_pass_and_is_told_why():
    means = {"sigmoid_10": 0.9, "linear_discriminant": 0.8, "majority_class": 0.4}
    bare = {"low": NAN, "high": NAN, "method": "no interval: 3 groups of test rows, and it takes 5"}
    summaries = [replace(summary(name, mean), **bare) for name, mean in means.items()]
    contrasts = [contrast("sigmoid_10", "majority_class", 0.5), contrast("linear_discriminant", "sigmoid_10", -0.1)]
    own = found(summaries, contrasts)
    assert not own.passes
    assert own.reason.endswith(
        f"It does not pass {GATE}: how sure its mean is, is not known "
        "(no interval: 3 groups of test rows, and it takes 5)."
    )


def test_a_model_without_an_error_passes_by_its_difference_to_guessing():
    """Its mean has no interval: no error says how large one may be."""
    means = {"sigmoid_10": 0.8, "linear_discriminant": 1.0, "majority_class": 0.4}
    summaries = [summary(name, mean) for name, mean in means.items()]
    summaries[1] = replace(summaries[1], low=NAN, high=NAN)
    own = found(summaries, [contrast("linear_discriminant", "majority_class", 0.6)])
    assert own.passes
    assert not found(summaries, []).passes
