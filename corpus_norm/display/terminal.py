"""Terminal output: one document with its English, tables of documents and rejects, models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from corpus_norm.display.highlights import show_text, split_text
from corpus_norm.display.html import name_language
from corpus_norm.display.view import (
    NO_HEADLINE,
    DocumentView,
    describe_kinds,
    view_document,
)
from corpus_norm.document import LINE_BREAK, BlockKind, Document, unwrap
from corpus_norm.translation.models.language_models import KNOWN_LANGUAGE_MODELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

    from corpus_norm.display.highlights import Highlight
    from corpus_norm.display.view import BlockView, Line, RepairView
    from corpus_norm.document import Rejection
    from corpus_norm.translation import Package
    from corpus_norm.translation.engines.llm import ModelFile

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
_COLUMNS_NEED = 60  # narrower, two columns of text would break words or be cut
_HEADS = (BlockKind.TITLE, BlockKind.HEADING)
_TITLE_COLUMNS = 60  # fills two lines of its cell on a terminal 100 columns wide
_SENTENCE_COLUMNS = 84  # fills three


def show_document(document: Document | DocumentView, *, reasons: bool = False) -> RenderableType:
    """Return a document for the terminal: metadata, then blocks with kind, language and English.

    Amounts are underlined, in red where the English differs.  Blocks outside the body are dim.

    Args:
        document: the document, or its view.
        reasons: also show why each block has its kind, each repair, and the meaning of each flag.
    """
    view = view_document(document) if isinstance(document, Document) else document
    parts: list[RenderableType] = [_show_facts(view.document), "", _Blocks(view, reasons)]
    if reasons and view.repairs:
        parts.append(_show_list("Repairs", (_describe_repair(each) for each in view.repairs)))
    if reasons and view.warnings:
        lines = (Text.assemble((flag, "bold red"), ": ", why) for flag, why in view.warnings)
        parts.append(_show_list("Flags", lines))
    return Group(*parts)


def show_documents(documents: Iterable[Document]) -> Table:
    """Return a table of documents: language, translation, title, boilerplate, first sentence."""
    table = Table(title="Documents", title_justify="left", expand=True, show_lines=True)
    table.add_column("document, language, translation", ratio=3, overflow="fold")
    table.add_column("title, boilerplate found", ratio=4)
    table.add_column("first English sentence", ratio=4)
    for document in documents:
        boilerplate = f"boilerplate: {describe_boilerplate(document)}"
        table.add_row(
            Text.assemble(
                (document.source, "bold"),
                f"\n{document.language}  {document.translation_status}",
            ),
            Text.assemble(
                shorten(document.title or NO_HEADLINE, _TITLE_COLUMNS), "\n", (boilerplate, "dim")
            ),
            Text(shorten(first_english(document) or "—", _SENTENCE_COLUMNS)),
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


def describe_language_model(file: ModelFile) -> str:
    """Return one line on a GGUF file: size, licence and quality."""
    known = KNOWN_LANGUAGE_MODELS.get(file.name)
    facts = [
        "language model",
        f"{file.size_bytes / 1e6:,.1f} MB",
        f"licence: {file.licence or 'not stated'}",
        known.title if known else file.purpose or "quality not measured",
    ]
    return f"{file.label}: " + "; ".join(facts)


def describe_boilerplate(document: Document) -> str:
    """Return the kinds of blocks outside the body with their counts, most frequent first.

    >>> from corpus_norm.document import Block, Document
    >>> blocks = tuple(Block(BlockKind.SHARE, "X", n) for n in (0, 2))
    >>> describe_boilerplate(Document("a.txt", "X X", blocks=blocks))
    'share 2'
    """
    return describe_kinds([block.kind for block in document.blocks if not block.is_body]) or "—"


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
        if kind.is_body and kind not in _HEADS and sentence.text_en is not None:
            return unwrap(sentence.text_en)
    return None


def _show_facts(document: Document) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(overflow="fold")
    shares = ", ".join(f"{name_language(s.language)} {s.share:.0%}" for s in document.languages)
    repairs = sorted({repair.step for repair in document.repairs})
    facts = {
        "source": document.source,
        "title": document.title or NO_HEADLINE,
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


@dataclass(frozen=True, slots=True)
class _Blocks:
    """The blocks of a document: in columns, or one below the other where columns would be cut."""

    view: DocumentView
    reasons: bool

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield (self._stack if options.max_width < _COLUMNS_NEED else self._tabulate)()

    def _tabulate(self) -> Table:
        table = Table.grid(padding=(0, 2, 0, 0), expand=True)
        table.add_column(width=_KIND_WIDTH, no_wrap=True)
        table.add_column(width=7, no_wrap=True)
        table.add_column(ratio=1, overflow="fold")
        if self.view.has_english:
            table.add_column(ratio=1, overflow="fold")
        for section in self.view.sections:
            for block in section.blocks:
                for row in _rows(self.view, block, reasons=self.reasons):
                    cells = row[: len(table.columns)]
                    table.add_row(*cells, style="" if section.is_body else "dim")
                if section.is_body:
                    table.add_row("")
        return table

    def _stack(self) -> Table:
        table = Table.grid(expand=True)
        table.add_column(overflow="fold")
        for block in self.view.blocks:
            for kind, language, text, english in _rows(self.view, block, reasons=self.reasons):
                head = Text(" ").join([kind, language])
                for cell in (head, text, english):
                    if cell.plain.strip():
                        table.add_row(cell, style="italic" if cell is english else "")
            table.add_row("")
        return table


def _rows(whole: DocumentView, view: BlockView, *, reasons: bool) -> Iterator[list[Text]]:
    """Yield a row for each sentence and its English; without English, one row for the block."""
    colour = _COLOURS.get(view.kind, "")
    head = [Text(view.kind, style=colour), Text(view.block.language, style="dim")]
    strong = "bold" if view.kind in _HEADS else ""
    if any(line.english is not None for line in view.lines):
        for line in view.lines:
            english = _highlight(line.english or "", line.marks_en, strong).append_text(
                _flags(whole, line)
            )
            yield [*head, _highlight(line.text, line.marks, strong), english]
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
        shown.append(line, _style_of(part.highlight))
    return shown


def _style_of(highlight: Highlight | None) -> str:
    """Return the style of a part: wrong amounts stand out, words only if nothing answers them."""
    if highlight is None or (highlight.is_word and not highlight.is_unanswered):
        return ""
    if highlight.is_wrong:
        return "bold red underline"
    return "red underline" if highlight.is_unanswered else "underline"


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
