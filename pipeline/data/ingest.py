"""The name of a data set becomes a ``Dataset``."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, cast

from models.checks import closest, require
from pipeline.data.sources import DataUnavailable
from pipeline.data.values import Dataset


class Source(Protocol):
    """Where a data set comes from."""

    def load(self, *, data_dir: Path | None = None, download: bool = False) -> Dataset:
        """Returns the rows in the order of the source, unscaled; arguments and errors as of ``ingest``."""


@dataclass(frozen=True, kw_only=True)
class Built:
    """A set that a builder of TensorFlow Datasets prepares the first time, and that is reused afterwards.

    The store is the folder that ``TFDS_DATA_DIR`` names, else ``data/tfds`` in the working directory. When the source
    files have changed they are prepared anew. Without source files, a set that is stored already is taken only if
    nobody named a data folder.

    Attributes:
        module: Where the builder is.
        builder: Its class.
    """

    module: str
    builder: str

    def load(self, *, data_dir: Path | None = None, download: bool = False) -> Dataset:
        """Returns the rows, prepared if they are not yet."""
        folder, named = resolve_data_dir(data_dir)
        # Late: TensorFlow Datasets takes a moment to import, and a list of names needs none of it.
        store = import_module("pipeline.data.store")
        builder = getattr(import_module(self.module), self.builder)
        try:
            files = builder.locate(folder)
        except DataUnavailable:
            if download:
                builder.download(folder)
                files = builder.locate(folder)
            else:
                stored = None if named else store.newest(builder, store.store_dir())
                if stored is None:
                    raise
                return cast(Dataset, store.load(stored))
        return cast(Dataset, store.load(store.prepare(builder, files, store.store_dir())))


_SOURCES: dict[str, Source] = {}
SOURCES: Mapping[str, Source] = MappingProxyType(_SOURCES)
"""Name, as experiments call it -> where the set comes from."""


def register(name: str, source: Source) -> None:
    """Makes a data set known.

    Raises:
        ValueError: Another one has the name.
    """
    require(name not in SOURCES, "ingest", "a data set of a new name", "Choose another.", name=name)
    _SOURCES[name] = source


def ingest(name: str, *, data_dir: Path | None = None, download: bool = False) -> Dataset:
    """Returns a data set.

    Args:
        name: One of ``SOURCES``.
        data_dir: The data folder; see ``resolve_data_dir``.
        download: Whether to fetch what the data folder lacks.

    Returns:
        The rows in the order of the source, unscaled.

    Raises:
        DataUnavailable: The data cannot be had.
        ValueError: The name is unknown, the data folder or the store cannot be used, or the content is wrong.
    """
    require(name in SOURCES, "ingest", "a known data set", closest(name, SOURCES), name=name)
    return SOURCES[name].load(data_dir=data_dir, download=download)


def resolve_data_dir(data_dir: Path | None = None) -> tuple[Path, bool]:
    """Returns the data folder and whether somebody named it.

    Args:
        data_dir: Comes first; then the variable ``PIPELINE_DATA_DIR``; then ``data`` in the working directory.

    Raises:
        ValueError: The folder that was named is not there or cannot be read.
    """
    variable = os.environ.get("PIPELINE_DATA_DIR")
    if data_dir is None and not variable:
        return Path("data").absolute(), False
    owner = "PIPELINE_DATA_DIR" if data_dir is None else "data_dir"
    folder = Path(data_dir or str(variable)).expanduser()
    require(folder.is_dir(), owner, "an existing folder", "Make it or name another.", folder=str(folder))
    readable = os.access(folder, os.R_OK | os.X_OK)
    require(readable, owner, "a folder that can be read", "Change its rights or name another.", folder=str(folder))
    return folder, True


register("iris", Built(module="pipeline.data.builders.iris", builder="Iris"))
register("digits", Built(module="pipeline.data.builders.digits", builder="Digits"))
register("diabetes", Built(module="pipeline.data.builders.diabetes", builder="Diabetes"))
register("mnist", Built(module="pipeline.data.builders.mnist", builder="Mnist"))
register("bankruptcy", Built(module="pipeline.data.builders.bankruptcy", builder="Bankruptcy"))
