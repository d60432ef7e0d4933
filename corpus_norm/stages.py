"""The stages before translation: each a function from a document to a document.

They only connect the modules that do the work, and need nothing but the document and settings.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from corpus_norm.document import UNDETERMINED, Block, BlockKind, Document, Flag, Repair
from corpus_norm.errors import InputError
from corpus_norm.languages import get_language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from corpus_norm.document import RawDocument, Sentence
    from corpus_norm.extraction import Piece
    from corpus_norm.settings import Settings

PIECE_GAP = "\n\n"
BUTTON_CHARS = 30
LAST_LATIN = "\u024f"  # the end of Unicode's Latin Extended-B


def decode(raw: RawDocument, settings: Settings) -> Document:
    """Bytes to the text they stand for; the first stage."""
    from corpus_norm import encoding

    if len(raw.data_bytes) > settings.input.max_bytes:
        raise InputError(
            f"{len(raw.data_bytes):,} bytes, over the limit of {settings.input.max_bytes:,}; "
            "raise settings.input.max_bytes to take it",
            subject=raw.source,
        )
    is_html = raw.media_type == "text/html"
    text, name, confidence, flags = raw.data, "utf-8", 1.0, tuple[Flag, ...]()
    if isinstance(text, bytes):
        decoded = encoding.decode(text, settings.charset or raw.charset, html=is_html)
        text, name, confidence = decoded.text, decoded.encoding, decoded.confidence
        flags = decoded.flags
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
        encoding=name,
        encoding_confidence=confidence,
        url=raw.url,
        site=raw.site or (urlsplit(raw.url).hostname if raw.url else None),
        title=raw.title,
        authors=raw.authors,
        published=raw.published,
        flags=tuple(flags),
    )


def segment(document: Document, settings: Settings) -> Document:
    """Text to blocks: cleaned and split, or extracted from HTML and cleaned piece by piece."""
    from corpus_norm import encoding, segmentation

    if document.media_type == "text/html":
        return _extract(document, settings)
    cleaned = encoding.clean(document.text)
    blocks = segmentation.split_blocks(cleaned.text)
    return _with_text(document, cleaned.text, cleaned.repairs, blocks)


def identify(document: Document, settings: Settings) -> Document:
    """The language of every block and of the document."""
    from corpus_norm import language

    texts = [block.text for block in document.blocks]
    detections = language.detect_blocks(texts, settings.languages)
    whole, shares = language.summarize(texts, detections)
    blocks = [
        replace(block, language=found.language, language_score=found.score)
        for block, found in zip(document.blocks, detections, strict=True)
    ]
    return replace(
        document,
        blocks=tuple(blocks),
        language=whole.language,
        language_score=whole.score,
        languages=shares,
    )


def classify(document: Document, settings: Settings) -> Document:
    """The kind of every block: article or page furniture."""
    [classified] = classify_all([document], settings)
    return classified


def classify_all(documents: Sequence[Document], settings: Settings) -> list[Document]:
    """The same for many documents, which is faster than one by one.

    A button or menu item is too short to tell its language by; once it is known for one, it is
    taken to be in the language of its page, unless its letters say otherwise.
    """
    from corpus_norm import boilerplate

    return [_follow_page(each) for each in boilerplate.classify(documents, settings)]


def split_sentences(document: Document, settings: Settings) -> Document:
    """The sentences of every block; where a paragraph switches language, they do too."""
    from corpus_norm import segmentation

    document = segmentation.add_sentences(document)
    sentences = [
        sentence if sentence.language == code else replace(sentence, language=code)
        for index, group in groupby(document.sentences, key=lambda sentence: sentence.block)
        for sentence, code in _identify_sentences(document.blocks[index], list(group), settings)
    ]
    return replace(document, sentences=tuple(sentences))


Stage: TypeAlias = "tuple[str, Callable[[Document, Settings], Document]]"
"""A name, as it stands in ``rejects``, and a function."""

CLASSIFY: Stage = ("classify", classify)

STAGES: tuple[Stage, ...] = (
    ("segment", segment),
    ("identify", identify),
    CLASSIFY,
    ("split_sentences", split_sentences),
)


def _follow_page(document: Document) -> Document:
    from corpus_norm import language

    if not _is_latin(document.language):
        return document
    blocks = tuple(_follow_language(block, document) for block in document.blocks)
    if blocks == document.blocks:
        return document
    found = [language.Detection(each.language, each.language_score, "") for each in blocks]
    _, shares = language.summarize([block.text for block in blocks], found)
    return replace(document, blocks=blocks, languages=shares)


def _follow_language(block: Block, document: Document) -> Block:
    is_button = not block.is_body and len(block.text) <= BUTTON_CHARS
    if not is_button or block.language in {document.language, UNDETERMINED}:
        return block
    if any(char.isalpha() and char > LAST_LATIN for char in block.text):
        return block
    return replace(block, language=document.language, language_score=document.language_score)


def _is_latin(language: str) -> bool:
    try:
        return get_language(language).script == "Latn"
    except KeyError:
        return False


def _identify_sentences(
    block: Block, sentences: Sequence[Sentence], settings: Settings
) -> Iterator[tuple[Sentence, str]]:
    from corpus_norm import language

    known = language.Detection(block.language, block.language_score, "block")
    switches = len(sentences) > 1 and block.language != UNDETERMINED
    spans = (
        language.detect_spans(block.text, settings.languages, known)
        if switches
        else [(0, len(block.text), known)]
    )
    for sentence in sentences:
        middle = (sentence.start + sentence.end) // 2 - block.start
        yield sentence, next(found.language for start, end, found in spans if start <= middle < end)


def _extract(document: Document, settings: Settings) -> Document:
    from corpus_norm import boilerplate, extraction

    lexicon = boilerplate.load_lexicon(settings.lexicon_paths)
    page = extraction.extract(document.text, document.url, lexicon)
    if not page.pieces:
        raise InputError("the page has no text; nothing to do", subject=document.source)
    text, repairs, blocks = _assemble(page.pieces)
    if not blocks:
        raise InputError("the page has no text; nothing to do", subject=document.source)
    with_metadata = replace(
        document,
        url=document.url or page.url,
        site=document.site or page.site,
        title=document.title or page.title,
        authors=document.authors or page.authors,
        published=document.published or page.published,
    )
    return _with_text(with_metadata, text, repairs, blocks)


def _assemble(pieces: Sequence[Piece]) -> tuple[str, list[Repair], list[Block]]:
    """Pieces of a page to one text with a blank line between them, each piece cleaned."""
    from corpus_norm import encoding

    parts, repairs, blocks = list[str](), list[Repair](), list[Block]()
    position = 0
    for piece in pieces:
        if parts:
            parts.append(PIECE_GAP)
            position += len(PIECE_GAP)
        cleaned = encoding.clean(piece.text)
        repairs += [
            replace(repair, start=repair.start + position, end=repair.end + position)
            for repair in cleaned.repairs
        ]
        if content := cleaned.text.strip():
            is_known = piece.in_main or piece.kind is BlockKind.CAPTION
            kind = piece.kind if is_known else BlockKind.NAVIGATION
            place = f"<{piece.tag}> {'in' if piece.in_main else 'outside'} the main text"
            reason = f"{place}; {piece.reason}" if piece.reason else place
            blocks.append(Block(kind, content, position + cleaned.text.index(content), reason))
        parts.append(cleaned.text)
        position += len(cleaned.text)
    return "".join(parts), repairs, blocks


def _with_text(
    document: Document, text: str, repairs: Sequence[Repair], blocks: Sequence[Block]
) -> Document:
    if not blocks:
        raise InputError("the document has no text; nothing to do", subject=document.source)
    return replace(document, text=text, repairs=tuple(repairs), blocks=tuple(blocks))
