"""Images of one's own as a data set: of one size, in one color, decoded once; equal ones stand together."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.images import Header, Images
from pipeline.data.images import cache
from pipeline.data.images.gathering import contract_of
from pipeline.data.images.source import ImageFolder


def save(pixels, path):
    Image.fromarray(pixels).save(path)


def test_a_folder_becomes_a_data_set(make):
    dataset = ImageFolder(folder=make(shape=(8, 6))).load()
    assert dataset.is_image
    assert dataset.X.shape == (12, 8, 6)
    assert dataset.X.dtype == np.uint8
    assert dataset.class_counts == {"cat": 6, "dog": 6}
    assert (dataset.pixel_maximum, dataset.groups, dataset.test_rows) == (255, None, None)
    assert dataset.images == Images(height=8, width=6, is_color=False)
    assert np.array_equal(dataset.X[6], np.asarray(Image.open(dataset.source.partition(",")[0] + "/dog/0.png")))


def test_colors_that_are_all_gray_are_gray(make):
    root = make()
    for file in root.rglob("*.png"):
        Image.open(file).convert("RGB").save(file)
    gray = ImageFolder(folder=root).load()
    assert gray.X.shape == (12, 8, 8)
    save(np.full((8, 8, 3), (9, 8, 7), np.uint8), root / "cat" / "0.png")
    assert ImageFolder(folder=root).load().X.shape == (12, 8, 8, 3)


def test_only_training_rows_decide_of_size_and_color(make):
    make("train/a", "train/b", n=5, shape=(8, 8))
    root = make("test/a", "test/b", n=1, shape=(30, 20, 3))
    dataset = ImageFolder(folder=root).load()
    assert dataset.X.shape == (12, 8, 8)
    assert dataset.test_rows.tolist() == [10, 11]
    own = np.asarray(Image.open(root / "test" / "b" / "0.png").convert("L").resize((8, 8), Image.Resampling.BILINEAR))
    assert np.abs(dataset.X[11].astype(int) - own).max() <= 1
    again = ImageFolder(folder=root)
    shutil.copy(root / "train" / "a" / "0.png", root / "test" / "a" / "0.png")
    assert np.array_equal(again.load().X[:10], dataset.X[:10])


@pytest.mark.parametrize(
    ("sizes", "asked", "shape"),
    [
        ([(8, 8), (10, 20), (12, 30)], None, (10, 20)),
        ([(480, 640)] * 3, None, (48, 64)),
        ([(480, 640)] * 3, 128, (96, 128)),
        ([(8, 4)], 32, (32, 16)),
    ],
)
def test_the_size_is_the_median_at_most_64_unless_asked(sizes, asked, shape):
    found = contract_of([Header(height=height, width=width, is_color=False) for height, width in sizes], asked)
    assert found.shape == shape


def test_what_is_done_to_sizes_is_told(make):
    root = make()
    assert "Size: 8 by 8 pixels, height by width, as they came." in [*ImageFolder(folder=root).found.lines()]
    save(np.zeros((20, 8), np.uint8), root / "cat" / "0.png")
    save(np.zeros((16, 16), np.uint8), root / "cat" / "1.png")
    own, told = ImageFolder(folder=root), "They came 8 to 20 high and 8 to 16 wide; 2 were resized, 1 of them stretched"
    assert any(told in line for line in own.found.lines())
    assert any(told in line for line in own.load().files.notes)
    own = ImageFolder(folder=root, size=16)
    assert any("11 were resized" in line for line in own.found.lines()), "all but the one of 16 by 16"


def test_equal_images_stand_together_and_are_told(make):
    root = make()
    shutil.copy(root / "cat" / "0.png", root / "cat" / "copy.png")
    Image.open(root / "cat" / "0.png").save(root / "dog" / "other bytes.png", compress_level=0)
    own = ImageFolder(folder=root)
    groups = own.load().groups
    names = [f"cat/{n}.png" for n in range(6)] + ["cat/copy.png"] + [f"dog/{n}.png" for n in range(6)]
    assert groups.tolist() == [0, 1, 2, 3, 4, 5, 0, 7, 8, 9, 10, 11, 12, 0]
    told = " ".join(own.found.lines())
    assert "2 images equal an earlier one, pixel by pixel; equal ones stand on one side of every split." in told
    assert "the same image in two classes: cat/0.png and dog/other bytes.png. equal_images.csv" in told
    assert own.load().files.names == (*names, "dog/other bytes.png")
    assert own.load().files.repeats == (
        ("cat/copy.png", "cat", "cat/0.png", "cat", False),
        ("dog/other bytes.png", "dog", "cat/0.png", "cat", False),
    )


def test_a_test_image_that_was_learned_from_is_left_out(make):
    make("train/a", "train/b", n=5)
    root = make("test/a", "test/b", n=2)
    shutil.copy(root / "train" / "a" / "3.png", root / "test" / "b" / "1.png")
    own = ImageFolder(folder=root)
    dataset = own.load()
    assert len(dataset.X) == 13
    assert dataset.test_rows.tolist() == [10, 11, 12]
    assert dataset.groups is None
    assert any("1 test image is left out: equal to one" in line for line in own.found.lines())
    assert dataset.files.names == (
        *(f"train/{name}/{number}.png" for name in "ab" for number in range(5)),
        *("test/a/0.png", "test/a/1.png", "test/b/0.png"),
    )
    assert dataset.files.repeats == (("test/b/1.png", "b", "train/a/3.png", "a", True),)


def test_images_are_decoded_once(make, monkeypatch):
    root, told = make(), []
    first = ImageFolder(folder=root, tell=lambda what, share: told.append(what)).load()
    assert "image 1 of 12 looked at" in told
    assert "image 1 of 12 decoded" in told
    monkeypatch.setattr(cache, "_write", None)
    again = ImageFolder(folder=root).load()
    assert isinstance(again.X.base, np.memmap)
    assert np.array_equal(again.X, first.X)
    assert again.content_sha256 == first.content_sha256
    monkeypatch.undo()
    save(np.zeros((8, 8), np.uint8), root / "cat" / "0.png")
    assert not ImageFolder(folder=root).load().X[0].any()


def damage(file):
    """Turns a byte of the pixels over: what the file says of itself stays as it is."""
    content = bytearray(file.read_bytes())
    content[content.index(b"IDAT") + 20] ^= 0xFF
    file.write_bytes(content)


@pytest.mark.parametrize("also_text", [False, True])
def test_every_damaged_image_is_told_at_once(make, also_text):
    root = make(n=6)
    damaged = [root / "cat" / "1.png", *(root / "dog" / f"{number}.png" for number in range(6))]
    for file in damaged:
        damage(file)
    if also_text:  # found before anything is decoded
        damaged.insert(0, root / "cat" / "0.png")
        damaged[0].write_text("no image at all")
    with pytest.raises(ValueError, match="expected a PNG, JPEG or WebP image") as told:
        ImageFolder(folder=root).load()
    *lines, more = str(told.value).split("\n")
    assert [line.partition(": ")[0] for line in lines] == [*map(str, damaged[:5])]
    assert more == f"And {len(damaged) - 5} more that cannot be taken."
    assert not (root.parent / "store").exists()


def test_few_images_of_a_class_are_told(make):
    with pytest.raises(ValueError, match=r"5 images or more of each class to learn from\. Received: images={'cat': 4"):
        ImageFolder(folder=make(n=4)).load()


def test_images_of_a_pixel_or_two_are_told(make):
    with pytest.raises(ValueError, match=r"images of 4 pixels a side or more\. Received: pixels=2"):
        ImageFolder(folder=make(shape=(2, 20))).load()
    with pytest.raises(ValueError, match="expected size of 4 to 1024 pixels"):
        ImageFolder(folder=Path("x"), size=2000)


def test_files_that_change_while_they_are_read_are_told(make):
    root, changed = make(), []

    def change(what, share):
        if "decoded" in what and not changed:
            changed.append(save(np.zeros((8, 8), np.uint8), root / "dog" / "5.png"))

    with pytest.raises(ValueError, match="expected files that stay as they are while they are read"):
        ImageFolder(folder=root, tell=change).load()
    assert not ImageFolder(folder=root).load().X[-1].any()
