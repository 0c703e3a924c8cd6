"""The comparison of images that nobody has declared: what as many images of their size get."""

from experiments.language import Comparison, Decision, Gate, Splitting
from experiments.language.declaration import Declaration
from experiments.language.expect import Expect
from experiments.own import ranking_metric
from experiments.usual_images import FEW, MANY, simplest_of_images, usual_image_candidates

_METRICS = ("accuracy", "balanced_accuracy", "f1", "roc_auc", "average_precision", "log_loss", "brier_score")
_RARE = 0.5  # of an equal share


class OwnImages(Declaration):
    """What is known of images before anything is trained.

    Attributes:
        name: Of the experiment.
        shape: Of an image, ``(height, width)`` or ``(height, width, 3)``.
        class_counts: Images of each class.
        canonical: Whether they come with test rows.
        positive_class: Index of the class that is meant, of two.
        metric: That ranks; ``None`` for the usual one.
        flips: Whether left and right may be exchanged without changing a class.
        cost_ratio: What missing an image of the positive class costs, in false alarms; ``None`` examines no decision
            unless recall is asked for.
        recall: Share of the images of the positive class that must be found; ``None`` asks for none.
    """

    name: str
    shape: tuple[int, ...]
    class_counts: tuple[int, ...]
    canonical: bool = False
    positive_class: int | None = None
    metric: str | None = None
    flips: bool = False
    cost_ratio: float | None = None
    recall: float | None = None

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        expect.name()
        expect("two classes or more", lambda: len(self.class_counts) >= 2, "One cannot be told.", of="class_counts")
        expect(
            "two classes for a decision",
            lambda: len(self.class_counts) == 2 or not self.decides,
            "Leave cost_ratio and recall out.",
            of=("cost_ratio", "recall"),
        )

    @property
    def n_images(self) -> int:
        """All of them."""
        return sum(self.class_counts)

    @property
    def decides(self) -> bool:
        """Whether decisions are asked for."""
        return self.cost_ratio is not None or self.recall is not None

    @property
    def primary_metric(self) -> tuple[str, str]:
        """The metric that ranks, and why."""
        if self.metric is not None:
            return self.metric, "as asked"
        if len(self.class_counts) == 2:
            return ranking_metric(self.class_counts)
        rarest = min(self.class_counts) * len(self.class_counts) / self.n_images
        if rarest < _RARE:
            return "balanced_accuracy", f"a class has {100 * rarest:.0f} % of the images that an equal share would be"
        return "accuracy", "more than two classes, none of them rare"

    @property
    def splitting(self) -> tuple[Splitting, str]:
        """How rows become folds, and why."""
        if self.canonical:
            return Splitting(kind="canonical", n_folds=1), "as the set comes"
        if self.n_images > MANY:
            why = f"more than {MANY:,} images: one test set is wide"
            return Splitting(kind="random", stratified=True, test_share=0.2, n_folds=1), why
        why = "few images" if self.n_images <= FEW else "every image is a test row once"
        return Splitting(kind="stratified_k_fold", n_splits=5, n_folds=5), why


def own_images_comparison(own: OwnImages) -> Comparison:
    """Returns the comparison of images: a dense net, conv nets, and the usual baselines on pixels."""
    primary, _ = own.primary_metric
    splitting, _ = own.splitting
    height, width = own.shape[:2]
    return Comparison(
        name=own.name,
        title=f"{own.n_images:,} images of {height} by {width} pixels",
        where="Your own images",
        data=own.name,
        splitting=splitting,
        candidates=usual_image_candidates(own.shape, own.n_images, flips=own.flips),
        metrics=(primary, *(metric for metric in _METRICS if metric != primary)),
        primary_metric=primary,
        positive_class=own.positive_class,
        decision=_decision(own) if own.decides else None,
        gate=Gate(simplest=simplest_of_images()),
        notes=f"Candidates are the usual ones for images of this size and number, none tuned to them. {_dealt(own)}",
    )


def _dealt(own: OwnImages) -> str:
    """Returns a sentence on why rows are divided as they are."""
    if own.canonical:
        return "The images that are tested came as such."
    return f"Folds are the usual ones, too ({own.splitting[1]})."


def _decision(own: OwnImages) -> Decision:
    ratio = 1.0 if own.cost_ratio is None else own.cost_ratio
    asked = "as asked" if own.cost_ratio is not None else "both errors count the same, since no ratio was given"
    return Decision(
        candidates=("sigmoid_30", "logistic_regression", "random_forest"),
        cost_ratio=ratio,
        recall=own.recall,
        reason=f"A missed image costs as much as {ratio:g} false alarm{'' if ratio == 1 else 's'}: {asked}.",
    )
