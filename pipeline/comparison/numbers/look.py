"""Looks at what the chosen candidate predicts: how far off it is, and what intervals around it hold."""

from dataclasses import dataclass
from typing import Any

from pipeline.comparison.champion import chosen
from pipeline.comparison.numbers.held import Held, look_at_intervals, why_not
from pipeline.comparison.numbers.section import errors_section, intervals_section, nothing_left
from pipeline.comparison.numbers.unseen import Unseen, unseen
from pipeline.flow.desk import Desk
from pipeline.scoring.result import Result
from pipeline.telling.section import Section


@dataclass(frozen=True, kw_only=True, eq=False)
class Looked:
    """What was seen of predicted numbers.

    Attributes:
        found: Rows that were not learned from, with what was predicted.
        held: What prediction intervals held; ``None`` without.
        why_not: Why there are none.
    """

    found: Unseen
    held: Held | None
    why_not: str

    def sections(self, result: Result) -> tuple[Section, Section]:
        """Returns the parts of the page that tell it."""
        return errors_section(result, self.found, self.held), intervals_section(result, self.held, self.why_not)

    def record(self) -> dict[str, Any]:
        """Returns what ``--json`` writes of it."""
        return {"prediction_intervals": self.held.record() if self.held else None}


def look_at_numbers(result: Result, desk: Desk) -> Looked | None:
    """Looks at the chosen candidate's predictions, and calibrates intervals around them.

    Args:
        result: Whole.
        desk: Where siblings are trained.

    Returns:
        ``None`` of classes, and where there is none but the candidate that looks at no input.

    Raises:
        Interrupted: On Ctrl-C.
    """
    name = chosen(result)
    if result.dataset.task.has_classes or name is None:
        return None
    held = look_at_intervals(result, name, desk)
    why = "" if held else why_not(result.dataset, result.folds) or nothing_left(name)
    return Looked(found=unseen(result, name), held=held, why_not=why)
