"""How rows become folds."""

from typing import Literal

from experiments.language.declaration import Declaration
from experiments.language.expect import Expect

Kind = Literal["random", "stratified_k_fold", "k_fold", "forward", "canonical"]

_HOMEWORKS_SHARE = 0.2


class Splitting(Declaration):
    """How rows become folds.

    Attributes:
        kind: ``"random"`` repeats the homework's random split. ``"stratified_k_fold"`` deals the rows of each class out
            to ``n_splits`` parts, each the test rows once, and deals anew until there are ``n_folds``; ``"k_fold"``
            deals all rows alike, as is done where a number is predicted. ``"forward"`` tests ``n_folds`` blocks of
            time, each on models that have learned from all rows before it. ``"canonical"`` uses the test rows that the
            data set comes with.
        stratified: Whether a random split draws its test rows from each class by its share, as ``train_test_split`` of
            scikit-learn does with ``stratify=y``.
        drawn_by: Whose generator draws a random split: ``"numpy"``, as ``train_test_split`` of scikit-learn does, or
            ``"r"``: the training rows are those of ``set.seed(seed); sample(n, n * share)``.
        test_share: Of the random split, where ``None`` is the homework's 0.2; the other kinds have no use for it.
        n_splits: Parts of a dealing; of ``"stratified_k_fold"`` and ``"k_fold"`` only.
        group: Name of the column whose rows of one value stay together, for people: the data say which rows these are.
        time: Name of the column by which rows are in order, likewise; of ``"forward"`` only.
        n_folds: How many, when the command line does not say otherwise; a multiple of ``n_splits``, and 1 for
            canonical test rows.
    """

    kind: Kind = "random"
    stratified: bool = False
    drawn_by: Literal["numpy", "r"] = "numpy"
    test_share: float | None = None
    n_splits: int | None = None
    group: str | None = None
    time: str | None = None
    n_folds: int = 10

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        expect(
            "test_share within 0 and 1",
            lambda: self.test_share is None or 0 < self.test_share < 1,
            "0.2 is the homework's.",
            of="test_share",
        )
        expect(
            "test_share with random splits only",
            lambda: self.test_share is None or self.kind == "random",
            "It would have no effect: take it out.",
            of=("kind", "test_share"),
        )
        expect(
            "stratified with random splits only",
            lambda: not self.stratified or self.kind == "random",
            "Parts of stratified_k_fold are stratified anyway: take it out.",
            of=("kind", "stratified"),
        )
        expect(
            "drawn_by r with random splits of single rows only",
            lambda: self.drawn_by == "numpy" or (self.kind == "random" and not self.stratified and self.group is None),
            "R's sample() draws from all rows alike: take the other out.",
            of=("kind", "stratified", "group", "drawn_by"),
        )
        expect.least("n_folds", 1, "10 gives an interval.")
        expect("n_folds of 10000 or fewer", lambda: self.n_folds <= 10_000, "10 gives an interval.", of="n_folds")
        expect(
            "n_folds of 1 with canonical test rows",
            lambda: self.kind != "canonical" or self.n_folds == 1,
            "There is only one such split.",
            of=("kind", "n_folds"),
            received=lambda: {"n_folds": self.n_folds},
        )
        expect(
            "time with forward, and only there",
            lambda: (self.time is not None) == (self.kind == "forward"),
            "Name the column of times, or take it out.",
            of=("kind", "time"),
        )
        expect(
            "group without canonical test rows",
            lambda: self.group is None or self.kind != "canonical",
            "These are divided already: take it out.",
            of=("kind", "group"),
        )
        self._check_dealings(expect)

    def _check_dealings(self, expect: Expect) -> None:
        expect(
            "n_splits of 2 or more with stratified_k_fold or k_fold, and only there",
            lambda: (self.n_splits or 0) >= 2 if self.deals else self.n_splits is None,
            "Say into how many parts the rows are dealt, or take it out.",
            of=("kind", "n_splits"),
        )
        expect(
            "n_folds to be a multiple of n_splits, n_splits × the number of dealings",
            lambda: not self.deals or self.n_folds % max(self.n_splits or 1, 1) == 0,
            f"A dealing is used whole: take {self.n_splits} or {2 * (self.n_splits or 0)}.",
            of=("kind", "n_folds", "n_splits"),
            received=lambda: {"n_folds": self.n_folds, "n_splits": self.n_splits},
        )

    @property
    def deals(self) -> bool:
        """Whether rows are dealt out to parts, each the test rows once."""
        return self.kind in ("stratified_k_fold", "k_fold")

    @property
    def keeps_shares(self) -> bool:
        """Whether every fold has the shares of the classes that all rows have: how these vary is not seen by it."""
        return (self.stratified or self.kind == "stratified_k_fold") and self.group is None

    @property
    def tested_share(self) -> float:
        """The share of the rows that a random split tests on."""
        return _HOMEWORKS_SHARE if self.test_share is None else self.test_share

    def words(self) -> str:
        """Tells in words how rows become folds.

        Example:
            >>> Splitting(kind="stratified_k_fold", n_splits=3, n_folds=9).words()
            'each class dealt out to 3 parts, each part the test rows once, and dealt out again after every 3 folds'
            >>> Splitting(kind="stratified_k_fold", n_splits=3, n_folds=3, group="patient").words()
            "by group, whole 'patient' dealt out to 3 parts, each part the test rows once"
            >>> Splitting(kind="forward", time="day", n_folds=4).words()
            "by time, 4 blocks of 'day' one after the other, each tested by what has learned from all rows before it"
        """
        if self.kind == "canonical":
            return "the test rows that the data set comes with"
        if self.kind == "forward":
            return self._forward_words()
        if self.group is not None:
            return self._group_words()
        if self.kind == "random":
            within = " within each class" if self.stratified else " as R's sample() draws" * (self.drawn_by == "r")
            return f"at random{within}, {100 * self.tested_share:g} % of the rows for testing"
        n, what = self.n_splits, "each class" if self.keeps_shares else "all rows"
        return f"{what} dealt out to {n} parts, each part the test rows once{self._again}"

    @property
    def _again(self) -> str:
        """Tells that rows are shuffled and dealt out more than once, where they are."""
        n = self.n_splits or 0
        return f", and dealt out again after every {n} folds" if self.n_folds > n else ""

    def _forward_words(self) -> str:
        by, but = "by time", ""
        if self.group is not None:
            by, but = "by group and time", f", but for those of a {self.group!r} that the block has, too"
        if self.n_folds == 1:
            last = f"the last {100 * self.tested_share:g} % of the rows by {self.time!r}"
            return f"{by}, {last} tested by what has learned from all rows before them{but}"
        blocks = f"{self.n_folds} blocks of {self.time!r} one after the other"
        return f"{by}, {blocks}, each tested by what has learned from all rows before it{but}"

    def _group_words(self) -> str:
        if not self.deals:
            return (
                f"by group, whole {self.group!r} at random, about {100 * self.tested_share:g} % of the rows for testing"
            )
        dealt = f"dealt out to {self.n_splits} parts, each part the test rows once{self._again}"
        return f"by group, whole {self.group!r} {dealt}"
