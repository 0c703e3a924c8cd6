from dataclasses import replace

import pytest

from experiments.bankruptcy import BANKRUPTCY
from experiments.iris import IRIS
from experiments.language import Decision

DECISION = Decision(candidates=("sigmoid_30", "gradient_boosting"), cost_ratio=35)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"candidates": ()}, "one or more candidates"),
        ({"candidates": ("sigmoid_30", "sigmoid_30")}, "each once"),
        ({"cost_ratio": 0}, "a positive cost_ratio"),
        ({"cost_ratio": float("nan")}, "cost_ratio as a finite number"),
        ({"recall": 0.0}, "recall above 0"),
        ({"recall": 1.1}, "recall above 0"),
        ({"n_inner": 1}, "n_inner of 2 or more"),
        ({"practical_equivalence": 0.0}, "a positive practical_equivalence"),
    ],
)
def test_a_decision_says_what_is_wrong_with_it(change, expected):
    with pytest.raises(ValueError, match=f"Decision: expected .*{expected}"):
        replace(DECISION, **change)


@pytest.mark.parametrize("name", ["majority_class", "sigmoid_31"])
def test_a_decision_is_about_candidates_that_look_at_the_inputs(name):
    with pytest.raises(ValueError, match="a decision on candidates that look at the inputs"):
        replace(BANKRUPTCY, decision=replace(DECISION, candidates=(name,)))


def test_a_decision_needs_a_class_to_raise():
    with pytest.raises(ValueError, match="positive_class with a decision"):
        replace(IRIS, decision=replace(DECISION, candidates=("sigmoid_10",)))
