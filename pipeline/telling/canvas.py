"""What all figures share: one pair of axes becomes an inline SVG that takes its colors from the page.

Matplotlib draws in stand-in colors; afterwards each becomes a CSS variable, so that one drawing serves light, dark
and paper. Text stays text, in the page's font. Sizes are CSS pixels, narrow enough for a phone.
"""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import matplotlib
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

# Stand-in colors that nobody would choose, one for each CSS variable of the page.
_NAMES = ("ink", "muted", "rule", "net-1", "net-2", "net-3", "baseline-1", "baseline-2", "faint", "reference")
COLORS = {name: f"#0a0b{number:02x}" for number, name in enumerate(_NAMES, start=1)}

_STYLE: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": COLORS["muted"],
    "axes.grid": True,
    "axes.labelcolor": COLORS["muted"],
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.size": 12,
    "grid.color": COLORS["rule"],
    "grid.linewidth": 0.8,
    "lines.solid_capstyle": "round",
    "svg.fonttype": "none",
    "text.color": COLORS["ink"],
    "text.parse_math": False,
    "xtick.color": COLORS["muted"],
    "ytick.color": COLORS["muted"],
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """How a curve is drawn, in a figure and in the page's legend.

    Attributes:
        color: A CSS variable of the page, without its two dashes.
        dashes: Lengths on and off, in pixels; ``()`` is solid.
        width: In pixels.
    """

    color: str
    dashes: tuple[float, ...] = ()
    width: float = 2.0

    @property
    def arguments(self) -> dict[str, Any]:
        """What matplotlib calls it; it counts dashes in line widths."""
        dashes = (0, tuple(length / self.width for length in self.dashes)) if self.dashes else "solid"
        return {"color": COLORS[self.color], "linestyle": dashes, "linewidth": self.width}


_places: dict[tuple[str, int, int], Any] = {}
"""Where axes lie that were drawn before: what they share, width, height -> their box in the figure."""


def svg(
    name: str,
    width: int,
    height: int,
    label: str,
    draw: Callable[[Any], None],
    *,
    projection: str | None = None,
    axes_of: str = "",
) -> str:
    """Draws one pair of axes as an SVG element in the page's colors.

    Args:
        name: Unique on the page.
        width: In pixels.
        height: In pixels.
        label: Says what is seen to those who do not see it.
        draw: Draws on the axes, in ``COLORS``.
        projection: ``"3d"`` for axes of three dimensions.
        axes_of: What drawings of one size share whose axes have the same limits, ticks and words, so that all else lies
            within them. To find out where such axes lie takes as long as to draw them, and is done once.
    """
    kind = (axes_of, width, height)
    place = _places.get(kind) if axes_of else None
    buffer = io.StringIO()
    with matplotlib.rc_context(_STYLE | {"svg.hashsalt": name}):
        layout: Any = "constrained" if place is None else "none"
        figure = Figure(figsize=(width / 72, height / 72), dpi=72, layout=layout)  # 1 point is 1 pixel
        figure.patch.set_visible(False)
        axes = figure.add_subplot(projection=projection)
        axes.patch.set_visible(False)
        draw(axes)
        if place is not None:
            axes.set_position(place)
        FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None})
        if axes_of and place is None:
            _places[kind] = axes.get_position(original=True)
    return _for_the_page(buffer.getvalue(), name, width, height, label)


def _for_the_page(svg: str, name: str, width: int, height: int, label: str) -> str:
    """Leaves out what HTML does not need, makes ids unique on the page, and hands colors and fonts to the page."""
    root = ElementTree.fromstring(svg)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.attrib = {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
    for unwanted in (*root.findall("metadata"), *root.findall("defs[style]")):
        root.remove(unwanted)  # its style would reach the whole page
    for element in root.iter("g"):
        element.attrib.pop("id", None)  # nobody refers to groups
    root.attrib = {
        "viewBox": f"0 0 {width} {height}",
        "width": str(width),
        "height": str(height),
        "role": "img",
        "aria-label": label,
    }
    text = ElementTree.tostring(root, encoding="unicode")
    text = re.sub(r'id="|href="#|url\(#', lambda start: f"{start[0]}{name}-", text)
    text = re.sub(r"font: ([^;\"]*?px)[^;\"]*", r"font-size: \1", text)  # matplotlib before 3.11 writes it in one
    text = re.sub(r"font-family: [^;\"]*; ", "", text)
    for color, stand_in in COLORS.items():
        text = text.replace(stand_in, f"var(--{color})")
    return re.sub(r">\s+<", "><", text)
