"""Decisions on probabilities: who acts on them, and what errors cost."""

from experiments.language.declaration import Declaration
from experiments.language.expect import Expect


class Decision(Declaration):
    """What is decided with the probability of the positive class: to raise a row, or to leave it alone.

    Attributes:
        candidates: Names of those that are examined; each is trained ``n_inner`` more times on every fold.
        cost_ratio: What missing a positive row costs, in false alarms.
        recall: Share of the positive rows that a threshold of its own must find; ``None`` asks for none.
        n_inner: Parts of a fold's training rows. Each is predicted by a candidate trained on the others; on these
            predictions thresholds are chosen and calibration is fitted.
        practical_equivalence: Largest difference in the cost of a row that makes no practical difference, in false
            alarms; 0.01 is one alarm in 100 rows.
        by: Name of a column: what is decided is also told for each of its levels; ``None`` tells it of all rows only.
        rows: What rows are, in the plural, for people: ``"companies"``.
        reason: Why these costs.
    """

    candidates: tuple[str, ...]
    cost_ratio: float
    recall: float | None = None
    n_inner: int = 5
    practical_equivalence: float = 0.01
    by: str | None = None
    rows: str = "rows"
    reason: str = ""

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        expect(
            "one or more candidates, each once",
            lambda: 0 < len(self.candidates) == len(set(self.candidates)),
            "Name those that are worth acting on.",
            of="candidates",
        )
        expect.positive("cost_ratio", "1 makes both errors cost the same.")
        expect(
            "recall above 0 and at most 1, or None",
            lambda: self.recall is None or 0 < self.recall <= 1,
            "0.8 finds four of five.",
            of="recall",
        )
        expect.least("n_inner", 2, "5 is usual.")
        expect("by as a column's name, or None", lambda: self.by is None or bool(self.by.strip()), "Name one.", of="by")
        expect.positive("practical_equivalence", "0.01 is one false alarm in 100 rows.")
