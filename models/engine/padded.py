"""Blocks of rows of unequal size as one array: the shorter ones end in rows that count nothing.

No row of the padding is among those that a net is given in turn: each net's own rows come first, in its own order, and
the padding fills up the last batch of an epoch. So nets can be trained together whose epochs have equally many steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from models.checks import require


@dataclass(frozen=True, kw_only=True, eq=False)
class Blocks:
    """Arrays of blocks of rows.

    Attributes:
        arrays: ``(n_blocks, n_most, ...)`` each: X, y and, if there are, weights.
        sizes: Rows of each block.
    """

    arrays: tuple[NDArray[Any], ...]
    sizes: tuple[int, ...]

    @property
    def are_even(self) -> bool:
        """Whether all blocks have equally many rows."""
        return len(set(self.sizes)) == 1

    @property
    def there(self) -> NDArray[Any]:
        """``(n_blocks, n_most)``: 1 for a row, 0 for padding."""
        return stacked([np.ones(size, keras.config.floatx()) for size in self.sizes])


def blocks_of(*columns: Any) -> Blocks:
    """Returns X, y and weights as arrays, those of unequal size filled up with zeros.

    Args:
        *columns: Of each an array of blocks, or a list of them; ``None`` is left out.

    Raises:
        ValueError: Blocks of X, y and weights have other numbers of rows.
    """
    given = [column for column in columns if column is not None]
    sizes = [tuple(map(len, column)) for column in given]
    remedy = "A row has a target and, where any is weighted, a weight."
    require(len(set(sizes)) == 1, "train_replicates", "as many rows in X as in y and weights", remedy, rows=sizes)
    arrays = (column if isinstance(column, np.ndarray) else stacked(column) for column in given)
    return Blocks(arrays=tuple(arrays), sizes=sizes[0])


def stacked(blocks: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Returns ``(n_blocks, n_most, ...)``, the shorter blocks filled up with zeros.

    Example:
        >>> stacked([np.ones(2), np.ones(3)]).tolist()
        [[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]]
    """
    most = max(map(len, blocks))
    return np.stack([np.pad(one, [(0, most - len(one)), *[(0, 0)] * (one.ndim - 1)]) for one in blocks])


def require_alike(model: keras.Model, sizes: Sequence[int], batch_size: int | None) -> None:
    """Checks that nets on blocks of these sizes can be trained together.

    Raises:
        ValueError: Their epochs have more or fewer steps, or a layer takes the mean over a batch.
    """
    who, remedy = "train_replicates", "Train together what has equally many."
    steps = {n_steps(size, batch_size) for size in sizes}
    require(len(steps) == 1, who, "epochs of equally many steps", remedy, steps=sorted(steps))
    require(not takes_means(model), who, "blocks of one size with batch normalization", remedy, sizes=list(sizes))


def n_steps(n_rows: int, batch_size: int | None) -> int:
    """Returns the steps of an epoch."""
    return -(-n_rows // (batch_size or n_rows))


def takes_means(model: keras.Model) -> bool:
    """Returns whether what a net makes of a row depends on the other rows of a batch."""
    return any(isinstance(layer, keras.layers.BatchNormalization) for layer in model.layers)
