"""What was declared and where it ran, as plain values: the head of every record."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from experiments.language import Comparison
from models import boosters
from pipeline.data.values import Dataset, Fold
from pipeline.process.provenance import git_commit, machine, versions


def experiment_record(
    comparison: Comparison, dataset: Dataset, folds: Sequence[Fold], epochs: int | None = None
) -> dict[str, Any]:
    """Returns what was declared and where it ran.

    Args:
        comparison: The declaration.
        dataset: Its data.
        folds: All of them.
        epochs: Of nets, instead of the declared numbers.
    """
    return {
        "experiment": dataclasses.asdict(comparison),
        "epochs": epochs,
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
        "versions": versions_of(comparison),
        "git": git_commit(),
        "machine": machine(),
    }


def versions_of(comparison: Comparison) -> dict[str, str]:
    """Returns the versions that decide a result, those of libraries that few candidates need among them."""
    named = boosters.installed_versions(name for one in comparison.candidates for name in one.libraries)
    return versions() | {name: version for name, version in named.items() if version}


def parameters(record: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what tells one run of an experiment from another.

    Args:
        record: As ``experiment_record`` has it.

    Example:
        >>> record = {"experiment": {"primary_metric": "accuracy", "candidates": [{}, {}]}, "seed": 1, "folds": 5}
        >>> parameters(record | {"data": {"name": "iris", "rows": 150, "shape": [4]}})["declaration"]
        '131f197e'
    """
    declared = json.dumps(record["experiment"], sort_keys=True, default=str)
    return {
        "data": record["data"]["name"],
        "rows": record["data"]["rows"],
        "columns": " x ".join(map(str, record["data"]["shape"])),
        "folds": record["folds"],
        "seed": record["seed"],
        "candidates": len(record["experiment"]["candidates"]),
        "primary_metric": record["experiment"]["primary_metric"],
        **({"epochs": record["epochs"]} if record.get("epochs") else {}),
        "declaration": hashlib.sha256(declared.encode()).hexdigest()[:8],
    }
