from dataclasses import replace

import pytest

from experiments.language.printed import Erratum, Formula, Printed, WorkedExample
from pipeline.lecture.check import check, rounds_to
from pipeline.lecture.values import Worked

HERE = {"item": "item", "where": "Example"}
NUMBER = Printed("0.3590", symbol="w", **HERE)
FORMULA = Formula("a*x", symbol="dw", **HERE, updates=(("w_new", "w-a*x"),))
ERRATUM = Erratum(item="item", symbol="w", printed="0.3590", computed="0.3589", why="A slip.")


def _checked(row, by_hand, by_tape, erratum=None, givens=None):
    errata = () if erratum is None else (erratum,)
    example = WorkedExample(
        name="a", title="A", where="Example", story="", givens=givens or {}, printed=(row,), errata=errata
    )
    (made,) = check(Worked(example=example, by_hand={"item": by_hand}, by_tape={"item": by_tape}))
    return made


@pytest.mark.parametrize(
    ("value", "text", "agrees"),
    [
        (0.35904999, "0.3590", True),
        (0.35905001, "0.3590", False),
        (0.35894999, "0.3590", False),
        (-0.00001, "0.0000", True),
        (-4.45979, "-4.46", True),
        (-4.45979, "-4.460", True),
        (-4.4594, "-4.460", False),
        (69.3147, "69.31", True),
        (49.4, "49", True),
        (float("nan"), "0.1", False),
        (float("inf"), "0.1", False),
    ],
)
def test_a_printed_number_agrees_within_half_a_unit_of_its_last_place(value, text, agrees):
    assert rounds_to(value, text) is agrees


def test_a_number_agrees_by_hand_and_by_tape():
    assert _checked(NUMBER, {"w": 0.35899}, {"w": 0.35901}).verdict == "agrees"


@pytest.mark.parametrize(("hand", "tape"), [(0.3589, 0.3590), (0.3590, 0.3589), (float("nan"), 0.3590)])
def test_a_number_that_differs_on_either_side_disagrees(hand, tape):
    assert _checked(NUMBER, {"w": hand}, {"w": tape}).verdict == "disagrees"


def test_an_exact_number_is_not_rounded():
    exact = replace(NUMBER, text="0.40", kind="exact")

    assert _checked(exact, {"w": 0.4}, {}).verdict == "agrees"
    assert _checked(exact, {"w": 0.4001}, {}).verdict == "disagrees"


def test_an_erratum_explains_a_disagreement():
    made = _checked(NUMBER, {"w": 0.35892}, {"w": 0.35892}, ERRATUM)

    assert made.verdict == "misprint"
    assert made.why == "0.3589 is right. A slip."


def test_an_erratum_for_a_number_that_agrees_is_a_failure():
    made = _checked(NUMBER, {"w": 0.3590}, {"w": 0.3590}, ERRATUM)

    assert made.verdict == "disagrees"
    assert "take it out" in made.why


def test_an_erratum_that_is_wrong_itself_is_a_failure():
    made = _checked(NUMBER, {"w": 0.41}, {"w": 0.41}, ERRATUM)

    assert made.verdict == "disagrees"
    assert "0.3589 is not what comes out either" in made.why


def test_a_number_without_a_value_is_an_error():
    with pytest.raises(
        ValueError, match=r"expected a value for every printed number. Received: symbol='w'. Did you mean"
    ):
        _checked(NUMBER, {"w5": 1.0}, {})


def test_a_formula_agrees_when_all_that_is_printed_is_the_tapes():
    values = {"a": 2.0, "x": 3.0, "w": 1.0}

    assert _checked(FORMULA, values, {"dw": 6.0, "w_new": -5.0}).verdict == "agrees"
    assert _checked(FORMULA, values, {"dw": 6.0 + 1e-9, "w_new": -5.0}).verdict == "disagrees"
    made = _checked(FORMULA, values, {"dw": 6.0, "w_new": -5.1})
    assert made.verdict == "disagrees"
    assert made.why == "w_new is not w-a*x"


def test_a_slip_in_a_formula_is_a_misprint_only_if_the_erratum_mends_it():
    values, taped = {"a": 2.0, "x": 3.0, "w": 1.0, "b": 9.0}, {"dw": 6.0, "w_new": -5.0}
    slipped = replace(FORMULA, updates=(("w_new", "b-a*x"),))
    erratum = Erratum(item="item", symbol="dw", printed="b-a*x", computed="w-a*x", why="A slip.")

    assert _checked(slipped, values, taped, erratum).verdict == "misprint"
    assert _checked(slipped, values, taped).verdict == "disagrees"
    assert _checked(slipped, values, taped, replace(erratum, computed="b+a*x")).verdict == "disagrees"
    assert _checked(FORMULA, values, taped, erratum).verdict == "disagrees"


def test_a_given_is_what_the_example_starts_from():
    given = Printed("0.05;0.10", symbol="x", **HERE, kind="given")

    assert _checked(given, {}, {}, givens={"x": (0.05, 0.10)}).verdict == "given"
    assert _checked(given, {}, {}, givens={"x": (0.05, 0.11)}).verdict == "disagrees"


def test_a_given_formula_is_compared_as_text():
    given = Printed("x^2", symbol="f", **HERE, kind="given")

    assert _checked(given, {}, {}, givens={"f": "x^2"}).verdict == "given"
    assert _checked(given, {}, {}, givens={"f": "x^4"}).verdict == "disagrees"


def test_what_cannot_be_compared_says_why_and_meets_its_reference():
    row = Printed("", symbol="pve", **HERE, kind="not_comparable", reference="0.62;0.25", why="Figure only.")

    made = _checked(row, {"pve": (0.6201, 0.2474)}, {})
    assert (made.verdict, made.why) == ("not_comparable", "Figure only.")
    assert _checked(row, {"pve": (0.6201, 0.2574)}, {}).verdict == "disagrees"
