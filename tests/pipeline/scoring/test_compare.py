from dataclasses import replace
from itertools import combinations, permutations

import numpy as np
import pytest

from experiments.language import Splitting
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.data.task import Classification
from pipeline.scoring.compare import compare, gather, rank
from pipeline.scoring.contrasts import DELONG, MCNEMAR, PAIRED_FOLDS, PAIRED_ROWS, contrast
from pipeline.scoring.evaluate import evaluate
from pipeline.scoring.intervals import ACROSS_FOLDS, AUC_OF_ROWS, ONE_TEST_SET, PROPORTION, SHARES_ACROSS_FOLDS
from pipeline.scoring.one_test_set import auc_interval, delong, mcnemar, wilson_interval
from pipeline.scoring.significance import corrected_difference, corrected_interval, corrected_share_interval, holm
from pipeline.scoring.values import Scores
from pipeline.training.train import train

IRIS = ingest("iris")


def scored(comparison, folds, candidates):
    return [
        evaluate(item, IRIS, fold, comparison)
        for candidate in candidates
        for item, fold in zip(train(candidate, IRIS, folds), folds, strict=True)
    ]


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
    assert bounds(loss) == pytest.approx(bounds(corrected_interval(own["log_loss"], n_train=120, n_test=30)))
    assert bounds(accuracy) == bounds(corrected_share_interval(own["accuracy"], n_train=120, n_test=30))
    assert (loss.method, accuracy.method) == (ACROSS_FOLDS, SHARES_ACROSS_FOLDS)


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
    assert bounds(accuracy) == bounds(wilson_interval(right, 30))
    assert accuracy.method == PROPORTION
    assert loss.low < loss.mean < loss.high
    assert loss.method == ONE_TEST_SET


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
    assert (area.mean, area.method) == (pytest.approx(scores.metrics["roc_auc"]), AUC_OF_ROWS)
    assert bounds(area) == bounds(auc_interval(positive, scores.y_proba[:, meant]))
    n_rows = [len(positive)] if positive_class is None else [positive.sum(), (~positive).sum()]
    for share, n in zip(shares, n_rows, strict=True):
        assert share.method == PROPORTION
        assert bounds(share) == bounds(wilson_interval(round(scores.metrics[share.metric] * n), int(n)))


@pytest.fixture(scope="module")
def invented():
    """Scores of two classes that tell one metric from another: nobody has the same in two of them."""
    random = np.random.default_rng(0)
    y_true = (np.arange(80) < 30).astype(np.int64)
    skills = {"sigmoid_4": 1.0, "stopped_early": 0.7, "majority_class": 0.0, "logistic_regression": 1.2}

    def score(name, fold_index):
        state = random.normal(skills[name] * (2 * y_true - 1), 1.0) if skills[name] else np.full(80, -1.0)
        positive = 1 / (1 + np.exp(-state))
        return Scores(
            candidate=name,
            family="net" if name in {"sigmoid_4", "stopped_early"} else "baseline",
            fold_index=fold_index,
            seed=fold_index,
            metrics={
                "accuracy": float(((state > 0) == y_true).mean()),
                "roc_auc": 0.5 + 0.3 * skills[name] + 0.01 * random.normal(),
                "log_loss": float(-np.log(np.where(y_true, positive, 1 - positive)).mean()),
            },
            y_true=y_true,
            y_proba=np.stack([1 - positive, positive], axis=1),
            confusion=np.zeros((2, 2), dtype=np.int64),
        )

    return [score(name, fold) for name in skills for fold in range(5)]


def of(contrasts, metric):
    return {(c.candidate, c.reference): c for c in contrasts if c.metric == metric}


def values(scores, name, metric):
    return np.array([s.metrics[metric] for s in scores if s.candidate == name])


def test_everyone_meets_everyone_both_ways_round(small, invented):
    folds = split(IRIS, Splitting(n_folds=5), seed=1)
    names = [candidate.name for candidate in small.candidates]
    contrasts = contrast(invented, folds, small)
    for metric in small.metrics:
        found = of(contrasts, metric)
        assert set(found) == set(permutations(names, 2))
        for (one, other), there in found.items():
            back = found[other, one]
            assert there.difference == -back.difference
            assert (there.low, there.better, there.judgment == "better") == (
                -back.high,
                back.worse,
                back.judgment == "worse",
            )
            assert (there.p_value, there.p_holm, there.equal) == (back.p_value, back.p_holm, back.equal)
            assert {there.family, back.family} <= {"net", "baseline"}


def test_across_folds_a_contrast_is_the_corrected_difference(small, invented):
    folds = split(IRIS, Splitting(n_folds=5, test_share=0.3), seed=1)
    found = of(contrast(invented, folds, small), "accuracy")["stopped_early", "logistic_regression"]
    differences = values(invented, "stopped_early", "accuracy") - values(invented, "logistic_regression", "accuracy")
    expected = corrected_difference(differences, n_train=105, n_test=45, equivalence=0.01)
    assert (found.difference, found.low, found.high) == (expected.mean, expected.low, expected.high)
    assert (found.p_value, found.better, found.worse) == (expected.p_value, expected.above, expected.below)
    assert (found.n, found.method, found.family) == (5, PAIRED_FOLDS, "net")


def test_holm_counts_every_pair_of_a_metric_once(small, invented):
    folds = split(IRIS, Splitting(n_folds=5), seed=1)
    found = of(contrast(invented, folds, small), "log_loss")
    pairs = [found[pair] for pair in combinations([candidate.name for candidate in small.candidates], 2)]
    assert [c.p_holm for c in pairs] == pytest.approx(holm(np.array([c.p_value for c in pairs])).tolist())


def test_a_lower_loss_is_better(small, invented):
    folds = split(IRIS, Splitting(n_folds=5), seed=1)
    loss = of(contrast(invented, folds, small), "log_loss")["sigmoid_4", "majority_class"]
    assert loss.difference < -0.2
    assert loss.judgment == "better"


def test_a_wide_region_of_equivalence_makes_all_equal(small, invented):
    folds = split(IRIS, Splitting(n_folds=5), seed=1)
    found = of(contrast(invented, folds, replace(small, practical_equivalence=0.9)), "accuracy")
    assert {c.judgment for c in found.values()} == {"practically_equal"}


@pytest.mark.parametrize("names", [set(), {"sigmoid_4"}, {"sigmoid_4", "stopped_early"}, {"majority_class"}])
def test_a_run_that_was_cut_short_has_the_contrasts_of_what_was_finished(small, invented, names):
    folds = split(IRIS, Splitting(n_folds=5), seed=1)
    found = contrast([s for s in invented if s.candidate in names], folds, small)
    assert len(of(found, "accuracy")) == (2 if len(names) == 2 else 0)


def test_a_metric_that_a_fold_lacks_is_not_judged(small, invented):
    folds = split(IRIS, Splitting(n_folds=5), seed=1)
    nan = float("nan")
    scores = [replace(s, metrics={**s.metrics, "roc_auc": nan if s.fold_index == 3 else 0.7}) for s in invented]
    found = of(contrast(scores, folds, small), "roc_auc").values()
    assert {c.judgment for c in found} == {"cannot_say"}
    assert np.isnan([c.p_holm for c in found]).all()


def test_on_one_test_set_each_metric_has_its_own_test(small, invented):
    folds = split(IRIS, Splitting(n_folds=1), seed=1)
    scores = {s.candidate: s for s in invented if s.fold_index == 0}
    found = contrast(list(scores.values()), folds, replace(small, primary_metric="log_loss"))
    best = min(scores.values(), key=lambda s: s.metrics["log_loss"])
    pair = ("stopped_early", best.candidate)
    accuracy, auc, loss = (of(found, metric)[pair] for metric in small.metrics)
    assert (accuracy.method, auc.method, loss.method) == (MCNEMAR, DELONG, PAIRED_ROWS)
    right = [s.y_proba.argmax(axis=1) == s.y_true for s in (scores["stopped_early"], best)]
    assert accuracy.p_value == mcnemar(*right)
    assert accuracy.difference == pytest.approx(right[0].mean() - right[1].mean())
    areas = [s.y_proba[:, 1] for s in (scores["stopped_early"], best)]
    assert auc.p_value == delong(best.y_true == 1, *areas, equivalence=0.01).p_value
    assert loss.low < loss.difference < loss.high


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
    p_holm = {pair: c.p_holm for pair, c in of(contrasts, "accuracy").items()}
    joined = {pair for group in ranks.groups for pair in permutations(group, 2)}
    assert joined == {pair for pair, p in p_holm.items() if not p < 0.05}


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
    folds = split(IRIS, Splitting(n_folds=5), seed=1)
    whole = gather(small, IRIS, folds, [], invented)
    assert whole.summaries == compare(invented, folds, small)
    assert whole.contrasts == contrast(invented, folds, small)
    assert whole.ranks == rank(invented, folds, small, whole.contrasts)
    half = gather(small, IRIS, folds, [], [s for s in invented if s.family == "net"])
    assert {one.candidate for one in half.summaries} == {"sigmoid_4", "stopped_early"}
    assert half.ranks is None
    assert gather(small, IRIS, folds, [], []).summaries == ()
