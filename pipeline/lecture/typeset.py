"""The ledger's formulas, typeset: what is printed, what is computed instead, and the reasons why."""

import ast
import re
from collections.abc import Mapping
from types import MappingProxyType

from markupsafe import Markup, escape

from experiments.language.printed import Erratum, Formula, Printed, WorkedExample
from pipeline.lecture.drawing.notation import to_latex
from pipeline.lecture.prose import formula

_NOTHING: Mapping[str, str] = MappingProxyType({})
_FUNCTIONS = {"exp": "e^{{{}}}", "log": r"\log({})"}
_BINDS = {ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Pow: 4}
_ATOM = 5
_DERIVATIVE = re.compile(r"(d.+?)_(d.+)")
_SYMBOL = r"[a-z]\d*\(\d\)"
_NUMBER = r"\d*\.\d+"
_IN_WORDS = re.compile(rf"(?<![\w.])(?:d{_SYMBOL}/d{_SYMBOL}|{_SYMBOL}|{_NUMBER}(?: [*-] {_NUMBER})+)", re.ASCII)


def expression(text: str, notation: Mapping[str, str] = _NOTHING) -> str:
    r"""Returns an expression of ``expression.py`` as LaTeX; each derivative becomes a fraction.

    Args:
        text: The expression.
        notation: Name -> LaTeX, where a name alone does not say how it is written.

    Example:
        >>> expression("(a-y)^2 * dz1_dw11_1", {"z1": "z^{(1)}"})
        '(a - y)^{2} \\, \\frac{\\partial z^{(1)}}{\\partial w_{11}^{(1)}}'
    """
    return _Writer(notation).of(ast.parse(text.replace("^", "**"), mode="eval").body)[0]


def symbol(name: str, notation: Mapping[str, str] = _NOTHING) -> Markup:
    """Returns a symbol of the ledger typeset, or its name in words."""
    latex = notation.get(name) or to_latex(name)
    return formula(latex) if latex else Markup("{}").format(name.replace("_", " "))


def printed(row: Printed | Formula, example: WorkedExample, text: str) -> Markup:
    """Returns what the lecture prints.

    Args:
        row: What it prints.
        example: That it belongs to.
        text: How a number is written; a formula is typeset, with all that the slide sets equal.
    """
    if isinstance(row, Printed):
        return formula(expression(row.text)) if _is_a_formula(row, example) else escape(text)
    if row.latex:
        return formula(row.latex)
    sides = (expression(side, example.notation) for name, side in row.equations if name == row.symbol)
    return Markup(" = ").join(map(formula, sides))


def mended(erratum: Erratum, row: Printed | Formula, example: WorkedExample) -> tuple[Markup, Markup]:
    """Returns what an erratum strikes out and what it puts there; a number as it stands."""
    texts = erratum.printed, erratum.computed
    if isinstance(row, Printed):
        return escape(texts[0]), escape(texts[1])
    wrong, right = (formula(expression(text, example.notation)) for text in texts)
    return wrong, right


def reason(text: str) -> Markup:
    """Returns a reason with its symbols and products typeset, and all else escaped.

    Example:
        >>> reason("a < b")
        Markup('a &lt; b')
        >>> "<mo>&#x000B7;</mo>" in reason("0.5 * 0.0820 is less")
        True
    """
    parts, last = [], 0
    for found in _IN_WORDS.finditer(text):
        parts += [escape(text[last : found.start()]), formula(_told(found[0]))]
        last = found.end()
    return Markup("").join([*parts, escape(text[last:])])


def _told(text: str) -> str:
    """A derivative, a symbol with its layer in brackets, or a few numbers and what is done with them."""
    if text[-1].isdigit():
        return text.replace("*", r"\cdot")
    names = [part.replace("(", "_").rstrip(")") for part in text.split("/")]
    return " / ".join(map(_layered, names))


def _layered(name: str) -> str:
    above, _, layer = name.partition("_")
    index = above[-1].isdigit()
    return to_latex(name) if index else to_latex(above) + f"^{{({layer})}}"


def _is_a_formula(row: Printed, example: WorkedExample) -> bool:
    """A given that the example has as a text."""
    return row.kind == "given" and all(isinstance(example.givens[name], str) for name in row.given_names)


class _Writer:
    """Writes the nodes of an expression, each with how strongly it binds."""

    def __init__(self, notation: Mapping[str, str]) -> None:
        self._notation = notation

    def of(self, node: ast.expr) -> tuple[str, int]:
        match node:
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return rf"\frac{{{self.of(left)[0]}}}{{{self.of(right)[0]}}}", _ATOM
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                return f"{self._within(left, _ATOM)}^{{{self.of(right)[0]}}}", _BINDS[ast.Pow]
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return rf"{self._within(left, 2)} \, {self._within(right, 2)}", 2
            case ast.BinOp(left=left, op=op, right=right):
                sign = "+" if isinstance(op, ast.Add) else "-"
                return f"{self._within(left, 1)} {sign} {self._within(right, 1 if sign == '+' else 2)}", 1
            case ast.UnaryOp(operand=operand):
                return f"-{self._within(operand, 2)}", 1
            case ast.Call(func=ast.Name(id=name), args=[argument]):
                return _FUNCTIONS[name].format(self.of(argument)[0]), _ATOM
            case ast.Name(id=name):
                return self._name(name), _ATOM
        return ast.unparse(node), _ATOM

    def _within(self, node: ast.expr, least: int) -> str:
        text, binds = self.of(node)
        return text if binds >= least else f"({text})"

    def _name(self, name: str) -> str:
        ratio = _DERIVATIVE.fullmatch(name)
        if ratio:
            above, below = (self._partial(part) for part in ratio.groups())
            return rf"\frac{{{above}}}{{{below}}}"
        word = name if len(name) == 1 else rf"\text{{{name}}}"
        return self._notation.get(name) or to_latex(name) or word

    def _partial(self, name: str) -> str:
        written = self._notation.get(name[1:])
        return rf"\partial {written}" if written else to_latex(name)
