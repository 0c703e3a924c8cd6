"""The command that goes on with a run, and what of a command a run remembers."""

import shlex
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

REPEATS_TAG = "repeats"
"""Of a run that carries out another one's command once more: its ID."""

_NOT_REMEMBERED = {
    "--tracking-uri": True,  # it may hold a password, and whoever resumes knows the store
    "--resume": True,
    "--fresh": False,
    "--fail-on": True,
    "--workers": True,
    "--cluster": True,
}
"""Option -> whether a value follows."""


def remembered(arguments: Sequence[str]) -> list[str]:
    """Returns the arguments that a run remembers, to be resumed by them.

    Example:
        >>> remembered(["iris", "--seed", "3", "--fresh", "--tracking-uri=http://me:secret@there"])
        ['iris', '--seed', '3']
    """
    return list(_without(arguments, _NOT_REMEMBERED))


def command_that_goes_on(prog: str, arguments: Sequence[str]) -> str:
    """Returns the command line that goes on where another one stopped; a password is not repeated.

    Example:
        >>> command_that_goes_on("chalktape run", ["my table.csv", "--target", "y", "--fresh"])
        "chalktape run 'my table.csv' --target y"
        >>> command_that_goes_on("chalktape run", ["iris", "--tracking-uri", "http://me:secret@there"])
        'chalktape run iris --tracking-uri http://me:PASSWORD@there'
    """
    kept = _without(arguments, {"--fresh": False})
    return " ".join([prog, *(shlex.quote(without_password(argument)) for argument in kept)])


def without(arguments: Sequence[str], option: str) -> list[str]:
    """Returns arguments without an option and its value.

    Example:
        >>> without(["--quiet", "--resume", "0123"], "--resume")
        ['--quiet']
    """
    return list(_without(arguments, {option: True}))


def _without(arguments: Sequence[str], options: dict[str, bool]) -> Iterator[str]:
    skips = False
    for argument in arguments:
        name, equals, _ = argument.partition("=")
        if skips or name in options:
            skips = not skips and not equals and options[name]
            continue
        yield argument


def without_password(argument: str) -> str:
    """Returns an argument as it may be told.

    Example:
        >>> without_password("--tracking-uri=postgresql://me:secret@there/runs")
        '--tracking-uri=postgresql://me:PASSWORD@there/runs'
    """
    start = argument.find("=") + 1 if argument.startswith("--") else 0
    try:
        password = urlsplit(argument[start:]).password
    except ValueError:
        return argument
    return argument.replace(f":{password}@", ":PASSWORD@") if password else argument
