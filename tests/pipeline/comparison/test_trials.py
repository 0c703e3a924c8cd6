"""The report's part on searches: a row for each settings, over the folds that tried them, best first."""

from types import SimpleNamespace

import pytest

from experiments.language import METRICS, Baseline, Search
from pipeline.comparison.trials import trials_section, unscored
from pipeline.training.values import Trial

TREES = Baseline(name="trees", algorithm="decision_tree")
SEARCH = Search(
    name="searched_trees",
    candidate=TREES,
    space={"settings.max_depth": (1, 2, 4, 8), "inputs": ("raw", "standardize")},
    n_trials=3,
    rungs=(1,),
)


def trial(depth, score, *, chosen=False, n_parts=3):
    return Trial(settings={"settings.max_depth": depth, "inputs": "raw"}, score=score, chosen=chosen, n_parts=n_parts)


FOLDS = (
    (trial(1, 0.5, n_parts=1), trial(2, 0.9, chosen=True), trial(4, float("nan"))),
    (trial(1, 0.9, n_parts=1), trial(2, 0.7, n_parts=1), trial(8, 0.75, chosen=True)),
)


def result(metric="accuracy", folds=FOLDS):
    runs = [SimpleNamespace(trials=trials) for trials in folds]
    own = {"searched_trees": SimpleNamespace(trained=runs)}
    return SimpleNamespace(order=(SEARCH, TREES), primary=METRICS[metric], folds=folds, of=own.__getitem__)


@pytest.mark.parametrize(("metric", "best"), [("accuracy", [2, 8]), ("log_loss", [8, 2])])
def test_settings_stand_once_with_the_mean_of_the_folds_that_tried_them_best_first(metric, best):
    rows = trials_section(result(metric)).values["rows"]
    depths = [*best, 4, 1]  # then what diverged, and what was dropped wherever it was tried
    assert [row.settings for row in rows] == [f"settings.max_depth = {depth}; inputs = raw" for depth in depths]
    told = {2: "0.8000", 8: "0.7500", 4: "–", 1: "0.7000"}
    assert [row.told for row in rows] == [told[depth] for depth in depths]
    found = {row.settings: (row.n_folds, row.n_dropped, row.n_chosen) for row in rows}
    assert found == {
        "settings.max_depth = 1; inputs = raw": (2, 2, 0),
        "settings.max_depth = 2; inputs = raw": (2, 1, 1),
        "settings.max_depth = 4; inputs = raw": (1, 0, 0),
        "settings.max_depth = 8; inputs = raw": (1, 0, 1),
    }


def test_the_page_has_all_of_them_and_nothing_where_nothing_was_searched():
    section = trials_section(result())
    assert section.html.count("<tr>") == 1 + 4
    assert "4 settings, best first" in section.html
    assert "Dropped on" in section.html
    alone = SimpleNamespace(order=(TREES,), primary=METRICS["accuracy"], folds=FOLDS, of=None)
    assert trials_section(alone) is None


NAN = float("nan")
BLIND = (trial(1, NAN, chosen=True), trial(2, NAN))
BLIND_AT_LAST = (trial(1, 0.6, n_parts=1), trial(2, NAN, chosen=True), trial(4, 0.7, n_parts=1))


@pytest.mark.parametrize("blind", [BLIND, BLIND_AT_LAST], ids=["on_any_part", "after_a_rung"])
def test_folds_that_could_score_no_trial_are_admitted(blind):
    assert unscored(result()) == ()
    assert unscored(result("roc_auc", (*FOLDS, blind))) == (
        "Searched trees: on 1 of 3 folds no trial could be scored by ROC-AUC on all parts, and so the first of those "
        "that were left was taken unseen.",
    )
