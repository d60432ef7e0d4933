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
    """Return the body of a page without its headline, and its title."""
    document = normalize(html, _NO_TRANSLATION, media_type="text/html")
    text = "\n\n".join(unwrap(block.text) for block in document.blocks if _is_text(block))
    return {"text": text, "title": document.title}


def lines(lines: list[str], language: str = "") -> list[bool]:  # noqa: ARG001
    """Return whether each line of a page's text is body; the headline is not."""
    blocks, position = [], 0
    for line in lines:
        blocks.append(Block(BlockKind.PARAGRAPH, line, position))
        position += len(line) + 1
    return [_is_text(block) for block in boilerplate.classify_blocks(blocks)]


def identify_line(text: str) -> dict[str, str | float]:
    """Return the language of a short text."""
    found = language.detect(text)
    return {"lang": found.language, "score": found.score}


def identify_document(text: str) -> dict[str, Any]:
    """Return the language of a document, and its spans by language, in code points."""
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
    """Decode bytes to text."""
    return encoding.decode(data).text


def repair(text: str) -> str:
    """Repair damaged text."""
    return encoding.clean(text).text


def translate(sentences: list[str], source: str) -> list[str]:
    """Translate sentences, empty if the model gives nothing; may raise ModelNotInstalledError."""
    return [done.text or "" for done in translate_sentences(sentences, source)]


def _is_text(block: Block) -> bool:
    """Return whether a block is text of the article, without its headline, as in the gold sets."""
    return block.is_body and block.kind is not BlockKind.TITLE
