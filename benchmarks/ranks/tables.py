"""The tables: each with its source, its licence, and the metric that ranks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn import datasets

from experiments.language import Splitting
from pipeline.data.ingest import ingest
from pipeline.data.task import Classification
from pipeline.data.values import Dataset

N_FOLDS = 3
_UCI = "UCI Machine Learning Repository, CC BY 4.0"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of the benchmark.

    Attributes:
        load: Returns its rows.
        about: What is predicted from what.
        source: Where it comes from, and under which licence.
        metric: ROC-AUC of two classes, log loss of more, RMSE of numbers, as TabArena ranks.
    """

    load: Callable[[], Dataset]
    about: str
    source: str
    metric: str

    @property
    def splitting(self) -> Splitting:
        """Every row is a test row once, classes in their shares."""
        kind: Any = "k_fold" if self.metric == "rmse" else "stratified_k_fold"
        return Splitting(kind=kind, n_splits=N_FOLDS, n_folds=N_FOLDS)


def _classes(name: str, load: Callable[[], Any]) -> Callable[[], Dataset]:
    """Returns what loads a set of scikit-learn's as a table of numbers, images pixel by pixel."""

    def dataset() -> Dataset:
        bunch = load()
        return Dataset(
            name=name,
            X=bunch.data.astype(np.float64),
            y=bunch.target.astype(np.int64),
            feature_names=tuple(str(column) for column in bunch.feature_names),
            task=Classification(class_names=tuple(str(label) for label in bunch.target_names)),
            source="scikit-learn's copy",
            citation=_UCI,
            version="1",
        )

    return dataset


def _progression() -> Dataset:
    return ingest("diabetes")


TABLES = {
    "bankruptcy": Table(
        load=lambda: ingest("bankruptcy"),
        about="6,819 companies by 95 ratios: which failed, 3.2 %",
        source=f"Liang et al. (2016), Taiwanese bankruptcy prediction; {_UCI}",
        metric="roc_auc",
    ),
    "breast_cancer": Table(
        load=_classes("breast_cancer", datasets.load_breast_cancer),
        about="569 biopsies by 30 measures of their nuclei: malignant or benign",
        source=f"Wolberg, Mangasarian, Street & Street (1993), Breast cancer Wisconsin (diagnostic); {_UCI}",
        metric="roc_auc",
    ),
    "wine": Table(
        load=_classes("wine", datasets.load_wine),
        about="178 wines by 13 measures: which of three growers",
        source=f"Aeberhard & Forina (1992), Wine; {_UCI}",
        metric="log_loss",
    ),
    "iris": Table(
        load=_classes("iris_table", datasets.load_iris),
        about="150 flowers by 4 lengths: which of three species",
        source=f"Fisher (1936), Iris; {_UCI}",
        metric="log_loss",
    ),
    "digits": Table(
        load=_classes("digits_table", datasets.load_digits),
        about="1,797 handwritten digits by their 64 pixels, as columns that know of no neighbors: which digit",
        source=f"Alpaydin & Kaynak (1998), Optical recognition of handwritten digits; {_UCI}",
        metric="log_loss",
    ),
    "diabetes": Table(
        load=_progression,
        about="442 patients by 10 measures: how far the disease has come in a year",
        source="Efron, Hastie, Johnstone & Tibshirani (2004), Least angle regression; no licence is stated, "
        "scikit-learn passes it on under BSD-3-Clause",
        metric="rmse",
    ),
}
"""Name -> table."""
