"""Wire copy: which news agency a report was taken from, where the page says so.

It is said in a byline (``By Reuters``), a dateline (``PARIS (AP) —``, ``新华社北京1月3日电``), a
credit (``Source: AFP``), or in brackets after the last sentence (``(avec AFP)``).  A photograph's
credit says nothing of the text.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from corpus_norm.labels import BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

CREDIT_KINDS = frozenset({BlockKind.BYLINE, BlockKind.DATELINE, BlockKind.SOURCE_CREDIT})
"""Kinds of blocks that may name an agency anywhere in them."""

_HEAD, _TAIL = 120, 80  # characters of a paragraph in which a dateline, a closing credit stands
_FIRST_PARAGRAPHS = 3
_PHOTO = re.compile(r"(?i)\b(?:photos?|picture|image|file|getty)\b|摄|图")
_LONGEST_CREDIT = 200


def find_agency(
    authors: Iterable[str], named_in: Iterable[str], paragraphs: Sequence[str]
) -> str | None:
    """Return the agency that a report was taken from; None where the page names none.

    Args:
        authors: the names of the authors.
        named_in: the texts of bylines, datelines and source credits.
        paragraphs: those of the body, in order.

    >>> find_agency([], [], ["WASHINGTON, March 4 (Reuters) - Oil prices fell."])
    'Reuters'
    >>> find_agency([], [], ["中新社香港1月12日电 一份报告发布。"])
    '中新社'
    >>> find_agency(["Anne Dupont"], ["Par Anne Dupont avec AFP"], ["Il pleut."])
    'AFP'
    >>> find_agency([], [], ["Reuters said on Monday that it had hired him."]) is None
    True
    """
    forms = _forms()
    for text in (*authors, *named_in):
        found = forms.anywhere.search(text[:_LONGEST_CREDIT])
        if found and not _PHOTO.search(text[:_LONGEST_CREDIT]):
            return forms.names[found[1]]
    for text in paragraphs[:_FIRST_PARAGRAPHS]:
        if found := forms.dateline.match(text[:_HEAD]):
            return forms.names[found[1] or found[2] or found[3]]
    for text in paragraphs[-1:]:
        if found := forms.closing.search(text[-_TAIL:]):
            return forms.names[found[1] or found[2]]
    return None


class _Forms:
    """The ways in which agencies are named, compiled once."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names
        longest = sorted(names, key=len, reverse=True)
        name = "|".join(map(re.escape, longest))
        han = "|".join(re.escape(each) for each in longest if not each.isascii())
        self.anywhere = re.compile(rf"(?<![A-Za-z])({name})(?![A-Za-z])")
        self.dateline = re.compile(
            r"[^(（。!?\n]{0,70}?[(（](?:[^()（）\n]{0,20}[/;,] ?)?"
            rf"({name})(?:[/;,][^()（）\n]{{0,20}})?[)）]"
            rf"\s{{0,3}}(?:[-–—:：]|--)|(?:[（(]?据)?({han})[^，。,\n]{{0,20}}?[0-9０-９日月]\s?(?:电|電|讯|訊)"
            rf"|本文(?:来源于|来自|转自)[:：]?({han})"
        )
        self.closing = re.compile(
            r"[(（](?:avec |with |[Ss]ource ?: ?|来源[:：])?"
            rf"({name})[^()（）\n]{{0,20}}[)）]\W{{0,3}}$"
            rf"|(?:来源|來源|[Ss]ource) ?[:：] ?({name})\W{{0,3}}$"
        )


@cache
def _forms() -> _Forms:
    text = files("corpus_norm.stories").joinpath("agencies.toml").read_text("utf-8")
    agencies: dict[str, list[str]] = tomllib.loads(text)
    return _Forms({form: name for name, forms in agencies.items() for form in forms})
