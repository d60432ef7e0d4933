"""Prepare sentences for a model: split long ones at clauses, replace spans by placeholders.

Neural engines render ``4月29日`` as "September 29" now and then.  A sentence whose English has
another date is therefore translated once more with its days replaced by placeholders.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from string import ascii_uppercase
from typing import TYPE_CHECKING

from corpus_norm.languages import get_language
from corpus_norm.protected_spans import find_acronyms, find_protected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from corpus_norm.translation.glossary import Glossary

    _Found = tuple[int, int, str]


SPLITTER = "clauses 1"
"""The version of the rules below; part of the key of an entry of the translation memory."""

# Clause punctuation: full-width signs always end a clause; the others only before white space,
# so that 1,5 and 10:30 stay whole.
_CLAUSE_END = re.compile(r"[,;:.!?…—–][\"'”’»)\]]*\s+|[，、；：。！？…—]+[”’」』）]*\s*")


def split_long(
    text: str, count_tokens: Callable[[Sequence[str]], list[int]], limit: int
) -> list[str]:
    """Cut a sentence that is longer than ``limit`` tokens at its clause punctuation.

    A part without punctuation is cut between words; one without spaces, between characters.

    >>> split_long("One two, three four; five six.", lambda ts: [len(t.split()) for t in ts], 4)
    ['One two, three four;', 'five six.']
    """
    text = text.strip()
    # No tokenizer makes more tokens than there are bytes, apart from a leading space token.
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
    """Cut a span in two at the white space nearest to its middle, or in the middle."""
    middle = (start + end) // 2
    spaces = [m.end() for m in re.finditer(r"\s+", text[start:end])]
    inner = [start + edge for edge in spaces if 0 < edge < end - start]
    cut = min(inner, key=lambda edge: abs(edge - middle), default=middle)
    return [(a, b) for a, b in ((start, cut), (cut, end)) if text[a:b].strip()]


def _pack(text: str, spans: list[tuple[int, int, int]], limit: int) -> list[str]:
    """Join neighbouring spans (start, end, tokens) while they stay within the limit."""
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
    """A span of a text, its English, and the placeholder for it in the model's input."""

    start: int
    end: int
    english: str
    placeholder: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A text as the model sees it, and the spans that were taken out of the original.

    ``rendered`` is the original with its spans in English; the translation is audited against it.
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


def mask(
    text: str, language: str = "", glossary: Glossary | None = None, *, with_days: bool = False
) -> Masked:
    """Replace the protected spans and glossary terms in a text, and restate the rest.

    ``with_days`` also takes out the days of a month, and puts them back in English.

    >>> mask("Écrivez à a@b.org ou @lemonde.").text
    'Écrivez à ZQA ou ZQB.'
    >>> mask("L'OM joue le 5 sept. à 20 h. 30.", "fr").text
    'Le ZQA joue le 5 septembre à 20 h 30.'
    """
    from corpus_norm.translation.restating import restate  # compiles slowly: many patterns

    spans = [(start, end, text[start:end]) for start, end in find_protected(text)]
    if glossary is not None:
        spans = _add(spans, glossary.find(text, language))
    spans = _add(spans, [(a, b, text[a:b]) for a, b in find_acronyms(text, language)])
    if with_days:
        spans = _add(spans, find_days(text, language))
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
    """Return the context of a sentence with the sentence masked in it.

    Other protected spans become "…".  The context is limited to 1,000 characters on each side of
    the sentence; no engine reads more.
    """
    start = context.find(masked.original) if context else -1
    if start < 0:
        return _dots(context[:_CONTEXT])
    end = start + len(masked.original)
    before, after = context[max(0, start - _CONTEXT) : start], context[end : end + _CONTEXT]
    return _dots(before) + masked.text + _dots(after)


def restore(masked: Masked, english: str) -> str | None:
    """Put the spans back into the English; return None if a placeholder is lost or repeated.

    >>> masked = mask("Écrivez à a@b.org.")
    >>> restore(masked, "Write to ZQA."), restore(masked, "Write to us.")
    ('Write to a@b.org.', None)
    """
    if not masked.spans:
        return english
    left = {span.placeholder: span.english for span in masked.spans}
    # A model may separate the letters of a placeholder or write them in lower case.
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
    """Return the text between the spans, and the spans, in order.

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
    """Join pieces of English with spaces, but without one before punctuation.

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
    """Return the replacement of a span, spaced from adjacent letters (Chinese has no spaces)."""
    before = span.start > 0 and text[span.start - 1].isalnum()
    after = span.end < len(text) and text[span.end].isalnum()
    return " " * before + new + " " * after


def _add(spans: list[_Found], more: Iterable[_Found]) -> list[_Found]:
    """Return the spans and those of the second list that overlap none of them, in order."""
    starts = [start for start, _, _ in spans]
    kept = list(spans)
    for found in more:
        at = bisect_left(starts, found[1])  # earlier ones start before the new one ends
        if at == 0 or spans[at - 1][1] <= found[0]:
            kept.append(found)
    return sorted(kept)


def _width(count: int) -> int:
    """Return the number of letters that each of ``count`` placeholders needs for its index."""
    width = 1
    while count > len(ascii_uppercase) ** width:
        width += 1
    return width


def _letters(number: int, width: int) -> str:
    """Return an index as letters (A, B, ...); a model would take digits for an amount."""
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


# --- days written in English ---------------------------------------------------------------------

_HAN_DAY = re.compile(
    r"(?<!\d)(?:(?P<year>(?:1[5-9]|20)\d\d)\s?年\s?)?(?P<month>1[0-2]|0?[1-9])\s?月\s?"
    r"(?P<day>3[01]|[12]\d|0?[1-9])\s?[日号號]"
)
_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


def find_days(text: str, language: str) -> list[tuple[int, int, str]]:
    """Find the days of a month in a text: start, end, and the day in English.

    >>> find_days("截至3月31日", "zh-Hans"), find_days("le 1er août 2025", "fr")
    ([(2, 7, 'March 31')], [(3, 16, 'August 1, 2025')])
    """
    code = language.split("-", maxsplit=1)[0]
    pattern = _HAN_DAY if code == "zh" else _french_day() if code == "fr" else None
    if pattern is None:
        return []
    found = pattern.finditer(text.translate(_DIGITS))
    return [(*match.span(), _say_day(match)) for match in found]


@cache
def _french_day() -> re.Pattern[str]:
    months = "|".join(sorted(filter(str.isalpha, _french_months()), key=len, reverse=True))
    return re.compile(
        rf"(?<![\d.,])(?P<day>1er|3[01]|[12]\d|0?[1-9])[ \u00a0\u202f](?P<month>{months})(?!\w)"
        r"(?:[ \u00a0\u202f](?P<year>(?:1[5-9]|20)\d\d)(?!\d))?",
        re.IGNORECASE,
    )


def _french_months() -> dict[str, int]:
    return {word: int(number) for word, number in get_language("fr").numbers.months.items()}


def _say_day(match: re.Match[str]) -> str:
    month = match["month"].lower()
    number = int(month) if month.isdecimal() else _french_months()[month]
    day = int(match["day"].lower().removesuffix("er"))
    year = f", {match['year']}" if match["year"] else ""
    return f"{get_language('en').numbers.month_names[number - 1]} {day}{year}"
