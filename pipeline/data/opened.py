"""A file of text, opened whatever it is packed in and watched while it is read: what is no text is told by line."""

import codecs
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, cast

from models.checks import require

CHUNK = 1 << 20
"""Bytes that are unpacked at a time."""
MOST_TEXT = 4 << 30
"""Bytes of text, unpacked, that are read of one file."""

# Tables shrink to a third or a thirtieth; what shrinks more, and is not small, is there to fill the memory.
_TIGHT, _HARMLESS = 200, 128 << 20

_TABLES = (".csv", ".tsv", ".tab", ".txt", ".dat", ".data")
DAMAGED = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError, NotImplementedError)
"""What libraries raise of archives that are damaged, encrypted or packed in a way that they do not know."""
_NO_TEXT = {
    b"\xd0\xcf\x11\xe0": "an Excel file",
    b"PAR1": "a Parquet file",
    b"\x89PNG": "a picture",
    b"%PDF": "a PDF",
    b"\xfd7zXZ": "an xz archive",
    b"BZh": "a bzip2 archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"SQLite": "a database",
}
_SAID = 120  # letters of a library's error
_SAVE_AS = "Save it as CSV in UTF-8."


class Watched(io.RawIOBase):
    """Bytes of a text in UTF-8, whatever it was written in, without a byte order mark.

    Attributes:
        n_bytes: How many were read.
        n_quotes: How many of them were quotation marks.
        line: The one that is being read, from 1.
    """

    def __init__(self, owner: str, raw: IO[bytes], packed: int | None, bounded: bool) -> None:
        self._owner, self._raw, self._packed, self._bounded = owner, raw, packed, bounded
        self._decoder: codecs.IncrementalDecoder | None = None
        self._ready = memoryview(b"")
        self._ended = False
        self.n_bytes = self.n_quotes = 0
        self.line = 1

    def readable(self) -> bool:
        """Returns true."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fills the buffer.

        Raises:
            ValueError: The archive is damaged or unpacks to too much, or a byte is no text.
        """
        while not self._ready and not self._ended:
            self._ready = memoryview(self._next())
        n_bytes = min(len(buffer), len(self._ready))
        buffer[:n_bytes] = self._ready[:n_bytes]
        self._ready = self._ready[n_bytes:]
        return n_bytes

    def _next(self) -> bytes:
        try:
            chunk = self._raw.read(CHUNK)
        except DAMAGED as error:
            what = "a whole archive" if self._packed else "a file that can be read"
            raise _mistaken(self._owner, what, error, "Fetch or pack it again.") from error
        self._ended = not chunk
        text = self._decoded(chunk)
        self.n_bytes += len(text)
        self.n_quotes += text.count(b'"')
        self.line += text.count(b"\n")
        self._require_bounded()
        return text

    def _decoded(self, chunk: bytes) -> bytes:
        if self._decoder is None:
            encoding = "utf-16" if chunk[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"
            self._decoder = codecs.getincrementaldecoder(encoding)()
        try:
            text = self._decoder.decode(chunk, final=self._ended).encode()
        except UnicodeDecodeError as error:
            line = self.line + error.object[: error.start].count(b"\n")
            byte = f"{error.object[error.start]:#04x}"
            require(False, self._owner, "text in UTF-8", "Save it in that encoding.", line=line, byte=byte)
        place = text.find(b"\0")
        if place >= 0:
            line = self.line + text.count(b"\n", 0, place)
            require(False, self._owner, "a table as text", f"This is none: {_SAVE_AS}", line=line, byte="0x00")
        return text

    def _require_bounded(self) -> None:
        """Stops an archive that unpacks to far more than it should; memory stays what was read so far."""
        read = self.n_bytes
        few = read <= MOST_TEXT or not self._bounded
        require(few, self._owner, f"at most {MOST_TEXT} bytes of text", "Take a sample.", n_bytes=read)
        tight = self._packed is not None and read > max(_HARMLESS, _TIGHT * self._packed)
        require(
            not tight,
            self._owner,
            f"an archive of a table, which unpacks to at most {_TIGHT} times its size",
            "Unpack it yourself if you trust it, and give the file.",
            packed_bytes=self._packed,
            unpacked_bytes=read,
        )


@contextmanager
def opened(path: Path, *, bounded: bool = True) -> Iterator[Watched]:
    """Opens a text file: plain, in gzip, or alone in a zip archive; recognized by its content, not by its name.

    Args:
        path: Of the file.
        bounded: Whether at most ``MOST_TEXT`` bytes are read; all may be where what was read is not kept.

    Raises:
        ValueError: It cannot be read, is empty, no text, or an archive that is encrypted or has several tables.
    """
    with ExitStack() as stack:
        try:
            watched = _watched(path, stack, bounded)
        except (*DAMAGED, UnicodeError) as error:  # the latter of the names in an archive
            remedy = "Fetch or pack it again, or give another."
            raise _mistaken(str(path), "a file or an archive that can be read", error, remedy) from error
        yield watched


def _watched(path: Path, stack: ExitStack, bounded: bool) -> Watched:
    owner = str(path)
    file = stack.enter_context(path.open("rb"))
    head = file.read(8)
    file.seek(0)
    require(head != b"", owner, "a table", "The file is empty: give another.", n_bytes=0)
    if head.startswith(b"PK\x03\x04"):
        archive = stack.enter_context(zipfile.ZipFile(file))
        table = _the_table(owner, archive)
        return Watched(owner, stack.enter_context(archive.open(table)), table.compress_size, bounded)
    if head.startswith(b"\x1f\x8b"):
        return Watched(owner, cast(IO[bytes], stack.enter_context(gzip.open(file))), path.stat().st_size, bounded)
    found = next((what for mark, what in _NO_TEXT.items() if head.startswith(mark)), None)
    require(found is None, owner, "a table as text, gzip, zip or Parquet", _SAVE_AS, found=found)
    return Watched(owner, file, None, bounded)


def _the_table(owner: str, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    files = [info for info in archive.infolist() if not info.is_dir() and not info.filename.startswith("__MACOSX/")]
    names = [info.filename for info in files]
    require("[Content_Types].xml" not in names, owner, "a table as text", _SAVE_AS, found="an Excel file")
    tables = [info for info in files if info.filename.lower().endswith(_TABLES)] or files
    require(len(tables) == 1, owner, "one table in the archive", "Unpack it and give one file.", files=names[:5])
    (table,) = tables
    encrypted = bool(table.flag_bits & 1)
    require(not encrypted, owner, "an archive without a password", "Unpack it first.", encrypted=table.filename)
    return table


def _mistaken(owner: str, expected: str, error: BaseException, remedy: str) -> ValueError:
    return ValueError(f"{owner}: expected {expected}. Received: error={first_words(error)!r}. {remedy}")


def is_parquet(path: Path) -> bool:
    """Tells a Parquet file by its content."""
    try:
        with path.open("rb") as file:
            return file.read(4) == b"PAR1"
    except OSError:
        return False  # told where it is opened as text


def first_words(error: BaseException) -> str:
    """Returns what a library says, in one line that is not too long."""
    said = str(getattr(error, "strerror", None) or error).partition("\n")[0] or type(error).__name__
    return said if len(said) <= _SAID else said[:_SAID] + "..."
