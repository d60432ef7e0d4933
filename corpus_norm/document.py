"""The data model: what a document is before, between and after the stages.

Text is never dropped.  A :class:`Document` holds the whole cleaned text; its blocks are
labelled slices of it, in order, and what lies between two blocks is white space or markup
(a list marker, the ``##`` of a heading).  So the blocks and the gaps between them give the
cleaned text back exactly, and :attr:`Document.body` is no more than a view.

All offsets count Unicode code points, the unit of Python strings, Arrow's
``utf8_slice_codeunits``, polars and DuckDB.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from corpus_norm.labels import BlockKind, Flag, TranslationStatus
from corpus_norm.patterns import make_quickly

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from typing import Any

UNDETERMINED = "und"
"""BCP-47 code of text whose language cannot be told (ISO 639-2 ``und``)."""

__all__ = [
    "UNDETERMINED",
    "Block",
    "BlockKind",
    "Document",
    "Flag",
    "LanguageShare",
    "RawDocument",
    "Rejection",
    "Repair",
    "Sentence",
    "TranslationStatus",
    "find_host",
    "read_lines",
    "read_prose",
    "replace_surrogates",
    "unmark",
    "unwrap",
]

_SURROGATE = re.compile("[\ud800-\udfff]")
_DIGITS = frozenset("0123456789")
_WIDE_PUNCTUATION = re.compile(
    "[\u3000-\u3020\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]"
)
# A link, bold, italics and code of Markdown; single signs only around whole words.
_MARKED = (
    re.compile(r"!?\[([^\[\]\n]{0,500})\]\([^()\s]{0,2000}(?:\s\"[^\"\n]{0,200}\")?\)"),
    re.compile(r"\*\*(?=[^\s*])([^*\n]{1,500})(?<=[^\s*])\*\*"),
    re.compile(r"(?<![\w_])__(?=[^\s_])([^_\n]{1,500})(?<=[^\s_])__(?![\w_])"),
    re.compile(r"(?<![\w*\\])\*(?=[^\s*])([^*\n]{1,500})(?<=[^\s*])\*(?![\w*])"),
    re.compile(r"(?<![\w_\\])_(?=[^\s_])([^_\n]{1,500})(?<=[^\s_])_(?![\w_])"),
    re.compile(r"`([^`\n]{1,500})`"),
)
LINE_BREAK = re.compile(r"[ \t]*\n[ \t]*(?:>[ \t]*)*")
"""A line break that a program inserted, with its indentation and quote signs (``>``)."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One change made to the text, so that it can be made again.

    ``start`` and ``end`` are code-point offsets into the text as it stood just before this
    repair.  With a ``replacement`` the span is replaced by it; without one the step named is a
    rule of :mod:`corpus_norm.encoding` that is run again over the span.
    """

    step: str
    start: int
    end: int
    replacement: str | None = None


@dataclass(frozen=True, slots=True)
class RawDocument:
    """A document as a source delivers it: bytes or text, and what the source states about it.

    ``source_id`` is the identity that the source gives it.  ``extra`` are fields of your own: a
    mapping, which becomes JSON text (:func:`corpus_norm.values.dump_fields`).  ``key`` is its place
    among the inputs, however their names are written; readers of files set it.

    >>> raw = RawDocument("news/a.txt", "Bonjour.", extra={"section": "politique"})
    >>> raw.media_type, raw.bytes_sha256[:12], len(raw.doc_id), raw.extra
    ('text/plain', '441278a3222d', 32, '{"section":"politique"}')
    """

    source: str
    data: bytes | str
    record: int = 0
    media_type: str = "text/plain"
    charset: str | None = None
    url: str | None = None
    site: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: date | None = None
    retrieved: date | None = None
    source_id: str | None = None
    extra: Mapping[str, Any] | str | None = None
    published_at: datetime | None = None
    updated: date | None = None
    key: str | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.extra is not None and not isinstance(self.extra, str):
            from corpus_norm.values import dump_fields

            object.__setattr__(self, "extra", dump_fields(self.extra))

    @property
    def data_bytes(self) -> bytes:
        """The data as bytes; text is taken as UTF-8, lone surrogates included."""
        if isinstance(self.data, bytes):
            return self.data
        return self.data.encode("utf-8", "surrogatepass")

    @property
    def size(self) -> int:
        """Length of the data and of the fields beside it: bytes, or characters of a text."""
        return len(self.data) + len(self.extra or "")

    @property
    def bytes_sha256(self) -> str:
        """SHA-256 of the bytes, in hexadecimal."""
        return hashlib.sha256(self.data_bytes).hexdigest()

    @property
    def place(self) -> int:
        """BLAKE2b-64 of what tells it from the others of a run, whatever its content.

        That is its ``key``; where there is none, its source and its own id, or its record index.
        """
        return _hash_place(self.key, self.source, self.source_id or self.record)

    @property
    def doc_id(self) -> str:
        """BLAKE2b-128 (RFC 7693) of its place, and of its bytes if it has no id of its own."""
        place = _name_place(self.key, self.source, self.source_id or self.record)
        digest = hashlib.blake2b(place, digest_size=16)
        if self.source_id is None:
            digest.update(self.data_bytes)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Block:
    """A labelled slice of a document's text: a paragraph, a heading, a share button.

    ``start`` is the offset of ``text`` in :attr:`Document.text`; ``start_en`` that of
    ``text_en`` in :attr:`Document.text_en`.  Both English fields are None while the block has
    no English.

    >>> block = Block(BlockKind.PARAGRAPH, "Bonjour.", start=10)
    >>> block.end, block.is_body, block.end_en
    (18, True, None)
    """

    kind: BlockKind
    text: str
    start: int
    reason: str = ""
    language: str = UNDETERMINED
    language_score: float = 0.0
    text_en: str | None = None
    start_en: int | None = None

    @property
    def end(self) -> int:
        """Offset just after the last character, in the document's text."""
        return self.start + len(self.text)

    @property
    def end_en(self) -> int | None:
        """Offset just after the last character, in the document's English text."""
        if self.text_en is None or self.start_en is None:
            return None
        return self.start_en + len(self.text_en)

    @property
    def is_body(self) -> bool:
        """Whether the block belongs to the article itself."""
        return self.kind.is_body

    def relabel(self, kind: BlockKind, reason: str, language: str, score: float) -> Block:
        """The same text with other labels, much faster than :func:`dataclasses.replace`."""
        return make_block(
            kind, self.text, self.start, reason, language, score, self.text_en, self.start_en
        )


make_block = make_quickly(Block)
"""Make a block, like ``Block``, in less time."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a block with its English; offsets are into the document's two texts.

    ``score`` is the mean log-probability per output token of the translation, ``faithfulness``
    the score of its audit (1: nothing found, 0: no English); both None where nothing was
    translated.  ``adequacy`` is how likely it is, 0 to 1, that the English says all of the
    original and nothing else, judged by words; None where no lexicon judges the language.
    """

    block: int
    text: str
    start: int
    language: str = UNDETERMINED
    text_en: str | None = None
    start_en: int | None = None
    score: float | None = None
    flags: tuple[Flag | str, ...] = ()
    faithfulness: float | None = None
    adequacy: float | None = None

    @property
    def end(self) -> int:
        """Offset just after the last character, in the document's text."""
        return self.start + len(self.text)

    @property
    def end_en(self) -> int | None:
        """Offset just after the last character, in the document's English text."""
        if self.text_en is None or self.start_en is None:
            return None
        return self.start_en + len(self.text_en)


make_sentence = make_quickly(Sentence)
"""Make a sentence, like ``Sentence``, in less time."""


@dataclass(frozen=True, slots=True)
class LanguageShare:
    """The share of a document's letters that is in one language, from 0 to 1."""

    language: str
    share: float


@dataclass(frozen=True, repr=False)
class Document:
    r"""A document with everything that the stages found.

    >>> blocks = (
    ...     Block(BlockKind.NAVIGATION, "Follow", 0),
    ...     Block(BlockKind.HEADING, "A title", 10),
    ...     Block(BlockKind.PARAGRAPH, "Hard\nwrapped.", 18),
    ... )
    >>> doc = Document(source="a.md", text="Follow\n\n# A title\nHard\nwrapped.", blocks=blocks)
    >>> doc.gaps
    ('', '\n\n# ', '\n', '')
    >>> doc.body
    'A title\n\nHard wrapped.'
    """

    source: str
    text: str
    doc_id: str = ""
    record: int = 0
    media_type: str = "text/plain"
    bytes_sha256: str = ""
    settings_hash: str = ""
    encoding: str = ""
    encoding_confidence: float = 1.0
    repairs: tuple[Repair, ...] = ()
    url: str | None = None
    site: str | None = None
    title: str | None = None
    title_en: str | None = None
    authors: tuple[str, ...] = ()
    published: date | None = None
    retrieved: date | None = None
    language: str = UNDETERMINED
    language_score: float = 0.0
    languages: tuple[LanguageShare, ...] = ()
    text_en: str | None = None
    blocks: tuple[Block, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    translation_status: TranslationStatus = TranslationStatus.OFF
    translation_model: str | None = None
    flags: tuple[Flag | str, ...] = ()
    duplicate_of: str | None = None
    story_id: str | None = None
    source_id: str | None = None
    extra: str | None = None
    published_at: datetime | None = None
    updated: date | None = None
    body_confidence: float = 1.0

    @cached_property
    def adequacy(self) -> float | None:
        """The mean adequacy of the sentences, weighted by their length; None if none has any.

        >>> judged = (Sentence(0, "Oui.", 0, adequacy=0.5), Sentence(0, "Oui, oui.", 5))
        >>> Document(source="a.txt", text="Oui. Oui, oui.", sentences=judged).adequacy
        0.5
        """
        judged = [(len(s.text), s.adequacy) for s in self.sentences if s.adequacy is not None]
        length = sum(size for size, _ in judged)
        return round(sum(size * each for size, each in judged) / length, 4) if length else None

    @cached_property
    def gaps(self) -> tuple[str, ...]:
        """The text before, between and after the blocks: one more than there are blocks."""
        edges = [0, *(edge for block in self.blocks for edge in (block.start, block.end))]
        edges.append(len(self.text))
        return tuple(self.text[a:b] for a, b in list(pairwise(edges))[::2])

    @cached_property
    def body(self) -> str:
        """The body blocks as plain text, a blank line between two blocks."""
        return "\n\n".join(
            self._read(block.text, block.kind) for block in self.blocks if block.is_body
        )

    def _read(self, text: str, kind: BlockKind) -> str:
        """Return the text of a block without hard wraps, and without Markdown unless it is code."""
        return text if kind.keeps_lines else read_prose(text, self.media_type)

    @cached_property
    def body_en(self) -> str | None:
        """The body in English, a block without English as it is; None if nothing has any."""
        if self.text_en is None:
            return None
        return "\n\n".join(
            self._read(block.text if block.text_en is None else block.text_en, block.kind)
            for block in self.blocks
            if block.is_body
        )

    def sentences_of(self, block: Block | int) -> tuple[Sentence, ...]:
        """Return the sentences of a block, given itself or by its index in ``blocks``.

        Raises:
            ValueError, IndexError: the document has no such block.
        """
        index = block if isinstance(block, int) else self.blocks.index(block)
        index = range(len(self.blocks))[index]
        return tuple(each for each in self.sentences if each.block == index)

    def block_of(self, sentence: Sentence | int) -> Block:
        """Return the block of a sentence, given itself or by its index in ``sentences``.

        >>> block = Block(BlockKind.PARAGRAPH, "Oui. Non.", 0)
        >>> parts = (Sentence(0, "Oui.", 0), Sentence(0, "Non.", 5))
        >>> doc = Document("a.txt", "Oui. Non.", blocks=(block,), sentences=parts)
        >>> doc.block_of(doc.sentences[1]).kind.value, len(doc.sentences_of(0))
        ('paragraph', 2)
        """
        found = self.sentences[sentence] if isinstance(sentence, int) else sentence
        return self.blocks[found.block]

    def to_dict(self) -> dict[str, Any]:
        """Return the document as plain values of JSON, named like the columns of ``documents``.

        Blocks and sentences hold offsets into ``text`` and ``text_en``; ``extra`` is an object,
        days and moments are in ISO 8601.

        >>> record = Document("a.txt", "Hi.", extra='{"section":"eau"}').to_dict()
        >>> record["text"], record["extra"], Document.from_dict(record).text
        ('Hi.', {'section': 'eau'}, 'Hi.')
        """
        from corpus_norm.values import document_to_dict

        return document_to_dict(self)

    def to_json(self) -> str:
        """Return :meth:`to_dict` as one line of JSON."""
        from corpus_norm.values import to_line

        return to_line(self.to_dict())

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Document:
        """Return the document that :meth:`to_dict` described; keys it does not know are ignored.

        Raises:
            InputError: a value is missing, or of the wrong type.
        """
        from corpus_norm.values import document_from_dict

        return document_from_dict(record)

    @classmethod
    def from_json(cls, text: str | bytes) -> Document:
        """Return the document that :meth:`to_json` wrote.

        Raises:
            InputError: the text is no JSON, or describes no document.
        """
        from corpus_norm.values import document_from_json

        return document_from_json(text)

    def __repr__(self) -> str:
        title = f"{self.title[:60]!r}, " if self.title else ""
        body = sum(block.is_body for block in self.blocks)
        return (
            f"<{type(self).__name__} {self.source!r}: {title}{self.language}, "
            f"{body} of {len(self.blocks)} blocks in the body, "
            f"translation {self.translation_status}>"
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """Return HTML and plain text for notebooks."""
        del include, exclude  # IPython filters what it is given
        from corpus_norm.display.notebook import bundle_document

        return bundle_document(self)

    def _repr_html_(self) -> str:
        """Return HTML for notebooks that know nothing else."""
        return self._repr_mimebundle_()["text/html"]


@dataclass(frozen=True, slots=True)
class Rejection:
    """A document that failed: in which stage, why, and its bytes if they are few.

    ``source_id``, ``extra`` and ``key`` are those of the :class:`RawDocument`.
    """

    source: str
    record: int
    bytes_sha256: str
    stage: str
    error: str
    message: str
    data: bytes | None = field(default=None, repr=False)
    source_id: str | None = None
    extra: str | None = None
    key: str | None = field(default=None, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the rejection as plain values, named like the columns of ``rejects``.

        Bytes that are not UTF-8 become Base64.
        """
        from corpus_norm.values import rejection_to_dict

        return rejection_to_dict(self)

    @property
    def size(self) -> int:
        """Length of the bytes that are kept, and of the fields beside them."""
        return len(self.data or b"") + len(self.extra or "")

    @property
    def place(self) -> int:
        """BLAKE2b-64 of what tells it from the others of a run, as of a :class:`RawDocument`."""
        return _hash_place(self.key, self.source, self.source_id or self.record)


def _hash_place(key: str | None, source: str, own: str | int) -> int:
    digest = hashlib.blake2b(_name_place(key, source, own), digest_size=8)
    return int.from_bytes(digest.digest(), "big")


def _name_place(key: str | None, source: str, own: str | int) -> bytes:
    return repr((source, own) if key is None else key).encode("utf-8", "backslashreplace")


def read_lines(text: str, kind: BlockKind) -> str:
    r"""Return the text of a block without hard wraps; unchanged if its line breaks are text.

    >>> read_lines("said\nhe", BlockKind.PARAGRAPH), read_lines("a = 1\nb = 2", BlockKind.CODE)
    ('said he', 'a = 1\nb = 2')
    """
    return text if kind.keeps_lines else unwrap(text)


def unwrap(text: str) -> str:
    r"""Join the lines of a hard-wrapped block: with a space, but not where Chinese has none.

    That is between two wide characters, between a wide one and a digit, and beside full-width
    punctuation.

    >>> unwrap("The quick\nbrown fox"), unwrap("敏捷的\n狐狸"), unwrap("said\n> he")
    ('The quick brown fox', '敏捷的狐狸', 'said he')
    >>> unwrap("超过\n600万部，\n2024年"), unwrap("使用\niPhone")
    ('超过600万部，2024年', '使用 iPhone')
    """
    if "\n" not in text:
        return text
    lines = LINE_BREAK.split(text.strip())
    joined = [lines[0]]
    for before, line in pairwise(lines):
        is_close = before and line and _joins_closely(before[-1], line[0])
        joined += [line] if is_close or not line else [" ", line]
    return "".join(joined)


def read_prose(text: str, media_type: str) -> str:
    r"""Return the text of a block without hard wraps, and without Markdown unless it was HTML.

    >>> read_prose("It lost **4\nmetres**.", "text/plain")
    'It lost 4 metres.'
    """
    return unwrap(text) if media_type == "text/html" else unmark(unwrap(text))


def unmark(text: str) -> str:
    """Remove the signs of Markdown's emphasis, links and code from a text, and keep its words.

    >>> unmark("It lost **4 metres** of [the farm](https://a.example), 2*3*4 in all.")
    'It lost 4 metres of the farm, 2*3*4 in all.'
    """
    for marked in _MARKED:
        text = marked.sub(r"\1", text)
    return text


def replace_surrogates(text: str) -> str:
    r"""Replace lone surrogates by U+FFFD, so that the text can be written as UTF-8.

    >>> replace_surrogates("a\ud83d")
    'a�'
    """
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def _joins_closely(last: str, first: str) -> bool:
    """Whether no space stands between the last character of a line and the first of the next."""
    is_wide, is_next_wide = _is_wide(last), _is_wide(first)
    if is_wide and is_next_wide:
        return True
    if (is_wide and first in _DIGITS) or (is_next_wide and last in _DIGITS):
        return True
    return _WIDE_PUNCTUATION.match(last) is not None or _WIDE_PUNCTUATION.match(first) is not None


def find_host(url: str | None) -> str | None:
    """Return the host of a web address; None if it has none or cannot be parsed.

    >>> find_host("https://www.example.org/a"), find_host("http://[::1"), find_host(None)
    ('www.example.org', None, None)
    """
    try:
        return urlsplit(url or "").hostname
    except ValueError:
        return None


def _is_wide(char: str) -> bool:
    """Han, kana and full-width punctuation: scripts written without spaces."""
    return (
        "\u2e80" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or "\uff00" <= char <= "\uffef"
    )
