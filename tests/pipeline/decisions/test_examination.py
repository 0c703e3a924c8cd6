import numpy as np
import pytest

from experiments.language import Decision
from pipeline.decisions.examination import COST_RATIOS, GAIN_SHARES, Rows, examine, told_thresholds


def drawn(seed, n=3000):
    """Rows whose probabilities can be taken at their word, 8 % positive."""
    random = np.random.default_rng(seed)
    probability = random.beta(0.4, 4.6, n)
    return Rows(positive=random.random(n) < probability, probability=probability)


@pytest.fixture(scope="module")
def examined():
    decision = Decision(candidates=("any",), cost_ratio=float(COST_RATIOS[20]), recall=0.7)
    return examine(decision, drawn(0), drawn(1))


def test_the_cost_curve_passes_through_the_declared_ratio(examined):
    assert COST_RATIOS[20] == pytest.approx(10)
    assert examined.costs[20] == examined.outcomes["cheapest"]["cost"]
    assert examined.costs_of_half[20] == examined.outcomes["half"]["cost"]


def test_net_benefit_is_what_is_found_less_false_alarms_at_what_they_are_worth(examined):
    """At each threshold, from the errors that stand beside it: Vickers & Elkin's formula."""
    share = drawn(0).positive.mean()
    for case, threshold in told_thresholds(float(COST_RATIOS[20])).items():
        own = examined.benefits[case]
        each = threshold / (1 - threshold)
        found, false = share * (1 - own["type_1_error"]), (1 - share) * own["type_2_error"]
        assert own["net_benefit"] == pytest.approx(found - each * false)
        assert own["everybody"] == pytest.approx(share - each * (1 - share))


def test_probabilities_that_can_be_trusted_leave_little_to_choose(examined):
    cost = {rule: outcome["cost"] for rule, outcome in examined.outcomes.items()}
    assert examined.outcomes["cheapest"]["threshold"] == pytest.approx(1 / 11, abs=0.05)
    for rule in ("theory", "theory_platt", "theory_isotonic"):
        assert cost[rule] == pytest.approx(cost["cheapest"], rel=0.1)
    assert cost["cheapest"] < 0.9 * cost["half"]
    assert examined.outcomes["recall"]["recall"] == pytest.approx(0.7, abs=0.05)


def test_gains_are_those_of_the_curve(examined):
    shares = [int(share.rstrip("%")) / 100 for share in examined.gains]
    found = [tenth["found"] for tenth in examined.gains.values()]
    assert found == pytest.approx(np.interp(shares, GAIN_SHARES, examined.gain_curve))
    assert sum(tenth["added"] for tenth in examined.gains.values()) == pytest.approx(1)
    assert examined.gains["50%"]["lift"] == pytest.approx(2 * examined.gains["50%"]["found"])


def test_test_rows_without_a_positive_give_no_shares_of_them_but_a_cost():
    none = Rows(positive=np.zeros(40, bool), probability=drawn(2, 40).probability)
    examined = examine(Decision(candidates=("any",), cost_ratio=10), none, drawn(1))
    assert np.isnan(examined.outcomes["cheapest"]["recall"])
    assert np.isnan(examined.gain_curve).all()
    assert 0 < examined.outcomes["cheapest"]["cost"] < 1
