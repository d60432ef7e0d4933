"""HTML to pieces of text and metadata: all that a reader sees, with the main text marked.

>>> page = '<html lang="fr"><nav>Accueil</nav><h1>Crue</h1><p>La Sorne a débordé.</p></html>'
>>> answer = extract(page)
>>> answer.language, [piece.text for piece in answer.pieces]
('fr', ['Accueil', 'Crue', 'La Sorne a débordé.'])
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from corpus_norm.boilerplate.features import extract_features
from corpus_norm.boilerplate.lexicon import load_lexicon
from corpus_norm.extraction import metadata
from corpus_norm.extraction.json_ld import read_articles
from corpus_norm.extraction.main_text import mark_main, mark_title
from corpus_norm.extraction.pieces import Piece, read_pieces
from corpus_norm.extraction.stated import add_stated
from corpus_norm.extraction.tree import parse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from corpus_norm.boilerplate import Lexicon
    from corpus_norm.boilerplate.features import Features
    from corpus_norm.document import Flag
    from corpus_norm.extraction.tree import Element

__all__ = ["Extraction", "Piece", "extract", "find_main", "read"]

NEXT_TO_NOTHING = 200  # characters


@dataclass(frozen=True, slots=True)
class Extraction:
    """What an HTML page says: its pieces in reading order, and its metadata.

    ``language`` is what the page declares, as it declares it (``zh-CN``), not what was detected;
    ``html`` the page itself.  ``flags`` say where the text came from, if the page does not show it.
    """

    pieces: tuple[Piece, ...] = ()
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: date | None = None
    site: str | None = None
    url: str | None = None
    language: str | None = None
    flags: tuple[Flag, ...] = ()
    html: str = field(default="", repr=False, compare=False)


def extract(html: str, url: str | None = None, lexicon: Lexicon | None = None) -> Extraction:
    """Read a page: all visible text, with the main text marked, and the metadata.

    The answer depends on nothing but the arguments; :func:`read` and :func:`find_main` are the
    same in two steps, for many pages at once.

    Args:
        html: the page.
        url: where it came from, used where the page does not name its own address.
        lexicon: phrases of page furniture; those packaged when None.

    Raises:
        ExtractionError: the page cannot be parsed.
    """
    page = read(html, url)
    if not page.pieces:
        return page
    seen = extract_features([piece.text for piece in page.pieces], lexicon or load_lexicon())
    [marked] = find_main([page], seen)
    return marked


def read(html: str, url: str | None = None) -> Extraction:
    """The pieces and metadata of a page, its main text not marked yet; arguments as above.

    Raises:
        ExtractionError: the page cannot be parsed.
    """
    tree = parse(html)
    pieces = [] if tree is None else _read_all(tree)
    if tree is None:
        return Extraction(url=url)
    articles = read_articles(tree)
    lines = [piece.text for piece in pieces]
    pieces, flags = add_stated(tree, pieces, articles)
    if not pieces:
        return Extraction(url=url)
    facts = metadata.read_metadata(tree, url, lines, articles)
    return Extraction(
        pieces=tuple(pieces),
        title=facts.title,
        authors=facts.authors,
        published=facts.published,
        site=facts.site,
        url=facts.url,
        language=facts.language,
        flags=flags,
        html=html,
    )


def find_main(pages: Sequence[Extraction], seen: Features) -> list[Extraction]:
    """The same pages with their main text marked (:mod:`.main_text` says how).

    Args:
        pages: pages with pieces.
        seen: the features of the pieces of all pages, one page after the other.
    """
    marked = mark_main([page.pieces for page in pages], seen, [page.html for page in pages])
    return [
        replace(page, pieces=tuple(mark_title(pieces, page.title)))
        for page, pieces in zip(pages, marked, strict=True)
    ]


def _read_all(tree: Element) -> list[Piece]:
    """What is visible; where that is next to nothing, what a script would have shown as well."""
    pieces = read_pieces(tree)
    if sum(len(piece.text) for piece in pieces) < NEXT_TO_NOTHING:
        unhidden = read_pieces(tree, with_hidden=True)
        if sum(len(piece.text) for piece in unhidden) > 5 * NEXT_TO_NOTHING:
            return unhidden
    return pieces
