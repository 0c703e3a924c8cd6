"""The walk: its equations and its page's arithmetic are the examples by hand; the page stands alone."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from experiments.language.expression import evaluate
from pipeline.lecture.walk_page import walk_page
from pipeline.lecture.walks import EXAMPLE_8, WALKS
from pipeline.lecture.working import backpropagation_by_hand as by_hand
from pipeline.lecture.working.computation_graph import one_row

ARITHMETIC = Path(__file__).parents[3] / "pipeline" / "templates" / "walk_arithmetic.js"
FUNCTIONS = {"exp": np.exp, "log": np.log}
N_NETS = 200
DEMAND = """
const { compile, evaluate, updated, differenceQuotient } = require(process.argv[1]);
const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(asked.map(({ equations, givens }) => {
  const program = compile(equations);
  const slopes = {};
  for (const name of Object.keys(givens)) if (`${name}_new` in evaluate(program, givens))
    slopes[name] = differenceQuotient(program, givens, givens.y2 === undefined ? "L" : "E_total", name);
  return { values: evaluate(program, givens), after: updated(program, givens), slopes };
})));
"""


def random_givens(walk, seed):
    generator = np.random.default_rng(seed)
    givens = {name: float(generator.normal(scale=1.5)) for name in walk.givens}
    targets = {name: float(generator.uniform(0.01, 0.99)) for name in givens if name.startswith("y")}
    return givens | targets | {"alpha": float(generator.uniform(0.01, 3))}


def worked_by_hand(walk, g):
    """Every value that the lecture's own module has for these givens."""
    if walk.name == "example8":
        return by_hand.example_8(g)
    if walk.name == "graph":
        return one_row(g)
    weights = {"w11_1": "w1", "w12_1": "w2", "b1_1": "b1", "w11_2": "w5", "b1_2": "b2", "y": "y1"}
    givens = {weights.get(name, name): value for name, value in g.items()}
    return (by_hand.example_6 if walk.name == "example6" else by_hand.example_7)(givens)


def in_python(walk, givens):
    values = dict(givens)
    for line in walk.equations:
        name, expression = line.split(" = ")
        values[name] = evaluate(expression, values | FUNCTIONS)
    return values


NETS = [walk for walk in WALKS if walk.nodes]


@pytest.mark.parametrize("walk", NETS, ids=lambda walk: walk.name)
def test_the_equations_are_the_examples_worked_by_hand(walk):
    for seed in range(20):
        givens = random_givens(walk, seed)
        ours, theirs = in_python(walk, givens), worked_by_hand(walk, givens)
        shared = ours.keys() & theirs.keys() - walk.givens.keys()
        assert len(shared) >= 6
        for name in shared:
            assert ours[name] == pytest.approx(theirs[name], abs=1e-12, rel=1e-12), name


@pytest.fixture(scope="module")
def node():
    found = shutil.which("node")
    if not found:
        pytest.skip("node is not installed: the page's arithmetic was not run")
    return found


@pytest.mark.parametrize("walk", NETS, ids=lambda walk: walk.name)
def test_the_pages_arithmetic_is_that_by_hand_for_random_nets(node, walk):
    asked = [{"equations": walk.equations, "givens": random_givens(walk, seed)} for seed in range(N_NETS)]

    done = subprocess.run(
        [node, "-e", DEMAND, str(ARITHMETIC)], input=json.dumps(asked), capture_output=True, text=True, check=True
    )

    answers = json.loads(done.stdout)
    assert len(answers) == N_NETS
    for question, answer in zip(asked, answers, strict=True):
        theirs = worked_by_hand(walk, question["givens"])
        for name in answer["values"].keys() & theirs.keys():
            assert answer["values"][name] == pytest.approx(theirs[name], abs=1e-12, rel=1e-12), name
        for name, slope in answer["slopes"].items():
            value = question["givens"][name] - question["givens"]["alpha"] * slope
            assert answer["after"][name] == pytest.approx(value, abs=1e-6, rel=1e-6), name
            assert answer["after"][name] == answer["values"][f"{name}_new"]


def test_every_number_of_example_8_that_is_printed_is_a_step(lecture_checks):
    names = {line.split(" = ")[0] for line in EXAMPLE_8.equations}
    printed = {row.symbol for row in lecture_checks if row.item == "example8" and row.verdict != "given"}

    assert printed <= names


def test_every_node_edge_and_value_exists():
    for walk in WALKS:
        names = {line.split(" = ")[0] for line in walk.equations} | walk.givens.keys()
        assert {value for own in walk.shows.values() for value in own} <= names
        assert walk.shows.keys() <= walk.nodes.keys()
        for source, target, parameter in walk.edges:
            assert {source, target} <= walk.nodes.keys()
            assert not parameter or parameter in walk.givens


def test_the_page_stands_alone_and_carries_the_printed_numbers(lecture_checks):
    page = walk_page(lecture_checks)

    assert not re.search(r"""(?:src|href)=["']""", page)
    assert "http" not in page.split("<script", 1)[0]
    assert "@import" not in page
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, flags=re.S)[1])
    assert [walk["name"] for walk in data["walks"]] == [walk.name for walk in WALKS]
    assert data["printed"]["example8"]["w5_new"]["verdict"] == "misprint"
    assert data["printed"]["example8"]["a_o1"]["printed"] == "0.7514"
