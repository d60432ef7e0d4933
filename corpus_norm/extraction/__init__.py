"""Reading of HTML into metadata and pieces of text: everything that a reader sees.

>>> page = '<html lang="fr"><nav>Accueil</nav><h1>Crue</h1><p>La Sorne a débordé.</p></html>'
>>> answer = read(page)
>>> answer.language, [piece.text for piece in answer.pieces]
('fr', ['Accueil', 'Crue', 'La Sorne a débordé.'])
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus_norm.deprecated import find_renamed
from corpus_norm.extraction import metadata
from corpus_norm.extraction.json_ld import read_articles
from corpus_norm.extraction.pieces import Piece, read_pieces
from corpus_norm.extraction.stated import add_stated
from corpus_norm.extraction.tree import Elements, find_hidden, parse

if TYPE_CHECKING:
    from datetime import date, datetime

    from corpus_norm.document import Flag

__all__ = ["Extraction", "Piece", "read"]

# The main text is found by the stage after this one.
_MOVED = MappingProxyType(
    {
        "extract": "corpus_norm.boilerplate.extract",
        "find_main": "corpus_norm.boilerplate.find_main",
    }
)

NEXT_TO_NOTHING = 200  # characters


@dataclass(frozen=True, slots=True)
class Extraction:
    """The content of an HTML page: its pieces in reading order, and its metadata.

    ``language`` is the code the page declares, verbatim (``zh-CN``), not a detected language;
    ``html`` is the page itself.  ``flags`` name the source of text that the page does not show.
    ``probability`` is that of each piece of being main text, once it is labelled.
    """

    pieces: tuple[Piece, ...] = ()
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: date | None = None
    published_at: datetime | None = None
    updated: date | None = None
    site: str | None = None
    url: str | None = None
    language: str | None = None
    flags: tuple[Flag, ...] = ()
    probability: tuple[float, ...] = ()
    html: str = field(default="", repr=False, compare=False)


def read(html: str, url: str | None = None, *, in_full: bool = True) -> Extraction:
    """Read the pieces and metadata of a page; its main text is not labelled yet.

    Args:
        html: the page.
        url: the address of the page, used if the page does not state its own.
        in_full: whether to read all metadata; without, only the site and the address.

    Raises:
        ExtractionError: the page cannot be parsed.
    """
    tree = parse(html)
    if tree is None:
        return Extraction(url=url)
    elements = Elements(tree)
    pieces = _read_all(elements)
    articles = read_articles(elements)
    lines = [piece.text for piece in pieces]
    pieces, flags = add_stated(elements, pieces, articles)
    if not pieces:
        return Extraction(url=url)
    facts = (
        metadata.read_metadata(elements, url, lines, articles)
        if in_full
        else metadata.read_origin(elements, url, articles)
    )
    return Extraction(
        pieces=tuple(pieces),
        title=facts.title,
        authors=facts.authors,
        published=facts.published,
        published_at=facts.published_at,
        updated=facts.updated,
        site=facts.site,
        url=facts.url,
        language=facts.language,
        flags=flags,
        html=html,
    )


def _read_all(page: Elements) -> list[Piece]:
    """Read the visible text; if that is almost nothing, also text that a script would show."""
    pieces = read_pieces(page.root, find_hidden(page))
    if sum(len(piece.text) for piece in pieces) < NEXT_TO_NOTHING:
        unhidden = read_pieces(page.root, hidden=())
        if sum(len(piece.text) for piece in unhidden) > 5 * NEXT_TO_NOTHING:
            return unhidden
    return pieces


def __getattr__(name: str) -> object:
    return find_renamed(__name__, name, _MOVED)
