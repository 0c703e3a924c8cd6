"""The comparison of a table that nobody has declared: what a table of its size and its target gets."""

from collections.abc import Sequence
from typing import Literal

from experiments.language import Comparison, Decision, Gate, Splitting
from experiments.language.declaration import Declaration
from experiments.language.expect import Expect
from experiments.usual import FEW, MANY, ON_REQUEST, SLOW, simplest, usual_candidates
from models.checks import closest

RARE = 0.1  # a class of fewer rows makes accuracy blind, and average precision the better judge

_METRICS = {
    "classification": (
        "accuracy",
        "balanced_accuracy",
        "f1",
        "roc_auc",
        "average_precision",
        "log_loss",
        "brier_score",
    ),
    "regression": ("r2", "rmse", "mae", "median_absolute_error"),
}


class Own(Declaration):
    """What is known of a table before anything is trained.

    Attributes:
        name: Of the experiment.
        target: The predicted column.
        class_counts: Rows of each class; empty where a number is predicted.
        n_numbers: Rows with a number where one is predicted; ``None`` of classes.
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
        also: Candidates beside the usual ones, of those that are run on request.
    """

    name: str
    target: str
    class_counts: tuple[int, ...] = ()
    n_numbers: int | None = None
    positive_class: int | None = None
    metric: str | None = None
    cost_ratio: float | None = None
    recall: float | None = None
    by: str | None = None
    group: str | None = None
    time: str | None = None
    weight: str | None = None
    n_groups: int | None = None
    also: tuple[str, ...] = ()

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        expect.name()
        expect(
            "two classes or more, or rows of a number",
            lambda: len(self.class_counts) >= 2 if self.n_numbers is None else not self.class_counts,
            "One cannot be told.",
            of="class_counts",
        )
        expect(
            "candidates on request in also, each once",
            lambda: set(self.also) <= ON_REQUEST.keys() and len(set(self.also)) == len(self.also),
            closest(next((name for name in self.also if name not in ON_REQUEST), ""), ON_REQUEST),
            of="also",
        )
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
        return sum(self.class_counts) if self.n_numbers is None else self.n_numbers

    @property
    def task(self) -> str:
        """What is learned."""
        return "classification" if self.n_numbers is None else "regression"

    @property
    def decides(self) -> bool:
        """Whether decisions are asked for."""
        return self.cost_ratio is not None or self.recall is not None or self.by is not None

    @property
    def left_out(self) -> str:
        """Which of the usual candidates are not run, and why; empty where all are."""
        return "" if self.weight is None else "k nearest neighbors are left out, since they cannot weigh rows"

    @property
    def primary_metric(self) -> tuple[str, str]:
        """The metric that ranks, and why."""
        if self.metric is not None:
            return self.metric, "as asked"
        return ranking_metric(self.class_counts)

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
            return Splitting(kind=self._dealt, n_splits=3, n_folds=3), f"more than {SLOW:,} rows"
        if self.n_rows > FEW:
            return Splitting(kind=self._dealt, n_splits=5, n_folds=5), "every row is a test row once"
        return Splitting(kind=self._dealt, n_splits=5, n_folds=10), "few rows"

    @property
    def _dealt(self) -> Literal["stratified_k_fold", "k_fold"]:
        """How rows are dealt out to parts: in the shares of the classes, or all alike."""
        return "stratified_k_fold" if self.n_numbers is None else "k_fold"

    def _by_group(self, group: str) -> tuple[Splitting, str]:
        """Returns how whole groups become folds: into no more parts than there are groups, of each class."""
        why = "rows of one tell of each other, and new ones are what will be predicted"
        if self.n_rows > MANY:
            return Splitting(kind="random", group=group, test_share=0.2, n_folds=1), why
        wanted = 3 if self.n_rows > SLOW else 5
        n_splits = min(wanted, self.n_groups or wanted)
        if n_splits < wanted:
            few = "a class has rows in" if self.n_numbers is None else "there are"
            why = f"{why}; {few} {n_splits} of them only"
        return Splitting(kind=self._dealt, group=group, n_splits=n_splits, n_folds=n_splits), why


def ranking_metric(class_counts: Sequence[int]) -> tuple[str, str]:
    """Returns the metric by which candidates are ranked where nobody asked for one, and why.

    Args:
        class_counts: Rows of each class; none where the target is a number.

    Example:
        >>> ranking_metric([357, 212])
        ('roc_auc', 'two classes, none of them rare')
    """
    if not class_counts:
        return "r2", "a share of what there is to explain, whatever the unit"
    rarest = min(class_counts) / sum(class_counts)
    two = len(class_counts) == 2
    if rarest < RARE:
        why = f"a class is rare, {100 * rarest:.1f} % of the rows"
        return ("average_precision" if two else "balanced_accuracy"), why
    metric, many = ("roc_auc", "two") if two else ("accuracy", "more than two")
    return metric, f"{many} classes, none of them rare"


def own_comparison(own: Own) -> Comparison:
    """Returns the comparison of a table: small nets, the usual baselines, and what is asked of what they say."""
    told = ""
    if own.task == "regression":
        told = " Nets of numbers took their settings from generated tables and scikit-learn's diabetes."
    if own.weight is not None:
        told += f" Rows count by {own.weight!r}; {own.left_out}."
    primary, _ = own.primary_metric
    splitting, why = own.splitting
    return Comparison(
        name=own.name,
        title=f"{own.target} of {own.n_rows:,} rows",
        where="Your own table",
        data=own.name,
        splitting=splitting,
        candidates=usual_candidates(own.task, own.n_rows, weighed=own.weight is not None, also=own.also),
        metrics=(primary, *(metric for metric in _METRICS[own.task] if metric != primary)),
        primary_metric=primary,
        positive_class=own.positive_class,
        decision=_decision(own) if own.decides else None,
        gate=Gate(simplest=simplest(own.task)),
        notes=f"Declared are the usual candidates and folds for a table of this size ({why}); none was tuned to it."
        f"{told}",
    )


def _decision(own: Own) -> Decision:
    ratio = 1.0 if own.cost_ratio is None else own.cost_ratio
    asked = "as asked" if own.cost_ratio is not None else "both errors count the same, since no ratio was given"
    return Decision(
        candidates=("sigmoid_30", "logistic_regression", "gradient_boosting"),
        cost_ratio=ratio,
        recall=own.recall,
        by=own.by,
        reason=f"A missed row costs as much as {ratio:g} false alarm{'' if ratio == 1 else 's'}: {asked}.",
    )
