"""The idx files: found plain or packed, refused when one byte is not canonical."""

import gzip
import re
import tracemalloc

import numpy as np
import pytest

from pipeline.data.builders import mnist
from pipeline.data.builders.mnist import FILES, Mnist
from pipeline.data.sources import DataUnavailable

TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = FILES


def idx(magic, *lengths, content=b""):
    return b"".join(number.to_bytes(4, "big") for number in (magic, *lengths)) + content


BAD = {
    "labels": (idx(2049, 60_000), "an idx file of unsigned bytes with 3 axes, magic number 2051, plain or packed by"),
    "pixels of 4 bytes": (idx(0x0D03, 60_000, 28, 28), "Received: magic=3331"),
    "a web page": (b"<!doctype html>", "an idx file of unsigned bytes with 3 axes, magic number 2051, plain or packed"),
    "nothing": (b"", "magic number 2051, plain or packed by gzip. Received: magic=0"),
    "small set": (idx(2051, 100, 28, 28, content=bytes(78_400)), "Received: shape=(100, 28, 28)"),
    "other pictures": (idx(2051, 60_000, 32, 32), "Received: shape=(60000, 32, 32)"),
    "cut short": (idx(2051, 60_000, 28, 28, content=bytes(1000)), "47040016 bytes of content. Received: n_bytes=1016"),
    "archive cut short": (gzip.compress(idx(2051, 60_000, 28, 28))[:-9], "expected a whole gzip archive"),
    "archive of nothing": (b"\x1f\x8b", "expected a whole gzip archive"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_wrong_file_is_refused_with_its_name(case, tmp_path):
    content, expected = BAD[case]
    file = tmp_path / f"{TRAIN_IMAGES}.gz"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(expected)) as caught:
        Mnist.read((file, file, file, file))
    assert str(caught.value).startswith(f"{file}: expected ")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (10, r"expected labels of 0 to 9\. Received: row=0, label=10\."),
        (8, f"expected the canonical content, md5 {FILES[TEST_LABELS].md5}"),
    ],
    ids=["no digit", "another digit"],
)
def test_one_wrong_label_is_refused(value, expected, real_data_dir, tmp_path):
    labels = bytearray(gzip.decompress((real_data_dir / "mnist" / f"{TEST_LABELS}.gz").read_bytes()))
    assert labels[8] == 7, "the first test digit is a seven"
    labels[8] = value
    wrong = tmp_path / TEST_LABELS
    wrong.write_bytes(labels)
    with pytest.raises(ValueError, match=f"{wrong}: {expected}"):
        Mnist.read((*Mnist.locate(real_data_dir)[:3], wrong))


def test_as_many_labels_as_images_are_asked_for(real_data_dir, tmp_path):
    short = tmp_path / TEST_LABELS
    short.write_bytes(idx(2049, 9_999, content=bytes(9_999)))
    with pytest.raises(ValueError, match=rf"{short}: expected the shape \(10000,\)\. Received: shape=\(9999,\)"):
        Mnist.read((*Mnist.locate(real_data_dir)[:3], short))


def test_the_real_files_come_as_training_rows_then_test_rows(real_data_dir):
    rows = Mnist.read(Mnist.locate(real_data_dir))
    assert rows.X.shape == (70_000, 28, 28)
    assert rows.n_test == 10_000
    # LeCun's counts of the test digits.
    counts = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    np.testing.assert_array_equal(np.bincount(rows.y[-10_000:]), counts)
    # The mean by which PyTorch's example scales the training images.
    assert rows.X[:60_000].mean() / 255 == pytest.approx(0.1307, abs=5e-5)


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("folder", ["mnist", "."])
def test_files_are_found_plain_or_packed_in_a_folder_of_their_own_or_not(folder, ending, tmp_path):
    (tmp_path / folder).mkdir(exist_ok=True)
    files = tuple(tmp_path / folder / f"{name}{ending}" for name in FILES)
    for file in files:
        file.touch()
    assert Mnist.locate(tmp_path) == files


def test_without_one_file_the_message_names_it_and_only_it(tmp_path):
    for name in (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES):
        (tmp_path / name).touch()
    with pytest.raises(DataUnavailable) as caught:
        Mnist.locate(tmp_path)
    message = str(caught.value)
    for part in (TEST_LABELS, str(tmp_path), "https://", "--download"):
        assert part in message
    assert TRAIN_IMAGES not in message


def test_memory_does_not_grow_with_what_a_file_unpacks_to(tmp_path):
    file = tmp_path / f"{TEST_LABELS}.gz"
    file.write_bytes(gzip.compress(idx(2049, 10_000) + bytes(32 << 20)))
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"expected 10008 bytes of content\. Received: n_bytes=10009"):
        mnist._read_idx(file, mnist.FILES[TEST_LABELS])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 << 20
