"""What a training holds in memory: ``python -m benchmarks.memory [--only NAME ...]`` prints a table.

Each case is a process of its own that has trained a small net before, so that libraries and what they keep are not
counted. Told are what the rows take that are handed over, and the most that the process held above that while it
trained, looked at every hundredth of a second. Two sizes of each case tell what grows. The images need the data's
folder in ``PIPELINE_DATA_DIR``.
"""

import argparse
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import psutil  # type: ignore[import-untyped]

MIB = 2**20
BOUND = 32 * MIB
N_FEATURES, N_IMAGES, BATCH = 30, 10_000, 100


@dataclass(frozen=True, kw_only=True)
class Case:
    """A training whose memory is measured.

    Attributes:
        words: What is trained, with ``{}`` for the size.
        unit: What grows.
        sizes: The smaller one and the larger one.
        train: Makes rows of a size, and returns the bytes they take and the training.
    """

    words: str
    unit: str
    sizes: tuple[int, int]
    train: Callable[[int], tuple[int, Callable[[], Any]]]


class Watched:
    """The most memory that this process holds while a block runs, above what it held before."""

    def __enter__(self) -> "Watched":
        self._process, self._ended = psutil.Process(), threading.Event()
        self._before = self.most = self._process.memory_info().rss
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def _look(self) -> None:
        while not self._ended.wait(0.01):
            self.most = max(self.most, self._process.memory_info().rss)

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def above(self) -> int:
        """Bytes."""
        return self.most - self._before


def _one_net(n_rows: int, **how: Any) -> tuple[int, Callable[[], Any]]:
    from models.engine import one_net

    keras, net = _dense(N_FEATURES)
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n_rows, N_FEATURES), np.float32)
    y = (rng.random((n_rows, 1), np.float32) < 0.3).astype(np.float32)
    adam, loss = keras.optimizers.Adam(), keras.losses.BinaryCrossentropy()
    how |= {"optimizer": adam, "loss": loss, "epochs": 2, "batch_size": 1000, "seed": 0}
    return X.nbytes + y.nbytes, lambda: one_net.train(net(0), X, y, **how)


def _many_nets(n_nets: int) -> tuple[int, Callable[[], Any]]:
    from models.engine.many_nets import train_replicates

    keras, net = _dense(95)
    rng = np.random.default_rng(0)
    X = rng.standard_normal((1, 5455, 95), np.float32)
    y = (rng.random((1, 5455, 1), np.float32) < 0.3).astype(np.float32)
    how = {"loss": keras.losses.BinaryCrossentropy(), "make_optimizer": keras.optimizers.Adam, "epochs": 2}
    nets, seeds, blocks = [net(seed) for seed in range(n_nets)], range(n_nets), [0] * n_nets
    return X.nbytes + y.nbytes, lambda: train_replicates(
        nets, X, y, batch_size=BATCH, seeds=seeds, blocks=blocks, **how
    )


def _conv_nets(n_nets: int) -> tuple[int, Callable[[], Any]]:
    import keras

    from benchmarks.problems import Problem, mnist
    from models.engine import one_net

    X, y = mnist(N_IMAGES)
    images = Problem(name="images", X=X, y=y, hidden_units=None, batch_size=BATCH, epochs=1)

    def train() -> None:
        for seed in range(n_nets):
            adam = keras.optimizers.Adam()
            how = {"loss": keras.losses.SparseCategoricalCrossentropy(), "epochs": 1, "batch_size": BATCH}
            one_net.train(images.model(), X, y, optimizer=adam, seed=seed, **how)

    return X.nbytes + y.nbytes, train


def _dense(n_features: int) -> tuple[Any, Callable[[int], Any]]:
    import keras

    from models.nets import dense

    return keras, lambda seed: dense.build((n_features,), 1, [30], seed=seed)


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "rows": Case(words="30-30-1 on {} rows", unit="row", sizes=(100_000, 1_000_000), train=_one_net),
        "streamed": Case(
            words=f"30-30-1 on {{}} rows, at most {BOUND // MIB} MiB of them on the device",
            unit="row",
            sizes=(100_000, 1_000_000),
            train=lambda n_rows: _one_net(n_rows, device_bytes=BOUND),
        ),
        "nets": Case(
            words="{} nets of 95-30-1 in one program, on one table of 5,455 rows",
            unit="net",
            sizes=(30, 300),
            train=_many_nets,
        ),
        "images": Case(
            words=f"conv nets of 20 and 40 maps on {N_IMAGES:,} images, {{}} one after the other",
            unit="net",
            sizes=(1, 10),
            train=_conv_nets,
        ),
    }
)


def measure(name: str, size: int) -> tuple[int, int]:
    """Returns bytes of the rows, and the most bytes above them, of one case in this process."""
    _one_net(5000)[1]()
    n_bytes, train = CASES[name].train(size)
    with Watched() as watched:
        train()
    return n_bytes, watched.above


def _apart(name: str, size: int) -> tuple[int, int]:
    """Returns the same, measured in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.memory", "--measure", name, str(size)]
    root = Path(__file__).parents[1]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if run.returncode:
        raise RuntimeError(f"{' '.join(command[1:])} ended with {run.returncode}:\n{run.stderr.strip()}")
    n_bytes, above = json.loads(run.stdout.splitlines()[-1])
    return n_bytes, above


def lines_of(name: str) -> list[str]:
    """Returns the rows of a case: a small one, a large one, and what one more of what grows takes."""
    case = CASES[name]
    found = [_apart(name, size) for size in case.sizes]
    more = (found[1][1] - found[0][1]) / (case.sizes[1] - case.sizes[0])
    each = f"{more:,.0f} bytes a {case.unit}" if abs(more) < 100_000 else f"{more / MIB:,.1f} MiB a {case.unit}"
    return [
        f"| {case.words.format(f'{size:,}')} | {rows / MIB:,.0f} MiB | {above / MIB:,.0f} MiB | {told} |"
        for size, (rows, above), told in zip(case.sizes, found, ("", each), strict=True)
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description="What a training holds in memory beside its rows.")
    parser.add_argument("--only", nargs="+", choices=list(CASES), default=list(CASES))
    parser.add_argument("--measure", nargs=2, metavar=("NAME", "SIZE"), help="one case, in this process")
    given = parser.parse_args(arguments)
    if given.measure:
        print(json.dumps(measure(given.measure[0], int(given.measure[1]))))
        return
    print("| training | rows | most, beside them | one more |\n| --- | --- | --- | --- |", flush=True)
    for name in given.only:
        print("\n".join(lines_of(name)), flush=True)


if __name__ == "__main__":
    main()
