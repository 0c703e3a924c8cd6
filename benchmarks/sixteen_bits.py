"""``python -m benchmarks.sixteen_bits``: whether products in 16 bits make nets of this processor faster.

Steps of the engine with Keras's policy ``mixed_bfloat16`` and with ``float32`` take turns, on noise as ``make tune``
does. Then the book's conv net learns MNIST either way, from the same seeds; rows that neither learns from judge both.
"""

import argparse
import os
from collections.abc import Iterator, Sequence
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from numpy.typing import NDArray

from benchmarks.page import machine
from benchmarks.problems import BOOK, Problem, mnist
from benchmarks.tuning import IMAGES, noise
from benchmarks.turns import N_TURNS, Gain, Steps, in_turns
from models.engine import ways
from models.engine.devices import Placement, Precision, threads
from models.engine.one_net import train
from models.nets import conv

BATCHES: Sequence[int] = (32, 128)
WIDTHS: Sequence[tuple[int, ...]] = ((30,), (1000, 1000))
N_IMAGES = 10_000  # to learn from, and as many that judge
EPOCHS = 10
SEEDS = range(5)
ROUNDED = 0.05  # by which losses of 8 and of 24 bits may differ after hundreds of steps on noise


def main() -> None:
    """Prints both tables, row by row."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    print(machine(), "\n\n| net | batch | 32 bits | 16 bits | times faster |\n| --- | --- | --- | --- | --- |", sep="")
    for net, problem in problems():
        print(f"| {net} | {problem.batch_size} | {told(gain(problem))} |", flush=True)
    print("\n| seed | accuracy, 32 bits | 16 bits |\n| --- | --- | --- |")
    X, y = mnist(2 * N_IMAGES)
    for seed in SEEDS:
        print(f"| {seed} | {accuracy(X, y, seed, 'float32'):.4f} | {accuracy(X, y, seed, 'mixed_bfloat16'):.4f} |")


def problems() -> Iterator[tuple[str, Problem]]:
    """Yields what is timed, each with its name."""
    for net, (side, convolutions) in IMAGES.items():
        for batch_size in BATCHES:
            yield net, noise(side**2, 10, None, batch_size, convolutions)
    for units in WIDTHS:
        yield "-".join(map(str, (784, *units, 10))), noise(784, 10, units, BATCHES[-1])


def gain(problem: Problem, n_turns: Sequence[int] = N_TURNS) -> Gain:
    """Returns what a step gains by products in 16 bits."""
    return in_turns(_steps(problem, "float32"), _steps(problem, "mixed_bfloat16"), n_turns, rtol=ROUNDED)


def accuracy(X: NDArray[np.float32], y: NDArray[Any], seed: int, precision: Precision, epochs: int = EPOCHS) -> float:
    """Returns the share of the second half of the rows that the book's conv net names right, taught the first.

    Args:
        X: ``(2 n, 28, 28)``, from 0 to 1.
        y: ``(2 n,)`` class numbers.
        seed: Of weights and order.
        precision: Of products.
        epochs: Through the first half.
    """
    n = len(X) // 2
    with on_this_processor(precision).scope():
        keras.utils.set_random_seed(seed)
        model = conv.build(X.shape[1:], 10, BOOK, hidden_units=[100])
        loss, optimizer = keras.losses.SparseCategoricalCrossentropy(), keras.optimizers.Adam(0.001)
        train(model, X[:n], y[:n], loss=loss, optimizer=optimizer, epochs=epochs, batch_size=100, seed=seed)
        return float((model.predict(X[n:], verbose=0).argmax(axis=1) == y[n:]).mean())


def on_this_processor(precision: Precision) -> Placement:
    """Returns the processor with a precision, without the refusal that a run meets."""
    return Placement(device="cpu", strategy=None, precision=precision)


def _steps(problem: Problem, precision: Precision) -> Steps:
    with on_this_processor(precision).scope():
        return Steps(problem, ways.of(threads()))


def told(gain: Gain) -> str:
    """Returns three cells of a row."""
    micro = [f"{1e6 * seconds:,.0f} us" for seconds in (gain.usual, gain.other)]
    return " | ".join([*micro, f"{gain.times:.2f} ({gain.low:.2f} to {gain.high:.2f})"])


if __name__ == "__main__":
    main()
