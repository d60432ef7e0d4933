"""Weigh the characters and words of a text as evidence of its language, without any context.

Evidence is a number of nats per BCP-47 code.  Callers add their own (a prior from neighbouring
blocks, the cost of a switch) and take the best.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from corpus_norm.document import UNDETERMINED
from corpus_norm.language.scripts import (
    HAN,
    PROFILES,
    SCRIPT_LANGUAGES,
    HanCounts,
    count_all_han,
    count_all_scripts,
    letter_weight,
    load_profiles,
    score_texts,
)
from corpus_norm.language.words import (
    FOLD,
    TITLE,
    count_small_words,
    drop_loans,
    drop_name,
    drop_quotations,
    find_script,
    find_words,
    load_words,
    pick_words,
    remove_addresses,
    score_words,
)
from corpus_norm.languages import LANGUAGES, Language, get_language
from corpus_norm.patterns import make_quickly

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

MAX_CHARACTERS = 3_000
"""The number of characters examined; more do not change the answer."""

# Chosen on the development lines: the bonus lets short English and French through and keeps false
# accepts of other languages under 4 %.  All targets share it, so a new one needs none of its own.
_TARGET_BONUS = 6.5
# The least weight of a word of a record: that of rank 700 in the word lists.
_WORD_BONUS = 4.5
# How far a language without a profile starts behind the likeliest one with a profile.
_NO_PROFILE = 3.0
# The weight of punctuation that only one language uses.
_SIGN_BONUS = 4.0
# A Han character that only one writing system has is nearly proof.
_HAN_BONUS = 3.0
# Han text without any such character is more often simplified, and seldom Japanese.
_HANS_BONUS = 0.5
_KANJI_BONUS = -2.0
# Each letter of another script counts against a language, up to a cap.
_FOREIGN_LETTER = 1.0
_FOREIGN_CAP = 40.0
_LETTERS_PER_WORD = 4
# In a paragraph of at least this many words, the share of one language's typical words that is
# certain, and the share of other languages' words that it may have besides; checked against the
# n-grams on the development sets.
_LEAST_PLAIN_WORDS = 12
_PLAIN_SHARE = 0.35
_OTHER_SHARE = 0.1
# The number of words examined; more would only cost time.
_MOST_WORDS = 60
# The number of likeliest languages kept; the context adds two or three more.
_LEADING = 8


@dataclass(frozen=True, slots=True)
class Evidence:
    """Nats in favour of each language; a code not listed has ``floor``.

    ``weight`` is the amount of text in letters.  ``words`` is the number of lower-case words, or a
    quarter of the letters where a script has no case; names and titles have few, as they may come
    from another language than the text around them.  ``leading`` are the likeliest languages,
    best first; if empty, all languages count.  ``is_pure`` means that all letters are of the
    script of these languages.
    """

    scores: Mapping[str, float] = field(default_factory=dict)
    floor: float = 0.0
    weight: float = 0.0
    reason: str = "no letters"
    words: int = 0
    leading: tuple[str, ...] = ()
    is_pure: bool = False

    def score(self, language: str) -> float:
        """Return the nats in favour of a language."""
        return self.scores.get(language, self.floor)


_make_evidence = make_quickly(Evidence)


class _Short(NamedTuple):
    """A text to be weighed by its n-grams: its index in the batch and its measures."""

    number: int
    words: str
    weight: float
    is_pure: bool
    head: str = ""


class _Scores(Mapping[str, float]):
    """The scores of one text: an array of its own, faster to make than a dictionary."""

    __slots__ = ("_places", "_row")

    def __init__(self, places: Mapping[str, int], row: bytes) -> None:
        self._places = places
        self._row = array("d", row)

    def __getitem__(self, language: str) -> float:
        return self._row[self._places[language]]

    def get(self, language: str, default: Any = None) -> Any:  # noqa: ANN401 -- as Mapping has it
        place = self._places.get(language)
        return default if place is None else self._row[place]

    def __contains__(self, language: object) -> bool:
        return language in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def resolve_languages(languages: Sequence[str | Language] | None) -> tuple[Language, ...]:
    """Return the records of the target languages, given as codes or records.

    >>> [record.name for record in resolve_languages(["fr", "zh"])]
    ['French', 'Chinese (Simplified)']

    Raises:
        KeyError: a code has no record.
    """
    if languages is None:
        return tuple(LANGUAGES.values())
    return tuple(x if isinstance(x, Language) else get_language(x) for x in languages)


def weigh_texts(
    texts: Sequence[str], targets: Sequence[Language], *, are_whole: bool = True
) -> list[Evidence]:
    """Weigh each text of a batch by its first :data:`MAX_CHARACTERS` characters.

    ``are_whole`` means that the texts are whole titles or paragraphs.  In a piece of a paragraph,
    a quotation may be the only text in its language.

    >>> [e.reason for e in weigh_texts(["Bonjour à tous", "這個", "42"], resolve_languages(None))]
    ['n-grams', 'Han characters', 'no letters']
    """
    heads = [text[:MAX_CHARACTERS] for text in texts]
    unique = list(dict.fromkeys(heads))
    found = dict(zip(unique, _weigh_heads(unique, targets, are_whole=are_whole), strict=True))
    return list(map(found.__getitem__, heads))


def _weigh_heads(
    texts: Sequence[str], targets: Sequence[Language], *, are_whole: bool
) -> list[Evidence]:
    heads = list(map(examine, texts))
    latin = [(t.code, plain_words(t)) for t in targets if t.script == "Latn"]
    found: list[Evidence] = []
    waiting: dict[str, list[_Short]] = {}
    counts = count_all_scripts(heads)
    mains = list(map(find_script, heads, counts))
    of_han = [head for head, main in zip(heads, mains, strict=True) if main == HAN]
    han, rows = iter(count_all_han(of_han)), zip(heads, counts, mains, strict=True)
    for number, (head, scripts, script) in enumerate(rows):
        if script not in PROFILES:
            own = next(han) if script == HAN else None
            found.append(_weigh_script(own, script, scripts, targets))
            continue
        weight = letter_weight(scripts)
        plain = _weigh_plain(head, weight, latin) if script == "Latn" else None
        found.append(plain or Evidence())
        if plain is None:
            words = _pick(head, targets, are_whole) if script == "Latn" else head.translate(FOLD)
            short = _Short(
                number, words, weight, len(scripts) == 1, head[:TITLE] if are_whole else ""
            )
            waiting.setdefault(script, []).append(short)
    for script, items in waiting.items():
        weighed = _weigh_ngrams(script, items, targets)
        for item, evidence in zip(items, weighed, strict=True):
            found[item.number] = evidence
    return found


def _pick(head: str, targets: Sequence[Language], is_whole: bool) -> str:  # noqa: FBT001
    """Return the words of a Latin text that show its language, without names and loans."""
    if not is_whole or len(head) > TITLE:
        return pick_words(head)
    own = drop_loans(drop_name(drop_quotations(head)), targets)
    return pick_words(own) or pick_words(head)


def examine(text: str) -> str:
    """Return the part of a text whose letters are weighed: its beginning, without addresses.

    >>> examine("Rain"), examine("Rain: www.rain.example")
    ('Rain', 'Rain:  ')
    """
    head = remove_addresses(text[:MAX_CHARACTERS])
    return head if head.isascii() else unicodedata.normalize("NFC", head)


def _weigh_script(
    han: HanCounts | None, script: str, scripts: Mapping[str, int], targets: Sequence[Language]
) -> Evidence:
    """Return the evidence of a script other than Latin; ``han`` is given for Han."""
    if not script:
        return Evidence()
    weight = letter_weight(scripts)
    floor = -min(_FOREIGN_LETTER * weight, _FOREIGN_CAP)
    words = int(weight / _LETTERS_PER_WORD)
    if han is not None:
        scores = {
            _code_of("Hans", "zh-Hans", targets): _HANS_BONUS + _HAN_BONUS * han.simplified,
            _code_of("Hant", "zh-Hant", targets): _HAN_BONUS * han.traditional,
            "ja": _weigh_kanji(han),
        }
        best = max(scores.values())
        scores = {code: max(nats - best, floor) for code, nats in scores.items()}
        return Evidence(scores, floor, weight, "Han characters", words)
    code = _code_of(script, SCRIPT_LANGUAGES.get(script, UNDETERMINED), targets)
    return Evidence({code: 0.0}, floor, weight, f"script {script}", words)


def _weigh_kanji(han: HanCounts) -> float:
    """Return the nats in favour of Japanese for text without kana.

    Only Japanese uses simplified and traditional Chinese forms side by side, if it has them; a
    form that only Japan has does not occur beside forms that Japan has given up.
    """
    nats = _KANJI_BONUS + 3 * _HAN_BONUS * han.japanese + 2 * _HAN_BONUS * han.words
    mixed = min(han.simplified, han.traditional)
    if mixed or han.words or han.japanese > 1 or (han.japanese and not han.strange):
        nats += _HAN_BONUS * (han.modern + mixed - han.strange)
    return nats


def _weigh_plain(
    text: str, weight: float, common: Sequence[tuple[str, frozenset[str]]]
) -> Evidence | None:
    """Return evidence from common words if they alone are conclusive, as in most paragraphs."""
    if len(text) < 2 * _LEAST_PLAIN_WORDS - 1:  # a letter for each word, and a space
        return None
    if text.isascii() and len(text) - weight < _LEAST_PLAIN_WORDS - 1:  # too few spaces and signs
        return None
    words = find_words(text.lower())
    if len(words) < _LEAST_PLAIN_WORDS:
        return None
    shares = [sum(map(own.__contains__, words)) / len(words) for _, own in common]
    most = max(shares, default=0.0)
    if most < _PLAIN_SHARE or sum(shares) - most > _OTHER_SHARE:
        return None
    floor = -min(_FOREIGN_LETTER * weight, _FOREIGN_CAP)
    code, _ = common[shares.index(most)]
    return Evidence({code: 0.0}, floor, weight, "common words", len(words))


def _code_of(script: str, default: str, targets: Sequence[Language]) -> str:
    return next((target.code for target in targets if target.script == script), default)


def _weigh_ngrams(
    script: str, items: Sequence[_Short], targets: Sequence[Language]
) -> list[Evidence]:
    table = load_profiles(script)
    codes = {target.langdetect: target.code for target in targets if target.script == script}
    texts = [item.words for item in items]
    scores = score_texts(table, texts)
    is_known = scores.any(axis=1)
    names: list[str] = list(table.languages)
    is_target = np.array([name in codes for name in names])
    tokens = [words.lower().split()[:_MOST_WORDS] for words in texts]
    if script == "Latn":
        names, scores = _add_words(names, scores, is_target, tokens)
    names = [codes.get(name, name) for name in names]
    for target in targets:
        if target.code in names:
            own = _words_of(target)
            found = [sum([own[word] for word in words if word in own]) for words in tokens]
            bonus = _TARGET_BONUS + target.prior + np.array(found)
            if target.typography:
                signs = re.compile(target.typography)
                bonus += _SIGN_BONUS * np.array([signs.search(i.head) is not None for i in items])
            scores[:, names.index(target.code)] += bonus
    scores[~is_known] = -np.inf
    return _to_evidence(items, tuple(names), scores)


def _count_words(item: _Short) -> int:
    has_case = item.words.lower() != item.words.upper()
    if has_case:
        return count_small_words(item.words, item.weight)
    return int(item.weight / _LETTERS_PER_WORD)


@cache
def _words_of(target: Language) -> Mapping[str, float]:
    """Return the words of a record, each with the nats that its word list falls short of."""
    table, words = load_words(), target.stopwords | target.common_words
    missing = {word: _WORD_BONUS - table.weigh(word, target.langdetect) for word in words}
    return {word: nats for word, nats in missing.items() if nats > 0.0}


@cache
def plain_words(target: Language) -> frozenset[str]:
    """Return words found in nearly every clause of a language and rarely in other languages."""
    return frozenset(_words_of(target)) | load_words().own_words(target.langdetect)


def _add_words(
    names: Sequence[str],
    scores: NDArray[np.float64],
    is_target: NDArray[np.bool_],
    tokens: Sequence[Sequence[str]],
) -> tuple[list[str], NDArray[np.float64]]:
    """Add the evidence of words, and a column for each language with words but no profile.

    Such a language gets the n-gram score of the likeliest non-target language, minus
    :data:`_NO_PROFILE`.
    """
    table = load_words()
    words = score_words(table, tokens)
    rest = [name for name in table.languages if name not in names]
    likest = scores[:, ~is_target].max(axis=1, keepdims=True) - _NO_PROFILE
    columns = [*names, *rest]
    total = np.concatenate([scores, np.repeat(likest, len(rest), axis=1)], axis=1)
    total[:, [columns.index(name) for name in table.languages]] += words
    return columns, total


def _to_evidence(
    items: Sequence[_Short], names: tuple[str, ...], scores: NDArray[np.float64]
) -> list[Evidence]:
    best = scores.max(axis=1, keepdims=True)
    floors = [-min(_FOREIGN_LETTER * item.weight, _FOREIGN_CAP) for item in items]
    is_known = np.isfinite(best[:, 0]).tolist()
    best[~np.isfinite(best)] = 0.0
    nats = np.maximum(scores - best, np.array(floors)[:, None])
    places = {name: place for place, name in enumerate(names)}
    order = np.argsort(-scores, axis=1, kind="stable")[:, :_LEADING].tolist()
    return [
        _make_evidence(
            _Scores(places, row.tobytes()),
            floor,
            item.weight,
            "n-grams",
            _count_words(item),
            tuple([names[n] for n in columns]),
            item.is_pure,
        )
        if known
        else Evidence({}, 0.0, item.weight, "only names, handles or acronyms")
        for item, row, floor, columns, known in zip(
            items, nats, floors, order, is_known, strict=True
        )
    ]
