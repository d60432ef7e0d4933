"""``python -m training.boilerplate.headlines``: the weights of the measures of headlines.

A conditional logit (McFadden 1974): the lines of a page that may be its headline compete with each
other and with "none", which scores 0.  Prints the weights for ``boilerplate/headlines.py``, and the
share of pages right, each half of the sites judged with the weights of the other half.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from corpus_norm import process
from corpus_norm.boilerplate.classifier import read_text_pages
from corpus_norm.boilerplate.headlines import WEIGHTS, measure, names_people
from corpus_norm.boilerplate.kinds import label_blocks
from corpus_norm.boilerplate.lexicon import load_lexicon
from corpus_norm.document import Document, RawDocument
from corpus_norm.segmentation import split_blocks
from corpus_norm.settings import Settings, TranslationSettings
from training.boilerplate.samples import name_site, read_html, read_pages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Table = NDArray[np.float64]

STEPS, RATE, RIDGE = 1_500, 0.03, 1.0
FAR = 15  # lines between a headline known from the HTML alone and the body


class View(NamedTuple):
    """Lines of a page as somebody may paste it, and its headline; None where it was cut off."""

    name: str
    lines: Sequence[str]
    title: str | None


class Choice(NamedTuple):
    """The measures of the lines that may be a headline, and which of them are."""

    name: str
    half: int
    table: Table
    is_right: NDArray[np.bool_]


def main() -> None:
    """Learn the weights on the gold files and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--exclude", nargs="*", default=["rundimeco/waddle"])
    args = parser.parse_args()
    pages = [page for path in args.gold for page in read_pages(path) if page["plaintext_blocks"]]
    used = [page for page in pages if page["source_repo"] not in args.exclude]
    choices = [each for page in used for each in _read_choices(page)]
    right = defaultdict[str, list[bool]](list)
    for half in (0, 1):
        weights = fit([each for each in choices if each.half != half])
        for each in choices:
            if each.half == half:
                right[each.name].append(_is_right(each, weights))
    for name, known in right.items():
        print(f"{name}: {np.mean(known):.3f} of {len(known)}")
    *weights, none = fit(choices)
    for name, weight in zip(WEIGHTS, weights, strict=True):
        print(f'    "{name}": {weight:.2f},')
    print(f"NO_HEADLINE = {-none:.2f}")


def _read_choices(page: dict[str, Any]) -> Iterator[Choice]:
    lexicon = load_lexicon()
    half = int(hashlib.sha256(name_site(page).encode()).hexdigest()[:4], 16) % 2
    for name, lines, title in _list_views(page):
        if not (blocks := split_blocks("\n".join(lines))):
            continue
        [seen] = read_text_pages([blocks], lexicon)
        indices, table = measure(seen, label_blocks(seen)[1])
        texts = [seen.blocks[index].text for index in indices]
        kept = [at for at, text in enumerate(texts) if not names_people(text)]
        is_right = [title is not None and is_same(texts[at], title) for at in kept]
        yield Choice(name, half, table[kept], np.array(is_right, dtype=bool))


def _list_views(page: dict[str, Any]) -> Iterator[View]:
    """Yield the page whole, pasted, bare, short, and without its headline."""
    lines, labels = zip(*page["plaintext_blocks"], strict=True)
    title = page["gold_title"] or _read_title(page)
    if title is None or "body" not in labels:
        return
    first, last = labels.index("body"), len(labels) - 1 - labels[::-1].index("body")
    at = [index for index in range(first + 1) if is_same(lines[index], title)]
    if not at or (not page["gold_title"] and first - at[-1] > FAR):
        return
    number = int(hashlib.sha256(page["id"].encode()).hexdigest()[:6], 16)
    top, end = at[-1], last + 1 + number // 9 % 17
    yield View("whole", lines, title)
    yield View("pasted", lines[max(0, top - number % 9) : end], title)
    yield View("bare", lines[top : last + 1], title)
    yield View("short", lines[max(0, top - number % 4) : first + 2 + number % 4], title)
    if number % 2:
        rest = lines[max(0, top - 5 + number % 7) : end]
        yield View("none", [line for line in rest if not is_same(line, title)], None)


def _read_title(page: dict[str, Any]) -> str | None:
    """Return the headline that the library finds in the HTML, for pages whose gold has none."""
    settings = Settings(translation=TranslationSettings(enabled=False))
    raw = RawDocument(page["id"], read_html(page), media_type="text/html")
    [document] = process([raw], settings)
    return document.title if isinstance(document, Document) else None


def fit(choices: Sequence[Choice]) -> Table:
    """Return the weight of each measure, and last that of having a headline (Adam, with ridge)."""
    rows, width = max(len(each.table) for each in choices) + 1, len(WEIGHTS) + 1
    table, right = np.zeros((len(choices), rows, width)), np.zeros((len(choices), rows))
    barred = np.full((len(choices), rows), -1e9)
    scale = np.concatenate([each.table for each in choices]).std(axis=0)
    scale[scale < 1e-6] = 1.0
    for at, each in enumerate(choices):
        size = len(each.table)
        table[at, :size, :-1], table[at, :size, -1] = each.table / scale, 1.0
        barred[at, :size] = barred[at, -1] = 0.0
        right[at, :size] = each.is_right
        right[at, -1] = not each.is_right.any()
    weights, mean, square = (np.zeros(width) for _ in range(3))
    for step in range(1, STEPS + 1):
        odds = table @ weights + barred
        share = np.exp(odds - odds.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        wanted = share * right
        wanted /= wanted.sum(axis=1, keepdims=True) + 1e-12
        slope = np.einsum("bl,blk->k", share - wanted, table) / len(choices)
        slope[:-1] += RIDGE * weights[:-1] / len(choices)
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        weights -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return np.append(weights[:-1] / scale, weights[-1])


def _is_right(choice: Choice, weights: Table) -> bool:
    scores = choice.table @ weights[:-1] + weights[-1]
    best = int(scores.argmax()) if len(scores) else -1
    if best < 0 or scores[best] <= 0:
        return not choice.is_right.any()
    return bool(choice.is_right[best])


def is_same(line: str, title: str) -> bool:
    """Whether two headlines are equal, or one has the other and hardly more."""
    short, long = sorted((_key(line), _key(title)), key=len)
    return bool(short) and short in long and len(short) >= 0.6 * len(long)


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


if __name__ == "__main__":
    main()
