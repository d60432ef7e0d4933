"""The closed vocabularies: kinds of blocks, states of translation, flags; each with its meaning."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class _Label(StrEnum):
    """A string that knows what it stands for."""

    meaning: str

    def __new__(cls, value: str, meaning: str = "") -> Self:
        label = str.__new__(cls, value)
        label._value_ = value
        label.meaning = meaning
        return label


class BlockKind(_Label):
    """What a block is for its reader.

    >>> BlockKind("byline").meaning
    'who wrote it'
    """

    TITLE = "title", "the headline"
    HEADING = "heading", "a heading inside the article"
    PARAGRAPH = "paragraph", "running text"
    LIST_ITEM = "list_item", "an item of a list in the article"
    QUOTE = "quote", "a quotation set apart"
    TABLE = "table", "a row of a table"
    BYLINE = "byline", "who wrote it"
    DATELINE = "dateline", "when it appeared, or how long it takes to read"
    CAPTION = "caption", "words under a picture or video"
    RELATED_LINKS = "related_links", "links to other articles"
    PROMO = "promo", "advertising, offers, calls to subscribe"
    NEWSLETTER = "newsletter", "sign-up for a newsletter"
    SHARE = "share", "buttons for sharing and following"
    NAVIGATION = "navigation", "menus, counters and other furniture of the page"
    COOKIE_NOTICE = "cookie_notice", "consent to cookies and tracking"
    DISCLAIMER = "disclaimer", "limits of liability, opinions that are not the publisher's"
    SOURCE_CREDIT = "source_credit", "where the text was first published"
    COPYRIGHT = "copyright", "rights and licences"
    COMMENTS = "comments", "readers' comments and their buttons"
    DUPLICATE = "duplicate", "a repetition of the headline or of a block above"

    @property
    def is_body(self) -> bool:
        """Whether blocks of this kind belong to the article itself.

        Bylines, datelines and captions are about the article, not in it.

        >>> BlockKind.HEADING.is_body, BlockKind.BYLINE.is_body
        (True, False)
        """
        return self in _BODY_KINDS


_BODY_KINDS = frozenset(
    {
        BlockKind.TITLE,
        BlockKind.HEADING,
        BlockKind.PARAGRAPH,
        BlockKind.LIST_ITEM,
        BlockKind.QUOTE,
        BlockKind.TABLE,
    }
)


class TranslationStatus(_Label):
    """How much of a document has English beside it."""

    SOURCE_IS_ENGLISH = "source_is_english", "nothing needed translating"
    TRANSLATED = "translated", "all that needed translating has English"
    PARTIAL = "partial", "something has English, something has not"
    NO_MODEL = "no_model", "no model for the document's language is installed"
    FAILED = "failed", "the model gave no usable English"
    OFF = "off", "translation was switched off"


class Flag(_Label):
    """What a reader of a sentence or a document should be warned of."""

    UNTRANSLATED = "untranslated", "a sentence that is not English has no English beside it"
    EMPTY_OUTPUT = "empty_output", "the model gave nothing for a sentence"
    OUTPUT_AT_CAP = "output_at_cap", "a translation was cut off at the longest output allowed"
    REPLACED_BYTES = "replaced_bytes", "bytes that were no text in the encoding were replaced"
