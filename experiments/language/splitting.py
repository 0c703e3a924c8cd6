"""How rows become folds."""

from dataclasses import dataclass
from typing import Literal

from models.checks import require, require_one_of

Kind = Literal["random", "stratified_k_fold", "canonical"]


@dataclass(frozen=True, kw_only=True)
class Splitting:
    """How rows become folds.

    Attributes:
        kind: ``"random"`` repeats the homework's random split. ``"stratified_k_fold"`` deals the rows of each class out
            to ``n_splits`` parts, each the test rows once, and deals anew until there are ``n_folds``.
            ``"canonical"`` uses the test rows that the data set comes with.
        test_share: Of the random split; the other kinds have no use for it.
        n_splits: Parts of a dealing; of ``"stratified_k_fold"`` only.
        n_folds: How many, when the command line does not say otherwise; a multiple of ``n_splits``, and 1 for
            canonical test rows.
    """

    kind: Kind = "random"
    test_share: float = 0.2
    n_splits: int | None = None
    n_folds: int = 10

    def __post_init__(self) -> None:
        who = "Splitting"
        require_one_of(who, "kind", self.kind, Kind)
        require(
            0 < self.test_share < 1,
            who,
            "test_share within 0 and 1",
            "0.2 is the homework's.",
            test_share=self.test_share,
        )
        require(self.n_folds >= 1, who, "n_folds of 1 or more", "10 gives an interval.", n_folds=self.n_folds)
        require(
            self.kind != "canonical" or self.n_folds == 1,
            who,
            "n_folds of 1 with canonical test rows",
            "There is only one such split.",
            n_folds=self.n_folds,
        )
        require(
            (self.n_splits or 0) >= 2 if self.kind == "stratified_k_fold" else self.n_splits is None,
            who,
            "n_splits of 2 or more with stratified_k_fold, and only there",
            "Say into how many parts the rows are dealt, or take it out.",
            kind=self.kind,
            n_splits=self.n_splits,
        )
        require(
            self.n_folds % (self.n_splits or 1) == 0,
            who,
            "n_folds to be a multiple of n_splits",
            "A dealing is used whole: every row is a test row as often as every other.",
            n_folds=self.n_folds,
            n_splits=self.n_splits,
        )
