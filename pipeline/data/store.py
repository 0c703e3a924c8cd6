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

from models.checks import require
from pipeline.data.builders.rows import RowsBuilder
from pipeline.data.sources import sha256_of
from pipeline.data.task import Classification, Regression, Task
from pipeline.data.values import Dataset


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
    edition = digest[:16]
    folder: Path = store / builder.name / edition / str(builder.VERSION)
    if _is_whole(folder):
        return folder
    shutil.rmtree(folder, ignore_errors=True)  # half of a store, which somebody has deleted from
    source = f"{builder.DESCRIPTION}; {', '.join(file.name for file in files)}, sha256 {digest}"
    rows = builder.read(files)
    try:
        with quiet():
            writer = builder(rows=rows, source=source, store=store, edition=edition)
            writer.download_and_prepare(file_format="array_record")
    except (OSError, RuntimeError) as error:  # array_record tells of a full disk by a RuntimeError
        # Another process may have prepared the same edition in the meantime: a rename onto it fails, and it serves.
        if not _is_whole(folder):
            raise ValueError(
                f"ingest: expected to store {builder.name} in {store}. Received: error={str(error)!r}. "
                "Make room there, or let TFDS_DATA_DIR name another folder."
            ) from error
    return folder


def load(folder: Path) -> Dataset:
    """Returns a stored set, its rows in the order of the source.

    Raises:
        ValueError: The store is damaged.
    """
    try:
        with quiet():
            return _load(folder)
    except Exception as error:  # TensorFlow Datasets, protobuf and array_record each have their own
        raise ValueError(
            f"ingest: expected a whole store in {folder}. Received: error={str(error)!r}. Delete it and run again."
        ) from error


def _load(folder: Path) -> Dataset:
    stored = tfds.builder_from_directory(folder)
    info = stored.info
    sources = {split: stored.as_data_source(split=split) for split in info.splits}
    examples = {split: source.__getitems__(range(len(source))) for split, source in sources.items()}
    records = [record for part in examples.values() for record in part]
    rows = np.array([record["row"] for record in records])
    order = np.argsort(rows)
    require(np.array_equal(rows[order], np.arange(len(rows))), info.name, "every row once", "Rows are lost.", rows=rows)
    test_rows = np.sort([record["row"] for record in examples["test"]]) if "test" in examples else None
    task = _task(info)
    return Dataset(
        name=info.name,
        X=np.stack([record["x"] for record in records])[order],
        y=np.array([record["label"] for record in records], dtype=np.int64 if task.has_classes else np.float64)[order],
        feature_names=tuple(info.metadata["feature_names"]),
        task=task,
        source=info.metadata["source"],
        citation=info.citation,
        version=str(info.version),
        pixel_maximum=info.metadata["pixel_maximum"],
        test_rows=test_rows,
    )


def _task(info: tfds.core.DatasetInfo) -> Task:
    label = info.features["label"]
    if isinstance(label, tfds.features.ClassLabel):
        return Classification(class_names=tuple(label.names))
    return Regression(target=info.metadata["target"], unit=info.metadata["unit"])


def _is_whole(folder: Path) -> bool:
    return (folder / "dataset_info.json").is_file()


@contextlib.contextmanager
def quiet(*, with_bars: bool = False) -> Iterator[None]:
    """Keeps TensorFlow Datasets' prints, warnings and progress bars from the user.

    Args:
        with_bars: Shows the bars, where something takes long.
    """
    logger = logging.getLogger("absl")
    level = logger.level
    logger.setLevel(logging.ERROR)
    if not with_bars:
        tfds.disable_progress_bar()
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        tfds.enable_progress_bar()
        logger.setLevel(level)
