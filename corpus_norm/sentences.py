"""Find where sentences end, by correcting the boundaries of sentencex.

Sentencex (Wikimedia's segmenter) finds nearly all of them.  It does not know which abbreviations
end a sentence before which word, that "he said" after a quotation continues its sentence, or that
an emoji after the stop belongs to the sentence it comments on.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from corpus_norm.document import UNDETERMINED
from corpus_norm.languages import LANGUAGES, any_of, combine, get_language
from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus_norm.languages import Language

_DIGRAPHS = combine(lambda record: record.stops.digraphs)
_FIRMS = combine(lambda record: record.stops.firms)
_HALVES = combine(lambda record: record.stops.halves)
_CLOCK_NOUNS = combine(lambda record: record.stops.clock_nouns)
_MEASURES = combine(lambda record: record.stops.measures)
_ORDINAL_MARKS = combine(lambda record: record.numbers.ordinal_marks)

logger = logging.getLogger("corpus_norm")

AROUND = 60
"""The number of characters examined on each side of a boundary."""
_WINDOW = 8_000
# A stop at which a long text is cut into pieces: ". ", "。".
_WINDOW_END = compile_lazily(r"[.!?]\s|[。！？]")
_CLOSERS = "\"'”’»›)]」』）】》〉〞﹂﹄"
# Chinese quotation marks that sentencex does not know as pairs.
_HAN_QUOTATION = compile_lazily("『[^『』]{1,400}』|〝[^〝〞]{1,400}〞|[﹁﹃][^﹁-﹄]{1,400}[﹂﹄]")
# The title of a work, or a tag before a headline; a stop inside ends no sentence.
_HAN_TITLE = compile_lazily("《[^《》]{1,80}》|〈[^〈〉]{1,80}〉|【[^【】]{1,40}】")
_OPENER_OF = {"”": "“", "」": "「", "』": "『", "〞": "〝", "﹂": "﹁", "﹄": "﹃"}
_LONGEST_QUOTATION = 400
# What ends a clause: a stop, a comma, a quotation mark.
_CLAUSE_EDGE = compile_lazily(r"[。！？!?；;：:，,.“”「」『』〝〞﹁﹂\n]")
# Closing marks and footnote numbers after a stop: »  ”)  [12].
_TRAIL = compile_lazily(rf"(?:[{re.escape(_CLOSERS)}]|\s+[»›]|\s?\[\d{{1,3}}\])+$")
_TRAILING = frozenset(_CLOSERS)
_SMILES = frozenset(")(DP")
# Signs before the first word of a sentence: "« ", "(", "– ".
_OPENERS = compile_lazily(r"[\s«‹“‘\"'「『(\[（—–-]*")
# The last word before a stop, with its inner stops: "p.m" in "at 5 p.m".
_LAST = compile_lazily(r"[^\s(«“\"'‘’/]+$")
# What may end a sentence: of ASCII and Latin characters, only these in any language.
_MAY_STOP = compile_lazily(r"[.!?;:]|[^\x00-\x7fÀ-ɏ]")
# The same in a language with a record, as far as news needs other characters: the terminators and
# list markers of sentencex among the signs, Han, kana and emoji; all of the rare scripts.
_MAY_STOP_HERE = compile_lazily(
    "[.!?…()•◦▪▫■□●○⁃⁌⁍◆◇★☆➤➢➣▶▸►\u2024\u203c\u203d\u2047-\u2049\u3002\uff01\uff0e\uff1f\uff61]"
    "|[^\x00-\u024f\u1e00-\u1eff\u2000-\u2bff\u3000-\u9fff\uff00-\uffef\U0001f000-\U0001faff]"
)
_NO_SPACE = compile_lazily(r"\S")
# Spaces of several bytes before a full stop: sentencex 1.x panics on an initial before them.
_WIDE_SPACE = compile_lazily(r"[^\S\x00-\x7f]+(?=\.)")
_AFTER_WIDE_SPACE = compile_lazily(r"\.(?<=[^\S\x00-\x7f]\.)")  # found much faster
_WORD = compile_lazily(r"[^\W\d_]+")
# What joins an elided word to the next: the apostrophe in "L'eau".
_ELISION = compile_lazily(r"['’]\w")
# An initial of two letters ("Ph" in "Ph. Martin"), any initial, and several ("J.-P", "U.S").
_DIGRAPH = compile_lazily(rf"\b(?:{'|'.join(_DIGRAPHS)})\b")
_INITIAL = rf"(?:{'|'.join(_DIGRAPHS)}|[^\W\d_])"
_INITIALS = compile_lazily(rf"{_INITIAL}(?:\.?[-\u2010\u2011.]{_INITIAL})*")
# A Roman number, as after "chap.": "IV".
_ROMAN = compile_lazily(r"[IVXLC]+\b")
# A name that begins with small letters: "iPhone", "eBay".
_BRAND = compile_lazily(r"[a-z]{1,2}[A-Z]")
# The end of "3 h" or "20 min".
_MEASURE = compile_lazily(rf"\d\s?{any_of(_MEASURES)}$")
# The day of a month: "5 ", "1er ", "3rd ".
_DAY_NUMBER = compile_lazily(rf"\d{{1,2}}{any_of(sorted(_ORDINAL_MARKS))}?\s")
# Faces, hearts, hands, flags; but no sign that introduces the text after it, such as a calendar,
# a pin, a siren, a check mark or a coloured circle.
_SYMBOL = (
    r"(?:(?![\u2600\u260e\u2611\u261d-\u261f\u26a0\u2702-\u2716\u2753-\u2757\u2776-\u27bf"
    r"\u26aa\u26ab\U0001f446-\U0001f449\U0001f4a1\U0001f4c4-\U0001f4d3\U0001f4dd-\U0001f4e9"
    r"\U0001f4f0-\U0001f4fd\U0001f50d-\U0001f517\U0001f534-\U0001f53d\U0001f550-\U0001f567"
    r"\U0001f5d2-\U0001f5e3\U0001f6a8\U0001f7e0-\U0001f7eb\U0001f195\U0001f3a4-\U0001f3a7])"
    r"[\u2600-\u27bf\u2b50\u2b55\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff])"
)
_EMOJI = rf"{_SYMBOL}(?:[\ufe0f\U0001f3fb-\U0001f3ff]|\u200d[\u2600-\u27bf\U0001f300-\U0001faff])*"
# Emoji and smileys such as ":-)" after a sentence.
_COMMENT = compile_lazily(rf"(?:[^\S\n]*(?:{_EMOJI}|(?<=\s)[:;]-?[()DP](?!\S)))+")
_COMMENT_END = compile_lazily(rf"(?:\s*(?:{_EMOJI}|(?<=\s)[:;]-?[()DP]))+$")
# A sentence in brackets: "(It rained.)".
_BRACKETED = compile_lazily(r"[(（][^()（）\n]{1,400}[.!?。！？…][\"”’」』]?[)）]")
_ENDS = ".!?…。！？"
_MARKS_BEFORE = frozenset({"a", "an"})  # "She gave it an A."
_MARK = re.compile(r"(?<!\w)an? [A-Z]$")
# The code of an exchange or a class of shares, and the ticker before its stop.
_SHORT_CODE = re.compile(r"[A-Z]{1,3}(?![A-Za-z0-9])")
_CODED = re.compile(r"(?<![A-Za-z0-9.])(?:[A-Z]{2,5}\d?|\d{4,6})\.$")
_HYPHENS = frozenset("-\u2010\u2011")
_MAY_END = _FIRMS | combine(lambda record: record.stops.lists)
# A full stop, perhaps with closing quotation marks, before a capitalised word.
_STOP = compile_lazily(r"\.[\"'”’»)]{0,3}\s+(?=[«“‘\"\s]*[A-ZÀ-Ý])")
# A short word before a stop, with its inner stops: "etc", "e.g".
_ABBREVIATION = compile_lazily(r"(?<![\w.])\w(?:[\w.]{0,8}\w)?$")


def find_ends(text: str, language: str) -> list[int]:
    """Return the offsets at which sentences end, in order, except the end of the text.

    >>> text = "He left the U.S. in May. The U.S. Senate met at 5 p.m. Monday. 🎉 It rained."
    >>> [text[end:end + 5] for end in find_ends(text, "en")]
    [' The ', ' It r']
    """
    last = len(text)  # the end of the last word: what ends after it is the end of the text
    while last and not (text[last - 1].isalnum() or text[last - 1] == "_"):
        last -= 1
    if not _may_stop(text, last, language):
        return []
    record = _record(language)
    code = language.split("-", maxsplit=1)[0] if language != UNDETERMINED else "en"
    flat = text.replace("\n", " ")
    cuts = {
        start + cut for start, end in _windows(flat) for cut in _find_cuts(flat[start:end], code)
    }
    if "(" in flat or "（" in flat:
        cuts.update(_after_brackets(flat))
    cuts.update(_after_abbreviations(flat, record))
    if not flat.isascii():
        _pass_quotations(flat, cuts)
    moved = {_pass_comment(text, cut) for cut in cuts if cut < last}
    return sorted(cut for cut in moved if cut < last and _ends_sentence(flat, cut, record))


def _find_cuts(text: str, code: str) -> list[int]:
    """Return the ends that sentencex finds, or none in a text that it fails on."""
    import sentencex

    if _AFTER_WIDE_SPACE.search(text) is not None:
        text = _WIDE_SPACE.sub(lambda match: " " * len(match[0]), text)
    try:
        return [found["end_index"] for found in sentencex.get_sentence_boundaries(code, text)]
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of Rust; it cannot be imported
            raise
        logger.warning("sentencex fails on a text of %d characters: %s", len(text), error)
        return []


def _may_stop(text: str, last: int, language: str) -> bool:
    """Whether a sentence may end before an offset: most lines of a page are one sentence."""
    has_record = language in LANGUAGES or language == UNDETERMINED
    if has_record and len(text) <= _WINDOW and _MAY_STOP_HERE.search(text, 0, last) is None:
        return False
    return _MAY_STOP.search(text) is not None  # a longer text is cut in any case


def _record(language: str) -> Language:
    try:
        return get_language(language)
    except KeyError:
        return LANGUAGES["en"]


def _windows(text: str, size: int = _WINDOW) -> Iterator[tuple[int, int]]:
    """Yield pieces of at most ``size`` characters; sentencex takes quadratic time on quotes."""
    start = 0
    while len(text) - start > size:
        ends = [match.end() for match in _WINDOW_END.finditer(text, start, start + size)]
        end = ends[-1] if ends else start + size
        yield start, end
        start = end
    yield start, len(text)


def _after_brackets(text: str) -> Iterator[int]:
    """Yield the end of each whole sentence in brackets that follows another sentence."""
    for match in _BRACKETED.finditer(text):
        before = text[max(0, match.start() - AROUND) : match.start()].rstrip()
        if not before or before.rstrip(_CLOSERS)[-1:] in _ENDS:
            yield match.end()


def _after_abbreviations(text: str, record: Language) -> Iterator[int]:
    """Yield the ends that sentencex misses: abbreviations before a capitalised common word."""
    for match in _STOP.finditer(text):
        found = _ABBREVIATION.search(text, max(0, match.start() - 10), match.start())
        if found is None:
            continue
        word = found[0].lower()
        is_known = word in _MAY_END or word in record.stops.doubtful or "." in word
        is_known = (
            is_known or _MARK.search(text, max(0, match.start() - 5), match.start()) is not None
        )
        after = text[match.end() : match.end() + AROUND]
        if _is_word_too(found[0], record) or (is_known and _begins_sentence(after, record)):
            yield match.end()


def _is_word_too(word: str, record: Language) -> bool:
    """Whether an abbreviation before numbers is also a common word, as "no" in "no. 5"."""
    return word in record.stops.numbered and word in record.stopwords


def _pass_quotations(text: str, cuts: set[int]) -> None:
    """Move boundaries inside a quotation to its end; remove those inside a title."""
    for match in _HAN_QUOTATION.finditer(text):
        inside = cuts.intersection(range(match.start() + 1, match.end()))
        cuts -= inside
        if match.end() - 1 in inside:
            cuts.add(match.end())
    for match in _HAN_TITLE.finditer(text):
        cuts.difference_update(range(match.start() + 1, match.end() + 1))


def _pass_comment(text: str, cut: int) -> int:
    """Return the offset after the stop and any emoji that comment on the sentence."""
    while cut and text[cut - 1].isspace():
        cut -= 1
    comment = _COMMENT.match(text, cut)
    return cut if comment is None else comment.end()


def _ends_sentence(text: str, cut: int, record: Language) -> bool:
    start = _NO_SPACE.search(text, cut)
    if start is None:
        return False
    after = text[start.start() : start.start() + AROUND]
    before = _drop_comment(text[max(0, cut - AROUND) : cut])
    core = _TRAIL.sub("", before).rstrip() if before[-1:] in _TRAILING else before
    stop = core[-1:]
    if stop not in _ENDS:
        return True
    if stop not in ".…" and core is not before and _is_attributed(after, record):
        return _is_introduced(text, cut, record)
    if after[0].islower() and (record.spaced or stop not in "。！？"):
        return _BRAND.match(after) is not None
    if stop == "." and not core.endswith(".."):
        is_inside = text[cut] in _HYPHENS or (start.start() == cut and _is_ticker(core, after))
        return not is_inside and _ends_at_stop(core[:-1], after, record)
    return True


def _is_ticker(before: str, after: str) -> bool:
    """Whether a stop without a space belongs to a name: BRK.B, MC.PA, 0700.HK, the .NET library."""
    if before[-2:-1].isspace():
        return after[:2].isupper()
    return _SHORT_CODE.match(after) is not None and _CODED.search(before) is not None


def _is_attributed(after: str, record: Language) -> bool:
    """Whether the text after a quotation names the speaker."""
    speech = record.stops.speech
    if speech is None or speech.match(after) is None:
        return False
    return not record.spaced or not _begins_sentence(after, record)


def _is_introduced(text: str, cut: int, record: Language) -> bool:
    """Whether the quotation that ends here was attributed before it began.

    It was if a colon, or a verb of speech and a comma, come before it: ``他說，「好。」``.
    """
    closers = [char for char in text[max(0, cut - 4) : cut] if char in _OPENER_OF]
    if not closers:
        return False
    start = text.rfind(_OPENER_OF[closers[-1]], max(0, cut - _LONGEST_QUOTATION), cut)
    lead = text[max(0, start - AROUND) : max(0, start)].rstrip()
    if lead[-1:] not in {"：", ":", "，", ","}:
        return False
    clause = _CLAUSE_EDGE.split(lead[:-1])[-1].strip()
    speech = record.stops.speech
    is_speech = speech is not None and speech.match(f"{clause}。" if not record.spaced else clause)
    return lead[-1] in "：:" or is_speech is not None


def _drop_comment(before: str) -> str:
    """Return the text before a boundary without any emoji after the stop."""
    if before[-1:] < "\u2600" and before[-1:] not in _SMILES:
        return before
    return _COMMENT_END.sub("", before).rstrip()


def _ends_at_stop(before: str, after: str, record: Language) -> bool:
    """Whether a full stop ends the sentence, judged by the words before and after it."""
    found = _LAST.search(before)
    last = found.group() if found else ""
    word, stops = last.lower(), record.stops
    begins = _begins_sentence(after, record)
    is_numbered = after[0].isdigit()
    if word in record.abbreviations:
        return begins and last[0].islower() and _is_title(word, record)
    if _INITIALS.fullmatch(last) and _DIGRAPH.sub("X", last).isupper():
        return _ends_after_initials(before, last, begins, record)
    if word in _HALVES:
        return not _goes_on_after_clock(after, record)
    if word in stops.days and _starts_with_date(after, record):
        return last[0].islower() and stops.capital_days
    is_roman = _ROMAN.match(after) is not None and not _is_word_too(last, record)
    is_number = word in stops.numbered and (is_numbered or is_roman)
    if is_number or (is_numbered and _MEASURE.search(before[-12:]) is not None):
        return False
    is_capital = last[:1].isupper() or word in stops.months
    is_doubtful = word in _FIRMS or (word in stops.doubtful and is_capital)
    return not is_doubtful or (begins and not is_numbered and after[0] not in "([")


def _is_title(word: str, record: Language) -> bool:
    """Whether an abbreviation is a title; ``vs`` and ``e.g`` are not and never end a sentence.

    A title has a capital before a name, so a lower-case one may end a sentence.
    """
    return "." not in word and word not in record.stops.untitled


def _begins_sentence(after: str, record: Language) -> bool:
    """Whether a very common word follows, capitalised as only at the start of a sentence."""
    start = _OPENERS.match(after)
    rest = after[start.end() if start else 0 :]
    found = _WORD.match(rest)
    if found is None or not found[0][0].isupper():
        return False
    word = found[0].lower()
    is_elided = word in record.elided and _ELISION.match(rest, found.end()) is not None
    return is_elided or word in record.stopwords


def _ends_after_initials(before: str, last: str, begins: bool, record: Language) -> bool:  # noqa: FBT001
    """Whether a sentence ends after initials.

    ``J.-P.`` and ``J.`` stand before a name; ``U.S.`` and ``vitamin D.`` may end a sentence.
    """
    noun = _LAST.search(before[: -len(last)].rstrip())
    previous = noun.group().lower() if noun else ""
    if last == "I":
        return True
    if len(last) == 1:
        return begins and (previous in record.stops.lettered or previous in _MARKS_BEFORE)
    if not _HYPHENS.isdisjoint(last):
        return begins and previous in record.stops.before_christ
    return begins


def _goes_on_after_clock(after: str, record: Language) -> bool:
    words = _WORD.findall(after)[:2]
    is_known = bool(words) and words[0].lower() in record.stops.clock
    return is_known or after[0] in "([" or not _CLOCK_NOUNS.isdisjoint(words[1:])


def _starts_with_date(after: str, record: Language) -> bool:
    """Whether a number or a month follows, as after the abbreviated name of a day."""
    number = _DAY_NUMBER.match(after)
    word = _WORD.match(after, number.end() if number else 0)
    is_month = word is not None and word[0].lower() in record.stops.months
    return is_month or (number is not None and record.stops.capital_days)
