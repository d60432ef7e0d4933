"""Pick the words of a Latin-script text that show its language, and score them.

Names, acronyms and addresses are the same in all languages; if left in, they make a French line
look English and a brand look Somali.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.errors import CorpusNormError
from corpus_norm.language.scripts import WIDE_SCRIPTS
from corpus_norm.languages import LANGUAGES
from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from corpus_norm.languages import Language

# Addresses, handles and hashtags are names.  The character classes are ASCII, so that Chinese
# glued to one is kept; most alternatives start at a border, so that the search takes linear time.
_ADDRESS = compile_lazily(
    r"(?:https?://|www\.)[!-~]+"
    r"|(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+"
    r"|(?<!\w)[@#][A-Za-z0-9_]+"
    r"|(?<![A-Za-z0-9-])[A-Za-z0-9-]+\.(?:com|org|net)\b"
)
_DOTTED_SIGNS = ("www.", ".com", ".org", ".net")
_LATIN = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
_WHOLE_WORD = compile_lazily(rf"(?<![0-9_{_LATIN}])[{_LATIN}]+(?![0-9_{_LATIN}])")
_INNER_CAPITAL = compile_lazily(r"[a-zà-ÿ][A-Z]|^[A-Z]{2,}[a-zà-ÿ]")

WORD = compile_lazily(rf"[{_LATIN}]+")
"""A run of Latin letters."""

_APART = {code: " " for code in range(128) if not chr(code).isalpha()}

FOLD = str.maketrans("ȘșȚțی", "ŞşŢţي") | dict.fromkeys(range(0x1EA0, 0x1F00), "\u1ec3")
"""A map of Romanian comma-below letters and Vietnamese vowels to those in langdetect's profiles."""


_FOLDED = compile_lazily(f"[{''.join(map(re.escape, map(chr, FOLD)))}]")


def remove_addresses(text: str) -> str:
    """Return the text without links, mail addresses, handles and hashtags.

    >>> remove_addresses("écrire à moi@exemple.fr !")
    'écrire à   !'
    """
    has_dots = "." in text and any(sign in text for sign in _DOTTED_SIGNS)
    is_clean = not (has_dots or "@" in text or "#" in text or "://" in text)
    return text if is_clean else _ADDRESS.sub(" ", text)


def find_words(lowered: str) -> list[str]:
    """Return the words of a lower-case text; plain ASCII is much faster.

    >>> find_words("it's 5 o'clock"), find_words("à 5h")
    (['it', 's', 'o', 'clock'], ['à', 'h'])
    """
    return part_words(lowered).split() if lowered.isascii() else WORD.findall(lowered)


def part_words(text: str) -> str:
    """Return an ASCII text with a space for each character that is no letter.

    >>> part_words("it's 5 o'clock")
    'it s   o clock'
    """
    return text.translate(_APART)


def pick_words(text: str) -> str:
    """Return the words that can show a language: no acronym, no ``OpenAI``, nothing with a digit.

    >>> pick_words("The CEO of OpenAI met Sam Altman in 2024")
    'The of met in'
    """
    words = _WHOLE_WORD.findall(text)
    shouted = sum(map(str.isupper, words))
    if shouted >= 2 and 2 * shouted > len(words):
        kept = [w.lower() for w in words]
    else:
        kept = [w for w in words if w.islower() or w.istitle() or _is_mixed_plainly(w)]
    if not kept or (len(set(kept[0].lower())) == 1 and _are_lone(kept)):
        return ""  # lone letters and runs of one letter ("aaaa") are no words
    if any(map(str.islower, kept)):
        # Among lower-case words, a capitalised word is a name, which shows no language.
        kept = kept[:1] + [w for w in kept[1:] if w[0].islower()]
    picked = " ".join(kept)
    return picked if picked.isascii() else picked.translate(FOLD)


def _are_lone(words: Sequence[str]) -> bool:
    return all(len(set(word.lower())) == 1 for word in words)


def _is_mixed_plainly(word: str) -> bool:
    return not word.isupper() and not _INNER_CAPITAL.search(word)


def count_small_words(words: str, weight: float) -> int:
    """Count the lower-case words; return 0 if under a third of the letters is in them (a title)."""
    small = [word for word in words.split() if word.islower()]
    return len(small) if 3 * sum(map(len, small)) >= weight else 0


LISTS: Mapping[str, str] = MappingProxyType(
    {
        "af": "Afrikaans", "ca": "Catalan", "cs": "Czech", "cy": "Welsh", "da": "Danish",
        "de": "German", "en": "English", "es": "Spanish", "et": "Estonian", "fi": "Finnish",
        "fr": "French", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian",
        "lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch", "no": "Norwegian_Bokmal",
        "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "sk": "Slovak", "sl": "Slovenian",
        "sq": "Albanian", "sv": "Swedish", "sw": "Swahili", "tl": "Tagalog", "tr": "Turkish",
        "vi": "Vietnamese",
        # Languages without an n-gram profile, detected by their words alone.
        "ast": "Asturian", "az": "Azerbaijani", "br": "Breton", "eo": "Esperanto",
        "eu": "Basque", "ga": "Irish", "gl": "Galician", "ht": "Haitian", "ig": "Igbo",
        "is": "Icelandic", "jv": "Javanese", "ku": "Kurdish", "lb": "Luxembourgish",
        "ms": "Malay", "mt": "Maltese", "oc": "Occitan", "uz": "Uzbek", "yo": "Yoruba",
    }
)  # fmt: skip
"""The file of each language, by langdetect's code or, where it has none, by ISO 639."""

# A word of rank r has a share of 1 / (r + _RANK_SHIFT) (Zipf-Mandelbrot), any other word a share
# of _UNLISTED.  Words overlap with the n-grams they consist of, hence _WEIGHT.  Chosen on the
# development lines; results hardly change with similar values.
_RANK_SHIFT = 500
_UNLISTED = 1 / 15_000
_WEIGHT = 1.75
# The number of texts scored together, which bounds the memory used.
_BATCH_TEXTS = 200
# The nats of a common word: one of rank 600 or less.
_COMMON = 4.7

_OWN_LISTS = Path(__file__).parent / "lists"


@dataclass(frozen=True, slots=True, eq=False)
class WordTable:
    """Nats in favour of each language (columns) for each listed word (rows).

    ``places`` maps a word to its row; its keys are in the order of the rows.
    """

    languages: tuple[str, ...]
    places: Mapping[str, int]
    rows: NDArray[np.float32]

    def own_words(self, language: str) -> frozenset[str]:
        """Return the common words that favour a language most; none if it has no list."""
        if language not in self.languages:
            return frozenset()
        column = self.rows[:, self.languages.index(language)]
        common = np.flatnonzero(column > _COMMON)
        is_own = column[common] >= self.rows[common].max(axis=1)
        words = list(self.places)
        return frozenset(map(words.__getitem__, common[is_own].tolist()))

    def find_best(self, word: str) -> str:
        """Return the language whose list ranks the word highest; "" if none has it."""
        place = self.places.get(word.lower())
        return "" if place is None else self.languages[int(self.rows[place].argmax())]

    def weigh(self, word: str, language: str) -> float:
        """Return the nats a word gives to a language; 0 if the list does not have the word."""
        if word not in self.places or language not in self.languages:
            return 0.0
        return float(self.rows[self.places[word], self.languages.index(language)])


@cache
def load_words() -> WordTable:
    """Return the word lists as one table, read once per process.

    Raises:
        CorpusNormError: jusText's word lists cannot be found.
    """
    folder = _list_folder()
    places: defaultdict[str, int] = defaultdict(count().__next__)
    lists: list[NDArray[np.int64]] = []
    for code, name in LISTS.items():
        text = (folder / f"{name}.txt").read_text("utf-8").lower()
        if _FOLDED.search(text):  # few lists; to translate all would take half the time of loading
            text = text.translate(FOLD)
        more = _OWN_LISTS / f"{code}.txt"
        text += more.read_text("utf-8") if more.is_file() else ""
        listed = dict.fromkeys(map(places.__getitem__, WORD.findall(text)))
        lists.append(np.fromiter(listed, np.int64))
    places.default_factory = None
    shares = 1 / (np.arange(max(map(len, lists))) + _RANK_SHIFT)
    nats = _WEIGHT * np.log1p(shares / _UNLISTED)
    rows = np.zeros((len(places), len(LISTS)), dtype=np.float32)
    for column, own in enumerate(lists):
        rows[own, column] = nats[: len(own)]
    return WordTable(tuple(LISTS), MappingProxyType(places), rows)


def _list_folder() -> Path:
    spec = find_spec("justext")
    for root in (spec.submodule_search_locations or ()) if spec else ():
        if (folder := Path(root) / "stoplists").is_dir():
            return folder
    raise CorpusNormError(
        "the word lists of jusText are missing; reinstall it: pip install justext",
        subject="justext",
    )


def score_words(table: WordTable, texts: Sequence[Sequence[str]]) -> NDArray[np.float64]:
    """Return the nats for each language (columns) and text (rows); a text is given as its words.

    >>> table = load_words()
    >>> best = score_words(table, [["tous", "les", "jours"]])[0].argmax()
    >>> table.languages[best]
    'fr'
    """
    scores = np.zeros((len(texts), len(table.languages)))
    find = table.places.get
    for first in range(0, len(texts), _BATCH_TEXTS):
        places: list[int] = []
        starts: list[int] = []
        known: list[int] = []
        for number, words in enumerate(texts[first : first + _BATCH_TEXTS], start=first):
            start = len(places)
            places += [place for word in words if (place := find(word)) is not None]
            if len(places) > start:
                starts.append(start)
                known.append(number)
        if known:
            scores[known] = np.add.reduceat(table.rows[places], starts, axis=0)
    return scores


_LONGEST = 120  # characters of a title
_TARGETS = frozenset(t.langdetect for t in LANGUAGES.values() if t.script == "Latn")
_CLOSE = 1.0  # nats
_CAPITALISED = rf"(?![a-zß-öø-ÿ])[{_LATIN}]+"
# Two or more capitalised words, with particles between them, before a lower-case word.
_NAME_FIRST = compile_lazily(
    rf"((?=\w{{2}}){_CAPITALISED})"
    rf"(?:(?:[ ’'-](?:de|du|des|la|le|les|d|l|et|of))?[ ’'-]{_CAPITALISED})+"
    rf"(?=\W+[a-zà-ÿ]{{2}})(?![\w])"
)
# A short first word before a lower-case one, perhaps after a headline tag such as "Sport : ".
_ARTICLE_FIRST = compile_lazily(r"(?:[^:]{1,40} : )?(\w{2,4})(?= [a-zà-ÿ])")
_QUOTED = compile_lazily(r"«[^«»]{1,40}»|“[^“”]{1,40}”|\"[^\"]{1,40}\"")
_MOST_QUOTED_WORDS = 4


def drop_quotations(text: str) -> str:
    """Drop the short quotations of a short text if two words, or a common one, are left.

    >>> drop_quotations("Un « hedge fund » ferme"), drop_quotations("« Game over »")
    ('Un   ferme', '« Game over »')
    """
    if len(text) > _LONGEST or not ("«" in text or "“" in text or '"' in text):
        return text
    rest = _QUOTED.sub(_drop_short, text)
    words = WORD.findall(rest)
    return rest if len(words) >= 2 or any(map(_is_listed, words)) else text


def _is_listed(word: str) -> bool:
    """Whether a word is common in any language, as "Vraiment" is in French."""
    table = load_words()
    return table.weigh(word.lower(), table.find_best(word)) > _COMMON


def _drop_short(quoted: re.Match[str]) -> str:
    return " " if len(WORD.findall(quoted[0])) <= _MOST_QUOTED_WORDS else quoted[0]


def drop_name(text: str) -> str:
    """Drop the name that a short text begins with if a lower-case word follows it.

    A name is two or more capitalised words, with particles between them.  It is dropped if its
    first word would decide for one of our languages and a later word can decide instead.

    >>> drop_name("Le Creuset recalls pans"), drop_name("Tour de France stage 5 results")
    (' recalls pans', ' stage 5 results')
    >>> drop_name("Le second hand cartonne"), drop_name("Paris fashion week opens")
    ('Le second hand cartonne', 'Paris fashion week opens')
    """
    if len(text) > _LONGEST:
        return text
    found = _NAME_FIRST.match(text)
    if found is None:
        return text
    first, rest = found[1].lower(), text[found.end() :]
    table = load_words()
    best = table.weigh(first, table.find_best(first)) - _CLOSE
    decides = any(table.weigh(first, target) > max(best, 0.0) for target in _TARGETS)
    return rest if decides and any(map(_is_ours, WORD.findall(rest))) else text


def _is_ours(word: str) -> bool:
    """Whether a word is lower-case and listed for one of our languages."""
    return word.islower() and any(
        word in target.common_words or load_words().weigh(word, target.langdetect) > 0.0
        for target in LANGUAGES.values()
    )


def drop_loans(text: str, targets: Sequence[Language]) -> str:
    """Drop the borrowed words of a short text that is clearly in the borrowing language.

    It is clear if a stop word that only this language has is left, and none that only others have.

    >>> from corpus_norm.languages import LANGUAGES
    >>> drop_loans("Le best of du week-end", tuple(LANGUAGES.values()))
    'Le   du  '
    >>> drop_loans("The best of the weekend", tuple(LANGUAGES.values()))
    'The best of the weekend'
    """
    if len(text) > _LONGEST:
        return text
    return _drop_words_of_others(_drop_named_loans(text, targets), targets)


def _drop_named_loans(text: str, targets: Sequence[Language]) -> str:
    is_simple = text.isascii() or _SIMPLE_CASE.fullmatch(text) is not None
    words = set(find_words(text.lower())) if is_simple else set()
    if is_simple and words.isdisjoint(_first_words_of_all(tuple(targets))):
        return text
    for target in targets:
        if not target.loans or (is_simple and words.isdisjoint(_first_words(target))):
            continue
        if (rest := _loans_of(target).sub(" ", text)) == text:
            continue
        left = set(map(str.lower, WORD.findall(rest)))
        others = frozenset().union(
            *(each.stopwords for each in targets if each is not target and each.script == "Latn")
        )
        if left & (target.stopwords - others) and not left & (others - target.stopwords):
            return rest
    return text


def _drop_words_of_others(text: str, targets: Sequence[Language]) -> str:
    """Drop loans that are in no list of loans, such as "hand" in "Le second hand cartonne".

    An article of one language before a lower-case word opens a sentence, not a name; the words
    after it that only another target's list has must be borrowed.
    """
    found = _ARTICLE_FIRST.match(text)
    if found is None:
        return text
    word, table = found[1].lower(), load_words()
    latin = [target for target in targets if target.script == "Latn"]
    own = [target for target in latin if word in target.stopwords]
    if len(own) != 1 or table.find_best(word) != own[0].langdetect:
        return text
    others = [target for target in latin if target is not own[0]]

    def drop(match: re.Match[str]) -> str:
        small = match[0].lower()
        is_borrowed = table.weigh(small, own[0].langdetect) == 0.0 and any(
            table.weigh(small, other.langdetect) > 0.0 for other in others
        )
        return " " if is_borrowed else match[0]

    return text[: found.end()] + WORD.sub(drop, text[found.end() :])


@cache
def _first_words(target: Language) -> frozenset[str]:
    """Return the run of letters that each loan begins with: a text without any has no loan."""
    return frozenset(run for loan in target.loans for run in WORD.findall(loan.lower())[:1])


@cache
def _first_words_of_all(targets: tuple[Language, ...]) -> frozenset[str]:
    return frozenset().union(*map(_first_words, targets))


@cache
def _loans_of(target: Language) -> re.Pattern[str]:
    longest_first = sorted(target.loans, key=lambda loan: (-len(loan), loan))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)


# A text whose letters have one lower-case form and no other: no dotless i, long s or Kelvin sign.
_SIMPLE_CASE = compile_lazily("[\x00-\u012f\u0132-\u017e\u2000-\u20ff]*")
# Latin names in Chinese or Greek are far commoner than Han or Greek words in English, so these
# factors weigh other scripts against Latin.
_OVER_LATIN = 2.5
_WIDE_OVER_LATIN = 6.0
# A loan sign (の in a shop's name) does not make Chinese Japanese.
_LEAST_KANA_SHARE = 0.2
# Any other hiragana between Han characters is an ending or a particle.
_LEAST_INFLECTED = 0.1
# Product names in a title with a few Han characters are no sign of English.
_OVER_NAMES = 15.0
TITLE = 120  # characters
_HEADLINE = 40
_BRAND_WORDS = frozenset({"mini", "plus", "beta", "pro", "max", "ultra", "air", "lite"})
_HAN = compile_lazily(r"[\u3400-\u9fff]")
_BRACKETS = compile_lazily(r"[(（][^()（）]{1,40}[)）]")


def find_script(text: str, scripts: Mapping[str, int]) -> str:
    """Return the main script (ISO 15924) of a text from its letter counts; "" without letters.

    >>> find_script("Apple 发布 iPhone 15 Pro", {"Latn": 14, "Hani": 2})
    'Hani'
    >>> find_script("Nvidia (英伟达) shares rise", {"Latn": 16, "Hani": 3})
    'Latn'
    """
    if len(scripts) == 1:
        return next(iter(scripts))
    han = scripts.get("Hani", 0)
    kana = scripts.get("Hira", 0) + scripts.get("Kana", 0)
    counts = dict(scripts)
    loans = text.count("の") if scripts.get("Hira") else 0
    inflected = scripts.get("Hira", 0) - loans if len(text) <= _HEADLINE else 0
    if kana > _LEAST_KANA_SHARE * (han + kana) or inflected > _LEAST_INFLECTED * (han + kana):
        counts["Hira"] = han + kana
        counts.pop("Hani", None)
    latin = counts.pop("Latn", 0)
    best = max(counts, key=lambda name: (counts[name], name), default="")
    factor = _WIDE_OVER_LATIN if best in WIDE_SCRIPTS else _OVER_LATIN
    if best == "Hani" and latin > _OVER_LATIN * counts[best] and len(text) <= TITLE:
        factor = _OVER_NAMES if _has_only_names(text) else _OVER_LATIN
    return best if best and counts[best] * factor >= latin else "Latn" if latin else ""


def _has_only_names(text: str) -> bool:
    """Whether the Latin words beside Han characters are names: none is a common word.

    Han characters in brackets only explain a name and do not count.
    """
    if len(_HAN.findall(_BRACKETS.sub("", text))) < 2:
        return False
    words = find_words(text)
    known = frozenset().union(*(t.stopwords for t in LANGUAGES.values() if t.script == "Latn"))
    common = {word for word in words if word.islower() and len(word) > 2} - _BRAND_WORDS
    small = {word.lower() for word in words if len(word) > 1} - _BRAND_WORDS
    return known.isdisjoint(small) and not any(
        load_words().weigh(word, code) > 0.0 for word in common for code in ("en", "fr")
    )
