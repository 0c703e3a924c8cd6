"""Ordinary classifiers and regressors on every fold, each fold by itself."""

from collections.abc import Sequence
from dataclasses import replace

from experiments.language import Baseline
from models import baselines
from models.classifier import PipelineClassifier
from models.regressor import PipelineRegressor
from pipeline.data.images.large import taken
from pipeline.training.values import Trained
from pipeline.training.work import Group, Means, Progress, Work, singly


class BaselineTrainer:
    """Fits ordinary classifiers and regressors."""

    apart = True

    def groups(self, works: Sequence[Work], means: Means) -> list[Group]:
        """Returns each work as a group of its own, on one thread: it is fitted alike in any process."""
        return [replace(group, threads=1) for group in singly(works, means)]

    def train(self, group: Group, means: Means | None, progress: Progress) -> tuple[Trained, ...]:
        """Returns what was fitted; there is no progress to tell within a fit."""
        return tuple(_fitted(work) for work in group.works)


def _fitted(work: Work) -> Trained:
    candidate, dataset, fold = work.candidate, work.dataset, work.fold
    assert isinstance(candidate, Baseline)
    unfitted = baselines.build(
        candidate.algorithm,
        candidate.inputs,
        candidate.settings,
        seed=fold.seed,
        task=dataset.task.name,
        pixel_maximum=dataset.pixel_maximum,
        columns=dataset.columns,
        shape=dataset.X.shape[1:],
    )
    rows = fold.train_rows
    pipeline, seconds = baselines.fit(
        unfitted,
        taken(dataset, rows),
        dataset.y[rows],
        sample_weight=None if dataset.weights is None else dataset.weights[rows],
        groups=dataset.groups_of(rows),
        in_time=dataset.times is not None,
    )
    return Trained(
        candidate=candidate,
        fold_index=fold.index,
        seed=fold.seed,
        model=PipelineClassifier(pipeline) if dataset.task.has_classes else PipelineRegressor(pipeline),
        history={},
        best_epoch=None,
        n_parameters=None,
        seconds=seconds,
        engine=baselines.library_of(candidate.algorithm),
        train_rows=fold.train_rows,
        validation_rows=fold.train_rows[:0],
    )
