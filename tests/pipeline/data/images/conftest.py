"""Folders of images, made for a test."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

Made = Callable[..., Path]


@pytest.fixture
def make(tmp_path, monkeypatch) -> Made:
    """Makes a folder of images of random pixels, and returns it; decoded ones are kept beside it."""
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "store"))
    random = np.random.default_rng(0)

    def made(*classes: str, n: int = 6, shape: tuple[int, ...] = (8, 8), at: str = "own") -> Path:
        root = tmp_path / at
        for name in classes or ("cat", "dog"):
            (root / name).mkdir(parents=True)
            for number in range(n):
                pixels = random.integers(0, 256, shape, dtype=np.uint8)
                Image.fromarray(pixels).save(root / name / f"{number}.png")
        return root

    return made
