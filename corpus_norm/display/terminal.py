"""One document in a terminal: its metadata, then each sentence beside its English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from corpus_norm.display.highlights import show_text, split_text
from corpus_norm.display.html import name_language
from corpus_norm.display.view import DocumentView, view_document
from corpus_norm.document import LINE_BREAK, BlockKind, Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import RenderableType

    from corpus_norm.display.highlights import Highlight
    from corpus_norm.display.view import BlockView, Line, RepairView

# Only the sixteen standard colours, so that the terminal's own theme applies.
_COLOURS = {
    BlockKind.TITLE: "bold cyan",
    BlockKind.HEADING: "bold blue",
    BlockKind.LIST_ITEM: "cyan",
    BlockKind.QUOTE: "green",
    BlockKind.TABLE: "cyan",
    BlockKind.BYLINE: "yellow",
    BlockKind.DATELINE: "yellow",
    BlockKind.CAPTION: "yellow",
    BlockKind.PROMO: "red",
    BlockKind.NEWSLETTER: "red",
    BlockKind.RELATED_LINKS: "magenta",
    BlockKind.SHARE: "magenta",
    BlockKind.DISCLAIMER: "magenta",
}
_KIND_WIDTH = 13


def show_document(document: Document | DocumentView, *, reasons: bool = False) -> RenderableType:
    """Return a document for the terminal: metadata, then blocks with kind, language and English.

    Amounts are underlined, in red where the English differs.  Blocks outside the body are dim.

    Args:
        document: the document, or its view.
        reasons: also show why each block has its kind, each repair, and the meaning of each flag.
    """
    view = view_document(document) if isinstance(document, Document) else document
    parts: list[RenderableType] = [_show_facts(view.document), "", _show_blocks(view, reasons)]
    if reasons and view.repairs:
        parts.append(_show_list("Repairs", (_describe_repair(each) for each in view.repairs)))
    if reasons and view.warnings:
        lines = (Text.assemble((flag, "bold red"), ": ", why) for flag, why in view.warnings)
        parts.append(_show_list("Flags", lines))
    return Group(*parts)


def _show_facts(document: Document) -> Table:
    table = Table.grid(padding=(0, 2))
    shares = ", ".join(f"{name_language(s.language)} {s.share:.0%}" for s in document.languages)
    repairs = sorted({repair.step for repair in document.repairs})
    facts = {
        "source": document.source,
        "title": document.title,
        "in English": document.title_en if document.title_en != document.title else None,
        "authors": ", ".join(document.authors),
        "published": document.published and document.published.isoformat(),
        "site": document.site,
        "language": f"{document.language} (score {document.language_score:.2f}; {shares})",
        "encoding": f"{document.encoding} (confidence {document.encoding_confidence:.2f})",
        "repairs": ", ".join(repairs) and f"{len(document.repairs)}: {', '.join(repairs)}",
        "translation": " ".join(filter(None, (document.translation_status, _model(document)))),
        "flags": ", ".join(document.flags),
    }
    for name, value in facts.items():
        if value:
            style = "bold" if name == "title" else "red" if name == "flags" else ""
            table.add_row(Text(name, style="dim"), Text(value, style=style))
    return table


def _model(document: Document) -> str:
    return f"({document.translation_model})" if document.translation_model else ""


def _show_blocks(view: DocumentView, reasons: bool) -> Table:  # noqa: FBT001 (private)
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(width=_KIND_WIDTH, no_wrap=True)
    table.add_column(width=7, no_wrap=True)
    table.add_column(ratio=1)
    if view.has_english:
        table.add_column(ratio=1)
    for section in view.sections:
        for block in section.blocks:
            for row in _rows(view, block, reasons=reasons):
                table.add_row(*row[: len(table.columns)], style="" if section.is_body else "dim")
            if section.is_body:
                table.add_row("")
    return table


def _rows(whole: DocumentView, view: BlockView, *, reasons: bool) -> Iterator[list[RenderableType]]:
    """Yield a row for each sentence and its English; without English, one row for the block."""
    colour = _COLOURS.get(view.kind, "")
    head = [Text(view.kind, style=colour), Text(view.block.language, style="dim")]
    strong = "bold" if view.kind in {BlockKind.TITLE, BlockKind.HEADING} else ""
    if any(line.english is not None for line in view.lines):
        for line in view.lines:
            english = _highlight(line.english or "", line.highlights_en, strong).append_text(
                _flags(whole, line)
            )
            yield [*head, _highlight(line.text, line.highlights, strong), english]
            head = [Text(), Text()]
    else:
        text = Text()
        for line in view.lines:
            text.append("" if line.no_space_before or not text else " ")
            text.append_text(_highlight(line.text, line.highlights, strong) + _flags(whole, line))
        yield [*head, text, Text()]
    if reasons and view.block.reason:
        yield [Text(), Text(), Text(f"why: {view.block.reason}", style="dim italic"), Text()]


def _highlight(text: str, highlights: Iterable[Highlight], style: str) -> Text:
    shown = Text(style=style)
    for part in split_text(text, highlights):
        line = LINE_BREAK.sub(" ", part.text)
        if part.highlight is None:
            shown.append(line)
        else:
            shown.append(line, "bold red underline" if part.highlight.is_wrong else "underline")
    return shown


def _flags(view: DocumentView, line: Line) -> Text:
    return Text("".join(f" [{flag}]" for flag in view.flags_of(line)), style="red")


def _show_list(title: str, lines: Iterable[Text]) -> Group:
    return Group(Text(f"\n{title}", style="bold"), *(Padding(line, (0, 0, 0, 2)) for line in lines))


def _describe_repair(view: RepairView) -> Text:
    text = Text.assemble((view.repair.step, "bold"), f" at {view.repair.start}-{view.repair.end}: ")
    if view.before is not None:
        text.append(f"{show_text(view.before)!s} → {show_text(view.after or '')!s}; ", "yellow")
    elif view.after is not None:
        text.append(f"became {show_text(view.after) or 'nothing'}; ", "yellow")
    return text.append(view.meaning, "dim")
