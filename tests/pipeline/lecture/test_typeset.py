"""Formulas of the ledger: typeset as they are bound, with the lecture's own symbols; numbers stay as they stand."""

import numpy as np
import pytest

from experiments.language.expression import evaluate
from experiments.language.printed import Erratum, Formula, Printed, WorkedExample
from pipeline.lecture.typeset import expression, mended, printed, reason, symbol

HERE = {"item": "item", "where": "Example"}
EXAMPLE = WorkedExample(
    name="a", title="A", where="Example", story="", givens={"f": "x^2", "n": 2.0}, notation={"a1": "a^{(1)}"}
)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("(a-y) * a", r"(a - y) \, a"),
        ("a - y * b", r"a - y \, b"),
        ("a - (b - c)", r"a - (b - c)"),
        ("a - b + c", r"a - b + c"),
        ("1/2 * (a-y)^2", r"\frac{1}{2} \, (a - y)^{2}"),
        ("1/(1+exp(-z))", r"\frac{1}{1 + e^{-z}}"),
        ("-(a + b)", r"-(a + b)"),
        ("log(h) * 2", r"\log(h) \, 2"),
        ("w11_2 * a1", r"w_{11}^{(2)} \, a^{(1)}"),
        ("dL_da1 * da1_dz2", r"\frac{\partial L}{\partial a^{(1)}} \, \frac{\partial a^{(1)}}{\partial z_{2}}"),
        ("dE_total_da_h1", r"\frac{\partial E_{total}}{\partial a_{h1}}"),
    ],
)
def test_an_expression_becomes_a_formula_that_is_bound_alike(text, latex):
    assert expression(text, EXAMPLE.notation) == latex


@pytest.mark.parametrize("text", ["a - (b - c) * (a + b) ^ 2", "(a - b) - c - (a - (b + c))", "-(a * b) * c + a / b"])
def test_brackets_are_written_where_they_are_needed(text):
    """The formula, read back as an expression, has the value of the expression."""
    values = dict(zip("abc", np.random.default_rng(1).normal(size=3), strict=True))
    read = expression(text).replace(r"\,", "*").replace("^{2}", "^2")
    read = read.replace(r"\frac{", "((").replace("}{", ")/(").replace("}", "))")

    assert evaluate(read, values) == pytest.approx(evaluate(text, values))


def test_all_that_a_slide_sets_equal_is_written_and_a_formula_of_its_own_comes_first():
    row = Formula("a*b = b*a", symbol="dw", **HERE, expression="a*b", updates=(("dw", "b*a"), ("w_new", "w-a*b")))

    assert printed(row, EXAMPLE, "").count("<math") == 2
    assert "</math> = <math" in printed(row, EXAMPLE, "")
    own = Formula("sum_i a", symbol="dw", **HERE, expression="sum(a)", latex=r"\sum_i a")
    assert "&#x02211;" in printed(own, EXAMPLE, "")


def test_numbers_stay_as_they_are_written_and_a_given_function_is_a_formula():
    assert printed(Printed("0.40", symbol="w", **HERE), EXAMPLE, "0.40") == "0.40"
    assert printed(Printed("2", symbol="n", **HERE, kind="given"), EXAMPLE, "2") == "2"
    assert "<msup>" in printed(Printed("x^2", symbol="f", **HERE, kind="given"), EXAMPLE, "x^2")


def test_an_erratum_of_a_number_is_a_number_and_of_a_formula_two_formulas():
    slip = Erratum(item="item", symbol="w", printed="0.3590", computed="0.3589", why="A slip.")
    assert mended(slip, Printed("0.3590", symbol="w", **HERE), EXAMPLE) == ("0.3590", "0.3589")
    slip = Erratum(item="item", symbol="w", printed="b*a1", computed="a1", why="A slip.")
    wrong, right = mended(slip, Formula("b*a1", symbol="w", **HERE), EXAMPLE)
    assert wrong.count("<mi>") == right.count("<mi>") + 1


def test_reasons_have_their_symbols_and_products_typeset_and_nothing_else():
    told = reason("<b> dz1(2)/da1(1) and w11(2); 0.40 - 0.5 * 0.0820 is .359, not 150 x 2 points, 1 - 07514")

    assert told.count("<math") == 3
    assert told.startswith("&lt;b&gt; <math")
    assert told.endswith(" is .359, not 150 x 2 points, 1 - 07514")
    assert told.count("&#x02202;") == 2
    assert told.count("<msubsup>") == 3


def test_a_symbol_is_written_as_its_example_has_it_or_in_words():
    assert "<msup>" in symbol("a1", EXAMPLE.notation)
    assert "<msub>" in symbol("a1")
    assert symbol("null_deviance") == "null deviance"
