"""What documents and datasets look like in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from corpus_norm.document import Block, BlockKind, Document, unwrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from corpus_norm.document import Rejection
    from corpus_norm.translation import Package

BODY_STYLES = {BlockKind.TITLE: "bold cyan", BlockKind.HEADING: "bold"}


def show_document(document: Document, *, reasons: bool = False) -> RenderableType:
    """One document: what is known of it, then every block with its kind, language and English.

    Args:
        document: the document.
        reasons: add why each block has its kind.
    """
    return Group(_show_facts(document), _show_blocks(document, reasons=reasons))


def show_documents(documents: Iterable[Document]) -> Table:
    """A row per document: language, translation, title, furniture found, first English sentence."""
    table = Table(title="Documents", title_justify="left", expand=True, show_lines=True)
    table.add_column("document, language, translation", ratio=3, overflow="fold")
    table.add_column("title, and what is outside the body", ratio=4)
    table.add_column("first English sentence", ratio=4)
    for document in documents:
        furniture = f"outside: {count_furniture(document)}"
        table.add_row(
            Text.assemble(
                (document.source, "bold"),
                f"\n{document.language}  {document.translation_status}",
            ),
            Text.assemble(document.title or "(no title)", "\n", (furniture, "dim")),
            Text(first_english(document) or "—"),
        )
    return table


def show_rejects(rejections: Sequence[Rejection]) -> Table:
    """A line per rejected document: where it failed and why."""
    table = Table(title=f"Rejected: {len(rejections)}", title_justify="left", expand=True)
    for name, ratio in (("source", 3), ("stage", 1), ("why", 6)):
        table.add_column(name, ratio=ratio, overflow="fold")
    for rejection in rejections:
        source = f"{rejection.source}#{rejection.record}" if rejection.record else rejection.source
        table.add_row(Text(source), rejection.stage, Text(rejection.message))
    return table


def describe_model(package: Package) -> str:
    """One line about an installed model: what it translates, its size, licence and quality."""
    own = package.metadata.get("corpus_norm")
    measured = own.get("flores_dev_bleu") if isinstance(own, dict) else None
    facts = [
        f"{package.source} to {package.target}",
        f"{package.size_bytes / 1e6:.1f} MB",
        f"licence: {package.licence or 'see its README.md'}",
        "quality not measured" if measured is None else f"{measured} BLEU on flores-dev",
        package.purpose,
    ]
    return f"{package.label}: " + "; ".join(filter(None, facts))


def count_furniture(document: Document) -> str:
    """The kinds of blocks outside the body, commonest first, with their numbers.

    >>> blocks = tuple(Block(BlockKind.SHARE, "X", n) for n in (0, 2))
    >>> count_furniture(Document("a.txt", "X X", blocks=blocks))
    'share 2'
    """
    kinds = [block.kind.value for block in document.blocks if not block.is_body]
    counts = sorted({(-kinds.count(kind), kind) for kind in kinds})
    return ", ".join(f"{kind} {-count}" for count, kind in counts) or "—"


def first_english(document: Document) -> str | None:
    """The first sentence of the body in English, title and headings left aside."""
    for sentence in document.sentences:
        kind = document.blocks[sentence.block].kind
        if kind.is_body and kind not in BODY_STYLES and sentence.text_en is not None:
            return unwrap(sentence.text_en)
    return None


def _show_facts(document: Document) -> Table:
    table = Table.grid(padding=(0, 2))
    shares = ", ".join(f"{each.language} {each.share:.0%}" for each in document.languages)
    facts = {
        "source": document.source,
        "title": document.title,
        "in English": document.title_en if document.title_en != document.title else None,
        "authors": ", ".join(document.authors),
        "published": document.published and document.published.isoformat(),
        "site": document.site,
        "language": f"{document.language} (score {document.language_score:.2f}; {shares})",
        "encoding": f"{document.encoding} (confidence {document.encoding_confidence:.2f})",
        "repairs": ", ".join(sorted({repair.step for repair in document.repairs})),
        "translation": " ".join(filter(None, (document.translation_status, _model(document)))),
        "flags": ", ".join(document.flags),
    }
    for name, value in facts.items():
        if value:
            table.add_row(Text(name, style="dim"), Text(value))
    return table


def _model(document: Document) -> str:
    return f"({document.translation_model})" if document.translation_model else ""


def _show_blocks(document: Document, *, reasons: bool) -> Table:
    has_english = any(_english(block) for block in document.blocks)
    table = Table(expand=True, show_lines=False, pad_edge=False)
    table.add_column("kind", width=13)
    table.add_column("lang", width=7)
    table.add_column("text", ratio=5)
    if has_english:
        table.add_column("English", ratio=5)
    if reasons:
        table.add_column("why", ratio=2)
    for block in document.blocks:
        style = BODY_STYLES.get(block.kind, "" if block.is_body else "dim")
        row = [Text(block.kind, style=style), Text(block.language), Text(block.text, style=style)]
        if has_english:
            row.append(Text(_english(block), style=style))
        if reasons:
            row.append(Text(block.reason, style="dim"))
        table.add_row(*row)
    return table


def _english(block: Block) -> str:
    return block.text_en if block.text_en is not None and block.text_en != block.text else ""
