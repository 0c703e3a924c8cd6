"""What decisions lead to, as tables and as plain values."""

import dataclasses
from typing import Any

import pandas as pd

from pipeline.decisions.values import Decided
from pipeline.scoring.tables import contrasts_table


def decision_tables(decided: Decided) -> dict[str, pd.DataFrame]:
    """Returns what decisions lead to, by file name: candidate, case, quantity, mean, low, high, n, a row for each.

    Cost curves have a row for each cost ratio and a column for each candidate.
    """
    estimates = {
        "decisions.csv": decided.outcomes,
        "calibration.csv": decided.calibration,
        "gains.csv": decided.gains,
        "importance.csv": decided.importances,
    }
    return {
        **{name: pd.DataFrame([dataclasses.asdict(one) for one in own]) for name, own in estimates.items()},
        "cost_differences.csv": contrasts_table(decided.differences),
        "cost_curves.csv": pd.DataFrame({"cost_ratio": decided.cost_ratios, **decided.cost_curves}),
    }


def decisions_record(decided: Decided) -> dict[str, Any]:
    """Returns the same tables as what ``--json`` writes."""
    tables = decision_tables(decided)
    return {name.removesuffix(".csv"): table.to_dict(orient="records") for name, table in tables.items()}
