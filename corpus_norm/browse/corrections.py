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
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
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
    from collections.abc import Callable, Iterable, Iterator
    from io import FileIO

    from corpus_norm.document import Sentence
    from corpus_norm.translation.memory import Memory

Value = TypeVar("Value")
CORRECTIONS_NAME = "corrections.jsonl"
REASON = "corrected by an editor"
FIELDS = ("title", "authors", "published")
"""Fields of a document that can be corrected; several authors are separated by semicolons."""

TORN_SUFFIX = ".torn"
"""Suffix of the file beside it that keeps the unreadable lines."""

_WHAT = ("kind", "english", *FIELDS)
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
    """A new kind for a block, new English for a sentence, or a new value of a field.

    ``what`` is ``kind``, ``english`` or one of :data:`FIELDS`; ``index`` is the place of the block
    or sentence, from 0, and 0 for a field.  ``before`` is the old value and ``text`` the original
    text (empty for a field), so that the correction can be understood and found again without the
    dataset.
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
        self._recorded: Counter[str] = Counter()
        self._by_document: dict[str, dict[tuple[str, int], Correction]] = {}
        self._journal = Journal(path)
        for correction in self._journal.read(parse_correction):
            self._keep(correction)

    def add(self, document: Document, what: str, index: int, value: str) -> Correction:
        """Record a correction; ``document`` is the one of the dataset, without corrections.

        Raises:
            InputError: there is no such block, sentence, kind or date, or the English is empty.
            OSError: the file cannot be written to.
        """
        [correction] = self.save(document, [(what, index, value)])
        return correction

    def save(self, document: Document, changes: Iterable[tuple[str, int, str]]) -> list[Correction]:
        """Record several corrections of a document, all or none of them.

        Args:
            document: the document as it is in the dataset, without corrections.
            changes: what to correct, the place, and the new value, as in :class:`Correction`.

        Raises:
            InputError: one of them cannot be made; none is recorded.
            OSError: the file cannot be written to.
        """
        made = [make_correction(document, *change) for change in changes]
        if not made:
            return []
        lines = [json.dumps(dataclasses.asdict(each), ensure_ascii=False) for each in made]
        with self._lock:
            self._journal.append("\n".join(lines))
            for correction in made:
                self._keep(correction)
        units = [
            (document.sentences[each.index].language, make_request(each.text).text, each.value)
            for each in made
            if each.what == "english"
        ]
        if units and self._memory is not None:
            self._memory.import_units(units)
        return made

    def count(self, doc_id: str) -> int:
        """Return how many corrections of a document are recorded, replaced ones included."""
        return self._recorded[doc_id]

    def apply(self, document: Document) -> Document:
        """Return the document with its corrections; everything else and all offsets are unchanged.

        If the dataset was converted again, a correction follows its text, and is ignored if the
        text is gone.  ``text_en`` of the document does not change, only that of its sentences.
        A corrected title has no English unless it is English, and a corrected day no time.
        """
        blocks, sentences = list(document.blocks), list(document.sentences)
        for correction in self._by_document.get(document.doc_id, {}).values():
            if correction.what == "kind":
                for place in _find([block.text for block in blocks], correction):
                    kind = BlockKind(correction.value)
                    blocks[place] = replace(blocks[place], kind=kind, reason=REASON)
            elif correction.what == "english":
                for place in _find([sentence.text for sentence in sentences], correction):
                    sentences[place] = _with_english(sentences[place], correction.value)
        corrected = replace(document, blocks=tuple(blocks), sentences=tuple(sentences))
        return self._apply_fields(corrected)

    def correct_title(self, doc_id: str, title: str | None) -> str | None:
        """Return the corrected title of a document, or the one given if there is none."""
        own = self._by_document.get(doc_id, {})
        return own["title", 0].value or None if ("title", 0) in own else title

    def _apply_fields(self, document: Document) -> Document:
        own = self._by_document.get(document.doc_id, {})
        values = {what: each.value for (what, _), each in own.items() if what in FIELDS}
        if "title" in values:
            title = values["title"] or None
            is_english = document.language.startswith("en")
            document = replace(document, title=title, title_en=title if is_english else None)
        if "authors" in values:
            names = (name.strip() for name in values["authors"].split(";"))
            document = replace(document, authors=tuple(filter(None, names)))
        if "published" in values:
            day = date.fromisoformat(values["published"]) if values["published"] else None
            document = replace(document, published=day, published_at=None)
        return document

    def __len__(self) -> int:
        return sum(len(own) for own in self._by_document.values())

    def _keep(self, correction: Correction) -> None:
        own = self._by_document.setdefault(correction.doc_id, {})
        own[correction.what, correction.index] = correction
        self._recorded[correction.doc_id] += 1


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
        InputError: there is no such block, sentence, kind or date, or the English is empty.
    """
    value = replace_surrogates(value)
    if what in FIELDS:
        return _correct_field(document, what, index, " ".join(value.split()))
    if what == "kind":
        return _correct_kind(document, index, value)
    if what == "english":
        return _correct_english(document, index, " ".join(value.split()))
    raise InputError(f"cannot correct {what!r}; choose one of {', '.join(_WHAT)}")


def read_field(document: Document, what: str) -> str:
    """Return a field of a document as an editor writes it.

    >>> read_field(Document("a.txt", "", authors=("Ann Lee", "Bo Ek")), "authors")
    'Ann Lee; Bo Ek'
    """
    if what == "authors":
        return "; ".join(document.authors)
    return str(getattr(document, what) or "")


def _correct_field(document: Document, what: str, index: int, value: str) -> Correction:
    if index:
        raise InputError(f"a document has one {what}, not a number {index}")
    if _CONTROL.search(value):
        raise InputError(f"the {what} cannot hold a control character")
    if what == "published" and value:
        try:
            value = date.fromisoformat(value).isoformat()
        except ValueError:
            raise InputError(f"{value!r} is not a day; write it as 2024-05-31") from None
    return Correction(document.doc_id, what, 0, value, read_field(document, what), "")


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
    if found.what not in _WHAT:
        raise ValueError(f"cannot correct {found.what!r}")
    if found.what == "published" and found.value:
        date.fromisoformat(found.value)
    if found.what == "kind":
        BlockKind(found.value)
    return found
