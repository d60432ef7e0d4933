"""Compare our title, authors and date with trafilatura's: ``python -m benchmarks.metadata``.

Both read the bytes of each page in the same run on one core; ours with ``corpus_norm.normalize``
without translation, so that its time includes all stages before.  A title is right if it equals the
gold one apart from case, spaces and punctuation, or if one contains the other and the shorter has
60 % of the longer.  Authors count name by name, as sets of words.  A date is right to the day.

The only argument is the folder that holds ``newsgold/``, by default ../shared.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections import Counter
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console
from rich.table import Table

from benchmarks.peers import Row, clock, find_set, load_peers, load_rows
from corpus_norm import normalize
from corpus_norm.settings import Settings, TranslationSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Reader = Callable[[bytes], "Answer"]

OURS = "corpus_norm"
LANGUAGES = ("en", "fr", "zh")
FIELDS = ("gold_title", "gold_authors", "gold_date")
_SETTINGS = Settings(translation=TranslationSettings(enabled=False))
_DAY = re.compile(r"(\d{4})[-/年.](\d{1,2})[-/月.](\d{1,2})")
_LIKE = 0.6


class Answer(NamedTuple):
    """The metadata that a tool finds on a page."""

    title: str
    authors: tuple[str, ...]
    published: str


def main() -> None:
    """Print the table."""
    rows = load_rows(find_set("newsgold", __doc__) / "dev.jsonl.gz")
    rows = [row for row in rows if any(row[name] for name in FIELDS)]
    readers = {OURS: read_ours, **load_peers(PEERS)}
    Console(width=120).print(compare_readers(readers, rows))


def compare_readers(readers: dict[str, Reader], rows: Sequence[Row]) -> Table:
    """Tabulate titles and dates right, of all; F1 of authors; milliseconds per page."""
    pages = [_read_bytes(row) for row in rows]
    table = Table(title=f"Metadata of {len(rows)} pages, {'/'.join(LANGUAGES)}")
    for column in ("", "titles", "authors F1", "dates", "dates none", "ms/page"):
        table.add_column(column, justify="right" if column else "left", no_wrap=True)
    for name, read in readers.items():
        read(pages[0])
        answers, seconds = clock(read, pages)
        counts = {code: Counter[str]() for code in LANGUAGES}
        for row, answer in zip(rows, answers, strict=True):
            if row["language"] in counts:
                counts[row["language"]].update(score(row, answer))
        table.add_row(name, *_cells(list(counts.values())), f"{1000 * seconds / len(pages):.0f}")
    return table


def score(row: Row, answer: Answer) -> Counter[str]:
    """Count the right and wrong parts of one answer.

    >>> gold = {"gold_title": "Crue à Lorne", "gold_authors": ["Ann Lee"], "gold_date": "2024-3-5"}
    >>> counts = score(gold, Answer("Crue à Lorne !", ("Lee, Ann", "Desk"), "2024-03-05"))
    >>> [counts[name] for name in ("titles", "title", "names", "found", "right", "dates", "date")]
    [1, 1, 1, 2, 1, 1, 1]
    """
    counts = Counter[str]()
    if gold := row["gold_title"]:
        counts.update(titles=1, title=int(is_similar(answer.title, gold)))
    if gold := row["gold_authors"]:
        names, found = _split(gold), _split(answer.authors)
        counts.update(names=len(names), found=len(found), right=len(names & found))
    if day := _read_day(row["gold_date"] or ""):
        own = _read_day(answer.published)
        counts.update(dates=1, date=int(own == day), none=int(own is None))
    return +counts


def is_similar(title: str, gold: str) -> bool:
    """Return whether two titles are the same, or one contains most of the other."""
    short, long = sorted((_key(title), _key(gold)), key=len)
    return bool(short) and short in long and len(short) >= _LIKE * len(long)


def _cells(counts: Sequence[Counter[str]]) -> list[str]:
    return [
        "  ".join(f"{each['title']}/{each['titles']}" for each in counts),
        "  ".join(
            f"{2 * each['right'] / max(1, each['names'] + each['found']):.2f}" for each in counts
        ),
        "  ".join(f"{each['date']}/{each['dates']}" for each in counts),
        "  ".join(str(each["none"]) for each in counts),
    ]


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def _split(names: Iterable[str]) -> set[frozenset[str]]:
    """Return each name as the set of its words, ignoring their order."""
    folded = (unicodedata.normalize("NFKC", name).casefold() for name in names)
    return {frozenset(re.findall(r"\w+", name)) for name in folded} - {frozenset()}


def _read_day(text: str) -> tuple[int, ...] | None:
    """Read the day of a gold date, which may have any format."""
    if match := _DAY.search(text):
        return tuple(map(int, match.groups()))
    parser = import_module("dateutil.parser")
    try:
        found = parser.parse(text, dayfirst=True) if text else None
    except (ValueError, OverflowError):
        return None
    return (found.year, found.month, found.day) if found else None


def _read_bytes(row: Row) -> bytes:
    return row["html"].encode() if row.get("html") else base64.b64decode(row["html_b64"])


def read_ours(page: bytes) -> Answer:
    """Read title, authors and date with this library."""
    document = normalize(page, _SETTINGS, media_type="text/html")
    return Answer(document.title or "", document.authors, str(document.published or ""))


def _trafilatura() -> Reader:
    extract_metadata = import_module("trafilatura").extract_metadata

    def read(page: bytes) -> Answer:
        found = extract_metadata(page)
        if found is None:
            return Answer("", (), "")
        authors = tuple(filter(None, (found.author or "").split("; ")))
        return Answer(found.title or "", authors, found.date or "")

    return read


PEERS = {"trafilatura": _trafilatura}


if __name__ == "__main__":
    main()
