"""The flow of a ladder: every net trained, scored and logged by itself."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from experiments.language import Ladder, Rung
from pipeline.data.values import Dataset, Fold
from pipeline.flow.desk import Desk
from pipeline.flow.each import each
from pipeline.ladder.table import Climbed, climbed, ladder_table, to_markdown
from pipeline.process.provenance import git_commit, machine, versions
from pipeline.telling.files import to_csv, to_json
from pipeline.telling.page import render
from pipeline.tracking.runs import ParentRun
from pipeline.training.executors import within
from pipeline.training.train import train_works, trainer_of
from pipeline.training.work import Means, Progress, Work

_LOGGED = {"test_accuracy": "test/accuracy", "held_out_accuracy": "held_out/accuracy", "images": "training/images"}
"""What is measured of a net -> its name in MLflow; seconds are logged of every training."""


@dataclass(frozen=True, kw_only=True)
class LadderJob:
    """A ladder with its data in hand."""

    ladder: Ladder
    dataset: Dataset
    fold: Fold

    def run(self, desk: Desk) -> dict[str, Any]:
        """Climbs it; see ``run_ladder``."""
        return run_ladder(self, desk)


def run_ladder(job: LadderJob, desk: Desk) -> dict[str, Any]:
    """Climbs a ladder from the bottom, past every net that was trained before.

    An interrupt loses the net that is being trained, or the dense nets that are trained together; the same command
    goes on from there.

    Args:
        job: The ladder, its data and their canonical split.
        desk: Where it is done.

    Returns:
        The table as plain values.
    """
    ladder, dataset, fold = job.ladder, job.dataset, job.fold
    nets: dict[str, list[Climbed]] = {rung.net.name: [] for rung in ladder.rungs}
    with desk.run("ladder", ladder.name, dataset=dataset, seed=fold.seed) as run:

        def climb(rung: Rung, progress: Progress) -> list[Climbed]:
            nets[rung.net.name].extend(_climb(_works(job, rung, desk.epochs), desk.means(), run, progress))
            return nets[rung.net.name]

        try:
            items = [(rung.net.name, rung) for rung in ladder.rungs]
            for _ in each(desk, ladder.name, items, climb, _told):
                pass
        finally:
            # Also after an interrupt: what was climbed is worth telling.
            table = ladder_table(ladder, nets, dataset.y[fold.test_rows])
            if len(table):
                _tell(job, table, run, desk)
    return {**_record(job), "ladder": table.to_dict(orient="records")}


def _works(job: LadderJob, rung: Rung, epochs: int | None) -> list[Work]:
    """Returns the nets of a rung: the one fold with another seed for each."""
    folds = [dataclasses.replace(job.fold, index=index, seed=job.fold.seed + index) for index in range(rung.n_seeds)]
    return [Work(candidate=rung.net, dataset=job.dataset, fold=fold, epochs=epochs) for fold in folds]


def _climb(works: list[Work], means: Means, run: ParentRun, progress: Progress) -> Iterator[Climbed]:
    """Yields the nets of a rung, each logged, group by group: an interrupt keeps the groups before."""
    groups = trainer_of(works[0].candidate).groups(works, means)
    sizes = [len(group.works) for group in groups]
    for number, group in enumerate(groups):
        trained = train_works(group.works, means, within(progress, sizes, number))
        for work, item in zip(group.works, trained, strict=True):
            net = climbed(item, work.dataset, work.fold)
            measured = {logged: net.metrics[name] for name, logged in _LOGGED.items() if name in net.metrics}
            run.log_net(work.dataset, item, measured)
            yield net


def _told(nets: list[Climbed]) -> str:
    seconds = sum(net.metrics["wall_seconds"] for net in nets)
    return f"{seconds:.1f} s for {len(nets)} nets"


def _tell(job: LadderJob, table: pd.DataFrame, run: ParentRun, desk: Desk) -> None:
    """Puts the table everywhere: MLflow, a page, the terminal."""
    ladder, epochs = job.ladder, f" --epochs {desk.epochs}" if desk.epochs else ""
    command = f"chalktape run {ladder.name} --seed {job.fold.seed}{epochs}"
    page = render("ladder.html", ladder=ladder, rows=table.to_dict(orient="records"), command=command, **_record(job))
    run.log_texts(
        {
            "ladder.csv": to_csv(table),
            "ladder.md": to_markdown(table) + "\n",
            "ladder.html": page,
            "experiment.json": to_json({"experiment": dataclasses.asdict(ladder), **_record(job)}),
        }
    )
    run.log_counts({"rungs reached": int(table["reached"].sum()), "rungs climbed": len(table)})
    run.log_note(f"{ladder.notes}\n\n{to_markdown(table)}", "ladder.html")
    desk.terminal.say(f"{ladder.title}\n\n{to_markdown(table)}\n")
    desk.terminal.say(f"Page: {run.place('ladder.html')}\n")


def _record(job: LadderJob) -> Mapping[str, Any]:
    data = {"name": job.dataset.name, "source": job.dataset.source, "sha256": job.dataset.content_sha256}
    return {"data": data, "versions": versions(), "machine": machine(), "git": git_commit()}
