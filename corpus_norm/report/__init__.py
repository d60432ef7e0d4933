"""The report of a dataset: one page of counts and charts, with a sample of its documents.

The page is self-contained and loads nothing, so it can be mailed, archived and read offline.  It
depends only on the dataset, not on the time or the machine: the same dataset gives the same page.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

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
    REPAIR_MEANINGS,
    explain_flag,
    name_document,
    shorten,
    view_document,
)
from corpus_norm.errors import DatasetError
from corpus_norm.labels import BlockKind, TranslationStatus
from corpus_norm.report.counting import LENGTHS, SCORES, Counts, count, sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from os import PathLike

    from corpus_norm.dataset import Dataset
    from corpus_norm.document import Document

__all__ = ["Counts", "count", "make_report", "sample", "write_report"]

READING = 20
"""Sentences that a report lists for a person to read first."""

SAMPLES = 30
"""Documents that a report shows, unless the caller names another number."""

# Lengths of a document to try, until it fits into its share of the page.
_SAMPLE_CHARS = (12_000, 4_000, 1_000, 0)
_MOST_STORIES, _MOST_CONFLICTS = 20, 20  # shown
_SAMPLES_BYTES = 2_500_000  # keeps the page below 3 MB
_ROWS = 15
_OTHERS = "other values"
_WIDTH, _HEIGHT = 420, 190  # of a chart, in pixels
_MOST_COLUMNS = 40


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table of counts; ``share`` is the length of its bar, in percent of the longest."""

    name: str
    count: int
    share: float
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Documents of one language by translation status."""

    language: str
    documents: int
    share: float
    statuses: dict[str, int]


@dataclass(frozen=True, slots=True)
class Sample:
    """A document of the sample as HTML, with the values that the filters match."""

    document: Document
    html: str
    kinds: str

    @property
    def name(self) -> str:
        """Its name in the list."""
        return name_document(self.document)

    @property
    def flags(self) -> str:
        """Its flags, separated by spaces."""
        return " ".join(self.document.flags)


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
    shown = list(_draw_samples(sample(dataset, samples)))
    told = [story for story in dataset.stories if story.reports > 1]
    content = render(
        "report.html",
        name=dataset.path.resolve().name,
        manifest=dataset.manifest,
        counts=counts,
        coverage=_coverage(counts),
        statuses=[status.value for status in TranslationStatus],
        bars=_bars(counts),
        charts=_charts(counts),
        rejects=sorted(counts.rejects.items(), key=lambda item: (-item[1].count, item[0])),
        largest_stories=_story_sizes(counts),
        stories=told[:_MOST_STORIES],
        conflicts=dataset.stories.conflicts.slice(0, _MOST_CONFLICTS).to_pylist(),
        reading=rank_sentences(dataset, READING),
        adequacy=mean_adequacy(dataset),
        samples=shown,
        filters=_filters(shown),
    )
    return render_page(
        f"Corpus report: {dataset.path.resolve().name}",
        content,
        styles=[stylesheet("report.css")],
        script=read_script("report.js"),
    )


def rank(
    values: Mapping[str, int], meanings: Mapping[str, str] | None = None, most: int = _ROWS
) -> list[Row]:
    """Return the most frequent values, in descending order, with the rest summed up in one row.

    >>> [(row.name, row.count, row.share) for row in rank({"a": 1, "b": 4, "c": 1}, most=2)]
    [('b', 4, 100.0), ('other values (2)', 2, 50.0)]
    """
    ordered = sorted(values.items(), key=lambda item: (-item[1], item[0]))
    if len(ordered) > most:
        rest = ordered[most - 1 :]
        total = sum(number for _, number in rest)
        ordered = [*ordered[: most - 1], (f"{_OTHERS} ({len(rest)})", total)]
    largest = max((number for _, number in ordered), default=1)
    meanings = meanings or {}
    return [
        Row(name, number, 100 * number / largest, meanings.get(name, ""))
        for name, number in ordered
    ]


def _bars(counts: Counts) -> dict[str, list[Row]]:
    """Return the tables with bars, by title, without those that have no rows."""
    meanings = {kind.value: kind.meaning for kind in BlockKind}
    inside = {kind: n for kind, n in counts.kinds.items() if BlockKind(kind).is_body}
    outside = {kind: n for kind, n in counts.kinds.items() if kind not in inside}
    warned = counts.flags | counts.sentence_flags
    flags = {flag: explain_flag(flag) for flag in warned}
    tables = {
        "Blocks outside the body": rank(outside, meanings),
        "Blocks of the body": rank(inside, meanings),
        "Sites": rank(counts.sites),
        "Encodings": rank(counts.encodings),
        "Types of input": rank(counts.media_types),
        "Documents with a warning": rank(counts.flags, flags),
        "Sentences with a warning": rank(counts.sentence_flags, flags),
        "Repairs to the text": rank(counts.repairs, REPAIR_MEANINGS),
    }
    return {title: rows for title, rows in tables.items() if rows}


def _charts(counts: Counts) -> dict[str, str]:
    """Return the charts, by title, without those that have no values."""
    lengths = [(_name(end), counts.lengths[index]) for index, end in enumerate(LENGTHS)]
    scores = [("lower", counts.scores[-1])]
    scores += [(f"{end:g}", counts.scores[index]) for index, end in enumerate(SCORES)]
    values = {
        "Length of the body in characters, at least": lengths if counts.documents else [],
        "Date of publication": by_time(counts.months),
        "Translation score of a sentence, at least": scores if counts.scores else [],
    }
    return {title: draw_columns(each, title) for title, each in values.items() if each}


def _name(number: int) -> str:
    return f"{number // 1000}k" if number >= 1000 else str(number)


def _coverage(counts: Counts) -> list[Coverage]:
    largest = max(counts.languages.values(), default=1)
    return [
        Coverage(
            name_language(row.name),
            row.count,
            100 * row.count / largest,
            {status: counts.coverage[row.name, status] for status in TranslationStatus},
        )
        for row in rank(counts.languages, most=1000)
    ]


def _story_sizes(counts: Counts) -> list[tuple[int, int]]:
    """Return the sizes of stories of two documents or more, with the number of stories of each."""
    sizes: dict[int, int] = {}
    for size in counts.stories.values():
        sizes[size] = sizes.get(size, 0) + 1
    return sorted((size, number) for size, number in sizes.items() if size > 1)


def _draw_samples(documents: list[Document]) -> Iterable[Sample]:
    room = _SAMPLES_BYTES // max(len(documents), 1)
    for document in documents:
        view = view_document(document)
        for most_chars in _SAMPLE_CHARS:
            html = render_document(shorten(view, most_chars), level=4)
            if len(html.encode()) <= room:
                kinds = " ".join(sorted({each.kind for each in document.blocks}))
                yield Sample(document, html, kinds)
                break


def _filters(samples: list[Sample]) -> dict[str, list[tuple[str, str]]]:
    """Return the choices of each filter: the values in the sample, with their display names."""
    documents = [each.document for each in samples]
    languages = sorted({document.language for document in documents})
    found = {
        "language": [(code, name_language(code)) for code in languages],
        "status": _name_choices({document.translation_status.value for document in documents}),
        "kinds": _name_choices({k for each in samples for k in each.kinds.split()}),
        "flags": _name_choices({flag for document in documents for flag in document.flags}),
    }
    return {name: choices for name, choices in found.items() if choices}


def _name_choices(labels: set[str]) -> list[tuple[str, str]]:
    return [(label, to_words(label)) for label in sorted(labels)]


def draw_columns(values: Sequence[tuple[str, int]], title: str) -> str:
    """Return a column chart as an ``<svg>`` whose label reads the numbers to screen readers.

    The labels are not escaped, so they must not come from documents.

    >>> svg = draw_columns([("2023", 4), ("2024", 9)], "documents by year")
    >>> svg.startswith('<svg viewBox="0 0 420 190" role="img" aria-label="documents by year: 2023')
    True
    """
    import leather

    chart = leather.Chart()
    chart.add_columns(list(values), fill_color="currentColor")
    highest = max((value for _, value in values), default=0)
    chart.add_y_axis(ticks=_ticks(highest))
    chart.add_y_scale(0, max(highest, 1))
    svg = str(chart.to_svg(width=_WIDTH, height=_HEIGHT))
    numbers = ", ".join(f"{label}: {value:,}" for label, value in values)
    head = (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{title}: {numbers}" '
        'class="cr-chart"'
    )
    return f"{head}>{svg.partition('>')[2]}"


def by_time(months: dict[str, int]) -> list[tuple[str, int]]:
    """Return documents by month, or by year if there are too many months; gaps count as 0.

    >>> by_time({"2024-01": 2, "2023-11": 1})
    [('2023-11', 1), ('2023-12', 0), ('2024-01', 2)]
    >>> by_time({"1999-01": 2, "2001-11": 1, "2010-05": 1})[:3]
    [('1999', 2), ('2000', 0), ('2001', 1)]
    """
    if not months:
        return []
    indices = {int(month[:4]) * 12 + int(month[5:]) - 1: count for month, count in months.items()}
    first, last = min(indices), max(indices)
    if last - first < _MOST_COLUMNS:
        return [(f"{i // 12}-{i % 12 + 1:02}", indices.get(i, 0)) for i in range(first, last + 1)]
    years: dict[int, int] = {}
    for index, documents in indices.items():
        years[index // 12] = years.get(index // 12, 0) + documents
    step = -(-(last // 12 - first // 12 + 1) // _MOST_COLUMNS)
    if step == 1:
        return [(str(year), years.get(year, 0)) for year in range(first // 12, last // 12 + 1)]
    return [
        (f"{year}–", sum(years.get(each, 0) for each in range(year, year + step)))
        for year in range(first // 12, last // 12 + 1, step)
    ]


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
