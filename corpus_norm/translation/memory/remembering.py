"""An engine that remembers: what the translation memory knows, the engine inside is not asked."""

from __future__ import annotations

from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Protocol, TypeVar

from corpus_norm.errors import TranslationMemoryError
from corpus_norm.faults import logger
from corpus_norm.translation.masking import SPLITTER
from corpus_norm.translation.memory import ImportsChangedError, Memory, Recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from corpus_norm.translation.engines import Decoding, Engine, Hypothesis, Request

Result = TypeVar("Result")
KEPT_AT_ONCE = 256
"""Requests after which what was translated is kept, so that work that breaks off is not lost."""


class Remembers(Protocol):
    """What an engine that remembers needs of a :class:`~corpus_norm.translation.memory.Memory`."""

    def look_up(self, recipe: Recipe, requests: Iterable[Request]) -> dict[Request, Hypothesis]:
        """What was made before by this recipe."""
        ...

    def add(self, recipe: Recipe, hypotheses: Mapping[Request, Hypothesis]) -> None:
        """Keep what an engine gave."""
        ...

    def find_imported(self, source: str, texts: Sequence[str]) -> dict[str, str]:
        """The English that people gave to texts."""
        ...


class Lenient:
    """A memory that is a help, not a condition: where its file cannot be used, there is none.

    That is said once.  What people imported decides on the English, and is never done without.

    Args:
        memory: the memory, tied to what is imported in it.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._is_lost = False

    @property
    def pinned(self) -> str | None:
        """The digest of what is imported."""
        return self._memory.pinned

    def look_up(self, recipe: Recipe, requests: Iterable[Request]) -> dict[Request, Hypothesis]:
        """What was made before by this recipe."""
        return self._try(partial(self._memory.look_up, recipe, requests), {})

    def add(self, recipe: Recipe, hypotheses: Mapping[Request, Hypothesis]) -> None:
        """Keep what an engine gave."""
        self._try(partial(self._memory.add, recipe, hypotheses), None)

    def find_imported(self, source: str, texts: Sequence[str]) -> dict[str, str]:
        """The English that people gave to texts."""
        find = partial(self._memory.find_imported, source, texts)
        return find() if self.pinned else self._try(find, {})

    def _try(self, function: Callable[[], Result], nothing: Result) -> Result:
        if self._is_lost:
            return nothing
        try:
            return function()
        except ImportsChangedError:
            raise
        except TranslationMemoryError as error:
            self._is_lost = True
            logger.warning("going on without it: %s", error)
            return nothing


class Scratch:
    """What was translated for the batch at hand, before a memory or in place of one.

    Where a batch is tried again document by document, nothing is translated twice.

    Args:
        memory: the memory behind it, if any.
    """

    def __init__(self, memory: Remembers | None) -> None:
        self._memory = memory
        self._made: dict[tuple[Recipe, Request], Hypothesis] = {}

    def look_up(self, recipe: Recipe, requests: Iterable[Request]) -> dict[Request, Hypothesis]:
        """What was made by this recipe for this batch, or is in the memory."""
        requests = list(requests)
        keys = {request: (recipe, request) for request in requests}
        found = {r: self._made[key] for r, key in keys.items() if key in self._made}
        rest = [request for request in requests if request not in found]
        if self._memory is not None and rest:
            found |= self._memory.look_up(recipe, rest)
        return found

    def add(self, recipe: Recipe, hypotheses: Mapping[Request, Hypothesis]) -> None:
        """Keep it for this batch, and in the memory for later ones."""
        if self._memory is not None:
            self._memory.add(recipe, hypotheses)
        self._made |= {(recipe, request): each for request, each in hypotheses.items()}

    def find_imported(self, source: str, texts: Sequence[str]) -> dict[str, str]:
        """What people gave to the memory."""
        return {} if self._memory is None else self._memory.find_imported(source, texts)


class RememberingEngine:
    """An :class:`~corpus_norm.translation.engines.Engine` around another one and a memory.

    It sits below the audit and the joining of pieces, so that these can change from release to
    release without anything being translated anew.

    Args:
        engine: who is asked for what is new.
        memory: where it is kept.
        source: the language of the texts (BCP-47).
    """

    def __init__(self, engine: Engine, memory: Remembers, source: str) -> None:
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
            RuntimeError, ValueError: the engine cannot translate the list; what it did is kept.
            TranslationMemoryError: the memory cannot be used.
        """
        recipe = Recipe(self._source, self.recipe(decoding))
        known = self._memory.look_up(recipe, requests)
        fresh = [request for request in requests if request not in known]
        for start in range(0, len(fresh), KEPT_AT_ONCE):
            some = fresh[start : start + KEPT_AT_ONCE]
            made = dict(zip(some, self._engine.translate_batch(some, decoding), strict=True))
            self._memory.add(recipe, made)
            known |= made
        return [known[request] for request in requests]
