"""The stages before translation: each a function from a document, or many, to the same in richer.

They only connect the modules that do the work, and need nothing but the document and settings.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from corpus_norm.addresses import find_host
from corpus_norm.document import UNDETERMINED, Block, BlockKind, Document, Flag, Repair
from corpus_norm.errors import InputError
from corpus_norm.languages import get_language
from corpus_norm.lines import looks_like_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from corpus_norm.boilerplate.features import Features
    from corpus_norm.document import RawDocument
    from corpus_norm.extraction import Extraction, Piece
    from corpus_norm.language import Detection, Span, Summary
    from corpus_norm.settings import Settings

PIECE_GAP = "\n\n"
BUTTON_CHARS = 30
LAST_LATIN = "\u024f"  # the end of Unicode's Latin Extended-B


@dataclass(frozen=True, slots=True)
class Reading:
    """A document whose blocks are known but not named; ``page`` is its HTML with a piece a block.

    The main text of a page is found among many pages at once, which is much faster.
    """

    document: Document
    page: Extraction | None = None


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
    if isinstance(text, str):
        data = encoding.restore_bytes(text)
        # Text is repaired later, with a log; a page is parsed first, which no half survives.
        text = data or (encoding.read_escapes(text) if is_html else text)
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
        site=raw.site or find_host(raw.url),
        title=_repair(raw.title),
        authors=_repair_all(raw.authors),
        published=raw.published,
        retrieved=raw.retrieved,
        flags=tuple(flags),
    )


def segment(document: Document, settings: Settings) -> Reading:  # noqa: ARG001 -- as all stages
    """Text to blocks: cleaned and split, or read from HTML and cleaned piece by piece."""
    from corpus_norm import encoding, segmentation

    if document.media_type == "text/html":
        return _read_page(document)
    cleaned = encoding.clean(document.text)
    blocks = segmentation.split_blocks(cleaned.text)
    return Reading(_with_text(document, cleaned.text, cleaned.repairs, blocks))


def classify(readings: Sequence[Reading], settings: Settings) -> list[Document]:
    """The kind of every block: article or page furniture."""
    from corpus_norm import boilerplate

    def mark(some: Sequence[int], seen: Features) -> list[list[Block]]:
        pages = [page for number in some if (page := readings[number].page) is not None]
        return [
            list(map(_mark_block, readings[number].document.blocks, page.pieces))
            for number, page in zip(some, boilerplate.find_main(pages, seen), strict=True)
        ]

    documents = [reading.document for reading in readings]
    return boilerplate.classify(documents, settings, mark)


def identify(documents: Sequence[Document], settings: Settings) -> list[Document]:
    """The language of every block and of every document.

    A button or menu item is too short to tell its language by; once it is known for one, it is
    taken to be in the language of its page, unless its letters say otherwise.
    """
    from corpus_norm import language

    texts = [[block.text for block in document.blocks] for document in documents]
    found = [
        _leave_code(*each)
        for each in zip(
            documents, language.detect_documents(texts, settings.languages), strict=True
        )
    ]
    whole = language.summarize_documents(texts, found)
    return [
        _add_date(_follow_pages(_add_languages(*each)))
        for each in zip(documents, found, whole, strict=True)
    ]


def _add_date(document: Document) -> Document:
    """The date, where it takes the language to read it: 03/04/2024, 113/04/03."""
    from corpus_norm.boilerplate.dates import find_published

    if document.published is not None:
        return document
    return replace(document, published=find_published(document))


def split_sentences(documents: Sequence[Document], settings: Settings) -> list[Document]:
    """The sentences of every block; where a paragraph switches language, they do too."""
    from corpus_norm import language, segmentation

    documents = [segmentation.add_sentences(document) for document in documents]
    mixed = [
        (number, index)
        for number, document in enumerate(documents)
        for index, count in Counter(sentence.block for sentence in document.sentences).items()
        if count > 1 and document.blocks[index].language != UNDETERMINED
    ]
    paragraphs = [_paragraph(documents[number].blocks[index]) for number, index in mixed]
    spans = language.detect_all_spans(paragraphs, settings.languages)
    switches: dict[int, dict[int, list[Span]]] = {}
    for (number, index), found in zip(mixed, spans, strict=True):
        if len(found) > 1:
            switches.setdefault(number, {})[index] = found
    return [
        _switch_sentences(document, switches[number]) if number in switches else document
        for number, document in enumerate(documents)
    ]


BatchStage: TypeAlias = "Callable[[Sequence[Any], Settings], list[Document]]"
BATCH_STAGES: tuple[tuple[str, BatchStage], ...] = (
    ("classify", classify),
    ("identify", identify),
    ("split_sentences", split_sentences),
)
"""Stages after ``decode`` and ``segment``, by their name as it stands in ``rejects``.

They take many documents, as their models do; what one gets does not depend on the others.
"""


def _leave_code(document: Document, found: Sequence[Detection]) -> list[Detection]:
    """The languages of the blocks, source code being in none, so that it stays as it is."""
    from corpus_norm import language

    return [
        language.Detection(UNDETERMINED, 0.0, "source code")
        if block.kind is BlockKind.CODE and looks_like_code(block.text)
        else each
        for block, each in zip(document.blocks, found, strict=True)
    ]


def _add_languages(document: Document, found: Sequence[Detection], summary: Summary) -> Document:
    whole, shares = summary
    blocks = [
        block.relabel(block.kind, block.reason, each.language, each.score)
        for block, each in zip(document.blocks, found, strict=True)
    ]
    return replace(
        document,
        blocks=tuple(blocks),
        language=whole.language,
        language_score=whole.score,
        languages=shares,
    )


def _follow_pages(document: Document) -> Document:
    from corpus_norm import language

    if not _is_latin(document.language):
        return document
    blocks = tuple(_follow_page(block, document) for block in document.blocks)
    if blocks == document.blocks:
        return document
    found = [language.Detection(each.language, each.language_score, "") for each in blocks]
    _, shares = language.summarize([block.text for block in blocks], found)
    return replace(document, blocks=blocks, languages=shares)


def _follow_page(block: Block, document: Document) -> Block:
    is_button = not block.is_body and len(block.text) <= BUTTON_CHARS
    if not is_button or block.language in {document.language, UNDETERMINED}:
        return block
    if any(char.isalpha() and char > LAST_LATIN for char in block.text):
        return block
    return block.relabel(block.kind, block.reason, document.language, document.language_score)


def _is_latin(language: str) -> bool:
    try:
        return get_language(language).script == "Latn"
    except KeyError:
        return False


def _paragraph(block: Block) -> tuple[str, Detection]:
    from corpus_norm import language

    return block.text, language.Detection(block.language, block.language_score, "block")


def _switch_sentences(document: Document, switches: Mapping[int, Sequence[Span]]) -> Document:
    """The document with the language of each sentence where its block has several spans."""
    sentences = []
    for sentence in document.sentences:
        middle = (sentence.start + sentence.end) // 2 - document.blocks[sentence.block].start
        codes = [
            found.language
            for start, end, found in switches.get(sentence.block, ())
            if start <= middle < end
        ]
        is_same = codes in ([], [sentence.language])
        sentences.append(sentence if is_same else replace(sentence, language=codes[0]))
    return replace(document, sentences=tuple(sentences))


def _read_page(document: Document) -> Reading:
    from corpus_norm import extraction

    page = extraction.read(document.text, document.url)
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
        flags=(*document.flags, *page.flags),
    )
    return Reading(
        _with_text(with_metadata, text, repairs, blocks), replace(page, pieces=tuple(pieces))
    )


def _repair(line: str | None) -> str | None:
    """A title or a name without the damage that text is repaired of."""
    from corpus_norm import encoding

    return (encoding.clean(line).text.replace("\n", " ").strip() if line else line) or None


def _repair_all(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(filter(None, map(_repair, names)))


def _assemble(pieces: Sequence[Piece]) -> tuple[str, list[Repair], list[Piece], list[Block]]:
    """Pieces of a page to one text with a blank line between them, each piece cleaned."""
    from corpus_norm import encoding

    parts: list[str] = []
    repairs: list[Repair] = []
    cleaned_pieces: list[Piece] = []
    blocks: list[Block] = []
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
            is_same = content == piece.text
            cleaned_pieces.append(piece if is_same else replace(piece, text=content))
            blocks.append(Block(piece.kind, content, position + cleaned.text.index(content)))
        parts.append(cleaned.text)
        position += len(cleaned.text)
    return "".join(parts), repairs, cleaned_pieces, blocks


def _mark_block(block: Block, piece: Piece) -> Block:
    """The block with what was found out about its piece."""
    is_known = piece.in_main or piece.kind is BlockKind.CAPTION
    kind = piece.kind if is_known else BlockKind.NAVIGATION
    place = f"<{piece.tag}> {'in' if piece.in_main else 'outside'} the main text"
    reason = f"{place}; {piece.reason}" if piece.reason else place
    return block.relabel(kind, reason, block.language, block.language_score)


def _with_text(
    document: Document, text: str, repairs: Sequence[Repair], blocks: Sequence[Block]
) -> Document:
    if not blocks:
        raise InputError("the document has no text; nothing to do", subject=document.source)
    return replace(document, text=text, repairs=tuple(repairs), blocks=tuple(blocks))
