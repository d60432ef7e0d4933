"""Dates as news pages write them: all forms, the order of day and month, published or updated.

This package works on lines of text and values; it does not depend on pages, blocks or documents.
"""

from __future__ import annotations

from corpus_norm.dates.forms import (
    NOWHERE,
    Found,
    Order,
    Setting,
    guess_setting,
    list_dates,
    read_stated,
    read_time,
    simplify,
)
from corpus_norm.dates.lines import (
    Dated,
    Role,
    choose,
    find_date,
    find_in_lines,
    find_opening_date,
    find_updated,
    is_clock,
    is_dateline,
    is_entry,
    is_masthead,
    read_dates,
    read_label,
)

__all__ = [
    "NOWHERE",
    "Dated",
    "Found",
    "Order",
    "Role",
    "Setting",
    "choose",
    "find_date",
    "find_in_lines",
    "find_opening_date",
    "find_updated",
    "guess_setting",
    "is_clock",
    "is_dateline",
    "is_entry",
    "is_masthead",
    "list_dates",
    "read_dates",
    "read_label",
    "read_stated",
    "read_time",
    "simplify",
]
