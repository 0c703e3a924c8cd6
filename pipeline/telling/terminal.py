"""What the terminal shows: a progress bar where there is one to look at, plain lines in a pipe, tables in both."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import accumulate
from math import isnan
from time import monotonic

import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from experiments.language.metric import metric as declared
from pipeline.process import interrupts
from pipeline.process.door import be_readable, leave

_PIPE_WIDTH = 160
_FIRST_WAIT, _LONGEST_WAIT = 10.0, 300.0  # seconds without a word in a pipe
_FIRST = ("disagrees", "MISPRINT")  # of the ledger's verdicts
_LAST = "cannot be recomputed"


class Terminal:
    """Where a run tells what it does.

    Args:
        quiet: Tell nothing but errors.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        be_readable()
        self.console = _Console(quiet=quiet, highlight=False, soft_wrap=True)
        if not self.console.is_terminal:
            self.console.width = _PIPE_WIDTH
        self._errors = Console(stderr=True, highlight=False, soft_wrap=True)

    def say(self, text: str = "") -> None:
        """Prints a line."""
        self.console.print(text, markup=False)

    def complain(self, text: str) -> None:
        """Prints an error, also when quiet."""
        self._errors.print(text, markup=False)

    @contextmanager
    def progress(self, experiment: str, n_candidates: int) -> Iterator["_Lines | _Bar"]:
        """Yields what to tell about each candidate: ``update`` while it trains, ``finish`` when it is done.

        Whoever tells progress can stop there: both raise ``KeyboardInterrupt`` if an end was asked for before.
        """
        if not self.console.is_terminal:
            yield _Lines(self, experiment, n_candidates)
            return
        columns = (
            TextColumn("{task.description}"),
            BarColumn(bar_width=10),
            TimeRemainingColumn(),
            TextColumn("left"),
        )
        with Progress(*columns, console=self.console, transient=True) as bars:
            yield _Bar(bars, experiment, n_candidates)

    def comparison(self, title: str, primary_metric: str, table: pd.DataFrame) -> None:
        """Prints the table: the primary metric with its interval, the others as means; the best of each in bold.

        Where not even the primary metric has room, each candidate is a line of its own: no number is cut.

        Args:
            title: Above the table.
            primary_metric: The first column.
            table: Candidate, metric, mean, low, high: a row for each summary.
        """
        candidates, metrics = table["candidate"].unique(), table["metric"].unique()
        primary_width = max(len(primary_metric) + 7, 21)
        room = self.console.width - max(map(len, candidates)) - primary_width - 2
        others = [metric for metric in metrics if metric != primary_metric]
        if room < 0:
            self._one_by_one(title, primary_metric, _with_intervals(primary_metric, table))
            self.say(f"In the report too: {', '.join(others)}.")
            return
        widths = [max(6, *map(len, metric.split("_"))) + 2 for metric in others]
        shown = [metric for metric, needed in zip(others, accumulate(widths), strict=True) if needed <= room]
        rows = _table(title)
        rows.add_column("candidate", no_wrap=True)
        rows.add_column(f"{primary_metric} [95 %]", no_wrap=True)
        for metric in shown:
            rows.add_column(metric.replace("_", "\n"), justify="right", no_wrap=True)
        columns = [_with_intervals(primary_metric, table), *[_means(metric, table) for metric in shown]]
        for name in candidates:
            rows.add_row(name, *[column[name] for column in columns])
        self.console.print(rows)
        if len(shown) < len(others):
            self.say(f"In the report too: {', '.join(others[len(shown) :])}.")

    def side_by_side(self, title: str, metric: str, runs: Sequence[tuple[str, pd.DataFrame]]) -> None:
        """Prints one metric of several runs, a column for each; the best of each in bold.

        Args:
            title: Above the table.
            metric: Which one.
            runs: Heading and table of each, from left to right; the tables as of `comparison`.
        """
        columns = [_with_intervals(metric, table) for _, table in runs]
        widest = max(len(_plain(text)) for column in columns for text in column.values())
        if max(len(name) for column in columns for name in column) + len(columns) * (widest + 1) > self.console.width:
            for (head, _), column in zip(runs, columns, strict=True):
                self._one_by_one(f"{title}, {head}".replace("\n", ", "), metric, column)
            return
        rows = _table(f"{title}: {metric} [95 %]")
        rows.add_column("candidate", no_wrap=True)
        for head, _ in runs:
            rows.add_column(head)
        for name in dict.fromkeys(name for column in columns for name in column):
            rows.add_row(name, *[column.get(name, "–") for column in columns])
        self.console.print(rows)

    def _one_by_one(self, title: str, metric: str, column: Mapping[str, str]) -> None:
        """Prints a candidate after the other, each between words: no name and no number is broken."""
        self._wrapped(f"{title}: {metric} [95 %]")
        for name, text in column.items():
            self._wrapped(f"{name}: {_plain(text)}")

    def ledger(self, table: pd.DataFrame) -> None:
        """Prints the lecture's ledger: what does not agree first, then every row; no number is broken, at no width.

        Args:
            table: Item, symbol, printed, by_hand, by_tape, by_library, verdict, why; all text.
        """
        for verdict in _FIRST:
            for row in table[table["verdict"] == verdict].itertuples():
                self._wrapped(f"{row.verdict}: {row.item} {row.symbol} {row.printed}. {row.why}")
        heads = ("item", "symbol", "printed", "by hand", "by tape", "by library or R", "verdict")
        columns = table[["item", "symbol", "printed", "by_hand", "by_tape", "by_library", "verdict"]].astype(str)
        rows = list(columns.itertuples(index=False, name=None))
        widths = [_longest_word(texts) for texts in zip(heads, *rows, strict=True)]
        if sum(widths) + len(heads) - 1 <= self.console.width:
            self._ledger_table(heads, widths, rows)
        else:
            for item, symbol, *ways, verdict in rows:
                told = [f"{head} {way}" for head, way in zip(heads[2:6], ways, strict=True) if way]
                self._wrapped("; ".join([f"{item} {symbol}: {verdict}", *told]))
        for row in table[table["verdict"] == _LAST].itertuples():
            self._wrapped(f"{_LAST.capitalize()}: {row.item} {row.symbol} {row.printed}. {row.why}")
        self.say(", ".join(f"{verdict}: {count}" for verdict, count in table["verdict"].value_counts().items()))

    def _ledger_table(self, heads: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[str]]) -> None:
        told = _table("What the lecture prints")
        for head, width in zip(heads, widths, strict=True):
            told.add_column(head, min_width=width)
        for cells in rows:
            told.add_row(*map(Text, cells), style="bold" if cells[-1] in _FIRST else None)
        self.console.print(told)

    def _wrapped(self, text: str) -> None:
        """Prints lines that end between words."""
        for line in textwrap.wrap(text, self.console.width, break_long_words=False, break_on_hyphens=False):
            self.say(line)


class _Console(Console):
    """A console whose reader may go away, as ``head`` does: what is run matters more than what is told of it."""

    def on_broken_pipe(self) -> None:
        """Tells nothing any more."""
        self.quiet = True
        leave()


class _Bar:
    """A bar over all candidates that moves with the epochs of each."""

    def __init__(self, bars: Progress, experiment: str, n_candidates: int) -> None:
        self._bars, self._n_candidates = bars, n_candidates
        self._task = bars.add_task(experiment, total=n_candidates)

    def update(self, position: int, name: str, where: str, share: float) -> None:
        interrupts.check()
        description = f"{position + 1}/{self._n_candidates} {name}: {where}"
        self._bars.update(self._task, description=description, completed=position + share)

    def finish(self, position: int, name: str, how: str) -> None:
        self.update(position, name, how, 1.0)


class _Lines:
    """A line for each candidate when it is done, for pipes and files; where that takes long, one now and then.

    Each of those is waited for twice as long as the one before, up to five minutes: a night's log stays short.
    """

    def __init__(self, terminal: Terminal, experiment: str, n_candidates: int) -> None:
        self._terminal, self._experiment, self._n_candidates = terminal, experiment, n_candidates
        self._said, self._wait = monotonic(), _FIRST_WAIT

    def update(self, position: int, name: str, where: str, share: float) -> None:
        interrupts.check()
        if where and monotonic() - self._said >= self._wait:
            self._say(position, name, where)
            self._wait = min(2 * self._wait, _LONGEST_WAIT)

    def finish(self, position: int, name: str, how: str) -> None:
        interrupts.check()
        self._say(position, name, how)

    def _say(self, position: int, name: str, what: str) -> None:
        place = f" ({position + 1} of {self._n_candidates})" if self._n_candidates > 1 else ""
        self._terminal.say(f"{self._experiment}: {name}{place}, {what}")
        self._said = monotonic()


def _longest_word(texts: Iterable[str]) -> int:
    return max(len(word) for text in texts for word in text.split() or [""])


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)


def _means(metric: str, table: pd.DataFrame) -> dict[str, str]:
    """Returns each candidate's mean of a metric, the best in bold."""
    own = table[table["metric"] == metric]
    best = own["mean"].min() if declared(metric).lower_is_better else own["mean"].max()
    texts = [f"[bold]{mean:.4f}[/bold]" if mean == best else f"{mean:.4f}" for mean in own["mean"]]
    return dict(zip(own["candidate"], texts, strict=True))


def _plain(text: str) -> str:
    """Returns a cell as it is seen."""
    return Text.from_markup(text).plain


def _with_intervals(metric: str, table: pd.DataFrame) -> dict[str, str]:
    """Returns the same with the interval's bounds, where there are some."""
    own = table[table["metric"] == metric]
    bounds = zip(own["candidate"], own["low"], own["high"], strict=True)
    means = _means(metric, table)
    return {
        name: means[name] if isnan(low) or isnan(high) else f"{means[name]} \\[{low:.3f}, {high:.3f}]"
        for name, low, high in bounds
    }
