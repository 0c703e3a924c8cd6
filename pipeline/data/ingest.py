"""The name of a data set becomes a ``Dataset``."""

import os
from importlib import import_module
from pathlib import Path

from models.checks import closest, require
from pipeline.data.sources import DataUnavailable
from pipeline.data.values import Dataset

DATASETS: tuple[str, ...] = ("iris", "digits", "mnist", "bankruptcy")
"""Each is a module of ``pipeline.data.builders`` that holds a builder of that name."""


def ingest(name: str, *, data_dir: Path | None = None, download: bool = False) -> Dataset:
    """Returns a data set, prepared by TensorFlow Datasets the first time and reused afterwards.

    The store is the folder that ``TFDS_DATA_DIR`` names, else ``data/tfds`` in the working directory. When the source
    files have changed they are prepared anew. Without source files, a set that is stored already is taken only if
    nobody named a data folder.

    Args:
        name: One of ``DATASETS``.
        data_dir: The data folder; see ``resolve_data_dir``.
        download: Whether to fetch what the data folder lacks.

    Returns:
        The rows in the order of the source, unscaled.

    Raises:
        DataUnavailable: The data cannot be had.
        ValueError: The name is unknown, the data folder or the store cannot be used, or the content is wrong.
    """
    require(name in DATASETS, "ingest", "a known data set", closest(name, DATASETS), name=name)
    folder, named = resolve_data_dir(data_dir)
    # Late: TensorFlow Datasets takes a moment to import, and `--list` needs only the names.
    store = import_module("pipeline.data.store")
    builder = getattr(import_module(f"pipeline.data.builders.{name}"), name.capitalize())
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
            return store.load(stored)
    return store.load(store.prepare(builder, files, store.store_dir()))


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
