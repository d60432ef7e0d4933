"""Spans that are the same in every language, and so must not be translated: addresses, handles."""

from __future__ import annotations

import re

_URL_CHARS = r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]"
_SPANS = re.compile(
    "|".join(
        (
            rf"(?:https?|ftp)://{_URL_CHARS}+",
            rf"(?<![\w.@])www\.[A-Za-z0-9-]+\.{_URL_CHARS}+",
            r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}",
            r"(?<![A-Za-z0-9_@/.])@[A-Za-z0-9_]{2,30}(?![A-Za-z0-9_@])",
            r"(?<![A-Za-z0-9_$])\$[A-Z]{1,6}(?:\.[A-Z]{1,2})?(?![A-Za-z0-9$])",
            r"`[^`\n]+`",
        )
    )
)
_CLOSERS = ".,;:!?'*"


def find_protected(text: str) -> list[tuple[int, int]]:
    """The spans (start, end) of addresses, e-mails, @handles, $TICKERS and `code`, in order.

    >>> text = "Voir https://x.org/a(b). ou @sama ($TSLA), a@b.org."
    >>> [text[a:b] for a, b in find_protected(text)]
    ['https://x.org/a(b)', '@sama', '$TSLA', 'a@b.org']
    """
    spans = []
    for match in _SPANS.finditer(text):
        start, span = match.start(), match[0]
        if span[0] != "`":
            span = _without_closers(span)
        spans.append((start, start + len(span)))
    return spans


def _without_closers(span: str) -> str:
    """An address without the full stop or bracket of the sentence around it."""
    while span:
        if (
            span[-1] in _CLOSERS
            or (span[-1] == ")" and span.count("(") < span.count(")"))
            or (span[-1] == "]" and span.count("[") < span.count("]"))
        ):
            span = span[:-1]
        else:
            break
    return span
