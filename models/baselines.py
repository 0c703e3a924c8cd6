"""Ordinary classifiers of scikit-learn, each as a pipeline that takes raw rows."""

import inspect
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

from models.checks import closest, require, require_known
from models.encoding.columns import Columns
from models.encoding.encoder import Encoder, Reader, n_categories

_WHO = "baselines"

_CLASSIFIERS: dict[str, Callable[..., Any]] = {
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


def build(
    algorithm: str,
    inputs: str,
    settings: Mapping[str, Any],
    *,
    seed: int,
    pixel_maximum: int | None = None,
    columns: Columns | None = None,
) -> Pipeline:
    """Returns an unfitted pipeline: what is done to raw rows, then the classifier.

    Boosting of inputs as they come takes categories and gaps by itself, all others take numbers.

    Args:
        algorithm: A name of ``experiments.language.Algorithm``.
        inputs: ``"raw"``, ``"standardize"``, ``"quantile_normal"`` or ``"rescale"``, as for nets.
        settings: The classifier's arguments by scikit-learn's names.
        seed: Of the classifiers that draw random numbers.
        pixel_maximum: The largest value of a pixel, for ``"rescale"``.
        columns: The contract of a table that is to be encoded first.

    Raises:
        ValueError: An unknown algorithm, or a setting that the classifier does not have.

    Example:
        >>> build("majority_class", "raw", {}, seed=0).fit([[0], [0], [0]], [0, 0, 1]).predict_proba([[5]]).round(2)
        array([[0.67, 0.33]])
    """
    require_known(_WHO, "algorithm", algorithm, _CLASSIFIERS)
    reader: Reader = "native" if (algorithm, inputs) == ("hist_gradient_boosting", "raw") else "dense"
    if columns is not None and reader == "native" and n_categories(columns):
        settings = {"categorical_features": list(range(n_categories(columns))), **settings}
    steps = [("inputs", _inputs(inputs, pixel_maximum)), ("classifier", _classifier(algorithm, settings, seed))]
    return Pipeline(steps if columns is None else [("encoder", Encoder(columns, reader, seed)), *steps])


def fit(pipeline: Pipeline, X: NDArray[Any], y: NDArray[np.int64]) -> tuple[Pipeline, float]:
    """Fits a pipeline on raw rows, images flattened, and returns it with the wall-clock seconds it took.

    One thread: on sets of this size OpenMP's threads wait for each other longer than they work, many times so when
    another program has a core.
    """
    start = time.perf_counter()
    with threadpool_limits(1, user_api="openmp"):
        pipeline.fit(X.reshape(len(X), -1), y)
    return pipeline, time.perf_counter() - start


def _classifier(algorithm: str, settings: Mapping[str, Any], seed: int) -> Any:
    known = inspect.signature(_CLASSIFIERS[algorithm]).parameters
    for name in settings:
        require(name in known, _WHO, f"settings that {algorithm} has", closest(name, known), settings=dict(settings))
    seeded = {"random_state": seed} if "random_state" in known else {}
    classifier = _CLASSIFIERS[algorithm](**{**seeded, **settings})
    if algorithm != "support_vector_machine":
        return classifier
    # Platt's map of decision values to probabilities, fitted by cross-validation inside the training rows.
    return CalibratedClassifierCV(classifier, ensemble=False)


def _inputs(inputs: str, pixel_maximum: int | None) -> Any:
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
