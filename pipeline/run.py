"""The command ``chalktape run [NAME ...]``, or ``python -m pipeline.run``; what it then does is in ``plan.py``.

Libraries are imported only once something will run, so that ``--help``, ``--list`` and an unknown name are answered at
once.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from experiments.catalogue import COMPARISONS, LADDERS, STANDARD
from experiments.lecture import EXAMPLES, ON_REQUEST
from models.checks import closest, require
from pipeline import own, own_images, pending
from pipeline.going_on import exit_code, failed, interrupted, kept_for_later, resumed, tags_of
from pipeline.process import interrupts
from pipeline.process.door import through
from pipeline.process.options import (
    BAD_INPUT,
    DONE,
    FAILED,
    INTERRUPTED,
    MOST_EPOCHS,
    MOST_FOLDS,
    MOST_SEED,
    MOST_WORKERS,
    STORE_GONE,
    TRACKING_URI_HELP,
    Parser,
    complain,
    import_tensorflow_quietly,
    quieten_mlflow,
    require_writable,
    whole,
)

if TYPE_CHECKING:  # imported only once something will run
    from experiments.language import Comparison, Ladder
    from pipeline.data.ingest import Source
    from pipeline.telling.terminal import Terminal

LECTURE = "lecture"  # all worked examples but those on request
ALL_EXAMPLES = (*EXAMPLES, *ON_REQUEST)


def main(
    arguments: Sequence[str] | None = None,
    *,
    prog: str = "python -m pipeline.run",
    tags: Mapping[str, str] = MappingProxyType({}),
) -> int:
    """Runs the command line and returns its exit code: 0 done, 1 failed, 2 bad usage or input, 130 interrupted.

    Args:
        arguments: Of the command; ``None`` takes those of the process.
        prog: How the command is called.
        tags: Of the runs, besides their own.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["compare"]:
        from pipeline import stored

        return stored.main(arguments[1:], prog=f"{prog} compare")
    options = _parser(prog).parse_args(arguments)
    if options.list:
        print(_listing())
        return DONE
    try:
        if options.resume:
            arguments, tags = resumed(options, arguments, prog, vars(_parser(prog).parse_args([])))
            options = _parser(prog).parse_args(arguments)
        options.prog, options.arguments, options.tags, options.only_found = prog, arguments, tags, False
        _require_usable(options, prog)
    except ValueError as error:
        complain(str(error))
        return BAD_INPUT
    quieten_mlflow()
    import_tensorflow_quietly()
    with interrupts.orderly():
        return _run(options)


def list_experiments(arguments: Sequence[str], *, prog: str) -> int:
    """Lists what there is to run and returns the exit code."""
    Parser(prog=prog, description="Lists the experiments by name.", allow_abbrev=False).parse_args(arguments)
    print(_listing())
    return DONE


def _run(options: argparse.Namespace) -> int:
    try:
        from pipeline.plan import How, carry_out, plan
        from pipeline.telling.terminal import Terminal

        terminal = Terminal(quiet=options.quiet)
        names = options.names or [LECTURE, *STANDARD]
        sources, experiments = _asked(options, names, terminal)
        experiments = [_tried(options, experiment, terminal) for experiment in experiments]
        how = How(
            data_dir=options.data_dir,
            download=options.download,
            seed=options.seed,
            n_folds=options.folds,
            tracking_uri=options.tracking_uri,
            device=options.device,
            strategy=options.strategy,
            sources=sources,
            fresh=options.fresh,
            workers=options.workers,
            cluster=options.cluster,
            only_found=options.only_found,
        )
        planned = plan(
            [item for item in ALL_EXAMPLES if item.name in names or (LECTURE in names and item in EXAMPLES)],
            experiments,
            how,
            leave_out_unavailable=not options.names,
        )
    except ValueError as error:
        complain(str(error))
        return BAD_INPUT
    except KeyboardInterrupt:
        complain("Interrupted before anything was trained.")
        return INTERRUPTED
    amounts = {"epochs": options.epochs, "insists": options.register}
    try:
        if planned.tracker is not None and not options.only_found:
            pending.log_waiting(planned.tracker.uri, _logged_later)
        results = carry_out(planned, terminal, **amounts, json_file=options.json, tags=tags_of(options))
    except KeyboardInterrupt:
        complain(interrupted(options))
        return INTERRUPTED
    except Exception as error:
        if interrupts.asked():
            complain(interrupted(options))
            return INTERRUPTED
        finished, store = planned.finished, planned.tracker.uri if planned.tracker else ""
        if kept_for_later(error, options, store, finished.n_found + finished.n_trained):
            return STORE_GONE
        complain(failed(error, options))
        return FAILED
    return exit_code(results, options.fail_on)


def sync(arguments: Sequence[str], *, prog: str) -> int:
    """Logs what was trained when a store went away, and returns the exit code."""
    return pending.main(arguments, prog=prog, replay=_logged_later)


def _logged_later(waiting: pending.Waiting) -> str:
    """Carries out a command without training anything, and says what became of it."""
    arguments = [*waiting.command, "--tracking-uri", waiting.store, "--quiet"]
    try:
        options = _parser("chalktape run").parse_args(arguments)
    except SystemExit:  # its usage has changed since
        return pending.REFUSED
    options.prog, options.arguments, options.only_found = "chalktape run", arguments[:-1], True
    options.tags = {"logged_later": waiting.since}
    import_tensorflow_quietly()
    with interrupts.orderly():
        code = _run(options)
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    return {STORE_GONE: pending.LATER, BAD_INPUT: pending.REFUSED}.get(code, pending.LOGGED)


def _known() -> tuple[str, ...]:
    """Returns every name that can be run."""
    return (LECTURE, *(example.name for example in ALL_EXAMPLES), *COMPARISONS, *LADDERS)


def _asked(
    options: argparse.Namespace, names: Sequence[str], terminal: "Terminal"
) -> "tuple[dict[str, Source], list[Comparison | Ladder]]":
    """Returns the experiments that were named; of a table or images of one's own, what they are told to be."""
    if own_images.are_images(options, _known()):
        images = own_images.images_of(options, options.prog, terminal)
        comparison, lines = own_images.comparison_of(images, options, options.prog)
        for line in [*lines, ""]:
            terminal.say(line)
        return {images.name: images}, [comparison]
    if options.target is None:
        named = [experiment for name, experiment in (COMPARISONS | LADDERS).items() if name in names]
        return {}, named if options.by is None else [_by(options.by, experiment) for experiment in named]
    table = own.table_of(options, options.prog)
    comparison, lines = own.comparison_of(table, options, options.prog)
    for line in [*lines, ""]:
        terminal.say(line)
    return {table.name: table}, [comparison]


def _tried(
    options: argparse.Namespace, experiment: "Comparison | Ladder", terminal: "Terminal"
) -> "Comparison | Ladder":
    """Returns an experiment with only the candidates, and the settings, that were asked for and can be had."""
    from experiments.language import Comparison
    from experiments.tries import available, tried

    if not isinstance(experiment, Comparison):
        return experiment
    chosen = tried(experiment, only=options.candidates, skip=options.skip, settings=options.set)
    found, lines = available(chosen, named=(*options.candidates, *options.also))
    for line in lines:
        terminal.say(line)
    return found


def _by(column: str, experiment: "Comparison | Ladder") -> "Comparison | Ladder":
    """Returns an experiment whose decisions are also told for each level of a column."""
    decision = getattr(experiment, "decision", None)
    return replace(experiment, decision=replace(decision, by=column)) if decision else experiment


def _parser(prog: str) -> Parser:
    parser = Parser(
        prog=prog,
        description="Works the lecture's examples, compares nets with baselines, logs to MLflow, writes HTML pages. "
        "'chalktape show NAME' shows the table of the last finished run again; so does '%(prog)s compare NAME'.",
        epilog="Exit codes: 0 done, 1 failed while running, 2 bad usage or input, 3 and 4 as --fail-on says, 75 the "
        "store went away, 130 interrupted.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    what = "what to run, see --list, or a table or images of your own; none runs those that take minutes"
    add("names", nargs="*", metavar="NAME", help=what)
    add("--list", action="store_true", help="list the experiments and end")
    _add_amounts(parser)
    _add_places(parser)
    own.add_options(parser)
    own_images.add_options(parser)
    add("--json", type=Path, metavar="FILE", help="also write everything the tables show to FILE")
    add("--quiet", action="store_true", help="print errors only")
    return parser


def _names(text: str) -> tuple[str, ...]:
    """Returns names with commas between them."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _add_amounts(parser: Parser) -> None:
    """Adds how much is run."""
    add = parser.add_argument
    first = "of fold 0; fold k takes N + k (default: 1, the homework's)"
    add("--seed", type=whole(0, MOST_SEED), default=1, metavar="N", help=first)
    often = "how often the rows are split (default: as declared)"
    add("--folds", type=whole(1, MOST_FOLDS), metavar="N", help=often)
    passes = "passes through the training rows, for nets (default: as declared)"
    add("--epochs", type=whole(1, MOST_EPOCHS), metavar="N", help=passes)
    some = "run only these beside the one that guesses, with commas between; a quick try, which registers nothing"
    add("--candidates", type=_names, default=(), metavar="NAME,...", help=some)
    add("--skip", type=_names, default=(), metavar="NAME,...", help="leave these candidates out; a quick try, too")
    other = "another setting, such as sigmoid_10.hidden_units=8,4; repeatable; a quick try, too"
    add("--set", action="append", default=[], metavar="NAME.SETTING=VALUE", help=other)
    add("--fresh", action="store_true", help="train everything, what an earlier run has trained already, too")
    on = "go on with a run that was interrupted or failed, by its ID in the store; its own command does the same"
    add("--resume", metavar="RUN", help=on)
    ends = "end with exit code 3 where no champion passes its gate (gate), 4 where another one is served than before"
    add("--fail-on", type=_names, default=(), metavar="gate,champion", help=f"{ends} (champion)")
    add("--register", action="store_true", help="register the champion even of a run that is not as declared")
    add("--by", metavar="COLUMN", help="also tell decisions for each level of a column, or each third of a number")


def _add_places(parser: Parser) -> None:
    """Adds where data come from, runs go, and nets are trained."""
    add = parser.add_argument
    where = "where data files are (default: $PIPELINE_DATA_DIR, else data/)"
    add("--data-dir", type=Path, metavar="FOLDER", help=where)
    add("--download", action="store_true", help="fetch data files that are missing; without it nothing is downloaded")
    add("--tracking-uri", metavar="URI", help=TRACKING_URI_HELP)
    add("--device", choices=("auto", "cpu", "gpu", "tpu"), default="auto", help="of nets; auto: a GPU, else the CPU")
    over = parser.add_mutually_exclusive_group()
    several = "train in N processes of this machine; needs pip install 'chalktape[cluster]' (default: 0, this one)"
    over.add_argument("--workers", type=whole(0, MOST_WORKERS), default=0, metavar="N", help=several)
    where = "train on the workers of a Dask scheduler, tls://HOST:PORT or tcp://HOST:PORT"
    over.add_argument("--cluster", metavar="ADDRESS", help=where)
    add(
        "--strategy",
        choices=("none", "mirrored", "multi_worker", "tpu"),
        default="none",
        help="share each batch of a net over this machine's devices, or over the processes that TF_CONFIG names",
    )


def _listing() -> str:
    known = {LECTURE: "Every worked example, and the ledger of all the lecture prints"}
    known |= {example.name: f"  {example.title}" for example in ALL_EXAMPLES}
    known |= {name: f"{item.title} ({item.where})" for name, item in (COMPARISONS | LADDERS).items()}
    width = max(map(len, known))
    return "\n".join(f"{name:{width}}  {text}" for name, text in known.items())


def _require_usable(options: argparse.Namespace, prog: str) -> None:
    unknown = sorted(set(options.fail_on) - {"gate", "champion"})
    require(not unknown, prog, "gate or champion, with commas between, for --fail-on", "Take it out.", unknown=unknown)
    own_images.require_usable(options, prog, _known())
    if not own_images.are_images(options, _known()):
        own.require_usable(options, prog, _known())
    for name in options.names:
        is_known = name in _known() or own.is_table(name, _known()) or name.startswith(own_images.PREPARED)
        require(
            is_known, prog, "a known experiment, a table, or a folder of images", closest(name, _known()), name=name
        )
    trains = _is_own(options) or any(name in COMPARISONS | LADDERS for name in options.names)
    require(
        options.epochs is None or not options.names or trains,
        prog,
        "a comparison for --epochs",
        "Leave --epochs out: the lecture's examples say themselves how many updates they take.",
        epochs=options.epochs,
    )
    decides = _is_own(options) or any(
        getattr(COMPARISONS.get(name), "decision", None) is not None for name in options.names
    )
    remedy = "Name a table, or a comparison that declares a decision."
    require(options.by is None or decides, prog, "a comparison with a decision for --by", remedy, by=options.by)
    _require_comparison(options, prog)
    if options.json:
        require_writable(prog, "--json", options.json)


def _is_own(options: argparse.Namespace) -> bool:
    """Tells whether a table or images of one's own are meant."""
    return options.target is not None or own_images.are_images(options, _known())


def _require_comparison(options: argparse.Namespace, prog: str) -> None:
    """Refuses options of a comparison where none is named."""
    compares = _is_own(options) or any(name in COMPARISONS for name in options.names)
    given = [f"--{name}" for name in ("candidates", "skip", "set", "register") if getattr(options, name)]
    remedy = "Name one, or a table."
    require(compares or not given, prog, "a comparison for options of one", remedy, options=given)


if __name__ == "__main__":
    sys.exit(through(main))
