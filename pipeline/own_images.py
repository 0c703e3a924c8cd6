"""What ``run`` does with images of one's own: its options, and the comparison that nobody has declared."""

import argparse
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.language.metric import METRICS
from experiments.own_images import OwnImages, own_images_comparison
from models.checks import closest, require
from pipeline.process.options import whole

if TYPE_CHECKING:  # a list of names needs neither NumPy nor Pillow
    from experiments.language import Comparison
    from pipeline.data.images.source import ImageFolder
    from pipeline.telling.terminal import Terminal

_ONLY = ("size", "flip")
_TOO = ("positive", "metric", "name", "cost_ratio", "recall")  # of a table, and of images
_OF_TABLES = ("target", "task", "ignore", "kind", "date_format", "decimal", "columns", "group", "time", "weight", "by")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options that only images of one's own have."""
    own = parser.add_argument_group(
        "images of your own",
        "FOLDER instead of a name, without --target: PNG, JPEG or WebP in a sub-folder for each class, or train/ and "
        f"test/ with one each. They take --{', --'.join(_TOO).replace('_', '-')}, too",
    )
    own.add_argument(
        "--size", type=whole(4), metavar="N", help="pixels of the longer side (default: the median, at most 64)"
    )
    own.add_argument("--flip", action="store_true", help="left and right may be exchanged without changing a class")


def are_images(options: argparse.Namespace, known: Sequence[str]) -> bool:
    """Tells whether a folder of images is meant: a name of the catalogue stays a name."""
    return options.target is None and any(name not in known and Path(name).is_dir() for name in options.names)


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


def images_of(options: argparse.Namespace, terminal: "Terminal") -> "ImageFolder":
    """Returns the images that were named, looked through and decoded; how far that is, is told meanwhile.

    Raises:
        ValueError: Something in the folder cannot be taken as it stands; it is named.
    """
    from pipeline.data.images.source import ImageFolder

    source = ImageFolder(folder=Path(options.names[0]), size=options.size, name=options.name or "")
    with terminal.progress(source.name, 1) as told:
        told.update(0, "images", "", 0.0)
        source = replace(source, tell=lambda what, share: told.update(0, "images", what, share))
        source.load()
    return source


def comparison_of(source: "ImageFolder", options: argparse.Namespace, prog: str) -> "tuple[Comparison, list[str]]":
    """Returns the comparison of images with what was found out about them, a line each.

    Raises:
        ValueError: Something is asked of them that they do not have.
    """
    found = source.found
    names = list(found.class_counts)
    _require_suited(names, options, prog)
    positive, why = _positive(found.class_counts, options.positive)
    own = OwnImages(
        name=source.name,
        shape=found.images.shape,
        class_counts=tuple(found.class_counts.values()),
        canonical=found.n_test > 0,
        positive_class=positive,
        metric=options.metric,
        flips=options.flip,
        cost_ratio=options.cost_ratio,
        recall=options.recall,
    )
    metric, metric_why = own.primary_metric
    splitting, split_why = own.splitting
    lines = [*found.lines()]
    lines += [] if positive is None else [f"Positive class: {names[positive]} ({why}); --positive overrules."]
    lines += [f"Metric: {metric} ({metric_why}).", f"Split: {splitting.words()} ({split_why})."]
    return replace(own_images_comparison(own), asked=_asked(options)), lines


def _positive(class_counts: Mapping[str, int], asked: str | None) -> tuple[int | None, str]:
    """Returns the class that is looked for, of two, and why: the rarer one, of equally many the later."""
    names, counts = list(class_counts), list(class_counts.values())
    if len(names) != 2:
        return None, ""
    if asked is not None:
        return names.index(asked), "as asked"
    return (0, "the rarer one") if counts[0] < counts[1] else (1, "the rarer one" if counts[1] < counts[0] else "later")


def _require_suited(names: Sequence[str], options: argparse.Namespace, prog: str) -> None:
    """Refuses what the classes do not have: a positive one or decisions of more than two, and metrics of numbers."""
    given = [f"--{name.replace('_', '-')}" for name in ("positive", "cost_ratio", "recall") if getattr(options, name)]
    two = not given or len(names) == 2
    require(two, prog, f"images of two classes for {' and '.join(given)}", "Leave it out.", classes=len(names))
    known = options.positive is None or options.positive in names
    require(known, prog, "one of the classes as --positive", closest(str(options.positive), names), known=names)
    metrics = [name for name, metric in METRICS.items() if "classification" in metric.tasks]
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
