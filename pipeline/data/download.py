"""Downloads: asked for, checked and atomic, never a silent hang."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pooch

from pipeline.data.sources import DataUnavailable

TIMEOUT = (5.0, 10.0)
"""Seconds to wait for a connection, and for the next bytes on it."""


def fetch(
    file_name: str,
    *,
    urls: Sequence[str],
    known_hash: str,
    folder: Path,
    timeout: tuple[float, float] = TIMEOUT,
) -> Path:
    """Downloads one file into a folder, from the first address that serves it whole.

    The bytes go to a temporary file beside the target, which is moved only when its digest is right: a cut-off
    download leaves nothing.

    Args:
        file_name: Of the target.
        urls: Addresses of the same content, tried in order.
        known_hash: ``"sha256:..."`` or ``"md5:..."`` of the content.
        folder: Where to put it; made if missing.
        timeout: Seconds to wait for a connection, and for the next bytes on it.

    Returns:
        The path of the file.

    Raises:
        DataUnavailable: No address served it; the message has the reason of each.
    """
    reasons = []
    for url in urls:
        downloader = pooch.HTTPDownloader(progressbar=sys.stderr.isatty(), timeout=timeout)
        try:
            return Path(pooch.retrieve(url, known_hash, file_name, folder, downloader=downloader))
        except (OSError, ValueError) as error:  # requests' errors are OSErrors, a wrong digest is a ValueError
            reasons.append(f"{url}: {error}")
    raise DataUnavailable(
        f"download: expected {file_name} from the network. Received: {'; '.join(reasons)}. "
        f"Try again later, or put the file into {folder} by hand."
    )
