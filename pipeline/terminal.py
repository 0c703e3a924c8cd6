"""What the terminal shows: a progress bar where there is one to look at, plain lines in a pipe, tables in both."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import accumulate
from typing import Any

import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from experiments.spec import LOWER_IS_BETTER, Comparison
from pipeline.values import Summary

_PIPE_WIDTH = 160
_NOTABLE = {"not comparable": "Not comparable", "MISPRINT": "Misprint", "disagrees": "Disagrees"}


class Terminal:
    """Where a run tells what it does.

    Args:
        quiet: Tell nothing but errors.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self.console = Console(quiet=quiet, highlight=False, soft_wrap=True)
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
        """Yields what to tell about each candidate: ``update`` while it trains, ``finish`` when it is done."""
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

    def comparison(self, comparison: Comparison, summaries: Sequence[Summary]) -> None:
        """Prints the table: the primary metric with its interval, the others as means; the best of each in bold."""
        width = max(len(item.name) for item in comparison.candidates)
        primary_width = max(len(comparison.primary_metric) + 7, 21)
        room = self.console.width - width - primary_width - 2
        others = [metric for metric in comparison.metrics if metric != comparison.primary_metric]
        widths = [max(6, *map(len, metric.split("_"))) + 2 for metric in others]
        shown = [metric for metric, needed in zip(others, accumulate(widths), strict=True) if needed <= room]
        table = Table(title=comparison.title, title_justify="left", title_style="bold", box=None, pad_edge=False)
        table.add_column("candidate", no_wrap=True)
        table.add_column(f"{comparison.primary_metric} [95 %]", no_wrap=True)
        for metric in shown:
            table.add_column(metric.replace("_", "\n"), justify="right", no_wrap=True)
        best = {metric: _best(metric, summaries) for metric in comparison.metrics}
        for candidate in comparison.candidates:
            own = {summary.metric: summary for summary in summaries if summary.candidate == candidate.name}
            primary = own[comparison.primary_metric]
            interval = f"\\[{primary.low:.3f}, {primary.high:.3f}]"
            cells = [f"{_cell(primary, best)} {interval}", *[_cell(own[metric], best) for metric in shown]]
            table.add_row(candidate.name, *cells)
        self.console.print(table)
        if len(shown) < len(others):
            self.say(f"In the report too: {', '.join(others[len(shown) :])}.")

    def ledger(self, table: pd.DataFrame) -> None:
        """Prints the lecture's ledger, a row for each printed number, then what is not plain agreement and why."""
        rows = Table(
            title="What the lecture prints", title_justify="left", title_style="bold", box=None, pad_edge=False
        )
        for column in ("item", "symbol", "printed", "by hand", "by tape", "verdict"):
            rows.add_column(column, overflow="fold")
        for row in table.itertuples():
            style = "bold" if row.verdict in _NOTABLE else None
            cells = (row.item, row.symbol, row.printed, row.by_hand, row.by_tape, row.verdict)
            rows.add_row(*[Text(str(cell)) for cell in cells], style=style)
        self.console.print(rows)
        for verdict, why in _NOTABLE.items():
            for row in table[table["verdict"] == verdict].itertuples():
                self.say(f"{why}: {row.item} {row.symbol} {row.printed}. {row.why}")
        self.say(", ".join(f"{verdict}: {count}" for verdict, count in table["verdict"].value_counts().items()))


class _Bar:
    """A bar over all candidates that moves with the epochs of each."""

    def __init__(self, bars: Progress, experiment: str, n_candidates: int) -> None:
        self._bars, self._n_candidates = bars, n_candidates
        self._task = bars.add_task(experiment, total=n_candidates)

    def update(self, position: int, name: str, where: str, share: float) -> None:
        description = f"{position + 1}/{self._n_candidates} {name}: {where}"
        self._bars.update(self._task, description=description, completed=position + share)

    def finish(self, position: int, name: str, how: str) -> None:
        self.update(position, name, how, 1.0)


class _Lines:
    """A line for each candidate when it is done, for pipes and files."""

    def __init__(self, terminal: Terminal, experiment: str, n_candidates: int) -> None:
        self._terminal, self._experiment, self._n_candidates = terminal, experiment, n_candidates

    def update(self, position: int, name: str, where: str, share: float) -> None:
        pass

    def finish(self, position: int, name: str, how: str) -> None:
        self._terminal.say(f"{self._experiment}: {name} ({position + 1} of {self._n_candidates}), {how}")


def _best(metric: str, summaries: Sequence[Summary]) -> float:
    choose = min if metric in LOWER_IS_BETTER else max
    return choose(summary.mean for summary in summaries if summary.metric == metric)


def _cell(summary: Summary, best: Mapping[Any, float]) -> str:
    text = f"{summary.mean:.4f}"
    return f"[bold]{text}[/bold]" if summary.mean == best[summary.metric] else text
