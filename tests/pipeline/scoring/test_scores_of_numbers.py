"""Predicted numbers are scored once, by whatever metric is declared for them, and are not taken for classes."""

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest

from experiments.diabetes import DIABETES
from experiments.language import Metric
from experiments.language.metric import register as declare
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.scoring import metrics
from pipeline.scoring.compare import gather
from pipeline.scoring.evaluate import evaluate, judge_by
from pipeline.scoring.resampling import Resamples
from pipeline.training.train import train

DATA = ingest("diabetes")
FOLDS = split(DATA, DIABETES.splitting, seed=1)
LINE = next(one for one in DIABETES.candidates if one.name == "linear_regression")
MEAN = next(one for one in DIABETES.candidates if one.name == "mean")


@pytest.fixture(scope="module")
def trained():
    return train(LINE, DATA, FOLDS[:1])[0]


@pytest.fixture(scope="module")
def scores(trained):
    return evaluate(trained, DATA, FOLDS[0], DIABETES)


def test_scores_hold_numbers_and_no_classes(trained, scores):
    rows = FOLDS[0].test_rows
    np.testing.assert_array_equal(scores.predicted, trained.model.predict(DATA.X[rows]))
    np.testing.assert_array_equal(scores.y_true, DATA.y[rows])
    assert scores.predicted.shape == (len(rows),)
    assert scores.confusion.shape == (0, 0)
    assert not scores.has_classes
    with pytest.raises(ValueError, match="Scores of 'linear_regression': expected probabilities of classes"):
        _ = scores.y_proba


def test_the_mean_explains_nothing():
    (guessed,) = train(MEAN, DATA, FOLDS[:1])
    found = evaluate(guessed, DATA, FOLDS[0], DIABETES)
    assert -0.1 < found.metrics["r2"] <= 0
    assert len(np.unique(found.predicted)) == 1


def test_a_metric_of_ones_own_is_given_what_was_observed_and_predicted(trained):
    seen = []

    def bias(y_true, predicted, positive_class=None):
        seen.append((y_true, predicted, positive_class))
        return float((predicted - y_true).mean())

    with (
        patch.dict("experiments.language.metric._METRICS"),
        patch.dict("pipeline.scoring.metrics._FUNCTIONS"),
    ):
        declare(
            Metric(
                name="bias",
                words="bias",
                meaning="mean of prediction minus truth",
                bounds=(-1e6, 1e6),
                kind="error",
                tasks=("regression",),
                equivalence=1.0,
            )
        )
        metrics.register("bias", bias)
        asked = replace(DIABETES, metrics=("bias",), primary_metric="bias")
        found = evaluate(trained, DATA, FOLDS[0], asked)
        judged = judge_by(asked).score(found.y_true, found.predicted)
    rows = FOLDS[0].test_rows
    assert found.metrics == {"bias": float((trained.model.predict(DATA.X[rows]) - DATA.y[rows]).mean())}
    assert judged == found.metrics["bias"]
    assert all(
        y_true.shape == predicted.shape == (len(rows),) and y_true.dtype == predicted.dtype == np.float64
        for y_true, predicted, _ in seen
    )
    assert [positive_class for *_, positive_class in seen] == [None, None]


def test_rows_of_numbers_are_drawn_anew_from_all_of_them(scores):
    """Drawn within each distinct number, as within classes, every resample would be the test set itself."""
    np.testing.assert_array_equal(scores.strata, np.zeros(len(scores.y_true)))
    drawn = Resamples(seed=0, positive_class=None, n_resamples=200).of("rmse", scores)
    squared = (scores.predicted - scores.y_true) ** 2
    expected = squared.std() / np.sqrt(len(squared)) / 2 / np.sqrt(squared.mean())  # the delta method
    assert drawn.std() == pytest.approx(expected, rel=0.2)


def test_a_training_that_diverged_is_said_so(trained):
    class Diverged:
        def predict(self, X):
            return np.full(len(X), np.inf)

    with pytest.raises(ValueError, match=r"linear_regression.*expected finite numbers.*lower its learning_rate"):
        evaluate(replace(trained, model=Diverged()), DATA, FOLDS[0], DIABETES)


def test_a_result_of_numbers_calls_guessing_by_its_name():
    comparison = replace(DIABETES, candidates=(LINE, MEAN), primary=None)
    folds = FOLDS[:5]
    done = [one for candidate in comparison.candidates for one in train(candidate, DATA, folds)]
    scores = [evaluate(one, DATA, folds[one.fold_index], comparison) for one in done]
    result = gather(comparison, DATA, folds, done, scores)
    result.require_whole()
    assert (result.reference.candidate, result.guess) == ("mean", "guessing the mean")
    assert result.role("mean") == "reference"
    assert result.ranked[0].candidate == "linear_regression"
    assert result.against("mean")["linear_regression"].judgment == "better"
    assert result.winner.candidate == "linear_regression"
