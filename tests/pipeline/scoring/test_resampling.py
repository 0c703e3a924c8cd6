import tracemalloc
from unittest.mock import patch

import numpy as np
import pytest

from pipeline.scoring import resampling
from pipeline.scoring.metrics import score
from pipeline.scoring.resampling import Resamples, draws
from pipeline.scoring.values import Scores

Y = np.repeat([0, 1, 0, 2], [5, 8, 4, 3])


def scores_of(y, n_classes, seed=0):
    return Scores(
        candidate="a",
        family="net",
        fold_index=0,
        seed=0,
        metrics={},
        y_true=y,
        predicted=np.random.default_rng(seed).dirichlet(np.ones(n_classes), len(y)),
        confusion=np.zeros((n_classes, n_classes), np.int64),
    )


def test_rows_are_drawn_within_each_class():
    (counts,) = draws(Y, seed=0, n_resamples=40)
    for k in range(3):
        assert (counts[k == Y].sum(axis=0) == (k == Y).sum()).all()
    assert len(np.unique(counts, axis=1).T) > 35


def test_the_draws_are_those_of_one_set_of_rows_after_the_other():
    """By definition: of each class as many rows as it has, with replacement."""
    random = np.random.default_rng(5)
    (counts,) = draws(Y, seed=5, n_resamples=30)
    for own in counts.T:
        strata = [np.flatnonzero(k == Y) for k in range(3)]
        rows = np.concatenate([rows[random.integers(len(rows), size=len(rows))] for rows in strata])
        assert (own == np.bincount(rows, minlength=len(Y))).all()


def test_draws_do_not_depend_on_how_many_are_made_at_once(monkeypatch):
    (whole,) = draws(Y, seed=1, n_resamples=50)
    monkeypatch.setattr(resampling, "_AT_ONCE", 7 * len(Y))
    parts = [*draws(Y, seed=1, n_resamples=50)]
    assert [part.shape[1] for part in parts] == [7] * 7 + [1]
    assert (np.hstack(parts) == whole).all()
    assert (np.hstack([*draws(Y, seed=1, n_resamples=20)]) == whole[:, :20]).all()


def test_candidates_are_paired_and_another_seed_draws_other_rows():
    scores = scores_of(Y, 3)
    one, again, other = (Resamples(seed=seed, positive_class=None).of("log_loss", scores) for seed in (1, 1, 2))
    assert (one == again).all()
    assert (one != other).any()


def test_a_run_draws_once_and_scores_each_metric_of_a_candidate_once():
    resamples = Resamples(seed=0, positive_class=None)
    candidates = [scores_of(Y, 3, seed) for seed in range(3)]
    with (
        patch.object(resampling, "draws", wraps=draws) as drawing,
        patch.object(resampling, "weighted_score", wraps=resampling.weighted_score) as scoring,
    ):
        for _ in range(2):
            values = [resamples.of(metric, one) for one in candidates for metric in ("accuracy", "log_loss")]
    assert len({value.tobytes() for value in values}) == 6
    assert (drawing.call_count, scoring.call_count) == (1, 6)
    rows = np.repeat(np.arange(len(Y)), next(draws(Y, seed=0))[:, 17])
    assert values[-1][17] == pytest.approx(score("log_loss", Y[rows], candidates[-1].y_proba[rows]))


def test_other_labels_are_drawn_anew():
    resamples = Resamples(seed=0, positive_class=None)
    first, second = scores_of(Y, 3), scores_of(Y[::-1].copy(), 3)
    resamples.of("accuracy", first)
    assert (resamples.of("accuracy", second) == Resamples(seed=0, positive_class=None).of("accuracy", second)).all()


def test_more_rows_than_are_kept_are_drawn_again_to_the_same_values(monkeypatch):
    scores = scores_of(Y, 3)
    kept = Resamples(seed=0, positive_class=None).of("roc_auc", scores)
    monkeypatch.setattr(resampling, "_KEPT", 10)
    monkeypatch.setattr(resampling, "_AT_ONCE", 100)
    again = Resamples(seed=0, positive_class=None)
    np.testing.assert_allclose(again.of("roc_auc", scores), kept, rtol=1e-12)
    assert again._drawn is None


def test_memory_is_bounded_whatever_the_number_of_rows(monkeypatch):
    monkeypatch.setattr(resampling, "_AT_ONCE", 2**18)
    monkeypatch.setattr(resampling, "_KEPT", 0)
    y = np.arange(5000) % 2
    scores = scores_of(y, 2)
    tracemalloc.start()
    Resamples(seed=0, positive_class=1, n_resamples=500).of("average_precision", scores)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**18 * 8 * 8  # eight tables of float64 of a part; all resamples at once take ten times as much
