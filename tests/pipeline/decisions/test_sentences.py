import re
from dataclasses import replace

import numpy as np
import pytest

from pipeline.decisions.sentences import answers, cheapest_candidate, keyed, per_hundred
from pipeline.words.names import listing, title
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
    bounds = f"95\u00a0% interval {threshold.low:.4f} to {threshold.high:.4f}"
    assert f"100 tumors cost {100 * cost.mean:.1f} false alarms (" in told[0]
    assert (
        told[0]
        .partition(". The cheapest net")[0]
        .endswith(f"of all, by a threshold of each fold, {threshold.mean:.4f} on the average ({bounds})")
    )
    assert f"(95\u00a0% interval {100 * cost.low:.1f} to {100 * cost.high:.1f})" in told[0]
    assert f"{percent(found[name, 'cheapest', 'recall'].mean)} of the malignant tumors" in told[0]


def test_the_cheapest_candidate_is_the_one_that_costs_least(tumor_result, decided):
    for name in ("sigmoid_3", "logistic_regression"):
        cheaper = changed(decided, name, "cost", 0.001)
        assert cheapest_candidate(cheaper) == name
        assert f"{name.replace('_', ' ')} decides at the lowest cost" in answers(tumor_result, cheaper)[0]


def test_who_was_asked_and_by_which_rule_is_said(tumor_result, decided, told):
    """Of all rules another may be the cheapest on these very rows."""
    names = listing([title(name) for name in tumor_result.comparison.decision.candidates])
    assert f"those that were asked, {names}, each by the threshold that was cheapest on training rows" in told[0]
    decision = replace(tumor_result.comparison.decision, cost_ratio=1.0)
    other = replace(tumor_result, comparison=replace(tumor_result.comparison, decision=decision))
    assert answers(other, decided)[0].startswith("Where one miss costs as much as 1 false alarm, ")


def test_a_difference_of_thousands_is_told(tumor_result, decided):
    contrast = replace(decided.differences[0], difference=-20.0)
    told = answers(tumor_result, replace(decided, differences=(contrast,)))[0]
    assert "costs 2,000.0 false alarms less for 100 tumors than" in told


def test_that_no_order_finds_more_is_said_of_a_perfect_one_only(tumor_result, decided):
    y, folds = tumor_result.dataset.y, tumor_result.folds
    perfect = float(np.mean([0.1 / y[fold.test_rows].mean() for fold in folds]))

    def told(found):
        gains = tuple(
            replace(one, mean=found) if (one.case, one.quantity) == ("10%", "found") else one for one in decided.gains
        )
        return next(one for one in answers(tumor_result, replace(decided, gains=gains)) if "ranks highest" in one)

    assert "no order of them could find more" in told(perfect)
    assert "no order" not in told(perfect - 0.004)


def test_a_difference_that_no_decimal_shows_is_none(tumor_result, decided):
    contrast = replace(decided.differences[0], difference=-0.0004)
    told = answers(tumor_result, replace(decided, differences=(contrast,)))[0]
    assert "costs as much, to a tenth of a false alarm, for 100 tumors as the cheapest baseline" in told


@pytest.mark.parametrize(("all_alike", "words"), [(0.01, "raising nobody"), (99.0, "raising everybody")])
def test_the_cheaper_way_of_treating_all_alike_is_named(tumor_result, decided, all_alike, words):
    name = cheapest_candidate(decided)
    other = changed(decided, name, "cost", all_alike, case="nobody")
    assert f"of what {words} costs" in answers(tumor_result, other)[0]


@pytest.mark.parametrize(
    ("judgment", "p_corrected", "difference", "words"),
    [
        ("cannot_say", 0.01, 0.05, "5.0 false alarms more .* which may be chance"),
        ("worse", 0.04, 0.05, "5.0 false alarms more .* too much for chance"),
        ("better", 0.04, -0.05, "5.0 false alarms less .* too much for chance"),
        ("better", 0.06, -0.05, "5.0 false alarms less .* which may be chance"),
        ("practically_equal", 0.01, -0.001, "0.1 false alarms less .* practically equal"),
    ],
)
def test_a_net_is_held_against_a_baseline(tumor_result, decided, judgment, p_corrected, difference, words):
    contrast = replace(decided.differences[0], judgment=judgment, p_corrected=p_corrected, difference=difference)
    told = answers(tumor_result, replace(decided, differences=(contrast,)))[0]
    assert re.search(words, told)
    assert "The cheapest net of these, sigmoid 3," in told
    assert "the cheapest baseline, logistic regression" in told


@pytest.mark.parametrize(
    ("judgment", "p_corrected", "difference", "words"),
    [
        ("better", 0.04, 0.02, "2.00 more than the better of the two .* too much for chance"),
        ("cannot_say", 0.2, 0.02, "2.00 more than the better of the two .* which may be chance"),
        ("worse", 0.04, -0.02, "no more than raising everybody"),
    ],
)
def test_net_benefit_is_held_against_raising_everybody_and_nobody(
    tumor_result, decided, judgment, p_corrected, difference, words
):
    name = cheapest_candidate(decided)
    everybody, nobody = (one for one in decided.benefit_differences if one.candidate == name)
    other = replace(everybody, judgment=judgment, p_corrected=p_corrected, difference=difference)
    told = answers(tumor_result, replace(decided, benefit_differences=(other, nobody)))
    (sentence,) = [one for one in told if "net benefit" in one]
    assert re.search(words, sentence)
    own = keyed(decided.benefits)[name, "0.0476", "net_benefit"]
    assert (
        f"with all above 0.0476 raised, {name.replace('_', ' ')} has a net benefit of {100 * own.mean:.2f}" in sentence
    )


def test_what_was_not_asked_is_not_answered(tumor_result, decided, told):
    comparison = tumor_result.comparison
    asked = replace(tumor_result, comparison=replace(comparison, decision=replace(comparison.decision, recall=None)))
    fewer = answers(asked, replace(decided, differences=()))
    assert len(told) == len(fewer) + 1
    assert "The cheapest net" in told[0]
    assert "The cheapest net" not in fewer[0]
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
        benefits=tuple(replace(one, low=nan, high=nan) for one in decided.benefits),
        benefit_differences=tuple(replace(one, low=nan, high=nan) for one in decided.benefit_differences),
    )
    over_rows = "Each test row once"
    told = " ".join(sentence for sentence in answers(tumor_result, alone) if not sentence.startswith(over_rows))
    assert "interval" not in told
    assert not re.search(r"\bnan\b", told)


def recalibrated(decided, **means):
    """The same with other estimates of the cheapest candidate's probabilities as trained."""
    name = cheapest_candidate(decided)
    changed = tuple(
        replace(one, **means[one.quantity])
        if (one.candidate, one.case) == (name, "as_trained") and one.quantity in means
        else one
        for one in decided.recalibration
    )
    return replace(decided, recalibration=changed)


SLOPE = {"extreme": {"mean": 0.7, "low": 0.6, "high": 0.8}, "timid": {"mean": 1.4, "low": 1.2, "high": 1.6}}
FINE = {"mean": 1.1, "low": 0.9, "high": 1.3}
RIGHT, LOW = {"mean": 0.1, "low": -0.1, "high": 0.3}, {"mean": 0.5, "low": 0.3, "high": 0.7}


@pytest.mark.parametrize(
    ("slope", "intercept", "p_line", "p_curve", "says", "says_not"),
    [
        (
            SLOPE["extreme"],
            RIGHT,
            0.01,
            0.3,
            ["too extreme", "on the whole, which may be chance"],
            ["more than chance"],
        ),
        (SLOPE["timid"], LOW, 0.01, 0.01, ["too timid", "on the whole; their", "more than chance"], ["may be chance"]),
        (
            SLOPE["extreme"],
            LOW,
            0.06,
            0.3,
            ["which may be chance, for slope and intercept together", "nothing here says"],
            ["too extreme"],
        ),
        (SLOPE["extreme"], LOW, 0.04, 0.9, ["Corrected for both tests, nothing here says"], ["too extreme"]),
        (SLOPE["extreme"], LOW, 0.04, 0.02, ["too extreme", "more than chance"], ["Nothing here says"]),
        (FINE, LOW, 0.01, 0.3, ["where 1 is right: which may be chance", "on the whole; their"], ["too timid"]),
        (FINE, RIGHT, 0.3, 0.01, ["more than chance"], ["Nothing here says", "too timid"]),
    ],
)
def test_probabilities_are_off_only_where_tests_and_intervals_say_so(
    tumor_result, decided, slope, intercept, p_line, p_curve, says, says_not
):
    p_values = {"p_recalibration": {"mean": p_line}, "p_miscalibration": {"mean": p_curve}}
    other = recalibrated(decided, slope=slope, intercept=intercept, **p_values)
    (told,) = [one for one in answers(tumor_result, other) if one.startswith("Each test row once")]
    for words in says:
        assert words in told
    for words in says_not:
        assert words not in told


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


def test_why_nothing_is_known_of_a_difference_is_said_by_its_own_reason(tumor_result, decided):
    """Of a class in few groups as of blocks of time the difference has no interval, of those that say the same none."""
    unknown = dict.fromkeys(("low", "high", "p_value", "p_corrected"), float("nan"))

    def first(judgment, stretches=None):
        contrast = replace(decided.differences[0], **unknown, judgment=judgment)
        folds = tuple(replace(fold, stretches=stretches) for fold in tumor_result.folds)
        return answers(replace(tumor_result, folds=folds), replace(decided, differences=(contrast,)))[0]

    assert first("cannot_say").endswith(", and of a class in so few groups whether it may be chance is not told.")
    in_time = first("cannot_say", tumor_result.folds[0].test_rows)
    assert in_time.endswith(", and over blocks of time whether it may be chance is not told.")
    assert first("practically_equal").endswith(", for they say the same of every row.")


def test_a_share_that_some_folds_have_no_rows_of_says_of_how_many_it_is(tumor_result, decided, told):
    name = cheapest_candidate(decided)
    outcomes = [
        replace(one, n=2) if (one.candidate, one.case, one.quantity) == (name, "cheapest", "recall") else one
        for one in decided.outcomes
    ]
    said = answers(tumor_result, replace(decided, outcomes=tuple(outcomes)))[0]
    assert " tumors (in 2 of 3 folds; the others have none) and raises " in said
    assert "the others have none" not in " ".join(told)
