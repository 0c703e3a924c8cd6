"""What a request to a served model of a table may ask beside its rows: to hold them against the training table."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from models.encoding.columns import Columns
from models.encoding.gaps import require_gaps_told
from models.encoding.watch import Watch

PARAMS = {"compare": False, "strict": False}
"""``compare``: answer how the rows stand beside the training table, and nothing else. ``strict``: refuse what is unlike
it, as ``chalktape predict --strict`` does."""


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
