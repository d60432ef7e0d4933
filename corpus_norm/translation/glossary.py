"""A user's terms and names, each with the English it must have.

As a table (``.tsv``: term, English and, if it is for one language only, its code) or as TOML::

    OpenAI = "OpenAI"          # in every language

    [zh]
    "郭明錤" = "Ming-Chi Kuo"
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_norm.errors import GlossaryError
from corpus_norm.languages import get_language

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Term:
    """A term, its English, and the language it is for (BCP-47; empty for every language)."""

    text: str
    english: str
    language: str = ""


@dataclass(frozen=True)
class Glossary:
    """Terms to be rendered in one way only.

    >>> names = Glossary((Term("郭明錤", "Ming-Chi Kuo", "zh"), Term("Apple", "Apple")))
    >>> names.find("郭明錤:Apple将推迟", "zh-Hans")
    [(0, 3, 'Ming-Chi Kuo'), (4, 9, 'Apple')]
    >>> names.find("Applet", "fr")
    []
    """

    terms: tuple[Term, ...]

    def find(self, text: str, language: str) -> list[tuple[int, int, str]]:
        """The terms in a text (start, end, English); where two overlap, the longer one."""
        pattern, english = _compile(self, language.split("-", maxsplit=1)[0])
        return [(m.start(), m.end(), english[m[0]]) for m in pattern.finditer(text)]


def load_glossary(path: str | Path) -> Glossary:
    """Read a glossary; it is read again only when the file changes.

    Raises:
        GlossaryError: the file cannot be read, or a line makes no sense; the message names it.
    """
    path = Path(path)
    try:
        stat = path.stat()
    except OSError as error:
        raise _refuse(path, f"it cannot be read ({error.strerror})") from error
    if stat.st_size > _MAX_BYTES:
        raise _refuse(path, f"it is larger than {_MAX_BYTES:,} bytes")
    return _load(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=8)
def _load(path: Path, _changed: int, _size: int) -> Glossary:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, ValueError) as error:
        raise _refuse(path, f"it is no UTF-8 text ({error})") from error
    read = _read_toml if path.suffix.lower() == ".toml" else _read_table
    terms: dict[tuple[str, str], Term] = {}
    for place, term in read(path, text):
        same = terms.setdefault((term.text, _primary(term.language)), term)
        if same.english != term.english:
            raise _refuse(
                path, f"{place}: {term.text!r} is {same.english!r} and {term.english!r}; keep one"
            )
    return Glossary(tuple(terms.values()))


def _read_table(path: Path, text: str) -> Iterator[tuple[str, Term]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        place = f"line {number}"
        cells = [cell.strip() for cell in line.split("\t")]
        if not 2 <= len(cells) <= 3:
            raise _refuse(
                path,
                f"{place} has {len(cells)} columns; write the term, a tab, its English and, if it "
                "is for one language only, a tab and the code of the language",
            )
        yield place, _make(path, place, *cells)


def _read_toml(path: Path, text: str) -> Iterator[tuple[str, Term]]:
    try:
        entries = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _refuse(path, f"it is no TOML ({error})") from error
    for key, value in entries.items():
        group = value if isinstance(value, dict) else {key: value}
        language = key if isinstance(value, dict) else ""
        for term, english in group.items():
            place = f"the entry {term!r}"
            if not isinstance(english, str):
                raise _refuse(path, f'{place} is no text; write {term!r} = "its English"')
            yield place, _make(path, place, term, english, language)


def _make(path: Path, place: str, text: str, english: str, language: str = "") -> Term:
    if not text or not english:
        raise _refuse(path, f"{place} has an empty {'term' if not text else 'English'}")
    if language:
        try:
            get_language(language)
        except KeyError as error:
            raise _refuse(path, f"{place}: {error.args[0]}") from error
    return Term(text, english, language)


def _refuse(path: Path, why: str) -> GlossaryError:
    return GlossaryError(f"the glossary {path} cannot be used: {why}", subject=str(path))


def _primary(language: str) -> str:
    return language.split("-", maxsplit=1)[0]


@lru_cache(maxsize=64)
def _compile(glossary: Glossary, language: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """One pattern for the terms of a language, the longest first."""
    general = {term.text: term.english for term in glossary.terms if not term.language}
    own = {t.text: t.english for t in glossary.terms if _primary(t.language) == language != ""}
    english = general | own
    longest = sorted(english, key=lambda term: (-len(term), term))
    return re.compile("|".join(map(_bound, longest)) or r"(?!)"), english


def _bound(term: str) -> str:
    """A term as a whole word, where its script has words."""
    before = r"(?<![^\W_])" if _has_words(term[0]) else ""
    after = r"(?![^\W_])" if _has_words(term[-1]) else ""
    if _has_words(term[0]) and term[0].isascii():
        before = r"(?<![A-Za-z0-9À-ɏ])"  # Chinese may stand right before a Latin name
    if _has_words(term[-1]) and term[-1].isascii():
        after = r"(?![A-Za-z0-9À-ɏ])"
    return f"{before}{re.escape(term)}{after}"


def _has_words(char: str) -> bool:
    return char.isalnum() and ord(char) < 0x2E80
