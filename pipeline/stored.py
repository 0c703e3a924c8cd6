"""A comparison's table again, without running anything: ``chalktape show NAME``.

``python -m pipeline.run compare NAME`` is the same.
"""

from collections.abc import Sequence

from experiments.catalogue import COMPARISONS
from experiments.language import Leak
from models.checks import closest, require
from pipeline.process.options import BAD_INPUT, DONE, TRACKING_URI_HELP, Parser, complain, quieten_mlflow, whole


def main(arguments: Sequence[str], *, prog: str) -> int:
    """Shows stored comparisons and returns the exit code: 0 done, 2 bad usage, or nothing stored."""
    options = _parser(prog).parse_args(arguments)
    quieten_mlflow()
    try:
        known = [name for name, item in COMPARISONS.items() if not isinstance(item, Leak)]  # it has pages of its own
        remedy = closest(options.name, known)
        require(options.name in known, prog, "the name of a comparison", remedy, name=options.name)
        from pipeline.tracking.reading import finished_comparisons

        runs = finished_comparisons(options.name, options.runs, options.tracking_uri)
    except ValueError as error:
        complain(str(error))
        return BAD_INPUT
    from pipeline.telling.terminal import Terminal

    terminal = Terminal()
    if options.runs > 1:
        columns = [
            (f"{run.started:%Y-%m-%d %H:%M}\nseed {run.seed}, folds: {run.n_folds}\n{run.git[:7]}", run.table)
            for run in runs
        ]
        terminal.side_by_side(runs[0].title, runs[0].primary_metric, columns)
    else:
        (run,) = runs
        terminal.comparison(run.title, run.primary_metric, run.table)
        terminal.say(run.verdict)
        terminal.say(f"Run of {run.started:%Y-%m-%d %H:%M}, seed {run.seed}, folds: {run.n_folds}, commit {run.git}.")
        terminal.say(f"Report: {run.report}")
    return DONE


def _parser(prog: str) -> Parser:
    parser = Parser(
        prog=prog,
        description="Shows the table of a comparison's last finished run again, from the MLflow store.",
        epilog="Exit codes: 0 done, 2 bad usage or nothing stored.",
        allow_abbrev=False,
    )
    parser.add_argument("name", metavar="NAME", help="which comparison, see chalktape list")
    parser.add_argument(
        "--runs",
        type=whole(1),
        default=1,
        metavar="N",
        help="the last N runs side by side, in the primary metric (default: 1, the whole table)",
    )
    parser.add_argument("--tracking-uri", metavar="URI", help=TRACKING_URI_HELP)
    return parser
