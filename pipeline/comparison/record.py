"""What ``--json`` writes of a comparison."""

import dataclasses
from typing import Any

from pipeline.scoring.result import Result
from pipeline.scoring.tables import scores_table


def results_record(record: dict[str, Any], result: Result) -> dict[str, Any]:
    """Returns what ``--json`` writes for one experiment: the record with every number of its tables."""
    return {
        **record,
        "summaries": [dataclasses.asdict(summary) for summary in result.summaries],
        "contrasts": [dataclasses.asdict(contrast) for contrast in result.contrasts],
        "ranks": dataclasses.asdict(result.ranks) if result.ranks else None,
        "scores": scores_table(result.scores).to_dict(orient="records"),
        "confusion": [
            {"candidate": item.candidate, "fold": item.fold_index, "counts": item.confusion.tolist()}
            for item in result.scores
            if item.has_classes
        ],
        "seconds": {candidate.name: result.of(candidate.name).seconds for candidate in result.comparison.candidates},
    }
