"""What may be said of anybody's scores: means with intervals, differences with tests, and the words for both."""

from math import inf, isfinite
from numbers import Real

import pandas as pd

from experiments.language.metric import METRICS
from models.checks import nearest, require, require_known
from pipeline.judged.answer import Asked, Judged
from pipeline.judged.given import OWNER, fold_scores, is_of_predictions, predictions
from pipeline.judged.of_predictions import of_predictions
from pipeline.judged.of_scores import of_scores


def judge(
    table: pd.DataFrame,
    n_train: int | None = None,
    n_test: int | None = None,
    *,
    metric: str | None = None,
    lower_is_better: bool | None = None,
    bounds: tuple[float, float] | None = None,
    reference: str | None = None,
    primary: tuple[str, str] | None = None,
    equivalence: float | None = None,
) -> Judged:
    """Judges the scores of candidates on the same folds, whoever trained them.

    Args:
        table: Scores: candidate, fold, value, a row for each. Or predictions of rows that were not trained on:
            candidate, fold, row, truth and ``probability_<class>`` for each class; these tell more.
        n_train: Training rows of a fold; of predictions, by default, all rows but the fold's own.
        n_test: Test rows of a fold; predictions tell it.
        metric: Of predictions, one of ours: by default ``"roc_auc"`` of the second of two classes, else
            ``"accuracy"``. Of scores what they are called; one of ours also tells bounds and which way is better.
        lower_is_better: Whether the scores count errors; needed where they are called otherwise than our metrics.
        bounds: Smallest and largest possible value of scores: by default the metric's, else 0 and 1, or no bound above
            0 of errors. Scores in per cent have (0, 100).
        reference: The candidate that only guesses; predictions have one without.
        primary: Two candidates whose difference is what was asked before anything was seen: it is tested alone.
        equivalence: Largest difference that makes no practical difference; by default 0.01 of scores, 1 of such in per
            cent, and what the metric says of itself of predictions.

    Raises:
        ValueError: A table that is neither, with something missing, twice or impossible; an unknown name.

    Example:
        >>> table = pd.DataFrame({"candidate": ["a"] * 5 + ["b"] * 5, "fold": [*range(5)] * 2,
        ...     "value": [0.91, 0.93, 0.92, 0.94, 0.9, 0.71, 0.74, 0.7, 0.73, 0.72]})
        >>> print(judge(table, 400, 100).words.replace(chr(160), " ")[:95])
        By score, a is best: 0.9200 (95 % interval 0.8856 to 0.9447). b is 0.2000 lower (95 % interval
    """
    remedy = "Read it first, as by pandas.read_csv."
    require(isinstance(table, pd.DataFrame), OWNER, "a frame", remedy, table=type(table).__name__)
    expected = "a positive equivalence"
    require(equivalence is None or equivalence > 0, OWNER, expected, "0.01 is a usual one.", equivalence=equivalence)
    if "value" in table or not is_of_predictions(table):
        ours = METRICS.get(metric or "")
        lower = _is_lower_better(metric, lower_is_better)
        limits = bounds or (ours.bounds if ours else (0.0, inf) if lower else (0.0, 1.0))
        given = fold_scores(table, limits)
        _require_names(given.names, reference, primary)
        for told, rows in (("n_train", n_train), ("n_test", n_test)):
            _require_whole(told, rows, "Folds share rows: by how much they hang together depends on it.")
        asked = Asked(
            metric=metric or "score",
            lower_is_better=lower,
            reference=reference,
            primary=primary,
            equivalence=equivalence,
        )
        return of_scores(given, asked, limits, {"n_train": int(n_train or 0), "n_test": int(n_test or 0)})
    given_in_vain = {"lower_is_better": lower_is_better, "bounds": bounds, "n_test": n_test}
    vain = [name for name, value in given_in_vain.items() if value is not None]
    require(not vain, OWNER, "of predictions nothing that they tell themselves", "Take them out.", options=vain)
    if n_train is not None:
        _require_whole("n_train", n_train, "Leave it out where a fold was trained on all other rows.")
    said = predictions(table)
    _require_names(said.names, reference, primary)
    name = metric or ("roc_auc" if len(said.classes) == 2 else "accuracy")
    require_known(OWNER, "metric", name, [one for one, each in METRICS.items() if "classification" in each.tasks])
    suits = len(said.classes) == 2 or not METRICS[name].needs_positive_class
    remedy = "Of more none is the positive one: choose another metric."
    require(suits, OWNER, f"two classes for {name}", remedy, classes=said.classes)
    asked = Asked(
        metric=name,
        lower_is_better=METRICS[name].lower_is_better,
        reference=reference,
        primary=primary,
        equivalence=equivalence,
    )
    return of_predictions(said, asked, n_train)


def _is_lower_better(metric: str | None, said: bool | None) -> bool:
    """Returns which way scores are better: as our metric of that name has it, else as somebody says.

    Raises:
        ValueError: Nobody says so of a name that is none of ours, or says otherwise than ours has it.
    """
    ours = METRICS.get(metric or "")
    if ours is None:
        meant = nearest(metric or "", METRICS)
        meant = f" Or did you mean {meant!r}?" if meant else ""
        remedy = f"Whether the highest or the lowest is best is not guessed from a name.{meant}"
        told = metric is None or said is not None
        require(told, OWNER, "lower_is_better with a metric that is none of ours", remedy, metric=metric)
        return bool(said)
    remedy = "Leave it out, or call the scores otherwise."
    same, expected = said in (None, ours.lower_is_better), f"lower_is_better of {metric}, {ours.lower_is_better}"
    require(same, OWNER, expected, remedy, lower_is_better=said)
    return ours.lower_is_better


def _require_whole(name: str, rows: int | None, remedy: str) -> None:
    whole = isinstance(rows, Real) and isfinite(rows) and rows == int(rows) and rows > 0
    require(whole, OWNER, f"{name}, the rows of a fold, a whole number", remedy, **{name: rows})


def _require_names(names: tuple[str, ...], reference: str | None, primary: tuple[str, str] | None) -> None:
    for name in (*(() if reference is None else (reference,)), *(primary or ())):
        require_known(OWNER, "candidate", name, names)
    two = primary is None or (len(set(primary)) == 2 and reference not in primary)
    require(two, OWNER, "two candidates that look at the inputs as primary", "Name two.", primary=primary)
