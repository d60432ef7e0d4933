"""What a translation engine is: the one interface that all translation goes through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus_norm.settings import TranslationSettings


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """An engine's English for one text.

    ``score`` is the mean natural log-probability per output token, ``tokens`` their number (the
    weight of the score when pieces are joined), ``at_cap`` whether the output was cut at
    ``max_output_tokens``.
    """

    text: str
    score: float
    tokens: int
    at_cap: bool = False


class Engine(Protocol):
    """Anything that turns texts of one language into English.

    An engine is deterministic: the same list of texts gives the same hypotheses.  It may raise
    RuntimeError or ValueError for a list it cannot translate; the caller then looks for the text
    that is to blame.
    """

    @property
    def name(self) -> str:
        """What is written into ``translation_model``: model, version and digest."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of input tokens of each text."""
        ...

    def translate_batch(
        self, texts: Sequence[str], settings: TranslationSettings
    ) -> list[Hypothesis]:
        """One hypothesis per text, in order; texts are single lines and not empty."""
        ...
