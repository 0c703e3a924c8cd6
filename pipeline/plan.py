"""The flow of a run: everything that can be wrong with the input is looked at first, then the experiments follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from experiments.language import Comparison, Ladder, Leak, Splitting
from experiments.language.printed import WorkedExample
from models.checks import require
from models.engine.devices import Device, Placement, StrategyName, choose
from pipeline.comparison.flow import Job, run_comparison
from pipeline.data.ingest import DATASETS, DataUnavailable, ingest
from pipeline.data.split import inner_folds, split
from pipeline.data.values import Dataset
from pipeline.decisions.flow import examined
from pipeline.ladder.flow import LadderJob, run_ladder
from pipeline.leak.flow import run_leak
from pipeline.lecture.flow import run_lecture
from pipeline.process import interrupts
from pipeline.scoring.evaluate import judge_by
from pipeline.telling.files import to_json, write
from pipeline.telling.terminal import Terminal
from pipeline.tracking import Tracker
from pipeline.training.train import train


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What will run, after everything that can be wrong with the input has been looked at.

    Attributes:
        examples: Of the lecture, worked before anything else.
        example_data: What those learn from that declare a whole data set, by their names.
        jobs: Comparisons, in the order in which they will run.
        tracker: The open store; ``None`` in a process that only follows the first of several workers.
        placement: The device or devices of nets.
        left_out: Experiments whose data cannot be had, and why.
        ladders: Climbed last.
    """

    examples: tuple[WorkedExample, ...]
    example_data: Mapping[str, Dataset]
    jobs: tuple[Job, ...]
    tracker: Tracker | None
    placement: Placement
    left_out: Mapping[str, str]
    ladders: tuple[LadderJob, ...] = ()


def plan(
    examples: Sequence[WorkedExample],
    comparisons: Sequence[Comparison],
    ladders: Sequence[Ladder] = (),
    *,
    leave_out_unavailable: bool,
    data_dir: Path | None = None,
    download: bool = False,
    seed: int = 1,
    n_folds: int | None = None,
    tracking_uri: str | None = None,
    device: Device = "auto",
    strategy: StrategyName = "none",
) -> Plan:
    """Reads the data, divides it and opens the store, before anything is trained or logged.

    Args:
        examples: Of the lecture, to work.
        comparisons: To run.
        ladders: To climb.
        leave_out_unavailable: Whether an experiment without data is left out, instead of being an error.
        data_dir: Where data files are.
        download: Whether missing files may be fetched.
        seed: Of fold 0.
        n_folds: Instead of the declared numbers; data sets with canonical test rows keep their one.
        tracking_uri: MLflow's store.
        device: Of nets.
        strategy: How nets are spread over devices.

    Raises:
        ValueError: Data that cannot be had or used, a number of folds that does not suit the split, a store that does
            not open.
    """
    require(
        n_folds is None or any(item.splitting.kind != "canonical" for item in comparisons),
        "pipeline.run",
        "an experiment that splits its rows for --folds",
        "Leave --folds out: this set comes with its own test rows.",
        folds=n_folds,
    )
    require(
        not ladders or strategy == "none",
        "pipeline.run",
        "a comparison for --strategy",
        "Leave --strategy out: the nets of a ladder are trained on one device each.",
        strategy=strategy,
    )
    placement = choose(device, strategy)
    jobs, left_out = [], {}
    for comparison in comparisons:
        try:
            dataset = ingest(comparison.data, data_dir=data_dir, download=download)
        except DataUnavailable as error:
            if not leave_out_unavailable:
                raise
            left_out[comparison.name] = str(error)
            continue
        own_folds = n_folds if comparison.splitting.kind != "canonical" else None
        folds = split(dataset, comparison.splitting, seed=seed, n_folds=own_folds)
        inner = inner_folds(dataset, folds, comparison.decision) if comparison.decision else ()
        jobs.append(Job(comparison=comparison, dataset=dataset, folds=folds, inner_folds=inner))
    return Plan(
        examples=tuple(examples),
        example_data={
            example.name: ingest(example.data, data_dir=data_dir, download=download)
            for example in examples
            if example.data in DATASETS
        },
        jobs=tuple(jobs),
        tracker=Tracker(tracking_uri) if placement.leads else None,
        placement=placement,
        left_out=left_out,
        ladders=tuple(_ladder_job(item, data_dir=data_dir, download=download, seed=seed) for item in ladders),
    )


def _ladder_job(ladder: Ladder, *, data_dir: Path | None, download: bool, seed: int) -> LadderJob:
    dataset = ingest(ladder.data, data_dir=data_dir, download=download)
    (fold,) = split(dataset, Splitting(kind="canonical", n_folds=1), seed=seed)
    return LadderJob(ladder=ladder, dataset=dataset, fold=fold)


def carry_out(plan: Plan, terminal: Terminal, *, epochs: int | None = None, json_file: Path | None = None) -> None:
    """Runs what was planned and says what was left out.

    Args:
        plan: What to run.
        terminal: Where progress and tables go.
        epochs: Of nets, instead of the declared numbers.
        json_file: Where to write everything the tables show.
    """
    if plan.tracker is None:
        _follow(plan, epochs)
        return
    lecture = run_lecture(plan.examples, plan.example_data, plan.tracker, terminal) if plan.examples else None
    jobs: list[Job | LadderJob] = [*plan.jobs, *plan.ladders]
    results = [_carry_out(job, plan.tracker, terminal, epochs, plan.placement) for job in jobs]
    for name, reason in plan.left_out.items():
        terminal.say(f"Left out: {name}. {reason}")
    if json_file:
        write(json_file, to_json({"lecture": lecture, "experiments": results, "left_out": dict(plan.left_out)}))


def _carry_out(
    job: Job | LadderJob, tracker: Tracker, terminal: Terminal, epochs: int | None, placement: Placement
) -> dict[str, Any]:
    if isinstance(job, LadderJob):
        return run_ladder(job, tracker, terminal, epochs=epochs, placement=placement)
    if isinstance(job.comparison, Leak):
        return run_leak(job.comparison, job.dataset, job.folds, tracker, terminal, epochs=epochs, placement=placement)
    return run_comparison(job, tracker, terminal, epochs=epochs, placement=placement)


def _follow(plan: Plan, epochs: int | None) -> None:
    """Takes part in training the nets; all else is the first worker's."""

    def progress(where: str, share: float) -> None:
        interrupts.check()

    for job in plan.jobs:
        again = partial(
            train, judge=judge_by(job.comparison), epochs=epochs, placement=plan.placement, progress=progress
        )
        for net in job.comparison.nets:
            again(net, job.dataset, job.folds)
        for net in examined(job.comparison):
            if net in job.comparison.nets:
                again(net, job.dataset, job.inner_folds)
