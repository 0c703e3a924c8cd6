"""``python -m benchmarks.tables``: whole runs of tables, with their time and peak memory.

One has 10,000 rows of 30 columns, one 3,000 columns, one 1,000,000 rows of 30. It writes docs/large_tables.md.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from models.checks import require_known
from pipeline.process.options import BAD_INPUT, DONE, complain

ROOT = Path(__file__).parents[1]
_EVERY = 0.5  # seconds between two looks at the memory


@dataclass(frozen=True, kw_only=True)
class Run:
    """A whole run of the command.

    Attributes:
        table: Rows and columns, in words.
        options: Beside the target.
        seconds: Wall-clock time.
        gigabytes: Of the command and all its processes together, at the most; what they share counts once.
        megabytes_read: Size of the file.
        told: Its last lines, where it says what is best and what drives it.
    """

    table: str
    options: tuple[str, ...]
    seconds: float
    gigabytes: float
    megabytes_read: float
    told: tuple[str, ...]


def wide(file: Path, n_rows: int = 2_000, n_columns: int = 3_000) -> None:
    """Writes a table of many numbers, of which ten say something."""
    random = np.random.default_rng(0)
    X = random.normal(size=(n_rows, n_columns)).round(4)
    logit = X[:, :10].sum(axis=1)
    frame = pd.DataFrame(X, columns=[f"x{place}" for place in range(n_columns)])
    frame["left"] = _drawn(logit, random)
    frame.to_csv(file, index=False)


def long(file: Path, n_rows: int = 1_000_000) -> None:
    """Writes a table of many rows: 23 numbers, some with gaps, 6 categories, a date."""
    random = np.random.default_rng(0)
    frame = pd.DataFrame({f"n{place}": random.normal(size=n_rows).round(3) for place in range(23)})
    for place in range(3):
        frame.loc[random.random(n_rows) < 0.1, f"n{place}"] = np.nan
    for place, n_levels in enumerate((3, 5, 9, 20, 60, 100)):
        levels = np.array([f"level {level}" for level in range(n_levels)])
        frame[f"c{place}"] = levels[random.integers(0, n_levels, n_rows)]
    days = random.integers(0, 1_500, n_rows).astype("timedelta64[D]")
    frame["day"] = (np.datetime64("2020-01-01") + days).astype(str)
    logit = frame["n0"].fillna(1) + frame["n1"].fillna(0) * frame["n5"] + (frame["c1"] == "level 2")
    frame["left"] = _drawn(logit.to_numpy(), random)
    frame.to_csv(file, index=False)


def _drawn(logit: np.ndarray, random: np.random.Generator) -> np.ndarray:
    return np.where(random.random(len(logit)) < 1 / (1 + np.exp(-logit)), "yes", "no")


_TABLES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "usual": ("10,000 rows, 30 columns", partial(long, n_rows=10_000)),
    "wide": ("2,000 rows, 3,000 columns", wide),
    "long": ("1,000,000 rows, 30 columns", long),
}


def run(name: str, options: Sequence[str], folder: Path) -> Run:
    """Runs the command on one of the tables and watches its memory."""
    words, make = _TABLES[name]
    file = folder / f"{name}.csv"
    make(file)
    store = f"sqlite:///{folder / 'mlflow.db'}"
    command = [sys.executable, "-m", "pipeline.run", str(file), "--target", "left", "--tracking-uri", store, *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    start, most = time.perf_counter(), 0.0
    with (folder / "told.txt").open("w+") as told:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=told)
        while process.poll() is None:
            most = max(most, sum(_proportional_set(one) for one in descendants(process.pid)))
            time.sleep(_EVERY)
        seconds = time.perf_counter() - start
        told.seek(0)
        lines = told.read().strip().splitlines()
    if process.returncode:
        raise SystemExit(f"{name}: the run ended with {process.returncode}.")
    return Run(
        table=words,
        options=tuple(options),
        seconds=seconds,
        gigabytes=most / 2**30,
        megabytes_read=file.stat().st_size / 2**20,
        told=tuple(line for line in lines if line.startswith(("By ", "What drives"))),
    )


def descendants(pid: int) -> list[int]:
    """Returns a process and all that it has begun; of one that has ended nothing."""
    found = [pid]
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += descendants(int(child))
    except OSError:
        pass
    return found


def _proportional_set(pid: int) -> float:
    """Returns the bytes that a process holds, its share of what it shares with others; 0 of one that has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((1024.0 * float(line.split()[1]) for line in lines if line.startswith("Pss:")), 0.0)


def page(runs: Sequence[Run]) -> str:
    """Returns what was measured as Markdown."""
    lines = [
        "# Whole tables, timed",
        "",
        "Whole runs of `chalktape run`, as `python -m benchmarks.tables` measured them on "
        f"{os.cpu_count()} cores: reading, folds, every candidate, what drives the best, the page.",
        "",
        "| table | file | options | time | peak memory |",
        "| --- | --- | --- | --- | --- |",
    ]
    for one in runs:
        told = " ".join(one.options) or "none"
        lines.append(
            f"| {one.table} | {one.megabytes_read:,.0f} MiB | {told} | {one.seconds:,.0f} s | {one.gigabytes:.1f} GiB |"
        )
    for one in runs:
        lines += ["", f"{one.table}:", "", *(f"> {line}\n>" for line in one.told)]
    return "\n".join(lines).rstrip(">\n") + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the benchmark and returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("names", nargs="*", metavar="TABLE", help=f"of {', '.join(_TABLES)} (default: all)")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "large_tables.md", metavar="FILE")
    own, options = parser.parse_known_args(arguments)
    try:
        for name in own.names:
            require_known("benchmarks.tables", "table", name, _TABLES)
    except ValueError as error:
        complain(str(error))
        return BAD_INPUT
    runs = []
    for name in own.names or _TABLES:
        with tempfile.TemporaryDirectory() as folder:
            runs.append(run(name, options, Path(folder)))
        print(f"{name}: {runs[-1].seconds:,.0f} s, {runs[-1].gigabytes:.2f} GiB")
        own.output.write_text(page(runs), encoding="utf-8")
    return DONE


if __name__ == "__main__":
    sys.exit(main())
