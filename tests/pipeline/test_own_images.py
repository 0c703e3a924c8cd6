"""Images of one's own through the command: from a folder to a registered model, and one line where it is none."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.images import MOST_PIXELS
from pipeline import run

QUICK = ["--candidates", "logistic_regression", "--quiet"]


@pytest.fixture
def tiles(workplace, monkeypatch) -> Path:
    """Bright and dark tiles in color, of several sizes, in ``tiles/``."""
    monkeypatch.delenv("TFDS_DATA_DIR")
    random = np.random.default_rng(0)
    for name, level in (("dark", 90), ("bright", 160)):
        Path("tiles", name).mkdir(parents=True)
        for number in range(20):
            pixels = np.clip(random.normal(level, 40, (9 + number % 3, 10, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(Path("tiles", name, f"{number:02d}.png"))
    return Path("tiles")


def test_a_folder_becomes_a_compared_model(tiles, capfd):
    asked = ["--folds", "5", "--flip", "--candidates", "conv_16_32_mirrored,logistic_regression", "--epochs", "1"]
    assert run.main(["tiles/", *asked, "--json", "out.json"]) == 0
    told = capfd.readouterr().out
    assert "tiles: 40 images of 2 classes, in color." in told
    assert "Positive class: dark (later); --positive overrules." in told
    assert "Metric: roc_auc (two classes, none of them rare)." in told
    (record,) = json.loads(Path("out.json").read_text())["experiments"]
    assert record["data"]["shape"] == [10, 10, 3]
    best = {one["candidate"]: one["mean"] for one in record["summaries"] if one["metric"] == "roc_auc"}
    assert list(best) == ["conv_16_32_mirrored", "majority_class", "logistic_regression"]
    assert best["logistic_regression"] > 0.9
    (page,) = Path("mlruns").rglob("report.html")
    assert "images of 10 × 10 pixels, 0 to 255" in page.read_text()
    assert "chalktape run tiles/ --flip --seed 1 --folds 5 --epochs 1" in page.read_text()


def test_rewriting_test_images_changes_no_model(tiles, capfd):
    for part, numbers in (("train", range(15)), ("test", range(15, 20))):
        for name in ("dark", "bright"):
            Path("pair", part, name).mkdir(parents=True)
            for number in numbers:
                (tiles / name / f"{number:02d}.png").rename(Path("pair", part, name, f"{number:02d}.png"))

    def weights() -> list[np.ndarray]:
        assert run.main(["pair", "--epochs", "1", "--candidates", "conv_16_32", "--quiet"]) == 0
        return scored(Path("pair", "train", "dark"))

    def scored(folder: Path) -> list[np.ndarray]:
        import mlflow

        pixels = np.stack([np.asarray(Image.open(file).resize((10, 10), 2)) for file in sorted(folder.iterdir())])
        runs = mlflow.search_runs(experiment_names=["pair"], filter_string="tags.mlflow.runName = 'conv_16_32'")
        (found,) = mlflow.search_logged_models(
            experiment_ids=[runs["experiment_id"][0]],
            filter_string=f"name = 'conv_16_32' AND source_run_id = '{runs['run_id'][0]}'",
            output_format="list",
        )
        return [mlflow.pyfunc.load_model(found.model_uri).predict(pixels).to_numpy()]

    before = weights()
    for file in Path("pair", "test").rglob("*.png"):
        Image.fromarray(np.full((40, 30), 7, np.uint8)).save(file)
    assert np.array_equal(before, weights())


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
        (["missing/"], "expected a file that is there"),
    ],
)
def test_what_is_asked_of_images_in_vain_is_told(tiles, capfd, arguments, said):
    assert run.main(arguments) == run.BAD_INPUT
    assert said in capfd.readouterr().err
