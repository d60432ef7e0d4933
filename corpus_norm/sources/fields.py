"""The fields of a record: those that the dataset has columns for, all others, and its key.

A field that was taken whole is not repeated in ``extra``.  One that was not (a date in a form that
we do not know, an id that is a number, the text beside HTML) stays there as it was given.

A document is known by its key from one run to the next, however an input is named.  The key of a
file is its path inside the input; that of a record adds its own id, or else the hash of its
content, so that a record put in at the top of a file changes no key below it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus_norm.dates import NOWHERE, Setting, guess_setting, read_time
from corpus_norm.document import RawDocument
from corpus_norm.faults import logger
from corpus_norm.values import ID_NAMES, read_id

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from corpus_norm.document import Rejection
    from corpus_norm.settings import InputSettings


COMMON_NAMES = MappingProxyType(
    {
        "text": (
            "content",
            "body",
            "articleBody",
            "article_body",
            "bodyText",
            "body_text",
            "maintext",
            "main_text",
            "full_text",
            "fullText",
            "article_text",
            "articleText",
            "content_text",
            "raw_text",
            "plain_text",
            "article",
            "story",
            "texte",
            "contenu",
            "corps",
            "正文",
            "文章",
            "内容",
            "內容",
        ),
        "html": ("content_html", "body_html", "raw_html"),
        "title": ("headline", "webTitle", "titre", "标题", "標題"),
        "url": ("link", "webUrl", "链接"),
        "authors": ("author", "byline", "auteur", "auteurs", "作者"),
        "published": (
            "published_at",
            "publishedAt",
            "date",
            "publish_date",
            "published_date",
            "date_published",
            "pubDate",
            "datePublished",
            "date_publish",
            "webPublicationDate",
            "日期",
            "发布时间",
        ),
        "updated": ("updated_at", "updatedAt", "modified", "dateModified", "date_modify"),
        "id": (*ID_NAMES[1:], "source_id"),
    }
)
"""Names that are understood beside the default of a setting, by the default; also in capitals."""

_ROLES = MappingProxyType(
    {
        "text": "text_field",
        "html": "html_field",
        "title": "title_field",
        "url": "url_field",
        "authors": "authors_field",
        "published": "published_field",
        "updated": "updated_field",
        "id": "id_field",
    }
)
_WORDS = MappingProxyType(
    {
        "text": "text",
        "title": "title",
        "url": "address",
        "authors": "authors",
        "published": "date of publication",
        "updated": "date of the last change",
        "id": "id",
    }
)
_TAGS = ("<!doctype html", "<html", "<head", "<body", "<article", "<div", "<p>", "<p ", "<h1")
_TIME = re.compile(r"\d:\d\d|\d\s*(?:h|[ap]\.?m\b|[时時点點])|T\d|\d{9}", re.IGNORECASE)
_AMBIGUOUS = re.compile(r"\s*\d{1,2}([/.-])\d{1,2}\1\d{4}\b")


@dataclass(slots=True)
class FieldReader:
    """A reader of the fields of records, which tells once which names it took without settings.

    >>> from corpus_norm.settings import InputSettings
    >>> record = {"_id": "a1", "title": "Crue", "body": "…", "section": "eau"}
    >>> reader = FieldReader(InputSettings(), tell=print)
    >>> reader.read(record, content="body")["extra"]
    records: 'body' is read as the text, '_id' as the id; other names: settings.input
    {'section': 'eau'}
    >>> reader.read(record, content="body")["source_id"]
    'a1'
    """

    settings: InputSettings
    tell: Any = logger.warning
    charset: str | None = None
    told: set[str] = field(default_factory=set)
    types: dict[str, Any] = field(default_factory=dict)
    setting: Setting = NOWHERE
    _names: dict[str, tuple[str, ...]] = field(init=False)
    _kept: set[str] = field(init=False)
    _own: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self._kept = {each for name in self.settings.keep for each in (name, name.split(":")[0])}
        self._own = frozenset(getattr(self.settings, name) for name in _ROLES.values())
        self._names = {}
        for role, setting in _ROLES.items():
            own: str = getattr(self.settings, setting)
            self._names[role] = _list_common(role) if own == role else (own,)

    def names(self, role: str) -> tuple[str, ...]:
        """Return the names of a role, the best first; those of ``text`` may also be HTML."""
        return self._names[role]

    def with_order(self, records: Iterable[Mapping[str, Any]]) -> FieldReader:
        """Return a reader that reads numeric dates in the order that some records prove.

        ``told`` is shared, so that nothing is told again.

        >>> from corpus_norm.settings import InputSettings
        >>> reader = FieldReader(InputSettings())
        >>> rows = [{"published": "12/03/2024"}, {"published": "13/03/2024"}]
        >>> [str(reader.with_order(some).read(rows[0], None)["published"]) for some in ([], rows)]
        ['None', '2024-03-12']
        """
        names = (*self._names["published"], *self._names["updated"])
        dates = [value for row in records for name in names if (value := row.get(name))]
        return replace(self, setting=guess_setting(texts=filter(_is_ambiguous, dates)))

    def find_contents(self, names: Container[str]) -> list[str]:
        """Return those of some names that may hold the document, the best first."""
        return [name for name in (*self.names("html"), *self.names("text")) if name in names]

    def choose_content(self, record: Mapping[str, Any]) -> tuple[str, str] | None:
        """Return the field that holds the document, and its media type; None if none has text.

        HTML wins, as the text beside it was made from it.  Text under a name that is not that of
        the setting may be HTML too, if it begins with a tag.
        """
        for name in self.find_contents(record):
            value = record[name]
            if isinstance(value, (str, bytes)) and value.strip():
                is_html = name in self.names("html") or (
                    name != self.settings.text_field and _begins_with_tag(value)
                )
                return name, "text/html" if is_html else "text/plain"
        return None

    def name_content(self, text: str) -> str:
        """Return the name of the setting under which a text is read as what it is."""
        return self.settings.html_field if _begins_with_tag(text) else self.settings.text_field

    def list_known(self) -> frozenset[str]:
        """Return all names that are understood."""
        return frozenset(name for names in self._names.values() for name in names)

    def read(self, record: Mapping[str, Any], content: str | None) -> dict[str, Any]:
        """Return the facts of a record, by the names of :class:`RawDocument`.

        ``content`` is the field that holds the document itself.  ``extra`` are the other fields.
        """
        from corpus_norm.sources.records import get_authors, get_line

        taken: dict[str, str] = {} if content is None else {"text": content}
        facts: dict[str, Any] = {}
        for role, read in (("title", get_line), ("url", get_line), ("authors", get_authors)):
            name = self._find(record, role)
            facts[role] = read(record[name]) if name else () if role == "authors" else None
            if name and (facts[role] or record[name] == []) and _is_whole(record[name]):
                taken[role] = name
        facts |= self._read_times(record, taken)
        own = self._find(record, "id")
        facts["source_id"] = read_id(record[own]) if own else None
        if own and isinstance(record[own], str) and facts["source_id"]:
            taken["id"] = own
        self._tell_taken(record, taken, content)
        facts["extra"] = self._read_rest(record, taken.values())
        return facts

    def _find(self, record: Mapping[str, Any], role: str) -> str | None:
        """Return the first name of a role that has a value."""
        for name in self._names[role]:
            value = record.get(name)
            if value is not None and value != "":
                return name
        return None

    def _read_times(self, record: Mapping[str, Any], taken: dict[str, str]) -> dict[str, Any]:
        facts: dict[str, Any] = {"published": None, "published_at": None, "updated": None}
        unread: list[tuple[str, object]] = []
        for name in self._names["published"]:
            if (value := record.get(name)) is None:
                continue
            day, instant = read_time(value, self.setting)
            if day is not None and facts["published"] in {None, day}:
                facts["published"] = day
                facts["published_at"] = facts["published_at"] or instant
                if instant is not None or _is_day(value):
                    taken.setdefault("published", name)
            elif day is None:
                unread.append((name, value))
        if unread and facts["published"] is None:
            self._tell_unread(*unread[0])
        changed = self._find(record, "updated")
        if changed:
            facts["updated"], _ = read_time(record[changed], self.setting)
            if facts["updated"] is None:
                self._tell_unread(changed, record[changed])
            elif _is_day(record[changed]):
                taken["updated"] = changed
        return facts

    def _tell_unread(self, name: str, value: object) -> None:
        """Tell once of dates that may be read in two ways, and once of those that are not read."""
        if _is_ambiguous(value):
            what = "may be read in two ways; such dates"
        elif str(value).strip() not in {"", "nan"}:
            what = "cannot be read as a date; such values"
        else:
            return
        self.tell_once(
            f"{what} {name}",
            f"records: {value!r:.60} in {name!r} {what} stay in extra",
        )

    def _read_rest(self, record: Mapping[str, Any], taken: Iterable[str]) -> dict[str, Any] | None:
        if not self.settings.keep_extra:
            return None
        known = set(taken) - self._kept
        return {name: value for name, value in record.items() if name not in known}

    def _tell_taken(
        self, record: Mapping[str, Any], taken: Mapping[str, str], content: str | None
    ) -> None:
        what = {**taken, **({"text": content} if content else {})}
        if self._own.issuperset(what.values()):
            return
        fresh = {
            name: role
            for role, name in what.items()
            if name not in self._own and name not in self.told and name in record
        }
        if fresh:
            self.told.update(fresh)
            first, *others = [f"{name!r} as the {_WORDS[role]}" for name, role in fresh.items()]
            listed = ", ".join([first.replace(" as ", " is read as ", 1), *others])
            self.tell(f"records: {listed}; other names: settings.input")

    def tell_once(self, key: str, message: str) -> None:
        """Log a message, unless one with this key was logged before."""
        if key not in self.told:
            self.told.add(key)
            self.tell(message)


def _list_common(role: str) -> tuple[str, ...]:
    """Return the names of a role, then the same in capitals, as spreadsheets have them.

    >>> _list_common("html")[:4], _list_common("html")[4:6]
    (('html', 'content_html', 'body_html', 'raw_html'), ('Html', 'HTML'))
    """
    names = (role, *COMMON_NAMES.get(role, ()))
    in_capitals = chain.from_iterable((name.capitalize(), name.upper()) for name in names)
    return tuple(dict.fromkeys((*names, *in_capitals)))


def _begins_with_tag(value: str | bytes) -> bool:
    head = value[:64] if isinstance(value, str) else value[:64].decode("latin-1")
    return head.lstrip("\ufeff \t\r\n").lower().startswith(_TAGS)


def _is_day(value: object) -> bool:
    """Whether a value says no more than a day."""
    if isinstance(value, datetime):
        return False
    return isinstance(value, date) or (isinstance(value, str) and not _TIME.search(value))


def _is_ambiguous(value: object) -> bool:
    return isinstance(value, str) and _AMBIGUOUS.match(value) is not None


def _is_whole(value: object) -> bool:
    """Whether all of a title, an address or the authors was taken: no objects, no numbers."""
    if isinstance(value, list):
        return all(isinstance(each, str) for each in value)
    return isinstance(value, str)


_PENDING = 4096
_WORD = 8  # bytes of a hash


class Repeats:
    """A count of how often each name was met, in eight bytes a name.

    >>> repeats = Repeats()
    >>> [repeats.number(name) for name in ("a", "b", "a", "a")]
    ['a', 'b', 'a~2', 'a~3']
    """

    def __init__(self) -> None:
        self._new: set[int] = set()
        self._old: list[Any] = []  # sorted arrays, each at most half as long as the one before
        self._counts: dict[int, int] = {}

    def number(self, name: str) -> str:
        """Return the name, with a number from the second time on."""
        digest = hashlib.blake2b(name.encode("utf-8", "backslashreplace"), digest_size=_WORD)
        value = int.from_bytes(digest.digest(), "big")
        if not self._has(value):
            self._new.add(value)
            return name
        self._counts[value] = self._counts.get(value, 1) + 1
        return f"{name}~{self._counts[value]}"

    def _has(self, value: int) -> bool:
        if value in self._new:
            return True
        word = np.uint64(value)  # any other type would make searchsorted copy the whole array
        for array in self._old:
            place = int(array.searchsorted(word))
            if place < len(array) and int(array[place]) == value:
                return True
        if len(self._new) >= _PENDING:
            self._merge()
        return False

    def _merge(self) -> None:
        merged = np.array(sorted(self._new), np.uint64)
        self._new.clear()
        while self._old and len(self._old[-1]) < 2 * len(merged):
            merged = np.sort(np.concatenate([self._old.pop(), merged]))
        self._old.append(merged)


class RecordKeys:
    """The keys of the records in one file, whose own key is its path inside the input.

    >>> keys = RecordKeys("a.jsonl")
    >>> raw = RawDocument("./news/a.jsonl", "Hi.", record=3, source_id="x7")
    >>> keys.mark(raw).key, keys.mark(raw).key, keys.mark(replace(raw, source_id=None)).key
    ('a.jsonl#x7', 'a.jsonl#x7~2', 'a.jsonl@c7635b488bff0d6e')
    """

    def __init__(self, file_key: str) -> None:
        self._file_key = file_key
        self._repeats = Repeats()

    def mark(self, item: RawDocument | Rejection) -> RawDocument | Rejection:
        """Return the item with its key."""
        if item.source_id is not None:
            name = f"{self._file_key}#{item.source_id}"
        else:
            name = f"{self._file_key}@{_hash_content(item)}"
        return replace(item, key=self._repeats.number(name))


def join_key(folder: str, name: str) -> str:
    """Return the key of a file in a folder; the input itself has an empty key.

    >>> join_key("", "a.txt"), join_key("2024", "a.txt")
    ('a.txt', '2024/a.txt')
    """
    return f"{folder}/{name}" if folder else name


def _hash_content(item: RawDocument | Rejection) -> str:
    if isinstance(item, RawDocument):
        data = item.data_bytes
    elif item.data is not None:
        data = item.data
    else:
        data = str(item.record).encode()
    return hashlib.blake2b(data, digest_size=8).hexdigest()
