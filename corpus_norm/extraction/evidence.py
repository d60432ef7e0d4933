"""What the tree says about each piece, as a table of numbers beside that of its text."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.boilerplate.pages import FAR, Pages
from corpus_norm.extraction.hints import HINTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus_norm.boilerplate.characters import Column
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


def weigh_places(pieces: Sequence[Piece], features: Features) -> tuple[Table, tuple[str, ...]]:
    """The table of a page and the names of its columns.

    >>> from corpus_norm.boilerplate import load_lexicon
    >>> from corpus_norm.boilerplate.features import observe
    >>> from corpus_norm.extraction.pieces import read_pieces
    >>> from corpus_norm.extraction.tree import parse
    >>> pieces = read_pieces(parse("<nav><a href=/>Home</a></nav><p>It rained."))
    >>> table, names = weigh_places(pieces, observe([p.text for p in pieces], load_lexicon()))
    >>> table[:, names.index("linked")].tolist(), table[:, names.index("tag_p")].tolist()
    ([1.0, 0.0], [0.0, 1.0])
    """
    pages = Pages.of_sizes([len(pieces)])
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
    columns |= _weigh_container("parent", [piece.place.parent for piece in pieces], weights)
    columns |= _weigh_container("grand", [piece.place.grand for piece in pieces], weights)
    columns |= _measure_headline(pieces)
    return np.array(list(columns.values())).T, tuple(columns)


def _weigh_container(
    name: str, containers: Sequence[int], weights: dict[str, Column]
) -> dict[str, Column]:
    """How much of the page's prose stands in the same element, and how much of it is links."""
    _, groups = np.unique(containers, return_inverse=True)
    held, total, links = (np.bincount(groups, weights[each]) for each in ("prose", "size", "links"))
    count = np.bincount(groups)
    return {
        f"{name}_prose": held[groups] / (held.sum() + 1.0),
        f"{name}_best": held[groups] / (held.max() + 1.0),
        f"{name}_purity": held[groups] / (total[groups] + 1.0),
        f"{name}_linked": links[groups] / (total[groups] + 1.0),
        f"{name}_pieces": np.log1p(count[groups]),
    }


def _measure_headline(pieces: Sequence[Piece]) -> dict[str, Column]:
    """The distance in pieces from the first and the last ``<h1>``."""
    at = [index for index, piece in enumerate(pieces) if piece.tag == "h1"]
    index = np.arange(len(pieces), dtype=float)
    if not at:
        return dict.fromkeys(("from_h1", "from_last_h1"), np.full(len(pieces), FAR + 1))
    return {
        "from_h1": np.clip(index - at[0], -FAR, FAR),
        "from_last_h1": np.clip(index - at[-1], -FAR, FAR),
    }
