"""The front matter of Markdown: what a file states about its text, between two lines of signs.

``---`` opens YAML, as static site generators such as Jekyll read it, and ``+++`` opens TOML (Hugo).
Of YAML 1.2, the small part is read that the programs that write front matter keep to: texts, quoted
or not, lists in brackets or in lines of their own, and texts of several lines.  Of an object, as an
author may be, the name is taken.  What is not understood stays text.

The fields above an e-mail (RFC 5322) are read too, in the languages of mail programs.
"""

from __future__ import annotations

import csv
import json
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from corpus_norm.bylines import find_names
from corpus_norm.dates import read_time
from corpus_norm.languages import any_of, combine

if TYPE_CHECKING:
    from datetime import date, datetime

_MATTER = re.compile(
    r"\ufeff?\s*(?P<fence>---|\+\+\+)[ \t]*\n(?P<lines>(?:[^\n]*\n){1,200}?)"
    r"(?:(?P=fence)|\.\.\.)[ \t]*(?:\n|\Z)"
)
_SUBJECTS = combine(lambda record: record.mail_subjects)
_SENDERS = combine(lambda record: record.mail_senders)
_DATES = combine(lambda record: record.mail_dates)
_OTHERS = combine(lambda record: record.mail_others)
_FIELD_NAMES = any_of(
    sorted(_SUBJECTS | _SENDERS | _DATES | _OTHERS, key=lambda name: (-len(name), name))
)
# A field of an e-mail, with the lines that continue it.
_FIELD = re.compile(
    rf"^({_FIELD_NAMES})[ \t\xa0]*[:：][ \t]*([^\n]*(?:\n[ \t]+[^\n]+)*)$",
    re.IGNORECASE | re.MULTILINE,
)
# The fields at the beginning, perhaps below a line of dashes such as "--- Forwarded message ---".
_MAIL = re.compile(
    rf"\ufeff?\s*(?:-{{2,}}[^\n]{{0,60}}\n\s*)?"
    rf"(?P<fields>(?:(?:{_FIELD_NAMES})[ \t\xa0]*[:：][^\n]*\n(?:[ \t]+[^\n]+\n)*\n?){{3,12}})",
    re.IGNORECASE,
)
_REPLY = re.compile(r"^(?:(?:re|fwd?|tr|aw|回复|转发|轉寄|回覆)\s*[:：]\s*)+", re.IGNORECASE)
_FEWEST_FIELDS = 3
_KEY = re.compile(r"([A-Za-z_][\w .-]{0,60}?)[ \t]*:(?:[ \t]+(.*))?$")
_NAME = re.compile(r"\{?\s*name[ \t]*:[ \t]*(.+?)\s*\}?$")
_ADDRESS = re.compile(r"\s*<[^<>]*>")
_COMMENT = re.compile(r"\s#.*$")
_TITLES = ("title", "headline")
_AUTHORS = ("authors", "author", "byline")
_PUBLISHED = ("published", "date", "publishdate", "publish_date", "pubdate", "published_at")
_UPDATED = ("updated", "lastmod", "modified", "last_modified_at")
_URLS = ("url", "link", "canonical", "canonical_url", "source_url")
_FOLDED = ("|", ">", "|-", ">-", "|+", ">+")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What the front matter of a document says; ``end`` is the offset after it.

    ``rest`` are the fields that no other attribute holds.
    """

    end: int = 0
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: date | None = None
    published_at: datetime | None = None
    updated: date | None = None
    url: str | None = None
    rest: dict[str, Any] = field(default_factory=dict)


def read_front_matter(text: str) -> FrontMatter:
    r"""Read the front matter of a text; all is empty if it has none.

    >>> matter = read_front_matter("---\ntitle: \"Crue\"\nauthor: [A. Roy]\ntags: [eau]\n---\nOn…")
    >>> matter.title, matter.authors, matter.rest, matter.end
    ('Crue', ('A. Roy',), {'tags': ['eau']}, 51)
    """
    found = _MATTER.match(text)
    if found is None:
        return _read_mail(text)
    lines = found["lines"]
    fields = _read_toml(lines) if found["fence"] == "+++" else _read_lines(lines.splitlines())
    if not fields:
        return FrontMatter()
    given = {name.lower(): (name, value) for name, value in fields.items()}
    taken: set[str] = set()

    def take(names: tuple[str, ...]) -> Any:  # noqa: ANN401 -- a text or a list
        for each in names:
            if each in given and given[each][1]:
                taken.add(given[each][0])
                return given[each][1]
        return None

    title, authors, url = take(_TITLES), take(_AUTHORS) or [], take(_URLS)
    day, moment = read_time(take(_PUBLISHED))
    updated, _ = read_time(take(_UPDATED))
    return FrontMatter(
        end=found.end(),
        title=title if isinstance(title, str) else None,
        authors=read_names(authors),
        published=day,
        published_at=moment,
        updated=updated,
        url=url if isinstance(url, str) else None,
        rest={name: value for name, value in fields.items() if name not in taken},
    )


def _read_mail(text: str) -> FrontMatter:
    r"""Read the fields above an e-mail: at least three, with a sender and a subject.

    >>> mail = _read_mail("From: Ann Lee <a@b.example>\nTo: Desk\nSubject: Tides\n\nIt rains.")
    >>> mail.title, mail.authors, mail.rest
    ('Tides', ('Ann Lee',), {'To': 'Desk'})
    """
    found = _MAIL.match(text)
    if found is None:
        return FrontMatter()
    fields = {
        name: read_words(" ".join(value.split())) for name, value in _FIELD.findall(found["fields"])
    }
    given = {name.lower(): value for name, value in fields.items()}
    title, sender, sent = (
        next((given[name] for name in names if given.get(name)), "")
        for names in (_SUBJECTS, _SENDERS, _DATES)
    )
    if len(fields) < _FEWEST_FIELDS or not title or not sender:
        return FrontMatter()
    day, moment = read_time(sent)
    known = {title, sender, sent}
    return FrontMatter(
        end=found.end(),
        title=strip_reply(title),
        authors=read_names(sender),
        published=day,
        published_at=moment,
        rest={name: value for name, value in fields.items() if value not in known},
    )


def strip_reply(subject: str) -> str:
    """Return the subject of an e-mail without "Re:" and its kin.

    >>> strip_reply("TR : Fwd: Tides"), strip_reply("回复：潮汐")
    ('Tides', '潮汐')
    """
    return _REPLY.sub("", subject) or subject


def read_words(value: str) -> str:
    """Return a field of an e-mail with its encoded words (RFC 2047) read.

    >>> read_words("=?utf-8?q?Cr=C3=BBe?= de la Loire"), read_words("=?x?q?a?=")
    ('Crûe de la Loire', '=?x?q?a?=')
    """
    if "=?" not in value:
        return value
    from email.errors import MessageError
    from email.header import decode_header, make_header

    try:
        return str(make_header(decode_header(value)))
    except (MessageError, LookupError, ValueError):  # what is broken stays as it is
        return value


def read_names(authors: str | list[str]) -> tuple[str, ...]:
    """Return the names of a list, or of a line such as ``Ann Lee and Bo Ray``; no addresses."""
    if isinstance(authors, str):
        line = _ADDRESS.sub("", authors)
        return find_names(f"by {line}") or (line,)
    names = (_ADDRESS.sub("", each) for each in authors)
    return tuple(dict.fromkeys(filter(None, names)))


def _read_toml(lines: str) -> dict[str, Any]:
    """Return the fields of a table; values that are no text become text, in lists too."""
    try:
        table = tomllib.loads(lines)
    except tomllib.TOMLDecodeError:
        return {}
    return {
        name: list(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in table.items()
    }


def _read_lines(lines: list[str]) -> dict[str, Any]:
    """Return the fields of the lines; none if they are prose."""
    fields: dict[str, Any] = {}
    key = ""
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        field = _KEY.match(line)
        if field is not None:
            key = field[1]
            fields[key] = _read_value(field[2] or "")
        elif not key or not line.startswith((" ", "\t", "-")):
            return {}
        else:
            fields[key] = _continue(fields[key], line.strip())
    return {name: "" if value in _FOLDED else value for name, value in fields.items()}


def _continue(value: Any, line: str) -> Any:  # noqa: ANN401 -- a text or a list
    """Return a value with another line of it: an item of a list, or more text."""
    if line.startswith("- "):
        item = line[2:].strip()
        named = _NAME.match(item)
        items = value if isinstance(value, list) else []
        return [*items, _read_text(named[1] if named else item)]
    if isinstance(value, list):
        return value  # another field of an object in a list
    named = _NAME.match(line)
    if not value and named:
        return _read_text(named[1])
    return line if not value or value in _FOLDED else f"{value} {line}"


def _read_value(text: str) -> Any:  # noqa: ANN401 -- a text or a list
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        return [_read_text(part) for part in _split(text[1:-1]) if part.strip()]
    named = _NAME.match(text) if text.startswith("{") else None
    return _read_text(named[1] if named else text)


def _split(text: str) -> list[str]:
    """Split the items of a list at the commas outside quotes."""
    return next(csv.reader([text], skipinitialspace=True), [])


def _read_text(text: str) -> str:
    """Return a text without its quotes and escapes; a comment after a plain text is left out."""
    text = text.strip()
    if text.startswith('"') and text.endswith('"') and len(text) > 1:
        try:
            return str(json.loads(text))
        except ValueError:
            return text[1:-1]
    if text.startswith("'") and text.endswith("'") and len(text) > 1:
        return text[1:-1].replace("''", "'")
    plain = _COMMENT.sub("", text).rstrip()
    return "" if plain in {"null", "~"} else plain
