"""One candidate on every fold, as classifiers that take raw rows."""

from collections.abc import Iterator, Sequence
from functools import partial

import joblib

from experiments.language import Baseline, Candidate, Search
from models import baselines
from models.classifier import PipelineClassifier
from models.engine import devices
from models.engine.devices import Placement
from pipeline.data.values import Dataset, Fold
from pipeline.training.nets import Interrupted, Progress, train_nets
from pipeline.training.search import search
from pipeline.training.values import Judge, Trained

__all__ = ["Interrupted", "train"]

_WORTH_A_PROCESS = 50_000  # values of X; on fewer a fit is over before a process has begun


def train(
    candidate: Candidate,
    dataset: Dataset,
    folds: Sequence[Fold],
    *,
    judge: Judge | None = None,
    epochs: int | None = None,
    placement: Placement | None = None,
    progress: Progress | None = None,
) -> tuple[Trained, ...]:
    """Trains one candidate on the training rows of every fold; nothing it does sees a test row.

    Args:
        candidate: A net, an ensemble of nets, a baseline, or a search for the settings of one.
        dataset: Where the rows are.
        folds: Each gives its rows and its seed.
        judge: By what a search chooses; nothing else needs it.
        epochs: Of nets, instead of the declared number.
        placement: The device or devices of nets; by default the first GPU, else the CPU.
        progress: Told how far the training is.

    Returns:
        One value for each fold, in order.

    Raises:
        ValueError: A search without a judge, or with too few rows for its inner folds.
        Interrupted: On Ctrl-C during a net, with what was trained so far.
    """
    tell = progress or (lambda where, share: None)
    if isinstance(candidate, Search):
        if judge is None:
            raise ValueError(
                f"train: expected a judge with a search. Received: candidate={candidate.name!r}, judge=None. "
                "Give that of the comparison: its primary metric decides."
            )
        again = partial(train, epochs=epochs, placement=placement)
        return search(candidate, dataset, folds, judge, train=again, tell=tell)
    if isinstance(candidate, Baseline):
        return tuple(_train_baseline(candidate, dataset, folds, tell))
    placement = placement or devices.choose()
    return train_nets(candidate, dataset, folds, epochs=epochs, placement=placement, tell=tell)


def _train_baseline(candidate: Baseline, dataset: Dataset, folds: Sequence[Fold], tell: Progress) -> Iterator[Trained]:
    """Fits the folds side by side in processes of their own, where there is enough to do in them."""
    tell(f"fold 1 of {len(folds)}", 0.0)
    fits = (
        joblib.delayed(baselines.fit)(
            baselines.build(
                candidate.algorithm,
                candidate.inputs,
                candidate.settings,
                seed=fold.seed,
                pixel_maximum=dataset.pixel_maximum,
            ),
            dataset.X[fold.train_rows],
            dataset.y[fold.train_rows],
        )
        for fold in folds
    )
    n_jobs = -1 if len(folds) > 1 and dataset.X.size > _WORTH_A_PROCESS else 1
    for fold, (pipeline, seconds) in zip(folds, joblib.Parallel(n_jobs, return_as="generator")(fits), strict=True):
        tell(f"fold {fold.index + 1} of {len(folds)}", (fold.index + 1) / len(folds))
        yield Trained(
            candidate=candidate,
            fold_index=fold.index,
            seed=fold.seed,
            model=PipelineClassifier(pipeline),
            history={},
            best_epoch=None,
            n_parameters=None,
            seconds=seconds,
            engine="scikit-learn",
            train_rows=fold.train_rows,
            validation_rows=fold.train_rows[:0],
        )
