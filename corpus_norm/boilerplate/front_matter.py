"""The metadata that a Markdown file states in front of its text, between two lines of signs.

``---`` opens YAML, as static site generators such as Jekyll read it, and ``+++`` opens TOML (Hugo).
Only title, author and date are read; of YAML, plain and quoted values and lists of them.
"""

from __future__ import annotations

import csv
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus_norm.bylines import find_names
from corpus_norm.dates import read_stated

if TYPE_CHECKING:
    from datetime import date

MOST_CHARS = 10_000
_FENCED = re.compile(
    r"\s*(?P<fence>---|\+\+\+)[ \t]*\n(?P<inside>.*?)\n(?P=fence)[ \t]*(?:\n|$)", re.DOTALL
)
_KEY = re.compile(r"(?P<key>[A-Za-z_][\w-]{0,60}) ?:(?: (?P<value>.*))?")
_TITLES, _AUTHORS = ("title", "headline"), ("author", "authors", "byline")
_DATES = ("date", "published", "pubdate", "publish_date", "published_at")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What the lines before a text state; ``end`` is the offset of the text after them."""

    title: str | None
    authors: tuple[str, ...]
    published: date | None
    end: int


def read_front_matter(text: str) -> FrontMatter | None:
    r"""Read the front matter of a text; None where it has none.

    >>> found = read_front_matter('---\ntitle: "Tides: a year"\nauthor: Ann Lee\n---\nIt rains.')
    >>> found.title, found.authors, found.end
    ('Tides: a year', ('Ann Lee',), 47)
    """
    if text.lstrip()[:3] not in {"---", "+++"}:
        return None
    match = _FENCED.match(text[:MOST_CHARS])
    values = _read_values(match["fence"], match["inside"]) if match else {}
    if match is None or not values:
        return None
    title = next((values[key] for key in _TITLES if values.get(key)), [""])[0]
    stated = next((values[key] for key in _AUTHORS if values.get(key)), [])
    names = [name for each in stated for name in find_names(f"by {each}") or (each,)]
    dates = (read_stated(value) for key in _DATES for value in values.get(key, []))
    day = next((each for each in dates if each is not None), None)
    return FrontMatter(title or None, tuple(dict.fromkeys(names)), day, match.end())


def _read_values(fence: str, inside: str) -> dict[str, list[str]]:
    """Return the values of each key, in lower case; empty if the lines are no front matter."""
    if fence == "+++":
        try:
            table = tomllib.loads(inside)
        except tomllib.TOMLDecodeError:
            return {}
        return {
            key.lower(): list(map(str, each if isinstance(each, list) else [each]))
            for key, each in table.items()
        }
    values: dict[str, list[str]] = {}
    key = ""
    for line in map(str.rstrip, inside.split("\n")):
        if line.lstrip().startswith("- "):
            values.get(key, []).append(_unquote(line.lstrip()[2:]))
        elif found := _KEY.fullmatch(line):
            key = found["key"].lower()
            values[key] = _read_list(found["value"] or "")
        elif line.strip() and not line[:1].isspace() and not line.startswith("#"):
            return {}  # prose between two rules
    return values


def _read_list(value: str) -> list[str]:
    value = value.strip()
    if value.startswith("[") and value.endswith("]"):
        quote = '"' if '"' in value else "'"
        [row] = csv.reader([value[1:-1]], quotechar=quote, skipinitialspace=True)
        return [each.strip() for each in row if each.strip()]
    return [_unquote(value)] if value else []


def _unquote(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1].replace('\\"', '"').replace("''", "'")
    return value.split(" #", maxsplit=1)[0].rstrip()
