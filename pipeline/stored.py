"""The table of a comparison again, of the catalogue or of data of one's own: ``chalktape show NAME``, runs nothing.

``python -m pipeline.run compare NAME`` is the same.
"""

import argparse
import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from experiments.catalogue import COMPARISONS, LADDERS
from experiments.language import Leak
from models.checks import closest, require
from pipeline.data.naming import PREFIX, experiment_of
from pipeline.process.options import (
    BAD_INPUT,
    DONE,
    TRACKING_URI_HELP,
    Parser,
    complain,
    exit_codes,
    quieten_mlflow,
    whole,
)

_NO_DATA = ("lecture", "Default")
"""Experiments of every store that compare nothing: the lecture's, and MLflow's own."""


def main(arguments: Sequence[str], *, prog: str) -> int:
    """Shows stored comparisons and returns the exit code: 0 done, 2 bad usage, or nothing stored."""
    options = _parser(prog).parse_args(arguments)
    quieten_mlflow()
    try:
        _require_comparison(options, prog)
        from pipeline.tracking.reading import finished_comparisons

        runs = finished_comparisons(options.name, options.runs, options.tracking_uri)
    except ValueError as error:
        complain(str(error))
        return BAD_INPUT
    from pipeline.telling.terminal import Terminal

    terminal = Terminal()
    if options.runs > 1:
        columns = [
            (
                f"{run.started:%Y-%m-%d %H:%M}\nseed {run.seed}, folds: {run.n_folds}\n{run.git[:7]}"
                + "\nnot as declared" * bool(run.departs),
                run.table,
            )
            for run in runs
        ]
        terminal.side_by_side(runs[0].title, runs[0].primary_metric, columns)
    else:
        (run,) = runs
        terminal.comparison(run.title, run.primary_metric, run.table)
        terminal.say(run.verdict)
        if run.departs:
            terminal.say(f"Not as declared: {run.departs}.")
        terminal.say(f"Run of {run.started:%Y-%m-%d %H:%M}, seed {run.seed}, folds: {run.n_folds}, commit {run.git}.")
        terminal.say(f"Report: {run.report}")
    return DONE


def _require_comparison(options: argparse.Namespace, prog: str) -> None:
    """Checks that a name is a comparison's: of the catalogue, or a table's or images' of which the store has a run."""
    shown = [name for name, item in COMPARISONS.items() if not isinstance(item, Leak)]  # it has pages of its own
    if options.name in shown:
        return
    given, options.name = options.name, experiment_of(options.name)
    tables = _tables(options.tracking_uri)
    is_data = given.startswith(PREFIX) or Path(given).expanduser().exists()
    remedy = f"It was never run: chalktape run {shlex.quote(given)}." if is_data else closest(given, [*shown, *tables])
    require(options.name in tables, prog, "the name of a comparison", remedy, name=options.name)


def _tables(tracking_uri: str | None) -> list[str]:
    """Returns the names of the tables that the store has; where nothing was ever run, no library is waited for."""
    given = tracking_uri or os.environ.get("MLFLOW_TRACKING_URI")
    if given is None and not Path("mlruns/mlflow.db").exists():
        return []
    from pipeline.tracking.reading import experiment_names

    return sorted(experiment_names(tracking_uri) - {*COMPARISONS, *LADDERS, *_NO_DATA})


def _parser(prog: str) -> Parser:
    parser = Parser(
        prog=prog,
        description="Shows the table of a comparison's last finished run again, from the MLflow store.",
        epilog=exit_codes({BAD_INPUT: "bad usage or nothing stored"}),
        allow_abbrev=False,
    )
    parser.add_argument(
        "name",
        metavar="NAME",
        help="which comparison: see chalktape list, or the name or the file of your table, or your folder of images",
    )
    parser.add_argument(
        "--runs",
        type=whole(1),
        default=1,
        metavar="N",
        help="the last N runs side by side, in the primary metric (default: 1, the whole table)",
    )
    parser.add_argument("--tracking-uri", metavar="URI", help=TRACKING_URI_HELP)
    return parser
