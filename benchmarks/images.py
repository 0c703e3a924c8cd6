"""``python -m benchmarks.images``: a whole run of 50,000 images of 64 x 64 pixels in color, with its time and memory.

What a process holds of its own counts (anonymous memory); pages of files that it has read do not: the system takes them
back as it needs them. Beside it stands all that is resident, which is at most what the machine has to spare.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.tables import ROOT, descendants

_EVERY = 0.2  # seconds between two looks at the memory
_PHASES = ("decoding", "training")
_QUICK = ("--candidates", "conv_16_32_64_64,logistic_regression", "--epochs", "1")
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


class Peak:
    """The most that was held, decoding and training apart: a line of what was found stands between them."""

    def __init__(self) -> None:
        self.phase, self.most = _PHASES[0], dict.fromkeys(_PHASES, (0, 0))

    def follow(self, lines: Iterable[str]) -> None:
        """Prints what the run tells, and notes when it has decoded all images."""
        for line in lines:
            print(line, end="", flush=True)
            self.phase = _PHASES[1] if line.startswith("Metric:") else self.phase

    def look(self, pid: int) -> None:
        """Looks at a process and all that it has started."""
        own, resident = (sum(each) for each in zip(*map(held, descendants(pid)), strict=True))
        before = self.most[self.phase]
        self.most[self.phase] = max(before[0], own), max(before[1], resident)

    def told(self) -> str:
        """Returns both, in GiB."""
        return "; ".join(
            f"{phase}, {own / 2**30:.2f} GiB of its own, {resident / 2**30:.2f} resident"
            for phase, (own, resident) in self.most.items()
        )


def run(folder: Path, options: Sequence[str]) -> str:
    """Runs the command on the images, watches its memory, and returns time and peak in words."""
    store = f"sqlite:///{folder / 'mlflow.db'}"
    command = [sys.executable, "-m", "pipeline.run", str(folder / "blobs"), "--tracking-uri", store, *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TFDS_DATA_DIR": str(folder / "decoded")}
    start, peak = time.perf_counter(), Peak()
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        follower = threading.Thread(target=peak.follow, args=(process.stdout,))
        follower.start()
        while process.poll() is None:
            peak.look(process.pid)
            time.sleep(_EVERY)
        follower.join()
    if process.returncode:
        raise SystemExit(f"The run ended with {process.returncode}.")
    return f"{time.perf_counter() - start:,.0f} s; {peak.told()}"


def main() -> None:
    """Runs the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=f"All other options are those of chalktape run; by default {' '.join(_QUICK)}.",
        allow_abbrev=False,
    )
    parser.add_argument("--images", type=int, default=50_000, metavar="N", help="how many (default: 50,000)")
    parser.add_argument("--again", action="store_true", help="runs once more, on images that are decoded already")
    own, options = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder) / "blobs", own.images)
        for what in ("decoded now", "decoded before")[: 1 + own.again]:
            found = run(Path(folder), options or _QUICK)
            print(f"{own.images:,} images of {_SIDE} x {_SIDE} x 3, {what}: {found}", flush=True)


if __name__ == "__main__":
    main()
