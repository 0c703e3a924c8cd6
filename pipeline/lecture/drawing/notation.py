"""How symbols are written: ``w11(1)`` and ``a_h1`` as on the blackboard, in drawings and in formulas."""

import re

_SYMBOL = re.compile(
    r"(?<![A-Za-z])(?P<letter>∂?[A-Za-z])(?P<index>\d\w*|_\w+)?(?:\((?P<layer>\d+)\))?(?![A-Za-z])", re.ASCII
)
_SMALL = 0.72  # size of index and layer, in letters
_DIGIT = 0.5  # width of a digit in its own size: the layer is set back over the index
_LINE_END = "&#8203;"  # no width: it carries the way back to the line


def to_svg(text: str, size: float) -> str:
    """Returns the content of an SVG text element, each symbol with its index below and its layer above.

    Args:
        text: Symbols such as ``x1``, ``a_h1``, ``w11(1)`` or ``∂E/∂w5``, and what stands between them.
        size: Of the letters, in pixels.

    Example:
        >>> to_svg("1", size=14)
        '1'
        >>> to_svg("σ(z)", size=14)
        'σ(<tspan style="font-family: var(--serif); font-style: italic">z</tspan>)'
    """

    def symbol(match: re.Match[str]) -> str:
        index = (match["index"] or "").removeprefix("_")
        small, level = _SMALL * size, 0.0
        drawn = f'<tspan style="font-family: var(--serif); font-style: italic">{match["letter"]}</tspan>'
        if index:
            level = 0.25 * size
            drawn += f'<tspan dy="{level:.1f}" style="font-size: {small:.1f}px">{index}</tspan>'
        if match["layer"]:
            back, rise = _DIGIT * small * len(index), 0.4 * size + level
            drawn += (
                f'<tspan dx="{-back:.1f}" dy="{-rise:.1f}" style="font-size: {small:.1f}px">({match["layer"]})</tspan>'
            )
            level -= rise
        return drawn + (f'<tspan dy="{-level:.1f}">{_LINE_END}</tspan>' if level else "")

    return _SYMBOL.sub(symbol, text)


_LEDGER_SYMBOL = re.compile(
    r"(?P<d>d?)(?P<letter>[A-Zabw-z])(?P<index>\d*)(?:_(?!new)(?P<more>[a-z]*\d*))?(?P<new>_new)?"
)


def to_latex(symbol: str) -> str:
    """Returns a symbol of the ledger as a formula, or nothing where it is a word.

    Example:
        >>> to_latex("a_h1"), to_latex("w11_2"), to_latex("w5_new"), to_latex("null_deviance")
        ('a_{h1}', 'w_{11}^{(2)}', 'w_{5}^{+}', '')
    """
    if symbol == "alpha":
        return r"\alpha"
    above, ratio, below = symbol.partition("_d") if symbol.startswith("d") else (symbol, "", "")
    if ratio:
        parts = _atom(above), _atom(f"d{below}")
        return f"{parts[0]} / {parts[1]}" if all(parts) else ""
    return _atom(symbol)


def _atom(symbol: str) -> str:
    match = _LEDGER_SYMBOL.fullmatch(symbol)
    if not match:
        return ""
    partial = r"\partial " if match["d"] else ""
    more = match["more"] or ""
    layer = f"^{{({more})}}" if more.isdigit() else ""
    index = match["index"] + ("" if layer else more)
    return f"{partial}{match['letter']}" + (f"_{{{index}}}" if index else "") + layer + ("^{+}" if match["new"] else "")
