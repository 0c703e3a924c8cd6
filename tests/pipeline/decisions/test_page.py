import re
from dataclasses import replace
from xml.etree import ElementTree

import pandas as pd
import pytest
from markupsafe import Markup

from pipeline.decisions.page import decisions_section
from pipeline.decisions.tables import decision_tables, decisions_record
from pipeline.telling.page import render


@pytest.fixture(scope="module")
def section(tumor_parts, decided):
    return decisions_section(tumor_parts[0], tumor_parts[1], decided)


@pytest.fixture(scope="module")
def html(section):
    return render("decisions.html", decisions=section)


def drawings(section):
    return [section.cost_plot, section.gains_plot, section.importance_plot, *(svg for _, svg in section.reliability)]


def ids(text):
    return re.findall(r'\bid="([^"]+)"', text)


def test_every_rule_of_every_candidate_has_a_row(section):
    assert [(group.title, group.role) for group in section.costs] == [
        ("sigmoid 3", "net"),
        ("logistic regression", "baseline"),
        ("all alike", "reference"),
    ]
    assert [len(group.rows) for group in section.costs] == [6, 6, 2]


def test_the_lowest_cost_is_best(section):
    rows = [row for group in section.costs for row in group.rows]
    lowest = min(float(row.cells[1].mean) for row in rows)
    assert {float(row.cells[1].mean) for row in rows if row.best} == {lowest}
    assert {row.best for row in rows if float(row.cells[1].mean) > lowest} == {False}


def test_cells_are_the_estimates(section, decided):
    found = {(one.case, one.quantity): one for one in decided.outcomes if one.candidate == "sigmoid_3"}
    (row,) = [row for row in section.costs[0].rows if row.title == "cheapest on training rows"]
    cost = found["cheapest", "cost"]
    assert row.cells[1].mean == f"{100 * cost.mean:.1f}"
    assert row.cells[1].interval == f"{100 * cost.low:.1f} to {100 * cost.high:.1f}"
    (half,) = [row for row in section.costs[0].rows if row.title == "above 0.5"]
    assert (half.cells[0].mean, half.cells[0].interval) == ("0.5000", "")
    parts = [float(cell.mean.replace("−", "-")) for cell in section.calibration[0].rows[1].cells[:5]]
    assert parts[0] == pytest.approx(parts[1] - parts[2] + parts[3] + parts[4], abs=3e-5)


def test_figures_are_well_formed_named_and_unique(section):
    for svg in drawings(section):
        root = ElementTree.fromstring(svg)
        assert root.get("role") == "img"
        assert root.get("aria-label")
    page = "".join(drawings(section))
    assert len(ids(page)) == len(set(ids(page))) > 0
    assert not re.search(r"#[0-9a-fA-F]{3,6}\b(?!-)", re.sub(r'(href="|url\()#[^")]*', "", page))


def test_the_page_is_whole_and_escapes_what_is_declared(html, section):
    ElementTree.fromstring(f"<main>{html.replace('&nbsp;', ' ')}</main>")
    assert "A tumor that is missed &lt;kills&gt;." in html
    assert not re.search(r"\bnan\b", html)
    assert len(ids(html)) == len(set(ids(html)))
    labelled = set(re.findall(r'aria-labelledby="([^"]+)"', html))
    assert labelled <= set(ids(html))
    for answer in section.answers:
        assert str(Markup.escape(answer)) in html


def test_close_columns_are_warned_of(section):
    warning = "pairs of columns have a rank correlation beyond 0.9"
    assert warning not in render("decisions.html", decisions=replace(section, n_close_pairs=0))
    assert f"86 {warning}" in render("decisions.html", decisions=replace(section, n_close_pairs=86))


def test_images_have_no_columns_to_shuffle(tumor_parts, decided):
    section = decisions_section(*tumor_parts[:2], replace(decided, importances=(), n_close_pairs=None))
    assert section.importance_plot is None
    assert 'id="importance"' not in render("decisions.html", decisions=section)


def test_candidates_have_lines_of_their_own(section):
    assert len({(line.color, line.dashes) for _, line in section.legend}) == 2


def test_a_comparison_without_a_decision_is_refused(tumor_parts, decided):
    with pytest.raises(ValueError, match="a comparison with a decision"):
        decisions_section(replace(tumor_parts[0], decision=None), tumor_parts[1], decided)


def test_tables_hold_every_estimate_and_the_json_the_same(decided):
    tables = decision_tables(decided)
    assert list(tables["decisions.csv"]) == ["candidate", "case", "quantity", "mean", "low", "high", "n"]
    assert len(tables["decisions.csv"]) == len(decided.outcomes)
    assert len(tables["cost_curves.csv"]) == len(decided.cost_ratios)
    assert list(tables["cost_curves.csv"]) == ["cost_ratio", "sigmoid_3", "logistic_regression"]
    record = decisions_record(decided)
    assert {f"{name}.csv" for name in record} == set(tables)
    assert pd.DataFrame(record["gains"]).equals(tables["gains.csv"])
