"""Phrases of page furniture, per language, from TOML files that a user can extend.

A file has one table per :class:`~corpus_norm.document.BlockKind`, with up to four lists of
regular expressions: ``line`` (the whole block), ``start`` (its beginning), ``anywhere`` (inside a
block) and ``section`` (a whole block that opens a list of such things).
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_norm.document import BlockKind
from corpus_norm.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable

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
# Above this many characters a block is prose that happens to begin with the word.
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


@dataclass(frozen=True, slots=True)
class Hit:
    """A pattern that fits a block: the kind it stands for, how it fits, and the words found."""

    kind: BlockKind
    mode: str
    words: str

    @property
    def reason(self) -> str:
        """The decision in words, for ``Block.reason``."""
        return f"lexicon {self.mode}: {self.words[:60]!r}"


class Lexicon:
    """Compiled patterns of all languages together, since short lines rarely tell theirs.

    >>> lexicon = load_lexicon()
    >>> lexicon.find("Share this article").kind, lexicon.find("免责声明：本文仅供参考。").kind
    (<BlockKind.SHARE: 'share'>, <BlockKind.DISCLAIMER: 'disclaimer'>)
    >>> lexicon.find("Shares of the company fell by a tenth on Monday.") is None
    True
    """

    def __init__(self, tables: Iterable[dict[str, dict[str, list[str]]]]) -> None:
        patterns: dict[tuple[str, BlockKind], list[str]] = defaultdict(list)
        for table in tables:
            for name, modes in table.items():
                for mode, items in modes.items():
                    patterns[mode, BlockKind(name)] += items
        long = {key: items for key, items in patterns.items() if key[1] in LONG_KINDS}
        self._compiled = {mode: _compile(mode, patterns) for mode in MODES}
        self._compiled_long = {mode: _compile(mode, long) for mode in MODES}
        # a page is looked at twice, and its menu stands on the next page too
        self._search_cached = lru_cache(maxsize=4096)(self._search)

    def find(self, text: str) -> Hit | None:
        """The first pattern that fits the block, None when none does."""
        if len(text) > LONG_CHARS:
            return None
        return self._search_cached(text)

    def _search(self, text: str) -> Hit | None:
        for mode in MODES:
            is_long = len(text) > MAX_CHARS[mode]
            compiled = (self._compiled_long if is_long else self._compiled)[mode]
            match = compiled.search(text) if compiled is not None else None
            if match is not None and match.lastgroup is not None:
                return Hit(BlockKind(match.lastgroup), mode, match.group(match.lastgroup))
        return None


@cache
def load_lexicon(paths: tuple[str, ...] = ()) -> Lexicon:
    """The lexicons in the package, extended by the user's files.

    Raises:
        SettingsError: a file is missing, is not TOML, or names a kind or mode there is not.
    """
    folder = resources.files("corpus_norm.boilerplate") / "lexicon"
    packaged = sorted(folder.iterdir(), key=lambda item: item.name)
    tables = [tomllib.loads(item.read_text("utf-8")) for item in packaged]
    return Lexicon([*tables, *(_load_user_table(path) for path in paths)])


def _load_user_table(path: str) -> dict[str, dict[str, list[str]]]:
    kinds = sorted(kind.value for kind in PRIORITY)
    try:
        table: dict[str, dict[str, list[str]]] = tomllib.loads(Path(path).read_text("utf-8"))
        for name, modes in table.items():
            if name not in kinds or not set(modes) <= set(MODES):
                raise SettingsError(
                    f"lexicon {path}: [{name}] must be one of {', '.join(kinds)}, "
                    f"with the lists {', '.join(MODES)}",
                    subject=path,
                )
            for pattern in (item for items in modes.values() for item in items):
                re.compile(pattern)
    except (OSError, tomllib.TOMLDecodeError, re.error, UnicodeDecodeError) as error:
        raise SettingsError(f"lexicon {path}: {error}; correct the file", subject=path) from error
    return table


def _compile(mode: str, patterns: dict[tuple[str, BlockKind], list[str]]) -> re.Pattern[str] | None:
    groups = [
        f"(?P<{kind}>{'|'.join(items)})"
        for kind in PRIORITY
        if (items := patterns.get((mode, kind)))
    ]
    if not groups:
        return None
    alternatives = "|".join(groups)
    if mode in {"section", "line"}:
        edge = r"[\s:：|>»›<«‹…•·*–—\-()\[\]（）【】+,，、/]*"
        return re.compile(rf"^{edge}(?:{alternatives}){edge}$", re.IGNORECASE)
    if mode == "start":
        return re.compile(rf"^[\s|>»›<«‹…•·*–—\-【\[(（▶►]*(?:{alternatives})", re.IGNORECASE)
    return re.compile(alternatives, re.IGNORECASE)
