"""Stage 3: one candidate on every fold, as classifiers that take raw rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import joblib
import keras
import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from experiments.spec import Baseline, Candidate, Net, Training
from models import baselines, devices, fused, loop, replicates
from models.classifier import NetClassifier, PipelineClassifier
from models.devices import Placement
from pipeline.keras_net import core_model, inputs_model, loss, optimizer
from pipeline.values import Dataset, Fold, Trained

Progress = Callable[[str, float], None]
"""Called with where the training is, in words, and the share of the candidate's work that is done, 0 to 1."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C while a net was trained.

    Attributes:
        trained: What there is of it, on the folds that have finished an epoch.
    """

    def __init__(self, trained: Sequence[Trained]) -> None:
        super().__init__("training was interrupted")
        self.trained = tuple(trained)


_WORTH_A_PROCESS = 50_000  # values of X; on fewer a fit is over before a process has begun


def train(
    candidate: Candidate,
    dataset: Dataset,
    folds: Sequence[Fold],
    *,
    epochs: int | None = None,
    placement: Placement | None = None,
    progress: Progress | None = None,
) -> tuple[Trained, ...]:
    """Trains one candidate on the training rows of every fold; nothing it does sees a test row.

    Args:
        candidate: A net or a baseline.
        dataset: Where the rows are.
        folds: Each gives its rows and its seed.
        epochs: Of nets, instead of the declared number.
        placement: The device or devices of nets; by default the first GPU, else the CPU.
        progress: Told how far the training is.

    Returns:
        One value for each fold, in order.

    Raises:
        Interrupted: On Ctrl-C during a net, with what was trained so far.
    """
    tell = progress or (lambda where, share: None)
    if isinstance(candidate, Baseline):
        return tuple(_train_baseline(candidate, dataset, folds, tell))
    placement = (placement or devices.choose()).with_precision(candidate.training.precision)
    with placement.scope():
        prepared = [_prepare(candidate, dataset, fold, epochs or candidate.training.epochs) for fold in folds]
        alike = len({item.X.shape for item in prepared}) == 1  # a dealing may leave one part a row short
        if len(folds) > 1 and alike and placement.strategy is None and replicates.can_replicate(prepared[0].core):
            return tuple(_train_together(candidate, prepared, tell))
        return tuple(_train_in_turn(candidate, prepared, placement, tell))


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


@dataclass(frozen=True, kw_only=True, eq=False)
class _Prepared:
    """A net on one fold, ready to train: rows already on the scale of the first trained layer."""

    fold: Fold
    epochs: int
    inputs: keras.Model
    core: keras.Model
    train_rows: NDArray[np.int64]
    validation_rows: NDArray[np.int64]
    X: NDArray[np.float32]
    y: NDArray[Any]
    sample_weight: NDArray[np.float32] | None
    validation: tuple[NDArray[Any], ...] | None


def _prepare(net: Net, dataset: Dataset, fold: Fold, epochs: int) -> _Prepared:
    """Fits what comes before the net on the rows it learns from, and applies it once instead of every epoch."""
    train_rows, validation_rows = _hold_out(net.training, dataset, fold)
    inputs = inputs_model(net, dataset, train_rows)
    core = core_model(net, dataset, inputs.output_shape[1:], fold.seed)

    def on_model_scale(rows: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[Any], NDArray[np.float32] | None]:
        X = np.asarray(inputs(dataset.X[rows]), np.float32)
        y = dataset.y[rows]
        weight = _class_weights(dataset.y[train_rows], dataset.n_classes)[y] if net.training.balanced else None
        return X, y[:, None].astype(np.float32) if dataset.n_classes == 2 else y, weight

    X, y, sample_weight = on_model_scale(train_rows)
    held_out = on_model_scale(validation_rows) if len(validation_rows) else None
    return _Prepared(
        fold=fold,
        epochs=epochs,
        inputs=inputs,
        core=core,
        train_rows=train_rows,
        validation_rows=validation_rows,
        X=X,
        y=y,
        sample_weight=sample_weight,
        validation=tuple(part for part in held_out if part is not None) if held_out else None,
    )


def _hold_out(training: Training, dataset: Dataset, fold: Fold) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Returns the rows that are learned from and the rows that early stopping watches, all from the training rows."""
    if training.patience is None:
        return fold.train_rows, fold.train_rows[:0]
    learned, watched = train_test_split(
        fold.train_rows,
        test_size=training.validation_share,
        random_state=fold.seed,
        stratify=dataset.y[fold.train_rows],
    )
    return learned, watched


def _class_weights(y: NDArray[np.int64], n_classes: int) -> NDArray[np.float32]:
    """Returns ``n_samples / (n_classes * rows of the class)``, scikit-learn's "balanced"."""
    return (len(y) / (n_classes * np.bincount(y, minlength=n_classes))).astype(np.float32)


def _train_together(net: Net, prepared: Sequence[_Prepared], tell: Progress) -> list[Trained]:
    """Trains the folds of a dense net as one program."""
    first = prepared[0]

    def stacked(parts: Sequence[Any]) -> Any:
        return None if parts[0] is None else np.stack(parts)

    validation = None
    if first.validation is not None:
        validation = tuple(np.stack(part) for part in zip(*[item.validation or () for item in prepared], strict=True))
    try:
        histories = replicates.train_replicates(
            [item.core for item in prepared],
            np.stack([item.X for item in prepared]),
            np.stack([item.y for item in prepared]),
            loss=loss(first.core),
            make_optimizer=lambda: optimizer(net.training, first.epochs, len(first.X)),
            epochs=first.epochs,
            batch_size=net.training.batch_size,
            seeds=[item.fold.seed for item in prepared],
            sample_weight=stacked([item.sample_weight for item in prepared]),
            validation_data=validation,
            patience=net.training.patience,
            progress=lambda epoch, epochs, *_: tell(
                f"{len(prepared)} folds at once, epoch {int(epoch)} of {epochs}", epoch / epochs
            ),
        )
    except loop.Interrupted as stopped:
        raise Interrupted(_begun(net, prepared, stopped.histories)) from None
    return [_trained(net, item, history) for item, history in zip(prepared, histories, strict=True)]


def _train_in_turn(net: Net, prepared: Sequence[_Prepared], placement: Placement, tell: Progress) -> list[Trained]:
    trained: list[Trained] = []
    for position, item in enumerate(prepared):

        def progress(epoch: float, epochs: int, *_: Any, before: int = position) -> None:
            where = f"fold {before + 1} of {len(prepared)}, epoch {int(epoch)} of {epochs}"
            tell(where, (before + epoch / epochs) / len(prepared))

        try:
            history = fused.train(
                item.core,
                item.X,
                item.y,
                loss=loss(item.core),
                optimizer=optimizer(net.training, item.epochs, len(item.X)),
                epochs=item.epochs,
                batch_size=net.training.batch_size,
                seed=item.fold.seed,
                sample_weight=item.sample_weight,
                validation_data=item.validation,
                patience=net.training.patience,
                strategy=placement.strategy,
                progress=progress,
            )
        except loop.Interrupted as stopped:
            raise Interrupted([*trained, *_begun(net, [item], stopped.histories)]) from None
        trained.append(_trained(net, item, history))
    return trained


def _begun(net: Net, prepared: Sequence[_Prepared], histories: Sequence[fused.History]) -> list[Trained]:
    """Returns what was trained for an epoch at least."""
    pairs = zip(prepared, histories, strict=True)
    return [_trained(net, item, history) for item, history in pairs if len(history.train_loss)]


def _trained(net: Net, prepared: _Prepared, history: fused.History) -> Trained:
    curves = {"train_loss": history.train_loss}
    if history.validation_loss is not None:
        curves["validation_loss"] = history.validation_loss
    whole = keras.Sequential([*prepared.inputs.layers, prepared.core], name=net.name)
    whole.build((None, *prepared.inputs.input_shape[1:]))
    return Trained(
        candidate=net,
        fold_index=prepared.fold.index,
        seed=prepared.fold.seed,
        model=NetClassifier(whole),
        history=curves,
        best_epoch=history.best_epoch,
        n_parameters=int(sum(np.prod(weight.shape) for weight in prepared.core.trainable_weights)),
        seconds=history.seconds,
        engine=history.engine,
        train_rows=prepared.train_rows,
        validation_rows=prepared.validation_rows,
    )
