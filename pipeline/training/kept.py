"""Groups that were trained, kept in a folder: what a run that was killed had finished is not trained again.

A group lies in a file of its own, named after its digest: of declarations, rows, seeds, epochs, order, threads, the
code that trains, the versions of libraries and the processor. A file is written whole or not at all, and one that is
damaged is never used.
"""

import contextlib
import hashlib
import os
import pickle
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.training.packing import pack, unpack
from pipeline.training.values import Trained, Tried
from pipeline.training.work import Group
from pipeline.words.names import counted

ROOM = 8 * 2**30
"""Bytes that a folder of groups may take; what was used longest ago makes room."""

_SEAL = hashlib.sha256().digest_size  # bytes in front of the content
_HALF = ".part"  # ends the name of a file that is being written
_ABANDONED = 24 * 3600  # seconds after which nobody writes on


class KeptGroups:
    """Keeps groups in a folder, and finds them there.

    Args:
        folder: Made once there is something to keep.
        fresh: Whether nothing is found but what was kept by this very object: everything is trained once more.
        room: Bytes that all groups may take.
    """

    def __init__(self, folder: Path, *, fresh: bool = False, room: int = ROOM) -> None:
        self.folder = folder
        self._n_found = self._n_kept = self._n_refused = 0
        self._counts_told = self._counts
        self._fresh = fresh
        self._room = room
        self._own: set[str] = set()
        self._taken = self._swept()

    def find(self, group: Group) -> tuple[Trained, ...] | None:
        """Returns a group that was trained before; ``None`` where it is not there, or is damaged."""
        content = self._content(group)
        if content is None:
            return None
        try:
            trained = unpack(content, group)
        except OSError:  # no room for the files of a model
            return None
        self._n_found += 1
        return trained

    def holds(self, group: Group) -> bool:
        """Returns whether a file of its name is there, which may be damaged."""
        return group.is_told and self._is_seen(group) and (self.folder / group.digest).is_file()

    def keep(self, group: Group, trained: Sequence[Trained]) -> None:
        """Keeps a group; one that cannot be kept, on a full disk for one, is only counted."""
        self._put(group, lambda: pack(trained))

    def find_trial(self, group: Group) -> Tried | None:
        """Returns how settings did that a search tried before; ``None`` as of ``find``."""
        content = self._content(group)
        if content is None:
            return None
        self._n_found += 1
        tried: Tried = pickle.loads(content)
        return tried

    def keep_trial(self, group: Group, tried: Tried) -> None:
        """Keeps how settings did that a search tried: its models are not wanted again."""
        self._put(group, lambda: pickle.dumps(tried, protocol=5))

    @property
    def n_found(self) -> int:
        """Groups and trials that were found."""
        return self._n_found

    @property
    def n_trained(self) -> int:
        """Groups and trials that were given to keep, whether they could be kept or not."""
        return self._n_kept + self._n_refused

    def told(self) -> str:
        """Says how much was found since this was last asked, and what could not be kept; else nothing."""
        found, kept, refused = (now - before for now, before in zip(self._counts, self._counts_told, strict=True))
        self._counts_told = self._counts
        told = []
        if found:
            groups = counted(found + kept + refused, "group")
            was = "was" if found == 1 else "were"
            told.append(f"{found} of {groups} of trainings {was} done before and found again; --fresh trains all anew.")
        if refused:
            them = "it" if refused == 1 else "them"
            told.append(f"{counted(refused, 'group')} could not be kept: a run that goes on trains {them} again.")
        return " ".join(told)

    @property
    def _counts(self) -> tuple[int, int, int]:
        return self._n_found, self._n_kept, self._n_refused

    def _is_seen(self, group: Group) -> bool:
        return not self._fresh or group.digest in self._own

    def _content(self, group: Group) -> bytes | None:
        if not group.is_told or not self._is_seen(group):
            return None
        name = group.digest
        try:
            sealed = (self.folder / name).read_bytes()
        except OSError:
            return None
        if sealed[:_SEAL] != _seal(name, sealed[_SEAL:]):
            return None
        with contextlib.suppress(OSError):
            os.utime(self.folder / name)  # what is used last makes room last
        return sealed[_SEAL:]

    def _put(self, group: Group, packed: Callable[[], bytes]) -> None:
        if not group.is_told:
            self._n_refused += 1
            return
        try:
            content = packed()
            sealed = _seal(group.digest, content) + content
            self._make_room(len(sealed))
            _write(self.folder / group.digest, sealed)
        except OSError:
            self._n_refused += 1
            return
        self._own.add(group.digest)
        self._taken += len(sealed)
        self._n_kept += 1

    def _swept(self) -> int:
        """Removes what was left half written, and returns the bytes that are taken."""
        taken = 0
        for file in self._files():
            with contextlib.suppress(OSError):
                about = file.stat()
                if file.suffix == _HALF and time.time() - about.st_mtime > _ABANDONED:
                    file.unlink()
                else:
                    taken += about.st_size
        return taken

    def _make_room(self, n_bytes: int) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._taken + n_bytes <= self._room:
            return
        used: list[tuple[float, int, Path]] = []
        for file in self._files():
            with contextlib.suppress(OSError):
                used.append((file.stat().st_mtime, file.stat().st_size, file))
        self._taken = sum(size for _, size, _ in used)
        for _, size, file in sorted(used):
            if self._taken + n_bytes <= self._room:
                break
            file.unlink(missing_ok=True)
            self._taken -= size

    def _files(self) -> list[Path]:
        return list(self.folder.iterdir()) if self.folder.is_dir() else []


def _seal(name: str, content: bytes) -> bytes:
    digest = hashlib.sha256(name.encode())
    digest.update(content)
    return digest.digest()


def _write(file: Path, content: bytes) -> None:
    """Writes a file whole or not at all, whatever ends this process."""
    handle, half = tempfile.mkstemp(suffix=_HALF, dir=file.parent)
    try:
        with open(handle, "wb") as open_file:
            open_file.write(content)
            open_file.flush()
            os.fsync(open_file.fileno())
        os.replace(half, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(half)
        raise
