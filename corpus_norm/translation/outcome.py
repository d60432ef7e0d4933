"""What comes out of a translation: the English of a sentence, and how far to trust it."""

from __future__ import annotations

from dataclasses import dataclass

from corpus_norm.labels import Flag


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
