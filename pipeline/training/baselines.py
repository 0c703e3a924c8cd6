"""Ordinary classifiers on every fold, each fold by itself."""

from collections.abc import Sequence

from experiments.language import Baseline
from models import baselines
from models.classifier import PipelineClassifier
from pipeline.training.values import Trained
from pipeline.training.work import Group, Means, Progress, Work, singly


class BaselineTrainer:
    """Fits scikit-learn's classifiers."""

    apart = True

    def groups(self, works: Sequence[Work], means: Means) -> list[Group]:
        """Returns each work as a group of its own."""
        return singly(works, means)

    def train(self, group: Group, means: Means | None, progress: Progress) -> tuple[Trained, ...]:
        """Returns the fitted classifiers; there is no progress to tell within a fit."""
        return tuple(_fitted(work) for work in group.works)


def _fitted(work: Work) -> Trained:
    candidate, dataset, fold = work.candidate, work.dataset, work.fold
    assert isinstance(candidate, Baseline)
    unfitted = baselines.build(
        candidate.algorithm,
        candidate.inputs,
        candidate.settings,
        seed=fold.seed,
        pixel_maximum=dataset.pixel_maximum,
        columns=dataset.columns,
    )
    pipeline, seconds = baselines.fit(unfitted, dataset.X[fold.train_rows], dataset.y[fold.train_rows])
    return Trained(
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
