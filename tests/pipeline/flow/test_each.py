"""Every flow goes over its candidates so: in order, told from beginning to end, and able to stop."""

from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.flow import each as flow
from pipeline.flow.each import Entry, each, train_and_score
from pipeline.scoring.compare import compare
from pipeline.scoring.evaluate import evaluate, evaluate_all
from pipeline.telling.terminal import Terminal
from pipeline.training.train import train

IRIS = ingest("iris")


class Told(Terminal):
    """Remembers all progress: position, name and share, and what was said of each at its end."""

    @contextmanager
    def progress(self, experiment, n_candidates):
        self.title, self.n, self.shares, self.ends = experiment, n_candidates, [], []
        yield self

    def update(self, position, name, where, share):
        self.shares.append((position, name, share))

    def finish(self, position, name, how):
        self.ends.append((position, name, how))


@pytest.fixture
def desk(quiet_desk):
    return replace(quiet_desk, terminal=Told(quiet=True))


def halfway(item, progress):
    progress("in the middle", 0.5)
    return 10 * item


ITEMS = [("one", 1), ("two", 2)]


def test_items_are_done_in_order_and_each_is_told_from_0_to_its_end(desk):
    found = each(desk, "numbers", ITEMS, halfway, lambda done: f"came to {done}")
    assert next(found) == 10
    assert desk.terminal.shares == [(0, "one", 0.0), (0, "one", 0.5)]
    assert desk.terminal.ends == [], "who asked has not done with it"
    assert list(found) == [20]
    assert desk.terminal.shares[2:] == [(1, "two", 0.0), (1, "two", 0.5)]
    assert desk.terminal.ends == [(0, "one", "came to 10"), (1, "two", "came to 20")]
    assert (desk.terminal.title, desk.terminal.n) == ("numbers", 2)


def test_nothing_is_begun_before_it_is_asked_for(desk):
    begun = []
    found = each(desk, "numbers", ITEMS, lambda item, progress: begun.append(item), str)
    assert begun == []
    next(found)
    assert begun == [1]


@pytest.mark.usefixtures("asked_to_end")
def test_an_end_that_was_asked_for_is_heard_before_anything_is_begun(quiet_desk):
    begun = []
    with pytest.raises(KeyboardInterrupt):
        list(each(quiet_desk, "numbers", ITEMS, lambda item, progress: begun.append(item), str))
    assert begun == []


@pytest.fixture
def entries(small):
    folds = split(IRIS, small.splitting, seed=1)
    return [Entry(candidate=one, comparison=small, dataset=IRIS, folds=folds) for one in small.candidates]


def test_each_candidate_is_trained_on_every_fold_and_scored_on_its_test_rows(desk, small, entries, watched):
    done = list(train_and_score(desk, "small", entries))
    assert [one.entry for one in done] == entries
    assert [item for one in done for item in one.trained] == watched.trained
    for one in done:
        for item, scores, fold in zip(one.trained, one.scores, one.entry.folds, strict=True):
            assert item.fold_index == scores.fold_index == fold.index
            np.testing.assert_array_equal(scores.y_true, IRIS.y[fold.test_rows])
            assert scores.metrics == evaluate(item, IRIS, fold, small).metrics
        assert one.summaries == compare(one.scores, one.entry.folds, small)
    assert [(position, name) for position, name, _ in desk.terminal.ends] == [
        (position, candidate.name) for position, candidate in enumerate(small.candidates)
    ]
    assert desk.terminal.ends[-1][2].startswith("scikit-learn, ")
    assert desk.terminal.ends[-1][2].endswith(" s for 2 folds")


def test_the_desk_says_for_how_many_epochs(desk, entries):
    (done,) = train_and_score(replace(desk, epochs=2), "small", entries[:1])
    assert {len(item.history["train_loss"]) for item in done.trained} == {2}
    (fold, _) = entries[0].folds
    (alone,) = train(entries[0].candidate, IRIS, [fold], epochs=2)
    assert alone.n_parameters == done.trained[0].n_parameters


def test_an_error_in_the_second_candidate_leaves_the_first(desk, entries, monkeypatch):
    def fail(trained, dataset, folds, comparison):
        if trained[0].candidate.name == entries[1].name:
            raise ValueError("diverged")
        return evaluate_all(trained, dataset, folds, comparison)

    monkeypatch.setattr(flow, "evaluate_all", fail)
    found = train_and_score(desk, "small", entries)
    assert next(found).entry is entries[0]
    with pytest.raises(ValueError, match="diverged"):
        next(found)
