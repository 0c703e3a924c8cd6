"""Evaluates the lecture's formulas as they are printed, on numbers, arrays or tensors alike."""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from models.checks import closest, require

_OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
}


def evaluate(expression: str, values: Mapping[str, Any]) -> Any:
    """Evaluates a formula of names, numbers, ``+ - * / ^``, brackets and calls of named functions.

    Only operators are applied, so the values decide the arithmetic: a tape can differentiate a printed formula.

    Args:
        expression: As printed; ``^`` is a power.
        values: What each name, also of a function, stands for.

    Raises:
        ValueError: The expression does not parse, uses anything else, or a name has no value.

    Example:
        >>> evaluate("(a-y)*a*(1-a)*x1", {"a": 0.5, "y": 1.0, "x1": 2.0})
        -0.25
    """
    try:
        tree = ast.parse(expression.replace("^", "**"), mode="eval")
    except SyntaxError:
        tree = None
    require(tree is not None, "Expression", "a formula", "Check brackets and signs.", expression=expression)
    assert tree is not None
    return _value(tree.body, expression, values)


def _value(node: ast.expr, expression: str, values: Mapping[str, Any]) -> Any:
    match node:
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(left, expression, values), _value(right, expression, values))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, expression, values)
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in values:
            return values[name](_value(argument, expression, values))
        case ast.Constant(value=number) if type(number) in (int, float):
            return number
        case ast.Name(id=name):
            require(
                name in values, "Expression", f"a value for each name of {expression}", closest(name, values), name=name
            )
            return values[name]
    require(False, "Expression", "names, numbers, + - * / ^ and known functions", "Rewrite it.", expression=expression)
