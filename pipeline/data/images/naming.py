"""What images of one's own are called where nobody says it. Needs no library, so that names are answered at once."""

import re
from pathlib import Path

from experiments.catalogue import COMPARISONS, LADDERS

PREFIX = "tfds:"
"""In front of the name of a set that TensorFlow Datasets has prepared."""


def name_of(text: str) -> str:
    """Returns a legal name of an experiment after a folder.

    Example:
        >>> name_of("Blumen & Gräser (neu)"), name_of("花")
        ('blumen_gr_ser_neu', 'images')
    """
    return "_".join(re.findall(r"[a-z0-9]+", text.lower())) or "images"


def experiment_of(place: str) -> str:
    """Returns the name of the experiment of a folder of images, or of a prepared set.

    Args:
        place: The folder, or ``tfds:NAME[/CONFIG]``; any other name stays as it is.

    Example:
        >>> experiment_of("tfds:eurosat/rgb"), experiment_of("tfds:mnist"), experiment_of("mnist")
        ('eurosat_rgb', 'own_mnist', 'mnist')
    """
    if place.startswith(PREFIX):
        name = name_of(place.removeprefix(PREFIX))
    elif Path(place).expanduser().is_dir():
        name = name_of(Path(place).expanduser().resolve().name)
    else:
        return place
    return f"own_{name}" if name in COMPARISONS | LADDERS else name  # runs and models of two sets are not to be mixed
