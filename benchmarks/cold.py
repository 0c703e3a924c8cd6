"""What a cold process costs: ``python -m benchmarks.cold [--rounds 3] [--only NAME ...]`` prints a table.

Whole commands, each in a process and a folder of its own, are told in multiples of importing the libraries that they
cannot do without, in the same minute; and a whole training of 95-30-1 beside scikit-learn's. Processor seconds, of all
cores, say what is computed, whatever else the machine does; wall-clock seconds stand beside them and mean something on
a quiet machine only. No data file is needed.
"""

import argparse
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from types import MappingProxyType

import psutil  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[1]
ROWS = "sepal length (cm),sepal width (cm),petal length (cm),petal width (cm)\n5.1,3.5,1.4,0.2\n6.2,2.9,4.3,1.3\n"
ALL, SERVING = "tensorflow, sklearn, mlflow", "mlflow, sklearn"

TRAINING = """
import json, time, warnings
import keras
import numpy as np
from sklearn.neural_network import MLPClassifier
from models.engine import one_net

warnings.simplefilter("ignore")
rng = np.random.default_rng(0)
X, y = rng.normal(size=(5455, 95)).astype("float32"), (rng.random(5455) < 0.3).astype("float32")

def ours(seed):
    keras.utils.set_random_seed(seed)
    layers = [keras.Input((95,)), keras.layers.Dense(30, "sigmoid"), keras.layers.Dense(1, "sigmoid")]
    one_net.train(keras.Sequential(layers), X, y, loss=keras.losses.BinaryCrossentropy(), epochs=40, batch_size=32,
                  optimizer=keras.optimizers.SGD(0.02), seed=seed)

def scikit_learn(seed):
    MLPClassifier((30,), activation="logistic", solver="sgd", alpha=0, momentum=0, batch_size=32, max_iter=40, tol=0,
                  learning_rate_init=0.02, n_iter_no_change=10**6, random_state=seed).fit(X, y)

def seconds(train, seed):
    wall, processor = time.perf_counter(), time.process_time()
    train(seed)
    return time.process_time() - processor, time.perf_counter() - wall

first, second, theirs = seconds(ours, 0), seconds(ours, 1), seconds(scikit_learn, 0)
print(json.dumps([[their / own for their, own in zip(theirs, run)] for run in (first, second)]))
"""


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What is measured, and what it is to reach.

    Attributes:
        what: In words.
        must: Be reached.
        aim: Likewise, if it can be.
        lower: Whether less is better.
    """

    what: str
    must: float
    aim: float
    lower: bool = True


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One row of the table.

    Attributes:
        goal: Of it.
        processor: Ratios of processor seconds, one for each round.
        wall: Of wall-clock seconds, likewise.
    """

    goal: Goal
    processor: Sequence[float]
    wall: Sequence[float]

    @property
    def verdict(self) -> str:
        """Says what the median of the processor's ratios reaches."""
        sign = 1 if self.goal.lower else -1
        now = sign * median(self.processor)
        if now <= sign * self.goal.aim:
            return "aim reached"
        return "reached" if now <= sign * self.goal.must else "missed"

    def __str__(self) -> str:
        rounds = f"{min(self.processor):.2f} to {max(self.processor):.2f}"
        now, wall = f"{median(self.processor):.2f}", f"{median(self.wall):.2f}"
        cells = [self.goal.what, f"{self.goal.must:g}", f"{self.goal.aim:g}", now, rounds, wall, self.verdict]
        return f"| {' | '.join(cells)} |"


def process(command: Sequence[str], place: Path) -> subprocess.Popen[str]:
    """Starts a command of this Python in a folder; what it complains of goes to a file there."""
    left_out = ("PIPELINE_DATA_DIR", "MLFLOW_TRACKING_URI")
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    environment |= {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    with (place / "complaints.txt").open("w") as complaints:
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=place,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        )


def taken(command: Sequence[str], place: Path) -> tuple[float, float]:
    """Returns the processor seconds, and the wall-clock seconds, of a command of this Python.

    Raises:
        RuntimeError: It failed.
    """
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with process(command, place) as run:
        run.communicate()
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode != 0:
        raise RuntimeError(f"{command} failed: {(place / 'complaints.txt').read_text()[-2000:]}")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, wall


def multiples(goal: Goal, libraries: str, command: Callable[[Path], Sequence[str]], n: int) -> list[Measured]:
    """Returns how many times as long as the import of libraries a command takes; the two take turns.

    Args:
        goal: Of the ratio.
        libraries: That are imported.
        command: Made ready in a new folder.
        n: Rounds.
    """
    rounds = []
    for _ in range(n):
        with tempfile.TemporaryDirectory() as folder:
            own = command(Path(folder))
            imports = taken(["-c", f"import {libraries}"], Path(folder))
            rounds.append([mine / theirs for mine, theirs in zip(taken(own, Path(folder)), imports, strict=True)])
    processor, wall = zip(*rounds, strict=True)
    return [Measured(goal=goal, processor=processor, wall=wall)]


def first_sign(n: int) -> list[Measured]:
    """Returns how many seconds a run is silent, Python's own start included; what it does then is not waited for."""
    worked, silent = [], []
    for _ in range(n):
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            with process(["-m", "pipeline.run", "iris"], Path(folder)) as run:
                assert run.stdout is not None
                assert run.stdout.readline()
                silent.append(time.perf_counter() - start)
                times = psutil.Process(run.pid).cpu_times()
                worked.append(times.user + times.system)
                run.kill()
    goal = Goal(what="a run's first line, in seconds", must=0.3, aim=0.2)
    return [Measured(goal=goal, processor=worked, wall=silent)]


def a_forest(place: Path) -> Sequence[str]:
    """Makes a store with a forest in it, and two rows, and returns the command that scores them."""
    taken(["-m", "pipeline.run", "iris", "--folds", "2", "--candidates", "random_forest", "--quiet"], place)
    (place / "rows.csv").write_text(ROWS)
    with sqlite3.connect(place / "mlruns" / "mlflow.db") as store:
        ((model,),) = store.execute("SELECT model_id FROM logged_models WHERE name = 'random_forest'").fetchall()
    return ["-m", "pipeline.predict", f"models:/{model}", "rows.csv"]


def trainings(n: int) -> list[Measured]:
    """Returns how many times as fast as scikit-learn a whole training is: the first of a process, and the second."""
    rounds = []
    for _ in range(n):
        with tempfile.TemporaryDirectory() as folder, process(["-c", TRAINING], Path(folder)) as run:
            rounds.append(json.loads(run.communicate()[0]))
    whole = "40 epochs of 95-30-1 with tracing and compiling, times as fast as `MLPClassifier`:"
    goals = (
        Goal(what=f"{whole} the first of a process", must=1.3, aim=2.5, lower=False),
        Goal(what=f"{whole} the second", must=4, aim=8, lower=False),
    )
    return [
        Measured(goal=goal, processor=[one[place][0] for one in rounds], wall=[one[place][1] for one in rounds])
        for place, goal in enumerate(goals)
    ]


def _in_multiples(what: str, libraries: str, must: float, aim: float) -> Goal:
    return Goal(what=f"{what}, in multiples of `import {libraries}`", must=must, aim=aim)


MEASURES: Mapping[str, Callable[[int], list[Measured]]] = MappingProxyType(
    {
        "sign": first_sign,
        "predict": lambda n: multiples(
            _in_multiples("`predict`, two rows with a forest", SERVING, 1.5, 1.2), SERVING, a_forest, n
        ),
        "iris": lambda n: multiples(
            _in_multiples("`iris --folds 10`, to the report", ALL, 3, 2),
            ALL,
            lambda _: ["-m", "pipeline.run", "iris", "--folds", "10"],
            n,
        ),
        "run": lambda n: multiples(
            _in_multiples("`make run`, all installed", ALL, 7, 5), ALL, lambda _: ["-m", "pipeline.run"], n
        ),
        "training": trainings,
    }
)


def table(rows: Sequence[Measured]) -> str:
    """Returns the rows as Markdown."""
    head = ["what", "must", "aim", "now, processor", "single rounds", "now, wall", "verdict"]
    return "\n".join([f"| {' | '.join(head)} |", f"| {' | '.join(['---'] * len(head))} |", *map(str, rows)])


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description="What a cold process costs, in multiples of its imports.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=list(MEASURES), default=list(MEASURES))
    options = parser.parse_args()
    print(table([row for name in options.only for row in MEASURES[name](options.rounds)]))


if __name__ == "__main__":
    main()
