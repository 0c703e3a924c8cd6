"""``chalktape.fit`` and ``fit_many`` beside Keras's ``fit``, as it comes and at its best.

    python -m benchmarks.door [--epochs 40] [--rounds 3]

The net 95-30-1 on 5,455 rows of the bankruptcy table, batches of 32, Adam. Contenders take turns. Of one net: seconds
until the first epoch is over, which traces and compiles, and of each epoch after it. Of ten folds: seconds of all ten,
from the first line to the last. Needs the data's folder in ``PIPELINE_DATA_DIR``.
"""

import argparse
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import KFold

from models.engine.fitting.fit import fit
from models.engine.fitting.fit_many import fit_many
from models.layers.preprocessing import fit_inputs
from pipeline.data.ingest import ingest

N_ROWS, N_FOLDS, AT_ITS_BEST = 5455, 10, 128

Rows = tuple[NDArray[Any], NDArray[Any]]


class Clock(keras.callbacks.Callback):
    """Notes when epochs end."""

    def __init__(self) -> None:
        super().__init__()
        self.ticks = [time.perf_counter()]

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Notes the time."""
        self.ticks.append(time.perf_counter())

    @property
    def ready(self) -> float:
        """Seconds until the first epoch is over."""
        return self.ticks[1] - self.ticks[0]

    @property
    def epoch(self) -> float:
        """Seconds of an epoch after that."""
        return (self.ticks[-1] - self.ticks[1]) / (len(self.ticks) - 2)


def net(**compiled: Any) -> keras.Model:
    """Returns 95-30-1, compiled."""
    parts = [keras.layers.Dense(30, activation="sigmoid"), keras.layers.Dense(1, activation="sigmoid")]
    model = keras.Sequential([keras.Input((95,)), *parts])
    model.compile(keras.optimizers.Adam(0.001), "binary_crossentropy", **compiled)
    return model


def rows() -> Rows:
    """Returns the table's rows, scaled."""
    dataset = ingest("bankruptcy")
    X = np.asarray(fit_inputs("quantile_normal", dataset.X)(dataset.X), np.float32)[:N_ROWS]
    return X, dataset.y[:N_ROWS].astype(np.float32)


def one_net(data: Rows, epochs: int) -> dict[str, Callable[[], Clock]]:
    """Returns contenders that train one net."""

    def keras_fit(**compiled: Any) -> Clock:
        clock = Clock()
        net(**compiled).fit(*data, epochs=max(3, epochs // 8), verbose=0, callbacks=[clock])
        return clock

    def ours() -> Clock:
        clock = Clock()
        fit(net(), *data, epochs=epochs, compilation="xla", verbose=0, callbacks=[clock])
        return clock

    return {
        "chalktape.fit": ours,
        "fit": keras_fit,
        f"fit, steps_per_execution={AT_ITS_BEST}": lambda: keras_fit(steps_per_execution=AT_ITS_BEST),
        f"fit, steps_per_execution={AT_ITS_BEST}, jit_compile": lambda: keras_fit(
            steps_per_execution=AT_ITS_BEST, jit_compile=True
        ),
    }


def ten_folds(data: Rows, epochs: int) -> dict[str, Callable[[], float]]:
    """Returns contenders that train ten folds, and judge the rows that are left out after each epoch."""
    X, y = data
    folds = list(KFold(N_FOLDS).split(X))

    def seconds(run: Callable[[], Any]) -> float:
        start = time.perf_counter()
        run()
        return time.perf_counter() - start

    def ten(**compiled: Any) -> None:
        for train, test in folds:
            held_out = (X[test], y[test])
            net(**compiled).fit(X[train], y[train], validation_data=held_out, epochs=epochs, verbose=0)

    return {
        "chalktape.fit_many": lambda: seconds(lambda: fit_many(net, X, y, folds=folds, epochs=epochs)),
        "ten fits": lambda: seconds(ten),
        f"ten fits, steps_per_execution={AT_ITS_BEST}": lambda: seconds(lambda: ten(steps_per_execution=AT_ITS_BEST)),
    }


def main() -> None:
    """Prints what each takes, and how many times as long as ours."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--fold-epochs", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    data = rows()
    clocks = [{name: run() for name, run in one_net(data, given.epochs).items()} for _ in range(given.rounds)]
    for name in clocks[0]:
        epoch = median(one[name].epoch for one in clocks)
        ratio = median(one[name].epoch / one["chalktape.fit"].epoch for one in clocks)
        ready = median(one[name].ready for one in clocks)
        print(f"{name}: ready after {ready:.2f} s, an epoch {1000 * epoch:.1f} ms, {ratio:.1f} of chalktape.fit")
    times = [{name: run() for name, run in ten_folds(data, given.fold_epochs).items()} for _ in range(given.rounds)]
    for name in times[0]:
        ratio = median(one[name] / one["chalktape.fit_many"] for one in times)
        told = f"{median(one[name] for one in times):.1f} s for {N_FOLDS} folds of {given.fold_epochs} epochs"
        print(f"{name}: {told}, {ratio:.1f} of chalktape.fit_many")


if __name__ == "__main__":
    main()
