"""The rows of a fold as a net learns from them: encoded, scaled and counted once, by what its training rows say."""

from dataclasses import dataclass, replace
from typing import Any, Self

import keras
import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from experiments.language import Net, Training
from models.checks import require
from models.encoding.encoder import Encoder, Reader
from models.layers.augmentation import expand_by_shifts
from pipeline.data.images.large import is_large, on_disk, taken
from pipeline.data.task import TargetScale, Task
from pipeline.data.values import Dataset, Fold
from pipeline.data.watched import hold_out
from pipeline.training.keras_net import inputs_model


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """The rows of one fold on the scale of the first trained layer.

    Attributes:
        fold: Which.
        task: What is predicted.
        encoder: Of a table with a contract, fitted on the rows that are learned from.
        inputs: What comes before the net, fitted on the same rows.
        scale: Of a number that is predicted; ``None`` for classes.
        train_rows: Positions of the rows that are learned from.
        validation_rows: Of those that early stopping watches; empty without.
        X: ``(n, ...)`` rows as the first trained layer takes them, with what an expansion adds; raw ones where they are
            read from the disk, which `inputs` then are before at every step.
        y: Their targets as the loss takes them.
        sample_weight: What each row counts; ``None`` where all count alike.
        validation: The same of the rows that are watched; ``None`` without.
    """

    fold: Fold
    task: Task
    encoder: Encoder | None
    inputs: keras.Model
    scale: TargetScale | None
    train_rows: NDArray[np.int64]
    validation_rows: NDArray[np.int64]
    X: NDArray[Any]
    y: NDArray[Any]
    sample_weight: NDArray[np.float32] | None
    validation: tuple[NDArray[Any], ...] | None

    @property
    def places(self) -> tuple[int, ...]:
        """Of the last columns that are places of levels how many places each has; of others nothing."""
        return () if self.encoder is None else self.encoder.places()

    @property
    def are_raw(self) -> bool:
        """Whether rows are as they came, since they are read from the disk."""
        return isinstance(self.X, np.memmap)

    def bagged(self, seed: int) -> Self:
        """Returns as many rows, drawn from these with replacement; what is watched stays.

        Args:
            seed: Of the drawing.
        """
        drawn = np.random.default_rng(seed).integers(len(self.X), size=len(self.X))
        weight = None if self.sample_weight is None else self.sample_weight[drawn]
        X = on_disk(self.X, drawn) if self.are_raw else self.X[drawn]
        return replace(self, X=X, y=self.y[drawn], sample_weight=weight)


def prepare(net: Net, dataset: Dataset, fold: Fold) -> Rows:
    """Fits what comes before the net on the rows it learns from, and applies it once instead of every epoch.

    Args:
        net: Whose inputs are prepared.
        dataset: Where the rows are.
        fold: Whose training rows are learned from, but for those that early stopping watches.
    """
    train_rows, validation_rows = _hold_out(net.training, dataset, fold)
    reader: Reader = "embedded" if net.categories == "embedding" else "dense"
    encoder = None if dataset.columns is None else Encoder(dataset.columns, reader, fold.seed)
    learned, y_learned = taken(dataset, train_rows), dataset.y[train_rows]
    if encoder is not None:
        learned = encoder.fit_transform(learned, y_learned, dataset.groups_of(train_rows))
    n_places = 0 if encoder is None else len(encoder.places())
    inputs, scale = inputs_model(net, dataset, learned, n_places), dataset.task.target_scale(y_learned)

    def on_model_scale(
        raw: NDArray[Any], y: NDArray[Any], rows: NDArray[np.int64]
    ) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.float32] | None]:
        X = raw if is_large(dataset) else np.asarray(inputs(raw), np.float32)
        weight = _class_weights(y_learned, dataset.n_classes)[y] if net.training.balanced else None
        return X, dataset.task.targets(y, net.training.cost, scale), _counted(weight, dataset, rows, train_rows)

    X, y, sample_weight = on_model_scale(*_expand(net.training, dataset, learned, y_learned), train_rows)
    held_out = None
    if len(validation_rows):
        watched = taken(dataset, validation_rows)
        watched = watched if encoder is None else encoder.transform(watched)
        held_out = on_model_scale(watched, dataset.y[validation_rows], validation_rows)
    return Rows(
        fold=fold,
        task=dataset.task,
        encoder=encoder,
        inputs=inputs,
        scale=scale,
        train_rows=train_rows,
        validation_rows=validation_rows,
        X=X,
        y=y,
        sample_weight=sample_weight,
        validation=tuple(part for part in held_out if part is not None) if held_out else None,
    )


def _hold_out(training: Training, dataset: Dataset, fold: Fold) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Returns the rows that are learned from and the rows that early stopping watches, all from the training rows."""
    if training.patience is None:
        return fold.train_rows, fold.train_rows[:0]
    if dataset.times is not None or dataset.groups_of(fold.train_rows) is not None:
        return hold_out(dataset, fold.train_rows, training.validation_share, seed=fold.seed)
    if training.validation_rows == "last":
        learned, watched = train_test_split(fold.train_rows, test_size=training.validation_share, shuffle=False)
        return learned, watched
    learned, watched = train_test_split(
        fold.train_rows,
        test_size=training.validation_share,
        random_state=fold.seed,
        stratify=dataset.y[fold.train_rows] if dataset.task.has_classes else None,
    )
    return learned, watched


def _expand(
    training: Training, dataset: Dataset, X: NDArray[Any], y: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Returns training rows and their targets, with what the declared expansion adds."""
    if training.expansion == "none":
        return X, y
    require(dataset.is_image, "train", "images for expansion", "Take expansion out.", dataset=dataset.name)
    X = expand_by_shifts(X)
    return X, np.tile(y, len(X) // len(y))


def _class_weights(y: NDArray[np.int64], n_classes: int) -> NDArray[np.float32]:
    """Returns ``n_samples / (n_classes * rows of the class)``, scikit-learn's "balanced"."""
    return (len(y) / (n_classes * np.bincount(y, minlength=n_classes))).astype(np.float32)


def _counted(
    weight: NDArray[np.float32] | None, dataset: Dataset, rows: NDArray[np.int64], train_rows: NDArray[np.int64]
) -> NDArray[np.float32] | None:
    """Returns what each row counts in the loss: times its weight in the data, of which the training rows' mean is 1."""
    if dataset.weights is None:
        return weight
    own = (dataset.weights[rows] / dataset.weights[train_rows].mean()).astype(np.float32)
    if weight is None:
        return own
    return weight * np.tile(own, len(weight) // len(own))
