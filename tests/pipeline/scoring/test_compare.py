from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from experiments.language import Splitting
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.data.task import Classification
from pipeline.scoring.captions import AUC_OF_ROWS, LOSSES_ACROSS_FOLDS, LOSSES_OF_ROWS, PROPORTION, SHARES_ACROSS_FOLDS
from pipeline.scoring.compare import compare, gather, rank
from pipeline.scoring.contrasts import contrast
from pipeline.scoring.evaluate import evaluate
from pipeline.scoring.one_test_set import auc_interval
from pipeline.scoring.row_intervals import share_of_rows
from pipeline.scoring.significance import corrected_interval, corrected_share_interval
from pipeline.training.train import train

IRIS = ingest("iris")


def scored(comparison, folds, candidates):
    return [
        evaluate(item, IRIS, fold, comparison)
        for candidate in candidates
        for item, fold in zip(train(candidate, IRIS, folds), folds, strict=True)
    ]


def values(scores, name, metric):
    return np.array([s.metrics[metric] for s in scores if s.candidate == name])


def bounds(interval):
    return interval.mean, interval.low, interval.high


def test_several_folds_give_the_corrected_interval(small):
    folds = split(IRIS, Splitting(n_folds=4), seed=1)
    scores = scored(small, folds, small.candidates[2:])
    summaries = compare(scores, folds, small)
    assert [(s.candidate, s.metric) for s in summaries] == [
        (name, metric) for name in ("majority_class", "logistic_regression") for metric in small.metrics
    ]
    accuracy, _, loss = summaries[-3:]
    own = {metric: values(scores, "logistic_regression", metric) for metric in small.metrics}
    corrected = corrected_interval(own["log_loss"], n_train=120, n_test=30)
    assert loss.mean == corrected.mean
    assert loss.low <= corrected.low < corrected.high <= loss.high
    assert bounds(accuracy) == bounds(corrected_share_interval(own["accuracy"], n_train=120, n_test=30))
    for one, method in ((loss, LOSSES_ACROSS_FOLDS), (accuracy, SHARES_ACROSS_FOLDS)):
        assert one.method == method.caption(
            "of the procedure trained on 80 % of the rows, over new samples of rows, tested on as many"
        )


def test_bounds_stay_where_a_metric_can_be(small):
    folds = split(IRIS, Splitting(n_folds=2), seed=1)
    for summary in compare(scored(small, folds, small.candidates[2:]), folds, small):
        assert 0 <= summary.low <= summary.mean <= summary.high
        assert summary.high <= 1 or summary.metric == "log_loss"


def test_one_test_set_gives_the_intervals_of_its_rows(small):
    folds = split(IRIS, Splitting(n_folds=1), seed=1)
    scores = scored(small, folds, small.candidates[3:])
    accuracy, _, loss = compare(scores, folds, small)
    right = int((scores[0].y_proba.argmax(axis=1) == scores[0].y_true).sum())
    assert bounds(accuracy) == bounds(share_of_rows(right, 30))
    assert PROPORTION.words in accuracy.method
    assert loss.low < loss.mean < loss.high
    assert LOSSES_OF_ROWS.words in loss.method


@pytest.mark.parametrize(("positive_class", "meant"), [(None, 1), (0, 0)])
def test_one_test_set_of_two_classes_gives_shares_of_those_they_are_of_and_an_area(small, positive_class, meant):
    metrics = ("accuracy", "roc_auc") if positive_class is None else ("type_1_error", "type_2_error", "roc_auc")
    comparison = replace(small, metrics=metrics, primary_metric="roc_auc", positive_class=positive_class)
    two = replace(IRIS, y=(IRIS.y == 2).astype(np.int64), task=Classification(class_names=("other", "virginica")))
    (fold,) = split(two, Splitting(n_folds=1), seed=1)
    (trained,) = train(small.candidates[3], two, [fold])
    scores = evaluate(trained, two, fold, comparison)
    *shares, area = compare([scores], [fold], comparison)
    positive = scores.y_true == meant
    assert area.mean == pytest.approx(scores.metrics["roc_auc"])
    assert AUC_OF_ROWS.words in area.method
    assert bounds(area) == bounds(auc_interval(positive, scores.y_proba[:, meant]))
    n_rows = [len(positive)] if positive_class is None else [positive.sum(), (~positive).sum()]
    for share, n in zip(shares, n_rows, strict=True):
        assert PROPORTION.words in share.method
        assert bounds(share) == bounds(share_of_rows(round(scores.metrics[share.metric] * n), int(n)))


def test_ranks_are_those_of_each_fold_averaged_and_groups_those_that_no_test_tells_apart(small, invented):
    folds = split(IRIS, Splitting(n_folds=5), seed=1)
    contrasts = contrast(invented, folds, small)
    ranks = rank(invented, folds, small, contrasts)
    accuracies = {name: values(invented, name, "accuracy") for name in ranks.average}
    for name, average in ranks.average.items():
        behind = [sum((v > accuracies[name]) + (v == accuracies[name]) / 2 for v in accuracies.values()) + 0.5]
        assert average == pytest.approx(np.mean(behind))
    assert list(ranks.average.values()) == sorted(ranks.average.values())
    assert (ranks.n, ranks.over) == (5, "folds")
    told = {(c.candidate, c.reference): c.judgment for c in contrasts if c.metric == "accuracy"}
    joined = {pair for group in ranks.groups for pair in permutations(group, 2)}
    assert joined == {pair for pair, judgment in told.items() if judgment not in {"better", "worse"}}


def test_a_lower_loss_ranks_first(small, invented):
    folds = split(IRIS, Splitting(n_folds=5), seed=1)
    by_loss = replace(small, primary_metric="log_loss")
    ranks = rank(invented, folds, by_loss, contrast(invented, folds, by_loss))
    assert list(ranks.average)[-1] == "majority_class"


def test_one_test_set_ranks_its_resamples(small, invented):
    folds = split(IRIS, Splitting(n_folds=1), seed=1)
    scores = [s for s in invented if s.fold_index == 0]
    by_loss = replace(small, primary_metric="log_loss")
    ranks = rank(scores, folds, by_loss, contrast(scores, folds, by_loss))
    assert sum(ranks.average.values()) == pytest.approx(1 + 2 + 3 + 4)
    assert ranks.over == "resamples of the test set"


def test_all_that_was_finished_is_gathered_and_ranked_only_once_it_is_whole(small, invented):
    folds = split(IRIS, Splitting(n_folds=5, test_share=80 / 150), seed=1)
    whole = gather(small, IRIS, folds, [], invented)
    assert whole.summaries == compare(invented, folds, small)
    assert whole.contrasts == contrast(invented, folds, small)
    assert whole.ranks == rank(invented, folds, small, whole.contrasts)
    half = gather(small, IRIS, folds, [], [s for s in invented if s.family == "net"])
    assert {one.candidate for one in half.summaries} == {"sigmoid_4", "stopped_early"}
    assert (half.contrasts, half.ranks, half.winner) == ((), None, None)
    assert gather(small, IRIS, folds, [], []).summaries == ()
