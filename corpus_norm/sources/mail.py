"""Read saved e-mails, such as newsletters, and pages saved as one file (MHTML, RFC 2557).

Both are MIME (RFC 2045): the text is encoded, and stands beside pictures, attachments and other
forms of itself.  Of these forms HTML is taken, as elsewhere.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corpus_norm.dates import read_time
from corpus_norm.document import RawDocument
from corpus_norm.front_matter import read_names, read_words, strip_reply
from corpus_norm.sources.records import RecordGuard, get_line, reject
from corpus_norm.sources.streams import join_chunks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from email.message import Message

    from corpus_norm.document import Rejection
    from corpus_norm.settings import InputSettings

_TAKEN = frozenset({"subject", "from", "date", "message-id", "mime-version", "content-type"})
_SAVED_BY = "<saved by"  # what browsers put in the place of a sender
_PARAGRAPHS = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Part:
    """A text inside an e-mail, decoded from its transfer encoding."""

    media_type: str
    data: bytes
    charset: str | None


def read_mail(
    chunks: Iterator[bytes], source: str, settings: InputSettings
) -> Iterator[RawDocument | Rejection]:
    r"""Yield the text of an e-mail or of a page saved as MHTML, with what its fields state.

    >>> from corpus_norm.settings import InputSettings
    >>> mail = b"From: Ann <a@b.example>\nSubject: =?utf-8?q?Cr=C3=BBe?=\n\nLa Loire monte."
    >>> [raw] = read_mail(iter([mail]), "a.eml", InputSettings())
    >>> raw.title, raw.authors, raw.data
    ('Crûe', ('Ann',), b'La Loire monte.')

    Raises:
        InputError: it is larger than ``max_bytes``.
    """
    data = join_chunks(chunks, settings.max_bytes)
    yield RecordGuard(source).read(0, data, _read, data, source)


def _read(data: bytes, source: str) -> RawDocument | Rejection:
    from email import message_from_bytes

    message = message_from_bytes(data)
    parts = find_parts(message)
    if not parts:
        return reject(source, 0, "the e-mail has no text, only attachments; save these", data)
    [part] = parts if len(parts) == 1 else [_join(parts)]
    fields = _read_fields(message)
    facts = _read_page(fields) if _is_page(fields) else _read_letter(fields)
    attached = [name for each in message.walk() if (name := each.get_filename())]
    rest = {name: value for name, value in fields.items() if name not in _TAKEN}
    return RawDocument(
        source,
        part.data,
        media_type=part.media_type,
        charset=part.charset,
        source_id=fields.get("message-id") or None,
        extra=rest | ({"attachments": attached} if attached else {}),
        **facts,
    )


def find_parts(message: Message) -> list[Part]:
    """Return the texts of a message in order, each in one form: HTML if it has it.

    Attachments and e-mails that were forwarded as such are left out.
    """
    kind = message.get_content_type()
    if message.is_multipart() and kind != "message/rfc822":
        inside = [find_parts(each) for each in _list_inside(message)]
        if kind == "multipart/alternative":
            has_page = [any(part.media_type == "text/html" for part in some) for some in inside]
            whole = [some for some, is_page in zip(inside, has_page, strict=True) if is_page]
            return next(iter(whole or [some for some in inside if some]), [])
        if kind == "multipart/related":
            return next(iter(inside), [])
        return [part for some in inside for part in some]
    if not kind.startswith("text/") or message.get_content_disposition() == "attachment":
        return []
    content = message.get_payload(decode=True)
    if not isinstance(content, bytes) or not content.strip():
        return []
    form = "text/html" if kind == "text/html" else "text/plain"
    return [Part(form, content, message.get_content_charset())]


def _list_inside(message: Message) -> list[Message]:
    return [each for each in message.get_payload() if not isinstance(each, str)]


def _join(parts: Sequence[Part]) -> Part:
    """Return several texts as one, as HTML if one of them is."""
    from corpus_norm import encoding

    is_page = any(part.media_type == "text/html" for part in parts)
    texts = []
    for part in parts:
        text = encoding.decode(
            part.data, part.charset, html=part.media_type == "text/html"
        ).text.strip()
        if is_page and part.media_type == "text/plain":
            lines = (html.escape(each).replace("\n", "<br>") for each in _PARAGRAPHS.split(text))
            text = "".join(f"<p>{each}</p>" for each in lines)
        texts.append(text)
    form = "text/html" if is_page else "text/plain"
    return Part(form, "\n\n".join(texts).encode(), "utf-8")


def _read_fields(message: Message) -> dict[str, str]:
    """Return the fields of a message by lower-case name, the first of each name."""
    fields: dict[str, str] = {}
    for name, value in message.raw_items():
        fields.setdefault(name.lower(), read_words(get_line(str(value)) or ""))
    return fields


def _is_page(fields: Mapping[str, str]) -> bool:
    return fields.get("from", _SAVED_BY).lower().startswith(_SAVED_BY)


def _read_page(fields: Mapping[str, str]) -> dict[str, Any]:
    """Return what MHTML states; the title and the authors stand in the page itself."""
    address = fields.get("snapshot-content-location") or fields.get("content-location")
    day, _ = read_time(fields.get("date"))
    return {"url": address or None, "retrieved": day}


def _read_letter(fields: Mapping[str, str]) -> dict[str, Any]:
    day, moment = read_time(fields.get("date"))
    title = fields.get("subject")
    return {
        "title": strip_reply(title) if title else None,
        "authors": read_names(fields["from"]) if fields.get("from") else (),
        "published": day,
        "published_at": moment,
    }
