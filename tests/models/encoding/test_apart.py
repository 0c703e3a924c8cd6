"""Means of the target of rows that belong together."""

import numpy as np
import pytest
import sklearn
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import TargetEncoder

from models.encoding.apart import ApartTargetEncoder

RANDOM = np.random.default_rng(0)
N = 240
X = RANDOM.integers(0, 12, size=(N, 2)).astype(float)
GROUPS = RANDOM.integers(0, 60, N)
TARGETS = {
    "continuous": X[:, 0] + RANDOM.normal(size=N),
    "binary": (X[:, 0] + RANDOM.normal(scale=4, size=N) > 6).astype(int),
    "multiclass": RANDOM.integers(0, 3, N),
}
NEWER = tuple(map(int, sklearn.__version__.split(".")[:2])) >= (1, 9)


@pytest.mark.skipif(not NEWER, reason="scikit-learn takes divisions from 1.9 on")
@pytest.mark.parametrize("kind", TARGETS)
def test_it_is_what_scikit_learn_does_with_these_divisions(kind):
    divisions = list(GroupKFold(5).split(X, groups=GROUPS))
    y = TARGETS[kind]
    ours, theirs = ApartTargetEncoder(kind, divisions), TargetEncoder(target_type=kind, cv=divisions)
    np.testing.assert_allclose(ours.fit_transform(X, y), theirs.fit_transform(X, y), atol=1e-14)
    np.testing.assert_array_equal(ours.transform(X), theirs.transform(X))


def test_the_target_of_a_group_does_not_reach_its_own_rows():
    divisions = list(GroupKFold(5).split(X, groups=GROUPS))
    y = TARGETS["continuous"]
    own = np.isin(GROUPS, GROUPS[:1])
    before, after = (
        ApartTargetEncoder("continuous", divisions).fit_transform(X, target) for target in (y, np.where(own, 1e6, y))
    )
    np.testing.assert_array_equal(before[own], after[own])
    assert not np.array_equal(before, after)


def test_a_class_that_a_part_lacks_keeps_its_column():
    y = np.where(np.isin(GROUPS, GROUPS[:1]), 2, TARGETS["binary"])
    divisions = list(GroupKFold(5).split(X, groups=GROUPS))
    assert ApartTargetEncoder("multiclass", divisions).fit_transform(X, y).shape == (N, 6)


def test_what_is_saved_holds_no_rows():
    encoder = ApartTargetEncoder("continuous", list(GroupKFold(5).split(X, groups=GROUPS)))
    encoder.fit_transform(X, TARGETS["continuous"])
    assert encoder.divisions == ()
