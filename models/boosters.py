"""Gradient boosting of libraries that need not be there: LightGBM, CatBoost and XGBoost behind scikit-learn's calls.

Each is asked for the same: one thread and one seed, so that a fit comes out the same to the bit; nothing written beside
it; categories by their codes and gaps as gaps, where the rows come so. What else it does is what its own settings say.
"""

import importlib
import inspect
import pickle
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import packages_distributions, version
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils.class_weight import compute_sample_weight

from models.checks import require_installed

_GAP = "gap"


@dataclass(frozen=True, kw_only=True)
class Library:
    """What is particular to one library.

    Attributes:
        name: As its authors write it.
        classes: Task -> name of its class.
        seed: Name of its seed.
        fixed: Arguments that are the same for every fit; no setting replaces them.
        refused: Further arguments that no setting takes: they would hold rows out by a rule of the library's own, or
            say what is known here already.
        known: Its class -> names of its arguments.
        categories: Rows and how many of the first columns are codes -> the rows as it takes them, what its class is
            told, and what its ``fit``.
    """

    name: str
    classes: Mapping[str, str]
    seed: str
    fixed: Mapping[str, Any]
    refused: frozenset[str]
    known: Callable[[Any], set[str]]
    categories: Callable[[NDArray[Any], int], tuple[Any, dict[str, Any], dict[str, Any]]]


class Booster(BaseEstimator):
    """One library's classifier or regressor.

    Args:
        library: Name of its module.
        settings: Its arguments by its own names; ``class_weight`` as of scikit-learn, for all.
        seed: Of what it draws.
        n_categories: How many of the first columns are codes of categories: 0, 1, ..., or NaN for a gap.

    Attributes:
        model_: The fitted estimator of the library.
    """

    task: str

    def __init__(self, library: str, settings: Mapping[str, Any], seed: int = 0, n_categories: int = 0) -> None:
        self.library = library
        self.settings = settings
        self.seed = seed
        self.n_categories = n_categories

    def fit(self, X: NDArray[Any], y: NDArray[Any], sample_weight: NDArray[np.float64] | None = None) -> "Booster":
        """Fits rows ``(n_samples, n_numbers)``.

        Raises:
            ValueError: The library is not installed.
        """
        told = dict(self.settings)
        weight = _weighed(told.pop("class_weight", None), y, sample_weight)
        known = LIBRARIES[self.library]
        rows, of_class, of_fit = known.categories(X, self.n_categories)
        estimator = estimator_class(self.library, self.task)(
            **{known.seed: self.seed}, **told, **of_class, **known.fixed
        )
        self.model_ = estimator.fit(rows, self._targets(y), sample_weight=weight, **of_fit)
        return self

    def _targets(self, y: NDArray[Any]) -> NDArray[Any]:
        return y

    def _answers(self, asks: str, X: NDArray[Any]) -> Any:
        rows, _, _ = LIBRARIES[self.library].categories(X, self.n_categories)
        with warnings.catch_warnings():  # LightGBM before 4.7 names columns that have no names, and misses them then
            warnings.filterwarnings("ignore", "X does not have valid feature names")
            return getattr(self.model_, asks)(rows)

    def __getstate__(self) -> dict[str, Any]:
        """Packs what the library fitted by itself, so that whoever lacks the library is told so."""
        state = dict(super().__getstate__())
        return state | ({"model_": pickle.dumps(state["model_"], protocol=5)} if "model_" in state else {})

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Unpacks it.

        Raises:
            ValueError: The library is not installed.
        """
        if "model_" in state:
            require_installed("load", state["library"])
            state = state | {"model_": pickle.loads(state["model_"])}
        super().__setstate__(state)


class BoosterClassifier(ClassifierMixin, Booster):
    """A library's classifier; classes are any whole numbers.

    Attributes:
        classes_: Those of the training rows, increasing.
    """

    task = "classification"

    def _targets(self, y: NDArray[Any]) -> NDArray[Any]:
        """Returns classes as 0, 1, ... without a gap, as XGBoost asks for."""
        self.classes_, numbered = np.unique(y, return_inverse=True)
        return numbered

    def predict_proba(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Returns ``(n_samples, n_classes)``; each row adds up to 1 in float64, where the library rounds to float32."""
        said = np.asarray(self._answers("predict_proba", X), np.float64)
        return said / said.sum(axis=1, keepdims=True)

    def predict(self, X: NDArray[Any]) -> NDArray[Any]:
        """Returns the most probable class of each row."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


class BoosterRegressor(RegressorMixin, Booster):
    """A library's regressor."""

    task = "regression"

    def predict(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Returns ``(n_samples,)``."""
        return np.asarray(self._answers("predict", X), np.float64)


BOOSTERS = MappingProxyType({"classification": BoosterClassifier, "regression": BoosterRegressor})
"""Task -> class."""


def estimator_class(library: str, task: str) -> Any:
    """Returns a library's own class.

    Raises:
        ValueError: It is not installed.
    """
    require_installed("baselines", library)
    return getattr(importlib.import_module(library), LIBRARIES[library].classes[task])


def settings_of(library: str, task: str) -> list[str]:
    """Returns the arguments of a library that a setting may name, by the alphabet.

    Raises:
        ValueError: It is not installed.
    """
    known = LIBRARIES[library]
    own = known.known(estimator_class(library, task)) - {"class_weight"}
    of_classes = {"class_weight"} if task == "classification" else set()
    return sorted((own | of_classes) - known.fixed.keys() - known.refused - {known.seed})


def without_target_means(booster: Booster) -> None:
    """Sees to it that no category is told by the targets of other rows, which CatBoost takes in an order it draws.

    For rows that are not alike: those of one group would tell of each other, and later ones of earlier ones.
    """
    if booster.library == "catboost" and booster.n_categories:
        booster.set_params(settings={**booster.settings, "one_hot_max_size": 255})


@cache
def installed_version(library: str) -> str:
    """Returns the version of a library, whatever the package is called that it came in; empty where there is none."""
    names = _packages().get(library, ())
    return ", ".join(sorted({version(name) for name in names}))


def installed_versions(libraries: Iterable[str]) -> dict[str, str]:
    """Returns the version of each library, as of ``installed_version``, in the order of their names."""
    return {name: installed_version(name) for name in sorted(set(libraries))}


def requirements(libraries: Sequence[str]) -> list[str]:
    """Returns what must be installed where a model of some libraries is served, with the versions that are here.

    Example:
        >>> requirements(["numpy"]) == [f"numpy=={np.__version__}"]
        True
    """
    named = [sorted(set(_packages().get(library, ())))[:1] for library in libraries]
    return [f"{name}=={version(name)}" for names in named for name in names]


@cache
def _packages() -> Mapping[str, Sequence[str]]:
    """Returns what is installed by what is imported: it takes half a second to look through all files of all packages.

    So it is asked for once, and only where there are libraries to look for.
    """
    return packages_distributions()


def _weighed(
    class_weight: Any, y: NDArray[Any], sample_weight: NDArray[np.float64] | None
) -> NDArray[np.float64] | None:
    """Returns weights of rows times those of their classes."""
    if class_weight is None:
        return sample_weight
    own = compute_sample_weight(class_weight, y)
    return own if sample_weight is None else own * sample_weight


def _arguments(estimator: Any) -> set[str]:
    return {name for name in inspect.signature(estimator).parameters if name != "kwargs"}


def _arguments_of_lightgbm(estimator: Any) -> set[str]:
    """Returns its arguments, and the parameters that the library takes besides, where it tells them."""
    aliases = getattr(importlib.import_module("lightgbm.basic"), "_ConfigAliases", None)
    tell = getattr(aliases, "_get_all_param_aliases", dict)
    return _arguments(estimator) | set(tell())


def _arguments_of_xgboost(estimator: Any) -> set[str]:
    return set(estimator().get_params())


def _lightgbm(X: NDArray[Any], n: int) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    return X, {}, {"categorical_feature": list(range(n))} if n else {}


def _xgboost(X: NDArray[Any], n: int) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    kinds = ["c"] * n + ["q"] * (X.shape[1] - n)
    return X, {"enable_categorical": True, "feature_types": kinds} if n else {}, {}


def _catboost(X: NDArray[Any], n: int) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """Returns codes as words, since it takes no numbers for categories."""
    if not n:
        return X, {}, {}
    rows = X.astype(object)
    for place in range(n):
        rows[:, place] = [_GAP if np.isnan(code) else str(int(code)) for code in X[:, place]]
    return rows, {"cat_features": list(range(n))}, {}


LIBRARIES: Mapping[str, Library] = MappingProxyType(
    {
        "lightgbm": Library(
            name="LightGBM",
            classes={"classification": "LGBMClassifier", "regression": "LGBMRegressor"},
            seed="random_state",
            # It would time which way of adding up is faster, and the bits with it.
            fixed={"n_jobs": 1, "deterministic": True, "force_row_wise": True, "verbosity": -1},
            refused=frozenset({"force_col_wise", "num_threads", "seed", "categorical_feature", "early_stopping_round"}),
            known=_arguments_of_lightgbm,
            categories=_lightgbm,
        ),
        "catboost": Library(
            name="CatBoost",
            classes={"classification": "CatBoostClassifier", "regression": "CatBoostRegressor"},
            seed="random_seed",
            fixed={"thread_count": 1, "allow_writing_files": False, "logging_level": "Silent"},
            refused=frozenset(
                {"random_state", "verbose", "silent", "cat_features", "eval_fraction", "early_stopping_rounds"}
                | {"od_type", "od_wait", "od_pval", "use_best_model", "class_weights", "auto_class_weights"}
                | {"class_names", "ignored_features", "train_dir", "save_snapshot", "snapshot_file", "task_type"}
            ),
            known=_arguments,
            categories=_catboost,
        ),
        "xgboost": Library(
            name="XGBoost",
            classes={"classification": "XGBClassifier", "regression": "XGBRegressor"},
            seed="random_state",
            fixed={"n_jobs": 1, "verbosity": 0},
            refused=frozenset({"enable_categorical", "feature_types", "early_stopping_rounds", "callbacks", "device"}),
            known=_arguments_of_xgboost,
            categories=_xgboost,
        ),
    }
)
"""Name of the module -> what is particular to it."""
