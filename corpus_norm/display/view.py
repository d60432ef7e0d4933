"""The view model of a document, which every output draws from.

The notebook, the terminal, the report and the JSON of ``inspect`` show the same things: runs of
blocks inside and outside the body, sentences beside their English, amounts that do not agree,
repairs and flags with their meanings.  This module alone decides what they show.

:func:`to_record` gives a view as JSON, in a stable shape for scripts: names and types are those of
the table ``documents``, with texts where the table has offsets and sentences inside their blocks.
``docs/inspect.md`` describes every key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from corpus_norm.display.highlights import find_highlights, find_words
from corpus_norm.document import Flag, replace_surrogates
from corpus_norm.values import load_fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from corpus_norm.display.highlights import Highlight
    from corpus_norm.document import Block, BlockKind, Document, RawDocument, Repair, Sentence
    from corpus_norm.encoding import Change
    from corpus_norm.settings import Settings

REPAIR_MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "surrogates": "halves of characters were joined, or replaced where one half is lost",
        "line_ends": "Windows and old Mac line ends became line feeds",
        "controls": "control characters and terminal escapes were removed",
        "escapes": "escapes of JSON became the line breaks and letters they stand for",
        "entities": "HTML entities in plain text became the characters they stand for",
        "next_line": "the control character U+0085 (next line) became a line feed",
        "mojibake": "text that had been decoded with the wrong encoding was decoded correctly",
        "c1_controls": "control characters from U+0080 to U+009F were removed",
        "invisible": "invisible characters that no script needs were removed",
        "ligatures": "ligatures such as ﬁ became separate letters",
        "full_width": "full-width Latin letters became ordinary ones",
        "normal_form": "letters and their accents were joined (Unicode NFC)",
    }
)
"""What each repair of :mod:`corpus_norm.encoding` does, in words for readers."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence, or text of a block that belongs to no sentence, with its English.

    ``english`` is None for text that is English already or has no translation.  The highlights are
    the places in the two texts that a reader should look at; the words are those that say
    something, with what answers them in the other text.  ``no_space_before`` says that the
    line follows the one before without white space, as in Chinese.
    """

    text: str
    language: str
    english: str | None = None
    score: float | None = None
    faithfulness: float | None = None
    flags: tuple[str, ...] = ()
    highlights: tuple[Highlight, ...] = ()
    highlights_en: tuple[Highlight, ...] = ()
    no_space_before: bool = False
    adequacy: float | None = None
    words: tuple[Highlight, ...] = ()
    words_en: tuple[Highlight, ...] = ()

    @property
    def marks(self) -> tuple[Highlight, ...]:
        """The highlights of the text, amounts and words."""
        return self.highlights + self.words

    @property
    def marks_en(self) -> tuple[Highlight, ...]:
        """The highlights of the English, amounts and words."""
        return self.highlights_en + self.words_en


@dataclass(frozen=True, slots=True)
class BlockView:
    """A block and its lines; ``index`` is its place in the document."""

    index: int
    block: Block
    lines: tuple[Line, ...]

    @property
    def kind(self) -> BlockKind:
        """The kind of the block."""
        return self.block.kind


@dataclass(frozen=True, slots=True)
class Section:
    """Consecutive blocks that are all inside the body, or all outside it."""

    is_body: bool
    blocks: tuple[BlockView, ...]

    @property
    def kinds(self) -> str:
        """The kinds of its blocks with their counts, most frequent first."""
        return describe_kinds([view.kind for view in self.blocks])


@dataclass(frozen=True, slots=True)
class RepairView:
    """A repair with its meaning, and the text before and after it where that is known."""

    repair: Repair
    meaning: str
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentView:
    """Everything that views show of a document; ``warnings`` are its flags with their meanings.

    ``omitted`` is the number of blocks that a shortened view leaves out in whole or in part.
    """

    document: Document
    sections: tuple[Section, ...]
    repairs: tuple[RepairView, ...]
    warnings: tuple[tuple[str, str], ...]
    omitted: int = 0

    @property
    def has_english(self) -> bool:
        """Whether any line has English beside it."""
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
        """Return the flags to show beside a line.

        ``untranslated`` is left out if the whole document is untranslated.
        """
        if self.document.text_en is not None:
            return line.flags
        return tuple(flag for flag in line.flags if flag != Flag.UNTRANSLATED)


def view_document(document: Document, changes: Sequence[Change] = ()) -> DocumentView:
    """Return the view of a document.

    Args:
        document: the document.
        changes: its repairs in full, from :func:`corpus_norm.encoding.explain`; without them the
            view shows the text after each repair, but not the text before it.

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
    """Return the view cut off after ``most_chars`` characters, to bound the size of a page."""
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


NO_HEADLINE = "(no headline)"


def name_document(document: Document) -> str:
    """Return a document's name for lists: its headline, else that it has none, and its source.

    >>> from corpus_norm.document import Document
    >>> name_document(Document("a.txt", "Rates fell."))
    '(no headline) a.txt'
    """
    return document.title or f"{NO_HEADLINE} {document.source}"


def explain_flag(flag: str) -> str:
    """Return the meaning of a flag; empty for a flag that this version does not know.

    >>> explain_flag("empty_output")
    'the model gave nothing for a sentence'
    """
    return Flag(flag).meaning if flag in set(Flag) else ""


def explain_reason(reason: str) -> str:
    """Return why a block has its kind in words for editors, without the names of features.

    >>> explain_reason("lexicon line: 'Follow'; body 0.00: speaks, is_hit, is_hit_before_8")
    '“Follow” is a usual line around articles; almost certainly not article text'
    >>> explain_reason("<p> in the main text; body 0.93: grand_best, parent_best")
    'in the main column of the page; probably article text'
    """
    return "; ".join(filter(None, map(_explain_part, reason.split("; "))))


def _explain_part(part: str) -> str:
    if found := _LEXICON_HIT.fullmatch(part):
        return _LEXICON_WORDS[found["place"]].format(found["words"])
    if found := _MAIN_TEXT.fullmatch(part):
        where = "in" if found["side"] == "in" else "outside"
        return f"{where} the main column of the page"
    if found := _BODY_SCORE.match(part):
        score = float(found["score"])
        return next(words for bound, words in _BODY_WORDS if score >= bound)
    return part


_LEXICON_HIT = re.compile(
    r"lexicon (?P<place>line|start|anywhere|section): '(?P<words>.*)'", re.DOTALL
)
_LEXICON_WORDS = {
    "line": "“{}” is a usual line around articles",
    "start": "begins with “{}”, as lines around articles do",
    "anywhere": "contains “{}”, as lines around articles do",
    "section": "stands below “{}”",
}
_MAIN_TEXT = re.compile(r"<[a-z0-9]+> (?P<side>in|outside) the main text")
_BODY_SCORE = re.compile(r"body (?P<score>[01]\.[0-9]+)(: |$)")
_BODY_WORDS = (
    (0.95, "almost certainly article text"),
    (0.7, "probably article text"),
    (0.3, "may be article text or not"),
    (0.05, "probably not article text"),
    (0.0, "almost certainly not article text"),
)


def describe_kinds(kinds: Sequence[str]) -> str:
    """Return the kinds of some blocks in words, most frequent first.

    >>> describe_kinds(["share", "byline", "share"])
    'share 2, byline'
    """
    counts = sorted({(-kinds.count(kind), str(kind)) for kind in kinds})
    return ", ".join(f"{kind} {-count}" if count < -1 else kind for count, kind in counts)


def _group(views: Sequence[BlockView]) -> tuple[Section, ...]:
    runs = groupby(views, key=lambda view: view.block.is_body)
    return tuple(Section(is_body, tuple(blocks)) for is_body, blocks in runs)


def _cut_lines(block: Block, sentences: Sequence[Sentence]) -> Iterator[Line]:
    """Yield the sentences of a block and the text between them; only white space is dropped."""
    if not sentences:
        english = block.text_en if block.text_en != block.text else None
        yield Line(block.text, block.language, english)
        return
    done = block.start
    for sentence in sentences:
        yield from _rest(block, done, sentence.start)
        line = _view_sentence(sentence)
        is_adjacent = block.start < sentence.start == done
        yield replace(line, no_space_before=True) if is_adjacent else line
        done = sentence.end
    yield from _rest(block, done, block.end)


def _rest(block: Block, start: int, end: int) -> Iterator[Line]:
    text = block.text[start - block.start : end - block.start]
    if text.strip():
        yield Line(text.strip(), block.language)


def _view_sentence(sentence: Sentence) -> Line:
    english = sentence.text_en if sentence.text_en != sentence.text else None
    highlights, highlights_en = find_highlights(sentence.text, english, sentence.language)
    words, words_en = find_words(sentence.text, english, sentence.language)
    return Line(
        text=sentence.text,
        language=sentence.language,
        english=english,
        score=sentence.score,
        faithfulness=sentence.faithfulness,
        flags=tuple(sentence.flags),
        highlights=highlights,
        highlights_en=highlights_en,
        adequacy=sentence.adequacy,
        words=words,
        words_en=words_en,
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
    """Return the view of a document with full repairs, by repeating them on the source.

    HTML is repaired piece by piece after its text is extracted, so for HTML the view shows only
    what the log of repairs holds.

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


SHAPE = "corpus_norm document 1"
"""Name and version of the shape; the version changes when a key is removed or redefined."""

_PLAIN_FIELDS = (
    "source", "record", "doc_id", "media_type", "bytes_sha256", "settings_hash",
    "encoding", "encoding_confidence", "url", "site", "title", "title_en",
    "language", "language_score", "body", "body_en", "translation_model",
    "duplicate_of", "story_id", "source_id",
)  # fmt: skip


def to_record(view: DocumentView) -> dict[str, Any]:
    """Return a document as plain data, ready for :func:`json.dumps`.

    >>> from corpus_norm.document import Document
    >>> record = to_record(view_document(Document("a.txt", "Hi.", flags=("empty_output",))))
    >>> record["format"], record["flags"][0]["meaning"]
    ('corpus_norm document 1', 'the model gave nothing for a sentence')
    """
    document = view.document
    record = {
        "format": SHAPE,
        **{name: getattr(document, name) for name in _PLAIN_FIELDS},
        **_list_fields(document),
        "translation_status": str(document.translation_status),
        "flags": [{"flag": flag, "meaning": meaning} for flag, meaning in view.warnings],
        "repairs": [_repair_record(each) for each in view.repairs],
        "blocks": [_block_record(each) for each in view.blocks],
    }
    return {key: _clean(value) for key, value in record.items()}


def _list_fields(document: Document) -> dict[str, Any]:
    return {
        "authors": list(document.authors),
        "published": document.published and document.published.isoformat(),
        "published_at": document.published_at and document.published_at.isoformat(),
        "updated": document.updated and document.updated.isoformat(),
        "extra": load_fields(document.extra) if document.extra else None,
        "languages": [{"language": s.language, "share": s.share} for s in document.languages],
    }


def _block_record(view: BlockView) -> dict[str, Any]:
    block = view.block
    return {
        "kind": str(block.kind),
        "is_body": block.is_body,
        "reason": block.reason,
        "language": block.language,
        "language_score": block.language_score,
        "start": block.start,
        "end": block.end,
        "text": block.text,
        "text_en": block.text_en,
        "sentences": [_sentence_record(line) for line in view.lines],
    }


def _sentence_record(line: Line) -> dict[str, Any]:
    return {
        "language": line.language,
        "text": line.text,
        "text_en": line.english,
        "score": line.score,
        "faithfulness": line.faithfulness,
        "adequacy": line.adequacy,
        "flags": list(line.flags),
        "amounts": [_amount_record(each, line.text) for each in line.highlights],
        "amounts_en": [_amount_record(each, line.english or "") for each in line.highlights_en],
        "words": [_word_record(each, line.text) for each in line.words],
        "words_en": [_word_record(each, line.english or "") for each in line.words_en],
    }


def _word_record(highlight: Highlight, text: str) -> dict[str, Any]:
    return {
        "start": highlight.start,
        "end": highlight.end,
        "text": text[highlight.start : highlight.end],
        "answers": [] if highlight.is_unanswered else highlight.note.split(", "),
    }


def _amount_record(highlight: Highlight, text: str) -> dict[str, Any]:
    return {
        "start": highlight.start,
        "end": highlight.end,
        "text": text[highlight.start : highlight.end],
        "note": highlight.note,
        "is_wrong": highlight.is_wrong,
    }


def _repair_record(view: RepairView) -> dict[str, Any]:
    repair = view.repair
    return {
        "step": repair.step,
        "start": repair.start,
        "end": repair.end,
        "before": view.before,
        "after": view.after,
        "meaning": view.meaning,
    }


def _clean(value: Any) -> Any:  # noqa: ANN401 -- any JSON value
    """Replace lone surrogates, which JSON files cannot hold, with U+FFFD."""
    if isinstance(value, str):
        return replace_surrogates(value)
    if isinstance(value, list):
        return [_clean(each) for each in value]
    if isinstance(value, dict):
        return {key: _clean(each) for key, each in value.items()}
    return value
