"""How much each member of a vote counts: members are chosen one after the other, each as often as it helps."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from models.checks import require
from models.layers.weighted import WeightedMean

N_CHOICES = 50
"""Members that are chosen at the most, one more than once."""

Loss = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def log_loss(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns ``-ln p`` of the probability of what was observed; p is at least 1e-7, what float32 can tell from 0."""
    return -np.log(np.maximum(p, 1e-7))


def greedy_weights(
    said: NDArray[np.float64],
    loss: Loss = log_loss,
    sample_weight: NDArray[np.float64] | None = None,
    n_choices: int = N_CHOICES,
) -> NDArray[np.float64]:
    """Returns how much each member counts, by greedy selection with replacement.

    Formula:
        ``i_t = argmin_i L((s_(t-1) + x_i) / t)``, ``s_t = s_(t-1) + x_(i_t)``, ``s_0 = 0``, L the mean of ``loss`` over
        rows; the first of equals. Of all t the one of the lowest L is taken, the first of equals, and a member's weight
        is how often it was chosen until then, divided by t.

    Source:
        Caruana, Niculescu-Mizil, Crew & Ksikes (2004), Ensemble selection from libraries of models, ICML.

    Args:
        said: ``(n_members, n_rows)``: what each says of rows that none of them learned from, as a number whose mean
            over members is what they say together: the probability of the observed class, or what is missed.
        loss: Of such numbers, a row each.
        sample_weight: ``(n_rows,)``.
        n_choices: The largest t.

    Returns:
        ``(n_members,)``, which add up to 1.

    Example:
        Two that err on different rows, and one that is worse than either.

        >>> greedy_weights(np.array([[0.9, 0.5], [0.5, 0.9], [0.4, 0.4]])).tolist()
        [0.5, 0.5, 0.0]
    """
    require(
        said.ndim == 2 and said.size > 0, "greedy_weights", "said of members and rows", "Give it.", shape=said.shape
    )
    counts, total = np.zeros(len(said)), np.zeros(said.shape[1])
    best, best_counts = np.inf, counts
    for t in range(1, n_choices + 1):
        losses = np.average(loss((total + said) / t), axis=1, weights=sample_weight)
        chosen = int(losses.argmin())
        counts = counts + (np.arange(len(said)) == chosen)
        total = total + said[chosen]
        if losses[chosen] < best:
            best, best_counts = losses[chosen], counts
    return best_counts / best_counts.sum()


def members_of(vote: keras.Model) -> list[keras.Model]:
    """Returns the nets of a vote of equal members, each from raw rows to its own answers.

    Args:
        vote: Ends in Keras's ``Average``, and behind it perhaps in layers that undo a scale.
    """
    average, behind = _divided(vote)
    members = []
    for output in average.input:
        for layer in behind:
            output = layer(output)
        members.append(keras.Model(vote.inputs[0], output))
    return members


def weighted(vote: keras.Model, weights: NDArray[np.float64]) -> keras.Model:
    """Returns a vote whose members count unequally; those of weight 0 are no longer in it.

    Args:
        vote: Of equal members.
        weights: ``(n_members,)``, which add up to 1.
    """
    average, behind = _divided(vote)
    kept = np.flatnonzero(weights)
    outputs: Any = WeightedMean(weights=weights[kept].tolist())([average.input[place] for place in kept])
    for layer in behind:
        outputs = layer(outputs)
    return keras.Model(vote.inputs[0], outputs, name=vote.name)


def _divided(vote: keras.Model) -> tuple[Any, list[Any]]:
    """Returns the layer that takes the mean, and those behind it."""
    places = [place for place, layer in enumerate(vote.layers) if type(layer) is keras.layers.Average]
    require(len(places) == 1, "weighted", "a vote of equal members", "Give what an Ensemble trains.", model=vote.name)
    return vote.layers[places[0]], vote.layers[places[0] + 1 :]
