"""The parts of a title: headline, section and site, with marks between."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus_norm.languages.sections import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_PARTS = 8
_QUOTES = frozenset({"«", "»"})
PREFIX = re.compile(r"^([^:：]{2,40})\s*[:：]\s*(?=\S)")
"""What stands before the first colon."""

_HAN = r"\u3400-\u9fff"
_BREAK = re.compile(
    rf"\s+(?:[-–—|·•»›«<>/@~]|--|::?)\s+|\s*(?:[|｜_»]|::)\s*"
    rf"|(?<=[{_HAN}\d）)”」》！？!?])\s*(?:-{{1,3}}|[–—]{{1,2}})\s*(?=[{_HAN}A-Z])"
)


def find_breaks(title: str) -> list[re.Match[str]]:
    """The marks between the parts of a title; ``»`` closes a quotation where ``«`` opens one.

    >>> [mark[0] for mark in find_breaks("Crue - Régions | Le Quai")], find_breaks("La « crue »")
    ([' - ', ' | '], [])
    """
    marks = list(_BREAK.finditer(title))
    if "«" in title and "»" in title:
        return [mark for mark in marks if mark[0].strip() not in _QUOTES]
    return marks


def list_runs(title: str) -> Iterator[str]:
    """The parts of a title, and neighbours together.

    >>> list(list_runs("Crue | Le Quai"))
    ['Crue', 'Crue | Le Quai', 'Le Quai']
    """
    if prefix := PREFIX.match(title):
        yield prefix[1]
        yield title[prefix.end() :]
    breaks = find_breaks(title)[:MOST_PARTS]
    starts = [0, *(mark.end() for mark in breaks)]
    ends = [*(mark.start() for mark in breaks), len(title)]
    for index, start in enumerate(starts):
        for end in ends[index:]:
            yield title[start:end]


def is_section(text: str) -> bool:
    """Whether a text names a part of a site or a button.

    >>> is_section("Breaking News"), is_section("À la une :"), is_section("Breaking news at sea")
    (True, True, False)
    """
    return text.strip(" :：>»!…").replace("’", "'").lower() in SECTIONS
