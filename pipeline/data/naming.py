"""What data of one's own are called where nobody says it. Needs no library, so that names are answered at once."""

import re
from pathlib import Path
from unicodedata import combining, normalize

from experiments.catalogue import COMPARISONS, LADDERS

PREFIX = "tfds:"
"""In front of the name of a set that TensorFlow Datasets has prepared."""
IMAGES, TABLE = "images", "table"
"""What is called so where its name has no letter that a name may have."""


def name_of(text: str, otherwise: str = IMAGES) -> str:
    """Returns a legal name of an experiment after a folder or a file; letters with signs lose these.

    Args:
        text: Its name.
        otherwise: Where nothing of that is left.

    Example:
        >>> name_of("Blumen & Gräser (neu)"), name_of("Größe"), name_of("花"), name_of("花", TABLE)
        ('blumen_graser_neu', 'grosse', 'images', 'table')
    """
    letters = (sign for sign in normalize("NFKD", text.casefold()) if not combining(sign))
    return "_".join(re.findall(r"[a-z0-9]+", "".join(letters))) or otherwise


def table_of(path: Path) -> str:
    """Returns the name of the experiment of a table that lies in a file.

    Example:
        >>> table_of(Path("data/Bank Churn (1).csv.gz")), table_of(Path("iris.csv"))
        ('bank_churn_1', 'own_iris')
    """
    return _apart(name_of(path.name.partition(".")[0], TABLE))


def experiment_of(place: str) -> str:
    """Returns the name of the experiment of a folder of images, of a prepared set, or of a table in a file.

    Args:
        place: The folder, ``tfds:NAME[/CONFIG]`` or the file; any other name stays as it is.

    Example:
        >>> experiment_of("tfds:eurosat/rgb"), experiment_of("tfds:mnist"), experiment_of("mnist")
        ('eurosat_rgb', 'own_mnist', 'mnist')
    """
    if place.startswith(PREFIX):
        return _apart(name_of(place.removeprefix(PREFIX)))
    path = Path(place).expanduser()
    if path.is_dir():
        return _apart(name_of(path.resolve().name))
    return table_of(path) if path.is_file() else place


def _apart(name: str) -> str:
    """Returns a name that no declared experiment has: runs and models of two sets are not to be mixed."""
    return f"own_{name}" if name in COMPARISONS | LADDERS else name
