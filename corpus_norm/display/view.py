"""A document as a reader sees it: the one shape that every view is drawn from.

The notebook, the terminal, the report and the JSON of ``inspect`` show the same things: blocks in
runs inside and outside the body, their sentences with the English beside them, amounts that do
not agree, repairs and flags with what they mean.  What they show is decided here, once.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus_norm.display.marks import find_marks
from corpus_norm.document import Flag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from corpus_norm.display.marks import Mark
    from corpus_norm.document import Block, BlockKind, Document, RawDocument, Repair, Sentence
    from corpus_norm.encoding import Change
    from corpus_norm.settings import Settings

REPAIR_MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "surrogates": "halves of characters were joined, or replaced where one half is lost",
        "line_ends": "line ends of other systems became line feeds",
        "controls": "control characters and terminal escapes were removed",
        "entities": "HTML entities in plain text became the characters they stand for",
        "next_line": "U+0085 ended lines and became a line feed",
        "mojibake": "text decoded with the wrong encoding was decoded again",
        "c1_controls": "control characters from U+0080 to U+009F were removed",
        "invisible": "characters that nobody sees and no letter needs were removed",
        "ligatures": "ligatures such as ﬁ became letters",
        "full_width": "full-width Latin letters became ordinary ones",
        "normal_form": "letters and their accents were put together (Unicode NFC)",
    }
)
"""What each repair of :mod:`corpus_norm.encoding` does, for people."""


_NAME_CHARS = 120


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence, or what a block holds outside its sentences, with its English.

    ``english`` is None where nothing stands beside the text: it is English itself, or has no
    translation.  The marks are places in the two texts that a reader should look at.  A line is
    ``glued`` when no white space parts it from the one before, as in Chinese.
    """

    text: str
    language: str
    english: str | None = None
    score: float | None = None
    faithfulness: float | None = None
    flags: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    marks_en: tuple[Mark, ...] = ()
    glued: bool = False

    @property
    def is_doubtful(self) -> bool:
        """Whether a reader should be warned of this line."""
        return bool(self.flags) or any(mark.is_wrong for mark in (*self.marks, *self.marks_en))


@dataclass(frozen=True, slots=True)
class BlockView:
    """A block and its lines; ``index`` is its place in the document."""

    index: int
    block: Block
    lines: tuple[Line, ...]

    @property
    def kind(self) -> BlockKind:
        """What the block is for."""
        return self.block.kind


@dataclass(frozen=True, slots=True)
class Section:
    """Neighbouring blocks that are all inside the body, or all outside it."""

    is_body: bool
    blocks: tuple[BlockView, ...]

    @property
    def kinds(self) -> str:
        """The kinds of its blocks, commonest first, with their numbers."""
        return count_kinds([view.kind for view in self.blocks])


@dataclass(frozen=True, slots=True)
class RepairView:
    """A repair, what it means, and what stood there before, where that is known."""

    repair: Repair
    meaning: str
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentView:
    """All that is shown of a document; ``warnings`` are its flags with their meanings.

    ``omitted`` is the number of blocks that are not shown to the end, in a shortened view.
    """

    document: Document
    sections: tuple[Section, ...]
    repairs: tuple[RepairView, ...]
    warnings: tuple[tuple[str, str], ...]
    omitted: int = 0

    @property
    def has_english(self) -> bool:
        """Whether some line has English beside it."""
        return any(line.english is not None for line in self.lines)

    @property
    def blocks(self) -> Iterator[BlockView]:
        """All blocks, in order."""
        return (view for section in self.sections for view in section.blocks)

    @property
    def lines(self) -> Iterator[Line]:
        """All lines, in order."""
        return (line for view in self.blocks for line in view.lines)

    def flags_of(self, line: Line) -> tuple[str, ...]:
        """The flags to show beside a line: not the one that all lines share."""
        if self.document.text_en is not None:
            return line.flags
        return tuple(flag for flag in line.flags if flag != Flag.UNTRANSLATED)


def view_document(document: Document, changes: Sequence[Change] = ()) -> DocumentView:
    """What there is to show of a document.

    Args:
        document: the document.
        changes: its repairs in full, as :func:`corpus_norm.encoding.explain` gives them; without
            them the view tells what was put in, but not what stood there before.

    >>> from corpus_norm.document import Block, BlockKind, Document
    >>> blocks = (Block(BlockKind.SHARE, "Share", 0), Block(BlockKind.PARAGRAPH, "Hello.", 6))
    >>> view = view_document(Document("a.txt", "Share Hello.", blocks=blocks))
    >>> [(section.is_body, section.kinds) for section in view.sections]
    [(False, 'share'), (True, 'paragraph')]
    """
    sentences: dict[int, list[Sentence]] = {}
    for sentence in document.sentences:
        sentences.setdefault(sentence.block, []).append(sentence)
    views = [
        BlockView(index, block, tuple(_cut_lines(block, sentences.get(index, []))))
        for index, block in enumerate(document.blocks)
    ]
    return DocumentView(
        document=document,
        sections=_group(views),
        repairs=tuple(_view_repairs(document.repairs, changes)),
        warnings=tuple((flag, explain_flag(flag)) for flag in document.flags),
    )


def shorten(view: DocumentView, most_chars: int) -> DocumentView:
    """A view that ends after so many characters of text, so that no page grows without bound."""
    room, kept = most_chars, list[BlockView]()
    blocks = list(view.blocks)
    whole = 0
    for each in blocks:
        lines = []
        for line in each.lines:
            if len(line.text) + len(line.english or "") > room:
                break
            room -= len(line.text) + len(line.english or "")
            lines.append(line)
        if lines:
            kept.append(replace(each, lines=tuple(lines)))
        if len(lines) < len(each.lines):
            break
        whole += 1
    return replace(view, sections=_group(kept), omitted=len(blocks) - whole)


def name_document(document: Document) -> str:
    """What a document is known by in a list: its title, how its article begins, or its source.

    >>> from corpus_norm.document import Block, BlockKind, Document
    >>> blocks = (Block(BlockKind.PARAGRAPH, "Rates fell.", 0),)
    >>> name_document(Document("a.txt", "Rates fell.", blocks=blocks))
    'Rates fell.'
    """
    return document.title or shorten_beginning(document.body) or document.source


def shorten_beginning(body: str) -> str:
    r"""How an article begins, in one line; empty where it is.

    >>> shorten_beginning("Rates fell.\n\nThe bank said so.")
    'Rates fell. The bank said so.'
    """
    return textwrap.shorten(body[:1000], _NAME_CHARS, placeholder=" …")


def explain_flag(flag: str) -> str:
    """What a flag warns of; empty for one that this version does not know.

    >>> explain_flag("empty_output")
    'the model gave nothing for a sentence'
    """
    return Flag(flag).meaning if flag in {known.value for known in Flag} else ""


def count_kinds(kinds: Sequence[str]) -> str:
    """Kinds of blocks in words, commonest first.

    >>> count_kinds(["share", "byline", "share"])
    'share 2, byline'
    """
    counts = sorted({(-kinds.count(kind), str(kind)) for kind in kinds})
    return ", ".join(f"{kind} {-count}" if count < -1 else kind for count, kind in counts)


def _group(views: Sequence[BlockView]) -> tuple[Section, ...]:
    runs = groupby(views, key=lambda view: view.block.is_body)
    return tuple(Section(is_body, tuple(blocks)) for is_body, blocks in runs)


def _cut_lines(block: Block, sentences: Sequence[Sentence]) -> Iterator[Line]:
    """Every character of a block that is not white space, once: its sentences and the rest."""
    if not sentences:
        english = block.text_en if block.text_en != block.text else None
        yield Line(block.text, block.language, english)
        return
    done = block.start
    for sentence in sentences:
        yield from _rest(block, done, sentence.start)
        line = _view_sentence(sentence)
        is_glued = block.start < sentence.start == done
        yield replace(line, glued=True) if is_glued else line
        done = sentence.end
    yield from _rest(block, done, block.end)


def _rest(block: Block, start: int, end: int) -> Iterator[Line]:
    text = block.text[start - block.start : end - block.start]
    if text.strip():
        yield Line(text.strip(), block.language)


def _view_sentence(sentence: Sentence) -> Line:
    english = sentence.text_en if sentence.text_en != sentence.text else None
    marks, marks_en = find_marks(sentence.text, english, sentence.language)
    return Line(
        text=sentence.text,
        language=sentence.language,
        english=english,
        score=sentence.score,
        faithfulness=sentence.faithfulness,
        flags=tuple(sentence.flags),
        marks=marks,
        marks_en=marks_en,
    )


def _view_repairs(repairs: Sequence[Repair], changes: Sequence[Change]) -> Iterator[RepairView]:
    known = len(changes) == len(repairs)
    for index, repair in enumerate(repairs):
        meaning = REPAIR_MEANINGS.get(repair.step, "")
        if known:
            yield RepairView(repair, meaning, changes[index].before, changes[index].after)
        else:
            yield RepairView(repair, meaning, after=repair.replacement)


def view_with_source(document: Document, raw: RawDocument, settings: Settings) -> DocumentView:
    """The view of a document with its repairs in full, found by making them again on the source.

    Pages of HTML are repaired piece by piece, after their text has been taken out; of those the
    log is all there is.

    >>> from corpus_norm import RawDocument, Settings, process
    >>> raw = RawDocument("a.txt", "Un succÃ¨s fou pour la ville de Lyon.")
    >>> [document] = process([raw])
    >>> [repair] = view_with_source(document, raw, Settings()).repairs
    >>> repair.before, repair.after
    ('Ã¨', 'è')
    """
    return view_document(document, _explain(document, raw, settings))


def _explain(document: Document, raw: RawDocument, settings: Settings) -> tuple[Change, ...]:
    from corpus_norm import encoding

    if not document.repairs or raw.media_type == "text/html":
        return ()
    text = raw.data
    if isinstance(text, str):
        text = encoding.restore_bytes(text) or text
    if isinstance(text, bytes):
        text = encoding.decode(text, settings.charset or raw.charset).text
    changes = encoding.explain(text)
    same = [(change.step, change.start, change.end) for change in changes]
    logged = [(repair.step, repair.start, repair.end) for repair in document.repairs]
    return changes if same == logged else ()
