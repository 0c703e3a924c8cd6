import numpy as np
import pytest

from experiments.spec import Splitting
from pipeline.compare import ONE_TEST_SET, compare
from pipeline.evaluate import evaluate
from pipeline.ingest import ingest
from pipeline.significance import corrected_interval
from pipeline.split import split
from pipeline.train import train

IRIS = ingest("iris")


def scored(comparison, folds, candidates):
    return [
        evaluate(item, IRIS, fold, comparison)
        for candidate in candidates
        for item, fold in zip(train(candidate, IRIS, folds), folds, strict=True)
    ]


def test_several_folds_give_the_corrected_interval(small):
    folds = split(IRIS, Splitting(n_folds=4), seed=1)
    scores = scored(small, folds, small.candidates[2:])
    summaries = compare(scores, folds, small)
    assert [(s.candidate, s.metric) for s in summaries] == [
        (name, metric) for name in ("majority_class", "logistic_regression") for metric in small.metrics
    ]
    losses = np.array([s.metrics["log_loss"] for s in scores if s.candidate == "logistic_regression"])
    expected = corrected_interval(losses, n_train=120, n_test=30)
    assert (summaries[-1].mean, summaries[-1].low, summaries[-1].high) == pytest.approx(
        (expected.mean, expected.low, expected.high)
    )


def test_bounds_stay_where_a_metric_can_be(small):
    folds = split(IRIS, Splitting(n_folds=2), seed=1)
    for summary in compare(scored(small, folds, small.candidates[2:]), folds, small):
        assert 0 <= summary.low <= summary.mean <= summary.high
        assert summary.high <= 1 or summary.metric == "log_loss"


def test_one_test_set_gives_the_bootstrap_of_its_rows(small):
    folds = split(IRIS, Splitting(n_folds=1), seed=1)
    (accuracy, *_) = compare(scored(small, folds, small.candidates[3:]), folds, small)
    assert accuracy.method == ONE_TEST_SET
    assert accuracy.low < accuracy.mean <= accuracy.high
