"""Requests to a served model: what they may ask beside their rows, and how they are refused.

A request may ask to hold its rows against the training table.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

import pandas as pd
from numpy.typing import NDArray

from models.checks import require
from models.encoding.columns import Columns
from models.encoding.gaps import require_gaps_told
from models.encoding.watch import Watch

PARAMS = {"compare": False, "strict": False}
"""``compare``: answer how the rows stand beside the training table, and nothing else. ``strict``: refuse what is unlike
it, as ``chalktape predict --strict`` does."""
Answer = TypeVar("Answer")


def told_by_servers(predict: Callable[..., Answer]) -> Callable[..., Answer]:
    """Makes a server answer with the sentence that a ``ValueError`` of ``predict`` has.

    MLflow's server tells a client what its own exceptions say, of others only that there was one. What is raised is
    both, so whoever calls the model without a server catches a ``ValueError`` as before.
    """

    @wraps(predict)
    def told(self: Any, data: Any, params: Mapping[str, Any] | None = None) -> Answer:
        try:
            require(len(data) > 0, "predict", "a row at least", "Send some.", rows=0)
            return predict(self, data, params)
        except ValueError as error:
            raise _refused(error) from error

    return told


def _refused(error: ValueError) -> ValueError:
    from mlflow.exceptions import MlflowException  # whoever calls this has loaded it
    from mlflow.protos.databricks_pb2 import BAD_REQUEST

    class Refused(MlflowException, ValueError):
        """What a model does not answer."""

        def __init__(self) -> None:
            MlflowException.__init__(self, str(error), error_code=BAD_REQUEST)

    return Refused()


def beside_training(
    data: pd.DataFrame | NDArray[Any], columns: Columns | None, params: Mapping[str, Any] | None
) -> pd.DataFrame | None:
    """Holds rows against the training table where the request asks for it.

    Args:
        data: The rows as they were sent.
        columns: The contract; without one nothing is known of the training table.
        params: As ``PARAMS``; ``None`` asks for nothing.

    Returns:
        What the request asked for instead of predictions: ``Watch.shares``; ``None`` where it asked for predictions.

    Raises:
        ValueError: Nobody can tell gaps from levels, or a cell is no number or date. If strict: a cell is unlike the
            training table, or a column has more gaps.
    """
    asked = {**PARAMS, **(params or {})}
    if columns is None or not isinstance(data, pd.DataFrame) or not any(asked.values()):
        return None
    require_gaps_told(columns, data)
    watch = Watch(columns, "predict", strict=asked["strict"])
    watch.look(data)
    watch.end()
    return watch.shares() if asked["compare"] else None
