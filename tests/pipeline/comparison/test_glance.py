"""What the first screen tells beside the answer."""

from dataclasses import replace

import pytest

from pipeline.comparison.glance import glances
from pipeline.comparison.spent import in_words, spent
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.flow.each import Entry, Scored
from pipeline.scoring.compare import gather
from pipeline.scoring.evaluate import evaluate
from pipeline.training.train import train


@pytest.fixture
def compared(small):
    """Two nets and two baselines on two divisions of the flowers."""
    iris = ingest("iris")
    folds = split(iris, small.splitting, seed=1)
    trained = [run for candidate in small.candidates for run in train(candidate, iris, folds)]
    return gather(small, iris, folds, trained, [evaluate(run, iris, folds[run.fold_index], small) for run in trained])


def test_it_counts_who_is_told_apart_from_the_best(compared):
    sure, _, _ = glances(compared, ["This was not done."])
    best, *others = compared.ranked
    found = compared.against(best.candidate)
    judgments = [found[one.candidate].judgment for one in others if one.candidate != "majority_class"]
    assert best.candidate != "majority_class"
    assert sure.text.startswith(f"Of {len(others) - 1} others beside the majority class, {judgments.count('worse')} ")
    assert sure.text.endswith(f"of {judgments.count('cannot_say')} it cannot be said.")


def test_it_tells_what_the_training_took(compared):
    slow = replace(compared, trained=tuple(replace(run, seconds=100.0) for run in compared.trained))
    _, cost, _ = glances(slow, ["This was not done."])
    n_folds = len(compared.folds)
    assert cost.text == (
        f"2 nets in {200 * n_folds} s and 2 baselines in {200 * n_folds} s, over {n_folds} divisions of the rows."
    )


def test_it_tells_the_first_and_the_last_of_what_was_not_done(compared):
    assert glances(compared, ["One.", "Two.", "Three."])[2].text == "One. Three."
    assert glances(compared, ["One."])[2].text == "One."


def test_times_are_summed_by_family(compared):
    times = spent(compared)
    nets = sum(run.seconds for run in compared.trained if run.candidate.family == "net")
    assert (times.n_nets, times.n_baselines, times.nets) == (2, 2, in_words(nets))


def test_one_of_a_thing_is_one(compared):
    first = tuple(one for one in compared.trained if one.fold_index == 0)
    once = replace(compared, trained=first, folds=compared.folds[:1])
    assert glances(once, ["This was not done."])[1].text.endswith("over 1 division of the rows.")
    candidate, (trained, *_) = compared.comparison.candidates[0], compared.trained
    entry = Entry(candidate=candidate, comparison=compared.comparison, dataset=compared.dataset, folds=once.folds)
    assert Scored(entry=entry, trained=(trained,), scores=()).told.endswith("s for 1 fold")


def test_where_there_is_nobody_but_who_guesses_it_is_said(compared):
    names = ("logistic_regression", "majority_class")
    kept = tuple(one for one in compared.comparison.candidates if one.name in names)
    comparison = replace(compared.comparison, candidates=kept)
    scores = [one for one in compared.scores if one.candidate in names]
    trained = [one for one in compared.trained if one.candidate.name in names]
    alone = gather(comparison, compared.dataset, compared.folds, trained, scores)
    word = alone.against("logistic_regression")["majority_class"].judgment
    expected = (
        f"Beside the majority class there is no other; that is {'' if word == 'worse' else 'not '}shown to be worse."
    )
    assert glances(alone, ["This was not done."])[0].text == expected
