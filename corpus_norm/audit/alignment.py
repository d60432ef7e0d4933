"""Which English word answers which word of the source, and which words nothing answers.

A word of the source is answered by an English word that the lexicon has for it, by the same word
(a name, a loan), or, if it is Chinese, by words that answer its parts.  The strength of an answer
is 0 to 1; of several equal words the one nearest to the expected place is taken.  A word counts by
its rarity, so that "the" counts nothing, and words of amounts are left to the audit of amounts.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from corpus_norm.audit.lexicon import (
    Word,
    english_words,
    find_lexicon,
    plain,
)
from corpus_norm.audit.sounds import sounds_like, spell
from corpus_norm.languages import any_of, get_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from corpus_norm.audit.amounts import Amount
    from corpus_norm.audit.lexicon import Lexicon, Link, Word
    from corpus_norm.languages import Language

COMMON, RARE = 4.0, 11.0
"""Words of less than ``COMMON`` bits count nothing; those of ``RARE`` bits or more count fully."""
_SAME = 1.0
_COGNATE = 0.8
_PART, _SIGN = 0.8, 0.6
"""An answer to a part of a Chinese word counts this share, one to a single character that."""
_LONGEST_PART, _LONGEST_RUN = 4, 32
_PREFIX = 4
_GLUED = 7
"""Latin words of more letters may be two without a space."""
_ALIKE = 0.6
"""The share of the longer word that two words must have in common, from the beginning."""
_ENDING = 2
_WEAK = 0.5
"""Words with a weaker answer are looked up in other ways too."""
_MOST_HAN = 8
_FAR = 0.15
"""What the distance from the expected place costs an answer, at most."""
_SMOOTH, _TRUST = 0.1, 0.5
_MOSTLY = 0.85
"""The share of a word's places with a capital above which it is a name."""
_CONTRACTED = frozenset({"'s", "'re", "'d", "'m"})


@dataclass(slots=False)
class Alignment:
    """The words of both sides, what each counts, and how well each is answered.

    ``links`` holds, for each word of the source, the numbers of the English words that answer it
    best, the best first.  ``lifts`` says how many bits likelier a word is beside the other side
    than in any text, negative if it is less likely.  ``sounds_en`` says how much an English name
    that nothing answers sounds like any characters of the source, 0 to 1.
    """

    source: Sequence[Word]
    english: Sequence[Word]
    weights: list[float]
    weights_en: list[float]
    best: list[float]
    best_en: list[float]
    links: list[list[tuple[float, int]]]
    lifts: list[float]
    lifts_en: list[float]
    sounds_en: list[float]

    @cached_property
    def back(self) -> list[list[tuple[float, int]]]:
        """For each English word, the words of the source that it answers, the best first."""
        found: list[list[tuple[float, int]]] = [[] for _ in self.english]
        for i, links in enumerate(self.links):
            for strength, j in links:
                found[j].append((strength, i))
        for each in found:
            each.sort(key=lambda link: (-link[0], link[1]))
        return found


@dataclass(slots=False)
class _English:
    """The English words, indexed by stem and by spelling."""

    words: Sequence[Word]
    lexicon: Lexicon
    stems: list[int] = field(init=False)
    by_stem: dict[int, list[int]] = field(init=False)
    expected: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    """How often each stem should be there, by the chances that the words of the source give it."""

    def __post_init__(self) -> None:
        stem_of = self.lexicon.english.stem_of
        self.stems = [stem_of(word.form) for word in self.words]
        self.by_stem = defaultdict(list)
        for j, stem in enumerate(self.stems):
            if stem >= 0:
                self.by_stem[stem].append(j)

    @cached_property
    def by_plain(self) -> dict[str, list[int]]:
        """The places of each word, without accents."""
        found = defaultdict(list)
        for j, word in enumerate(self.words):
            found[plain(word.form)].append(j)
        return found

    @cached_property
    def by_prefix(self) -> dict[str, list[int]]:
        """The places of long words, by their first letters."""
        found = defaultdict(list)
        for j, word in enumerate(self.words):
            if len(word.form) > _PREFIX:
                found[plain(word.form)[:_PREFIX]].append(j)
        return found

    @cached_property
    def han(self) -> list[tuple[int, str]]:
        """The first words in Chinese characters, as in addresses, with their places."""
        simple = self.lexicon.simple
        places = (j for j, word in enumerate(self.words) if "\u3400" <= word.form[0] <= "\u9fff")
        return [(j, self.words[j].form.translate(simple)) for j in islice(places, _MOST_HAN)]

    @cached_property
    def by_sound(self) -> dict[str, list[int]]:
        """The places of capitalised words, by their consonants."""
        found = defaultdict(list)
        for j, word in enumerate(self.words):
            if word.capital and len(word.form) > 2:
                found[spell(plain(word.form))].append(j)
        return found


def align(source: str, english: str, language: Language, lexicon: Lexicon) -> Alignment:
    """Align the words of a sentence with those of its English.

    >>> from corpus_norm.audit.lexicon import find_lexicon
    >>> from corpus_norm.languages import get_language
    >>> text, english = "La banque centrale a relevé ses taux", "The central bank raised its rates"
    >>> found = align(text, english, get_language("fr"), find_lexicon("fr"))
    >>> [(w.form, found.english[links[0][1]].form) for w, links in zip(found.source, found.links)
    ...  if links and found.weights[found.source.index(w)] > 0.2]
    [('banque', 'bank'), ('centrale', 'central'), ('relevé', 'raised'), ('taux', 'rates')]
    """
    words, words_en = lexicon.words(source), english_words(english)
    there = _English(words_en, lexicon)
    scale = len(words_en) / max(1, len(words))
    said = [0.0] * len(words)
    links = [_answers(word, i, (i + 0.5) * scale, there, said) for i, word in enumerate(words)]
    if lexicon.costs:
        best = _answer_parts(words, links, there, scale)
    else:
        best = [each[0][0] if each else 0.0 for each in links]
    best_en = [0.0] * len(words_en)
    for each in links:
        for strength, j in each:
            best_en[j] = max(best_en[j], strength)
    _answer_repeated(words_en, there.by_stem, best_en)
    sounds = [0.0] * len(words_en)
    if lexicon.costs:
        _answer_names_within(there, words, best_en)
        _answer_relatives(there, words, links, best, best_en)
        _answer_initials(there, words, links, best, best_en)
        sounds = sounds_like(words, words_en, links, best, best_en, lexicon)
    counted, counted_en = _amount_words(language), _amount_words(None)
    rarity = [lexicon.rarity_of(lexicon.stem_of(word.form)) for word in words]
    rarity_en = [lexicon.english.rarity_of(stem) for stem in there.stems]
    expected = [there.expected.get(stem, 0.0) for stem in there.stems]
    weights = _weigh(words, rarity, counted)
    _lump_syllables(words, weights, best)
    return Alignment(
        words,
        words_en,
        weights,
        _weigh(words_en, rarity_en, counted_en),
        best,
        best_en,
        links,
        _lifts(said, best, rarity),
        _lifts(expected, best_en, rarity_en),
        sounds,
    )


def _lifts(
    expected: Sequence[float], strengths: Sequence[float], rarity: Sequence[float]
) -> list[float]:
    """Return how many bits likelier each word is than by its rarity.

    ``expected`` is how often the other side makes one expect it (Brown et al. 1993, model 1); the
    ``strengths`` of answers that no table has, such as names by their sound, may say more.
    """
    return [
        math.log2(
            _SMOOTH
            + (1.0 - _SMOOTH) * min(1.0, max(chance, _TRUST * strength * strength)) / 2.0**-bits
        )
        for chance, strength, bits in zip(expected, strengths, rarity, strict=True)
    ]


def _answer_repeated(
    words: Sequence[Word], by_stem: Mapping[int, Sequence[int]], best: list[float]
) -> None:
    """Let a name that the English says again be answered too: it may stand for a pronoun."""
    for places in by_stem.values():
        if len(places) > 1 and words[places[0]].capital:
            most = _PART * max(best[j] for j in places)
            for j in places:
                best[j] = max(best[j], most)


def _answer_relatives(
    there: _English,
    words: Sequence[Word],
    links: list[list[tuple[float, int]]],
    best: list[float],
    best_en: list[float],
) -> None:
    """Let a name be answered by what answers a relative: 巴西 by Brazilian, Russia by Russian."""
    relatives, lexicon = there.lexicon.english.relatives, there.lexicon
    for j, (word, stem) in enumerate(zip(there.words, there.stems, strict=True)):
        if not word.capital or best_en[j] >= _WEAK or stem not in relatives:
            continue
        alike = relatives[stem]
        for other in alike.intersection(there.by_stem):
            said = max(best_en[k] for k in there.by_stem[other])
            best_en[j] = max(best_en[j], _COGNATE * said)
        for i, each in enumerate(words):
            for link in lexicon.links(lexicon.stem_of(each.form)):
                strength = _COGNATE * link.strength
                if link.target in alike and strength > max(_WEAK, best_en[j]):
                    best_en[j], best[i] = strength, max(best[i], strength)
                    links[i] = sorted([*links[i], (strength, j)], key=lambda x: (-x[0], x[1]))


def _answer_names_within(there: _English, words: Sequence[Word], best_en: list[float]) -> None:
    """Let a name be answered by what is within a longer word: Mongolia by 内蒙古自治区."""
    capitals = there.lexicon.english.capitals
    names = {
        stem: j
        for j, (word, stem) in enumerate(zip(there.words, there.stems, strict=True))
        if word.capital and stem >= 0 and best_en[j] < _WEAK and capitals[stem] >= _MOSTLY
    }
    if not names:
        return
    for part in {
        word.form[start:end]
        for word in words
        if word.han and len(word.form) > 2
        for start in range(len(word.form) - 1)
        for end in range(start + 2, len(word.form) + 1)
        if end - start < len(word.form)
    }:
        for link in there.lexicon.links(there.lexicon.stem_of(part)):
            if link.target in names:
                j = names[link.target]
                best_en[j] = max(best_en[j], _PART * link.strength)


def _answer_initials(
    there: _English,
    words: Sequence[Word],
    links: list[list[tuple[float, int]]],
    best: list[float],
    best_en: list[float],
) -> None:
    """Let a name be answered by its first character, if that stands alone: 巴 for 巴西, Brazil."""
    alone = {
        word.form: i
        for i, word in enumerate(words)
        if len(word.form) == 1
        and _is_open_sign(i, words, best)
        and not any(_is_open_sign(k, words, best) for k in (i - 1, i + 1))
    }
    if not alone:
        return
    capitals = there.lexicon.english.capitals
    for j, (word, stem) in enumerate(zip(there.words, there.stems, strict=True)):
        if not word.capital or best_en[j] >= _WEAK or stem < 0 or capitals[stem] < _MOSTLY:
            continue
        for sign in alone.keys() & there.lexicon.initials(stem):
            i = alone[sign]
            best_en[j] = best[i] = _SIGN
            links[i] = sorted([*links[i], (_SIGN, j)], key=lambda x: (-x[0], x[1]))


def _is_open_sign(i: int, words: Sequence[Word], best: Sequence[float]) -> bool:
    return 0 <= i < len(words) and words[i].han and len(words[i].form) == 1 and best[i] < _WEAK


def _lump_syllables(words: Sequence[Word], weights: list[float], best: Sequence[float]) -> None:
    """Let single Chinese characters in a row that nothing answers, a spelt name, count as one."""
    first = 0
    for i in range(len(words) + 1):
        if i < len(words) and words[i].han and len(words[i].form) == 1 and best[i] < _WEAK:
            continue
        if i - first > 1:
            weights[first:i] = [w / (i - first) for w in weights[first:i]]
        first = i + 1


def _weigh(words: Sequence[Word], rarity: Sequence[float], counted: frozenset[str]) -> list[float]:
    """Return what each word counts, 0 to 1."""
    return [
        0.0
        if bits <= COMMON
        or word[0] in counted
        or word[0] in _CONTRACTED
        or (len(word[0]) < 2 and not word.han)
        else min(1.0, (bits - COMMON) / (RARE - COMMON))
        for word, bits in zip(words, rarity, strict=True)
    ]


@lru_cache(maxsize=16)
def _amount_words(language: Language | None) -> frozenset[str]:
    """Return the words that the audit of amounts compares."""
    from corpus_norm.languages import get_language

    style = (language or get_language("en")).numbers
    tables: Iterable[Iterable[str]] = (style.words, style.scales, style.months, style.weekdays)
    return frozenset(word for table in tables for word in table)


def _answers(
    word: Word, number: int, place: float, there: _English, said: list[float]
) -> list[tuple[float, int]]:
    """Return the English words that answer a word, the best first; count its chances."""
    found: dict[int, float] = {}
    hits = _hits(word.form, there)
    _look_up(hits, place, len(there.words), found, 1.0)
    for link, _ in hits:
        there.expected[link.target] += link.chance
        said[number] += link.back
    if not word.han:
        _copy(word, place, there, found)
    else:
        found.update((j, _SAME) for j, form in there.han if word.form in form)
    return sorted(((s, j) for j, s in found.items()), key=lambda link: (-link[0], link[1]))


def _hits(form: str, there: _English) -> list[tuple[Link, list[int]]]:
    """Return the answers of the lexicon to a form that are in the English, with their places."""
    stem = there.lexicon.stems.get(form)
    if stem is None:
        return []
    by_stem = there.by_stem
    return [(link, by_stem[link[0]]) for link in there.lexicon.links(stem) if link[0] in by_stem]


def _look_up(
    hits: Sequence[tuple[Link, list[int]]],
    place: float,
    size: int,
    found: dict[int, float],
    share: float,
) -> float:
    """Add the nearest English word of each answer; return the strength of the best."""
    most = 0.0
    for link, places in hits:
        j = places[0] if len(places) == 1 else _nearest(places, place)
        worth = share * link.strength * (1.0 - _FAR * abs(j - place) / size)
        if worth > found.get(j, 0.05):
            found[j] = worth
        most = max(most, worth)
    return most


def _nearest(places: list[int], place: float) -> int:
    at = bisect_left(places, place)
    near = places[max(0, at - 1) : at + 1]
    return min(near, key=lambda j: (abs(j - place), j))


def _copy(word: Word, place: float, there: _English, found: dict[int, float]) -> None:
    """Add the English words that are the same, alike, or the same name in another spelling."""
    form = plain(word.form)
    if len(form) < 2:
        return
    if places := there.by_plain.get(form):
        j = _nearest(places, place)
        found[j] = max(found.get(j, 0.0), _SAME if word.capital or len(form) > 3 else 0.3)
        return
    if len(form) > _PREFIX:
        for j in there.by_prefix.get(form[:_PREFIX], ())[:8]:
            if _is_cognate(form, plain(there.words[j].form)):
                found[j] = max(found.get(j, 0.0), _COGNATE)
    if len(form) > _GLUED and not found and there.lexicon.costs:
        _copy_parts(form, there, found)
    if len(form) > 2 and max(found.values(), default=0.0) < _WEAK:
        sound = spell(form)
        least = 2 if word.capital else 3  # bruxellois: Brussels
        for j in there.by_sound.get(sound, ())[:8]:
            if len(sound) > least or (word.capital and there.words[j].form[0] == form[0]):
                found[j] = max(found.get(j, 0.0), _COGNATE)


def _copy_parts(form: str, there: _English, found: dict[int, float]) -> None:
    """Add the words that were glued together in a Chinese text: MarvinGatpayat."""
    for part, places in there.by_plain.items():
        is_end = form.startswith(part) or form.endswith(part)
        if is_end and len(part) >= _PREFIX and there.words[places[0]].capital:
            found[places[0]] = _COGNATE


def _is_cognate(one: str, other: str) -> bool:
    """Return whether two words share enough first letters to be one word."""
    longest = max(len(one), len(other))
    same = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        same += 1
    return (same > _PREFIX and same >= _ALIKE * longest) or (
        same >= _PREFIX and longest - same <= _ENDING
    )


def _answer_parts(
    words: Sequence[Word], links: list[list[tuple[float, int]]], there: _English, scale: float
) -> list[float]:
    """Look up other parts of the Chinese words that nothing answers; return how well each is now.

    A run of such words is cut into the parts whose answers cover most of it.
    """
    best = [each[0][0] if each else 0.0 for each in links]
    first = 0
    for i in range(len(words) + 1):
        is_open = i < len(words) and words[i].han and best[i] < _WEAK
        adjacent = i == first or (i < len(words) and words[i - 1].end == words[i].start)
        if is_open and adjacent and words[i].end - words[first].start <= _LONGEST_RUN:
            continue
        if i > first:
            _answer_run(range(first, i), words, links, best, there, scale)
        first = i if is_open else i + 1
    return best


def _answer_run(  # noqa: PLR0913, PLR0917 -- what a run is found in
    run: range,
    words: Sequence[Word],
    links: list[list[tuple[float, int]]],
    best: list[float],
    there: _English,
    scale: float,
) -> None:
    owners = [i for i in run for _ in words[i].form]
    text = "".join(words[i].form for i in run)
    values, cuts = [0.0], [(0, 0.0, dict[int, float]())]
    for end in range(1, len(text) + 1):
        top, cut = values[end - 1], (end - 1, 0.0, dict[int, float]())
        for start in range(max(0, end - _LONGEST_PART), end):
            hits = _hits(text[start:end], there)
            if not hits:
                continue
            found: dict[int, float] = {}
            share = _PART if end - start > 1 else _SIGN
            place = (owners[start] + 0.5) * scale
            strength = _look_up(hits, place, len(there.words), found, share)
            if strength and values[start] + strength * (end - start) > top:
                top, cut = values[start] + strength * (end - start), (start, strength, found)
        values.append(top)
        cuts.append(cut)
    end, gained = len(text), dict.fromkeys(run, 0.0)
    while end:
        start, strength, found = cuts[end]
        for i in owners[start:end]:
            gained[i] += strength / len(words[i].form)
        links[owners[start]] += [(s, j) for j, s in found.items()]
        end = start
    for i, gain in gained.items():
        best[i] = max(best[i], gain)
        links[i].sort(key=lambda link: (-link[0], link[1]))


_SAYS = 0.15
"""Words that count less than this (articles, prepositions) are not shown."""
_MATTERS = 0.4
"""A word that counts less than this may stay without an answer."""
_HARDLY, _GOOD = 0.25, 0.3
_MOST = 3


@dataclass(frozen=True, slots=True)
class AnsweredWord:
    """A word, its span in code points, and the words of the other side that answer it."""

    start: int
    end: int
    answers: tuple[str, ...]
    is_unanswered: bool = False


def answers(
    source: str, english: str, language: str
) -> tuple[tuple[AnsweredWord, ...], tuple[AnsweredWord, ...]] | None:
    """Return the words of a sentence and of its English; None if its language has no lexicon.

    Words that say little are left out, but for those that a word of weight answers.

    >>> words, words_en = answers("Le musée rouvre.", "The museum reopens after repairs.", "fr")
    >>> [word.answers for word in words]
    [('museum',), ('reopens',)]
    >>> [word.start for word in words_en if word.is_unanswered]
    [25]
    """
    lexicon = find_lexicon(language)
    if lexicon is None:
        return None
    found = align(source, english, get_language(language), lexicon)
    return (
        _side(found.source, found.weights, found.links, found.english, english),
        _side(found.english, found.weights_en, found.back, found.source, source),
    )


def _side(
    words: Sequence[Word],
    weights: Sequence[float],
    links: Sequence[Sequence[tuple[float, int]]],
    others: Sequence[Word],
    text: str,
) -> tuple[AnsweredWord, ...]:
    shown = []
    for word, weight, each in zip(words, weights, links, strict=True):
        best = each[0][0] if each else 0.0
        good = [i for strength, i in each if strength >= max(_GOOD, 0.8 * best)][:_MOST]
        names = tuple(text[others[i].start : others[i].end] for i in sorted(good))
        unanswered = best < _HARDLY and weight >= _MATTERS
        if unanswered or (weight >= _SAYS and names):
            shown.append(AnsweredWord(word.start, word.end, names, unanswered))
    return tuple(shown)


_ANSWERED, _ABOUT = 0.45, 9
"""So strong an answer, or one of so many words about the expected place, says a comparison."""


def lost_comparison(found: Alignment, language: Language) -> float:
    """Return 1 if the source says that something exceeds another and no word near does in English.

    >>> from corpus_norm.audit.lexicon import find_lexicon
    >>> from corpus_norm.languages import get_language
    >>> text = "Ces dépenses dépassent largement celles des concurrents."
    >>> said = ("They are largely those of competitors.", "They far exceed those of competitors.")
    >>> french, lexicon = get_language("fr"), find_lexicon("fr")
    >>> [lost_comparison(align(text, each, french, lexicon), french) for each in said]
    [1.0, 0.0]
    """
    if not language.movements.compares:
        return 0.0
    compares, compares_en = map(_compile_comparisons, (language, get_language("en")))
    if not compares.search(" ".join(word.form for word in found.source)):
        return 0.0
    words, scale = found.source, len(found.english) / max(1, len(found.source))
    for i, (word, best) in enumerate(zip(words, found.best, strict=True)):
        two = " ".join(each.form for each in words[i : i + 2])
        if not (compares.fullmatch(word.form) or compares.fullmatch(two)):
            continue
        at = int(i * scale)
        first, answers = max(0, at - _ABOUT), found.links[i]
        if best >= _ANSWERED and answers and abs(answers[0][1] - at) <= _ABOUT:
            continue
        near = found.english[first : at + _ABOUT + 1]
        if not any(compares_en.fullmatch(each.form) for each in near):
            return 1.0
    return 0.0


@lru_cache(maxsize=16)
def _compile_comparisons(language: Language) -> re.Pattern[str]:
    return re.compile(any_of(language.movements.compares))


def leave_out(
    words: Sequence[Word], weights: list[float], amounts: Sequence[Amount | None]
) -> None:
    """Let the words within amounts count nothing."""
    spans = sorted((each.start, each.end) for each in amounts if each)
    at = 0
    for i, word in enumerate(words):
        while at < len(spans) and spans[at][1] <= word.start:
            at += 1
        if at < len(spans) and spans[at][0] <= word.start:
            weights[i] = 0.0
