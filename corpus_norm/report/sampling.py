"""Documents to look at: the same ones every time, from every language."""

from __future__ import annotations

from dataclasses import replace
from heapq import nsmallest
from typing import TYPE_CHECKING

from corpus_norm.dataset import Dataset

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from corpus_norm.dataset.manifest import Part
    from corpus_norm.document import Document


def sample(dataset: Dataset, size: int) -> list[Document]:
    """Some documents, an equal number of each language as far as there are any.

    Of each language those with the smallest ``doc_id`` are taken.  It is a hash of source and
    bytes, so this is a random sample that depends on nothing but the documents.  Two passes: one
    over ``doc_id`` and ``language``, one over the parts that hold what was chosen.
    """
    found: dict[str, list[str]] = {}
    parts: dict[str, Part] = {}
    for part in dataset.manifest.parts:
        for doc_id, language in _identities(_only(dataset, part)):
            smallest = found.setdefault(language, [])
            smallest.append(doc_id)
            parts[doc_id] = part
            if len(smallest) > 4 * size:
                _forget(parts, smallest, size)
    chosen = _deal({language: nsmallest(size, ids) for language, ids in found.items()}, size)
    wanted = {doc_id: order for order, doc_id in enumerate(chosen)}
    holding = {parts[doc_id].index: parts[doc_id] for doc_id in chosen}
    documents = [
        document
        for index in sorted(holding)
        for document in _find(_only(dataset, holding[index]), wanted)
    ]
    return sorted(documents, key=lambda document: wanted[document.doc_id])


def _identities(dataset: Dataset) -> Iterator[tuple[str, str]]:
    for batch in dataset.batches(["doc_id", "language"]):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _forget(parts: dict[str, Part], ids: list[str], size: int) -> None:
    kept = nsmallest(size, ids)
    for doc_id in set(ids) - set(kept):
        parts.pop(doc_id, None)
    ids[:] = kept


def _deal(found: dict[str, list[str]], size: int) -> list[str]:
    """In turn from each language, the language with most documents first.

    >>> _deal({"en": ["a", "b", "c"], "fr": ["d"]}, 3)
    ['a', 'd', 'b']
    """
    order = sorted(found, key=lambda language: (-len(found[language]), language))
    rounds = max((len(ids) for ids in found.values()), default=0)
    dealt = [
        found[language][turn]
        for turn in range(rounds)
        for language in order
        if turn < len(found[language])
    ]
    return dealt[:size]


def _only(dataset: Dataset, part: Part) -> Dataset:
    return Dataset(dataset.path, replace(dataset.manifest, parts=(part,)))


def _find(dataset: Dataset, wanted: Iterable[str]) -> Iterator[Document]:
    import pyarrow as pa
    import pyarrow.compute as pc

    from corpus_norm.dataset import batch_to_documents

    ids = pa.array(wanted, pa.string())
    for batch in dataset.batches():
        yield from batch_to_documents(batch.filter(pc.is_in(batch.column("doc_id"), ids)))
