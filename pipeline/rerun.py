"""The command ``chalktape rerun RUN``: carries a finished run's command out once more, and tells what moved."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from models.checks import require
from pipeline import run
from pipeline.process.options import (
    BAD_INPUT,
    DONE,
    MOVED,
    TRACKING_URI_HELP,
    Parser,
    complain,
    exit_codes,
    quieten_mlflow,
)
from pipeline.process.provenance import git_commit
from pipeline.process.resuming import REPEATS_TAG, remembered, without

_NEVER = ("--register", "--quiet")  # what is repeated moves no champion


def main(arguments: Sequence[str], *, prog: str) -> int:
    """Repeats a run and returns the exit code: 0 the same to the bit, 5 something moved, else as of a run."""
    options = _parser(prog).parse_args(arguments)
    quieten_mlflow()
    try:
        from pipeline.tracking.reading import command_of

        found = command_of(options.run, options.tracking_uri, who="rerun")
        remedy = f"chalktape run --resume {options.run} goes on with it."
        require(found.finished, "rerun", "a run that ended well", remedy, run=options.run)
        remedy = "Give its command again: its page tells what agrees."
        has_scores = found.kind == "comparison"
        require(has_scores, "rerun", "the run of a comparison", remedy, run=options.run, kind=found.kind)
    except ValueError as error:
        complain(str(error))
        return BAD_INPUT
    if found.commit != (git_commit() or "none"):
        complain(f"The run was of commit {found.commit}, this program is of {git_commit() or 'none'}.")
    own = [argument for argument in without(remembered(found.arguments), "--json") if argument not in _NEVER]
    code = run.main([*own, *_places(options), "--fresh"], prog=prog, tags={REPEATS_TAG: options.run})
    return _told(options, found.experiment) if code == DONE else code


def _told(options: argparse.Namespace, experiment: str) -> int:
    """Says what came out the same and what did not, and returns the exit code."""
    from pipeline.repeated import FILES, compared
    from pipeline.tracking.reading import files_of, last_tagged

    try:
        again = last_tagged(experiment, REPEATS_TAG, options.run, options.tracking_uri)
        remedy = "The command leaves it out now: the line above says why."
        require(again is not None, "rerun", "the experiment to be run again", remedy, experiment=experiment)
        both = [files_of(run_id, FILES, options.tracking_uri) for run_id in (options.run, str(again))]
    except ValueError as error:
        complain(str(error))
        return BAD_INPUT
    repeated = compared(*both)
    for line in repeated.words():
        print(line)
    return DONE if repeated.is_same else MOVED


def _places(options: argparse.Namespace) -> list[str]:
    """Returns where things lie now, and by how many it is done, as arguments."""
    given = {
        "--tracking-uri": options.tracking_uri,
        "--data-dir": options.data_dir,
        "--workers": options.workers,
        "--cluster": options.cluster,
    }
    told = [part for name, value in given.items() if value is not None for part in (name, str(value))]
    return [*told, *(["--quiet"] if options.quiet else [])]


def _parser(prog: str) -> Parser:
    parser = Parser(
        prog=prog,
        description="Carries the command of a finished run out once more, trains everything anew, and says whether "
        "data, rows of folds, declaration and scores are the same. It registers nothing.",
        epilog=exit_codes({DONE: "the same to the bit", MOVED: "something moved"}),
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("run", metavar="RUN", help="ID of the run of a comparison, as the UI shows it")
    add("--tracking-uri", metavar="URI", help=TRACKING_URI_HELP)
    add("--data-dir", type=Path, metavar="FOLDER", help="where data files are now (default: as for a run)")
    add("--workers", metavar="N", help="train in N processes of this machine")
    add("--cluster", metavar="ADDRESS", help="train on the workers of a Dask scheduler")
    add("--quiet", action="store_true", help="print the result and errors only")
    return parser
