"""The main text of HTML pages: evidence of the tree, the model, and trafilatura in doubt."""

from __future__ import annotations

import logging
import math
import warnings
from dataclasses import replace
from functools import cache
from itertools import accumulate, groupby, pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from lxml import etree

from corpus_norm.boilerplate.features import extract_features
from corpus_norm.boilerplate.lexicon import load_lexicon
from corpus_norm.boilerplate.model import find_strangers, load_model, relax_boundaries
from corpus_norm.boilerplate.vectors import FAR, Pages, feature_matrix
from corpus_norm.document import BlockKind
from corpus_norm.extraction import Extraction, read
from corpus_norm.extraction.alignment import cover, tokenize
from corpus_norm.extraction.stated import label_stated
from corpus_norm.extraction.tree import HINTS, parse_with_methods

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus_norm.boilerplate.features import Column, Features, Numbers
    from corpus_norm.boilerplate.lexicon import Lexicon
    from corpus_norm.boilerplate.model import BodyPrediction
    from corpus_norm.boilerplate.vectors import Table
    from corpus_norm.extraction.pieces import Piece

TAGS = {
    "p": ("p",),
    "div": ("div", "section", "article", "main", "body", "center"),
    "item": ("li", "dd", "dt"),
    "h1": ("h1",),
    "heading": ("h2", "h3", "h4", "h5", "h6"),
    "cell": ("td", "th", "tr", "table", "tbody"),
    "quote": ("blockquote", "pre"),
    "control": ("button", "label", "form", "legend", "summary"),
}
REGIONS = ("nav", "header", "footer", "aside", "main", "article")
TAG_NUMBERS = MappingProxyType(
    {tag: number for number, tags in enumerate(TAGS.values()) for tag in tags}
)
REGION_NUMBERS = MappingProxyType({name: number for number, name in enumerate(REGIONS)})


def weigh_places(
    pieces: Sequence[Piece], features: Features, sizes: Sequence[int] | None = None
) -> tuple[Table, tuple[str, ...]]:
    """Return the table of some pages and the names of its columns.

    Args:
        pieces: the pieces of all pages, one page after the other.
        features: the features of the same pieces.
        sizes: how many pieces each page has; None for one page.

    >>> from corpus_norm.boilerplate import load_lexicon
    >>> from corpus_norm.boilerplate.features import extract_features
    >>> from corpus_norm.extraction.pieces import read_pieces
    >>> from corpus_norm.extraction.tree import parse
    >>> pieces = read_pieces(parse("<nav><a href=/>Home</a></nav><p>It rained."))
    >>> features = extract_features([p.text for p in pieces], load_lexicon())
    >>> table, names = weigh_places(pieces, features)
    >>> table[:, names.index("linked")].tolist(), table[:, names.index("tag_p")].tolist()
    ([1.0, 0.0], [0.0, 1.0])
    """
    pages = Pages.of_sizes(sizes or [len(pieces)])
    columns: dict[str, Column] = {}
    linked = np.array([piece.link_density for piece in pieces])
    columns["linked"] = linked
    for step in (-2, -1, 1, 2):
        columns[f"linked{step:+d}"] = pages.shift(linked, step)
    tags = np.array([TAG_NUMBERS.get(piece.tag, -1) for piece in pieces])
    for number, name in enumerate(TAGS):
        columns[f"tag_{name}"] = (tags == number).astype(np.float64)
    columns["tag_p-1"] = pages.shift(columns["tag_p"], -1)
    columns["tag_p+1"] = pages.shift(columns["tag_p"], 1)
    regions = np.array([REGION_NUMBERS.get(piece.region, -1) for piece in pieces])
    for name, number in REGION_NUMBERS.items():
        columns[f"in_{name}"] = (regions == number).astype(np.float64)
    columns["depth"] = np.array([float(piece.place.depth) for piece in pieces])
    own = np.array([piece.place.own for piece in pieces])
    around = np.array([piece.place.around for piece in pieces])
    for index, name in enumerate(HINTS):
        columns[f"own_{name}"] = (own >> index & 1).astype(np.float64)
        columns[f"around_{name}"] = (around >> index & 1).astype(np.float64)
    size = features.width
    prose = size * (features.is_prose & (linked < 0.4))
    weights = {"prose": prose, "size": size, "links": size * linked}
    parents = np.array([piece.place.parent for piece in pieces])
    grands = np.array([piece.place.grand for piece in pieces])
    columns |= _weigh_container("parent", parents, weights, pages)
    columns |= _weigh_container("grand", grands, weights, pages)
    columns |= _measure_headline([piece.tag == "h1" for piece in pieces], pages)
    return np.array(list(columns.values())).T, tuple(columns)


def _weigh_container(
    name: str, containers: Numbers, weights: dict[str, Column], pages: Pages
) -> dict[str, Column]:
    """Return shares of prose and links, and the piece count, of the element around each piece."""
    apart = pages.first * (int(containers.max()) + 1) + containers  # sorted by page
    first_of, groups = np.unique(apart, return_index=True, return_inverse=True)[1:]
    held, total, links = (np.bincount(groups, weights[each]) for each in ("prose", "size", "links"))
    count = np.bincount(groups)
    ends = np.searchsorted(pages.first[first_of], [end for _, end in pages.spans]).tolist()
    by_page = [held[start:end] for start, end in pairwise([0, *ends])]
    return {
        f"{name}_prose": held[groups] / (pages.spread([part.sum() for part in by_page]) + 1.0),
        f"{name}_best": held[groups] / (pages.spread([part.max() for part in by_page]) + 1.0),
        f"{name}_purity": held[groups] / (total[groups] + 1.0),
        f"{name}_linked": links[groups] / (total[groups] + 1.0),
        f"{name}_pieces": np.log1p(count[groups]),
    }


def _measure_headline(is_headline: Sequence[bool], pages: Pages) -> dict[str, Column]:
    """Return the distance in pieces from the first and the last ``<h1>`` of the page."""
    first, last = list[float](), list[float]()
    for start, end in pages.spans:
        at = [index for index in range(start, end) if is_headline[index]]
        first.append(at[0] if at else math.inf)
        last.append(at[-1] if at else math.inf)
    return {
        name: np.where(at < math.inf, np.clip(pages.index - at, -FAR, FAR), FAR + 1)
        for name, at in (("from_h1", pages.spread(first)), ("from_last_h1", pages.spread(last)))
    }


_TRAFILATURA_ERRORS = (
    RecursionError,
    etree.LxmlError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
)
# Below this mean probability of the main text, trafilatura does better: 3 % of the pages.
SURE = 0.8
# Kinds in which lexicon phrases mean nothing, and kinds that are kept whole.
UNBARRED = frozenset({BlockKind.HEADING, BlockKind.CODE})
STAYING = frozenset({BlockKind.LIST_ITEM, BlockKind.TABLE, BlockKind.CODE, BlockKind.QUOTE})


class MainText(NamedTuple):
    """Which pieces of a page are its main text, why, and how likely each is, by the model."""

    in_main: Sequence[bool]
    reasons: Sequence[str]
    probability: Sequence[float]


def decide_main(
    pages: Sequence[Sequence[Piece]], seen: Features, sources: Sequence[str]
) -> list[MainText]:
    """Decide which pieces are the main text of each page; many pages at once are faster.

    The model predicts the main text from the text of the pieces and their places in the tree.
    Where the model is in doubt, on about one page in forty, trafilatura extracts the text instead
    (Barbaresi 2021, ACL demo).  Its text is aligned with the pieces, and the pieces it omits are
    kept as boilerplate.  Where trafilatura finds nothing, long pieces with few links are the main
    text.  The result for a page does not depend on the others.

    Args:
        pages: the pieces of each page, at least one.
        seen: the features of all pieces, one page after the other.
        sources: the HTML of each page.
    """
    sizes = [len(pieces) for pieces in pages]
    every = [piece for pieces in pages for piece in pieces]
    texts, text_columns = feature_matrix(seen, sizes)
    places, place_columns = weigh_places(every, seen, sizes)
    barred = seen.is_hit & np.array([piece.kind not in UNBARRED for piece in every])
    predictions = load_model("html").predict(
        np.hstack([texts, places]), text_columns + place_columns, barred, sizes
    )
    decided = []
    for pieces, html, prediction, end in zip(
        pages, sources, predictions, accumulate(sizes), strict=True
    ):
        if any(piece.is_stated for piece in pieces):
            decided.append(_list_labels(label_stated(pieces, prediction.in_body.tolist())))
            continue
        first = end - len(pieces)
        likely = _find_likely(pieces, prediction, seen.crop(first, end), barred[first:end].tolist())
        in_main = likely or _find_covered(pieces, _ask_trafilatura(html))
        reasons = prediction.reasons if likely else [""] * len(pieces)
        decided.append(MainText(in_main, reasons, prediction.probability.tolist()))
    return decided


def _list_labels(pieces: Sequence[Piece]) -> MainText:
    """Return the labels of pieces of which the page states which are main text."""
    in_main = [piece.in_main for piece in pieces]
    return MainText(in_main, [piece.reason for piece in pieces], list(map(float, in_main)))


def _find_likely(
    pieces: Sequence[Piece], prediction: BodyPrediction, features: Features, barred: Sequence[bool]
) -> list[bool] | None:
    """Flag the main text as the model predicts it; None if the model is in doubt."""
    size = features.width * prediction.in_body
    if float((prediction.probability * size).sum()) < SURE * float(size.sum()) or not size.any():
        return None
    in_body = relax_boundaries(features, prediction.in_body.tolist(), prediction.probability)
    strangers = find_strangers(features, in_body)
    home = _find_home(pieces, size) if strangers else None
    for index in strangers:
        in_body[index] = pieces[index].tag == "p" and pieces[index].place.parent == home
    return _keep_lists(pieces, in_body, barred)


def _find_home(pieces: Sequence[Piece], size: Column) -> int:
    """Return the element around most of the main text: what else it holds is no stranger."""
    parents = np.array([piece.place.parent for piece in pieces])
    return int(np.bincount(parents, size).argmax())


def _keep_lists(
    pieces: Sequence[Piece], in_main: Sequence[bool], barred: Sequence[bool]
) -> list[bool]:
    """Keep whole the lists, tables and quotations that the main text holds or mostly holds.

    Gold sets differ on tables, so the model is unsure about them.  F1 is the same either way, but
    a reader would miss the lost half of a list, the rows under the head of a table, or the words
    that somebody is quoted with.
    """
    kept = list(in_main)
    kinds = [
        piece.kind if piece.kind in STAYING and piece.link_density < 0.5 and not no else None
        for piece, no in zip(pieces, barred, strict=True)
    ]
    for kind, run in groupby(range(len(pieces)), key=kinds.__getitem__):
        if kind is None:
            continue
        members = list(run)
        is_in = [in_main[index] for index in members]
        above, below = members[0] - 1, members[-1] + 1
        has_head = kind is not BlockKind.LIST_ITEM and any(is_in)
        is_inside = kind is not BlockKind.LIST_ITEM and _is_inside(pieces, kept, above, below)
        if (
            _is_between(pieces, kinds, kept, above, below)
            or has_head
            or is_inside
            or 2 * sum(is_in) >= len(members)
        ):
            kept[members[0] : below] = [True] * len(members)
    return kept


def _is_between(
    pieces: Sequence[Piece],
    kinds: Sequence[BlockKind | None],
    in_main: Sequence[bool],
    above: int,
    below: int,
) -> bool:
    """Whether main text stands above and below, ignoring a caption above and quotations below."""
    if above >= 0 and pieces[above].kind is BlockKind.CAPTION:
        above -= 1
    while below < len(pieces) and kinds[below] is BlockKind.QUOTE and not in_main[below]:
        below += 1
    return above >= 0 and below < len(pieces) and in_main[above] and in_main[below]


def _is_inside(pieces: Sequence[Piece], in_main: Sequence[bool], above: int, below: int) -> bool:
    """Whether the element that holds the main text above goes on below."""
    if above < 0 or below >= len(pieces) or not in_main[above]:
        return False
    return pieces[above].tag == "p" == pieces[below].tag and (
        pieces[above].place.parent == pieces[below].place.parent
    )


@cache
def _silence_libraries() -> None:
    """Give these loggers a handler: without one, Python prints their warnings on the terminal."""
    for name in ("trafilatura", "htmldate", "courlan", "justext"):
        logging.getLogger(name).addHandler(logging.NullHandler())


def _ask_trafilatura(html: str) -> str:
    """Return the main text by trafilatura; empty if it finds nothing or fails.

    Deduplication stays off, because its memory would make the result depend on earlier pages.  The
    other caches hold results of pure functions and are bounded.
    """
    from trafilatura import bare_extraction

    _silence_libraries()

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            document = bare_extraction(
                parse_with_methods(html),
                fast=True,  # its other extractors cost as much again, and F1 is the same
                include_comments=False,
                include_tables=True,
                deduplicate=False,
                with_metadata=False,
            )
    except _TRAFILATURA_ERRORS:
        return ""  # a page it cannot walk through; the density rule takes over
    if document is None:
        return ""
    found: dict[str, Any] = document if isinstance(document, dict) else document.as_dict()
    return found["text"] or ""


def _find_covered(pieces: Sequence[Piece], main: str) -> list[bool]:
    """Flag the pieces that the main text contains, except pieces that are mostly links.

    A linked heading is kept if the next piece is.  Excluding linked pieces raises F1 on Chinese
    portals by two points.  If that leaves nothing, the linked pieces are kept.
    """
    held = [share >= 0.5 for share in cover([piece.text for piece in pieces], main)]
    in_main: list[bool] = []  # from the last piece to the first
    for piece, is_held in zip(reversed(pieces), reversed(held), strict=True):
        leads_on = piece.kind is BlockKind.HEADING and bool(in_main) and in_main[-1]
        in_main.append(is_held and (piece.link_density < 0.5 or leads_on))
    in_main.reverse()
    if not any(in_main):
        in_main = held
    return in_main if any(in_main) else _find_dense(pieces)


def _find_dense(pieces: Sequence[Piece]) -> list[bool]:
    """Flag long pieces with few links; if there are none, those with fewer links than text.

    If there are none of those either, flag all.
    """
    words = [len(tokenize(piece.text)) for piece in pieces]
    for least, most in ((12, 0.33), (1, 0.5)):
        flags = [
            size >= least and piece.link_density <= most
            for piece, size in zip(pieces, words, strict=True)
        ]
        if any(flags):
            return flags
    return [True] * len(pieces)


def find_headline(pieces: Sequence[Piece], title: str | None) -> int | None:
    """Find the first ``<h1>`` with the same words as the title."""
    wanted = tokenize(title or "")
    found = (at for at, piece in enumerate(pieces) if piece.tag == "h1")
    return next((at for at in found if wanted and tokenize(pieces[at].text) == wanted), None)


def extract(html: str, url: str | None = None, lexicon: Lexicon | None = None) -> Extraction:
    """Read a page: all visible text with the main text labelled, and the metadata.

    The result depends only on the arguments.  :func:`corpus_norm.extraction.read` and
    :func:`find_main` do the same in two steps, for many pages at once.

    Args:
        html: the page.
        url: the address of the page, used if the page does not state its own.
        lexicon: phrases of boilerplate; the packaged lexicon if None.

    Raises:
        ExtractionError: the page cannot be parsed.
    """
    page = read(html, url)
    if not page.pieces:
        return page
    seen = extract_features([piece.text for piece in page.pieces], lexicon or load_lexicon())
    [labelled] = find_main([page], seen)
    return labelled


def find_main(pages: Sequence[Extraction], seen: Features) -> list[Extraction]:
    """Label the main text of pages.

    Args:
        pages: pages with pieces.
        seen: the features of the pieces of all pages, one page after the other.
    """
    decided = decide_main([page.pieces for page in pages], seen, [page.html for page in pages])
    return [_assign(page, main) for page, main in zip(pages, decided, strict=True)]


def _assign(page: Extraction, main: MainText) -> Extraction:
    pieces = [
        piece.assign(in_main=is_main, reason=reason)
        for piece, is_main, reason in zip(page.pieces, main.in_main, main.reasons, strict=True)
    ]
    title = find_headline(pieces, page.title)
    if title is not None:
        pieces[title] = replace(pieces[title], kind=BlockKind.TITLE)
    return replace(page, pieces=tuple(pieces), probability=tuple(main.probability))
