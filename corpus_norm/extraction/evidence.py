"""What the tree says about each piece, as a table of numbers beside that of its text."""

from __future__ import annotations

import math
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.boilerplate.pages import FAR, Pages
from corpus_norm.extraction.hints import HINTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus_norm.boilerplate.characters import Column, Numbers
    from corpus_norm.boilerplate.features import Features
    from corpus_norm.boilerplate.pages import Table
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
    """The table of some pages and the names of its columns.

    Args:
        pieces: of all pages, one page after the other.
        features: of the same pieces.
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
    """How much of the page's prose stands in the same element, and how much of it is links."""
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
    """The distance in pieces from the first and the last ``<h1>`` of the page."""
    first, last = list[float](), list[float]()
    for start, end in pages.spans:
        at = [index for index in range(start, end) if is_headline[index]]
        first.append(at[0] if at else math.inf)
        last.append(at[-1] if at else math.inf)
    return {
        name: np.where(at < math.inf, np.clip(pages.index - at, -FAR, FAR), FAR + 1)
        for name, at in (("from_h1", pages.spread(first)), ("from_last_h1", pages.spread(last)))
    }
