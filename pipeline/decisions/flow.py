"""The flow of decisions: the declared candidates once more, on inner folds, then what their probabilities lead to."""

from collections.abc import Iterator, Sequence
from functools import partial

from experiments.language import Candidate, Comparison
from models.engine.devices import Placement
from pipeline.data.values import Dataset, Fold
from pipeline.decisions.decide import decide
from pipeline.decisions.tables import decision_tables
from pipeline.decisions.values import Decided
from pipeline.scoring.evaluate import evaluate, judge_by
from pipeline.scoring.values import Scores
from pipeline.telling.files import to_csv
from pipeline.telling.terminal import Terminal
from pipeline.tracking.runs import ParentRun
from pipeline.training.train import train
from pipeline.training.values import Trained


def make_decisions(
    comparison: Comparison,
    dataset: Dataset,
    folds: Sequence[Fold],
    inner: Sequence[Fold],
    trained: Sequence[Trained],
    scores: Sequence[Scores],
    run: ParentRun,
    terminal: Terminal,
    *,
    epochs: int | None = None,
    placement: Placement | None = None,
) -> Decided | None:
    """Trains on inner folds, decides, and logs the tables; nothing where no decision is declared.

    Args:
        comparison: The declaration.
        dataset: Its data.
        folds: The outer ones.
        inner: Of their training rows.
        trained: Each candidate on the outer folds.
        scores: Of these on the test rows.
        run: Where tables go.
        terminal: Where progress goes.
        epochs: Of nets, instead of the declared numbers.
        placement: The device or devices of nets.
    """
    if comparison.decision is None:
        return None
    held_out = list(_held_out(comparison, dataset, inner, terminal, epochs, placement))
    decided = decide(comparison, dataset, folds, trained, scores, held_out)
    run.log_texts({name: to_csv(table) for name, table in decision_tables(decided).items()})
    return decided


def examined(comparison: Comparison) -> list[Candidate]:
    """Returns the candidates that a decision is about, in the comparison's order."""
    names = comparison.decision.candidates if comparison.decision else ()
    return [candidate for candidate in comparison.candidates if candidate.name in names]


def _held_out(
    comparison: Comparison,
    dataset: Dataset,
    inner: Sequence[Fold],
    terminal: Terminal,
    epochs: int | None,
    placement: Placement | None,
) -> Iterator[Scores]:
    """Yields what candidates say of training rows that they were not shown."""
    candidates = examined(comparison)
    with terminal.progress(f"{comparison.name}, decisions", len(candidates)) as told:
        for position, candidate in enumerate(candidates):
            trained = train(
                candidate,
                dataset,
                inner,
                judge=judge_by(comparison),
                epochs=epochs,
                placement=placement,
                progress=partial(told.update, position, candidate.name),
            )
            yield from (evaluate(one, dataset, fold, comparison) for one, fold in zip(trained, inner, strict=True))
            seconds = sum(one.seconds for one in trained)
            told.finish(position, candidate.name, f"{seconds:.1f} s for {len(trained)} inner folds")
