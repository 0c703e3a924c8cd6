"""From which probability on a row is raised: what a served model carries beside its classes."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

RAISE, LEAVE = "raise", "leave"


def false_alarms(n: float) -> str:
    """Returns so many false alarms in words.

    Example:
        >>> false_alarms(35), false_alarms(1.0)
        ('35 false alarms', '1 false alarm')
    """
    return f"{n:g} false alarm{'' if n == 1 else 's'}"


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """From which probability of one class on a row is raised, and how that was chosen.

    Attributes:
        positive_class: Name of the class whose probability decides.
        value: A row is raised when its probability is above; 1 raises none, less than 0 every one.
        rule: ``"cheapest"`` or ``"recall"``, whichever is the lower of ``by_rule``; ``"given"`` where somebody gave it.
        by_rule: Each rule -> its threshold.
        cost_ratio: What a missed row of the class costs, in false alarms.
        recall: Share of the rows of the class that must be found; ``None`` where none was asked for.
        chosen_on: On which rows, in words.
    """

    positive_class: str
    value: float
    rule: str = "given"
    by_rule: Mapping[str, float] | None = None
    cost_ratio: float | None = None
    recall: float | None = None
    chosen_on: str = ""

    def decide(self, probability: NDArray[np.float64]) -> NDArray[np.str_]:
        """Returns ``"raise"`` or ``"leave"`` for each probability of the class.

        Example:
            >>> Threshold(positive_class="bankrupt", value=0.25).decide(np.array([0.25, 0.5])).tolist()
            ['leave', 'raise']
        """
        return np.where(probability > self.value, RAISE, LEAVE)

    def words(self) -> str:
        """Tells it in a sentence without its end.

        Example:
            >>> Threshold(positive_class="bankrupt", value=0.25).words()
            "Threshold 0.25 on the probability of 'bankrupt', as given"
        """
        told = f"Threshold {max(self.value, 0.0):.3g} on the probability of {self.positive_class!r}"
        if self.rule == "given":
            return f"{told}, as given"
        why = self._rules[self.rule]
        if self.value >= 1:
            why = f"{why}, which is to raise no row"
        elif self.value < 0:
            why = f"{why}, which is to raise every row"
        for rule, value in (self.by_rule or {}).items():
            if rule != self.rule and value > self.value:
                why = f"{why} (lower than {max(value, 0.0):.3g}, {self._rules[rule]})"
        return f"{told}, {why}, chosen on {self.chosen_on}"

    @property
    def _rules(self) -> dict[str, str]:
        """Each rule in words."""
        return {
            "cheapest": f"the cheapest where a missed row costs {false_alarms(self.cost_ratio or 0)}",
            "recall": f"the highest that finds {100 * (self.recall or 0):g} % of its rows",
        }

    def to_json(self) -> str:
        """Returns it as text."""
        return json.dumps(asdict(self), indent=2)

    @classmethod
    def from_json(cls, text: str) -> "Threshold":
        """Returns what ``to_json`` wrote; what a later version added is left out."""
        written: dict[str, Any] = json.loads(text)
        return cls(**{name: written[name] for name in cls.__dataclass_fields__ if name in written})
