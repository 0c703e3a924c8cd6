"""Handwritten digits of 8 x 8 pixels, from the copy that scikit-learn ships: the images that need no network."""

from importlib import resources
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from pipeline.data.builders.rows import Rows, RowsBuilder


class Digits(RowsBuilder):
    """1,797 digits by 13 people; a pixel counts the black dots, 0-16, of a 4 x 4 block of the scan."""

    DESCRIPTION = "8 x 8 handwritten digits, scikit-learn's copy of the test part of UCI set 80"
    HOMEPAGE = "https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits"
    CITATION = (
        "Alpaydin, E. & Kaynak, C. (1998). Optical Recognition of Handwritten Digits. "
        "UCI Machine Learning Repository. https://doi.org/10.24432/C50P49"
    )
    CLASS_NAMES = tuple("0123456789")
    PIXEL_MAXIMUM = 16

    @classmethod
    def locate(cls, data_dir: Path) -> tuple[Path, ...]:
        """Returns scikit-learn's file, wherever the data folder is."""
        return (Path(str(resources.files("sklearn.datasets.data") / "digits.csv.gz")),)

    @classmethod
    def read(cls, files: tuple[Path, ...]) -> Rows:
        """Returns 1,797 images."""
        digits = load_digits()
        return Rows(X=digits.images.astype(np.uint8), y=digits.target)
