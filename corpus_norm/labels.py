"""The closed vocabularies, each label with its meaning: stages, kinds of blocks, flags and more."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class _Label(StrEnum):
    """A string with a meaning."""

    meaning: str

    def __new__(cls, value: str, meaning: str = "") -> Self:
        label = str.__new__(cls, value)
        label._value_ = value
        label.meaning = meaning
        return label

    __hash__ = str.__hash__  # twice as fast as that of an enumeration, in every look-up


class BlockKind(_Label):
    """The kind of a block, by what it is for its reader.

    >>> BlockKind("byline").meaning
    'who wrote it'
    """

    TITLE = "title", "the headline"
    HEADING = "heading", "a heading inside the article"
    PARAGRAPH = "paragraph", "running text"
    LIST_ITEM = "list_item", "an item of a list in the article"
    QUOTE = "quote", "a quotation set apart"
    TABLE = "table", "a row of a table"
    CODE = "code", "lines set as they are written: source code, columns, a poem in `<pre>`"
    BYLINE = "byline", "who wrote it"
    DATELINE = "dateline", "when it appeared, or how long it takes to read"
    CAPTION = "caption", "words under a picture or video"
    RELATED_LINKS = "related_links", "links to other articles"
    PROMO = "promo", "advertising, offers, calls to subscribe"
    NEWSLETTER = "newsletter", "sign-up for a newsletter"
    SHARE = "share", "buttons for sharing and following"
    NAVIGATION = "navigation", "menus, counters and other parts of the page around the article"
    OTHER = "other", "sentences outside the article that no other kind fits"
    COOKIE_NOTICE = "cookie_notice", "consent to cookies and tracking"
    DISCLAIMER = "disclaimer", "limits of liability, opinions that are not the publisher's"
    SOURCE_CREDIT = "source_credit", "where the text was first published"
    COPYRIGHT = "copyright", "rights and licences"
    COMMENTS = "comments", "readers' comments and their buttons"
    DUPLICATE = "duplicate", "a repetition of the headline or of a block above"

    @cached_property
    def is_body(self) -> bool:
        """Whether blocks of this kind belong to the article itself.

        Bylines, datelines and captions are about the article, not in it.

        >>> BlockKind.HEADING.is_body, BlockKind.BYLINE.is_body
        (True, False)
        """
        return self in _BODY_KINDS

    @property
    def keeps_lines(self) -> bool:
        """Whether line breaks inside such a block are part of the text.

        >>> BlockKind.CODE.keeps_lines, BlockKind.PARAGRAPH.keeps_lines
        (True, False)
        """
        return self is BlockKind.CODE


_BODY_KINDS = frozenset(
    {
        BlockKind.TITLE,
        BlockKind.HEADING,
        BlockKind.PARAGRAPH,
        BlockKind.LIST_ITEM,
        BlockKind.QUOTE,
        BlockKind.TABLE,
        BlockKind.CODE,
    }
)


class Role(_Label):
    """The part of a document in the groups of ``stories``.

    >>> Role("first").meaning
    'the earliest report of a story of several'
    """

    SINGLE = "single", "in no group"
    ORIGINAL = "original", "the earliest of several copies, in no story of several reports"
    DUPLICATE = "duplicate", "a copy, or nearly one, of an earlier document"
    FIRST = "first", "the earliest report of a story of several"
    REPORT = "report", "a later report of a story, in words of its own"


class StageName(_Label):
    """Where a document can fail, as ``stage`` of the rejects names it.

    >>> StageName("identify").meaning
    'the languages of blocks and of the document'
    """

    READ = "read", "the document from its source"
    DECODE = "decode", "bytes to text"
    SEGMENT = "segment", "text or HTML to blocks, and metadata"
    CLASSIFY = "classify", "article or boilerplate, and the kind of each block"
    IDENTIFY = "identify", "the languages of blocks and of the document"
    SPLIT_SENTENCES = "split_sentences", "blocks to sentences"
    MARK_SITES = "mark_sites", "boilerplate that recurs on the pages of a site"
    TRANSLATE = "translate", "English beside the text"
    WRITE = "write", "the document to a row"
    PROCESS = "process", "any stage; the worker process died, and could not say in which"


class TranslationStatus(_Label):
    """How much of a document has English beside it."""

    SOURCE_IS_ENGLISH = "source_is_english", "nothing needed translating"
    TRANSLATED = "translated", "all that needed translating has English"
    PARTIAL = "partial", "some of it has English, some has not"
    NO_MODEL = "no_model", "no model for the document's language is installed"
    FAILED = "failed", "the model gave no usable English, or broke off"
    OFF = "off", "translation was switched off"


class Flag(_Label):
    """What a reader of a sentence or a document should be warned of."""

    DRAFT = "draft", "a language model wrote the English, and may have left out or made up facts"
    UNTRANSLATED = "untranslated", "a sentence that is not English has no English beside it"
    EMPTY_OUTPUT = "empty_output", "the model gave nothing for a sentence"
    OUTPUT_AT_CAP = "output_at_cap", "a translation was cut off at the longest output allowed"
    AMOUNT_CHANGED = "amount_changed", "a number in the English is another than in the original"
    AMOUNT_MISSING = "amount_missing", "a number of the original is not in the English"
    AMOUNT_ADDED = "amount_added", "the English has a number that the original has not"
    UNIT_CHANGED = "unit_changed", "a currency, a percent sign or another unit is not the same"
    DATE_CHANGED = "date_changed", "a date, month, weekday or time is not the same"
    NEGATION_LOST = "negation_lost", "the original denies something, the English does not"
    NEGATION_ADDED = "negation_added", "the English denies something, the original does not"
    NAME_LOST = "name_lost", "a name of the original is not in the English"
    NAME_CHANGED = "name_changed", "a name is on one side only: left out, added or another"
    POLARITY_CHANGED = (
        "polarity_changed",
        "the English says the opposite: fell for rose, last for first",
    )
    CONTENT_MISSING = "content_missing", "a part of the original is not in the English"
    CONTENT_ADDED = "content_added", "the English says something that is not in the original"
    UNRELATED = "unrelated", "the English seems to translate another sentence"
    LINK_LOST = "link_lost", "an address, e-mail, handle or ticker is not in the English as it was"
    QUOTES_LOST = "quotes_lost", "the original quotes somebody, the English has no quotation marks"
    REPETITION = "repetition", "the English says the same words over and over"
    ECHO = "echo", "the English is the original again"
    WRONG_LANGUAGE = "wrong_language", "what should be English is in another language"
    TOO_SHORT = "too_short", "the English is much shorter than the original"
    TOO_LONG = "too_long", "the English is much longer than the original"
    SPLIT_AT_SPAN = "split_at_span", "a protected span was lost, so the text around it was cut up"
    IMPORTED = "imported", "the English was imported into the translation memory by a person"
    TRANSLATION_FAULT = "translation_fault", "translation broke off: a fault of the program"
    REPLACED_BYTES = "replaced_bytes", "bytes that were no text in the encoding were replaced"
    UNKNOWN_CHARSET = "unknown_charset", "the declared charset is not one that can be read"
    BODY_DOUBTFUL = "body_doubtful", "where the article begins or ends is uncertain"
    NO_ARTICLE = "no_article", "the page is a list, an error, a wall or empty: no article"
    TEASER_ONLY = "teaser_only", "only the beginning of the article is here: the rest is for payers"
    BODY_FROM_JSON_LD = (
        "body_from_json_ld",
        "the page does not show the article: its text is the articleBody of the JSON-LD",
    )
    BODY_FROM_SCRIPT = (
        "body_from_script",
        "the page does not show the article: its text is what a script would have shown",
    )


_FLAGS: Mapping[str, Flag] = MappingProxyType({flag.value: flag for flag in Flag})


def read_flags(names: Iterable[str]) -> tuple[Flag | str, ...]:
    """Return the flags of these names; a name that this version does not know stays a string.

    >>> read_flags(["draft", "of_a_later_version"])
    (<Flag.DRAFT: 'draft'>, 'of_a_later_version')
    """
    return tuple(_FLAGS.get(name, name) for name in names)


READING_FLAGS = frozenset(
    {
        Flag.REPLACED_BYTES,
        Flag.UNKNOWN_CHARSET,
        Flag.BODY_DOUBTFUL,
        Flag.NO_ARTICLE,
        Flag.TEASER_ONLY,
        Flag.BODY_FROM_JSON_LD,
        Flag.BODY_FROM_SCRIPT,
    }
)
"""Flags about how a document was read; translation leaves them alone."""


class AmountKind(_Label):
    """What an amount counts."""

    NUMBER = "number", "a count, a year, a rank, a share"
    MONEY = "money", "a sum of money"
    PERCENT = "percent", "a percentage or percentage points"
    DATE = "date", "a day of a month"
    MONTH = "month", "a month without a day"
    WEEKDAY = "weekday", "a day of the week"
    TIME = "time", "a time of day"


class AmountState(_Label):
    """What became of an amount in the English."""

    KEPT = "kept", "it is the same on both sides"
    CHANGED = "changed", "its value or its unit is another"
    MISSING = "missing", "it is only in the original"
    ADDED = "added", "it is only in the English"
