"""The flow of decisions: the declared candidates once more, on inner folds, then what their probabilities lead to."""

from pipeline.data.values import Fold
from pipeline.decisions.decide import decide
from pipeline.decisions.values import Decided
from pipeline.flow.desk import Desk
from pipeline.flow.each import Entry, train_and_score
from pipeline.scoring.result import Result


def make_decisions(result: Result, inner: tuple[Fold, ...], desk: Desk) -> Decided | None:
    """Trains on inner folds and decides; nothing where no decision is declared.

    Args:
        result: Of the comparison: its candidates on the outer folds.
        inner: Folds of their training rows.
        desk: Where it is done.
    """
    comparison = result.comparison
    if comparison.decision is None:
        return None
    entries = [
        Entry(candidate=candidate, comparison=comparison, dataset=result.dataset, folds=inner)
        for candidate in comparison.candidates
        if candidate.name in comparison.decision.candidates
    ]
    done = train_and_score(desk, f"{comparison.name}, decisions", entries)
    return decide(result, [scores for one in done for scores in one.scores])
