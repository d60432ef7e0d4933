"""An engine that remembers: what the translation memory knows, the engine inside is not asked."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from corpus_norm.translation.memory import Memory, Recipe
from corpus_norm.translation.pieces import SPLITTER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus_norm.translation.engine import Decoding, Engine, Hypothesis, Request


class RememberingEngine:
    """An :class:`~corpus_norm.translation.engine.Engine` around another one and a memory.

    It sits below the audit and the joining of pieces, so that these can change from release to
    release without anything being translated anew.

    Args:
        engine: who is asked for what is new.
        memory: where it is kept.
        source: the language of the texts (BCP-47).
    """

    def __init__(self, engine: Engine, memory: Memory, source: str) -> None:
        self._engine = engine
        self._memory = memory
        self._source = source

    @property
    def name(self) -> str:
        """The name of the engine inside."""
        return self._engine.name

    @property
    def reads_context(self) -> bool:
        """Whether the engine inside does."""
        return self._engine.reads_context

    def recipe(self, decoding: Decoding) -> str:
        """The recipe of the engine inside, with the versions of the splitters."""
        splitters = f"sentencex {version('sentencex')} {SPLITTER}"
        return f"{self._engine.recipe(decoding)} {splitters}"

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The counts of the engine inside."""
        return self._engine.count_tokens(texts)

    def translate_batch(self, requests: Sequence[Request], decoding: Decoding) -> list[Hypothesis]:
        """What is remembered, and for the rest what the engine inside gives, which is kept.

        Raises:
            RuntimeError, ValueError: the engine cannot translate the list; nothing is kept.
            TranslationMemoryError: the memory cannot be used.
        """
        recipe = Recipe(self._source, self.recipe(decoding))
        known = self._memory.look_up(recipe, requests)
        fresh = [request for request in requests if request not in known]
        if fresh:
            made = dict(zip(fresh, self._engine.translate_batch(fresh, decoding), strict=True))
            self._memory.add(recipe, made)
            known |= made
        return [known[request] for request in requests]
