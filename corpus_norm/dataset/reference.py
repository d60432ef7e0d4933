"""The schema reference as one Markdown page, from the schemas and the labels themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus_norm.dataset.schema import SCHEMA_VERSION, describe
from corpus_norm.labels import BlockKind, Flag, TranslationStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

_TABLES = {
    "documents": "One row is one whole document. `documents/*.parquet`.",
    "rejects": "What could not be processed. `rejects/*.parquet`.",
    "blocks": "`open_dataset(path).blocks`: one row per block, text filled in.",
    "sentences": "`open_dataset(path).sentences`: one row per sentence, text filled in.",
    "raw": "What `normalize_batch` takes; `source` and one of `data` and `text` are enough.",
    "results": "What `normalize_batch` gives: a document, or a row with `rejection` filled in.",
}


def make_reference() -> str:
    """All tables, kinds of blocks, states of translation and flags.

    >>> make_reference().splitlines()[0]
    '# Schema reference'
    """
    tables = [f"## {name}\n\n{text}\n\n{describe(name)}" for name, text in _TABLES.items()]
    kinds = [
        f"| `{kind}` | {'yes' if kind.is_body else 'no'} | {kind.meaning} |" for kind in BlockKind
    ]
    return "\n\n".join(
        [
            "# Schema reference",
            f"Schema version {SCHEMA_VERSION}. Offsets count Unicode code points.",
            "This page is made from the code: `python -m corpus_norm schema all`.",
            *tables,
            "## Kinds of blocks\n\n| kind | body | meaning |\n|---|---|---|\n" + "\n".join(kinds),
            "## States of translation\n\n" + _list_labels(TranslationStatus),
            "## Flags\n\n" + _list_labels(Flag),
        ]
    )


def _list_labels(labels: Iterable[TranslationStatus] | Iterable[Flag]) -> str:
    rows = [f"| `{label}` | {label.meaning} |" for label in labels]
    return "\n".join(["| label | meaning |", "|---|---|", *rows])
