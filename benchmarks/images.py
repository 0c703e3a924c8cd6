"""``python -m benchmarks.images``: a whole run of 50,000 images of 64 x 64 pixels in color, with its time and memory.

What a process holds of its own counts (anonymous memory); pages of files that it has read do not: the system takes them
back as it needs them. Beside it stands all that is resident, which is at most what the machine has to spare.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.tables import ROOT, descendants

_EVERY = 0.5  # seconds between two looks at the memory
_SIDE = 64


def make(folder: Path, n_images: int, n_classes: int = 10) -> None:
    """Writes images as PNG: a blob on noise, its place and color by the class."""
    random = np.random.default_rng(0)
    down, right = np.mgrid[:_SIDE, :_SIDE]
    for number in range(n_images):
        label = number % n_classes
        center = 32 + 18 * np.array([np.sin(label), np.cos(label)]) + random.normal(0, 3, 2)
        blob = np.exp(-((down - center[0]) ** 2 + (right - center[1]) ** 2) / 60)[..., None]
        color = np.array([40 + 20 * label, 200 - 15 * label, 120])
        pixels = 90 + random.integers(-40, 40, (_SIDE, _SIDE, 3)) + blob * (color - 90)
        place = folder / f"class {label}"
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(place / f"{number:05d}.png", compress_level=1)


def held(pid: int) -> tuple[int, int]:
    """Returns the bytes of its own that a process holds, and all that is resident; nothing of one that has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0, 0
    found = {name: 1024 * int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines[1:])}
    return found["Anonymous"], found["Rss"]


def run(folder: Path, options: Sequence[str]) -> dict[str, float]:
    """Runs the command on the images and watches its memory."""
    store = f"sqlite:///{folder / 'mlflow.db'}"
    command = [sys.executable, "-m", "pipeline.run", str(folder / "blobs"), "--tracking-uri", store, *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TFDS_DATA_DIR": str(folder / "decoded")}
    start, most = time.perf_counter(), (0, 0)
    process = subprocess.Popen(command, cwd=folder, env=environment)
    while process.poll() is None:
        now = [held(one) for one in descendants(process.pid)]
        most = tuple(max(before, sum(each)) for before, each in zip(most, zip(*now, strict=True), strict=True))
        time.sleep(_EVERY)
    if process.returncode:
        raise SystemExit(f"The run ended with {process.returncode}.")
    return {"seconds": time.perf_counter() - start, "own GiB": most[0] / 2**30, "resident GiB": most[1] / 2**30}


def main() -> None:
    """Runs the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--images", type=int, default=50_000, metavar="N", help="how many (default: 50,000)")
    own, options = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder) / "blobs", own.images)
        for what in ("decoded now", "decoded before"):
            found = run(Path(folder), options)
            told = ", ".join(f"{value:,.2f} {name}" for name, value in found.items())
            print(f"{own.images:,} images of {_SIDE} x {_SIDE} x 3, {what}: {told}", flush=True)


if __name__ == "__main__":
    main()
