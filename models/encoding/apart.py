"""Means of the target by level, of rows that belong together: no row takes its mean from its own group."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import TargetEncoder

Division = tuple[NDArray[np.int64], NDArray[np.int64]]


class ApartTargetEncoder(TargetEncoder):
    """A target encoder whose training rows take their means by given divisions; others, by all training rows.

    scikit-learn takes divisions of others from version 1.9 on, and keeps them in what is saved. Here they are forgotten
    once they have served.

    Args:
        target_type: As of ``TargetEncoder``.
        divisions: Positions of the rows that means are taken from, and of those that they are for; each row is among
            the latter once.
    """

    def __init__(self, target_type: str = "auto", divisions: Sequence[Division] = ()) -> None:
        super().__init__(target_type=target_type)
        self.divisions = divisions

    def fit_transform(self, X: Any, y: Any, **_: Any) -> NDArray[np.float64]:
        """Learns the means of all rows, and returns each row with those of the others, ``(n, n_columns * n_means)``."""
        X, y = np.asarray(X), np.asarray(y)
        self.fit(X, y)
        targets = self._targets(y)
        means = np.empty((*X.shape, targets.shape[1]))
        for learned, held_out in self.divisions:
            for k, target in enumerate(targets.T):
                # of 0 and 1 a mean is a share, also where a part has no row of a class
                encoder = TargetEncoder(target_type="continuous").fit(X[learned], target[learned])
                means[held_out, :, k] = encoder.transform(X[held_out])
        self.divisions = ()
        return means.reshape(len(X), -1)

    def _targets(self, y: NDArray[Any]) -> NDArray[np.float64]:
        """Returns what is averaged, ``(n, n_means)``: numbers, or whether a row is of each class."""
        if self.target_type_ == "continuous":
            return y[:, None].astype(np.float64)
        classes = self.classes_ if self.target_type_ == "multiclass" else self.classes_[1:]
        return (y[:, None] == classes).astype(np.float64)
