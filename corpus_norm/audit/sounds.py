"""Names by their sound: Latin spellings of one name, and the Chinese characters that spell it.

English names that nothing in a Chinese sentence answers are weighed by what stands about them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from corpus_norm.audit.lexicon import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from corpus_norm.audit.alignment import Alignment
    from corpus_norm.audit.lexicon import Lexicon, Word

    Tree = float | tuple[int, float, "Tree", "Tree"]

# Consonants of Latin spellings, those of more letters first.
_LATIN = (
    ("sch", "s"), ("tch", "s"), ("tsch", "s"), ("chr", "kr"), ("sh", "s"), ("ch", "s"), ("ph", "f"),
    ("th", "t"), ("kh", "k"), ("gh", "k"), ("ck", "k"), ("qu", "k"), ("dj", "s"), ("zh", "s"),
    ("tz", "s"), ("ts", "s"), ("ng", "n"), ("x", "s"), ("ks", "s"), ("ce", "s"), ("ci", "s"),
    ("cy", "s"), ("c", "k"), ("q", "k"), ("z", "s"), ("j", "s"), ("w", "f"), ("v", "f"),
)  # fmt: skip
_LEAST = 0.62
"""The least likeness of a name and the sound of Chinese characters."""
_SURE_BITS = 8.0
"""Characters and a name that are so many bits likelier together than by chance surely are one; of
so many bits less they surely are not."""
_NAMED = 0.5
"""A known word of several characters spells no name if a smaller share of its answers are names,
and nor is an English word spelt that has a capital less often."""
_LONGEST_GROUP = 4
"""The most letters that a character stands for."""
_EXTRA, _HOPELESS = 2.0, -20.0
"""What a letter that no character stands for costs, and the bits below which a search ends."""
_SAME_SOUND, _NEAR_SOUND = 0.75, 0.65
"""The likeness of a name and unknown characters of the same consonants, or of all but one."""
_LEAST_SOUNDS, _MANY_SOUNDS = 2, 4
_SHORT = 2
_WEAK = 0.5
_MOST_NAMES, _MOST_PLACES = 40, 200
"""The most names to look for, and the most characters to search."""


@lru_cache(maxsize=16384)
def spell(word: str) -> str:
    """Return the consonants of a name, its spelling aside.

    >>> spell("poutine") == spell("putin"), spell("gorbatchev") == spell("gorbachev")
    (True, True)
    """
    for letters, sound in _LATIN:
        word = word.replace(letters, sound)
    word = re.sub(r"[aeiouyh]", "", word[:1].replace("h", "H") + word[1:]).lower()
    return "".join(b for a, b in pairwise(" " + word) if a != b)


@lru_cache(maxsize=16384)
def _spell_pinyin(syllable: str) -> str:
    """Return the consonants of a syllable of pinyin, as ``_hear`` does those of a name."""
    return _hear(re.sub("^(?:[zcs]h?|[jqx])", "s", syllable))


@lru_cache(maxsize=16384)
def _hear(word: str) -> str:
    """Return the consonants of a name as Chinese tells them apart: r and l, b and p are one.

    >>> _hear("kronstadt"), "".join(map(_spell_pinyin, "ka lang shi ta de".split()))
    ('klnst', 'klnstt')
    """
    return _squeeze(spell(word).lower().translate(_SAME_IN_CHINESE))


def _squeeze(sounds: str) -> str:
    return "".join(b for a, b in pairwise(" " + sounds) if a != b)


_SAME_IN_CHINESE = str.maketrans("rbdg", "lptk", "h")


@dataclass(frozen=True, slots=True)
class _Heard:
    """Chinese characters: their word's number, whether it may spell a name, their readings."""

    signs: str
    words: Sequence[int]
    is_open: Sequence[bool]
    syllables: Sequence[tuple[str, ...]]


def sounds_like(  # noqa: PLR0913, PLR0917 -- the two sides, and what answers them
    words: Sequence[Word],
    words_en: Sequence[Word],
    links: list[list[tuple[float, int]]],
    best: list[float],
    best_en: list[float],
    lexicon: Lexicon,
) -> list[float]:
    """Link capitalised English words that nothing answers to Chinese characters of their sound.

    Return how much each English word sounds like the characters most like it.
    """
    likenesses = [0.0] * len(words_en)
    if not any(word.han for word in words):
        return likenesses
    names = [
        j
        for j, word in enumerate(words_en)
        if best_en[j] < _WEAK and word.capital and len(word.form) > 1
        if lexicon.english.capital_share(word.form) >= _NAMED
    ]
    if not names:
        return likenesses
    places = [(i, sign) for i, word in enumerate(words) if word.han for sign in word.form]
    places = places[:_MOST_PLACES]
    numbers = [i for i, _ in places]
    is_open = {i: best[i] < _WEAK and not _is_common(words[i].form, lexicon) for i in set(numbers)}
    heard = _Heard(
        "".join(sign for _, sign in places),
        numbers,
        [is_open[i] for i in numbers],
        [lexicon.readings.get(sign, ()) for _, sign in places],
    )
    for j in names[:_MOST_NAMES]:
        likeness, span = _match_sound(words_en[j].form, heard, lexicon.sounds)
        likenesses[j] = likeness
        if likeness >= _LEAST:
            best_en[j] = max(best_en[j], likeness)
            for i in dict.fromkeys(heard.words[span]):
                best[i] = max(best[i], likeness)
                links[i] = sorted([*links[i], (likeness, j)], key=lambda x: (-x[0], x[1]))
    return likenesses


def _is_common(form: str, lexicon: Lexicon) -> bool:
    """Return whether characters are a known word and no name: 作为 spells nothing."""
    stem = lexicon.stem_of(form)
    return len(form) > 1 and bool(lexicon.links(stem)) and lexicon.nameness(stem) < _NAMED


def _match_sound(
    form: str, heard: _Heard, sounds: Mapping[str, Mapping[str, float]]
) -> tuple[float, slice]:
    """Return how well the characters that sound most like a name do, and which they are."""
    for at in range(len(heard.signs)):
        if spelled := _pinyin_length(form, at, heard.syllables):
            return 1.0, slice(at, at + spelled)
    word = plain(form)
    if len(word) <= _SHORT:
        return 0.0, slice(0)
    bits, span = name_bits(word, heard.signs, heard.is_open, sounds)
    likeness = min(1.0, max(0.0, 0.5 + 0.5 * bits / _SURE_BITS))
    if likeness >= _LEAST:
        return likeness, span
    return max((likeness, span), _by_ear(word, heard), key=lambda each: each[0])


def _by_ear(word: str, heard: _Heard) -> tuple[float, slice]:
    """Return how alike the consonants of a name and of characters in a row are that are open."""
    sounds = _hear(word)
    if len(sounds) < _LEAST_SOUNDS:
        return 0.0, slice(0)
    best = 0.0, slice(0)
    for first in range(len(heard.signs)):
        said = ""
        for end in range(first + 1, min(len(heard.signs), first + 2 + len(sounds)) + 1):
            if not (heard.is_open[end - 1] and heard.syllables[end - 1]):
                break
            said = _squeeze(said + _spell_pinyin(heard.syllables[end - 1][0]))
            if len(said) > len(sounds) + 1:
                break
            if end - first < _SHORT:
                continue
            if said == sounds:
                best = max(best, (_SAME_SOUND, slice(first, end)), key=lambda each: each[0])
            elif len(sounds) >= _MANY_SOUNDS and _is_near(said, sounds):
                best = max(best, (_NEAR_SOUND, slice(first, end)), key=lambda each: each[0])
    return best


def _is_near(one: str, other: str) -> bool:
    """Return whether a letter less on one side makes two strings equal."""
    short, long = sorted((one, other), key=len)
    return len(long) == len(short) + 1 and any(
        long[:i] + long[i + 1 :] == short for i in range(1, len(long))
    )


def name_bits(
    word: str,
    signs: str,
    is_open: Sequence[bool],
    sounds: Mapping[str, Mapping[str, float]],
) -> tuple[float, slice]:
    """Return how many bits likelier a name is beside some characters, and the likeliest of these.

    Every character stands for one to four letters; ``sounds`` says how many bits likelier it and
    each group of letters are together than by their frequencies.  A name begins at a character
    that is ``is_open``.  The joint source-channel model of Li, Zhang and Su (2004).
    """
    size, top, span = len(word), _HOPELESS, slice(0)
    before: list[tuple[float, int]] = []
    for i, sign in enumerate(signs):
        groups = sounds.get(sign)
        here = [(_HOPELESS, i)] * (size + 1)
        if groups is None:
            before = here
            continue
        for j in range(size):
            bits, first = (0.0, i) if j == 0 else before[j] if before else (_HOPELESS, i)
            if bits <= _HOPELESS or not (j or is_open[i]):
                continue
            for end in range(j + 1, min(size, j + _LONGEST_GROUP) + 1):
                gain = groups.get(word[j:end])
                if gain is not None and bits + gain > here[end][0]:
                    here[end] = (bits + gain, first)
        for j in range(1, size):
            if here[j][0] - _EXTRA > here[j + 1][0]:
                here[j + 1] = (here[j][0] - _EXTRA, here[j][1])
        if here[size][0] > top:
            top, span = here[size][0], slice(here[size][1], i + 1)
        before = here
    return top, span


def _pinyin_length(form: str, at: int, syllables: Sequence[tuple[str, ...]]) -> int:
    """Return how many characters a name spells in pinyin, 0 if it does not: guo, mingqi."""
    rest, count = form, 0
    while rest and at + count < len(syllables) and count < 3:
        found = next((s for s in syllables[at + count] if rest.startswith(s)), "")
        if not found:
            return 0
        rest, count = rest[len(found) :], count + 1
    return count if not rest else 0


REPLACED = Path(__file__).parent / "tables" / "replaced.json"
"""The trees that tell names in the place of another; ``training/audit/replaced.py`` makes them."""
NO_NAME = -8.0
"""The log-odds of a sentence all of whose names are answered."""
_NEIGHBOURS, _SEEN, _ABOUT = 2, 6, 4
"""So many words before and after a name, of those within a distance, say where the source may
speak of it: within so many words of their answers."""
_SAYS, _SURELY, _KNOWN = 0.05, 0.9, 0.7
_HALF_NAME = 0.4
"""How likely a Chinese word that is not known is a name."""
_LIKELY, _HALF_STRANGE = 0.6, 0.4
"""The share of a word's places with a capital above which it is a name, and what one beside a name
that is answered counts."""


class NameClues(NamedTuple):
    """What is known of words in a row with capitals of which nothing answers some.

    ``bits`` says how surely the surest of these should have an answer (-1: it is not known),
    ``answered`` and ``open`` count the words, ``upper`` is 1 for an acronym, ``said`` how often the
    English has the word, ``best`` and ``sound`` how well anything answers it, or sounds like it.
    ``alone`` is what the words of the source near its place count that nothing answers either, and
    ``name`` how surely one of them is a name.  ``covered`` is the share of the source that has an
    answer.  ``letters`` is the length of the word, ``rarity`` says how rare it is, and ``beside``
    is 1 if it is beside a name that is answered.  ``signs`` counts the Chinese characters in a row
    near its place that nothing answers and that may spell a name.
    """

    bits: float
    answered: int
    upper: int
    open: int
    said: int
    best: float
    alone: float
    sound: float
    covered: float
    name: float
    letters: int
    rarity: float
    beside: int
    signs: int


def replaced_name(found: Alignment, lexicon: Lexicon) -> float:
    """Return the log-odds that an English name has the place of another, for the oddest name.

    Boosted trees (Friedman 2001) of ``NameClues``; names of other languages than Chinese are none.

    >>> from corpus_norm.audit.alignment import align
    >>> from corpus_norm.audit.lexicon import find_lexicon
    >>> from corpus_norm.languages import get_language
    >>> lexicon, record = find_lexicon("zh"), get_language("zh-Hans")
    >>> said = ("The committee met in Beijing.", "The committee met in Slovenia.")
    >>> right, wrong = (align("委员会在北京开会。", each, record, lexicon) for each in said)
    >>> replaced_name(right, lexicon) < 0 < replaced_name(wrong, lexicon)
    True
    """
    if not lexicon.costs:
        return NO_NAME
    bias, trees = _trees()
    return max(
        (bias + sum(climb(tree, clues) for tree in trees) for _, clues in clues_of(found, lexicon)),
        default=NO_NAME,
    )


def clues_of(found: Alignment, lexicon: Lexicon) -> list[tuple[int, NameClues]]:
    """Return the place and the clues of each name of the English that nothing answers wholly."""
    chosen = [
        (run, open_, surest)
        for run in _capital_runs(found.english)
        if (open_ := [j for j in run if _is_open_name(j, found)])
        and (surest := _surest(open_, found, lexicon)) >= 0
    ]
    if not chosen:
        return []
    size = sum(found.weights)
    products = (w * b for w, b in zip(found.weights, found.best, strict=True))
    covered = sum(products) / size if size else 1.0
    forms = [word.form for word in found.english]
    clues = []
    for run, open_, j in chosen:
        near = _places_near(run, found)
        alone, name = _alone(near, found, lexicon)
        bits = lexicon.name_doubt_en(forms[j])
        said = max(forms.count(forms[k]) for k in open_)
        answered = sum(found.best_en[k] >= _WEAK for k in run)
        clues.append(
            NameClues(
                -1.0 if bits is None else bits,
                answered,
                int(found.english[j].upper),
                len(open_),
                said,
                found.best_en[j],
                alone,
                found.sounds_en[j],
                covered,
                name,
                len(forms[j]),
                lexicon.english.rarity_of(lexicon.english.stem_of(forms[j])),
                int(is_beside_known(j, found)),
                _open_signs(near, found, lexicon),
            )
        )
    return [(run[0], each) for (run, _, _), each in zip(chosen, clues, strict=True)]


def _capital_runs(words: Sequence[Word]) -> list[list[int]]:
    """Return the places of the words with capitals, those side by side together."""
    runs: list[list[int]] = []
    end = -9
    for j, word in enumerate(words):
        if not word.capital or len(word.form) < _SHORT:
            continue
        if runs and runs[-1][-1] == j - 1 and word.start - end <= 1:
            runs[-1].append(j)
        else:
            runs.append([j])
        end = word.end
    return [run for run in runs if run != [0]]


def _is_open_name(j: int, found: Alignment) -> bool:
    is_long = len(found.english[j].form) > _SHORT
    return is_long and found.best_en[j] < _WEAK and found.weights_en[j] > 0


def _surest(places: Sequence[int], found: Alignment, lexicon: Lexicon) -> int:
    """Return the place of the word that is the surest name, -1 for none.

    The first word of a sentence has a capital anyway.
    """
    english, surest, most = lexicon.english, -1, (-1.0, -1.0)
    for j in places:
        stem = english.stem_of(found.english[j].form)
        share = english.capitals[stem] if stem >= 0 else 1.0
        if j == 0 and (stem < 0 or share < _SURELY):
            continue
        bits = lexicon.name_doubt_en(found.english[j].form)
        worth = share * found.weights_en[j], -1.0 if bits is None else bits
        if worth > most:
            surest, most = j, worth
    return surest


def is_beside_known(j: int, found: Alignment) -> bool:
    """Return whether an English name is beside one that is answered: it may be a first name."""
    words = found.english
    return any(
        0 <= i < len(words)
        and words[i].capital
        and found.best_en[i] >= _KNOWN
        and words[max(i, j)].start - words[min(i, j)].end <= 1
        for i in (j - 1, j + 1)
    )


def strange_name(found: Alignment, lexicon: Lexicon) -> float:
    """Return how strange the strangest English name sounds that nothing answers.

    One beside a name that is answered may be a first name or a part of it, and counts half.
    """
    capitals, best = lexicon.english.capitals, found.best_en
    strange = 0.0
    for j, (word, weight) in enumerate(zip(found.english, found.weights_en, strict=True)):
        if not (j and word.capital and weight) or best[j] >= _WEAK:
            continue
        stem = lexicon.english.stem_of(word.form)
        share = capitals[stem] if stem >= 0 else 1.0
        if share < _LIKELY:
            continue
        part = _HALF_STRANGE if is_beside_known(j, found) else 1.0
        strange = max(strange, share * weight * (1.0 - found.sounds_en[j]) * part)
    return strange


def _alone(near: Iterable[int], found: Alignment, lexicon: Lexicon) -> tuple[float, float]:
    """Return what the words of the source at some places count that nothing answers.

    Also return how surely one of them is a name.
    """
    words = found.source
    total = surest = 0.0
    for i in near:
        weight, best = found.weights[i], found.best[i]
        if best >= _WEAK or weight <= 0:
            continue
        total += weight * (1.0 - best)
        stem = lexicon.stem_of(words[i].form)
        name = float(words[i].capital)
        if words[i].han:
            name = lexicon.nameness(stem) if stem >= 0 else _HALF_NAME
        surest = max(surest, name * weight * (1.0 - best))
    return total, surest


def _open_signs(near: Iterable[int], found: Alignment, lexicon: Lexicon) -> int:
    """Return how many characters in a row nothing answers that may spell a name, at most."""
    most = here = end = 0
    for i in near:
        word = found.source[i]
        if not word.han or found.best[i] >= _WEAK or _is_common(word.form, lexicon):
            continue
        here = len(word.form) + (here if word.start == end else 0)
        most, end = max(most, here), word.end
    return most


def _places_near(run: Sequence[int], found: Alignment) -> list[int]:
    """Return the places of the source about the answers to the words beside a name."""
    size, size_en = len(found.source), len(found.english)
    centres = [
        *_answered_from(range(run[0] - 1, max(-1, run[0] - 1 - _SEEN), -1), found),
        *_answered_from(range(run[-1] + 1, min(size_en, run[-1] + 1 + _SEEN)), found),
    ]
    if not centres:
        centres = [int((run[0] + run[-1]) / 2 * size / size_en)]
    return sorted(
        {i for at in centres for i in range(max(0, at - _ABOUT), min(size, at + _ABOUT + 1))}
    )


def _answered_from(places: Iterable[int], found: Alignment) -> list[int]:
    """Return what the first English words of some places answer best, if they say anything."""
    back = found.back
    answered = (
        back[j][0][1]
        for j in places
        if found.weights_en[j] > _SAYS and back[j] and back[j][0][0] >= _WEAK
    )
    return list(islice(answered, _NEIGHBOURS))


def climb(tree: Tree, clues: Sequence[float]) -> float:
    """Return the leaf of a tree to which the clues lead."""
    while not isinstance(tree, float):
        number, limit, low, high = tree
        tree = low if clues[number] <= limit else high
    return tree


@lru_cache(maxsize=1)
def _trees() -> tuple[float, list[Tree]]:
    """Read the trees: a leaf is a number, a fork a clue, its limit and the trees on either side.

    Raise ValueError if they are of other clues.
    """
    table = json.loads(REPLACED.read_text("utf-8"))
    if table["clues"] != list(NameClues._fields):
        raise ValueError("the trees are not of these clues; run training.audit.replaced")
    return table["bias"], table["trees"]
