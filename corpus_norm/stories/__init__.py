"""Stories: the same news once, whether copied, told in other words, or in another language.

Copies are documents with nearly the same body; stories are reports of one event.  Both stand in
the table ``stories`` of a dataset, which every run writes anew as a whole.
"""

from __future__ import annotations

from corpus_norm.stories.grouping import (
    StoryOptions,
    choose_options,
    find_groups,
    regroup,
    write_groups,
)
from corpus_norm.stories.pairs import Explanation, Likeness, explain
from corpus_norm.stories.profiles import has_encoder

__all__ = [
    "Explanation",
    "Likeness",
    "StoryOptions",
    "choose_options",
    "explain",
    "find_groups",
    "has_encoder",
    "regroup",
    "write_groups",
]
