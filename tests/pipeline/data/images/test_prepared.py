"""Sets that TensorFlow Datasets has prepared are read offline; what is not there is said at once."""

import socket
import time

import numpy as np
import pytest
import tensorflow_datasets as tfds

from pipeline import own_images, plan, run
from pipeline.data.images.fetching import tidy
from pipeline.data.images.prepared import prepared
from pipeline.data.images.source import PreparedImages, PreparedTable
from pipeline.telling.terminal import Terminal
from pipeline.usage import parser_of

RANDOM = np.random.default_rng(0)
TILES = RANDOM.integers(0, 256, (16, 8, 8, 3), dtype=np.uint8)
FLOWERS = RANDOM.normal(size=(16, 2)).astype(np.float32)


def features(**others):
    return tfds.features.FeaturesDict(
        {"image": tfds.features.Image(shape=(None, None, 3)), "label": tfds.features.ClassLabel(names=["a", "b"])}
        | others
    )


def prepare(store, name, feature_dict, splits, example, config=None, label="parity"):
    """Builds a set with a builder of the test's, as anybody would."""

    class Builder(tfds.core.GeneratorBasedBuilder, skip_registration=True):
        VERSION = tfds.core.Version("1.0.0")

        def _info(self):
            return self.dataset_info_from_configs(features=feature_dict)

        def _split_generators(self, dl_manager):
            return {split: self._generate_examples(rows) for split, rows in splits.items()}

        def _generate_examples(self, rows):
            for row in rows:
                own = row % 2 if label == "parity" else label
                yield row, example(row) | ({} if own is None else {"label": own})

    Builder.name = name
    Builder.__module__ = "tests.builders"
    Builder.pkg_dir_path = store
    builder = Builder(data_dir=store, config=None if config is None else tfds.core.BuilderConfig(name=config))
    builder.download_and_prepare()


@pytest.fixture
def store(tmp_path, monkeypatch):
    """An empty store, on a machine whose network nobody may ask."""

    def refuse(*arguments, **options):
        raise AssertionError("the network was asked")

    store = tmp_path / "store"
    store.mkdir()
    monkeypatch.setenv("TFDS_DATA_DIR", str(store))
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    tfds.disable_progress_bar()
    return store


def tile(row):
    return {"image": TILES[row]}


def test_images_of_a_prepared_set_come_with_its_test_rows(store):
    prepare(store, "tiles", features(), {"train": range(12), "test": range(12, 16)}, tile)
    source = PreparedImages(prepared=prepared("tfds:tiles"))
    dataset = source.load()
    assert (source.name, dataset.class_names, dataset.X.shape) == ("tiles", ("a", "b"), (16, 8, 8, 3))
    assert dataset.test_rows.tolist() == [12, 13, 14, 15]
    found = {image.tobytes(): label for image, label in zip(dataset.X, dataset.y, strict=True)}
    assert found == {image.tobytes(): row % 2 for row, image in enumerate(TILES)}
    assert any("train is learned from, and test is tested" in line for line in source.found.lines())


def test_a_configuration_is_named_where_there_are_several(store):
    for config in ("small", "large"):
        prepare(store, "tiles", features(), {"train": range(16)}, tile, config=config)
    assert PreparedImages(prepared=prepared("tfds:tiles/small")).load().test_rows is None
    with pytest.raises(ValueError, match=r"expected one configuration.*Say which: tfds:tiles/large\."):
        prepared("tfds:tiles")


def test_numbers_of_a_prepared_set_are_a_table(store):
    numbers = {"length": tfds.features.Scalar(np.float32), "label": tfds.features.ClassLabel(names=["a", "b"])}
    flat = tfds.features.FeaturesDict({"count": tfds.features.Scalar(np.int64), **numbers})
    splits = {"train": range(8), "validation": range(8, 12), "test": range(12, 16)}
    prepare(store, "flowers", flat, splits, lambda row: {"count": row, "length": FLOWERS[row, 0]})
    dataset = PreparedTable(prepared=prepared("tfds:flowers")).load()
    assert dataset.feature_names == ("count", "length")
    assert dataset.test_rows.tolist() == [12, 13, 14, 15]
    assert sorted(dataset.X[:12, 0]) == [*range(12)]
    assert np.allclose(dataset.X[:, 1], FLOWERS[dataset.X[:, 0].astype(int), 0])
    assert (dataset.y == dataset.X[:, 0] % 2).all()


@pytest.mark.parametrize("name", ["tfds:tile", "tfds:mnist", "tfds:mnist/none"])
def test_what_is_not_prepared_is_told_at_once_with_the_cure(store, capfd, name):
    prepare(store, "tiles", features(), {"train": range(16)}, tile)
    start = time.perf_counter()
    assert run.main([name]) == run.BAD_INPUT
    assert time.perf_counter() - start < 5
    told = capfd.readouterr().err
    assert f"{name}: expected a set that is prepared. Received: store='{store}', prepared=['tiles']." in told
    assert "Let --download prepare it" in told
    assert ("Did you mean tfds:tiles?" in told) == (name == "tfds:tile")


def test_a_set_of_another_kind_is_told(store):
    text = tfds.features.FeaturesDict({"text": tfds.features.Text(), "label": tfds.features.ClassLabel(num_classes=2)})
    prepare(store, "reviews", text, {"train": range(4)}, lambda row: {"text": "good"})
    expected = r"tfds:reviews: expected images with a class label, or numbers with a class label\. .*'text': 'Text'"
    with pytest.raises(ValueError, match=expected):
        _ = prepared("tfds:reviews").image
    unlabeled = tfds.features.FeaturesDict({"image": tfds.features.Image(shape=(8, 8, 3))})
    prepare(store, "photos", unlabeled, {"train": range(4)}, tile, label=None)
    with pytest.raises(ValueError, match=r"one of them\. Received: found={'image': 'Image'}"):
        _ = prepared("tfds:photos").image


CLASS = tfds.features.ClassLabel(num_classes=2)


@pytest.mark.parametrize(
    ("strange", "label", "example"),
    [
        ({"clip": tfds.features.Video(shape=(None, 8, 8, 3)), "label": CLASS}, "parity", {"clip": TILES[:2]}),
        ({"marks": tfds.features.Sequence(CLASS)}, None, {"marks": [0, 1]}),
        ({"other": CLASS, "label": CLASS}, "parity", {"other": 1}),
    ],
    ids=["video", "several labels", "two labels"],
)
def test_the_command_tells_what_a_set_must_be(store, capfd, strange, label, example):
    prepare(store, "odd", tfds.features.FeaturesDict(strange), {"train": range(4)}, lambda row: example, label=label)
    capfd.readouterr()
    assert run.main(["tfds:odd"]) == run.BAD_INPUT
    (told,) = capfd.readouterr().err.strip().splitlines()
    assert "tfds:odd: expected images with a class label, or numbers with a class label" in told
    assert all(f"'{name}': '{type(feature).__name__}'" in told for name, feature in strange.items())


@pytest.mark.parametrize("kind", ["images", "numbers"])
def test_the_command_tells_of_missing_labels(store, capfd, kind):
    number = {"length": tfds.features.Scalar(np.float32), "label": CLASS}
    parts = features() if kind == "images" else tfds.features.FeaturesDict(number)
    prepare(
        store, "bare", parts, {"test": range(16)}, tile if kind == "images" else lambda row: {"length": row}, label=-1
    )
    capfd.readouterr()
    assert run.main(["tfds:bare"]) == run.BAD_INPUT
    told = capfd.readouterr().err.strip().splitlines()[-1]  # TensorFlow was not imported quietly here
    assert told.startswith("tfds:bare: expected a label for each example. Received: without_label=16.")


def test_missing_labels_and_strange_splits_are_told(store):
    prepare(store, "tiles", features(), {"train": range(16)}, tile, label=-1)
    with pytest.raises(ValueError, match=r"a label for each example\. Received: without_label=16"):
        prepared("tfds:tiles").album()
    prepare(store, "halves", features(), {"left": range(8), "right": range(8, 16)}, tile)
    with pytest.raises(ValueError, match=r"expected a split train.*splits=\['left', 'right'\]"):
        prepared("tfds:halves").album()


@pytest.mark.parametrize("name", ["tfds:", "tfds:../outside", "tfds:/etc", "tfds:a/../../b"])
def test_a_name_that_leads_elsewhere_is_told(store, name):
    with pytest.raises(ValueError, match="expected tfds:NAME or tfds:NAME/CONFIG"):
        prepared(name)


def test_a_damaged_store_is_told(store):
    prepare(store, "tiles", features(), {"train": range(16)}, tile)
    (store / "tiles" / "1.0.0" / "features.json").write_text("{")
    with pytest.raises(ValueError, match="tfds:tiles: expected a whole store in"):
        prepared("tfds:tiles")


def test_a_fetch_that_fails_is_told(store, monkeypatch):
    with pytest.raises(ValueError, match="tfds:no_such_set: expected a set that can be fetched"):
        prepared("tfds:no_such_set", download=True)


def test_a_set_that_may_be_fetched_is_prepared(store):
    class Fetched(tfds.core.GeneratorBasedBuilder):
        """Registered under its name, as those of TensorFlow Datasets are."""

        name = "fetched"
        pkg_dir_path = store
        VERSION = tfds.core.Version("1.0.0")

        def _info(self):
            return self.dataset_info_from_configs(features=features())

        def _split_generators(self, dl_manager):
            return {"train": ((row, {"image": TILES[row], "label": row % 2}) for row in range(16))}

        _generate_examples = None

    said = []
    assert PreparedImages(prepared=prepared("tfds:fetched", download=True, say=said.append)).load().n_samples == 16
    assert said == [f"tfds:fetched is fetched and prepared in {store}."]
    prepared("tfds:fetched", download=True, say=said.append)
    assert len(said) == 1, "it is there"


def test_a_fetch_that_fails_leaves_no_folder_and_no_half(tmp_path):
    store = tmp_path / "data" / "tfds"

    def begun(error):
        with tidy(store):
            (store / "mnist").mkdir(parents=True)
            (store / "downloads" / "mnist").mkdir(parents=True)
            (store / "downloads" / "mnist" / "images.gz.tmp.87e8").write_text("half")
            raise error

    def fail(error):
        with pytest.raises(type(error)):
            begun(error)

    fail(ValueError("no network"))
    fail(KeyboardInterrupt())
    assert [*tmp_path.iterdir()] == []
    (store / "downloads").mkdir(parents=True)
    (store / "downloads" / "whole.zip").write_text("of another set")
    fail(ValueError("no network"))
    assert sorted(tmp_path.rglob("*")) == [store.parent, store, store / "downloads", store / "downloads" / "whole.zip"]


@pytest.mark.parametrize("options", [[], ["--download"]])
def test_a_set_that_is_refused_leaves_nothing(workplace, monkeypatch, options):
    monkeypatch.delenv("TFDS_DATA_DIR")
    before = sorted(workplace.rglob("*"))
    assert run.main(["tfds:no_such_set", *options]) == run.BAD_INPUT
    assert sorted(workplace.rglob("*")) == before


def planned(name, *options):
    """Returns what a prepared set is compared by, and its folds, up to where it would be trained."""
    asked = parser_of("run").parse_args([name, *options])
    source = own_images.images_of(asked, "run", Terminal(quiet=True))
    comparison, lines = own_images.comparison_of(source, asked, "run")
    return comparison, lines, plan._job(comparison, plan.How(sources={source.name: source}))


def test_prepared_images_are_compared_on_their_own_test_rows(store):
    prepare(store, "tiles", features(), {"train": range(12), "test": range(12, 16)}, tile)
    comparison, lines, job = planned("tfds:tiles", "--positive", "a")
    assert [candidate.name for candidate in comparison.nets] == ["sigmoid_30", "conv_16_32", "conv_16_32_moved"]
    assert (comparison.name, comparison.positive_class, comparison.where) == ("tiles", 0, "A prepared set")
    assert "Split: the test rows that the data set comes with." in lines
    assert job.folds[0].test_rows.tolist() == [12, 13, 14, 15]


@pytest.mark.parametrize("splits", [{"train": range(16)}, {"train": range(12), "test": range(12, 16)}])
def test_prepared_numbers_are_compared_as_a_table(store, splits):
    numbers = {name: tfds.features.Scalar(np.float32) for name in ("length", "width")}
    flat = tfds.features.FeaturesDict(numbers | {"label": tfds.features.ClassLabel(names=["a", "b"])})
    prepare(store, "flowers", flat, splits, lambda row: {"length": FLOWERS[row, 0], "width": FLOWERS[row, 1]})
    comparison, _lines, job = planned("tfds:flowers")
    assert "gradient_boosting" in [candidate.name for candidate in comparison.candidates]
    assert comparison.splitting.kind == ("canonical" if "test" in splits else "stratified_k_fold")
    assert len(job.folds) == (1 if "test" in splits else 10)
    with pytest.raises(ValueError, match=r"expected images for options of images\. Received: options=\['--flip'\]"):
        planned("tfds:flowers", "--flip")
