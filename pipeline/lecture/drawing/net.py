"""A net, or any computation, as a graph: values forward, slopes backward, as a teacher draws it on the blackboard."""

from collections import defaultdict
from collections.abc import Mapping
from html import escape
from types import MappingProxyType
from typing import Literal

from models.blackboard.trace import Edge, Graph, Node
from pipeline.lecture.drawing.notation import to_svg

Direction = Literal["forward", "backward"]

# All sizes are pixels at full size.
SIZE = 15.0  # of text
HEIGHT = 50.0  # of a node
CELL = 80.0  # width of a node for each of its values
BIAS = 17.0  # radius of a neuron that always says 1
MARGIN = 24.0
FAN = 11.0  # between the tips of two arrows at one node
LABEL = 92.0  # least distance of a label's middle from the node at its left
COLORS = {"forward": "net-1", "backward": "baseline-1"}


def draw_graph(
    name: str,
    graph: Graph,
    direction: Direction,
    *,
    label: str,
    titles: Mapping[str, str] = MappingProxyType({}),
    gap: float = 240.0,
    row_height: float = 150.0,
) -> str:
    """Draws a computation with what flows through it.

    Forward, an edge says its weight. Backward, it says the slope of the cost by its weight and what the update makes
    of the weight, and a node says the slope by its last value. The thicker an edge, the larger the number on it.

    Args:
        name: Unique on the page.
        graph: What to draw; its rightmost node is the cost.
        direction: Which way.
        label: Says what is seen to those who do not see it.
        titles: Node -> what to write above it.
        gap: Between two columns, in pixels.
        row_height: Between the centers of two rows, in pixels.

    Returns:
        The SVG element.
    """
    places = _places(graph, gap, row_height)
    width = max(places[node.name][0] + _half_width(node) for node in graph.nodes) + MARGIN
    height = max(y for _, y in places.values()) + HEIGHT / 2 + 2 * SIZE
    cost = max(graph.nodes, key=lambda node: node.column).name
    lines, labels = _edges(name, graph, direction, places, cost)
    nodes = [_node(node, *places[node.name], direction, cost, titles.get(node.name, "")) for node in graph.nodes]
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" role="img"'
        f' aria-label="{escape(label)}" style="font-size: {SIZE:g}px; fill: var(--ink)">'
        f'<defs><marker id="{name}-arrow" markerUnits="userSpaceOnUse" viewBox="0 0 10 10" refX="9" refY="5"'
        f' markerWidth="11" markerHeight="11" orient="auto-start-reverse"><path d="M0 1 10 5 0 9z"'
        f' style="fill: var(--{COLORS[direction]})"/></marker></defs>'
        f"{''.join((*lines, *labels, *nodes))}</svg>"
    )


def number(value: float, *, given: bool = False) -> str:
    """Returns a number as the lecture writes it: four decimals, two where a given one needs no more; a true minus.

    Example:
        >>> number(0.74136507), number(0.4, given=True), number(-0.019), number(0.0000022)
        ('0.7414', '0.40', '−0.0190', '2.2e−06')
    """
    if 0 < abs(value) < 0.00005:
        text = f"{value:.1e}"
    else:
        text = f"{value:.2f}" if given and value == round(value, 2) else f"{value:.4f}"
    return text.replace("-", "−")


def _is_bias(node: Node) -> bool:
    return node.values == (("1", 1.0),)


def _half_width(node: Node) -> float:
    return BIAS if _is_bias(node) else max(CELL * len(node.values), 1.25 * CELL) / 2


def _places(graph: Graph, gap: float, row_height: float) -> dict[str, tuple[float, float]]:
    """Returns the centers of the nodes; columns are centered on each other without their biases, which stand below."""
    columns: dict[int, list[Node]] = defaultdict(list)
    for node in graph.nodes:
        columns[node.column].append(node)
    last_rows = {column: max(n.row for n in nodes if not _is_bias(n)) for column, nodes in columns.items()}
    middle = max(last_rows.values()) / 2
    places = {}
    right = MARGIN - gap
    for column, nodes in sorted(columns.items()):
        half = max(map(_half_width, nodes))
        # Where no weight is written, less room will do.
        named = any(edge.name for edge in graph.edges if edge.target in {node.name for node in nodes})
        x = right + (gap if named or not column else 0.6 * gap) + half
        right = x + half
        for node in nodes:
            y = HEIGHT / 2 + 2 * SIZE + row_height * (middle - last_rows[column] / 2 + node.row)
            places[node.name] = (right - BIAS if _is_bias(node) else x, y)
    return places


def _edges(
    name: str, graph: Graph, direction: Direction, places: dict[str, tuple[float, float]], cost: str
) -> tuple[list[str], list[str]]:
    nodes = {node.name: node for node in graph.nodes}
    sizes = {id(edge): abs(_amount(edge, direction)) for edge in graph.edges}
    largest = max(sizes.values()) or 1.0
    lines, labels = [], []
    for edge in graph.edges:
        arrivals = sorted((e.source for e in graph.edges if e.target == edge.target), key=lambda s: places[s][1])
        departures = [e for e in graph.edges if e.source == edge.source]
        fan = FAN * (arrivals.index(edge.source) - (len(arrivals) - 1) / 2)
        (x1, y1), (x2, y2) = places[edge.source], places[edge.target]
        x1, x2, y2 = x1 + _half_width(nodes[edge.source]) + 2, x2 - _half_width(nodes[edge.target]) - 2, y2 + fan
        reached = direction == "forward" or edge.gradient is not None or nodes[edge.source].gradient is not None
        end = "marker-end" if direction == "forward" else "marker-start"
        arrow, ink = (f'{end}="url(#{name}-arrow)"', COLORS[direction]) if reached else ("", "rule")
        lines.append(
            f'<path d="M{x1:.1f} {y1:.1f} {x2:.1f} {y2:.1f}" {arrow} style="stroke: var(--{ink}); stroke-opacity: 0.75;'
            f' stroke-width: {1.2 + 3.3 * sizes[id(edge)] / largest:.2f}"/>'
        )
        # Labels of all edges between two columns stand one under the other at equal distances, whatever crosses.
        share = 1 / (len(departures) + 1)
        x, y = x1 + max(share * (x2 - x1), LABEL), y1 + share * (y2 - y1)
        labels.append(_edge_label(edge, x, y, direction, cost))
    return lines, labels


def _amount(edge: Edge, direction: Direction) -> float:
    amount = edge.value if direction == "forward" else edge.gradient
    return 0.0 if amount is None or not edge.name else amount


def _edge_label(edge: Edge, x: float, y: float, direction: Direction, cost: str) -> str:
    if not edge.name or edge.value is None:
        return ""
    if direction == "forward" or edge.gradient is None:
        ink = "net-1" if direction == "forward" else "muted"
        return _equation(x, y + 5, edge.name, number(edge.value, given=True), ink)
    slope = f"∂{cost}/∂{edge.name}"
    if edge.updated is None:
        return _equation(x, y + 5, slope, number(edge.gradient), "baseline-1")
    update = f"{number(edge.value, given=True)} → {number(edge.updated)}"
    return (
        _equation(x, y - 3, slope, number(edge.gradient), "baseline-1")
        + _ground(x, y + 14, len(update) * 6.5)
        + _text(x, y + 14, update, size=12.5, ink="muted")
    )


def _node(node: Node, x: float, y: float, direction: Direction, cost: str, title: str) -> str:
    if _is_bias(node):
        return (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{BIAS:g}" style="fill: var(--raised); stroke: var(--muted);'
            f' stroke-dasharray: 3 3"/>{_text(x, y + 5, "1", ink="muted")}'
        )
    half = _half_width(node)
    drawn = (
        f'<rect x="{x - half:.1f}" y="{y - HEIGHT / 2:.1f}" width="{2 * half:.1f}" height="{HEIGHT:g}"'
        f' rx="{HEIGHT / 2:g}" style="fill: var(--raised); stroke: var(--muted); stroke-width: 1.2"/>'
    )
    cell = 2 * half / len(node.values)
    given = len(node.values) == 1 and node.column == 0
    for i, (symbol, value) in enumerate(node.values):
        center = x - half + cell * (i + 0.5)
        if i:
            drawn += f'<path d="M{center - cell / 2:.1f} {y - HEIGHT / 2:.1f}v{HEIGHT:g}" style="stroke: var(--rule)"/>'
        ink = "net-1" if direction == "forward" else "muted"
        drawn += _text(center, y - 6, to_svg(symbol, 14), size=14, ink="muted")
        drawn += _text(center, y + 14, _strong(number(value, given=given), ink))
    if title:
        drawn += _text(x - half + 8, y - HEIGHT / 2 - 9, to_svg(title, SIZE), anchor="start")
    if direction == "backward" and node.gradient is not None and node.name != cost:
        slope = f"∂{cost}/∂{node.values[-1][0]}"
        drawn += _equation(x, y + HEIGHT / 2 + 19, slope, number(node.gradient), "baseline-1")
    return drawn


def _equation(x: float, y: float, symbol: str, text: str, ink: str) -> str:
    written = f'{to_svg(symbol, SIZE)}<tspan dx="4">=</tspan><tspan dx="4">{_strong(text, ink)}</tspan>'
    return _ground(x, y, 7.2 * (len(symbol) + len(text)) + 30) + _text(x, y, written)


def _ground(x: float, y: float, width: float) -> str:
    """Hides edges that would pass behind a text and look like a minus sign."""
    return (
        f'<path d="M{x - width / 2:.1f} {y - SIZE + 2:.1f}h{width:.1f}v{SIZE + 2:g}h{-width:.1f}z"'
        ' style="fill: var(--paper)"/>'
    )


def _text(x: float, y: float, content: str, *, size: float = SIZE, ink: str = "ink", anchor: str = "middle") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
        f' style="font-size: {size:g}px; fill: var(--{ink})">{content}</text>'
    )


def _strong(text: str, ink: str) -> str:
    return f'<tspan style="font-weight: 600; fill: var(--{ink})">{text}</tspan>'
