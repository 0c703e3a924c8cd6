"""Sets that are fetched and prepared by TensorFlow Datasets: the only thing here that asks a network."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import tensorflow_datasets as tfds

from models.checks import mistake
from pipeline.data.store import quiet

Say = Callable[[str], None]
"""Is told a sentence."""

_HALF = "*.tmp.*"  # as TensorFlow Datasets calls a file that is still being fetched


def fetch(named: str, name: str, store: Path, say: Say) -> None:
    """Fetches and prepares a set.

    Args:
        named: As it was asked for, for errors.
        name: As TensorFlow Datasets calls it.
        store: Where it goes.
        say: Is told before the network is asked, which may take long.

    Raises:
        ValueError: There is no such set, or it cannot be fetched; nothing new is left then but whole files.
    """
    say(f"{named} is fetched and prepared in {store}.")
    try:
        with tidy(store), quiet(with_bars=sys.stderr.isatty()):
            tfds.builder(name, data_dir=store).download_and_prepare()
    except Exception as error:  # of the network, of the archive, or that there is no such set
        said = str(error).strip().partition("\n")[0]
        remedy = "Check the name and the network, or prepare it elsewhere and let TFDS_DATA_DIR name its store."
        raise ValueError(mistake(named, "a set that can be fetched", remedy, error=said)) from error


@contextmanager
def tidy(store: Path) -> Iterator[None]:
    """Takes away, after an error, new folders that hold nothing but halves of files; files that are whole stay."""
    before = set(_folders(store))
    try:
        yield
    except BaseException:
        new = [folder for folder in _folders(store) if folder not in before]
        for folder in sorted(new, key=lambda one: len(one.parts), reverse=True):
            for half in folder.glob(_HALF):
                half.unlink(missing_ok=True)
            if not any(folder.iterdir()):
                folder.rmdir()
        raise


def _folders(store: Path) -> Iterator[Path]:
    """Yields the store, the folders that it is in, and those in it, as far as they are there."""
    yield from (folder for folder in store.parents if folder.is_dir())
    yield from (Path(folder) for folder, _, _ in os.walk(store))
