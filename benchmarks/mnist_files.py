"""``python -m benchmarks.mnist_files [--folder F]``: MNIST's digits written out as PNG, and one net that reads both.

What is compared is the conv net that the experiment ``mnist`` declares, on the canonical test rows: once trained on the
idx files, once on the folder of PNG files. Images come in another order there, the order of names of classes and files,
so that an epoch has other batches. Beside them the usual conv net of a folder of as many images.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
from PIL import Image

from experiments.language import Candidate, Splitting
from experiments.mnist import MNIST
from experiments.usual_images import usual_image_candidates
from pipeline.data.images.source import ImageFolder
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.data.values import Dataset
from pipeline.scoring.one_test_set import wilson_interval
from pipeline.training.train import train
from pipeline.training.values import ClassModel


def make(digits: Dataset, folder: Path) -> None:
    """Writes each image as ``train/7/00123.png`` or ``test/7/60123.png``: part, class, and row of the data set."""
    assert digits.test_rows is not None
    is_test = np.isin(np.arange(digits.n_samples), digits.test_rows)
    for row, (pixels, label) in enumerate(zip(digits.X, digits.y, strict=True)):
        place = folder / ("test" if is_test[row] else "train") / digits.class_names[label]
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(place / f"{row:05d}.png")


def told(what: str, candidate: Candidate, dataset: Dataset) -> str:
    """Trains on the canonical training rows and tells the accuracy on the test rows."""
    start = time.perf_counter()
    (fold,) = split(dataset, Splitting(kind="canonical", n_folds=1), seed=1)
    (trained,) = train(candidate, dataset, [fold])
    answers = cast(ClassModel, trained.model).predict_proba(dataset.X[fold.test_rows]).argmax(axis=1)
    share = wilson_interval(int((answers == dataset.y[fold.test_rows]).sum()), len(answers))
    return (
        f"{what}, {candidate.name}: accuracy {share.mean:.4f} [{share.low:.4f}, {share.high:.4f}], "
        f"{time.perf_counter() - start:.0f} s"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--folder", type=Path, help="where the files go, and stay (default: a temporary folder)")
    options = parser.parse_args(arguments)
    digits = ingest("mnist")
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.folder or Path(temporary)) / "mnist_png"
        if not folder.exists():
            make(digits, folder)
        files = ImageFolder(folder=folder).load()
    declared = next(one for one in MNIST.candidates if one.kind == "conv_net")
    usual = next(one for one in usual_image_candidates(files.X.shape[1:], files.n_samples) if one.kind == "conv_net")
    print(told("idx files", declared, digits), flush=True)
    print(told("PNG files", declared, files), flush=True)
    print(told("PNG files", usual, files), flush=True)


if __name__ == "__main__":
    main()
