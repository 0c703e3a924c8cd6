"""Histogram gradient boosting leaf by leaf: what it answers, on the mean, where a column is replaced.

Its log-odds, or its number, is a sum over trees, and a column that is replaced changes only which leaves of the trees
that split by it are reached. So it is enough to pass each row through each tree once, whatever the column and however
many values take its place: asking the model would be to pass each row through all trees for each of them.

scikit-learn says nothing of leaves, so this reads what it keeps to itself. Where that is not there, or does not add up
to the model's own answer, nothing is returned and the model is asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline

_SAME = 1e-6  # of sums of as many numbers
_LARGEST = 20.0  # log-odds; from 20.7 on a probability is nearer to 1 than 1e-9
_IDENTITY = ("squared_error", "absolute_error", "quantile")  # losses whose number is the sum itself
_ROWS_AT_ONCE = 512
_BITS = 32  # of a word of a set of categories


@dataclass(frozen=True, kw_only=True, eq=False)
class _Tree:
    """One tree.

    Attributes:
        features: ``(n_splits,)``.
        thresholds: ``(n_splits,)``: at most so much goes left.
        gaps_left: ``(n_splits,)``: whether a gap goes left.
        sets: ``(n_splits, n_categories)``: whether a category goes left; ``None`` of a tree without categories.
        is_set: ``(n_splits,)``: whether a split is one of categories.
        turns: ``(n_splits, n_leaves)``: -1 where a leaf is to the left of a split, 1 to the right, 0 where it is not
            below it.
        n_left: ``(n_splits, n_leaves)``: 1 where a leaf is to the left.
        values: ``(n_leaves,)``.
    """

    features: NDArray[np.intp]
    thresholds: NDArray[np.float64]
    gaps_left: NDArray[np.bool_]
    sets: NDArray[np.bool_] | None
    is_set: NDArray[np.bool_]
    turns: NDArray[np.float32]
    n_left: NDArray[np.float32]
    values: NDArray[np.float64]

    def goes_left(self, X: NDArray[np.float64]) -> NDArray[np.float32]:
        """Returns ``(n_rows, n_splits)`` of 0 and 1."""
        own = X[:, self.features]
        gap = np.isnan(own)
        left = own <= self.thresholds
        if self.sets is not None:
            place = np.where(gap, 0, own).astype(np.intp).clip(0, self.sets.shape[1] - 1)
            left = np.where(self.is_set, self.sets[np.arange(len(self.features)), place], left)
        return np.where(gap, self.gaps_left, left).astype(np.float32)

    def misses(self, left: NDArray[np.float32], splits: NDArray[np.intp] | slice) -> NDArray[np.float32]:
        """Returns at how many of some splits rows turn away from each leaf, ``(n_rows, n_leaves)``."""
        return left[:, splits] @ self.turns[splits] + self.n_left[splits].sum(axis=0)


class Boosting:
    """The trees of a fitted model.

    Args:
        trees: All of them.
    """

    def __init__(self, trees: list[_Tree], model: Any) -> None:
        self._trees, self._model = trees, model

    def changes(
        self, rows: NDArray[np.float64], places: NDArray[np.intp], values: NDArray[np.float64], weights: NDArray[Any]
    ) -> NDArray[np.float64]:
        """Returns how much a sum is above its weighted mean over values that stand at some places instead.

        Args:
            rows: ``(n_rows, n_numbers)``.
            places: Of the numbers that are replaced.
            values: ``(n_values, n_places)``.
            weights: ``(n_values,)``, which add up to 1.

        Returns:
            ``(n_rows,)`` log-odds of the second class, or numbers.
        """
        replaced = np.repeat(rows[:1], len(values), axis=0)
        replaced[:, places] = values
        X, instead = self._read(rows), self._read(replaced)
        changed = np.zeros(len(rows))
        for tree in self._trees:
            splits = np.flatnonzero(np.isin(tree.features, places))
            if not len(splits):
                continue
            reached = tree.misses(tree.goes_left(instead), splits) == 0
            on_the_mean = weights @ reached
            for part in _parts(len(rows)):
                left = tree.goes_left(X[part])
                of_these = tree.misses(left, splits)
                by_others = tree.misses(left, slice(None)) == of_these  # only the replaced columns are in the way
                changed[part] += (by_others * ((of_these == 0) - on_the_mean)) @ tree.values
        return changed

    def adds_up(self, rows: NDArray[np.float64]) -> bool:
        """Returns whether the trees give differences between rows as the model does, and none that is clipped."""
        sums, X = np.zeros(len(rows)), self._read(rows)
        for tree in self._trees:
            sums += (tree.misses(tree.goes_left(X), slice(None)) == 0) @ tree.values
        if isinstance(self._model, HistGradientBoostingRegressor):
            own = self._model.predict(rows)
        else:
            own = self._model.decision_function(rows)
            if abs(float((own - sums).mean())) + sum(np.abs(tree.values).max() for tree in self._trees) > _LARGEST:
                return False
        differences = own - sums
        return bool(np.abs(differences - differences.mean()).max() <= _SAME * max(1.0, np.abs(own).max()))

    def _read(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(self._model._preprocess_X(rows, reset=False), np.float64)


def boosting_of(pipeline: Pipeline) -> Boosting | None:
    """Returns the trees of a pipeline that is boosting and nothing else; ``None`` where it is not one sum of trees.

    Args:
        pipeline: Fitted; what stands behind the encoder.
    """
    *before, model = (step for _, step in pipeline.steps)
    if any(step not in ("passthrough", None) for step in before):
        return None
    numbers = isinstance(model, HistGradientBoostingRegressor) and model.loss in _IDENTITY
    two = isinstance(model, HistGradientBoostingClassifier) and len(model.classes_) == 2
    if not (numbers or two):
        return None
    try:
        known, place_of = model._bin_mapper.make_known_categories_bitsets()
        trees = [_tree(predictor, known, place_of) for (predictor,) in model._predictors]
        model._preprocess_X  # noqa: B018  another version may not have it
    except (AttributeError, ValueError, KeyError, TypeError):
        return None
    return Boosting(trees, model)


def _tree(predictor: Any, known: NDArray[np.uint32], place_of: NDArray[Any]) -> _Tree:
    nodes = predictor.nodes
    is_leaf = nodes["is_leaf"].astype(bool)
    splits, leaves = np.flatnonzero(~is_leaf), np.flatnonzero(is_leaf)
    turns = np.zeros((len(nodes), len(nodes)), np.float32)  # by node: what is below it, and where
    for node in splits[::-1]:  # children come after their parents
        for child, turn in ((nodes["left"][node], -1), (nodes["right"][node], 1)):
            turns[node, child] = turn
            turns[node, turns[child] != 0] = turn
    own = nodes[splits]
    is_set = own["is_categorical"].astype(bool)
    gaps_left = own["missing_go_to_left"].astype(bool)
    sets = None
    if is_set.any():
        sets = np.zeros((len(splits), 8 * _BITS), bool)
        for place in np.flatnonzero(is_set):
            chosen = _unpacked(predictor.raw_left_cat_bitsets[own["bitset_idx"][place]])
            seen = _unpacked(known[place_of[own["feature_idx"][place]]])
            sets[place] = np.where(seen, chosen, gaps_left[place])  # what is not known goes with the gaps
    below = turns[np.ix_(splits, leaves)]
    return _Tree(
        features=own["feature_idx"].astype(np.intp),
        thresholds=own["num_threshold"].astype(np.float64),
        gaps_left=gaps_left,
        sets=sets,
        is_set=is_set,
        turns=below,
        n_left=(below < 0).astype(np.float32),
        values=nodes["value"][leaves].astype(np.float64),
    )


def _unpacked(words: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Returns a set of categories as a 0 or 1 for each."""
    return ((words[:, None] >> np.arange(_BITS, dtype=np.uint32)) & 1).astype(bool).ravel()


def _parts(n_rows: int) -> Iterator[slice]:
    return (slice(start, start + _ROWS_AT_ONCE) for start in range(0, n_rows, _ROWS_AT_ONCE))
