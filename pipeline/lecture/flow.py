"""The flow of the lecture: every worked example worked, checked, drawn, logged and told on one page."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import pandas as pd

from experiments.language.printed import WorkedExample
from experiments.lecture import ON_REQUEST
from pipeline.data.values import Dataset
from pipeline.flow.desk import Desk
from pipeline.flow.each import each
from pipeline.lecture.answers import EXPERIMENT, answers, asked, further
from pipeline.lecture.check import check
from pipeline.lecture.drawing import draw
from pipeline.lecture.ledger import ledger
from pipeline.lecture.page import lecture_page, lecture_section
from pipeline.lecture.values import Agreement, Check, Worked
from pipeline.lecture.walk_page import walk_page
from pipeline.lecture.work import work
from pipeline.process.provenance import machine, versions
from pipeline.telling.figure import Figure
from pipeline.telling.files import to_csv, to_json
from pipeline.tracking.runs import ParentRun
from pipeline.training.work import Progress
from pipeline.words.names import counted


@dataclass(frozen=True, kw_only=True, eq=False)
class Shown:
    """An example worked, checked and drawn."""

    worked: Worked
    checks: Sequence[Check]
    figures: Sequence[Figure]


@dataclass(frozen=True, kw_only=True)
class LectureJob:
    """Worked examples with their data in hand.

    Attributes:
        examples: All of the lecture, or some.
        datasets: What those learn from that declare a whole data set, by their names.
    """

    examples: tuple[WorkedExample, ...]
    datasets: Mapping[str, Dataset]

    @property
    def name(self) -> str:
        """Of the only example, or of all together."""
        return "lecture" if len(self.examples) > 1 else self.examples[0].name

    def run(self, desk: Desk) -> "Told":
        """Works them; see ``run_lecture``."""
        return run_lecture(self, desk)


@dataclass(frozen=True, kw_only=True, eq=False)
class Told:
    """The lecture, told.

    Attributes:
        record: The ledger as plain values.
        page: Tells the page with what the store knows by then.
        run: That it was logged in.
        asked: Names of the experiments that answer questions of it.
    """

    record: dict[str, Any]
    page: Callable[[], str]
    run: ParentRun
    asked: frozenset[str]

    def tell_again(self, finished: Iterable[str]) -> None:
        """Tells the page once more, if what has finished since answers a question of it."""
        if not self.asked.isdisjoint(finished):
            self.run.log_afterwards("lecture.html", self.page())


def run_lecture(job: LectureJob, desk: Desk) -> Told:
    """Works the examples and holds them against what the lecture prints.

    Args:
        job: The examples with their data.
        desk: Where it is done.

    Returns:
        The ledger, and the page that can be told again.

    Raises:
        ValueError: A printed number disagrees and no erratum says why, or two ways to the same result part. The run is
            logged whole before.
    """
    name, terminal = job.name, desk.terminal
    record = {"examples": [item.name for item in job.examples], "versions": versions(), "machine": machine()}
    with desk.run("lecture", EXPERIMENT, name=name) as run:
        shown = list(_each_example(job, desk, run))
        worked = [item.worked for item in shown]
        checks = [row for item in shown for row in item.checks]
        table, peers = ledger(checks), _agreements(worked)
        figures = {item.worked.example.name: item.figures for item in shown}

        def page() -> str:
            return lecture_page(
                worked,
                checks,
                figures,
                command=f"chalktape run {name}",
                answers=answers(job.examples, desk),
                further=further(job.examples, ON_REQUEST, desk),
                walk="walk.html",
            )

        texts = {
            "ledger.csv": to_csv(table),
            "agreements.csv": to_csv(peers),
            "lecture.html": page(),
            "walk.html": walk_page(checks),
        }
        run.log_texts({"lecture.json": to_json(record), **texts})
        for item in shown:
            if item.worked.example.beside:
                run.log_section(item.worked.example.name, lecture_section(item.worked, item.checks, item.figures))
        run.log_counts(Counter(table["verdict"]))
        if len(table):
            terminal.ledger(table)
        if len(job.examples) == 1:
            for peer in peers.itertuples():
                terminal.say(f"{peer.what} = {peer.peer}: {peer.difference:.1e} apart, {peer.allowed:.0e} allowed")
        terminal.say(f"Page: {run.place('lecture.html')}")
        terminal.say(f"Walk: {run.place('walk.html')}\n")
        _require_agreement(checks, worked)
    told = {**record, "ledger": table.to_dict(orient="records")}
    return Told(record=told, page=page, run=run, asked=asked(job.examples))


def _each_example(job: LectureJob, desk: Desk, run: ParentRun) -> Iterator[Shown]:
    """Works, checks, draws and logs one example after the other."""

    def do(example: WorkedExample, progress: Progress) -> Shown:
        worked = work(example, job.datasets.get(example.name))
        return Shown(worked=worked, checks=check(worked), figures=draw(worked))

    items = [(example.name, example) for example in job.examples]
    for shown in each(desk, job.name, items, do, lambda shown: counted(len(shown.figures), "picture")):
        example = shown.worked.example
        run.log_nested(example.name, parameters=example.givens, curves=shown.worked.curves, figures=shown.figures)
        yield shown


def _agreements(worked: Sequence[Worked]) -> pd.DataFrame:
    """Returns a row for each result that was found in another way, too."""
    records = [{"example": item.example.name, **asdict(peer)} for item in worked for peer in item.agreements]
    return pd.DataFrame(records, columns=["example", *(item.name for item in fields(Agreement))])


def _require_agreement(checks: Sequence[Check], worked: Sequence[Worked]) -> None:
    parted = [f"{item.item} {item.symbol}: {item.why}" for item in checks if item.verdict == "disagrees"]
    for item in worked:
        parted += [
            f"{item.example.name} {peer.what} against {peer.peer}: {peer.difference:.3g} apart"
            for peer in item.agreements
            if not peer.holds
        ]
    if parted:
        raise ValueError(
            f"lecture: expected every result to agree. Received: {'; '.join(parted)}. "
            "Look it up in the ledger: the example, or an erratum, is wrong."
        )
