"""What the version before logged is shown, loaded, served and added to.

The store is one of commit 0b264f8, the last before stages became folders; ``data/old_store.py`` made it and says how.
"""

import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest

from chalktape import command
from experiments.iris import IRIS
from experiments.language import Gate, Splitting
from models import classifier
from pipeline import plan as planning
from pipeline import predict, run
from pipeline.data.ingest import ingest
from pipeline.telling.terminal import Terminal

DATA = Path(__file__).parent / "data"
COMMIT = "0b264f8"
PIPELINES = {"logistic_regression", "majority_class", "searched"}
# Nets compute in 32 bits: another processor adds in another order.
_ROUNDING = 1e-6


@dataclass(frozen=True, kw_only=True)
class OldStore:
    """An unpacked store.

    Attributes:
        place: Its folder.
    """

    place: Path

    @property
    def uri(self) -> str:
        """Of the database."""
        return f"sqlite:///{self.place}/mlflow.db"

    def rows(self, query: str, *values: str) -> list[tuple]:
        """What the database says."""
        with closing(sqlite3.connect(self.place / "mlflow.db")) as connection:
            return connection.execute(query, values).fetchall()

    def model(self, experiment: str, candidate: str) -> Path:
        """The folder of a candidate's logged model."""
        ((address,),) = self.rows(
            "SELECT logged_models.artifact_location FROM logged_models JOIN experiments USING (experiment_id) "
            "WHERE experiments.name = ? AND logged_models.name = ?",
            experiment,
            candidate,
        )
        return Path(address.removeprefix("file://"))

    def finished(self, experiment: str) -> tuple[Path, str]:
        """The artifacts of the finished comparison, and its verdict."""
        ((address, note),) = self.rows(
            "SELECT artifact_uri, tags.value FROM runs JOIN experiments USING (experiment_id) "
            "JOIN tags USING (run_uuid) WHERE experiments.name = ? AND tags.key = 'mlflow.note.content'",
            experiment,
        )
        return Path(address.removeprefix("file://")), note.partition("\n")[0]


def unpack(place: Path) -> OldStore:
    """Unpacks the store, and puts its own place where artifacts are addressed."""
    with tarfile.open(DATA / "old_store.tar.xz") as archive:
        archive.extractall(place, filter="data")
    with closing(sqlite3.connect(place / "mlflow.db")) as connection, connection:
        ((address,),) = connection.execute("SELECT artifact_location FROM experiments WHERE name = 'iris'")
        before = address.removesuffix("/artifacts/iris")
        for table, column in (
            ("experiments", "artifact_location"),
            ("runs", "artifact_uri"),
            ("logged_models", "artifact_location"),
            ("model_versions", "source"),
            ("model_versions", "storage_location"),
        ):
            connection.execute(
                f"UPDATE {table} SET {column} = replace({column}, ?, ?)", (before, place.absolute().as_uri())
            )
    return OldStore(place=place)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """For all tests that only read."""
    return unpack(tmp_path_factory.mktemp("old"))


def flowers(n: int) -> pd.DataFrame:
    """The first so many, unlabeled."""
    iris = ingest("iris")
    return pd.DataFrame(iris.X[:n], columns=list(iris.feature_names))


@pytest.fixture(scope="module")
def rows():
    """What the models were asked: raw rows of each set."""
    return {name: ingest(name).X for name in ("iris", "digits")}


SAID = pd.read_csv(DATA / "old_store_models.csv")
MODELS = sorted(set(zip(SAID["experiment"], SAID["candidate"], strict=True)))
each_model = pytest.mark.parametrize(("experiment", "candidate"), MODELS)


def said(experiment: str, candidate: str) -> np.ndarray:
    """The probabilities that the old version gave, ``(n_rows, n_classes)``."""
    own = SAID[(SAID["experiment"] == experiment) & (SAID["candidate"] == candidate)]
    n_rows = own["row"].max() + 1
    return own["probability"].to_numpy().reshape(n_rows, -1)


def compare(name, uri):
    return run.main(["compare", name, "--tracking-uri", uri])


def show(name, uri):
    return command.main(["show", name, "--tracking-uri", uri])


@pytest.mark.parametrize("shown", [compare, show])
@pytest.mark.parametrize("name", ["iris", "digits"])
def test_it_is_shown_with_its_numbers_and_its_verdict(store, capsys, name, shown):
    artifacts, verdict = store.finished(name)
    logged = pd.read_csv(artifacts / "comparison.csv")
    assert shown(name, store.uri) == 0
    lines = capsys.readouterr().out.splitlines()
    for candidate, own in logged.groupby("candidate"):
        (line,) = [line for line in lines if line.split()[:1] == [candidate]]
        assert line.split()[1:] == cells(own)
    assert verdict in lines
    assert any(f"commit {COMMIT}" in line and "seed 1" in line for line in lines)
    assert f"Report: {artifacts / 'report.html'}" in lines
    assert (artifacts / "report.html").is_file()


def cells(own: pd.DataFrame) -> list[str]:
    """A row of the table: the primary metric with its bounds, the others as means."""
    primary, *others = own.itertuples()
    bounds = [f"[{primary.low:.3f},", f"{primary.high:.3f}]"]
    return [f"{primary.mean:.4f}", *bounds, *(f"{other.mean:.4f}" for other in others)]


def test_the_champion_predicts_what_it_predicted(store, tmp_path):
    before = pd.read_csv(DATA / "old_store_champion.csv")
    flowers(150).to_csv(tmp_path / "rows.csv", index=False)
    arguments = ["models:/iris@champion", str(tmp_path / "rows.csv"), "-o", str(tmp_path / "scored.csv")]
    assert predict.main([*arguments, "--tracking-uri", store.uri]) == 0
    after = pd.read_csv(tmp_path / "scored.csv")
    assert len(after) == 150
    pd.testing.assert_frame_equal(after, before, rtol=0, atol=_ROUNDING)


@each_model
def test_a_model_says_what_it_said(store, rows, experiment, candidate):
    loaded, class_names = classifier.load(store.model(experiment, candidate) / "data" / "classifier")
    before = said(experiment, candidate)
    after = loaded.predict_proba(rows[experiment][: len(before)])
    assert len(class_names) == before.shape[1]
    np.testing.assert_allclose(after, before, rtol=0, atol=1e-12 if candidate in PIPELINES else _ROUNDING)


SERVE = """
import sys
import mlflow, numpy as np, pandas as pd
names, target = sys.argv[1:-1], sys.argv[-1]
said = {}
for folder, file in zip(names[::2], names[1::2]):
    model, rows = mlflow.pyfunc.load_model(folder), np.load(file)
    schema = model.metadata.get_input_schema()
    rows = rows if schema.is_tensor_spec() else pd.DataFrame(rows, columns=schema.input_names())
    said[folder] = model.predict(rows).to_numpy()
import models
np.savez(target, **said)
print(models.__file__)
"""


@pytest.fixture(scope="module")
def served(store, rows, tmp_path_factory):
    """What each model says in a process away from the checkout: it brings its own code, which is the old one."""
    place = tmp_path_factory.mktemp("elsewhere")
    names = []
    for experiment, candidate in MODELS:
        np.save(place / f"{experiment}.npy", rows[experiment])
        names += [str(store.model(experiment, candidate)), str(place / f"{experiment}.npy")]
    done = subprocess.run(
        [sys.executable, "-c", SERVE, *names, str(place / "said.npz")], cwd=place, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    own_code = Path(done.stdout.splitlines()[-1])
    assert own_code.is_relative_to(store.place)
    with np.load(place / "said.npz") as file:
        return dict(file)


@each_model
def test_by_its_own_old_code_it_says_the_same(store, rows, served, experiment, candidate):
    """On one machine the versions do not differ by rounding, either."""
    folder = store.model(experiment, candidate)
    loaded, _ = classifier.load(folder / "data" / "classifier")
    after = loaded.predict_proba(rows[experiment])
    np.testing.assert_allclose(after, served[str(folder)], rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", ["iris", "digits"])
def test_the_registry_knows_its_champion(store, name):
    mlflow.set_tracking_uri(store.uri)
    version = mlflow.MlflowClient().get_model_version_by_alias(name, "champion")
    assert version.tags["candidate"] == {"iris": "quantiles", "digits": "logistic_regression"}[name]
    assert version.tags["git"].startswith(COMMIT)


def test_a_new_run_stands_beside_the_old_one(tmp_path, capsys):
    store = unpack(tmp_path / "copy")
    logistic = [item for item in IRIS.candidates if item.name in ("logistic_regression", "majority_class")]
    gate = Gate(simplest="logistic_regression")
    comparison = replace(IRIS, candidates=tuple(logistic), gate=gate, splitting=Splitting(n_folds=4))
    how = planning.How(tracking_uri=store.uri, seed=7)
    planning.carry_out(planning.plan([], [comparison], how), Terminal(quiet=True))

    assert run.main(["compare", "iris", "--runs", "5", "--tracking-uri", store.uri]) == 0
    text = capsys.readouterr().out
    assert text.index("seed 7, folds: 4") < text.index("seed 1, folds: 5")
    (line,) = [line for line in text.splitlines() if line.startswith("logistic_regression")]
    assert line.count("[0.") == 1
    (line,) = [line for line in text.splitlines() if line.startswith("majority_class")]
    assert line.count("[0.") == 2

    assert sorted(store.rows("SELECT version FROM model_versions WHERE name = 'iris'")) == [(1,), (2,)]
    flowers(3).to_csv(tmp_path / "rows.csv", index=False)
    for model in ("models:/iris/1", "models:/iris@champion"):
        assert predict.main([model, str(tmp_path / "rows.csv"), "--tracking-uri", store.uri]) == 0
