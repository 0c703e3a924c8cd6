"""``chalktape.compare``: what ``chalktape run FILE`` does, from a notebook or a program, on a file or a frame."""

import argparse
import os
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import replace
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal, cast

import pandas as pd

from experiments.language import Comparison
from experiments.tries import available, tried
from models.checks import require
from models.encoding.columns import Columns
from models.encoding.kind import Kind
from models.quietly import import_tensorflow_quietly
from pipeline import own
from pipeline.data.table import Table
from pipeline.process import interrupts
from pipeline.process.options import (
    MOST_EPOCHS,
    MOST_FOLDS,
    MOST_SEED,
    quieten_mlflow,
)

if TYPE_CHECKING:  # MLflow is imported once it is quiet
    from chalktape.outcome import Outcome
    from pipeline.comparison.flow import ComparisonJob
    from pipeline.plan import How

OWNER = "compare"
_A_FRAME = "TABLE.csv"
"""What the page calls a frame where it tells the command that runs this again."""


def compare(
    table: pd.DataFrame | os.PathLike[str] | str,
    target: str,
    *,
    task: Literal["classification", "regression"] | None = None,
    positive: Any = None,
    ignore: Sequence[str] = (),
    kinds: Mapping[str, Kind] | None = None,
    date_format: str | Mapping[str, str] | None = None,
    decimal: str | None = None,
    columns: Columns | os.PathLike[str] | str | None = None,
    group: str | None = None,
    time: str | None = None,
    weight: str | None = None,
    metric: str | None = None,
    primary: tuple[str, str] | None = None,
    name: str = "",
    cost_ratio: float | None = None,
    recall: float | None = None,
    by: str | None = None,
    also: Sequence[str] = (),
    candidates: Sequence[str] = (),
    skip: Sequence[str] = (),
    settings: Mapping[str, Any] | None = None,
    seed: int = 1,
    folds: int | None = None,
    epochs: int | None = None,
    register: bool = False,
    fresh: bool = False,
    tracking_uri: str | None = None,
    device: Literal["auto", "cpu", "gpu", "tpu"] = "auto",
    quiet: bool = False,
) -> "Outcome":
    """Compares nets with ordinary models on a table, and registers the one that is worth serving.

    It does what ``chalktape run FILE --target COLUMN`` does, and comes to the same numbers: it tells what each column
    was taken for and why, trains and scores all candidates on the same folds, leaves a page, and registers the
    champion. All but the first two arguments only overrule a guess.

    Args:
        table: A frame, whose own types are believed, or the path of a CSV or Parquet file.
        target: The column that is predicted.
        task: What few whole numbers mean.
        positive: Of two classes the one that is looked for; by default the one that says yes, else the rarer one.
        ignore: Columns that are left out.
        kinds: Column -> what it is, such as ``{"zip": "category"}``.
        date_format: Of dates that are not ISO, such as ``"%d.%m.%Y"``; or column -> format.
        decimal: The sign between whole and fraction, a point or a comma.
        columns: A contract, or the path of a ``columns.json`` of an earlier run.
        group: Column whose rows of one value never stand on both sides of a split.
        time: Column by which earlier rows are trained on and later ones tested.
        weight: Column of how much each row counts.
        metric: That ranks; by default by the target.
        primary: A net and a baseline, by name: the question whether these two differ is asked before anything is
            trained, and tested alone; by default every net against every baseline.
        name: Of the experiment and the registered model; by default the file's, ``"table"`` of a frame.
        cost_ratio: A missed row of the positive class costs so many false alarms: opens the part on decisions.
        recall: Share of the positive rows that must be found: opens it, too.
        by: Column by whose levels decisions are told, too.
        also: Candidates beside the usual ones: ``"real_mlp"``, or such as ``"lightgbm"`` with ``chalktape[boosting]``.
        candidates: Only these, beside the one that guesses: a quick try, which registers nothing.
        skip: Leaves these out; likewise.
        settings: Other settings, such as ``{"sigmoid_30.hidden_units": (8, 4)}``; likewise.
        seed: Of fold 0; fold k takes ``seed + k``.
        folds: How often the rows are split, instead of the declared number; fewer register nothing.
        epochs: Of nets, instead of the declared numbers; likewise.
        register: Registers the champion of such a run, too.
        fresh: Trains everything, what an earlier call has trained already, too.
        tracking_uri: MLflow's store; by default ``$MLFLOW_TRACKING_URI``, else ``mlruns/`` in the working directory.
        device: Of nets.
        quiet: Whether nothing is told while it runs.

    Returns:
        What was found; a notebook shows it as a leaderboard.

    Raises:
        ValueError: The table cannot be read or relied on, or something is asked of it that it does not have. Nothing
            is left behind then.
        KeyboardInterrupt: On Ctrl-C; what was finished is in MLflow, in a run marked KILLED.
    """
    for option, names in {"ignore": ignore, "also": also, "candidates": candidates, "skip": skip}.items():
        require(not isinstance(names, str), OWNER, f"{option} as a list of names", "Write [...].", **{option: names})
    is_table = isinstance(table, str | os.PathLike | pd.DataFrame)
    remedy = "Give a frame, or the path of a file."
    require(is_table, OWNER, "a table", remedy, table=type(table).__name__)
    remedy = 'Write {"column": "kind"}.'
    require(kinds is None or isinstance(kinds, Mapping), OWNER, "kinds as a mapping", remedy, kinds=kinds)
    bounds = {"seed": (seed, 0, MOST_SEED), "folds": (folds, 1, MOST_FOLDS), "epochs": (epochs, 1, MOST_EPOCHS)}
    for option, (amount, least, most) in bounds.items():
        whole = amount is None or (isinstance(amount, int) and not isinstance(amount, bool) and least <= amount <= most)
        require(whole, OWNER, f"{option} as a whole number of {least} to {most}", "Give one.", **{option: amount})
    for option, value, highest in (("cost_ratio", cost_ratio, 1e6), ("recall", recall, 1.0)):
        sensible = value is None or (isinstance(value, Real) and 0 < value <= highest)
        expected = f"{option} as a number above 0, at most {highest:g}"
        require(sensible, OWNER, expected, "Give another one.", **{option: value})
    source = Table(
        source=table,
        target=target,
        task=task,
        positive=positive,
        ignore=tuple(ignore),
        kinds=dict(kinds or {}),
        date_format=date_format,
        decimal=decimal,
        columns=columns,
        group=group,
        time=time,
        weight=weight,
        name=name,
    )
    pair = _pair(primary)
    asked = {"metric": metric, "primary": pair, "cost_ratio": cost_ratio, "recall": recall, "by": by, "also": [*also]}
    quieten_mlflow()
    import_tensorflow_quietly()
    from pipeline.plan import How

    how = How(
        seed=seed, n_folds=folds, tracking_uri=tracking_uri, device=device, sources={source.name: source}, fresh=fresh
    )
    is_main = threading.current_thread() is threading.main_thread()  # no other one may treat signals
    with interrupts.orderly() if is_main else nullcontext():
        comparison, lines = own.comparison_of(source, _as_options(source, asked | {"candidates": candidates}), OWNER)
        chosen = tried(comparison, only=candidates, skip=skip, settings=_written(settings or {}))
        own.require_asked(chosen, pair, OWNER)
        available(chosen, named=(*candidates, *also))  # each was named: refused before anything is trained
        return _worked(chosen, lines, how, epochs=epochs, insists=register, quiet=quiet)


def _pair(primary: Sequence[str] | None) -> str | None:
    """Returns a pair as the command line has it.

    Raises:
        ValueError: It is none.
    """
    if primary is None:
        return None
    is_pair = isinstance(primary, (tuple, list)) and [type(name) for name in primary] == [str, str]
    require(is_pair, OWNER, "primary as a pair of names", "Write primary=(net, baseline).", primary=primary)
    return ",".join(primary)


def _worked(
    comparison: Comparison, lines: Sequence[str], how: "How", *, epochs: int | None, insists: bool, quiet: bool
) -> "Outcome":
    """Plans and runs what was asked for, and tells it."""
    from chalktape.outcome import Outcome
    from pipeline.comparison.flow import run_comparison
    from pipeline.plan import desk_of, plan
    from pipeline.telling.terminal import Terminal
    from pipeline.tracking.address import address
    from pipeline.training.executors import Here

    terminal = Terminal(quiet=quiet)
    for line in [*lines, ""]:
        terminal.say(line)
    planned = plan([], [comparison], how)
    (job,) = planned.jobs
    with closing(Here()) as executor:
        desk = desk_of(planned, terminal, epochs=epochs, insists=insists, executor=executor)
        return Outcome(found=run_comparison(cast("ComparisonJob", job), desk), tracking_uri=address(how.tracking_uri))


def _as_options(source: Table, asked: Mapping[str, Any]) -> argparse.Namespace:
    """Returns what was asked for as the command line has it, from which the page tells how to ask again."""
    named = source.date_format
    formats = [f"{column}={written}" for column, written in named.items()] if isinstance(named, Mapping) else [named]
    return argparse.Namespace(
        names=[_A_FRAME if isinstance(source.source, pd.DataFrame) else os.fspath(source.source)],
        target=source.target,
        task=source.task,
        positive=source.positive,
        ignore=list(source.ignore),
        kind=[f"{column}={kind}" for column, kind in source.kinds.items()],
        date_format=[one for one in formats if one],
        decimal=source.decimal,
        columns=None if isinstance(source.columns, Columns) else source.columns,
        group=source.group,
        time=source.time,
        weight=source.weight,
        name="" if source.name == replace(source, name="").name else source.name,
        **asked,
    )


def _written(settings: Mapping[str, Any]) -> list[str]:
    """Returns settings as the command line has them: ``(8, 4)`` is ``8,4``."""
    return [
        f"{path}={','.join(map(str, value)) if isinstance(value, (tuple, list)) else value}"
        for path, value in settings.items()
    ]
