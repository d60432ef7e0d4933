"""Sentences of one language into English: each once, sorted by length, in batches.

What a sentence becomes must not depend on the order it comes in: the unique sentences are sorted
by length and then by code point, and that list alone decides on the batches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus_norm.document import UNDETERMINED, Flag, unwrap
from corpus_norm.settings import Settings
from corpus_norm.translation.packages import Package, find_package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from corpus_norm.translation.engine import Engine, Hypothesis

# After a clause mark: full-width ones end a clause by themselves, others before white space only
# (so that 1,5 and 10:30 stay whole).
_CLAUSE_END = re.compile(r"[,;:.!?…—–][\"'”’»)\]]*\s+|[，、；：。！？…—]+[”’」』）]*\s*")


@dataclass(frozen=True, slots=True)
class Translation:
    """The English of a sentence.

    ``score`` is the mean natural log-probability per output token, None where the sentence was
    passed through untouched.  ``text`` is empty when ``flags`` say ``untranslated``.
    """

    text: str
    score: float | None = None
    flags: tuple[str, ...] = ()

    @property
    def has_english(self) -> bool:
        """Whether the text may stand for the sentence."""
        return Flag.UNTRANSLATED not in self.flags


def translate(  # noqa: PLR0913 -- two say what, the others are only ever named
    sentences: Sequence[str],
    source: str,
    settings: Settings | None = None,
    *,
    packages: Sequence[Package] | None = None,
    engine: Engine | None = None,
    threads: int = 1,
) -> list[Translation]:
    """Translate sentences from a language (BCP-47) into English; one translation per sentence.

    English, undetermined language, and sentences without a letter pass through as they are.
    Line breaks in a sentence count as hard wraps.  ``engine`` is used instead of the installed
    ``packages`` when given; ``threads`` batches are translated at a time.

    >>> translate(["Already English.", ""], source="en")[0]
    Translation(text='Already English.', score=None, flags=())

    Raises:
        ModelNotInstalledError: no installed package translates the language.
        ModelIntegrityError: the package cannot be loaded.
    """
    settings = settings or Settings()
    wanted = {s for s in sentences if needs_translation(source, s)}
    if not wanted:
        return [Translation(sentence) for sentence in sentences]
    engine = engine or open_engine(source, packages, threads)
    done = translate_unique(wanted, engine, settings)
    return [
        done[unwrap(sentence)] if sentence in wanted else Translation(sentence)
        for sentence in sentences
    ]


def needs_translation(language: str, text: str) -> bool:
    """Whether a text must be translated to be read in English.

    >>> needs_translation("fr", "Oui."), needs_translation("fr", "2024")
    (True, False)
    >>> needs_translation("en", "Yes."), needs_translation("und", "Hmm")
    (False, False)
    """
    if language.split("-", maxsplit=1)[0] in {"en", UNDETERMINED}:
        return False
    return any(char.isalpha() for char in text)


def open_engine(source: str, packages: Sequence[Package] | None = None, threads: int = 1) -> Engine:
    """The engine of the installed package for a language.

    Raises:
        ModelNotInstalledError: no package translates the language.
        ModelIntegrityError: the package cannot be loaded.
    """
    package = find_package(source, packages)
    from corpus_norm.translation.argos import load_engine

    return load_engine(package, threads)


def translate_unique(
    sentences: Iterable[str], engine: Engine, settings: Settings
) -> dict[str, Translation]:
    """The translations of sentences that need one, by their unwrapped text."""
    unique = sorted({unwrap(sentence) for sentence in sentences}, key=lambda s: (len(s), s))
    limit = settings.translation.max_input_tokens
    pieces = {sentence: split_long(sentence, engine.count_tokens, limit) for sentence in unique}
    queue = sorted({p for parts in pieces.values() for p in parts}, key=lambda s: (len(s), s))
    results = dict(zip(queue, _run(engine, queue, settings), strict=True))
    return {
        sentence: _join([results[piece] for piece in parts]) for sentence, parts in pieces.items()
    }


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


def _run(engine: Engine, texts: Sequence[str], settings: Settings) -> list[Hypothesis | None]:
    """Translate; when the engine fails, halve the list until the text to blame is alone."""
    if not texts:
        return []
    try:
        return list(engine.translate_batch(texts, settings.translation))
    except (RuntimeError, ValueError):
        if len(texts) == 1:
            return [None]
    middle = len(texts) // 2
    return _run(engine, texts[:middle], settings) + _run(engine, texts[middle:], settings)


def _join(parts: Sequence[Hypothesis | None]) -> Translation:
    """The translations of the pieces of a sentence as one; the score is weighted by tokens."""
    got = [part for part in parts if part is not None]
    if len(got) < len(parts):
        return Translation("", None, (Flag.UNTRANSLATED.value,))
    text = " ".join(part.text for part in got if part.text)
    flags = []
    if not text:
        flags.append(Flag.UNTRANSLATED.value)
    if not all(part.text for part in got):
        flags.append(Flag.EMPTY_OUTPUT.value)
    if any(part.at_cap for part in got):
        flags.append(Flag.OUTPUT_AT_CAP.value)
    weight = sum(part.tokens for part in got)
    score = sum(part.score * part.tokens for part in got) / weight if weight else 0.0
    return Translation(text, round(score, 4), tuple(flags))
