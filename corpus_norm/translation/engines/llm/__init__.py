"""Translation engines that run language models (GGUF files) in llama.cpp; used only on request.

Translation needs llama-cpp-python (extra ``llm``); importing this package does not.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from queue import SimpleQueue
from typing import TYPE_CHECKING

from corpus_norm.errors import ModelError, ModelNotInstalledError
from corpus_norm.languages import LANGUAGES
from corpus_norm.translation.engines import Hypothesis
from corpus_norm.translation.engines.llm.files import (
    KNOWN_LANGUAGE_MODELS,
    KnownModel,
    ModelFile,
    find_terms,
    install_known,
    installed_files,
    read_file,
)
from corpus_norm.translation.engines.llm.runtime import (
    CONTEXT_CHARACTERS,
    VERSION,
    Llama,
    LlamaCpp,
    Search,
    build_prompt,
    find_context,
    generate_line,
    import_llama_cpp,
    show_examples,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus_norm.settings import TranslationSettings
    from corpus_norm.translation.engines import Decoding, Request

__all__ = [
    "ALONE",
    "KNOWN_LANGUAGE_MODELS",
    "KnownModel",
    "ModelFile",
    "check_files",
    "find_terms",
    "install_known",
    "installed_files",
    "read_file",
]

ALONE = "one sentence at a time"
"""The way sentences are grouped into batches: each alone.  Part of the recipe."""

_SCORE_DIGITS = 4
_LONGEST_RATIO = 3
_SLACK_TOKENS = 24
_COPIED_BYTES = 1 << 30


class LanguageModelTranslator:
    """A loaded language model; an :class:`~corpus_norm.translation.engines.Engine`.

    ``llamas`` are copies of the model, each of which translates one sentence at a time;
    ``language`` is the English name of the source language.  An output is cut at three times the
    tokens of its source plus 24: beyond that, a model is rambling.
    """

    def __init__(
        self,
        llamas: Sequence[Llama],
        language: str,
        model: ModelFile,
        adapter: ModelFile | None = None,
        *,
        context: bool = False,
    ) -> None:
        self._llamas = llamas
        self._language = language
        self._model = model
        self._adapter = adapter
        self._context = context

    @property
    def name(self) -> str:
        """Name and digest of the model, and of the adapter if there is one."""
        return " with ".join(file.label for file in (self._model, self._adapter) if file)

    @property
    def reads_context(self) -> bool:
        """Whether the paragraph is shown to the model."""
        return self._context

    def recipe(self, decoding: Decoding) -> str:
        """Describe the files, the prompt, the binding, and the decoding options that apply."""
        digests = [file.digest for file in (self._model, self._adapter) if file]
        shown = CONTEXT_CHARACTERS if self._context else 0
        return (
            f"{' '.join(digests)} {self._llamas[0].version} prompt {VERSION} {self._language} "
            f"context {shown} {self._search(decoding, 0)}"
        )

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text."""
        return [len(self._llamas[0].tokenize(text)) - 1 for text in texts]

    def translate_batch(self, requests: Sequence[Request], decoding: Decoding) -> list[Hypothesis]:
        """Return a hypothesis for each request, in order; each is translated alone.

        Raises:
            ValueError: a prompt is longer than the model takes.
            RuntimeError: llama.cpp fails.
        """
        free = SimpleQueue[Llama]()
        for llama in self._llamas:
            free.put(llama)

        def translate(request: Request) -> Hypothesis:
            llama = free.get()
            try:
                return self._translate(llama, request, decoding)
            finally:
                free.put(llama)

        with ThreadPoolExecutor(len(self._llamas)) as pool:
            return list(pool.map(translate, requests))

    def _translate(self, llama: Llama, request: Request, decoding: Decoding) -> Hypothesis:
        context = find_context(request.context, request.text) if self._context else ""
        prompt = build_prompt(self._language, request.text, context)
        if self._adapter is None:
            prompt = show_examples(self._language) + prompt
        length = len(llama.tokenize(request.text))
        output = generate_line(llama, prompt, self._search(decoding, length))
        score = round(output.score, _SCORE_DIGITS)
        return Hypothesis(output.text, score, output.tokens, output.at_cap, draft=True)

    @staticmethod
    def _search(decoding: Decoding, length: int) -> Search:
        return Search(
            cap=min(decoding.max_output_tokens, _LONGEST_RATIO * length + _SLACK_TOKENS),
            repetition_penalty=decoding.repetition_penalty,
            no_repeat_ngram=decoding.no_repeat_ngram,
            detour=decoding.detour,
        )


def can_translate(language: str) -> bool:
    """Return whether the prompt can name a language (BCP-47).

    >>> can_translate("fr"), can_translate("tlh")
    (True, False)
    """
    return language in LANGUAGES


def load_engine(
    language: str, settings: TranslationSettings, threads: int = 1
) -> LanguageModelTranslator:
    """Return the engine of the settings for a language (BCP-47); load its model once per process.

    Raises:
        ModelNotInstalledError: there is no such file, or the language has no name here.
        ModelError: llama-cpp-python is not installed.
        ModelIntegrityError: a file is not a GGUF file, or cannot be loaded.
    """
    if not can_translate(language):
        raise ModelNotInstalledError(
            f"the prompt has no name for the language {language!r}; known are: "
            f"{', '.join(LANGUAGES)}",
            subject=language,
        )
    model, adapter = chosen_files(settings)
    return LanguageModelTranslator(
        _load(model, adapter, max(1, threads)),
        LANGUAGES[language].name.partition(" (")[0],
        model,
        adapter,
        context=settings.llm_context,
    )


def chosen_files(settings: TranslationSettings) -> tuple[ModelFile, ModelFile | None]:
    """Return the model and the adapter that the settings name."""
    adapter = read_file(settings.llm_adapter) if settings.llm_adapter else None
    return read_file(settings.llm_model or ""), adapter


def check_files(settings: TranslationSettings) -> list[ModelFile]:
    """Check and return the files that the settings name, before a long run depends on them.

    Raises:
        ModelNotInstalledError: there is no such file.
        ModelError: llama-cpp-python is not installed, or model and adapter are mixed up.
        ModelIntegrityError: a file is not a GGUF file.
    """
    import_llama_cpp()
    model, adapter = chosen_files(settings)
    for file, wanted in ((model, False), (adapter, True)):
        if file and file.is_adapter != wanted:
            kind = "an adapter" if file.is_adapter else "a model"
            raise ModelError(
                f"{file.path} is {kind}; llm_model takes a model and llm_adapter an adapter",
                subject=str(file.path),
            )
    return [model, adapter] if adapter else [model]


@lru_cache(maxsize=2)
def _load(model: ModelFile, adapter: ModelFile | None, threads: int) -> tuple[LlamaCpp, ...]:
    """Load a small model (up to 1 GiB) once for each thread, or a large one once for all threads.

    Threads that share a model wait for each other several hundred times per token: two were 25
    times slower than one when another process used the same processor.
    """
    copies = threads if model.size_bytes <= _COPIED_BYTES else 1
    path = adapter.path if adapter else None
    return tuple(LlamaCpp(model.path, path, threads // copies) for _ in range(copies))
