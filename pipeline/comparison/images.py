"""The report's section on what went wrong with images: pictures, accuracy by class, kernels."""

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.image import imsave
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from pipeline.data.values import Dataset
from pipeline.scoring.mistakes import ClassAccuracy, Reading, accuracy_table, misread_table, read_images
from pipeline.scoring.result import Result
from pipeline.telling.canvas import COLORS, svg
from pipeline.telling.cells import draw_cells
from pipeline.telling.page import render
from pipeline.telling.section import Section
from pipeline.words.names import title

MISREAD = "misread_images.csv"
"""File of a run that names the files that were misread."""
MOST_PICTURES = 20  # of each candidate: what one looks at before patterns repeat
KERNELS_A_ROW = 8
_MARKS: Mapping[str, tuple[str, str]] = {"net": ("net-1", "o"), "baseline": ("baseline-1", "s")}


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One misread image.

    Attributes:
        source: Address of its picture.
        slopes: Address of a picture of what spoke for the answer; empty where that is not known.
        words: What it is and what it was taken for.
        truth: Its class.
        answer: What it was taken for.
        p_answer: Probability of that.
        p_truth: Probability of its class.
    """

    source: str
    slopes: str
    words: str
    truth: str
    answer: str
    p_answer: str
    p_truth: str


@dataclass(frozen=True, kw_only=True)
class Misread:
    """The surest mistakes of one candidate, and its accuracy by class."""

    title: str
    role: str
    n_mistakes: int
    n_test: int
    pictures: tuple[Picture, ...]
    by_class: Mapping[str, ClassAccuracy]


def images_section(result: Result) -> Section:
    """Draws what went wrong with the images of the first fold, for the report and for a page of its own."""
    images = read_images(result, MOST_PICTURES)
    names = result.dataset.class_names
    kernels = None if images.kernels is None else Markup(_kernels(images.kernels, title(images.kernels_of)))
    values = {
        "misread": [_misread(reading, result.dataset, images.slopes) for reading in images.readings],
        "are_photographs": result.dataset.images is not None,
        "names_misread": MISREAD if result.dataset.files else None,
        "of": "the test rows of fold 0" if len(result.folds) > 1 else "the test rows",
        "class_names": names,
        "accuracy_plot": Markup(_accuracy_plot(images.readings, names)),
        "kernels": kernels,
        "in_color": result.dataset.X.ndim == 4,
        "kernels_of": title(images.kernels_of),
    }
    read = [reading.candidate for reading in images.readings]
    misread = {} if result.dataset.files is None else {MISREAD: misread_table(result, read)}
    return Section(
        template="images.html",
        values=values,
        anchors={"mistakes": "What went wrong"},
        tables={"accuracy_by_class.csv": accuracy_table(images.readings, result.dataset), **misread},
        pages={"mistakes.html": render("mistakes.html", comparison=result.comparison, **values)},
        answers=tuple(f"{name} beside the report names {_counted(table, read)}." for name, table in misread.items()),
    )


def _counted(table: pd.DataFrame, candidates: Sequence[str]) -> str:
    """Returns how many images each candidate misread.

    Example:
        >>> _counted(pd.DataFrame({"candidate": ["conv_16", "conv_16"], "file": ["a", "a"]}), ["conv_16", "forest"])
        'the images that conv 16 (1) and forest (0) misread'
    """
    counts = {name: table.loc[table["candidate"] == name, "file"].nunique() for name in candidates}
    return f"the images that {' and '.join(f'{title(name)} ({n:,})' for name, n in counts.items())} misread"


def _misread(reading: Reading, dataset: Dataset, slopes: NDArray[np.float64] | None) -> Misread:
    names = dataset.class_names
    spoke = [] if slopes is None or reading.family != "net" else [png(one / (one.max() or 1.0)) for one in slopes]
    return Misread(
        title=title(reading.candidate),
        role=reading.family,
        n_mistakes=len(reading.mistakes),
        n_test=reading.n_test,
        pictures=tuple(
            Picture(
                source=picture(dataset, mistake.row),
                slopes=spoke[place] if place < len(spoke) else "",
                words=f"{_called(dataset, mistake.row)}: {names[mistake.truth]} read as {names[mistake.answer]}",
                truth=names[mistake.truth],
                answer=names[mistake.answer],
                p_answer=_percent(mistake.p_answer),
                p_truth=_percent(mistake.p_truth),
            )
            for place, mistake in enumerate(reading.mistakes[:MOST_PICTURES])
        ),
        by_class={names[item.index]: item for item in reading.by_class},
    )


def _called(dataset: Dataset, row: int) -> str:
    return f"Row {row}" if dataset.files is None else dataset.files.names[row]


def picture(dataset: Dataset, row: int) -> str:
    """Returns the address of a PNG of an image: of a file as it looks, else what is large as ink."""
    if dataset.images is None:
        return png(dataset.X[row] / dataset.pixel_maximum)
    buffer = io.BytesIO()
    image = np.asarray(dataset.X[row])
    imsave(buffer, image if image.ndim == 3 else np.stack([image] * 3, axis=-1), format="png")
    return _address(buffer)


def png(image: NDArray[np.floating]) -> str:
    """Returns an image of 0 to 1 as the address of a PNG: black ink on nothing, so that any page can be its paper."""
    pixels = np.zeros((*image.shape, 4))
    pixels[..., 3] = image
    buffer = io.BytesIO()
    imsave(buffer, pixels, format="png")
    return _address(buffer)


def _address(buffer: io.BytesIO) -> str:
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _percent(share: float) -> str:
    """Returns a probability in percent, and never calls what is below 100 a hundred."""
    return "> 99.9\u00a0%" if 0.9995 <= share < 1 else f"{100 * share:.1f}\u00a0%"


def _accuracy_plot(readings: tuple[Reading, ...], class_names: tuple[str, ...]) -> str:
    def draw(axes: Axes) -> None:
        for shift, reading in zip(np.linspace(-0.16, 0.16, len(readings)), readings, strict=True):
            ink, marker = _MARKS[reading.family]
            for item in reading.by_class:
                row = item.index + shift
                axes.plot([item.share.low, item.share.high], [row, row], color=COLORS[ink], linewidth=2.5)
                axes.plot(item.share.mean, row, marker, color=COLORS[ink], markersize=6)
        axes.set_ylim(len(class_names) - 0.5, -0.5)
        axes.set_yticks(range(len(class_names)), class_names)
        axes.tick_params(axis="y", length=0, labelcolor=COLORS["ink"])
        axes.grid(axis="y", visible=False)
        axes.spines["left"].set_visible(False)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:g}\u00a0%"))
        axes.set_xlabel("Images of the class that were read right")

    label = "Accuracy by class with 95 % intervals. The numbers are in the table."
    return svg("accuracy-by-class", 400, 32 * len(class_names) + 50, label, draw)


def _kernels(kernels: NDArray[np.float64], name: str) -> str:
    height, width, n_maps = kernels.shape
    across, down = width + 1, height + 1
    columns, rows = min(n_maps, KERNELS_A_ROW), -(-n_maps // KERNELS_A_ROW)

    def draw(axes: Any) -> None:
        for index in range(n_maps):
            corner = (index % KERNELS_A_ROW * across, index // KERNELS_A_ROW * down)
            draw_cells(axes, corner, 1, kernels[..., index], signed=True, scale=np.abs(kernels).max())
        axes.set(xlim=(-0.2, columns * across - 0.8), ylim=(rows * down - 0.8, -0.2), aspect="equal")
        axes.axis("off")

    pixels = 400 / (KERNELS_A_ROW * across)
    label = f"{n_maps} kernels of {height} by {width} weights, learnt by {name}"
    return svg("first-kernels", round(columns * across * pixels), round(rows * down * pixels), label, draw)
