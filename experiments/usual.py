"""The usual candidates of a table that nobody has declared: small nets and ordinary baselines."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from experiments.language import Baseline, Candidate, DenseNet, Ensemble, RealMLP, Training
from experiments.language.baseline import OPTIONAL
from experiments.language.chosen import ChosenOn
from experiments.language.nets.real_mlp import RECIPE

FEW = 1_000  # rows of which an epoch has so few updates that a net needs many epochs
SLOW = 20_000  # rows beyond which neighbors and votes are left out
MANY = 100_000  # rows of which one test set is wide enough, and each training dear

_ROWS_OF_A_TREE = 50_000  # about, of more than MANY: on 1,000,000 a forest grown on all took over a quarter of an hour


class _Sized(NamedTuple):
    """How the nets of a table are trained, and what penalizes their kernels."""

    training: Training
    sigmoid_l2: float
    tanh_l2: float


_QUANTILES = "Each column as normal quantiles: long tails and outliers decide no scale."
_TRAINING = Training(epochs=60, learning_rate=0.003, batch_size=128, optimizer="adam", schedule="cosine")
_TRAINING_ON_FEW = replace(_TRAINING, epochs=200, learning_rate=0.01, batch_size=16)
_SIZED = {
    "classification": (
        _Sized(_TRAINING_ON_FEW, 0.0003, 0.002),
        _Sized(_TRAINING, 0.0003, 0.002),
        _Sized(replace(_TRAINING, epochs=10, batch_size=1024), 0.0003, 0.002),
    ),
    # Numbers ask for larger steps than classes do, and few rows of them for a larger penalty. Chosen on Friedman's
    # functions with noise, a linear one and the diabetes of scikit-learn: on 3,000 rows of Friedman's first, the steps
    # of classes left the sigmoid net at an R2 of 0.67, these bring it to 0.85.
    "regression": (
        _Sized(_TRAINING_ON_FEW, 0.001, 0.01),
        _Sized(replace(_TRAINING, learning_rate=0.01, batch_size=64), 0.0003, 0.002),
        _Sized(replace(_TRAINING, learning_rate=0.03, epochs=10, batch_size=1024), 0.0003, 0.002),
    ),
}
"""Task -> on few rows, on more, and on so many that there is no vote."""
_CHOSEN_ON: dict[str, ChosenOn] = {"classification": "nothing", "regression": "other_rows"}
_SIGMOID_30 = DenseNet(
    name="sigmoid_30",
    hidden_units=(30,),
    inputs="quantile_normal",
    training=_TRAINING,
    l2=0.0003,
    reason=f"The lecture's net: one hidden layer of sigmoid neurons. {_QUANTILES}",
    chosen_on="nothing",
)
_TANH_30 = DenseNet(
    name="tanh_30", hidden_units=(30,), activation="tanh", inputs="quantile_normal", training=_TRAINING, l2=0.002
)
_TANH_VOTE = Ensemble(
    name="tanh_30_vote",
    net=_TANH_30,
    n_members=5,
    reason="The best net of the bankruptcy homework, five of them, so that no single training decides.",
    chosen_on="nothing",
)
_GUESS = Baseline(name="majority_class", algorithm="majority_class", reason="Looks at no column: what luck is worth.")
_LOGISTIC = Baseline(
    name="logistic_regression",
    algorithm="logistic_regression",
    inputs="standardize",
    settings={"max_iter": 1000},
    reason="The simplest that looks at the columns; its weights can be read.",
    chosen_on="nothing",
)
_NEIGHBORS = Baseline(
    name="k_nearest_neighbors",
    algorithm="k_nearest_neighbors",
    inputs="standardize",
    settings={"n_neighbors": 20},
    reason="Assumes nothing but that neighbors are alike.",
    chosen_on="nothing",
)
_FOREST = Baseline(
    name="random_forest",
    algorithm="random_forest",
    settings={"n_estimators": 200, "min_samples_leaf": 3},
    reason="Hard to beat without tuning.",
    chosen_on="nothing",
)
_FOREST_OF_NUMBERS = replace(
    _FOREST,
    settings={**_FOREST.settings, "max_features": 1 / 3},
    reason="Hard to beat without tuning; a third of the columns at each split, as is usual for numbers (Breiman 2001).",
)
_BOOSTING = Baseline(
    name="gradient_boosting",
    algorithm="hist_gradient_boosting",
    settings={"learning_rate": 0.05, "max_iter": 200},
    reason="The usual winner on tables.",
    chosen_on="nothing",
)

_AS_MANY_TREES = "As many trees at the same rate as the other boosting, all else as the library has it."
_REAL_MLP = RealMLP(
    name="real_mlp",
    reason="The recipe of Holzmüller, Grinsztajn & Steinwart (2024), which learns numbers for levels of categories.",
    chosen_on="other_rows",
)
ON_REQUEST: Mapping[str, Candidate] = MappingProxyType(
    {
        **{
            algorithm: Baseline(
                name=algorithm,
                algorithm=algorithm,
                settings={"learning_rate": 0.05, "n_estimators": 200},
                reason=_AS_MANY_TREES,
                chosen_on="nothing",
            )
            for algorithm in OPTIONAL
        },
        _REAL_MLP.name: _REAL_MLP,
    }
)
"""Name -> a candidate that is run where it is asked for: its library need not be installed, or it takes its time."""

_OF_NUMBERS = {
    _REAL_MLP.name: replace(_REAL_MLP, activation="mish", training=replace(RECIPE, learning_rate=0.2)),
}
"""Name -> what is run on request instead where a number is predicted, by other settings."""

_MEAN = Baseline(name="mean", algorithm="mean", reason="Looks at no column: what luck is worth.")
_LINE = Baseline(
    name="linear_regression",
    algorithm="linear_regression",
    inputs="standardize",
    reason="The simplest that looks at the columns; its coefficients can be read.",
    chosen_on="nothing",
)
_SIMPLEST = {"classification": (_GUESS, _LOGISTIC), "regression": (_MEAN, _LINE)}


def usual_candidates(
    task: str, n_rows: int, *, weighed: bool = False, also: Sequence[str] = ()
) -> tuple[Candidate, ...]:
    """Returns the candidates of a table by its size: on many rows fewer, and nets with fewer epochs.

    Args:
        task: ``"classification"`` or ``"regression"``.
        n_rows: Of the table.
        weighed: Whether rows count unequally, which k nearest neighbors cannot heed.
        also: Names of those that are run on request.
    """
    neighbors = () if n_rows > SLOW or weighed else (_NEIGHBORS,)
    on_request = ON_REQUEST if task == "classification" else {**ON_REQUEST, **_OF_NUMBERS}
    asked = [on_request[name] for name in also]
    return (*_nets(task, n_rows), *_SIMPLEST[task], *neighbors, _forest(task, n_rows), _BOOSTING, *asked)


def simplest(task: str) -> str:
    """Returns the name of the candidate that wins a draw."""
    return _SIMPLEST[task][1].name


def _forest(task: str, n_rows: int) -> Baseline:
    forest = _FOREST if task == "classification" else _FOREST_OF_NUMBERS
    if n_rows <= MANY:
        return forest
    share = float(f"{_ROWS_OF_A_TREE / n_rows:.2g}")  # a number of rows could be more than a fold has
    reason = f"{forest.reason.removesuffix('.')}; each tree learns from {100 * share:g} % of the rows, drawn anew."
    return replace(forest, settings={**forest.settings, "max_samples": share}, reason=reason)


def _nets(task: str, n_rows: int) -> tuple[Candidate, ...]:
    training, sigmoid_l2, tanh_l2 = _SIZED[task][(n_rows > FEW) + (n_rows > SLOW)]
    sigmoid = replace(_SIGMOID_30, training=training, l2=sigmoid_l2, chosen_on=_CHOSEN_ON[task])
    if n_rows > SLOW:
        return (sigmoid,)
    tanh = replace(_TANH_30, training=training, l2=tanh_l2)
    return sigmoid, replace(_TANH_VOTE, net=tanh, chosen_on=_CHOSEN_ON[task])
