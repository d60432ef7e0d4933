"""The protocol of translation engines: Argos packages, phrase tables, language models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

from corpus_norm.labels import Flag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus_norm.settings import TranslationSettings

PROBE = "Test 123."
"""The sentence that a model must turn into some text before it is installed."""


@dataclass(frozen=True, slots=True)
class Request:
    """A text to translate (one line) and the paragraph around it.

    Only engines with ``reads_context`` get the context.  For the others it is empty, so that the
    same sentence is the same request in every paragraph.
    """

    text: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class Decoding:
    """Options of the search for an output: everything but the model that affects it.

    ``beam_size``, ``length_penalty``, ``repetition_penalty`` (1 is none) and
    ``no_repeat_ngram`` (tokens, 0 is off) are those of CTranslate2; ``max_output_tokens`` is the
    cap on an output; ``batch_tokens`` is the size of a batch; with ``deterministic``, every text
    is translated alone.  ``detour`` asks an engine without a beam for an output other than its
    first.  To try again in another way, change some options with ``dataclasses.replace``.
    """

    beam_size: int = 4
    length_penalty: float = 0.2
    repetition_penalty: float = 1.0
    no_repeat_ngram: int = 0
    max_output_tokens: int = 512
    batch_tokens: int = 1024
    deterministic: bool = False
    detour: bool = False

    @classmethod
    def of(cls, settings: TranslationSettings) -> Self:
        """Return the decoding that the settings ask for."""
        return cls(
            beam_size=settings.beam_size,
            length_penalty=settings.length_penalty,
            max_output_tokens=settings.max_output_tokens,
            batch_tokens=settings.batch_tokens,
            deterministic=settings.deterministic,
        )


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """An engine's English for one text.

    ``score`` is the mean natural log-probability per output token; ``tokens`` is their number (the
    weight of the score when pieces are joined).  ``at_cap`` says whether the output was cut at
    ``max_output_tokens``; ``draft``, whether this kind of engine may omit or invent facts.
    """

    text: str
    score: float
    tokens: int
    at_cap: bool = False
    draft: bool = False


class Engine(Protocol):
    """A translator of texts in one language into English.

    An engine is deterministic: the same list of requests gives the same hypotheses.  It may raise
    RuntimeError or ValueError for a list it cannot translate; the caller then finds the text that
    causes it.
    """

    @property
    def name(self) -> str:
        """The value of ``translation_model``: model, version and digest."""
        ...

    @property
    def reads_context(self) -> bool:
        """Whether the context of a request can change its translation."""
        ...

    def recipe(self, decoding: Decoding) -> str:
        """Describe everything but the request that affects an output: model, versions, decoding.

        The translation memory reuses an output only for the recipe that made it.
        """
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of input tokens of each text."""
        ...

    def translate_batch(self, requests: Sequence[Request], decoding: Decoding) -> list[Hypothesis]:
        """Return a hypothesis for each request, in order; texts are single lines, never empty."""
        ...


@dataclass(frozen=True, slots=True)
class Translation:
    """The English of a sentence.

    ``score`` is the mean natural log-probability per output token; ``faithfulness`` is the score of
    the audit, from 0 to 1.  Both are None if the sentence was passed through unchanged or its
    English was imported into the memory.  ``adequacy`` is None too where the language has no
    lexicon to judge by.  ``text`` is empty if ``flags`` has ``untranslated``.
    """

    text: str
    score: float | None = None
    flags: tuple[str, ...] = ()
    faithfulness: float | None = None
    adequacy: float | None = None

    @property
    def has_english(self) -> bool:
        """Whether the text may be used as the English of the sentence."""
        return Flag.UNTRANSLATED not in self.flags
