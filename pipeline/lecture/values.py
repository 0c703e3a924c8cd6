"""What a worked example comes to, and a row of the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.language.printed import WorkedExample
from models.blackboard.trace import Graph, Trace
from models.checks import require


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """A result against an independent way to it: a Newton solution, scikit-learn, Keras, a numeric derivative.

    Attributes:
        what: Which result.
        peer: The other way.
        difference: Largest absolute difference.
        allowed: Largest that counts as agreement.
    """

    what: str
    peer: str
    difference: float
    allowed: float

    @property
    def holds(self) -> bool:
        """Whether the two agree; never with a NaN."""
        return self.difference <= self.allowed


@dataclass(frozen=True, kw_only=True, eq=False)
class Worked:
    """A worked example, worked: every value that is checked or drawn.

    Attributes:
        example: What was declared.
        by_hand: Item -> symbol -> value: a float or an array.
        by_tape: The same from TensorFlow; a symbol is missing where a tape makes no sense.
        by_library: The same from a library or from R, where that computed it.
        libraries: Item -> whose ``by_library`` is.
        traces: Name -> updates with all intermediates.
        graphs: Name -> a computation to draw.
        curves: Name -> ``(n_updates,)`` or ``(n_epochs,)``, for tracking and drawing.
        arrays: Name -> what else is drawn: paths, grids, lines, linkages. Each working module says which.
        tables: Name -> rows.
        captions: Name of a table that is shown -> what it says; the other tables are there to be drawn.
        agreements: With other ways to the same results.
        listings: What the lines do -> lines of a module, for labs in which code is what is shown.
    """

    example: WorkedExample
    by_hand: Mapping[str, Mapping[str, Any]]
    by_tape: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    by_library: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    libraries: Mapping[str, str] = field(default_factory=dict)
    traces: Mapping[str, Trace] = field(default_factory=dict)
    graphs: Mapping[str, Graph] = field(default_factory=dict)
    curves: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    captions: Mapping[str, str] = field(default_factory=dict)
    agreements: tuple[Agreement, ...] = ()
    listings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("curves", "arrays"):
            object.__setattr__(self, name, {key: _read_only(array) for key, array in getattr(self, name).items()})
        nameless = self.by_library.keys() - self.libraries.keys()
        require(not nameless, f"Worked {self.example.name!r}", "a library's name", "Say whose.", items=nameless)
        strangers = self.captions.keys() - self.tables.keys()
        require(
            not strangers, f"Worked {self.example.name!r}", "captions of tables", "Add the table.", captions=strangers
        )


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    """A view that cannot be written through; the array itself stays its owner's."""
    view = array.view()
    view.setflags(write=False)
    return view


Verdict = Literal["disagrees", "misprint", "agrees", "agrees_with_r", "given", "not_recomputable"]
WORDS: Mapping[Verdict, str] = {
    "disagrees": "disagrees",
    "misprint": "MISPRINT",
    "agrees": "agrees",
    "agrees_with_r": "agrees with R",
    "given": "given",
    "not_recomputable": "cannot be recomputed",
}
"""How a verdict is written, the worst first."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """A row of the ledger: what the lecture prints against what comes out, in up to three separate ways.

    Attributes:
        example: Name of the worked example.
        item: The lecture's example.
        symbol: In the lecture's symbols.
        where: Place in the lecture.
        printed: As printed.
        by_hand: NumPy's values; empty where nothing was computed.
        by_tape: TensorFlow's values; empty where a tape makes no sense.
        by_library: A library's or R's values; empty where none computed them.
        library: Whose they are.
        verdict: ``"disagrees"`` is a failure; ``"misprint"`` a disagreement that an erratum explains.
        why: For all but plain agreement.
    """

    example: str
    item: str
    symbol: str
    where: str
    printed: str
    by_hand: tuple[float, ...] = ()
    by_tape: tuple[float, ...] = ()
    by_library: tuple[float, ...] = ()
    library: str = ""
    verdict: Verdict
    why: str = ""
