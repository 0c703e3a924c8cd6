"""Images of one's own through the command: from a folder to a registered model, and one line where it is none."""

import base64
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.pyfunc import scoring_server
from PIL import Image

from models.images import MOST_PIXELS
from pipeline import predict, run
from pipeline.data.naming import experiment_of

QUICK = ["--candidates", "logistic_regression", "--quiet"]


def make_tiles() -> Path:
    """Bright and dark tiles in color, of several sizes, in ``tiles/``."""
    random = np.random.default_rng(0)
    for name, level in (("dark", 90), ("bright", 160)):
        Path("tiles", name).mkdir(parents=True)
        for number in range(20):
            pixels = np.clip(random.normal(level, 40, (9 + number % 3, 10, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(Path("tiles", name, f"{number:02d}.png"))
    return Path("tiles")


@pytest.fixture
def tiles(workplace, monkeypatch) -> Path:
    """The tiles in an empty working directory, whose decoded images stay in it."""
    monkeypatch.delenv("TFDS_DATA_DIR")
    return make_tiles()


def logged(uri: str, experiment: str, candidate: str) -> str:
    """Returns the address of the model of a candidate that was logged last."""
    mlflow.set_tracking_uri(uri)
    numbers = [mlflow.get_experiment_by_name(experiment).experiment_id]
    found = mlflow.search_logged_models(numbers, filter_string=f"name = '{candidate}'", output_format="list")
    return max(found, key=lambda model: model.creation_timestamp).model_uri


class Ran(NamedTuple):
    """A finished run on the tiles."""

    place: Path
    record: dict

    @property
    def uri(self) -> str:
        return f"sqlite:///{self.place}/mlruns/mlflow.db"

    def model(self, name: str = "models:/tiles@champion"):
        mlflow.set_tracking_uri(self.uri)
        return mlflow.pyfunc.load_model(name)


@pytest.fixture(scope="module")
def ran(furnish, tmp_path_factory) -> Iterator[Ran]:
    """One run for all tests of what comes after a run; its champion is registered."""
    with pytest.MonkeyPatch.context() as patch:
        place = tmp_path_factory.mktemp("own_images")
        furnish(place, patch)
        make_tiles()
        asked = ["--folds", "5", "--flip", "--candidates", "conv_16_32_mirrored,logistic_regression", "--epochs", "1"]
        assert run.main(["tiles/", *asked, "--register", "--json", "out.json"]) == 0
        (record,) = json.loads(Path("out.json").read_text())["experiments"]
        yield Ran(place, record)


def test_a_folder_becomes_a_compared_and_registered_model(ran):
    assert ran.record["data"]["shape"] == [10, 10, 3]
    assert ran.record["registration"]["served"]["refitted"]
    best = {one["candidate"]: one["mean"] for one in ran.record["summaries"] if one["metric"] == "roc_auc"}
    assert list(best) == ["conv_16_32_mirrored", "majority_class", "logistic_regression"]
    assert best["logistic_regression"] > 0.9
    (page,) = (ran.place / "mlruns").rglob("report.html")
    assert "each an image of 10 × 10 pixels in color, 0 to 255" in page.read_text()
    assert "They came 9 to 11 high and 10 wide; 26 were resized, 26 of them stretched" in page.read_text()
    assert page.with_name("misread_images.csv").is_file()
    assert "chalktape run tiles/ --flip --seed 1 --folds 5 --epochs 1" in page.read_text()


def test_a_stored_run_is_shown_again_by_its_folder(ran, monkeypatch, capfd):
    monkeypatch.chdir(ran.place)
    assert run.main(["compare", "tiles/", "--tracking-uri", ran.uri]) == 0
    shown = capfd.readouterr().out
    assert run.main(["compare", "tiles", "--tracking-uri", ran.uri]) == 0
    assert capfd.readouterr().out == shown
    assert "conv_16_32_mirrored" in shown
    Path("others").mkdir(exist_ok=True)
    for place in ("others", "tfds:others"):
        assert run.main(["compare", place, "--tracking-uri", ran.uri]) == run.BAD_INPUT
        assert "expected the name of a comparison. Received: name='others'." in capfd.readouterr().err


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("tfds:mnist", "own_mnist"),
        ("tfds:iris/small", "iris_small"),
        ("Iris/", "own_iris"),
        ("Tiles (new)", "tiles_new"),
        ("iris", "iris"),
    ],
)
def test_images_do_not_share_the_name_of_a_declared_experiment(workplace, place, name):
    for folder in ("Iris", "Tiles (new)"):
        Path(folder).mkdir()
    assert experiment_of(place) == name


def pixels_of(file: Path) -> np.ndarray:
    return np.asarray(Image.open(file).resize((10, 10), Image.Resampling.BILINEAR))


@pytest.mark.parametrize("candidate", ["champion", "conv_16_32_mirrored"])
def test_the_command_and_a_server_answer_alike(ran, tmp_path, monkeypatch, capfd, candidate):
    monkeypatch.chdir(ran.place)
    name = "models:/tiles@champion"
    if candidate != "champion":
        name = logged(ran.uri, "tiles", candidate)
    target = tmp_path / "scored.csv"
    assert predict.main([name, "tiles/", "-o", str(target), "--tracking-uri", ran.uri]) == 0
    assert "Images scored: 40." in capfd.readouterr().err
    scored = pd.read_csv(target)
    files = sorted(Path("tiles").rglob("*.png"))
    assert scored["file"].tolist() == [str(file.relative_to("tiles")) for file in files]
    assert list(scored)[1:] == ["predicted_class", "probability_bright", "probability_dark"]

    model = ran.model(name)
    by_array = {"instances": np.stack([pixels_of(file) for file in files]).tolist()}
    by_file = {"inputs": [base64.b64encode(file.read_bytes()).decode() for file in files]}
    for asked in (by_array, by_file):
        answer = scoring_server.invocations(
            json.dumps(asked), "application/json", model, model.metadata.get_input_schema()
        )
        assert answer.status == 200
        said = pd.DataFrame(json.loads(answer.response)["predictions"])
        np.testing.assert_allclose(said.to_numpy(), scored.iloc[:, 2:].to_numpy(), atol=1e-7)


@pytest.mark.parametrize(
    ("place", "options", "said"),
    [
        ("tiles", ["--keep", "id"], "expected a model of tables for options of tables. Received: options=['--keep']"),
        ("empty", [], "empty: expected a folder of images. Received: images=0"),
        ("broken", [], "broken/a.png: expected a PNG, JPEG or WebP image. Received: begins=b'no image'"),
        ("notes.txt", [], "notes.txt: expected an image by its name. Received: suffix='.txt'"),
    ],
)
def test_what_cannot_be_predicted_is_told_and_nothing_is_written(
    ran, monkeypatch, tmp_path, capfd, place, options, said
):
    monkeypatch.chdir(ran.place)
    for folder in ("empty", "broken"):
        Path(folder).mkdir(exist_ok=True)
    Path("broken", "a.png").write_text("no image")
    Path("notes.txt").write_text("no image")
    target = tmp_path / "scored.csv"
    asked = ["models:/tiles@champion", place, "-o", str(target), "--tracking-uri", ran.uri, *options]
    assert predict.main(asked) == run.BAD_INPUT
    assert said in capfd.readouterr().err
    assert not target.exists()


def test_a_single_image_is_predicted(ran, monkeypatch, capfd):
    monkeypatch.chdir(ran.place)
    assert predict.main(["models:/tiles@champion", "tiles/dark/00.png", "--tracking-uri", ran.uri]) == 0
    head, line = capfd.readouterr().out.splitlines()
    assert head.startswith("file,predicted_class,probability_bright")
    assert line.startswith("00.png,")


def test_rewriting_test_images_changes_no_model(tiles, capfd):
    for part, numbers in (("train", range(15)), ("test", range(15, 20))):
        for name in ("dark", "bright"):
            Path("pair", part, name).mkdir(parents=True)
            for number in numbers:
                (tiles / name / f"{number:02d}.png").rename(Path("pair", part, name, f"{number:02d}.png"))

    def answers() -> np.ndarray:
        assert run.main(["pair", "--epochs", "1", "--candidates", "conv_16_32", "--quiet"]) == 0
        model = logged("sqlite:///mlruns/mlflow.db", "pair", "conv_16_32")
        pixels = [pixels_of(file) for file in sorted(Path("pair", "train").rglob("*.png"))]
        return mlflow.pyfunc.load_model(model).predict(np.stack(pixels)).to_numpy()

    before = answers()
    for file in Path("pair", "test").rglob("*.png"):
        Image.fromarray(np.full((40, 30), 7, np.uint8)).save(file)
    assert np.array_equal(before, answers())
    (equal,) = Path("mlruns").rglob("equal_images.csv")  # of the second run: all ten are one image now
    named = pd.read_csv(equal)
    assert (
        named["file"].tolist()
        == [str(file.relative_to("pair")) for file in sorted(Path("pair", "test").rglob("*.png"))][1:]
    )
    assert set(named["equals"]) == {"test/bright/15.png"}
    assert not named["left_out"].any()


def test_decisions_are_made_about_two_classes(tiles, capfd):
    for file in sorted((tiles / "dark").iterdir())[10:]:
        file.unlink()
    asked = ["--cost-ratio", "5", "--recall", "0.9", "--candidates", "logistic_regression", "--json", "out.json"]
    assert run.main(["tiles", *asked]) == 0
    told = capfd.readouterr().out
    assert "Positive class: dark (the rarer one); --positive overrules." in told
    assert "Where one miss costs as much as 5 false alarms, logistic regression, which alone was asked, decides" in told
    (record,) = json.loads(Path("out.json").read_text())["experiments"]
    decided = pd.DataFrame(record["decisions"]["decisions"])
    means = decided[decided["candidate"] == "logistic_regression"].set_index(["case", "quantity"])["mean"]
    assert means["everybody", "cost"] == pytest.approx(20 / 30)  # false alarms a row, where all are raised
    assert means["nobody", "cost"] == pytest.approx(5 * 10 / 30)
    assert means["cheapest", "cost"] <= means["everybody", "cost"]
    (page,) = Path("mlruns").rglob("report.html")
    assert "Asked to find 90" in page.read_text()


@pytest.mark.parametrize("option", ["--positive=dark", "--cost-ratio=5", "--recall=0.9"])
def test_of_three_classes_none_is_the_one_looked_for(tiles, workplace, capfd, option):
    (tiles / "between").mkdir()
    for number in range(5):
        Image.new("RGB", (10, 10), (number, 90, 0)).save(tiles / "between" / f"{number}.png")
    before = sorted(workplace.rglob("*"))
    assert run.main(["tiles", option, *QUICK]) == run.BAD_INPUT
    (told,) = capfd.readouterr().err.strip().splitlines()
    assert f"images of two classes for {option.partition('=')[0]}. Received: classes='between, bright, dark'." in told
    assert "leave it out, or make two folders of them. --metric is allowed: accuracy, " in told
    assert sorted(workplace.rglob("*")) == before


def spoil_link(file: Path) -> None:
    Image.open(file).save("outside.png")
    file.unlink()
    file.symlink_to(Path("outside.png").absolute())


def spoil_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def spoil_classes(file: Path) -> None:
    root = file.parents[1]
    for image in root.rglob("*.png"):
        image.rename(root / f"{image.parent.name}{image.name}")
    for folder in ("dark", "bright"):
        (root / folder).rmdir()


SPOIL = {
    "truncated": lambda file: file.write_bytes(file.read_bytes()[:-100]),
    "mislabelled": lambda file: Image.open(file).save(file.with_name("jpeg.png"), "JPEG"),
    "text": lambda file: file.write_text("no image at all"),
    "bomb": lambda file: Image.new("1", (30_000, 30_000)).save(file, compress_level=1),
    "link": spoil_link,
    "pipe": spoil_pipe,
    "no class": spoil_classes,
    "one class": lambda file: file.parent.rename("elsewhere"),
    "empty class": lambda file: (file.parents[1] / "empty").mkdir(),
}
"""What is done to one file of a class."""
BAD = {
    "truncated": "tiles/dark/00.png: expected a PNG, JPEG or WebP image that is whole.",
    "mislabelled": "tiles/dark/jpeg.png: expected a PNG image, as its name says. Received: found='JPEG'. Rename it.",
    "text": "tiles/dark/00.png: expected a PNG, JPEG or WebP image. Received: begins=b'no image'.",
    "bomb": f"tiles/dark/00.png: expected at most {MOST_PIXELS:,} pixels. Received: pixels=900000000.",
    "link": "tiles/dark/00.png: expected no link out of the folder.",
    "pipe": "tiles/dark/00.png: expected an image file. Received: found='a pipe'.",
    "no class": "tiles: expected a sub-folder for each class. Received: folders=0, images=40.",
    "one class": "tiles: expected two classes or more, a sub-folder each. Received: classes=['bright'].",
    "empty class": "tiles/empty: expected images of the class. Received: images=0.",
}


@pytest.mark.parametrize("what", BAD)
def test_bad_images_are_told_in_one_line_and_leave_nothing(tiles, workplace, capfd, what):
    SPOIL[what](tiles / "dark" / "00.png")
    before = sorted(workplace.rglob("*"))
    assert run.main(["tiles/", *QUICK]) == run.BAD_INPUT
    (line,) = capfd.readouterr().err.strip().splitlines()
    assert line.startswith(BAD[what])
    assert sorted(workplace.rglob("*")) == before


def test_several_damaged_images_are_told_and_predicted_none(ran, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(ran.place)
    for number in range(7):
        Path("several").mkdir(exist_ok=True)
        Path("several", f"{number}.png").write_bytes(Path("tiles", "dark", "00.png").read_bytes())
    for number in (0, *range(2, 7)):
        Path("several", f"{number}.png").write_text("no image")
    target = tmp_path / "scored.csv"
    asked = ["models:/tiles@champion", "several", "-o", str(target), "--tracking-uri", ran.uri]
    assert predict.main(asked) == run.BAD_INPUT
    *lines, more = capfd.readouterr().err.strip().splitlines()
    assert [line.partition(": ")[0] for line in lines] == [f"several/{number}.png" for number in (0, 2, 3, 4, 5)]
    assert more == "And 1 more that cannot be taken."
    assert not target.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["tiles", "--kind", "a=id"], "expected a table for options of a table. Received: options=['--kind']"),
        (["tiles", "iris"], "expected one folder of images by itself"),
        (["iris", "--flip"], "expected a folder of images for options of images. Received: options=['--flip']"),
        (
            ["tiles", "--positive", "drak"],
            "expected one of the classes as --positive. Received: known=['bright', 'dark']",
        ),
        (["tiles", "--metric", "rmse"], "expected a metric of classification"),
        (["tiles", "--by", "age"], "expected a table for options of a table. Received: options=['--by']"),
        (["tiles", "--size", "5000"], "expected size of 4 to 1024 pixels. Received: size=5000"),
        (["missing/"], "expected a file or folder that is there"),
    ],
)
def test_what_is_asked_of_images_in_vain_is_told(tiles, capfd, arguments, said):
    assert run.main(arguments) == run.BAD_INPUT
    assert said in capfd.readouterr().err
