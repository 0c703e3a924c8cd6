"""A trained candidate that predicts numbers, as users meet it: raw rows in, a number out; saved and loaded as a folder.

The counterpart of ``classifier``, by the same rules: a saved folder needs this package and nothing else of the project.
What a net says is in the unit of the target: the scale that it learned on is undone inside the Keras model.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.checks import mistake
from models.effects import effects
from models.prediction_interval import PredictionInterval
from models.request import beside_training, told_by_servers
from models.trained import (
    TrainedNet,
    TrainedPipeline,
    answered,
    background_of,
    contract_of,
    holds_net,
    raw_rows,
    sent_rows,
    write,
)

_TARGET_FILE = "target.txt"
_INTERVAL_FILE = "interval.json"


class NetRegressor(TrainedNet):
    """A Keras model from raw rows to one output, as a regressor.

    Args:
        model: One linear neuron, and what brings it into the unit of the target.
        encoder: Of a table with a contract: what stands before the model.
    """

    asks = "predict"

    def predict(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Returns ``(n_samples,)`` numbers for raw rows.

        Raises:
            ValueError: Rows of another shape than the net was trained on, or images of other than whole pixels.
        """
        return self.answers(X)

    def _answers(self, activations: NDArray[np.float64]) -> NDArray[np.float64]:
        return activations[:, 0]


class PipelineRegressor(TrainedPipeline):
    """A fitted scikit-learn pipeline as a regressor.

    Args:
        pipeline: Ends in a regressor; of a table with a contract it begins with ``encoder``.
    """

    asks = "predict"

    def predict(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Returns ``(n_samples,)`` numbers for raw rows."""
        return self.answers(X)


Regressor = NetRegressor | PipelineRegressor


def save(
    regressor: Regressor,
    folder: Path,
    target: str = "prediction",
    background: NDArray[np.float64] | None = None,
    interval: PredictionInterval | None = None,
) -> None:
    """Writes a regressor into a new or empty ``folder``, with the name of what it predicts.

    Args:
        regressor: Trained.
        folder: Made where it is not there.
        target: The name by which it answers.
        background: ``(n_background, n_columns)``, some training rows of a table, against which an answer is explained.
        interval: How far from what it predicts the truth may lie, where that was calibrated.
    """
    write(regressor, folder, background)
    if interval is not None:
        (folder / _INTERVAL_FILE).write_text(interval.to_json(), encoding="utf-8")
    (folder / _TARGET_FILE).write_text(target, encoding="utf-8")


def load(folder: Path) -> tuple[Regressor, str]:
    """Returns the regressor that ``save`` wrote, and the name of its target.

    Raises:
        ValueError: The folder holds no saved model.
    """
    regressor = NetRegressor.read(folder) if holds_net(folder) else PipelineRegressor.read(folder)
    return regressor, (folder / _TARGET_FILE).read_text(encoding="utf-8")


def interval_of(folder: Path) -> PredictionInterval | None:
    """Returns the interval that lies beside a regressor; ``None`` where there is none."""
    file = folder / _INTERVAL_FILE
    return PredictionInterval.from_json(file.read_text(encoding="utf-8")) if file.exists() else None


class _Served:
    """What MLflow calls: a table or an array of raw rows to a table of one column, named after the target.

    With an interval two more stand beside it: the lower and the upper end.
    """

    def __init__(self, folder: Path) -> None:
        self.regressor, self.target = load(folder)
        self.interval = interval_of(folder)
        self.columns = contract_of(folder)
        self.background = background_of(folder)

    def get_raw_model(self) -> "_Served":
        """Returns itself, as MLflow hands it on: with what it carries beside its answers."""
        return self

    def effects(self, data: pd.DataFrame) -> NDArray[np.float64]:
        """Returns what each column adds to each row's number, in the unit of the target.

        Raises:
            ValueError: The model was saved without a background.
        """
        if self.background is None:
            raise ValueError(mistake("effects", "a background", "Save the model with one.", background=None))
        return effects(self.regressor.encoded, np.asarray(raw_rows(data, self.columns), np.float64), self.background)

    @told_by_servers
    def predict(self, data: pd.DataFrame | NDArray[Any], params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        compared = beside_training(data, self.columns, params)
        if compared is not None:
            return compared
        index = data.index if isinstance(data, pd.DataFrame) else None
        rows = sent_rows(data, self.columns)
        predicted = answered(self.regressor.predict, rows, data, self.columns)
        return pd.DataFrame(answers(self.target, predicted, self.interval), index=index)


def answers(
    target: str, predicted: NDArray[np.float64], interval: PredictionInterval | None
) -> dict[str, NDArray[np.float64]]:
    """Returns the columns of an answer: what is predicted, and with an interval its lower and upper end."""
    if interval is None:
        return {target: predicted}
    low, high = interval.bounds(predicted)
    return {target: predicted, f"{target}_low": low, f"{target}_high": high}


def _load_pyfunc(path: str) -> _Served:
    return _Served(Path(path))
