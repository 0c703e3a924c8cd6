"""The store of prepared sets: written once by TensorFlow Datasets, read back as values.

A set lies in ``<store>/<name>/<edition>/<version>``. The edition is the digest of the source files, so a changed source
is another edition and a stored set is never stale. TensorFlow Datasets writes beside that place and renames at the
end, so what is there is whole.
"""

import contextlib
import io
import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import tensorflow_datasets as tfds

from experiments.checks import require
from pipeline.datasets.rows import RowsBuilder
from pipeline.datasets.sources import sha256_of
from pipeline.values import Dataset


def store_dir() -> Path:
    """Returns the folder of the store: ``TFDS_DATA_DIR``, else ``data/tfds`` in the working directory."""
    return Path(os.environ.get("TFDS_DATA_DIR") or Path("data", "tfds")).expanduser()


def newest(builder: type[RowsBuilder], store: Path) -> Path | None:
    """Returns the folder of the edition prepared last, ``None`` if there is none."""
    infos = store.glob(f"{builder.name}/*/{builder.VERSION}/dataset_info.json")
    return max((info.parent for info in infos), key=lambda folder: folder.stat().st_mtime, default=None)


def prepare(builder: type[RowsBuilder], files: tuple[Path, ...], store: Path) -> Path:
    """Stores the content of the source files, unless it is stored already.

    Returns:
        The folder of the edition.

    Raises:
        ValueError: The content is wrong, or the store cannot be written.
    """
    digest = sha256_of(files)
    folder = store / builder.name / digest[:16] / str(builder.VERSION)
    if _is_whole(folder):
        return folder
    source = f"{builder.DESCRIPTION}; {', '.join(file.name for file in files)}, sha256 {digest}"
    rows = builder.read(files)
    try:
        with _quiet():
            shutil.rmtree(folder, ignore_errors=True)
            writer = builder(rows=rows, source=source, store=store, edition=digest[:16])
            writer.download_and_prepare(file_format="array_record")
    except OSError as error:
        # Another process may have prepared the same edition in the meantime; a rename onto it then fails.
        require(
            _is_whole(folder),
            "ingest",
            f"to store {builder.name} under TFDS_DATA_DIR",
            "Make room or let TFDS_DATA_DIR name a folder that can be written.",
            store=str(store),
            error=str(error),
        )
    return folder


def load(folder: Path) -> Dataset:
    """Returns a stored set, its rows in the order of the source.

    Raises:
        ValueError: Rows are missing.
    """
    with _quiet():
        stored = tfds.builder_from_directory(folder)
        examples, test_rows = [], []
        for split in stored.info.splits:
            records = stored.as_data_source(split=split)
            part = records.__getitems__(range(len(records)))
            examples += part
            if split == "test":
                test_rows = sorted(int(example["row"]) for example in part)
    examples.sort(key=lambda example: int(example["row"]))
    rows = [int(example["row"]) for example in examples]
    require(
        rows == list(range(len(rows))), "ingest", "every row once", f"Delete {folder} and run again.", rows=len(rows)
    )
    info = stored.info
    return Dataset(
        name=info.name,
        X=np.stack([example["x"] for example in examples]),
        y=np.array([example["label"] for example in examples], dtype=np.int64),
        feature_names=tuple(info.metadata["feature_names"]),
        class_names=tuple(info.features["label"].names),
        source=info.metadata["source"],
        citation=info.citation,
        version=str(info.version),
        pixel_maximum=info.metadata["pixel_maximum"],
        test_rows=np.array(test_rows, dtype=np.int64) if test_rows else None,
    )


def _is_whole(folder: Path) -> bool:
    return (folder / "dataset_info.json").is_file()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keeps TensorFlow Datasets' prints, warnings and progress bars from the user."""
    logger = logging.getLogger("absl")
    level = logger.level
    logger.setLevel(logging.ERROR)
    tfds.disable_progress_bar()
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        tfds.enable_progress_bar()
        logger.setLevel(level)
