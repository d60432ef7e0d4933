"""Add the language of each block to documents, and of each sentence where a block switches."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from corpus_norm.document import UNDETERMINED, Block, BlockKind, Document
from corpus_norm.language.detect import (
    Detection,
    detect_documents,
    summarize,
    summarize_documents,
)
from corpus_norm.language.spans import Span, detect_all_spans
from corpus_norm.languages import get_language
from corpus_norm.lines import looks_like_code

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from corpus_norm.language.detect import Summary

BUTTON_CHARS = 30
LAST_LATIN = "\u024f"  # the last character of Unicode's Latin Extended-B


def identify_documents(documents: Sequence[Document], expected: Sequence[str]) -> list[Document]:
    """Return the documents with the language of every block and of the whole.

    A button or menu item is too short for detection; it gets the language of its page unless its
    letters rule that out.  ``expected`` are BCP-47 codes, as in ``Settings.languages``.
    """
    texts = [[block.text for block in document.blocks] for document in documents]
    found = [
        _leave_code(*each)
        for each in zip(documents, detect_documents(texts, expected), strict=True)
    ]
    whole = summarize_documents(texts, found)
    return [
        _follow_pages(_add_languages(*each)) for each in zip(documents, found, whole, strict=True)
    ]


def label_sentences(documents: Sequence[Document], expected: Sequence[str]) -> list[Document]:
    """Return the documents with each sentence's own language where its block switches language."""
    mixed = [
        (number, index)
        for number, document in enumerate(documents)
        for index, count in Counter(sentence.block for sentence in document.sentences).items()
        if count > 1 and document.blocks[index].language != UNDETERMINED
    ]
    paragraphs = [_paragraph(documents[number].blocks[index]) for number, index in mixed]
    spans = detect_all_spans(paragraphs, expected)
    switches: dict[int, dict[int, list[Span]]] = {}
    for (number, index), found in zip(mixed, spans, strict=True):
        if len(found) > 1:
            switches.setdefault(number, {})[index] = found
    return [
        _switch_sentences(document, switches[number]) if number in switches else document
        for number, document in enumerate(documents)
    ]


def _leave_code(document: Document, found: Sequence[Detection]) -> list[Detection]:
    """Return the languages of the blocks; source code has none, so it is not translated."""
    return [
        Detection(UNDETERMINED, 0.0, "source code")
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
    if not _is_latin(document.language):
        return document
    blocks = tuple(_follow_page(block, document) for block in document.blocks)
    if blocks == document.blocks:
        return document
    found = [Detection(each.language, each.language_score, "") for each in blocks]
    _, shares = summarize([block.text for block in blocks], found)
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
    return block.text, Detection(block.language, block.language_score, "block")


def _switch_sentences(document: Document, switches: Mapping[int, Sequence[Span]]) -> Document:
    """Give each sentence the language of the span that contains its middle."""
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
