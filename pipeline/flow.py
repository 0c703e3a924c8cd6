"""The flow of a run: the stages in order, each handing its value to the next.

Read ``run_comparison`` first: it is what a notebook does by hand.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from experiments.checks import require
from experiments.printed import WorkedExample
from experiments.spec import Comparison, Ladder, Leak, Splitting
from models.devices import Device, Placement, StrategyName, choose
from pipeline import export
from pipeline.champion import champion
from pipeline.compare import compare, contrast, rank
from pipeline.decide import inner_folds
from pipeline.decision_flow import examined, make_decisions
from pipeline.decision_page import decisions_section
from pipeline.evaluate import evaluate
from pipeline.images import ImagesSection, images_section, mistakes_page
from pipeline.ingest import DATASETS, DataUnavailable, ingest
from pipeline.ladder_flow import LadderJob, run_ladder
from pipeline.leak_flow import run_leak
from pipeline.lecture_flow import run_lecture
from pipeline.limits import limits
from pipeline.mistakes import accuracy_table, read_images
from pipeline.pictures import pictures
from pipeline.provenance import git_commit
from pipeline.report import report
from pipeline.split import split
from pipeline.terminal import Terminal
from pipeline.tracking import Tracker
from pipeline.tracking.runs import ParentRun
from pipeline.train import Interrupted, train
from pipeline.values import Contrast, Dataset, Fold, Scores, Summary, Trained
from pipeline.verdict import note, verdict


@dataclass(frozen=True, kw_only=True)
class Job:
    """One experiment with its data in hand."""

    comparison: Comparison
    dataset: Dataset
    folds: tuple[Fold, ...]
    inner_folds: tuple[Fold, ...] = ()  # for decisions, where some are declared


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
    tracker, placement = plan.tracker, plan.placement
    results = [run_comparison(job, tracker, terminal, epochs=epochs, placement=placement) for job in plan.jobs]
    results += [run_ladder(job, tracker, terminal, epochs=epochs, placement=placement) for job in plan.ladders]
    for name, reason in plan.left_out.items():
        terminal.say(f"Left out: {name}. {reason}")
    if json_file:
        export.write(
            json_file, export.to_json({"lecture": lecture, "experiments": results, "left_out": dict(plan.left_out)})
        )


def _follow(plan: Plan, epochs: int | None) -> None:
    """Takes part in training the nets; all else is the first worker's."""
    for job in plan.jobs:
        again = partial(train, comparison=job.comparison, epochs=epochs, placement=plan.placement)
        for net in job.comparison.nets:
            again(net, job.dataset, job.folds)
        for net in examined(job.comparison):
            if net in job.comparison.nets:
                again(net, job.dataset, job.inner_folds)


def run_comparison(
    job: Job,
    tracker: Tracker,
    terminal: Terminal,
    *,
    epochs: int | None = None,
    placement: Placement | None = None,
) -> dict[str, Any]:
    """Trains, scores, compares, logs and reports one experiment.

    Args:
        job: The experiment with its data and folds.
        tracker: The open store.
        terminal: Where progress and tables go.
        epochs: Of nets, instead of the declared numbers.
        placement: The device or devices of nets.

    Returns:
        Everything the tables show, as plain values.
    """
    comparison, dataset, folds = job.comparison, job.dataset, job.folds
    if isinstance(comparison, Leak):
        return run_leak(comparison, dataset, folds, tracker, terminal, epochs=epochs, placement=placement)
    record = export.experiment_record(comparison, dataset, folds)
    trained: list[Trained] = []
    scores: list[Scores] = []
    summaries: list[Summary] = []
    tags = {
        "kind": "comparison",
        "dataset": dataset.name,
        "git": git_commit() or "none",
        "seed": str(folds[0].seed),
    }
    with tracker.run(comparison.name, name=f"{comparison.name}, seed {folds[0].seed}", tags=tags) as run:
        run.log_dataset(dataset)
        run.log_texts(
            {"experiment.json": export.to_json(record), "split.csv": export.to_csv(export.split_table(folds))}
        )
        try:
            for own_trained, own_scores in _each_candidate(job, terminal, epochs, placement):
                own_summaries = compare(own_scores, folds, comparison)
                run.log_candidate(dataset, own_trained, own_scores, own_summaries)
                trained += own_trained
                scores += own_scores
                summaries += own_summaries
        except Interrupted as stopped:
            if stopped.trained:
                run.log_unfinished(dataset, stopped.trained)
            raise
        finally:
            # Also after an interrupt or an error: what was finished is worth keeping.
            contrasts = contrast(scores, folds, comparison)
            run.log_overview(comparison.primary_metric, summaries)
            run.log_texts(_tables(trained, scores, summaries, contrasts))
        ranks = rank(scores, folds, comparison, contrasts)
        decided = make_decisions(
            comparison,
            dataset,
            folds,
            job.inner_folds,
            trained,
            scores,
            run,
            terminal,
            epochs=epochs,
            placement=placement,
        )
        decisions = decisions_section(comparison, dataset, decided) if decided else None
        page = report(
            comparison,
            dataset,
            folds,
            trained,
            scores,
            summaries,
            contrasts,
            ranks,
            decisions=decisions,
            images=_look_at_images(job, run, trained, scores, summaries),
            left_out=limits(comparison, n_folds=len(folds), epochs=epochs),
            command=_command(job, epochs),
        )
        run.log_texts({"report.html": page})
        run.log_figures(pictures(comparison, scores, summaries, contrasts))
        registered = _register(run, comparison, summaries, contrasts, epochs)
        told = decisions.answers[:2] if decisions else ()  # the others are in the report
        run.log_note("\n\n".join([note(comparison, summaries, contrasts), *told, registered]))
    terminal.comparison(comparison.title, comparison.primary_metric, export.summaries_table(summaries))
    terminal.say(verdict(comparison, summaries, contrasts))
    for answer in told:
        terminal.say(answer)
    terminal.say(registered)
    terminal.say(f"Report: {run.place('report.html')}\n")
    results = export.results_record(record, trained, scores, summaries, contrasts, ranks)
    return {**results, "decisions": export.decisions_record(decided)} if decided else results


def _register(
    run: ParentRun,
    comparison: Comparison,
    summaries: Sequence[Summary],
    contrasts: Sequence[Contrast],
    epochs: int | None,
) -> str:
    """Registers the model that is worth serving, and says so or why not."""
    chosen = champion(comparison, summaries, contrasts)
    if chosen is None:
        return "Not registered: the comparison declares no gate."
    if epochs is not None:
        return "Not registered: with --epochs the nets are not the declared ones."
    return run.register(comparison.name, chosen)


def _each_candidate(
    job: Job, terminal: Terminal, epochs: int | None, placement: Placement | None
) -> Iterator[tuple[tuple[Trained, ...], tuple[Scores, ...]]]:
    """Yields each candidate trained and scored on every fold, in the order of the declaration."""
    candidates = job.comparison.candidates
    with terminal.progress(job.comparison.name, len(candidates)) as told:
        for position, candidate in enumerate(candidates):
            progress = partial(told.update, position, candidate.name)
            trained = train(
                candidate,
                job.dataset,
                job.folds,
                comparison=job.comparison,
                epochs=epochs,
                placement=placement,
                progress=progress,
            )
            pairs = zip(trained, job.folds, strict=True)
            scores = tuple(evaluate(item, job.dataset, fold, job.comparison) for item, fold in pairs)
            yield trained, scores
            seconds = sum(item.seconds for item in trained)
            told.finish(position, candidate.name, f"{trained[0].engine}, {seconds:.1f} s for {len(trained)} folds")


def _look_at_images(
    job: Job, run: ParentRun, trained: Sequence[Trained], scores: Sequence[Scores], summaries: Sequence[Summary]
) -> ImagesSection | None:
    """Draws and logs what went wrong with images; a table has none."""
    if not job.dataset.is_image:
        return None
    images = read_images(job.comparison, job.folds[0], trained, scores, summaries)
    section = images_section(images, job.dataset, n_folds=len(job.folds))
    table = accuracy_table(images.readings, job.dataset)
    run.log_texts(
        {"mistakes.html": mistakes_page(job.comparison, section), "accuracy_by_class.csv": export.to_csv(table)}
    )
    return section


def _tables(
    trained: Sequence[Trained], scores: Sequence[Scores], summaries: Sequence[Summary], contrasts: Sequence[Contrast]
) -> dict[str, str]:
    tables = {
        "comparison.csv": export.to_csv(export.summaries_table(summaries)),
        "contrasts.csv": export.to_csv(export.contrasts_table(contrasts)),
        "scores.csv": export.to_csv(export.scores_table(scores)),
    }
    searched = export.search_table(trained)
    return tables if searched.empty else {**tables, "search.csv": export.to_csv(searched)}


def _command(job: Job, epochs: int | None) -> str:
    """Returns the command line that gives this result again."""
    parts = [f"python -m pipeline.run {job.comparison.name} --seed {job.folds[0].seed}"]
    if job.comparison.splitting.kind != "canonical":
        parts.append(f"--folds {len(job.folds)}")
    if epochs is not None:
        parts.append(f"--epochs {epochs}")
    return " ".join(parts)
