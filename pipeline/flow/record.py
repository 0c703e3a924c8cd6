"""What was declared and where it ran, as plain values: the head of every record."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from experiments.language import Comparison
from pipeline.data.values import Dataset, Fold
from pipeline.process.provenance import git_commit, machine, versions


def experiment_record(comparison: Comparison, dataset: Dataset, folds: Sequence[Fold]) -> dict[str, Any]:
    """Returns what was declared and where it ran."""
    return {
        "experiment": dataclasses.asdict(comparison),
        "data": {
            "name": dataset.name,
            "rows": dataset.n_samples,
            "shape": list(dataset.X.shape[1:]),
            **dataset.task.described(dataset.y),
            "source": dataset.source,
            "version": dataset.version,
            "sha256": dataset.content_sha256,
        },
        "seed": folds[0].seed,
        "folds": len(folds),
        "versions": versions(),
        "git": git_commit(),
        "machine": machine(),
    }
