"""Turn pages with gold labels into tables of features: lines of plain text, pieces of HTML."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus_norm import encoding
from corpus_norm.boilerplate.features import extract_features
from corpus_norm.boilerplate.lexicon import load_lexicon
from corpus_norm.boilerplate.main_text import weigh_places
from corpus_norm.boilerplate.vectors import feature_matrix
from corpus_norm.extraction.alignment import cover, tokenize
from corpus_norm.extraction.pieces import read_pieces
from corpus_norm.extraction.tree import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from corpus_norm.boilerplate.features import Features

SECOND_LEVEL = frozenset({"co", "com", "net", "org", "gov", "edu", "ac"})


@dataclass(frozen=True, slots=True)
class Sample:
    """A table of features with the truth and the weight of each row."""

    table: NDArray[np.float64]
    columns: tuple[str, ...]
    is_body: NDArray[np.bool_]
    weight: NDArray[np.float64]
    barred: NDArray[np.bool_]


def read_pages(path: Path) -> list[dict[str, Any]]:
    """Read the records of a gold file."""
    with gzip.open(path, "rt", encoding="utf-8") as handle:
        return [json.loads(line) for line in handle]


def name_site(page: dict[str, Any]) -> str:
    """Return roughly the registered domain; a page without one is a site of its own.

    >>> name_site({"id": "a", "domain": "news.example.co.uk"})
    'example.co.uk'
    """
    parts = (page["domain"] or page["id"]).split(".")
    is_long = len(parts) > 2 and len(parts[-1]) == 2 and parts[-2] in SECOND_LEVEL
    return ".".join(parts[-3:] if is_long else parts[-2:])


def sample_text(page: dict[str, Any]) -> Iterator[Sample]:
    """Yield a page as a whole, cropped as by the scorer, as bare body, and in random crops."""
    lines = page["plaintext_blocks"]
    if not lines:
        return
    features = extract_features([text for text, _ in lines], load_lexicon())
    labels = [label for _, label in lines]
    for first, last in _crop(labels, page["id"]):
        yield _sample_lines(features.crop(first, last), labels[first:last])


def _sample_lines(features: Features, labels: Sequence[str]) -> Sample:
    table, columns = feature_matrix(features)
    label = np.array(labels)
    weight = np.where(label == "mixed", 0.0, len(labels) ** -0.8)
    return Sample(table, columns, label == "body", weight, features.is_hit)


def sample_html(page: dict[str, Any]) -> Iterator[Sample]:
    """Yield the pieces of a page; those in the gold text are body, doubtful ones weigh 0.

    A piece weighs the square root of its length; all pages weigh nearly the same.
    """
    if not page["gold_text"]:
        return
    pieces = read_pieces(parse(read_html(page)))
    texts = [piece.text for piece in pieces]
    features = extract_features(texts, load_lexicon())
    text_table, text_columns = feature_matrix(features)
    place_table, place_columns = weigh_places(pieces, features)
    held = np.array(cover(texts, page["gold_text"]))
    title = tokenize(page["gold_title"] or "")
    is_doubtful = np.array([bool(title) and tokenize(text) == title for text in texts])
    is_doubtful |= (held > 0.2) & (held < 0.6)
    size = np.sqrt([len(tokenize(text)) for text in texts])
    yield Sample(
        np.hstack([text_table, place_table]),
        text_columns + place_columns,
        held >= 0.5,
        np.where(is_doubtful, 0.0, size / size.sum() ** 0.8),
        features.is_hit,
    )


def read_html(page: dict[str, Any]) -> str:
    """Decode a page as the library does."""
    data = base64.b64decode(page["html_b64"]) if page.get("html_b64") else page["html"].encode()
    return encoding.decode(data, None, html=True).text


def _crop(labels: Sequence[str], page_id: str) -> Iterator[tuple[int, int]]:
    """Yield the whole page, the scorer's crop, then crops drawn with the id as seed."""
    body = [index for index, label in enumerate(labels) if label == "body"]
    first, last = body[0], body[-1] + 1
    digest = hashlib.sha256(page_id.encode()).digest()
    yield 0, len(labels)
    yield max(0, first - digest[0] % 9), min(len(labels), last + digest[1] % 17)
    yield first, last
    rng = random.Random(page_id)
    for _ in range(4):
        yield max(0, first - rng.randrange(13)), min(len(labels), last + rng.randrange(25))
    for _ in range(2):
        start = rng.choice(body)
        yield start, min(last, start + rng.randrange(2, 9))


SAMPLERS = {"text": sample_text, "html": sample_html}
