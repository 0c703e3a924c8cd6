"""Anybody's scores: what is said of them, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.tree import DecisionTreeClassifier

import chalktape
from pipeline.scoring import captions
from pipeline.scoring.few_found import corrected_error_type_interval
from pipeline.scoring.significance import corrected_difference, corrected_share_interval

A = [0.91, 0.93, 0.92, 0.94, 0.90]
B = [0.71, 0.74, 0.70, 0.73, 0.72]
CLASSES = np.array(["malignant", "benign"])


def table(**values):
    """Scores by candidate, one for each fold."""
    rows = [(name, fold, value) for name, own in values.items() for fold, value in enumerate(own)]
    return pd.DataFrame(rows, columns=["candidate", "fold", "value"])


@pytest.fixture(scope="module")
def predicted():
    """Three classifiers on the tumors, each row predicted by one that was trained without it."""
    X, y = load_breast_cancer(return_X_y=True)
    candidates = {
        "Logistic (L2)": LogisticRegression(max_iter=5000),
        "Small tree": DecisionTreeClassifier(max_depth=2),
        "Stump": DecisionTreeClassifier(max_depth=1),
    }
    parts = []
    for name, model in candidates.items():
        for fold, (train, test) in enumerate(StratifiedKFold(5, shuffle=True, random_state=0).split(X, y)):
            p = model.fit(X[train, :4], y[train]).predict_proba(X[test, :4])
            own = {"candidate": name, "fold": fold, "row": test, "truth": CLASSES[y[test]]}
            parts.append(pd.DataFrame(own | {"probability_malignant": p[:, 0], "probability_benign": p[:, 1]}))
    return pd.concat(parts, ignore_index=True)


def test_scores_have_the_corrected_interval_and_the_corrected_test():
    found = chalktape.judge(table(a=A, b=B), 400, 100)
    interval = corrected_share_interval(np.array(A), n_train=400, n_test=100)
    best = found.summaries.iloc[0]
    assert (best["candidate"], best["low"], best["high"]) == ("a", interval.low, interval.high)
    sizes = {"n_train": 400, "n_test": 100, "n_rows": 500}
    expected = corrected_difference(np.array(A) - np.array(B), equivalence=0.01, **sizes)
    one = found.differences.iloc[0]
    assert (one["difference"], one["p_value"], one["judgment"]) == (expected.mean, expected.p_value, "better")
    assert "b is 0.2000 lower" in found.words
    assert "too much for chance." in found.words
    assert "only predictions of the rows can tell" in found.words


@pytest.mark.parametrize(("pair", "n_told"), [(("a", "b"), 1), (("b", "c"), 1)])
def test_what_was_asked_is_answered_once(pair, n_told):
    """Also where it is about the best, against which all others are told anyway."""
    scores = table(a=A, b=B, c=[0.81, 0.85, 0.80, 0.84, 0.82])
    words = chalktape.judge(scores, 400, 100, primary=pair).words
    assert words.count("Asked was about") == 1
    assert words.count("b is 0.2000 lower") == n_told
    assert words.count("c is 0.0960 lower") == 1


def test_a_misspelt_metric_is_answered_by_the_one_that_was_meant():
    with pytest.raises(
        ValueError, match=r"lower_is_better with a metric that is none of ours.*did you mean 'accuracy'"
    ):
        chalktape.judge(table(a=A, b=B), 400, 100, metric="acuracy")


def test_errors_with_the_sign_turned_are_told_so():
    errors = table(a=[-58.5, -57.0, -60.1], b=[-61.0, -59.5, -63.0])
    with pytest.raises(ValueError, match=r"expected values from 0 to inf.*give minus it"):
        chalktape.judge(errors, 400, 100, metric="rmse")


def test_a_notebook_shows_names_as_they_are():
    found = chalktape.judge(table(**{"<b>": A, "b": B}), 400, 100)
    assert "&lt;b&gt; is best" in found._repr_html_()
    assert "<b>" not in found._repr_html_()


def test_a_loss_is_best_where_it_is_low():
    found = chalktape.judge(table(a=A, b=B), 400, 100, metric="hinge loss", lower_is_better=True)
    assert found.words.startswith("By hinge loss, b is best: 0.7200")


def test_who_does_not_beat_the_reference_beats_nobody():
    noise = np.array([0.30, -0.28, 0.31, -0.27, 0.05])
    scores = table(a=0.52 + noise, b=0.42 + noise, guess=[0.5] * 5)
    alone = chalktape.judge(scores.query("candidate != 'guess'"), 4000, 1000, bounds=(-1, 2))
    assert "too much for chance" not in alone.words  # no spread, and nothing to bound it
    beside = chalktape.judge(scores, 4000, 1000, reference="guess")
    (pair,) = (one for one in beside.contrasts if (one.candidate, one.reference) == ("a", "b"))
    assert pair.p_value < 0.01
    assert pair.judgment == "cannot_say"


def test_a_metric_of_ours_says_itself_that_it_counts_errors():
    assert chalktape.judge(table(a=A, b=B), 400, 100, metric="log_loss").ranked[0].candidate == "b"


def test_guessing_is_not_told_with_the_correction_of_another(predicted):
    """Every candidate says the contrary of what it should."""
    wrong = predicted.assign(
        probability_malignant=predicted["probability_benign"], probability_benign=predicted["probability_malignant"]
    )
    found = chalktape.judge(wrong)
    assert found.words.startswith("By ROC-AUC, guessing is best: 0.5000")
    assert "luck of being the best" not in found.words


@pytest.mark.parametrize("options", [{"bounds": (0, 1)}, {"lower_is_better": True}, {"n_test": 4}])
def test_predictions_take_nothing_that_they_tell_themselves(predicted, options):
    with pytest.raises(ValueError, match="of predictions nothing that they tell themselves"):
        chalktape.judge(predicted, **options)


def test_a_declared_question_is_tested_alone():
    found = chalktape.judge(table(a=A, b=B, c=B[::-1]), 400, 100, primary=("c", "a"))
    questions = {frozenset((one.candidate, one.reference)): one.question for one in found.contrasts}
    assert questions[frozenset("ca")] == "primary"
    assert questions[frozenset("ab")] == "exploratory"
    assert "Asked was about a and c: c is 0.2000 lower" in found.words


def test_predictions_are_scored_by_our_metrics_beside_guessing(predicted):
    found = chalktape.judge(predicted)
    own = predicted.query("candidate == 'Logistic (L2)'")
    areas = [roc_auc_score(part["truth"] == "benign", part["probability_benign"]) for _, part in own.groupby("fold")]
    means = found.summaries.set_index("candidate")["mean"]
    assert means["Logistic (L2)"] == pytest.approx(np.mean(areas))
    assert means["guessing"] == 0.5
    assert found.winner.candidate == "Logistic (L2)"
    assert "By ROC-AUC, Logistic (L2) is best: " in found.words
    assert "without the luck of being the best of 3" in found.words


def test_predictions_of_more_rows_than_were_trained_and_tested_at_once_are_judged():
    """Five folds of 30 rows, 50 trained on: 150 rows, where a fold knows of 80."""
    random, fold = np.random.default_rng(0), np.repeat(np.arange(5), 30)
    truth = np.tile(np.repeat(["no", "yes"], 15), 5)
    p = np.clip(0.25 + 0.5 * (truth == "yes") + random.normal(0, 0.25, 150), 0.01, 0.99)
    rows = pd.DataFrame({"candidate": "net", "fold": fold, "row": np.arange(150), "truth": truth})
    rows = rows.assign(probability_no=1 - p, probability_yes=p)
    missed = 1 - pd.Series((p > 0.5)[truth == "yes"]).groupby(fold[truth == "yes"]).mean()
    found = chalktape.judge(rows, n_train=50, metric="type_1_error").summaries.set_index("candidate").loc["net"]
    expected = corrected_error_type_interval(missed.to_numpy(), n_train=50, n_test=30, most=40)
    assert (found["mean"], found["low"]) == pytest.approx((expected.mean, expected.low))


def test_predictions_in_any_order_say_the_same(predicted):
    shuffled = predicted.sample(frac=1, random_state=0)
    by_name = lambda one: one.summaries.set_index("candidate").sort_index()  # noqa: E731
    one, other = (by_name(chalktape.judge(each, metric="log_loss")) for each in (predicted, shuffled))
    pd.testing.assert_frame_equal(one, other)


def test_the_rows_of_a_single_fold_are_enough(predicted):
    found = chalktape.judge(predicted.query("fold == 0"), metric="accuracy", primary=("Logistic (L2)", "Stump"))
    assert {one.n for one in found.ranked} == {1}
    assert found.winner is not None
    assert all(one.has_interval for one in found.contrasts)


def test_the_page_stands_alone_and_tells_all(predicted):
    page = chalktape.judge(predicted.assign(candidate=predicted["candidate"].replace("Stump", "<Stump>"))).page
    assert "&lt;Stump&gt;" in page
    assert "<Stump>" not in page
    assert "http" not in page.replace("http://www.w3.org", "")
    for words in ("Means", "Differences", "Method", "such intervals held the truth"):
        assert words in page


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.rename(columns={"fold": "folds"}), "the columns candidate, fold, value. Received: missing="),
        (lambda t: pd.concat([t, t[:1]]), "each candidate and fold once. Received: candidate='a', fold=0"),
        (lambda t: t[1:], "the same folds for every candidate. Received: candidate='a', folds_without=[0]"),
        (lambda t: t[t["fold"] == 0], "two or more folds"),
        (lambda t: t.assign(value=[np.nan, *t["value"][1:]]), "a finite value for each fold. Received: candidate='a'"),
        (lambda t: t.assign(value=3.0), "values from 0 to 1"),
        (lambda t: t[:0], "rows. Received: rows=0"),
    ],
)
def test_scores_that_cannot_be_judged_are_refused_by_name(change, message):
    with pytest.raises(ValueError, match="judge: expected ") as error:
        chalktape.judge(change(table(a=A, b=B)), 400, 100)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(columns="truth"), "the columns candidate, fold, row, truth"),
        (lambda t: t.drop(columns="probability_benign"), "a column probability_<class> for each of two classes"),
        (lambda t: pd.concat([t, t[:1]]), "each candidate and fold and row once"),
        (lambda t: t[1:], "the same rows for every candidate. Received: candidate='Logistic (L2)'"),
        (lambda t: t.assign(probability_benign=0.9), "probabilities that sum to 1"),
        (
            lambda t: t.assign(truth=[{"benign": "malignant"}.get(t["truth"][0], "benign"), *t["truth"][1:]]),
            "one truth for a row",
        ),
        (lambda t: t.assign(truth="healthy"), "truths among the classes"),
    ],
)
def test_predictions_that_cannot_be_judged_are_refused_by_name(predicted, change, message):
    with pytest.raises(ValueError, match="judge: expected ") as error:
        chalktape.judge(change(predicted))
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "n_train, the rows of a fold"),
        ({"n_train": 0.8, "n_test": 1}, "n_train, the rows of a fold, a whole number. Received: n_train=0.8"),
        ({"n_train": 4, "n_test": 1, "equivalence": 0}, "a positive equivalence"),
        ({"n_train": 4, "n_test": 1, "reference": "c"}, "a known candidate. Received: candidate='c'"),
        ({"n_train": 4, "n_test": 1, "primary": ("a", "a")}, "two candidates that look at the inputs"),
        ({"n_train": float("nan"), "n_test": 1}, "n_train, the rows of a fold, a whole number"),
        ({"n_train": 4, "n_test": 1, "metric": "hinge"}, "lower_is_better with a metric that is none of ours"),
        (
            {"n_train": 4, "n_test": 1, "metric": "accuracy", "lower_is_better": True},
            "lower_is_better of accuracy, False. Received: lower_is_better=True",
        ),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(options, message):
    with pytest.raises(ValueError, match="judge: expected ") as error:
        chalktape.judge(table(a=A, b=B), **options)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metric": "r2"}, "a known metric. Received: metric='r2'"),
        ({"metric": "type_1_error"}, "two classes for type_1_error. Received: classes=('malignant', 'benign', 'none')"),
        ({"n_test": 5}, "of predictions nothing that they tell themselves"),
    ],
)
def test_what_predictions_are_asked_in_vain_is_refused(predicted, options, message):
    with pytest.raises(ValueError, match="judge: expected ") as error:
        chalktape.judge(predicted.assign(probability_none=0.0), **options)
    assert message in str(error.value)


def test_what_is_no_table_of_scores_is_called_so(predicted):
    with pytest.raises(ValueError, match=r"expected a frame\. Received: table='str'"):
        chalktape.judge("scores.csv", 400, 100)
    with pytest.raises(ValueError, match=r"the columns candidate, fold, value\. Received: missing=\['value'\]"):
        chalktape.judge(table(a=A, b=B).rename(columns={"value": "score"}), 400, 100)
    with pytest.raises(ValueError, match=r"no candidate 'guessing'\. Received: candidate='guessing'"):
        chalktape.judge(predicted.replace({"candidate": {"Stump": "guessing"}}))


def test_per_cent_are_shares_of_a_hundred():
    """What may be said does not depend on the unit."""
    random = np.random.default_rng(0)
    shares = pd.DataFrame(
        {
            "candidate": ["a"] * 5 + ["b"] * 5,
            "fold": [*range(5)] * 2,
            "value": random.uniform(0.9, 1, 10).round(3),
        }
    )
    per_cent = shares.assign(value=100 * shares["value"])
    one, other = chalktape.judge(shares, 80, 20), chalktape.judge(per_cent, 80, 20, bounds=(0, 100))
    for own, percent in zip(one.ranked, other.ranked, strict=True):
        assert np.allclose([100 * own.low, 100 * own.high], [percent.low, percent.high])
        assert own.method == percent.method
    for own, percent in zip(one.contrasts, other.contrasts, strict=True):
        assert np.allclose([100 * own.difference, 100 * own.low], [percent.difference, percent.low])
        assert np.allclose([own.p_corrected, own.equal], [percent.p_corrected, percent.equal])
        assert own.judgment == percent.judgment


@pytest.mark.parametrize(
    "metric", ["f1", "balanced_accuracy", "average_precision", "roc_auc", "type_1_error", "accuracy"]
)
def test_of_scores_alone_it_is_not_told_how_often_intervals_hold(metric):
    """That hangs on the rows of each class: of 15 positive ones of 150 an F1 held in 84 of 100, and not 93."""
    found = chalktape.judge(table(a=A, b=B), 120, 30, metric=metric)
    for one in found.ranked:
        assert "held the truth" not in one.method
        assert "hangs on how many rows are of each class" in one.method
        assert captions.method_of(one.method) is captions.SHARES_BY_SCORES


def test_of_anybodys_score_it_was_not_simulated():
    for options in ({}, {"metric": "brier_score"}, {"metric": "kappa", "lower_is_better": False}):
        (one, _) = chalktape.judge(table(a=A, b=B), 120, 30, **options).ranked
        assert one.method.endswith("how often such intervals hold the truth was not simulated")
