"""Around every stage: whatever one document does to it costs that document alone.

A stage that works on many documents is tried on all of them, and where that fails on each, to find
the one that is to blame.  Each has its own time then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from corpus_norm.document import (
    UNDETERMINED,
    Document,
    Flag,
    RawDocument,
    Rejection,
    Sentence,
    TranslationStatus,
)
from corpus_norm.errors import (
    CorpusNormError,
    ModelError,
    SettingsError,
    TranslationMemoryError,
)
from corpus_norm.faults import Fault, collecting, describe
from corpus_norm.stage_timer import TimeUp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    from corpus_norm.settings import Settings
    from corpus_norm.stage_timer import StageTimer

Subject = TypeVar("Subject")
Result = TypeVar("Result")
FAILURES = (CorpusNormError, ValueError, ArithmeticError, LookupError, RecursionError, MemoryError)
"""What a document can do to the stages that read it; anything else is a fault of the program."""
MEANS = (SettingsError, ModelError, TranslationMemoryError)
"""What is wrong with the glossary, the model or the memory: no document's affair."""
_PASSING = (KeyboardInterrupt, SystemExit, GeneratorExit)
_LIMITS = (TimeUp, MemoryError, RecursionError)
_OURS = ("translate", "write")  # stages that take any document there is


@dataclass(frozen=True, slots=True)
class Guard:
    """What the guards of a batch share: its settings, and who is told."""

    settings: Settings
    watch: StageTimer

    def attempt(
        self, stage: str, raw: RawDocument, function: Callable[[], Result]
    ) -> Result | Rejection:
        """A stage on one document: its result, or the row that says why there is none."""
        try:
            return self.watch.within(1, function)
        except _PASSING:
            raise
        except BaseException as error:  # noqa: BLE001 -- a library in Rust may raise any
            return self.reject(stage, raw, error)

    def run_together(
        self,
        stage: str,
        function: Callable[[Sequence[Subject]], Sequence[Result]],
        subjects: Sequence[Subject],
        raws: Sequence[RawDocument],
        share: int,
    ) -> list[Result | Rejection]:
        """A stage on all documents at once, in the time of so many; or else on each alone."""
        trouble: BaseException
        try:
            return list(self.watch.within(share, partial(_run, function, subjects)))
        except _PASSING:
            raise
        except BaseException as error:  # noqa: BLE001 -- as above
            trouble = error
        results = [
            self.attempt(stage, raw, partial(_run_alone, function, subject))
            for subject, raw in zip(subjects, raws, strict=True)
        ]
        self.tell_of_many(stage, raws, results, trouble)
        return results

    def reject(self, stage: str, raw: RawDocument, error: BaseException) -> Rejection:
        """The row that keeps a document which failed, with its bytes when they are few."""
        name, message = type(error).__name__, describe(error)
        if isinstance(error, TimeUp):
            name = "TimeLimitError"
            message = (
                f"took longer than the time limit of {self.settings.time_limit_s:g} s; "
                "raise settings.time_limit_s to give it more"
            )
        self.tell(stage, raw, error)
        try:
            data, sha256 = raw.data_bytes, raw.bytes_sha256
        except Exception:  # noqa: BLE001 -- data of a type that it may not have
            data, sha256 = b"", ""
        return Rejection(
            source=raw.source,
            record=raw.record,
            bytes_sha256=sha256,
            stage=stage,
            error=name,
            message=message,
            data=data if len(data) <= self.settings.dataset.reject_bytes else None,
        )

    def tell(self, stage: str, raw: RawDocument | Document, error: BaseException) -> None:
        """Keep the traceback of an exception that no document may cause."""
        expected = _LIMITS if stage in _OURS else (*_LIMITS, *FAILURES)
        if not isinstance(error, expected):
            self.watch.faults.append(Fault.of(raw.source, raw.record, stage, error))

    def tell_of_many(
        self,
        stage: str,
        raws: Sequence[RawDocument],
        results: Sequence[object],
        error: BaseException,
    ) -> None:
        """Keep a traceback that only documents together gave, none of them alone."""
        failed = any(isinstance(each, Rejection) for each in results)
        if raws and not failed and not isinstance(error, (*_LIMITS, *FAILURES)):
            many = f"{raws[0].source} and {len(raws) - 1} more"
            self.watch.faults.append(Fault.of(many, 0, stage, error))


def translate_guarded(
    function: Callable[[Sequence[Document]], Sequence[Document]],
    documents: Sequence[Document],
    raws: Sequence[RawDocument],
    places: Sequence[int],
    guard: Guard,
) -> list[Document | Rejection]:
    """Translation of all documents at once; if it fails or takes long, of each in its own time.

    One that it cannot take is kept untranslated, with a status and a flag of its own.  ``places``
    are those of the documents in the batch, for the watch.

    Raises:
        SettingsError, ModelError, TranslationMemoryError: all that want English meet the same.
    """
    watch, patience = guard.watch, guard.settings.translation.patience
    trouble: BaseException | None = None
    if len(documents) > 1:
        watch.begin(None, patience)
        try:
            return list(watch.within(patience, partial(_run, function, documents)))
        except _PASSING:
            raise
        except BaseException as error:  # noqa: BLE001 -- as above
            trouble = error
    found = []
    for document, raw, place in zip(documents, raws, places, strict=True):
        watch.begin(place, patience)
        found.append(_translate_alone(function, document, raw, guard))
    results = [result for result, _ in found]
    errors = [error for _, error in found]
    _raise_if_means(documents, errors)
    for document, why in zip(documents, errors, strict=True):
        if why is not None:
            guard.tell("translate", document, why)
    if trouble is not None and not any(errors):
        guard.tell_of_many("translate", raws, results, trouble)
    return results


def _translate_alone(
    function: Callable[[Sequence[Document]], Sequence[Document]],
    document: Document,
    raw: RawDocument,
    guard: Guard,
) -> tuple[Document | Rejection, BaseException | None]:
    """What becomes of a document, and the exception that it is left untranslated for."""
    patience = guard.settings.translation.patience
    try:
        return guard.watch.within(patience, partial(_run_alone, function, document)), None
    except _PASSING:
        raise
    except TimeUp as limit:
        return guard.reject("translate", raw, limit), None
    except BaseException as error:  # noqa: BLE001 -- a library in Rust may raise any
        return leave_untranslated(document), error


def write_guarded(
    function: Callable[[Sequence[Document | Rejection]], pa.RecordBatch],
    results: Sequence[Document | Rejection],
    faults: list[Fault],
) -> pa.RecordBatch:
    """Rows of all results at once; if that fails, of each, and a reject for the one to blame."""
    with collecting(faults):
        try:
            return function(results)
        except _PASSING:
            raise
        except BaseException:
            if not results:
                raise
        import pyarrow as pa

        batches = [_write_one(function, each, faults) for each in results]
        [batch] = pa.Table.from_batches(batches).combine_chunks().to_batches()
        return batch


def _write_one(
    function: Callable[[Sequence[Document | Rejection]], pa.RecordBatch],
    item: Document | Rejection,
    faults: list[Fault],
) -> pa.RecordBatch:
    try:
        return function([item])
    except _PASSING:
        raise
    except BaseException as error:
        if isinstance(item, Rejection):
            raise
        if not isinstance(error, _LIMITS):
            faults.append(Fault.of(item.source, item.record, "write", error))
        why = (type(error).__name__, f"the row cannot be written: {describe(error)}")
        return function([Rejection(item.source, item.record, item.bytes_sha256, "write", *why)])


def leave_untranslated(document: Document) -> Document:
    """The document without any English, and with the flag that says why.

    >>> left = leave_untranslated(Document("a.txt", "Oui.", text_en="Yes."))
    >>> left.text_en, left.translation_status.value, left.flags
    (None, 'failed', ('translation_fault',))
    """
    nothing: dict[str, Any] = {"text_en": None, "start_en": None}
    sentences = tuple(
        replace(each, score=None, faithfulness=None, flags=_flag(each), **nothing)
        for each in document.sentences
    )
    flags = [*document.flags, *(flag for each in sentences for flag in each.flags)]
    return replace(
        document,
        blocks=tuple(replace(block, **nothing) for block in document.blocks),
        sentences=sentences,
        text_en=None,
        title_en=None,
        translation_model=None,
        translation_status=TranslationStatus.FAILED,
        flags=tuple(dict.fromkeys([*flags, Flag.TRANSLATION_FAULT.value])),
    )


def _flag(sentence: Sentence) -> tuple[str, ...]:
    """The flags of a sentence that stays as it is."""
    wants = _is_foreign(sentence.language) and any(map(str.isalpha, sentence.text))
    return tuple(dict.fromkeys([*sentence.flags, *[Flag.UNTRANSLATED.value] * wants]))


def _is_foreign(language: str) -> bool:
    return language.split("-", maxsplit=1)[0] not in {"en", UNDETERMINED}


def _run_alone(
    function: Callable[[Sequence[Subject]], Sequence[Result]], subject: Subject
) -> Result:
    """A stage for many documents, on one."""
    [result] = _run(function, [subject])
    return result


def _run(
    function: Callable[[Sequence[Subject]], Sequence[Result]], subjects: Sequence[Subject]
) -> Sequence[Result]:
    results = function(subjects)
    if len(results) != len(subjects):
        raise RuntimeError(f"{len(results)} results for {len(subjects)} documents")
    return results


def _raise_if_means(documents: Sequence[Document], errors: Sequence[BaseException | None]) -> None:
    """An error of the means that all documents meet which want English ends the run."""
    wanting = [error for document, error in zip(documents, errors, strict=True) if _wants(document)]
    if wanting and all(isinstance(error, MEANS) for error in wanting):
        raise wanting[0]  # type: ignore[misc]


def _wants(document: Document) -> bool:
    """Whether something in a document is neither English nor of no certain language."""
    codes = {document.language, *(block.language for block in document.blocks)}
    codes |= {sentence.language for sentence in document.sentences}
    return any(map(_is_foreign, codes))
