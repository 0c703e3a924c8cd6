"""A table by its contract to the numbers a model learns from: fitted on its training rows, saved inside it.

Nets and baselines share it. scikit-learn's parts do the work where they hold to the rules.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, TargetEncoder

from models.checks import require, require_one_of
from models.encoding.apart import ApartTargetEncoder
from models.encoding.columns import Column, Columns
from models.encoding.dates import DateParts
from models.encoding.kind import Kind
from models.encoding.levels import N_APART, CommonLevels, LevelNumbers

Reader = Literal["dense", "embedded", "native"]

ONE_HOT_LEVELS = 9
"""Levels up to which each has a number of its own; a category of more is encoded by the target, or embedded."""

_NATIVE_LEVELS = 254  # with "other" as many as histogram boosting has bins
_PARTS = 5  # of the training rows, for the target's means
_SKLEARN = tuple(int(number) for number in sklearn.__version__.split(".")[:2])
_FLAGS: dict[str, Any] = {"add_indicator": True, "keep_empty_features": True}

_Part = tuple[str, Any, list[int]]


class Encoder(TransformerMixin, BaseEstimator):
    """What ``Columns.matrix`` returns to numbers without gaps, or to what boosting takes as it is.

    For ``"dense"``, all but boosting:

    - A number is what it is, the median where it is missing; a further one is 1 there if training rows have gaps.
    - A yes/no is 0 or 1, likewise; the more common one where it is missing.
    - A date is the numbers of ``DateParts``, their medians where it is missing.
    - A category of up to nine levels is a 0 or 1 for each, one for "other" and one for a gap where training rows have
      them. Of one with more, each level is the mean of the target over the training rows that have it, drawn towards
      the mean of all; of several classes, a mean for each. While training, each fifth of the rows takes its means from
      the others, so that no row sees its own target, nor that of its group.

    For ``"embedded"``, nets that learn numbers for each level, the same but for categories of more than nine levels:
    they come last, as `LevelNumbers`.

    For ``"native"``, histogram gradient boosting: categories first, as ``CommonLevels``, then all else, gaps as NaN.

    Args:
        columns: The contract.
        reader: Who reads the numbers.
        seed: Of the fifths.

    Attributes:
        parts_: The fitted scikit-learn transformer.

    Example:
        >>> columns = Columns(columns=(Column(name="age", kind="number"),), target="left")
        >>> encoder = Encoder(columns).fit(np.array([[20.0], [np.nan], [40.0]]))
        >>> encoder.transform(np.array([[25.0], [np.nan]]))
        array([[25.,  0.],
               [30.,  1.]])
        >>> encoder.get_feature_names_out().tolist()
        ['age', 'age missing']
    """

    def __init__(self, columns: Columns, reader: Reader = "dense", seed: int = 0) -> None:
        self.columns = columns
        self.reader = reader
        self.seed = seed

    def fit(
        self, X: NDArray[np.float64], y: NDArray[Any] | None = None, groups: NDArray[np.int64] | None = None
    ) -> "Encoder":
        """Fits training rows; arguments as of ``fit_transform``."""
        self.fit_transform(X, y, groups)
        return self

    def fit_transform(
        self, X: NDArray[np.float64], y: NDArray[Any] | None = None, groups: NDArray[np.int64] | None = None
    ) -> NDArray[np.float64]:
        """Fits training rows and returns them as a model learns from them.

        Args:
            X: ``(n_samples, n_used)``, of ``Columns.matrix``.
            y: ``(n_samples,)`` classes by number, or numbers; only categories of many levels need it.
            groups: ``(n_samples,)``: rows of one number take the target's means from rows of others.

        Raises:
            ValueError: Rows of another width than the contract, or no ``y`` where it is needed.
        """
        self._require_width(X)
        require_one_of("Encoder", "reader", self.reader, Reader)
        self.parts_ = ColumnTransformer(self._native() if self.reader == "native" else self._dense(X, y, groups))
        return np.asarray(self.parts_.fit_transform(X, y), np.float64)

    def transform(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns rows ``(n_samples, n_outputs)``.

        Raises:
            ValueError: Rows of another width than the contract.
        """
        self._require_width(X)
        return np.asarray(self.parts_.transform(X), np.float64)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Returns a name for each number; the argument is scikit-learn's and changes nothing."""
        return np.array([name for _, name in self._named()], object)

    def sources(self) -> NDArray[np.intp]:
        """Returns for each number the place, among the used columns, of the one that it is made of.

        Example:
            >>> columns = tuple(Column(name=name, kind="number") for name in ("age", "size"))
            >>> Encoder(Columns(columns=columns, target="y")).fit(np.array([[1.0, np.nan], [2.0, 3.0]])).sources()
            array([0, 1, 1])
        """
        return np.array([place for place, _ in self._named()], np.intp)

    def places(self) -> tuple[int, ...]:
        """Returns of each of the last numbers that are places of levels how many places there are.

        They are those of all levels of the contract, also where training rows have fewer: tables of all folds are
        alike, so that one program learns them.

        Example:
            >>> towns = Column(name="town", kind="category", levels=tuple("abcdefghijkl"))
            >>> X = np.arange(10.0)[:, None]
            >>> Encoder(Columns(columns=(towns,), target="y"), reader="embedded").fit(X).places()
            (14,)
        """
        own = [columns for part, _, columns in self.parts_.transformers_ if part == "level numbers"]
        return tuple(len(self.columns.used[place].levels) + N_APART for places in own for place in places)

    def _named(self) -> list[tuple[int, str]]:
        """Returns of each number the place of its column and its name."""
        used = self.columns.used
        named: list[tuple[int, str]] = []
        for part, fitted, places in self.parts_.transformers_:
            own = _NAMES[part](fitted, [used[place] for place in places], self.columns)
            named += [(places[position], name) for position, name in own]
        return named

    def _dense(self, X: NDArray[np.float64], y: NDArray[Any] | None, groups: NDArray[np.int64] | None) -> list[_Part]:
        coded = self._places("category")
        few = [place for place in coded if len(np.unique(X[X[:, place] >= 0, place])) <= ONE_HOT_LEVELS]
        many = [place for place in coded if place not in few]
        embeds = self.reader == "embedded"
        needs_y = bool(many) and not embeds
        require(not needs_y or y is not None, "Encoder", "y with categories of many levels", "Give it.", y=y)
        medians = SimpleImputer(strategy="median", keep_empty_features=True)
        one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
        return _filled(
            ("number", SimpleImputer(strategy="median", **_FLAGS), self._places("number")),
            ("yes/no", SimpleImputer(strategy="most_frequent", **_FLAGS), self._places("yes/no")),
            ("date", _chain(DateParts(), medians), self._places("date")),
            ("one-hot", _chain(CommonLevels(), one_hot), few),
            ("level numbers", LevelNumbers(), many)
            if embeds
            else ("by target", _chain(CommonLevels(), self._target_encoder(y, groups)), many),
        )

    def _native(self) -> list[_Part]:
        return _filled(
            ("category", CommonLevels(at_most=_NATIVE_LEVELS), self._places("category")),
            ("as it is", "passthrough", self._places("number", "yes/no")),
            ("date", DateParts(flags=False), self._places("date")),
        )

    def _target_encoder(self, y: NDArray[Any] | None, groups: NDArray[np.int64] | None) -> TargetEncoder:
        if groups is not None and y is not None and len(np.unique(groups)) > 1:
            return self._apart(y, groups)
        if self.columns.task == "regression":
            return TargetEncoder(target_type="continuous", **_parts(KFold, _PARTS, self.seed))
        counts = np.unique([] if y is None else y, return_counts=True)[1]
        # A class of few rows has one in each part.
        n_parts = max(2, min(_PARTS, counts.min(initial=_PARTS)))
        kind = "multiclass" if len(counts) > 2 else "binary"
        return TargetEncoder(target_type=kind, **_parts(StratifiedKFold, n_parts, self.seed))

    def _apart(self, y: NDArray[Any], groups: NDArray[np.int64]) -> TargetEncoder:
        """Returns what takes the means of each part from the others, no group in two parts."""
        n_parts, continuous = min(_PARTS, len(np.unique(groups))), self.columns.task == "regression"
        counts = np.unique([] if continuous else y, return_counts=True)[1]
        rarest = int(counts.min(initial=n_parts)) if not continuous else 1
        if rarest < 2:  # numbers, or a class that cannot be in two parts
            splitter: Any = GroupKFold(n_parts, shuffle=True, random_state=self.seed)
        else:
            splitter = StratifiedGroupKFold(min(n_parts, rarest), shuffle=True, random_state=self.seed)
        kind = "continuous" if continuous else "multiclass" if len(counts) > 2 else "binary"
        return ApartTargetEncoder(kind, list(splitter.split(y, y, groups)))

    def _places(self, *kinds: Kind) -> list[int]:
        return [place for place, column in enumerate(self.columns.used) if column.kind in kinds]

    def _require_width(self, X: NDArray[np.float64]) -> None:
        width = len(self.columns.used)
        who = "predict_proba" if self.columns.task == "classification" else "predict"
        remedy = "Give what the contract's matrix() returns; a single row as X[None]."
        require(X.shape[1:] == (width,), who, f"rows of shape ({width},)", remedy, **{"X.shape": X.shape})


def n_categories(columns: Columns) -> int:
    """Returns how many of the first numbers for ``"native"`` are codes of categories."""
    return sum(column.kind == "category" for column in columns.used)


def _parts(splitter: Callable[..., Any], n_parts: int, seed: int) -> dict[str, Any]:
    """Returns what tells TargetEncoder to take the means of each part from the others."""
    if _SKLEARN < (1, 9):  # it makes these very parts itself
        return {"cv": n_parts, "random_state": seed}
    return {"cv": splitter(n_parts, shuffle=True, random_state=seed)}


def _filled(*parts: _Part) -> list[_Part]:
    return [part for part in parts if part[2]]


def _chain(first: Any, then: Any) -> Pipeline:
    return Pipeline([("first", first), ("then", then)])


_Named = list[tuple[int, str]]
"""Position of the column among those of a part, and name, of each number."""


def _own_names(fitted: Any, own: Sequence[Column], columns: Columns) -> _Named:
    return [(position, column.name) for position, column in enumerate(own)]


def _flagged_names(fitted: SimpleImputer, own: Sequence[Column], columns: Columns) -> _Named:
    flags = [(int(position), f"{own[position].name} missing") for position in fitted.indicator_.features_]
    return _own_names(fitted, own, columns) + flags


def _date_names(fitted: DateParts | Pipeline, own: Sequence[Column], columns: Columns) -> _Named:
    dates = fitted if isinstance(fitted, DateParts) else fitted["first"]
    return [
        (position, f"{column.name} {part}")
        for position, (column, parts) in enumerate(zip(own, dates.parts(), strict=True))
        for part in parts
    ]


def _one_hot_names(fitted: Pipeline, own: Sequence[Column], columns: Columns) -> _Named:
    names: _Named = []
    for position, (column, common) in enumerate(zip(own, fitted["first"].common_, strict=True)):
        words = [column.levels[int(level)] for level in common] + ["other"]
        codes = fitted["then"].categories_[position]
        names += [(position, f"{column.name} = {'missing' if np.isnan(code) else words[int(code)]}") for code in codes]
    return names


def _target_names(fitted: Pipeline, own: Sequence[Column], columns: Columns) -> _Named:
    if fitted["then"].target_type_ != "multiclass":
        return [(position, f"{column.name} by target") for position, column in enumerate(own)]
    names, classes = columns.class_names, fitted["then"].classes_
    return [
        (position, f"{column.name} by {names[k] if names else k}")
        for position, column in enumerate(own)
        for k in classes
    ]


_NAMES: dict[str, Callable[[Any, Sequence[Column], Columns], _Named]] = {
    "number": _flagged_names,
    "yes/no": _flagged_names,
    "date": _date_names,
    "one-hot": _one_hot_names,
    "by target": _target_names,
    "level numbers": _own_names,
    "category": _own_names,
    "as it is": _own_names,
}
"""What a part of the transformer calls its numbers."""
