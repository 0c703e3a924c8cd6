"""Rows as a trained model reads them: columns of the raw rows are replaced without encoding the rows again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.boosting import Boosting

Predict = Callable[[NDArray[Any]], NDArray[np.float64]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Encoded:
    """Rows behind what is fitted to single columns, before all that mixes them.

    Attributes:
        rows: ``(n_samples, n_numbers)``.
        sources: ``(n_numbers,)``: of which raw column each number is.
        predict: Such rows to what the model answers, a row each.
        trees: Returns what answers faster where one column is replaced by many values; nothing, but of boosting.
    """

    rows: NDArray[Any]
    sources: NDArray[np.intp]
    predict: Predict
    trees: Callable[[], Boosting | None] = lambda: None

    def places(self, columns: NDArray[np.intp] | int) -> NDArray[np.intp]:
        """Returns the places of the numbers that are made of some raw columns; none where the model reads none."""
        return np.flatnonzero(np.isin(self.sources, columns))


Encode = Callable[[NDArray[Any]], Encoded]
"""Raw rows to what a model reads."""


def as_they_are(predict: Predict) -> Encode:
    """Returns how a model reads rows that it takes as they are.

    Example:
        >>> rows = as_they_are(lambda X: X.sum(axis=1))(np.array([[1.0, 2.0]]))
        >>> rows.places(1), rows.predict(rows.rows)
        (array([1]), array([3.]))
    """
    return lambda X: Encoded(rows=X, sources=np.arange(X.shape[1]), predict=predict)


def encode_of(model: Any) -> Encode:
    """Returns how a trained model reads rows; one that does not say takes them as they are."""
    return getattr(model, "encoded", None) or as_they_are(getattr(model, "predict_proba", None) or model.predict)
