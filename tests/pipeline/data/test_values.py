"""Data sets and folds as values: told apart by their content, and not to be changed."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from pipeline.data.task import Classification, Regression
from pipeline.data.values import Dataset, ReadOnlyArrays

DATASET = Dataset(
    name="tiny",
    X=np.arange(8.0).reshape(4, 2),
    y=np.array([0, 1, 1, 1]),
    feature_names=("width", "height"),
    task=Classification(class_names=("small", "large", "huge")),
    source="by hand",
    citation="",
    version="1",
)


def test_a_set_is_told_by_its_rows_their_types_and_their_shapes_alone():
    assert replace(DATASET, name="other", version="2", task=Regression()).content_sha256 == DATASET.content_sha256
    others = (
        replace(DATASET, X=DATASET.X + 1e-15),
        replace(DATASET, X=DATASET.X.reshape(2, 4)),
        replace(DATASET, X=DATASET.X.astype(np.float32)),
        replace(DATASET, y=DATASET.y[::-1]),
    )
    assert len({DATASET.content_sha256, *(other.content_sha256 for other in others)}) == 5


def test_classes_without_rows_are_counted_too():
    assert DATASET.class_counts == {"small": 1, "large": 3, "huge": 0}


def test_which_rows_belong_together_is_told_by_these_rows_alone():
    alone = replace(DATASET, groups=np.array([7, 3, 7, 3]))
    assert DATASET.groups_of(np.arange(4)) is None
    assert alone.groups_of(np.array([1, 2])) is None
    assert alone.groups_of(np.array([3, 0, 1])).tolist() == [0, 1, 0]
    other = replace(DATASET, groups=np.array([1, 9, 0, 9]))
    assert other.groups_of(np.array([3, 0, 1])).tolist() == [0, 1, 0]


def test_numbers_have_no_classes():
    with pytest.raises(ValueError, match=r"Dataset 'tiny': expected classes. Received: task='regression'"):
        _ = replace(DATASET, task=Regression()).class_names


@dataclass(frozen=True, eq=False)
class Held(ReadOnlyArrays):
    own: np.ndarray
    nested: dict


def test_arrays_are_read_only_however_deep_and_the_callers_stay_as_they_are():
    own, deep = np.zeros(2), np.zeros(2)
    held = Held(own=own, nested={"curves": {"loss": deep}})
    for array in (held.own, held.nested["curves"]["loss"]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    own[0] = deep[0] = 1
    assert held.own[0] == 1, "it is a view, not a copy"
