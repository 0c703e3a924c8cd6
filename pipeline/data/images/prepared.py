"""Sets that TensorFlow Datasets has prepared: images or flat tables of numbers, with a class label; read offline."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow_datasets as tfds
from numpy.typing import NDArray

from models.checks import mistake, nearest, require
from pipeline.data.images.album import Album, File
from pipeline.data.images.fetching import Say, fetch
from pipeline.data.naming import PREFIX
from pipeline.data.store import quiet, store_dir
from pipeline.data.task import Classification
from pipeline.data.values import Dataset

_TAKEN = "images with a class label, or numbers with a class label"
_TRAIN, _VALIDATION, _TEST = "train", "validation", "test"


@dataclass(frozen=True, kw_only=True, eq=False)
class Prepared:
    """A prepared set.

    Attributes:
        owner: Its name with ``tfds:`` in front.
        builder: That reads it.
    """

    owner: str
    builder: Any

    @cached_property
    def label(self) -> str:
        """Name of the feature that is the class.

        Raises:
            ValueError: There is none, or there are several and none is the supervised one.
        """
        names = [name for name, feature in self.features.items() if isinstance(feature, tfds.features.ClassLabel)]
        supervised = self.builder.info.supervised_keys
        if len(names) > 1 and supervised and supervised[-1] in names:
            return str(supervised[-1])
        require(len(names) == 1, self.owner, f"{_TAKEN}, one of them", "Take another set.", **self._found)
        return names[0]

    @cached_property
    def features(self) -> Mapping[str, Any]:
        """What an example consists of, in the order of the names: a store keeps none.

        Raises:
            ValueError: It is not one value of each name.
        """
        features = self.builder.info.features
        named = isinstance(features, tfds.features.FeaturesDict)
        require(named, self.owner, _TAKEN, "Take another set.", found=type(features).__name__)
        return dict(sorted(features.items()))

    @property
    def image(self) -> str | None:
        """Name of the feature that is the image; ``None`` of a flat table.

        Raises:
            ValueError: It is a set of another kind.
        """
        self.label  # noqa: B018  # a set without one is refused first
        images = [name for name, feature in self.features.items() if type(feature) is tfds.features.Image]
        if len(images) == 1:
            bits = np.dtype(self.features[images[0]].np_dtype)
            require(bits == np.uint8, self.owner, "images of 8 bits", "Take another set.", dtype=str(bits))
            return images[0]
        flat = not images and len(self.features) > 1 and all(map(self._is_number, set(self.features) - {self.label}))
        require(flat, self.owner, _TAKEN, "Take another set.", **self._found)
        return None

    def album(self) -> Album:
        """Returns its images; they are read as they are stored, in the order of the store.

        Raises:
            ValueError: A label is missing.
        """
        image, decode = str(self.image), {str(self.image): tfds.decode.SkipDecoding()}

        def files() -> Iterator[File]:
            for example in self._examples({image: True}, decode):
                yield File(example[image])

        return Album(
            owner=self.owner,
            class_names=tuple(self.features[self.label].names),
            names=tuple(f"{split}[{row}]" for split, n_rows in self._parts for row in range(n_rows)),
            y=self._y,
            is_test=self._is_test,
            files=files,
            left_out=self._told,
            citation=self.builder.info.citation,
        )

    def table(self, name: str) -> Dataset:
        """Returns its numbers as a data set.

        Raises:
            ValueError: A label is missing, or a number is none.
        """
        columns = [column for column in self.features if column != self.label]
        X = np.array([[example[column] for column in columns] for example in self._examples()], np.float64)
        for row, place in np.argwhere(~np.isfinite(X))[:1].tolist():
            remedy = "Prepare the set without such rows."
            require(False, self.owner, "finite numbers", remedy, row=row, column=columns[place], value=X[row, place])
        return Dataset(
            name=name,
            X=X,
            y=self._y,
            feature_names=tuple(columns),
            task=Classification(class_names=tuple(self.features[self.label].names)),
            source=f"{self.owner}, {len(X):,} rows",
            citation=self.builder.info.citation,
            version=str(self.builder.info.version),
            test_rows=None if self._is_test is None else np.flatnonzero(self._is_test),
        )

    @cached_property
    def _y(self) -> NDArray[np.int64]:
        y = np.array([example[self.label] for example in self._examples({self.label: True})], np.int64)
        missing = int((y < 0).sum())
        remedy = "Prepare it with them: a set that is tested without labels has none to score."
        require(missing == 0, self.owner, "a label for each example", remedy, without_label=missing)
        return y

    @cached_property
    def _parts(self) -> list[tuple[str, int]]:
        """Splits and their sizes; the last is tested, where there are several."""
        sizes = {str(name): int(split.num_examples) for name, split in self.builder.info.splits.items()}
        if len(sizes) > 1:
            order = [name for name in (_TRAIN, _VALIDATION, _TEST) if name in sizes]
            known = set(order) == set(sizes) and _TRAIN in sizes
            expected = "a split train, beside it validation and test or one of them, or one split alone"
            require(known, self.owner, expected, "Prepare it so.", splits=list(sizes))
            sizes = {name: sizes[name] for name in order}
        require(sum(sizes.values()) > 0, self.owner, "examples", "Prepare it again.", splits=sizes)
        return [*sizes.items()]

    @property
    def _is_test(self) -> NDArray[np.bool_] | None:
        if len(self._parts) == 1:
            return None
        n_rows = sum(size for _, size in self._parts)
        return np.arange(n_rows) >= n_rows - self._parts[-1][1]

    @property
    def _told(self) -> tuple[str, ...]:
        names = [name for name, _ in self._parts]
        if names[1:] == [_VALIDATION, _TEST]:
            return ("Of the splits, train and validation are learned from, and test is tested.",)
        return (f"Of the splits, train is learned from, and {names[1]} is tested.",) if names[1:] else ()

    def _examples(self, wanted: Mapping[str, bool] | None = None, decode: Any = None) -> Iterator[Any]:
        """Yields the examples of all splits, of each what is wanted."""
        partial = wanted and tfds.decode.PartialDecoding(dict(wanted), decoders=decode)
        for split, _ in self._parts:
            with quiet():
                examples = self.builder.as_dataset(split=split, decoders=partial, shuffle_files=False)
            yield from tfds.as_numpy(examples)

    def _is_number(self, name: str) -> bool:
        feature = self.features[name]
        plain = isinstance(feature, tfds.features.Tensor) and feature.shape == ()
        return plain and np.dtype(feature.np_dtype).kind in "fiub"

    @property
    def _found(self) -> dict[str, Any]:
        return {"found": {name: type(feature).__name__ for name, feature in self.features.items()}}


def prepared(named: str, *, download: bool = False, say: Say = lambda sentence: None) -> Prepared:
    """Returns a set of the store of TensorFlow Datasets.

    Args:
        named: ``tfds:NAME`` or ``tfds:NAME/CONFIG``.
        download: Whether it may be fetched and prepared, where it is not there.
        say: Is told when that begins.

    Raises:
        ValueError: It is not prepared, or the store is damaged. Without ``download`` nothing asks a network.
    """
    name, store = named.removeprefix(PREFIX), store_dir()
    legal = re.fullmatch(r"[A-Za-z0-9]\w*(/[\w.+-]*\w)?", name) is not None
    require(legal, named, "tfds:NAME or tfds:NAME/CONFIG", "Write it so.", name=name)
    if download and not _places(store, name):
        fetch(named, name, store, say)
    place = _place(named, name, store)
    try:
        with quiet():
            return Prepared(owner=named, builder=tfds.builder_from_directory(place))
    except Exception as error:  # TensorFlow Datasets, protobuf and JSON each have their own
        said = str(error).partition("\n")[0]
        raise ValueError(mistake(named, f"a whole store in {place}", "Prepare it again.", error=said)) from error


def _place(named: str, name: str, store: Path) -> Path:
    """Returns the folder of the newest version."""
    found = _places(store, name)
    known = sorted({str(path.parents[1].relative_to(store)) for path in store.glob("*/**/dataset_info.json")})
    close = nearest(name, known)
    remedy = (
        f"{f'Did you mean tfds:{close}? ' if close else ''}Let --download prepare it, or prepare it by "
        f"tfds.load({name!r}) where there is a network; TFDS_DATA_DIR names the store."
    )
    require(bool(found), named, "a set that is prepared", remedy, store=str(store), prepared=known[:5])
    configs = sorted({str(path.parent.relative_to(store)) for path in found})
    remedy = f"Say which: tfds:{configs[0]}."
    require(len(configs) == 1, named, "one configuration", remedy, prepared=configs)
    return max(found, key=lambda path: [int(part) for part in re.findall(r"\d+", path.name)])


def _places(store: Path, name: str) -> Sequence[Path]:
    """Returns the folders of all versions, of all configurations where none is named."""
    below = (store / name).glob("*/dataset_info.json"), (store / name).glob("*/*/dataset_info.json")
    return [info.parent for infos in below for info in infos]
