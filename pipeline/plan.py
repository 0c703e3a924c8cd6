"""What a run does: everything that can be wrong with the input is looked at first, then each job runs in its wing."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from experiments.language import Comparison, Ladder, Leak, Splitting
from experiments.language.printed import WorkedExample
from models.checks import require
from models.engine.devices import Device, Placement, StrategyName, choose
from pipeline.comparison.flow import ComparisonJob
from pipeline.comparison.heeded import require_heeded
from pipeline.comparison.inside import inside
from pipeline.comparison.rows_curve import require_rows
from pipeline.data.ingest import SOURCES, Source, ingest
from pipeline.data.roles import named
from pipeline.data.sources import DataUnavailable
from pipeline.data.split import split
from pipeline.data.values import Dataset
from pipeline.decisions.subgroups import require_column
from pipeline.flow.desk import Desk
from pipeline.ladder.flow import LadderJob
from pipeline.leak.flow import LeakJob
from pipeline.lecture.flow import LectureJob
from pipeline.telling.files import to_json, write
from pipeline.telling.terminal import Terminal
from pipeline.tracking import Tracker
from pipeline.tracking.address import groups_of
from pipeline.training.cluster import is_open, opened, require_usable
from pipeline.training.executors import Here, NothingMore
from pipeline.training.kept import KeptGroups
from pipeline.training.work import Executor, Finished, NothingFinished

Experiment = Comparison | Ladder


class Job(Protocol):
    """An experiment with its data in hand, in the wing that runs it."""

    def run(self, desk: Desk) -> dict[str, Any]:
        """Runs it and returns everything its tables show, as plain values."""


@dataclass(frozen=True, kw_only=True)
class How:
    """How much is run, from which data, and where.

    Attributes:
        data_dir: Where data files are.
        download: Whether missing files may be fetched.
        seed: Of fold 0.
        n_folds: Instead of the declared numbers; data sets with canonical test rows keep their one.
        tracking_uri: MLflow's store.
        device: Of nets.
        strategy: How nets are spread over devices.
        sources: Data sets besides the known ones: name -> where its rows come from.
        fresh: Whether everything is trained, what was trained before, too.
        workers: Processes of this machine that train; 0 for this one alone.
        cluster: Address of a scheduler whose workers train; ``None`` without.
        only_found: Whether nothing is trained: what was trained before is logged, and ends where something is missing.
    """

    data_dir: Path | None = None
    download: bool = False
    seed: int = 1
    n_folds: int | None = None
    tracking_uri: str | None = None
    device: Device = "auto"
    strategy: StrategyName = "none"
    sources: Mapping[str, Source] = field(default_factory=dict)
    fresh: bool = False
    workers: int = 0
    cluster: str | None = None
    only_found: bool = False

    def ingest(self, name: str) -> Dataset:
        """Returns a data set by its name."""
        if name in self.sources:
            return self.sources[name].load(data_dir=self.data_dir, download=self.download)
        return ingest(name, data_dir=self.data_dir, download=self.download)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What will run, after everything that can be wrong with the input has been looked at.

    Attributes:
        lecture: The examples that are worked before anything else, if any.
        jobs: All else, in the order in which it will run.
        tracker: The open store; ``None`` in a process that only follows the first of several workers.
        placement: The device or devices of nets.
        left_out: Experiments whose data cannot be had, and why.
        finished: What was trained before.
        workers: Processes of this machine that train; 0 for this one alone.
        cluster: Address of a scheduler whose workers train; ``None`` without.
        only_found: Whether nothing is trained.
    """

    lecture: LectureJob | None
    jobs: tuple[Job, ...]
    tracker: Tracker | None
    placement: Placement
    left_out: Mapping[str, str]
    finished: Finished = field(default_factory=NothingFinished)
    workers: int = 0
    cluster: str | None = None
    only_found: bool = False


def plan(
    examples: Sequence[WorkedExample],
    experiments: Sequence[Experiment],
    how: How | None = None,
    *,
    leave_out_unavailable: bool = False,
) -> Plan:
    """Reads the data, divides it and opens the store, before anything is trained or logged.

    Args:
        examples: Of the lecture, to work.
        experiments: Comparisons to run and ladders to climb, in this order.
        how: How much, from where, and where.
        leave_out_unavailable: Whether an experiment without data is left out, instead of being an error.

    Raises:
        ValueError: Data that cannot be had or used, or do not suit what was declared of them; a number of folds that
            does not suit the split; a store that does not open.
    """
    how = how or How()
    _require_effect(experiments, how)
    placement = choose(how.device, how.strategy)
    require_usable(how.workers, how.cluster, placement.device)
    jobs, left_out = [], {}
    for experiment in experiments:
        try:
            jobs.append(_job(experiment, how))
        except DataUnavailable as error:
            if not leave_out_unavailable:
                raise
            left_out[experiment.name] = str(error)
    tracker = Tracker(how.tracking_uri) if placement.leads else None
    if tracker is not None:
        names = [experiment.name for experiment in experiments if experiment.name not in left_out]
        tracker.require_usable([*(["lecture"] if examples else []), *names])
    return Plan(
        lecture=_lecture(examples, how),
        jobs=tuple(jobs),
        tracker=tracker,
        placement=placement,
        left_out=left_out,
        finished=_finished(tracker, placement, how),
        workers=how.workers,
        cluster=how.cluster,
        only_found=how.only_found,
    )


def _finished(tracker: Tracker | None, placement: Placement, how: How) -> Finished:
    """Returns what was trained before; nothing where several devices share each batch: all must train alike."""
    if tracker is None or placement.strategy is not None:
        return NothingFinished()
    return KeptGroups(groups_of(tracker.uri), fresh=how.fresh)


def _require_effect(experiments: Sequence[Experiment], how: How) -> None:
    """Refuses what would have no effect."""
    divided = [item for item in experiments if isinstance(item, Comparison) and item.splitting.kind != "canonical"]
    require(
        how.n_folds is None or bool(divided),
        "chalktape run",
        "an experiment that splits its rows for --folds",
        "Leave --folds out: this set comes with its own test rows.",
        folds=how.n_folds,
    )
    require(
        how.strategy == "none" or not any(isinstance(item, Ladder) for item in experiments),
        "chalktape run",
        "a comparison for --strategy",
        "Leave --strategy out: the nets of a ladder are trained on one device each.",
        strategy=how.strategy,
    )
    require(
        how.strategy == "none" or not how.fresh,
        "chalktape run",
        "nets on one device each for --fresh",
        "Leave --fresh out: with --strategy everything is trained anyway.",
        strategy=how.strategy,
    )
    require(
        how.strategy == "none" or not (how.workers or how.cluster),
        "chalktape run",
        "nets on one device each for --workers or --cluster",
        "Leave --strategy out: it shares each batch, they share out whole trainings.",
        strategy=how.strategy,
    )


def _lecture(examples: Sequence[WorkedExample], how: How) -> LectureJob | None:
    if not examples:
        return None
    datasets = {example.name: how.ingest(example.data) for example in examples if example.data in SOURCES}
    return LectureJob(examples=tuple(examples), datasets=datasets)


def _job(experiment: Experiment, how: How) -> Job:
    dataset = how.ingest(experiment.data)
    if isinstance(experiment, Ladder):
        percents, remedy = "classes for figures in percent of right rows", "Declare a Comparison of numbers."
        require(dataset.task.has_classes, f"Ladder {experiment.name!r}", percents, remedy, data=experiment.data)
        (fold,) = split(dataset, Splitting(kind="canonical", n_folds=1), seed=how.seed)
        return LadderJob(ladder=experiment, dataset=dataset, fold=fold)
    with named(dataset.left_out):
        return _divided(experiment, dataset, how)


def _divided(experiment: Comparison, dataset: Dataset, how: How) -> Job:
    """Returns an experiment with its rows divided, once all that does not suit them is refused."""
    dataset.task.require_fit(experiment)
    splitting = experiment.splitting
    n_folds = how.n_folds if splitting.kind != "canonical" else None
    if splitting.deals and n_folds is not None:
        n_splits = splitting.n_splits or 1
        whole, remedy = n_folds % n_splits == 0, f"Rows are dealt out to {n_splits} parts, each the test rows once."
        require(whole, "chalktape run", f"--folds of {n_splits}, {2 * n_splits} and so on", remedy, folds=n_folds)
    folds = split(dataset, splitting, seed=how.seed, n_folds=n_folds)
    if isinstance(experiment, Leak):
        return LeakJob(leak=experiment, dataset=dataset, folds=folds)
    require_heeded(experiment, dataset, folds)
    require_rows(experiment, dataset, folds)
    decision = experiment.decision
    if decision and decision.by is not None:
        require_column(dataset, decision.by)
    inner = inside(experiment, dataset, folds)
    return ComparisonJob(comparison=experiment, dataset=dataset, folds=folds, inner_folds=inner)


def desk_of(
    plan: Plan,
    terminal: Terminal,
    *,
    epochs: int | None = None,
    insists: bool = False,
    tags: Mapping[str, str] | None = None,
    executor: Executor | None = None,
) -> Desk:
    """Returns what a plan is worked at; a worker that follows another leaves nothing and says nothing.

    Args:
        plan: What will run.
        terminal: Where progress and tables go.
        epochs: Of nets, instead of the declared numbers.
        insists: Whether a run that departs from what is declared may register its champion.
        tags: Of every run.
        executor: Where groups are trained; this process by default.
    """
    if plan.tracker is None:
        return Desk.silent(plan.placement, epochs, insists=insists, executor=executor)
    return Desk(
        tracker=plan.tracker,
        terminal=terminal,
        placement=plan.placement,
        executor=executor or Here(),
        finished=plan.finished,
        epochs=epochs,
        insists=insists,
        tags=tags or {},
    )


def carry_out(
    plan: Plan,
    terminal: Terminal,
    *,
    epochs: int | None = None,
    insists: bool = False,
    json_file: Path | None = None,
    tags: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Runs what was planned, says what was left out, and returns what the tables of each experiment show.

    Of several workers all run the same: those that follow the first leave nothing.

    Args:
        plan: What to run.
        terminal: Where progress and tables go.
        epochs: Of nets, instead of the declared numbers.
        insists: Whether a run that departs from what is declared may register its champion.
        json_file: Where to write everything the tables show.
        tags: Of every run.
    """
    if is_open(plan.cluster):
        terminal.say(f"{plan.cluster} is open: whoever reaches it can run code there. An address of tls:// is not.")
    with (
        nullcontext(NothingMore())
        if plan.only_found
        else opened(plan.workers, plan.cluster, plan.placement.device) as executor
    ):
        desk = desk_of(plan, terminal, epochs=epochs, insists=insists, tags=tags, executor=executor)
        return _carry_out(plan, desk, json_file)


def _carry_out(plan: Plan, desk: Desk, json_file: Path | None) -> list[dict[str, Any]]:
    json_file = json_file if plan.tracker else None
    lecture = plan.lecture.run(desk) if plan.lecture else None
    results = [job.run(desk) for job in plan.jobs]
    if lecture:
        lecture.tell_again(result["experiment"]["name"] for result in results if "experiment" in result)
    for name, reason in plan.left_out.items():
        desk.terminal.say(f"Left out: {name}. {reason}")
    if json_file:
        write(
            json_file,
            to_json(
                {
                    "lecture": lecture.record if lecture else None,
                    "experiments": results,
                    "left_out": dict(plan.left_out),
                }
            ),
        )
    return results
