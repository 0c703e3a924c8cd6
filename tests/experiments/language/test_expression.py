import numpy as np
import pytest

from experiments.language.expression import evaluate


@pytest.mark.parametrize(
    ("expression", "value"),
    [("x^2", 9.0), ("-x^2", -9.0), ("(x-1)*x*(1-x)/2", -6.0), ("1/(2*n)*sum(v^2)", 5.0 / 4), ("x - 0.5*n", 2.0)],
)
def test_a_printed_formula_is_evaluated_with_its_precedence(expression, value):
    assert evaluate(expression, {"x": 3.0, "n": 2, "v": np.array([1.0, 2.0]), "sum": np.sum}) == value


def test_the_values_decide_the_arithmetic():
    np.testing.assert_array_equal(evaluate("x^2+y", {"x": np.array([1.0, 2.0]), "y": 1}), [2.0, 5.0])


def test_a_name_without_a_value_is_answered_with_the_closest():
    with pytest.raises(
        ValueError, match=r"a value for each name of w11_2\*x. Received: name='w11_2'. Did you mean 'w11_1'"
    ):
        evaluate("w11_2*x", {"w11_1": 1.0, "x": 1.0})


@pytest.mark.parametrize(
    "expression", ["x.real", "[x]", "x if x else 1", "'text'", "sum(x, x)", "unknown(x)", "x @ x", "lambda: x", "True"]
)
def test_anything_but_arithmetic_is_refused(expression):
    with pytest.raises(ValueError, match="Expression: expected"):
        evaluate(expression, {"x": 1.0, "sum": np.sum})


@pytest.mark.parametrize("expression", ["(x", "", "x y", "1/(2n)"])
def test_what_does_not_parse_is_refused(expression):
    with pytest.raises(ValueError, match=r"Expression: expected a formula. Received: expression="):
        evaluate(expression, {"x": 1.0})
