"""The command line: ``chalktape predict``, which is ``python -m pipeline.predict``.

Pandas and MLflow are imported once there are rows to score, so that ``--help`` and bad usage are answered at once.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from models.checks import require
from models.threshold import LEAVE, RAISE, Threshold
from pipeline.process.door import loading
from pipeline.process.options import (
    BAD_INPUT,
    DONE,
    FAILED,
    INTERRUPTED,
    TRACKING_URI_HELP,
    Parser,
    complain,
    exit_codes,
    quieten_mlflow,
    require_writable,
    whole,
)

_MODEL_HELP = (
    "models:/NAME@champion, models:/MODEL_ID or a folder; to load a model runs code that lies in it: take only those "
    "whose makers you trust"
)

if TYPE_CHECKING:
    from pipeline.tracking.model import ServedModel


def main(arguments: Sequence[str] | None = None, *, prog: str = "python -m pipeline.predict") -> int:
    """Runs the command line and returns its exit code: 0 done, 1 failed, 2 bad usage or input, 130 interrupted."""
    options = _parser(prog).parse_args(arguments)
    quieten_mlflow()
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        _require_places(options.rows, options.output, prog)
        with loading():
            from pipeline.tracking.model import load_model

            model = load_model(options.model_uri, options.tracking_uri)
        if options.threshold is not None:
            model = model.decided_at(options.threshold)
        told = _score(model, options, console)
    except ValueError as error:
        complain(str(error))
        return BAD_INPUT
    except BrokenPipeError:
        raise  # who reads has gone away, and the door ends without a word
    except OSError as error:
        complain(f"{prog}: expected to write {options.output!r}. {error.strerror}.")
        return FAILED
    except KeyboardInterrupt:
        complain("Interrupted: nothing was written.")
        return INTERRUPTED
    for line in told:
        console.print(line, markup=False)
    return DONE


def _score(model: "ServedModel", options: argparse.Namespace, console: Console) -> list[str]:
    """Scores all rows and returns what there is to tell of them."""
    if model.images is not None:
        return _score_images(model, options, console)
    from models.encoding.watch import Watch
    from pipeline.data.reading import unchanged
    from pipeline.predict.answers import score
    from pipeline.predict.explain import Explain
    from pipeline.predict.rows import rows_of

    owner = str(options.rows)
    require(not options.rows.is_dir(), "predict", "a file of rows", "The model takes no images.", rows=owner)
    remedy = "The model takes plain numbers, and knows nothing of the table that they came from."
    known = model.columns is not None or not options.strict
    require(known, "predict", "a model of a table with a contract for --strict", remedy, columns=None)
    explain = None if options.explain is None else Explain(model=model, n_columns=options.explain)
    watch = None if model.columns is None else Watch(model.columns, owner, strict=options.strict)
    rows = rows_of(options.rows)
    keep = rows.kept(options.keep)
    with _progress(console) as bar:
        scoring = bar.add_task("Scoring", total=None)
        with _written(options.output) as scored, unchanged(options.rows):
            n_rows = score(
                model,
                rows,
                scored,
                keep=keep,
                watch=watch,
                explain=explain,
                progress=lambda n_rows: bar.advance(scoring, n_rows),
            )
    told = [f"Rows scored: {n_rows}."]
    told += [] if watch is None else watch.words()
    told += [] if model.threshold is None else [_told(model.threshold)]
    return told + ([] if explain is None else [explain.words()])


def _score_images(model: "ServedModel", options: argparse.Namespace, console: Console) -> list[str]:
    """Scores image files and returns what there is to tell of them."""
    from pipeline.predict.images import score_images

    given = [f"--{name}" for name in ("keep", "strict", "explain") if getattr(options, name)]
    remedy = "Leave it out: images have no columns."
    require(not given, "predict", "a model of tables for options of tables", remedy, options=given)
    with _progress(console, "images") as bar:
        scoring = bar.add_task("Scoring", total=None)
        with _written(options.output) as scored:
            n_images = score_images(model, options.rows, scored, lambda n_images: bar.advance(scoring, n_images))
    return [f"Images scored: {n_images}.", *([] if model.threshold is None else [_told(model.threshold)])]


def _progress(console: Console, what: str = "rows") -> Progress:
    columns = SpinnerColumn(), TextColumn(f"{{task.description}}: {{task.completed}} {what}")
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _told(threshold: Threshold) -> str:
    override = "" if threshold.rule == "given" else "; --threshold overrides"
    return f"{threshold.words()}{override}. Column 'decision': {RAISE} above it, else {LEAVE}."


@contextmanager
def _written(output: str) -> Iterator[TextIO]:
    """Opens a file that will be there whole or not at all, or standard output."""
    from pipeline.telling import files

    if output == "-":
        yield sys.stdout
    else:
        with files.whole(Path(output)) as scored:
            yield scored


def _require_places(rows: Path, output: str, prog: str) -> None:
    readable = (rows.is_file() or rows.is_dir()) and os.access(rows, os.R_OK)
    remedy = "Give another."
    require(readable, prog, "a file of rows that can be read, or a folder of images", remedy, rows=str(rows))
    if output != "-":
        require_writable(prog, "--output", Path(output))
        other = Path(output).resolve() != rows.resolve()
        require(other, prog, "another file for --output than the rows", "Give another.", output=output)


def _parser(prog: str) -> Parser:
    parser = Parser(
        prog=prog,
        description="Scores the rows of a file with a logged model: predicted class, probability of each class, or the "
        "predicted number; what is decided, too, where the model has a threshold. What is unlike the training table is "
        "told.",
        epilog=exit_codes({FAILED: "failed while writing"}),
        allow_abbrev=False,
    )
    parser.add_argument("model_uri", metavar="MODEL_URI", help=_MODEL_HELP)
    parser.add_argument(
        "rows",
        type=Path,
        metavar="ROWS",
        help="CSV (commas, semicolons, tabs or bars) or JSON, an object a line, also in gzip or zip; or Parquet. "
        "Columns may stand in any order, others than the model's are ignored. Of a model of images: a folder of them, "
        "or one file",
    )
    parser.add_argument(
        "-o",
        "--output",
        default="-",
        metavar="FILE",
        help="CSV, written whole or not at all (default: standard output, row by row): predicted_class, "
        "probability_CLASS for each class, which a server calls CLASS, and decision; or prediction, prediction_low and "
        "prediction_high, which a server calls TARGET, TARGET_low and TARGET_high",
    )
    parser.add_argument(
        "--keep",
        action="append",
        default=[],
        metavar="COLUMN",
        help="write this column before the answers, as it stands in the file: an id, to join by; several between "
        "commas, or all; repeatable",
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="refuse what is unlike the training table, instead of telling it at the end: a level that is new, a "
        "number or date further beyond the range than that is wide, more gaps",
    )
    parser.add_argument(
        "--explain",
        type=whole(1),
        metavar="N",
        help="name for each row the N columns that move its answer most, against rows of the training: why_1, effect_1 "
        "(in log-odds, of a number in its unit) and so on; it asks the model up to a hundred times a column for a row",
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
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"expected a number of 0 to 1. Received: {text!r}")
    return value
