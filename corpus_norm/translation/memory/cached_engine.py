"""An engine with a translation memory in front of it, and the memories it works with."""

from __future__ import annotations

from functools import partial
from os import PathLike
from typing import TYPE_CHECKING, Protocol, TypeVar

from corpus_norm.errors import SettingsError, TranslationMemoryError
from corpus_norm.faults import logger
from corpus_norm.translation.masking import SPLITTER
from corpus_norm.translation.memory import ImportsChangedError, Memory, Recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from corpus_norm.translation.engines import Decoding, Engine, Hypothesis, Request

Result = TypeVar("Result")
SAVE_EVERY = 256
"""Number of requests after which results are stored, so that an interrupted run keeps its work."""


class MemoryLike(Protocol):
    """The methods of :class:`~corpus_norm.translation.memory.Memory` that a cached engine uses."""

    def look_up(self, recipe: Recipe, requests: Iterable[Request]) -> dict[Request, Hypothesis]:
        """Return the results stored for this recipe."""
        ...

    def add(self, recipe: Recipe, hypotheses: Mapping[Request, Hypothesis]) -> None:
        """Store the results of an engine."""
        ...

    def find_imported(self, source: str, texts: Sequence[str]) -> dict[str, str]:
        """Return the imported translations of texts."""
        ...


class OptionalMemory:
    """A memory that a run can do without: if its file fails, one warning is logged.

    Imported translations affect the output, so a job that started with some never ignores them.

    Args:
        memory: the memory, pinned to its imported translations.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._is_lost = False

    @property
    def pinned(self) -> str | None:
        """The digest of the imported translations."""
        return self._memory.pinned

    def look_up(self, recipe: Recipe, requests: Iterable[Request]) -> dict[Request, Hypothesis]:
        """Return the results stored for this recipe."""
        return self._try(partial(self._memory.look_up, recipe, requests), {})

    def add(self, recipe: Recipe, hypotheses: Mapping[Request, Hypothesis]) -> None:
        """Store the results of an engine."""
        self._try(partial(self._memory.add, recipe, hypotheses), None)

    def find_imported(self, source: str, texts: Sequence[str]) -> dict[str, str]:
        """Return the imported translations of texts."""
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
            logger.warning("continuing without it: %s", error)
            return nothing


class BatchMemory:
    """The results of one batch, in front of a memory or in place of one.

    If a batch is retried document by document, nothing is translated twice.

    Args:
        memory: the memory behind it, if any.
    """

    def __init__(self, memory: MemoryLike | None) -> None:
        self._memory = memory
        self._made: dict[tuple[Recipe, Request], Hypothesis] = {}

    def look_up(self, recipe: Recipe, requests: Iterable[Request]) -> dict[Request, Hypothesis]:
        """Return the results of this recipe from this batch or from the memory."""
        requests = list(requests)
        keys = {request: (recipe, request) for request in requests}
        found = {r: self._made[key] for r, key in keys.items() if key in self._made}
        rest = [request for request in requests if request not in found]
        if self._memory is not None and rest:
            found |= self._memory.look_up(recipe, rest)
        return found

    def add(self, recipe: Recipe, hypotheses: Mapping[Request, Hypothesis]) -> None:
        """Store results for this batch, and in the memory for later ones."""
        if self._memory is not None:
            self._memory.add(recipe, hypotheses)
        self._made |= {(recipe, request): each for request, each in hypotheses.items()}

    def find_imported(self, source: str, texts: Sequence[str]) -> dict[str, str]:
        """Return the imported translations of the memory."""
        return {} if self._memory is None else self._memory.find_imported(source, texts)


class CachedEngine:
    """An :class:`~corpus_norm.translation.engines.Engine` with a memory in front of it.

    It sits below the audit and the joining of pieces, so these can change between releases
    without a new translation.

    Args:
        engine: translates requests that the memory does not contain.
        memory: stores the results.
        source: the language of the texts (BCP-47).
    """

    def __init__(self, engine: Engine, memory: MemoryLike, source: str) -> None:
        self._engine = engine
        self._memory = memory
        self._source = source

    @property
    def name(self) -> str:
        """The name of the wrapped engine."""
        return self._engine.name

    @property
    def reads_context(self) -> bool:
        """Whether the wrapped engine reads contexts."""
        return self._engine.reads_context

    def recipe(self, decoding: Decoding) -> str:
        """Return the recipe of the wrapped engine with the versions of the splitters."""
        from importlib.metadata import version

        splitters = f"sentencex {version('sentencex')} {SPLITTER}"
        return f"{self._engine.recipe(decoding)} {splitters}"

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count tokens with the wrapped engine."""
        return self._engine.count_tokens(texts)

    def translate_batch(self, requests: Sequence[Request], decoding: Decoding) -> list[Hypothesis]:
        """Look up each request in the memory; translate the rest and store the results.

        Raises:
            RuntimeError, ValueError: the engine cannot translate the list; what is done is stored.
            TranslationMemoryError: the memory cannot be used.
        """
        recipe = Recipe(self._source, self.recipe(decoding))
        known = self._memory.look_up(recipe, requests)
        fresh = [request for request in requests if request not in known]
        for start in range(0, len(fresh), SAVE_EVERY):
            some = fresh[start : start + SAVE_EVERY]
            made = dict(zip(some, self._engine.translate_batch(some, decoding), strict=True))
            self._memory.add(recipe, made)
            known |= made
        return [known[request] for request in requests]


def open_memory(
    memory: str | PathLike[str] | bool,  # noqa: FBT001 -- as given
) -> Memory | OptionalMemory | None:
    """Open the memory, pinned to what is imported in it now, so that all workers see the same.

    The user's own memory is optional: if it cannot be used, the conversion goes on without.
    """
    if memory is False:
        return None
    if memory is not True and not isinstance(memory, (str, PathLike)):
        raise SettingsError(f"memory must be a file, True or False, not {memory!r}")
    if memory is not True:
        chosen = Memory(memory)
        chosen.pinned = chosen.imported_digest()
        return chosen
    found = Memory()
    try:
        found.pinned = found.imported_digest()
    except TranslationMemoryError as error:
        logger.warning("continuing without it: %s", error)
        return None
    if not found.pinned and (why := found.find_obstacle()):
        logger.warning(
            "continuing without a translation memory: %s cannot be written (%s); --memory FILE "
            "names another",
            found.path,
            why,
        )
        return None
    return OptionalMemory(found)
