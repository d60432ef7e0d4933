"""How many documents the inputs hold, where that can be told without reading them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus_norm.document import Rejection
from corpus_norm.sources.files import STANDARD_INPUT, resolve_inputs
from corpus_norm.sources.formats import Container, detect_format
from corpus_norm.sources.walk import find_files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike


def count_documents(inputs: Sequence[str | PathLike[str]]) -> int | None:
    """How many documents there are, None where a file may hold any number of them.

    >>> count_documents(["fixtures/seeds"])
    5

    Raises:
        InputError: an input does not exist.
    """
    if STANDARD_INPUT in inputs:
        return None
    count = 0
    for entry in find_files(resolve_inputs(inputs), lambda _name: None):
        if not isinstance(entry, Rejection):
            form = detect_format(entry.path)
            if form is None or form.container is not Container.DOCUMENT:
                return None
        count += 1
    return count
