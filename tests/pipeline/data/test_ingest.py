"""Names become data sets: bit for bit as in the source, prepared once, never stale, never half."""

import os
import re
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_digits, load_iris

from pipeline.data.builders.bankruptcy import COUNTS, Bankruptcy
from pipeline.data.builders.bankruptcy_ratios import RATIOS
from pipeline.data.builders.iris import Iris
from pipeline.data.ingest import SOURCES, DataUnavailable, ingest, register, resolve_data_dir
from pipeline.data.task import Classification, Regression
from pipeline.data.values import Dataset


@pytest.fixture(autouse=True)
def elsewhere(tmp_path_factory, monkeypatch):
    """No data folder is named, and the working directory is empty."""
    monkeypatch.delenv("PIPELINE_DATA_DIR", raising=False)
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))


@pytest.fixture
def own_store(tmp_path, monkeypatch):
    folder = tmp_path / "store"
    monkeypatch.setenv("TFDS_DATA_DIR", str(folder))
    return folder


def write_bankruptcy(data_dir: Path, first_ratio: float) -> Path:
    """Writes a file with the columns and counts of the real one; row 0's first ratio is given."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(sum(COUNTS.values()), len(RATIOS))).round(3)
    X[0, 0] = first_ratio
    y = np.zeros(len(X))
    y[: COUNTS[1]] = 1
    file = data_dir / "bankruptcy" / "data.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    header = ", ".join(("Bankrupt?", *RATIOS))
    np.savetxt(file, np.column_stack([y, X]), "%.17g", ",", header=header, comments="", encoding="utf-8")
    return file


def run_python(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)


def test_names_are_known_without_tensorflow():
    heavy = "{'tensorflow', 'tensorflow_datasets'}"
    code = f"import sys, pipeline.data.ingest as i; print(*i.SOURCES, {heavy} & {{*sys.modules}})"
    assert run_python(code).stdout == "iris digits diabetes mnist bankruptcy set()\n"


def test_numbers_come_back_bit_for_bit_in_the_units_that_were_measured(own_store):
    diabetes = load_diabetes(scaled=False)
    for dataset in (ingest("diabetes"), ingest("diabetes")):  # prepared, and read again
        np.testing.assert_array_equal(dataset.X, diabetes.data, strict=True)
        np.testing.assert_array_equal(dataset.y, diabetes.target, strict=True)
        assert dataset.task == Regression(target="disease progression")
        assert len(dataset.feature_names) == 10
        assert dataset.X[:, 0].max() == 79  # years, not z-scores


def test_iris_is_scikit_learns_in_its_order():
    dataset, source = ingest("iris"), load_iris()
    np.testing.assert_array_equal(dataset.X, source.data)
    np.testing.assert_array_equal(dataset.y, source.target)
    assert (dataset.X.dtype, dataset.y.dtype) == (np.float64, np.int64)
    assert dataset.feature_names == tuple(source.feature_names)
    assert dataset.class_names == tuple(source.target_names)
    assert dataset.pixel_maximum is None
    assert dataset.test_rows is None
    assert "iris.csv" in dataset.source
    assert "Fisher" in dataset.citation
    assert dataset.version == "1.0.0"


def test_digits_are_scikit_learns_in_their_order():
    dataset, source = ingest("digits"), load_digits()
    np.testing.assert_array_equal(dataset.X, source.images)
    np.testing.assert_array_equal(dataset.y, source.target)
    assert (dataset.X.dtype, dataset.X.shape) == (np.uint8, (1797, 8, 8))
    assert dataset.pixel_maximum == dataset.X.max() == 16
    assert dataset.class_names == tuple("0123456789")


def test_the_real_bankruptcy_set_comes_bit_for_bit(real_data_dir):
    dataset = ingest("bankruptcy", data_dir=real_data_dir)
    rows = Bankruptcy.read(Bankruptcy.locate(real_data_dir))
    np.testing.assert_array_equal(dataset.X, rows.X)
    np.testing.assert_array_equal(dataset.y, rows.y)
    assert dataset.class_counts == {"healthy": 6599, "bankrupt": 220}
    assert dataset.feature_names == RATIOS


def test_the_real_mnist_has_its_canonical_test_rows_last(real_data_dir):
    dataset = ingest("mnist", data_dir=real_data_dir)
    assert (dataset.X.dtype, dataset.X.shape, dataset.pixel_maximum) == (np.uint8, (70_000, 28, 28), 255)
    np.testing.assert_array_equal(dataset.test_rows, np.arange(60_000, 70_000))
    # The first training digits and the first test digits, as every introduction prints them.
    assert dataset.y[:5].tolist() == [5, 0, 4, 1, 9]
    assert dataset.y[dataset.test_rows[:5]].tolist() == [7, 2, 1, 0, 4]


def test_a_set_is_prepared_once(own_store, monkeypatch):
    first = ingest("iris")
    monkeypatch.setattr(Iris, "read", None)
    assert ingest("iris").content_sha256 == first.content_sha256


def test_a_changed_source_is_prepared_anew(own_store, tmp_path):
    write_bankruptcy(tmp_path, first_ratio=1.5)
    first = ingest("bankruptcy", data_dir=tmp_path)
    write_bankruptcy(tmp_path, first_ratio=-2.5)
    second = ingest("bankruptcy", data_dir=tmp_path)
    assert (first.X[0, 0], second.X[0, 0]) == (1.5, -2.5)
    assert first.source != second.source
    assert first.content_sha256 != second.content_sha256


def test_a_stored_copy_alone_serves_only_without_a_named_folder(own_store, tmp_path, monkeypatch):
    write_bankruptcy(Path("data"), first_ratio=1.5).rename(tmp_path / "away.csv")
    Path("data/bankruptcy/data.csv").write_bytes((tmp_path / "away.csv").read_bytes())
    prepared = ingest("bankruptcy")
    Path("data/bankruptcy/data.csv").unlink()
    assert ingest("bankruptcy").content_sha256 == prepared.content_sha256
    with pytest.raises(DataUnavailable):
        ingest("bankruptcy", data_dir=tmp_path)
    monkeypatch.setenv("PIPELINE_DATA_DIR", str(tmp_path))
    with pytest.raises(DataUnavailable):
        ingest("bankruptcy")


@pytest.mark.parametrize("name", ["mnist", "bankruptcy"])
def test_data_that_cannot_be_had_are_told_with_file_place_and_remedy(name, own_store):
    with pytest.raises(DataUnavailable) as caught:
        ingest(name)
    for part in (f"{name}: expected ", str(Path("data").absolute()), "https://", "--download"):
        assert part in str(caught.value)
    assert not own_store.exists()


def test_nothing_is_fetched_unless_asked_for(own_store, monkeypatch):
    fetched = []

    def download(data_dir):
        fetched.append(data_dir)
        write_bankruptcy(data_dir, first_ratio=1.5)

    monkeypatch.setattr(Bankruptcy, "download", download)
    with pytest.raises(DataUnavailable):
        ingest("bankruptcy")
    assert fetched == []
    assert ingest("bankruptcy", download=True).n_samples == 6819
    assert ingest("bankruptcy", download=True).n_samples == 6819
    assert fetched == [Path("data").absolute()], "what is there is not fetched again"


def test_an_unknown_name_is_answered_with_the_closest():
    with pytest.raises(ValueError, match=r"Received: name='minst'. Did you mean 'mnist'\?"):
        ingest("minst")


def test_the_option_comes_before_the_variable_and_that_before_data(tmp_path, monkeypatch):
    assert resolve_data_dir() == (Path("data").absolute(), False)
    monkeypatch.setenv("PIPELINE_DATA_DIR", "")
    assert resolve_data_dir() == (Path("data").absolute(), False)
    (tmp_path / "variable").mkdir()
    monkeypatch.setenv("PIPELINE_DATA_DIR", str(tmp_path / "variable"))
    assert resolve_data_dir() == (tmp_path / "variable", True)
    assert resolve_data_dir(tmp_path) == (tmp_path, True)


def test_a_named_folder_that_is_missing_or_unreadable_is_an_error(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match=f"^data_dir: expected an existing folder. Received: folder='{tmp_path}/none'"):
        ingest("iris", data_dir=tmp_path / "none")
    monkeypatch.setenv("PIPELINE_DATA_DIR", __file__)
    with pytest.raises(ValueError, match=r"^PIPELINE_DATA_DIR: expected an existing folder"):
        ingest("iris")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(ValueError, match=r"^data_dir: expected a folder that can be read"):
        ingest("iris", data_dir=tmp_path)


def test_a_source_file_that_cannot_be_read_is_told(own_store, tmp_path, monkeypatch):
    file = write_bankruptcy(tmp_path, first_ratio=1.5)

    def refuse(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(ValueError, match=f"{file}: expected a readable file. Received: error='Permission denied'"):
        ingest("bankruptcy", data_dir=tmp_path)


def test_wrong_content_leaves_no_store(own_store, tmp_path):
    file = tmp_path / "bankruptcy" / "data.csv"
    file.parent.mkdir()
    file.write_text("Bankrupt?\n1\n")
    with pytest.raises(ValueError, match=f"{file}: expected the set's 96 columns"):
        ingest("bankruptcy", data_dir=tmp_path)
    assert not own_store.exists()


def test_half_of_a_store_is_prepared_anew(own_store):
    whole = ingest("iris")
    next(own_store.rglob("dataset_info.json")).unlink()
    assert ingest("iris").content_sha256 == whole.content_sha256


def test_damaged_rows_are_told_with_the_folder_to_delete(own_store):
    ingest("iris")
    record = next(own_store.rglob("*.array_record*"))
    record.write_bytes(record.read_bytes()[:-100])
    with pytest.raises(ValueError, match=f"expected a whole store in {record.parent}.*Delete it and run again"):
        ingest("iris")


def test_a_run_killed_while_it_prepares_leaves_nothing_that_is_taken_for_whole(own_store):
    code = """
import os, signal
from pipeline.data.builders.rows import RowsBuilder
from pipeline.data.ingest import ingest

def generate(self, numbers):
    for row in numbers:
        if row == 100:
            os.kill(os.getpid(), signal.SIGKILL)
        yield row, {"row": row, "x": self._rows.X[row], "label": int(self._rows.y[row])}

RowsBuilder._generate_examples = generate
ingest("iris")
"""
    assert run_python(code).returncode == -signal.SIGKILL
    assert list(own_store.glob("iris/*/incomplete*")), "it was killed in the middle"
    np.testing.assert_array_equal(ingest("iris").X, load_iris().data)


def test_a_full_disk_is_told_and_leaves_nothing(own_store):
    code = """
import resource, sklearn.datasets
from pipeline.data.ingest import ingest
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))  # bytes of a file: every larger write fails
try:
    ingest("digits")
except ValueError as error:
    print(error)
"""
    told = run_python(code)
    expected = f"ingest: expected to store digits in {own_store}. Received: error=.*File too large.*TFDS_DATA_DIR"
    assert re.match(expected, told.stdout), told
    assert [path for path in own_store.rglob("*") if path.is_file()] == []


def test_a_store_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "file" / "store"))
    with pytest.raises(ValueError, match=r"expected to store iris in .*Not a directory.*TFDS_DATA_DIR"):
        ingest("iris")


def test_a_set_that_another_process_prepared_in_the_meantime_serves(own_store):
    code = "from pipeline.data.ingest import ingest; print(ingest('digits').content_sha256)"
    command = [sys.executable, "-c", code]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = {process.communicate()[0].strip() for process in processes}
    assert answers == {ingest("digits").content_sha256}
    assert len(list(own_store.glob("digits/*/*"))) == 1, "the losers of the race leave nothing"


def test_a_rename_onto_a_folder_that_another_process_filled_is_no_error(own_store, monkeypatch):
    prepare = Iris.download_and_prepare

    def lose_the_race(self, **settings):
        prepare(self, **settings)
        raise OSError(39, "Directory not empty")

    monkeypatch.setattr(Iris, "download_and_prepare", lose_the_race)
    assert ingest("iris").n_samples == 150


def test_the_store_is_in_the_working_directory_unless_the_variable_says_otherwise(monkeypatch):
    monkeypatch.delenv("TFDS_DATA_DIR")
    ingest("iris")
    assert list(Path("data/tfds/iris").glob("*/1.0.0/dataset_info.json"))


def test_preparing_and_loading_say_nothing(own_store, capfd):
    ingest("iris")
    ingest("iris")
    assert capfd.readouterr() == ("", "")


def test_every_name_has_its_builder():
    for name, source in SOURCES.items():
        assert getattr(import_module(source.module), source.builder).name == name


class Coin:
    """A source of one's own: heads and tails in turn."""

    def load(self, *, data_dir=None, download=False):
        return Dataset(
            name="coin",
            X=np.arange(6.0)[:, None],
            y=np.arange(6) % 2,
            feature_names=("toss",),
            task=Classification(class_names=("heads", "tails")),
            source=f"{data_dir}, {download}",
            citation="",
            version="1",
        )


@patch.dict("pipeline.data.ingest._SOURCES")
def test_a_source_of_ones_own_is_asked_by_its_name():
    register("coin", Coin())
    dataset = ingest("coin", data_dir=Path("purse"), download=True)
    assert (dataset.class_counts, dataset.source) == ({"heads": 3, "tails": 3}, "purse, True")
    with pytest.raises(ValueError, match=r"name='coins'. Did you mean 'coin'\?"):
        ingest("coins")


@patch.dict("pipeline.data.ingest._SOURCES")
def test_a_name_that_is_taken_is_not_given_twice():
    with pytest.raises(ValueError, match=r"ingest: expected a data set of a new name. Received: name='iris'"):
        register("iris", Coin())
    assert ingest("iris").name == "iris"


def test_sources_are_registered_and_not_slipped_in():
    with pytest.raises(TypeError):
        SOURCES["coin"] = Coin()
