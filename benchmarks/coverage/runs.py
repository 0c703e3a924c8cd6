"""Whole runs by the command's own flow, on labels drawn by lot: no model should come out of them."""

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.coverage.problems import random_splits
from benchmarks.coverage.product import comparison_of, dataset_of
from experiments.language import Comparison, DenseNet, Training
from pipeline.comparison.flow import ComparisonJob
from pipeline.data.values import Dataset
from pipeline.flow.desk import Desk
from pipeline.plan import How, plan
from pipeline.telling.terminal import Terminal

N_ROWS, N_COLUMNS = 150, 4


@dataclass(frozen=True)
class Lots:
    """A source of rows that say nothing of their labels.

    Attributes:
        seed: Of both.
    """

    seed: int

    def load(self, *, data_dir: Path | None = None, download: bool = False) -> Dataset:
        """Returns the rows."""
        random = np.random.default_rng(self.seed)
        return dataset_of(random.normal(size=(N_ROWS, N_COLUMNS)), random.integers(0, 2, N_ROWS), 2)


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What a whole run left.

    Attributes:
        registered: Whether a model was.
        told: Verdict and what became of the champion, as the terminal has them.
    """

    registered: bool
    told: str


class _Heard(Terminal):
    """A terminal that keeps its sentences."""

    def __init__(self) -> None:
        super().__init__(quiet=True)
        self.sentences: list[str] = []

    def say(self, text: str = "") -> None:
        """Keeps it."""
        self.sentences.append(text)


def whole_run(seed: int) -> Ran:
    """Plans and runs a comparison of two nets and two baselines, with a store of its own."""
    with TemporaryDirectory() as folder:
        how = How(seed=seed, tracking_uri=f"sqlite:///{folder}/runs.db", sources={"simulated": Lots(seed)})
        planned, terminal = plan([], [_declared()], how), _Heard()
        (job,) = planned.jobs
        assert isinstance(job, ComparisonJob)
        assert planned.tracker is not None
        desk = Desk(tracker=planned.tracker, terminal=terminal, placement=planned.placement, insists=True)
        record = job.run(desk)  # also while somebody works on the program
    return Ran(registered=bool(record["registration"]["passes"]), told=" ".join(terminal.sentences))


def _declared() -> Comparison:
    found = comparison_of(("roc_auc", "accuracy"), random_splits(5), nets=0, baselines=2)
    training = Training(epochs=20, learning_rate=0.05, batch_size=20)
    nets = tuple(DenseNet(name=f"net_{n}", hidden_units=(n,), training=training) for n in (3, 6))
    return replace(found, candidates=(*nets, *found.candidates))
