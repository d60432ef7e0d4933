"""Translation engines behind one protocol: Argos packages, phrase tables, language models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

from corpus_norm.labels import Flag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus_norm.settings import TranslationSettings

PROBE = "Test 123."
"""What a model must be able to translate, somehow, to be installed."""


@dataclass(frozen=True, slots=True)
class Request:
    """One text to translate, a single line, and the paragraph it stands in.

    The context is there for engines whose ``reads_context`` says that they read it; for the
    others it is left empty, so that a sentence is the same request wherever it stands.
    """

    text: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class Decoding:
    """How an output is searched for: what beside the model decides on it.

    ``beam_size``, ``length_penalty``, ``repetition_penalty`` (1 is none) and
    ``no_repeat_ngram`` (tokens, 0 is off) are those of CTranslate2; ``max_output_tokens`` is the
    cap on an output; ``batch_tokens`` the size of a batch; with ``deterministic`` every text is
    translated alone.  ``detour`` asks an engine without a beam for another output than its first.
    To try again in another way, ``dataclasses.replace`` some of them.
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
        """The decoding that the settings ask for."""
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

    ``score`` is the mean natural log-probability per output token, ``tokens`` their number (the
    weight of the score when pieces are joined), ``at_cap`` whether the output was cut at
    ``max_output_tokens``, ``draft`` whether an engine of its kind may leave out or make up facts.
    """

    text: str
    score: float
    tokens: int
    at_cap: bool = False
    draft: bool = False


class Engine(Protocol):
    """Anything that turns texts of one language into English.

    An engine is deterministic: the same list of requests gives the same hypotheses.  It may raise
    RuntimeError or ValueError for a list it cannot translate; the caller then looks for the text
    that is to blame.
    """

    @property
    def name(self) -> str:
        """What is written into ``translation_model``: model, version and digest."""
        ...

    @property
    def reads_context(self) -> bool:
        """Whether the context of a request can change its translation."""
        ...

    def recipe(self, decoding: Decoding) -> str:
        """All that decides on an output beside the request, in words: model, versions, decoding.

        The translation memory gives an output back only to the recipe that it was made by.
        """
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of input tokens of each text."""
        ...

    def translate_batch(self, requests: Sequence[Request], decoding: Decoding) -> list[Hypothesis]:
        """One hypothesis per request, in order; texts are single lines and not empty."""
        ...


@dataclass(frozen=True, slots=True)
class Translation:
    """The English of a sentence.

    ``score`` is the mean natural log-probability per output token, ``faithfulness`` the score of
    the audit from 0 to 1; both are None where the sentence was passed through untouched or its
    English was imported into the memory.  ``text`` is empty when ``flags`` say ``untranslated``.
    """

    text: str
    score: float | None = None
    flags: tuple[str, ...] = ()
    faithfulness: float | None = None

    @property
    def has_english(self) -> bool:
        """Whether the text may stand for the sentence."""
        return Flag.UNTRANSLATED not in self.flags
