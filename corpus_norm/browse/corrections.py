"""Corrections by an editor, kept in an append-only file of JSON lines beside the dataset.

After a crash at most the last line of the file is damaged.  Several processes may write to it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import logging
import os
import re
import shutil
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from filelock import FileLock, Timeout

from corpus_norm.dataset.parts import sync_folder
from corpus_norm.document import BlockKind, Document, replace_surrogates
from corpus_norm.errors import InputError
from corpus_norm.translation.checking import check
from corpus_norm.translation.engines import Translation
from corpus_norm.translation.translate import make_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import FileIO

    from corpus_norm.document import Sentence
    from corpus_norm.translation.memory import Memory

Value = TypeVar("Value")
CORRECTIONS_NAME = "corrections.jsonl"
REASON = "corrected by an editor"
TORN_SUFFIX = ".torn"
"""Suffix of the file beside it that keeps the unreadable lines."""

_LOG = logging.getLogger("corpus_norm")
_LOCK_TIMEOUT_S = 10.0  # time for another process to write its line
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # some editors write it at the beginning of a file
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Journal:
    """An append-only file of lines; it need not exist yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.torn_path = path.with_name(path.name + TORN_SUFFIX)

    def read(self, parse: Callable[[bytes], Value]) -> list[Value]:
        """Parse the lines, in order; set aside those for which ``parse`` raises ValueError.

        Unreadable lines move to a file beside this one, with a warning in the log; if the folder
        cannot be written to, they stay and are skipped.
        """
        found, bad = self._sort(parse)
        if bad:
            try:
                with self._locked():
                    found, bad = self._sort(parse)  # again: another process may have written
                    self._set_aside([line for _, line in bad], [line for _, line in found])
                what = f"was moved to {self.torn_path.name}"
            except OSError:
                what = "was skipped"
            for number, _ in bad:
                _LOG.warning("%s, line %d cannot be read: it %s", self.path, number, what)
        return [value for value, _ in found]

    def append(self, line: str) -> None:
        """Append a line and flush it to the disk.

        Raises:
            OSError: it cannot be written; the file is unchanged.
        """
        data = line.encode() + b"\n"
        with self._locked():
            is_new = not self.path.exists()
            with self.path.open("a+b", buffering=0) as file:
                size = file.seek(0, os.SEEK_END)
                if size and _read_last(file, size) != b"\n":
                    data = b"\n" + data  # keep the new line apart from one that was cut off
                try:
                    if file.write(data) != len(data):
                        raise OSError("the disk is full")  # noqa: TRY301 -- handled like write's own
                    os.fsync(file.fileno())
                except OSError:
                    with contextlib.suppress(OSError):
                        file.truncate(size)
                    raise
            if is_new:
                with contextlib.suppress(OSError):  # not every system can sync a folder
                    sync_folder(self.path.parent)

    def _sort(
        self, parse: Callable[[bytes], Value]
    ) -> tuple[list[tuple[Value, bytes]], list[tuple[int, bytes]]]:
        """Return the readable lines with their values, and the others with their numbers."""
        found, bad = list[tuple[Value, bytes]](), list[tuple[int, bytes]]()
        data = self.path.read_bytes().removeprefix(_BYTE_ORDER_MARK) if self.path.is_file() else b""
        for number, line in enumerate(data.split(b"\n"), start=1):
            if line.strip():
                try:
                    found.append((parse(line), line))
                except ValueError:
                    bad.append((number, line))
        return found, bad

    def _set_aside(self, bad: list[bytes], kept: list[bytes]) -> None:
        with self.torn_path.open("ab") as file:
            file.write(b"".join(line + b"\n" for line in bad))
            file.flush()
            os.fsync(file.fileno())
        target = Path(os.path.realpath(self.path))
        fresh = target.with_name(f".{target.name}.tmp")
        with fresh.open("wb") as file:
            file.write(b"".join(line + b"\n" for line in kept))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(OSError):
            shutil.copymode(target, fresh)
        fresh.replace(target)
        with contextlib.suppress(OSError):
            sync_folder(target.parent)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock that keeps other processes from writing to the file."""
        lock = FileLock(self.path.with_name(f".{self.path.name}.lock"), timeout=_LOCK_TIMEOUT_S)
        try:
            lock.acquire()
        except Timeout:
            raise OSError(f"another process is writing to {self.path.name}") from None
        try:
            yield
        finally:
            lock.release()


def _read_last(file: FileIO, size: int) -> bytes:
    """Return the last byte of a file; in append mode, moving the position is harmless."""
    file.seek(size - 1)
    return file.read(1)


@dataclass(frozen=True, slots=True)
class Correction:
    """A new kind for a block, or new English for a sentence; ``index`` counts from 0.

    ``what`` is ``kind`` or ``english``, ``before`` the old value, ``text`` the original text, so
    that the correction can be understood and found again without the dataset.
    """

    doc_id: str
    what: str
    index: int
    value: str
    before: str
    text: str


class Corrections:
    """The corrections of a dataset; writing is safe from several threads.

    Args:
        path: the file; it need not exist.
        memory: the translation memory that also gets corrected English.
    """

    def __init__(self, path: Path, memory: Memory | None = None) -> None:
        self.path = path
        self._memory = memory
        self._lock = threading.Lock()
        self._by_document: dict[str, dict[tuple[str, int], Correction]] = {}
        self._journal = Journal(path)
        for correction in self._journal.read(parse_correction):
            self._keep(correction)

    def add(self, document: Document, what: str, index: int, value: str) -> Correction:
        """Record a correction; ``document`` is the one of the dataset, without corrections.

        Raises:
            InputError: there is no such block, sentence or kind, or the English is empty.
            OSError: the file cannot be written to.
        """
        correction = make_correction(document, what, index, value)
        with self._lock:
            self._journal.append(json.dumps(dataclasses.asdict(correction), ensure_ascii=False))
            self._keep(correction)
        if what == "english" and self._memory is not None:
            language = document.sentences[index].language
            text = make_request(correction.text).text
            self._memory.import_units([(language, text, correction.value)])
        return correction

    def apply(self, document: Document) -> Document:
        """Return the document with its corrections; everything else and all offsets are unchanged.

        If the dataset was converted again, a correction follows its text, and is ignored if the
        text is gone.  ``text_en`` of the document does not change, only that of its sentences.
        """
        blocks, sentences = list(document.blocks), list(document.sentences)
        for correction in self._by_document.get(document.doc_id, {}).values():
            if correction.what == "kind":
                for place in _find([block.text for block in blocks], correction):
                    kind = BlockKind(correction.value)
                    blocks[place] = replace(blocks[place], kind=kind, reason=REASON)
            else:
                for place in _find([sentence.text for sentence in sentences], correction):
                    sentences[place] = _with_english(sentences[place], correction.value)
        return replace(document, blocks=tuple(blocks), sentences=tuple(sentences))

    def __len__(self) -> int:
        return sum(len(own) for own in self._by_document.values())

    def _keep(self, correction: Correction) -> None:
        own = self._by_document.setdefault(correction.doc_id, {})
        own[correction.what, correction.index] = correction


def _with_english(sentence: Sentence, english: str) -> Sentence:
    """Return a sentence with its corrected English, audited like that of a model."""
    found = check(sentence.text, Translation(english), sentence.language)
    return replace(
        sentence,
        text_en=english,
        score=None,
        flags=found.flags,
        faithfulness=found.faithfulness,
        adequacy=found.adequacy,
    )


def make_correction(document: Document, what: str, index: int, value: str) -> Correction:
    """Make a correction and check it against its document.

    Raises:
        InputError: there is no such block, sentence or kind, or the English is empty.
    """
    value = replace_surrogates(value)
    if what == "kind":
        return _correct_kind(document, index, value)
    if what == "english":
        return _correct_english(document, index, " ".join(value.split()))
    raise InputError(f"cannot correct {what!r}; choose kind or english")


def _correct_kind(document: Document, index: int, value: str) -> Correction:
    if value not in {kind.value for kind in BlockKind}:
        raise InputError(f"{value!r} is not a kind of block; choose one of {', '.join(BlockKind)}")
    if not 0 <= index < len(document.blocks):
        raise InputError(f"{document.source} has no block {index} to correct")
    block = document.blocks[index]
    return Correction(document.doc_id, "kind", index, value, block.kind.value, block.text)


def _correct_english(document: Document, index: int, value: str) -> Correction:
    if not value:
        raise InputError("the English of a sentence cannot be empty")
    if _CONTROL.search(value):
        raise InputError("the English of a sentence cannot hold a control character")
    if not 0 <= index < len(document.sentences):
        raise InputError(f"{document.source} has no sentence {index} to correct")
    sentence = document.sentences[index]
    before = sentence.text_en or ""
    return Correction(document.doc_id, "english", index, value, before, sentence.text)


def _find(texts: list[str], correction: Correction) -> list[int]:
    """Return the place of a correction: its own, or the only other one with the same text."""
    if correction.index < len(texts) and texts[correction.index] == correction.text:
        return [correction.index]
    places = [place for place, text in enumerate(texts) if text == correction.text]
    return places if len(places) == 1 else []


def parse_correction(line: bytes) -> Correction:
    """Parse a line of JSON as a correction.

    Raises:
        ValueError: it is not a correction.
    """
    try:
        found = Correction(**json.loads(line.decode()))
    except (TypeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    is_place = type(found.index) is int and found.index >= 0
    texts = (found.doc_id, found.what, found.value, found.before, found.text)
    if not is_place or not all(isinstance(text, str) for text in texts):
        raise ValueError("a field is of the wrong type")
    if found.what not in {"kind", "english"}:
        raise ValueError(f"cannot correct {found.what!r}")
    if found.what == "kind":
        BlockKind(found.value)
    return found
