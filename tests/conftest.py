"""What tests share: the real data where they can be had, and one store of prepared sets."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from experiments.language import Baseline, Comparison, DenseNet, Splitting, Training

WITHOUT_DATA = "the real data are not here; PIPELINE_DATA_DIR names their folder"


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
    folder = Path(os.environ.get("PIPELINE_DATA_DIR", ""))
    if not os.environ.get("PIPELINE_DATA_DIR") or not folder.is_dir():
        pytest.skip(WITHOUT_DATA)
    return folder.absolute()


def pytest_collection_finish() -> None:
    """Looks for garbage less often, and not among what the tests load: it was a tenth of the suite's time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says how much was not tested for want of data: one skipped test looks like another."""
    skipped = [report for report in terminalreporter.getreports("skipped") if WITHOUT_DATA in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(f"Not tested without data: {len(skipped)} ({WITHOUT_DATA}).", yellow=True)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MLflow database without runs: making one takes seconds, copying it none."""
    from pipeline.tracking import Tracker

    database = tmp_path_factory.mktemp("store") / "mlflow.db"
    Tracker(f"sqlite:///{database}")
    return database


@pytest.fixture(scope="session")
def furnish(empty_database: Path) -> Callable[[Path, pytest.MonkeyPatch], None]:
    """Makes a folder one where a command can run: an empty store, and no address or data from outside."""

    def furnish(place: Path, patch: pytest.MonkeyPatch) -> None:
        (place / "mlruns").mkdir()
        shutil.copy(empty_database, place / "mlruns" / "mlflow.db")
        patch.chdir(place)
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        patch.delenv("PIPELINE_DATA_DIR", raising=False)

    return furnish


@pytest.fixture
def workplace(
    tmp_path: Path, furnish: Callable[[Path, pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> Path:
    """An empty working directory with an empty store, where a command can run."""
    furnish(tmp_path, monkeypatch)
    return tmp_path


@pytest.fixture(scope="session")
def small() -> Comparison:
    """A comparison that runs in seconds, on real flowers."""
    training = Training(epochs=3, learning_rate=0.05, batch_size=16, optimizer="adam")
    return Comparison(
        name="small",
        title="Small",
        where="Example 9",
        data="iris",
        splitting=Splitting(n_folds=2),
        candidates=(
            DenseNet(name="sigmoid_4", hidden_units=(4,), training=training),
            DenseNet(
                name="stopped_early",
                hidden_units=(4,),
                inputs="quantile_normal",
                training=replace(training, patience=2, validation_share=0.2, balanced=True),
            ),
            Baseline(name="majority_class", algorithm="majority_class"),
            Baseline(name="logistic_regression", algorithm="logistic_regression", inputs="standardize"),
        ),
        metrics=("accuracy", "roc_auc", "log_loss"),
        primary_metric="accuracy",
    )
