"""The ordinary classifiers that nets are compared with."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from experiments.language.candidate import Candidate, register
from experiments.language.inputs import INPUTS_IN_WORDS, Inputs
from experiments.language.wording import title

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


class Baseline(Candidate):
    """An ordinary classifier behind the same call as the nets.

    Attributes:
        name: Of the candidate.
        algorithm: Which scikit-learn classifier.
        inputs: What is done to raw rows first; fitted on training rows, inside the model.
        settings: The classifier's arguments, by scikit-learn's names.
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
            return "nothing was chosen: scikit-learn's own settings"
        return super().chosen_in_words

    def words(self) -> str:
        """Tells algorithm, inputs and settings.

        Example:
            >>> Baseline(name="trees", algorithm="random_forest", settings={"n_estimators": 300}).words()
            'random forest; inputs as they come; n_estimators = 300'
        """
        settings = [f"{name} = {value}" for name, value in self.settings.items()]
        return "; ".join([title(self.algorithm), INPUTS_IN_WORDS[self.inputs], *settings])

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
