"""Filters of sentence pairs: which to learn from, and why the others are left out.

The filters are the cheap ones that every shared task uses.  The most important part is
:class:`HeldOut`, which keeps test sentences out of the training data, so that published scores are
valid.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from training.settings import Limits

NGRAM = 8
"""Words in a row that a pair may not share with a held-out text: the length of the overlap study
in section 4 of the GPT-2 paper (Radford et al. 2019)."""

_WORD = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W\u3400-\u9fff\uf900-\ufaff]+")


def split_words(text: str) -> tuple[str, ...]:
    """Split ``text`` into comparable words, without case, Unicode form and punctuation.

    >>> split_words("L’IA coûte 7 milliards !")
    ('l', 'ia', 'coûte', '7', 'milliards')
    >>> split_words("亏损50亿")
    ('亏', '损', '50', '亿')
    """
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def ngrams(words: tuple[str, ...], length: int = NGRAM) -> Iterator[tuple[str, ...]]:
    """Return all runs of ``length`` words; none if there are fewer words.

    >>> list(ngrams(("a", "b", "c"), 2))
    [('a', 'b'), ('b', 'c')]
    """
    return (words[start : start + length] for start in range(len(words) - length + 1))


@dataclass(slots=True)
class HeldOut:
    """Sentences that must never be trained on, matched exactly or by eight words in a row.

    >>> held_out = HeldOut()
    >>> held_out.add("Le chat dort.")
    >>> held_out.match(split_words("LE CHAT DORT"))
    'held_out'
    >>> held_out.match(split_words("Le chat mange.")) is None
    True
    """

    sentences: set[tuple[str, ...]] = field(default_factory=set)
    runs: set[tuple[str, ...]] = field(default_factory=set)

    def add(self, sentence: str) -> None:
        """Hold out one sentence; it may be of any language."""
        words = split_words(sentence)
        if words:
            self.sentences.add(words)
            self.runs.update(ngrams(words))

    def match(self, words: tuple[str, ...]) -> str | None:
        """Return how ``words`` overlap with a held-out sentence, or None."""
        if words in self.sentences:
            return "held_out"
        if any(run in self.runs for run in ngrams(words)):
            return "held_out_ngram"
        return None


def reject_reason(source: str, target: str, held_out: HeldOut, limits: Limits) -> str | None:
    """Return the reason to leave a pair out, or None to keep it.

    Reasons: ``empty``, ``identical``, ``too_long``, ``length_ratio``, ``held_out``,
    ``held_out_ngram``.

    >>> from training.settings import Limits
    >>> reject_reason("Bonjour", "bonjour.", HeldOut(), Limits())
    'identical'
    >>> reject_reason("Bonjour", "Hello", HeldOut(), Limits()) is None
    True
    """
    left, right = split_words(source), split_words(target)
    reason = _find_fault(source, left, target, right, limits)
    return reason or held_out.match(left) or held_out.match(right)


def _find_fault(
    source: str, left: tuple[str, ...], target: str, right: tuple[str, ...], limits: Limits
) -> str | None:
    shortest, longest = sorted((len(left), len(right)))
    checks = {
        "empty": not left or not right,
        "identical": left == right,
        "too_long": longest > limits.max_words
        or max(len(source), len(target)) > limits.max_characters,
        "length_ratio": longest + limits.slack > limits.max_ratio * (shortest + limits.slack),
    }
    return next((reason for reason, failed in checks.items() if failed), None)


def filter_pairs(
    lines: Iterable[str],
    held_out: HeldOut,
    limits: Limits,
    *,
    language: str = "",
    seen: set[int] | None = None,
) -> Iterator[tuple[str, str, str | None]]:
    """Yield ``(source, target, reason)`` for every line of a two-column table.

    Every line is yielded.  The reason is ``malformed`` for a line that has not two columns,
    ``wrong_language`` for a side that is not in ``language`` or English (unless ``language`` is
    empty), and ``duplicate`` for a pair seen before, apart from case and punctuation.  Pass the
    same ``seen`` for several tables to find duplicates across them.
    """
    seen = set() if seen is None else seen
    for line in lines:
        columns = line.rstrip("\r\n").split("\t")
        if len(columns) != 2:
            yield line, "", "malformed"
            continue
        source, target = (column.strip() for column in columns)
        left, right = split_words(source), split_words(target)
        reason = _find_fault(source, left, target, right, limits) or (
            "wrong_language"
            if language and not _fits(source, left, target, right, language)
            else None
        )
        reason = reason or held_out.match(left) or held_out.match(right)
        key = hash_words(left, right)
        if reason is None and key in seen:
            reason = "duplicate"
        seen.add(key)
        yield source, target, reason


def hash_words(*sides: tuple[str, ...]) -> int:
    """Hash a pair to 64 bits, the same in every process (unlike ``hash``)."""
    text = "\t".join(" ".join(side) for side in sides)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def _fits(
    source: str, left: tuple[str, ...], target: str, right: tuple[str, ...], language: str
) -> bool:
    from training.languages import is_in_language

    return is_in_language(left, source, language) and is_in_language(right, target, "en")
