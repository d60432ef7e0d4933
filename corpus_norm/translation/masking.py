"""Keep spans away from the model: placeholders for it, the spans themselves for the reader.

Addresses, handles and the terms of a glossary are cut out of a sentence before the model sees it
and put back afterwards.  A placeholder looks like an acronym (``ZQA``), since models copy those,
and SentencePiece has no other way to write them than letter by letter.  A model may lose one all
the same; the text is then translated around the spans, piece by piece.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import ascii_uppercase
from typing import TYPE_CHECKING

from corpus_norm.translation.protection import find_protected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus_norm.translation.glossary import Glossary

_PREFIXES = ("ZQ", "XQ", "QJ")
_NO_SPACE_BEFORE = re.compile(r"[,.;:!?)\]%’']")
_FULL_STOPS = str.maketrans("，。；：！？（）", ",.;:!?()")


@dataclass(frozen=True, slots=True)
class Span:
    """A span of a text, what stands for it in the model's input, and what it is in English."""

    start: int
    end: int
    english: str
    placeholder: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A text as the model sees it, and the spans that were taken out of the original.

    ``rendered`` is the original with the English of its spans: what the English is audited against.
    """

    original: str
    text: str
    rendered: str
    spans: tuple[Span, ...] = ()

    @property
    def has_words(self) -> bool:
        """Whether anything is left for the model to translate."""
        text = self.text
        for span in self.spans:
            text = text.replace(span.placeholder, "")
        return any(char.isalpha() for char in text)


def mask(text: str, language: str = "", glossary: Glossary | None = None) -> Masked:
    """Take the protected spans and the terms of a glossary out of a text.

    >>> mask("Écrivez à a@b.org ou @lemonde.").text
    'Écrivez à ZQA ou ZQB.'
    """
    spans = [(start, end, text[start:end]) for start, end in find_protected(text)]
    if glossary is not None:
        spans += [
            found
            for found in glossary.find(text, language)
            if all(found[1] <= start or found[0] >= end for start, end, _ in spans)
        ]
    if not spans:
        return Masked(text, text, text)
    prefix = next((p for p in _PREFIXES if p not in text), "ZQZ")
    named = tuple(
        Span(start, end, english, prefix + _letters(i))
        for i, (start, end, english) in enumerate(sorted(spans))
    )
    return Masked(
        text,
        _replace(text, [(s.start, s.end, _apart(text, s, s.placeholder)) for s in named]),
        _replace(text, [(s.start, s.end, _apart(text, s, s.english)) for s in named]),
        named,
    )


def mask_context(masked: Masked, context: str) -> str:
    """The paragraph of a sentence with the same placeholders; what else is protected is dots."""
    for span in masked.spans:
        original = masked.original[span.start : span.end]
        context = context.replace(original, span.placeholder)
    return _replace(context, [(start, end, "…") for start, end in find_protected(context)])


def restore(masked: Masked, english: str) -> str | None:
    """The English with its spans back; None when a placeholder is lost, or is there twice.

    >>> masked = mask("Écrivez à a@b.org.")
    >>> restore(masked, "Write to ZQA."), restore(masked, "Write to us.")
    ('Write to a@b.org.', None)
    """
    for span in masked.spans:
        # A model may set the letters of an acronym apart, or write them small.
        pattern = r"[\s.-]?".join(span.placeholder)
        found = re.findall(rf"(?<![A-Za-z]){pattern}(?![A-Za-z])", english, re.IGNORECASE)
        if len(found) != 1:
            return None
        english = english.replace(found[0], span.english)
    return english


def split_around(masked: Masked) -> list[str | Span]:
    """The text between the spans, and the spans, in order.

    >>> [part if isinstance(part, str) else part.english for part in
    ...  split_around(mask("Voir a@b.org pour plus."))]
    ['Voir', 'a@b.org', 'pour plus.']
    """
    parts: list[str | Span] = []
    position = 0
    for span in masked.spans:
        parts += [masked.original[position : span.start].strip(), span]
        position = span.end
    parts.append(masked.original[position:].strip())
    return [part for part in parts if part]


def join_parts(parts: Sequence[str]) -> str:
    """Pieces of English as one text, with a space between them but not before a full stop.

    >>> join_parts(["Write to", "a@b.org", "。"])
    'Write to a@b.org.'
    """
    joined = ""
    for part in parts:
        text = part if any(map(str.isalpha, part)) else part.translate(_FULL_STOPS)
        glued = not joined or _NO_SPACE_BEFORE.match(text) or joined[-1] in "(["
        joined += text if glued else f" {text}"
    return joined


def _apart(text: str, span: Span, new: str) -> str:
    """What is put for a span, with a space to the letters beside it; Chinese has none there."""
    before = span.start > 0 and text[span.start - 1].isalnum()
    after = span.end < len(text) and text[span.end].isalnum()
    return " " * before + new + " " * after


def _letters(number: int) -> str:
    """A, B, ... Z, AA, AB, ...: no digits, which a model would take for an amount."""
    high, low = divmod(number, len(ascii_uppercase))
    return (_letters(high - 1) if high else "") + ascii_uppercase[low]


def _replace(text: str, spans: Sequence[tuple[int, int, str]]) -> str:
    for start, end, new in reversed(spans):
        text = text[:start] + new + text[end:]
    return text
