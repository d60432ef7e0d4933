"""Engines for language models, used only on request: a GGUF file in llama.cpp, or a server.

Importing this package loads neither.  A file needs xllamacpp (extra ``llm``).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from corpus_norm.errors import ModelNotInstalledError
from corpus_norm.faults import logger
from corpus_norm.languages import LANGUAGES
from corpus_norm.translation.engines import Hypothesis
from corpus_norm.translation.engines.llm.client import (
    ChatClient,
    ServerError,
    check_server,
    read_address,
)
from corpus_norm.translation.engines.llm.prompt import (
    CONTEXT_CHARACTERS,
    LATIN_LINE,
    NO_NAMES,
    VERSION,
    Names,
    build_messages,
    count_han,
    estimate_tokens,
    find_context,
    read_english,
    split_dateline,
)
from corpus_norm.translation.engines.llm.runtime import LocalModel, describe_library
from corpus_norm.translation.masking import write_amounts
from corpus_norm.translation.models import requested_starters
from corpus_norm.translation.models.language_models import (
    ModelFile,
    find_terms,
    installed_files,
    read_file,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from corpus_norm.settings import TranslationSettings
    from corpus_norm.translation.engines import Decoding, Request
    from corpus_norm.translation.engines.llm.client import Answer

__all__ = [
    "ALONE",
    "LanguageModelTranslator",
    "ModelFile",
    "can_translate",
    "check_models",
    "find_terms",
    "installed_files",
    "load_engine",
    "read_file",
]

ALONE = "one sentence at a time"
"""How sentences are grouped into batches; part of the recipe."""

_CODES = {"Chinese": "zh", "French": "fr"}
_SCORE_DIGITS = 4
_LONGEST_RATIO = 3
_SLACK_TOKENS = 24
_TOKEN_CHARACTERS = 16  # longer than the tokens of any text are on average
_PENALTY = 0.6  # on tokens that occurred before, in the retry of an answer that loops


class LanguageModelTranslator:
    """A language model with a chat interface; an :class:`~corpus_norm.translation.engines.Engine`.

    An answer is cut at three times the tokens of its source plus 24, because longer ones are not
    translations.  If an answer contains Chinese, which a grammar rules out, the model is asked
    again, and the answer with less Chinese is used.

    Args:
        open_client: returns the client of the model; called before each list of requests.
        language: the English name of the source language.
        file: the model, with its digest.
        described: what runs the model, for the recipe.
        context: whether the prompt contains the text before a sentence in its paragraph.
        connections: the number of requests sent at a time.
        grammar: the grammar of an answer, for llama.cpp.
        names: those whose English a prompt gives.
    """

    def __init__(  # noqa: PLR0913 -- the last ones are keyword-only
        self,
        open_client: Callable[[], ChatClient],
        language: str,
        file: ModelFile,
        *,
        described: str = "",
        context: bool = False,
        connections: int = 1,
        grammar: str = "",
        names: Names = NO_NAMES,
    ) -> None:
        self._open_client = open_client
        self._language = language
        self._file = file
        self._described = described
        self._context = context
        self._connections = connections
        self._grammar = grammar
        self._names = names
        self._has_failed = False
        self._answered: dict[tuple[Request, Decoding], Hypothesis] = {}

    @property
    def name(self) -> str:
        """The name of the model, and its digest if known."""
        return self._file.label

    @property
    def reads_context(self) -> bool:
        """Whether the prompt contains the text before a sentence."""
        return self._context

    def recipe(self, decoding: Decoding) -> str:
        """Describe the model, its runtime, the prompt, and the decoding options that apply."""
        shown = CONTEXT_CHARACTERS if self._context else 0
        cap, penalty = decoding.max_output_tokens, self._penalty(decoding)
        return (
            f"{self._file.digest or self._file.name} {self._described} prompt {VERSION} "
            f"names {self._names.digest} {self._grammar} {self._language} context {shown} "
            f"cap {cap} again {decoding.detour} penalty {penalty}"
        )

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return an estimate of the number of tokens of each text."""
        return [estimate_tokens(text) for text in texts]

    def translate_batch(self, requests: Sequence[Request], decoding: Decoding) -> list[Hypothesis]:
        """Return a hypothesis for each request, in order; each is translated alone.

        If one request fails, the list fails, but finished translations are kept for the next list.

        Raises:
            ServerError: the model cannot be reached, or answers with an error.
        """
        client = self._open_client()

        def translate(request: Request) -> None:
            if (request, decoding) not in self._answered:
                self._answered[request, decoding] = self._translate(client, request, decoding)

        pool = ThreadPoolExecutor(self._connections)
        try:
            for done in [pool.submit(translate, request) for request in requests]:
                done.result()
        except ServerError as error:
            if not self._has_failed:
                self._has_failed = True
                logger.warning("sentences stay without English, flagged untranslated: %s", error)
            raise
        finally:  # also at the time limit of the document
            pool.shutdown(cancel_futures=True)
        found = [self._answered[request, decoding] for request in requests]
        self._answered.clear()
        return found

    def _translate(self, client: ChatClient, request: Request, decoding: Decoding) -> Hypothesis:
        first = self._ask(client, request, decoding, again=decoding.detour)
        if decoding.detour or not count_han(first.text):
            return first
        second = self._ask(client, request, decoding, again=True)
        is_better = second.text and count_han(second.text) < count_han(first.text)
        return second if is_better else first

    def _ask(
        self, client: ChatClient, request: Request, decoding: Decoding, *, again: bool
    ) -> Hypothesis:
        """Ask for the English of a text; a dateline before it is a question of its own."""
        from corpus_norm.translation.engines.phrases.tokens import write_moment  # loads numpy

        context = find_context(request.context, request.text) if self._context else ""
        options = {"grammar": self._grammar, "frequency_penalty": self._penalty(decoding)}

        def answer(text: str, context: str = "") -> Answer:
            asked = write_amounts(text, _CODES.get(self._language, ""))
            most = _LONGEST_RATIO * estimate_tokens(text) + _SLACK_TOKENS
            most = min(decoding.max_output_tokens, most)
            found = client.complete(
                build_messages(self._language, asked, context, self._names, again=again),
                most,
                {name: value for name, value in options.items() if value},
            )
            english = read_english(found.text, text)
            longest = most * _TOKEN_CHARACTERS  # for servers that ignore ``max_tokens``
            is_cut = found.at_cap or len(english) > longest
            return replace(found, text=english[:longest], at_cap=is_cut)

        dateline, day, text = split_dateline(request.text)
        done = answer(text, context)
        english = done.text
        if dateline and english:
            place = answer(dateline).text.rstrip(" .,:-–—")
            english = f"{place}, {write_moment(day)}: {english}"
        score = round(done.score, _SCORE_DIGITS)
        return Hypothesis(english, score, done.tokens, done.at_cap, draft=True)

    @staticmethod
    def _penalty(decoding: Decoding) -> float:
        return _PENALTY if decoding.repetition_penalty > 1 else 0.0


def can_translate(language: str) -> bool:
    """Return whether the prompt has a name for a language (BCP-47).

    >>> can_translate("fr"), can_translate("tlh")
    (True, False)
    """
    return language in LANGUAGES


def load_engine(
    language: str, settings: TranslationSettings, threads: int = 1
) -> LanguageModelTranslator:
    """Return the engine of the settings for a language (BCP-47).

    A file is loaded at the first translation, once for all languages.

    Raises:
        ModelNotInstalledError: there is no such file, or the language has no name here.
        ModelError: xllamacpp is not installed, or the server cannot be used.
        ModelIntegrityError: the file is not a GGUF file.
    """
    if not can_translate(language):
        raise ModelNotInstalledError(
            f"the prompt has no name for the language {language!r}; known are: "
            f"{', '.join(LANGUAGES)}",
            subject=language,
        )
    name = LANGUAGES[language].name.partition(" (")[0]
    if settings.engine == "server":
        client = _open_server(settings)
        return LanguageModelTranslator(
            lambda: client,
            name,
            ModelFile.of_server(client.model),
            described=f"at {client.address}",
            context=settings.llm_context,
            connections=settings.server_connections,
            names=find_names(language),
        )
    file = read_file(settings.llm_model or "")
    model = _open_file(file, max(1, threads))
    return LanguageModelTranslator(
        model.start,
        name,
        file,
        described=describe_library(),
        context=settings.llm_context,
        grammar=LATIN_LINE,
        names=find_names(language),
    )


def find_names(language: str) -> Names:
    """Return the names of a language (BCP-47): for Simplified Chinese, those of the starter model.

    They come from CC-CEDICT.  The starter model keeps those that its table lacks: the rare ones.
    """
    if language != "zh-Hans":
        return NO_NAMES
    files = [package.path / "model" / "zh.glosses.txt" for package in requested_starters()]
    return next((_read_names(file) for file in files if file.is_file()), NO_NAMES)


def check_models(settings: TranslationSettings) -> list[ModelFile]:
    """Check and return the model that the settings name, at the start of a run.

    Raises:
        SettingsError: the server is on another machine, and the settings do not allow this.
        ModelNotInstalledError: there is no such file.
        ModelError: xllamacpp is not installed, the file is an adapter, or the server cannot be
            used.
        ModelIntegrityError: the file is not a GGUF file.
    """
    if settings.engine == "server":
        return [ModelFile.of_server(_open_server(settings).model)]
    describe_library()
    return [read_file(settings.llm_model or "")]


def _open_server(settings: TranslationSettings) -> ChatClient:
    return _check_server(
        settings.server_url or "",
        settings.server_model or "",
        settings.server_timeout_s,
        settings.server_allow_remote,
    )


@lru_cache(maxsize=4)
def _check_server(url: str, model: str, timeout_s: float, allow_remote: bool) -> ChatClient:  # noqa: FBT001 -- as in the settings
    client = ChatClient(read_address(url), model, timeout_s)
    client.model = check_server(client, allow_remote=allow_remote)
    return client


@lru_cache(maxsize=2)
def _read_names(path: Path) -> Names:
    return Names.read(path)


@lru_cache(maxsize=2)
def _open_file(file: ModelFile, threads: int) -> LocalModel:
    return LocalModel(file.path, threads)
