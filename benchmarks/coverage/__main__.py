"""Simulates the parts that are asked for, and puts them on the page."""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

from threadpoolctl import threadpool_limits

from benchmarks import coverage
from benchmarks.coverage.page import PAGE, merged, of_state
from benchmarks.coverage.parts import PARTS
from benchmarks.coverage.spread import Effort
from benchmarks.coverage.state import state
from benchmarks.coverage.told import methods, retold
from pipeline.telling.files import write

_DEFAULT = Effort()


def main(arguments: Sequence[str] | None = None) -> None:
    """Simulates and writes the page, part after part."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=coverage.__doc__)
    parser.add_argument(
        "--simulations", type=int, default=_DEFAULT.simulations, help="a cell of coverage (default: 1000)"
    )
    parser.add_argument("--gates", type=int, default=_DEFAULT.gates, help="comparisons a cell of words (default: 400)")
    parser.add_argument("--runs", type=int, default=_DEFAULT.runs, help="whole runs (default: 10)")
    parser.add_argument("--processes", type=int, default=_DEFAULT.processes, help="at once (default: 2)")
    parser.add_argument(
        "--parts",
        nargs="+",
        choices=PARTS,
        help="sections (default: those that the page lacks of the present commit, or has of fewer simulations)",
    )
    parser.add_argument("--page", type=Path, default=PAGE, help="what is written (default: docs/statistics.md)")
    parser.add_argument(
        "--retell", action="store_true", help="simulate nothing: what captions say today, beside what was counted"
    )
    given = vars(parser.parse_args(arguments))
    parts, page = given.pop("parts"), given.pop("page")
    if given.pop("retell"):
        write(page, merged(retold(page.read_text(), methods()), {}))
        return
    total = 0.0
    for name in parts or _lacking(page, Effort(**given)):
        effort = Effort(**given)
        with threadpool_limits(1):
            text = _made(name, effort)
        total += effort.spent
        write(page, merged(page.read_text() if page.exists() else "", {name: text}))
    print(f"{total / 60:.0f} minutes of one core")


def _lacking(page: Path, effort: Effort) -> list[str]:
    numbers = {name: getattr(effort, counted) for name, (_, counted, _) in PARTS.items()}
    has = of_state(page.read_text(), {name: state(name) for name in PARTS}, numbers) if page.exists() else set()
    return [name for name in PARTS if name not in has]


def _made(name: str, effort: Effort) -> str:
    """Returns the text of a section, printed line by line while it is made."""
    commit = state(name)
    heading, counted, lines_of = PARTS[name]
    print(f"\n## {heading}\n", flush=True)
    started, lines = process_time(), []
    for line in lines_of(effort):
        print(line, flush=True)
        lines.append(line)
    effort.spent += process_time() - started
    n, usual = getattr(effort, counted), getattr(_DEFAULT, counted)
    words = {"gates": "comparisons a cell", "simulations": "simulations a cell", "runs": "whole runs"}[counted]
    if commit and commit != state(name):  # files were changed while it was counted, and some cells are of other ones
        commit = f"{commit.rstrip('+')}+"
    day = datetime.now(UTC).date().isoformat()
    took = f"{n:,} {words}, {effort.spent / 60:.1f} minutes of one core on {day}{f', at {commit}' if commit else ''}"
    if n != usual:
        took += f" (the usual {usual:,} would take about {effort.spent / 60 * usual / n:.0f})"
    return "\n".join([*lines, "", f"{took}."])


if __name__ == "__main__":
    main()
