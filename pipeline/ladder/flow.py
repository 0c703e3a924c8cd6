"""The flow of a ladder: every net trained, scored and logged by itself, and none of them twice."""

import dataclasses
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from experiments.language import DenseNet, Ladder, Rung
from models.engine.devices import Placement, choose
from pipeline.data.values import Dataset, Fold
from pipeline.ladder.table import Climbed, climbed, ladder_table, to_markdown
from pipeline.process.provenance import git_commit, machine, versions
from pipeline.telling.files import to_csv, to_json
from pipeline.telling.page import render
from pipeline.telling.terminal import Terminal
from pipeline.tracking import Tracker
from pipeline.tracking.runs import ParentRun
from pipeline.training.nets import train_nets
from pipeline.training.work import work_digest

_DENSE_NETS_TOGETHER = 5  # each has a copy of the rows, 157 MB of MNIST


@dataclass(frozen=True, kw_only=True)
class LadderJob:
    """A ladder with its data in hand."""

    ladder: Ladder
    dataset: Dataset
    fold: Fold


def run_ladder(
    job: LadderJob,
    tracker: Tracker,
    terminal: Terminal,
    *,
    epochs: int | None = None,
    placement: Placement | None = None,
) -> dict[str, Any]:
    """Climbs a ladder from the bottom, past every net that the store holds already.

    An interrupt loses the net that is being trained, or the dense nets that are trained together; the same command
    goes on from there.

    Args:
        job: The ladder, its data and their canonical split.
        tracker: The open store.
        terminal: Where progress and the table go.
        epochs: Instead of the declared numbers.
        placement: The device of the nets; by default the first GPU, else the CPU.

    Returns:
        The table as plain values.
    """
    ladder, dataset, fold = job.ladder, job.dataset, job.fold
    placement = placement or choose()
    nets: dict[str, list[Climbed]] = {}
    tags = {"kind": "ladder", "git": git_commit() or "none", "seed": str(fold.seed)}
    with tracker.run(ladder.name, name=f"{ladder.name}, seed {fold.seed}", tags=tags) as run:
        run.log_dataset(dataset)
        try:
            with terminal.progress(ladder.name, len(ladder.rungs)) as told:
                for position, rung in enumerate(ladder.rungs):
                    own = nets.setdefault(rung.net.name, [])
                    tell = partial(told.update, position, rung.net.name)
                    for net in _climb(job, rung, run, epochs, placement, tell):
                        own.append(net)
                    seconds = sum(net.metrics["wall_seconds"] for net in own)
                    told.finish(position, rung.net.name, f"{seconds:.1f} s for {len(own)} nets")
        finally:
            # Also after an interrupt: what was climbed is worth telling.
            table = ladder_table(ladder, nets, dataset.y[fold.test_rows])
            if len(table):
                _tell(job, table, run, terminal, epochs)
    return {**_record(job), "ladder": table.to_dict(orient="records")}


def _climb(
    job: LadderJob,
    rung: Rung,
    run: ParentRun,
    epochs: int | None,
    placement: Placement,
    tell: Callable[[str, float], None],
) -> Iterator[Climbed]:
    """Yields the nets of a rung: first those that the store holds, then the others as they are trained."""
    folds = [dataclasses.replace(job.fold, index=index, seed=job.fold.seed + index) for index in range(rung.n_seeds)]
    works = {
        fold.index: work_digest(rung.net, job.dataset, seed=fold.seed, epochs=epochs or rung.net.training.epochs)
        for fold in folds
    }
    missing = []
    for fold in folds:
        found = run.finished_net(works[fold.index])
        if found is None:
            missing.append(fold)
        else:
            yield Climbed(metrics=found[0], y_proba=found[1])
    n_together = _DENSE_NETS_TOGETHER if isinstance(rung.net, DenseNet) else 1
    for first in range(0, len(missing), n_together):
        group = missing[first : first + n_together]
        started = time.perf_counter()
        trained = train_nets(rung.net, job.dataset, group, epochs=epochs, placement=placement, tell=tell)
        share = (time.perf_counter() - started) / len(group)
        for item, fold in zip(trained, group, strict=True):
            net = climbed(rung.net, item, job.dataset, fold, wall_seconds=share)
            run.log_net(job.dataset, item, work=works[fold.index], metrics=net.metrics, y_proba=net.y_proba)
            yield net


def _tell(job: LadderJob, table: pd.DataFrame, run: ParentRun, terminal: Terminal, epochs: int | None) -> None:
    """Puts the table everywhere: MLflow, a page, the terminal."""
    ladder = job.ladder
    command = f"python -m pipeline.run {ladder.name} --seed {job.fold.seed}" + (f" --epochs {epochs}" if epochs else "")
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
    run.log_note(f"{ladder.notes}\n\n{to_markdown(table)}")
    terminal.say(f"{ladder.title}\n\n{to_markdown(table)}\n")
    terminal.say(f"Page: {run.place('ladder.html')}\n")


def _record(job: LadderJob) -> Mapping[str, Any]:
    data = {"name": job.dataset.name, "source": job.dataset.source, "sha256": job.dataset.content_sha256}
    return {"data": data, "versions": versions(), "machine": machine(), "git": git_commit()}
