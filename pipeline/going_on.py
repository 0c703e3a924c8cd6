"""How a run ends: its exit code, what is said where it did not end well, and what ``--resume`` does."""

import argparse
import json
import traceback
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from models.checks import require
from pipeline import pending
from pipeline.process.options import ANOTHER_CHAMPION, DONE, NOT_PASSED, complain, quieten_mlflow
from pipeline.process.provenance import git_commit
from pipeline.process.resuming import REPEATS_TAG, command_that_goes_on, remembered, without

_INTERRUPTED = "Interrupted. What was finished is in MLflow, in a run marked KILLED."
_FULL_DISK = (
    "chalktape run: expected room on the disk for results. Received: a full disk. Free some and run again: what was "
    "logged before is kept, and the open run is marked KILLED by the next command."
)
_MEANWHILE = frozenset(
    {"resume", "data_dir", "download", "tracking_uri", "device", "workers", "cluster", "json", "quiet", "fail_on"}
)
"""Options beside ``--resume``: where something lies, and not what is run."""


def resumed(
    options: argparse.Namespace, arguments: Sequence[str], prog: str, defaults: Mapping[str, Any]
) -> tuple[list[str], dict[str, str]]:
    """Returns the arguments of the run that is resumed, with where that is done now, and the tags of the new run.

    Args:
        options: Parsed.
        arguments: From which they were parsed.
        prog: For errors.
        defaults: Option -> what it is where it is not given.

    Raises:
        ValueError: Something is asked for besides, or there is no such run to go on with.
    """
    for name, value in vars(options).items():
        expected = "a run to --resume and nothing else about what is run"
        alone = name in _MEANWHILE or value == defaults[name]
        require(alone, prog, expected, "The run says it itself: leave it out.", **{name: value})
    quieten_mlflow()
    from pipeline.tracking.reading import arguments_of

    own, commit = arguments_of(options.resume, options.tracking_uri)
    if commit != (git_commit() or "none"):
        complain(f"The run was of commit {commit}: what another program trained is trained again.")
    return [*own, *without(arguments, "--resume")], {"resumes": options.resume}


def tags_of(options: argparse.Namespace) -> dict[str, str]:
    """Returns the tags by which a run can be resumed."""
    return {"command": json.dumps(remembered(options.arguments)), **options.tags}


def interrupted(options: argparse.Namespace) -> str:
    """Says of a run that was interrupted what is left of it, and how it goes on."""
    return f"{_INTERRUPTED} {_goes_on(options)}"


def failed(error: Exception, options: argparse.Namespace) -> str:
    """Says why a run failed, and how it goes on: our own errors explain themselves, of others where they come from."""
    return f"{_why(error)}\n{_goes_on(options)}"


def kept_for_later(error: Exception, options: argparse.Namespace, store: str, n_trained: int) -> bool:
    """Keeps the command of a run whose store went away, where something was trained.

    Args:
        error: That ended the run.
        options: Of its command.
        store: Its address, without a password.
        n_trained: Groups of trainings that were found or done.

    Returns:
        Whether the store went away, and so is told.
    """
    from pipeline.tracking.answering import StoreGone

    if not isinstance(error, StoreGone):
        return False
    complain(str(error))
    if n_trained and not options.only_found:
        pending.keep(remembered(options.arguments), store, str(error))
        complain("Once it answers, 'chalktape sync' logs that, and so does the next run.")
    complain(_goes_on(options))
    return True


def _goes_on(options: argparse.Namespace) -> str:
    """Where several devices share each batch nothing is kept, and a repetition takes nothing: they begin anew."""
    if repeated := options.tags.get(REPEATS_TAG):
        return f"This begins anew: {options.prog} {repeated}"
    how = "goes on from there, without what was trained already" if options.strategy == "none" else "runs it again"
    return f"This {how}: {command_that_goes_on(options.prog, options.arguments)}"


def _why(error: Exception) -> str:
    if isinstance(error, ValueError):
        return str(error)
    return _FULL_DISK if _is_full_disk(error) else traceback.format_exc()


def _is_full_disk(error: BaseException | None) -> bool:
    """Tells it from what MLflow, SQLAlchemy or Keras made of it."""
    while error is not None:
        if "disk is full" in str(error) or "No space left on device" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def exit_code(results: Sequence[Mapping[str, Any]], fail_on: Collection[str]) -> int:
    """Returns the exit code of what was done, by what it is asked to fail on.

    Args:
        results: What the tables of each experiment show.
        fail_on: ``"gate"``: no champion passed its gate; ``"champion"``: another candidate is served than before.
    """
    outcomes = [result["registration"] for result in results if "registration" in result]
    if "gate" in fail_on and any(outcome["passes"] is False for outcome in outcomes):
        return NOT_PASSED
    if "champion" in fail_on and any(outcome["changed"] for outcome in outcomes):
        return ANOTHER_CHAMPION
    return DONE
