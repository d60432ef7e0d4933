"""JSON as pages carry it: commented out, escaped for HTML, with a comma too many, cut off.

What is sound JSON is read as such.  Only what the standard library refuses is mended, in one pass
over its characters.
"""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_DECODER = json.JSONDecoder(strict=False)  # raw line breaks and tabs in strings are allowed
_OPENING = re.compile(r"(?:\s|\ufeff|<!--|//|/\*|\*/|<!\[CDATA\[|;|,)+")
_CLOSING = re.compile(r"(?:\s|-->|//|/\*|\*/|\]\]>|;)*")
_MARK = re.compile(r"[\"{}\[\],]|//[^\n]*|/\*(?:[^*]|\*(?!/)){0,4000}+\*/|[^\s\"{}\[\],/]+|/")
_ESCAPED = re.compile(r"[{\[\s]+&(?:quot|#0*34|#x0*22);", re.IGNORECASE)
_IN_STRING = re.compile(r"[\"\\]")
_ENDS_STRING = re.compile(
    r"\s*+(?:[:}\]]|/[/*]|,\s*+(?:[\"{\[}\]/]|-?\d|true|false|null)|\Z|\"[\w@:. -]{1,40}\"\s*+:)"
)
_CLOSERS = {"{": "}", "[": "]"}
_DEEPEST = 200
_LONGEST_MENDED = 2_000_000  # characters


def read_values(text: str) -> list[Any]:
    r"""All JSON values in a text, one after the other; what cannot be read is left out.

    >>> read_values('<![CDATA[ {"a": "x\ty",} ]]>'), read_values('{&quot;a&quot;: 1} {"b": 2}')
    ([{'a': 'x\ty'}], [{'a': 1}, {'b': 2}])
    >>> read_values('{"a": [1, 2'), read_values('{"a": "the "old" town", "b": 1}')
    ([{'a': [1, 2]}], [{'a': 'the "old" town', 'b': 1}])
    """
    values: list[Any] = []
    position = _skip(text, 0)
    while position < len(text):
        try:
            value, position = _DECODER.raw_decode(text, position)
        except RecursionError:
            break
        except ValueError:
            values.extend(_read_mended(text[position:]))
            break
        values.append(value)
        position = _skip(text, position)
    return values


def _skip(text: str, position: int) -> int:
    """Past what is no value: wrappers, and marks between two objects."""
    after = _CLOSING.match(text, position)
    position = after.end() if after else position
    before = _OPENING.match(text, position)
    return before.end() if before else position


def _read_mended(text: str) -> list[Any]:
    if len(text) > _LONGEST_MENDED or not text.startswith(("{", "[")):
        return []
    if _ESCAPED.match(text):
        text = html.unescape(text)
    values: list[Any] = []
    try:
        mended = "".join(_mend(text))
        position = 0
        while position < len(mended):
            value, position = _DECODER.raw_decode(mended, position)
            values.append(value)
    except (ValueError, RecursionError):
        pass  # what was read before stands
    return values


def _mend(text: str) -> Iterator[str]:
    """The tokens of sound JSON: commas and brackets put right, quotes inside strings escaped."""
    closers: list[str] = []
    comma = ""  # held back until it is known that a value follows
    is_over = False  # whether a value has just ended
    position = 0
    while (match := _MARK.search(text, position)) and len(closers) <= _DEEPEST:
        mark, position = match[0], match.end()
        if mark.startswith("/") or (not closers and mark not in _CLOSERS):
            continue  # a comment, or what stands between two objects
        if mark in {"}", "]"}:
            if mark in closers:
                while (closer := closers.pop()) != mark:
                    yield closer
                yield mark
            comma, is_over = "", True
        elif mark == ",":
            comma, is_over = ",", False
        else:
            if comma or (is_over and closers and not mark.startswith(":")):
                yield ","
            comma, is_over = "", not mark.endswith(":") and mark not in _CLOSERS
            if mark in _CLOSERS:
                closers.append(_CLOSERS[mark])
            elif mark == '"':
                mark, position = _read_string(text, position)
            yield mark
    yield from reversed(closers)


def _read_string(text: str, start: int) -> tuple[str, int]:
    """The string that opens before ``start``, as JSON, and where it ends."""
    parts = ['"']
    position = start
    while match := _IN_STRING.search(text, position):
        parts.append(text[position : match.start()])
        position = match.end()
        if match[0] == "\\":
            escaped = text[position : position + 1]
            is_sound = escaped in tuple('"\\/bfnrt') or (
                escaped == "u" and re.match(r"u[0-9a-fA-F]{4}", text[position : position + 5])
            )
            parts.append(f"\\{escaped}" if is_sound else "" if escaped == "'" else "\\\\")
            position += bool(is_sound)
        elif _ENDS_STRING.match(text, position):
            return "".join([*parts, '"']), position
        else:
            parts.append('\\"')
    return "".join([*parts, text[position:], '"']), len(text)
