"""``python -m benchmarks.run``: measures everything and writes docs/benchmarks.md and docs/growth.svg."""

import argparse
import os
import statistics

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import batches, engines, growth, nets, peers
from benchmarks.page import Goal, Row, write
from benchmarks.problems import Problem, bankruptcy, mnist
from benchmarks.timing import Contender, matrix_rate, race
from pipeline.data.sources import DataUnavailable

ROOT = Path(__file__).parents[1]
N_REPLICATES = 30
N_STEPS = 5_000
CONV_ROUNDS = 2  # more than the others: its ratio is the smallest, and noise moves it most


def main() -> None:
    """Runs the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="of each comparison; medians are reported")
    n_rounds = parser.parse_args().rounds
    rows, left_out, points, reached = [], [], [], []
    saved: dict[str, list[batches.Saved]] = {}
    rate = matrix_rate()
    for name, works in {"mnist": _mnist_works, "bankruptcy": _bankruptcy_works}.items():
        try:
            problems = works()
        except DataUnavailable as error:
            left_out.append(f"{name}: {error}")
            continue
        for problem, contenders, goals in problems:
            absent = [peer for peer in contenders if peer in _EXTRA and not find_spec(_EXTRA[peer])]
            left_out += [f"{problem.name} against {peer}: {_EXTRA[peer]} is not installed" for peer in absent]
            present = {peer: contender for peer, contender in contenders.items() if peer not in absent}
            rows += _compare(problem, present, goals, n_rounds, rate)
        if name == "mnist":
            reached = list(nets.measure(rate))
            flat, images = problems[0][0], problems[-1][0]
            saved["widths"] = list(batches.widths(flat))
            saved["small"] = list(batches.small(flat))
            saved["large"] = list(batches.large(images))
        else:
            points = list(growth.measure(problems[0][0]))
            growth.draw(points, ROOT / "docs" / "growth.svg")
    rows += _example_5(n_rounds)
    missed = write(ROOT / "docs" / "benchmarks.md", rows, points, reached, saved, left_out, rate=rate)
    print(f"docs/benchmarks.md is written; {missed} figures missed what they must reach")


BEST_FIT = "Keras fit at its best"
_EXTRA = {"JAX lax.scan": "jax", "PyTorch": "torch"}

Goals = Mapping[str, Goal]
Work = tuple[Problem, dict[str, Contender], Goals]


def _against(problem: Problem, *peers_: str) -> dict[str, Contender]:
    """Returns our contender and the named peers."""
    makers: dict[str, Contender] = {
        "Keras fit": partial(engines.keras_fit, problem),
        BEST_FIT: engines.Best(engines.keras_fit, engines.FIT_SETTINGS, problem),
        "JAX lax.scan": partial(peers.jax_scan, problem),
        "scikit-learn": partial(peers.scikit_learn, problem),
        "PyTorch": engines.Best(peers.torch_loop, peers.TORCH_SETTINGS, problem),
    }
    return {"fused": partial(engines.fused, problem), **{peer: makers[peer] for peer in peers_}}


def _mnist_works() -> list[Work]:
    X, y = mnist(20_000)
    flat = Problem(
        name="784-30-10, 20,000 rows, batch 10",
        X=X.reshape(len(X), -1),
        y=y,
        hidden_units=(30,),
        batch_size=10,
        epochs=8,
    )
    large = replace(flat, name="784-30-10, 20,000 rows, batch 128", batch_size=128, epochs=20)
    images = replace(
        flat, name="conv 20-40 maps, 10,000 images, batch 128", X=X[:10_000], y=y[:10_000], hidden_units=None
    )
    images = replace(images, batch_size=128, epochs=6)
    return [
        (flat, _against(flat, "Keras fit", BEST_FIT, "JAX lax.scan"), {"JAX lax.scan": Goal(must=0.9, aim=1.1)}),
        (large, _against(large, "Keras fit", BEST_FIT, "JAX lax.scan"), {}),
        (
            images,
            _against(images, "Keras fit", BEST_FIT, "PyTorch"),
            {BEST_FIT: Goal(must=1.3, aim=2), "PyTorch": Goal(must=1.2, aim=2)},
        ),
    ]


def _bankruptcy_works() -> list[Work]:
    X, y = bankruptcy()
    table = Problem(name="95-30-1, 5,455 rows, batch 32", X=X, y=y, hidden_units=(30,), batch_size=32, epochs=40)
    together = replace(table, name=f"{N_REPLICATES} replicates of it")
    alone = engines.Best(engines.keras_fit, engines.FIT_SETTINGS, table)
    rivals = f"{N_REPLICATES} x {BEST_FIT}"
    race_of_many: dict[str, Contender] = {
        "fused": partial(engines.replicates, together, N_REPLICATES),
        f"{N_REPLICATES} x Keras fit": lambda: engines.keras_fit(together).times(N_REPLICATES),
        rivals: lambda: alone().times(N_REPLICATES),
    }
    against = _against(table, "Keras fit", "scikit-learn")
    return [
        (
            table,
            against | {BEST_FIT: alone},
            {BEST_FIT: Goal(must=30, aim=40), "scikit-learn": Goal(must=5, aim=10)},
        ),
        (together, race_of_many, {rivals: Goal(must=40, aim=60, of_whole=True)}),
    ]


def _example_5(n_rounds: int) -> list[Row]:
    table = pd.read_csv(ROOT / "experiments" / "data" / "example5.csv")
    X = np.column_stack([np.ones(len(table)), table[["x1", "x2"]]])
    arguments = X, table["y"].to_numpy(float), N_STEPS
    timings = race(
        {
            "fused": partial(engines.descent, *arguments),
            "eager tape": partial(peers.eager_tape, *arguments),
            "NumPy": partial(peers.numpy_descent, *arguments),
        },
        n_rounds,
    )
    goals = {"eager tape": Goal(must=500, aim=1000), "NumPy": Goal(must=2, aim=5)}
    return Row.of(f"example 5, {N_STEPS:,} steps", timings, goals, n_epochs=1, share=None)


def _compare(
    problem: Problem, contenders: Mapping[str, Contender], goals: Goals, n_rounds: int, rate: float
) -> list[Row]:
    print(problem.name, flush=True)
    if problem.hidden_units is None:
        n_rounds += CONV_ROUNDS
    timings = race(contenders, n_rounds)
    n_nets = N_REPLICATES if "replicates" in problem.name else 1
    share = n_nets * problem.flops / statistics.median(timing.epoch for timing in timings["fused"]) / rate
    settings = {peer: str(one.setting) for peer, one in contenders.items() if isinstance(one, engines.Best)}
    return Row.of(problem.name, timings, goals, n_epochs=problem.epochs, share=share, settings=settings)


if __name__ == "__main__":
    main()
