"""Requests that no browser sends: told from others before anything looks at what they ask for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_ADDRESS = 4_000
"""Characters of a path with its query; browsers and proxies take at least twice as many."""

_LONGEST_HEADER = 16_000
_HOST = re.compile(r"[A-Za-z0-9._-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")
_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_CONTROL_IN_QUERY = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")  # a tab may be pasted into a search
_CONTROL_IN_HEADER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def find_oddity(environ: Mapping[str, Any]) -> str | None:
    """Why a request (a WSGI environment) is refused; None if it may be looked at.

    >>> find_oddity({"HTTP_HOST": "127.0.0.1:80", "REQUEST_URI": "/?q=%E8%8B%B9%E6%9E%9C"})
    >>> find_oddity({"HTTP_HOST": "127.0.0.1:80", "REQUEST_URI": "/%00"})
    'the path holds a control character'
    """
    return _judge_headers(environ) or _judge_address(environ)


def _judge_headers(environ: Mapping[str, Any]) -> str | None:
    host = environ.get("HTTP_HOST", "")
    if not _HOST.fullmatch(host):
        return "the header Host is not a name" if host else "the header Host is missing"
    for name, value in environ.items():
        if name.startswith("HTTP_") or name in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            if _CONTROL_IN_HEADER.search(str(value)):
                return "a header holds a control character"
            if len(str(value)) > _LONGEST_HEADER:
                return "a header is too long"
    return None


def _judge_address(environ: Mapping[str, Any]) -> str | None:
    # What a server hands on has lost its escapes; what it was sent has them.
    address = _read_target(environ)
    path, _, query = address.partition("?")
    if len(address) > LONGEST_ADDRESS:
        return "the address is too long"
    if not path.startswith("/"):
        return "the address does not begin with a slash"
    if _NO_ESCAPE.search(address):
        return "the address holds a percent sign that escapes nothing"
    if _CONTROL.search(unquote_to_bytes(path)):
        return "the path holds a control character"
    if _CONTROL_IN_QUERY.search(unquote_to_bytes(query)):
        return "the query holds a control character"
    return None if _is_utf8(unquote_to_bytes(address)) else "the address is not UTF-8"


def _read_target(environ: Mapping[str, Any]) -> str:
    """The path and query as they were sent, without the address of a proxy's request before it."""
    sent = str(environ.get("REQUEST_URI") or environ.get("RAW_URI") or "")
    if not sent:  # a server that does not tell
        path = quote(str(environ.get("PATH_INFO", "")).encode("latin-1", "replace"))
        sent = f"{path}?{environ.get('QUERY_STRING', '')}"
    return re.sub(r"^https?://[^/?#]*(?=/)", "", sent, count=1, flags=re.IGNORECASE)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
