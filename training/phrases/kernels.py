# ruff: noqa: ANN001, ANN201, ANN202, C901, FBT003, PLR0912, PLR0913, PLR0917 -- Numba wants plain loops
"""The inner loops over aligned sentences, compiled by Numba.

A link is ``source << 8 | target``, two places in a sentence.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

SOURCE_MOST = 5  # tokens of a source phrase
ENGLISH_MOST = 6
MONOTONE, SWAP, DISCONTINUOUS = 0, 1, 2


class Ragged(NamedTuple):
    """Rows of different lengths in one flat array."""

    values: Ints
    starts: Longs


class Bitext(NamedTuple):
    """Sentences as ids, and their links in both directions."""

    source: Ragged
    english: Ragged
    forward: Ragged
    reverse: Ragged


@numba.njit
def symmetrize(forward, reverse, rows, columns):
    """grow-diag-final-and (Koehn, Och and Marcu 2003)."""
    seen = np.zeros((rows, columns), np.uint8)
    for link in forward:
        seen[link >> 8, link & 255] |= 1
    for link in reverse:
        seen[link >> 8, link & 255] |= 2
    linked = seen == 3
    row_done, column_done = np.zeros(rows, np.bool_), np.zeros(columns, np.bool_)
    for i in range(rows):
        for j in range(columns):
            if linked[i, j]:
                row_done[i] = column_done[j] = True
    grown = True
    while grown:
        grown = False
        for i in range(rows):
            for j in range(columns):
                if not linked[i, j]:
                    continue
                for x in range(max(0, i - 1), min(rows, i + 2)):
                    for y in range(max(0, j - 1), min(columns, j + 2)):
                        free = not row_done[x] or not column_done[y]
                        if seen[x, y] and not linked[x, y] and free:
                            linked[x, y] = row_done[x] = column_done[y] = grown = True
    for i in range(rows):
        for j in range(columns):
            if seen[i, j] and not row_done[i] and not column_done[j]:
                linked[i, j] = row_done[i] = column_done[j] = True
    return linked


@numba.njit
def links_of(text, z):
    """Return the symmetric links of sentence ``z``."""
    source, english, forward, reverse = text
    rows = source.starts[z + 1] - source.starts[z]
    columns = english.starts[z + 1] - english.starts[z]
    return symmetrize(
        forward.values[forward.starts[z] : forward.starts[z + 1]],
        reverse.values[reverse.starts[z] : reverse.starts[z + 1]],
        rows,
        columns,
    )


@numba.njit
def word_links(text, out):
    """Write (source id, English id, sentence) for each link, -1 for nothing; return how many."""
    count = 0
    for z in range(len(text.source.starts) - 1):
        linked = links_of(text, z)
        first, second = text.source.starts[z], text.english.starts[z]
        rows, columns = linked.shape
        for i in range(rows):
            alone = True
            for j in range(columns):
                if linked[i, j]:
                    alone = False
                    count = _write_link(
                        out,
                        count,
                        text.source.values[first + i],
                        text.english.values[second + j],
                        z,
                    )
            if alone:
                count = _write_link(out, count, text.source.values[first + i], -1, z)
        for j in range(columns):
            if not linked[:, j].any():
                count = _write_link(out, count, -1, text.english.values[second + j], z)
    return count


@numba.njit
def _write_link(out, count, source, english, z):
    if count < len(out):
        out[count, 0] = source
        out[count, 1] = english
        out[count, 2] = z
    return count + 1


@numba.njit
def phrase_pairs(text, source_number, is_number, out):
    """Write every phrase pair consistent with the links; return how many there are.

    A row is (sentence, source start, end, English start, end, orientation before, after).  A pair
    has one number on each side, or none on either side.
    """
    count = 0
    for z in range(len(text.source.starts) - 1):
        linked = links_of(text, z)
        rows, columns = linked.shape
        source = text.source.values[text.source.starts[z] : text.source.starts[z + 1]]
        english = text.english.values[text.english.starts[z] : text.english.starts[z + 1]]
        low, high = _bounds(linked)
        left, right = _bounds(linked.T)
        for start in range(rows):
            first, last, numbers = 255, -1, 0
            for end in range(start + 1, min(rows, start + SOURCE_MOST) + 1):
                numbers += source[end - 1] == source_number
                first, last = min(first, low[end - 1]), max(last, high[end - 1])
                if last < 0 or last - first >= ENGLISH_MOST or numbers > 1:
                    continue
                if not _closed(left, right, first, last, start, end):
                    continue
                # Extend the phrase over unlinked words at its edges.
                a = first
                while a >= 0 and (a == first or right[a] < 0):
                    b = last
                    while b < columns and (b == last or right[b] < 0):
                        if b - a < ENGLISH_MOST:
                            there = 0
                            for j in range(a, b + 1):
                                there += is_number[english[j]]
                            if there == numbers:
                                if count < len(out):
                                    out[count, 0] = z
                                    out[count, 1] = start
                                    out[count, 2] = end
                                    out[count, 3] = a
                                    out[count, 4] = b + 1
                                    out[count, 5] = _before(linked, start, end, a)
                                    out[count, 6] = _after(linked, start, end, b + 1)
                                count += 1
                        b += 1
                    a -= 1
    return count


@numba.njit
def _bounds(linked):
    """Return the first and last column linked to each row; 255 and -1 if there is none."""
    low, high = np.full(linked.shape[0], 255), np.full(linked.shape[0], -1)
    for i in range(linked.shape[0]):
        for j in range(linked.shape[1]):
            if linked[i, j]:
                low[i], high[i] = min(low[i], j), max(high[i], j)
    return low, high


@numba.njit
def _closed(left, right, first, last, start, end):
    """Return whether the English words have no links outside the source phrase."""
    for j in range(first, last + 1):
        if right[j] >= 0 and (left[j] < start or right[j] >= end):
            return False
    return True


@numba.njit
def _before(linked, start, end, a):
    """Return the orientation to the English word before (word-based; Koehn et al. 2005)."""
    if (start == 0 and a == 0) or (start > 0 and a > 0 and linked[start - 1, a - 1]):
        return MONOTONE
    return SWAP if end < linked.shape[0] and a > 0 and linked[end, a - 1] else DISCONTINUOUS


@numba.njit
def _after(linked, start, end, b):
    rows, columns = linked.shape
    if (end == rows and b == columns) or (end < rows and b < columns and linked[end, b]):
        return MONOTONE
    return SWAP if start > 0 and b < columns and linked[start - 1, b] else DISCONTINUOUS


@numba.njit
def lexical_weights(text, pairs, keys, forward, reverse, out):
    """Return the lexical log-probabilities of each pair, in both directions.

    ``forward`` and ``reverse`` are the probabilities of the links in ``keys``, sorted, each
    ``(source + 1) << 32 | English + 1``.
    """
    for k in range(len(pairs)):
        z, start, end, a, b = pairs[k, 0], pairs[k, 1], pairs[k, 2], pairs[k, 3], pairs[k, 4]
        linked = links_of(text, z)
        source = text.source.values[text.source.starts[z] :]
        english = text.english.values[text.english.starts[z] :]
        linked = linked[start:end, a:b]
        source, english = source[start:end] + 1, english[a:b] + 1
        out[k, 0] = _fit(linked.T, english, source, keys, forward, False)
        out[k, 1] = _fit(linked, source, english, keys, reverse, True)


@numba.njit
def _fit(linked, words, others, keys, chances, is_source):
    """Return the log-probability of words given the words linked to each, or none."""
    total = 0.0
    for i in range(len(words)):
        chance, links = 0.0, 0
        for j in range(len(others)):
            if linked[i, j]:
                chance += _pair_chance(keys, chances, words[i], others[j], is_source)
                links += 1
        if links == 0:
            chance, links = _pair_chance(keys, chances, words[i], 0, is_source), 1
        total += np.log(max(chance / links, 1e-7))
    return total


@numba.njit
def _pair_chance(keys, chances, word, other, is_source):
    if is_source:
        return _chance(keys, chances, word, other)
    return _chance(keys, chances, other, word)


@numba.njit
def _chance(keys, chances, source, english):
    key = np.int64(source) << 32 | np.int64(english)
    at = np.searchsorted(keys, key)
    return chances[at] if at < len(keys) and keys[at] == key else 0.0


@numba.njit
def hash_phrases(text, pairs, sentence, first, last, hashes):
    """Hash the tokens of each pair on one side from token hashes (``table.extend_hash``)."""
    out = np.zeros(len(pairs), np.uint64)
    for k in range(len(pairs)):
        values = text.values[text.starts[pairs[k, sentence]] :]
        out[k] = _hash(values, pairs[k, first], pairs[k, last], hashes)
    return out


@numba.njit
def best_composition(text, pairs, source_hashes, english_hashes, keys, scores, out):
    """Return the best score of composing each pair of two smaller ones; -inf if impossible.

    ``keys`` are sorted, and join the hashes of both sides as :func:`join_hashes` does.
    """
    for k in range(len(pairs)):
        z, start, end, a, b = pairs[k, 0], pairs[k, 1], pairs[k, 2], pairs[k, 3], pairs[k, 4]
        source = text.source.values[text.source.starts[z] :]
        english = text.english.values[text.english.starts[z] :]
        best = -np.inf
        for i in range(start + 1, end):
            left, right = (
                _hash(source, start, i, source_hashes),
                _hash(source, i, end, source_hashes),
            )
            for j in range(a + 1, b):
                first = join_hashes(left, _hash(english, a, j, english_hashes))
                second = join_hashes(right, _hash(english, j, b, english_hashes))
                at, to = np.searchsorted(keys, first), np.searchsorted(keys, second)
                if at < len(keys) and to < len(keys) and keys[at] == first and keys[to] == second:
                    best = max(best, scores[at] + scores[to])
        out[k] = best


@numba.njit
def join_hashes(source, english):
    """Join the hashes of both sides to the key of a pair."""
    return source * np.uint64(0xD6E8FEB86659FD93) ^ english


@numba.njit
def _hash(values, start, end, hashes):
    total = np.uint64(0)
    for at in range(start, end):
        total = (total ^ hashes[values[at]]) * np.uint64(0x9E3779B97F4A7C15)
        total ^= total >> np.uint64(29)
    return total


@numba.njit
def _atoms(words, tags, i, p, j, out):
    """Write the properties of swapping i..p with p..j (``search.TEMPLATES``)."""
    size = len(words)
    places = (i - 1, i, p - 1, p, j - 1, j)
    for k in range(6):
        at = places[k]
        if at < 0:
            out[k] = out[6 + k] = np.uint64(1)
        elif at >= size:
            out[k] = out[6 + k] = np.uint64(2)
        else:
            out[k], out[6 + k] = words[at], tags[at]
    out[12], out[13] = np.uint64(min(p - i, 4)), np.uint64(min(j - p, 4))


@numba.njit
def _slots(atoms, templates, count, out):
    for k in range(len(templates)):
        total = np.uint64(k)
        for c in range(templates.shape[1]):
            if templates[k, c] < 0:
                break
            total = (total ^ atoms[templates[k, c]]) * np.uint64(0x9E3779B97F4A7C15)
            total ^= total >> np.uint64(29)
        out[k] = np.int64(total >> np.uint64(20)) % count


@numba.njit
def _clause(data, row):
    """Return words, tags, sums of the pairs to swap and to keep, and the share of linked words."""
    words, tags, text, _ = data
    z, start, end = row
    ids = text.source.values[text.source.starts[z] + start : text.source.starts[z] + end]
    linked = links_of(text, z)
    size = end - start
    low, high = np.full(size, -1), np.full(size, -1)
    known = 0
    for i in range(size):
        for j in range(linked.shape[1]):
            if linked[start + i, j]:
                if low[i] < 0:
                    low[i] = j
                    known += 1
                high[i] = j
    swap, keep = np.zeros((size + 1, size + 1)), np.zeros((size + 1, size + 1))
    for a in range(size):
        for b in range(a + 1, size):
            if low[a] >= 0 and low[b] >= 0:
                if high[a] <= low[b] and low[a] < high[b]:
                    keep[a, b] = 1
                elif high[b] <= low[a] and low[b] < high[a]:
                    swap[a, b] = 1
    return words[ids], tags[ids], _sums(swap), _sums(keep), known / size


@numba.njit
def _sums(pairs):
    """Return the sums over all pairs (a, b) before the given ones."""
    size = len(pairs)
    out = np.zeros((size, size))
    for a in range(1, size):
        for b in range(1, size):
            out[a, b] = pairs[a - 1, b - 1] + out[a - 1, b] + out[a, b - 1] - out[a - 1, b - 1]
    return out


@numba.njit
def _between(sums, i, p, j):
    """Return the number of pairs of one word in i..p and one in p..j."""
    return sums[p, j] - sums[i, j] - sums[p, p] + sums[i, p]


@numba.njit
def _bracket(scores, swap, keep, factor, nodes):
    """Write the swaps of the best derivation; return their number, and the loss of the whole.

    The best one has the most of score + factor * loss.
    """
    size = scores.shape[0] - 1
    best, loss = np.zeros((size + 1, size + 1)), np.zeros((size + 1, size + 1))
    choice = np.zeros((size + 1, size + 1), np.int64)
    for length in range(2, size + 1):
        for i in range(size - length + 1):
            j = i + length
            top, chosen, lost = -1e18, 0, 0.0
            for p in range(i + 1, j):
                base = best[i, p] + best[p, j]
                low = loss[i, p] + loss[p, j]
                kept, swapped = _between(swap, i, p, j), _between(keep, i, p, j)
                value = base + factor * kept
                if value > top + 1e-9:
                    top, chosen, lost = value, p, low + kept
                value = base + scores[i, p, j] + factor * swapped
                if value > top + 1e-9:
                    top, chosen, lost = value, -p, low + swapped
            best[i, j], choice[i, j], loss[i, j] = top, chosen, lost
    count = 0
    stack = np.zeros((2 * size + 2, 2), np.int64)
    stack[0, 0], stack[0, 1] = 0, size
    depth = 1
    while depth:
        depth -= 1
        i, j = stack[depth, 0], stack[depth, 1]
        if j - i < 2:
            continue
        p = choice[i, j]
        if p < 0:
            p = -p
            nodes[count, 0], nodes[count, 1], nodes[count, 2] = i, p, j
            count += 1
        stack[depth, 0], stack[depth, 1] = i, p
        stack[depth + 1, 0], stack[depth + 1, 1] = p, j
        depth += 2
    return count, loss[0, size]


@numba.njit
def _score_swaps(words, tags, templates, weights):
    """Return the score of each swap of a clause: of start..middle with middle..end."""
    size = len(words)
    scores = np.zeros((size + 1, size + 1, size + 1))
    atoms, slots = np.zeros(14, np.uint64), np.zeros(len(templates), np.int64)
    for i in range(size):
        for j in range(i + 2, size + 1):
            for p in range(i + 1, j):
                _atoms(words, tags, i, p, j, atoms)
                _slots(atoms, templates, len(weights), slots)
                total = 0.0
                for k in range(len(slots)):
                    total += weights[slots[k]]
                scores[i, p, j] = total
    return scores


@numba.njit
def learn_order(data, clauses, importance, learned, steps, caution, least):
    """Make one pass over clauses: change the weights, and their sums for the average.

    A step is at most ``caution`` times the importance of its sentence.  Clauses with a smaller
    share of linked tokens than ``least`` are passed over.
    """
    templates = data[3]
    weights, sums = learned
    atoms, slots = np.zeros(14, np.uint64), np.zeros(len(templates), np.int64)
    worse, better = np.zeros((64, 3), np.int64), np.zeros((64, 3), np.int64)
    change = {np.int64(-1): 0.0}
    for row in range(len(clauses)):
        steps += 1
        words, tags, swap, keep, known = _clause(data, clauses[row])
        if known < least:
            continue
        scores = _score_swaps(words, tags, templates, weights)
        bad, bad_loss = _bracket(scores, swap, keep, 1.0, worse)
        good, good_loss = _bracket(scores, swap, keep, -100.0, better)
        margin = bad_loss - good_loss
        change.clear()
        for nodes, count, sign in ((worse, bad, -1.0), (better, good, 1.0)):
            for n in range(count):
                i, p, j = nodes[n, 0], nodes[n, 1], nodes[n, 2]
                margin -= sign * scores[i, p, j]
                _atoms(words, tags, i, p, j, atoms)
                _slots(atoms, templates, len(weights), slots)
                for slot in slots:
                    change[slot] = change.get(slot, 0.0) + sign
        norm = 0.0
        for value in change.values():
            norm += value * value
        if bad_loss > good_loss and margin > 0 and norm > 0:
            step = min(caution * importance[clauses[row, 0]], margin / norm)
            for slot, value in change.items():
                weights[slot] += step * value
                sums[slot] += steps * step * value


@numba.njit
def measure_order(data, clauses, weights, least):
    """Return the pairs of words in another order than their English, before and after; and all."""
    nodes = np.zeros((64, 3), np.int64)
    before = after = total = 0.0
    for row in range(len(clauses)):
        words, tags, swap, keep, known = _clause(data, clauses[row])
        if known < least:
            continue
        size = len(words)
        before += swap[size, size]
        total += swap[size, size] + keep[size, size]
        scores = _score_swaps(words, tags, data[3], weights)
        after += _bracket(scores, swap, keep, 0.0, nodes)[1]
    return before, after, total


@numba.njit
def order_clauses(data, clauses, weights, places):
    """Put the words of clauses into the order of their English: change ``places`` of the source."""
    words, tags, text, templates = data
    nodes = np.zeros((64, 3), np.int64)
    for row in range(len(clauses)):
        z, start, end = clauses[row]
        first = text.source.starts[z] + start
        ids = text.source.values[first : first + end - start]
        size = end - start
        nothing = np.zeros((size + 1, size + 1))
        scores = _score_swaps(words[ids], tags[ids], templates, weights)
        count = _bracket(scores, nothing, nothing, 0.0, nodes)[0]
        own = places[first : first + size]
        for n in range(count - 1, -1, -1):  # the smallest spans first
            i, p, j = nodes[n, 0], nodes[n, 1], nodes[n, 2]
            own[i:j] = np.concatenate((own[p:j].copy(), own[i:p].copy()))


@numba.njit
def move_words(source, places):
    """Return sentences with the words in another order, each from its place."""
    values = np.zeros_like(source.values)
    for z in range(len(source.starts) - 1):
        first = source.starts[z]
        for at in range(first, source.starts[z + 1]):
            values[at] = source.values[first + places[at]]
    return Ragged(values, source.starts)


@numba.njit
def move_links(links, source, places):
    """Return the links of sentences whose words are in another order."""
    values = np.zeros_like(links.values)
    where = np.zeros(256, np.int64)
    for z in range(len(source.starts) - 1):
        for at in range(source.starts[z], source.starts[z + 1]):
            where[places[at]] = at - source.starts[z]
        for k in range(links.starts[z], links.starts[z + 1]):
            values[k] = where[links.values[k] >> 8] << 8 | (links.values[k] & 255)
    return Ragged(values, links.starts)


@numba.njit
def find_senses(text, index, english, out):
    """Write (sentence, place, row, sense) for each word that has a row; return how many.

    ``index`` has the row of each source id, or -1.  The sense is 1 for the first of the ``english``
    words of the row if it is linked to the word, or else 2 for the second and so on, or 0.
    """
    count = 0
    for z in range(len(text.source.starts) - 1):
        linked = links_of(text, z)
        first, second = text.source.starts[z], text.english.starts[z]
        for i in range(linked.shape[0]):
            row = index[text.source.values[first + i]]
            if row < 0:
                continue
            if count < len(out):
                least = english.shape[1]
                for j in range(linked.shape[1]):
                    for k in range(least):
                        if linked[i, j] and english[row, k] == text.english.values[second + j]:
                            least = k
                            break
                out[count, 0], out[count, 1], out[count, 2] = z, i, row
                out[count, 3] = (least + 1) % (english.shape[1] + 1)
            count += 1
    return count


@numba.njit
def describe_words(source, rows, features):
    """Return the distinct features of the words at the places (sentence, place) of ``rows``.

    ``features`` has those of each source id inside a sentence, before and after a word; those of
    no word stand last.  A word is no feature of itself.
    """
    size = 2 * len(rows)
    for k in range(len(rows)):
        size += source.starts[rows[k, 0] + 1] - source.starts[rows[k, 0]]
    values, starts = np.empty(size, np.int32), np.zeros(len(rows) + 1, np.int64)
    last = np.full(features.max() + 1, -1)
    count = 0
    for k in range(len(rows)):
        first, end = source.starts[rows[k, 0]], source.starts[rows[k, 0] + 1]
        at = first + rows[k, 1]
        last[features[0, source.values[at]]] = k
        for j in range(first, end + 2):
            if j < end:
                feature = features[0, source.values[j]]
            elif j == end:
                feature = features[1, source.values[at - 1] if at > first else -1]
            else:
                feature = features[2, source.values[at + 1] if at + 1 < end else -1]
            if last[feature] != k:
                last[feature] = k
                values[count] = feature
                count += 1
        starts[k + 1] = count
    return Ragged(values[:count], starts)


@numba.njit
def _tell_chances(features, priors, weights, chances):
    """Write the chance of each sense, given features."""
    for k in range(len(priors)):
        chances[k] = priors[k]
    for c in features:
        if c >= 0:
            for k in range(len(priors)):
                chances[k] += weights[c, k]
    most, total = chances.max(), 0.0
    for k in range(len(priors)):
        chances[k] = np.exp(chances[k] - most)
        total += chances[k]
    for k in range(len(priors)):
        chances[k] /= total


@numba.njit
def fit_senses(features, senses, counts, priors, weights, penalty, rate, epochs):
    """Fit ``weights`` by FTRL-proximal with L1 and L2 penalties."""
    chances = np.empty(len(priors))
    sums, squares = np.zeros(weights.shape), np.zeros(weights.shape)
    for _ in range(epochs):
        for t in range(len(senses)):
            own = features.values[features.starts[t] : features.starts[t + 1]]
            _tell_chances(own, priors, weights, chances)
            for k in range(len(priors)):
                slope = counts[t] * (chances[k] - (k == senses[t]))
                for c in own:
                    if c < 0:
                        continue
                    root = np.sqrt(squares[c, k])
                    squares[c, k] += slope * slope
                    new = np.sqrt(squares[c, k])
                    sums[c, k] += slope - (new - root) / rate * weights[c, k]
                    over = max(abs(sums[c, k]) - penalty, 0.0)
                    weights[c, k] = -np.sign(sums[c, k]) * over / ((1.0 + new) / rate + 1.0)


@numba.njit
def measure_senses(features, senses, counts, priors, weights, gains):
    """Add up what the log-probability would lose without each weight; return the gain of all."""
    chances = np.empty(len(priors))
    total = 0.0
    for t in range(len(senses)):
        own = features.values[features.starts[t] : features.starts[t + 1]]
        _tell_chances(own, priors, weights, chances)
        total += counts[t] * (np.log(chances[senses[t]]) - priors[senses[t]])
        for k in range(len(priors)):
            for c in own:
                if c >= 0 and weights[c, k] != 0.0:
                    weight, chance = weights[c, k], chances[k]
                    without = np.log(1.0 - chance + chance * np.exp(-weight))
                    gains[c, k] += counts[t] * (weight * (k == senses[t]) + without)
    return total


class Bigrams(NamedTuple):
    """The pairs of neighbouring words by one of the two: the other words and the counts."""

    others: Ragged
    counts: Longs


@numba.njit
def _entropy(count):
    """Return n log n."""
    return count * np.log(count) if count > 0 else 0.0


@numba.njit
def _sum_classes(word, bigrams, classes, sums, found):
    """Count the classes beside a word, without the word itself; return how many and its own."""
    size, own = 0, 0
    others = bigrams.others
    for i in range(others.starts[word], others.starts[word + 1]):
        other = others.values[i]
        if other == word:
            own = bigrams.counts[i]
            continue
        beside = classes[other]
        if sums[beside] == 0:
            found[size] = beside
            size += 1
        sums[beside] += bigrams.counts[i]
    return size, own


@numba.njit
def _gain(target, after, followers, before, leaders, own, between):
    """Return what n log n of the pairs of classes gains if a word joins a class."""
    gain = 0.0
    for other in followers:
        if other != target:
            count = between[target, other]
            gain += _entropy(count + after[other]) - _entropy(count)
    for other in leaders:
        if other != target:
            count = between[other, target]
            gain += _entropy(count + before[other]) - _entropy(count)
    count = between[target, target]
    return gain + _entropy(count + after[target] + before[target] + own) - _entropy(count)


@numba.njit
def exchange_classes(words, classes, first, following, leading, totals, between, sums):
    """Move each word to the class with the likeliest bigrams of classes; return how many moved.

    ``totals`` are the counts of the words as first and as second of a pair, ``sums`` those of the
    classes, and ``between`` those of pairs of classes.  Classes before ``first`` stay as they are.
    """
    size = len(between)
    after, before = np.zeros(size, np.int64), np.zeros(size, np.int64)
    followers, leaders = np.zeros(size, np.int64), np.zeros(size, np.int64)
    moved = 0
    for word in words:
        ends, own = _sum_classes(word, following, classes, after, followers)
        starts, _ = _sum_classes(word, leading, classes, before, leaders)
        best, chosen = -np.inf, classes[word]
        for step in (-1, 1):  # out of its class, then into the best
            if step == 1:
                for target in range(first, size):
                    gain = _gain(
                        target, after, followers[:ends], before, leaders[:starts], own, between
                    )
                    for side in range(2):
                        count = sums[side, target]
                        gain -= _entropy(count + totals[side, word]) - _entropy(count)
                    if gain > best:
                        best, chosen = gain, target
                moved += chosen != classes[word]
                classes[word] = chosen
            for other in followers[:ends]:
                between[chosen, other] += step * after[other]
            for other in leaders[:starts]:
                between[other, chosen] += step * before[other]
            between[chosen, chosen] += step * own
            sums[0, chosen] += step * totals[0, word]
            sums[1, chosen] += step * totals[1, word]
        after[followers[:ends]] = 0
        before[leaders[:starts]] = 0
    return moved
