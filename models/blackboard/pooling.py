"""The other ways to simplify a feature map: the mean of each small field, and the root of its sum of squares."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from models.blackboard.trace import Array


def mean_pool(a: Array, pool: tuple[int, int]) -> Array:
    """Returns the mean of each small field, ``(n, height // pool[0], width // pool[1], maps)``.

    Args:
        a: ``(n, height, width, maps)``; rows and columns at the end that fill no field are left out, as in Keras.
        pool: Height and width of the fields, which lie side by side.

    Source:
        Convolutional neural networks | Pooling layers; Nielsen (2015), chapter 6.
    """
    return _fields(a, pool).mean(axis=(-2, -1))


def mean_pool_back(a: Array, pool: tuple[int, int], dpooled: Array) -> Array:
    """Returns the slope by what was pooled: each of a field's values gets the same share.

    Args:
        a: As in ``mean_pool``.
        pool: As in ``mean_pool``.
        dpooled: Slope of the cost by what ``mean_pool`` returned.
    """
    return _spread(a, pool, dpooled / (pool[0] * pool[1]))


def l2_pool(a: Array, pool: tuple[int, int]) -> Array:
    """Returns the root of the sum of squares of each small field; arguments as of ``mean_pool``.

    Formula:
        p = sqrt(sum of a² over the field).

    Example:
        >>> l2_pool(np.array([3.0, 4.0]).reshape(1, 1, 2, 1), (1, 2)).item()
        5.0
    """
    return np.sqrt((_fields(a, pool) ** 2).sum(axis=(-2, -1)))


def l2_pool_back(a: Array, pool: tuple[int, int], dpooled: Array) -> Array:
    """Returns the slope by what was pooled: the larger a value, the larger its share; 0 where all of a field is 0.

    Formula:
        da = dp a / p.
    """
    pooled = l2_pool(a, pool)
    share = np.divide(dpooled, pooled, out=np.zeros_like(dpooled), where=pooled > 0)
    return _spread(a, pool, share) * a


def _fields(a: Array, pool: tuple[int, int]) -> Array:
    return sliding_window_view(a, pool, axis=(1, 2))[:, :: pool[0], :: pool[1]]


def _spread(a: Array, pool: tuple[int, int], values: Array) -> Array:
    """The field's value at each of its places, 0 where no field is."""
    spread = np.zeros_like(a)
    n_rows, n_columns = (size * side for size, side in zip(values.shape[1:3], pool, strict=True))
    spread[:, :n_rows, :n_columns] = values.repeat(pool[0], axis=1).repeat(pool[1], axis=2)
    return spread
