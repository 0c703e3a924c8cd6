import csv
from pathlib import Path

import pytest
from latex2mathml.converter import convert

from experiments.bankruptcy import BANKRUPTCY
from experiments.catalogue import COMPARISONS
from experiments.iris import IRIS
from experiments.language import Baseline, DenseNet
from experiments.language.printed import Formula
from experiments.lecture import EXAMPLES, ON_REQUEST

PRINTED = Path(__file__).parents[1] / "data" / "printed.csv"
KINDS = {"rounded": "rounded", "exact": "exact", "given": "given", "figure only": "figure"}


@pytest.fixture(scope="module")
def published():
    with PRINTED.open(encoding="utf-8") as file:
        return {(row["item"], row["symbol"]): row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def declared():
    return {(row.item, row.symbol): row for example in EXAMPLES for row in example.printed}


def test_every_row_that_the_lecture_prints_is_declared_as_printed(published, declared):
    assert {key: (row.text, row.where) for key, row in declared.items()} == {
        key: (row["printed"], row["where"]) for key, row in published.items()
    }


def test_every_row_is_of_its_published_kind(published, declared):
    for key, row in declared.items():
        status = published[key]["status"]
        if isinstance(row, Formula):
            assert status in ("formula", "misprint")
        elif status == "misprint":
            assert row.kind == "rounded"
        else:
            assert row.kind == KINDS.get(status, "not_recomputable")


def test_errata_stand_exactly_where_the_published_list_has_misprints(published):
    errata = {(erratum.item, erratum.symbol) for example in EXAMPLES for erratum in example.errata}

    assert errata == {key for key, row in published.items() if row["status"] == "misprint"}


def test_names_are_unique():
    names = [example.name for example in EXAMPLES]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_every_formula_can_be_set(example):
    for definition in example.definitions:
        if definition.latex:
            assert convert(definition.latex).startswith("<math")


def test_the_assignments_are_what_the_comparisons_declare():
    left = [example.givens for example in EXAMPLES if example.name in ("example_9", "homework")]
    givens = {**left[0], **left[1]}
    iris, bankruptcy = (
        [net.hidden_units for net in comparison.nets if isinstance(net, DenseNet)] for comparison in (IRIS, BANKRUPTCY)
    )
    others = [c for c in BANKRUPTCY.candidates if isinstance(c, Baseline) and c.algorithm != "majority_class"]

    assert {givens["q1_hidden_units"], givens["q2_hidden_units"]} <= set(iris)
    assert givens["homework_q2_hidden_units"] in bankruptcy
    assert any(len(units) > 1 for units in bankruptcy)
    assert givens["split"][1] == 100 * BANKRUPTCY.splitting.test_share
    assert len(others) >= givens["q4_n_other_models"]


def test_what_an_example_refers_to_is_there():
    examples = [*EXAMPLES, *ON_REQUEST]
    asked = {question.experiment for example in examples for question in example.questions} - {""}
    assert asked
    assert asked <= {*COMPARISONS}
    assert {example.beside for example in ON_REQUEST if example.beside} <= {example.name for example in EXAMPLES}
