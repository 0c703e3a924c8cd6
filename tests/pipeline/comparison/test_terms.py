from dataclasses import replace
from itertools import combinations, permutations
from types import SimpleNamespace

import numpy as np

from pipeline.comparison.terms import _sizes, method_section


def test_every_interval_is_told_of_with_the_metrics_that_have_it(tumor_result):
    methods = method_section(tumor_result).values["methods"]
    assert set(methods) == {summary.method for summary in tumor_result.summaries}
    for method, words in methods.items():
        told = {summary.metric for summary in tumor_result.summaries if summary.method == method}
        assert len(words.split(", ")) == len(told)


def test_how_differences_were_judged_is_told_of_pairs_and_metrics(tumor_result):
    """One pair is judged otherwise in one metric: it is named there, and the others of that metric are counted."""
    names = [candidate.name for candidate in tumor_result.comparison.candidates]
    odd, *others = combinations(names, 2)
    contrasts = tuple(
        SimpleNamespace(
            candidate=one,
            reference=other,
            metric=name,
            method="by rows" if {one, other} == set(odd) and name == "accuracy" else "by folds",
        )
        for name in ("roc_auc", "accuracy")
        for one, other in permutations(names, 2)
    )
    methods = method_section(replace(tumor_result, contrasts=contrasts)).values["paired_methods"]
    named = ["; ".join(f"{one} and {other}".replace("_", " ") for one, other in pairs) for pairs in ([odd], others)]
    n = len(others) + 1
    assert methods == {
        "by folds": f"ROC-AUC, accuracy ({len(others)} of {n} pairs: {named[1]})",
        "by rows": f"accuracy (1 of {n} pairs: {named[0]})",
    }


def test_sizes_of_folds_are_told_from_the_fewest_to_the_most():
    def fold(n_train, n_test):
        return SimpleNamespace(train_rows=np.arange(n_train), test_rows=np.arange(n_test))

    assert _sizes([fold(1353, 89), fold(1354, 88)]) == "1,353 to 1,354 training and 88 to 89 test rows"
    assert _sizes([fold(120, 30)] * 2) == "120 training and 30 test rows"
    assert _sizes([fold(3, 1)]) == "3 training and 1 test row"
