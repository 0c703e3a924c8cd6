"""The threshold that is served: the cheapest on what models say of rows that they have not seen."""

from dataclasses import replace

import numpy as np
import pytest

from experiments.language import Decision
from pipeline.comparison.threshold import choose
from pipeline.data.values import Fold
from pipeline.scoring.values import Scores

DECISION = Decision(candidates=("net",), cost_ratio=20, recall=0.9)


def scores(positive, probability, fold_index=0):
    probability = np.array(probability)
    return Scores(
        candidate="net",
        family="net",
        fold_index=fold_index,
        seed=1,
        metrics={},
        y_true=np.array(positive, np.int64),
        predicted=np.stack([1 - probability, probability], axis=1),
        confusion=np.zeros((2, 2), np.int64),
    )


def fold(test_rows, index=0):
    return Fold(index=index, seed=1, train_rows=np.arange(100, 110), test_rows=np.array(test_rows))


def drawn(seed):
    """Two folds of 40 rows, of which ten stand in both."""
    random = np.random.default_rng(seed)
    positive = random.random((2, 40)) < 0.3
    probability = 1 / (1 + np.exp(-(2 * positive - 2 + random.normal(size=(2, 40)))))
    return positive, probability, [fold(range(40)), fold(range(30, 70), index=1)]


def cost(positive, probability, threshold, ratio):
    """Counted row by row."""
    pairs = list(zip(positive.ravel(), probability.ravel(), strict=True))
    missed = sum(1 for is_positive, p in pairs if is_positive and not p > threshold)
    alarms = sum(1 for is_positive, p in pairs if not is_positive and p > threshold)
    return ratio * missed + alarms


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("ratio", [0.2, 1, 3, 20])
def test_no_threshold_is_cheaper_on_the_predictions_of_all_folds_together(seed, ratio):
    positive, probability, folds = drawn(seed)
    decision = replace(DECISION, cost_ratio=ratio, recall=None)
    chosen = choose(decision, 1, "yes", [scores(*pair) for pair in zip(positive, probability, strict=True)], folds)
    tried = [cost(positive, probability, threshold, ratio) for threshold in (-1, 1, *probability.ravel())]
    assert cost(positive, probability, chosen.value, ratio) == min(tried)
    assert (chosen.rule, chosen.recall, dict(chosen.by_rule)) == ("cheapest", None, {"cheapest": chosen.value})


@pytest.mark.parametrize("seed", range(5))
def test_the_asked_recall_holds_and_is_never_left_for_a_lower_cost(seed):
    positive, probability, folds = drawn(seed)
    pairs = [scores(*pair) for pair in zip(positive, probability, strict=True)]
    cheap = choose(replace(DECISION, cost_ratio=1), 1, "yes", pairs, folds)
    assert cheap.rule == "recall"
    assert cheap.value == cheap.by_rule["recall"] < cheap.by_rule["cheapest"]
    assert (probability[positive] > cheap.value).mean() >= 0.9
    dear = choose(replace(DECISION, cost_ratio=1000), 1, "yes", pairs, folds)
    assert dear.rule == "cheapest"
    assert (probability[positive] > dear.value).all()


def test_the_probability_is_that_of_the_positive_class():
    positive, probability, folds = drawn(0)
    turned = [scores(1 - one, 1 - p) for one, p in zip(positive.astype(int), probability, strict=True)]
    straight = [scores(*pair) for pair in zip(positive, probability, strict=True)]
    one, other = choose(DECISION, 0, "yes", turned, folds), choose(DECISION, 1, "yes", straight, folds)
    assert one.value == pytest.approx(other.value, abs=1e-12)
    assert (one.positive_class, one.cost_ratio) == ("yes", 20)


def test_it_says_on_how_many_rows_it_was_chosen():
    positive, probability, folds = drawn(0)
    pairs = [scores(*pair) for pair in zip(positive, probability, strict=True)]
    told = "80 predictions of 70 rows by models that had not seen the row"
    assert choose(DECISION, 1, "yes", pairs, folds).chosen_on == told
    apart = [fold(range(40)), fold(range(40, 80), index=1)]
    told = "80 rows, each predicted by a model that had not seen it"
    assert choose(DECISION, 1, "yes", pairs, apart).chosen_on == told
