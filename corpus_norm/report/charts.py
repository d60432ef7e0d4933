"""Column charts as inline SVG, drawn by leather.

leather because its SVG is small (3 kB a chart), carries no script, font or date, is the same for
the same numbers, and takes its colours from the stylesheet of the page.  Counts by category are
no charts but tables with bars: a table can be read aloud, and at any width.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH, _HEIGHT = 420, 190
_MOST_COLUMNS = 40


def draw_columns(values: Sequence[tuple[str, int]], title: str) -> str:
    """A chart with a column for each label, as an ``<svg>`` that says its numbers to a reader.

    The labels must be our own words: they are not escaped.

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
    """Documents by month, or by year where there are too many months; empty ones included.

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
    for index, count in indices.items():
        years[index // 12] = years.get(index // 12, 0) + count
    step = -(-(last // 12 - first // 12 + 1) // _MOST_COLUMNS)
    if step == 1:
        return [(str(year), years.get(year, 0)) for year in range(first // 12, last // 12 + 1)]
    return [
        (f"{year}–", sum(years.get(each, 0) for each in range(year, year + step)))
        for year in range(first // 12, last // 12 + 1, step)
    ]


def _ticks(highest: int) -> list[int]:
    """Up to five round numbers from 0 to the highest value.

    >>> _ticks(3), _ticks(870)
    ([0, 1, 2, 3], [0, 200, 400, 600, 800])
    """
    step = 1
    while highest / step > 5:
        lead = int(str(step)[0])
        step = step * 5 // 2 if lead == 2 else step * 2
    return list(range(0, max(highest, 1) + 1, step))
