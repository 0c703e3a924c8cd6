"""The lecture's small tables, example 5's rows as R draws them, and the digits that need no download."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from experiments.language.printed import WorkedExample
from models.blackboard.r_random import RRandom
from models.checks import require


def table_of(example: WorkedExample) -> pd.DataFrame:
    """Reads the CSV file that a worked example declares.

    Raises:
        ValueError: There is no such file in ``experiments/data``.
    """
    path = files("experiments") / "data" / example.data
    require(path.is_file(), example.name, "a file of experiments/data", "Check its name.", data=example.data)
    with path.open(encoding="utf-8") as file:
        return pd.read_csv(file)


def example_5(givens: Mapping[str, Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draws example 5's rows as R did: ``X``, ``(n_rows, 2)``, and ``y``, ``(n_rows, 1)`` of 0 and 1.

    Formula:
        set.seed(2); x <- matrix(rnorm(100), ncol = 2); y <- rep(1:0, each = 25); x[y == 1, ] shifted by (2, -3).

    Args:
        givens: Of example 5: ``r_seed``, ``n_rows`` and ``shift``.
    """
    n_rows = givens["n_rows"]
    y = (np.arange(n_rows) < n_rows // 2).astype(np.float64)[:, None]
    columns = RRandom(givens["r_seed"]).normal(2 * n_rows).reshape(2, n_rows)  # R fills a matrix by columns
    return columns.T + y * np.array(givens["shift"]), y


def digits() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Returns scikit-learn's digits: images of 0 to 16, ``(1797, 8, 8)``, and the digits that they are."""
    data = load_digits()
    return data.images, data.target
