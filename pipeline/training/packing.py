"""What became of a group as bytes, and back to the bit: how it is stored, and how it comes from another process."""

import pickle
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from sklearn.pipeline import Pipeline

from models.trained import TrainedNet, TrainedPipeline
from pipeline.training.values import Model, Trained
from pipeline.training.work import Group

_TOLD = ("history", "best_epoch", "n_parameters", "seconds", "engine", "train_rows", "validation_rows", "trials")
"""Fields of what was trained that its work does not say."""


def pack(trained: Sequence[Trained]) -> bytes:
    """Returns what became of a group as bytes: nets as they are saved in a folder, pipelines as they are.

    A forest has hundreds of small arrays, and joblib, by which a pipeline is saved, handles each as if it were large.

    Args:
        trained: In the order of the group's works.
    """
    told = [{name: getattr(item, name) for name in _TOLD} | {"model": _written(item.model)} for item in trained]
    return pickle.dumps(told, protocol=5)


def unpack(packed: bytes, group: Group) -> tuple[Trained, ...]:
    """Returns what ``pack`` packed, as values of a group's works; a model has the name of its candidate.

    Args:
        packed: By this program. To unpack bytes runs what is in them, as to load any model does.
        group: Says of which candidate, fold and seed each value is.
    """
    told: list[dict[str, Any]] = pickle.loads(packed)
    return tuple(
        Trained(
            **item | {"model": _read(*item["model"], name=work.candidate.name)},
            candidate=work.candidate,
            fold_index=work.fold.index,
            seed=work.fold.seed,
        )
        for work, item in zip(group.works, told, strict=True)
    )


def _written(model: Model) -> tuple[type, Pipeline | dict[str, bytes]]:
    assert isinstance(model, TrainedNet | TrainedPipeline)
    if isinstance(model, TrainedPipeline):
        return type(model), model.pipeline
    with tempfile.TemporaryDirectory() as folder:
        model.write(Path(folder))
        return type(model), {file.name: file.read_bytes() for file in Path(folder).iterdir()}


def _read(kind: type[Any], written: Pipeline | dict[str, bytes], *, name: str) -> Model:
    if isinstance(written, Pipeline):
        pipeline: Model = kind(written)
        return pipeline
    with tempfile.TemporaryDirectory() as folder:
        for file, content in written.items():
            (Path(folder) / file).write_bytes(content)
        net: Any = kind.read(Path(folder))
    net.model.name = name
    return cast(Model, net)
