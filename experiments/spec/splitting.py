"""How rows become folds."""

from dataclasses import dataclass
from typing import Literal

from experiments.checks import require


@dataclass(frozen=True, kw_only=True)
class Splitting:
    """How rows become folds.

    Attributes:
        kind: ``"random"`` repeats the homework's random split; ``"canonical"`` uses the test rows that the data set
            comes with.
        test_share: Of the random split.
        n_folds: Repeats, when the command line does not say otherwise; 1 for canonical test rows.
    """

    kind: Literal["random", "canonical"] = "random"
    test_share: float = 0.2
    n_folds: int = 10

    def __post_init__(self) -> None:
        require(
            0 < self.test_share < 1,
            "Splitting",
            "test_share within 0 and 1",
            "0.2 is the homework's.",
            test_share=self.test_share,
        )
        require(self.n_folds >= 1, "Splitting", "n_folds of 1 or more", "10 gives an interval.", n_folds=self.n_folds)
        require(
            self.kind == "random" or self.n_folds == 1,
            "Splitting",
            "n_folds of 1 with canonical test rows",
            "There is only one such split.",
            n_folds=self.n_folds,
        )
