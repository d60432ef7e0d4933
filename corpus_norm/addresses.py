"""Web addresses as pages and records state them: text that may be no address at all."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from urllib.parse import SplitResult


def split_address(address: str | None) -> SplitResult | None:
    """The parts of an address; None where it has none or cannot be read.

    >>> split_address("https://example.org/a?b").path, split_address("http://[::1")
    ('/a', None)
    """
    try:
        return urlsplit(address) if address else None
    except ValueError:  # a bracket without its other, characters that no host may have
        return None


def read_host(address: str | None) -> str | None:
    """The host that an address names, in lower case; None where it names none.

    >>> read_host("https://News.Example.org:443/a"), read_host("http://a℀b/"), read_host("a.html")
    ('news.example.org', None, None)
    """
    parts = split_address(address)
    return (parts.hostname or None) if parts else None
