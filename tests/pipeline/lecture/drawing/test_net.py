"""The net as a graph: everything it knows is written on it, and nothing covers anything else."""

import re
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest

from models.blackboard import by_hand
from models.blackboard.trace import graph, initialize
from pipeline.lecture.drawing.net import BIAS, SIZE, draw_graph, number


def drawn_net(sizes, direction, **room):
    step = by_hand.step(
        initialize(sizes, seed=3),
        np.linspace(-1, 1, sizes[0])[None],
        np.linspace(0.1, 0.9, sizes[-1])[None],
        cost="quadratic",
        learning_rate=0.5,
    )
    return graph(step), ElementTree.fromstring(draw_graph("net", graph(step), direction, label="A net", **room))


def texts(svg):
    return ["".join(text.itertext()).replace("\u200b", "") for text in svg.iter("text")]


@pytest.mark.parametrize("sizes", [(2, 2, 2), (2, 3, 2), (3, 2, 1)])
def test_forward_says_every_value_and_every_weight(sizes):
    net, svg = drawn_net(sizes, "forward")
    written = "|".join(texts(svg))
    for node in net.nodes:
        for _, value in node.values:
            assert number(value, given=True) in written or number(value) in written
    for edge in net.edges:
        assert not edge.name or f"={number(edge.value, given=True)}" in written


def test_backward_says_every_slope_and_every_update():
    net, svg = drawn_net((2, 3, 2), "backward")
    written = texts(svg)
    for edge in (edge for edge in net.edges if edge.name):
        assert f"∂C/∂{edge.name}={number(edge.gradient)}" in written
        assert f"{number(edge.value, given=True)} → {number(edge.updated)}" in written
    for node in (node for node in net.nodes if node.gradient is not None and node.name != "C"):
        assert f"∂C/∂{node.name}={number(node.gradient)}" in written


@pytest.mark.parametrize("direction", ["forward", "backward"])
@pytest.mark.parametrize(("sizes", "room"), [((2, 2, 2), {}), ((2, 3, 2), {"gap": 290.0, "row_height": 165.0})])
def test_no_text_covers_another(sizes, room, direction):
    _, svg = drawn_net(sizes, direction, **room)
    boxes = []
    for text in svg.iter("text"):
        size = float(re.search(r"font-size: ([\d.]+)", text.get("style"))[1])
        width = 0.55 * size * len("".join(text.itertext()))
        x, y = float(text.get("x")), float(text.get("y"))
        boxes.append((x - width / 2, x + width / 2, y - 0.75 * size, y))
    for (left, right, top, bottom), (left2, right2, top2, bottom2) in combinations(boxes, 2):
        assert right <= left2 or right2 <= left or bottom <= top2 or bottom2 <= top


def test_everything_lies_inside_the_picture():
    _, svg = drawn_net((4, 3, 2, 1), "forward")
    _, _, width, height = map(float, svg.get("viewBox").split())
    for box in svg.iter("rect"):
        x, y = float(box.get("x")), float(box.get("y"))
        assert x >= 0
        assert y >= 2 * SIZE  # room for a title above
        assert x + float(box.get("width")) <= width
        assert y + float(box.get("height")) <= height
    assert all(float(dot.get("cy")) + BIAS <= height for dot in svg.iter("circle"))


def test_the_largest_weight_has_the_thickest_edge():
    net, svg = drawn_net((3, 2, 1), "forward")
    widths = [float(re.search(r"stroke-width: ([\d.]+)", path.get("style"))[1]) for path in lines(svg)]
    weights = [abs(edge.value) if edge.name else 0.0 for edge in net.edges]
    assert np.argmax(widths) == np.argmax(weights)
    assert min(widths) < max(widths)


def test_arrows_point_forward_and_backward():
    assert all(
        path.get("marker-end") and not path.get("marker-start") for path in lines(drawn_net((2, 1), "forward")[1])
    )
    assert all(
        path.get("marker-start") and not path.get("marker-end") for path in lines(drawn_net((2, 1), "backward")[1])
    )


def lines(svg):
    """The edges, in the graph's order."""
    return [path for path in svg.findall("path") if "stroke-opacity" in path.get("style")]


def test_words_are_escaped():
    step = by_hand.step(
        initialize((1, 1), seed=0), np.ones((1, 1)), np.ones((1, 1)), cost="quadratic", learning_rate=1.0
    )
    svg = ElementTree.fromstring(draw_graph("net", graph(step), "forward", label='a < b & "c"'))
    assert svg.get("aria-label") == 'a < b & "c"'
