import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments.lecture import EXAMPLES
from experiments.worked.backpropagation import BACKPROPAGATION
from experiments.worked.gradient_descent import GRADIENT_DESCENT
from experiments.worked.logistic_regression import LOGISTIC_REGRESSION
from pipeline.lecture.check import check
from pipeline.lecture.work import work
from pipeline.lecture.working import backpropagation_by_hand
from pipeline.lecture.working.backpropagation_by_hand import FACTORS

PRINTED = Path(__file__).parents[2] / "data" / "printed.csv"
VERDICTS = {
    "rounded": "agrees",
    "exact": "agrees",
    "formula": "agrees",
    "misprint": "misprint",
    "given": "given",
    "figure only": "agrees_with_r",
}
"""By the published status; every other status cannot be recomputed."""


@pytest.fixture(scope="module")
def checks(lecture_checks):
    """Every row of the ledger by its place."""
    return {(row.item, row.symbol): row for row in lecture_checks}


def test_every_published_row_gets_the_verdict_of_its_status(checks):
    with PRINTED.open(encoding="utf-8") as file:
        published = {(row["item"], row["symbol"]): row["status"] for row in csv.DictReader(file)}

    verdicts = {key: row.verdict for key, row in checks.items()}

    assert verdicts == {key: VERDICTS.get(status, "not_recomputable") for key, status in published.items()}


def test_every_number_that_agrees_does_so_in_two_separate_ways(checks):
    for row in checks.values():
        if row.verdict in ("agrees", "misprint"):
            assert row.by_hand
            assert row.by_tape or row.by_library, row
            if row.by_tape:
                np.testing.assert_allclose(row.by_hand, row.by_tape, rtol=1e-9)
            if row.by_library:
                np.testing.assert_allclose(row.by_hand, row.by_library, rtol=5e-6)


def test_what_is_given_or_cannot_be_recomputed_shows_no_value(checks):
    for row in checks.values():
        if row.verdict in ("given", "not_recomputable"):
            assert row.by_hand == row.by_tape == row.by_library == ()


def test_whatever_cannot_be_compared_says_why(checks):
    assert all(row.why for row in checks.values() if row.verdict in ("misprint", "not_recomputable"))


def test_every_other_way_to_a_result_agrees(lecture):
    broken = [each for worked in lecture.values() for each in worked.agreements if not each.holds]

    assert broken == []


def test_what_is_drawn_cannot_be_changed(lecture):
    with pytest.raises(ValueError, match="read-only"):
        lecture["logistic_regression"].curves["cost"][0] = 0


def test_the_drawn_net_carries_the_slides_numbers(lecture):
    worked = lecture["backpropagation"]
    values = worked.by_tape["example8"]
    edges = {edge.name: edge for edge in worked.graphs["example8"].edges if edge.name}
    nodes = {node.name: node for node in worked.graphs["example8"].nodes}

    for name, edge in edges.items():
        assert edge.gradient == pytest.approx(values[f"dE_d{name}"], abs=1e-12)
        assert edge.updated == pytest.approx(values[f"{name}_new"], abs=1e-12)
    assert dict(nodes["h1"].values) == pytest.approx({name: values[name] for name in ("z_h1", "a_h1")}, abs=1e-12)
    assert nodes["h1"].gradient == pytest.approx(values["dE_total_da_h1"], abs=1e-12)
    assert len(edges) == 10


@pytest.mark.parametrize("item", ["example6", "example7"])
def test_the_nets_of_one_path_carry_the_slides_slopes_and_updates(lecture, item):
    worked = lecture["backpropagation"]
    edges = [edge for edge in worked.graphs[item].edges if edge.name]

    for edge in edges:
        symbol = edge.name.replace("(", "_").rstrip(")")
        assert edge.gradient == pytest.approx(worked.by_tape[item][f"d{symbol}"], abs=1e-12)
        assert edge.updated == pytest.approx(worked.by_tape[item][f"{symbol}_new"], abs=1e-12)
    assert len(edges) == (3 if item == "example6" else 5)
    (loss,) = (node for node in worked.graphs[item].nodes if node.name == "L")
    assert loss.values == (("L", pytest.approx(worked.by_tape[item]["L"], abs=1e-12)),)


def test_example_8_repeated_loses_its_error(lecture):
    errors = lecture["backpropagation"].curves["E_total"]

    assert errors[0] == lecture["backpropagation"].by_hand["example8"]["E_total"]
    assert (np.diff(errors) < 0).all()
    assert errors[-1] < 1e-5


def test_each_flavor_makes_its_own_number_of_updates_in_an_epoch(lecture):
    table = lecture["descent_flavours"].tables["flavours"].set_index("flavour")

    assert table["updates_per_epoch"].to_dict() == {"batch": 1, "mini_batch": 5, "stochastic": 50}
    assert (table["last_cost"] < table["first_cost"]).all()


def test_runs_of_example_3_are_named_by_their_learning_rate(lecture):
    table = lecture["gradient_descent"].tables["example3"]

    named = dict(zip(table["learning_rate"], table["behavior"], strict=True))
    assert named == {0.01: "crawling", 0.1: "converging", 0.9: "oscillating", 1.05: "diverging"}


def test_a_changed_weight_changes_the_verdicts(checks):
    changed = {
        row.symbol: row.verdict for row in check(work(BACKPROPAGATION.with_givens(w5=0.41))) if row.item == "example8"
    }
    unchanged = {symbol: row.verdict for (item, symbol), row in checks.items() if item == "example8"}

    different = {symbol for symbol in changed if changed[symbol] != unchanged[symbol]}

    assert {"w5..w8", "z_o1", "a_o1", "E_total", "dE_dw5", "w5_new", "dz_o1_da_h1"} <= different
    assert not different & {"z_h1", "a_h1", "z_o2", "a_o2", "dE_o2_da_h1", "w7_new", "w8_new"}
    assert all(changed[symbol] == "disagrees" for symbol in different)


@pytest.mark.parametrize("name", BACKPROPAGATION.givens)
def test_any_changed_given_turns_its_own_row_and_those_that_come_out_otherwise(lecture, checks, name):
    before = BACKPROPAGATION.givens[name]
    after = tuple(value + 0.5 for value in before) if isinstance(before, tuple) else before + 0.5
    changed = work(BACKPROPAGATION.with_givens(**{name: after}))
    taped, unchanged = changed.by_tape["example8"], lecture["backpropagation"].by_tape["example8"]

    turned = {
        row.symbol
        for row in check(changed)
        if row.item == "example8" and row.verdict != checks["example8", row.symbol].verdict
    }

    own = {row.symbol for row in BACKPROPAGATION.printed if name in getattr(row, "given_names", ())}
    moved = {
        row.symbol
        for row in BACKPROPAGATION.printed
        if row.item == "example8" and row.symbol in taped and abs(taped[row.symbol] - unchanged[row.symbol]) > 2e-4
    }
    still = {symbol for symbol in taped if taped[symbol] == unchanged[symbol]}
    assert own
    assert own | moved <= turned
    assert not turned & still


def test_chains_of_example_7_are_evaluated_as_they_stand(lecture, checks):
    # As it stands the chain of w11(1) has x1 twice and no w11(2); that of w12(1) has the output's slope twice.
    v = lecture["backpropagation"].by_hand["example7"]
    error, slope = v["a2"] - v["y"], v["a2"] * (1 - v["a2"])
    stands = {
        "dw11_1": error * slope * v["x1"] ** 2,
        "dw12_1": error * slope**2 * v["w11_2"] * v["a1"] * (1 - v["a1"]) * v["x2"],
    }

    for symbol, value in stands.items():
        row = checks["example7", symbol]
        assert row.verdict == "misprint"
        assert f"As printed it gives {value:.3g}, right is {row.by_tape[0]:.3g}." in row.why
        assert "which may have slipped itself" in row.why


@pytest.mark.parametrize("factor", FACTORS)
def test_every_slip_of_a_hand_coded_factor_of_example_7_is_seen(factor, monkeypatch):
    right = backpropagation_by_hand.example_7

    monkeypatch.setattr(backpropagation_by_hand, "example_7", lambda g: right(g) | {factor: 0.9 * right(g)[factor]})
    worked = work(BACKPROPAGATION)

    assert any(not agreement.holds for agreement in worked.agreements)


@pytest.mark.parametrize("symbol", ["dw11_2", "db1_2", "dw11_1", "dw12_1", "db1_1"])
def test_every_slip_of_a_hand_coded_slope_of_example_7_is_seen(symbol, monkeypatch):
    right = backpropagation_by_hand.example_7

    monkeypatch.setattr(backpropagation_by_hand, "example_7", lambda g: right(g) | {symbol: 1.1 * right(g)[symbol]})
    rows = {row.symbol: row.verdict for row in check(work(BACKPROPAGATION)) if row.item == "example7"}

    assert rows[symbol] == "disagrees"


def test_the_rows_of_example_5_follow_the_seed():
    worked = work(LOGISTIC_REGRESSION.with_givens(r_seed=3, iterations=50, compared_rates=()))

    turned = {row.symbol for row in check(worked) if row.verdict == "disagrees"}
    assert {"x1[0]", "x2[0]", "x1[5]", "x2[5]", "glm_intercept"} <= turned
    assert not worked.agreements[0].holds


def test_the_misprinted_bias_update_is_found_by_its_numbers(checks):
    # Where w11(2) and b1(2) happen to be equal, the slip cannot be seen, and the erratum is reported as unneeded.
    equal = {row.symbol: row for row in check(work(BACKPROPAGATION.with_givens(b2=0.40))) if row.item == "example7"}

    assert checks["example7", "db1_2"].verdict == "misprint"
    assert equal["db1_2"].verdict == "disagrees"
    assert "take it out" in equal["db1_2"].why


def test_a_learning_rate_of_1_does_not_reach_the_printed_coefficients():
    slow = check(work(LOGISTIC_REGRESSION.with_givens(learning_rate=1.0, compared_rates=())))

    assert {row.symbol for row in slow if row.verdict == "disagrees"} == {"gd_intercept", "gd_x1", "gd_x2", "gd_cost"}


def test_another_function_is_descended_by_its_text():
    worked = work(GRADIENT_DESCENT.with_givens(f3="x^4", df3_dx="4*x^3", learning_rates=(0.01,), starts3=(1.0,)))

    assert worked.arrays["example3.run0"][1, 0] == pytest.approx(1 - 0.04)
    assert all(agreement.holds for agreement in worked.agreements)


def test_a_wrong_derivative_is_noticed_by_the_tape():
    worked = work(GRADIENT_DESCENT.with_givens(df3_dx="3*x"))

    broken = {agreement.what for agreement in worked.agreements if not agreement.holds}
    assert broken == {"every path of example3, relative to its size"}


def test_an_unknown_example_is_answered_with_the_closest():
    with pytest.raises(ValueError, match=r"work: expected the name of a worked example.*Did you mean 'review'"):
        work(replace(EXAMPLES[0], name="reviews"))
