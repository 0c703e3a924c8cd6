"""Ordinary classifiers and regressors, most of them scikit-learn's, each as a pipeline that takes raw rows."""

import inspect
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.calibration import CalibratedClassifierCV
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, QuantileTransformer, StandardScaler
from sklearn.svm import SVC, SVR
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from models import boosters
from models.checks import closest, require, require_known
from models.encoding.columns import Columns
from models.encoding.encoder import Encoder, Reader, n_categories
from models.pools import one_thread

THUMBNAIL = 16
"""Pixels of a side, at most, of images that are made small."""

_IMAGES_AT_ONCE = 1024
_WHO = "baselines"
_PARTS = 5  # of the training rows, for a map to probabilities

_CLASSIFIERS: Mapping[str, Callable[..., Any]] = {
    "majority_class": DummyClassifier,
    "logistic_regression": LogisticRegression,
    "linear_discriminant_analysis": LinearDiscriminantAnalysis,
    "quadratic_discriminant_analysis": QuadraticDiscriminantAnalysis,
    "naive_bayes": GaussianNB,
    "k_nearest_neighbors": KNeighborsClassifier,
    "support_vector_machine": SVC,
    "decision_tree": DecisionTreeClassifier,
    "random_forest": RandomForestClassifier,
    "extra_trees": ExtraTreesClassifier,
    "hist_gradient_boosting": HistGradientBoostingClassifier,
}
_REGRESSORS: Mapping[str, Callable[..., Any]] = {
    "mean": DummyRegressor,
    "linear_regression": LinearRegression,
    "ridge": Ridge,
    "k_nearest_neighbors": KNeighborsRegressor,
    "support_vector_machine": SVR,
    "decision_tree": DecisionTreeRegressor,
    "random_forest": RandomForestRegressor,
    "extra_trees": ExtraTreesRegressor,
    "hist_gradient_boosting": HistGradientBoostingRegressor,
}
ALGORITHMS: Mapping[str, Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {
        task: {**ours, **dict.fromkeys(boosters.LIBRARIES, boosters.BOOSTERS[task])}
        for task, ours in (("classification", _CLASSIFIERS), ("regression", _REGRESSORS))
    }
)
"""Task -> algorithm -> scikit-learn's class, or what stands for that of another library."""

_NATIVE = frozenset({"hist_gradient_boosting", *boosters.LIBRARIES})
"""What takes categories and gaps by itself, where inputs come as they are."""


def build(
    algorithm: str,
    inputs: str,
    settings: Mapping[str, Any],
    *,
    seed: int,
    task: str = "classification",
    pixel_maximum: int | None = None,
    columns: Columns | None = None,
    shape: tuple[int, ...] = (),
) -> Pipeline:
    """Returns an unfitted pipeline: what is done to raw rows, then the classifier or regressor.

    Boosting of inputs as they come takes categories and gaps by itself, all others take numbers.

    Args:
        algorithm: A name of ``experiments.language.Algorithm``.
        inputs: ``"raw"``, ``"standardize"``, ``"quantile_normal"`` or ``"rescale"``, as for nets; or ``"thumbnail"``.
        settings: Its arguments by scikit-learn's names, or those of its own library.
        seed: Of those that draw random numbers.
        task: ``"classification"`` or ``"regression"``.
        pixel_maximum: The largest value of a pixel, for ``"rescale"`` and ``"thumbnail"``.
        columns: The contract of a table that is to be encoded first.
        shape: Of an image, for ``"thumbnail"``.

    Raises:
        ValueError: An algorithm that does not learn the task, a setting that it does not have, or a library that is
            not installed.

    Example:
        >>> build("majority_class", "raw", {}, seed=0).fit([[0], [0], [0]], [0, 0, 1]).predict_proba([[5]]).round(2)
        array([[0.67, 0.33]])
        >>> build("mean", "raw", {}, seed=0, task="regression").fit([[0], [0]], [2.0, 5.0]).predict([[7]])
        array([3.5])
    """
    require_known(_WHO, "task", task, ALGORITHMS)
    require_known(_WHO, "algorithm", algorithm, ALGORITHMS[task])
    reader: Reader = "native" if algorithm in _NATIVE and inputs == "raw" else "dense"
    n_coded = n_categories(columns) if columns is not None and reader == "native" else 0
    last = {"classification": "classifier", "regression": "regressor"}[task]
    estimator = _estimator(task, algorithm, settings, seed, n_coded)
    steps = [("inputs", _inputs(inputs, pixel_maximum, shape)), (last, estimator)]
    return Pipeline(steps if columns is None else [("encoder", Encoder(columns, reader, seed)), *steps])


def fit(
    pipeline: Pipeline,
    X: NDArray[Any],
    y: NDArray[Any],
    *,
    sample_weight: NDArray[np.float64] | None = None,
    groups: NDArray[np.int64] | None = None,
    in_time: bool = False,
) -> tuple[Pipeline, float]:
    """Fits a pipeline on raw rows, images flattened, and returns it with the wall-clock seconds it took.

    One thread: on sets of this size OpenMP's threads wait for each other longer than they work, many times so when
    another program has a core; and a fit comes out the same to the bit in any process.

    Args:
        pipeline: Of ``build``.
        X: ``(n_samples, ...)``.
        y: ``(n_samples,)``.
        sample_weight: ``(n_samples,)``: how much each row counts; only their proportions matter. Medians, scales and
            levels of what stands before the classifier or regressor are of rows that count alike.
        groups: ``(n_samples,)``: rows of one number are on one side of every division inside, too.
        in_time: Whether rows are of different times, so that none may be held out at random.

    Raises:
        ValueError: It cannot weigh rows, or divides them inside by its own rule.
    """
    start = time.perf_counter()
    name, last = pipeline.steps[-1]
    told: dict[str, Any] = {}
    if sample_weight is not None:
        require_weighable(last)
        told[f"{name}__sample_weight"] = sample_weight / sample_weight.mean()
    if groups is not None and pipeline.steps[0][0] == "encoder":
        told["encoder__groups"] = groups
    if groups is not None or in_time:
        _divide_inside(last, y, groups, in_time=in_time)
    with one_thread():
        pipeline.fit(X.reshape(len(X), -1), y, **told)
    return pipeline, time.perf_counter() - start


def require_weighable(estimator: Any) -> None:
    """Checks that a classifier or regressor, or the class of one, can weigh rows.

    Raises:
        ValueError: It cannot.
    """
    kind: Any = estimator if isinstance(estimator, type) else type(estimator)
    weighs = "sample_weight" in inspect.signature(kind.fit).parameters
    remedy = "Leave it out, or leave the weights out."
    require(weighs, _WHO, "what can weigh rows", remedy, algorithm=kind.__name__)


def _divide_inside(estimator: Any, y: NDArray[Any], groups: NDArray[np.int64] | None, *, in_time: bool) -> None:
    """Sees to it that what divides its training rows by itself leaves groups whole, and does not mix times."""
    if isinstance(estimator, HistGradientBoostingClassifier | HistGradientBoostingRegressor):
        asked = estimator.early_stopping is True
        remedy = "It would hold rows out at random: take early_stopping out."
        require(not asked, _WHO, "no early_stopping with groups or times", remedy, early_stopping=True)
        estimator.set_params(early_stopping=False)
    if isinstance(estimator, boosters.Booster):
        boosters.without_target_means(estimator)
    if isinstance(estimator, CalibratedClassifierCV):
        remedy = "Its probabilities are fitted on rows dealt out at random: leave it out."
        require(not in_time, _WHO, "what heeds the order of time", remedy, algorithm="support_vector_machine")
        if groups is not None:
            n_parts = min(_PARTS, len(np.unique(groups)))
            estimator.set_params(cv=list(StratifiedGroupKFold(n_parts).split(y, y, groups)))


def library_of(algorithm: str) -> str:
    """Returns the library that an algorithm is of, as its authors write it."""
    return boosters.LIBRARIES[algorithm].name if algorithm in boosters.LIBRARIES else "scikit-learn"


def _estimator(task: str, algorithm: str, settings: Mapping[str, Any], seed: int, n_coded: int) -> Any:
    """Returns an unfitted estimator; the first ``n_coded`` columns are codes of categories."""
    is_ours = algorithm in boosters.LIBRARIES
    known = (
        boosters.settings_of(algorithm, task)
        if is_ours
        else [*inspect.signature(ALGORITHMS[task][algorithm]).parameters]
    )
    for name in settings:
        require(name in known, _WHO, f"settings that {algorithm} has", closest(name, known), settings=dict(settings))
    if is_ours:
        return boosters.BOOSTERS[task](algorithm, dict(settings), seed, n_coded)
    seeded = {"random_state": seed} if "random_state" in known else {}
    coded = {"categorical_features": list(range(n_coded))} if n_coded else {}
    estimator = ALGORITHMS[task][algorithm](**{**seeded, **coded, **settings})
    if (task, algorithm) != ("classification", "support_vector_machine"):
        return estimator
    # Platt's map of decision values to probabilities, fitted by cross-validation inside the training rows.
    return CalibratedClassifierCV(estimator, ensemble=False)


def _inputs(inputs: str, pixel_maximum: int | None, shape: tuple[int, ...]) -> Any:
    if inputs == "thumbnail" and pixel_maximum and len(shape) > 1:
        return FunctionTransformer(thumbnails, kw_args={"shape": shape, "pixel_maximum": pixel_maximum})
    if inputs == "rescale" and pixel_maximum:
        return FunctionTransformer(_rescale, kw_args={"pixel_maximum": pixel_maximum})
    transformers = {
        "raw": "passthrough",
        "standardize": StandardScaler(),
        "quantile_normal": QuantileTransformer(output_distribution="normal", subsample=None),
    }
    require(inputs in transformers, _WHO, "inputs that fit the data", "Choose another.", inputs=inputs)
    return transformers[inputs]


def _rescale(X: Any, pixel_maximum: int) -> Any:
    return X / pixel_maximum


def thumbnails(X: NDArray[Any], shape: tuple[int, ...], pixel_maximum: int) -> NDArray[np.float32]:
    """Returns images averaged over blocks of pixels to at most `THUMBNAIL` a side, divided by the largest value.

    What is left over at the right and at the bottom, since no block is full there, is not looked at.

    Args:
        X: ``(n_samples, n_numbers)`` images, row by row.
        shape: Of one image.
        pixel_maximum: The largest value of a pixel.

    Example:
        >>> thumbnails(np.arange(32 * 32)[None] % 2, (32, 32), 1).shape
        (1, 256)
    """
    height, width, *colors = shape
    block = -(-height // THUMBNAIL), -(-width // THUMBNAIL)
    rows, columns = height // block[0], width // block[1]
    small = np.empty((len(X), rows * columns * (colors[0] if colors else 1)), np.float32)
    for start in range(0, len(X), _IMAGES_AT_ONCE):
        images = X[start : start + _IMAGES_AT_ONCE].reshape(-1, height, width, *colors)
        images = images[:, : rows * block[0], : columns * block[1]]
        blocks = images.reshape(len(images), rows, block[0], columns, block[1], *colors)
        small[start : start + len(images)] = blocks.mean(axis=(2, 4), dtype=np.float32).reshape(len(images), -1)
    return small / np.float32(pixel_maximum)
