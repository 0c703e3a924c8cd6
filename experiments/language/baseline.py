"""The ordinary classifiers that nets are compared with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from experiments.language.nets import Inputs
from models.checks import require_name, require_one_of

Algorithm = Literal[
    "majority_class",
    "logistic_regression",
    "linear_discriminant_analysis",
    "quadratic_discriminant_analysis",
    "naive_bayes",
    "k_nearest_neighbors",
    "decision_tree",
    "random_forest",
    "extra_trees",
    "hist_gradient_boosting",
    "support_vector_machine",
]


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """An ordinary classifier behind the same call as the nets.

    Attributes:
        name: Of the candidate.
        algorithm: Which scikit-learn classifier.
        inputs: What is done to raw rows first; fitted on training rows, inside the model.
        settings: The classifier's arguments, by scikit-learn's names.
        reason: Why these settings.
    """

    name: str
    algorithm: Algorithm
    inputs: Inputs = "raw"
    settings: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""

    def __post_init__(self) -> None:
        require_name("Baseline", self.name)
        require_one_of("Baseline", "algorithm", self.algorithm, Algorithm)
        require_one_of("Baseline", "inputs", self.inputs, Inputs)

    @property
    def family(self) -> str:
        """The tag that tells nets from baselines."""
        return "baseline"
