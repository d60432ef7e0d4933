"""Documents, rejects and models as tables and lines for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.table import Table
from rich.text import Text

from corpus_norm.display.view import count_kinds, name_document
from corpus_norm.document import BlockKind, unwrap
from corpus_norm.translation.engines.llm import KNOWN_LANGUAGE_MODELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from corpus_norm.document import Document, Rejection
    from corpus_norm.translation import Package
    from corpus_norm.translation.engines.llm import ModelFile

HEADS = (BlockKind.TITLE, BlockKind.HEADING)
TITLE_COLUMNS = 60  # fills two lines of its cell on a terminal 100 columns wide
SENTENCE_COLUMNS = 84  # fills three


def show_documents(documents: Iterable[Document]) -> Table:
    """Return a table of documents: language, translation, title, boilerplate, first sentence."""
    table = Table(title="Documents", title_justify="left", expand=True, show_lines=True)
    table.add_column("document, language, translation", ratio=3, overflow="fold")
    table.add_column("title, boilerplate found", ratio=4)
    table.add_column("first English sentence", ratio=4)
    for document in documents:
        boilerplate = f"boilerplate: {count_boilerplate(document)}"
        table.add_row(
            Text.assemble(
                (document.source, "bold"),
                f"\n{document.language}  {document.translation_status}",
            ),
            Text.assemble(
                shorten(name_document(document), TITLE_COLUMNS), "\n", (boilerplate, "dim")
            ),
            Text(shorten(first_english(document) or "—", SENTENCE_COLUMNS)),
        )
    return table


def show_rejects(rejections: Sequence[Rejection], total: int | None = None) -> Table:
    """Return a table of rejected documents: where each failed and why.

    ``total`` is the number of all rejects, if only the first are given.
    """
    count = len(rejections) if total is None else total
    title = f"Rejected: {count:,}"
    if count > len(rejections):
        title += f" (the first {len(rejections):,} shown)"
    table = Table(title=title, title_justify="left", expand=True)
    for name, ratio in (("source", 3), ("stage", 1), ("why", 6)):
        table.add_column(name, ratio=ratio, overflow="fold")
    for rejection in rejections:
        source = f"{rejection.source}#{rejection.record}" if rejection.record else rejection.source
        table.add_row(Text(source), rejection.stage, Text(rejection.message))
    return table


def describe_model(package: Package) -> str:
    """Return one line on an installed model: languages, size, licence and quality."""
    facts = [
        f"{package.source} to {package.target}",
        f"{package.size_bytes / 1e6:.1f} MB",
        f"licence: {package.licence or 'see its README.md'}",
        _describe_quality(package),
        package.purpose,
    ]
    return f"{package.label}: " + "; ".join(filter(None, facts))


def _describe_quality(package: Package) -> str:
    """Return a package's BLEU score and whether it passes the gate for starter models."""
    from corpus_norm.translation.models import GATE

    if package.bleu is None:
        return "quality not measured"
    measured = f"{package.bleu:g} BLEU on flores-dev"
    gate = GATE.get(package.source)
    if gate is None:
        return measured
    side = "passes" if package.bleu >= gate else "below"
    only = "" if package.usable else ": used with --engine starter only"
    return f"{measured}, {side} the gate of {gate:g}{only}"


def describe_language_model(file: ModelFile) -> str:
    """Return one line on a GGUF file: model or adapter, size, licence and quality."""
    known = KNOWN_LANGUAGE_MODELS.get(file.name)
    facts = [
        "adapter" if file.is_adapter else "language model",
        f"{file.size_bytes / 1e6:.1f} MB",
        f"licence: {known.licence if known else file.licence or 'not stated'}",
        file.purpose or (known.quality if known else "quality not measured"),
    ]
    return f"{file.label}: " + "; ".join(facts)


def count_boilerplate(document: Document) -> str:
    """Return the kinds of blocks outside the body with their counts, most frequent first.

    >>> from corpus_norm.document import Block, Document
    >>> blocks = tuple(Block(BlockKind.SHARE, "X", n) for n in (0, 2))
    >>> count_boilerplate(Document("a.txt", "X X", blocks=blocks))
    'share 2'
    """
    return count_kinds([block.kind for block in document.blocks if not block.is_body]) or "—"


def shorten(text: str, columns: int) -> str:
    """Shorten a text to a number of terminal columns; an ellipsis shows that it was cut.

    >>> shorten("OpenAI is crashing.", 10)
    'OpenAI is…'
    >>> shorten("北沙镇试种耐盐水稻", 8)  # a Han character takes two columns
    '北沙镇…'
    """
    if cell_len(text) <= columns:
        return text
    return set_cell_size(text, columns - 1).rstrip() + "…"


def first_english(document: Document) -> str | None:
    """Return the first English sentence of the body, ignoring title and headings."""
    for sentence in document.sentences:
        kind = document.blocks[sentence.block].kind
        if kind.is_body and kind not in HEADS and sentence.text_en is not None:
            return unwrap(sentence.text_en)
    return None
