"""What ``chalktape.compare`` returns: the result, its page and the model, and a leaderboard to look at."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
from markupsafe import escape

from experiments.language.metric import metric
from models.checks import require
from pipeline.comparison.flow import Compared
from pipeline.comparison.verdict import verdict
from pipeline.predict.answers import in_words
from pipeline.scoring.result import Result
from pipeline.scoring.values import Summary
from pipeline.tracking.model import ServedModel, load_model
from pipeline.words.names import heading, title
from pipeline.words.numbers import number

_CELL = "padding:.2em .8em;text-align:right;white-space:nowrap"
_NAME = "padding:.2em .8em;text-align:left;white-space:nowrap"


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcome:
    """What a comparison of a table came to.

    Attributes:
        found: What the comparison left.
        tracking_uri: The store that it lies in.
    """

    found: Compared
    tracking_uri: str

    @property
    def result(self) -> Result:
        """All that was found, as one value that answers questions."""
        return self.found.result

    @property
    def verdict(self) -> str:
        """What may be said of it, in a sentence."""
        return verdict(self.result)

    @property
    def report(self) -> Path | str:
        """The path of the page; of a server's store its address."""
        return self.found.page if "://" in self.found.page else Path(self.found.page)

    @property
    def champion(self) -> str | None:
        """Address of the registered model, as ``models:/churn/1``; ``None`` where none was registered."""
        return self.found.champion

    @property
    def registered(self) -> str:
        """What became of the champion, in sentences: what was registered, or why nothing."""
        return self.found.registration.words()

    @cached_property
    def leaderboard(self) -> pd.DataFrame:
        """A row for each candidate, best first: its family and the mean of each metric, of the first with interval."""
        names = [one for one in self.result.comparison.metrics if one != self.result.primary.name]
        rows = []
        for summary in self.result.ranked:
            own = self.result.of(summary.candidate).summaries
            first = {self.result.primary.name: summary.mean, "low": summary.low, "high": summary.high}
            others = {one: own[one].mean for one in names}
            rows.append({"family": self.result.role(summary.candidate), **first, **others})
        index = pd.Index([one.candidate for one in self.result.ranked], name="candidate")
        return pd.DataFrame(rows, index=index)

    @cached_property
    def _served(self) -> ServedModel:
        assert self.champion is not None
        return load_model(self.champion, self.tracking_uri)

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Returns what the champion says of rows: the columns that ``chalktape predict`` writes.

        Of classes these are ``predicted_class``, ``decision`` where one was asked for, and ``probability_CLASS`` for
        each class; of a number ``prediction``, ``prediction_low`` and ``prediction_high``.

        Args:
            frame: Its columns may stand in any order; others than the model's are ignored.

        Raises:
            ValueError: No model was registered, a column is missing, or a cell is not what its column takes.
        """
        is_there = self.champion is not None
        require(is_there, "predict", "a registered champion", self.registered, champion=self.champion)
        return in_words(self._served, self._served.predict(frame).set_axis(frame.index))

    def __repr__(self) -> str:
        return "\n".join([self.leaderboard.to_string(), self.verdict, self.registered, f"Report: {self.report}"])

    def _repr_html_(self) -> str:
        """A notebook shows the candidates, best first, and under them what may be said of them."""
        below = [self.verdict, self.registered, f"Report: {self.report}"]
        told = "".join(f"<p>{escape(sentence)}</p>" for sentence in below if sentence)
        return f"<h3>{escape(self.result.comparison.title)}</h3><table>{''.join(self._rows())}</table>{told}"

    def _rows(self) -> Iterator[str]:
        """Yields the rows of the table as HTML; the first metric has its interval beside it."""
        primary = self.result.primary
        others = [one for one in self.result.comparison.metrics if one != primary.name]
        titles = [
            heading(words) for words in (primary.words, "95\u00a0% interval", *(metric(one).words for one in others))
        ]
        head = "".join(f'<th style="{_CELL}">{escape(text)}</th>' for text in titles)
        yield f'<tr><th style="{_NAME}">Candidate</th>{head}</tr>'
        for summary in self.result.ranked:
            own = self.result.of(summary.candidate).summaries
            cells = [number(summary.mean), _interval(summary), *(number(own[one].mean) for one in others)]
            told = "".join(f'<td style="{_CELL}">{escape(text)}</td>' for text in cells)
            yield f'<tr><td style="{_NAME}">{escape(title(summary.candidate))}</td>{told}</tr>'


def _interval(summary: Summary) -> str:
    return f"{number(summary.low)} to {number(summary.high)}" if summary.has_interval else number(float("nan"))
