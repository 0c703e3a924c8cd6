"""Finished comparisons, out of the store again."""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from io import StringIO
from typing import Any

import mlflow
import pandas as pd
from mlflow.entities import Experiment, LifecycleStage, Run
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

from models.checks import mistake, require
from pipeline.tracking.address import told
from pipeline.tracking.store import existing, place, readable

COMMAND_TAG = "command"
EPOCHS_TAG = "epochs"
"""Of nets, where a run was told another number than declared."""
SECTION_TAG = "section_"
NOTE_TAG = "mlflow.note.content"
NOTE_FILE = "note.md"
_UNKNOWN = "unknown"
_COMPARISON = "tags.kind = 'comparison'"


@dataclass(frozen=True, kw_only=True, eq=False)
class StoredComparison:
    """A finished run of a comparison, as it was logged.

    Attributes:
        title: Of the comparison.
        primary_metric: The one that ranked.
        table: Candidate, metric, mean, low, high, n: a row for each summary.
        verdict: The sentence that told the result.
        started: When, in local time.
        seed: Of fold 0.
        git: The commit that ran.
        report: Where its page lies.
        departs: How it departs from what is declared; empty where it does not.
    """

    title: str
    primary_metric: str
    table: pd.DataFrame
    verdict: str
    started: datetime
    seed: str
    git: str
    report: str
    departs: str = ""

    @property
    def n_folds(self) -> int:
        """Folds that were scored."""
        return int(self.table["n"].max())


@dataclass(frozen=True, kw_only=True)
class StoredSection:
    """A part of a page, as a finished run left it.

    Attributes:
        html: Complete in itself.
        started: When the run was, in local time.
        git: The commit that ran.
    """

    html: str
    started: datetime
    git: str


def experiment_names(tracking_uri: str | None = None) -> set[str]:
    """Returns the names of what a store holds.

    Raises:
        ValueError: There is no store, or it does not answer.
    """
    uri = existing(tracking_uri)
    with readable(uri):
        return {experiment.name for experiment in MlflowClient().search_experiments()}


def finished_comparisons(name: str, n_runs: int, tracking_uri: str | None = None) -> Sequence[StoredComparison]:
    """Returns the last finished runs of a comparison, newest first; fewer where there are fewer.

    Args:
        name: Of the comparison.
        n_runs: At most so many.
        tracking_uri: The store; ``None`` as for a run.

    Raises:
        ValueError: There is no store, it does not answer, or it holds no finished run of this comparison.
    """
    uri = existing(tracking_uri)
    with readable(uri):
        require_not_deleted(MlflowClient().get_experiment_by_name(name), uri)
        runs = _finished(name, _COMPARISON, n_runs)
        remedy = "" if runs else _how_to_finish(name)
        require(len(runs) > 0, "tracking", "a finished run of the comparison", remedy, name=name, tracking_uri=uri)
        return [_stored(run) for run in runs]


@dataclass(frozen=True, kw_only=True)
class StoredCommand:
    """The run of a whole command.

    Attributes:
        arguments: Of the command, without the store.
        commit: That ran.
        finished: Whether it ended well.
        experiment: Name of its experiment.
        kind: What it was of: ``"comparison"``, ``"leak"``, ``"ladder"`` or ``"lecture"``.
    """

    arguments: list[str]
    commit: str
    finished: bool
    experiment: str
    kind: str


def arguments_of(run_id: str, tracking_uri: str | None = None) -> tuple[list[str], str]:
    """Returns the arguments of the command that began a run which did not end well, and the commit that ran.

    Args:
        run_id: Of the run of an invocation.
        tracking_uri: The store; ``None`` as for a run.

    Raises:
        ValueError: There is no such run or store, the run ended well, or nothing is known of its command.
    """
    found = command_of(run_id, tracking_uri, who="resume")
    remedy = "There is nothing to go on with: chalktape show tells what came out."
    require(not found.finished, "resume", "a run that did not end well", remedy, run=run_id)
    return found.arguments, found.commit


def command_of(run_id: str, tracking_uri: str | None = None, *, who: str) -> StoredCommand:
    """Returns the command that began a run.

    Args:
        run_id: Of the run of an invocation.
        tracking_uri: The store; ``None`` as for a run.
        who: Asks, for errors.

    Raises:
        ValueError: There is no such run or store, or nothing is known of its command.
    """
    uri = existing(tracking_uri)
    with readable(uri):
        try:
            run = MlflowClient().get_run(run_id)
        except MlflowException:
            remedy = "The UI shows it beside the run's name: chalktape ui."
            raise ValueError(mistake(who, "the ID of a run in the store", remedy, run=run_id)) from None
        experiment = MlflowClient().get_experiment(run.info.experiment_id).name
    there = run.info.lifecycle_stage != LifecycleStage.DELETED
    remedy = f"Restore it: mlflow runs restore --run-id {run_id}."
    require(there, who, "a run that was not deleted", remedy, run=run_id)
    remedy = "Give the run of a whole command, or the command itself once more: it goes on, too."
    require(COMMAND_TAG in run.data.tags, who, "a run that a command began", remedy, run=run_id)
    try:
        arguments = [str(argument) for argument in json.loads(run.data.tags[COMMAND_TAG])]
    except (ValueError, TypeError):
        expected, remedy = (
            f"the tag {COMMAND_TAG!r} as the run wrote it",
            "Somebody changed it: give the command again.",
        )
        raise ValueError(mistake(who, expected, remedy, run=run_id)) from None
    return StoredCommand(
        arguments=arguments,
        commit=run.data.tags.get("git", _UNKNOWN),
        finished=run.info.status == "FINISHED",
        experiment=experiment,
        kind=run.data.tags.get("kind", _UNKNOWN),
    )


def files_of(run_id: str, names: Sequence[str], tracking_uri: str | None = None) -> dict[str, str]:
    """Returns the text of files that a run logged.

    Raises:
        ValueError: There is no such store, or a file is not where the store says.
    """
    uri = existing(tracking_uri)
    with readable(uri):
        run = MlflowClient().get_run(run_id)
        return {name: _text(run, name) for name in names}


def last_tagged(experiment: str, tag: str, value: str, tracking_uri: str | None = None) -> str | None:
    """Returns the ID of the last finished run of an experiment whose tag has a value; ``None`` where there is none."""
    uri = existing(tracking_uri)
    with readable(uri):
        runs = _finished(experiment, f"tags.{tag} = '{value}'", 1)
    return next((run.info.run_id for run in runs), None)


@dataclass(frozen=True, kw_only=True)
class NewestRun:
    """Where the UI shows a run.

    Attributes:
        name: Of the run.
        experiment: ID of its experiment.
        run: Its own.
    """

    name: str
    experiment: str
    run: str


def newest_run(tracking_uri: str | None = None) -> NewestRun | None:
    """Returns the run that a command began last, whatever became of it; ``None`` in an empty store.

    Raises:
        ValueError: There is no store, or it does not answer.
    """
    uri = existing(tracking_uri)
    with readable(uri):
        client = MlflowClient()
        experiments = [experiment.experiment_id for experiment in client.search_experiments()]
        newest = ["attributes.start_time DESC"]
        runs = client.search_runs(experiments, f"tags.{COMMAND_TAG} LIKE '%'", max_results=1, order_by=newest)
    return next(
        (NewestRun(name=run.info.run_name, experiment=run.info.experiment_id, run=run.info.run_id) for run in runs),
        None,
    )


def last_comparison(name: str) -> StoredComparison | None:
    """Returns the last finished run of a comparison in the open store; ``None`` where there is none."""
    return next((_stored(run) for run in _finished(name, _COMPARISON, 1)), None)


def last_section(experiment: str, name: str) -> StoredSection | None:
    """Returns the last section of this name that a finished run of an experiment left in the open store."""
    for run in _finished(experiment, f"tags.{SECTION_TAG}{name} = 'yes'", 1):
        return StoredSection(
            html=_text(run, section_file(name)),
            started=datetime.fromtimestamp(run.info.start_time / 1000),
            git=run.data.tags.get("git", _UNKNOWN),
        )
    return None


def require_not_deleted(experiment: Experiment | None, uri: str) -> None:
    """Checks that an experiment was not deleted in the store, where it keeps its name.

    Raises:
        ValueError: It was; the command that restores it is told.
    """
    if experiment is None or experiment.lifecycle_stage != LifecycleStage.DELETED:
        return
    command = f"mlflow experiments restore --experiment-id {experiment.experiment_id}"
    remedy = f"Restore it: MLFLOW_TRACKING_URI={shlex.quote(told(uri))} {command}. Or give another store."
    expected = "an experiment that is not deleted in the store"
    raise ValueError(mistake("tracking", expected, remedy, experiment=experiment.name))


def section_file(name: str) -> str:
    """Returns where a run keeps a section."""
    return f"sections/{name}.html"


def _finished(experiment: str, condition: str, n_runs: int) -> Sequence[Run]:
    """Returns an experiment's last finished runs that meet a condition, newest first."""
    return _last(experiment, f"{condition} and attributes.status = 'FINISHED'", n_runs)


def _last(experiment: str, condition: str, n_runs: int) -> Sequence[Run]:
    client = MlflowClient()
    found = client.get_experiment_by_name(experiment)
    if found is None:
        return []
    order = ["attributes.start_time DESC"]
    return client.search_runs([found.experiment_id], condition, max_results=n_runs, order_by=order)


def _how_to_finish(name: str) -> str:
    """Returns the command that makes a finished run of a comparison that has none."""
    for run in _last(name, _COMPARISON, 1):
        if COMMAND_TAG in run.data.tags and run.info.status != "RUNNING":
            return f"Its last run did not end well; this goes on with it: chalktape run --resume {run.info.run_id}."
    return f"Run it first: chalktape run {name}."


def _stored(run: Run) -> StoredComparison:
    """Reads a run from its files: tags and descriptions can be changed by everybody."""
    record = json.loads(_text(run, "experiment.json"))
    declared = record["experiment"]
    return StoredComparison(
        title=declared["title"],
        primary_metric=declared["primary_metric"],
        table=pd.read_csv(StringIO(_text(run, "comparison.csv"))),
        verdict=_verdict(run),
        started=datetime.fromtimestamp(run.info.start_time / 1000),
        seed=str(record["seed"]),
        git=record["git"] or "none",
        report=place(run.info.artifact_uri, "report.html"),
        departs="; ".join(_departures(declared, record.get("epochs"))),
    )


def _departures(declared: Mapping[str, Any], epochs: int | None) -> Iterator[str]:
    """Yields how a run departs from its declaration, as far as its record says so: earlier versions wrote no epochs."""
    if tried := declared.get("tried"):
        yield tried["words"]
    if epochs:
        yield f"nets had {epochs} epochs instead of the declared ones"


def _verdict(run: Run) -> str:
    """Returns the sentence that told the result; an earlier version kept it in the description alone."""
    if any(file.path == NOTE_FILE for file in MlflowClient().list_artifacts(run.info.run_id)):
        return _text(run, NOTE_FILE).partition("\n")[0]
    described = run.data.tags.get(NOTE_TAG, "").partition("\n")[0]
    if described and described in unescape(_text(run, "report.html")):
        return described
    return "The run's description was changed since; its report has the verdict."


def _text(run: Run, name: str) -> str:
    try:
        return mlflow.artifacts.load_text(f"{run.info.artifact_uri}/{name}")
    except (MlflowException, OSError) as error:
        expected = "the files of a run where the store says"
        remedy = "They were moved or removed: put them back, or tell the store where they are (docs/operations.md)."
        raise ValueError(mistake("tracking", expected, remedy, place=place(run.info.artifact_uri, name))) from error
