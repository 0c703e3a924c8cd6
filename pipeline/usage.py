"""What may be typed behind ``run``: every option, the listing, and what is refused before anything is imported."""

import argparse
from pathlib import Path

from experiments.catalogue import COMPARISONS, LADDERS
from experiments.lecture import EXAMPLES, ON_REQUEST
from models.checks import closest, require
from pipeline import own, own_images
from pipeline.process.options import (
    ANOTHER_CHAMPION,
    MOST_EPOCHS,
    MOST_FOLDS,
    MOST_SEED,
    MOST_WORKERS,
    NOT_PASSED,
    STORE_GONE,
    TRACKING_URI_HELP,
    Parser,
    exit_codes,
    require_writable,
    whole,
)

LECTURE = "lecture"  # all worked examples but those on request
ALL_EXAMPLES = (*EXAMPLES, *ON_REQUEST)
_NOT_PASSED, _ANOTHER = "no champion passed its gate (--fail-on gate)", "another one is served (--fail-on champion)"


def known() -> tuple[str, ...]:
    """Returns every name that can be run."""
    return (LECTURE, *(example.name for example in ALL_EXAMPLES), *COMPARISONS, *LADDERS)


def parser_of(prog: str) -> Parser:
    """Returns what reads the command line."""
    parser = Parser(
        prog=prog,
        description="Works the lecture's examples, compares nets with baselines, logs to MLflow, writes HTML pages. "
        "'chalktape show NAME' shows the table of the last finished run again; so does '%(prog)s compare NAME'.",
        epilog=exit_codes({NOT_PASSED: _NOT_PASSED, ANOTHER_CHAMPION: _ANOTHER, STORE_GONE: "the store went away"}),
        allow_abbrev=False,
    )
    add = parser.add_argument
    what = "what to run, see --list, or a table or images of your own; none runs those that take minutes"
    add("names", nargs="*", metavar="NAME", help=what)
    add("--list", action="store_true", help="list the experiments and end")
    _add_amounts(parser)
    _add_places(parser)
    own.add_options(parser)
    own_images.add_options(parser)
    add("--json", type=Path, metavar="FILE", help="also write everything the tables show to FILE")
    add("--quiet", action="store_true", help="print errors only")
    return parser


def _names(text: str) -> tuple[str, ...]:
    """Returns names with commas between them."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _add_amounts(parser: Parser) -> None:
    """Adds how much is run."""
    add = parser.add_argument
    first = "of fold 0; fold k takes N + k (default: 1, the homework's)"
    add("--seed", type=whole(0, MOST_SEED), default=1, metavar="N", help=first)
    often = "how often the rows are split (default: as declared); whole dealings where rows are dealt, as 5, 10 or 15"
    add("--folds", type=whole(1, MOST_FOLDS), metavar="N", help=often)
    passes = "passes through the training rows, for nets (default: as declared)"
    add("--epochs", type=whole(1, MOST_EPOCHS), metavar="N", help=passes)
    some = "run only these beside the one that guesses, with commas between; a quick try, which registers nothing"
    add("--candidates", type=_names, action="extend", default=[], metavar="NAME,...", help=some)
    others = "leave these candidates out; a quick try, too"
    add("--skip", type=_names, action="extend", default=[], metavar="NAME,...", help=others)
    other = "another setting, such as sigmoid_10.hidden_units=8,4; repeatable; a quick try, too"
    add("--set", action="append", default=[], metavar="NAME.SETTING=VALUE", help=other)
    add("--fresh", action="store_true", help="train everything, what an earlier run has trained already, too")
    on = "go on with a run that was interrupted or failed, by its ID in the store; its own command does the same"
    add("--resume", metavar="RUN", help=on)
    ends = "end with an exit code of its own where no champion passes its gate, or another one is served than before"
    add("--fail-on", type=_names, action="extend", default=[], metavar="gate,champion", help=ends)
    add("--register", action="store_true", help="register the champion even of a run that is not as declared")
    parts = (
        "also tell decisions for each level of a column, or each third of a number; of a table of one's own without "
    )
    add("--by", metavar="COLUMN", help=f"{parts}--cost-ratio both errors count alike")


def _add_places(parser: Parser) -> None:
    """Adds where data come from, runs go, and nets are trained."""
    add = parser.add_argument
    where = "where data files are (default: $PIPELINE_DATA_DIR, else data/)"
    add("--data-dir", type=Path, metavar="FOLDER", help=where)
    add("--download", action="store_true", help="fetch data files that are missing; without it nothing is downloaded")
    add("--tracking-uri", metavar="URI", help=TRACKING_URI_HELP)
    add("--device", choices=("auto", "cpu", "gpu", "tpu"), default="auto", help="of nets; auto: a GPU, else the CPU")
    over = parser.add_mutually_exclusive_group()
    several = "train in N processes of this machine; needs pip install 'chalktape[cluster]' (default: 0, this one)"
    over.add_argument("--workers", type=whole(0, MOST_WORKERS), default=0, metavar="N", help=several)
    where = "train on the workers of a Dask scheduler, tls://HOST:PORT or tcp://HOST:PORT"
    over.add_argument("--cluster", metavar="ADDRESS", help=where)
    add(
        "--strategy",
        choices=("none", "mirrored", "multi_worker", "tpu"),
        default="none",
        help="share each batch of a net over this machine's devices, or over the processes that TF_CONFIG names",
    )


def listing() -> str:
    """Returns the experiments by name, a line each."""
    told = {LECTURE: f"Every worked example down to {EXAMPLES[-1].name}, and the ledger of all the lecture prints"}
    told |= {example.name: f"  {example.title}" for example in ALL_EXAMPLES}
    told |= {name: f"{item.title} ({item.where})" for name, item in (COMPARISONS | LADDERS).items()}
    width = max(map(len, told))
    return "\n".join(f"{name:{width}}  {text}" for name, text in told.items())


def require_usable(options: argparse.Namespace, prog: str) -> None:
    """Checks what can be told from the command line alone.

    Raises:
        ValueError: An option does not fit what is named, or nothing of that name is known.
    """
    unknown = sorted(set(options.fail_on) - {"gate", "champion"})
    require(not unknown, prog, "gate or champion, with commas between, for --fail-on", "Take it out.", unknown=unknown)
    own_images.require_usable(options, prog, known())
    if not own_images.are_images(options, known()):
        own.require_usable(options, prog, known())
    for name in options.names:
        is_known = name in known() or own.is_table(name, known()) or name.startswith(own_images.PREPARED)
        require(is_known, prog, "a known experiment, a table, or a folder of images", closest(name, known()), name=name)
    trains = _is_own(options) or any(name in COMPARISONS | LADDERS for name in options.names)
    require(
        options.epochs is None or not options.names or trains,
        prog,
        "a comparison for --epochs",
        "Leave --epochs out: the lecture's examples say themselves how many updates they take.",
        epochs=options.epochs,
    )
    decides = _is_own(options) or any(
        getattr(COMPARISONS.get(name), "decision", None) is not None for name in options.names
    )
    remedy = "Name a table, or a comparison that declares a decision."
    require(options.by is None or decides, prog, "a comparison with a decision for --by", remedy, by=options.by)
    _require_comparison(options, prog)
    if options.json:
        require_writable(prog, "--json", options.json)


def _is_own(options: argparse.Namespace) -> bool:
    """Tells whether a table or images of one's own are meant."""
    return options.target is not None or own_images.are_images(options, known())


def _require_comparison(options: argparse.Namespace, prog: str) -> None:
    """Refuses options of a comparison where none is named."""
    compares = _is_own(options) or any(name in COMPARISONS for name in options.names)
    given = [f"--{name}" for name in ("candidates", "skip", "set", "register") if getattr(options, name)]
    remedy = "Name one, or a table."
    require(compares or not given, prog, "a comparison for options of one", remedy, options=given)
