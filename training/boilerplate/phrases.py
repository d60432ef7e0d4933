"""``python -m training.boilerplate.phrases``: write what the phrases of the lexicons need to match.

Run it after changing a lexicon; no data and no library for training are needed.
"""

from __future__ import annotations

import json
from itertools import chain

from corpus_norm.boilerplate.lexicon import read_packaged
from corpus_norm.boilerplate.searches import TEXTS, find_texts


def write_texts() -> str:
    """Return the content of ``corpus_norm/boilerplate/phrases.json``: a line for each phrase."""
    modes = chain.from_iterable(table.values() for table in read_packaged())
    phrases = set(chain.from_iterable(items for each in modes for items in each.values()))
    lines = (
        f"{json.dumps(phrase, ensure_ascii=False)}: "
        f"{json.dumps(list(map(sorted, find_texts(phrase))), ensure_ascii=False)}"
        for phrase in sorted(phrases)
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    TEXTS.write_text(write_texts(), encoding="utf-8")
