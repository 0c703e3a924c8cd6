"""The flow of a comparison: the stages in order, each handing its value to the next.

Read ``run_comparison`` first: it is what a notebook does by hand.
"""

from dataclasses import dataclass
from typing import Any

from experiments.language import Comparison
from pipeline.comparison.drivers.look import what_drives
from pipeline.comparison.drivers.values import Drivers
from pipeline.comparison.numbers.look import Looked, look_at_numbers
from pipeline.comparison.record import results_record
from pipeline.comparison.registration import Registration, register
from pipeline.comparison.report import report, sections
from pipeline.comparison.spread import look_for_spread
from pipeline.comparison.verdict import note, verdict
from pipeline.data.images.found import EQUAL_IMAGES
from pipeline.data.values import Dataset, Fold
from pipeline.decisions.flow import make_decisions
from pipeline.decisions.tables import decisions_record
from pipeline.decisions.values import Decided
from pipeline.flow.desk import Desk
from pipeline.flow.each import Entry, Scored, train_and_score
from pipeline.flow.record import experiment_record, parameters
from pipeline.scoring.compare import gather
from pipeline.scoring.result import Result
from pipeline.scoring.tables import equal_images_table, result_tables, split_table, summaries_table
from pipeline.telling.files import to_csv, to_json
from pipeline.telling.section import files_of
from pipeline.tracking.runs import ParentRun
from pipeline.training.values import Interrupted


@dataclass(frozen=True, kw_only=True)
class ComparisonJob:
    """One experiment with its data in hand.

    Attributes:
        comparison: The declaration.
        dataset: Its data.
        folds: All of them.
        inner_folds: Of their training rows, for decisions; empty where none are declared.
    """

    comparison: Comparison
    dataset: Dataset
    folds: tuple[Fold, ...]
    inner_folds: tuple[Fold, ...] = ()

    def run(self, desk: Desk) -> dict[str, Any]:
        """Runs it; see ``run_comparison``."""
        return run_comparison(self, desk).record


@dataclass(frozen=True, kw_only=True, eq=False)
class Compared:
    """What a comparison left.

    Attributes:
        result: What was found.
        registration: What became of the champion.
        page: Where the report lies: a path, or its address within a server's store.
        champion: Address of the version that was registered; ``None`` where none was.
        record: Everything the tables show, as plain values.
    """

    result: Result
    registration: Registration
    page: str
    champion: str | None
    record: dict[str, Any]


def run_comparison(job: ComparisonJob, desk: Desk) -> Compared:
    """Trains, scores, compares, logs and reports one experiment.

    Args:
        job: The experiment with its data and folds.
        desk: Where it is done.

    Returns:
        The result, its page, the champion, and everything the tables show.
    """
    comparison, terminal = job.comparison, desk.terminal
    record = experiment_record(comparison, job.dataset, job.folds, desk.epochs)
    with desk.run("comparison", comparison.name, dataset=job.dataset, seed=job.folds[0].seed) as run:
        run.log_texts({"experiment.json": to_json(record), **_given(job)})
        run.log_parameters(parameters(record))
        run.describe(". ".join(part.rstrip(".") for part in (comparison.title, comparison.where) if part) + ".")
        result = _train_and_compare(job, desk, run)
        decided, drivers, numbers = make_decisions(result, job.inner_folds, desk), None, None
        try:
            drivers = what_drives(result, desk)
            numbers = look_at_numbers(result, desk)
            spread = look_for_spread(result, desk)
        except (KeyboardInterrupt, ValueError):
            _leave_without_spread(result, decided, drivers, numbers, desk, run)
            raise
        told = sections(result, decided, desk.epochs, spread, drivers, numbers)
        run.log_texts(files_of(told))
        run.log_figures([figure for section in told for figure in section.figures])
        answers = [answer for section in told for answer in section.answers[:2]]  # the others are in the report

        def leave(registration: Registration) -> None:
            """Leaves page and note, before the champion is refitted and after."""
            run.log_texts({"report.html": report(result, told, registration.answer)})
            run.log_note("\n\n".join([note(result), *answers, registration.words()]), "report.html")

        leave(Registration(done="Not registered yet."))  # an end from here on loses no page
        terminal.comparison(comparison.title, comparison.primary_metric, summaries_table(result.summaries))
        for sentence in (verdict(result), *answers):
            terminal.say(sentence)
        registration = register(result, job.inner_folds, desk, run, leave)
        champion = run.registered
        use = run.commands(comparison.name, _scored(job.dataset))
    page = run.place("report.html")
    for sentence in filter(None, (registration.words(), use, f"Report: {page}\n")):
        terminal.say(sentence)
    results = {**results_record(record, result), **spread.record(), "registration": registration.record()}
    results |= {"drivers": drivers.record()} if drivers else {}
    results |= numbers.record() if numbers else {}
    results |= {"decisions": decisions_record(decided)} if decided else {}
    return Compared(result=result, registration=registration, page=page, champion=champion, record=results)


def _scored(dataset: Dataset) -> str | None:
    """Returns what rows to be scored may be called: files of images, or a table; arrays of pixels are in neither."""
    if dataset.images is not None:
        return "images/"
    return None if dataset.is_image else "rows.csv"


def _leave_without_spread(
    result: Result, decided: Decided | None, drivers: Drivers | None, numbers: Looked | None, desk: Desk, run: ParentRun
) -> None:
    """Leaves the page of a comparison that is whole, though what was to be found beyond it is not."""
    told = sections(result, decided, desk.epochs, drivers=drivers, numbers=numbers)
    meanwhile = "candidates were trained with other seeds or on fewer rows"
    if drivers is None and not result.dataset.is_image:
        meanwhile = "columns were shuffled to see what drives the best"
    elif numbers is None and not result.dataset.task.has_classes:
        meanwhile = "prediction intervals were calibrated"
    stopped = f"Not registered: the run was ended while {meanwhile}; the registry is as it was."
    run.log_texts({**files_of(told), "report.html": report(result, told, stopped)})
    run.log_note(f"{note(result)}\n\n{stopped}", "report.html")
    for sentence in (verdict(result), stopped, f"Report: {run.place('report.html')}\n"):
        desk.terminal.say(sentence)


def _given(job: ComparisonJob) -> dict[str, str]:
    """Returns what is settled before anything is trained: the folds, what columns are, and which images are equal."""
    columns, files = job.dataset.columns, job.dataset.files
    given = {"split.csv": to_csv(split_table(job.folds))}
    given |= {} if columns is None else {"columns.json": columns.to_json()}
    return given if files is None or not files.repeats else given | {EQUAL_IMAGES: to_csv(equal_images_table(files))}


def _train_and_compare(job: ComparisonJob, desk: Desk, run: ParentRun) -> Result:
    """Trains, scores and logs each candidate; what was finished before an interrupt or an error is logged, too."""
    done: list[Scored] = []
    entries = [
        Entry(candidate=candidate, comparison=job.comparison, dataset=job.dataset, folds=job.folds)
        for candidate in job.comparison.candidates
    ]
    try:
        for one in train_and_score(desk, job.comparison.name, entries):
            primary = job.comparison.primary_metric
            run.log_candidate(job.dataset, one.trained, one.scores, one.summaries, primary)
            done.append(one)
    except Interrupted as stopped:
        if stopped.trained:
            run.log_unfinished(job.dataset, stopped.trained)
        raise
    finally:
        trained = [item for one in done for item in one.trained]
        scores = [item for one in done for item in one.scores]
        result = gather(job.comparison, job.dataset, job.folds, trained, scores)
        run.log_overview(job.comparison.primary_metric, result.summaries)
        run.log_texts({name: to_csv(table) for name, table in result_tables(result).items()})
    return result
