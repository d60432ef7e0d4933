"""``python -m training.phrases.tune``: find the weights of the features with the best BLEU.

Minimum error rate training (Och 2003): translate a development set, collect the best candidates
of each sentence, find weights that choose the best of them by corpus BLEU, and repeat.  The BLEU
of several sets is averaged.  The weights are searched one by one, from several starting points.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from corpus_norm.translation.engines.phrases import BATCH_SENTENCES, STACK, Translator
from corpus_norm.translation.engines.phrases.english import (
    END,
    LanguageModel,
    Vocabulary,
    WordClasses,
    join_english,
)
from corpus_norm.translation.engines.phrases.search import (
    DISCONTINUOUS,
    MONOTONE,
    MOST_TOKENS,
    SWAP,
    Orderer,
    find_ways,
)
from corpus_norm.translation.engines.phrases.tables import Senses, Swaps
from corpus_norm.translation.engines.phrases.tokens import Segmenter
from training.phrases.build import (
    CLASSES,
    COSTS,
    DENIAL,
    LIMITS,
    SENSES,
    Built,
    Weights,
    build,
)
from training.settings import TUNED_LINES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from corpus_norm.translation.engines.phrases.search import Found
    from corpus_norm.translation.engines.phrases.tables import Matches, PhraseTable
    from corpus_norm.translation.engines.phrases.tokens import Tokens

    Floats = NDArray[np.float64]
    Statistics = NDArray[np.float64]
    Reference = tuple[list[Counter[tuple[str, ...]]], int]
    Candidate = tuple[Floats, list[int]]

_ORDERS = 4  # the longest n-grams of BLEU
_CANDIDATES = 100
_STACK = 32
_STARTS = 6
_LANGUAGE = [field.name for field in fields(Weights)].index("language")
_STEP = 0.7  # share of the way to the new weights
_QUARTER, _LEAST_GAIN = 0.25, 0.02


class Bleu:
    """Corpus BLEU (Papineni et al. 2002) from sums over sentences; tokens are those of 13a."""

    def __init__(self) -> None:
        from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

        self._tokenizer = Tokenizer13a()

    def count(self, text: str) -> Reference:
        """Count the n-grams of a text by length, and its tokens."""
        tokens = self._tokenizer(text).split()
        grams = [
            Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))
            for n in range(1, _ORDERS + 1)
        ]
        return grams, len(tokens)

    def compare(
        self, text: str, reference: tuple[list[Counter[tuple[str, ...]]], int]
    ) -> list[int]:
        """Return matches and totals by n-gram length, then the lengths of both texts."""
        grams, length = self.count(text)
        found = [
            (sum((mine & theirs).values()), max(length - n, 0))
            for n, (mine, theirs) in enumerate(zip(grams, reference[0], strict=True))
        ]
        return [value for pair in found for value in pair] + [length, reference[1]]

    @classmethod
    def average(cls, rows: Statistics, sets: NDArray[np.int64]) -> float:
        """Return the mean of the BLEU of several sets, from the statistics of their sentences."""
        return float(np.mean([cls.score(rows[sets == n].sum(axis=0)) for n in np.unique(sets)]))

    @staticmethod
    def score(total: Statistics) -> float:
        """Return the BLEU, in percent, of summed statistics."""
        matches, totals = total[0 : 2 * _ORDERS : 2], total[1 : 2 * _ORDERS : 2]
        precision = np.log((matches + 0.01) / (totals + 0.01)).mean()
        return float(100 * np.exp(precision + min(0.0, 1.0 - total[-1] / max(total[-2], 1.0))))


def measure_features(
    built: Built,
    features: NDArray[np.generic],
    matches: Matches,
    found: Found,
    odds: NDArray[np.float32] | None,
) -> Floats:
    """Return the features of a translation in the order of :class:`Weights`; language is 0.

    ``odds`` are those of :meth:`Swaps.weigh`.
    """
    rows = np.array(found.rows)
    known = matches.pairs[rows] >= 0
    table_rows = matches.pairs[rows[known]]
    of_pairs = features[built.rows[table_rows]].sum(axis=0)
    classes = np.zeros(len(rows), np.int64)
    classes[known] = built.model.table.classes[table_rows]
    starts, ends = matches.starts[rows], matches.ends[rows]
    last_starts, last_ends = np.append(-1, starts[:-1]), np.append(0, ends[:-1])
    masks = (1 << ends.astype(np.uint64)) - (1 << starts.astype(np.uint64))
    covered = np.append(np.uint64(0), np.bitwise_or.accumulate(masks)[:-1])
    ways = find_ways(covered, last_starts, last_ends, starts, ends)
    distance = -float(np.abs(starts - last_ends)[ways == DISCONTINUOUS].sum())
    before = float(built.orientations[classes, ways].sum())
    after = float(built.orientations[classes[:-1], 3 + ways[1:]].sum())
    swaps = 0.0
    if odds is not None:
        own = odds[matches.sentences[rows]]
        at = np.arange(len(rows))
        swaps -= float(np.logaddexp(0, own[at, starts])[ways == MONOTONE].sum())
        swaps -= float(np.logaddexp(0, -own[at, ends])[ways == SWAP].sum())
    counts = (len(rows), int(matches.sizes[rows].sum()), -int((~known).sum()))
    return np.array([*of_pairs, *counts, 0.0, distance, before, after, swaps], np.float64)


def score_language(model: LanguageModel, sentences: Sequence[Sequence[int]]) -> Floats:
    """Return the log-probability of each sentence of word ids, its end included."""
    lengths = np.array([len(sentence) + 1 for sentence in sentences])
    ids = np.full((len(sentences), lengths.max()), END, np.uint64)
    for row, sentence in enumerate(sentences):
        ids[row, : len(sentence)] = sentence
    totals = np.zeros(len(sentences))
    context = model.start(len(sentences))
    for place in range(ids.shape[1]):
        logs, context = model.follow(context, ids[:, place])
        totals += np.where(place < lengths, logs, 0.0)
    return totals


@dataclass(frozen=True, slots=True)
class Development:
    """Development sets: phrase pairs, tokenised sentences, their references, and their sets."""

    pairs: dict[str, NDArray[np.generic]]
    translator: Translator
    pieces: list[Tokens]
    references: list[Reference]
    sets: NDArray[np.int64]
    bleu: Bleu

    @classmethod
    def read(
        cls,
        pairs: dict[str, NDArray[np.generic]],
        translator: Translator,
        sentences: Iterable[tuple[str, str, int]],
    ) -> Self:
        """Read sentences, their English and the number of their set; leave out long ones."""
        bleu = Bleu()
        rows = list(sentences)
        pieces = translator.order([translator.tokenize(source) for source, _, _ in rows])
        items = [
            (piece, bleu.count(english), number)
            for piece, (_, english, number) in zip(pieces, rows, strict=True)
        ]
        items = [item for item in items if 0 < len(item[0].forms) <= MOST_TOKENS]
        items.sort(key=lambda item: len(item[0].forms))
        read, references, sets = zip(*items, strict=True)
        return cls(pairs, translator, list(read), list(references), np.array(sets), bleu)

    def translate(self, weights: Weights) -> list[list[Candidate]]:
        """Return the candidates of each sentence, best first."""
        built = self._build(weights)
        found: list[list[Candidate]] = []
        for start in range(0, len(self.pieces), BATCH_SENTENCES):
            found += self._find(built, start)
        return found

    def measure(self, weights: Weights) -> float:
        """Return the BLEU of the translations that the library would write."""
        built = self._build(weights)
        translator = replace(self.translator, model=built.model)
        rows = []
        for start in range(0, len(self.pieces), BATCH_SENTENCES):
            batch = self.pieces[start : start + BATCH_SENTENCES]
            matches, found, _ = translator.search(batch, STACK)
            texts = (
                join_english(translator.spell(piece, matches, best[0]), capital=True)
                for piece, best in zip(batch, found, strict=True)
            )
            rows += map(self.bleu.compare, texts, self.references[start:])
        return Bleu.average(np.array(rows, np.float64), self.sets)

    def _build(self, weights: Weights) -> Built:
        model = self.translator.model
        limit = model.ordering.limit
        return build(self.pairs, model.language_model, weights, limit, model.swaps)

    def _find(self, built: Built, start: int) -> list[list[Candidate]]:
        batch = self.pieces[start : start + BATCH_SENTENCES]
        translator = replace(self.translator, model=built.model)
        matches, found, odds = translator.search(batch, _STACK, _CANDIDATES)
        sentences = [
            [
                word
                for row in each.rows
                for word in matches.words[row, : matches.sizes[row]].tolist()
            ]
            for best in found
            for each in best
        ]
        language = iter(score_language(built.model.language_model, sentences).tolist())
        candidates: list[list[Candidate]] = []
        for at, (piece, best) in enumerate(zip(batch, found, strict=True), start=start):
            candidates.append([])
            for each in best:
                measured = measure_features(built, self.pairs["features"], matches, each, odds)
                measured[_LANGUAGE] = next(language)
                text = join_english(self.translator.spell(piece, matches, each), capital=True)
                candidates[-1].append((measured, self.bleu.compare(text, self.references[at])))
        return candidates


def tune(development: Development, weights: Weights, rounds: int) -> Weights:
    """Find weights that do well on a development set."""
    pools: list[dict[bytes, Candidate]] = [{} for _ in development.pieces]
    best = (-1.0, weights)
    random = np.random.default_rng(1)
    for number in range(rounds + 1):
        candidates = development.translate(weights)
        for pool, mine in zip(pools, candidates, strict=True):
            pool |= {features.round(2).tobytes(): (features, each) for features, each in mine}
        first = np.array([mine[0][1] for mine in candidates], np.float64)
        reached = Bleu.average(first, development.sets)
        print(f"round {number}: BLEU {reached:.2f}", flush=True)
        best = max(best, (reached, weights), key=lambda pair: pair[0])
        if number < rounds:
            weights = _improve(pools, development.sets, weights, random)
    return best[1]


def polish(development: Development, weights: Weights, passes: int) -> Weights:
    """Change one weight after the other by a quarter, wherever that improves the translations.

    The candidates of :func:`tune` come from a wider search than that of the library.
    """
    reached = development.measure(weights) if passes else 0.0
    for name in passes * [field.name for field in fields(Weights) if field.name != "language"]:
        for factor in (1 + _QUARTER, 1 - _QUARTER):
            tried = replace(weights, **{name: getattr(weights, name) * factor})
            result = development.measure(tried)
            if result > reached + _LEAST_GAIN:
                weights, reached = tried, result
                print(f"{name} * {factor}: BLEU {reached:.2f}", flush=True)
                break
    return weights


def _improve(
    pools: Sequence[dict[bytes, Candidate]],
    sets: NDArray[np.int64],
    weights: Weights,
    random: np.random.Generator,
) -> Weights:
    """Find weights that choose the best of the pooled candidates."""
    old = np.array(list(asdict(weights).values()))
    widest = max(map(len, pools))
    features = np.zeros((len(pools), widest, len(old)))
    statistics = np.zeros((len(pools), widest, 2 * _ORDERS + 2))
    missing = np.ones((len(pools), widest), bool)
    for at, pool in enumerate(pools):
        for place, (values, counts) in enumerate(pool.values()):
            features[at, place], statistics[at, place] = values, counts
            missing[at, place] = False

    def score(candidate: Floats) -> float:
        totals = features @ candidate
        totals[missing] = -np.inf
        chosen = totals.argmax(axis=1)
        return Bleu.average(statistics[np.arange(len(pools)), chosen], sets)

    best = (score(old), old)
    for start in range(_STARTS):
        noise = random.normal(0, 0.4, len(old)), random.normal(0, 0.03, len(old))
        now = old * np.exp(noise[0]) + noise[1] if start else old
        best = max(best, _climb(score, now, random), key=lambda pair: pair[0])
    new = old + _STEP * (best[1] - old)
    named = dict(
        zip(asdict(weights), (new * weights.language / new[_LANGUAGE]).tolist(), strict=True)
    )
    return Weights(**named)


def _climb(score, now, random):  # noqa: ANN001, ANN202
    """Change one weight at a time, in ever smaller steps, as long as the score rises."""
    reached, step = score(now), 0.3
    while step > 0.02:
        better = False
        for feature in random.permutation(len(now)):
            for sign in (1, -1):
                tried = now.copy()
                tried[feature] += sign * step * max(abs(tried[feature]), 0.1)
                result = score(tried)
                if result > reached + 1e-6:
                    now, reached, better = tried, result, True
                    break
        if not better:
            step /= 2
    return reached, now


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.phrases.tune", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder that extract filled")
    parser.add_argument("--language", required=True)
    parser.add_argument(
        "--source", type=Path, nargs="+", required=True, help="development sentences"
    )
    parser.add_argument("--reference", type=Path, nargs="+", required=True, help="their English")
    parser.add_argument("--lines", type=int, default=TUNED_LINES, help="lines of each file")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--passes", type=int, default=0, help="over single weights, at the end")
    options = parser.parse_args()
    development = []
    for number, paths in enumerate(zip(options.source, options.reference, strict=True)):
        lines = (path.read_text("utf-8").split("\n")[: options.lines] for path in paths)
        development += [(*pair, number) for pair in zip(*lines, strict=True)]
    path = options.work / f"{options.language}.weights.json"
    loaded = load(options.work, options.language)
    read = Development.read(*loaded, development)
    weights = tune(read, Weights.read(path), options.rounds)
    polish(read, weights, options.passes).write(path)


def load(work: Path, language: str) -> tuple[dict[str, NDArray[np.generic]], Translator]:
    """Load the phrase pairs of a work folder, and a translator with its current weights."""
    with np.load(work / "ngrams.npz") as arrays:
        language_model = LanguageModel.of_arrays(dict(arrays))
    path = work / "classes.npz"
    if path.exists():
        with np.load(path) as arrays:
            classes = WordClasses.of_arrays(dict(arrays), **CLASSES[language])
        language_model = replace(language_model, classes=classes)
    words = json.loads((work / "words.json").read_text("utf-8"))
    with np.load(work / f"{language}.phrases.npz") as arrays:
        pairs = dict(arrays)
    weights = Weights.read(work / f"{language}.weights.json")
    path = work / f"{language}.swaps.npz"
    swaps = None
    if path.exists():
        with np.load(path) as arrays:
            swaps = Swaps.read(dict(arrays), weights.swaps)
    built = build(pairs, language_model, weights, LIMITS[language], swaps)
    counts = choose_segments(work, language, built.model.table)
    segmenter = Segmenter.of_counts(counts) if counts else None
    ids = {word: n for n, word in enumerate(words)}
    translator = Translator(
        built.model,
        words,
        ids,
        segmenter,
        denial=DENIAL,
        costs=COSTS.get(language),
        vocabulary=Vocabulary.of_words(words),
    )
    path = work / f"{language}.order.npz"
    if path.exists():
        with np.load(path) as arrays:
            translator = replace(translator, orderer=Orderer(**arrays))
    path = work / f"{language}.senses.npz"
    if path.exists():
        with np.load(path) as arrays:
            senses = Senses.of_arrays(dict(arrays), SENSES[language])
        translator = replace(translator, model=replace(translator.model, senses=senses))
    return pairs, translator


def choose_segments(work: Path, language: str, table: PhraseTable) -> dict[str, int]:
    """Keep the words that the table knows; others are better cut into smaller ones."""
    path = work / f"{language}.words.json"
    counts: dict[str, int] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    known = table.knows(list(counts)).tolist()
    return {word: n for (word, n), there in zip(counts.items(), known, strict=True) if there}


if __name__ == "__main__":
    main()
