"""The values that stages hand to each other: frozen, their arrays read-only.

``eq=False`` throughout: two arrays compare to an array, so a generated ``==`` would raise.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.printed import WorkedExample
from experiments.spec import Candidate
from models.trace import Graph, Trace
from pipeline.calibration import Bins


class _ReadOnlyArrays:
    """Makes every array of a frozen dataclass read-only, without copying data or touching the caller's array."""

    def __post_init__(self) -> None:
        for item in fields(self):  # type: ignore[arg-type]
            value = getattr(self, item.name, None)  # a field that is computed is not there yet
            if isinstance(value, np.ndarray):
                view = value.view()
                view.setflags(write=False)
                object.__setattr__(self, item.name, view)


class Model(Protocol):
    """What every trained candidate can do."""

    def predict_proba(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Returns the probability of each class for raw rows, shape ``(n_samples, n_classes)``."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Dataset(_ReadOnlyArrays):
    """A classification data set as it came, unscaled.

    Attributes:
        name: As experiments call it.
        X: ``(n_samples, n_features)`` float64, or images ``(n_samples, height, width)`` uint8.
        y: ``(n_samples,)`` int64, an index into ``class_names``.
        feature_names: One for each column; empty for images.
        class_names: One for each class.
        source: Where the content came from, for people.
        citation: Whom to cite.
        version: Of the builder that prepared it.
        pixel_maximum: The largest value a pixel can have (images only).
        test_rows: The canonical test rows, where the set comes with some.
    """

    name: str
    X: NDArray[Any]
    y: NDArray[np.int64]
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    source: str
    citation: str
    version: str
    pixel_maximum: int | None = None
    test_rows: NDArray[np.int64] | None = None
    content_sha256: str = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        digest = hashlib.sha256()
        for array in (self.X, self.y):
            digest.update(f"{array.dtype.str}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        object.__setattr__(self, "content_sha256", digest.hexdigest())

    @property
    def n_samples(self) -> int:
        """Rows."""
        return len(self.y)

    @property
    def n_classes(self) -> int:
        """Classes."""
        return len(self.class_names)

    @property
    def is_image(self) -> bool:
        """Whether a row is a picture."""
        return self.X.ndim == 3

    @property
    def class_counts(self) -> dict[str, int]:
        """Rows of each class."""
        counts = np.bincount(self.y, minlength=self.n_classes)
        return dict(zip(self.class_names, counts.tolist(), strict=True))


@dataclass(frozen=True, kw_only=True, eq=False)
class Fold(_ReadOnlyArrays):
    """One division of the rows.

    Attributes:
        index: 0 for the first.
        seed: Of the split and of the nets trained on it.
        train_rows: All rows that may be learned from, in the order of the split.
        test_rows: Rows that are scored once.
    """

    index: int
    seed: int
    train_rows: NDArray[np.int64]
    test_rows: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Settings that were tried inside the training rows of one fold.

    Attributes:
        settings: Path of a field -> value.
        score: Mean of the primary metric over the inner folds; NaN where a net diverged.
        chosen: Whether the fold was then trained with them.
    """

    settings: Mapping[str, Any]
    score: float
    chosen: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Trained:
    """One candidate trained on one fold.

    Attributes:
        candidate: Its declaration.
        fold_index: Which fold.
        seed: Of initial weights, order of rows and the validation rows.
        model: Takes raw rows; everything fitted is inside.
        history: Curves by epoch: ``train_loss`` and, with early stopping, ``validation_loss``. Empty for baselines.
        best_epoch: Index of the epoch whose weights were kept (nets only).
        n_parameters: Trainable numbers (nets only).
        seconds: Wall-clock time of the training, this fold's share where folds were trained together.
        engine: What trained it.
        train_rows: Rows whose gradient was followed.
        validation_rows: Rows taken out of the fold's training rows for early stopping; empty without.
        trials: What a search tried on this fold; empty without.
    """

    candidate: Candidate
    fold_index: int
    seed: int
    model: Model
    history: Mapping[str, NDArray[np.float64]]
    best_epoch: int | None
    n_parameters: int | None
    seconds: float
    engine: str
    train_rows: NDArray[np.int64]
    validation_rows: NDArray[np.int64]
    trials: tuple[Trial, ...] = ()

    @property
    def chosen(self) -> Mapping[str, Any]:
        """The settings that a search chose; empty without."""
        return next((trial.settings for trial in self.trials if trial.chosen), {})


@dataclass(frozen=True, kw_only=True, eq=False)
class Scores(_ReadOnlyArrays):
    """One trained candidate on the test rows of its fold.

    Attributes:
        candidate: Name of the candidate.
        family: ``"net"`` or ``"baseline"``.
        fold_index: Which fold.
        seed: Of the training.
        metrics: Name -> value.
        y_true: ``(n_test,)`` class indices.
        y_proba: ``(n_test, n_classes)`` float64.
        confusion: ``(n_classes, n_classes)`` counts; rows are true classes, columns predicted ones.
    """

    candidate: str
    family: str
    fold_index: int
    seed: int
    metrics: Mapping[str, float]
    y_true: NDArray[np.int64]
    y_proba: NDArray[np.float64]
    confusion: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A metric of a candidate over all folds.

    Attributes:
        candidate: Name of the candidate.
        family: ``"net"`` or ``"baseline"``.
        metric: Which one.
        mean: Over folds.
        low: Lower bound of the 95 % interval.
        high: Upper bound.
        n: Folds.
        method: How the interval was made.
    """

    candidate: str
    family: str
    metric: str
    mean: float
    low: float
    high: float
    n: int
    method: str


Judgment = Literal["better", "practically_equal", "worse", "cannot_say"]


@dataclass(frozen=True, kw_only=True)
class Contrast:
    """A candidate against a reference on the same test rows, in one metric.

    Attributes:
        candidate: Name of the candidate.
        family: Its family, ``"net"`` or ``"baseline"``.
        reference: Whom it is compared with.
        metric: Which one.
        difference: The candidate's score minus the reference's.
        low: Lower bound of the difference's 95 % interval.
        high: Upper bound.
        p_value: Two-sided, of no difference.
        p_holm: The same, corrected for all pairs of candidates in this metric.
        better: Probability that the candidate is better by more than makes no practical difference.
        equal: That there is no practical difference.
        worse: That the candidate is worse.
        judgment: The one of the three that reaches 0.95.
        n: Folds.
        method: How the difference was judged.
    """

    candidate: str
    family: str
    reference: str
    metric: str
    difference: float
    low: float
    high: float
    p_value: float
    p_holm: float
    better: float
    equal: float
    worse: float
    judgment: Judgment
    n: int
    method: str


@dataclass(frozen=True, kw_only=True)
class Ranks:
    """The candidates by their average rank in the primary metric.

    Attributes:
        average: Candidate -> average rank, best first; 1 is the best.
        groups: The largest groups of which the corrected paired test tells no two apart.
        n: Rankings that were averaged.
        over: Of what each is a ranking, in the plural.
    """

    average: Mapping[str, float]
    groups: tuple[tuple[str, ...], ...]
    n: int
    over: str


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A quantity of a candidate over all folds, when decisions are made with its probabilities.

    Attributes:
        candidate: Name of the candidate.
        case: What it belongs to: a rule of decision, a calibration map, a share of the rows, a column.
        quantity: Which one.
        mean: Over folds.
        low: Lower bound of the 95 % corrected interval across folds; NaN with one fold.
        high: Upper bound.
        n: Folds.
    """

    candidate: str
    case: str
    quantity: str
    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Decided:
    """What decisions on the probabilities of the positive class lead to, on test rows.

    Attributes:
        outcomes: By rule of decision: cost, errors, threshold.
        differences: In the cost by the chosen threshold, each net against each baseline.
        calibration: By map: Brier score and its parts, log loss, calibration in the large.
        gains: By share of the rows that is looked at: share of the positive rows found, lift.
        importances: By column: what the primary metric loses when it is shuffled, of the best net and baseline.
        cost_ratios: ``(n_ratios,)`` of ``cost_curves``.
        cost_curves: Candidate -> ``(n_ratios,)``: cost by the threshold chosen for each ratio, as a share of the
            cost of treating all rows alike.
        half_cost_curves: Candidate -> the same by the threshold 0.5.
        gain_shares: ``(n_shares,)`` of ``gain_curves``.
        gain_curves: Candidate -> ``(n_shares,)``: share of the positive rows found.
        reliability: Candidate -> map -> test rows of all folds in groups of similar probability.
        n_close_pairs: Pairs of columns of a rank correlation beyond 0.9; ``None`` for images.
    """

    outcomes: tuple[Estimate, ...]
    differences: tuple[Contrast, ...]
    calibration: tuple[Estimate, ...]
    gains: tuple[Estimate, ...]
    importances: tuple[Estimate, ...]
    cost_ratios: NDArray[np.float64]
    cost_curves: Mapping[str, NDArray[np.float64]]
    half_cost_curves: Mapping[str, NDArray[np.float64]]
    gain_shares: NDArray[np.float64]
    gain_curves: Mapping[str, NDArray[np.float64]]
    reliability: Mapping[str, Mapping[str, Bins]]
    n_close_pairs: int | None


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """A result against an independent way to it: a Newton solution, scikit-learn, Keras, a numeric derivative.

    Attributes:
        what: Which result.
        peer: The other way.
        difference: Largest absolute difference.
        allowed: Largest that counts as agreement.
    """

    what: str
    peer: str
    difference: float
    allowed: float

    @property
    def holds(self) -> bool:
        """Whether the two agree; never with a NaN."""
        return self.difference <= self.allowed


@dataclass(frozen=True, kw_only=True, eq=False)
class Worked:
    """A worked example, worked: every value that is checked or drawn.

    Attributes:
        example: What was declared.
        by_hand: Item -> symbol -> value: a float or an array.
        by_tape: The same from TensorFlow; a symbol is missing where a tape makes no sense.
        traces: Name -> updates with all intermediates.
        graphs: Name -> a computation to draw.
        curves: Name -> ``(n_updates,)`` or ``(n_epochs,)``, for tracking and drawing.
        arrays: Name -> what else is drawn: paths, grids, lines, linkages. Each working module says which.
        tables: Name -> rows to show.
        agreements: With other ways to the same results.
    """

    example: WorkedExample
    by_hand: Mapping[str, Mapping[str, Any]]
    by_tape: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    traces: Mapping[str, Trace] = field(default_factory=dict)
    graphs: Mapping[str, Graph] = field(default_factory=dict)
    curves: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    agreements: tuple[Agreement, ...] = ()

    def __post_init__(self) -> None:
        for array in (*self.curves.values(), *self.arrays.values()):
            array.setflags(write=False)


Verdict = Literal["agrees", "misprint", "given", "not_comparable", "disagrees"]


@dataclass(frozen=True, kw_only=True)
class Check:
    """A row of the ledger: what the lecture prints against what comes out.

    Attributes:
        example: Name of the worked example.
        item: The lecture's example.
        symbol: In the lecture's symbols.
        where: Place in the lecture.
        printed: As printed.
        by_hand: Our values; empty where there are none.
        by_tape: TensorFlow's values; empty where a tape makes no sense.
        verdict: ``"disagrees"`` is a failure; ``"misprint"`` a disagreement that an erratum explains.
        why: For all but plain agreement.
    """

    example: str
    item: str
    symbol: str
    where: str
    printed: str
    by_hand: tuple[float, ...]
    by_tape: tuple[float, ...]
    verdict: Verdict
    why: str
