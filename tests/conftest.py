"""What tests share: the real data where they can be had, and one store of prepared sets."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from experiments.language import Baseline, Comparison, DenseNet, Splitting, Training


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


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MLflow database without runs: making one takes seconds, copying it none."""
    from pipeline.tracking import Tracker

    database = tmp_path_factory.mktemp("store") / "mlflow.db"
    Tracker(f"sqlite:///{database}")
    return database


@pytest.fixture
def workplace(tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory with an empty store, where a command can run."""
    (tmp_path / "mlruns").mkdir()
    shutil.copy(empty_database, tmp_path / "mlruns" / "mlflow.db")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.delenv("PIPELINE_DATA_DIR", raising=False)
    return tmp_path


@pytest.fixture
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
