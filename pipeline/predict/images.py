"""Image files through a model: a line for each, with its name in front of what is answered."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

import numpy as np

from pipeline.data.images.album import printable
from pipeline.data.images.faults import Faults
from pipeline.data.images.folder import images_in, read
from pipeline.predict.answers import in_words
from pipeline.tracking.model import ServedModel

IMAGES_AT_ONCE = 256
FILE = "file"
"""Name of the column in front."""


def score_images(
    model: ServedModel, place: Path, scored: TextIO, progress: Callable[[int], None] = lambda n_images: None
) -> int:
    """Writes for each image its file's name, the predicted class, what is decided, and the probability of each class.

    Args:
        model: Of image files.
        place: A folder of images, also in sub-folders; or one image.
        scored: Where the CSV goes: ``file``, then what the rows of a table are answered with.
        progress: Is told of each part how many images it had.

    Returns:
        How many images there were.

    Raises:
        ValueError: Files are no images that can be decoded whole, or cannot be taken as they stand; they are named.
    """
    assert model.images is not None
    folder, n_images, faults = place if place.is_dir() else place.parent, 0, Faults()
    for paths in _parts(images_in(place)):
        pixels = []
        for path in paths:
            with faults.noted():
                file = read(path)
                pixels.append(model.images.pixels(file.content, printable(path), file.suffix))
        if faults:
            continue  # the others are looked at, too, and nothing is answered
        answers = in_words(model, model.predict(np.stack(pixels)))
        answers.insert(0, FILE, [printable(path.relative_to(folder)) for path in paths])
        answers.to_csv(scored, index=False, header=n_images == 0)
        n_images += len(paths)
        progress(len(paths))
    faults.require_none()
    return n_images


def _parts(paths: Sequence[Path]) -> Iterator[Sequence[Path]]:
    for start in range(0, len(paths), IMAGES_AT_ONCE):
        yield paths[start : start + IMAGES_AT_ONCE]
