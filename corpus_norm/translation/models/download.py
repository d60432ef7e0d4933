"""Download a file whose size and SHA-256 are known; the only module that opens the network itself.

It is called by ``models install`` alone, with addresses that are listed in this package.
"""

from __future__ import annotations

import hashlib
import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from corpus_norm._version import __version__
from corpus_norm.errors import ModelDownloadError, ModelIntegrityError

if TYPE_CHECKING:
    from pathlib import Path

Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""

_CHUNK = 256 * 1024


class Downloadable(Protocol):
    """A file at an address, with its size and SHA-256; and what to do if it cannot be had."""

    @property
    def url(self) -> str:
        """The address."""
        ...

    @property
    def size_bytes(self) -> int:
        """The size in bytes."""
        ...

    @property
    def sha256(self) -> str:
        """The SHA-256 in hexadecimal."""
        ...

    @property
    def advice(self) -> str:
        """What to do if the file cannot be downloaded."""
        ...


def download(
    known: Downloadable, target: Path, progress: Progress | None = None, timeout_s: float = 20.0
) -> None:
    """Download a file to ``target``; at most one byte more than the listed size is read.

    ``timeout_s`` is how many seconds the server may go without sending anything.

    Raises:
        ModelDownloadError: the server cannot be reached, or sends more or less than the file.
        ModelIntegrityError: the file has another SHA-256.
    """
    digest = hashlib.sha256()
    done = 0
    request = urllib.request.Request(  # noqa: S310 -- a listed address
        known.url, headers={"User-Agent": f"corpus_norm/{__version__}"}
    )
    try:
        with (
            urllib.request.urlopen(  # noqa: S310
                request, timeout=timeout_s, context=ssl.create_default_context()
            ) as response,
            target.open("wb") as file,
        ):
            while chunk := response.read(min(_CHUNK, known.size_bytes + 1 - done)):
                done += len(chunk)
                digest.update(chunk)
                file.write(chunk)
                if progress is not None:
                    progress(min(done, known.size_bytes), known.size_bytes)
    # RuntimeError: raised by tools that block sockets within Python.
    except (OSError, http.client.HTTPException, RuntimeError) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()  # it holds the connection
        raise _cannot_download(known, one_line(error)) from error
    if done != known.size_bytes:
        more = "more than" if done > known.size_bytes else f"{done:,} bytes of"
        raise _cannot_download(known, f"the server sent {more} {known.size_bytes:,} bytes")
    if digest.hexdigest() != known.sha256:
        raise ModelIntegrityError(
            f"{known.url} has the SHA-256 {digest.hexdigest()} and not {known.sha256}: it was "
            "damaged or replaced, and nothing was installed; try again later",
            subject=known.url,
        )


def _cannot_download(known: Downloadable, cause: str) -> ModelDownloadError:
    return ModelDownloadError(
        f"could not download {known.url}: {cause}; {known.advice}", subject=known.url
    )


def one_line(error: BaseException) -> str:
    """Return the cause of an error in one line."""
    cause = getattr(error, "reason", None) or error
    if isinstance(error, urllib.error.HTTPError):
        cause = f"the server answered {error.code} {error.reason}"
    elif isinstance(cause, TimeoutError):
        cause = "the server did not answer in time"
    return " ".join(str(cause).split()) or type(error).__name__
