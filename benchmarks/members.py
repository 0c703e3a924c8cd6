"""Members that share their kernels, beside as many nets of their own: seconds of an epoch in one program each.

    python -m benchmarks.members [--batch-size 256] [--hidden-units 64 64]

The same layers, the same rows of the bankruptcy table in batches of the same size, the same optimizer. The three take
turns, and what compiles, the first call, is not counted. Needs the data's folder in ``PIPELINE_DATA_DIR``.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

import keras
import numpy as np

from models.engine import one_net
from models.engine.compilation import Compilation
from models.engine.many_nets import train_replicates
from models.layers.preprocessing import fit_inputs
from models.losses import MembersLoss
from models.nets import dense, tabm
from pipeline.data.ingest import ingest

N_ROWS, N_MEMBERS, N_ROUNDS = 5455, 32, 3

Tell = Callable[..., None]


def seconds_of_an_epoch(run: Callable[[Tell], Any]) -> float:
    """Returns what an epoch of a training takes, once it has been compiled."""
    ticks: list[tuple[float, float]] = []
    run(lambda epoch, *_: ticks.append((time.perf_counter(), epoch)))
    (began, first), (ended, last) = ticks[1], ticks[-1]
    return (ended - began) / (last - first)


def measure(hidden_units: Sequence[int], batch_size: int, compilation: Compilation, epochs: int) -> dict[str, float]:
    """Returns the median seconds of an epoch by what was trained."""
    dataset = ingest("bankruptcy")
    X = np.asarray(fit_inputs("quantile_normal", dataset.X)(dataset.X), np.float32)[:N_ROWS]
    y = dataset.y[:N_ROWS, None].astype(np.float32)
    how: dict[str, Any] = {"epochs": epochs, "batch_size": batch_size, "compilation": compilation}

    def adamw() -> keras.optimizers.Optimizer:
        return keras.optimizers.AdamW(0.002, weight_decay=0.0003)

    def apart(tell: Tell) -> None:
        nets = [dense.build((X.shape[1],), 1, hidden_units, activation="relu", seed=s) for s in range(N_MEMBERS)]
        rows: dict[str, Any] = {
            "X": np.stack([X] * N_MEMBERS),
            "y": np.stack([y] * N_MEMBERS),
            "seeds": [0] * N_MEMBERS,
        }
        cost = keras.losses.BinaryCrossentropy()
        train_replicates(nets, **rows, loss=cost, make_optimizer=adamw, progress=tell, **how)

    def shared(adapters: tabm.Adapters) -> Callable[[Tell], None]:
        def run(tell: Tell) -> None:
            net = tabm.build((X.shape[1],), 1, hidden_units, n_members=N_MEMBERS, adapters=adapters)
            cost = MembersLoss(keras.losses.BinaryCrossentropy())
            one_net.train(net, X, y, loss=cost, optimizer=adamw(), seed=0, progress=tell, **how)

        return run

    runs = {"nets of their own": apart, "full adapters": shared("full"), "mini adapters": shared("mini")}
    rounds = [{name: seconds_of_an_epoch(run) for name, run in runs.items()} for _ in range(N_ROUNDS)]
    return {name: median(one[name] for one in rounds) for name in runs}


def main() -> None:
    """Prints what an epoch takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hidden-units", type=int, nargs="+", default=[64, 64])
    parser.add_argument("--batch-size", type=int, default=256)
    parser.add_argument("--compilation", choices=["graph", "xla"], default="graph")
    parser.add_argument("--epochs", type=int, default=10)
    given = parser.parse_args()
    found = measure(given.hidden_units, given.batch_size, given.compilation, given.epochs)
    for name, seconds in found.items():
        print(f"{name}: {seconds:.3f} s, {seconds / found['nets of their own']:.2f} of nets of their own")


if __name__ == "__main__":
    main()
