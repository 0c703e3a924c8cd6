"""What tests share: the real data where they can be had, and one store of prepared sets."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def tfds_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One store for all tests, so that each set is prepared once; away from the working directory."""
    store = tmp_path_factory.mktemp("tfds")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TFDS_DATA_DIR", str(store))
        yield store


@pytest.fixture(scope="session")
def real_data_dir() -> Path:
    """The folder with the real MNIST and bankruptcy files; without it the test is skipped."""
    beside = Path(__file__).parents[2] / "shared" / "datasets"
    folder = Path(os.environ.get("PIPELINE_DATA_DIR") or beside)
    if not folder.is_dir():
        pytest.skip("the real data are not here; PIPELINE_DATA_DIR names their folder")
    return folder.absolute()
