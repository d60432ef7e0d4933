"""Check, sentence by sentence and without a reference, that the English says what the source says.

The audit reads amounts, currencies, percentages and dates on both sides with the tables of the
language records, and compares them by value.  Denials, names, addresses and quotation marks must
appear on both sides.  Loops, echoes and the wrong language are detected in the output.

For French and Chinese, a lexicon says which English words answer which words of the source, so that
what is missing, added, turned into its opposite or said of another name is found too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus_norm.audit.adequacy import WordAudit, audit_words, has_lexicon
from corpus_norm.audit.alignment import AnsweredWord, answers
from corpus_norm.audit.amounts import Amount
from corpus_norm.audit.entities import (
    blank_copied,
    blank_kept,
    has_wrong_number,
    is_spelt_number,
    is_written_out,
    lost_links,
    lost_names,
    lost_quotes,
)
from corpus_norm.audit.finding import amounts, find_all, find_codes, mentions_era
from corpus_norm.audit.fluency import fluency_flags, odd_vague_word
from corpus_norm.audit.matching import AmountPair, Sides, match_amounts
from corpus_norm.audit.polarity import (
    allows_double,
    bounds_otherwise,
    declines,
    find_denial,
    lacks_denial,
    moves_otherwise,
    reverses_denial,
)
from corpus_norm.labels import AmountKind, AmountState, Flag
from corpus_norm.languages import Language, get_language
from corpus_norm.languages.record import NumberStyle

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from fractions import Fraction

__all__ = [
    "Amount",
    "AmountKind",
    "AmountPair",
    "AmountState",
    "AnsweredWord",
    "Audit",
    "amounts",
    "answers",
    "audit",
]

_ENGLISH = get_language("en")
_DATES = frozenset({AmountKind.DATE, AmountKind.MONTH, AmountKind.WEEKDAY, AmountKind.TIME})
_BY_STATE: Mapping[AmountState, Flag] = MappingProxyType(
    {
        AmountState.CHANGED: Flag.AMOUNT_CHANGED,
        AmountState.MISSING: Flag.AMOUNT_MISSING,
        AmountState.ADDED: Flag.AMOUNT_ADDED,
    }
)
# The score of a sentence is multiplied by the weight of each of its flags.
_WEIGHTS: Mapping[Flag, float] = MappingProxyType(
    {
        Flag.EMPTY_OUTPUT: 0.0,
        Flag.ECHO: 0.1,
        Flag.WRONG_LANGUAGE: 0.1,
        Flag.REPETITION: 0.3,
        Flag.OUTPUT_AT_CAP: 0.5,
        Flag.TOO_SHORT: 0.5,
        Flag.TOO_LONG: 0.6,
        Flag.LINK_LOST: 0.6,
        Flag.NEGATION_LOST: 0.6,
        Flag.NEGATION_ADDED: 0.6,
        Flag.UNRELATED: 0.1,
        Flag.CONTENT_MISSING: 0.5,
        Flag.CONTENT_ADDED: 0.5,
        Flag.POLARITY_CHANGED: 0.6,
        Flag.NAME_CHANGED: 0.7,
        Flag.NAME_LOST: 0.7,
        Flag.QUOTES_LOST: 0.9,
    }
)
_AMOUNT_FLAGS = frozenset({*_BY_STATE.values(), Flag.UNIT_CHANGED, Flag.DATE_CHANGED})
_AMOUNT_WEIGHT = 0.6
_ODD = 3.0
"""The log-odds above which a vague word has the place of a number: so it is with 8 of 10,000
sentences that people wrote, and with 6 of 10 that had a numeral."""
_HARDLY = 0.1
"""An adequacy under which a fall by an amount on one side alone is no manner of speaking."""
# One word and a colon, with nothing else but punctuation: "Contact :" before addresses.
_LABEL_ALONE = re.compile(r"\W*[^\W\d_]+\s?[:：]\W*")


@dataclass(frozen=True, slots=True)
class Audit:
    """The result of an audit: what a translation kept and lost.

    ``score`` is 1 if no fault was found and otherwise less, down to 0.  ``amounts`` holds every
    amount that was compared, with its span on both sides and its state.  ``adequacy`` is how likely
    it is, from 0 to 1, that the English says all of the source and nothing else, judged by words;
    None for a language without a lexicon.
    """

    score: float = 1.0
    flags: tuple[Flag, ...] = ()
    amounts: tuple[AmountPair, ...] = ()
    adequacy: float | None = None

    @property
    def passed(self) -> bool:
        """Whether the audit found no fault."""
        return not self.flags


def audit(source: str, english: str, language: str, *, at_cap: bool = False) -> Audit:
    """Compare a sentence with its English translation, without a reference.

    ``language`` is the BCP-47 tag of the source.  ``at_cap`` means that the output was cut off at
    the maximum length.

    >>> found = audit("OpenAI pourrait perdre 5 milliards de dollars.",
    ...               "OpenAI could lose $5 million.", "fr")
    >>> [flag.value for flag in found.flags], found.score < 1
    (['amount_changed'], True)
    >>> [(p.source.text, p.english.text, p.state.value) for p in found.amounts]
    [('5 milliards de dollars', '$5 million', 'changed')]
    >>> audit("投资120亿美元,增长百分之五。", "It invested $12 billion, up 5%.", "zh-Hans").passed
    True
    """
    record = _find_record(language)
    flags = _fluency_flags(source, english, record)
    if at_cap:
        flags.append(Flag.OUTPUT_AT_CAP)
    if Flag.EMPTY_OUTPUT in flags:
        return Audit(0.0, tuple(flags), adequacy=0.0 if has_lexicon(record) else None)
    pairs = compare_amounts(source, english, record)
    flags += _amount_flags(pairs)
    if not _AMOUNT_FLAGS.intersection(flags) and odd_vague_word(english) > _ODD:
        flags.append(Flag.AMOUNT_MISSING)
    kept = [pair for pair in pairs if pair.state is AmountState.KEPT]
    judged = audit_words(source, english, record, kept)
    if judged is None or judged.flags is None:
        flags += _find_denials(source, english, record)
    else:
        flags += judged.flags
        if _is_surely_lost(source, english, record):
            flags.append(Flag.NEGATION_LOST)
    turned = bounds_otherwise(source, english, kept, record) or _find_turn(kept, judged)
    flags = _settle_polarity(flags, source, english, record, turned=turned)
    if lost_links(source, english):
        flags.append(Flag.LINK_LOST)
    if _are_lost(lost_names(source, english, record), english):
        flags.append(Flag.NAME_LOST)
    if has_wrong_number(source, english) and Flag.NAME_CHANGED not in flags:
        flags.append(Flag.NAME_CHANGED)
    if lost_quotes(source, english, record):
        flags.append(Flag.QUOTES_LOST)
    adequacy = None if judged is None else round(judged.adequacy, 4)
    return Audit(_score(flags, pairs), tuple(flags), tuple(pairs), adequacy)


def compare_amounts(source: str, english: str, language: Language) -> list[AmountPair]:
    """Return every amount that had to be compared, with its state in the translation."""
    style, style_en = language.numbers, _ENGLISH.numbers
    source, english = blank_kept(source, english)
    found, found_en = find_all(source, language), find_all(english, _ENGLISH)
    if not style.words:  # a language without a record: only numerals can be compared
        found_en = [replace(a, firm=a.firm and a.text[-1].isdigit()) for a in found_en]
    # 民国113年 is 2024, or 113 if the English names an era
    if any("era" in a.units for a in found) and not mentions_era(english, style_en):
        found = [replace(a, values=a.values[:1]) if "era" in a.units else a for a in found]
    copies = find_codes(source) & find_codes(english)  # T3 is then a name, not a quarter
    found, found_en = ([a for a in each if a.text not in copies] for each in (found, found_en))
    pairs = match_amounts(found, found_en, Sides(((source, style), (english, style_en))))
    return [
        replace(pair, state=AmountState.KEPT)
        if pair.state is AmountState.MISSING
        and pair.source
        and is_spelt_number(source, pair.source.start, english, language)
        else pair
        for pair in pairs
    ]


def _settle_polarity(
    flags: list[Flag], source: str, english: str, language: Language, *, turned: bool | None
) -> list[Flag]:
    """Correct the flags of denials and opposites by rules that are surer than the words.

    ``turned`` says whether the amounts show an opposite, or show that there is none; else None.
    """
    found = dict.fromkeys(flags)
    if Flag.NEGATION_LOST in found and (
        allows_double(source, english, language) or declines(source, english, language)
    ):
        del found[Flag.NEGATION_LOST]
    if moves_otherwise(source, english, language):
        found[Flag.POLARITY_CHANGED] = None
    if turned:
        found[Flag.POLARITY_CHANGED] = None
    elif turned is False:
        found.pop(Flag.POLARITY_CHANGED, None)
    return list(found)


def _find_turn(kept: Iterable[AmountPair], words: WordAudit | None) -> bool | None:
    """Return True if an amount fell on one side alone, False if its sign says so, else None."""
    pairs = list(kept)
    if any(map(_is_signed, pairs)):  # a profit of -2 million is a loss
        return False
    return (words is not None and words.adequacy < _HARDLY and any(map(_is_turned, pairs))) or None


def _are_lost(names: Collection[str], english: str) -> bool:
    if not names:
        return False
    numbers = _numbers_alone(english)
    return not all(is_written_out(name, numbers) for name in names)


def _numbers_alone(english: str) -> frozenset[Fraction]:
    """Return the numbers in the English that may be the number of a code.

    Articles (``a``) and numbers glued to a letter do not count.
    """
    found = find_all(english, _ENGLISH)
    return frozenset(
        value
        for amount in found
        if amount.text.lower() not in _ENGLISH.numbers.articles
        and not english[max(0, amount.start - 1) : amount.start].isalpha()
        for value in amount.values
    )


def _fluency_flags(source: str, english: str, language: Language) -> list[Flag]:
    """Return the fluency flags, judging language and length without addresses and the like.

    A translation copies those unchanged, so they say nothing about it.
    """
    bare, bare_en = blank_copied(source), blank_copied(english)
    if bare != source and _LABEL_ALONE.fullmatch(bare) and _LABEL_ALONE.fullmatch(bare_en):
        return []
    if any(map(str.isalnum, bare_en)):
        return fluency_flags(bare, bare_en, language, _ENGLISH)
    if any(map(str.isalnum, english)) and not any(map(str.isalnum, bare)):
        return []
    return fluency_flags(source, english, language, _ENGLISH)


def _find_record(language: str) -> Language:
    try:
        return get_language(language)
    except KeyError:
        style = NumberStyle(loose_group=True)
        return Language(language, language, "", "", numbers=style, english_spread=40.0)


def _is_signed(pair: AmountPair) -> bool:
    return any(each is not None and each.negative for each in (pair.source, pair.english))


def _is_turned(pair: AmountPair) -> bool:
    """Whether an amount is a fall on one side and none on the other."""
    return (
        pair.source is not None
        and pair.english is not None
        and (pair.source.falls != pair.english.falls)
    )


def _amount_flags(pairs: Iterable[AmountPair]) -> list[Flag]:
    flags = []
    for pair in pairs:
        if pair.state is AmountState.KEPT:
            continue
        if pair.kind in _DATES:
            flags.append(Flag.DATE_CHANGED)
        elif pair.unit_changed:
            flags.append(Flag.UNIT_CHANGED)
        else:
            flags.append(_BY_STATE[pair.state])
    return list(dict.fromkeys(flags))


def _find_denials(source: str, english: str, language: Language) -> list[Flag]:
    """Return the flag of a denial lost or added, if any, by the lists of the languages alone."""
    if not language.denials.words:
        return []
    denial, denial_en = find_denial(source, language), find_denial(english, _ENGLISH)
    if denial.certain and (not denial_en.possible or reverses_denial(source, english, language)):
        return [Flag.NEGATION_LOST]
    return [Flag.NEGATION_ADDED] if denial_en.certain and not denial.possible else []


def _is_surely_lost(source: str, english: str, language: Language) -> bool:
    """Whether a denial is lost whatever the words say."""
    if lacks_denial(english):
        return True
    if reverses_denial(source, english, language) and find_denial(source, language).certain:
        return True
    return bool(language.denials.strong) and (
        find_denial(source, language).strong and not find_denial(english, _ENGLISH).possible
    )


def _score(flags: Collection[Flag], pairs: list[AmountPair]) -> float:
    score = 1.0
    for flag in flags:
        score *= _WEIGHTS.get(flag, 1.0)
    wrong = sum(pair.state is not AmountState.KEPT for pair in pairs)
    if wrong:
        score *= 1 - _AMOUNT_WEIGHT * (0.5 + 0.5 * wrong / len(pairs))
    elif Flag.AMOUNT_MISSING in flags:  # it has no pair
        score *= 1 - _AMOUNT_WEIGHT / 2
    return round(score, 4)
