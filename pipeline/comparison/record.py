"""What ``--json`` writes of a comparison."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from pipeline.scoring.tables import scores_table
from pipeline.scoring.values import Contrast, Ranks, Scores, Summary
from pipeline.training.values import Trained


def results_record(
    record: dict[str, Any],
    trained: Sequence[Trained],
    scores: Sequence[Scores],
    summaries: Sequence[Summary],
    contrasts: Sequence[Contrast],
    ranks: Ranks,
) -> dict[str, Any]:
    """Returns what ``--json`` writes for one experiment: the record with every number of its tables."""
    names = dict.fromkeys(item.candidate.name for item in trained)
    seconds = {name: sum(item.seconds for item in trained if item.candidate.name == name) for name in names}
    return {
        **record,
        "summaries": [dataclasses.asdict(summary) for summary in summaries],
        "contrasts": [dataclasses.asdict(contrast) for contrast in contrasts],
        "ranks": dataclasses.asdict(ranks),
        "scores": scores_table(scores).to_dict(orient="records"),
        "confusion": [
            {"candidate": item.candidate, "fold": item.fold_index, "counts": item.confusion.tolist()} for item in scores
        ],
        "seconds": seconds,
    }
