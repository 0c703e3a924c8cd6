"""The flow of the lecture: every worked example worked, checked, drawn, logged and told on one page."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

import pandas as pd

from experiments.language.printed import WorkedExample
from pipeline.data.values import Dataset
from pipeline.lecture.check import check
from pipeline.lecture.drawing import draw
from pipeline.lecture.ledger import ledger
from pipeline.lecture.page import lecture_page
from pipeline.lecture.values import Agreement, Check, Worked
from pipeline.lecture.work import work
from pipeline.process.provenance import git_commit, machine, versions
from pipeline.telling.figure import Figure
from pipeline.telling.files import to_csv, to_json
from pipeline.telling.terminal import Terminal
from pipeline.tracking import Tracker


def run_lecture(
    examples: Sequence[WorkedExample], datasets: Mapping[str, Dataset], tracker: Tracker, terminal: Terminal
) -> dict[str, Any]:
    """Works the examples and holds them against what the lecture prints.

    Args:
        examples: All of the lecture, or some.
        datasets: What those learn from that declare a whole data set, by their names.
        tracker: The open store.
        terminal: Where the ledger goes.

    Returns:
        The ledger as plain values.

    Raises:
        ValueError: A printed number disagrees and no erratum says why, or two ways to the same result part. The run is
            logged whole before.
    """
    name = "lecture" if len(examples) > 1 else examples[0].name
    record = {"examples": [item.name for item in examples], "versions": versions(), "machine": machine()}
    tags = {"kind": "lecture", "git": git_commit() or "none"}
    worked: list[Worked] = []
    checks: list[Check] = []
    figures: dict[str, Sequence[Figure]] = {}
    with tracker.run("lecture", name=name, tags=tags) as run:
        with terminal.progress(name, len(examples)) as told:
            for position, example in enumerate(examples):
                told.update(position, example.name, "", 0.0)
                worked.append(work(example, datasets.get(example.name)))
                checks += check(worked[-1])
                figures[example.name] = draw(worked[-1])
                run.log_nested(
                    example.name,
                    parameters=example.givens,
                    curves=worked[-1].curves,
                    figures=figures[example.name],
                )
                told.finish(position, example.name, f"{len(figures[example.name])} pictures")
        table = ledger(checks)
        page = lecture_page(worked, checks, figures, command=f"python -m pipeline.run {name}")
        peers = _agreements(worked)
        texts = {"ledger.csv": to_csv(table), "agreements.csv": to_csv(peers), "lecture.html": page}
        run.log_texts({"lecture.json": to_json(record), **texts})
        run.log_counts(Counter(table["verdict"]))
        terminal.ledger(table)
        if len(examples) == 1:
            for peer in peers.itertuples():
                terminal.say(f"{peer.what} = {peer.peer}: {peer.difference:.1e} apart, {peer.allowed:.0e} allowed")
        terminal.say(f"Page: {run.place('lecture.html')}\n")
        _require_agreement(checks, worked)
    return {**record, "ledger": table.to_dict(orient="records")}


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
