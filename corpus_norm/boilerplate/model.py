"""The trained model: boosted trees, a convolutional network over blocks, and a joint decoder.

Trees look at one row at a time; the network looks at a block and at those around it, at growing
distances (dilated convolutions with residual connections; van den Oord et al. 2016, "WaveNet";
Bai et al. 2018, "An empirical evaluation of generic convolutional and recurrent networks for
sequence modeling").

The network computes with whole numbers: each value is rounded to a multiple of 2^-8, each weight
to a multiple of 2^-10.  Sums are therefore exact in any order of addition, and the same rows give
the same answer to the last bit, on any machine and beside any other pages.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus_norm.boilerplate.vectors import Pages, find_best_run
from corpus_norm.document import BlockKind
from corpus_norm.languages import any_of, combine
from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from corpus_norm.boilerplate.features import Codes, Column, Features, Flags, Numbers
    from corpus_norm.boilerplate.vectors import Table

VALUE_STEPS = 2.0**8
WEIGHT_STEPS = 2.0**10
MOST_DEVIATIONS = 4.0  # values further from the mean are clipped
PORTION = 64  # rows multiplied together: few enough that OpenBLAS starts no threads for them


@dataclass(frozen=True, slots=True)
class Layer:
    """Weights in steps of 2^-10, biases in steps of 2^-18.

    A convolution holds three sets of weights side by side: for the block ``reach`` before, for the
    block itself, and for the block ``reach`` after.
    """

    weights: Table
    biases: Column
    reach: int = 0


@dataclass(frozen=True, slots=True)
class Network:
    """The mean and deviation of each column, and the layers: entry, convolutions, exit."""

    mean: Column
    deviation: Column
    entry: Layer
    convolutions: tuple[Layer, ...]
    exit: Layer

    def weigh(self, table: Table, pages: Pages) -> Column:
        """Return the log-odds of each row of a table; pages do not affect one another."""
        scaled = np.clip((table - self.mean) / self.deviation, -MOST_DEVIATIONS, MOST_DEVIATIONS)
        gap = max((layer.reach for layer in self.convolutions), default=0)
        # Put empty rows between the pages, so that no page affects another.
        rows = pages.index + gap * (1 + pages.spread(range(len(pages.spans))).astype(np.int64))
        state = np.zeros((len(table) + gap * (1 + len(pages.spans)), len(self.entry.biases)))
        state[rows] = _activate(_multiply(np.rint(scaled * VALUE_STEPS), self.entry), self.entry)
        for layer in self.convolutions:
            state[rows] += _activate(_convolve(state, layer)[rows], layer)
        odds: Column = (_multiply(state[rows], self.exit) + self.exit.biases)[:, 0]
        return odds / (VALUE_STEPS * WEIGHT_STEPS)


def _multiply(rows: Table, layer: Layer) -> Table:
    product = np.empty((len(rows), layer.weights.shape[1]))
    for start in range(0, len(rows), PORTION):
        own = slice(start, start + PORTION)
        np.matmul(rows[own], layer.weights, out=product[own])
    return product


def _convolve(state: Table, layer: Layer) -> Table:
    before, total, after = np.split(_multiply(state, layer), 3, axis=1)
    total[layer.reach :] += before[: -layer.reach]
    total[: -layer.reach] += after[layer.reach :]
    return total


def _activate(sums: Table, layer: Layer) -> Table:
    """Add the bias, replace negative values by zero (a rectifier), and round, all in place."""
    sums += layer.biases
    np.maximum(sums, 0.0, out=sums)
    sums /= WEIGHT_STEPS
    return np.rint(sums, out=sums)


def read_network(record: Mapping[str, Any]) -> Network:
    """Build a network from its JSON form, in which weights and biases are whole numbers."""
    entry, *convolutions, last = (
        Layer(
            np.array(layer["weights"], dtype=np.float64),
            np.array(layer["biases"], dtype=np.float64),
            layer["reach"],
        )
        for layer in record["layers"]
    )
    return Network(
        mean=np.array(record["mean"]),
        deviation=np.array(record["deviation"]),
        entry=entry,
        convolutions=tuple(convolutions),
        exit=last,
    )


EDGE = 0.22  # the least probability of a sentence
BARE_EDGE = 0.35  # the same for one with few stopwords, which may be a list item
NEXT = 4  # blocks between an entry of a live report and the prose of the next
ENTRY_KINDS = frozenset({BlockKind.SHARE, BlockKind.DATELINE})
LIKELY = 0.5
LEAD = 8  # blocks above the body
STANDFIRST, ABOVE = 0.65, 20  # the least probability of a standfirst, and how far up it may be


def relax_boundaries(seen: Features, in_body: list[bool], probability: Column) -> list[bool]:
    """Add doubtful sentences just before and after the body to it.

    Losing the last sentence hurts a reader more than keeping one line of boilerplate; F1 stays the
    same.  Also add sentences below a single line of boilerplate ("Read also") if the first of them
    is likely.  Also add a likely sentence a few blocks above, such as a lead before a list, with
    the blocks between, if none of those is known boilerplate; and a standfirst above the byline,
    the date and the picture, without them.
    """
    if True not in in_body:
        return in_body
    kept = list(in_body)
    is_sentence = ~seen.is_hit & seen.ends_sentence
    may_be_edge = is_sentence & (probability > np.where(seen.stopword_share > 0.1, EDGE, BARE_EDGE))
    for index in takewhile(may_be_edge.__getitem__, range(kept.index(True) - 1, -1, -1)):
        kept[index] = True
    first, last = kept.index(True), len(kept) - kept[::-1].index(True)
    between = ~seen.is_hit & (probability > EDGE)
    above = takewhile(between.__getitem__, range(first - 1, max(first - LEAD, 0) - 1, -1))
    for lead in [index for index in above if is_sentence[index] and probability[index] > LIKELY]:
        kept[lead:first] = [True] * (first - lead)
    for index in _find_standfirst(seen, kept.index(True), probability):
        kept[index] = True
    while last < len(kept) and may_be_edge[last]:
        kept[last] = True
        last += 1
    for index in _find_next_entry(seen, last, probability):
        kept[index] = True
    below = last + 1
    if below < len(kept) and is_sentence[below] and probability[below] > LIKELY:
        for index in takewhile(may_be_edge.__getitem__, range(below, len(kept))):
            kept[index] = True
    return kept


def _find_standfirst(seen: Features, first: int, probability: Column) -> Iterator[int]:
    """Yield the likely prose above the body, from the nearest up, until prose that is unlikely."""
    for index in range(first - 1, max(first - ABOVE, 0) - 1, -1):
        if seen.is_prose[index]:
            if probability[index] <= STANDFIRST:
                return
            yield index


def _find_next_entry(seen: Features, last: int, probability: Column) -> list[int]:
    """Return the prose of a live report below the buttons and the time, with its heading."""
    below = range(last, min(last + NEXT, len(seen)))
    prose = next((index for index in below if seen.is_prose[index]), None)
    if prose is None or probability[prose] <= BARE_EDGE:
        return []
    hits = [seen.hits[index] for index in range(last, prose)]
    if not any(hit is not None and hit.kind in ENTRY_KINDS for hit in hits):
        return []
    has_heading = prose - 1 >= last and hits[-1] is None
    return [prose - 1, prose] if has_heading else [prose]


NEAR, APART = 4, 6  # blocks from one sentence of a text to the next, from an article to another
LEAST_TERMS = 8  # of a text that may be of another topic
STRANGE, REPEATED = 0.15, 0.8  # shares of its terms: the most it has in common, the least of a copy


def find_strangers(seen: Features, in_body: Sequence[bool]) -> list[int]:
    """Return the blocks of texts beside the article that speak of other things.

    Such a text shares few terms with the rest of the body, and stands below the article with
    :data:`APART` blocks or more between, a known phrase among them.  Or it shares few terms with
    the article and nearly all with another text of its size: a box that the page shows twice.

    >>> from corpus_norm.boilerplate.features import extract_features
    >>> from corpus_norm.boilerplate.lexicon import load_lexicon
    >>> prose = "The quay stays shut for weeks, the port authority said, after cracks were found."
    >>> other = "Our chef bakes potatoes with butter, garlic, thyme, cream, cheese and mustard."
    >>> box = ["Related", "Tides", "Boats", "Fish", "Nets", "Ropes"]
    >>> seen = extract_features([prose, prose, *box, other], load_lexicon())
    >>> find_strangers(seen, [True, True, *[False] * 6, True])
    [8]
    """
    at = np.flatnonzero(in_body)
    runs = np.split(at, np.flatnonzero(np.diff(at) > NEAR) + 1)
    if len(runs) < 2:
        return []
    main = max(runs, key=lambda run: float(seen.width[run].sum()))
    topic, found = _list_terms(seen, main), list[int]()
    for above, run in zip([main, *runs], runs, strict=False):
        own = _list_terms(seen, run)
        if run is main or len(own) < LEAST_TERMS or np.isin(own, topic).mean() >= STRANGE:
            continue
        others = [_list_terms(seen, each) for each in runs if each is not run and each is not main]
        is_copy = any(
            len(other) <= 2 * len(own) and np.isin(own, other).mean() > REPEATED for other in others
        )
        is_below = run[0] > main[-1] and run[0] - above[-1] > APART
        is_apart = is_below and seen.is_hit[above[-1] : run[0]].any()
        shared = np.isin(own, np.concatenate([*others, own[:0]])).mean()
        if is_copy or (is_apart and shared < STRANGE):
            found += run.tolist()
    return found


LIST, LISTED = 3, 0.2  # the fewest lines of a list, and the least mean probability of one
LISTED_BELOW = 0.32  # the same for a list below a sentence, of a short page
HAN = 0.3  # the share of Han characters above which a line is Chinese
ADS = frozenset({BlockKind.PROMO, BlockKind.SHARE})


def find_lists(seen: Features, in_body: Sequence[bool], probability: Column) -> list[int]:
    """Return the lines of lists inside the body, below a line that does not end a sentence.

    Each of a dozen short lines may be doubtful, and together they cost the decoder more than an
    interruption of the body.  In Chinese pages such lines are links to other articles, unless a
    colon introduces them.  On a short page, a list may also stand below a sentence, or beside an
    advertisement.

    >>> from corpus_norm.boilerplate.features import extract_features
    >>> from corpus_norm.boilerplate.lexicon import load_lexicon
    >>> texts = ["What to bring:", "Two pens", "A ruler", "Water", "Doors open at nine."]
    >>> seen = extract_features(texts, load_lexicon())
    >>> find_lists(seen, [True, False, False, False, True], np.full(5, 0.4))
    [1, 2, 3]
    """
    found, is_short = list[int](), len(seen) <= SHORT_PAGE
    for above, below in pairwise(np.flatnonzero(in_body).tolist()):
        lines = range(above + 1, below)
        if is_short:
            lines = without_ads(seen, lines)
        gap = slice(lines.start, lines.stop)
        is_below = bool(seen.ends_sentence[above])
        if len(lines) < LIST or (is_below and not is_short) or seen.is_hit[gap].any():
            continue
        is_introduced = is_short and seen.numeric["ends_colon"][above] > 0
        is_spaced = seen.numeric["han_share"][gap].mean() < HAN
        least = LISTED_BELOW if is_below else LISTED
        if (is_spaced or is_introduced) and probability[gap].mean() >= least:
            found += lines
    return found


VERSE, VERSE_SIZE = 75, 5  # the most columns of a line of verse, twice its fewest words
TOLD, INTRODUCED = 60, 0.1  # columns of a line that introduces a list; its least probability
MOST_LISTED = 30  # lines of such a list
MOST_SET = 100  # lines of verse or ingredients; so the work grows evenly with the text
SET = 0.9  # the least probability of lines that :func:`find_set_lines` finds
FACTS = 4  # lines above the ingredients: for how many, and how long it takes
_COMMAS, _STOPS, _QUOTES = ",;:，；：、", ".!?。！？", "\"'”’»)]」』）—– "
_NUMBER = compile_lazily(r"\d|[¼½¾⅓⅔⅛]|[一二三四五六七八九十两兩半][\u3400-\u9fff]$")
_INGREDIENTS = compile_lazily(any_of(combine(lambda record: record.ingredients)), re.IGNORECASE)


def find_set_lines(
    texts: Sequence[str], seen: Features, in_body: Sequence[bool], probability: Sequence[float]
) -> list[int]:
    """Return the short lines above prose of the body that no menu has: verse, lists, ingredients.

    A sentence that ends with a colon introduces a list, and is returned with it.  A heading such
    as "Ingredients" opens the amounts of a recipe.

    >>> from corpus_norm.boilerplate.features import extract_features
    >>> from corpus_norm.boilerplate.lexicon import load_lexicon
    >>> prose = "These lines are carved on a stone beside the lake, where nobody lives today."
    >>> texts = ["Home", "The sea came in,", "the bells went under,", "and nobody heard.", prose]
    >>> seen = extract_features(texts, load_lexicon())
    >>> find_set_lines(texts, seen, [False, False, False, False, True], [0.0, 0.1, 0.1, 0.4, 0.9])
    [1, 2, 3]
    """
    found = list[int]()
    known = np.asarray(in_body, dtype=bool)
    is_lead = ~seen.is_hit & seen.ends_sentence & ~known & (np.asarray(probability) > LIKELY)
    is_below = np.append(False, ~known[:-1] | seen.is_short[:-1])  # a line that may be of a list
    for below in np.flatnonzero(known & is_below).tolist():
        end, last = below, min(below + MOST_SET, len(seen))
        while end < last and not seen.is_prose[end] and in_body[end]:
            end += 1  # the last lines of verse may be body already
        for lines in (
            _find_verse(texts, seen, end),
            _find_introduced(seen, below, probability),
            _find_ingredients(texts, seen, below),
        ):
            found += lines
            above = range(lines.start - 1, -1, -1) if lines else range(0)
            found += takewhile(is_lead.__getitem__, above)
    return sorted(set(found))


def _find_verse(texts: Sequence[str], seen: Features, end: int) -> range:
    """Return three lines or more above ``end``, most with a comma or a stop, the last a stop."""
    if not end or not seen.ends_sentence[end - 1]:
        return range(0)
    first, least = end, max(end - MOST_SET, 0)
    while first > least and _may_be_verse(texts[first - 1], seen, first - 1):
        first -= 1
    ends = [texts[at].rstrip(_QUOTES)[-1:] for at in range(first, end)]
    commas, stops = sum(map(_COMMAS.__contains__, ends)), sum(map(_STOPS.__contains__, ends))
    is_verse = end - first >= LIST and commas and 2 * (commas + stops) >= end - first
    return range(first, end) if is_verse else range(0)


def _may_be_verse(text: str, seen: Features, at: int) -> bool:
    """Whether a line is short, of three words or more, and no known phrase."""
    size = 2 * len(text.split()) + float(seen.numeric["han_share"][at]) * len(text)
    is_line = seen.hits[at] is None and seen.width[at] <= VERSE and size >= VERSE_SIZE
    return bool(is_line) and not text.endswith(("...", "……"))


def _find_introduced(seen: Features, below: int, probability: Sequence[float]) -> range:
    """Return the short lines above ``below`` with the sentence that introduces them by a colon."""
    first, least = below, max(below - MOST_LISTED, 0)
    while first > least and seen.is_short[first - 1] and seen.hits[first - 1] is None:
        first -= 1
        if seen.numeric["ends_colon"][first]:
            break
    above = first if first < below and seen.numeric["ends_colon"][first] else first - 1
    is_told = (
        LIST < below - above <= MOST_LISTED
        and above >= 0
        and seen.hits[above] is None
        and seen.numeric["ends_colon"][above] > 0
        and seen.width[above] >= TOLD
        and probability[above] >= INTRODUCED
    )
    return range(above, below) if is_told else range(0)


def _find_ingredients(texts: Sequence[str], seen: Features, below: int) -> range:
    """Return the lines from the facts above the heading of the ingredients down to ``below``."""
    first, least = below, max(below - MOST_SET, 0)
    while first > least and seen.is_short[first - 1] and seen.hits[first - 1] is None:
        first -= 1
    heads = [at for at in range(first, below) if _INGREDIENTS.fullmatch(texts[at].strip(" :："))]
    if not heads:
        return range(0)
    listed = range(heads[0] + 1, below)
    amounts = [_NUMBER.search(texts[at]) is not None for at in listed]
    if sum(amounts) < LIST:
        return range(0)
    facts = range(heads[0] - 1, max(first, heads[0] - FACTS) - 1, -1)
    above = list(takewhile(lambda at: _NUMBER.search(texts[at]), facts))
    return range(heads[0] - len(above), below)


def without_ads(seen: Features, lines: range) -> range:
    """Return the lines without advertisements and buttons at their beginning and end."""
    is_ad = [(hit := seen.hits[at]) is not None and hit.kind in ADS for at in lines]
    first, last = sum(takewhile(bool, is_ad)), sum(takewhile(bool, reversed(is_ad)))
    return lines[first : len(lines) - last]


def _list_terms(seen: Features, blocks: Numbers) -> Codes:
    return np.unique(seen.terms.code[np.isin(seen.terms.owner, blocks)])


REASONS = 3
HEAD, BODY, BOILERPLATE, TAIL = range(4)
NEVER = -1e9
SHORT_PAGE = 60  # blocks
WARY = 2.0  # the cost of an interruption for the length of a page where much is taken for body
BEHIND = 3.5  # the most log-odds by which a block of an unlikely body is behind the likeliest
ROWS_AT_ONCE = 128  # rows scored together, so that they stay in the cache of the processor


@dataclass(frozen=True, slots=True)
class BodyPrediction:
    """The prediction of the model for the blocks of one document.

    ``probability`` is each block's probability of being body; ``in_body`` is the joint decision;
    ``reasons`` name the columns that contributed most to it in the trees.
    """

    probability: Column
    in_body: Flags
    reasons: tuple[str, ...]

    @property
    def confidence(self) -> float:
        """The mean probability of the blocks labelled as body, from 0 to 1."""
        return float(self.probability[self.in_body].mean()) if self.in_body.any() else 0.0


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted trees as flat arrays; node ``n`` is numbered across all trees.

    Node ``n`` leads to ``child[2 * n]`` where its column is at most its threshold, else to
    ``child[2 * n + 1]``; a leaf leads to itself.  ``value`` is the log-odds a leaf adds;
    ``decisive`` is the column that changed them most on the path there.
    """

    columns: tuple[str, ...]
    roots: NDArray[np.int64]
    column: NDArray[np.int64]
    threshold: Column
    child: NDArray[np.int64]
    value: Column
    decisive: NDArray[np.int64]
    depth: int

    def weigh(self, table: Table) -> tuple[Column, Table]:
        """Return the log-odds of each row, and the contribution of each column to them.

        A tree's answer is credited to its decisive column.  This is coarser than dividing it among
        the columns along the path (Saabas 2014) but costs half.
        """
        parts = [
            self._weigh(table[start : start + ROWS_AT_ONCE])
            for start in range(0, len(table), ROWS_AT_ONCE)
        ]
        odds, added = zip(*parts, strict=True)
        return np.concatenate(odds), np.concatenate(added)

    def _weigh(self, table: Table) -> tuple[Column, Table]:
        rows, width = table.shape
        cells = np.ascontiguousarray(table).ravel()
        offsets = (np.arange(rows) * width)[:, None]
        is_above = table[:, self.column[self.roots]] > self.threshold[self.roots]
        nodes = self.child.take(2 * self.roots + is_above, mode="clip")
        # All places are valid: "clip" only spares numpy a check, and half the time.
        for _ in range(1, self.depth):
            at = self.column.take(nodes, mode="clip")
            at += offsets
            is_above = cells.take(at, mode="clip") > self.threshold.take(nodes, mode="clip")
            nodes = nodes + nodes
            nodes += is_above
            nodes = self.child.take(nodes, mode="clip")
        value = self.value.take(nodes, mode="clip")
        places = (offsets + self.decisive.take(nodes, mode="clip")).ravel()
        added = np.bincount(places, value.ravel(), minlength=rows * width)
        odds: Column = value.sum(axis=1)
        return odds, added.reshape(rows, width).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Costs:
    """The bias that the decoder adds to the log-odds of blocks, and the costs of interruptions.

    An interruption costs ``interruption``, and ``per_block`` for each of its blocks.  An article
    is one stretch of a page, and the longer the page, the likelier it is that an apparent second
    stretch is something else.  So on a page of ``n`` blocks, more than :data:`SHORT_PAGE`, an
    interruption costs ``for_length * log(n / SHORT_PAGE)`` more.
    """

    leaning: float
    interruption: float
    per_block: float
    for_length: float

    def interrupt(self, blocks: int) -> float:
        """Return the cost of an interruption on a page of this many blocks."""
        return self.interruption + self.for_length * max(0.0, math.log(blocks / SHORT_PAGE))


@dataclass(frozen=True, slots=True)
class Model:
    """Trees and networks over the same columns, and the costs of the decoder.

    ``network_share`` is the weight of the networks against the trees, from 0 to 1.
    """

    trees: Trees
    costs: Costs
    networks: tuple[Network, ...]
    network_share: float

    def predict(
        self,
        table: Table,
        columns: Sequence[str],
        barred: Flags | None = None,
        sizes: Sequence[int] | None = None,
        wary: Sequence[bool] | None = None,
    ) -> list[BodyPrediction]:
        """Decide which blocks are body, jointly for all blocks of a document.

        Where no block is likely, the most likely run is the body, because no page with text has an
        empty body.

        Args:
            table: the rows of one document or several, one after the other.
            columns: the names of the columns.
            barred: blocks that are not body, whatever the evidence.
            sizes: how many blocks each document has; None for one document.
            wary: in which documents an interruption costs more (:data:`WARY`); None for none.
        """
        if tuple(columns) != self.trees.columns:
            table = table[:, [columns.index(name) for name in self.trees.columns]]
        pages = Pages.of_sizes(sizes or [len(table)])
        odds, added = self.trees.weigh(table)
        if self.networks:
            seen = np.mean([network.weigh(table, pages) for network in self.networks], axis=0)
            odds += self.network_share * (seen - odds)
        if barred is not None:
            odds = np.where(barred, -7.0, odds)
        probability = 1.0 / (1.0 + np.exp(-odds))
        costs = [
            replace(self.costs, for_length=WARY) if is_wary else self.costs
            for is_wary in wary or [False] * len(pages.spans)
        ]
        in_body = np.concatenate(list(map(_decide, pages.split(odds), costs)))
        reasons = self._name_reasons(probability, in_body, added)
        return [
            BodyPrediction(probability[start:end], in_body[start:end], reasons[start:end])
            for start, end in pages.spans
        ]

    def _name_reasons(self, probability: Column, in_body: Flags, added: Table) -> tuple[str, ...]:
        top = _find_least(np.where(in_body[:, None], -added, added)).tolist()
        names = self.trees.columns
        return tuple(
            f"body {share:.2f}: {names[a]}, {names[b]}, {names[c]}"
            for share, (a, b, c) in zip(probability.tolist(), top, strict=True)
        )


def _decide(odds: Column, costs: Costs) -> Flags:
    in_body = decode(odds + costs.leaning, costs.interrupt(len(odds)), costs.per_block)
    if not in_body.any():
        first, last = find_best_run((odds - np.median(odds)).tolist())
        least = max(-7.0, float(odds[first:last].max()) - BEHIND)
        in_body[first:last] = odds[first:last] > least if (odds > -7.0).any() else True
    return in_body


def _find_least(table: Table) -> NDArray[np.int64]:
    """Return the columns of the :data:`REASONS` least values of each row, the least first."""
    rows, rest = np.arange(len(table)), table.copy()
    least = np.empty((len(table), REASONS), dtype=np.int64)
    values = np.empty((len(table), REASONS + 1))
    for place in range(REASONS):
        least[:, place] = at = rest.argmin(axis=1)
        values[:, place] = rest[rows, at]
        rest[rows, at] = np.inf
    values[:, REASONS] = rest.min(axis=1)
    tied = np.flatnonzero((values[:, 1:] == values[:, :-1]).any(axis=1))
    some = table[tied]
    best = np.argpartition(some, REASONS, axis=1)[:, :REASONS]
    order = np.argsort(np.take_along_axis(some, best, axis=1), axis=1, kind="stable")
    least[tied] = np.take_along_axis(best, order, axis=1)
    return least


def decode(odds: Column, interruption: float, per_block: float) -> Flags:
    """Find the best labelling as head, body with boilerplate inside it, and tail (Viterbi 1967).

    Args:
        odds: the log-odds of each block being body.
        interruption: the cost of leaving the body and returning to it.
        per_block: the cost of each block of such an interruption.

    >>> decode(np.array([-2.0, 3, -2, 3, -4, -4, -4, -4, 0.5]), 1.0, 0.1).astype(int).tolist()
    [0, 1, 0, 1, 0, 0, 0, 0, 0]
    """
    body, boilerplate, tail = NEVER, NEVER, NEVER
    origins = []
    for odd in odds.tolist():  # of equal states, the later one counts
        into_tail, tail_from = (tail, TAIL) if tail >= body else (body, BODY)
        into_body, body_from = (body, BODY) if body >= 0.0 else (0.0, HEAD)
        if boilerplate >= into_body:
            into_body, body_from = boilerplate, BOILERPLATE
        left, left_from = body - interruption, BODY
        if boilerplate >= left:
            left, left_from = boilerplate, BOILERPLATE
        origins.append((HEAD, body_from, left_from, tail_from))
        body, boilerplate, tail = into_body + odd, left - per_block, into_tail
    state = max((0.0, HEAD), (body, BODY), (tail, TAIL))[1]
    in_body = np.zeros(len(odds), dtype=bool)
    for index in range(len(odds) - 1, -1, -1):
        in_body[index] = state == BODY
        state = origins[index][state]
    return in_body


@cache
def load_model(name: str) -> Model:
    """Load the packaged model ``text`` or ``html``."""
    path = resources.files("corpus_norm.boilerplate") / "weights.json"
    return read_model(json.loads(path.read_text("utf-8"))["models"][name])


def read_model(record: Mapping[str, Any]) -> Model:
    """Build a model from its JSON form, in which each tree lists its nodes, the root first.

    A node is ``[column, threshold, left, right, value]``; a leaf is ``[value]``.
    """
    roots, column, child = list[int](), list[int](), list[int]()
    threshold, value, decisive = list[float](), list[float](), list[int]()
    for tree in record["trees"]:
        base = len(value)
        roots.append(base)
        decisive += _find_decisive(tree)
        for index, node in enumerate(tree):
            is_leaf = len(node) == 1
            column.append(0 if is_leaf else node[0])
            threshold.append(0.0 if is_leaf else node[1])
            child += [base + index] * 2 if is_leaf else [base + node[2], base + node[3]]
            value.append(node[-1])
    trees = Trees(
        columns=tuple(record["columns"]),
        roots=np.array(roots),
        column=np.array(column),
        threshold=np.array(threshold),
        child=np.array(child),
        value=np.array(value),
        decisive=np.array(decisive),
        depth=record["depth"],
    )
    networks = tuple(map(read_network, record["networks"]))
    return Model(trees, Costs(**record["costs"]), networks, record["network_share"])


def _find_decisive(tree: Sequence[Sequence[float]]) -> list[int]:
    """Return, for each node, the column whose split changed the log-odds most on the path to it."""
    best = [(0.0, 0)] * len(tree)
    for index, node in enumerate(tree):
        if len(node) > 1:
            for child in map(int, node[2:4]):
                move = abs(tree[child][-1] - node[-1])
                best[child] = max(best[index], (move, int(node[0])))
    return [column for _, column in best]
