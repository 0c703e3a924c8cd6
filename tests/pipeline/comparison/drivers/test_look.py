"""What drives a comparison, from its models to the page; who may be named; an end that is asked for."""

import json
import re
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from pipeline.comparison.drivers.held_out import Asked
from pipeline.comparison.drivers.look import column_losses, what_drives
from pipeline.comparison.drivers.losses import losses
from pipeline.comparison.drivers.section import answer, drivers_section
from pipeline.flow.desk import Desk
from pipeline.plan import carry_out, plan
from pipeline.scoring.many_columns import Units
from pipeline.telling.terminal import Terminal
from pipeline.tracking.silent import SilentTracker

QUIET = Desk(tracker=SilentTracker(), terminal=Terminal(quiet=True))


@pytest.fixture(scope="module")
def copied(tumor_result):
    """Tumors, of which nothing is told that the texture does not tell: a copy of it is shuffled with it."""
    dataset = tumor_result.dataset
    X = np.column_stack([dataset.X, 2 * dataset.X[:, 0] + 1])
    names = (*dataset.feature_names, "<texture> & more")

    class Reads:
        def __init__(self, model):
            self.model = model

        def predict_proba(self, X):
            rows = X[:, :4].copy()
            rows[:, 0] = (X[:, 0] + (X[:, 4] - 1) / 2) / 2
            return self.model.predict_proba(rows)

    trained = tuple(replace(run, model=Reads(run.model)) for run in tumor_result.trained)
    return replace(tumor_result, dataset=replace(dataset, X=X, feature_names=names), trained=trained)


@pytest.fixture(scope="module")
def drivers(copied):
    return what_drives(copied, QUIET)


@pytest.fixture(scope="module")
def section(copied, drivers):
    return drivers_section(copied, drivers)


def test_the_chosen_candidate_is_asked_about_columns_that_go_together_at_once(copied, drivers):
    assert drivers.candidate == copied.ranked[0].candidate
    (pair,) = drivers.together
    assert set(pair.columns) == {"texture", "<texture> & more"}
    assert pair.mean > sum(pair.alone)  # each alone looks less important than what they say together
    assert sorted(name for one in drivers.losses for name in one.columns) == sorted(copied.dataset.feature_names)
    assert [one.mean for one in drivers.losses] == sorted((one.mean for one in drivers.losses), reverse=True)
    assert drivers.n == 3


def test_every_answer_is_counted(copied, drivers):
    n_test = len(copied.folds[0].test_rows)
    shuffled = 3 * (4 + 2 + 1) * n_test
    moved = 3 * 2 * n_test * len(drivers.curves)
    assert drivers.n_answers == shuffled + moved


def test_files_have_every_column_and_every_value(drivers, section):
    importance, effects = section.tables["importance.csv"], section.tables["effects.csv"]
    assert len(importance) == 5
    assert set(effects["scale"]) == {"probability", "log_odds"}
    assert set(effects["column"]) == {curve.axis.name for curve in drivers.curves}
    for curve in drivers.curves:
        own = effects.query("column == @curve.axis.name and scale == 'probability'")
        np.testing.assert_allclose(own["mean"], curve.heights["probability"].mean[:, 0])
        np.testing.assert_allclose(own["value"].astype(float), curve.axis.grid)
        assert (own["low"] <= own["high"]).all()


def test_the_section_is_whole_and_escapes_what_columns_are_called(section):
    html = section.html
    ElementTree.fromstring(f"<main>{html.replace('&nbsp;', ' ')}</main>")
    assert "&lt;texture&gt; &amp; more" in html
    assert "<texture>" not in html
    assert not re.search(r"\bnan\b", html)
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(section.anchors) <= set(ids)
    assert set(re.findall(r'aria-labelledby="([^"]+)"', html)) <= set(ids)
    for figure in section.figures:
        assert ElementTree.fromstring(figure.svg).get("aria-label")


def test_a_column_is_named_only_where_its_loss_is_beyond_chance(copied, drivers):
    first = replace(drivers.losses[0], beyond=True, columns=("texture", "size"), mean=0.2, low=0.1, high=0.3)
    luck = replace(drivers.losses[1], beyond=False)
    told = answer(copied, replace(drivers, losses=(first, luck)))
    assert (
        "above all “texture” with 1 column that goes with it, whose shuffling makes its average precision 0.2000"
        in told
    )
    assert "Of 2 that were shuffled, 1 is beyond chance." in told
    none = answer(copied, replace(drivers, losses=(replace(first, beyond=False), luck)))
    assert "no column by itself" in none
    assert "texture" not in none
    assert "chance: there are too few" in answer(copied, replace(drivers, n=1))


def test_a_larger_loss_that_may_be_chance_is_said_before_a_column_is_put_above_all(copied, drivers):
    """By the mean alone the first column would be the other one: that it is not sure is no reason to deny it."""
    luck = replace(drivers.losses[0], beyond=False, columns=("size",), mean=0.25, low=-0.1, high=0.6)
    sure = replace(drivers.losses[1], beyond=True, columns=("texture",), mean=0.2, low=0.1, high=0.3)
    told = answer(copied, replace(drivers, losses=(luck, sure)))
    assert "above all" not in told
    assert told.startswith(
        f"What drives {copied.ranked[0].candidate.replace('_', ' ')}: “texture”, whose shuffling makes its"
    )
    assert told.endswith("Of 2 that were shuffled, 1 is beyond chance; a larger loss of “size” (0.2500) may be chance.")
    many = tuple(replace(luck, columns=(f"c{k}",)) for k in range(5))
    told = answer(copied, replace(drivers, losses=(*many, sure)))
    assert told.endswith("; larger losses of “c0” (0.2500), “c1” (0.2500), “c2” (0.2500) and 2 more may be chance.")


def test_images_and_what_looks_at_no_input_have_no_drivers(tumor_result):
    images = replace(tumor_result.dataset, X=np.zeros((463, 2, 2), np.uint8))
    assert what_drives(replace(tumor_result, dataset=images), QUIET) is None
    dummy = tumor_result.comparison.dummy
    guesses = tuple(replace(one, candidate=dummy) for one in tumor_result.summaries[:1])
    assert what_drives(replace(tumor_result, summaries=guesses), QUIET) is None


def test_an_end_that_is_asked_for_is_heard_at_once(copied, asked_to_end):
    start = time.perf_counter()
    with pytest.raises(KeyboardInterrupt):
        what_drives(copied, QUIET)
    assert time.perf_counter() - start < 2


def test_a_run_leaves_it_on_its_page_first_and_in_its_files(workplace, small, capfd):
    carry_out(plan([], [small]), Terminal(), json_file=Path("results.json"))
    told = capfd.readouterr().out
    assert "small, what drives it: columns shuffled (1 of 2)" in told
    (record,) = json.loads(Path("results.json").read_text())["experiments"]
    (page,) = workplace.rglob("report.html")
    html = page.read_text()
    assert html.index('id="drivers"') < html.index('id="table"')
    assert "What drives it took" in html
    assert record["drivers"]["candidate"] in {candidate.name for candidate in small.candidates}
    effects = pd.read_csv(page.with_name("effects.csv"))
    assert set(effects["of"]) == {"setosa", "versicolor", "virginica"}
    assert len(pd.read_csv(page.with_name("importance.csv"))) == 4


def noise(seed, n=240, n_columns=12, n_folds=5):
    """Losses of logistic regression on test rows, where no column says anything of the class."""
    random = np.random.default_rng(seed)
    X, y = random.normal(size=(n, n_columns)), np.arange(n) % 2
    result = SimpleNamespace(
        dataset=SimpleNamespace(X=X, y=y, weights=None),
        primary=SimpleNamespace(name="roc_auc"),
        comparison=SimpleNamespace(positive_class=1),
    )
    lost = []
    for fold in range(n_folds):
        rows = (np.arange(n) // 2) % n_folds == fold
        model = LogisticRegression().fit(X[~rows], y[~rows])
        asked = Asked(name="", model=model, rows=np.flatnonzero(rows), seed=100 * seed + fold)
        lost.append(losses(asked, [(column,) for column in range(n_columns)], result, lambda n: None, 16_384))
    return column_losses(
        [(column,) for column in range(n_columns)], np.array(lost), Units(ratio=0.25), [str(k) for k in range(12)]
    )


def test_of_columns_of_noise_none_is_named_more_often_than_chance():
    named = [any(one.beyond for one in noise(seed)) for seed in range(20)]
    assert np.mean(named) <= 0.05
