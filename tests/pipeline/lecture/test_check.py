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


def test_a_figure_without_numbers_agrees_with_r_or_does_not():
    row = Printed("", symbol="pve", **HERE, kind="figure", reference="0.62;0.25", why="Figure only.")

    made = _checked(row, {"pve": (0.6201, 0.2474)}, {})
    assert (made.verdict, made.why) == ("agrees_with_r", "Figure only.")
    assert (made.by_library, made.library) == ((0.62, 0.25), "R")
    assert _checked(row, {"pve": (0.6201, 0.2574)}, {}).verdict == "disagrees"


def test_what_cannot_be_recomputed_says_why_and_shows_no_value():
    row = Printed("235.8", symbol="wcv", **HERE, kind="not_recomputable", why="Not published.")

    made = _checked(row, {"wcv": 235.8}, {"wcv": 235.8})

    assert (made.verdict, made.why, made.by_hand, made.by_tape) == ("not_recomputable", "Not published.", (), ())


def test_a_number_that_agrees_with_the_slide_and_not_with_r_disagrees():
    of_r = replace(NUMBER, reference="0.35904")

    assert _checked(of_r, {"w": 0.359041}, {}).verdict == "agrees"
    made = _checked(of_r, {"w": 0.358991}, {})
    assert (made.verdict, made.why) == ("disagrees", "R gives 0.35904.")


def test_a_way_that_nobody_went_stays_empty():
    made = _checked(NUMBER, {"w": 0.35899}, {})

    assert (made.by_tape, made.by_library, made.library) == ((), (), "")


def test_a_library_is_compared_and_named():
    example = WorkedExample(name="a", title="A", where="Example", story="", printed=(NUMBER,))

    def made(value):
        by_library = {"item": {"w": value}}
        worked = Worked(
            example=example, by_hand={"item": {"w": 0.359}}, by_library=by_library, libraries={"item": "Keras"}
        )
        return check(worked)[0]

    assert (made(0.35901).verdict, made(0.35901).library) == ("agrees", "Keras")
    assert made(0.3591).verdict == "disagrees"


def test_a_value_by_hand_is_compared_with_the_formula():
    values = {"a": 2.0, "x": 3.0, "w": 1.0, "dw": 6.0}

    assert _checked(FORMULA, values, {"dw": 6.0, "w_new": -5.0}).verdict == "agrees"
    assert _checked(FORMULA, values | {"dw": 7.0}, {"dw": 6.0, "w_new": -5.0}).verdict == "disagrees"


def test_a_formula_that_nobody_computed_otherwise_is_an_error():
    with pytest.raises(ValueError, match=r"expected another way to every printed formula. Received: symbol='w_new'"):
        _checked(FORMULA, {"a": 2.0, "x": 3.0, "w": 1.0}, {"dw": 6.0})


def test_a_misprinted_formula_says_what_it_would_give():
    slipped = replace(FORMULA, updates=(("w_new", "b-a*x"),))
    erratum = Erratum(item="item", symbol="dw", printed="b-a*x", computed="w-a*x", why="A slip.")

    made = _checked(slipped, {"a": 2.0, "x": 3.0, "w": 1.0, "b": 9.0}, {"dw": 6.0, "w_new": -5.0}, erratum)

    assert made.why == "w-a*x is right. A slip. As printed it gives 3, right is -5."
