"""Encodings that write everything in ASCII and shift between character sets.

ISO-2022-JP (RFC 1468 and its extensions), ISO-2022-KR (RFC 1557) and HZ (RFC 1843) are known by
their escapes, declared or not.  UTF-7 (RFC 2152) is read only where it is
declared: its escapes are plain text otherwise, and have hidden markup from filters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus_norm.encoding.plausibility import oddness
from corpus_norm.errors import DecodeError

_JAPANESE = re.compile(rb"\x1b\$(?:[@B]|\([DOPQ])|\x1b\(I")
_KOREAN = re.compile(rb"\x1b\$\)C")
_CHINESE = re.compile(rb"\x1b\$[)*+][AGH]")
_HZ = re.compile(rb"~\{((?:[\x21-\x77][\x21-\x7e]){1,500})~\}")
_UTF7 = re.compile(rb"\+(?:[A-Za-z0-9+/]{3,}|-)")
_JAPANESE_CODECS = (
    "iso2022_jp",
    "iso2022_jp_2",
    "iso2022_jp_ext",
    "iso2022_jp_3",
    "iso2022_jp_2004",
)


@dataclass(frozen=True, slots=True)
class Shifted:
    """Text, the codec it was read in, and whether bytes were replaced."""

    text: str
    encoding: str
    is_damaged: bool = False


def is_shifted(name: str) -> bool:
    """Whether a codec shifts between sets, so that it cannot be compared byte by byte."""
    return name.startswith("iso2022") or name in {"hz", "utf-7"}


def read_shifted(data: bytes, declared: tuple[str, ...]) -> Shifted | None:
    r"""The text of data with shifts; None if there are none.

    >>> read_shifted(b"\x1b$BEl5~\x1b(B", ()).text, read_shifted(b"~{VP9z~}", ()).text
    ('東京', '中国')
    >>> read_shifted(b"l+AOk-", ("utf-7",)).text, read_shifted(b"l+AOk-", ())
    ('lé', None)

    Raises:
        DecodeError: it is ISO-2022-CN (RFC 1922), which Python has no codec for.
    """
    if not data.isascii():
        return None
    if b"\x1b$" in data or b"\x1b(I" in data:
        if _KOREAN.search(data):
            return _read(data, ("iso2022_kr",))
        if _CHINESE.search(data):
            raise DecodeError(
                "the bytes are ISO-2022-CN, which cannot be read here; convert the file to UTF-8 "
                "first (iconv -f ISO-2022-CN-EXT)"
            )
        if _JAPANESE.search(data):
            return _read(data, _JAPANESE_CODECS)
    if b"~{" in data and ("hz" in declared or _is_hz(data)):
        return _read(data, ("hz",))
    if "utf-7" in declared and _UTF7.search(data):
        return _read_utf7(data)
    return None


def _read(data: bytes, names: tuple[str, ...]) -> Shifted:
    for name in names:
        try:
            return Shifted(data.decode(name), name)
        except UnicodeDecodeError:
            continue
    return Shifted(data.decode(names[0], "replace"), names[0], is_damaged=True)


def _read_utf7(data: bytes) -> Shifted | None:
    """The text as UTF-7; a plus sign that begins no sequence stays, in ASCII that says so."""
    try:
        return Shifted(data.decode("utf-7"), "utf-7")
    except UnicodeDecodeError:
        text = data.decode("utf-7", "replace")
    # More damage than text: the declaration was wrong.
    return (
        None
        if text.count("\ufffd") * 2 > len(_UTF7.findall(data))
        else Shifted(text, "utf-7", is_damaged=True)
    )


def _is_hz(data: bytes) -> bool:
    """Whether there are sections that are Chinese beyond doubt."""
    sections = _HZ.findall(data)
    try:
        text = b"".join(bytes(byte | 0x80 for byte in part) for part in sections).decode("gb2312")
    except UnicodeDecodeError:
        return False
    return len(text) >= 2 and oddness(text) * 4 <= len(text)
