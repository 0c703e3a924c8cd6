"""The command ``chalktape``: one name for all commands, each of which is handed its own arguments."""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NamedTuple

from chalktape.shadows import require_own_packages


class _Command(NamedTuple):
    """Where a command lies: ``function(arguments, prog=...)`` of a module, and what it does."""

    module: str
    function: str
    summary: str


_COMMANDS = {
    "run": _Command("pipeline.run", "main", "work the lecture's examples, compare nets with baselines"),
    "show": _Command("pipeline.stored", "main", "stored runs of a comparison, side by side"),
    "rerun": _Command("pipeline.rerun", "main", "repeat a stored run, and tell whether anything moved"),
    "predict": _Command("pipeline.predict", "main", "score the rows of a file with a logged model"),
    "sync": _Command("pipeline.run", "sync", "log what was trained when a tracking server went away"),
    "ui": _Command("pipeline.ui", "main", "show what was run in the MLflow UI"),
    "device": _Command("pipeline.device", "main", "tell what computes here, and how much faster a GPU or a TPU is"),
    "list": _Command("pipeline.run", "list_experiments", "list the experiments"),
}
_ALIASES = {"compare": "show"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Hands on to a command and returns its exit code: 0 done, 1 failed, 2 bad usage or input, 130 interrupted."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        require_own_packages()
    except ImportError as error:
        print(error, file=sys.stderr)
        return 2
    from pipeline.process.door import through

    return through(lambda: _hand_on(arguments))


def _hand_on(arguments: Sequence[str]) -> int:
    """Imports the house, now that it is known to be ours."""
    from models.checks import closest, require
    from pipeline.process.options import BAD_INPUT, DONE, Parser, complain, exit_codes
    from pipeline.process.provenance import VERSION

    name = arguments[0] if arguments else ""
    command = _COMMANDS.get(_ALIASES.get(name, name))
    if command:
        function = getattr(import_module(command.module), command.function)
        return int(function(arguments[1:], prog=f"chalktape {name}"))
    parser = Parser(
        prog="chalktape",
        description="Neural-network experiments that can be checked.",
        epilog=f"'%(prog)s COMMAND --help' tells the options of each. {exit_codes()}",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}", help="tell the version and end")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for known, item in _COMMANDS.items():
        aliases = [alias for alias, of in _ALIASES.items() if of == known]
        commands.add_parser(known, aliases=aliases, help=item.summary)
    if name and not name.startswith("-"):
        try:
            require(False, "chalktape", "a known command", closest(name, [*_COMMANDS, *_ALIASES]), command=name)
        except ValueError as error:
            complain(str(error))
            return BAD_INPUT
    parser.parse_args(arguments)
    parser.print_help()
    return DONE
