"""The dataset card: ``README.md`` beside the data, for whoever finds the folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus_norm.dataset.schema import describe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from corpus_norm.dataset.manifest import Manifest

CARD_NAME = "README.md"
CARD_MARK = "<!-- written by corpus_norm -->"

_CONFIGS = """\
configs:
- config_name: documents
  data_files: documents/*.parquet
  default: true
- config_name: rejects
  data_files: rejects/*.parquet
"""

_READING = """\
## How to read it

One row of `documents` is one whole document. `body` and `body_en` are the article without
boilerplate, in its own language and in English; `text` and `text_en` hold everything. `blocks` and
`sentences` are lists of offsets into these texts, counted in code points.

```python
import corpus_norm

dataset = corpus_norm.open_dataset(".")
dataset.to_pandas()
dataset.blocks, dataset.sentences, dataset.rejects  # Arrow tables, the text filled in
```

```python
import pandas, polars

pandas.read_parquet("documents", dtype_backend="pyarrow")
polars.read_parquet("documents/*.parquet")
```

```python
import datasets

datasets.load_dataset("parquet", data_files="documents/*.parquet")
```

```sql
-- DuckDB: every block with its text
SELECT doc_id, b.kind, substring(text, b.start + 1, b."end" - b.start) AS block
FROM (SELECT doc_id, text, unnest(blocks) AS b FROM 'documents/*.parquet');
```
"""

_LICENCE = """\
## Licence

The texts belong to whoever published them; making this dataset did not change that. Before you
publish it, see to their terms and to those of the models above, and add a `license` field here and
in `croissant.json` (which describes the same files for machines)."""


def make_card(manifest: Manifest) -> str:
    """The text of the card, in Markdown; the same for the same manifest.

    The front matter is what the Hugging Face hub reads
    (https://huggingface.co/docs/hub/datasets-cards).
    """
    totals = manifest.totals
    sections = [
        f"{CARD_MARK}\n# News documents, cleaned, with English",
        _summarise(manifest),
        _table("Languages", "language", totals.languages),
        _table("English", "translation status", totals.statuses),
        _list_models(manifest),
        _LICENCE,
        _READING.rstrip(),
        f"## Columns of `documents`\n\n{describe('documents')}",
        f"## Columns of `rejects`\n\n{describe('rejects')}",
    ]
    return _front_matter(manifest) + "\n\n".join(filter(None, sections)) + "\n"


def _front_matter(manifest: Manifest) -> str:
    """YAML between two rules; ISO 639-1 codes, as the hub wants them."""
    codes = {code.split("-", maxsplit=1)[0] for code in manifest.totals.languages} - {"und"}
    languages = "".join(f"- {code}\n" for code in sorted(codes))
    head = "pretty_name: News documents, cleaned, with English\n"
    head += f"language:\n{languages}" if languages else ""
    return f"---\n{head}tags:\n- news\n- corpus_norm\n{_CONFIGS}---\n"


def _summarise(manifest: Manifest) -> str:
    totals = manifest.totals
    return (
        f"{totals.documents:,} documents and {totals.rejects:,} rejects in {len(manifest.parts):,} "
        f"part(s). Made by corpus_norm {manifest.corpus_norm}, schema version "
        f"{manifest.schema_version}; `manifest.json` holds all settings and versions."
    )


def _table(title: str, column: str, counts: Mapping[str, int]) -> str:
    if not counts:
        return ""
    rows = [f"| {name} | {count:,} |" for name, count in counts.items()]
    return "\n".join([f"## {title}\n", f"| {column} | documents |", "|---|---:|", *rows])


def _list_models(manifest: Manifest) -> str:
    if not manifest.models:
        return "## Translation models\n\nNone."
    rows = [
        f"| {m.name} | {m.source} → {m.target} | {m.version} | {m.licence} | `{m.digest[:16]}` |"
        for m in manifest.models
    ]
    head = ["| model | languages | version | licence | digest |", "|---|---|---|---|---|"]
    return "\n".join(["## Translation models\n", *head, *rows])
