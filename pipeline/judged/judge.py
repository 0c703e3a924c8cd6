"""What may be said of anybody's scores: means with intervals, differences with tests, and the words for both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from math import inf

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.language import Baseline, Comparison, DenseNet, Splitting, Training
from experiments.language.metric import METRICS
from models.checks import require, require_known
from pipeline.comparison.verdict import after_the_choice, apart, with_interval
from pipeline.data.values import Fold
from pipeline.judged.given import OWNER, FoldScores, Predictions, fold_scores, predictions
from pipeline.scoring import captions
from pipeline.scoring.compare import compare
from pipeline.scoring.contrasts import PAIRED_FOLDS, contrast
from pipeline.scoring.judgment import covariance_over_folds
from pipeline.scoring.metrics import confusion, score
from pipeline.scoring.questions import Pair, Tested, answered
from pipeline.scoring.significance import corrected_difference, corrected_interval, corrected_share_interval
from pipeline.scoring.tables import contrasts_table, summaries_table
from pipeline.scoring.values import Contrast, Question, Scores, Summary
from pipeline.scoring.winner import Winner, winner
from pipeline.telling.page import render
from pipeline.words.numbers import number, p_value

_GUESS = "guessing"


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What may be said of some candidates' scores.

    Attributes:
        metric: What they were scored by, in words.
        lower_is_better: Whether it counts errors.
        ranked: Mean and interval of each, best first.
        contrasts: Every two of them, both ways round.
        winner: The best, corrected for the choice; ``None`` where only scores are known, not predictions.
        reference: Who only guesses; ``None`` where nobody does.
    """

    metric: str
    lower_is_better: bool
    ranked: tuple[Summary, ...]
    contrasts: tuple[Contrast, ...]
    winner: Winner | None
    reference: str | None = None

    @property
    def summaries(self) -> pd.DataFrame:
        """Candidate, metric, mean, low, high, n."""
        return summaries_table(self.ranked)

    @property
    def differences(self) -> pd.DataFrame:
        """Candidate, reference, difference with interval, p-values, probabilities and word."""
        return contrasts_table(self.contrasts)

    @property
    def words(self) -> str:
        """What may be said, a sentence each."""
        best, *others = self.ranked
        won = self.winner if self.winner is not None and self.winner.candidate == best.candidate else None
        sentences = [f"By {self.metric}, {best.candidate} is best: {with_interval(best)}{after_the_choice(won)}."]
        sentences += self._answer()
        found = {one.candidate: one for one in self.contrasts if one.reference == best.candidate}
        sentences += [f"{one.candidate} is {apart(found[one.candidate])}." for one in others]
        n_chosen_from = len(self.ranked) - (self.reference is not None)
        if self.winner is None and n_chosen_from > 1:
            sentences.append(
                f"The best of {n_chosen_from} was chosen by the scores that it is told with, so its mean is too "
                "good: by how much, only predictions of the rows can tell."
            )
        return " ".join(sentences)

    def _answer(self) -> list[str]:
        """Answers what was asked before anything was seen, where a pair was."""
        if all(one.question != "exploratory" for one in self.contrasts):
            return []
        better = next(one for one in self.once if one.question == "primary")
        worse = next(
            one for one in self.contrasts if (one.candidate, one.reference) == (better.reference, better.candidate)
        )
        return [f"Asked was about {better.candidate} and {worse.candidate}: {worse.candidate} is {apart(worse)}."]

    @property
    def page(self) -> str:
        """The same as one HTML page that loads nothing from elsewhere."""
        return render("judged.html", judged=self, number=number, p_value=p_value)

    @property
    def once(self) -> tuple[Contrast, ...]:
        """Every two candidates once, the better one first."""
        order = [one.candidate for one in self.ranked]
        return tuple(one for one in self.contrasts if order.index(one.candidate) < order.index(one.reference))

    @property
    def methods(self) -> tuple[str, ...]:
        """How intervals and differences were come by."""
        return tuple(dict.fromkeys([one.method for one in self.ranked] + [one.method for one in self.contrasts]))

    def _repr_html_(self) -> str:
        """The words and the table, for a notebook."""
        return f"<p>{self.words}</p>{self.summaries.to_html(index=False)}"


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What somebody asks of the table.

    Attributes:
        metric: What the scores are.
        lower_is_better: Whether they count errors.
        reference: Who only guesses.
        primary: Two candidates that the question is about.
        equivalence: Largest difference that makes no practical difference.
    """

    metric: str
    lower_is_better: bool
    reference: str | None
    primary: tuple[str, str] | None
    equivalence: float | None

    def question_of(self, pair: Pair) -> Question:
        """Returns what the difference of two candidates is asked for."""
        if self.reference in pair:
            return "guess"
        return "primary" if self.primary is None or set(pair) == set(self.primary) else "exploratory"

    def judged(
        self,
        summaries: Sequence[Summary],
        contrasts: Sequence[Contrast],
        won: Winner | None = None,
        guess: str | None = None,
    ) -> Judged:
        """Returns the answer."""
        sign = 1 if self.lower_is_better else -1
        words = METRICS[self.metric].words if self.metric in METRICS else self.metric
        return Judged(
            metric=words,
            lower_is_better=self.lower_is_better,
            ranked=tuple(sorted(summaries, key=lambda one: sign * one.mean)),
            contrasts=tuple(contrasts),
            winner=won,
            reference=guess or self.reference,
        )


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
        lower_is_better: Whether the scores count errors, where no metric of ours tells it.
        bounds: Smallest and largest possible value of scores: by default the metric's, else 0 and 1, or no bound above
            0 of errors.
        reference: The candidate that only guesses; predictions have one without.
        primary: Two candidates whose difference is what was asked before anything was seen: it is tested alone.
        equivalence: Largest difference that makes no practical difference; by default 0.01 of scores, and what the
            metric says of itself of predictions.

    Raises:
        ValueError: A table that is neither, with something missing, twice or impossible; an unknown name.

    Example:
        >>> table = pd.DataFrame({"candidate": ["a"] * 5 + ["b"] * 5, "fold": [*range(5)] * 2,
        ...     "value": [0.91, 0.93, 0.92, 0.94, 0.9, 0.71, 0.74, 0.7, 0.73, 0.72]})
        >>> print(judge(table, 400, 100).words.replace(chr(160), " ")[:95])
        By score, a is best: 0.9200 (95 % interval 0.8856 to 0.9447). b is 0.2000 lower (95 % interval
    """
    expected = "a positive equivalence"
    require(equivalence is None or equivalence > 0, OWNER, expected, "0.01 is a usual one.", equivalence=equivalence)
    if "value" in table:
        ours = METRICS.get(metric or "")
        lower = ours.lower_is_better if lower_is_better is None and ours else bool(lower_is_better)
        limits = bounds or (ours.bounds if ours else (0.0, inf) if lower else (0.0, 1.0))
        given = fold_scores(table, limits)
        _require_names(given.names, reference, primary)
        for told, rows in (("n_train", n_train), ("n_test", n_test)):
            _require_whole(told, rows, "Folds share rows: by how much they hang together depends on it.")
        asked = _Asked(
            metric=metric or "score",
            lower_is_better=lower,
            reference=reference,
            primary=primary,
            equivalence=equivalence,
        )
        return _of_scores(given, asked, limits, {"n_train": int(n_train or 0), "n_test": int(n_test or 0)})
    given_in_vain = {"lower_is_better": lower_is_better, "bounds": bounds, "n_test": n_test}
    vain = [name for name, value in given_in_vain.items() if value is not None]
    require(not vain, OWNER, "of predictions nothing that they tell themselves", "Take them out.", options=vain)
    if n_train is not None:
        _require_whole("n_train", n_train, "Leave it out where a fold was trained on all other rows.")
    said = predictions(table)
    _require_names(said.names, reference, primary)
    name = metric or ("roc_auc" if len(said.classes) == 2 else "accuracy")
    require_known(OWNER, "metric", name, METRICS)
    asked = _Asked(
        metric=name,
        lower_is_better=METRICS[name].lower_is_better,
        reference=reference,
        primary=primary,
        equivalence=equivalence,
    )
    return _of_predictions(said, asked, n_train)


def _require_whole(name: str, rows: int | None, remedy: str) -> None:
    whole = rows is not None and rows == int(rows) and rows > 0
    require(whole, OWNER, f"{name}, the rows of a fold, a whole number", remedy, **{name: rows})


def _require_names(names: tuple[str, ...], reference: str | None, primary: tuple[str, str] | None) -> None:
    for name in (*(() if reference is None else (reference,)), *(primary or ())):
        require_known(OWNER, "candidate", name, names)
    two = primary is None or (len(set(primary)) == 2 and reference not in primary)
    require(two, OWNER, "two candidates that look at the inputs as primary", "Name two.", primary=primary)


def _of_scores(given: FoldScores, asked: _Asked, bounds: tuple[float, float], sizes: Mapping[str, int]) -> Judged:
    shares, values = bounds == (0.0, 1.0), dict(zip(given.names, given.values.T, strict=True))
    n_rows, n_folds = sum(sizes.values()), len(given.values)
    test = partial(
        corrected_difference,
        n_train=sizes["n_train"],
        n_test=sizes["n_test"],
        n_rows=n_rows if shares else inf,
        equivalence=0.01 if asked.equivalence is None else asked.equivalence,
    )
    tested = Tested(
        metric=asked.metric,
        lower_is_better=asked.lower_is_better,
        range=bounds[1] - bounds[0],
        differences={(one, other): test(values[one] - values[other]) for one, other in combinations(given.names, 2)},
        covariance=covariance_over_folds(given.values),
        degrees=n_folds - 1,
        n=n_folds,
        method=PAIRED_FOLDS,
    )
    interval_of = corrected_share_interval if shares else corrected_interval
    share = 100 * sizes["n_train"] / n_rows
    method = (captions.SHARES_ACROSS_FOLDS if shares else captions.ACROSS_FOLDS).caption(
        f"of the procedure trained on {share:.0f} % of the rows, over new samples of rows"
    )
    summaries = [
        Summary(
            candidate=name,
            family="",
            metric=asked.metric,
            mean=found.mean,
            low=max(found.low, bounds[0]),
            high=min(found.high, bounds[1]),
            n=n_folds,
            method=method,
        )
        for name, own in values.items()
        if (found := interval_of(own, **sizes))
    ]
    families = dict.fromkeys(given.names, "")
    contrasts = answered(tested, families, asked.question_of, asked.reference) if len(families) > 1 else []
    return asked.judged(summaries, contrasts)


def _of_predictions(said: Predictions, asked: _Asked, n_train: int | None) -> Judged:
    """Scores the predictions by a metric of ours, beside a candidate that only guesses."""
    guess = asked.reference or _GUESS
    require(
        guess == asked.reference or guess not in said.names, OWNER, f"no candidate {_GUESS!r}", "Name it as reference."
    )
    named = {f"c{place}": name for place, name in enumerate((*said.names, *(() if asked.reference else (guess,))))}
    own = {name: short for short, name in named.items()}
    positive_class = 1 if len(said.classes) == 2 else None
    comparison = _compared(named, guess, asked, positive_class)
    folds = tuple(_fold(said, index, rows, n_train) for index, rows in enumerate(said.folds))
    scores = [
        _scored(own[name], said.truths[fold.test_rows], y_proba, fold, comparison)
        for name in own
        for fold, y_proba in zip(folds, said.probabilities.get(name) or _guessed(said), strict=True)
    ]
    summaries = compare(scores, folds, comparison)
    won = winner(scores, folds, comparison, summaries)
    return asked.judged(
        [replace(one, candidate=named[one.candidate]) for one in summaries],
        [
            replace(one, candidate=named[one.candidate], reference=named[one.reference])
            for one in contrast(scores, folds, comparison)
        ],
        None if won is None else replace(won, candidate=named[won.candidate]),
        guess,
    )


def _compared(named: Mapping[str, str], guess: str, asked: _Asked, positive_class: int | None) -> Comparison:
    """Returns a declaration under which somebody's candidates can be compared; nothing of it is trained.

    A declared question is of a net and a baseline: the first of the two is called a net for its sake.
    """
    net = None if asked.primary is None else asked.primary[0]
    training = Training(epochs=1, learning_rate=1.0)
    short = {name: own for own, name in named.items()}
    return Comparison(
        name="judged",
        title="Judged",
        where="",
        data="judged",
        splitting=Splitting(),
        candidates=tuple(
            DenseNet(name=own, hidden_units=(1,), training=training)
            if name == net
            else Baseline(name=own, algorithm="majority_class" if name == guess else "decision_tree")
            for own, name in named.items()
        ),
        metrics=(asked.metric,),
        primary_metric=asked.metric,
        positive_class=positive_class,
        primary=None if asked.primary is None else (short[asked.primary[0]], short[asked.primary[1]]),
        practical_equivalence=asked.equivalence,
    )


def _fold(said: Predictions, index: int, rows: NDArray[np.int64], n_train: int | None) -> Fold:
    """Returns a fold; which rows were trained on is not known, only how many, and by default all others."""
    others = np.setdiff1d(np.arange(len(said.truths)), rows)
    if n_train is not None:
        others = np.resize(others if len(others) else rows, n_train)
    return Fold(index=index, seed=0, train_rows=others, test_rows=rows)


def _guessed(said: Predictions) -> list[NDArray[np.float64]]:
    """Returns, for each fold, the shares of the classes among all other rows, of a single fold among its own."""
    found = []
    for rows in said.folds:
        others = np.setdiff1d(np.arange(len(said.truths)), rows)
        counts = np.bincount(said.truths[others if len(others) else rows], minlength=len(said.classes))
        found.append(np.tile(counts / counts.sum(), (len(rows), 1)))
    return found


def _scored(
    name: str, y_true: NDArray[np.int64], y_proba: NDArray[np.float64], fold: Fold, comparison: Comparison
) -> Scores:
    return Scores(
        candidate=name,
        family="",
        fold_index=fold.index,
        seed=fold.seed,
        metrics={one: score(one, y_true, y_proba, comparison.positive_class) for one in comparison.metrics},
        y_true=y_true,
        predicted=y_proba,
        confusion=confusion(y_true, y_proba),
    )
