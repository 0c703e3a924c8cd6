"""Which columns move a row's answer most, as columns beside it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.checks import mistake, require
from pipeline.tracking.model import Effects, ServedModel


@dataclass(frozen=True, kw_only=True)
class Explain:
    """Names, for each row, the columns of the largest effects on the log-odds of a class, or on the predicted number.

    The class is the one that a threshold decides on, else the second of two, else the predicted one.

    Attributes:
        model: Was logged with some rows of its training.
        n_columns: How many are named.
    """

    model: ServedModel
    n_columns: int

    def __post_init__(self) -> None:
        _ = self._effects
        most = len(self.model.input_names)
        remedy = "The model looks at no more columns."
        require(self.n_columns <= most, "predict", f"--explain of at most {most}", remedy, explain=self.n_columns)

    @property
    def _effects(self) -> Effects:
        remedy = "It was logged by an earlier version: run its comparison again."
        expected = "a model that carries training rows for --explain"
        if self.model.effects is None:
            raise ValueError(mistake("predict", expected, remedy, training_rows=None))
        return self.model.effects

    @property
    def names(self) -> tuple[str, ...]:
        """Of the columns that it makes."""
        return tuple(f"{what}_{place}" for place in range(1, self.n_columns + 1) for what in ("why", "effect"))

    @property
    def of(self) -> str | None:
        """Name of the class; ``None`` where it is each row's predicted one, or where there are none."""
        if self.model.threshold is not None:
            return self.model.threshold.positive_class
        return self.model.class_names[1] if len(self.model.class_names) == 2 else None

    def answers(self, table: pd.DataFrame, predicted: NDArray[np.float64]) -> pd.DataFrame:
        """Returns names and effects, the largest first; a column that changes nothing is not named."""
        effects = self._found(table, predicted)
        order = np.argsort(-np.abs(effects), axis=1, kind="stable")[:, : self.n_columns]
        largest = np.take_along_axis(effects, order, axis=1)
        names = np.where(largest == 0, "", np.array(self.model.input_names, object)[order])
        told = np.empty((len(table), 2 * self.n_columns), object)
        told[:, ::2], told[:, 1::2] = names, largest
        return pd.DataFrame(told, columns=list(self.names), index=table.index)

    def words(self) -> str:
        """Tells what an effect is."""
        if self.model.target is not None:
            return (
                f"effect_1 and so on: how far the column alone moves {self.model.target!r}, in its unit, against rows "
                "of the training. Where columns go together, what they say in common may be in neither."
            )
        of = "its predicted class" if self.of is None else repr(self.of)
        return (
            f"effect_1 and so on: how far the column alone moves the log-odds of {of}, against rows of the training. "
            "Where columns go together, what they say in common may be in neither."
        )

    def _found(self, table: pd.DataFrame, predicted: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns the effects of all columns, ``(n_rows, n_columns)``."""
        if self.model.target is not None:
            return self._effects(table)
        classes = predicted.argmax(axis=1) if self.of is None else np.full(len(table), self._place())
        return self._effects(table, classes)

    def _place(self) -> int:
        return self.model.class_names.index(str(self.of))
