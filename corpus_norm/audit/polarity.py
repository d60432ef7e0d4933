"""Whether the English says the opposite: a denial lost or added, a word for its opposite.

Translators turn ``ne manque pas`` into ``has plenty`` and ``不少`` into ``many``.  By the rules of
a language a denial therefore counts as lost only if nothing in the English could stand for it.
With a lexicon, a denial is also looked for near the words that answer the denied one, and
regressions say how surely the words of each side ask for one on the other.  A word is taken for
its opposite if nothing in the source answers it and something there is translated by the opposite.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from corpus_norm.audit.lexicon import TABLES
from corpus_norm.languages import any_of, get_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from corpus_norm.audit.alignment import Alignment
    from corpus_norm.audit.lexicon import Lexicon, Word

    Span = tuple[int, int]
    from collections.abc import Iterable

    from corpus_norm.languages import Language
    from corpus_norm.languages.record import MovementStyle, NegationStyle

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_BETWEEN = 8
"""The most words between ``ne`` and ``pas``."""


@dataclass(frozen=True, slots=True)
class Denial:
    """Whether a text denies something for certain, whether it may, and whether it must."""

    certain: bool
    possible: bool
    strong: bool = False


def find_denial(text: str, language: Language) -> Denial:
    """Find out whether a text denies something.

    >>> from corpus_norm.languages import get_language
    >>> french, english = get_language("fr"), get_language("en")
    >>> find_denial("Il n'a pas répondu, sans doute.", french)
    Denial(certain=True, possible=True, strong=False)
    >>> find_denial("It is unlikely.", english)
    Denial(certain=False, possible=True, strong=False)
    """
    style = language.denials
    patterns = _compile(style)
    low = text.lower().replace("’", "'")
    plain = patterns.idioms.sub(" ", low)
    if not language.spaced:
        certain = patterns.words.search(plain) is not None
        strong = patterns.strong.search(plain) is not None
        return Denial(certain, certain or patterns.near.search(low) is not None, strong)
    words = _WORD.findall(plain)
    certain = _denies(words, style)
    return Denial(certain, certain or any(map(patterns.is_near, _WORD.findall(low))))


def find_idioms(text: str, language: Language) -> list[tuple[int, int]]:
    """Return the spans of idioms that contain a denial but deny nothing.

    >>> from corpus_norm.languages import get_language
    >>> find_idioms("Il viendra sans doute.", get_language("fr"))
    [(11, 21)]
    """
    low = text.lower().replace("’", "'")
    if len(low) != len(text):
        return []
    return [match.span() for match in _compile(language.denials).idioms.finditer(low)]


def _denies(words: list[str], style: NegationStyle) -> bool:
    opened = -_BETWEEN - 1
    for i, word in enumerate(words):
        head, _, tail = word.partition("'")
        if word in style.words or tail in style.words or word.endswith(style.endings or ("\0",)):
            return True
        if head in style.openers:
            opened = i
        if (word in style.closers or tail in style.closers) and i - opened <= _BETWEEN:
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Patterns:
    words: re.Pattern[str]
    idioms: re.Pattern[str]
    strong: re.Pattern[str]
    near: re.Pattern[str]
    affixes: re.Pattern[str]
    near_words: frozenset[str]

    def is_near(self, word: str) -> bool:
        return (
            word in self.near_words
            or word.partition("'")[0] in self.near_words
            or self.affixes.fullmatch(word) is not None
        )


@lru_cache(maxsize=16)
def _compile(style: NegationStyle) -> _Patterns:
    near = frozenset({*style.near, *style.words, *style.openers})
    return _Patterns(
        words=re.compile(_any(style.words)),
        strong=re.compile(_any(style.strong)),
        idioms=re.compile(_any(i.replace("’", "'") for i in style.idioms)),
        near=re.compile(_any(near)),
        affixes=re.compile("|".join(style.affixes) or "(?!)"),
        near_words=near,
    )


def _any(phrases: Iterable[str]) -> str:
    longest = sorted(phrases, key=lambda p: (-len(p), p))
    return "|".join(map(_phrase, longest)) or "(?!)"


def _phrase(phrase: str) -> str:
    edge = r"\b" if phrase[0].isascii() and phrase[0].isalpha() else ""
    last = r"\b" if phrase[-1].isascii() and phrase[-1].isalpha() else ""
    return f"{edge}{re.escape(phrase)}{last}"


def reverses_denial(source: str, english: str, language: Language) -> bool:
    """Whether the English excludes what the source does not exclude, or the like.

    A verb such as ``exclure`` under a denial needs two denials in English, as in "did not rule
    out", or a word such as "may" that says the same.

    >>> from corpus_norm.languages import get_language
    >>> french = get_language("fr")
    >>> text = "Le préfet n'exclut pas de réquisitionner."
    >>> reverses_denial(text, "The prefect excludes requisitions.", french)
    True
    >>> reverses_denial(text, "The prefect did not rule out requisitions.", french)
    False
    """
    return (
        _has_double(source, language)
        and _REFUSES.search(_plain(english)) is not None
        and _ALLOWS.search(_plain(english)) is None
    )


def declines(source: str, english: str, language: Language) -> bool:
    """Whether the English says that someone declined to do what the source says he would not do.

    >>> from corpus_norm.languages import get_language
    >>> text = "Le géant américain Apple n'a pas souhaité faire de commentaire."
    >>> declines(text, "US giant Apple declined to comment.", get_language("fr"))
    True
    """
    wants = any_of(language.denials.wants)
    return bool(_DECLINES.search(_plain(english))) and bool(re.search(wants, _plain(source)))


_DECLINES = re.compile(r"\b(?:declin(?:e|ed|es|ing)|refus(?:e|ed|es|ing)) (?:\w+ )?to\b")


def moves_otherwise(source: str, english: str, language: Language) -> bool:
    """Whether a quantity plainly rises on one side and plainly falls on the other.

    Nothing on either side may say the contrary or qualify it, so most sentences have no answer.

    >>> from corpus_norm.languages import get_language
    >>> chinese = get_language("zh-Hans")
    >>> said = ("Profit fell 12%.", "Profit grew 12%.")
    >>> [moves_otherwise("利润增长12%。", each, chinese) for each in said]
    [True, False]
    """
    here, there = (_compile_movements(each.movements) for each in (language, get_language("en")))
    source, english = _plain(source), _plain(english)
    if not source or here["doubts"].search(source) or there["doubts"].search(english):
        return False
    return any(
        here[one].search(source)
        and there[other].search(english)
        and not (here[contrary].search(here[one].sub("", source)))
        and not there[same].search(there[other].sub("", english))
        for one, other, contrary, same in (
            ("rises", "falls", "downward", "upward"),
            ("falls", "rises", "upward", "downward"),
        )
    )


@lru_cache(maxsize=16)
def _compile_movements(style: MovementStyle) -> Mapping[str, re.Pattern[str]]:
    upward, downward = (*style.rises, *style.upward), (*style.falls, *style.downward)
    lists = {"rises": style.rises, "falls": style.falls, "doubts": style.doubts}
    lists |= {"upward": upward, "downward": downward}
    return {name: re.compile(any_of(patterns)) for name, patterns in lists.items()}


def allows_double(source: str, english: str, language: Language) -> bool:
    """Whether the English says in words such as "may" what the source does not exclude.

    >>> from corpus_norm.languages import get_language
    >>> text = "Le préfet n'exclut pas de réquisitionner."
    >>> said = ("The prefect may requisition.", "The prefect does not requisition.")
    >>> [allows_double(text, each, get_language("fr")) for each in said]
    [True, False]
    """
    return _has_double(source, language) and _MAY.search(_plain(english)) is not None


_MAY = re.compile(r"\b(?:may|might|could|possib\w+)\b")


def _has_double(source: str, language: Language) -> bool:
    return _compile_doubles(language.denials).search(_plain(source)) is not None


def _plain(text: str) -> str:
    return text.lower().replace("’", "'")


@lru_cache(maxsize=16)
def _compile_doubles(style: NegationStyle) -> re.Pattern[str]:
    return re.compile("|".join(style.doubles) or "(?!)")


_REFUSES = re.compile(
    r"\b(?:exclud(?:e[sd]?|ing)|rul(?:e[sd]?|ing)\s+out|den(?:y|ie[sd]|ying)|refus(?:e[sd]?|ing)|"
    r"reject(?:s|ed|ing)?|disput(?:e[sd]?|ing)|contest(?:s|ed|ing)?|oppos(?:e[sd]?|ing)|"
    r"doubt(?:s|ed|ing)?|hid(?:e|es|den|ing)?|dismiss(?:e[sd]|ing)?)\b"
)
_ALLOWS = re.compile(
    r"\b(?:not|no|never|without|cannot|nor|neither|nothing|nobody|none|fail(?:s|ed)?|may|might|could|possib\w+|"
    r"declin\w+|stopped\s+short|confirm\w*|admit\w*)\b|n't\b"
)


# Words that deny, and characters that make a Chinese word deny.  French needs no "ne" for it.
_ROOTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "en": frozenset(
            {"not", "no", "never", "none", "nobody", "nothing", "neither", "nor", "without"}
            | {"cannot"}
        ),
        "fr": frozenset(
            {"ne", "n", "pas", "sans", "aucun", "aucune", "rien", "jamais", "ni", "non", "nul"}
            | {"nulle", "guère"}
        ),
        "zh": frozenset("不没未无非否别莫勿毋"),
    }
)
_NO_DENIALS = frozenset(
    {("not", word) for word in ("only", "just", "merely", "simply", "least")} | {("or", "not")}
)
"""A denial and its neighbour that deny nothing together."""
_MAY_DENY = re.compile(
    r"(?:un(?!i|der|til)|dis(?!c|t|p)|non|anti)[a-z]{4,}|im(?:possib|patien|perfect)\w*|in(?:abil|"
    r"accura|activ|adequa|capab|complet|consist|correct|depend|direct|effect|effici|experien|numer"
    r"|secur|suffic|visib)\w*|ir(?:reg|res)\w+|ill(?:eg|it)\w+|[a-z]{3,}less(?:ly|ness)?"
    r"|lack\w*|fail\w*|refus\w+|reject\w*|den(?:y|ie[sd]|ying|ial)|avoid\w*|prevent\w*|stop\w*"
    r"|hardly|barely|rarely|seldom|scarcely|few|little|instead|rather|ignor\w+|neglect\w*|ban\w*"
    r"|prohibit\w*|forbid\w*|absen\w+|miss\w*|free|except|exclud\w+|beyond|despite|regardless"
)


def denies(forms: Sequence[str], language: str) -> bool:
    """Return whether one of the words of a language denies.

    >>> denies(["he", "did", "not", "come"], "en"), denies(["not", "only", "he"], "en")
    (True, False)
    """
    return count_denials(forms, language) > 0


def count_denials(forms: Sequence[str], language: str) -> int:
    """Return how many words deny; ``not only`` and ``whether or not`` do not."""
    roots = _ROOTS[language]
    if language == "zh":
        return sum(not roots.isdisjoint(form) for form in forms)
    if roots.isdisjoint(forms):
        return 0
    padded = ["", *forms, ""]
    return sum(
        form in roots and (before, form) not in _NO_DENIALS and (form, after) not in _NO_DENIALS
        for before, form, after in zip(padded, forms, padded[2:], strict=False)
    )


@lru_cache(maxsize=16384)
def may_deny(form: str) -> bool:
    """Return whether an English word may stand for a denial: ``fail``, ``unable``."""
    return _MAY_DENY.fullmatch(form) is not None


def denial_clues(forms: Sequence[str], language: str) -> list[str]:
    """Return the words of a sentence, and each denial with its neighbours.

    >>> denial_clues(["he", "can", "not", "come"], "en")
    ['can', 'can not', 'come', 'he', 'not', 'not come']
    """
    roots = _ROOTS[language]
    clues = set(forms)
    for i, form in enumerate(forms):
        if form in roots or (language == "zh" and not roots.isdisjoint(form)):
            clues.update(" ".join(forms[j : j + 2]) for j in (i - 1, i) if 0 <= j < len(forms) - 1)
    return sorted(clues)


class Expectation(NamedTuple):
    """The log-odds that the English has a denial, or a word that may stand for one; see below.

    ``answered`` are those that the source has one, judged by the English; 0 if the English has
    none.  ``sure_en`` and ``hints_en`` count the denials of the English, and words that may stand
    for one.
    """

    denied: float = 0.0
    hinted: float = 0.0
    answered: float = 0.0
    sure_en: float = 0.0
    hints_en: float = 0.0


def expect_denials(forms: Sequence[str], forms_en: Sequence[str], language: str) -> Expectation:
    """Return how surely the words of each side ask for a denial on the other.

    The weights were fitted on sentence pairs by ``training.audit.denials``.

    >>> never = expect_denials(["il", "ne", "vient", "pas"], ["he", "comes"], "fr")
    >>> never.denied > 2 > -2 > expect_denials(["il", "vient"], ["he", "comes"], "fr").denied
    True
    """
    table = _expectations()[language]
    clues = denial_clues(forms, language)
    sure = count_denials(forms_en, "en")
    answered = _log_odds(denial_clues(forms_en, "en"), table["answered"]) if sure else 0.0
    return Expectation(
        _log_odds(clues, table["denied"]),
        _log_odds(clues, table["hinted"]),
        answered,
        float(sure),
        float(sum(map(may_deny, forms_en))),
    )


def _log_odds(clues: Sequence[str], weights: Mapping[str, float]) -> float:
    return weights[""] + sum(weights.get(clue, 0.0) for clue in clues)


@lru_cache(maxsize=1)
def _expectations() -> dict[str, dict[str, dict[str, float]]]:
    table: dict[str, dict[str, dict[str, float]]] = json.loads(
        (TABLES / "denials.json").read_text("utf-8")
    )
    return table


_OPPOSITES = """
increase/decrease rise/fall/drop grow/shrink gain/lose win/lose up/down more/less more/fewer
high/low higher/lower highest/lowest large/small larger/smaller big/small long/short
longer/shorter first/last early/late earlier/later before/after north/south northern/southern
east/west eastern/western buy/sell purchase/sell best/worst better/worse good/bad strong/weak
stronger/weaker fast/slow faster/slower open/close begin/end start/end start/stop old/new old/young
left/right accept/reject accept/refuse allow/forbid allow/ban allow/prevent agree/disagree
support/oppose above/below over/under inside/outside import/export importer/exporter
success/failure succeed/fail victory/defeat attack/defend friend/enemy rich/poor hot/cold
warm/cold positive/negative profit/loss surplus/deficit arrive/leave enter/leave remember/forget
love/hate raise/lower raise/cut strengthen/weaken improve/worsen expand/reduce increase/reduce
true/false right/wrong safe/dangerous always/never major/minor maximum/minimum most/least
majority/minority public/private male/female man/woman men/women son/daughter father/mother
brother/sister husband/wife husbands/wives day/night alive/dead born/die easy/difficult
legal/illegal possible/impossible known/unknown employed/unemployed expensive/cheap heavy/light
hire/fire innocent/guilty optimistic/pessimistic optimism/pessimism advance/retreat create/destroy
include/exclude lend/borrow present/absent rural/urban upper/lower deep/shallow wide/narrow
"""
_DENIALS = (
    "not",
    "no",
    "never",
    "none",
    "nobody",
    "nothing",
    "neither",
    "nor",
    "without",
    "cannot",
)
_SURE = 0.35
"""The share of denials among its translations above which a word surely denies."""
_UNSURE, _LEAST = 0.3, 0.03
_PREFIXES = ("un", "in", "im", "ir", "il", "dis", "mis", "non", "dés")
_SAME = 3
"""Denials at most this many words apart are one: ne ... pas."""
_REACH = 4
_SHARE = 0.3
_FARTHEST = 40
"""A denial is looked for within ``_REACH`` words and this share of the sentence, up to a limit."""
_RARELY, _BITS = 7.0, 2.0
"""A word of the source says an English one if that has fewer bits than ``_RARELY``; its opposite,
if that is so many bits more probable."""


class Polarity(NamedTuple):
    """How surely the English lost a denial, added one, or says the opposite of a word: 0 to 1.

    ``denials`` counts those of the source and of the English; ``words`` are the places of the
    English words that are wrong.
    """

    lost: float = 0.0
    added: float = 0.0
    opposite: float = 0.0
    denials: tuple[int, int] = (0, 0)
    words: tuple[int, ...] = ()


class _Tables(NamedTuple):
    """How much stems deny, those of the source and of English, and the opposites in English."""

    source: Mapping[int, float]
    english: Mapping[int, float]
    sure: frozenset[int]
    opposites: Mapping[int, frozenset[int]]


@lru_cache(maxsize=8)
def _tables(lexicon: Lexicon) -> _Tables:
    stem_of = lexicon.english.stem_of
    sure = frozenset(stem for word in _DENIALS if (stem := stem_of(word)) >= 0)
    source = lexicon.share_answered_by(sure)
    certain = frozenset(stem for stem, share in source.items() if share >= _SURE)
    opposites: dict[int, set[int]] = {}
    for group in _OPPOSITES.split():
        stems = [stem for word in group.split("/") if (stem := stem_of(word)) >= 0]
        for stem in stems:
            others = {other for other in stems[:1] if other != stem} or set(stems[1:])
            opposites.setdefault(stem, set()).update(others - {stem})
    english = lexicon.share_answering(certain) | dict.fromkeys(sure, 1.0)
    return _Tables(source, english, sure, {k: frozenset(v) for k, v in opposites.items()})


def find_polarity(found: Alignment, lexicon: Lexicon, idioms: Sequence[Span] = ()) -> Polarity:
    """Compare the denials of both sides, and look for words that became their opposites.

    The words within ``idioms``, spans of the source, deny nothing for certain.

    >>> from corpus_norm.audit.alignment import align
    >>> from corpus_norm.audit.lexicon import find_lexicon
    >>> from corpus_norm.languages import get_language
    >>> french, lexicon = get_language("fr"), find_lexicon("fr")
    >>> english = "Prices rose sharply on Monday."
    >>> found = align("Les prix ont fortement baissé lundi.", english, french, lexicon)
    >>> round(find_polarity(found, lexicon).opposite, 1) > 0.5
    True
    """
    tables = _tables(lexicon)
    stems = [lexicon.stem_of(word.form) for word in found.source]
    stems_en = [lexicon.english.stem_of(word.form) for word in found.english]
    scale = len(stems_en) / max(1, len(stems))
    denials = {
        i: min(degree, _UNSURE) if _is_within(word, idioms) else degree
        for i, (word, stem) in enumerate(zip(found.source, stems, strict=True))
        if (degree := _degree(word, tables.source.get(stem, 0.0), lexicon.stems)) > _LEAST
        and not _is_name(word, i)
    }
    denials_en = {
        j: degree
        for j, (word, stem) in enumerate(zip(found.english, stems_en, strict=True))
        if (degree := _degree(word, tables.english.get(stem, 0.0), lexicon.english.stems)) > _LEAST
    }
    certain = [
        (i * scale, min(1.0, d * 1.5) * _said(i, found.weights, found.best))
        for i, d in denials.items()
        if d >= _SURE
    ]
    lost, count = _unmatched(certain, list(denials_en.items()), len(stems_en))
    turned = _turned(stems_en, tables)
    certain_en = [
        (float(j), _said(j, found.weights_en, found.best_en))
        for j in denials_en
        if stems_en[j] in tables.sure and j not in turned
    ]
    places = [(i * scale, degree) for i, degree in denials.items()]
    added, count_en = _unmatched(certain_en, places, len(stems_en))
    opposite, words = _opposite(lexicon, tables, stems, stems_en)
    return Polarity(lost, added, opposite, (count, count_en), words)


def _degree(word: Word, known: float, forms: Mapping[str, int]) -> float:
    """Return how much a word denies; one with a negative prefix before another word may."""
    if known <= _LEAST and not word.han and word.form.startswith(_PREFIXES):
        for prefix in _PREFIXES:
            rest = word.form[len(prefix) :]
            if word.form.startswith(prefix) and len(rest) > _SAME and rest in forms:
                return _UNSURE
    return known


def _turned(stems_en: Sequence[int], tables: _Tables) -> dict[int, int]:
    """Return the places of denials just before a word with an opposite, and of that word.

    ``Not true`` is no denial too many where the original says false.
    """
    last, found = -99, dict[int, int]()
    for j, stem in enumerate(stems_en):
        if stem in tables.sure:
            last = j
        elif stem in tables.opposites and j - last <= _SAME:
            found[last] = j
    return found


def _is_name(word: Word, place: int) -> bool:
    """Return whether a word has the capital of a name: the San of San Francisco is no ``sans``."""
    return word.capital and place > 0 and not word.upper


def _is_within(word: Word, spans: Sequence[Span]) -> bool:
    return any(start <= word.start and word.end <= end for start, end in spans)


def _said(place: int, weights: Sequence[float], best: Sequence[float]) -> float:
    """Return how sure it is that the other side says what is denied, by the words nearby."""
    first = max(0, place - 2)
    near = zip(weights[first : place + 5], best[first : place + 5], strict=True)
    return 0.5 + 0.5 * max((min(1.0, 2 * w) * b for w, b in near), default=0.0)


def _unmatched(
    certain: Sequence[tuple[float, float]], others: Sequence[tuple[float, float]], size: int
) -> tuple[float, int]:
    """Return how surely one of the certain denials has no counterpart, and how many there are.

    Both are places in the English; the first with how sure they are, the second with degrees.
    """
    reach = min(_REACH + _SHARE * size, _FARTHEST)
    worst, count, last, first = 0.0, 0, -99.0, 0
    for place, sure in certain:
        count += place - last > _SAME
        last = place
        while first < len(others) and others[first][0] < place - reach:
            first += 1
        at, best = first, 0.0
        while at < len(others) and others[at][0] <= place + reach and best < 1.0:
            best = max(best, min(1.0, others[at][1] * 3))
            at += 1
        worst = max(worst, sure * (1.0 - best))
    return worst, count


def _opposite(
    lexicon: Lexicon,
    tables: _Tables,
    stems: Sequence[int],
    stems_en: Sequence[int],
) -> tuple[float, tuple[int, ...]]:
    """Return how surely an English word is the opposite of a word of the source, and which."""
    said = {stem for stem in stems_en if stem in tables.opposites}
    if not said:
        return 0.0, ()
    scale = len(stems_en) / max(1, len(stems))
    worst, places = 0.0, []
    turned = set(_turned(stems_en, tables).values())
    for j, stem in enumerate(stems_en):
        others = tables.opposites.get(stem)
        if not others or others & said or j in turned:
            continue
        reach = min(_REACH + _SHARE * len(stems_en), _FARTHEST)
        first = max(0, int((j - reach) / scale))
        sure = 0.0
        for source in stems[first : int((j + reach) / scale) + 1]:
            own, other = lexicon.bits(source, stem, others)
            if own < _RARELY and other > own - _BITS:
                sure = 0.0
                break
            sure = max(sure, _surety(own, other))
        if sure > 0.0:
            worst = max(worst, sure)
            places.append(j)
    return worst, tuple(places)


def _surety(own: float, other: float) -> float:
    """Return how surely a word means the opposite, from -log2 of the probabilities of both."""
    if other > 4.5 or own - other < _BITS:
        return 0.0
    return min(1.0, (own - other) / 6.0) * min(1.0, (5.5 - other) / 3.0)
