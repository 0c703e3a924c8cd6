"""Files are written whole, where they belong; what is no plain file is written to or refused, and never replaced."""

import os
import stat
import threading

import pytest

from pipeline.process.options import is_stream, require_writable
from pipeline.telling.files import whole, write


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_an_error_leaves_what_was_there(tmp_path):
    write(tmp_path / "scored.csv", "before")

    def fail():
        with whole(tmp_path / "scored.csv") as file:
            file.write("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (tmp_path / "scored.csv").read_text() == "before"
    assert names(tmp_path) == ["scored.csv"]


@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_and_what_it_points_to_is_written(tmp_path, there):
    (tmp_path / "far").mkdir()
    target = tmp_path / "far" / "scored.csv"
    if there:
        target.write_text("before")
    (tmp_path / "link.csv").symlink_to(target)
    require_writable("predict", "--output", tmp_path / "link.csv")
    write(tmp_path / "link.csv", "after")
    assert (tmp_path / "link.csv").readlink() == target
    assert target.read_text() == "after"
    assert names(tmp_path / "far") == ["scored.csv"]
    assert names(tmp_path) == ["far", "link.csv"]


def test_a_link_into_nowhere_and_a_file_of_two_names_are_refused(tmp_path):
    (tmp_path / "nowhere.csv").symlink_to(tmp_path / "away" / "scored.csv")
    with pytest.raises(ValueError, match="a file in a folder that can be written for --output"):
        require_writable("predict", "--output", tmp_path / "nowhere.csv")
    (tmp_path / "one.csv").write_text("before")
    (tmp_path / "two.csv").hardlink_to(tmp_path / "one.csv")
    with pytest.raises(ValueError, match=r"expected a file of one name for --json\. .*names=2"):
        require_writable("run", "--json", tmp_path / "one.csv")


def test_a_pipe_is_written_to(tmp_path):
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    require_writable("predict", "--output", pipe)
    write(pipe, "rows")
    reader.join(timeout=10)
    assert read == ["rows"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert names(tmp_path) == ["pipe"]


@pytest.mark.parametrize("by_link", [True, False])
def test_a_device_is_written_to(tmp_path, by_link):
    mine, theirs = os.openpty()
    device = os.ttyname(theirs)
    if by_link:
        (tmp_path / "link").symlink_to(device)
    place = tmp_path / "link" if by_link else type(tmp_path)(device)
    require_writable("predict", "--output", place)
    write(place, "rows\n")
    assert os.read(mine, 100) == b"rows\r\n"
    assert is_stream(place)
    assert by_link is place.is_symlink()
    os.close(mine)
    os.close(theirs)


def test_two_at_once_to_one_file_are_one_too_many(tmp_path):
    (tmp_path / "link.csv").symlink_to(tmp_path / "scored.csv")
    with whole(tmp_path / "scored.csv") as file:
        file.write("first")
        for name in ("scored.csv", "link.csv"):
            with pytest.raises(ValueError, match="output: expected a file that nobody else is writing"):
                write(tmp_path / name, "second")
    assert (tmp_path / "scored.csv").read_text() == "first"
    write(tmp_path / "link.csv", "third")
    assert (tmp_path / "scored.csv").read_text() == "third"
    assert names(tmp_path) == ["link.csv", "scored.csv"]


def test_who_may_read_a_file_stays(tmp_path):
    write(tmp_path / "scored.csv", "before")
    (tmp_path / "scored.csv").chmod(0o600)
    write(tmp_path / "scored.csv", "after")
    assert stat.S_IMODE((tmp_path / "scored.csv").stat().st_mode) == 0o600
