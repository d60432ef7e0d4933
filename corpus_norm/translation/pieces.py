"""Cut a sentence that is too long for a model, where a reader would pause."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SPLITTER = "clauses 1"
"""Changes with the rules below; part of what the translation memory keys on."""

# After a clause mark: full-width ones end a clause by themselves, others before white space only
# (so that 1,5 and 10:30 stay whole).
_CLAUSE_END = re.compile(r"[,;:.!?…—–][\"'”’»)\]]*\s+|[，、；：。！？…—]+[”’」』）]*\s*")


def split_long(
    text: str, count_tokens: Callable[[Sequence[str]], list[int]], limit: int
) -> list[str]:
    """Cut a sentence that is longer than ``limit`` tokens, at clause marks where there are any.

    Without marks it is cut between words, and without spaces between characters.

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
