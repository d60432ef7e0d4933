"""Web addresses as pages and records state them, some of which are none."""

from __future__ import annotations

from urllib.parse import urlsplit


def find_host(url: str | None) -> str | None:
    """The host in an address; None where there is none, or the address cannot be read.

    >>> find_host("https://www.example.org/a"), find_host("http://[::1"), find_host(None)
    ('www.example.org', None, None)
    """
    try:
        return urlsplit(url or "").hostname
    except ValueError:
        return None
