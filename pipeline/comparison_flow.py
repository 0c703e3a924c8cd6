"""The flow of a comparison: the stages in order, each handing its value to the next.

Read ``run_comparison`` first: it is what a notebook does by hand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from experiments.spec import Comparison
from models.devices import Placement
from pipeline import export
from pipeline.champion import champion
from pipeline.compare import compare, contrast, rank
from pipeline.decision_flow import make_decisions
from pipeline.decision_page import decisions_section
from pipeline.evaluate import evaluate
from pipeline.images import ImagesSection, images_section, mistakes_page
from pipeline.limits import limits
from pipeline.mistakes import accuracy_table, read_images
from pipeline.pictures import pictures
from pipeline.provenance import git_commit
from pipeline.report import report
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
