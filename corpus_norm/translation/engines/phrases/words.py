"""Words with rules of their own: those that the phrase table lacks, and denials.

A Chinese word that is cut into characters is translated into nonsense, one character at a time.  A
dictionary has English for many such words; other names of people are spelled in pinyin.  French
words get the English of another form.  No phrase may lose a denial.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

import numpy as np

from corpus_norm.languages import get_language
from corpus_norm.patterns import compile_lazily
from corpus_norm.translation.engines.phrases.tokens import JOIN, NUMBER, NUMBERED, Tokens, ordinal
from corpus_norm.translation.restating import split_count

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from corpus_norm.translation.engines.phrases.english import Vocabulary
    from corpus_norm.translation.engines.phrases.tables import Matches, PhraseTable

_FRENCH, _CHINESE = get_language("fr").phrases, get_language("zh-Hans").phrases
_SURNAMES = frozenset(_CHINESE.surnames) | _CHINESE.double_surnames
_SOUNDS, _ORDINARY = frozenset(_CHINESE.sounds), frozenset(_CHINESE.ordinary)
_CLEAR_SURNAMES = frozenset(_CHINESE.clear_surnames) | _CHINESE.double_surnames
_NOT_GIVEN = frozenset(_CHINESE.not_given)
_LEAST_STEM = 4  # letters


def french_variants(form: str) -> Iterator[str]:
    """Yield possible forms of the same word: other number or gender first, then the infinitive.

    >>> list(french_variants("martiennes"))[:3]
    ['martienne', 'martienness', 'martienn']
    >>> [verb for verb in french_variants("reprenait") if verb == "reprendre"]
    ['reprendre']
    """
    for ending, other in _FRENCH.endings:
        if form.endswith(ending) and len(form) - len(ending) >= _LEAST_STEM:
            yield form.removesuffix(ending) + other


def find_cognate(form: str, english: Container[str]) -> str:
    """Return the English word that is spelled like a French one, or ``""``.

    The endings are those of pairs in the phrase table that are right in most cases.

    >>> [find_cognate(form, {"morbidity", "physiological"}) for form in ("morbidité", "morbide")]
    ['morbidity', '']
    """
    letters = unicodedata.normalize("NFD", form.replace("œ", "oe").replace("æ", "ae"))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    if len(plain) > _LEAST_STEM and plain in english:
        return plain
    spelled = (
        plain.removesuffix(ending) + other
        for ending, other in _FRENCH.cognates
        if plain.endswith(ending) and len(plain) - len(ending) >= _LEAST_STEM
    )
    return next((word for word in spelled if word in english), "")


def close_compounds(tokens: Tokens, table: PhraseTable) -> Tokens:
    """Write French compounds without their hyphen where the table knows only that spelling.

    ``semi-conducteurs`` becomes ``semiconducteurs``, which is not translated as a kind of driver.
    """
    forms, copies, at = [], [], 0
    while at < len(tokens.forms):
        parts = tokens.forms[at : at + 3]
        closed = "".join(parts[::2])
        known = _is_compound(parts) and table.knows([closed, f"{closed}s"]).any()
        if known and not table.has(parts):
            forms.append(closed)
            copies.append(closed)
            at += 3
            continue
        forms.append(tokens.forms[at])
        copies.append(tokens.copies[at])
        at += 1
    return Tokens(tuple(forms), tuple(copies))


def _is_compound(parts: Sequence[str]) -> bool:
    return len(parts) == 3 and parts[1] == "-" and parts[0].isalpha() and parts[2].isalpha()


def split_counts(tokens: Tokens, table: PhraseTable) -> Tokens:
    """Write in figures the Chinese counted words that the table lacks: 第十届 is 第, 10th, 届."""
    forms, copies = [], []
    known = table.knows(tokens.forms)
    for form, copy, is_known in zip(tokens.forms, tokens.copies, known.tolist(), strict=True):
        found = None if is_known else split_count(form)
        if found is None:
            parts = [(form, copy)]
        else:
            sign, number, rest = found
            figure = ordinal(number) if sign and rest not in NUMBERED else str(number)
            parts = [(sign, sign), (NUMBER, figure), (rest, rest)][not sign :]
        forms += [form for form, _ in parts]
        copies += [copy for _, copy in parts]
    return Tokens(tuple(forms), tuple(copies))


_HAN = re.compile("[㐀-鿿]+")
_DOTS = frozenset("·•‧・")
_BEFORE_LISTED, _AFTER_LISTED = frozenset("、：:（(/"), frozenset("、）)")
_LEAST_SOUNDS = 3  # characters
_SYLLABLES = 2  # characters of a rare word that may be part of a longer name
_COMMON = 20  # occurrences in the training text


@dataclass(frozen=True, slots=True)
class RareWords:
    """English of Chinese words that the phrase table lacks, and the pinyin of characters.

    Words in ``common``, of two characters, are not part of a name that is written by its sound.
    """

    glosses: Mapping[str, str]
    pinyin: Mapping[str, str]
    common: frozenset[str] = frozenset()

    @classmethod
    def read(cls, folder: Path, code: str, counts: Mapping[str, int]) -> Self:
        """Read the two files from a model's folder; either may be missing.

        ``counts`` are the frequencies of the segmenter's words.
        """
        glosses = _read_pairs(folder / f"{code}.glosses.txt")
        syllables = _read_pairs(folder / f"{code}.pinyin.txt")
        return cls(
            glosses,
            {sign: syllable for syllable, signs in syllables.items() for sign in signs},
            frozenset(
                word
                for word, count in counts.items()
                if len(word) == _SYLLABLES and count > _COMMON
            ),
        )

    def rewrite(
        self, tokens: Tokens, name_of: Callable[[Sequence[str]], str] = lambda _: ""
    ) -> Tokens:
        """Join the characters of names, and put English or pinyin where a token may be copied.

        ``name_of`` returns the English that a table has for words if that is a name, or ``""``.

        >>> rare = RareWords({"白厅": "Whitehall"}, {"王": "wang", "鑫": "xin"})
        >>> rare.rewrite(Tokens(("王", "鑫", "说", "白厅"), ("王", "鑫", "说", "白厅"))).copies
        ('Wang Xin', '说', 'Whitehall')
        """
        forms, copies = [], []
        at = 0
        while at < len(tokens.forms):
            if ends := self._parts_of_foreign(tokens.forms, at):
                whole = tokens.forms[at : ends[-1]]
                names = (tokens.forms[a + 1 : b] for a, b in pairwise([at - 1, *ends]))
                forms.append("".join(whole))
                copies.append(
                    name_of(whole) or " ".join(self._name(name, name_of) for name in names)
                )
                at = ends[-1]
                continue
            end = self._end_of_name(tokens.forms, at)
            if end > at:
                parts = tokens.forms[at:end]
                forms.append("".join(parts))
                copies.append(name_of(parts) or self._spell(parts))
                at = end
                continue
            form, copy = tokens.forms[at], tokens.copies[at]
            forms.append(form)
            copies.append(self.glosses.get(form) or (self._spell([form]) if form == copy else copy))
            at += 1
        return Tokens(tuple(forms), tuple(copies))

    def _end_of_name(self, forms: Sequence[str], at: int) -> int:
        """Return the end of the name that begins at a token, or ``at`` if there is none."""
        if not self.pinyin:
            return at
        end = at
        while end < len(forms) and self._is_sound(forms[end]):
            end += 1
        if sum(map(len, forms[at:end])) >= _LEAST_SOUNDS and end > at + 1:
            return end
        if forms[at] not in _SURNAMES:
            return at
        end = at + 1
        while end < min(len(forms), at + 3) and self._is_given(forms[end]):
            end += 1
        called = at > 0 and forms[at - 1] in _CHINESE.before_names
        speaks = end < len(forms) and forms[end] in _CHINESE.after_names
        clear = _is_clear_name(forms, at, end)
        return end if end > at + 1 and (called or speaks or clear) else at

    def _parts_of_foreign(self, forms: Sequence[str], at: int) -> list[int]:
        """Return the ends of the parts of a foreign name (约翰·霍华德), or none if none begins."""
        ends: list[int] = []
        while (end := self._end_of_part(forms, at)) > at:
            ends.append(end)
            if end == len(forms) or forms[end] not in _DOTS:
                break
            at = end + 1
        return ends if len(ends) > 1 else []

    def _end_of_part(self, forms: Sequence[str], at: int) -> int:
        """Return the end of a word or of a run of characters that write a name by its sound."""
        end = at
        while end < len(forms) and len(forms[end]) <= _SYLLABLES and self._may_sound(forms[end]):
            end += 1
        is_word = at < len(forms) and len(forms[at]) >= _SYLLABLES and _HAN.fullmatch(forms[at])
        return max(end, at + 1) if is_word else end

    def _may_sound(self, form: str) -> bool:
        return _SOUNDS.issuperset(form) and form not in _ORDINARY and bool(self.pinyin)

    def _name(self, parts: Sequence[str], name_of: Callable[[Sequence[str]], str]) -> str:
        text = "".join(parts)
        name = name_of(parts) if len(text) > 1 else ""
        return name if name and " " not in name else self.glosses.get(text) or self._spell([text])

    def _is_sound(self, form: str) -> bool:
        return len(form) <= _SYLLABLES and _SOUNDS.issuperset(form) and form not in self.common

    def _is_given(self, form: str) -> bool:
        return (
            len(form) == 1 and form in self.pinyin and form not in _ORDINARY | _CHINESE.after_names
        )

    def _spell(self, parts: Sequence[str]) -> str:
        """Spell a name in pinyin: one word, or surname and given name."""
        text = "".join(parts)
        if not text or any(sign not in self.pinyin for sign in text):
            return text
        if parts[0] in _SURNAMES and 1 < len(text) <= _LEAST_SOUNDS and len(parts) > 1:
            given = "".join(self.pinyin[sign] for sign in text[len(parts[0]) :])
            return f"{self._spell([parts[0]])} {given.capitalize()}"
        return "".join(self.pinyin[sign] for sign in text).capitalize()


def _is_clear_name(forms: Sequence[str], at: int, end: int) -> bool:
    """Return whether a surname and one or two characters are a name without a title beside it.

    >>> forms = ["据", "马", "王", "思", "硕", "和", "、", "黄", "磊", "、"]
    >>> _is_clear_name(forms, 2, 5), _is_clear_name(forms, 7, 9)
    (True, False)
    """
    given = "".join(forms[at + 1 : end])
    if forms[at] not in _CLEAR_SURNAMES or not _NOT_GIVEN.isdisjoint(given):
        return False
    before, after = forms[at - 1] if at else "", forms[end] if end < len(forms) else ""
    return len(given) == _SYLLABLES or (
        len(given) == 1 and before in _BEFORE_LISTED and after in _AFTER_LISTED
    )


_LATIN_NAME = r"[A-Z][\w'’.-]*(?: (?:[A-Z][\w'’.-]*|de|la|van|von|der|bin|al|el|di|da)){0,4}"
# A foreign name by its sound, and behind it the name itself: 比达尔（Vidal）.
_SPELLED = compile_lazily(
    rf"(?<!·)(?P<sounds>[{_CHINESE.sounds}]+(?:·[㐀-鿿]{{1,8}})*)\s?[（(]\s?(?P<name>{_LATIN_NAME})\s?[）)]"
)
_LETTERS_PER_SOUND = 1.5  # at least, in a name that is spelled


def spell_names(text: str) -> str:
    """Write a foreign name as the brackets behind it spell it, without the brackets.

    >>> spell_names("28岁的比达尔（Vidal）和乔恩·巴滕 (Jon Batten)加盟世卫组织（WHO）")
    '28岁的Vidal和Jon Batten加盟世卫组织（WHO）'
    """
    return _SPELLED.sub(_spell_name, text)


def _spell_name(match: re.Match[str]) -> str:
    sounds, name = match["sounds"].split("·"), match["name"]
    is_long = len(name) < _LETTERS_PER_SOUND * sum(map(len, sounds))
    if is_long or len(sounds) > len(name.split()) or max(map(len, sounds)) < _SYLLABLES:
        return match[0]
    return name


def _read_pairs(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = path.read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines)


_DENIALS = {
    code: get_language(name).denials
    for code, name in (("fr", "fr"), ("zh", "zh-Hans"), ("en", "en"))
}
_BETWEEN = 8  # tokens, at most, between "ne" and "pas"


def find_denials(forms: Sequence[str], code: str) -> list[int]:
    """Return the places of the tokens that deny something, whatever the rest of the sentence.

    Only the first of two neighbours counts, as in ``sans aucun``, and none in an idiom.

    >>> find_denials("ce n' est pas grand , sans doute , ni cher , pas à pas".split(), "fr")
    [3, 9]
    >>> find_denials(["我", "不", "知道", "不仅"], "zh")
    [1]
    """
    style = _DENIALS[code]
    if code == "zh":
        return [i for i, form in enumerate(forms) if _denies(form)]
    openers = [-_BETWEEN - 1]
    found: list[int] = []
    for i, form in enumerate(forms):
        if _is_opener(form):
            openers.append(i)
        closes = form in style.closers and i - openers[-1] <= _BETWEEN
        first = not found or i - found[-1] > 1
        if (form in style.words or closes) and first and not _is_idiom(forms, i):
            found.append(i)
    return found


def pair_denials(forms: Sequence[str], denials: Sequence[int]) -> list[tuple[int, int]]:
    """Return the places of each French ``ne`` and of the first word that denies with it.

    >>> forms = "il ne peut rien faire , et personne ne vient".split()
    >>> pair_denials(forms, find_denials(forms, "fr"))
    [(1, 3)]
    >>> pair_denials("il ne reste plus personne".split(), [4])
    [(1, 4)]
    """
    openers = [i for i, form in enumerate(forms) if _is_opener(form)]
    firsts = [next((at for at in denials if 0 < at - i <= _BETWEEN), -1) for i in openers]
    return [pair for pair in zip(openers, firsts, strict=True) if pair[1] >= 0]


def _is_opener(form: str) -> bool:
    return form.rstrip("'") in _DENIALS["fr"].openers


def _find_ends(forms: Sequence[str], opener: int) -> list[int]:
    """Return the place of the ``plus`` or ``que`` that belongs to the ``ne`` at a place, if any."""
    if opener < 0:
        return []
    for i in range(opener + 1, min(len(forms), opener + 1 + _BETWEEN)):
        if forms[i] in _BARS or forms[i] in _DENIALS["fr"].closers:
            return []
        if forms[i] in _THAT or (forms[i] == "plus" and _NO_END.isdisjoint(forms[i + 1 : i + 2])):
            return [i]
    return []


_THAT = frozenset({"que", "qu'"})
_OF = frozenset({"de", "d'"})
_BARS = frozenset(",;:.") | {"et", "ou"} | _OF
_SUBJECTS = frozenset({"aucun", "aucune", "ni", "nul", "nulle", "personne", "rien"})
_NO_END = _THAT | _SUBJECTS | {"jamais"}  # behind "plus": "only", or a denial of their own


_NO_LONGER = "no longer"
# Verbs that "no longer" follows: forms of "être" and "pouvoir".
_BEFORE_NO_LONGER = re.compile(
    r"est|sont|ser\w+|étai\w+|fu(?:t|rent)|soi(?:t|ent)|peu(?:t|vent)|pour+[ari]\w+|pouvai\w+"
)


# "ne" alone denies before forms of "pouvoir", "savoir", "cesser" and "oser".
_DENIED_ALONE = re.compile(
    r"peu(?:t|vent|x)|pouv(?:ai(?:s|t|ent)|ons|ez)|pour+(?:ai?|ai[st]|aient|as|ez|i?ons|ont)|put|purent"
    r"|saurai(?:s|t|ent)|(?:cess|os)(?:e|a|ent|ai[st]|aient|er(?:a|ont|ait|aient)|èrent)"
)
_KNOWS = {"saurais": "peux", "saurait": "peut", "sauraient": "peuvent"}  # "cannot", and not "know"
_MORE = frozenset({"autre", "autrement", "meilleur", "meilleure", "mieux", "moins", "pire", "plus"})


def _find_denied_alone(forms: Sequence[str], opener: int) -> int:
    """Return the place of the verb that the ``ne`` at a place denies without ``pas``, or 0."""
    window = forms[max(0, opener - _BETWEEN) : opener + 1 + _BETWEEN]
    near = range(opener + 1, min(len(forms), opener + 4))
    compares = _MORE.intersection(window) and _THAT.intersection(window)
    if compares or _SUBJECTS.intersection(window) or find_denials(window, "fr"):
        return 0
    return next((at for at in near if _DENIED_ALONE.fullmatch(forms[at])), 0)


def simplify_denials(tokens: Tokens) -> Tokens:
    """Write French ``ne ... que`` as ``seulement``, and the English of ``ne ... plus``.

    Word by word, the one would deny or say "that", and the other "more".  A ``ne`` that denies
    alone gets its ``pas``: ``ne peut`` would be "can".

    >>> for text in (
    ...     "il n' a volé que deux fois",
    ...     "il n' en reste plus que deux",
    ...     "il n' y a plus d' espoir",
    ...     "il ne marche plus",
    ...     "elle n' est plus là",
    ...     "cela ne peut durer",
    ... ):
    ...     print(*simplify_denials(Tokens(tuple(text.split()), tuple(text.split()))).copies)
    il a volé seulement deux fois
    il en reste seulement deux
    il n' y a aucun espoir
    il no longer marche
    elle est no longer là
    cela ne peut pas durer
    """
    forms, copies = list(tokens.forms), list(tokens.copies)
    for i in reversed([i for i, form in enumerate(tokens.forms) if _is_opener(form)]):
        denied = _SUBJECTS.intersection(tokens.forms[max(0, i - _BETWEEN) : i])
        ends = [] if denied else _find_ends(tokens.forms, i)
        if not ends and (verb := _find_denied_alone(tokens.forms, i)):
            known = [_KNOWS.get(forms[verb], forms[verb]), "pas"]
            forms[verb : verb + 1] = copies[verb : verb + 1] = known
        for end in ends:
            before, that, after = forms[end - 1], forms[end], forms[end + 1 : end + 3]
            if that in _THAT:
                start = end - (before == "plus")
                forms[start : end + 1] = copies[start : end + 1] = ["seulement"]
                del forms[i], copies[i]
            elif after and after[0] in _OF and NUMBER not in after:
                forms[end : end + 2] = copies[end : end + 2] = ["aucun"]
            else:
                at, gone = (end, i) if _BEFORE_NO_LONGER.fullmatch(before) else (i, end)
                forms[at] = copies[at] = _NO_LONGER
                del forms[gone], copies[gone]
    return Tokens(tuple(forms), tuple(copies))


def _is_idiom(forms: Sequence[str], at: int) -> bool:
    """Return whether a token is part of an idiom that denies nothing: ``sans doute``."""
    near = " ".join(forms[max(0, at - 2) : at + 3])
    return any(
        forms[at] in idiom.split() and f" {idiom} " in f" {near} "
        for idiom in _DENIALS["fr"].idioms
    )


@lru_cache(maxsize=4096)
def _denies(word: str) -> bool:
    style = _DENIALS["zh"]
    return any(sign in word for sign in style.words) and not any(
        idiom in word for idiom in style.idioms
    )


@lru_cache(maxsize=4096)
def is_denial(token: str) -> bool:
    """Return whether an English token may stand for a denial.

    >>> [is_denial(token) for token in ("not", "don't", "unable", "refused", "under", "any")]
    [True, True, True, True, False, False]
    """
    return negates(token) or _OPPOSITE.fullmatch(token.strip(JOIN).lower()) is not None


def negates(token: str) -> bool:
    """Return whether an English token is a word that denies, as ``not`` and ``cannot`` are."""
    word, style = token.strip(JOIN).lower(), _DENIALS["en"]
    return word in style.words or word.endswith(style.endings)


def loses_pronoun(source: Sequence[str], english: Sequence[str]) -> bool:
    """Return whether "personne" or "rien" at the end of a phrase has become "no" alone.

    >>> loses_pronoun(["a", "personne"], ["is", "no"]), loses_pronoun(["rien"], ["nothing"])
    (True, False)
    """
    return source[-1] in _PRONOUNS and english[-1] == "no"


AFTER_DENIAL = MappingProxyType(
    {"nothing": "anything", "nobody": "anybody", "none": "any", "no": "any", "never": "ever"}
)
"""English words that deny, and what they are behind another denial: "cannot do anything"."""

_PRONOUNS = frozenset({"personne", "rien"})


def loses_verb(source: Sequence[str], english: Sequence[str]) -> bool:
    """Return whether a French verb and its denial have become "does not" alone.

    A short verb may be an auxiliary, as in ``n'a pas``.

    >>> loses_verb(["n'", "exclut", "pas"], ["does", "not"]), loses_verb(["a", "pas"], ["did"])
    (True, False)
    """
    closers = _DENIALS["fr"].closers
    verb = next((one for one, after in pairwise(source) if after in closers), "")
    is_long = len(verb) >= _LONG_VERB and verb.isalpha() and not verb.startswith("av")
    return is_long and _NO_VERB.search(" ".join(english)) is not None


_LONG_VERB = 5  # letters
_NO_VERB = re.compile(r"(?:^| )(?:do|does|did)(?: not|n't)(?: to)?$|^not(?: to)?$")
_OPPOSITE = compile_lazily(
    "|".join(_DENIALS["en"].affixes)
    + r"|(?:fail|refus|lack|reject|prevent|avoid|declin)(?:s|e|ed|es|ing|al|ure)?"
)


@dataclass(frozen=True, slots=True)
class WordCosts:
    """The costs of French phrases whose English does not fit their words, in natural logarithms.

    ``name`` is that of a name inside a sentence whose English has no capital, and ``capital`` that
    of a capital for words without one.  ``content`` is that of content words whose English is
    function words alone, and ``missing`` that of each content word that the English has fewer.
    ``linker`` is that of a "de" at the edge of a phrase which the English lacks, unless the words
    beside it change places: "test de routine" is "test of routine" or "routine test".  ``word`` is
    that of each English word, since all these make the English longer.

    ``auxiliary`` is that of a verb in the future that has become "will" or "would" alone: "seront"
    is "will be", and "devra" "will have to".

    ``kept`` is what a name costs less that stays as it is although the table has English for it,
    and ``beside`` what it costs less again beside a name that stays in any case: "François
    Hollande" is not "François Holland".
    """

    name: float
    capital: float
    content: float
    missing: float
    linker: float
    word: float
    kept: float = 0.0
    beside: float = 0.0
    auxiliary: float = 0.0

    def weigh(
        self,
        pieces: Sequence[Tokens],
        matches: Matches,
        vocabulary: Vocabulary,
        copies: NDArray[np.int64],
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the costs of matches, and those of a phrase in order before and after each.

        ``copies`` are the ids of the copied tokens, in the order of their rows.
        """
        width = max(len(piece.forms) for piece in pieces)
        signs = np.array([_describe(piece, width) for piece in pieces])
        counts = np.pad(signs[:, :3].cumsum(axis=2), ((0, 0), (0, 0), (1, 0)))
        owners, starts, ends = matches.sentences, matches.starts, matches.ends
        names, capitals, content = (
            counts[owners, kind, ends] - counts[owners, kind, starts] for kind in range(3)
        )
        words = matches.words.astype(np.int64)
        there = np.arange(words.shape[1]) < matches.sizes[:, None]
        english = (vocabulary.content[words] & there).sum(axis=1)
        has_capital = (vocabulary.capitals[words] & there).any(axis=1)
        costs = self.word * matches.sizes
        costs += self.name * ((names > 0) & ~has_capital)
        costs += self.capital * ((capitals == 0) & has_capital)
        costs += self.content * ((content > 0) & (english == 0))
        costs += self.missing * np.where(english > 0, np.maximum(content - english, 0), 0)
        first, last = words[:, 0], words[np.arange(len(words)), matches.sizes - 1]
        closed = vocabulary.linkers[last]
        is_bare = (signs[owners, 4, ends - 1] > 0) & vocabulary.futures[last]
        costs = costs + self.auxiliary * (is_bare & (matches.sizes > 0))
        begins = (signs[owners, 3, starts] > 0) & ~(vocabulary.linkers[first] | closed)
        closes = (signs[owners, 3, ends - 1] > 0) & ~closed & (ends > starts + 1)
        known = matches.pairs >= 0
        links = self.linker * np.stack([begins & known, closes & known], axis=1)
        costs[~known] = self.word
        costs = costs - self._weigh_names(matches, vocabulary.lower, copies, names > 0)
        return costs.astype(np.float32), links.astype(np.float32)

    def _weigh_names(
        self,
        matches: Matches,
        lower: NDArray[np.int64],
        copies: NDArray[np.int64],
        is_name: NDArray[np.bool_],
    ) -> NDArray[np.float64]:
        """Return what names cost less that stay as they are although the table has English."""
        copied = matches.pairs < 0
        width = int(matches.ends.max()) + 2
        places = matches.sentences * width + matches.starts + 1
        own, best = np.zeros((2, int(places.max()) + 2), np.int64)
        own[places[copied]] = lower[copies]
        single = (matches.ends == matches.starts + 1) & (matches.sizes == 1)
        first = np.append(True, places[1:] != places[:-1])  # has the best English of a token
        best[places[single & first]] = lower[matches.words[single & first, 0].astype(np.int64)]
        alike = single & ~copied
        alike[alike] = lower[matches.words[alike, 0].astype(np.int64)] == own[places[alike]]
        alike &= own[places] > 0
        translated, stays = np.zeros((2, len(own)), np.bool_)
        translated[places[~copied & (matches.ends == matches.starts + 1)]] = True
        bare = copied & ~translated[places]
        stays[places[(bare & is_name) | (alike & (best == own)[places])]] = True
        beside = stays[places - 1] | stays[places + 1]
        gains = self.beside * (beside & (alike | copied))
        return np.where(bare, 0.0, gains + self.kept * copied)


# The future and the conditional of "être", "avoir", "devoir" and "pouvoir".
_FUTURE = re.compile(r"(?:ser|aur|devr|pourr)(?:ai[st]?|aient|as?|[ei]z|i?ons|ont)")
_LINKERS = frozenset({"de", "d'", "du", "des"})
_OPENING = frozenset(".?!:'-–—(") | {'"￭', '￭"'}


def find_names(piece: Tokens) -> list[int]:
    """Return the places of the words that have a capital of their own, as names have.

    At the beginning of a sentence, only another name behind it shows that a word is one.

    >>> text = "Maurice Taylor dit que Titan ne veut pas payer . Selon lui , tout va bien ."
    >>> find_names(Tokens(tuple(text.lower().split()), tuple(text.split())))
    [0, 1, 4]
    """
    inside, capital, content, *_ = _describe(piece, len(piece.forms)).astype(bool)
    places = np.flatnonzero(inside | (capital & content & np.append(inside[1:], False)))
    return [at for at in places.tolist() if piece.copies[at] not in _FRENCH.titles]


def _describe(piece: Tokens, width: int) -> NDArray[np.int64]:
    """Return of each token: is it a name, a capital, a content word, a linker, a future?"""
    words = [copy for copy in piece.copies if copy[:1].isalpha()]
    title = len(words) > 2 and 2 * sum(word[0].isupper() for word in words) > len(words)
    signs = np.zeros((5, width), np.int64)
    before = "."
    for at, (form, copy) in enumerate(zip(piece.forms, piece.copies, strict=True)):
        capital = copy[:1].isupper()
        signs[:, at] = (
            capital and not title and before not in _OPENING,
            capital,
            form.isalpha() and form not in _FRENCH.function_words,
            form in _LINKERS,
            _FUTURE.fullmatch(form) is not None,
        )
        before = copy
    return signs
