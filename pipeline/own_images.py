"""What ``run`` does with images of one's own: its options, and the comparison that nobody has declared."""

import argparse
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.language.metric import METRICS
from experiments.own import Own, own_comparison
from experiments.own_images import OwnImages, own_images_comparison
from models.checks import closest, require
from pipeline.data.naming import PREFIX, experiment_of
from pipeline.process.options import whole

if TYPE_CHECKING:  # a list of names needs neither NumPy nor Pillow
    from experiments.language import Comparison
    from pipeline.data.images.source import ImageSource, PreparedTable
    from pipeline.telling.terminal import Terminal

PREPARED = PREFIX
_PREPARED = "A prepared set"
_SHOWN = 5  # classes in a sentence
_ONLY = ("size", "flip")
_TOO = ("positive", "metric", "name", "cost_ratio", "recall")  # of a table, and of images
_OF_TABLES = (
    *("target", "task", "ignore", "kind", "date_format", "decimal", "columns", "group", "time", "weight", "by"),
    *("primary", "also"),
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options that only images of one's own have."""
    own = parser.add_argument_group(
        "images of your own",
        "FOLDER instead of a name, without --target: PNG, JPEG or WebP in a sub-folder for each class, or train/ and "
        f"test/ with one each. Or {PREPARED}NAME[/CONFIG]: a set, also of numbers, that TensorFlow Datasets has "
        f"prepared, or prepares with --download. All take --{', --'.join(_TOO).replace('_', '-')}, too",
    )
    own.add_argument(
        "--size", type=whole(4), metavar="N", help="pixels of the longer side (default: the median, at most 64)"
    )
    own.add_argument("--flip", action="store_true", help="left and right may be exchanged without changing a class")


def are_images(options: argparse.Namespace, known: Sequence[str]) -> bool:
    """Tells whether a folder of images or a prepared set is meant: a name of the catalogue stays a name."""
    return options.target is None and any(
        name.startswith(PREPARED) or (name not in known and Path(name).is_dir()) for name in options.names
    )


def require_usable(options: argparse.Namespace, prog: str, known: Sequence[str]) -> None:
    """Checks what can be checked before the folder is looked through.

    Raises:
        ValueError: Images beside another name, options of a table with images, or options of images without any.
    """
    if not are_images(options, known):
        given = [f"--{name}" for name in _ONLY if getattr(options, name)]
        remedy = "Name their folder in front of it, or leave it out."
        require(not given, prog, "a folder of images for options of images", remedy, options=given)
        return
    remedy = "Run the others by themselves."
    require(len(options.names) == 1, prog, "one folder of images by itself", remedy, names=options.names)
    given = [f"--{name.replace('_', '-')}" for name in _OF_TABLES if getattr(options, name)]
    remedy = "Leave it out: images have no columns."
    require(not given, prog, "a table for options of a table", remedy, options=given, names=options.names)


def images_of(options: argparse.Namespace, prog: str, terminal: "Terminal") -> "ImageSource | PreparedTable":
    """Returns the images that were named, looked through and decoded; how far that is, is told meanwhile.

    Raises:
        ValueError: Something in the folder or set cannot be taken as it stands, and is named; or something is asked of
            the classes that they do not have.
    """
    from pipeline.data.images.source import PreparedTable

    source = _source(options, prog, terminal)
    with terminal.progress(source.name, 1) as told:
        told.update(0, "images", "", 0.0)
        if not isinstance(source, PreparedTable):
            source = replace(source, tell=lambda what, share: told.update(0, "images", what, share))
            _require_suited(source.class_names, options, prog)  # before any is decoded
        source.load()
    return source


def _source(options: argparse.Namespace, prog: str, terminal: "Terminal") -> "ImageSource | PreparedTable":
    from pipeline.data.images.prepared import prepared
    from pipeline.data.images.source import ImageFolder, PreparedImages, PreparedTable

    where, name = options.names[0], options.name or experiment_of(options.names[0])
    if not where.startswith(PREPARED):
        require(not options.download, prog, "a prepared set for --download", "Leave it out.", names=options.names)
        return ImageFolder(folder=Path(where), size=options.size, name=name)
    found = prepared(where, download=options.download, say=terminal.say)
    if found.image is not None:
        return PreparedImages(prepared=found, size=options.size, name=name)
    given = [f"--{one}" for one in _ONLY if getattr(options, one)]
    require(not given, prog, "images for options of images", "Leave it out.", options=given, set=where)
    return PreparedTable(prepared=found, name=name)


def comparison_of(
    source: "ImageSource | PreparedTable", options: argparse.Namespace, prog: str
) -> "tuple[Comparison, list[str]]":
    """Returns the comparison of images, or of a prepared table, with what was found out about them, a line each.

    Raises:
        ValueError: Something is asked of the classes that they do not have.
    """
    from pipeline.data.images.source import PreparedImages, PreparedTable

    dataset = source.load()
    counts = dataset.class_counts
    _require_suited([*counts], options, prog)
    positive, why = _positive(counts, options.positive)
    said: dict[str, Any] = {
        "name": source.name,
        "class_counts": tuple(counts.values()),
        "positive_class": positive,
        "metric": options.metric,
        "cost_ratio": options.cost_ratio,
        "recall": options.recall,
    }
    canonical = dataset.test_rows is not None
    own: Own | OwnImages
    if isinstance(source, PreparedTable):
        own = table = Own(target=source.prepared.label, **said)
        comparison = _with_test_rows(own_comparison(table)) if canonical else own_comparison(table)
        lines = [f"{dataset.source} of {len(dataset.feature_names)} numbers, {len(counts)} classes."]
    else:
        own = images = OwnImages(shape=dataset.X.shape[1:], canonical=canonical, flips=options.flip, **said)
        comparison, lines = own_images_comparison(images), [*source.found.lines()]
        comparison = replace(comparison, where=_PREPARED) if isinstance(source, PreparedImages) else comparison
    metric, metric_why = own.primary_metric
    why_split = "" if canonical else f" ({own.splitting[1]})"
    other = "" if options.positive is not None else "; --positive overrules"
    lines += [] if positive is None else [f"Positive class: {[*counts][positive]} ({why}){other}."]
    lines += [f"Metric: {metric} ({metric_why}).", f"Split: {comparison.splitting.words()}{why_split}."]
    return replace(comparison, asked=_asked(options)), lines


def _with_test_rows(comparison: "Comparison") -> "Comparison":
    from experiments.language import Splitting

    notes = "Candidates are the usual ones for a table of this size; none was tuned to it."
    return replace(comparison, splitting=Splitting(kind="canonical", n_folds=1), where=_PREPARED, notes=notes)


def _positive(class_counts: Mapping[str, int], asked: str | None) -> tuple[int | None, str]:
    """Returns the class that is looked for, of two, and why: the rarer one, of equally many the later."""
    names, counts = list(class_counts), list(class_counts.values())
    if len(names) != 2:
        return None, ""
    if asked is not None:
        return names.index(asked), "as asked"
    if counts[0] == counts[1]:
        return 1, "the later one, of equally many"
    return int(counts[1] < counts[0]), "the rarer one"


def _require_suited(names: Sequence[str], options: argparse.Namespace, prog: str) -> None:
    """Refuses what the classes do not have: a positive one or decisions of more than two, and metrics of numbers."""
    metrics = [name for name, metric in METRICS.items() if "classification" in metric.tasks]
    given = [f"--{name.replace('_', '-')}" for name in ("positive", "cost_ratio", "recall") if getattr(options, name)]
    two = not given or len(names) == 2
    told = f"{', '.join(names[:_SHOWN])}{' and others' if len(names) > _SHOWN else ''}"
    remedy = (
        f"Of {len(names)} classes none is the one that is looked for: leave it out, or make two folders of them. "
        f"--metric is allowed: {', '.join(metrics)}."
    )
    require(two, prog, f"images of two classes for {' and '.join(given)}", remedy, classes=told)
    known = options.positive is None or options.positive in names
    require(known, prog, "one of the classes as --positive", closest(str(options.positive), names), known=[*names])
    suits = options.metric is None or options.metric in metrics
    require(suits, prog, "a metric of classification", f"Known: {', '.join(metrics)}.", metric=options.metric)


def _asked(options: argparse.Namespace) -> str:
    """Returns the folder and what was said of it, as on the command line."""
    told = [shlex.quote(options.names[0])]
    for name in (*_ONLY, *_TOO):
        value = getattr(options, name)
        if value is True:
            told.append(f"--{name}")
        elif value:
            told.append(f"--{name.replace('_', '-')} {shlex.quote(str(value))}")
    return " ".join(told)
