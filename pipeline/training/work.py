"""What tells one piece of training from another."""

import dataclasses
import hashlib
import json
from typing import Any

from experiments.language import Net
from pipeline.data.values import Dataset


def work_digest(net: Net, dataset: Dataset, *, seed: int, epochs: int | None) -> str:
    """Returns what tells one piece of work from another: net, training, seed and data, not what they are called."""
    work = {"net": _declared(net), "data": dataset.content_sha256, "seed": seed, "epochs": epochs}
    return hashlib.sha256(json.dumps(work, sort_keys=True).encode()).hexdigest()


def _declared(value: Any) -> Any:
    """Returns a declaration without its names and all that is as by default: a field to come changes no digest."""
    if dataclasses.is_dataclass(value):
        fields = {item.name: (getattr(value, item.name), item.default) for item in dataclasses.fields(value)}
        own = {name: _declared(given) for name, (given, default) in fields.items() if given != default}
        return {type(value).__name__: {name: own[name] for name in own if name not in ("name", "reason")}}
    return [_declared(item) for item in value] if isinstance(value, tuple) else value
