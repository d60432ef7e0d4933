"""The order of words: a beam search over partial translations, and a model of swaps before it.

Partial translations are rows of arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Self

import numpy as np

from corpus_norm.translation.engines.phrases.english import END, Context
from corpus_norm.translation.engines.phrases.tables import (
    ENGLISH_MOST,
    SCORE_STEPS,
    WALLS,
    expand,
    extend_hash,
    hash_token,
)
from corpus_norm.translation.engines.phrases.tokens import NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from corpus_norm.translation.engines.phrases.english import LanguageModel
    from corpus_norm.translation.engines.phrases.tables import (
        Matches,
        PhraseTable,
        Senses,
        Swaps,
    )

    Bits = NDArray[np.uint64]
    Hashes = NDArray[np.uint64]
    Floats = NDArray[np.float32]
    Ints = NDArray[np.int64]

_PLACES = np.int64(64)  # more than the tokens of a sentence


@dataclass(frozen=True, slots=True)
class Hypotheses:
    """Partial translations, one per row.

    The columns are the sentence, the tokens covered, the start and end of the last phrase, the
    score and the estimated future score, the parent hypothesis, the last match, and the context.
    """

    sentence: Ints
    covered: Bits
    start: Ints
    end: Ints
    score: Floats
    future: Floats
    parent: Ints
    row: Ints
    context: Context

    def __len__(self) -> int:
        return len(self.sentence)

    def __getitem__(self, rows: Ints) -> Hypotheses:
        return Hypotheses(
            self.sentence[rows],
            self.covered[rows],
            self.start[rows],
            self.end[rows],
            self.score[rows],
            self.future[rows],
            self.parent[rows],
            self.row[rows],
            self.context[rows],
        )

    @staticmethod
    def join(parts: Sequence[Hypotheses]) -> Hypotheses:
        """Concatenate hypotheses."""
        return Hypotheses(
            np.concatenate([part.sentence for part in parts]),
            np.concatenate([part.covered for part in parts]),
            np.concatenate([part.start for part in parts]),
            np.concatenate([part.end for part in parts]),
            np.concatenate([part.score for part in parts]),
            np.concatenate([part.future for part in parts]),
            np.concatenate([part.parent for part in parts]),
            np.concatenate([part.row for part in parts]),
            Context.join([part.context for part in parts]),
        )


def prune(all_: Hypotheses, stack: int) -> Hypotheses:
    """Keep the best of equivalent hypotheses, and of these the best ``stack`` per sentence.

    Hypotheses are equivalent if no later phrase can change which of them is better.
    """
    order = np.lexsort((-(all_.score + all_.future), all_.sentence))
    last = all_.sentence * _PLACES + all_.end
    state = np.stack(
        [all_.covered[order], all_.context.words[order], last.astype(np.uint64)[order]]
    )
    firsts = _first_of_each(state)
    order = order[firsts]
    sentence = all_.sentence[order]
    rank = np.arange(len(order)) - np.searchsorted(sentence, sentence)
    return all_[order[rank < stack]]


def _first_of_each(columns: Bits) -> Ints:
    """Return the first position of each distinct column, in ascending order."""
    order = np.lexsort(columns)  # stable: equal columns keep their order
    ordered = columns[:, order]
    new = np.concatenate([[True], (ordered[:, 1:] != ordered[:, :-1]).any(axis=0)])
    return np.sort(order[new])


MOST_TOKENS = 48
"""Source tokens of the longest sentence: which are covered is a mask of 64 bits."""

MONOTONE, SWAP, DISCONTINUOUS = 0, 1, 2
_ONE = np.uint64(1)
_WIDTH = np.int64(64)
_IMPOSSIBLE = np.float32(-1e9)
_REACH = 3  # words before it that a word depends on
_TRIED = 4  # extensions of each size that the language model scores, per hypothesis kept
_HOPELESS = np.float32(5.0)  # natural logarithms below the best extension by as many tokens


@dataclass(frozen=True, slots=True)
class Ordering:
    """Scores of word order: a cost per token jumped over, and the usual order of a phrase class.

    ``before`` and ``after`` have a row per class and a column per orientation.  A phrase may begin
    at most ``limit`` tokens after the first uncovered token.
    """

    distance: float
    limit: int
    before: Floats
    after: Floats


@dataclass(frozen=True, slots=True)
class Model:
    """All parts that score a translation; ``unknown`` is the score of a copied token."""

    table: PhraseTable
    language_model: LanguageModel
    language_weight: float
    unknown: float
    ordering: Ordering
    swaps: Swaps | None = None
    senses: Senses | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A translation: its score, and the rows of its matches in English order."""

    score: float
    rows: list[int]


@dataclass(frozen=True, slots=True)
class _Phrases:
    """Matches, and the values that do not depend on their place in a translation."""

    matches: Matches
    masks: Bits
    scores: Floats  # of the phrase pair alone
    estimates: Floats  # of the pair and the language model, without the words before
    settled: Floats  # of the language model, for words that no context can change
    contexts: Context  # after the last word
    before: Floats
    after: Floats


def search(  # noqa: PLR0913
    model: Model,
    matches: Matches,
    names: Ints,
    *,
    stack: int,
    best: int = 1,
    odds: Floats | None = None,
    costs: Floats | None = None,
    links: Floats | None = None,
) -> list[list[Found]]:
    """Return the ``best`` translations of each sentence, the best first.

    Sentences have at most :data:`MOST_TOKENS` tokens.  ``names`` are the language model's ids of
    the copied tokens, in the order of their rows.  ``odds`` are those of :meth:`Swaps.weigh`, and
    ``costs`` are taken off the scores of the matches; ``links`` too, where a match follows the
    phrase before it (first column), and where the next phrase follows it (second column).
    """
    if not len(matches):
        return []
    phrases = _prepare(model, matches, names, odds, costs, links)
    run = _Run(model, phrases, stack, _HOPELESS if best == 1 else np.float32(np.inf))
    waiting = {0: [run.begin()]}
    parents: list[Ints] = []
    rows: list[Ints] = []
    complete: list[list[tuple[float, int]]] = [[] for _ in run.sizes]
    total = 0
    for covered in range(int(run.sizes.max()) + 1):
        if covered not in waiting:
            continue
        kept = prune(Hypotheses.join(waiting.pop(covered)), stack)
        numbers = np.arange(total, total + len(kept))
        total += len(kept)
        parents.append(kept.parent)
        rows.append(kept.row)
        done = run.sizes[kept.sentence] == covered
        if done.any():
            for sentence, score, number in run.finish(kept[np.flatnonzero(done)], numbers[done]):
                complete[sentence].append((score, number))
        if not done.all():
            extended = run.extend(kept[np.flatnonzero(~done)], numbers[~done])
            for more, part in extended.items():
                waiting.setdefault(covered + more, []).append(part)
    all_parents, all_rows = np.concatenate(parents), np.concatenate(rows)
    return [
        [
            Found(score, _trace(number, all_parents, all_rows))
            for score, number in sorted(ends, key=lambda end: (-end[0], end[1]))[:best]
        ]
        for ends in complete
    ]


def _prepare(  # noqa: PLR0913, PLR0917
    model: Model,
    matches: Matches,
    names: Ints,
    odds: Floats | None,
    costs: Floats | None,
    links: Floats | None,
) -> _Phrases:
    copied = np.flatnonzero(matches.pairs < 0)
    matches.words[copied, 0] = names
    pairs = np.maximum(matches.pairs, 0)
    scores = model.table.scores[pairs].astype(np.float32) / np.float32(SCORE_STEPS)
    scores[copied] = model.unknown
    omitted = matches.sizes == 0
    scores[omitted] = 0.0
    if costs is not None:
        scores -= costs
    classes = model.table.classes[pairs].astype(np.int64)
    classes[copied] = classes[omitted] = 0
    weight = np.float32(model.language_weight)
    estimates, settled = scores.copy(), np.zeros_like(scores)
    context = model.language_model.nothing(len(matches))
    for place in range(ENGLISH_MOST):
        at = np.flatnonzero(matches.sizes > place)
        if not len(at):
            break
        logs, after = model.language_model.follow(context[at], matches.words[at, place])
        estimates[at] += weight * logs
        if place >= _REACH:
            settled[at] += weight * logs
        context[at] = after
    before, after_it = model.ordering.before[classes], model.ordering.after[classes]
    if links is not None:
        before[:, MONOTONE] -= links[:, 0]
        after_it[:, MONOTONE] -= links[:, 1]
    if model.swaps is not None and odds is not None:
        swaps = np.float32(model.swaps.weight)
        before[:, MONOTONE] -= swaps * np.logaddexp(0, odds[matches.sentences, matches.starts])
        before[:, SWAP] -= swaps * np.logaddexp(0, -odds[matches.sentences, matches.ends])
    starts, ends = matches.starts.astype(np.uint64), matches.ends.astype(np.uint64)
    return _Phrases(
        matches,
        (_ONE << ends) - (_ONE << starts),
        scores,
        estimates,
        settled,
        context,
        before,
        after_it,
    )


class _Run:
    """The constants of one search, which do not change while hypotheses grow."""

    def __init__(self, model: Model, phrases: _Phrases, stack: int, hopeless: np.float32) -> None:
        self.model = model
        self.phrases = phrases
        self.stack = stack
        self.hopeless = hopeless
        matches = phrases.matches
        count = int(matches.sentences[-1]) + 1
        self.sizes = np.zeros(count, np.int64)
        np.maximum.at(self.sizes, matches.sentences, matches.ends)
        self.futures = _estimate_futures(phrases, self.sizes)
        # For each token of each sentence: the first row of the matches that start there.
        self.firsts = np.searchsorted(
            matches.sentences * _WIDTH + matches.starts, np.arange((count + 1) * _WIDTH)
        )

    def begin(self) -> Hypotheses:
        """Return one empty hypothesis per sentence."""
        count = len(self.sizes)
        none = np.full(count, -1)
        return Hypotheses(
            sentence=np.arange(count),
            covered=np.zeros(count, np.uint64),
            start=none,
            end=np.zeros(count, np.int64),
            score=np.zeros(count, np.float32),
            future=self.futures[np.arange(count), 0, self.sizes],
            parent=none,
            row=none,
            context=self.model.language_model.start(count),
        )

    def finish(self, ends: Hypotheses, numbers: Ints) -> list[tuple[int, float, int]]:
        """Return sentence, score (with the end of sentence) and number of complete hypotheses."""
        end = np.full(len(ends), END, np.uint64)
        logs, _ = self.model.language_model.follow(ends.context, end)
        scores = ends.score + np.float32(self.model.language_weight) * logs
        columns = (ends.sentence.tolist(), scores.tolist(), numbers.tolist())
        return list(zip(*columns, strict=True))

    def extend(self, kept: Hypotheses, numbers: Ints) -> dict[int, Hypotheses]:
        """Extend hypotheses by one phrase; return the promising results by tokens it covers."""
        parent, row = self._choices(kept)
        matches = self.phrases.matches
        sentence, start, end = kept.sentence[parent], matches.starts[row], matches.ends[row]
        score = kept.score[parent] + self._order_scores(kept, parent, row)
        future = kept.future[parent] + self._future_changes(kept.covered[parent], row)
        future += self._returns(kept.covered, kept.end)[parent]
        future -= self._returns(kept.covered[parent] | self.phrases.masks[row], end)
        hope = score + self.phrases.estimates[row] + future
        group = sentence * 8 + (end - start)
        best = np.full(len(self.sizes) * 8, _IMPOSSIBLE)
        np.maximum.at(best, group, hope)
        near = np.flatnonzero(hope > best[group] - self.hopeless)
        order = near[np.lexsort((-hope[near], group[near]))]
        ranked = group[order]
        rank = np.arange(len(order)) - np.searchsorted(ranked, ranked)
        order = order[rank < _TRIED * self.stack]

        parent, row = parent[order], row[order]
        context, logs = self._score_words(kept.context[parent], row)
        extended = Hypotheses(
            sentence=sentence[order],
            covered=kept.covered[parent] | self.phrases.masks[row],
            start=start[order],
            end=end[order],
            score=score[order] + self.phrases.scores[row] + self.phrases.settled[row] + logs,
            future=future[order],
            parent=numbers[parent],
            row=row,
            context=context,
        )
        covers = extended.end - extended.start
        return {int(n): extended[np.flatnonzero(covers == n)] for n in np.unique(covers)}

    def _choices(self, kept: Hypotheses) -> tuple[Ints, Ints]:
        """Pair each hypothesis with each match that fits into it; no word moves across a wall."""
        gap = _bit_length(~kept.covered & (kept.covered + _ONE)) - 1  # the first token uncovered
        wall = self.phrases.matches.walls[kept.sentence, gap]
        furthest = np.minimum(gap + self.model.ordering.limit + 1, np.maximum(wall, gap + 1))
        begin = self.firsts[kept.sentence * _WIDTH + gap]
        counts = self.firsts[kept.sentence * _WIDTH + furthest] - begin
        parent, row = np.repeat(np.arange(len(kept)), counts), expand(begin, counts)
        matches = self.phrases.matches
        inside = (matches.ends[row] <= wall[parent]) | (matches.starts[row] == gap[parent])
        free = inside & ((kept.covered[parent] & self.phrases.masks[row]) == 0)
        return parent[free], row[free]

    def _order_scores(self, kept: Hypotheses, parent: Ints, row: Ints) -> Floats:
        """Score the order of each phrase; only a jump to another place has a cost."""
        start, end = self.phrases.matches.starts[row], self.phrases.matches.ends[row]
        last_end = kept.end[parent]
        way = find_ways(kept.covered[parent], kept.start[parent], last_end, start, end)
        last = kept.row[parent]
        jump = np.where(way == DISCONTINUOUS, np.abs(start - last_end), 0).astype(np.float32)
        scores: Floats = (
            self.phrases.before[row, way]
            + np.where(last >= 0, self.phrases.after[last, way], np.float32(0))
            - np.float32(self.model.ordering.distance) * jump
        )
        return scores

    def _returns(self, covered: Bits, end: Ints) -> Floats:
        """Estimate the cost of jumping back to the first uncovered token."""
        gap = _bit_length(~covered & (covered + _ONE)) - 1
        cost: Floats = np.float32(self.model.ordering.distance) * np.maximum(end - gap, 0).astype(
            np.float32
        )
        return cost

    def _future_changes(self, covered: Bits, row: Ints) -> Floats:
        """Return the change of the future score when a phrase fills part of a gap."""
        matches, futures = self.phrases.matches, self.futures
        sentence, start, end = matches.sentences[row], matches.starts[row], matches.ends[row]
        left = _bit_length(covered & ((_ONE << start.astype(np.uint64)) - _ONE))
        beyond = covered >> end.astype(np.uint64)
        lowest = _bit_length(beyond & (~beyond + _ONE)) - 1
        right = np.where(beyond == 0, self.sizes[sentence], end + lowest)
        rest = futures[sentence, left, start] + futures[sentence, end, right]
        change: Floats = rest - futures[sentence, left, right]
        return change

    def _score_words(self, context: Context, row: Ints) -> tuple[Context, Floats]:
        """Return the contexts after each phrase, and the language model's score of its start."""
        phrases = self.phrases
        sizes = phrases.matches.sizes[row]
        logs = np.zeros(len(row), np.float32)
        for place in range(_REACH):
            at = np.flatnonzero(sizes > place)
            if not len(at):
                break
            more, after = self.model.language_model.follow(
                context[at], phrases.matches.words[row[at], place]
            )
            logs[at] += more
            context[at] = after
        at = np.flatnonzero(sizes > _REACH)
        context[at] = phrases.contexts[row[at]]
        return context, np.float32(self.model.language_weight) * logs


def _estimate_futures(phrases: _Phrases, sizes: Ints) -> Floats:
    """Estimate the best score of each span of each sentence, without scores of word order."""
    longest = int(sizes.max())
    table = np.full((len(sizes), longest + 1, longest + 1), _IMPOSSIBLE)
    matches = phrases.matches
    np.maximum.at(table, (matches.sentences, matches.starts, matches.ends), phrases.estimates)
    at = np.arange(longest + 1)
    table[:, at, at] = 0.0
    for length in range(2, longest + 1):
        for start in range(longest - length + 1):
            end = start + length
            parts = table[:, start, start + 1 : end] + table[:, start + 1 : end, end]
            table[:, start, end] = np.maximum(table[:, start, end], parts.max(axis=1))
    return table


def _bit_length(bits: Bits) -> Ints:
    """Return the position of the highest bit, from 1; 0 if none is set.  Exact up to 53 bits."""
    return np.frexp(bits.astype(np.float64))[1].astype(np.int64)


def find_ways(covered: Bits, last_start: Ints, last_end: Ints, start: Ints, end: Ints) -> Ints:
    """Return how each phrase stands to the one before it in the English.

    It follows that phrase, or precedes it, if all source tokens between the two are covered: what
    is translated there is one block (Galley and Manning 2008, "A simple and effective hierarchical
    phrase reordering model").
    """
    follows = (start >= last_end) & _all_covered(covered, last_end, start)
    precedes = (end <= last_start) & _all_covered(covered, end, last_start)
    return np.where(follows, MONOTONE, np.where(precedes, SWAP, DISCONTINUOUS))


def _all_covered(covered: Bits, start: Ints, end: Ints) -> NDArray[np.bool_]:
    """Return whether all tokens from ``start`` to ``end`` are covered; true if there is none."""
    last = np.maximum(end, 0)
    first = np.minimum(np.maximum(start, 0), last)
    span = (_ONE << last.astype(np.uint64)) - (_ONE << first.astype(np.uint64))
    whole: NDArray[np.bool_] = (covered & span) == span
    return whole


def _trace(number: int, parents: Ints, rows: Ints) -> list[int]:
    path = []
    while rows[number] >= 0:
        path.append(int(rows[number]))
        number = int(parents[number])
    return path[::-1]


FEATURES = 1 << 18
"""Weights of swaps, which features share by their hash."""

LONGEST = 30
"""Tokens of the longest clause that is put into another order."""

_WALLS = WALLS | frozenset("'—-–[]{}/|*")
_NUMBER = 3
_FIRST, _LAST = np.uint64(1), np.uint64(2)  # beyond the clause

# Of the spans A and B: the words before A, at the start and end of A, of B, and after B (0 to 5),
# their tags (6 to 11), and the sizes of A and B (12, 13).
TEMPLATES = (
    (12, 13), (8, 9), (8, 9, 12, 13), (2, 3), (2, 9), (8, 3), (7, 10), (1, 4), (1, 10), (7, 4),
    (7, 9), (1, 9), (7, 3), (8, 10), (2, 10), (8, 4), (6, 7, 8, 9), (8, 9, 10, 11), (7, 8, 9, 10),
    (2, 4), (8, 9, 11), (6, 7, 9), (2, 12, 13), (3, 12, 13), (1, 12, 13), (4, 12, 13), (8, 10, 11),
    (5, 10, 8), (0, 7, 9), (2, 7, 10), (1, 8, 9), (3, 8, 10), (0, 1), (4, 5), (6, 7, 10, 11),
    (1, 2, 9), (2, 3, 11), (7, 8, 9, 12, 13), (8, 9, 10, 12, 13),
)  # fmt: skip
"""Each feature of a swap joins some of its properties."""


@dataclass(frozen=True, slots=True)
class Orderer:
    """Puts the tokens of a Chinese clause into the order of their English, before the search.

    A clause is cut into ever smaller spans, and neighbouring spans are swapped where that scores
    more than nothing.  The best derivation is found exactly, as by the algorithm of Cocke, Younger
    and Kasami (Wu 1997, "Stochastic inversion transduction grammars"; Neubig, Watanabe and Mori
    2012, "Inducing a discriminative parser to optimize machine translation reordering").

    ``keys`` are the hashes of words, sorted, ``tags`` their parts of speech, and ``weights`` those
    that :mod:`training.phrases.reorder` has learned, by feature.
    """

    keys: Hashes
    tags: NDArray[np.uint8]
    weights: NDArray[np.int8]

    @classmethod
    def create(cls, tags: Mapping[str, int], weights: Floats) -> Self:
        """Make an orderer from the tags of words; weights are scaled to bytes."""
        tags = {NUMBER: _NUMBER, **tags}
        keys = np.array([hash_token(word) for word in tags], np.uint64)
        order = np.argsort(keys)
        scale = 127 / max(float(np.abs(weights).max()), 1e-9)
        rounded = np.rint(weights * scale).astype(np.int8)
        return cls(keys[order], np.array(list(tags.values()), np.uint8)[order], rounded)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the arrays to store in a file, by name."""
        return {"keys": self.keys, "tags": self.tags, "weights": self.weights}

    def describe(self, tokens: Sequence[str]) -> tuple[Hashes, Hashes]:
        """Return the hash and the tag of each token."""
        words = np.array([hash_token(token) for token in tokens], np.uint64)
        at = np.minimum(np.searchsorted(self.keys, words), len(self.keys) - 1)
        tags = np.where(self.keys[at] == words, self.tags[at], 0).astype(np.uint64)
        for i in np.flatnonzero(tags == 0).tolist():
            tags[i] = _tag(tokens[i])
        return words, tags

    def order(self, sentences: Sequence[Sequence[str]]) -> list[list[int]]:
        """Return the places of the tokens of each sentence in the order of their English."""
        spans = [
            (number, start, end)
            for number, sentence in enumerate(sentences)
            for start, end in find_clauses(sentence)
            if 1 < end - start <= LONGEST
        ]
        places = [list(range(len(sentence))) for sentence in sentences]
        for (number, start, end), scores in zip(spans, self._score(sentences, spans), strict=True):
            if scores.max() > 0:
                places[number][start:end] = (start + i for i in _derive(scores, end - start))
        return places

    def _score(
        self, sentences: Sequence[Sequence[str]], spans: Sequence[tuple[int, int, int]]
    ) -> Iterator[Ints]:
        """Yield the scores of the swaps of each clause, in the order of :func:`_list_swaps`."""
        if not spans:
            return
        atoms = []
        for number, start, end in spans:
            words, tags = self.describe(sentences[number][start:end])
            i, p, j = _list_swaps(end - start).T
            padded = [np.concatenate([[_FIRST], side, [_LAST]]) for side in (words, tags)]
            places = (i, i + 1, p, p + 1, j, j + 1)
            sizes = np.minimum(p - i, 4), np.minimum(j - p, 4)
            atoms.append(
                np.stack(
                    [side[at] for side in padded for at in places]
                    + [size.astype(np.uint64) for size in sizes]
                )
            )
        counts = [each.shape[1] for each in atoms]
        columns = np.concatenate(atoms, axis=1)
        total = np.zeros(columns.shape[1], np.int64)
        for number, template in enumerate(TEMPLATES):
            hashes = np.full(columns.shape[1], number, np.uint64)
            for atom in template:
                hashes = extend_hash(hashes, columns[atom])
            total += self.weights[(hashes >> np.uint64(20)).astype(np.int64) % FEATURES]
        yield from np.split(total, np.cumsum(counts)[:-1])


def find_clauses(tokens: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the runs of tokens between signs that no word crosses."""
    start = 0
    for at, token in enumerate([*tokens, "。"]):
        if token in _WALLS:
            if at > start:
                yield start, at
            start = at + 1


def _tag(token: str) -> int:
    if token.isascii():
        return 4 if token.isalnum() else 5
    return 6 if "\u3400" <= token[:1] <= "\u9fff" else 7


@lru_cache(maxsize=LONGEST)
def _list_swaps(size: int) -> Ints:
    """Return (start, middle, end) of all swaps of a clause; the shortest spans first."""
    return np.array(
        [
            (i, p, i + length)
            for length in range(2, size + 1)
            for i in range(size - length + 1)
            for p in range(i + 1, i + length)
        ]
    )


def _derive(scores: Ints, size: int) -> list[int]:
    """Return the order of the best derivation."""
    best = np.zeros((size + 1, size + 1), np.int64)
    choice = {}
    at = 0
    for length in range(2, size + 1):
        for i in range(size - length + 1):
            j = i + length
            own = scores[at : at + length - 1]
            totals = best[i, i + 1 : j] + best[i + 1 : j, j] + np.maximum(own, 0)
            p = int(totals.argmax())
            best[i, j] = totals[p]
            choice[i, j] = (i + 1 + p, bool(own[p] > 0))
            at += length - 1

    def read(i: int, j: int) -> list[int]:
        if j - i < 2 or best[i, j] <= 0:
            return list(range(i, j))
        p, swapped = choice[i, j]
        left, right = read(i, p), read(p, j)
        return right + left if swapped else left + right

    return read(0, size)
