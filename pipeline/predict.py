"""Many rows through a logged model: ``chalktape predict MODEL_URI rows.csv -o scored.csv``.

``python -m pipeline.predict`` is the same. Rows stream through in chunks, so a file may be larger than memory. Pandas
and MLflow are imported once there are rows to score, so that ``--help`` and bad usage are answered at once.
"""

import argparse
import csv
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress

from models.checks import closest, require
from models.threshold import LEAVE, RAISE, Threshold
from pipeline.process.options import (
    BAD_INPUT,
    DONE,
    FAILED,
    INTERRUPTED,
    TRACKING_URI_HELP,
    Parser,
    complain,
    import_tensorflow_quietly,
    quieten_mlflow,
    require_writable,
)

if TYPE_CHECKING:
    from pipeline.tracking.model import ServedModel

_ROWS_AT_ONCE = 4096


def main(arguments: Sequence[str] | None = None, *, prog: str = "python -m pipeline.predict") -> int:
    """Runs the command line and returns its exit code: 0 done, 1 failed, 2 bad usage or input, 130 interrupted."""
    options = _parser(prog).parse_args(arguments)
    quieten_mlflow()
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        _require_places(options.rows, options.output, prog)
        import_tensorflow_quietly()
        from pipeline.tracking.model import load_model

        model = load_model(options.model_uri, options.tracking_uri)
        if options.threshold is not None:
            model = model.decided_at(options.threshold)
        with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
            opened = bar.open(options.rows, "r", newline="", encoding="utf-8-sig", description="Scoring")
            with opened as rows, _written(options.output) as scored:
                n_rows = score(model, rows, scored, name=str(options.rows))
    except ValueError as error:
        complain(str(error))
        return BAD_INPUT
    except OSError as error:
        complain(f"{prog}: expected to write {options.output!r}. {error.strerror}.")
        return FAILED
    except KeyboardInterrupt:
        complain("Interrupted: nothing was written.")
        return INTERRUPTED
    console.print(f"Rows scored: {n_rows}.")
    if model.threshold is not None:
        console.print(_told(model.threshold), markup=False)
    return DONE


def _told(threshold: Threshold) -> str:
    override = "" if threshold.rule == "given" else "; --threshold overrides"
    return f"{threshold.words()}{override}. Column 'decision': {RAISE} above it, else {LEAVE}."


def score(model: "ServedModel", rows: TextIO, scored: TextIO, *, name: str = "rows") -> int:
    """Writes, for each row in its order, the predicted class, what is decided, and the probability of each class.

    The predicted class is the most probable one, whatever the threshold.

    Args:
        model: Takes tables of named columns.
        rows: CSV with a header; columns may stand in any order, others than the model's are ignored.
        scored: Where the CSV goes: ``predicted_class``; of a model with a threshold ``decision``, which is ``raise`` or
            ``leave``; and ``probability_<class>`` for each class.
        name: Of the rows, for errors.

    Returns:
        How many rows there were.

    Raises:
        ValueError: A column is missing or there twice, or a cell is not what its column takes, mostly a finite number:
            line and column are named.
    """
    import pandas as pd

    n_rows = 0
    for lines, cells in _chunks(rows, model.input_names, name):
        if model.columns is None:
            table = pd.DataFrame(_numbers(cells, lines, model.input_names, name), columns=model.input_names)
        else:  # the contract says what each cell means; a wrong one is named by its line
            table = pd.DataFrame(cells, columns=model.input_names, index=lines)
        y_proba = model.predict(table)
        answers = y_proba.add_prefix("probability_")
        answers.insert(0, "predicted_class", np.array(y_proba.columns)[y_proba.to_numpy().argmax(axis=1)])
        if model.threshold is not None:
            answers.insert(1, "decision", model.threshold.decide(y_proba[model.threshold.positive_class].to_numpy()))
        answers.to_csv(scored, index=False, header=n_rows == 0)
        n_rows += len(cells)
    require(n_rows > 0, name, "rows below the header", "Give one or more.", rows=n_rows)
    return n_rows


def _chunks(rows: TextIO, wanted: Sequence[str], name: str) -> Iterator[tuple[list[int], list[list[str]]]]:
    """Yields the line numbers and the wanted cells of some rows at a time; blank lines are no rows."""
    reader = csv.reader(rows)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        positions = _positions(wanted, header, name)
        numbered = ((reader.line_num, row) for row in reader if row)
        while chunk := list(islice(numbered, _ROWS_AT_ONCE)):
            for line, row in chunk:
                expected = f"{len(header)} cells, as in the header"
                require(len(row) == len(header), name, expected, "Mend the line.", line=line, cells=len(row))
            yield [line for line, _ in chunk], [[row[position] for position in positions] for _, row in chunk]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{name}: expected CSV in UTF-8. Received: {error}. Save it again as such.") from error


def _positions(wanted: Sequence[str], header: Sequence[str], name: str) -> list[int]:
    """Returns where each of the model's columns stands."""
    missing = [column for column in wanted if column not in header]
    remedy = closest(missing[0], header) if missing and header else "Name the columns in the first line."
    require(not missing, name, "a column for each input of the model", remedy, missing=missing)
    twice = [column for column in wanted if header.count(column) > 1]
    require(not twice, name, "each column once", "Rename or remove one.", twice=twice)
    return [header.index(column) for column in wanted]


def _numbers(
    cells: Sequence[Sequence[str]], lines: Sequence[int], columns: Sequence[str], name: str
) -> NDArray[np.float64]:
    try:
        numbers = np.array(cells, dtype=np.float64)
    except ValueError:
        numbers = np.array([[_number(cell) for cell in row] for row in cells])
    for row, column in np.argwhere(~np.isfinite(numbers))[:1]:
        at = {"line": lines[row], "column": columns[column], "cell": cells[row][column]}
        require(
            False,
            name,
            "a finite number in each cell of the model's columns",
            "Fill it in, or leave the row out.",
            **at,
        )
    return numbers


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")


@contextmanager
def _written(output: str) -> Iterator[TextIO]:
    """Opens a file that will be there whole or not at all, or standard output."""
    from pipeline.telling.files import whole

    if output == "-":
        yield sys.stdout
    else:
        with whole(Path(output)) as scored:
            yield scored


def _require_places(rows: Path, output: str, prog: str) -> None:
    readable = rows.is_file() and os.access(rows, os.R_OK)
    require(readable, prog, "a file of rows that can be read", "Give another.", rows=str(rows))
    if output != "-":
        require_writable(prog, "--output", Path(output))
        other = Path(output).resolve() != rows.resolve()
        require(other, prog, "another file for --output than the rows", "Give another.", output=output)


def _parser(prog: str) -> Parser:
    parser = Parser(
        prog=prog,
        description="Scores the rows of a CSV file with a logged model: predicted class, probability of each class; "
        "what is decided, too, where the model has a threshold.",
        epilog="Exit codes: 0 done, 1 failed while writing, 2 bad usage or input, 130 interrupted.",
        allow_abbrev=False,
    )
    parser.add_argument("model_uri", metavar="MODEL_URI", help="models:/NAME@champion, models:/MODEL_ID or a folder")
    parser.add_argument(
        "rows",
        type=Path,
        metavar="ROWS.CSV",
        help="with a header; columns may stand in any order, others than the model's are ignored",
    )
    parser.add_argument(
        "-o",
        "--output",
        default="-",
        metavar="FILE",
        help="written whole or not at all (default: standard output, row by row)",
    )
    parser.add_argument(
        "--threshold",
        type=_probability,
        metavar="P",
        help="raise rows of a higher probability, of the class that the model raises, else of the second of two "
        "(default: the model's own threshold; without one nothing is decided)",
    )
    parser.add_argument("--tracking-uri", metavar="URI", help=TRACKING_URI_HELP)
    return parser


def _probability(text: str) -> float:
    """Returns an option that is a probability."""
    value = _number(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"expected a number of 0 to 1. Received: {text!r}")
    return value


if __name__ == "__main__":
    sys.exit(main())
