"""The ordinary models that nets are compared with."""

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any, Literal, get_args

from experiments.language.candidate import Candidate, register
from experiments.language.inputs import INPUTS_IN_WORDS, Inputs
from experiments.language.wording import title
from models.checks import require

Algorithm = Literal[
    "majority_class",
    "mean",
    "logistic_regression",
    "linear_regression",
    "ridge",
    "linear_discriminant_analysis",
    "quadratic_discriminant_analysis",
    "naive_bayes",
    "k_nearest_neighbors",
    "decision_tree",
    "random_forest",
    "extra_trees",
    "hist_gradient_boosting",
    "lightgbm",
    "catboost",
    "xgboost",
    "support_vector_machine",
]

OPTIONAL: Mapping[Algorithm, str] = MappingProxyType(
    {"lightgbm": "LightGBM", "catboost": "CatBoost", "xgboost": "XGBoost"}
)
"""Algorithm of a library of its own, imported by the same name, that need not be installed -> as it is written."""

DUMMIES: Mapping[str, Algorithm] = MappingProxyType({"classification": "majority_class", "regression": "mean"})
"""Task -> the algorithm that looks at no input."""

_ONE_TASK: Mapping[str, frozenset[Algorithm]] = {
    "classification": frozenset(
        {
            "majority_class",
            "logistic_regression",
            "linear_discriminant_analysis",
            "quadratic_discriminant_analysis",
            "naive_bayes",
        }
    ),
    "regression": frozenset({"mean", "linear_regression", "ridge"}),
}


def algorithms_of(task: str) -> tuple[Algorithm, ...]:
    """Returns the algorithms that learn a task; most learn both.

    Example:
        >>> [name for name in algorithms_of("regression") if name not in algorithms_of("classification")]
        ['mean', 'linear_regression', 'ridge']
    """
    others = frozenset[str]().union(*(own for name, own in _ONE_TASK.items() if name != task))
    return tuple(name for name in get_args(Algorithm) if name not in others)


class Baseline(Candidate):
    """An ordinary classifier or regressor behind the same call as the nets.

    Attributes:
        name: Of the candidate.
        algorithm: Which of scikit-learn's, or a library of boosting; what is predicted tells whether its classifier or
            its regressor.
        inputs: What is done to raw rows first; fitted on training rows, inside the model.
        settings: Its arguments, by scikit-learn's names, or by those of the library of boosting.
        reason: Why these settings.
    """

    algorithm: Algorithm
    inputs: Inputs = "raw"
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def family(self) -> str:
        """The tag that tells nets from baselines."""
        return "baseline"

    @property
    def chosen_in_words(self) -> str:
        """Says on which rows its settings were chosen; where there are none, nobody chose."""
        if self.chosen_on == "not_said" and not self.settings:
            return f"nothing was chosen: {OPTIONAL.get(self.algorithm, 'scikit-learn')}'s own settings"
        return super().chosen_in_words

    @property
    def needs(self) -> tuple[str, ...]:
        """Libraries that it is trained by and that need not be installed."""
        return (self.algorithm,) if self.algorithm in OPTIONAL else ()

    def require_task(self, task: str) -> None:
        """Checks that the algorithm learns the task.

        Raises:
            ValueError: It does not.
        """
        known = algorithms_of(task)
        remedy = f"Known: {', '.join(known)}."
        expected = f"an algorithm of {task}"
        require(self.algorithm in known, f"Baseline {self.name!r}", expected, remedy, algorithm=self.algorithm)

    def words(self) -> str:
        """Tells algorithm, inputs and settings.

        Example:
            >>> Baseline(name="trees", algorithm="random_forest", settings={"n_estimators": 300}).words()
            'random forest; inputs as they come; n_estimators = 300'
        """
        settings = [f"{name} = {value}" for name, value in self.settings.items()]
        return "; ".join([OPTIONAL.get(self.algorithm, title(self.algorithm)), INPUTS_IN_WORDS[self.inputs], *settings])

    def parameters(self) -> dict[str, Any]:
        """Returns the declaration as flat values: ``settings.<argument>`` besides what all have."""
        return {
            "reason": self.reason,
            "family": self.family,
            "algorithm": self.algorithm,
            "inputs": self.inputs,
            **{f"settings.{name}": value for name, value in self.settings.items()},
        }


register("baseline", Baseline)
