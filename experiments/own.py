"""The comparison of a table that nobody has declared: what a table of its size and its classes gets."""

import re
from dataclasses import replace

from experiments.language import (
    Baseline,
    Candidate,
    Comparison,
    Decision,
    DenseNet,
    Ensemble,
    Gate,
    Splitting,
    Training,
)
from experiments.language.declaration import Declaration
from experiments.language.expect import Expect

RARE = 0.1  # a class of fewer rows makes accuracy blind, and average precision the better judge
MANY = 100_000  # rows of which one test set is wide enough, and each training dear
FEW = 1_000  # rows of which an epoch has so few updates that a net needs many epochs
SLOW = 20_000  # rows beyond which neighbors and votes are left out

_QUANTILES = "Each column as normal quantiles: long tails and outliers decide no scale."
_TRAINING = Training(epochs=60, learning_rate=0.003, batch_size=128, optimizer="adam", schedule="cosine")
_TRAINING_ON_FEW = replace(_TRAINING, epochs=200, learning_rate=0.01, batch_size=16)
_SIGMOID_30 = DenseNet(
    name="sigmoid_30",
    hidden_units=(30,),
    inputs="quantile_normal",
    training=_TRAINING,
    l2=0.0003,
    reason=f"The lecture's net: one hidden layer of sigmoid neurons. {_QUANTILES}",
    chosen_on="nothing",
)
_TANH_VOTE = Ensemble(
    name="tanh_30_vote",
    net=DenseNet(
        name="tanh_30",
        hidden_units=(30,),
        activation="tanh",
        inputs="quantile_normal",
        training=_TRAINING,
        l2=0.002,
    ),
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
_BOOSTING = Baseline(
    name="gradient_boosting",
    algorithm="hist_gradient_boosting",
    settings={"learning_rate": 0.05, "max_iter": 200},
    reason="The usual winner on tables.",
    chosen_on="nothing",
)


class Own(Declaration):
    """What is known of a table before anything is trained.

    Attributes:
        name: Of the experiment.
        target: The predicted column.
        class_counts: Rows of each class.
        positive_class: Index of the class that is meant, of two.
        metric: That ranks; ``None`` for the usual one.
        cost_ratio: What missing a positive row costs, in false alarms; ``None`` examines no decision unless recall or
            levels are asked for.
        recall: Share of the positive rows that must be found; ``None`` asks for none.
        by: A column for whose levels decisions are told one by one; ``None`` tells them of all rows only.
        group: Column whose rows of one value stay on one side of every split.
        time: Column by which the past is learned from, and what comes next is tested.
        weight: Column of how much each row counts.
        n_groups: Groups that have rows of the class that has rows in the fewest.
    """

    name: str
    target: str
    class_counts: tuple[int, ...]
    positive_class: int | None = None
    metric: str | None = None
    cost_ratio: float | None = None
    recall: float | None = None
    by: str | None = None
    group: str | None = None
    time: str | None = None
    weight: str | None = None
    n_groups: int | None = None

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        expect.name()
        expect("two classes or more", lambda: len(self.class_counts) >= 2, "One cannot be told.", of="class_counts")
        expect(
            "n_groups of 2 or more with a group, and only there",
            lambda: (self.n_groups or 0) >= 2 if self.group is not None else self.n_groups is None,
            "Count them, or take it out.",
            of=("group", "n_groups"),
        )
        expect(
            "two classes for a decision",
            lambda: len(self.class_counts) == 2 or not self.decides,
            "Leave cost_ratio, recall and by out.",
            of=("cost_ratio", "recall", "by"),
        )

    @property
    def n_rows(self) -> int:
        """Rows with a target."""
        return sum(self.class_counts)

    @property
    def decides(self) -> bool:
        """Whether decisions are asked for."""
        return self.cost_ratio is not None or self.recall is not None or self.by is not None

    @property
    def primary_metric(self) -> tuple[str, str]:
        """The metric that ranks, and why."""
        if self.metric is not None:
            return self.metric, "as asked"
        if len(self.class_counts) > 2:
            return "accuracy", f"{len(self.class_counts)} classes"
        if min(self.class_counts) < RARE * self.n_rows:
            return "average_precision", f"one class is under {RARE:.0%} of the rows"
        return "roc_auc", "two classes, none of them rare"

    @property
    def splitting(self) -> tuple[Splitting, str]:
        """How rows become folds, and why."""
        if self.time is not None:
            n_folds = 1 if self.n_rows > MANY else 3 if self.n_rows > SLOW else 5
            why = "what is known by then predicts what comes next, as it will have to"
            return Splitting(kind="forward", time=self.time, group=self.group, n_folds=n_folds), why
        if self.group is not None:
            return self._by_group(self.group)
        if self.n_rows > MANY:
            return Splitting(kind="random", test_share=0.2, n_folds=1), f"more than {MANY:,} rows: one test set is wide"
        if self.n_rows > SLOW:
            return Splitting(kind="stratified_k_fold", n_splits=3, n_folds=3), f"more than {SLOW:,} rows"
        if self.n_rows > FEW:
            return Splitting(kind="stratified_k_fold", n_splits=5, n_folds=5), "every row is a test row once"
        return Splitting(kind="stratified_k_fold", n_splits=5, n_folds=10), "few rows"

    def _by_group(self, group: str) -> tuple[Splitting, str]:
        """Returns how whole groups become folds: into no more parts than the class in the fewest groups has groups."""
        why = "rows of one tell of each other, and new ones are what will be predicted"
        if self.n_rows > MANY:
            return Splitting(kind="random", group=group, test_share=0.2, n_folds=1), why
        wanted = 3 if self.n_rows > SLOW else 5
        n_splits = min(wanted, self.n_groups or wanted)
        if n_splits < wanted:
            why = f"{why}; a class has rows in {n_splits} of them only"
        return Splitting(kind="stratified_k_fold", group=group, n_splits=n_splits, n_folds=n_splits), why


def own_comparison(own: Own) -> Comparison:
    """Returns the comparison of a table: small nets, the usual baselines, and what is asked of their probabilities."""
    nets: tuple[Candidate, ...] = (_SIGMOID_30, _TANH_VOTE)
    baselines: tuple[Candidate, ...] = (_GUESS, _LOGISTIC, _NEIGHBORS, _FOREST, _BOOSTING)
    if own.n_rows <= FEW:
        nets = (
            replace(_SIGMOID_30, training=_TRAINING_ON_FEW),
            replace(_TANH_VOTE, net=replace(_TANH_VOTE.net, training=_TRAINING_ON_FEW)),
        )
    if own.n_rows > SLOW:
        large = replace(_SIGMOID_30, training=replace(_TRAINING, epochs=10, batch_size=1024))
        nets, baselines = (large,), (_GUESS, _LOGISTIC, _FOREST, _BOOSTING)
    told = ""
    if own.weight is not None:
        baselines = tuple(one for one in baselines if one is not _NEIGHBORS)
        told = f" Rows count by {own.weight!r}; k nearest neighbors are left out, since they cannot weigh rows."
    primary, _ = own.primary_metric
    common = ("accuracy", "balanced_accuracy", "f1", "roc_auc", "average_precision", "log_loss", "brier_score")
    splitting, why = own.splitting
    return Comparison(
        name=own.name,
        title=f"{own.target} of {own.n_rows:,} rows",
        where="Your own table",
        data=own.name,
        splitting=splitting,
        candidates=(*nets, *baselines),
        metrics=(primary, *(metric for metric in common if metric != primary)),
        primary_metric=primary,
        positive_class=own.positive_class,
        decision=_decision(own) if own.decides else None,
        gate=Gate(simplest="logistic_regression"),
        notes=f"Candidates and folds are the usual ones for a table of this size ({why}); none was tuned to it.{told}",
    )


def _decision(own: Own) -> Decision:
    ratio = 1.0 if own.cost_ratio is None else own.cost_ratio
    asked = "as asked" if own.cost_ratio is not None else "both errors count the same, since no ratio was given"
    return Decision(
        candidates=("sigmoid_30", "logistic_regression", "gradient_boosting"),
        cost_ratio=ratio,
        recall=own.recall,
        by=own.by,
        reason=f"A missed row costs as much as {ratio:g} false alarms: {asked}.",
    )


def experiment_name(text: str) -> str:
    """Returns a legal name of an experiment for whatever a file is called.

    Example:
        >>> experiment_name("Churn 2024 (final)"), experiment_name("2024")
        ('churn_2024_final', 'table_2024')
    """
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return name if name and not name[0].isdigit() else f"table_{name}".rstrip("_")
