"""What is asked of somebody's scores, and what may be said of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from markupsafe import escape

from experiments.language.metric import METRICS
from pipeline.comparison.verdict import after_the_choice, apart, with_interval
from pipeline.scoring.questions import Pair
from pipeline.scoring.tables import contrasts_table, summaries_table
from pipeline.scoring.values import Contrast, Question, Summary
from pipeline.scoring.winner import Winner
from pipeline.telling.page import render
from pipeline.words.numbers import number, p_value


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
        asked = self._asked()
        if asked is not None:
            pair = f"{asked.reference} and {asked.candidate}"
            sentences.append(f"Asked was about {pair}: {asked.candidate} is {apart(asked)}.")
        found = {one.candidate: one for one in self.contrasts if one.reference == best.candidate}
        told = [found[one.candidate] for one in others if found[one.candidate] != asked]
        sentences += [f"{one.candidate} is {apart(one)}." for one in told]
        n_chosen_from = len(self.ranked) - (self.reference is not None)
        if self.winner is None and n_chosen_from > 1:
            sentences.append(
                f"The best of {n_chosen_from} was chosen by the scores that it is told with, so its mean is too "
                "good: by how much, only predictions of the rows can tell."
            )
        return " ".join(sentences)

    def _asked(self) -> Contrast | None:
        """Returns what was asked before anything was seen, the worse against the better; ``None`` where no pair was."""
        if all(one.question != "exploratory" for one in self.contrasts):
            return None
        better = next(one for one in self.once if one.question == "primary")
        return next(
            one for one in self.contrasts if (one.candidate, one.reference) == (better.reference, better.candidate)
        )

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
        return f"<p>{escape(self.words)}</p>{self.summaries.to_html(index=False)}"


@dataclass(frozen=True, kw_only=True)
class Asked:
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
