"""What an editor put right: an overlay beside the dataset, whose Parquet files stay as they are.

``corrections.jsonl`` holds one correction on a line, in the order they were made; the last one for
a place counts.  A line that is none, such as the last one before a crash, is set aside in
``corrections.jsonl.torn``.  A corrected translation also goes into the translation memory, so that
the next ``convert`` gives the editor's words.
"""

from __future__ import annotations

import dataclasses
import json
import re
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from corpus_norm.browse.journal import Journal
from corpus_norm.document import BlockKind, Document, replace_surrogates
from corpus_norm.errors import InputError
from corpus_norm.translation.translate import make_request

if TYPE_CHECKING:
    from pathlib import Path

    from corpus_norm.translation.memory import Memory

CORRECTIONS_NAME = "corrections.jsonl"
REASON = "corrected by an editor"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Correction:
    """Another kind for a block, or another English for a sentence; ``index`` from 0.

    ``what`` is ``kind`` or ``english``, ``before`` what stood there, ``text`` the original it is
    about, so that the correction can be understood, and found again, without the dataset.
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
        memory: where corrected translations go as well.
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
        """Take a correction of a document as it is in the dataset, and write it down.

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
        """The document as its editor wants it; other places, and all offsets, are as they were.

        A correction follows its text where the dataset was made anew, and is passed over where the
        text is gone.  ``text_en`` of the document is left alone: only its sentences change.
        """
        blocks, sentences = list(document.blocks), list(document.sentences)
        for correction in self._by_document.get(document.doc_id, {}).values():
            if correction.what == "kind":
                for place in _find([block.text for block in blocks], correction):
                    kind = BlockKind(correction.value)
                    blocks[place] = replace(blocks[place], kind=kind, reason=REASON)
            else:
                for place in _find([sentence.text for sentence in sentences], correction):
                    sentences[place] = replace(
                        sentences[place], text_en=correction.value, score=None, flags=()
                    )
        return replace(document, blocks=tuple(blocks), sentences=tuple(sentences))

    def __len__(self) -> int:
        return sum(len(own) for own in self._by_document.values())

    def _keep(self, correction: Correction) -> None:
        own = self._by_document.setdefault(correction.doc_id, {})
        own[correction.what, correction.index] = correction


def make_correction(document: Document, what: str, index: int, value: str) -> Correction:
    """A correction, checked against its document.

    Raises:
        InputError: there is no such block, sentence or kind, or the English is empty.
    """
    value = replace_surrogates(value)
    if what == "kind":
        return _correct_kind(document, index, value)
    if what == "english":
        return _correct_english(document, index, " ".join(value.split()))
    raise InputError(f"nothing to correct is called {what!r}; choose kind or english")


def _correct_kind(document: Document, index: int, value: str) -> Correction:
    if value not in {kind.value for kind in BlockKind}:
        raise InputError(f"{value!r} is no kind of block; choose one of {', '.join(BlockKind)}")
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
    """The place a correction is about: where it was made, or the only other with its text."""
    if correction.index < len(texts) and texts[correction.index] == correction.text:
        return [correction.index]
    places = [place for place, text in enumerate(texts) if text == correction.text]
    return places if len(places) == 1 else []


def parse_correction(line: bytes) -> Correction:
    """The correction that a line of JSON describes.

    Raises:
        ValueError: it is none.
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
        raise ValueError(f"nothing to correct is called {found.what!r}")
    if found.what == "kind":
        BlockKind(found.value)
    return found
