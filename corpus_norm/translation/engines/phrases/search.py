"""Beam search over partial translations, which are rows of arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.translation.engines.phrases.tables import (
    END,
    ENGLISH_MOST,
    SCORE_STEPS,
    Context,
    expand,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from corpus_norm.translation.engines.phrases.tables import LanguageModel, Matches, PhraseTable

    Bits = NDArray[np.uint64]
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
_TRIED = 4  # extensions that the language model scores, per hypothesis kept


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


def search(
    model: Model, matches: Matches, names: Ints, *, stack: int, best: int = 1
) -> list[list[Found]]:
    """Return the ``best`` translations of each sentence, the best first.

    Sentences have at most :data:`MOST_TOKENS` tokens.  ``names`` are the language model's ids of
    the copied tokens, in the order of their rows.
    """
    if not len(matches):
        return []
    run = _Run(model, _prepare(model, matches, names), stack)
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


def _prepare(model: Model, matches: Matches, names: Ints) -> _Phrases:
    copied = np.flatnonzero(matches.pairs < 0)
    matches.words[copied, 0] = names
    pairs = np.maximum(matches.pairs, 0)
    scores = model.table.scores[pairs].astype(np.float32) / np.float32(SCORE_STEPS)
    scores[copied] = model.unknown
    classes = model.table.classes[pairs].astype(np.int64)
    classes[copied] = 0
    weight = np.float32(model.language_weight)
    estimates, settled = scores.copy(), np.zeros_like(scores)
    context = model.language_model.nothing(len(matches))
    words, backoffs = context.words, context.backoffs
    for place in range(ENGLISH_MOST):
        at = np.flatnonzero(matches.sizes > place)
        if not len(at):
            break
        logs, after = model.language_model.follow(
            Context(words[at], backoffs[at]), matches.words[at, place]
        )
        estimates[at] += weight * logs
        if place >= _REACH:
            settled[at] += weight * logs
        words[at], backoffs[at] = after.words, after.backoffs
    starts, ends = matches.starts.astype(np.uint64), matches.ends.astype(np.uint64)
    return _Phrases(
        matches,
        (_ONE << ends) - (_ONE << starts),
        scores,
        estimates,
        settled,
        Context(words, backoffs),
        model.ordering.before[classes],
        model.ordering.after[classes],
    )


class _Run:
    """The constants of one search, which do not change while hypotheses grow."""

    def __init__(self, model: Model, phrases: _Phrases, stack: int) -> None:
        self.model = model
        self.phrases = phrases
        self.stack = stack
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
        hope = score + self.phrases.estimates[row] + future
        group = sentence * 8 + (end - start)
        order = np.lexsort((-hope, group))
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
        """Pair each hypothesis with each match that fits into it."""
        gap = _bit_length(~kept.covered & (kept.covered + _ONE)) - 1  # the first token uncovered
        furthest = np.minimum(gap + self.model.ordering.limit + 1, self.sizes[kept.sentence])
        begin = self.firsts[kept.sentence * _WIDTH + gap]
        counts = self.firsts[kept.sentence * _WIDTH + furthest] - begin
        parent, row = np.repeat(np.arange(len(kept)), counts), expand(begin, counts)
        free = (kept.covered[parent] & self.phrases.masks[row]) == 0
        return parent[free], row[free]

    def _order_scores(self, kept: Hypotheses, parent: Ints, row: Ints) -> Floats:
        """Score the order of each phrase and the last phrase of its hypothesis."""
        start, end = self.phrases.matches.starts[row], self.phrases.matches.ends[row]
        follows, precedes = start == kept.end[parent], end == kept.start[parent]
        way = np.where(follows, MONOTONE, np.where(precedes, SWAP, DISCONTINUOUS))
        last = kept.row[parent]
        jump = np.abs(start - kept.end[parent]).astype(np.float32)
        scores: Floats = (
            self.phrases.before[row, way]
            + np.where(last >= 0, self.phrases.after[last, way], np.float32(0))
            - np.float32(self.model.ordering.distance) * jump
        )
        return scores

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
        words, backoffs = context.words, context.backoffs
        sizes = phrases.matches.sizes[row]
        logs = np.zeros(len(row), np.float32)
        for place in range(_REACH):
            at = np.flatnonzero(sizes > place)
            more, after = self.model.language_model.follow(
                Context(words[at], backoffs[at]), phrases.matches.words[row[at], place]
            )
            logs[at] += more
            words[at], backoffs[at] = after.words, after.backoffs
        at = np.flatnonzero(sizes > _REACH)
        words[at], backoffs[at] = (
            phrases.contexts.words[row[at]],
            phrases.contexts.backoffs[row[at]],
        )
        return Context(words, backoffs), np.float32(self.model.language_weight) * logs


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


def _trace(number: int, parents: Ints, rows: Ints) -> list[int]:
    path = []
    while rows[number] >= 0:
        path.append(int(rows[number]))
        number = int(parents[number])
    return path[::-1]
