"""What is searched on each table: four kinds of nets and boosting, each with a space of about as many combinations."""

from dataclasses import replace

from benchmarks.ranks.tables import Table
from experiments.language import (
    Baseline,
    Candidate,
    Comparison,
    DenseNet,
    Ensemble,
    RealMLP,
    Search,
    TabM,
    Training,
)
from experiments.language.baseline import DUMMIES
from experiments.language.nets.real_mlp import RECIPE
from models.checks import is_installed

NETS = ("vote", "tabm", "real_mlp", "piecewise")
BOOSTING = ("hist_gradient_boosting", "lightgbm")
N_INNER = 3
USUAL = 10
"""Trials of a whole run."""
_FEW = 1_000  # rows

_Space = dict[str, tuple[float | int, ...]]
_RATES = (0.001, 0.002, 0.005, 0.01, 0.02)
_PENALTIES = (0.0001, 0.0003, 0.001, 0.003, 0.01)
_DROPOUTS = (0.05, 0.1, 0.2, 0.4)


def names() -> tuple[str, ...]:
    """Returns the candidates that can be had here."""
    return (*NETS, *(name for name in BOOSTING if name != "lightgbm" or is_installed(name)))


def search_of(name: str, task: str, n_rows: int, n_trials: int) -> Search:
    """Returns a candidate with its search, alike for all but its space.

    Args:
        name: Of ``NETS`` or ``BOOSTING``.
        task: ``"classification"`` or ``"regression"``.
        n_rows: Of the table: few take more epochs of smaller batches.
        n_trials: On each fold.
    """
    candidate, space = _candidate(name, task, n_rows)
    return Search(name=name, candidate=candidate, space=space, n_trials=n_trials, n_inner=N_INNER)


def comparison_of(name: str, table: Table, task: str) -> Comparison:
    """Returns the declaration by which a table's searches choose, and by which they are scored."""
    dummy = DUMMIES[task]
    return Comparison(
        name=name,
        title=name,
        where="benchmarks",
        data=name,
        splitting=table.splitting,
        candidates=(Baseline(name="dummy", algorithm=dummy),),
        metrics=(table.metric,),
        primary_metric=table.metric,
        positive_class=1 if table.metric == "roc_auc" else None,
    )


def _candidate(name: str, task: str, n_rows: int) -> tuple[Candidate, _Space]:
    epochs, batch_size = (100, 32) if n_rows < _FEW else (40, 128)
    training = Training(epochs=epochs, learning_rate=0.003, batch_size=batch_size, optimizer="adam", schedule="cosine")
    if name == "vote":
        net = DenseNet(
            name="tanh", hidden_units=(30,), activation="tanh", inputs="quantile_normal", training=training, l2=0.001
        )
        vote = Ensemble(name="vote", net=net, n_members=8, column_share=0.5)
        return vote, {"net.l2": _PENALTIES, "net.training.learning_rate": _RATES}
    if name == "piecewise":
        ramps = DenseNet(
            name="ramps",
            hidden_units=(32,),
            activation="relu",
            inputs="piecewise_linear",
            training=training,
            l2=0.001,
            dropout=0.1,
        )
        return ramps, {"l2": _PENALTIES, "training.learning_rate": _RATES, "dropout": _DROPOUTS}
    if name == "tabm":
        decayed = replace(training, optimizer="adamw", weight_decay=0.0003)
        members = TabM(name="tabm", hidden_units=(32, 32), n_members=8, training=decayed, dropout=0.1)
        decays = (0.0001, 0.001, 0.01, 0.1)
        return members, {"training.weight_decay": decays, "training.learning_rate": _RATES, "dropout": _DROPOUTS}
    if name == "real_mlp":
        recipe = replace(RECIPE, epochs=epochs, patience=epochs, batch_size=batch_size)
        mlp = RealMLP(
            name="mlp",
            hidden_units=(64, 64),
            training=recipe,
            activation="selu" if task == "classification" else "mish",
        )
        return mlp, {"training.learning_rate": (0.01, 0.02, 0.04, 0.08, 0.2), "dropout": (0.05, 0.1, 0.15, 0.3, 0.5)}
    return _boosting(name)


def _boosting(name: str) -> tuple[Candidate, _Space]:
    rates, numbers, leaves = (0.01, 0.03, 0.1, 0.2), (50, 100, 200), (4, 8, 16, 31)
    penalties = (0.0, 1.0, 5.0, 20.0)
    if name == "hist_gradient_boosting":
        return Baseline(name="trees", algorithm="hist_gradient_boosting"), {
            "settings.learning_rate": rates,
            "settings.max_iter": numbers,
            "settings.max_leaf_nodes": leaves,
            "settings.l2_regularization": penalties,
        }
    return Baseline(name="trees", algorithm="lightgbm"), {
        "settings.learning_rate": rates,
        "settings.n_estimators": numbers,
        "settings.num_leaves": leaves,
        "settings.reg_lambda": penalties,
        "settings.colsample_bytree": (0.4, 0.7, 1.0),
    }
