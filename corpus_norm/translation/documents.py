"""The translation stage: add English to every block and sentence of many documents.

The sentences of all documents are pooled, so that the engine gets long lists.  The translations
are put back in place with the original separators, which determines the English offsets.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from corpus_norm.document import Document, Flag, TranslationStatus
from corpus_norm.languages import LANGUAGES
from corpus_norm.settings import Settings
from corpus_norm.translation.assembly import (
    Book,
    assemble,
    clear,
    sentences_by_block,
    update_flags,
)
from corpus_norm.translation.engines.routes import has_route, open_engines
from corpus_norm.translation.memory.cached_engine import CachedEngine
from corpus_norm.translation.models import Package, install_name, installed
from corpus_norm.translation.translate import (
    find_imported,
    make_request,
    needs_translation,
    translate_requests,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from corpus_norm.translation.engines import Engine, Request, Translation
    from corpus_norm.translation.memory.cached_engine import MemoryLike

IMPORTED_NAME = "imported translations"
"""The value of ``translation_model`` for English that was imported into the memory."""


def translate_documents(  # noqa: PLR0913 -- the last ones are keyword-only
    documents: Sequence[Document],
    settings: Settings | None = None,
    packages: Sequence[Package] | None = None,
    threads: int = 1,
    *,
    engines: Mapping[str, Engine] | None = None,
    memory: MemoryLike | None = None,
) -> list[Document]:
    """Return the documents with English filled in for all languages that have a model.

    A sentence that cannot be translated is flagged and keeps its original in the English text.
    Sentences in English or in an undetermined language are kept as they are.  ``engines``, by
    BCP-47 code, replace the installed ``packages`` if given.  Results stored in ``memory`` are
    reused, and translations imported into it take precedence over any engine.

    >>> from corpus_norm.document import Block, BlockKind
    >>> block = Block(BlockKind.PARAGRAPH, "Hi.", 0, language="en")
    >>> [done] = translate_documents([Document("a.txt", "Hi.", blocks=(block,))], packages=[])
    >>> done.text_en, done.translation_status.value
    ('Hi.', 'source_is_english')

    Raises:
        ModelIntegrityError: an installed package cannot be loaded.
        ModelNotInstalledError: the settings ask for an engine that is not available.
        TranslationMemoryError: the memory cannot be used.
    """
    settings = settings or Settings()
    if not settings.translation.enabled:
        return [replace(doc, translation_status=TranslationStatus.OFF) for doc in documents]
    wanted = _wanted(documents)
    if engines is None:
        engines = open_engines(wanted, settings, packages, threads)
    if memory is not None:
        engines = {code: CachedEngine(e, memory, code) for code, e in engines.items()}
    translations = {}
    for language, requests in sorted(wanted.items()):
        done = find_imported(language, requests, memory)
        if language in engines:
            rest = requests - done.keys()
            done |= translate_requests(rest, language, engines[language], settings)
        translations[language] = done
    names = {language: engine.name for language, engine in engines.items() if language in wanted}
    book = Book(translations, names)
    return [_fill(document, book) for document in documents]


def missing_models(
    languages: Iterable[str], packages: Sequence[Package] | None = None
) -> list[str]:
    """Return the languages (BCP-47, sorted) that no installed model translates.

    >>> missing_models({"fr", "en"}, packages=[])
    ['fr']
    """
    packages = installed() if packages is None else packages
    foreign = (code for code in sorted(languages) if needs_translation(code, "a"))
    return [code for code in foreign if not has_route(code, packages)]


def describe_missing(languages: Sequence[str]) -> str:
    """Return one line for the user about languages without a model; empty if there are none.

    >>> print(describe_missing(["fr", "zh-Hans"]))  # doctest: +NORMALIZE_WHITESPACE
    no translation model for French (fr), Chinese (Simplified) (zh-Hans); to install:
    python -m corpus_norm models install fr zh
    """
    if not languages:
        return ""
    known = [code for code in languages if code in LANGUAGES]
    names = [f"{LANGUAGES[code].name} ({code})" for code in known]
    others = len(languages) - len(known)
    if others:
        names.append(f"{others} other language{'s' * (others > 1)}")
    wanted = dict.fromkeys(install_name(code) for code in known) or ["FILE.argosmodel"]
    command = f"python -m corpus_norm models install {' '.join(wanted)}"
    return f"no translation model for {', '.join(names)}; to install: {command}"


def _wanted(documents: Iterable[Document]) -> dict[str, set[Request]]:
    """Return the sentences and titles that need a translation, by language."""
    wanted: dict[str, set[Request]] = {}
    for document in documents:
        for language, text, context in _texts(document):
            if needs_translation(language, text):
                wanted.setdefault(language, set()).add(make_request(text, context))
    return wanted


def _texts(document: Document) -> list[tuple[str, str, str]]:
    """Return the language, text and context of each sentence and of the title."""
    texts = [
        (s.language, s.text, document.blocks[s.block].text)
        for group in sentences_by_block(document)
        for s in group
    ]
    return [*texts, (document.language, document.title or "", "")]


def _fill(document: Document, book: Book) -> Document:
    needed = [
        (code, book.look_up(code, text, context))
        for code, text, context in _texts(document)
        if needs_translation(code, text)
    ]
    status = _status(document, needed, book)
    found = [flag for _, done in needed for flag in done.flags]
    document = replace(
        document,
        translation_status=status,
        flags=update_flags(document.flags, found),
    )
    if status in {TranslationStatus.NO_MODEL, TranslationStatus.FAILED}:
        return clear(document, book)
    used = {
        IMPORTED_NAME if Flag.IMPORTED in done.flags else book.engines[code]
        for code, done in needed
        if done.has_english
    }
    title = book.look_up(document.language, document.title or "")
    return replace(
        assemble(document, book),
        title_en=title.text if document.title is not None and title.has_english else None,
        translation_model="; ".join(sorted(used)) or None,
    )


def _status(
    document: Document, needed: Sequence[tuple[str, Translation]], book: Book
) -> TranslationStatus:
    foreign = needs_translation(document.language, "a")
    if all(done.has_english for _, done in needed):
        translated = bool(needed) or foreign
        return TranslationStatus.TRANSLATED if translated else TranslationStatus.SOURCE_IS_ENGLISH
    # An English document still has its own English sentences.
    if not foreign or any(done.has_english for _, done in needed):
        return TranslationStatus.PARTIAL
    if any(code not in book.engines for code, _ in needed):
        return TranslationStatus.NO_MODEL
    return TranslationStatus.FAILED
