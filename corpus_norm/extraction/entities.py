"""Character references that a publisher's program escaped twice.

``L&amp;#039;été`` in a page is ``L&#039;été`` once it is parsed, and nobody writes that.
"""

from __future__ import annotations

import html
import re

_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_LETTER = re.compile(
    r"&(?:#\d{2,7}|#[xX][0-9A-Fa-f]{2,6}|quot|apos|[A-Za-z](?:acute|grave|circ|uml|cedil|tilde|ring)|"
    r"[lr][sd]quo|[nm]dash|hellip|[lr]aquo|oelig|aelig|szlig|euro|pound);"
)
_MOST = 3


def decode_entities(text: str) -> str:
    """A value for machines with its character references decoded, however often escaped.

    >>> [decode_entities(text) for text in ("L&#039;&Eacute;cho", "Q&amp;amp;A", "R&D")]
    ["L'Écho", 'Q&A', 'R&D']
    """
    for _ in range(_MOST):
        if "&" not in text or not _REFERENCE.search(text):
            break
        text = html.unescape(text)
    return text


def decode_letters(text: str) -> str:
    """Text that readers see with its letters and quotes decoded; ``&amp;`` may be what it is about.

    >>> decode_letters("L&#039;&eacute;t&eacute;"), decode_letters("How to write &amp; in HTML")
    ("L'été", 'How to write &amp; in HTML')
    """
    if "&" not in text:
        return text
    return _LETTER.sub(lambda match: html.unescape(match[0]), text)
