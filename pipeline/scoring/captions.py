"""What is told of an interval: how it was made, what it is of, and how often such a one held the truth."""

from collections.abc import Sequence
from dataclasses import dataclass

from experiments.language import Comparison
from pipeline.data.values import Fold

PAGE = "docs/statistics.md"
NEVER = "was not simulated"


@dataclass(frozen=True, kw_only=True)
class Method:
    """A way to an interval.

    Attributes:
        words: How it is made, and whose it is.
        covered: Smallest and largest share of simulated truths that it held, over the problems of ``make coverage``,
            outwards to a percent; ``None`` where that is not known.
        fewer: Where it was seen to hold the truth less often; empty where it was not.
        unknown: Why it is not known how often it holds the truth.
    """

    words: str
    covered: tuple[float, float] | None = None
    fewer: str = ""
    unknown: str = NEVER

    def caption(self, of: str) -> str:
        """Returns what is printed of an interval of something."""
        return f"95 % interval {of}: {self.words}; {self._held()}"

    def _held(self) -> str:
        if self.covered is None:
            return f"how often such intervals hold the truth {self.unknown}"
        least, most = self.covered
        held = f"such intervals held the truth in {100 * least:.0f} to {100 * most:.0f} % of simulated runs"
        return f"{held}{', in fewer ' if self.fewer else ''}{self.fewer} ({PAGE})"

    def agrees(self, share: float) -> bool:
        """Returns whether a share that was counted is within what is told."""
        return self.covered is None or self.covered[0] <= share <= self.covered[1]


SHARES_ACROSS_FOLDS = Method(
    words="Wilson's, for as many rows as the corrected resampled spread over folds is worth (Nadeau & Bengio 2003, "
    "Korn & Graubard 1998)",
    covered=(0.91, 1.0),
)
F1_ACROSS_FOLDS = Method(
    words="Wilson's as of a share, though it is none, for as many rows as the corrected resampled spread over folds is "
    "worth (Nadeau & Bengio 2003, Korn & Graubard 1998), the fewer the lower F1 is",
    covered=(0.94, 1.0),
)
ERROR_TYPES_ACROSS_FOLDS = Method(
    words="Wilson's, for as many rows of the class as the corrected resampled spread over folds is worth (Nadeau & "
    "Bengio 2003, Korn & Graubard 1998), the fewer the fewer of them are found",
    covered=(0.93, 1.0),
)
_CLASSES = "hangs on how many rows are of each class and how folds were dealt: predictions of rows tell, scores do not"
SHARES_BY_SCORES = Method(
    words="Wilson's, for as many rows as the corrected resampled spread over folds is worth, up to all (Nadeau & "
    "Bengio 2003, Korn & Graubard 1998)",
    unknown=f"{_CLASSES} ({PAGE})",
)
SHARES_OF_ALL_ROWS = Method(
    words="Wilson's, for as many rows as the spread of all rows is worth, each a test row equally often (Bayle et al. "
    "2020, Korn & Graubard 1998)",
    covered=(0.94, 0.98),
)
ACROSS_FOLDS = Method(
    words="corrected resampled t over folds (Nadeau & Bengio 2003)",
)
LOSSES_OF_ALL_ROWS = Method(
    words="over the losses of all rows, each a test row equally often (Bayle et al. 2020), its upper bound as if one "
    "more row had been wrongly sure",
    covered=(0.95, 1.0),
)
LOSSES_ACROSS_FOLDS = Method(
    words="the farther bounds of two, corrected resampled t over folds (Nadeau & Bengio 2003) and t over the losses of "
    "rows, each counting as often as it is tested (Kish 1965), its upper bound as if one more row had been wrongly "
    "sure",
    covered=(0.92, 1.0),  # the least of 15 nearest neighbors on 500 rows, of the Brier score; else .94 and more
)
PROPORTION = Method(
    words="Wilson's of a share of rows, lengthened at 0 and 1 (Brown, Cai & DasGupta 2001)",
    covered=(0.93, 1.0),
)
F1_OF_ROWS = Method(
    words="of the rows that are of the class or taken for it, Wilson's of the share that is both, lengthened at 0 and "
    "1 (Brown, Cai & DasGupta 2001) and carried over to F1",
    covered=(0.93, 0.99),
)
MEAN_F1_OF_ROWS = Method(
    words="those of the classes' F1 combined (Zou & Donner 2008)",
    covered=(0.92, 0.96),
)
BALANCED_OF_ROWS = Method(
    words="those of the classes' shares combined (Newcombe 1998)",
    covered=(0.93, 0.99),
)
AUC_OF_ROWS = Method(
    words="Wilson's, for as many rows as DeLong's error is worth (DeLong et al. 1988)",
    covered=(0.96, 1.0),
)
PRECISION_OF_ROWS = Method(
    words="Wilson's, for as many rows as the infinitesimal jackknife's error is worth, at most the rare ones",
    covered=(0.94, 1.0),
)
LOSSES_OF_ROWS = Method(
    words="t over the losses of rows, its upper bound as if one more row had been wrongly sure",
    covered=(0.96, 1.0),
)
_WILD = "where the largest errors are far larger than the others"
_TRAINED = (
    "and farther by how much errors hang on which rows were trained on, where that is known (jackknife over the folds, "
    "Shao & Wu 1989)"
)
ERRORS_OF_ALL_ROWS = Method(
    words="over the errors of all rows, each a test row equally often (Bayle et al. 2020), on the scale of the "
    f"logarithm, its farther bound as if one more row were as wrong as the worst, {_TRAINED}",
    covered=(0.94, 1.0),
)
ERRORS_ACROSS_FOLDS = Method(
    words="the farther bounds of two on the scale of the logarithm, corrected resampled t over folds (Nadeau & Bengio "
    f"2003) and t over the errors of rows, each counting as often as it is tested (Kish 1965), as if one more were as "
    f"wrong as the worst, {_TRAINED}",
    covered=(0.91, 1.0),  # the least of grown trees under t of 3 errors, of the RMSE; else .93 and more
)
MEDIAN_ACROSS_FOLDS = Method(
    words=f"corrected resampled t over folds (Nadeau & Bengio 2003), on the scale of the logarithm, {_TRAINED}",
    covered=(0.95, 1.0),
)
ERRORS_OF_ROWS = Method(
    words="t over the errors of rows, on the scale of the logarithm, its farther bound as if one more row were as "
    "wrong as the worst",
    covered=(0.88, 1.0),
    fewer=_WILD,
)
MEDIAN_OF_ROWS = Method(
    words="two of the errors in order (David & Nagaraja 2003), exact whatever they look like",
    covered=(0.94, 0.98),
)
BETWEEN_0_AND_1 = Method(
    words="Wilson's, for as many rows as the spread over bootstrapped test sets is worth, at most those of the rarest "
    "class",
)
BOOTSTRAPPED = Method(
    words="percentiles of bootstrapped test sets, resampled within classes (Efron & Tibshirani 1993)",
)
STRETCHES = Method(
    words="block bootstrap: test rows redrawn in whole stretches of time (Carlstein 1986), with what neighboring ones "
    "share (Andrews & Monahan 1992) and how blocks differ, t of the degrees that this leaves, between 0 and 1 Wilson's "
    "for as many rows as that is worth",
    covered=(0.95, 1.0),
)
GROUPS = Method(
    words="test rows redrawn in whole groups (Efron & Tibshirani 1993, chapter 8), as wide as by the jackknife "
    "(MacKinnon & White 1985), t of Satterthwaite's degrees, between 0 and 1 Wilson's for as many rows as that is "
    "worth",
    covered=(0.92, 1.0),
)
WEIGHTS = Method(
    words="test rows redrawn, each with its weight (Efron & Tibshirani 1993), as wide as by the jackknife (MacKinnon & "
    "White 1985), t of Satterthwaite's degrees, between 0 and 1 Wilson's for as many rows as that is worth",
    covered=(0.94, 1.0),
)
_TESTED, _F1 = "each counting as often as it is tested", "of F1 and error types the fewer the fewer are found"
_EQUALLY = "of losses, and of accuracy where all are tested equally often,"
FOLDS_OF_GROUPS = Method(
    words="corrected resampled t over folds of whole groups (Nadeau & Bengio 2003), "
    f"{_EQUALLY} the spread of groups (Liang & Zeger 1986), {_TESTED}, between 0 and 1 Wilson's for as many rows as "
    f"that is worth, at most those that the design effect of groups leaves (Kish 1965), {_F1}",
    covered=(0.92, 1.0),
)
FOLDS_WITH_WEIGHTS = Method(
    words="corrected resampled t over folds (Nadeau & Bengio 2003), "
    f"{_EQUALLY} the spread of weighted rows, {_TESTED}, between 0 and 1 Wilson's for as many rows as that is worth, "
    f"at most those that rows of equal weight would be as many as (Kish 1965), {_F1}",
    covered=(0.94, 1.0),
)


def of_procedure(folds: Sequence[Fold], comparison: Comparison) -> str:
    """Returns what an interval over folds is of.

    Stratified folds have the shares of the classes of the whole table: how these vary is not seen by them.
    """
    of = trained_on(*(len(fold.train_rows) / (len(fold.train_rows) + len(fold.test_rows)) for fold in folds))
    return f"{of}, with the same shares of the classes" if comparison.splitting.keeps_shares else of


def trained_on(*shares: float) -> str:
    """Returns what a mean over folds is of: some scores of few test rows, an average precision, differ from many's.

    Args:
        shares: Of the rows, that each fold is trained on; of whole groups they differ.

    Example:
        >>> trained_on(0.62, 0.8, 0.7)
        'of the procedure trained on 62 to 80 % of the rows, over new samples of rows, tested on as many'
    """
    least, most = (f"{100 * share:.0f}" for share in (min(shares), max(shares)))
    told = most if least == most else f"{least} to {most}"
    return f"of the procedure trained on {told} % of the rows, over new samples of rows, tested on as many"


OF_ROWS = "of this trained model, over new test rows"
OF_TIMES = (
    "of models trained on all that was before, over other times like these (corrected t over folds does not hold "
    "where each fold learns from all before it; assumed is that what stretches share decays from one to the next, and "
    "that nothing drifts)"
)

METHODS = (
    SHARES_ACROSS_FOLDS,
    F1_ACROSS_FOLDS,
    ERROR_TYPES_ACROSS_FOLDS,
    SHARES_BY_SCORES,
    SHARES_OF_ALL_ROWS,
    ACROSS_FOLDS,
    LOSSES_OF_ALL_ROWS,
    LOSSES_ACROSS_FOLDS,
    PROPORTION,
    F1_OF_ROWS,
    MEAN_F1_OF_ROWS,
    BALANCED_OF_ROWS,
    AUC_OF_ROWS,
    PRECISION_OF_ROWS,
    LOSSES_OF_ROWS,
    ERRORS_OF_ALL_ROWS,
    ERRORS_ACROSS_FOLDS,
    MEDIAN_ACROSS_FOLDS,
    ERRORS_OF_ROWS,
    MEDIAN_OF_ROWS,
    BETWEEN_0_AND_1,
    BOOTSTRAPPED,
    STRETCHES,
    GROUPS,
    WEIGHTS,
    FOLDS_OF_GROUPS,
    FOLDS_WITH_WEIGHTS,
)


def method_of(caption: str) -> Method:
    """Returns the method that a caption tells of."""
    return next(method for method in METHODS if f": {method.words};" in caption)
