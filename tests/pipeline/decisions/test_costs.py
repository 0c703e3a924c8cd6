import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import make_scorer, precision_score, recall_score
from sklearn.model_selection import TunedThresholdClassifierCV

from pipeline.decisions.costs import (
    EVERYBODY,
    NOBODY,
    cheapest_thresholds,
    net_benefit,
    outcome,
    recall_threshold,
    theoretical_threshold,
)
from pipeline.scoring.metrics import score


@pytest.fixture(scope="module")
def honest():
    """Rows whose probabilities can be taken at their word, 6 % positive."""
    random = np.random.default_rng(0)
    probability = random.beta(0.3, 4.7, 100_000)
    return random.random(100_000) < probability, probability


def cheapest(positive, probability, ratio):
    return float(cheapest_thresholds(positive, probability, np.array([ratio]))[0])


def test_an_outcome_is_what_scikit_learn_and_the_table_count(honest):
    positive, probability = (part[:2000] for part in honest)
    result = outcome(positive, probability > 0.5, 35)
    assert result.recall == pytest.approx(recall_score(positive, probability > 0.5))
    assert result.precision == pytest.approx(precision_score(positive, probability > 0.5))
    y_true, y_proba = positive.astype(np.int64), np.stack([1 - probability, probability], axis=1)
    assert result.type_1_error == score("type_1_error", y_true, y_proba, 1)
    assert result.type_2_error == score("type_2_error", y_true, y_proba, 1)
    by_rate = 35 * positive.mean() * result.type_1_error + (1 - positive.mean()) * result.type_2_error
    assert result.cost == pytest.approx(by_rate)


def test_raising_nobody_costs_the_misses_and_everybody_the_alarms(honest):
    positive, probability = honest
    assert outcome(positive, probability > NOBODY, 35).cost == pytest.approx(35 * positive.mean())
    assert outcome(positive, probability > EVERYBODY, 35).cost == pytest.approx(1 - positive.mean())
    assert np.isnan(outcome(positive, probability > NOBODY, 35).precision)


def test_shares_of_no_rows_are_not_a_number():
    result = outcome(np.zeros(3, bool), np.ones(3, bool), 5)
    assert np.isnan([result.recall, result.type_1_error]).all()
    assert (result.cost, result.type_2_error, result.precision) == (1, 1, 0)


@pytest.mark.parametrize("ratio", [1.0, 5.0, 35.0])
def test_honest_probabilities_are_cheapest_near_the_theoretical_threshold(ratio, honest):
    positive, probability = honest
    theory, chosen = theoretical_threshold(ratio), cheapest(positive, probability, ratio)
    assert chosen == pytest.approx(theory, rel=0.25)
    costs = [outcome(positive, probability > threshold, ratio).cost for threshold in (chosen, theory)]
    assert costs[0] <= costs[1] == pytest.approx(costs[0], rel=0.01)


def test_net_benefit_is_the_base_rate_less_what_the_threshold_costs(honest):
    positive, probability = (part[:3000] for part in honest)
    ratios = np.array([1.0, 5.0, 35.0])
    found = net_benefit(positive, probability, 1 / (1 + ratios))
    for ratio, benefit in zip(ratios, found, strict=True):
        cost = outcome(positive, probability > theoretical_threshold(ratio), ratio).cost
        assert benefit == pytest.approx(positive.mean() - cost / ratio)


def test_net_benefit_counts_as_the_paper_does():
    positive, probability = np.array([True, True, False, False, False]), np.array([0.9, 0.2, 0.6, 0.5, 0.1])
    assert net_benefit(positive, probability, np.array([0.5])) == pytest.approx([(1 - 1 * 0.5 / 0.5) / 5])
    # A row at the threshold is not raised, here as everywhere.
    at = np.array([0.9, 0.5, 0.5, 0.1, 0.1])
    assert net_benefit(positive, at, np.array([0.5])) == pytest.approx([1 / 5])
    assert net_benefit(positive, np.ones(5), np.array([0.2])) == pytest.approx([0.4 - 0.6 * 0.2 / 0.8])
    assert net_benefit(positive, np.zeros(5), np.array([0.2])) == [0]


rows = st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.5000001, 0.9, 1.0])), min_size=1)


@given(rows, st.sampled_from([0.2, 1.0, 3.0, 50.0]))
def test_no_threshold_is_cheaper(rows, ratio):
    positive, probability = (np.array(part) for part in zip(*rows, strict=True))
    chosen = outcome(positive, probability > cheapest(positive, probability, ratio), ratio).cost
    others = [EVERYBODY, *probability, NOBODY]
    assert chosen == pytest.approx(min(outcome(positive, probability > other, ratio).cost for other in others))


def test_nothing_to_find_raises_nobody_and_only_positives_raise_everybody():
    probability = np.array([0.0, 0.5, 1.0])
    assert cheapest(np.zeros(3, bool), probability, 35.0) == NOBODY
    assert cheapest(np.ones(3, bool), probability, 35.0) == EVERYBODY
    assert cheapest(np.ones(3, bool), np.full(3, 0.4), 35.0) == 0.2


class Told(ClassifierMixin, BaseEstimator):
    """A classifier whose probability is its one input."""

    def fit(self, X, y):
        self.classes_ = np.array([0, 1])
        return self

    def predict_proba(self, X):
        return np.hstack([1 - X, X])


def test_scikit_learn_finds_the_same_cost(honest):
    positive, probability = (part[:3000] for part in honest)
    X, y = probability[:, None], positive.astype(int)
    cost = make_scorer(lambda truth, raised: -outcome(truth == 1, raised == 1, 35).cost)
    levels = np.unique(probability)
    tuned = TunedThresholdClassifierCV(Told().fit(X, y), scoring=cost, thresholds=levels, cv="prefit", refit=False)
    ours = outcome(positive, probability > cheapest(positive, probability, 35.0), 35).cost
    assert ours == pytest.approx(-tuned.fit(X, y).best_score_)
    below = levels[levels < tuned.best_threshold_].max()
    assert cheapest(positive, probability, 35.0) == pytest.approx((below + tuned.best_threshold_) / 2)


def test_all_ratios_at_once_are_each_alone_and_fall(honest):
    positive, probability = (part[:5000] for part in honest)
    ratios = np.geomspace(1, 1000, 7)
    thresholds = cheapest_thresholds(positive, probability, ratios)
    assert thresholds.tolist() == [cheapest(positive, probability, ratio) for ratio in ratios]
    assert (np.diff(thresholds) <= 0).all()


@given(rows, st.sampled_from([0.01, 0.5, 0.8, 1.0]))
def test_the_wanted_recall_is_reached_and_no_higher_threshold_reaches_it(rows, recall):
    positive, probability = (np.array(part) for part in zip(*[*rows, (True, 0.3)], strict=True))
    threshold = recall_threshold(positive, probability, recall)
    assert outcome(positive, probability > threshold, 1).recall >= recall
    higher = [level for level in (*probability, NOBODY) if level > threshold]
    assert all(outcome(positive, probability > level, 1).recall < recall for level in higher)


@pytest.mark.parametrize(("recall", "n", "found"), [(0.55, 100, 55), (0.56, 25, 14), (0.07, 100, 7), (1.0, 7, 7)])
def test_a_share_that_is_a_whole_number_of_rows_is_that_many(recall, n, found):
    """0.55 times 100 is a bit more than 55 to a computer."""
    probability = np.linspace(0.1, 0.9, n)
    threshold = recall_threshold(np.ones(n, bool), probability, recall)
    assert (probability > threshold).sum() == found
