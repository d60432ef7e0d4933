"""Which sentence pairs are worth learning from, and the reason when one is not.

The filters are the cheap ones that every shared task uses; the part that matters most is
:class:`HeldOut`, which keeps test sentences out of the training data, so that the scores we
publish mean something.
"""

from __future__ import annotations

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
    """Split ``text`` into comparable words: case, accents' encoding and punctuation do not count.

    >>> split_words("L’IA coûte 7 milliards !")
    ('l', 'ia', 'coûte', '7', 'milliards')
    >>> split_words("亏损50亿")
    ('亏', '损', '50', '亿')
    """
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def ngrams(words: tuple[str, ...], length: int = NGRAM) -> Iterator[tuple[str, ...]]:
    """All runs of ``length`` words; none when there are fewer.

    >>> list(ngrams(("a", "b", "c"), 2))
    [('a', 'b'), ('b', 'c')]
    """
    return (words[start : start + length] for start in range(len(words) - length + 1))


@dataclass(slots=True)
class HeldOut:
    """Sentences that must never be trained on, found again exactly or by eight words in a row.

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
        """Name the way in which ``words`` overlap with what is held out, if they do."""
        if words in self.sentences:
            return "held_out"
        if any(run in self.runs for run in ngrams(words)):
            return "held_out_ngram"
        return None


def reject_reason(source: str, target: str, held_out: HeldOut, limits: Limits) -> str | None:
    """Say why a pair is left out, or None when it stays.

    Reasons: ``empty``, ``identical``, ``too_long``, ``length_ratio``, ``held_out``,
    ``held_out_ngram``.

    >>> from training.settings import Limits
    >>> reject_reason("Bonjour", "bonjour.", HeldOut(), Limits())
    'identical'
    >>> reject_reason("Bonjour", "Hello", HeldOut(), Limits()) is None
    True
    """
    left, right = split_words(source), split_words(target)
    shortest, longest = sorted((len(left), len(right)))
    checks = {
        "empty": not left or not right,
        "identical": left == right,
        "too_long": longest > limits.max_words
        or max(len(source), len(target)) > limits.max_characters,
        "length_ratio": longest + limits.slack > limits.max_ratio * (shortest + limits.slack),
    }
    for reason, failed in checks.items():
        if failed:
            return reason
    return held_out.match(left) or held_out.match(right)


def filter_pairs(
    lines: Iterable[str], held_out: HeldOut, limits: Limits
) -> Iterator[tuple[str, str, str | None]]:
    """Yield ``(source, target, reason)`` for every line of a two-column table.

    Nothing is dropped here: lines that are not two columns have the reason ``malformed``, and a
    pair seen before, apart from case and punctuation, the reason ``duplicate``.
    """
    seen: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()
    for line in lines:
        columns = line.rstrip("\r\n").split("\t")
        if len(columns) != 2:
            yield line, "", "malformed"
            continue
        source, target = (column.strip() for column in columns)
        reason = reject_reason(source, target, held_out, limits)
        key = split_words(source), split_words(target)
        if reason is None and key in seen:
            reason = "duplicate"
        seen.add(key)
        yield source, target, reason
