"""What the builders share: rows that keep their source's order, stored so that they come back bit for bit."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow_datasets as tfds
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """A whole set, read and checked.

    Attributes:
        X: ``(n_samples, n_features)`` float64, or images ``(n_samples, height, width)`` uint8.
        y: ``(n_samples,)`` indices of classes, or float64 numbers.
        n_test: How many of the last rows are the canonical test rows.
    """

    X: NDArray[Any]
    y: NDArray[Any]
    n_test: int = 0


class RowsBuilder(tfds.core.GeneratorBasedBuilder):  # type: ignore[misc]  # the library is untyped
    """A builder of one data set; a subclass declares what is below and writes ``locate`` and ``read``.

    Attributes:
        DESCRIPTION: What a row is and where the rows came from, for people.
        HOMEPAGE: The address to read on.
        CITATION: Whom to cite.
        CLASS_NAMES: One for each class; empty where a number is predicted.
        TARGET: What that number is called.
        UNIT: Its unit; empty where it has none.
        FEATURE_NAMES: One for each column; empty for images.
        PIXEL_MAXIMUM: The largest value a pixel can have (images only).
    """

    VERSION = tfds.core.Version("1.0.0")
    DESCRIPTION: str
    HOMEPAGE: str
    CITATION: str
    CLASS_NAMES: tuple[str, ...] = ()
    TARGET: str = ""
    UNIT: str = ""
    FEATURE_NAMES: tuple[str, ...] = ()
    PIXEL_MAXIMUM: int | None = None

    def __init_subclass__(cls, **settings: Any) -> None:
        # TensorFlow Datasets has an iris and an mnist of its own, which stay reachable.
        super().__init_subclass__(skip_registration=True, **settings)

    def __init__(self, *, rows: Rows, source: str, store: Path, edition: str) -> None:
        """Readies the builder to write.

        Args:
            rows: What to store.
            source: Where the content came from, for people.
            store: The folder that TensorFlow Datasets calls ``data_dir``.
            edition: Tells stores of different source files apart.
        """
        self._rows = rows
        self._source = source
        super().__init__(data_dir=store, config=tfds.core.BuilderConfig(name=edition))

    @classmethod
    @abstractmethod
    def locate(cls, data_dir: Path) -> tuple[Path, ...]:
        """Returns the source files.

        Raises:
            DataUnavailable: One is not there.
        """

    @classmethod
    @abstractmethod
    def read(cls, files: tuple[Path, ...]) -> Rows:
        """Returns what the source files hold.

        Raises:
            ValueError: The content is not that of this set.
        """

    @classmethod
    def download(cls, data_dir: Path) -> None:
        """Fetches what ``locate`` misses; a set without a public address has nothing to fetch."""

    def _info(self) -> tfds.core.DatasetInfo:
        X = self._rows.X
        features = {
            "row": np.int64,  # records come back in a hashed order
            "x": _as_bytes(X.shape[1:], X.dtype),
            "label": tfds.features.ClassLabel(names=self.CLASS_NAMES)
            if self.CLASS_NAMES
            else _as_bytes((), np.float64),
        }
        metadata = {
            "source": self._source,
            "feature_names": self.FEATURE_NAMES,
            "pixel_maximum": self.PIXEL_MAXIMUM,
            **({} if self.CLASS_NAMES else {"target": self.TARGET, "unit": self.UNIT}),
        }
        return tfds.core.DatasetInfo(
            builder=self,
            description=self.DESCRIPTION,
            features=tfds.features.FeaturesDict(features),
            homepage=self.HOMEPAGE,
            citation=self.CITATION,
            metadata=tfds.core.MetadataDict(metadata),
        )

    def _split_generators(self, dl_manager: tfds.download.DownloadManager) -> dict[str, Any]:
        n_samples = len(self._rows.y)
        n_train = n_samples - self._rows.n_test
        splits = {"train": self._generate_examples(range(n_train))}
        if self._rows.n_test:
            splits["test"] = self._generate_examples(range(n_train, n_samples))
        return splits

    def _generate_examples(self, numbers: range) -> Iterator[tuple[int, dict[str, Any]]]:
        for row in numbers:
            label = self._rows.y[row]
            yield row, {"row": row, "x": self._rows.X[row], "label": int(label) if self.CLASS_NAMES else label}


def _as_bytes(shape: tuple[int, ...], dtype: Any) -> tfds.features.Tensor:
    """Returns a feature that comes back bit for bit: a plain float64 is stored as float32."""
    return tfds.features.Tensor(shape=shape, dtype=dtype, encoding=tfds.features.Encoding.BYTES)
