"""Where the spread of a comparison's scores comes from: the chance of training, and how many rows there are."""

from dataclasses import asdict, dataclass
from typing import Any

from pipeline.comparison.rows_curve import RowsCurve, rows_section, train_on_parts
from pipeline.comparison.seeds import Seeds, seeds_section, train_with_seeds
from pipeline.flow.desk import Desk
from pipeline.scoring.power import Findable
from pipeline.scoring.power import findable as smallest_findable
from pipeline.scoring.result import Result
from pipeline.telling.section import Section


@dataclass(frozen=True, kw_only=True, eq=False)
class Spread:
    """What was found beyond the comparison itself.

    Attributes:
        findable: The smallest difference that such runs are sure to find; ``None`` where that is not known.
        seeds: Of several trainings a fold; ``None`` where one is declared.
        curve: Of parts of the training rows; ``None`` where none are declared.
    """

    findable: Findable | None
    seeds: Seeds | None = None
    curve: RowsCurve | None = None

    def sections(self) -> tuple[Section, ...]:
        """Returns what the page tells of it."""
        seeds = seeds_section(self.seeds) if self.seeds else None
        rows = rows_section(self.curve) if self.curve else None
        return tuple(section for section in (seeds, rows) if section)

    def record(self) -> dict[str, Any]:
        """Returns what ``--json`` writes of it."""
        return {
            "findable": asdict(self.findable) if self.findable else None,
            "seeds": self.seeds.record() if self.seeds else None,
            "learning_curve": self.curve.record() if self.curve else None,
        }


def look_for_spread(result: Result, desk: Desk) -> Spread:
    """Trains what is declared beyond the comparison, after all that is the comparison's own.

    Args:
        result: Of the comparison.
        desk: Where it is done.

    Raises:
        ValueError: A net that diverged.
        Interrupted: On Ctrl-C.
    """
    return Spread(
        findable=smallest_findable(result),
        seeds=train_with_seeds(result, desk),
        curve=train_on_parts(result, desk),
    )
