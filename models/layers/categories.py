"""Categories as numbers that are learnt with the net."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from models.checks import require
from models.encoding.levels import N_APART, OTHER
from models.layers.stackable import Stackable

MOST_PLACES = {"float32": 2**24, "float64": 2**24, "float16": 2**11, "bfloat16": 2**8}
"""Of a category, by what a net computes in: up to here it has all whole numbers; rows come in float32."""


@keras.saving.register_keras_serializable(package="chalktape")
class CategoryEmbedding(Stackable):
    """Each level of a category as a row of a table that is learnt.

    Formula:
        ``e = T[l]``, with l the place of the level as of `models.encoding.levels.LevelNumbers`: what a dense layer
        without bias makes of levels as columns of 0 and 1.

    Rows of levels start from N(0, 1), drawn one after the other: how many there are changes none of the others. The
    first two, of a gap and of "other", start at 0 and learn where training rows have such; where none has, they have no
    gradient and stay 0, as all columns of 0 and 1 are 0 of a level that nobody has seen. A place that the table does
    not have is read as "other". A net that is blind to a category (`models.layers.subspace`) reads a gap in each row.

    Shapes:
        ``(n_rows, n_numbers + n_categories)``, places last -> ``(n_rows, n_numbers + n_categories * width)``.

    Source:
        Guo & Berkhahn (2016), Entity embeddings of categorical variables.

    Args:
        places: Of each category how many there are.
        width: Numbers of a level.
        seed: Of the initial rows.

    Raises:
        ValueError: No category, or one of more places than the precision of the net can tell apart.
    """

    def __init__(self, places: Sequence[int], width: int = 8, seed: int = 0, **options: Any) -> None:
        # Keras would give a place the precision of multiplications, in which 257 may be 256.
        super().__init__(autocast=False, **options)
        who, remedy = "CategoryEmbedding", "Join levels, leave the column out, or compute in float32."
        require(len(places) > 0, who, "a category or more", "Leave the layer out.", places=tuple(places))
        most = MOST_PLACES[keras.config.dtype_policy().compute_dtype]  # to which a net casts rows before any layer
        require(max(places) <= most, who, f"{most:,} places at the most", remedy, places=tuple(places))
        self.places = tuple(map(int, places))
        self.width = width
        self.seed = seed

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes T, the tables of all categories one below the other."""
        self.table = self.add_weight(shape=(sum(self.places), self.width), initializer="zeros", name="levels")
        self.table.assign(np.concatenate([self._start(number) for number in range(len(self.places))]))

    def compute(self, X: tf.Tensor, *weights: tf.Tensor) -> tf.Tensor:
        """Returns numbers as they are and embedded levels; arguments as of `Stackable.compute`."""
        (table,) = weights
        *lead, n_rows_of_table, width = table.shape
        n_categories = len(self.places)
        own = tf.cast(X[..., -n_categories:], tf.int32)
        own = tf.where((own >= 0) & (own < tf.constant(self.places)), own, OTHER)
        own += tf.constant(np.cumsum((0, *self.places[:-1])), tf.int32)
        # With an axis of nets, also for one, the gradient is a tensor of the table's shape and not slices of it.
        tables = tf.reshape(table, (-1, n_rows_of_table, width))
        found = tf.gather(tables, tf.reshape(own, (tables.shape[0], -1)), batch_dims=1)
        embedded = tf.reshape(found, (*lead, -1, n_categories * width))
        return tf.concat([tf.cast(X[..., :-n_categories], table.dtype), embedded], axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Returns what ``from_config`` needs."""
        return {**super().get_config(), "places": list(self.places), "width": self.width, "seed": self.seed}

    def _start(self, number: int) -> NDArray[np.float64]:
        """Returns the table of one category as it starts."""
        random = np.random.default_rng([self.seed, number])
        levels = random.normal(size=(self.places[number] - N_APART, self.width))
        return np.concatenate([np.zeros((N_APART, self.width)), levels])
