"""What a result answers, on numbers that can be checked in the head."""

from dataclasses import replace

import numpy as np
import pytest

from experiments.language import Baseline, Comparison, DenseNet, Splitting, Training
from pipeline.data.ingest import ingest
from pipeline.data.values import Fold
from pipeline.scoring.result import Result
from pipeline.scoring.values import Contrast, Scores, Summary
from pipeline.training.values import Trained

NAN = float("nan")
TRAINING = Training(epochs=1, learning_rate=0.1)
COMPARISON = Comparison(
    name="flowers",
    title="Flowers",
    where="nowhere",
    data="iris",
    splitting=Splitting(n_folds=2),
    candidates=(
        DenseNet(name="small", hidden_units=(4,), training=TRAINING),
        DenseNet(name="large", hidden_units=(40,), training=TRAINING),
        Baseline(name="guess", algorithm="majority_class"),
        Baseline(name="fisher", algorithm="linear_discriminant_analysis"),
    ),
    metrics=("accuracy", "log_loss"),
    primary_metric="accuracy",
)
BY_LOSS = replace(COMPARISON, primary_metric="log_loss")
ACCURACY = {"small": 0.9, "large": 0.7, "guess": 0.3, "fisher": 0.8}
LOG_LOSS = {"small": 0.4, "large": 0.5, "guess": 1.1, "fisher": 0.2}
MEANS = {"accuracy": ACCURACY, "log_loss": LOG_LOSS}
FAMILIES = {candidate.name: candidate.family for candidate in COMPARISON.candidates}
ROWS = np.arange(4)
FOLDS = tuple(Fold(index=index, seed=index, train_rows=ROWS[:2], test_rows=ROWS[2:]) for index in (0, 1))


def summary(name, metric, mean):
    return Summary(
        candidate=name,
        family=FAMILIES[name],
        metric=metric,
        mean=mean,
        low=mean - 0.1,
        high=mean + 0.1,
        n=2,
        method="by hand",
    )


def contrast(name, reference, metric):
    nothing = dict.fromkeys(("p_value", "p_corrected", "better", "equal", "worse"), NAN)
    difference = MEANS[metric][name] - MEANS[metric][reference]
    return Contrast(
        candidate=name,
        family=FAMILIES[name],
        reference=reference,
        metric=metric,
        difference=difference,
        low=difference - 0.1,
        high=difference + 0.1,
        judgment="cannot_say",
        n=2,
        method="by hand",
        **nothing,
    )


def trained(candidate, fold, seconds):
    return Trained(
        candidate=candidate,
        fold_index=fold.index,
        seed=fold.seed,
        model=None,
        history={},
        best_epoch=None,
        n_parameters=None,
        seconds=seconds,
        engine="by hand",
        train_rows=fold.train_rows,
        validation_rows=fold.train_rows[:0],
    )


def scores(candidate, fold):
    return Scores(
        candidate=candidate.name,
        family=candidate.family,
        fold_index=fold.index,
        seed=fold.seed,
        metrics={},
        y_true=ROWS[:1],
        predicted=np.ones((1, 2)),
        confusion=np.ones((2, 2), np.int64),
    )


@pytest.fixture(scope="module")
def result():
    """Of two folds; the first takes a second of training, the second two."""
    return Result(
        comparison=COMPARISON,
        dataset=ingest("iris"),
        folds=FOLDS,
        trained=tuple(trained(one, fold, 1.0 + fold.index) for fold in FOLDS for one in COMPARISON.candidates),
        scores=tuple(scores(one, fold) for fold in FOLDS for one in COMPARISON.candidates),
        summaries=tuple(summary(name, metric, mean) for metric in MEANS for name, mean in MEANS[metric].items()),
        contrasts=tuple(
            contrast(name, other, metric)
            for metric in MEANS
            for name in ACCURACY
            for other in ACCURACY
            if name != other
        ),
    )


def test_the_candidates_are_ranked_by_the_primary_metric_whichever_way_is_better(result):
    by_accuracy = ["small", "fisher", "large", "guess"]
    assert [one.candidate for one in result.ranked] == by_accuracy
    assert {one.metric for one in result.ranked} == {"accuracy"}
    assert [candidate.name for candidate in result.order] == by_accuracy
    by_loss = replace(result, comparison=BY_LOSS)
    assert [one.candidate for one in by_loss.ranked] == ["fisher", "small", "large", "guess"]
    assert by_loss.primary.name == "log_loss"


@pytest.mark.parametrize("comparison", [COMPARISON, BY_LOSS])
def test_what_could_not_be_measured_comes_last(result, comparison):
    unknown = tuple(replace(one, mean=NAN) if one.candidate == "small" else one for one in result.summaries)
    ranked = replace(result, comparison=comparison, summaries=unknown).ranked
    assert [one.candidate for one in ranked] == ["fisher", "large", "guess", "small"]


def test_equals_keep_the_order_of_the_declaration(result):
    equal = tuple(replace(one, mean=0.5) for one in result.summaries)
    assert [one.candidate for one in replace(result, summaries=equal).ranked] == list(ACCURACY)


def test_the_reference_looks_at_no_input(result):
    assert (result.reference.candidate, result.reference.mean) == ("guess", 0.3)
    assert replace(result, comparison=BY_LOSS).reference.mean == 1.1
    assert [result.role(name) for name in ACCURACY] == ["net", "net", "reference", "baseline"]


def test_the_best_of_a_family_is_never_the_reference(result):
    assert result.best("net").candidate == "small"
    assert result.best("baseline").candidate == "fisher"
    alone = replace(result, summaries=tuple(one for one in result.summaries if one.candidate in {"large", "guess"}))
    assert alone.best("net").candidate == "large"
    assert alone.best("baseline") is None


def test_one_candidate_has_its_own_of_everything(result):
    own = result.of("fisher")
    assert own.candidate is COMPARISON.candidates[3]
    assert [run.fold_index for run in own.trained] == [one.fold_index for one in own.scores] == [0, 1]
    assert {run.candidate.name for run in own.trained} == {one.candidate for one in own.scores} == {"fisher"}
    assert {name: one.mean for name, one in own.summaries.items()} == {"accuracy": 0.8, "log_loss": 0.2}
    assert own.seconds == 1.0 + 2.0


def test_all_others_can_be_held_against_one(result):
    found = result.against("fisher")
    assert set(found) == {"small", "large", "guess"}
    assert found["small"].difference == pytest.approx(0.9 - 0.8)
    assert replace(result, comparison=BY_LOSS).against("fisher")["small"].difference == pytest.approx(0.4 - 0.2)
    assert result.against("nobody") == {}


@pytest.mark.parametrize("bounds", [{"low": NAN}, {"high": NAN}, {"high": float("inf")}])
def test_an_interval_has_two_bounds(result, bounds):
    for bounded in (result.summaries[0], result.contrasts[0]):
        assert bounded.has_interval
        assert not replace(bounded, **bounds).has_interval


def test_a_whole_result_is_accepted(result):
    result.require_whole()


def without_last(result, name):
    return replace(result, **{name: getattr(result, name)[:-1]})


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("trained", r"each candidate trained on each fold. Received: untrained=\[\('fisher', 1\)\]. Train"),
        ("scores", r"scores of each candidate on each fold. Received: unscored=\[\('fisher', 1\)\]. Evaluate"),
        ("summaries", r"a summary of each candidate in each metric. Received: missing=\[\('fisher', 'log_loss'\)\]"),
    ],
)
def test_what_is_missing_of_a_result_is_named(result, missing, message):
    with pytest.raises(ValueError, match=f"report: expected {message}"):
        without_last(result, missing).require_whole()


def test_every_two_candidates_must_be_contrasted_in_the_primary_metric_alone(result):
    without_last(result, "contrasts").require_whole()  # the last is of the log loss
    with pytest.raises(ValueError, match=r"every two candidates. Received: unpaired=\[\('fisher', 'guess'\)\]"):
        without_last(replace(result, comparison=BY_LOSS), "contrasts").require_whole()


def test_there_must_be_folds_and_somebody_beside_the_majority_class(result):
    with pytest.raises(ValueError, match=r"report: expected at least one fold. Received: folds=\(\)"):
        replace(result, folds=()).require_whole()
    alone = replace(COMPARISON, candidates=COMPARISON.candidates[2:3])
    with pytest.raises(ValueError, match="report: expected a candidate beside the one that guesses"):
        replace(result, comparison=alone).require_whole()
