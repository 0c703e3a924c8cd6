"""The lecture's words with their formulas typeset: LaTeX becomes MathML, which browsers draw without a network."""

import re

from latex2mathml.converter import convert
from markupsafe import Markup, escape

from models.checks import require

_WORDS = re.compile(r"\\(?:begin|end|text)\{[^}]*\}|\\[A-Za-z]+|([A-Za-z]{3,})")


def formula(latex: str, *, block: bool = False) -> Markup:
    """Returns a formula as MathML; words in it stand upright."""

    def upright(match: re.Match[str]) -> str:
        return rf"\text{{{match[1]}}}" if match[1] else match[0]

    return Markup(convert(_WORDS.sub(upright, latex), display="block" if block else "inline"))


def prose(text: str) -> Markup:
    """Returns a text with what stands between dollar signs typeset, and all else escaped.

    Raises:
        ValueError: A formula begins and does not end.

    Example:
        >>> prose("$x^2$ is at least 0, and a < b")[-35:]
        Markup('</math> is at least 0, and a &lt; b')
    """
    parts = text.split("$")
    require(len(parts) % 2 == 1, "prose", "formulas between two dollar signs each", "Close the last one.", text=text)
    return Markup("").join(formula(part) if place % 2 else escape(part) for place, part in enumerate(parts))
