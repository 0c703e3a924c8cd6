import re
from dataclasses import replace

import pytest

from pipeline.decisions.sentences import answers, cheapest_candidate, keyed, per_hundred
from pipeline.words.numbers import percent


@pytest.fixture
def told(tumor_result, decided):
    return answers(tumor_result, decided)


def changed(decided, candidate, quantity, mean, case="cheapest"):
    outcomes = [
        replace(one, mean=mean) if (one.candidate, one.case, one.quantity) == (candidate, case, quantity) else one
        for one in decided.outcomes
    ]
    return replace(decided, outcomes=tuple(outcomes))


def test_the_first_sentence_names_candidate_threshold_and_cost(told, decided):
    found, name = keyed(decided.outcomes), cheapest_candidate(decided)
    cost, threshold = found[name, "cheapest", "cost"], found[name, "cheapest", "threshold"]
    assert name.replace("_", " ") in told[0]
    assert "as much as 20 false alarms" in told[0]
    assert (
        f"a probability of {threshold.mean:.4f} raised, 100 tumors cost {100 * cost.mean:.1f} false alarms" in told[0]
    )
    assert f"(95\u00a0% interval {100 * cost.low:.1f} to {100 * cost.high:.1f})" in told[0]
    assert f"{percent(found[name, 'cheapest', 'recall'].mean)} of the malignant tumors" in told[0]


def test_the_cheapest_candidate_is_the_one_that_costs_least(tumor_result, decided):
    for name in ("sigmoid_3", "logistic_regression"):
        cheaper = changed(decided, name, "cost", 0.001)
        assert cheapest_candidate(cheaper) == name
        assert f"{name.replace('_', ' ')} decides at the lowest cost" in answers(tumor_result, cheaper)[0]


@pytest.mark.parametrize(("all_alike", "words"), [(0.01, "raising nobody"), (99.0, "raising everybody")])
def test_the_cheaper_way_of_treating_all_alike_is_named(tumor_result, decided, all_alike, words):
    name = cheapest_candidate(decided)
    other = changed(decided, name, "cost", all_alike, case="nobody")
    assert f"of what {words} costs" in answers(tumor_result, other)[0]


@pytest.mark.parametrize(
    ("judgment", "difference", "words"),
    [
        ("cannot_say", 0.05, "5.0 false alarms more .* which may be chance"),
        ("worse", 0.05, "5.0 false alarms more .* too much for chance"),
        ("better", -0.05, "5.0 false alarms less .* too much for chance"),
        ("practically_equal", -0.001, "0.1 false alarms less .* practically equal"),
    ],
)
def test_a_net_is_held_against_a_baseline(tumor_result, decided, judgment, difference, words):
    contrast = replace(decided.differences[0], judgment=judgment, difference=difference)
    told = answers(tumor_result, replace(decided, differences=(contrast,)))[1]
    assert re.search(words, told)
    assert "The cheapest net, sigmoid 3," in told
    assert "the cheapest baseline, logistic regression" in told


def test_what_was_not_asked_is_not_answered(tumor_result, decided, told):
    comparison = tumor_result.comparison
    asked = replace(tumor_result, comparison=replace(comparison, decision=replace(comparison.decision, recall=None)))
    fewer = answers(asked, replace(decided, differences=(), importances=()))
    assert len(told) == len(fewer) + 3
    assert any("Asked to find 90\u00a0%" in sentence for sentence in told)
    assert not any("Asked to find" in sentence for sentence in fewer)


def test_one_fold_has_no_interval(tumor_result, decided):
    nan = float("nan")
    alone = replace(
        decided,
        outcomes=tuple(replace(one, low=nan, high=nan) for one in decided.outcomes),
        calibration=tuple(replace(one, low=nan, high=nan) for one in decided.calibration),
        gains=tuple(replace(one, low=nan, high=nan) for one in decided.gains),
        differences=tuple(replace(one, low=nan, high=nan) for one in decided.differences),
    )
    told = " ".join(answers(tumor_result, alone))
    assert "interval" not in told
    assert not re.search(r"\bnan\b", told)
    assert "nothing is known about chance" in told


def test_the_columns_that_matter_most_are_named(told, decided):
    for name in ("sigmoid_3", "logistic_regression"):
        most = max((one for one in decided.importances if one.candidate == name), key=lambda one: one.mean)
        assert f"{name.replace('_', ' ')} when “{most.case}” is shuffled" in told[-1]


def test_numbers_are_rounded_for_people():
    assert [percent(share) for share in (0.123, 0.0999, 0.0994, 0.0, 1.0)] == [
        "12\u00a0%",
        "10\u00a0%",
        "9.9\u00a0%",
        "0.0\u00a0%",
        "100\u00a0%",
    ]
    assert percent(float("nan")) == per_hundred(float("nan")) == "–"
    assert per_hundred(-0.0349) == "−3.5"
