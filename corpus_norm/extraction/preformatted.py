r"""What stands in a ``<pre>``: source code and other lines set as written, or wrapped prose.

>>> tell_kind("for x in range(3):\n    print(x)"), tell_kind("Roses are red,\nviolets blue.")
(<BlockKind.CODE: 'code'>, <BlockKind.CODE: 'code'>)
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus_norm.document import BlockKind
from corpus_norm.lines import has_columns, measure

if TYPE_CHECKING:
    from corpus_norm.extraction.tree import Element

PRE = frozenset({"pre", "listing", "xmp", "plaintext"})
_CODE_CLASS = re.compile(
    r"\b(?:code|sourcecode|highlight|hljs|lang|language|brush|prettyprint|syntax|console|terminal)",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"[{}<>=_/\\|$^*+~`@\[\]]")
_END = re.compile(r"[.!?…。！？][\"'”’»)\]」』）]*$")
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")
_LEAST_WIDTH = 40  # columns of a line of wrapped prose
_LEAST_SENTENCE = 40


def holds_code(pre: Element) -> bool:
    """Whether the page itself says that an element holds code."""
    if any(pre.find(f".//{tag}") is not None for tag in ("code", "samp", "kbd")):
        return True
    return _CODE_CLASS.search(f"{pre.get('class') or ''} {pre.get('lang') or ''}") is not None


def tell_kind(text: str) -> BlockKind:
    """``paragraph`` for prose, wrapped or a line a paragraph; ``code`` where lines count."""
    return BlockKind.PARAGRAPH if _is_prose(text) else BlockKind.CODE


def split_prose(text: str) -> list[str]:
    r"""The paragraphs of prose: apart by blank lines, or a line each where the lines are long.

    >>> split_prose("One\ntwo.\n\nThree.")
    ['One\ntwo.', 'Three.']
    """
    paragraphs = [part.strip("\n") for part in _BLANK_LINES.split(text)]
    return [line for part in paragraphs for line in _split_long(part) if line.strip()]


def _split_long(paragraph: str) -> list[str]:
    lines = paragraph.split("\n")
    is_wrapped = len(lines) > 1 and not all(_END.search(line.rstrip()) for line in lines)
    return [paragraph] if is_wrapped else lines


def _is_prose(text: str) -> bool:
    lines = [line.rstrip() for line in text.expandtabs().split("\n")]
    full = [line for line in lines if line]
    if not full or 50 * len(_SIGNS.findall(text)) > len(text):
        return False
    if has_columns(full):
        return False
    if len(full) == 1 or _are_paragraphs(full):
        return _END.search(full[-1]) is not None and measure(full[-1]) >= _LEAST_SENTENCE
    widths = [(measure(a), measure(b)) for a, b in pairwise(lines) if a and b]
    widest = max(max(pair) for pair in widths) if widths else 0
    filled = sum(first >= 0.75 * widest for first, _ in widths)
    return widest >= _LEAST_WIDTH and filled >= 0.8 * len(widths)


def _are_paragraphs(lines: list[str]) -> bool:
    """Whether every line is a long sentence or more: a line each paragraph."""
    return all(_END.search(line) and measure(line) >= 2 * _LEAST_WIDTH for line in lines)
