"""The command ``chalktape run [NAME ...]``, or ``python -m pipeline.run``; what it then does is in ``plan.py``.

Libraries are imported only once something will run, so that ``--help``, ``--list`` and an unknown name are answered at
once.
"""

import argparse
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from experiments.catalogue import COMPARISONS, LADDERS, STANDARD
from experiments.lecture import EXAMPLES
from models.quietly import import_tensorflow_quietly
from pipeline import own, own_images, pending
from pipeline.going_on import exit_code, failed, interrupted, kept_for_later, resumed, tags_of
from pipeline.process import interrupts
from pipeline.process.door import leave, loading, through
from pipeline.process.options import (
    BAD_INPUT,
    DONE,
    FAILED,
    INTERRUPTED,
    STORE_GONE,
    Parser,
    complain,
    quieten_mlflow,
)
from pipeline.usage import ALL_EXAMPLES, LECTURE, known, listing, parser_of, require_usable

if TYPE_CHECKING:  # imported only once something will run
    from experiments.language import Comparison, Ladder
    from pipeline.data.ingest import Source
    from pipeline.telling.terminal import Terminal


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
    options = parser_of(prog).parse_args(arguments)
    if options.list:
        print(listing())
        return DONE
    try:
        if options.resume:
            arguments, tags = resumed(options, arguments, prog, vars(parser_of(prog).parse_args([])))
            options = parser_of(prog).parse_args(arguments)
        options.prog, options.arguments, options.tags, options.only_found = prog, arguments, tags, False
        require_usable(options, prog)
    except ValueError as error:
        complain(str(error))
        return BAD_INPUT
    if not options.quiet:
        _say_what_will_run(options)
    quieten_mlflow()
    with loading():
        import_tensorflow_quietly()
    with interrupts.orderly():
        return _run(options)


def _say_what_will_run(options: argparse.Namespace) -> None:
    """Gives a first sign of life: to load the libraries takes seconds, in which a terminal would stay black."""
    if "tensorflow" not in sys.modules:
        names = ", ".join(options.names or [LECTURE, *(name for name in STANDARD if name in COMPARISONS)])
        try:
            print(f"Runs {names}, once TensorFlow, scikit-learn and MLflow are loaded.", flush=True)
        except BrokenPipeError:  # what is run matters more than what is told of it
            leave()


def list_experiments(arguments: Sequence[str], *, prog: str) -> int:
    """Lists what there is to run and returns the exit code."""
    Parser(prog=prog, description="Lists the experiments by name.", allow_abbrev=False).parse_args(arguments)
    print(listing())
    return DONE


def _run(options: argparse.Namespace) -> int:
    try:
        with loading():
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
        options = parser_of("chalktape run").parse_args(arguments)
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


def _asked(
    options: argparse.Namespace, names: Sequence[str], terminal: "Terminal"
) -> "tuple[dict[str, Source], list[Comparison | Ladder]]":
    """Returns the experiments that were named; of a table or images of one's own, what they are told to be."""
    if own_images.are_images(options, known()):
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
    own.require_asked(chosen, options.primary, options.prog)
    found, lines = available(chosen, named=(*options.candidates, *options.also))
    for line in lines:
        terminal.say(line)
    return found


def _by(column: str, experiment: "Comparison | Ladder") -> "Comparison | Ladder":
    """Returns an experiment whose decisions are also told for each level of a column."""
    from experiments.language import Comparison

    if not isinstance(experiment, Comparison) or experiment.decision is None:
        return experiment
    asked = f"{experiment.name} --by {shlex.quote(column)}"
    return replace(experiment, decision=replace(experiment.decision, by=column), asked=asked)


if __name__ == "__main__":
    sys.exit(through(main))
