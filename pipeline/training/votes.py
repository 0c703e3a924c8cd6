"""Votes of nets: those of equal members are trained as nets are, weighted ones on parts of the training rows first."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from experiments.language import Ensemble
from models.classifier import NetClassifier
from models.regressor import NetRegressor
from models.trained import TrainedNet
from models.voting import greedy_weights, log_loss, members_of, weighted
from pipeline.data.split import parts
from pipeline.training.search import TrainWorks
from pipeline.training.values import Interrupted, Trained
from pipeline.training.work import Group, Means, NothingFinished, Progress, Trainer, Work, with_candidate


class VoteTrainer:
    """Trains votes; where members are to be weighted, on parts of the training rows first.

    Each part is predicted by members that learned from the others. They have the seeds, and with them the columns and
    initial weights, of those that learn from all training rows in the end, which take over their weights.

    Args:
        nets: Trains votes of equal members.
        train: Trains works of such votes.
    """

    apart = False

    def __init__(self, nets: Trainer, train: TrainWorks) -> None:
        self._nets = nets
        self._train = train

    def groups(self, works: Sequence[Work], means: Means) -> list[Group]:
        """Returns works as nets are grouped; with weights all together, since their parts are trained together."""
        return [means.group(works)] if _vote(works[0]).weights == "caruana" else self._nets.groups(works, means)

    def train(self, group: Group, means: Means | None, progress: Progress) -> tuple[Trained, ...]:
        """Trains the votes of one group; arguments as of `pipeline.training.work.Trainer`.

        Raises:
            Interrupted: On Ctrl-C, with what has finished an epoch; with weights there is nothing to hand over.
        """
        if _vote(group.works[0]).weights == "equal":
            return self._nets.train(group, means, progress)
        assert means is not None
        n_inner = _vote(group.works[0]).n_inner
        equal = [_equal(work) for work in group.works]
        inner = [replace(work, fold=fold) for work in equal for fold in parts(work.dataset, work.fold, n_inner)]
        anew = replace(means, finished=NothingFinished())
        share = n_inner / (n_inner + 1)
        try:
            tried = self._train(inner, anew, lambda where, done: progress(f"for weights, {where}", share * done))
            whole = self._train(equal, anew, lambda where, done: progress(where, share + (1 - share) * done))
        except Interrupted:
            raise Interrupted(()) from None
        return tuple(
            _weighted(work, one, inner[at : at + n_inner], tried[at : at + n_inner])
            for work, one, at in zip(group.works, whole, range(0, len(inner), n_inner), strict=True)
        )


def _vote(work: Work) -> Ensemble:
    assert isinstance(work.candidate, Ensemble)
    return work.candidate


def _equal(work: Work) -> Work:
    """Returns the work of the same vote without weights."""
    (work,) = with_candidate([work], replace(_vote(work), weights="equal", n_inner=Ensemble.n_inner))
    return work


def _weighted(work: Work, trained: Trained, inner: Sequence[Work], tried: Sequence[Trained]) -> Trained:
    """Returns what was trained with weights that are chosen by the rows held out of its training rows."""
    said = np.hstack([_said(each, one) for each, one in zip(inner, tried, strict=True)])
    rows = np.concatenate([each.fold.test_rows for each in inner])
    counts = None if work.dataset.weights is None else work.dataset.weights[rows]
    weights = greedy_weights(said, log_loss if work.dataset.task.has_classes else np.square, counts)
    model = trained.model
    assert isinstance(model, NetClassifier | NetRegressor)
    n_parameters = (trained.n_parameters or 0) * int(np.count_nonzero(weights)) // len(weights)
    return replace(
        trained,
        candidate=work.candidate,
        model=type(model)(weighted(model.model, weights), model.encoder),
        n_parameters=n_parameters,
        seconds=trained.seconds + sum(one.seconds for one in tried),
    )


def _said(work: Work, trained: Trained) -> NDArray[np.float64]:
    """Returns ``(n_members, n_rows)``: of each row held out the probability of its class, or what is missed."""
    model, rows = trained.model, work.fold.test_rows
    assert isinstance(model, TrainedNet)
    dataset = work.dataset
    own = [type(model)(member, model.encoder) for member in members_of(model.model)]
    predicted = [dataset.task.predictions(member, dataset.X[rows]) for member in own]
    if dataset.task.has_classes:
        return np.stack([one[np.arange(len(rows)), dataset.y[rows]] for one in predicted])
    return np.stack([one - dataset.y[rows] for one in predicted])
