"""Prepare a sentence for a model: split long ones at clauses, replace spans by placeholders."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from string import ascii_uppercase
from typing import TYPE_CHECKING

from corpus_norm.protected_spans import find_acronyms, find_protected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from corpus_norm.translation.glossary import Glossary

    _Found = tuple[int, int, str]

SPLITTER = "clauses 1"
"""Changes with the rules below; part of what the translation memory keys on."""

# Clause punctuation: full-width signs end a clause by themselves, others only before white space
# (so that 1,5 and 10:30 stay whole).
_CLAUSE_END = re.compile(r"[,;:.!?…—–][\"'”’»)\]]*\s+|[，、；：。！？…—]+[”’」』）]*\s*")


def split_long(
    text: str, count_tokens: Callable[[Sequence[str]], list[int]], limit: int
) -> list[str]:
    """Cut a sentence that is longer than ``limit`` tokens at its clause punctuation.

    Without punctuation it is cut between words, and without spaces between characters.

    >>> split_long("One two, three four; five six.", lambda ts: [len(t.split()) for t in ts], 4)
    ['One two, three four;', 'five six.']
    """
    text = text.strip()
    # No tokenizer makes more tokens than there are bytes, a leading space mark aside.
    if len(text.encode("utf-8", "replace")) < limit or count_tokens([text])[0] <= limit:
        return [text]
    edges = sorted({0, *(m.end() for m in _CLAUSE_END.finditer(text)), len(text)})
    spans = [span for span in pairwise(edges) if text[slice(*span)].strip()]
    sized: list[tuple[int, int, int]] = []
    while spans:
        counts = count_tokens([text[a:b].strip() for a, b in spans])
        sized += [
            (a, b, n) for (a, b), n in zip(spans, counts, strict=True) if _fits(a, b, n, limit)
        ]
        spans = [
            half
            for (a, b), n in zip(spans, counts, strict=True)
            if not _fits(a, b, n, limit)
            for half in _halve(text, a, b)
        ]
    return _pack(text, sorted(sized), limit)


def _fits(start: int, end: int, tokens: int, limit: int) -> bool:
    return tokens <= limit or end - start < 2


def _halve(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a span in two at the white space nearest to its middle, else in the middle."""
    middle = (start + end) // 2
    spaces = [m.end() for m in re.finditer(r"\s+", text[start:end])]
    inner = [start + edge for edge in spaces if 0 < edge < end - start]
    cut = min(inner, key=lambda edge: abs(edge - middle), default=middle)
    return [(a, b) for a, b in ((start, cut), (cut, end)) if text[a:b].strip()]


def _pack(text: str, spans: list[tuple[int, int, int]], limit: int) -> list[str]:
    """Join neighbouring spans (start, end, tokens) for as long as they stay under the limit."""
    packed: list[tuple[int, int, int]] = []
    for start, end, tokens in spans:
        if packed and packed[-1][2] + tokens <= limit:
            packed[-1] = (packed[-1][0], end, packed[-1][2] + tokens)
        else:
            packed.append((start, end, tokens))
    return [text[start:end].strip() for start, end, _ in packed]


_PREFIXES = ("ZQ", "XQ", "QJ")
_NO_SPACE_BEFORE = re.compile(r"[,.;:!?)\]%’']")
_CONTEXT = 1_000  # characters on each side; more than an engine reads
_APART = re.compile(r"[\s.-]")
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
    language: str = ""
    spans: tuple[Span, ...] = ()

    @property
    def has_words(self) -> bool:
        """Whether anything is left for the model to translate."""
        between = "".join(part for part in _between(self) if isinstance(part, str))
        return any(char.isalpha() for char in between)


def mask(text: str, language: str = "", glossary: Glossary | None = None) -> Masked:
    """Take the protected spans and the terms of a glossary out of a text, and restate the rest.

    >>> mask("Écrivez à a@b.org ou @lemonde.").text
    'Écrivez à ZQA ou ZQB.'
    >>> mask("L'OM joue le 5 sept. à 20 h. 30.", "fr").text
    'Le ZQA joue le 5 septembre à 20 h 30.'
    """
    from corpus_norm.translation.restating import restate  # its patterns take long to compile

    spans = [(start, end, text[start:end]) for start, end in find_protected(text)]
    if glossary is not None:
        spans = _add(spans, glossary.find(text, language))
    spans = _add(spans, [(a, b, text[a:b]) for a, b in find_acronyms(text, language)])
    if not spans:
        return Masked(text, restate(text, language), text, language)
    squeezed = _APART.sub("", text).upper()
    prefix = next((p for p in _PREFIXES if p not in squeezed), "ZQZ")
    width = _width(len(spans))
    named = tuple(
        Span(start, end, english, prefix + _letters(i, width))
        for i, (start, end, english) in enumerate(spans)
    )
    masked = _replace(text, [(s.start, s.end, _apart(text, s, s.placeholder)) for s in named])
    rendered = _replace(text, [(s.start, s.end, _apart(text, s, s.english)) for s in named])
    return Masked(text, restate(masked, language), rendered, language, named)


def mask_context(masked: Masked, context: str) -> str:
    """What stands around a sentence in its paragraph, and the sentence in it as masked.

    What else is protected is dots.  Of a long paragraph no engine is shown more.
    """
    start = context.find(masked.original) if context else -1
    if start < 0:
        return _dots(context[:_CONTEXT])
    end = start + len(masked.original)
    before, after = context[max(0, start - _CONTEXT) : start], context[end : end + _CONTEXT]
    return _dots(before) + masked.text + _dots(after)


def restore(masked: Masked, english: str) -> str | None:
    """The English with its spans back; None when a placeholder is lost, or is there twice.

    >>> masked = mask("Écrivez à a@b.org.")
    >>> restore(masked, "Write to ZQA."), restore(masked, "Write to us.")
    ('Write to a@b.org.', None)
    """
    if not masked.spans:
        return english
    left = {span.placeholder: span.english for span in masked.spans}
    # A model may set the letters of an acronym apart, or write them small.
    first = masked.spans[0].placeholder
    width = _width(len(masked.spans))
    pattern = rf"{_APART.pattern}?".join([*first[:-width], *[r"[A-Za-z]"] * width])
    parts, position = [], 0
    for match in re.finditer(rf"(?<![A-Za-z]){pattern}(?![A-Za-z])", english, re.IGNORECASE):
        name = "".join(filter(str.isalpha, match[0])).upper()
        if name not in left:
            return None
        parts += [english[position : match.start()], left.pop(name)]
        position = match.end()
    return None if left else "".join([*parts, english[position:]])


def split_around(masked: Masked) -> list[str | Span]:
    """The text between the spans, and the spans, in order.

    >>> [part if isinstance(part, str) else part.english for part in
    ...  split_around(mask("Voir a@b.org pour plus."))]
    ['Voir', 'a@b.org', 'pour plus.']
    """
    if not masked.spans:
        return [masked.text]
    named: dict[str, str | Span] = {span.placeholder: span for span in masked.spans}
    first = masked.spans[0].placeholder
    width = _width(len(masked.spans))
    parts = re.split(f"({first[:-width]}[A-Z]{{{width}}})", masked.text)
    return [named.get(part, part.strip()) for part in parts if part.strip()]


def _between(masked: Masked) -> Iterator[str | Span]:
    position = 0
    for span in masked.spans:
        yield masked.original[position : span.start]
        yield span
        position = span.end
    yield masked.original[position:]


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


def _add(spans: list[_Found], more: Iterable[_Found]) -> list[_Found]:
    """Spans in order, with those of the second list that overlap none of the first."""
    starts = [start for start, _, _ in spans]
    kept = list(spans)
    for found in more:
        at = bisect_left(starts, found[1])  # those before it start before the new one ends
        if at == 0 or spans[at - 1][1] <= found[0]:
            kept.append(found)
    return sorted(kept)


def _width(count: int) -> int:
    """How many letters the names of so many placeholders have, all of them as many."""
    width = 1
    while count > len(ascii_uppercase) ** width:
        width += 1
    return width


def _letters(number: int, width: int) -> str:
    """A, B, ... Z; AA, AB, ...: no digits, which a model would take for an amount."""
    letters = ""
    for _ in range(width):
        number, low = divmod(number, len(ascii_uppercase))
        letters = ascii_uppercase[low] + letters
    return letters


def _dots(text: str) -> str:
    return _replace(text, [(start, end, "…") for start, end in find_protected(text)])


def _replace(text: str, spans: Sequence[tuple[int, int, str]]) -> str:
    parts, position = [], 0
    for start, end, new in spans:
        parts += [text[position:start], new]
        position = end
    return "".join([*parts, text[position:]])
