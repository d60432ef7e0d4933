"""The stages ``decode`` and ``segment``: from raw bytes to a document with blocks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from corpus_norm.document import Document, Repair, find_host, make_block
from corpus_norm.errors import InputError
from corpus_norm.front_matter import FrontMatter, read_front_matter
from corpus_norm.patterns import Recent
from corpus_norm.values import dump_fields, load_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from corpus_norm.document import Block, RawDocument
    from corpus_norm.encoding import Cleaned, Decoded
    from corpus_norm.extraction import Extraction, Piece
    from corpus_norm.settings import Settings

PIECE_GAP = "\n\n"
_LONGEST_SHARED = 500  # characters of a line that many pages may share


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A document whose blocks have no kinds yet.

    ``page`` holds the extraction of its HTML, with one piece for each block; None for plain text.
    A later step finds the main text of many pages at once, which is much faster.
    """

    document: Document
    page: Extraction | None = None


def decode(raw: RawDocument, settings: Settings) -> Document:
    """Return a document with the decoded text of ``raw``; this is the first stage.

    Raises:
        InputError: the data are empty or too large.
    """
    if len(raw.data_bytes) > settings.input.max_bytes:
        raise InputError(
            f"{len(raw.data_bytes):,} bytes, over the limit of {settings.input.max_bytes:,}; "
            "raise settings.input.max_bytes to take it",
            subject=raw.source,
        )
    decoded = read_text(raw, settings)
    text = decoded.text
    if not text.strip():
        raise InputError("the document is empty; nothing to do", subject=raw.source)
    return Document(
        source=raw.source,
        text=text,
        doc_id=raw.doc_id,
        record=raw.record,
        media_type=raw.media_type,
        bytes_sha256=raw.bytes_sha256,
        settings_hash=settings.digest(),
        encoding=decoded.encoding,
        encoding_confidence=decoded.confidence,
        url=raw.url,
        site=raw.site or find_host(raw.url),
        title=_repair(raw.title),
        authors=_repair_all(raw.authors),
        published=raw.published,
        retrieved=raw.retrieved,
        source_id=raw.source_id,
        extra=cast("str | None", raw.extra),
        published_at=raw.published_at,
        updated=raw.updated,
        flags=tuple(decoded.flags),
    )


def read_text(raw: RawDocument, settings: Settings) -> Decoded:
    """Return the text of a raw document, with its encoding."""
    from corpus_norm import encoding

    is_html = raw.media_type == "text/html"
    data = raw.data
    if isinstance(data, str):
        # `segment` repairs plain text, and logs the repairs.  HTML is parsed before it is repaired,
        # and half a surrogate pair crashes the parser.
        restored = encoding.restore_bytes(data)
        data = restored or (encoding.read_escapes(data) if is_html else data)
    if isinstance(data, str):
        return encoding.Decoded(data, "utf-8", 1.0)
    return encoding.decode(data, settings.charset or raw.charset, html=is_html)


def segment(document: Document, *, in_full: bool = True) -> ParsedDocument:
    """Clean the text and split it into blocks; HTML is parsed first and cleaned piece by piece.

    The front matter of Markdown is markup, and belongs to no block.  Unless ``in_full``, of the
    metadata of a page only its site and address are read, which takes half the time.

    Raises:
        InputError: there is no text.
    """
    from corpus_norm import encoding, segmentation

    if document.media_type == "text/html":
        return _read_page(document, in_full=in_full)
    cleaned = encoding.clean(document.text)
    blocks = segmentation.split_blocks(cleaned.text)
    matter = read_front_matter(cleaned.text)
    behind = [block for block in blocks if block.start >= matter.end]
    if behind and (matter.title or (matter.end and document.media_type == "text/markdown")):
        document, blocks = _with_matter(document, matter), behind
    return ParsedDocument(_with_text(document, cleaned.text, cleaned.repairs, blocks))


def _with_matter(document: Document, matter: FrontMatter) -> Document:
    """Return the document with what its front matter says, where the source says nothing."""
    rest = {**matter.rest, **load_fields(document.extra)}
    is_same = document.published in {None, matter.published}
    moment = matter.published_at if is_same else None
    url = document.url or matter.url
    return replace(
        document,
        title=document.title or matter.title,
        authors=document.authors or matter.authors,
        published=document.published or matter.published,
        published_at=document.published_at or moment,
        updated=document.updated or matter.updated,
        url=url,
        site=document.site or find_host(url),
        extra=dump_fields(rest),
    )


def _read_page(document: Document, *, in_full: bool) -> ParsedDocument:
    from corpus_norm import extraction

    page = extraction.read(document.text, document.url, in_full=in_full)
    text, repairs, pieces, blocks = _assemble(page.pieces)
    if not blocks:
        raise InputError("the page has no text; nothing to do", subject=document.source)
    with_metadata = replace(
        document,
        url=document.url or page.url,
        site=document.site or page.site,
        title=document.title or _repair(page.title),
        authors=document.authors or _repair_all(page.authors),
        published=document.published or page.published,
        published_at=_choose_moment(document, page),
        updated=document.updated or page.updated,
        flags=(*document.flags, *page.flags),
    )
    return ParsedDocument(
        _with_text(with_metadata, text, repairs, blocks), replace(page, pieces=tuple(pieces))
    )


def _choose_moment(document: Document, page: Extraction) -> datetime | None:
    """Return the moment of publication; that of the page only on the day the source states."""
    is_same = document.published in {None, page.published}
    return document.published_at or (page.published_at if is_same else None)


def _assemble(pieces: Sequence[Piece]) -> tuple[str, list[Repair], list[Piece], list[Block]]:
    """Clean the pieces of a page and join them with blank lines.

    Returns the text, its repairs, the pieces that are not empty, and a block for each of these.
    """
    from corpus_norm import encoding

    parts: list[str] = []
    repairs: list[Repair] = []
    cleaned_pieces: list[Piece] = []
    blocks: list[Block] = []
    position = 0
    sound = _SOUND.find_all([piece.text for piece in pieces], encoding.are_sound)
    for piece, is_sound in zip(pieces, sound, strict=True):
        text = piece.text
        if not is_sound:
            is_shared = len(text) <= _LONGEST_SHARED
            cleaned = _clean_shared(text) if is_shared else encoding.clean(text)
            repairs += [
                replace(repair, start=repair.start + position, end=repair.end + position)
                for repair in cleaned.repairs
            ]
            text = cleaned.text
        if content := text.strip():
            is_same = content == piece.text
            start = position if content == text else position + text.index(content)
            cleaned_pieces.append(piece if is_same else replace(piece, text=content))
            blocks.append(make_block(piece.kind, content, start))
        parts.append(text)
        position += len(text) + len(PIECE_GAP)
    return PIECE_GAP.join(parts), repairs, cleaned_pieces, blocks


_SOUND = Recent[bool]()  # whether a line is sound; pages share many


@lru_cache(maxsize=8_192)
def _clean_shared(text: str) -> Cleaned:
    """Clean a line that many pages may share, once."""
    from corpus_norm import encoding

    return encoding.clean(text)


def _with_text(
    document: Document, text: str, repairs: Sequence[Repair], blocks: Sequence[Block]
) -> Document:
    if not blocks:
        raise InputError("the document has no text; nothing to do", subject=document.source)
    return replace(document, text=text, repairs=tuple(repairs), blocks=tuple(blocks))


def _repair(line: str | None) -> str | None:
    """Return a title or a name, repaired like other text; None if nothing is left."""
    from corpus_norm import encoding

    return (encoding.clean(line).text.replace("\n", " ").strip() if line else line) or None


def _repair_all(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(filter(None, map(_repair, names)))
