"""Text that a translation should copy: addresses, handles, Latin names, quotation marks; names.

Names of the source that nothing in the English answers are weighed by how rarely that happens.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice, pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from corpus_norm.audit.lexicon import find_lexicon
from corpus_norm.audit.sounds import is_beside_known, spell
from corpus_norm.protected_spans import find_protected

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from fractions import Fraction

    from corpus_norm.audit.alignment import Alignment
    from corpus_norm.audit.lexicon import Lexicon, Word
    from corpus_norm.languages import Language

# A word of Latin letters and digits, with any parts joined by punctuation: AT&T, Jean-Luc.
_LATIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-.+&'’][A-Za-z0-9]+)*")
# A word with any parts after hyphens that contain a digit: OpenAI, GPT-4o.
_MIXED = re.compile(r"[^\W_]+(?:-[^\W_]*\d[^\W_]*)*")
# 5G, 52M, 737NG: a number with letters in a text without spaces.
_NUMBERED = re.compile(r"(?<![A-Za-z0-9.,])\d{1,4}[A-Z]{1,3}(?![A-Za-z0-9])")
# COVID-19: names whose number is always the same.
_DESIGNATION = re.compile(r"\b(COVID|SARS-CoV)-?(\d+)\b", re.IGNORECASE)
_DESIGNATED = MappingProxyType({"covid": frozenset({"19"}), "sars-cov": frozenset({"1", "2"})})
# T3, F1, T3-24, T3/2024.
_SHORT_CODE = re.compile(r"[A-Z](\d{1,2})(?:[-/'](?:20)?\d\d)?")
# Two to four capitalised words in a row, not at the start of a sentence, nor after a colon or a
# quotation.
_CAPITAL_RUN = re.compile(
    r"(?=[A-ZÀ-Þ])(?<![.!?…:»”\"] )(?<!^)(?<![^\W\d_])"
    r"(?:[A-ZÀ-Þ][^\W\d_]+[ -]){1,3}[A-ZÀ-Þ][^\W\d_]+"
)
_WORD = re.compile(r"[^\W\d_]+")
_QUOTED = re.compile(r"«([^«»]+)»|“([^“”]+)”|\"([^\"]+)\"|「([^「」]+)」|『([^『』]+)』")
_QUOTE_MARKS = re.compile(r"[\"“”„«»「」『』]|(?<!\w)['‘’]|''|``")
_SPEECH = 24
_SPEECH_HAN = 10
_MIN_NAME = 2
_PREFIX = 3
_MOST_SEARCHES = 200
"""At most this many names that are not words of the English are searched for inside its words."""


# Every span to copy has one of these; most sentences have none.
_MAY_HAVE = re.compile(r"\.\S|[@#＃$`+]|://|0[1-9]")


@lru_cache(maxsize=64)
def _protected(text: str) -> tuple[tuple[int, int], ...]:
    """Return the spans to copy; one audit asks for those of its two texts several times."""
    return tuple(find_protected(text)) if _MAY_HAVE.search(text) else ()


def lost_links(source: str, english: str) -> list[str]:
    """Return the addresses, handles and the like that the English does not contain unchanged.

    >>> lost_links("Écrire à a@b.org, voir https://b.org/x.", "Write to a@b.org, see https://b.org.")
    ['https://b.org/x']
    >>> lost_links("Voir https://b.org/été.", "See https://b.org/ete.")
    ['https://b.org/été']
    """
    spans = dict.fromkeys(source[start:end] for start, end in _protected(source))
    copied = {english[start:end] for start, end in _protected(english)}
    missing = [span for span in spans if span not in copied]
    return [
        span
        for i, span in enumerate(missing)
        if i >= _MOST_SEARCHES or not (_stands_alone(english, span) or _is_dialled(english, span))
    ]


def blank_copied(text: str) -> str:
    """Replace addresses, handles and the like with spaces of the same length."""
    return _blank(text, _protected(text))


def blank_kept(source: str, english: str) -> tuple[str, str]:
    """Blank the addresses and the like that both texts contain, so that no amount is read in them.

    >>> blank_kept("Voir a.fr/3 : 5 %", "See a.fr/3: 5%")
    ('Voir        : 5 %', 'See       : 5%')
    """
    spans, spans_en = _protected(source), _protected(english)
    names = {(a, b): _plain_number(source[a:b]) for a, b in spans}
    names_en = {(a, b): _plain_number(english[a:b]) for a, b in spans_en}
    kept = set(names.values()) & set(names_en.values())
    return (
        _blank(source, [span for span, name in names.items() if name in kept]),
        _blank(english, [span for span, name in names_en.items() if name in kept]),
    )


def _plain_number(span: str) -> str:
    """Return a telephone number without the separators of its digits; other spans unchanged."""
    if span.startswith(("+", "0")) and not any(map(str.isalpha, span)):
        return re.sub(r"\D", "", span)
    return span


def _blank(text: str, spans: Collection[tuple[int, int]]) -> str:
    if not spans:
        return text
    characters = list(text)
    for start, end in spans:
        characters[start:end] = " " * (end - start)
    return "".join(characters)


def lost_names(source: str, english: str, language: Language) -> list[str]:
    """Return the names that must be the same in both languages and are missing in the English.

    In a language without spaces (Chinese), these are all words in Latin letters with a capital.  In
    other languages, they are words such as OpenAI and H100, and the last word of a name if the
    English kept another word of it.

    >>> from corpus_norm.languages import get_language
    >>> lost_names("据BlockBeats报道,OpenAI亏损", "BlockBeats: it lost", get_language("zh"))
    ['OpenAI']
    >>> lost_names("Hier, Sam Altman a parlé", "Sam Oldman spoke yesterday", get_language("fr"))
    ['Altman']
    """
    source = blank_copied(source)
    said = _Said(english)
    if not language.spaced:
        names = [m[0] for m in _LATIN_NAME.finditer(source) if _is_name(m[0])]
        names += _NUMBERED.findall(source)
        return [name for name in dict.fromkeys(names) if not said.has_name(name)]
    names = [m[0] for m in _MIXED.finditer(source) if _is_mixed(m[0])]
    lost = [name for name in dict.fromkeys(names) if not said.has(name)]
    known = frozenset(lost)
    return lost + [name for name in _halves_lost(source, said) if name not in known]


def has_wrong_number(source: str, english: str) -> bool:
    """Return whether the English gives a name another number than the one that it always has.

    The source need not have the number: 新冠病毒 is COVID-19.

    >>> has_wrong_number("新冠疫情", "the COVID-16 epidemic"), has_wrong_number("新冠", "COVID-19")
    (True, False)
    """
    return any(
        number not in _DESIGNATED[name.lower()] and number not in source
        for name, number in _DESIGNATION.findall(english)
    )


def is_written_out(name: str, numbers: Collection[Fraction]) -> bool:
    """Return whether the English has the number of a short code without its letter.

    ``T3`` may be the third quarter, ``F1`` Formula 1, ``G7`` the Group of Seven.

    >>> is_written_out("T3", {3}), is_written_out("H100", {100})
    (True, False)
    """
    code = _SHORT_CODE.fullmatch(name)
    return code is not None and int(code[1]) in numbers


_SYLLABLES = ("yi", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu", "shi")
_DIGITS = MappingProxyType(dict(zip("一二三四五六七八九十", _SYLLABLES, strict=True)))


def is_spelt_number(source: str, start: int, english: str, language: Language) -> bool:
    """Return whether a Chinese digit is a part of a name that the English spells in pinyin.

    >>> from corpus_norm.languages import get_language
    >>> is_spelt_number("参观四平战役纪念馆", 2, "the Siping Battle Memorial", get_language("zh"))
    True
    """
    syllable = _DIGITS.get(source[start])
    if syllable is None:
        return False
    lexicon = find_lexicon(language.code)
    readings = lexicon.readings if lexicon else {}
    said = english.lower().replace("'", "").replace("’", "")
    after, before = source[start + 1 : start + 2], source[start - 1 : start]
    return any(syllable + each in said for each in readings.get(after, ())) or any(
        each + syllable in said for each in readings.get(before, ())
    )


def lost_quotes(source: str, english: str, language: Language) -> bool:
    """Return whether the source has a long quotation and the English has no quotation marks."""
    least = _SPEECH if language.spaced else _SPEECH_HAN
    quoted = ["".join(filter(None, match.groups())) for match in _QUOTED.finditer(source)]
    return any(len(text.strip()) >= least for text in quoted) and not _QUOTE_MARKS.search(english)


@dataclass(slots=False)
class _Said:
    """The English translation, indexed for the search of names."""

    english: str
    searches: int = field(default=0, init=False)

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the English, reduced by ``_squeeze``."""
        found = [*_WORD.findall(self.english), *_MIXED.findall(self.english)]
        found += _LATIN_NAME.findall(self.english)
        return frozenset(map(_squeeze, found))

    @cached_property
    def prefixes(self) -> frozenset[str]:
        """The first letters of the words, ``_PREFIX`` of each."""
        return frozenset(word[:_PREFIX] for word in self.words)

    @cached_property
    def squeezed(self) -> str:
        """The whole text, reduced by ``_squeeze`` to one word."""
        return _squeeze(self.english)

    @cached_property
    def initials(self) -> str:
        """The initials of the words: NBA may be written out as National Basketball Association."""
        return "".join(word[0] for word in _WORD.findall(self.english)).lower()

    @cached_property
    def sounds(self) -> frozenset[str]:
        """The consonants of the words."""
        return frozenset(map(spell, self.words))

    def has_alike(self, word: str) -> bool:
        """Return whether a word of the English begins or sounds like another: Moubarak, Mubarak."""
        return word[:_PREFIX] in self.prefixes or spell(word) in self.sounds

    def has(self, name: str) -> bool:
        """Return whether the English contains a name, as a word or inside words."""
        plain = _squeeze(name)
        return plain in self.words or self._search(plain, self.squeezed)

    def has_name(self, name: str) -> bool:
        """Return whether the English contains a name: whole, in parts, or written out."""
        if self.has(name):
            return True
        parts = [part for part in re.split(r"[-.+&'’]", name) if len(part) > 1]
        if len(parts) > 1 and all(map(self.has, parts)):
            return True
        return name.isupper() and self._search(name.lower(), self.initials)

    def _search(self, part: str, whole: str) -> bool:
        self.searches += 1
        return self.searches <= _MOST_SEARCHES and part in whole


def _stands_alone(english: str, span: str) -> bool:
    """Return whether the English contains a span that does not begin a longer one."""
    start = english.find(span)
    end = start + len(span)
    return start >= 0 and not re.match(r"[^\W_]|[/=&%@#_-]", english[end : end + 1])


def _is_dialled(english: str, span: str) -> bool:
    """Return whether a span is a telephone number whose digits the English groups differently."""
    number = _plain_number(span)
    return number != span and number in re.sub(r"[ \u00a0\u202f.()-]", "", english)


def _is_name(word: str) -> bool:
    letters = sum(char.isalpha() for char in word)
    return letters >= _MIN_NAME and any(char.isupper() for char in word)


def _is_mixed(word: str) -> bool:
    """Return whether a word is like OpenAI, iPhone, H100 or GPT-4.

    Numbers with a unit, ordinals, acronyms and words with only an initial capital are not.
    """
    if word.islower() or not word[0].isalpha() or (word.isupper() and word.isalpha()):
        return False
    if word.isalpha() and word[1:].islower():
        return False
    has_digit = any(char.isdigit() for char in word)
    inner = any(b.isupper() and a.islower() for a, b in pairwise(word))
    return inner or (has_digit and any(char.isupper() for char in word))


def _halves_lost(source: str, said: _Said) -> list[str]:
    lost = []
    for match in _CAPITAL_RUN.finditer(source):
        words = _WORD.findall(match[0])
        kept = any(_squeeze(word) in said.words for word in words)
        last = words[-1]
        if kept and len(last) > _PREFIX and not said.has_alike(_squeeze(last)):
            lost.append(last)
    return lost


def _squeeze(text: str) -> str:
    """Return the letters and digits of a text, in lower case and without accents."""
    plain = unicodedata.normalize("NFKD", text).lower()
    return "".join(char for char in plain if char.isalnum())


# The commonest surnames of China, and the characters that most spelt foreign names consist of.
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏"
    "薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段钱汤尹黎易常武"
    "乔贺赖龚文习艾鄂"
)
SPELLING = frozenset(
    "阿埃艾安奥巴贝比伯博布查茨达丹德迪蒂杜顿多厄恩尔法菲费弗福盖戈格古哈赫亨霍基吉加杰卡凯坎科克肯昆拉"
    "莱兰朗劳勒雷里利莉丽列林琳卢鲁伦罗洛马迈麦曼梅门蒙米密莫姆穆纳娜南内尼涅宁诺努帕庞佩皮平普奇恰乔切"
    "萨塞森桑沙舍什史斯苏索塔泰坦汤特廷图托瓦万威维韦温沃乌西希夏香谢辛雅亚延扬耶伊易因英尤约泽扎詹珍兹"
)
_NAME_SIZE = range(2, 4)


def is_spelt_name(run: str) -> bool:
    """Return whether Chinese characters that are no known words look like a name.

    >>> is_spelt_name("周星竹"), is_spelt_name("博索纳罗"), is_spelt_name("嘹亮")
    (True, True, False)
    """
    if run[0] in _SURNAMES and len(run) in _NAME_SIZE:
        return True
    return len(run) > 2 and SPELLING.issuperset(run)


_SHORT, _WEAK = 2, 0.5
"""Names of so few letters say nothing, and nor does an answer of less strength."""
_NAME_BITS, _LATIN_BITS = 3.6, 4.2
"""What it says in bits that nothing answers an English name, and a Latin one of the source, of
which no counts are known."""
_SPELT_BITS, _SURELY = 6.0, 0.9
"""What it says that nothing answers a given name whose surname is surely answered: that is so in
one of 2,054 right translations."""
_FIRST_NAME = 0.4
"""What a name beside one that is answered counts."""
_FOREIGN = 4
"""Chinese characters that spell a foreign name; so few may be a part of a longer name."""
_AROUND, _NEAR = 5, 3
_TITLE = 0.7
"""The share of long words with capitals above which a sentence is a headline."""
_SAYS = 0.15
"""Words that count less than this (articles, prepositions) mark no place."""
_PRONOUNS = frozenset(
    {
        "it",
        "he",
        "she",
        "they",
        "him",
        "her",
        "them",
        "its",
        "his",
        "their",
        "this",
        "that",
        "these",
        "those",
        "someone",
        "somebody",
    }
)
_PERSONS = frozenset(
    {"man", "woman", "group", "company", "firm", "team", "country", "government", "city"}
)


SUBJECTS = frozenset({"it", "he", "she", "they"})
PRONOUNS = Path(__file__).parent / "tables" / "pronouns.json"
"""What the words about a pronoun say; ``training/audit/pronouns.py`` makes it."""
_NO_BITS = -10.0
"""The log-odds of a sentence without pronouns."""


def is_subject(word: Word) -> bool:
    """Return whether a word is a pronoun such as ``it``, and not ``IT`` or ``He`` of a name."""
    return word.form in SUBJECTS and not word.capital


class Places(NamedTuple):
    """The weight of each clue that a pronoun has the place of a name, and frequent words."""

    common: frozenset[str]
    weights: Mapping[str, float]


def pronoun_clues(j: int, words: Sequence[Word], text: str, common: Collection[str]) -> list[str]:
    """Return what is about a pronoun: two words or a mark of punctuation on either side.

    Any name is ``A``.  ``common`` words are also looked at in pairs, the others all alike.

    >>> from corpus_norm.audit.lexicon import english_words
    >>> text = "The it Sea, they say"
    >>> pronoun_clues(1, english_words(text), text, {"the"})[:7]
    ['l the', 'r A', 'll ^', 'rr ,', 'it', 'l the it', 'r it A']
    """
    left, right = (_beside(j, step, words, text) for step in (-1, 1))
    left2 = _beside(j - 1, -1, words, text) if left.isalpha() else ""
    right2 = _beside(j + 1, 1, words, text) if right.isalpha() else ""
    form = words[j].form
    here = [each if each in common or not each.isalpha() else "*" for each in (left, right)]
    outer = [each if each in common or not each.isalpha() else "*" for each in (left2, right2)]
    return [
        *(f"l {left}", f"r {right}", f"ll {left2}", f"rr {right2}", form),
        *(f"l {left} {form}", f"r {form} {right}", f"{here[0]} _ {here[1]}"),
        *(f"ll {outer[0]} {here[0]}", f"rr {here[1]} {outer[1]}"),
    ]


def _beside(j: int, step: int, words: Sequence[Word], text: str) -> str:
    """Return the word before or after another, the mark between them, or an end of the text."""
    if not 0 <= j + step < len(words):
        return "^" if step < 0 else "$"
    first, last = (j - 1, j) if step < 0 else (j, j + 1)
    between = text[words[first].end : words[last].start].strip()
    if between:
        return between[-1 if step < 0 else 0]
    word = words[j + step]
    return "A" if word.capital and j + step else word.form


@lru_cache(maxsize=1)
def _places() -> Places:
    table = json.loads(PRONOUNS.read_text("utf-8"))
    return Places(frozenset(table["common"]), table["weights"])


def odd_pronoun(words: Sequence[Word], text: str) -> float:
    """Return the log-odds that the oddest pronoun of an English text has the place of a name.

    ``The it Sea`` has lost a name.  A logistic regression on the words about pronouns
    (``training.audit.pronouns``); a text without pronouns has -10.

    >>> from corpus_norm.audit.lexicon import english_words
    >>> def odd(text):
    ...     return odd_pronoun(english_words(text), text)
    >>> odd("The it spokesman spoke.") > 4 > 0 > odd("It said so, and it was right.") > odd("No.")
    True
    """
    places = [j for j, word in enumerate(words) if is_subject(word)]
    if not places:
        return _NO_BITS
    common, weights = _places()
    return max(
        weights[""] + sum(weights.get(clue, 0.0) for clue in pronoun_clues(j, words, text, common))
        for j in places
    )


class NameDoubts(NamedTuple):
    """How surely names that nothing answers should have an answer, in bits.

    ``lost`` is that of the surest name of the source, ``stood_for`` that of the surest where the
    English has a pronoun in its place, ``added`` that of the surest name of the English.
    """

    lost: float = 0.0
    stood_for: float = 0.0
    added: float = 0.0


def doubt_names(found: Alignment, lexicon: Lexicon) -> NameDoubts:
    """Weigh the names of each side that the other does not answer.

    A name says the more, the less often nothing answers it in the news that
    ``training/audit/names.py`` counted; there are counts for Chinese alone.  It says half as much
    where the English has an acronym of its own (旧金山警察局: SFPD).

    >>> from corpus_norm.audit.alignment import align
    >>> from corpus_norm.audit.lexicon import find_lexicon, plain
    >>> from corpus_norm.languages import get_language
    >>> lexicon, record = find_lexicon("zh"), get_language("zh-Hans")
    >>> text = "特朗普周三访问了北京。"
    >>> wrong = align(text, "He visited Beijing on Wednesday.", record, lexicon)
    >>> right = align(text, "Trump visited Beijing on Wednesday.", record, lexicon)
    >>> doubt_names(wrong, lexicon).stood_for > 6, doubt_names(right, lexicon).lost
    (True, 0.0)
    """
    if not lexicon.names:
        return NameDoubts()
    lost = _lost_doubts(found, lexicon)
    if lost and _has_new_acronym(found):
        lost = [(bits / 2, i) for bits, i in lost]
    stood = 0.0
    if lost:
        pronouns = _pronouns(found)
        stood = max((bits for bits, i in lost if _is_stood_for(i, found, pronouns)), default=0.0)
    most = max((bits for bits, _ in lost), default=0.0)
    return NameDoubts(most, stood, _added_doubt(found, lexicon))


def _lost_doubts(found: Alignment, lexicon: Lexicon) -> list[tuple[float, int]]:
    """Return how surely each unanswered name of the source should be answered, and its place."""
    lost = []
    forms = None
    for i, (word, best, weight) in enumerate(
        zip(found.source, found.best, found.weights, strict=True)
    ):
        if word.form in _SURNAMES and _is_half_answered(i, found, lexicon):
            lost.append((_SPELT_BITS, i))
            continue
        if best >= _WEAK or weight <= 0 or not (word.han or word.capital):
            continue
        bits = lexicon.name_doubt(word.form)
        if word.han:
            if not bits or _is_part_of_name(i, found.source):
                continue
        else:
            forms = forms or {each.form for each in found.english}
            if i == 0 or len(word.form) <= _SHORT or f"{word.form}s" in forms:
                continue
            bits = bits or _LATIN_BITS
        lost.append((bits * (1.0 - best), i))
    return lost


def _is_half_answered(place: int, found: Alignment, lexicon: Lexicon) -> bool:
    """Return whether the English has a Chinese surname and nothing of the given name after it.

    The given name is two words of one character: 陈宝国 beside "Chen Slovenia".
    """
    surname, *given = found.source[place : place + 3]
    if len(given) < _SHORT or not found.links[place]:
        return False
    strength, j = found.links[place][0]
    if j and found.english[j - 1].capital:  # Grace Meng has another first name
        return False
    return (
        strength >= _SURELY
        and found.english[j].form in lexicon.readings.get(surname.form, ())
        and all(
            each.han and each.start == surname.end + k and len(each.form) == 1 and best < _WEAK
            for k, (each, best) in enumerate(zip(given, found.best[place + 1 :], strict=False))
        )
    )


def _is_part_of_name(place: int, words: Sequence[Word]) -> bool:
    """Return whether characters that spell a foreign name go on before or after: 托利 in 托利弗."""
    word = words[place]
    if len(word.form) >= _FOREIGN or not SPELLING.issuperset(word.form):
        return False
    before, after = words[place - 1 : place], words[place + 1 : place + 2]
    return any(
        each.han and adjacent and SPELLING.issuperset(each.form)
        for each, adjacent in (
            *((each, each.end == word.start) for each in before),
            *((each, each.start == word.end) for each in after),
        )
    )


def _has_new_acronym(found: Alignment) -> bool:
    """Return whether the English has an acronym that the source has not."""
    latin = {word.form for word in found.source if not word.han}
    return any(
        word.upper and weight > 0 and len(word.form) > _SHORT and word.form not in latin
        for word, weight in zip(found.english, found.weights_en, strict=True)
    )


def _pronouns(found: Alignment) -> frozenset[int]:
    """Return the places of the English pronouns, and of "the man" and the like, not answered."""
    words = found.english
    return frozenset(
        j
        for j, (word, best) in enumerate(zip(words, found.best_en, strict=True))
        if best < _WEAK
        and (word.form in _PRONOUNS or (j and word.form in _PERSONS and words[j - 1].form == "the"))
    )


def _is_stood_for(place: int, found: Alignment, pronouns: frozenset[int]) -> bool:
    """Return whether a pronoun is near the answers to the words before and after a place."""
    return any(
        not pronouns.isdisjoint(range(answer - _NEAR, answer + _NEAR + 1))
        for step in (-1, 1)
        for answer in islice(_answers_beyond(place, step, found), 2)
    )


def _answers_beyond(place: int, step: int, found: Alignment) -> Iterator[int]:
    """Yield the best answers to the words that say something, from a place on."""
    for i in range(place + step, place + step * (_AROUND + 1), step):
        if not 0 <= i < len(found.source):
            return
        if found.weights[i] > _SAYS and found.links[i] and found.links[i][0][0] >= _WEAK:
            yield found.links[i][0][1]


def _added_doubt(found: Alignment, lexicon: Lexicon) -> float:
    """Return how surely an English name that nothing answers should be answered, at most."""
    most, title = 0.0, is_title(found.english)
    for j, (word, best, weight) in enumerate(
        zip(found.english, found.best_en, found.weights_en, strict=True)
    ):
        if not (word.capital and j) or best >= _WEAK or weight <= 0 or len(word.form) <= _SHORT:
            continue
        bits = lexicon.name_doubt_en(word.form)
        part = _FIRST_NAME if is_beside_known(j, found) else 1.0
        if bits is not None:
            most = max(most, part * bits * (1.0 - best))
        elif not title:
            share = 0.5 if word.upper else 1.0
            most = max(most, part * share * _NAME_BITS * (1.0 - found.sounds_en[j]))
    return most


def is_title(words: Sequence[Word]) -> bool:
    """Return whether the words have capitals as in a headline."""
    long = [word.capital for word in words if len(word.form) > _PREFIX]
    return len(long) > _PREFIX and sum(long) > _TITLE * len(long)
