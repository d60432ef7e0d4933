"""The translation stage: add English to every block and sentence of many documents.

The sentences of all documents are pooled, so that the engine gets long lists.  The translations
are put back in place with the original separators, which determines the English offsets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from corpus_norm.document import Block, Document, Flag, Sentence, TranslationStatus
from corpus_norm.labels import READING_FLAGS, read_flags
from corpus_norm.languages import LANGUAGES
from corpus_norm.settings import Settings
from corpus_norm.translation.engines import Translation
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

    from corpus_norm.translation.engines import Engine, Request
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


_MISSING = Translation("", None, (Flag.UNTRANSLATED.value,))
_OUR_FLAGS = frozenset(Flag) - READING_FLAGS


@dataclass(frozen=True, slots=True)
class Book:
    """All translations of a batch, by language and request, and the engine names by language."""

    translations: Mapping[str, Mapping[Request, Translation]]
    engines: Mapping[str, str]

    def look_up(self, language: str, text: str, context: str = "") -> Translation:
        """Return the translation of a text in its paragraph, or the text if it needs none."""
        if not needs_translation(language, text):
            return Translation(text)
        return self.translations.get(language, {}).get(make_request(text, context), _MISSING)


def sentences_by_block(document: Document) -> list[list[Sentence]]:
    """Return the sentences of each block in order; an unsplit block counts as one sentence."""
    ordered = sorted(document.sentences, key=lambda s: (s.block, s.start))
    groups = {block: list(group) for block, group in groupby(ordered, key=lambda s: s.block)}
    return [
        groups.get(i) or [Sentence(i, block.text, block.start, block.language)]
        for i, block in enumerate(document.blocks)
    ]


def clear(document: Document, book: Book) -> Document:
    """Remove all English and flag the sentences that needed a translation."""
    blocks = document.blocks
    sentences = tuple(
        replace(
            s,
            text_en=None,
            start_en=None,
            score=None,
            faithfulness=None,
            adequacy=None,
            flags=update_flags(
                s.flags, book.look_up(s.language, s.text, blocks[s.block].text).flags
            ),
        )
        for s in document.sentences
    )
    return replace(
        document,
        blocks=tuple(replace(b, text_en=None, start_en=None) for b in blocks),
        sentences=sentences,
        text_en=None,
        title_en=None,
        translation_model=None,
    )


def update_flags(flags: Iterable[str], found: Iterable[str]) -> tuple[Flag | str, ...]:
    """Return the flags of other stages, then the found ones; drop ours from an earlier run.

    >>> update_flags(["untranslated", "replaced_bytes"], ["output_at_cap", "output_at_cap"])
    (<Flag.REPLACED_BYTES: 'replaced_bytes'>, <Flag.OUTPUT_AT_CAP: 'output_at_cap'>)
    """
    kept = [flag for flag in flags if flag not in _OUR_FLAGS]
    return read_flags(dict.fromkeys([*kept, *found]))


def assemble(document: Document, book: Book) -> Document:
    """Build the English text from the blocks and the gaps between them, and set all offsets."""
    text = document.gaps[0]
    blocks: list[Block] = []
    sentences: list[Sentence] = []
    split = {sentence.block for sentence in document.sentences}
    groups = sentences_by_block(document)
    for i, (block, group) in enumerate(zip(document.blocks, groups, strict=True)):
        english, filled = _assemble_block(block, group, len(text), book)
        has_english = any(s.text_en is not None for s in filled if _has_letters(s)) or all(
            s.text_en is not None for s in filled
        )
        blocks.append(
            replace(
                block,
                text_en=english if has_english else None,
                start_en=len(text) if has_english else None,
            )
        )
        if i in split:
            sentences += filled
        text += english + document.gaps[i + 1]
    return replace(document, text_en=text, blocks=tuple(blocks), sentences=tuple(sentences))


def _assemble_block(
    block: Block, sentences: Sequence[Sentence], start_en: int, book: Book
) -> tuple[str, list[Sentence]]:
    """Return a block's English and its sentences with offsets; untranslated text is kept."""
    english = ""
    position = 0
    filled = []
    touched = False
    for sentence in sentences:
        done = book.look_up(sentence.language, sentence.text, block.text)
        text = done.text if done.has_english else sentence.text
        separator = block.text[position : sentence.start - block.start]
        was_touched, touched = touched, text != sentence.text
        # Chinese has no space between sentences; English needs one.
        if not separator and (touched or was_touched) and position and _are_glued(english, text):
            separator = " "
        english += separator
        filled.append(
            replace(
                sentence,
                text_en=done.text if done.has_english else None,
                start_en=start_en + len(english) if done.has_english else None,
                score=done.score,
                faithfulness=done.faithfulness,
                adequacy=done.adequacy,
                flags=update_flags(sentence.flags, done.flags),
            )
        )
        english += text
        position = sentence.end - block.start
    return english + block.text[position:], filled


def _are_glued(left: str, right: str) -> bool:
    return bool(left and right) and not left[-1].isspace() and not right[0].isspace()


def _has_letters(sentence: Sentence) -> bool:
    return any(char.isalpha() for char in sentence.text)
