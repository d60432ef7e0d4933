"""TMX 1.4, the exchange format of translation memories: read the files of any tool, write our own.

The standard is at https://www.gala-global.org/tmx-14b.  We read units, their variants by language
and the plain text of their segments, and write no optional element.  Files are untrusted: one that
declares entities, which can expand without end, is refused, and no entity is ever fetched.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from corpus_norm import __version__
from corpus_norm.errors import TranslationMemoryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MACHINE = "machine"
"""``creationid`` of units that a model translated and no person has reviewed."""

_MARKUP = frozenset({"bpt", "ept", "it", "ph", "sub", "ut"})
"""Elements of a segment that hold formatting codes, not text."""

_CHUNK = 1 << 16
# Characters that XML 1.0 does not allow: all but tab, line ends and these ranges.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<tmx version="1.4">
<header creationtool="corpus_norm" creationtoolversion="{version}" segtype="sentence" \
o-tmf="corpus_norm" adminlang="en" srclang="*all*" datatype="plaintext"/>
<body>
"""
_TAIL = "</body>\n</tmx>\n"


@dataclass(frozen=True, slots=True)
class Pair:
    """A text in a language (BCP-47) and its English; ``machine`` if no person has reviewed it."""

    language: str
    text: str
    english: str
    machine: bool = False


def write_tmx(file: IO[str], pairs: Iterable[Pair]) -> int:
    """Write pairs as TMX and return their number; characters that XML forbids become U+FFFD.

    >>> import io
    >>> file = io.StringIO()
    >>> write_tmx(file, [Pair("fr", "Un & deux.", "One & two.")])
    1
    >>> print(file.getvalue().splitlines()[5])
    <tuv xml:lang="fr"><seg>Un &amp; deux.</seg></tuv>
    """
    count = 0
    file.write(_HEAD.format(version=__version__))
    for pair in pairs:
        maker = f' creationid="{MACHINE}"' if pair.machine else ""
        file.write(f"<tu{maker}>\n")
        for language, text in ((pair.language, pair.text), ("en", pair.english)):
            clean = escape(_FORBIDDEN.sub("\ufffd", text))
            file.write(f"<tuv xml:lang={quoteattr(language)}><seg>{clean}</seg></tuv>\n")
        file.write("</tu>\n")
        count += 1
    file.write(_TAIL)
    return count


def read_tmx(path: Path) -> Iterator[Pair]:
    """Yield the pairs of a file: each variant in another language with the last English one.

    A variant's language may be any BCP-47 tag; ``en-US`` is English.  Units that our export
    labelled as a model's are ``machine``, unless somebody has changed them since (``changeid``).

    Raises:
        TranslationMemoryError: the file is not TMX, is damaged, or defines entities.
    """
    reader = _Reader()
    with _reporting(path), path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            reader.feed(chunk)
            yield from reader.take()
        reader.feed(b"", final=True)
        yield from reader.take()


@dataclass(slots=True)
class _Unit:
    machine: bool
    variants: list[tuple[str, str]] = field(default_factory=list)

    def pairs(self) -> Iterator[Pair]:
        english = [text for code, text in self.variants if _is_english(code) and text]
        others = [(code, text) for code, text in self.variants if not _is_english(code) and text]
        for code, text in others:
            for translation in english[-1:]:
                yield Pair(code, text, translation, self.machine)


class _Reader:
    """A parser whose events become pairs."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._add
        self._parser.EntityDeclHandler = self._refuse_entity
        self._parser.buffer_text = True
        self._found: list[Pair] = []
        self._path: list[str] = []
        self._unit: _Unit | None = None
        self._language = ""
        self._text: list[str] = []

    def feed(self, data: bytes, *, final: bool = False) -> None:
        self._parser.Parse(data, final)

    def take(self) -> list[Pair]:
        found, self._found = self._found, []
        return found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._path and name != "tmx":
            raise ValueError(f"its root element is {name!r}, not tmx")
        self._path.append(name)
        if name == "tu":
            untouched = attributes.get("creationid") == MACHINE and "changeid" not in attributes
            self._unit = _Unit(untouched)
        elif name == "tuv":
            self._language = attributes.get("xml:lang") or attributes.get("lang", "")
            if self._unit and "changeid" in attributes:
                self._unit.machine = False
        elif name == "seg":
            self._text = []

    def _end(self, name: str) -> None:
        self._path.pop()
        if name == "seg" and self._unit is not None:
            self._unit.variants.append((self._language, " ".join("".join(self._text).split())))
        elif name == "tu" and self._unit is not None:
            self._found.extend(self._unit.pairs())
            self._unit = None

    def _add(self, data: str) -> None:
        if "seg" in self._path and not _MARKUP & set(self._path):
            self._text.append(data)

    def _refuse_entity(self, name: str, *_: object) -> None:
        raise ValueError(f"it defines an entity, {name!r}, which TMX does not need")


def _is_english(code: str) -> bool:
    return code.replace("_", "-").split("-")[0].lower() == "en"


@contextmanager
def _reporting(path: Path) -> Iterator[None]:
    try:
        yield
    except (expat.ExpatError, OSError, ValueError, LookupError) as error:
        raise TranslationMemoryError(
            f"{path} cannot be read as TMX: {error}; export it again as TMX 1.4",
            subject=str(path),
        ) from error
