"""Dropout by hand: in each update every hidden neuron may stay away, and those that stay speak louder.

Example:
    >>> drop(np.array([[1.0, 2.0, 3.0, 4.0]]), np.array([[True, False, True, True]]), rate=0.25).round(4)
    array([[1.3333, 0.    , 4.    , 5.3333]])
"""

from itertools import product

import numpy as np
from numpy.typing import NDArray

from models.blackboard.trace import Array


def drop(a: Array, stays: NDArray[np.bool_], *, rate: float) -> Array:
    """Returns activations after dropout: 0 where a neuron stays away, a / (1 - rate) where it stays.

    Dividing keeps the mean over all ways to stay away as it was, so that nothing changes when nobody stays away.

    Args:
        a: ``(n, units)``.
        stays: ``(n, units)``, which neurons stay.
        rate: Chance of staying away, 0 to 1.

    Source:
        History | Hinton et al. (2012), Improving neural networks by preventing co-adaptation of feature detectors.
    """
    return np.where(stays, a / (1 - rate), 0.0)


def drop_back(dropped: Array, stays: NDArray[np.bool_], *, rate: float) -> Array:
    """Returns the slope by ``a`` from the slope by what ``drop`` returned: none goes to who stayed away."""
    return drop(dropped, stays, rate=rate)


def every_way(units: int, rate: float) -> tuple[NDArray[np.bool_], Array]:
    """Returns all ways to stay and stay away, ``(2^units, units)``, and the chance of each, ``(2^units,)``.

    Example:
        >>> every_way(2, 0.5)[1].tolist()
        [0.25, 0.25, 0.25, 0.25]
    """
    ways = np.array(list(product((True, False), repeat=units)))
    return ways, np.where(ways, 1 - rate, rate).prod(axis=1)
