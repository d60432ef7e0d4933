"""Phrases of boilerplate, per language, from TOML files that a user can extend.

A file has one table per :class:`~corpus_norm.document.BlockKind`, with up to four lists of
regular expressions: ``line`` (the whole block), ``start`` (its beginning), ``anywhere`` (inside a
block) and ``section`` (a whole block that opens a list of such things).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from corpus_norm.boilerplate.searches import Phrases
from corpus_norm.document import BlockKind
from corpus_norm.errors import SettingsError
from corpus_norm.languages import any_of, combine
from corpus_norm.patterns import Recent, compile_lazily

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from corpus_norm.boilerplate.searches import Phrase

Table: TypeAlias = "dict[str, dict[str, list[str]]]"
"""The lists of patterns of a lexicon by kind and mode."""

_CREDITS = combine(lambda record: record.credits)

MODES = ("section", "line", "start", "anywhere")
# The most specific kind wins, so navigation, which has the commonest words, comes last.
PRIORITY = (
    BlockKind.COPYRIGHT,
    BlockKind.DISCLAIMER,
    BlockKind.COOKIE_NOTICE,
    BlockKind.NEWSLETTER,
    BlockKind.COMMENTS,
    BlockKind.SHARE,
    BlockKind.RELATED_LINKS,
    BlockKind.SOURCE_CREDIT,
    BlockKind.PROMO,
    BlockKind.DATELINE,
    BlockKind.BYLINE,
    BlockKind.CAPTION,
    BlockKind.NAVIGATION,
)
# A longer block, in characters, is prose that happens to contain the phrase.
MAX_CHARS = {
    "section": 120,
    "line": 120,
    "start": 160,
    "anywhere": 400,
}
LONG_KINDS = frozenset(
    {
        BlockKind.DISCLAIMER,
        BlockKind.COPYRIGHT,
        BlockKind.COOKIE_NOTICE,
        BlockKind.NEWSLETTER,
    }
)
LONG_CHARS = 700
CREDITS = frozenset({BlockKind.CAPTION, BlockKind.COPYRIGHT})
"""Kinds of a few words that may end a paragraph of prose, as in "It rained. © Reuters"."""
LONGEST_CREDIT = 60
LONG_SENTENCE, TWO_SENTENCES = 160, 100  # columns of prose before a credit
# A stop, and closing quotes before a space; a Chinese stop anywhere.
_SENTENCE_END = compile_lazily(r"[.!?…][\"”’»)]*(?=\s|$)|[。！？…]")
_RIGHTS = compile_lazily(any_of(_CREDITS.rights), re.IGNORECASE)
CALLS = frozenset(
    {
        BlockKind.SHARE,
        BlockKind.RELATED_LINKS,
        BlockKind.PROMO,
        BlockKind.NEWSLETTER,
        BlockKind.COMMENTS,
        BlockKind.NAVIGATION,
    }
)
"""Kinds that ask the reader to do something, in words that open sentences of prose as well."""
NOTICES = frozenset({BlockKind.COPYRIGHT, BlockKind.DISCLAIMER, BlockKind.SOURCE_CREDIT})
"""Kinds whose labels ("Correction:") and first words ("Copyright") open sentences of prose too."""
RIGHTS = frozenset({BlockKind.COPYRIGHT, BlockKind.COOKIE_NOTICE})
"""Kinds of words that reports on a lawsuit quote."""
LEAST_WORDS, LEAST_HAN = 6, 8  # of a sentence; shorter ones are buttons
# The first word of the match, or its first two Han characters: prose may have it too.
_FIRST_WORD = compile_lazily(r"\W*(?:[\u3400-\u9fff]{2}|(?:\w['’])?\w+)")
# What a sentence says after the date that opens it: a Chinese clause, or three words and no number.
_CLAUSE = r"，[^:：]*[。！？]$"
_TOLD_AFTER_DATE = compile_lazily(
    rf"\d[^，]*{_CLAUSE}|\d[^,:\d]*[,:]\s(?:[^\d]*?\b[a-zà-ÿ]{{2,}}\b){{3}}[^\d]*[.!?]$"
)
_TOLD_IN_CHINESE = compile_lazily(rf"[^:：/|丨]*{_CLAUSE}")
_WORD, _HAN = compile_lazily(r"\w+"), compile_lazily(r"[\u3400-\u9fff]")
_LATIN_WORD, _DIGIT = compile_lazily(r"[^\W\d_\u3400-\u9fff]+"), compile_lazily(r"\d")
_HAN_CLAUSES = compile_lazily(r"[\u3400-\u9fff]{5}[^，]*，[^，]*[\u3400-\u9fff]{5}")
_ENDS_SENTENCE = compile_lazily(r"(?:(?<!\.)\.|[!?。！？])[\s\"”’»)」』）]*$")
_TOLD = compile_lazily(any_of(combine(lambda record: record.told_words)), re.IGNORECASE)
READERS = compile_lazily(any_of(combine(lambda record: record.readers)), re.IGNORECASE)
QUOTED = compile_lazily(r"[\"“”«»「」]")
LONGEST_NOTICE = 250  # characters of a notice
_OWNED = compile_lazily(
    r"[©®]|\(c\)\s|(?:copyright|版权所有|版權所有)\W*(?:19|20)\d\d", re.IGNORECASE
)
_NOTICE = compile_lazily(any_of(combine(lambda record: record.notice_words)), re.IGNORECASE)
SITE_WORDS = compile_lazily(any_of(combine(lambda record: record.site_words)), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hit:
    """A pattern that matches a block: its kind, the mode of the match, and the words matched."""

    kind: BlockKind
    mode: str
    words: str

    @property
    def reason(self) -> str:
        """The decision in words, for ``Block.reason``."""
        return f"lexicon {self.mode}: {self.words[:60]!r}"


class Lexicon:
    """Patterns of all languages together, because short lines rarely reveal their language.

    >>> lexicon = load_lexicon()
    >>> lexicon.find("Share this article").kind, lexicon.find("免责声明：本文仅供参考。").kind
    (<BlockKind.SHARE: 'share'>, <BlockKind.DISCLAIMER: 'disclaimer'>)
    >>> lexicon.find("Shares of the company fell by a tenth on Monday.") is None
    True
    """

    def __init__(self, tables: Sequence[Table], own: Sequence[Table] = ()) -> None:
        """Compile the packaged tables, and the user's own, whose phrases always count."""
        self._modes = [
            *([(mode, True) for mode in MODES] if own else ()),
            *((mode, False) for mode in MODES),
        ]
        self._phrases = Phrases(
            [
                (mode, MAX_CHARS[mode], list(_list_patterns(mode, own if is_own else tables)))
                for mode, is_own in self._modes
            ],
            long_kinds=frozenset(kind.value for kind in LONG_KINDS),
        )
        self._known = Recent[Hit | None]()  # pages share lines, such as those of a menu

    def find(self, text: str) -> Hit | None:
        """Return the hit of the most specific pattern in a block, None if none matches."""
        return self.find_all([text])[0]

    def find_all(self, texts: Sequence[str]) -> list[Hit | None]:
        """Search all blocks of a document together, which is faster than one by one."""
        return self._known.find_all(texts, self._search)

    def _search(self, texts: Sequence[str]) -> Iterator[Hit | None]:
        short = [text if len(text) <= LONG_CHARS else "" for text in texts]
        for text, phrases in zip(short, self._phrases.choose(short), strict=True):
            yield self._find(text, phrases) if text and phrases else None

    def _find(self, text: str, phrases: Iterable[Phrase]) -> Hit | None:
        """Return the hit of the first pattern that matches; in each mode, only the first counts."""
        tried = -1
        for phrase in phrases:
            if phrase.number == tried or (match := phrase.search(text)) is None:
                continue
            tried = phrase.number
            mode, is_own = self._modes[tried]
            kind = BlockKind(match.lastgroup or "")
            if mode == "anywhere":
                is_prose = _ends_prose(text, match.start(kind), kind)
            else:
                is_prose = not is_own and _opens_prose(text, match, kind, mode)
            may_be_told = kind in RIGHTS or (kind is BlockKind.DISCLAIMER and mode == "anywhere")
            is_prose |= not is_own and may_be_told and mode != "section" and reports(text)
            if not is_prose:
                return Hit(kind, mode, match.group(kind))
        return None


def _list_patterns(mode: str, tables: Sequence[Table]) -> Iterator[tuple[str, str]]:
    """Yield the patterns of a mode with their kinds, the most specific kind first."""
    for kind in PRIORITY:
        for table in tables:
            for item in table.get(kind, {}).get(mode, ()):
                yield kind.value, item


def _opens_prose(text: str, match: re.Match[str], kind: BlockKind, mode: str) -> bool:
    """Whether the words matched open a whole sentence that does not speak of the site.

    A byline is followed by a name, a date by nothing that is told of it.  The site is not named by
    the first word, since that is what the lexicon found.

    >>> load_lexicon().find("Follow the money, said the prosecutor.") is None
    True
    >>> load_lexicon().find("Sign up for our newsletter to read more.") is None
    False
    >>> load_lexicon().find("2024年6月4日，法院作出一审判决。") is None
    True
    """
    is_date = kind is BlockKind.DATELINE
    if is_date or kind in NOTICES:
        is_told = mode == "start" and _tells(text, match.end(kind), kind)
        return is_told or (is_date and _TOLD_AFTER_DATE.search(text) is not None)
    if kind is BlockKind.BYLINE and not text[match.end(kind) :].lstrip()[:1].islower():
        return mode == "start" and _TOLD_IN_CHINESE.fullmatch(text) is not None
    if kind not in {*CALLS, BlockKind.BYLINE} or not _ENDS_SENTENCE.search(text):
        return False
    if len(_WORD.findall(text)) < LEAST_WORDS and len(_HAN.findall(text)) < LEAST_HAN:
        return False
    if "http" in text or (mode == "start" and not match.group(kind)[-1].isalnum()):
        return False  # a call with an address, a label such as "Watch:"
    first = _FIRST_WORD.match(text, match.start(kind))
    return SITE_WORDS.search(text, first.end() if first else 0) is None


def is_spoken(text: str) -> bool:
    """Whether a block of a few sentences addresses the reader, and quotes nobody."""
    if len(text) > 2 * LONGEST_NOTICE:
        return False
    return READERS.search(text) is not None and QUOTED.search(text) is None


def reports(text: str) -> bool:
    """Whether a sentence tells what others said or decided, and does not address the reader.

    >>> reports("All rights reserved, the caption says, and the judge will have to weigh that.")
    True
    >>> reports("All rights reserved. Copying without permission is prohibited.")
    False
    """
    return (
        _TOLD.search(text) is not None
        and _ENDS_SENTENCE.search(text) is not None
        and _OWNED.search(text) is None
        and READERS.search(text) is None
        and (len(_WORD.findall(text)) >= LEAST_WORDS or len(_HAN.findall(text)) >= LEAST_HAN)
    )


def _tells(text: str, start: int, kind: BlockKind) -> bool:
    """Whether a sentence follows the first words of a block, and speaks of no site and no notice.

    Most of its words are in lower case, or it has clauses of Chinese: names alone tell nothing.
    The label of a disclaimer may open a headline too.

    >>> kind = BlockKind.DISCLAIMER
    >>> _tells("Correction: that is what the market needed, and what it got.", 11, kind)
    True
    >>> _tells("Correction: an earlier version misspelled the name of the mayor.", 11, kind)
    False
    >>> _tells("Source: Bureau of Labor Statistics, Bank of England, and Eurostat.", 7, kind)
    False
    """
    told = text[start:]
    is_notice = SITE_WORDS.search(text) or _NOTICE.search(text) or _RIGHTS.search(told)
    is_whole = kind is BlockKind.DISCLAIMER or _ENDS_SENTENCE.search(text)
    is_dated = kind is BlockKind.DATELINE and _DIGIT.search(text)
    if is_notice or is_dated or not is_whole or not text[:1].isalpha():
        return False
    words = _LATIN_WORD.findall(told)
    is_lower = 2 * sum(map(str.islower, words)) > len(words) >= LEAST_WORDS
    return is_lower or _HAN_CLAUSES.search(told) is not None


def _ends_prose(text: str, start: int, kind: BlockKind) -> bool:
    """Whether the words matched are a credit after the sentences of a paragraph.

    Captions are sentences too, but rarely two sentences or a long one.

    >>> prose = "The quay stays shut, the port authority said on Monday. Cracks were found. " * 2
    >>> _ends_prose(f"{prose}© Reuters", len(prose), BlockKind.CAPTION)
    True
    """
    before, credit = text[:start], text[start:]
    if kind not in CREDITS or len(credit) > LONGEST_CREDIT or _RIGHTS.search(credit):
        return False
    sentences = len(_SENTENCE_END.findall(before))
    least = {0: None, 1: LONG_SENTENCE}.get(sentences, TWO_SENTENCES)
    return least is not None and _count_columns(before) >= least


def _count_columns(text: str) -> int:
    """Count two columns for a Chinese character and one for any other."""
    return sum(2 if char >= "\u2e80" else 1 for char in text)


@cache
def load_lexicon(paths: tuple[str, ...] = ()) -> Lexicon:
    """Load the lexicons in the package, extended by the user's files.

    Raises:
        SettingsError: a file is missing, is not TOML, or names an unknown kind or mode.
    """
    return Lexicon(read_packaged(), [read_user_table(path) for path in paths])


def read_packaged() -> list[Table]:
    """Return the tables of the lexicons in the package."""
    folder = resources.files("corpus_norm.boilerplate") / "lexicon"
    packaged = sorted(folder.iterdir(), key=lambda item: item.name)
    return [tomllib.loads(item.read_text("utf-8")) for item in packaged]


def read_user_table(path: str) -> Table:
    """Return the table of a user's lexicon.

    Raises:
        SettingsError: the file is missing, is not TOML, names an unknown kind or mode, or has
            something else than lists of regular expressions.
    """
    kinds = sorted(kind.value for kind in PRIORITY)
    try:
        table: Table = tomllib.loads(Path(path).read_text("utf-8"))
        for name, modes in table.items():
            if name not in kinds or not isinstance(modes, dict) or not set(modes) <= set(MODES):
                raise SettingsError(
                    f"lexicon {path}: [{name}] must be one of {', '.join(kinds)}, "
                    f"with the lists {', '.join(MODES)}",
                    subject=path,
                )
            for mode, patterns in modes.items():
                if not isinstance(patterns, list) or not all(isinstance(p, str) for p in patterns):
                    raise SettingsError(
                        f"lexicon {path}: {mode} of [{name}] must be a list of texts: "
                        f"{mode} = ['…']",
                        subject=path,
                    )
                for pattern in patterns:
                    re.compile(pattern)
    except (OSError, tomllib.TOMLDecodeError, re.error, UnicodeDecodeError) as error:
        raise SettingsError(f"lexicon {path}: {error}; correct the file", subject=path) from error
    return table
