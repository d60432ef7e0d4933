"""HTML to pieces of text and metadata: all that a reader sees, with the main text marked.

>>> page = '<html lang="fr"><nav>Accueil</nav><h1>Crue</h1><p>La Sorne a débordé.</p></html>'
>>> answer = extract(page)
>>> answer.language, [piece.text for piece in answer.pieces]
('fr', ['Accueil', 'Crue', 'La Sorne a débordé.'])
"""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lxml import etree
from trafilatura import bare_extraction

from corpus_norm.document import BlockKind
from corpus_norm.extraction import metadata
from corpus_norm.extraction.alignment import cover, tokenize
from corpus_norm.extraction.pieces import Piece, read_pieces
from corpus_norm.extraction.tree import parse

if TYPE_CHECKING:
    from datetime import date

    from lxml.html import HtmlElement

__all__ = ["Extraction", "Piece", "extract"]

# without a handler of its own, Python prints a library's warnings on the user's terminal
for _name in ("trafilatura", "htmldate", "courlan", "justext"):
    logging.getLogger(_name).addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Extraction:
    """What an HTML page says: its pieces in reading order, and its metadata.

    ``language`` is what the page declares, as it declares it (``zh-CN``), not what was detected.
    """

    pieces: tuple[Piece, ...] = ()
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: date | None = None
    site: str | None = None
    url: str | None = None
    language: str | None = None


def extract(html: str, url: str | None = None) -> Extraction:
    """Read a page: all visible text, with the main text marked, and the metadata.

    The main text is what trafilatura (Barbaresi 2021, ACL demo) takes for it; its answer is
    aligned with the pieces, so that what it leaves out is kept and only not marked.  Where it
    finds nothing, the long pieces with few links are marked.  The answer depends on nothing but
    the arguments.

    ``url`` is where the page came from, used where the page does not name its own address.

    Raises:
        ExtractionError: the page cannot be parsed.
    """
    tree = parse(html)
    if tree is None:
        return Extraction(url=url)
    pieces = read_pieces(tree)
    clues = metadata.read_clues(tree)
    main, found = _ask_trafilatura(tree, url)
    facts = metadata.combine(clues, found, url)
    marked = _mark_titles(_mark_main(pieces, main), facts.title)
    return Extraction(
        pieces=tuple(marked),
        title=facts.title,
        authors=facts.authors,
        published=facts.published,
        site=facts.site,
        url=facts.url,
        language=clues.language,
    )


def _ask_trafilatura(tree: HtmlElement, url: str | None) -> tuple[str, dict[str, Any]]:
    """The main text and the metadata; empty where trafilatura finds nothing or fails.

    It may change the tree.  Deduplication stays off: its memory makes one page's answer depend on
    the pages before.  The other caches hold results of pure functions and are bounded.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # dateutil warns of time zones it does not know
            document = bare_extraction(
                tree,
                url=url,
                include_comments=False,
                include_tables=True,
                deduplicate=False,
                with_metadata=True,
                date_extraction_params=dict(metadata.DATE_SEARCH),
            )
    except (RecursionError, etree.LxmlError, ValueError, TypeError, AttributeError, LookupError):
        return "", {}  # a page it cannot walk through; the density rule takes over
    if document is None:
        return "", {}
    found: dict[str, Any] = document if isinstance(document, dict) else document.as_dict()
    return found["text"] or "", found


def _mark_main(pieces: list[Piece], main: str) -> list[Piece]:
    """Mark what the main text holds, except for pieces that are mostly links.

    A linked heading stays when what follows it does.  Leaving linked pieces out raises F1 on
    Chinese portals by two points; a page that is all links keeps its mark.
    """
    held = [share >= 0.5 for share in cover([piece.text for piece in pieces], main)]
    marks: list[bool] = []  # from the last piece to the first
    for piece, is_held in zip(reversed(pieces), reversed(held), strict=True):
        leads_on = piece.kind is BlockKind.HEADING and bool(marks) and marks[-1]
        marks.append(is_held and (piece.link_density < 0.5 or leads_on))
    marks.reverse()
    if not any(marks):
        marks = held
    if not any(marks):
        return _mark_dense(pieces)
    return [replace(piece, in_main=mark) for piece, mark in zip(pieces, marks, strict=True)]


def _mark_dense(pieces: list[Piece]) -> list[Piece]:
    """Mark long pieces with few links; failing those, all without links; failing those, all."""
    rules = (
        lambda piece: len(tokenize(piece.text)) >= 12 and piece.link_density <= 0.33,
        lambda piece: piece.link_density <= 0.5 and tokenize(piece.text),
        lambda _: True,
    )
    for rule in rules:
        marked = [replace(piece, in_main=bool(rule(piece))) for piece in pieces]
        if any(piece.in_main for piece in marked):
            return marked
    return pieces


def _mark_titles(pieces: list[Piece], title: str | None) -> list[Piece]:
    """Turn the first ``<h1>`` that says what the title says into a title."""
    wanted = tokenize(title or "")
    for index, piece in enumerate(pieces):
        if piece.tag == "h1" and wanted and tokenize(piece.text) == wanted:
            return [
                *pieces[:index],
                replace(piece, kind=BlockKind.TITLE),
                *pieces[index + 1 :],
            ]
    return pieces
