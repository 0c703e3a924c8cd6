"""The lecture's questions in the report: each a heading, a sentence and a table, with the numbers of the result."""

import re
from dataclasses import replace
from html import unescape

import numpy as np
import pytest

from experiments.bankruptcy import BANKRUPTCY
from experiments.iris import IRIS
from experiments.language import Exercise, Splitting
from pipeline.comparison.exercises import exercises_section
from pipeline.comparison.standing import standing_sections
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.scoring.compare import gather
from pipeline.scoring.evaluate import evaluate
from pipeline.training.train import train
from pipeline.words.numbers import number


@pytest.fixture(scope="module")
def unasked(flowers_comparison):
    """A comparison without questions."""
    return replace(flowers_comparison, splitting=Splitting(n_folds=3), gate=None)


@pytest.fixture(scope="module")
def asked(unasked):
    """A comparison that was run, with questions: one about the rows, one each about a net and a baseline."""
    questions = (
        Exercise(name="Q1", text="Divide the rows"),
        Exercise(name="Q2", text="A net of 8", candidates=("tanh_8",)),
        Exercise(name="Q3", text="Another model", candidates=("stump",)),
    )
    comparison = replace(unasked, exercises=questions)
    dataset = ingest("iris")
    folds = split(dataset, comparison.splitting, seed=1)
    trained = [run for candidate in comparison.candidates for run in train(candidate, dataset, folds)]
    scores = [evaluate(run, dataset, folds[run.fold_index], comparison) for run in trained]
    return gather(comparison, dataset, folds, trained, scores)


def words(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_each_question_has_a_heading_a_sentence_and_a_table(asked):
    html = str(exercises_section(asked).html)
    parts = html.split("<h3")[1:]
    assert [re.search(r">(Q\d): ", part)[1] for part in parts] == ["Q1", "Q2", "Q3"]
    for part in parts:
        assert len(words(re.search(r"<p>(.*?)</p>", part)[1])) > 30
        assert part.count("<table") == 1


def test_rows_are_counted_as_they_were_divided(asked):
    answer, *_ = exercises_section(asked).values["answers"]
    assert len(answer.division) == len(asked.folds)
    for line, fold in zip(answer.division, asked.folds, strict=True):
        assert (line["Training rows"], line["Test rows"]) == (str(len(fold.train_rows)), str(len(fold.test_rows)))
    assert "120 rows train and 30 test" in answer.sentence


def test_shares_of_the_positive_class_are_those_of_the_rows(asked):
    positive = replace(asked, comparison=replace(asked.comparison, positive_class=1))
    line = exercises_section(positive).values["answers"][0].division[0]
    fold, y = asked.folds[0], asked.dataset.y
    assert line["“versicolor”, share of test rows"].endswith(f"({np.sum(y[fold.test_rows] == 1)})")


def test_a_sentence_tells_mean_interval_guess_and_the_rival_of_another_question(asked):
    answer = exercises_section(asked).values["answers"][1]
    own = asked.of("tanh_8").summaries["accuracy"]
    for value in (own.mean, own.low, own.high, asked.reference.mean):
        assert number(value) in answer.sentence
    assert "Against stump, the best of the other questions (Q3)" in answer.sentence
    assert number(abs(asked.against("stump")["tanh_8"].difference)) in answer.sentence
    assert [row.candidate.name for row in answer.rows] == ["tanh_8", "majority_class"]


def test_without_questions_there_is_no_section(asked, unasked):
    assert exercises_section(replace(asked, comparison=unasked)) is None


def test_an_error_of_0_by_guessing_is_no_honor(asked):
    """Whoever raises nothing raises no false alarm."""
    means = {"majority_class": 0.0, "tanh_8": 0.03, "stump": 0.05}
    metrics = ("type_2_error", "accuracy")
    comparison = replace(asked.comparison, metrics=metrics, positive_class=1)
    errors = [
        replace(one, metric="type_2_error", mean=means[one.candidate])
        for one in asked.summaries
        if one.metric == "accuracy"
    ]
    result = replace(asked, comparison=comparison, summaries=(*asked.summaries, *errors))
    rows = standing_sections(result)[0].values["rows"]
    assert {row.candidate.name: row.cells[0].best for row in rows} == {
        "tanh_8": True,
        "stump": False,
        "majority_class": False,
    }


@pytest.mark.parametrize(
    ("exercises", "names"),
    [
        ((Exercise(name="Q1", text="Which", candidates=("majority_class",)),), "majority_class"),
        ((Exercise(name="Q1", text="One"), Exercise(name="Q1", text="Two")), "Two"),
    ],
)
def test_questions_that_nobody_can_answer_are_refused(exercises, names, unasked):
    with pytest.raises(ValueError, match=f"exercises of different names.*{names}"):
        replace(unasked, exercises=exercises)


def test_a_question_whose_candidates_had_no_part_says_so(asked):
    comparison = replace(asked.comparison, exercises=(Exercise(name="Q3", text="Trees", candidates=("forest",)),))
    html = words(str(exercises_section(replace(asked, comparison=comparison)).html))
    assert "Not answered: forest had no part in this run." in html


def test_what_the_lecture_asks_is_declared():
    assert [one.name for one in IRIS.exercises] == ["Q1", "Q2", "Q3"]
    assert [one.name for one in BANKRUPTCY.exercises] == ["Q1", "Q2", "Q3", "Q4"]
    assert BANKRUPTCY.exercises[0].candidates == ()
    assert len(BANKRUPTCY.exercises[3].candidates) == 5
