"""Ordinary classifiers of scikit-learn, each as a pipeline that takes raw rows."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.calibration import CalibratedClassifierCV
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, QuantileTransformer, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from threadpoolctl import threadpool_limits

_SEEDED: dict[str, Callable[..., Any]] = {
    "logistic_regression": LogisticRegression,
    "decision_tree": DecisionTreeClassifier,
    "random_forest": RandomForestClassifier,
    "extra_trees": ExtraTreesClassifier,
    "hist_gradient_boosting": HistGradientBoostingClassifier,
}
_UNSEEDED: dict[str, Callable[..., Any]] = {
    "majority_class": lambda: DummyClassifier(strategy="prior"),
    "linear_discriminant_analysis": LinearDiscriminantAnalysis,
    "quadratic_discriminant_analysis": QuadraticDiscriminantAnalysis,
    "naive_bayes": GaussianNB,
    "k_nearest_neighbors": KNeighborsClassifier,
    # Platt's map of decision values to probabilities, fitted by cross-validation inside the training rows.
    "support_vector_machine": lambda **settings: CalibratedClassifierCV(SVC(**settings), ensemble=False),
}


def build(
    algorithm: str,
    inputs: str,
    settings: Mapping[str, Any],
    *,
    seed: int,
    pixel_maximum: int | None = None,
) -> Pipeline:
    """Returns an unfitted pipeline: what is done to raw rows, then the classifier.

    Args:
        algorithm: A name of ``experiments.language.Algorithm``.
        inputs: ``"raw"``, ``"standardize"``, ``"quantile_normal"`` or ``"rescale"``, as for nets.
        settings: The classifier's arguments by scikit-learn's names.
        seed: Of the classifiers that draw random numbers.
        pixel_maximum: The largest value of a pixel, for ``"rescale"``.

    Raises:
        ValueError: An unknown algorithm, or a setting that the classifier does not have.

    Example:
        >>> build("majority_class", "raw", {}, seed=0).fit([[0], [0], [0]], [0, 0, 1]).predict_proba([[5]]).round(2)
        array([[0.67, 0.33]])
    """
    if algorithm not in _SEEDED and algorithm not in _UNSEEDED:
        known = ", ".join(sorted({**_SEEDED, **_UNSEEDED}))
        raise ValueError(f"baselines: expected a known algorithm. Received: algorithm={algorithm!r}. Known: {known}.")
    try:
        if algorithm in _SEEDED:
            classifier = _SEEDED[algorithm](**{"random_state": seed, **settings})
        else:
            classifier = _UNSEEDED[algorithm](**settings)
    except TypeError as error:
        raise ValueError(
            f"baselines: expected settings that {algorithm} has. Received: settings={dict(settings)!r}. {error}."
        ) from error
    return Pipeline([("inputs", _inputs(inputs, pixel_maximum)), ("classifier", classifier)])


def fit(pipeline: Pipeline, X: NDArray[Any], y: NDArray[np.int64]) -> tuple[Pipeline, float]:
    """Fits a pipeline on raw rows, images flattened, and returns it with the wall-clock seconds it took.

    One thread: on sets of this size OpenMP's threads wait for each other longer than they work, many times so when
    another program has a core.
    """
    start = time.perf_counter()
    with threadpool_limits(1, user_api="openmp"):
        pipeline.fit(X.reshape(len(X), -1), y)
    return pipeline, time.perf_counter() - start


def _inputs(inputs: str, pixel_maximum: int | None) -> Any:
    if inputs == "rescale" and pixel_maximum:
        return FunctionTransformer(_rescale, kw_args={"pixel_maximum": pixel_maximum})
    transformers = {
        "raw": "passthrough",
        "standardize": StandardScaler(),
        "quantile_normal": QuantileTransformer(output_distribution="normal", subsample=None),
    }
    if inputs not in transformers:
        raise ValueError(f"baselines: expected inputs that fit the data. Received: inputs={inputs!r}. Choose another.")
    return transformers[inputs]


def _rescale(X: Any, pixel_maximum: int) -> Any:
    return X / pixel_maximum
