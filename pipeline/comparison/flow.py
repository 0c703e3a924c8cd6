"""The flow of a comparison: the stages in order, each handing its value to the next.

Read ``run_comparison`` first: it is what a notebook does by hand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from experiments.language import Comparison
from models.engine.devices import Placement
from pipeline.comparison.champion import champion
from pipeline.comparison.images import ImagesSection, images_section, mistakes_page
from pipeline.comparison.limits import limits
from pipeline.comparison.pictures import pictures
from pipeline.comparison.record import results_record
from pipeline.comparison.report import report
from pipeline.comparison.verdict import note, verdict
from pipeline.data.values import Dataset, Fold
from pipeline.decisions.flow import make_decisions
from pipeline.decisions.page import decisions_section
from pipeline.decisions.tables import decisions_record
from pipeline.flow.record import experiment_record
from pipeline.process.provenance import git_commit
from pipeline.scoring.compare import compare, contrast, rank
from pipeline.scoring.evaluate import evaluate, judge_by
from pipeline.scoring.mistakes import accuracy_table, read_images
from pipeline.scoring.tables import contrasts_table, scores_table, search_table, split_table, summaries_table
from pipeline.scoring.values import Contrast, Scores, Summary
from pipeline.telling.files import to_csv, to_json
from pipeline.telling.terminal import Terminal
from pipeline.tracking import Tracker
from pipeline.tracking.runs import ParentRun
from pipeline.training.train import Interrupted, train
from pipeline.training.values import Trained


@dataclass(frozen=True, kw_only=True)
class Job:
    """One experiment with its data in hand."""

    comparison: Comparison
    dataset: Dataset
    folds: tuple[Fold, ...]
    inner_folds: tuple[Fold, ...] = ()  # for decisions, where some are declared


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
    record = experiment_record(comparison, dataset, folds)
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
        run.log_texts({"experiment.json": to_json(record), "split.csv": to_csv(split_table(folds))})
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
    terminal.comparison(comparison.title, comparison.primary_metric, summaries_table(summaries))
    terminal.say(verdict(comparison, summaries, contrasts))
    for answer in told:
        terminal.say(answer)
    terminal.say(registered)
    terminal.say(f"Report: {run.place('report.html')}\n")
    results = results_record(record, trained, scores, summaries, contrasts, ranks)
    return {**results, "decisions": decisions_record(decided)} if decided else results


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
    return run.register(comparison.name, chosen.candidate, passes=chosen.passes, reason=chosen.reason)


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
                judge=judge_by(job.comparison),
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
    run.log_texts({"mistakes.html": mistakes_page(job.comparison, section), "accuracy_by_class.csv": to_csv(table)})
    return section


def _tables(
    trained: Sequence[Trained], scores: Sequence[Scores], summaries: Sequence[Summary], contrasts: Sequence[Contrast]
) -> dict[str, str]:
    tables = {
        "comparison.csv": to_csv(summaries_table(summaries)),
        "contrasts.csv": to_csv(contrasts_table(contrasts)),
        "scores.csv": to_csv(scores_table(scores)),
    }
    searched = search_table(trained)
    return tables if searched.empty else {**tables, "search.csv": to_csv(searched)}


def _command(job: Job, epochs: int | None) -> str:
    """Returns the command line that gives this result again."""
    parts = [f"python -m pipeline.run {job.comparison.name} --seed {job.folds[0].seed}"]
    if job.comparison.splitting.kind != "canonical":
        parts.append(f"--folds {len(job.folds)}")
    if epochs is not None:
        parts.append(f"--epochs {epochs}")
    return " ".join(parts)
