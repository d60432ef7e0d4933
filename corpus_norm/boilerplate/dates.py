"""The date of publication among the classified blocks of a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus_norm.dates import Dated, Role, find_in_lines, guess_setting, is_masthead, read_dates
from corpus_norm.dates import choose as choose_date
from corpus_norm.dates import find_updated as find_change
from corpus_norm.document import Block, BlockKind, Document

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from corpus_norm.dates import Setting

DATED_KINDS = frozenset({BlockKind.DATELINE, BlockKind.BYLINE, BlockKind.SOURCE_CREDIT})
OTHER_KINDS = frozenset(
    {
        BlockKind.COMMENTS,
        BlockKind.COPYRIGHT,
        BlockKind.NEWSLETTER,
        BlockKind.PROMO,
        BlockKind.RELATED_LINKS,
    }
)
_LONGEST = 200


def find_published(document: Document) -> date | None:
    r"""Find the day in the blocks: in a line near the headline, else in any dateline.

    Ignore the lines above the headline of an HTML page; the code that sees the markup reads them.

    >>> from dataclasses import replace
    >>> blocks = (Block(BlockKind.TITLE, "Crue", 0), Block(BlockKind.DATELINE, "03/04/2024", 6))
    >>> text = Document("a.txt", "Crue\n\n03/04/2024", blocks=blocks)
    >>> find_published(replace(text, language="fr")), find_published(text)
    (datetime.date(2024, 4, 3), None)
    """
    lines, title, body, setting = _read_lines(document)
    found = find_in_lines(lines, title, setting, start=body)
    if found is None or found.role is Role.UPDATED:
        dated = list(_read_datelines(document.blocks, title or 0, setting))
        found = choose_date([*([found] if found else []), *dated])
    return found.day if found else None


def find_updated(document: Document, published: date | None) -> date | None:
    """Find the day of the last change in the blocks; none before the day of publication.

    Lines below that after the body belong to other articles.
    """
    lines, title, body, setting = _read_lines(document)
    lines = lines[: _find_last(document.blocks) + 2]
    return find_change(lines, title, setting, start=body, published=published)


def _read_lines(document: Document) -> tuple[list[str], int | None, int | None, Setting]:
    """Return the lines to search, the places of the title and of the body, and the setting."""
    blocks = document.blocks
    title = next((i for i, block in enumerate(blocks) if block.kind is BlockKind.TITLE), None)
    body = next((i for i, block in enumerate(blocks) if block.is_body), None)
    first = title or 0 if document.media_type == "text/html" else 0
    lines = [
        "" if index < first or block.kind in OTHER_KINDS else block.text
        for index, block in enumerate(blocks)
    ]
    every = (block.text for block in blocks if len(block.text) <= _LONGEST)
    return lines, title, body, guess_setting(document.language, document.url, every)


def _read_datelines(blocks: Sequence[Block], title: int, setting: Setting) -> Iterator[Dated]:
    """Yield the dates of datelines down to the line below the body.

    Dates further down belong to other articles.
    """
    for index, block in enumerate(blocks[: _find_last(blocks) + 2]):
        if block.kind in DATED_KINDS and len(block.text) <= _LONGEST:
            if index < title and is_masthead(block.text, setting):
                continue
            yield from read_dates(block.text, setting)


def _find_last(blocks: Sequence[Block]) -> int:
    """Return the place of the last block of the body; the end if there is none."""
    return max((index for index, block in enumerate(blocks) if block.is_body), default=len(blocks))
