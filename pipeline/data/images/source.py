"""Images of one's own as sources of data: a folder, or a set that TensorFlow Datasets has prepared."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from models.checks import require, require_name
from pipeline.data.images.album import Album
from pipeline.data.images.cache import Tell
from pipeline.data.images.folder import album_of
from pipeline.data.images.found import Found
from pipeline.data.images.gathering import SIZES, gathered
from pipeline.data.images.prepared import Prepared
from pipeline.data.naming import PREFIX, name_of
from pipeline.data.values import Dataset


@dataclass(frozen=True, kw_only=True, eq=False)
class ImageSource:
    """Images that nobody has declared.

    Attributes:
        size: Pixels of the longer side; ``None`` takes the median, at most ``LONGEST``.
        name: As experiments call them; by default as their place is called.
        tell: Is told of progress.
    """

    size: int | None = None
    name: str = ""
    tell: Tell = lambda what, share: None

    def __post_init__(self) -> None:
        low, high = SIZES
        expected = f"size of {low} to {high} pixels"
        require(self.size is None or low <= self.size <= high, "Images", expected, "Give another.", size=self.size)
        object.__setattr__(self, "name", self.name or self._called)
        require_name("Images", self.name)

    @property
    def _called(self) -> str:
        raise NotImplementedError

    def _album(self) -> Album:
        raise NotImplementedError

    def load(self, *, data_dir: Path | None = None, download: bool = False) -> Dataset:
        """Returns the images in the order of the names of classes and files.

        Args:
            data_dir: Not asked: the folder says where it is.
            download: Nothing is fetched.

        Raises:
            ValueError: Something in the folder cannot be taken as it stands; it is named.
        """
        return self._read[0]

    @property
    def found(self) -> Found:
        """What was found out about the images, for people; they are looked at once.

        Raises:
            ValueError: As of ``load``.
        """
        return self._read[1]

    @property
    def class_names(self) -> tuple[str, ...]:
        """In the order of their numbers; no image is decoded for them.

        Raises:
            ValueError: As of ``load``, as far as files are not opened for it.
        """
        return self._looked_through.class_names

    @cached_property
    def _looked_through(self) -> Album:
        return self._album()

    @cached_property
    def _read(self) -> tuple[Dataset, Found]:
        return gathered(self._looked_through, self.name, self.size, self.tell)


@dataclass(frozen=True, kw_only=True, eq=False)
class ImageFolder(ImageSource):
    """A folder of images.

    Attributes:
        folder: Holds a sub-folder for each class, or train/ and test/ with one each.
    """

    folder: Path

    @property
    def _called(self) -> str:
        return name_of(self.folder.expanduser().resolve().name)

    def _album(self) -> Album:
        return album_of(self.folder)


@dataclass(frozen=True, kw_only=True, eq=False)
class PreparedImages(ImageSource):
    """Images of a set that TensorFlow Datasets has prepared.

    Attributes:
        prepared: The set.
    """

    prepared: Prepared

    @property
    def _called(self) -> str:
        return name_of(self.prepared.owner.removeprefix(PREFIX))

    def _album(self) -> Album:
        return self.prepared.album()


@dataclass(frozen=True, kw_only=True, eq=False)
class PreparedTable:
    """Numbers of a set that TensorFlow Datasets has prepared.

    Attributes:
        prepared: The set.
        name: As experiments call it; by default the set's.
    """

    prepared: Prepared
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.name or name_of(self.prepared.owner.removeprefix(PREFIX)))
        require_name("Table", self.name)

    def load(self, *, data_dir: Path | None = None, download: bool = False) -> Dataset:
        """Returns the rows in the order of the store.

        Args:
            data_dir: Not asked: the store has it.
            download: Nothing more is fetched.

        Raises:
            ValueError: Something in the set cannot be relied on.
        """
        return self._dataset

    @cached_property
    def _dataset(self) -> Dataset:
        return self.prepared.table(self.name)
