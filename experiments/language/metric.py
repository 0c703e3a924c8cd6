"""Metrics: what each is called, what it means, and what may be done with it. Its formula is the scoring's."""

import math
from types import MappingProxyType
from typing import Literal

from experiments.language.annotation import Unbounded
from experiments.language.declaration import Declaration
from experiments.language.expect import Expect
from models.checks import require_known, require_new

MetricName = str
MetricKind = Literal["share", "mean", "ranking", "loss", "error"]
ShareOf = Literal["all", "positive", "others"]


class Metric(Declaration):
    """All of a metric but its formula, which is the function of its name.

    Attributes:
        name: In declarations, tables and MLflow.
        words: What people call it.
        meaning: What it says of a model, in a few words.
        lower_is_better: Whether it counts errors.
        bounds: The smallest and the largest value; infinite where there is none.
        kind: A ``"share"`` counts rows one by one, so that Wilson's interval holds for it; a ``"mean"`` is taken over
            classes or counts; a ``"ranking"`` compares rows with each other; a ``"loss"`` is a mean over rows; an
            ``"error"`` is of how far predicted numbers are from the true ones.
        tasks: What it judges.
        equivalence: Largest difference that makes no practical difference; infinite where only a share says so.
        equivalence_share: The same as a share of what guessing leaves to be gained, where that is less: a hundredth of
            accuracy is much where the majority class is right in 97 of 100 rows, and an error has a unit.
        needs_positive_class: Whether it is of one class, and has no mean over classes.
        share_of: The rows of which a share is one.
    """

    name: str
    words: str
    meaning: str
    lower_is_better: bool = False
    bounds: tuple[Unbounded, Unbounded] = (0.0, 1.0)
    kind: MetricKind
    tasks: tuple[str, ...] = ("classification",)
    equivalence: Unbounded = 0.01
    equivalence_share: Unbounded = math.inf
    needs_positive_class: bool = False
    share_of: ShareOf = "all"

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        expect.name()
        expect("bounds in order", lambda: self.bounds[0] < self.bounds[1], "Name the smaller one first.", of="bounds")
        expect("one task or more", lambda: bool(self.tasks), "Say what it judges.", of="tasks")
        expect.positive("equivalence", "0.01 is a point of accuracy.")
        expect.positive("equivalence_share", "0.05 is a twentieth of what guessing leaves to be gained.")
        expect(
            "an equivalence, or a share for it",
            lambda: math.isfinite(min(self.equivalence, self.equivalence_share)),
            "Say which difference makes no practical difference.",
            of=("equivalence", "equivalence_share"),
        )
        expect(
            "share_of with a share that needs a positive class",
            lambda: self.share_of == "all" or (self.kind == "share" and self.needs_positive_class),
            "It would have no effect, or no class to speak of.",
            of=("share_of", "kind", "needs_positive_class"),
        )


_METRICS: dict[str, Metric] = {}
METRICS = MappingProxyType(_METRICS)
"""Name -> metric, in the order in which they were registered."""


def register(metric: Metric) -> None:
    """Makes a metric known.

    Raises:
        ValueError: Another one has the name.
    """
    require_new("register", "metric", metric.name, METRICS)
    _METRICS[metric.name] = metric


def metric(name: MetricName) -> Metric:
    """Returns the metric of a name.

    Raises:
        ValueError: There is none; the closest name is told.

    Example:
        >>> metric("roc_auc").words
        'ROC-AUC'
    """
    require_known("metric", "metric", name, METRICS)
    return METRICS[name]


register(
    Metric(
        name="accuracy",
        words="accuracy",
        meaning="share of test rows whose most probable class is the true one",
        kind="share",
        equivalence_share=0.1,
    )
)
register(
    Metric(
        name="balanced_accuracy",
        words="balanced accuracy",
        meaning="mean over classes of the share of the class that was found; 1 over the number of classes without any "
        "skill",
        kind="mean",
    )
)
register(
    Metric(
        name="roc_auc",
        words="ROC-AUC",
        meaning="probability that a row of the class is ranked above a row of the others; 0.5 without any skill",
        kind="ranking",
        equivalence=0.005,
    )
)
register(
    Metric(
        name="average_precision",
        words="average precision",
        meaning="precision averaged over recall, the area under the precision–recall curve; the base rate without any "
        "skill",
        kind="ranking",
        equivalence=0.02,
    )
)
register(
    Metric(
        name="f1",
        words="F1",
        meaning="harmonic mean of precision and recall of the predicted class",
        kind="mean",
        equivalence=0.02,
    )
)
register(
    Metric(
        name="log_loss",
        words="log loss",
        meaning="mean of −log of the probability given to the true class: punishes confident errors",
        lower_is_better=True,
        bounds=(0.0, math.inf),
        kind="loss",
        equivalence=math.inf,
        equivalence_share=0.05,
    )
)
register(
    Metric(
        name="brier_score",
        words="Brier score",
        meaning="mean squared distance of the probabilities from what happened",
        lower_is_better=True,
        bounds=(0.0, 2.0),
        kind="loss",
        equivalence=math.inf,
        equivalence_share=0.05,
    )
)
register(
    Metric(
        name="type_1_error",
        words="type I error",
        meaning="share of the positive class that was missed, numbered as in the bankruptcy literature",
        lower_is_better=True,
        kind="share",
        needs_positive_class=True,
        share_of="positive",
    )
)
register(
    Metric(
        name="type_2_error",
        words="type II error",
        meaning="share of the others that was taken for the positive class",
        lower_is_better=True,
        kind="share",
        needs_positive_class=True,
        share_of="others",
    )
)
register(
    Metric(
        name="r2",
        words="R²",
        meaning="share of the variance of the test rows that the predictions explain; 0 for guessing their mean, below "
        "it for worse",
        bounds=(-math.inf, 1.0),
        kind="error",
        tasks=("regression",),
        equivalence=0.02,
    )
)
for _name, _words, _meaning in (
    ("rmse", "RMSE", "root of the mean squared error, in the unit of the target: large errors count most"),
    ("mae", "MAE", "mean absolute error, in the unit of the target"),
    (
        "median_absolute_error",
        "median absolute error",
        "error that half of the test rows stay below, in the unit of the target: large errors hardly count",
    ),
):
    register(
        Metric(
            name=_name,
            words=_words,
            meaning=_meaning,
            lower_is_better=True,
            bounds=(0.0, math.inf),
            kind="error",
            tasks=("regression",),
            equivalence=math.inf,
            equivalence_share=0.02,
        )
    )
