"""Translate sentences of one language into English, each distinct sentence once.

The result must not depend on the order of the input.  The distinct requests are therefore sorted
by length and then by code point, and only that list determines the batches of the engine.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from corpus_norm.document import UNDETERMINED, Flag, replace_surrogates, unwrap
from corpus_norm.errors import InputError
from corpus_norm.settings import Settings
from corpus_norm.translation.engines import Decoding, Request, Translation
from corpus_norm.translation.engines.routes import choose_engine
from corpus_norm.translation.glossary import load_glossary
from corpus_norm.translation.masking import split_long
from corpus_norm.translation.memory.cached_engine import CachedEngine

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from corpus_norm.translation.engines import Engine, Hypothesis
    from corpus_norm.translation.memory.cached_engine import MemoryLike
    from corpus_norm.translation.models import Package


def translate(  # noqa: PLR0913 -- all but three are keyword-only
    sentences: Sequence[str],
    source: str,
    settings: Settings | None = None,
    *,
    contexts: Sequence[str] | None = None,
    packages: Sequence[Package] | None = None,
    engine: Engine | None = None,
    memory: MemoryLike | None = None,
    threads: int = 1,
) -> list[Translation]:
    """Translate sentences from a language (BCP-47) into English; one translation per sentence.

    Sentences in English or an undetermined language, and those without a letter, are returned
    unchanged.  Line breaks in a sentence count as hard wraps.  ``contexts`` are the paragraphs of
    the sentences, one for each, for engines that read them.  ``engine`` replaces the installed
    ``packages`` if given.  Results stored in ``memory`` are reused.  ``threads`` is the number of
    batches translated at a time.

    >>> translate(["Already English.", ""], source="en")[0]
    Translation(text='Already English.', score=None, flags=(), faithfulness=None, adequacy=None)

    Raises:
        InputError: the sentences are not a list of texts.
        ModelNotInstalledError: no installed package translates the language.
        ModelIntegrityError: the package cannot be loaded.
        TranslationMemoryError: the memory cannot be used.
    """
    settings = settings or Settings()
    sentences = _check(sentences)
    requests = [
        make_request(sentence, context)
        for sentence, context in zip(sentences, contexts or [""] * len(sentences), strict=True)
    ]
    wanted = {
        request: sentence
        for request, sentence in zip(requests, sentences, strict=True)
        if needs_translation(source, sentence)
    }
    if not wanted:
        return [Translation(sentence) for sentence in sentences]
    done = find_imported(source, wanted, memory)
    if len(done) < len(wanted):
        if engine is None:
            engine = choose_engine(source, settings, packages, threads)
        if memory is not None:
            engine = CachedEngine(engine, memory, source)
        done |= translate_requests(wanted.keys() - done.keys(), source, engine, settings)
    return [
        done[request] if request in wanted else Translation(sentence)
        for request, sentence in zip(requests, sentences, strict=True)
    ]


def needs_translation(language: str, text: str) -> bool:
    """Return whether a text must be translated to be read in English.

    >>> needs_translation("fr", "Oui."), needs_translation("fr", "2024")
    (True, False)
    >>> needs_translation("en", "Yes."), needs_translation("und", "Hmm")
    (False, False)
    """
    if language.split("-", maxsplit=1)[0] in {"en", UNDETERMINED}:
        return False
    return any(char.isalpha() for char in text)


def make_request(text: str, context: str = "") -> Request:
    r"""Return a text as engines and the memory see it: one line, single spaces, NFC.

    >>> make_request("Il pleut\nsur  Nantes. ")
    Request(text='Il pleut sur Nantes.', context='')
    """
    return Request(_normalise(text), _normalise_context(context))


@lru_cache(maxsize=32)
def _normalise_context(text: str) -> str:
    # Cached because consecutive sentences have the same paragraph as their context.
    return _normalise(text)


def _normalise(text: str) -> str:
    line = " ".join(unwrap(text).split())
    return unicodedata.normalize("NFC", replace_surrogates(line))


def find_imported(
    source: str, requests: Collection[Request], memory: MemoryLike | None
) -> dict[Request, Translation]:
    """Return the imported translations of requests, regardless of context."""
    if memory is None:
        return {}
    found = memory.find_imported(source, sorted({request.text for request in requests}))
    flags = (Flag.IMPORTED.value,)
    return {r: Translation(found[r.text], None, flags) for r in requests if r.text in found}


def translate_requests(
    requests: Iterable[Request], language: str, engine: Engine, settings: Settings
) -> dict[Request, Translation]:
    """Translate the requests, with an audit unless the settings turn it off.

    If the engine does not read contexts, each text is translated once for all its contexts.

    Raises:
        GlossaryError: the glossary of the settings cannot be used.
    """
    from corpus_norm.translation.checking import translate_checked  # the audit takes long to import

    chosen = settings.translation
    asked = {r: r if engine.reads_context else Request(r.text) for r in requests}
    unique = sorted(set(asked.values()), key=_by_length)
    decoding = Decoding.of(chosen)
    once = partial(attempt, engine=engine, max_input_tokens=chosen.max_input_tokens)
    glossary = load_glossary(chosen.glossary_path) if chosen.glossary_path else None
    done = translate_checked(unique, language, once, decoding, glossary, audited=chosen.audit)
    return {request: done[reduced] for request, reduced in asked.items()}


def attempt(
    requests: Sequence[Request], decoding: Decoding, engine: Engine, max_input_tokens: int
) -> dict[Request, Translation]:
    """Translate each request once with one decoding, long ones in pieces that are rejoined."""
    pieces = {
        request: [
            Request(piece, request.context)
            for piece in split_long(request.text, engine.count_tokens, max_input_tokens)
        ]
        for request in requests
    }
    queue = sorted({piece for parts in pieces.values() for piece in parts}, key=_by_length)
    results = dict(zip(queue, _run(engine, queue, decoding), strict=True))
    return {
        request: conclude([results[piece] for piece in parts]) for request, parts in pieces.items()
    }


def _check(sentences: object) -> list[str]:
    """Return the sentences as a list; one text would be taken letter by letter."""
    if isinstance(sentences, (str, bytes)):
        raise InputError("translate takes a list of sentences, not one text; give [text]")
    if not isinstance(sentences, Iterable):
        raise InputError(f"translate takes a list of texts, not {type(sentences).__name__}")
    to_list = getattr(sentences, "to_pylist", None)  # an array of Arrow
    texts = to_list() if callable(to_list) else list(sentences)
    for place, text in enumerate(texts):
        if not isinstance(text, str):
            raise InputError(f"sentence {place} is no text but {type(text).__name__}")
    return texts


def _by_length(request: Request) -> tuple[int, str, str]:
    return len(request.text), request.text, request.context


def _run(
    engine: Engine, requests: Sequence[Request], decoding: Decoding
) -> list[Hypothesis | None]:
    """Translate requests; if the engine fails, halve the list until the failing text is alone."""
    if not requests:
        return []
    try:
        return list(engine.translate_batch(requests, decoding))
    except (RuntimeError, ValueError):
        if len(requests) == 1:
            return [None]
    middle = len(requests) // 2
    first, second = requests[:middle], requests[middle:]
    return _run(engine, first, decoding) + _run(engine, second, decoding)


def conclude(parts: Sequence[Hypothesis | None]) -> Translation:
    """Join the hypotheses for the pieces of a sentence (None: the engine failed).

    Only this function turns hypotheses into a translation.  Scores are weighted by tokens.
    """
    got = [part for part in parts if part is not None]
    if len(got) < len(parts):
        return Translation("", None, (Flag.UNTRANSLATED.value,))
    text = " ".join(part.text for part in got if part.text)
    flags = []
    if not text:
        flags.append(Flag.UNTRANSLATED.value)
    if not all(part.text for part in got):
        flags.append(Flag.EMPTY_OUTPUT.value)
    if any(part.at_cap for part in got):
        flags.append(Flag.OUTPUT_AT_CAP.value)
    if text and any(part.draft for part in got):
        flags.append(Flag.DRAFT.value)
    weight = sum(part.tokens for part in got)
    score = sum(part.score * part.tokens for part in got) / weight if weight else 0.0
    return Translation(text, round(score, 4), tuple(flags))
