"""The lecture's two small tables, and the digits that need no download."""

from importlib.resources import files

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from experiments.language.printed import WorkedExample
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


def rows_of(example: WorkedExample) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns example 5's rows: ``X``, ``(50, 2)``, and ``y``, ``(50, 1)`` of 0 and 1."""
    table = table_of(example)
    return table[["x1", "x2"]].to_numpy(np.float64), table[["y"]].to_numpy(np.float64)


def digits() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Returns scikit-learn's digits: images of 0 to 16, ``(1797, 8, 8)``, and the digits that they are."""
    data = load_digits()
    return data.images, data.target
