"""What ``run`` does with a table of one's own: its options, and the comparison that nobody has declared."""

import argparse
import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from experiments.language.metric import METRICS
from experiments.own import Own, own_comparison
from experiments.usual import ON_REQUEST
from models.checks import nearest, require
from models.encoding.kind import Kind

if TYPE_CHECKING:  # a list of names needs neither pandas nor pyarrow
    from experiments.language import Comparison
    from pipeline.data.inferred import Inferred
    from pipeline.data.table import Table

_ONLY = (
    *("target", "task", "positive", "ignore", "kind", "date_format", "decimal", "columns"),
    *("metric", "primary", "name", "also"),
)
_ROLES = ("group", "time", "weight")
_DECISIONS = ("cost_ratio", "recall")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options that only a table of one's own has."""
    own = parser.add_argument_group(
        "a table of your own",
        "FILE instead of a name: CSV with commas, semicolons, tabs or bars, zipped or not, or Parquet",
    )
    own.add_argument("--target", metavar="COLUMN", help="the column that is predicted; a table needs it")
    own.add_argument("--task", choices=("classification", "regression"), help="what few whole numbers mean")
    own.add_argument(
        "--positive", metavar="CLASS", help="of two classes, the one looked for (default: yes, else the rarer)"
    )
    own.add_argument("--ignore", action="append", default=[], metavar="COLUMN", help="leave a column out; repeatable")
    own.add_argument(
        "--kind",
        action="append",
        default=[],
        metavar="COLUMN=KIND",
        help=f"what a column is: {', '.join(get_args(Kind))}; repeatable",
    )
    own.add_argument(
        "--date-format",
        action="append",
        default=[],
        metavar="[COLUMN=]FORMAT",
        help="of dates that are not ISO, such as %%d.%%m.%%Y; of one column: joined=%%d.%%m.%%Y, repeatable",
    )
    sign = "the sign between whole and fraction: . or ,"
    own.add_argument("--decimal", choices=(".", ","), metavar="SIGN", help=sign)
    own.add_argument("--columns", type=Path, metavar="FILE", help="a columns.json of an earlier run, perhaps edited")
    apart = "rows of one value of this column never stand on both sides of a split; it is no feature"
    own.add_argument("--group", metavar="COLUMN", help=apart)
    later = "train on earlier rows, test on later ones, by this column of dates or numbers; it is no feature"
    own.add_argument("--time", metavar="COLUMN", help=later)
    counts = "how much each row counts, in training and in every score; it is no feature"
    own.add_argument("--weight", metavar="COLUMN", help=counts)
    known = f"that ranks: {', '.join(METRICS)} (default: by the target)"
    own.add_argument("--metric", choices=tuple(METRICS), metavar="METRIC", help=known)
    pair = "the question, before anything is trained: whether these two differ, the one pair that is tested alone"
    own.add_argument(
        "--primary",
        metavar="NET,BASELINE",
        help=f"{pair}; such as sigmoid_30,random_forest (default: every net against every baseline)",
    )
    *boosting, net = ON_REQUEST
    needed = f"{', '.join(boosting)} (these need 'chalktape[boosting]') or {net}, a net that takes minutes"
    also = f"a candidate beside the usual ones: {needed}; repeatable"
    own.add_argument("--also", action="append", default=[], metavar="NAME", help=also)
    own.add_argument("--name", type=_filled, help="of the experiment and the registered model (default: the file's)")
    own.add_argument("--cost-ratio", type=_number(1e6), metavar="R", help="a missed row costs R false alarms")
    own.add_argument("--recall", type=_number(1), metavar="S", help="share of the positive rows that must be found")


def _number(most: float) -> Callable[[str], float]:
    """Returns the type of an option that is a number above 0."""

    def convert(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not 0 < value <= most:
            raise argparse.ArgumentTypeError(f"expected a number above 0, at most {most:g}. Received: {text!r}")
        return value

    return convert


def _filled(text: str) -> str:
    """Takes a name: an empty one, as of a variable that is not set, would move another model's champion."""
    if not text.strip():
        raise argparse.ArgumentTypeError(f"expected a name. Received: {text!r}")
    return text


def _option(name: str) -> str:
    """Returns an option as it is typed."""
    return f"--{name.replace('_', '-')}"


def is_table(name: str, known: Sequence[str]) -> bool:
    """Tells whether a name is meant as a file: a name of the catalogue stays a name."""
    return name not in known and (Path(name).suffix != "" or "/" in name or Path(name).exists())


def _beside(name: str) -> str:
    """Returns the remedy for a file that is not there: one beside it that is called nearly the same."""
    folder = Path(name).parent
    files = {one.stem: one.name for one in sorted(folder.iterdir(), reverse=True)} if folder.is_dir() else {}
    given = Path(name)  # an ending alone makes no two names alike
    close = files.get(given.name) or files.get(nearest(given.stem, files) or "")
    return f"Did you mean {str(folder / close)!r}?" if close else "Check its name."


def require_usable(options: argparse.Namespace, prog: str, known: Sequence[str]) -> None:
    """Checks what can be checked before the file is opened.

    Raises:
        ValueError: A table without a target or beside another name, a file that is not there, or options of a table
            without one.
    """
    tables = [name for name in options.names if is_table(name, known)]
    if not tables:
        given = [_option(name) for name in (*_ONLY, *_ROLES, *_DECISIONS) if getattr(options, name)]
        remedy = "Name the file in front of it, or leave it out."
        if given and len(options.names) == 1 and options.names[0] not in known:
            remedy = f"There is no file of that name. {_beside(options.names[0])}"
        require(not given, prog, "a table for options of a table", remedy, options=given, names=options.names)
        return
    require(len(options.names) == 1, prog, "one table by itself", "Run the others by themselves.", names=options.names)
    there = Path(tables[0]).exists()
    require(there, prog, "a file or folder that is there", _beside(tables[0]), file=tables[0])
    require(options.target is not None, prog, "--target with a table", "Name the column to predict.", file=tables[0])
    _require_columns(options, Path(tables[0]))


def _require_columns(options: argparse.Namespace, path: Path) -> None:
    """Checks the columns that are named against the header of a text, seconds before libraries that read the rest."""
    from pipeline.data.header import checked, layout, require_named
    from pipeline.data.opened import is_parquet

    if not path.is_file() or is_parquet(path):
        return
    _, header = layout(path)
    if any("\n" in name or "\r" in name for name in header):
        return  # a quotation mark that stands open, perhaps: who reads the whole file tells the line
    kinds = [pair.rpartition("=")[0] for pair in options.kind]
    roles = [(role, [name]) for role in _ROLES if (name := getattr(options, role)) not in (None, options.target)]
    named = [("ignore", options.ignore), ("kind", [*filter(None, kinds)]), *roles]
    require_named(str(path), checked(str(path), header), options.target, named, is_text=True)


def table_of(options: argparse.Namespace, prog: str) -> "Table":
    """Returns the table that was named, not yet read.

    Raises:
        ValueError: An option that is no pair, or a kind that does not exist.
    """
    from pipeline.data.table import Table

    kinds: dict[str, Kind] = {}
    for pair in options.kind:
        column, _, kind = pair.rpartition("=")
        require(bool(column), prog, "--kind COLUMN=KIND", "Write it like zip=category.", kind=pair)
        require(kind in get_args(Kind), prog, "a known kind", f"Known: {', '.join(get_args(Kind))}.", kind=kind)
        kinds[column] = kind
    return Table(
        source=options.names[0],
        target=options.target,
        task=options.task,
        positive=options.positive,
        ignore=tuple(options.ignore),
        kinds=kinds,
        date_format=_date_format(options.date_format, prog),
        decimal=options.decimal,
        columns=options.columns,
        group=options.group,
        time=options.time,
        weight=options.weight,
        name=options.name or "",
    )


def _date_format(given: Sequence[str], prog: str) -> str | dict[str, str] | None:
    """Returns the format of all columns, or of each that is named.

    Raises:
        ValueError: Several formats, of which one names no column.
    """
    pairs = [each.rpartition("=") for each in given]
    if len(pairs) == 1 and not pairs[0][1]:
        return given[0]
    named = all(column and written for column, _, written in pairs)
    remedy = "Write each like joined=%d.%m.%Y."
    require(named, prog, "one --date-format, or COLUMN=FORMAT in each", remedy, date_format=[*given])
    formats = {column: written for column, _, written in pairs}
    remedy = "Take one out."
    require(len(formats) == len(pairs), prog, "one --date-format for a column", remedy, date_format=[*given])
    return formats or None


def _asked(options: argparse.Namespace) -> str:
    """Returns the table and what was said of it, as on the command line."""
    told = [shlex.quote(options.names[0])]
    for name in (*_ONLY, *_ROLES, *_DECISIONS, "by"):
        value = getattr(options, name)
        for each in value if isinstance(value, list) else [value]:
            if each is not None and each != "":  # False and 0 may be classes
                told.append(f"{_option(name)} {shlex.quote(str(each))}")
    return " ".join(told)


def comparison_of(table: "Table", options: argparse.Namespace, prog: str) -> "tuple[Comparison, list[str]]":
    """Reads the table, and returns its comparison with what was found out about it, a line each.

    Raises:
        ValueError: The table cannot be read or relied on, or something is asked of it that its target does not have.
    """
    from pipeline.data.inferred import describe

    inferred = table.inferred
    _require_suited(inferred, options, prog)
    own = Own(
        name=table.name,
        target=table.target,
        class_counts=tuple(inferred.class_counts.values()),
        n_numbers=inferred.n_rows if inferred.columns.task == "regression" else None,
        positive_class=inferred.positive,
        metric=options.metric,
        cost_ratio=options.cost_ratio,
        recall=options.recall,
        by=options.by,
        group=inferred.columns.of_role("group"),
        time=inferred.columns.of_role("time"),
        weight=inferred.columns.of_role("weight"),
        n_groups=inferred.n_groups,
        also=tuple(dict.fromkeys([*options.also, *(name for name in options.candidates if name in ON_REQUEST)])),
    )
    splitting, why = own.splitting
    comparison = _asking(replace(own_comparison(own), asked=_asked(options)), options.primary, prog)
    _require_rows_of_each_class(comparison, inferred, options, prog)
    _require_groups_for_decisions(comparison, inferred.n_groups, options, prog)
    left_out = [f"{own.left_out.capitalize()}."] if own.left_out else []
    decides = [f"Decision: {comparison.decision.reason}"] if comparison.decision else []
    told = describe(inferred, own.primary_metric, split=f"{splitting.words()} ({why}).")
    return comparison, [*told, *decides, *left_out]


def _asking(comparison: "Comparison", pair: str | None, prog: str) -> "Comparison":
    """Returns a comparison that is about the pair that was named.

    Raises:
        ValueError: It is no net and baseline of these.
    """
    if pair is None:
        return comparison
    names = [name.strip() for name in pair.split(",")]
    nets = [net.name for net in comparison.nets]
    rivals = [one.name for one in comparison.candidates if one.name not in {*nets, comparison.dummy}]
    remedy = f"Nets: {', '.join(nets)}. Baselines: {', '.join(rivals)}."
    named = len(names) == 2 and names[0] in nets and names[1] in rivals
    require(named, prog, "primary as NET,BASELINE, two of the candidates", remedy, primary=pair)
    return replace(comparison, primary=(names[0], names[1]))


def require_asked(comparison: "Comparison", pair: str | None, owner: str) -> None:
    """Refuses a quick try that leaves out, or sets otherwise, what the question is of: it would ask something else.

    Raises:
        ValueError: The comparison is no longer about the pair that was named.
    """
    kept = pair is None or comparison.primary is not None
    names = ", ".join(candidate.name for candidate in comparison.candidates)
    remedy = f"Left are {names}. Ask without it, or leave these two as they are."
    require(kept, owner, "both of the primary pair among what is tried, as they are", remedy, primary=pair)


def _require_rows_of_each_class(
    comparison: "Comparison", inferred: "Inferred", options: argparse.Namespace, prog: str
) -> None:
    """Refuses a class that cannot be on both sides of every split, in words that a table's owner can act on."""
    from pipeline.data.roles import named

    splitting, decision = comparison.splitting, comparison.decision
    if splitting.group is not None or not splitting.deals:
        return
    n_parts, n_inner = splitting.n_splits or 1, decision.n_inner if decision else 0
    least = next(n for n in count(n_parts) if n - ceil(n / n_parts) >= n_inner)
    few = {name: n for name, n in (inferred.class_counts or {"all": inferred.n_rows}).items() if n < least}
    expected = f"{least} rows or more{' of each class' if inferred.class_counts else ''}"
    expected += f" for {given}" if (given := _decisions_asked(options)) else ""
    remedy = "They are dealt out to parts: give more rows, or leave those of a class out that has fewer."
    with named(inferred.weightless):
        require(not few, prog, expected, remedy, rows=few)


def _decisions_asked(options: argparse.Namespace) -> str:
    """Returns the options that ask for decisions, in words."""
    return " and ".join(_option(name) for name in (*_DECISIONS, "by") if getattr(options, name))


def _require_groups_for_decisions(
    comparison: "Comparison", n_groups: int | None, options: argparse.Namespace, prog: str
) -> None:
    """Refuses a decision whose threshold cannot be chosen: training rows are dealt by whole groups once more."""
    decision, splitting = comparison.decision, comparison.splitting
    if decision is None or n_groups is None or not splitting.deals:
        return
    n_parts = min(splitting.n_splits or 1, n_groups)
    n_trained = n_groups - ceil(n_groups / n_parts)
    given = _decisions_asked(options)
    remedy = (
        f"A threshold is chosen inside them, on {decision.n_inner} parts of whole groups: leave {given} out, "
        "or name a column of more groups."
    )
    enough, wanted = n_trained >= decision.n_inner, f"training rows of {decision.n_inner} groups or more for {given}"
    require(enough, prog, wanted, remedy, groups=n_groups, training=n_trained)


def _require_suited(inferred: "Inferred", options: argparse.Namespace, prog: str) -> None:
    """Refuses what the target does not have: decisions without two classes, and another task's metrics."""
    task = inferred.columns.task
    given = [_option(name) for name in (*_DECISIONS, "by") if getattr(options, name)]
    if task == "classification":
        n_classes = len(inferred.class_counts)
        remedy = "Leave it out."
        two, told = f"a target of two classes for {' and '.join(given)}", {"target": options.target}
        require(not given or n_classes == 2, prog, two, remedy, **told, classes=n_classes)
    else:
        remedy = "Leave it out: a number is predicted. --task classification if these are classes."
        require(not given, prog, f"a target of classes for {' and '.join(given)}", remedy, target=options.target)
    known = [name for name, metric in METRICS.items() if task in metric.tasks]
    suits = options.metric is None or options.metric in known
    require(suits, prog, f"a metric of {task}", f"Known: {', '.join(known)}.", metric=options.metric)
