"""How many of the positive rows are among those ranked highest: cumulative gains and lift. Pure functions."""

import numpy as np
from numpy.typing import NDArray


def cumulative_gains(
    positive: NDArray[np.bool_], probability: NDArray[np.float64], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Returns the share of the positive rows among the rows of highest probability.

    Rows of equal probability have no order: each stands for the average of its group, so that a constant probability
    gains what chance does.

    Args:
        positive: ``(n,)``.
        probability: ``(n,)``.
        shares: ``(n_shares,)`` of the rows that are looked at, 0 to 1.

    Returns:
        ``(n_shares,)``; NaN where no row is positive.

    Example:
        The first of four rows is positive, and one of the two that share the second place.

        >>> positive, probability = np.array([True, False, True, False]), np.array([0.9, 0.5, 0.5, 0.1])
        >>> cumulative_gains(positive, probability, np.array([0.25, 0.5, 0.75, 1.0]))
        array([0.5 , 0.75, 1.  , 1.  ])
    """
    if not positive.any():
        return np.full(len(shares), np.nan)
    _, group = np.unique(-probability, return_inverse=True)  # highest probability first
    looked_at = np.append(0, np.bincount(group).cumsum()) / len(positive)
    found = np.append(0, np.bincount(group, weights=positive).cumsum()) / positive.sum()
    return np.interp(shares, looked_at, found)


def lift(gains: NDArray[np.float64], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns how many times more positive rows are found than by looking at as many at random.

    Args:
        gains: ``(n_shares,)``, from ``cumulative_gains``.
        shares: ``(n_shares,)``, above 0.

    Example:
        >>> lift(np.array([0.6]), np.array([0.1])).round(9)
        array([6.])
    """
    return gains / shares
