"""Thin wrappers over the public API for scorers, ours and others'; kept stable.

Every function is self-contained: plain Python values in, plain Python values out.
"""

from __future__ import annotations

from typing import Any

from corpus_norm import boilerplate, encoding, language, normalize, segmentation
from corpus_norm.document import Block, BlockKind, unwrap
from corpus_norm.settings import Settings, TranslationSettings
from corpus_norm.translation import translate as translate_sentences

_NO_TRANSLATION = Settings(translation=TranslationSettings(enabled=False))


def extract(html: bytes, language: str = "") -> dict[str, str | None]:  # noqa: ARG001
    """The body of a page without its headline, and its title."""
    document = normalize(html, _NO_TRANSLATION, media_type="text/html")
    text = "\n\n".join(unwrap(block.text) for block in document.blocks if _is_text(block))
    return {"text": text, "title": document.title}


def lines(lines: list[str], language: str = "") -> list[bool]:  # noqa: ARG001
    """For each line of a page's text: is it body?  The headline is not."""
    blocks, position = [], 0
    for line in lines:
        blocks.append(Block(BlockKind.PARAGRAPH, line, position))
        position += len(line) + 1
    return [_is_text(block) for block in boilerplate.classify_blocks(blocks)]


def identify_line(text: str) -> dict[str, str | float]:
    """The language of a short text."""
    found = language.detect(text)
    return {"lang": found.language, "score": found.score}


def identify_document(text: str) -> dict[str, Any]:
    """The language of a document, and the spans of each language in it (code points)."""
    blocks = segmentation.split_blocks(text)
    texts = [block.text for block in blocks]
    detections = language.detect_blocks(texts)
    whole, _ = language.summarize(texts, detections)
    spans = [
        [block.start + start, block.start + end, span.language]
        for block, found in zip(blocks, detections, strict=True)
        for start, end, span in language.detect_spans(block.text, default=found)
    ]
    return {"doc_lang": whole.language, "spans": spans}


def decode(data: bytes) -> str:
    """Bytes to text."""
    return encoding.decode(data).text


def repair(text: str) -> str:
    """Damaged text to clean text."""
    return encoding.clean(text).text


def translate(sentences: list[str], source: str) -> list[str]:
    """Sentences to English, empty where the model gave none; ModelNotInstalledError without one."""
    return [done.text or "" for done in translate_sentences(sentences, source)]


def _is_text(block: Block) -> bool:
    """Whether a block is text of the article; gold sets keep headlines apart from it."""
    return block.is_body and block.kind is not BlockKind.TITLE
