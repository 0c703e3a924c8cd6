"""A folder of images is looked through: classes, canonical test rows, and all that cannot be taken as it stands."""

import os
import socket
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.data.images.folder import album_of, images_in


def test_classes_and_files_are_in_the_order_of_their_names(make):
    root = make("dog", "cat", n=2)
    (root / "cat" / "0.png").rename(root / "cat" / "Ä 'quoted', é\n.PNG")
    (root / "dog" / "1.png").rename(Path(os.fsdecode(os.fsencode(root / "dog") + b"/caf\xe9.png")))
    (root / ".DS_Store").write_text("hidden")
    (root / "cat" / "notes.txt").write_text("no image")
    album = album_of(root)
    assert album.class_names == ("cat", "dog")
    assert album.names == ("cat/1.png", "cat/Ä 'quoted', é\n.PNG", "dog/0.png", "dog/caf\\xe9.png")
    assert album.y.tolist() == [0, 0, 1, 1]
    assert album.is_test is None
    assert album.left_out == ("1 file is left out, by the name no PNG, JPEG or WebP: cat/notes.txt.",)
    assert [len(file.content) > 0 for file in album.files()] == [True] * 4


def test_what_begins_with_lines_is_an_image_and_a_class_like_any(make):
    root = make("dog", "__cat", n=2)
    (root / "dog" / "1.png").rename(root / "dog" / "__1.png")
    make("__MACOSX", n=1)  # what an archive of macOS leaves beside its files
    album = album_of(root)
    assert album.class_names == ("__cat", "dog")
    assert album.names == ("__cat/0.png", "__cat/1.png", "dog/0.png", "dog/__1.png")


def test_train_and_test_are_canonical(make):
    make("train/b", "train/a", n=3)
    root = make("test/a", "test/b", n=1)
    album = album_of(root)
    assert album.class_names == ("a", "b")
    assert album.y.tolist() == [0, 0, 0, 1, 1, 1, 0, 1]
    assert album.is_test.tolist() == [False] * 6 + [True] * 2


def test_a_link_within_the_folder_is_followed(make):
    root = make(n=1)
    (root / "cat" / "again.png").symlink_to(root / "cat" / "0.png")
    assert len(album_of(root).y) == 3


def spoil_pipe(root):
    os.mkfifo(root / "cat" / "x.png")


def spoil_socket(root):
    place = os.getcwd()
    os.chdir(root / "cat")  # a socket's name must be short
    socket.socket(socket.AF_UNIX).bind("x.png")
    os.chdir(place)


def spoil_link_out(root):
    outside = root.parent / "outside.png"
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(outside)
    (root / "cat" / "x.png").symlink_to(outside)


def spoil_folder_out(root):
    (root.parent / "elsewhere").mkdir()
    (root / "emu").symlink_to(root.parent / "elsewhere")


SPOILED = {
    "pipe": (spoil_pipe, r"x\.png: expected an image file\. Received: found='a pipe'"),
    "socket": (spoil_socket, r"x\.png: expected an image file\. Received: found='a socket'"),
    "link out": (spoil_link_out, r"x\.png: expected no link out of the folder.*outside\.png"),
    "folder out": (spoil_folder_out, r"emu: expected no link out of the folder.*elsewhere"),
    "link to nowhere": (
        lambda root: (root / "cat" / "x.png").symlink_to("nowhere"),
        "expected a file or a link to one",
    ),
    "link to itself": (lambda root: (root / "cat" / "x.png").symlink_to("x.png"), "expected a file or a link to one"),
    "empty class": (lambda root: (root / "emu").mkdir(), r"emu: expected images of the class\. Received: images=0"),
    "class of text": (
        lambda root: (root / "emu" / "a").mkdir(parents=True),
        "images right in the folder of their class",
    ),
    "stray image": (lambda root: (root / "cat" / "0.png").rename(root / "0.png"), "in the folder of a class only"),
    "another kind": (lambda root: (root / "cat" / "a.GIF").write_bytes(b"GIF89a"), r"a\.GIF: .*suffix='\.gif'"),
    "line in a name": (lambda root: (root / "cat").rename(root / "c\nat"), "printable names of classes"),
    "validation": (
        lambda root: [(root / new).mkdir() for new in ("train", "test", "validation")],
        r"train/ and test/ alone\. Received: beside=\['cat', 'dog', 'validation'\]",
    ),
}


@pytest.mark.parametrize("what", SPOILED)
def test_what_cannot_be_taken_is_named(make, what):
    spoil, said = SPOILED[what]
    root = make(n=2)
    spoil(root)
    with pytest.raises(ValueError, match=said):
        album_of(root)


def test_all_files_that_cannot_be_taken_are_told_the_first_by_name(make):
    root = make(n=4)
    for number in range(4):
        (root / "cat" / f"{number}.png").rename(root / "cat" / f"{number}.gif")
        (root / "dog" / f"{number}.png").unlink()
        (root / "dog" / f"{number}.png").symlink_to("nowhere")
    with pytest.raises(ValueError, match="expected a PNG, JPEG or WebP image") as told:
        album_of(root)
    *lines, more = str(told.value).split("\n")
    assert [line.partition(": ")[0] for line in lines] == [
        *(str(root / "cat" / f"{number}.gif") for number in range(4)),
        str(root / "dog" / "0.png"),
    ]
    assert more == "And 3 more that cannot be taken."
    with pytest.raises(ValueError, match=r"(?s)0\.gif.*And 3 more that cannot be taken\.$"):
        images_in(root)


def test_a_folder_that_is_no_set_is_told(make, tmp_path):
    with pytest.raises(ValueError, match=r"two classes or more, a sub-folder each\. Received: classes=\['cat'\]"):
        album_of(make("cat"))
    with pytest.raises(ValueError, match=r"expected a sub-folder for each class\. Received: folders=0, images=6"):
        album_of(tmp_path / "own" / "cat")
    with pytest.raises(ValueError, match="expected an existing folder"):
        album_of(tmp_path / "nothing")
    make("train/a", "train/b", at="pair")
    with pytest.raises(ValueError, match=r"the same classes in train/ and test/.*only_in_one=\['b', 'c'\]"):
        album_of(make("test/a", "test/c", at="pair"))


@pytest.mark.parametrize("what", ["0.png", "cat"])
def test_what_cannot_be_read_is_named(make, monkeypatch, what):
    root = make()
    if what == "cat":
        listed = os.listdir

        def refuse(path):
            if Path(path).name == what:
                raise PermissionError(13, "Permission denied", str(path))
            return listed(path)

        monkeypatch.setattr(os, "listdir", refuse)
    else:
        monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != what)  # the superuser may read all
    with pytest.raises(ValueError, match=rf"{what}: expected a (file|folder) that can be read"):
        album_of(root)


def test_images_to_predict_lie_in_a_folder_and_its_sub_folders(make):
    root = make(n=2)
    assert [str(path.relative_to(root)) for path in images_in(root)] == [
        "cat/0.png",
        "cat/1.png",
        "dog/0.png",
        "dog/1.png",
    ]
    assert images_in(root / "cat" / "0.png") == [root / "cat" / "0.png"]
    (root / "cat" / "again").symlink_to(root / "dog")
    with pytest.raises(ValueError, match="again: expected no link to a folder"):
        images_in(root)
