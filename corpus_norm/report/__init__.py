"""The report of a dataset: one page of counts and charts, with a sample of its documents.

The page is self-contained and loads nothing, so it can be mailed, archived and read offline.  It
depends only on the dataset, not on the time or the machine: the same dataset gives the same page.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from corpus_norm.dataset import mean_adequacy, rank_sentences
from corpus_norm.display.html import (
    name_language,
    read_script,
    render,
    render_document,
    render_page,
    stylesheet,
    to_words,
)
from corpus_norm.display.view import (
    NO_HEADLINE,
    REPAIR_MEANINGS,
    explain_flag,
    name_document,
    shorten,
    view_document,
)
from corpus_norm.errors import DatasetError
from corpus_norm.labels import BlockKind, TranslationStatus
from corpus_norm.report.counting import (
    ADEQUACIES,
    FACET_COLUMNS,
    FACETS,
    LENGTHS,
    MENU_FACETS,
    MISSING,
    PERIODS,
    SCORES,
    Counts,
    count,
    count_months,
    find_facets,
    list_documents,
    name_class,
    sample,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date
    from os import PathLike

    from corpus_norm.dataset import Dataset, Story
    from corpus_norm.document import Document
    from corpus_norm.report.counting import Listed

__all__ = [
    "FACETS",
    "FACET_COLUMNS",
    "MENU_FACETS",
    "Counts",
    "count",
    "find_facets",
    "lay_out_stories",
    "make_report",
    "render_overview",
    "sample",
    "write_report",
]

READING = 20
"""Sentences that a report lists for a person to read first."""

SAMPLES = 30
"""Documents that a report shows, unless the caller names another number."""

# Lengths of a document to try, until it fits into its share of the page.
_SAMPLE_CHARS = (12_000, 4_000, 1_000, 0)
_MOST_STORIES, _MOST_CONFLICTS = 20, 20  # shown
_SAMPLES_BYTES = 2_000_000  # these two keep the page below 3 MB
_LISTED_BYTES = 600_000
_LISTED = 2000
_ROWS = 15
_OTHERS = "other values"
_WIDTH, _HEIGHT = 420, 190  # of a chart, in pixels
_MOST_COLUMNS = 40
_MOST_LABELS = 6  # below a chart; seven characters each fit beside each other
_NAME_CHARS = 120
_ENTRY_BYTES = 260  # of its tags
_SERIES = '<g class="series columns">'
_COLUMN = re.compile(r"<rect [^>]*?/>")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table of counts.

    ``share`` is the length of its bar, in percent of the longest; ``facet`` finds the documents
    behind it, and is empty for a row that sums up others.
    """

    name: str
    count: int
    share: float
    meaning: str = ""
    facet: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a chart; ``address`` leads to the documents behind it."""

    label: str
    count: int
    address: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Documents of one language by translation status."""

    code: str
    documents: int
    share: float
    statuses: dict[str, int]


@dataclass(frozen=True, slots=True)
class StoryRow:
    """A story on a line of time: its places from 0 (the first day shown) to 100 (the last)."""

    story: Story
    places: tuple[float, ...]

    @property
    def start(self) -> float:
        """Place of its first document."""
        return min(self.places, default=0.0)

    @property
    def width(self) -> float:
        """Distance from its first to its last document."""
        return max(self.places, default=0.0) - self.start


@dataclass(frozen=True, slots=True)
class Sample:
    """A document of the sample as HTML."""

    document: Document
    html: str
    facets: str = ""

    @property
    def name(self) -> str:
        """Its name in the list."""
        return name_document(self.document)


def write_report(dataset: Dataset, output: str | PathLike[str], *, samples: int = SAMPLES) -> int:
    """Write the report of a dataset and return its size in bytes.

    Raises:
        DatasetError: the dataset cannot be read, or the page cannot be written.
    """
    page = make_report(dataset, samples=samples).encode()
    path = Path(output)
    try:
        path.write_bytes(page)
    except OSError as error:
        raise DatasetError(
            f"cannot write {path}: {error.strerror}; choose another file", subject=str(path)
        ) from error
    return len(page)


def make_report(dataset: Dataset, *, samples: int = SAMPLES) -> str:
    """Return the report of a dataset as a page of HTML.

    Args:
        dataset: the dataset.
        samples: the most documents to show.

    Raises:
        DatasetError: a part file is missing or damaged.
    """
    counts = count(dataset)
    listed, words = _list_entries(dataset)
    facets = {entry.listed.doc_id: entry.facets for entry in listed}
    shown = list(_draw_samples(sample(dataset, samples), facets))
    drawn = {each.document.doc_id for each in shown}
    content = render(
        "report.html",
        name=dataset.path.resolve().name,
        manifest=dataset.manifest,
        counts=counts,
        overview=render_overview(dataset, counts, _address, rejects="#rejects", stories="#stories"),
        rejects=sorted(counts.rejects.items(), key=lambda item: (-item[1].count, item[0])),
        reading=rank_sentences(dataset, READING),
        told=lay_out_stories(dataset, _find_told(dataset)[:_MOST_STORIES]),
        conflicts=dataset.stories.conflicts.slice(0, _MOST_CONFLICTS).to_pylist(),
        href=_address,
        samples=shown,
        others=[entry for entry in listed if entry.listed.doc_id not in drawn],
        facets=words,
        filters=_filters(listed),
    )
    return render_page(
        f"Corpus report: {dataset.path.resolve().name}",
        content,
        styles=[stylesheet("report.css")],
        script=read_script("report.js"),
    )


def render_overview(
    dataset: Dataset, counts: Counts, address: Callable[..., str], *, rejects: str, stories: str
) -> str:
    """Return the figures, tables and charts of a dataset as HTML.

    Args:
        dataset: the dataset.
        counts: its counts.
        address: returns the address of the documents with some facets, given by keyword.
        rejects: the address of the rejects.
        stories: the address of the stories.
    """
    sizes: dict[int, int] = defaultdict(int)
    for size in counts.of("story").values():
        sizes[size] += 1
    return render(
        "report_overview.html",
        manifest=dataset.manifest,
        counts=counts,
        coverage=_coverage(counts),
        statuses=[status.value for status in TranslationStatus],
        bars=_bars(counts),
        charts=_charts(counts, address),
        story_sizes=sorted(item for item in sizes.items() if item[0] > 1),
        story_languages=rank(_count_languages(dataset)),
        adequacy=mean_adequacy(dataset),
        dated=sum(count_months(counts).values()),
        href=address,
        rejects=rejects,
        stories_address=stories,
    )


def _address(**facets: str) -> str:
    """Return the address of documents inside the page; its script reads it."""
    return f"#documents:{urlencode(facets)}"


def _find_told(dataset: Dataset) -> list[Story]:
    return [story for story in dataset.stories if story.reports > 1]


def _count_languages(dataset: Dataset) -> dict[str, int]:
    """Return the number of stories of several reports by the languages of their reports."""
    told = (sorted(map(name_language, story.languages)) for story in _find_told(dataset))
    return Counter(", ".join(languages) for languages in told)


def lay_out_stories(dataset: Dataset, stories: Sequence[Story]) -> list[StoryRow]:
    """Return stories with the places of their documents on one line of time for all of them."""
    wanted = {doc_id for story in stories for doc_id in story.documents}
    days: dict[str, date] = {}
    for batch in dataset.batches(["doc_id", "published"]) if wanted else ():
        for doc_id, day in zip(*(each.to_pylist() for each in batch.columns), strict=True):
            if doc_id in wanted and day is not None:
                days[doc_id] = day  # noqa: PERF403 -- batch by batch
    first, last = min(days.values(), default=None), max(days.values(), default=None)
    span = (last - first).days if first and last else 0
    return [
        StoryRow(
            story,
            tuple(
                round(100 * (days[doc_id] - first).days / span, 1) if span else 50.0
                for doc_id in story.documents
                if first and doc_id in days
            ),
        )
        for story in stories
    ]


def rank(
    values: Mapping[str, int],
    meanings: Mapping[str, str] | None = None,
    most: int = _ROWS,
    facet: str = "",
) -> list[Row]:
    """Return the most frequent values, in descending order, with the rest summed up in one row.

    >>> [(row.name, row.count, row.share) for row in rank({"a": 1, "b": 4, "c": 1}, most=2)]
    [('b', 4, 100.0), ('other values (2)', 2, 50.0)]
    """
    ordered = sorted(values.items(), key=lambda item: (-item[1], item[0]))
    rest = ordered[most - 1 :] if len(ordered) > most else []
    kept = ordered[: len(ordered) - len(rest)]
    total = sum(number for _, number in rest)
    largest = max(kept[0][1] if kept else 1, total)
    meanings = meanings or {}
    rows = [
        Row(name, number, 100 * number / largest, meanings.get(name, ""), facet)
        for name, number in kept
    ]
    if rest:
        rows.append(Row(f"{_OTHERS} ({len(rest)})", total, 100 * total / largest))
    return rows


def _bars(counts: Counts) -> dict[str, list[Row]]:
    """Return the tables with bars, by title, without those that have no rows."""
    meanings = {kind.value: kind.meaning for kind in BlockKind}
    inside = {kind: n for kind, n in counts.kinds.items() if BlockKind(kind).is_body}
    outside = {kind: n for kind, n in counts.kinds.items() if kind not in inside}
    warned = {*counts.of("flag"), *counts.sentence_flags}
    flags = {flag: explain_flag(flag) for flag in warned}
    tables = {
        "Missing or doubtful": rank(counts.of("missing"), MISSING, facet="missing"),
        "Documents with a warning": rank(counts.of("flag"), flags, facet="flag"),
        "Sentences with a warning": rank(counts.sentence_flags, flags, facet="sentence_flag"),
        "English by": rank(counts.of("model"), facet="model"),
        "Blocks outside the body": rank(outside, meanings, facet="kind"),
        "Blocks of the body": rank(inside, meanings, facet="kind"),
        "Sites": rank(counts.of("site"), facet="site"),
        "Encodings": rank(counts.of("encoding"), facet="encoding"),
        "Types of input": rank(counts.of("type"), facet="type"),
        "Repairs to the text": rank(counts.repairs, REPAIR_MEANINGS, facet="repair"),
    }
    return {title: rows for title, rows in tables.items() if rows}


def _charts(counts: Counts, address: Callable[..., str]) -> dict[str, str]:
    """Return the charts, by title, without those that have no values."""
    found = {int(bound): number for bound, number in counts.of("length").items()}
    sizes = {index: found.get(bound, 0) for index, bound in enumerate(LENGTHS)}
    periods = by_time(count_months(counts))
    values = {
        "Length of the body in characters, at least": _columns("length", sizes, LENGTHS, address),
        "Date of publication": [
            Column(name, number, address(published=name)) for name, number in periods
        ],
        "Adequacy of a sentence, at least": _columns(
            "adequacy", counts.adequacies, ADEQUACIES, address
        ),
        "Translation score of a sentence, at least": _columns(
            "score", counts.scores, SCORES, address
        ),
    }
    return {title: draw_columns(each, title) for title, each in values.items() if each}


def _columns(
    facet: str, counts: Mapping[int, int], bounds: Sequence[float], address: Callable[..., str]
) -> list[Column]:
    """Return the columns of a chart of classes, from the first to the last that is not empty."""
    filled = [index for index, number in counts.items() if number]
    return [
        Column(
            _name(name_class(index, bounds)),
            counts.get(index, 0),
            address(**{facet: name_class(index, bounds)}),
        )
        for index in range(min(filled, default=0), max(filled, default=-1) + 1)
    ]


def _name(bound: str) -> str:
    return f"{bound[:-3]}k" if bound.endswith("000") else bound


def _coverage(counts: Counts) -> list[Coverage]:
    return [
        Coverage(
            row.name,
            row.count,
            row.share,
            {status: counts.coverage[row.name, status] for status in TranslationStatus},
        )
        for row in rank(counts.of("language"), most=1000)
    ]


def _draw_samples(documents: list[Document], facets: Mapping[str, str]) -> Iterable[Sample]:
    room = _SAMPLES_BYTES // max(len(documents), 1)
    for document in documents:
        view = view_document(document)
        for most_chars in _SAMPLE_CHARS:
            html = render_document(shorten(view, most_chars), level=4)
            if len(html.encode()) <= room:
                yield Sample(document, html, facets.get(document.doc_id, ""))
                break


@dataclass(frozen=True, slots=True)
class Entry:
    """A document in the list of a report; ``facets`` are places in the list of all facets."""

    listed: Listed
    name: str
    facets: str


def _list_entries(dataset: Dataset) -> tuple[list[Entry], list[str]]:
    """Return documents for the list of the page, and the names and values of all their facets."""
    words: dict[tuple[str, str], int] = {}
    entries, room = list[Entry](), _LISTED_BYTES
    for each in list_documents(dataset, _LISTED):
        places = " ".join(str(words.setdefault(facet, len(words))) for facet in each.facets)
        name = each.title or f"{NO_HEADLINE} {each.source}"
        room -= len(name[:_NAME_CHARS].encode()) + len(places) + _ENTRY_BYTES
        if room < 0:
            break
        entries.append(Entry(each, name, places))
    return entries, [urlencode([facet]) for facet in words]


def _filters(entries: list[Entry]) -> dict[str, list[tuple[str, str]]]:
    """Return the choices of each filter: the values in the list, with their display names."""
    found: dict[str, set[str]] = {name: set() for name in MENU_FACETS}
    for entry in entries:
        for name, value in entry.listed.facets:
            if name in found:
                found[name].add(value)
    return {
        name: [(v, name_language(v) if name == "language" else to_words(v)) for v in sorted(values)]
        for name, values in found.items()
        if values
    }


def draw_columns(columns: Sequence[Column], title: str) -> str:
    """Return a column chart as an ``<svg>``; each column is a link that names its number.

    >>> svg = draw_columns([Column("2023", 4, "#a"), Column("2024", 9, "#b")], "documents by year")
    >>> svg.startswith('<svg viewBox="0 0 420 190" role="group" aria-label="documents by year"')
    True
    >>> '<a href="#a" aria-label="2023: 4">' in svg
    True
    """
    import leather

    every = -(-len(columns) // _MOST_LABELS)  # labels below neighbours would overlap
    chart = leather.Chart()
    chart.add_columns([(each.label, each.count) for each in columns], fill_color="currentColor")
    highest = max((each.count for each in columns), default=0)
    chart.add_x_axis(tick_formatter=lambda label, place, _: "" if place % every else label)
    chart.add_y_axis(ticks=_ticks(highest))
    chart.add_y_scale(0, max(highest, 1))
    head, mark, series = str(chart.to_svg(width=_WIDTH, height=_HEIGHT)).partition(_SERIES)
    waiting = iter(columns)
    series = _COLUMN.sub(lambda found: _link(next(waiting), found[0]), series)
    start = (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="group" aria-label="{escape(title)}" '
        'class="cr-chart"'
    )
    return f"{start}>{head.partition('>')[2]}{mark}{series}"


def _link(column: Column, drawn: str) -> str:
    name = escape(f"{column.label}: {column.count:,}")
    inside = f"<title>{name}</title>{drawn}"
    if not column.count or not column.address:
        return f"<g>{inside}</g>"
    return f'<a href="{escape(column.address)}" aria-label="{name}">{inside}</a>'


def by_time(months: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return documents by month, or by year, decade … if there are too many; gaps count as 0.

    >>> by_time({"2024-01": 2, "2023-11": 1})
    [('2023-11', 1), ('2023-12', 0), ('2024-01', 2)]
    >>> by_time({"1999-01": 2, "2001-11": 1, "2010-05": 1})[:3]
    [('1999', 2), ('2000', 0), ('2001', 1)]
    """
    for size, _ in PERIODS:
        counts: dict[int, int] = defaultdict(int)
        for month, number in months.items():
            counts[_number(month[:size])] += number
        first, last = min(counts, default=0), max(counts, default=-1)
        if last - first < _MOST_COLUMNS:
            break
    ending = dict(PERIODS)[size]
    return [
        (f"{_spell(period, size)}{ending}", counts.get(period, 0))
        for period in range(first, last + 1)
    ]


def _number(period: str) -> int:
    """Return the number of a period: the months since year 0, or the digits of a year."""
    year, _, month = period.partition("-")
    return int(year) * 12 + int(month) - 1 if month else int(year)


def _spell(number: int, size: int) -> str:
    is_month = size == PERIODS[0][0]
    return f"{number // 12:04}-{number % 12 + 1:02}" if is_month else f"{number:0{size}}"


def _ticks(highest: int) -> list[int]:
    """Return round numbers for an axis: 0 and at most five steps up to the highest value.

    >>> _ticks(3), _ticks(870)
    ([0, 1, 2, 3], [0, 200, 400, 600, 800])
    """
    step = 1
    while highest / step > 5:
        lead = int(str(step)[0])
        step = step * 5 // 2 if lead == 2 else step * 2
    return list(range(0, max(highest, 1) + 1, step))
