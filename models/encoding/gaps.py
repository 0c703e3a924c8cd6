"""Levels that are lost on the way to a served model: pandas, and so a server that is sent CSV, takes them for gaps."""

import pandas as pd

from models.checks import require
from models.encoding.columns import Columns


def require_gaps_told(columns: Columns, frame: pd.DataFrame) -> None:
    """Checks that a gap is one: it may have been a level, such as NA for Namibia, until the table was read.

    Args:
        columns: The contract.
        frame: A raw table, as somebody read it.

    Raises:
        ValueError: A cell is missing in a column one of whose levels reads as a gap.
    """
    places = {str(name).strip(): place for place, name in enumerate(frame.columns)}
    for column in columns.used:
        lost = column.lost_levels
        if not lost or column.name not in places:
            continue
        missing = frame.iloc[:, places[column.name]].isna().to_numpy()
        remedy = (
            "A server that is sent CSV reads both as a gap: send JSON, with '' for a gap and the level as it is "
            "written, or let chalktape predict read the file."
        )
        expected = f"cells that are there or '', where {', '.join(map(repr, lost))} is a level"
        row = frame.index[missing].tolist()[:1]
        require(not missing.any(), f"Column {column.name!r}", expected, remedy, row=row[0] if row else None)
