"""The charset that a header, a page or the user names for bytes, as a codec of Python."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

# Labels of the WHATWG Encoding Standard that name less than what pages under them contain.
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "utf-16": "utf-16-le",
    "utf-32": "utf-32-le",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
}

# Labels that pages use and Python does not know.
_ALIASES = {
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "x-gbk": "gb18030",
    "gb_2312": "gb18030",
    "gb_2312-80": "gb18030",
    "x-x-big5": "big5hkscs",
    "cn-big5": "big5hkscs",
    "cn-gb": "gb18030",
    "hz-gb2312": "hz",
    "x-cp1250": "cp1250",
    "x-cp1251": "cp1251",
    "x-cp1252": "cp1252",
    "x-mac-roman": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-ukrainian": "mac-cyrillic",
    "macintosh": "mac-roman",
    "koi8": "koi8-r",
    "koi8-ru": "koi8-u",
    "koi": "koi8-r",
    "dos-866": "cp866",
    "ks_c_5601-1989": "cp949",
    "x-euc-jp": "euc_jp",
    "iso-8859-8-i": "iso8859-8",
    "unicode-1-1-utf-8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "x-unicode-2-0-utf-7": "utf-7",
    "unicode": "utf-16-le",
}

# Codecs of Python that are no charsets of documents.
_NO_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"}

_HEAD_BYTES = 4096
_DECLARATION = re.compile(
    rb"""<meta[^>]{0,400}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{2,40})"""
    rb"""|<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{2,40})""",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Declared:
    """The codecs that are declared for some bytes, strongest first, and a label nobody can read."""

    names: tuple[str, ...] = ()
    unknown: str = ""


def find_declared(data: bytes, charset: str | None = None, *, in_data: bool = False) -> Declared:
    r"""What is declared for the data: by ``charset``, and with ``in_data`` by HTML or XML itself.

    >>> find_declared(b'<?xml version="1.0" encoding="GB2312"?>', in_data=True).names
    ('gb18030',)
    >>> find_declared(b"", "klingon")
    Declared(names=(), unknown='klingon')
    """
    labels = [charset] if charset and charset.strip() else []
    if in_data and (found := _DECLARATION.search(data[:_HEAD_BYTES])):
        labels.append((found[1] or found[2]).decode("ascii"))
    pairs = [(label, find_codec(label)) for label in labels]
    names = tuple(name for _, name in pairs if name is not None)
    return Declared(names, next((label for label, name in pairs if name is None), ""))


def find_codec(label: str) -> str | None:
    """The codec that a charset label stands for, widened as browsers do; None if unknown.

    >>> find_codec("ISO-8859-1"), find_codec("x-sjis"), find_codec("rot13")
    ('cp1252', 'cp932', None)
    """
    label = label.strip().strip("\"'").lower()
    if label in _ALIASES:
        return _ALIASES[label]
    try:
        name = codecs.lookup(label).name
        "".encode(name)  # raises: base64, rot13 and the like are codecs, but not of text
    except (LookupError, ValueError):
        return None
    return None if name in _NO_CHARSETS else _WIDER.get(name, name)
