"""Names and declarations in words, for people who do not read the code."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from experiments.language import (
    Augmentation,
    Baseline,
    Candidate,
    ConvNet,
    Convolution,
    DenseNet,
    Ensemble,
    RecurrentNet,
    Search,
    Splitting,
    Training,
)
from pipeline.words.names import listing, title

_INPUTS = {
    "raw": "inputs as they come",
    "standardize": "inputs as z-scores",
    "quantile_normal": "each input mapped to normal quantiles",
    "rescale": "pixels divided by the largest value",
}
_SCHEDULES = {
    "constant": "",
    "cosine": " falling to 0 along a cosine",
    "one_cycle": " rising over a quarter of the steps, then falling to 0 along a cosine",
}


def describe(candidate: Candidate) -> str:
    """Tells a declaration in words; what is not used is not told.

    Example:
        >>> training = Training(epochs=5, learning_rate=0.1, batch_size=None)
        >>> describe(DenseNet(name="example", hidden_units=(5, 3), training=training))
        'hidden layers of 5 and 3 sigmoid neurons; inputs as z-scores; glorot uniform kernels; sgd at rate 0.1; all rows
        in one batch; 5 epochs'
    """
    if isinstance(candidate, Baseline):
        settings = [f"{name} = {value}" for name, value in candidate.settings.items()]
        return "; ".join([title(candidate.algorithm), _INPUTS[candidate.inputs], *settings])
    if isinstance(candidate, Search):
        return f"{_search(candidate)}; else {describe(candidate.candidate)}"
    if isinstance(candidate, Ensemble):
        return f"mean probability of {candidate.n_members} nets of different seeds, each: {describe(candidate.net)}"
    if isinstance(candidate, RecurrentNet):
        cells = "LSTM cells" if candidate.cell == "lstm" else "simple recurrent neurons"
        units = listing([str(n) for n in candidate.units])
        return "; ".join([f"images row by row into {units} {cells}", *_training(candidate.training)])
    parts = [_convolution(layer) for layer in candidate.convolutions] if isinstance(candidate, ConvNet) else []
    parts.append(_hidden(candidate.hidden_units, candidate.activation))
    if isinstance(candidate, DenseNet):
        parts += [_INPUTS[candidate.inputs], f"{title(candidate.kernel_initializer)} kernels"]
        parts += [f"{title(candidate.bias_initializer)} biases"] if candidate.bias_initializer != "zeros" else []
    elif candidate.augmentation:
        parts.append(_augmentation(candidate.augmentation))
    return "; ".join([*parts, *_restraints(candidate), *_training(candidate.training)])


def _restraints(net: DenseNet | ConvNet) -> list[str]:
    parts = ["batch normalization"] if net.batch_normalization else []
    if isinstance(net, ConvNet) and net.map_dropout:
        parts.append(f"dropout {net.map_dropout:g} of maps")
    if net.dropout:
        parts.append(f"dropout {net.dropout:g}")
    return [*parts, f"L2 penalty {net.l2:g}"] if net.l2 else parts


def _search(search: Search) -> str:
    values = [f"{path} ({listing([str(value) for value in each])})" for path, each in search.space.items()]
    return (
        f"the best of {search.n_trials} drawn combinations of {listing(values)} by {search.n_inner}-fold "
        "cross-validation inside the training rows of each fold"
    )


def tell_choices(chosen: Sequence[Mapping[str, Any]]) -> str:
    """Tells the settings that a search chose on each fold, the most frequent value first.

    Example:
        >>> tell_choices([{"l2": 0.1}, {"l2": 1.0}, {"l2": 0.1}])
        'chosen: l2 = 0.1 on 2 and 1.0 on 1 of 3 folds'
    """
    told = []
    for path in chosen[0]:
        counts = Counter(str(settings[path]) for settings in chosen).most_common()
        told.append(f"{path} = {listing([f'{value} on {count}' for value, count in counts])}")
    return f"chosen: {'; '.join(told)} of {len(chosen)} folds"


def divide(splitting: Splitting) -> str:
    """Tells in words how rows become folds.

    Example:
        >>> divide(Splitting(kind="stratified_k_fold", n_splits=3, n_folds=9))
        'each class dealt out to 3 parts, each part the test rows once, and dealt anew for every 3 folds'
    """
    if splitting.kind == "canonical":
        return "the test rows that the data set comes with"
    if splitting.kind == "random":
        return f"at random, {100 * splitting.test_share:g} % of the rows for testing"
    n = splitting.n_splits
    return f"each class dealt out to {n} parts, each part the test rows once, and dealt anew for every {n} folds"


def _convolution(layer: Convolution) -> str:
    pooling = f", max pooling {layer.pool_size} × {layer.pool_size}" if layer.pool_size > 1 else ""
    return f"{layer.feature_maps} maps of {layer.kernel_size} × {layer.kernel_size} pixels ({layer.padding}){pooling}"


def _augmentation(changes: Augmentation) -> str:
    told = [f"moved by up to {changes.shift:g} pixels"] if changes.shift else []
    told += [f"turned by up to {changes.rotation:g} degrees"] if changes.rotation else []
    told += [f"stretched by up to {100 * changes.stretch:g} %"] if changes.stretch else []
    return f"training images {listing(told)}"


def _hidden(units: Sequence[int], activation: str) -> str:
    if not units:
        return "no dense hidden layer"
    return f"hidden layer{'s' * (len(units) > 1)} of {listing([str(n) for n in units])} {activation} neurons"


def _training(training: Training) -> list[str]:
    parts = [f"{training.optimizer} at rate {training.learning_rate:g}{_SCHEDULES[training.schedule]}"]
    if training.cost != "log_likelihood":
        parts.append(f"{title(training.cost)} cost, summed over sigmoid outputs")
    if training.momentum:
        parts.append(f"momentum {training.momentum:g}")
    if training.weight_decay:
        parts.append(f"weight decay {training.weight_decay:g}")
    parts.append("all rows in one batch" if training.batch_size is None else f"batches of {training.batch_size}")
    if training.patience is None:
        parts.append(f"{training.epochs} epochs")
    else:
        which = "the last " if training.validation_rows == "last" else ""
        parts.append(
            f"up to {training.epochs} epochs, stopped after {training.patience} without a better {training.monitor} on "
            f"{which}{100 * training.validation_share:.3g} % of the training rows"
        )
    if training.averaging:
        parts.append(f"weights averaged, {training.averaging:g} of the average kept at each update")
    if training.expansion == "one_pixel_shifts":
        parts.append("every training image also moved by a pixel up, down, left and right")
    if training.balanced:
        parts.append("rows weighted so that classes count the same")
    if training.precision != "float32":
        parts.append("multiplied in 16 bits")
    return parts
