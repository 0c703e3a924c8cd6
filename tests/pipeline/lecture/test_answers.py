"""Questions of the lecture are answered from the store, and said to be unanswered where it has no run."""

import re
import shutil
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from experiments.language import Exercise, Splitting
from experiments.worked.activations import ACTIVATIONS
from experiments.worked.example_9 import EXAMPLE_9
from experiments.worked.perceptron import PERCEPTRON
from pipeline.flow.desk import Desk
from pipeline.lecture import answers, flow
from pipeline.lecture.flow import LectureJob, run_lecture
from pipeline.plan import How, carry_out, plan
from pipeline.telling.terminal import Terminal
from pipeline.tracking import Tracker
from pipeline.tracking.reading import finished_comparisons
from pipeline.words.numbers import number


@pytest.fixture
def desk(flowers, tmp_path):
    """A desk at a copy of the store that holds a run of flowers."""
    shutil.copy(flowers.uri.removeprefix("sqlite:///"), tmp_path / "mlflow.db")
    return Desk(tracker=Tracker(f"sqlite:///{tmp_path}/mlflow.db"), terminal=Terminal(quiet=True))


def asking(experiment):
    (question,) = EXAMPLE_9.questions
    return replace(EXAMPLE_9, questions=(replace(question, experiment=experiment),))


def page_of(desk, *examples):
    told = run_lecture(LectureJob(examples=examples, datasets={}), desk)
    return Path(told.run.place("lecture.html")).read_text("utf-8")


def words(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_the_last_run_answers_with_its_numbers_intervals_and_verdict(desk, flowers_comparison, monkeypatch):
    exercises = (Exercise(name="Q1", text="A net", candidates=("tanh_8",)),)
    asked = replace(flowers_comparison, exercises=exercises)
    monkeypatch.setattr(answers, "COMPARISONS", {"flowers": asked})
    (stored,) = finished_comparisons("flowers", 1, desk.tracker.uri)
    own = stored.table.query("candidate == 'tanh_8' and metric == 'accuracy'").iloc[0]

    told = words(page_of(desk, asking("flowers")))

    assert f"Q1 tanh 8 {number(own['mean'])} {number(own.low)} to {number(own.high)}" in told
    assert "majority class" in told
    assert " ".join(stored.verdict.split()) in told
    assert f"seed 1, folds: {stored.n_folds}, commit {stored.git[:7]}" in told


def test_without_a_run_the_page_says_so_and_how_to_make_one(desk):
    told = words(page_of(desk, EXAMPLE_9))

    assert "Not run yet in this store: chalktape run iris" in told


def test_what_had_no_part_in_the_run_has_no_number(flowers, flowers_comparison):
    (stored,) = finished_comparisons("flowers", 1, flowers.uri)
    exercises = (Exercise(name="Q3", text="Trees", candidates=("forest",)),)

    table = answers.answered(replace(flowers_comparison, exercises=exercises), stored).table

    assert table.iloc[0].tolist() == ["Q3", "forest", "–", "–"]


def test_what_is_worked_on_request_stands_on_the_page_once_it_has_been_run(desk, monkeypatch):
    requested = replace(ACTIVATIONS, beside="perceptron")
    monkeypatch.setattr(flow, "ON_REQUEST", (requested,))

    before = page_of(desk, PERCEPTRON)
    page_of(desk, requested)
    after = page_of(desk, PERCEPTRON)

    assert 'id="activations"' not in before
    assert "stands here once it has been run, chalktape run activations" in words(before)
    assert '<h2 id="activations">' in after
    assert 'href="#activations"' in after
    assert "stands here once" not in words(after)


def test_a_comparison_that_ran_after_the_lecture_answers_too(desk, flowers_comparison, monkeypatch):
    """As in a run of everything: the lecture is first."""
    monkeypatch.setattr(answers, "COMPARISONS", {"late": replace(flowers_comparison, name="late")})
    told = run_lecture(LectureJob(examples=(asking("late"),), datasets={}), desk)
    page = Path(told.run.place("lecture.html"))
    assert "Not run yet" in page.read_text("utf-8")

    told.tell_again(["flowers"])
    assert "Not run yet" in page.read_text("utf-8")

    late = replace(flowers_comparison, name="late", splitting=Splitting(n_folds=2))
    planned = plan([], [late], How(tracking_uri=desk.tracker.uri))
    carry_out(planned, Terminal(quiet=True))
    told.tell_again(["late"])
    assert "Not run yet" not in page.read_text("utf-8")
    assert "folds: 2" in page.read_text("utf-8")
