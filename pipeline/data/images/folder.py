"""A folder with a sub-folder for each class, looked through: nothing in it is followed out of it, or passed over."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from models.checks import mistake, require
from models.images import MOST_BYTES, SUFFIXES
from pipeline.data.images.album import Album, File, printable
from pipeline.data.images.faults import Faults

_PARTS = ("train", "test")
_SHOWN = 3  # names in a sentence
_OF_MACOS = "__MACOSX"  # beside what its archives hold: no file of the user's
_OTHER_IMAGES = (".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif", ".jp2", ".ico", ".svg")
_LAYOUT = "Give a folder with a sub-folder of images for each class."


def album_of(folder: Path) -> Album:
    """Returns the images of a folder, classes and files in the order of their names.

    Args:
        folder: Holds a sub-folder for each class; or train/ and test/, which hold one each.

    Raises:
        ValueError: Something in it cannot be taken as it stands: the folder is named, or several files are.
    """
    folder, owner = folder.expanduser(), printable(folder)
    require(folder.is_dir(), owner, "an existing folder", "Check its name.", folder=owner)
    left_out: list[Path] = []
    root, inside = _Root(folder), _entries(folder)
    folders = [entry for entry in inside if _is_folder(entry, folder)]
    n_images = sum(entry.suffix.lower() in SUFFIXES for entry in inside)
    require(bool(folders), owner, "a sub-folder for each class", _LAYOUT, folders=0, images=n_images)
    left_out += _strays(folder, [entry for entry in inside if entry not in folders])
    parts = {entry.name.lower(): entry for entry in folders}
    if set(_PARTS) <= set(parts):
        once, told = len(parts) == len(folders), [printable(entry.name) for entry in folders]
        require(once, owner, "one train/ and one test/", "Rename the others.", folders=told)
        others = [printable(entry.name) for name, entry in parts.items() if name not in _PARTS]
        remedy = "Move its images into train/: rows that decide when a net stops are taken from there."
        require(not others, owner, "train/ and test/ alone", remedy, beside=others)
        trained, tested = (_classes(root, parts[part], left_out) for part in _PARTS)
        _require_same_classes(owner, list(trained), list(tested))
        files = [*trained.values(), *tested.values()]
        n_test = sum(map(len, tested.values()))
    else:
        trained, n_test = _classes(root, folder, left_out), 0
        files = [*trained.values()]
    root.faults.require_none()
    names = list(trained)
    paths = [path for own in files for path in own]
    y = np.repeat(np.arange(len(files)) % len(names), [len(own) for own in files])
    return Album(
        owner=owner,
        class_names=tuple(names),
        names=tuple(printable(path.relative_to(folder)) for path in paths),
        y=y.astype(np.int64),
        is_test=np.arange(len(y)) >= len(y) - n_test if n_test else None,
        files=lambda: map(read, paths),
        left_out=_told(left_out, folder),
    )


def read(path: Path) -> File:
    """Returns a file.

    Raises:
        ValueError: It cannot be read, or is too large for an image.
    """
    owner, remedy = printable(path), "Change its rights, or leave it out."
    try:
        n_bytes = path.stat().st_size
        require(n_bytes <= MOST_BYTES, owner, f"at most {MOST_BYTES} bytes", "Leave it out.", bytes=n_bytes)
        return File(path.read_bytes(), path.suffix)
    except OSError as error:
        raise ValueError(mistake(owner, "a file that can be read", remedy, error=error.strerror)) from error


def images_in(place: Path) -> list[Path]:
    """Returns the image files in a folder and in its sub-folders, in the order of their names; or the file itself.

    Raises:
        ValueError: Something cannot be taken as it stands, as of `album_of`, or there is no image.
    """
    if not place.is_dir():
        require(_is_image(place), printable(place), "an image by its name", "Rename it.", suffix=place.suffix)
        return [_Root(place.parent).checked(place)]
    root = _Root(place)
    found = [*_below(root, place)]
    root.faults.require_none()
    remedy = "Give one with PNG, JPEG or WebP files."
    require(bool(found), printable(place), "a folder of images", remedy, images=0)
    return found


def _below(root: "_Root", folder: Path) -> Iterator[Path]:
    for entry in _entries(folder):
        if _is_folder(entry, folder):
            root.require_inside(entry)
            require(not entry.is_symlink(), printable(entry), "no link to a folder", "Leave it out.", link=True)
            yield from _below(root, entry)
            continue
        files: list[Path] = []
        with root.faults.noted():
            files += [root.checked(entry)] if _is_image(entry) else []
        yield from files


class _Root:
    """The folder that everything must lie in, and the files in it that cannot be taken."""

    def __init__(self, folder: Path) -> None:
        self.real, self.faults = folder.resolve(), Faults()

    def checked(self, path: Path) -> Path:
        """Returns a file that is one, and lies in the folder.

        Raises:
            ValueError: It is a pipe or a device, a link to nowhere or out of the folder, or cannot be read.
        """
        owner = printable(path)
        self.require_inside(path)
        mode = path.stat().st_mode
        what = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}.get(stat.S_IFMT(mode), "a device")
        require(stat.S_ISREG(mode), owner, "an image file", "Leave it out.", found=what)
        readable = os.access(path, os.R_OK)
        require(readable, owner, "a file that can be read", "Change its rights, or leave it out.", readable=False)
        return path

    def require_inside(self, path: Path) -> None:
        """Checks that a link leads to something within the folder."""
        owner = printable(path)
        try:
            real = path.resolve(strict=True)
        except (OSError, RuntimeError) as error:  # to nowhere, or in a circle
            raise ValueError(
                mistake(owner, "a file or a link to one", "Leave it out.", link=printable(os.readlink(path)))
            ) from error
        inside = real.is_relative_to(self.real)
        remedy = "Copy what it leads to into the folder, or leave it out."
        require(inside, owner, "no link out of the folder", remedy, leads_to=printable(real))


def _classes(root: _Root, folder: Path, left_out: list[Path]) -> dict[str, list[Path]]:
    """Returns the files of each class; what is no image is noted."""
    entries = _entries(folder)
    folders = [entry for entry in entries if _is_folder(entry, folder)]
    if folder.resolve() != root.real:
        left_out += _strays(folder, [entry for entry in entries if entry not in folders])
    found: dict[str, list[Path]] = {}
    for own in folders:
        name = printable(own.name)
        require(name.isprintable(), printable(folder), "printable names of classes", "Rename it.", folder=own.name)
        found[name] = _files(root, own, left_out)
    owner, names = printable(folder), list(found)
    require(len(names) >= 2, owner, "two classes or more, a sub-folder each", "One cannot be told.", classes=names)
    return found


def _files(root: _Root, folder: Path, left_out: list[Path]) -> list[Path]:
    owner = printable(folder)
    root.require_inside(folder)
    files = []
    for entry in _entries(folder):
        if _is_folder(entry, folder):
            remedy = "Move its images up, or leave it out."
            require(False, owner, "images right in the folder of their class", remedy, folder=printable(entry.name))
        with root.faults.noted():
            if _is_image(entry):
                files.append(root.checked(entry))
            else:
                left_out.append(entry)
    remedy = "Put its images there, or remove the folder."
    require(bool(files or root.faults), owner, "images of the class", remedy, images=0)
    return files


def _entries(folder: Path) -> list[Path]:
    """Returns what is in a folder but what is hidden, in the order of the names."""
    try:
        names = sorted(os.listdir(folder), key=os.fsencode)
    except OSError as error:
        remedy = "Change its rights, or leave it out."
        raise ValueError(
            mistake(printable(folder), "a folder that can be read", remedy, error=error.strerror)
        ) from error
    return [folder / name for name in names if not name.startswith(".") and name != _OF_MACOS]


def _is_folder(entry: Path, parent: Path) -> bool:
    try:
        return entry.is_dir()
    except OSError as error:
        remedy = "Change its rights, or leave it out."
        raise ValueError(mistake(printable(parent), "a folder that can be read", remedy, entry=entry.name)) from error


def _is_image(entry: Path) -> bool:
    """Tells by the name what is to be an image; other kinds of images are refused."""
    remedy = "Save it as PNG, JPEG or WebP, or leave it out."
    suffix = entry.suffix.lower()
    require(suffix not in _OTHER_IMAGES, printable(entry), "a PNG, JPEG or WebP image", remedy, suffix=suffix)
    return suffix in SUFFIXES


def _strays(folder: Path, entries: Sequence[Path]) -> Iterator[Path]:
    """Yields files beside the folders of the classes; an image among them has no class."""
    remedy = "Move it into the folder of its class, or out."
    for entry in entries:
        file, expected = printable(entry.name), "images in the folder of a class only"
        require(not _is_image(entry), printable(folder), expected, remedy, file=file)
        yield entry


def _require_same_classes(owner: str, trained: list[str], tested: list[str]) -> None:
    differ = sorted(set(trained) ^ set(tested))
    remedy = "Give each class a folder in both."
    require(trained == tested, owner, "the same classes in train/ and test/", remedy, only_in_one=differ)


def _told(left_out: Sequence[Path], folder: Path) -> tuple[str, ...]:
    if not left_out:
        return ()
    names = [printable(path.relative_to(folder)) for path in left_out]
    shown = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    are = "file is" if len(names) == 1 else "files are"
    return (f"{len(names)} {are} left out, by the name no PNG, JPEG or WebP: {shown}.",)
