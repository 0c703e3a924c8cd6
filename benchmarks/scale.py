"""What a worker is sent, what comes back, and what the parent does with it: the parts of the cost of a cluster.

    python -m benchmarks.scale [--data bankruptcy] [--folds 2] [--epochs 20] [--workers 8]

Bytes are exact. Seconds of the parent are of its processor, so that other work on the machine counts less; errands
are done by as many real worker processes as are asked for. Of `docs/scale.md`. Needs the extra
``[cluster]`` and the data's folder in ``PIPELINE_DATA_DIR``.
"""

import argparse
import pickle
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from experiments.catalogue import COMPARISONS
from experiments.language import Comparison
from models.engine.devices import choose
from pipeline.data.split import split
from pipeline.plan import How
from pipeline.scoring.evaluate import evaluate, judge_by
from pipeline.training.cluster import order_of
from pipeline.training.executors import Here
from pipeline.training.kept import KeptGroups
from pipeline.training.packing import pack, unpack
from pipeline.training.search import SearchTrainer
from pipeline.training.train import trainer_of
from pipeline.training.work import Group, Means, Work

N_ERRANDS = 1000


def groups_of(comparison: Comparison, n_folds: int, epochs: int) -> Iterator[Group]:
    """Yields every group of a comparison but those of searches."""
    dataset = How().ingest(comparison.data)
    folds = split(dataset, comparison.splitting, seed=1, n_folds=n_folds)
    means = Means(placement=choose(), executor=Here(), judge=judge_by(comparison))
    for candidate in comparison.candidates:
        works = [Work(candidate=candidate, dataset=dataset, fold=fold, epochs=epochs) for fold in folds]
        if not isinstance(trainer_of(candidate), SearchTrainer):
            yield from trainer_of(candidate).groups(works, means)


def timed(do: Callable[[], Any]) -> tuple[Any, float]:
    """Returns what came of it and the seconds of this processor that it took."""
    start = time.process_time()
    return do(), time.process_time() - start


def measured(comparison: Comparison, group: Group, kept: KeptGroups) -> dict[str, Any]:
    """Trains one group and returns bytes and seconds of all that is done with it besides."""
    means = Means(placement=choose(), executor=Here())
    candidate = group.works[0].candidate
    start = time.perf_counter()
    trained = trainer_of(candidate).train(group, means, lambda where, share: None)
    seconds = time.perf_counter() - start
    order, sent = timed(lambda: order_of(group))
    packed = pack(trained)
    found, read = timed(lambda: unpack(packed, group))
    _, keeping = timed(lambda: kept.keep(group, found))
    pairs = list(zip(found, group.works, strict=True))
    scores, scoring = timed(lambda: [evaluate(one, work.dataset, work.fold, comparison) for one, work in pairs])
    return {
        "candidate": candidate.name,
        "works": len(group.works),
        "training": seconds,
        "out": len(order),
        "back": len(packed),
        "parent": sent + read + keeping + scoring,
        "scored": len(scores),
    }


def seconds_of_errands(workers: int, n_out: int, n_back: int) -> tuple[float, float, float]:
    """Returns seconds until workers are there, and seconds an errand, of the clock and of this process.

    An errand does nothing: it takes as many bytes as a group is sent in, and gives back as many as come of one.
    """
    from distributed import Client, LocalCluster

    start = time.perf_counter()
    how: dict[str, Any] = {"threads_per_worker": 1, "dashboard_address": "127.0.0.1:0", "memory_limit": 0}
    with LocalCluster(n_workers=workers, **how) as cluster, Client(cluster) as client:
        client.wait_for_workers(workers)
        there = time.perf_counter() - start
        start, of_this = time.perf_counter(), time.process_time()
        sent = [client.submit(bytes.ljust, bytes(n_out), n_back, pure=False) for _ in range(N_ERRANDS)]
        for future in sent:
            future.result()
        return there, (time.perf_counter() - start) / N_ERRANDS, (time.process_time() - of_this) / N_ERRANDS


def main() -> None:
    """Prints the parts, a line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="bankruptcy", choices=sorted(COMPARISONS), help="the comparison")
    parser.add_argument("--folds", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--workers", type=int, default=8)
    options = parser.parse_args()
    comparison = COMPARISONS[options.data]
    with tempfile.TemporaryDirectory() as folder:
        kept = KeptGroups(Path(folder))
        found = list(groups_of(comparison, options.folds, options.epochs))
        rows = [measured(comparison, group, kept) for group in found]
    data = len(pickle.dumps(found[0].works[0].dataset, protocol=5))
    print(f"the data set, once a worker: {data:,} bytes")
    print(
        "| candidate | works | training s | bytes out | bytes back | parent s |\n| --- | --- | --- | --- | --- | --- |"
    )
    for row in rows:
        print("| {candidate} | {works} | {training:.2f} | {out:,} | {back:,} | {parent:.3f} |".format(**row))
    n_out, n_back = (int(median(row[way] for row in rows)) for way in ("out", "back"))
    there, each, of_this = seconds_of_errands(options.workers, n_out, n_back)
    print(
        f"{options.workers} workers are there after {there:.1f} s; an errand of {n_out:,} bytes out and {n_back:,} back"
    )
    print(
        f"takes {1000 * each:.2f} ms, {1000 * of_this:.2f} of them of the scheduler's and parent's processor: the mean"
    )
    print(f"of {N_ERRANDS:,} that were sent at once")
    total = sum(row["parent"] for row in rows)
    works = sum(row["works"] for row in rows)
    print(f"the parent: {total:.2f} s for {len(rows)} groups of {works} works, {1000 * total / works:.0f} ms a work")


if __name__ == "__main__":
    main()
