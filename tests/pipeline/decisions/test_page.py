import re
from dataclasses import replace
from types import SimpleNamespace
from xml.etree import ElementTree

import pandas as pd
import pytest
from markupsafe import Markup

from pipeline.decisions.page import HELD, decisions_section
from pipeline.decisions.sentences import answers
from pipeline.decisions.tables import decision_tables, decisions_record


@pytest.fixture(scope="module")
def section(tumor_result, decided):
    return decisions_section(tumor_result, decided)


@pytest.fixture(scope="module")
def shown(section):
    """What the section tells."""
    return SimpleNamespace(**section.values)


@pytest.fixture(scope="module")
def html(section):
    return section.html


def drawings(shown):
    return [
        shown.cost_plot,
        shown.benefit_plot,
        shown.gains_plot,
        *(svg for _, svg in shown.reliability),
    ]


def ids(text):
    return re.findall(r'\bid="([^"]+)"', text)


def test_every_rule_of_every_candidate_has_a_row(shown):
    assert [(group.title, group.role) for group in shown.costs] == [
        ("sigmoid 3", "net"),
        ("logistic regression", "baseline"),
        ("all alike", "reference"),
    ]
    assert [len(group.rows) for group in shown.costs] == [6, 6, 2]


def test_the_lowest_cost_is_best(shown):
    rows = [row for group in shown.costs for row in group.rows]
    lowest = min(float(row.cells[1].mean) for row in rows)
    assert {float(row.cells[1].mean) for row in rows if row.best} == {lowest}
    assert {row.best for row in rows if float(row.cells[1].mean) > lowest} == {False}


def test_cells_are_the_estimates(shown, decided):
    found = {(one.case, one.quantity): one for one in decided.outcomes if one.candidate == "sigmoid_3"}
    (row,) = [row for row in shown.costs[0].rows if row.title == "cheapest on training rows"]
    cost = found["cheapest", "cost"]
    assert row.cells[1].mean == f"{100 * cost.mean:.1f}"
    assert row.cells[1].interval == f"{100 * cost.low:.1f} to {100 * cost.high:.1f}"
    (half,) = [row for row in shown.costs[0].rows if row.title == "above 0.5"]
    assert (half.cells[0].mean, half.cells[0].interval) == ("0.5000", "")
    parts = [float(cell.mean.replace("−", "-")) for cell in shown.calibration[0].rows[1].cells[5:]]
    assert parts[0] == pytest.approx(parts[1] - parts[2] + parts[3], abs=3e-5)


def test_intervals_say_how_often_such_held_the_truth_where_that_was_counted(html, tumor_result, decided):
    assert f"what the first tenth holds held the truth in {HELD} of runs (docs/decisions.md)" in html
    assert "is corrected in no interval" in html
    together = decisions_section(
        tumor_result, replace(decided, hang_together="rows of one 'clinic' hang together")
    ).html
    assert "held the truth in" not in together
    assert "How often such intervals hold the truth where rows hang together was not simulated." in together
    unknown = [replace(one, low=float("nan"), high=float("nan")) for one in decided.outcomes]
    alone = decisions_section(tumor_result, replace(decided, outcomes=tuple(unknown))).html
    assert "Intervals of shares" not in alone


def test_a_share_that_some_folds_do_not_tell_says_of_how_many_it_is(tumor_result, decided):
    some = tuple(
        replace(one, n=2) if (one.candidate, one.case, one.quantity) == ("sigmoid_3", "half", "precision") else one
        for one in decided.outcomes
    )
    section = decisions_section(tumor_result, replace(decided, outcomes=some))
    (row,) = [row for row in section.values["costs"][0].rows if row.title == "above 0.5"]
    assert row.cells[5].interval.endswith(", 2 of 3 folds")
    assert not any("folds" in cell.interval for cell in row.cells[:5])
    assert "A share is of those folds that have such rows." in section.html
    assert "A share is of those folds" not in decisions_section(tumor_result, decided).html


def test_figures_are_well_formed_named_and_unique(shown):
    for svg in drawings(shown):
        root = ElementTree.fromstring(svg)
        assert root.get("role") == "img"
        assert root.get("aria-label")
    page = "".join(drawings(shown))
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


def test_the_contents_lead_to_its_headings(section, html):
    assert list(section.anchors) == re.findall(r'<h2 id="([^"]+)"', html)


def test_candidates_have_lines_of_their_own(shown):
    assert len({(line.color, line.dashes) for _, line in shown.lines}) == 2


def test_a_comparison_without_a_decision_is_refused(tumor_result, decided):
    undecided = replace(tumor_result, comparison=replace(tumor_result.comparison, decision=None))
    with pytest.raises(ValueError, match="a comparison with a decision"):
        decisions_section(undecided, decided)


def test_the_section_leaves_every_table_and_says_the_answers_first(section, tumor_result, decided):
    assert list(section.answers) == answers(tumor_result, decided)
    assert set(section.tables) == set(decision_tables(decided))


def test_tables_hold_every_estimate_and_the_json_the_same(decided):
    tables = decision_tables(decided)
    assert list(tables["decisions.csv"]) == ["candidate", "case", "quantity", "mean", "low", "high", "n"]
    assert len(tables["decisions.csv"]) == len(decided.outcomes)
    assert len(tables["cost_curves.csv"]) == len(decided.cost_ratios)
    assert list(tables["cost_curves.csv"]) == ["cost_ratio", "sigmoid_3", "logistic_regression"]
    record = decisions_record(decided)
    assert {f"{name}.csv" for name in record} == set(tables)
    assert pd.DataFrame(record["gains"]).equals(tables["gains.csv"])
