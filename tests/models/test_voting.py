"""Greedy weights are those of a selection written out, and a weighted vote is the weighted mean of its members."""

import keras
import numpy as np
import pytest

from models.voting import greedy_weights, log_loss, members_of, weighted


def by_hand(said, loss, counts=None, n_choices=50):
    """Every choice is tried in turn, and every size is remembered."""
    n_members, n_rows = said.shape
    counts = [1.0] * n_rows if counts is None else list(counts)
    chosen, sizes = [], []
    for _ in range(n_choices):
        found = []
        for member in range(n_members):
            bag = [*chosen, member]
            mean = [sum(said[one, row] for one in bag) / len(bag) for row in range(n_rows)]
            found.append(sum(c * loss(value) for c, value in zip(counts, mean, strict=True)) / sum(counts))
        chosen.append(int(np.argmin(found)))
        sizes.append(min(found))
    best = int(np.argmin(sizes)) + 1
    return np.bincount(chosen[:best], minlength=n_members) / best


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("weighs", [False, True])
def test_they_are_those_of_a_selection_written_out(seed, weighs):
    random = np.random.default_rng(seed)
    counts = random.exponential(size=30) if weighs else None
    p = random.beta(4, 2, size=(7, 30))
    np.testing.assert_allclose(
        greedy_weights(p, log_loss, counts), by_hand(p, lambda x: -np.log(x), counts), atol=1e-15
    )
    missed = random.normal(random.normal(size=(7, 1)), 1.0, size=(7, 30))
    ours = greedy_weights(missed, np.square, counts, n_choices=12)
    np.testing.assert_allclose(ours, by_hand(missed, lambda x: x**2, counts, n_choices=12), atol=1e-15)
    assert 1 < np.count_nonzero(ours) < 7  # else nothing was shown


def test_members_that_err_the_other_way_round_are_taken_together_and_a_probability_of_0_ends_nothing():
    assert greedy_weights(np.array([[2.0, -2.0], [-2.0, 2.0], [3.0, 3.0]]), np.square).tolist() == [0.5, 0.5, 0.0]
    assert greedy_weights(np.array([[0.0, 0.0], [0.4, 0.4]])).tolist() == [0.0, 1.0]


@pytest.fixture(params=[False, True])
def vote(request):
    """Three small nets, behind one input, of numbers with a scale that is undone behind them."""
    rows = keras.Input((4,))
    keras.utils.set_random_seed(2)
    outputs = keras.layers.Average()([keras.layers.Dense(2)(rows) for _ in range(3)])
    return keras.Model(rows, keras.layers.Rescaling(5.0, 1.0)(outputs) if request.param else outputs, name="vote")


def test_a_weighted_vote_is_the_weighted_mean_without_those_that_count_nothing(vote):
    rows = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)
    said = np.stack([member(rows).numpy() for member in members_of(vote)])
    np.testing.assert_allclose(said.mean(axis=0), vote(rows).numpy(), atol=1e-5)
    unequal = weighted(vote, np.array([0.25, 0.0, 0.75]))
    np.testing.assert_allclose(unequal(rows).numpy(), 0.25 * said[0] + 0.75 * said[2], atol=1e-5)
    assert unequal.name == "vote"
    assert unequal.count_params() == vote.count_params() * 2 // 3


def test_what_is_no_vote_is_refused():
    rows = keras.Input((4,))
    with pytest.raises(ValueError, match="weighted: expected a vote of equal members"):
        weighted(keras.Model(rows, keras.layers.Dense(1)(rows)), np.array([1.0]))
    with pytest.raises(ValueError, match="expected said of members and rows"):
        greedy_weights(np.zeros((0, 3)))
