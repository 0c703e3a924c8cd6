"""Measures what is missing, and writes the page after each part."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import ranks
from benchmarks.ranks.candidates import BOOSTING, NETS, USUAL, names
from benchmarks.ranks.tables import TABLES
from models.quietly import import_tensorflow_quietly
from pipeline.process.options import DONE, INTERRUPTED, Parser, complain, whole

_SOME = "only these (default: all); the page tells of tables that all candidates were measured on"
DOCS = Path(__file__).parents[2] / "docs"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and writes; returns the exit code."""
    parser = Parser(
        prog="python -m benchmarks.ranks",
        description=ranks.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--trials", type=whole(2), default=USUAL, help=f"of each on each fold (default: {USUAL})")
    parser.add_argument("--tables", nargs="+", default=list(TABLES), choices=TABLES, metavar="TABLE", help=_SOME)
    parser.add_argument("--candidates", nargs="+", default=list(names()), choices=names(), metavar="NAME", help=_SOME)
    parser.add_argument("--note", default="", help="what a reader of these numbers must know, on the page")
    parser.add_argument("--fresh", action="store_true", help="measure what was measured before, too")
    parser.add_argument("--page", type=Path, default=DOCS / "ranks.md", help="a .csv of the same name lies beside it")
    given = parser.parse_args(arguments)
    import_tensorflow_quietly()
    try:
        _measure(given)
    except KeyboardInterrupt:
        complain(f"Interrupted: the same command goes on, {given.page.with_suffix('.csv')} has what was measured.")
        return INTERRUPTED
    return DONE


def _measure(given: argparse.Namespace) -> None:
    from benchmarks.ranks.measured import keep, measure, read
    from benchmarks.ranks.page import page
    from benchmarks.ranks.standing import Standing
    from pipeline.data.sources import DataUnavailable
    from pipeline.telling.files import write

    file = given.page.with_suffix(".csv")
    asked = {(table, candidate) for table in given.tables for candidate in given.candidates}
    kept = read(file)
    others = [one for one in kept if one.n_trials != given.trials]
    measured = [one for one in kept if one.n_trials == given.trials]
    if given.fresh:
        measured = [one for one in measured if (one.table, one.candidate) not in asked]
    there = {*given.candidates, *(one.candidate for one in measured)}
    candidates = tuple(name for name in (*NETS, *BOOSTING) if name in there)
    done = {(one.table, one.candidate) for one in measured}
    for table in given.tables:
        for candidate in given.candidates:
            if (table, candidate) in done:
                continue
            try:
                found = measure(table, candidate, given.trials)
            except DataUnavailable as error:
                print(f"{table} is left out: {error}", flush=True)
                break
            measured += found
            keep(file, [*others, *measured])
            write(given.page, page(Standing(measured=measured, candidates=candidates), given.trials, given.note))
            mean = sum(one.score for one in found) / len(found)
            print(f"{table}, {candidate}: {mean:.4f}, {found[0].seconds:.0f} s", flush=True)
    write(given.page, page(Standing(measured=measured, candidates=candidates), given.trials, given.note))


if __name__ == "__main__":
    sys.exit(main())
