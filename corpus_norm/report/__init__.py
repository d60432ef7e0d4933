"""One page about a dataset: what is in it, how it was made, and documents to look at.

The page is self-contained: no request leaves it, so it can be mailed, archived and read offline.
It depends on nothing but the dataset: no clock, no name of a machine.
"""

from __future__ import annotations

from corpus_norm.report.counting import Counts, count, sample
from corpus_norm.report.page import make_report, write_report

__all__ = ["Counts", "count", "make_report", "sample", "write_report"]
