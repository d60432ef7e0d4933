"""Repair text that was decoded in the wrong encoding, one line at a time.

:func:`repair_line` first tries to undo the damage of a whole line: each reading (UTF-8 taken for
GBK, Cyrillic in another code page, Chinese taken for Latin-1) must be less odd than the line by a
margin.  If none is, it repairs single UTF-8 sequences that were read as Windows-1252 inside
otherwise sound text, where no language writes these characters side by side.

A wrong encoding leaves traces that no language has: a capital after a small letter (``donÕt``), a
currency sign inside a word (``SuccÃ¨s``), Han characters nobody uses.  :func:`oddness` counts such
traces, each with a weight.  The absolute figure means little; the reading with the lowest figure is
the likeliest one.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cache, partial
from typing import TYPE_CHECKING

from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_SMALL_LETTERS = "a-zß-öø-ÿāăąćčďđēęěğīķłńņňōőœřśşšţťūůűźżžșț"
_CAPITALS = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĘĚĞĪĶŁŃŇŌŐŒŘŚŞŠŢŤŪŮŰŸŹŻŽȘȚ"
_MARKED_CAPITALS = _CAPITALS.removeprefix("A-Z")
_LETTERS = _SMALL_LETTERS + _CAPITALS

_COMMON_SCRIPTS = (
    r"\x00-\u024f\u02b0-\u074f\u0900-\u0dff\u0e00-\u0eff\u1e00-\u27ff\u2e80-\u9fff"
    r"\uac00-\ud7a3\ue000-\uffff\U0001f000-\U0001faff\U00020000-\U0002ffff\U000e0020-\U000e007f"
)

_MARKS: tuple[tuple[float, str], ...] = (
    # Control characters, private use, the replacement character: not text at all.
    (3.0, r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff]"),
    # Scripts in which no news is written: a sign of UTF-16 in the wrong byte order.
    (
        1.0,
        rf"[^{_COMMON_SCRIPTS}]",
    ),
    (1.0, r"[\u3400-\u4dbf\ufa0e-\ufaff\uff61-\uff9f\u0250-\u02af\U00020000-\U0002ffff]"),
    (1.0, r"[一-鿿](?=[가-힣])|[가-힣](?=[一-鿿])"),
    (0.6, r"(?<=[a-zß-ÿ])[一-鿿]"),
    (0.6, r"[一-鿿\U00020000-\U0002ffff](?=[a-zß-ÿ])"),
    # Latin letters in an order that no word has.
    (1.0, rf"(?<=[{_SMALL_LETTERS}])[{_MARKED_CAPITALS}]"),
    (0.7, rf"(?<=[A-Z])[{_MARKED_CAPITALS}](?=[a-z])|[ß-öø-ÿ](?=[A-Z])"),
    (0.5, rf"[{_MARKED_CAPITALS}](?=[A-Z][a-z])"),
    (0.5, rf"(?<![{_LETTERS}'’.])[ÀÁÂÃÄÅÆÇÈÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜ](?![{_LETTERS}.])"),
    (1.0, rf"(?<=[.,!?;])[{_MARKED_CAPITALS}](?![{_LETTERS}])"),
    (0.3, r"[ŠŽšžŸðþýÝ]"),
    (0.15, r"[\u0100-\u0151\u0154-\u015f\u0162-\u0177\u0179-\u017c]"),
    (1.2, r"[\u0180-\u019f\u01a2-\u01ae\u01b1-\u0217\u021c-\u024f]"),
    (0.7, r"[\u0300-\u036f\u0483-\u0489\u0591-\u05bd]"),
    (0.7, r"(?<=[A-Za-z])[\u0370-\u0fff]|[\u0370-\u0fff](?=[A-Za-z])"),
    # Signs where letters should be.
    (0.7, r"[¢¤¦¨ª¬¯¶¸¹¼×÷ÐÞƒıˆˇ˘˙˛˜˝†‡‹›πΩ∂∆∏∑√∞∫≈≠≤≥◊\u2500-\u259f]"),
    (0.4, r"‰"),
    (0.5, rf"(?<=[{_LETTERS}])[\u2500-\u259f]|[\u2500-\u259f](?=[{_LETTERS}])"),
    (1.0, r"ÔÇ"),  # a dash or quotation mark in UTF-8, read in code page 850
    (1.0, rf"(?<=[{_LETTERS}])[£¥§©«°±²³´º»½¾¿¡®€™„‚‗†‡‰](?=[{_LETTERS}])"),
    (1.0, r"(?<=[a-zß-ÿ])[‘“„‚¿¡]"),
    (0.7, rf"(?<![{_LETTERS}.,!?;…%)0-9'’])[”](?=[{_LETTERS}])"),
    (0.3, r"(?<= )…(?= [a-z])"),
    # An apostrophe in a place where neither English nor French elides.
    (
        0.6,
        r"(?<=[a-zß-ÿ])(?<!\b[a-z])(?<!qu)(?<!rd)(?<!ll)’(?!(?:s|t|ll|re|ve|d|m)\b)(?=[a-zß-ÿ])",
    ),
)
_PATTERNS = tuple((weight, compile_lazily(pattern)) for weight, pattern in _MARKS)
_HAN_CHARACTER = compile_lazily(r"[一-鿿]")
# ASCII too far from any other character for all patterns but the first to look at.
_FAR_FROM_MARKS = compile_lazily(r"(?<=[\x00-\x7f]{5})[\x00-\x7f]+(?=[\x00-\x7f]{5})")


@cache
def _rare_han() -> re.Pattern[str]:
    """Return a pattern of Han characters outside the common levels of both standards.

    GB/T 2312-1980 level 1 has 3,755 common simplified characters (rows 16 to 55); Big5 level 1
    has 5,401 common traditional ones (A440 to C67E).
    """
    simplified = bytes(b for row in range(0xB0, 0xD8) for c in range(0xA1, 0xFF) for b in (row, c))
    columns = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    traditional = bytes(b for row in range(0xA4, 0xC7) for c in columns for b in (row, c))
    common = set(simplified.decode("gb2312", "ignore") + traditional.decode("big5", "ignore"))
    return re.compile(f"(?![{''.join(sorted(common))}])[一-鿿]")


def oddness(text: str) -> float:
    """Return the weighted number of places in ``text`` that no news writer produces.

    >>> oddness("Succès partiel"), oddness("SuccÃ¨s partiel") > 1, oddness("不动产登记")
    (0.0, True, 0.0)
    """
    if text.isascii():
        return 3.0 * len(_PATTERNS[0][1].findall(text))
    (weight, not_text), *others = _PATTERNS
    total = weight * len(not_text.findall(text))
    text = _FAR_FROM_MARKS.sub("\n", text)
    total += sum(weight * len(pattern.findall(text)) for weight, pattern in others)
    if _HAN_CHARACTER.search(text):
        total += len(_rare_han().findall(text))
    return total


@cache
def _load_ftfy() -> tuple[Callable[[str], str], re.Pattern[str]]:
    """Return ftfy's repair and its pattern of mojibake; most texts need neither."""
    import ftfy
    from ftfy.badness import BADNESS_RE

    return ftfy.fix_encoding, BADNESS_RE


def _write_1252(text: str) -> bytes:
    """Encode in Windows-1252, in which every byte but 1A has a character, as browsers have it.

    Raises:
        UnicodeEncodeError: there is no byte for a character.
    """
    _load_ftfy()  # registers the codec
    return text.encode("sloppy-windows-1252")


def _spell(first: int, last: int) -> str:
    """Return the characters of a byte range in Windows-1252 and Latin-1, for a regex class."""
    data = bytes(range(first, last + 1))
    plain = data.decode("latin-1")
    windows = (bytes([byte]).decode("cp1252", "ignore") for byte in data)
    full = (read or char for read, char in zip(windows, plain, strict=True))
    return re.escape("".join(dict.fromkeys((*full, *plain))))


# UTF-8 sequences of two, three and four bytes, as Windows-1252 or Latin-1 shows them.
_NEXT = f"[{_spell(0x80, 0xBF)}]"
_SEQUENCE = compile_lazily(
    f"[{_spell(0xC2, 0xDF)}]{_NEXT}|[{_spell(0xE0, 0xEF)}]{_NEXT}{{2}}"
    f"|[{_spell(0xF0, 0xF4)}]{_NEXT}{{3}}"
)
# Signs that may follow a capital letter in sound text: they end a word or a sentence.
_MAY_FOLLOW = "\xa0«»“”‘’–—…®™§·\xad"
_SMALL = compile_lazily("[a-zß-öø-ÿāăąćčďđēėęěğģīįķļłńņňōőœřśşšťūůűųźżžșțı]")
_LETTER = compile_lazily(r"[^\W\d_]")
# Characters that a sequence of three or four may stand for: punctuation, symbols, East Asian
# characters, emoji.
_COMMON = compile_lazily(
    "[\u0900-\u0dff\u0e00-\u0eff\u1e00-\u1fff\u2010-\u206f\u20a0-\u20bf\u2100-\u22ff\u2500-\u27bf"
    "\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\ufeff\uff01-\uff5e\ufffd\U0001f300-\U0001faff]"
)
# Characters that a sequence of two may stand for: Latin letters with marks, Romanian ș and ț.
_TWO_BYTE = compile_lazily("[\xa0-\u017fƠơƯưȘ-ț]")
# The last letter of a French word and the punctuation after it: valid UTF-8 by chance.
_ENDS_WORD = compile_lazily("[à-ï][\xa0«»“”‘’–—…]+$")
# A no-break space between a French word and a guillemet: "été »".
_SOUND_GAP = compile_lazily("(?<=[a-z][à-ï])\xa0(?=[«»])")
_GAP_MARK = "\ue0a0"
_MARKED = compile_lazily("[À-ÖØ-öø-ſ]")
# Å in UTF-8: ftfy's authors found it safest to leave a line in which it is the only marked
# character.
_YEN = "Ã¥"

# The last byte of a closing quotation mark, 9D, is undefined in Windows-1252 and gets lost.
_QUOTE_CUT = compile_lazily(rf"â€(?!{_NEXT})")
# The same bytes inside a word, where a hyphen was: "peutâ€être".
_HYPHEN_CUT = compile_lazily(r"(?<=[a-zà-ÿ])â€(?=[a-zà-ÿ])")
# A no-break space whose second byte became a plain space: "12Â %".
_NO_BREAK = compile_lazily("(?<=[0-9a-zà-ÿ])Â ")
# An "à" whose second byte became a plain space, with the space after it.
_SPACE_KEPT = compile_lazily("Ã  ")
# À at the start of a sentence, without its second byte; elsewhere it was à.
_CAPITAL_CUT = compile_lazily(r"(?:^|(?<=[.!?…] )|(?<=«\s))Ã(?= [a-zA-Z])")
# The bytes 81 and 8D get lost as well: the second bytes of Latvian ā and Czech č.
_LETTER_CUT = compile_lazily("(?<=[a-zà-öø-ÿāčēģīķļņšūž])Ä(?=[a-zà-öø-ÿāčēģīķļņšūž])")
# The same at the beginning of a word: "Äervenec" for "červenec".
_FIRST_CUT = compile_lazily(r"\bÄ(?=[a-zà-öø-ÿěůř])")
# Letters that only Latvian or only Czech has among the languages looked for.
_LATVIAN = compile_lazily("[ēģīķļņūĒĢĪĶĻŅŪ]")
_CZECH = compile_lazily("[ěřůťďňćđėįųąęĚŘŮ]")

_OPEN, _CLOSE = "«“‘\"'`„‹", "»”’\"'`“›"
# One to three non-ASCII characters between quotation marks, with or without spaces.
_MENTION = compile_lazily(
    rf"(?<=[{_OPEN}])[ \xa0\u202f]?((?:(?![{_OPEN}])[^\x00-\x7f]){{1,3}})[ \xa0\u202f]?"
    rf"(?=[{_CLOSE}])"
)
# A quotation mark between spaces: "â€™".
_LONE_QUOTE = compile_lazily("(?<![^ ])(?:â€[™œ˜])(?![^ ])")


def is_cut(text: str) -> bool:
    """Whether a closing quotation mark may have lost its last byte somewhere in the text."""
    return "â€" in text


def restore_lost_bytes(line: str) -> str:
    r"""Put back bytes that a decoder dropped because Windows-1252 leaves them undefined.

    >>> restore_lost_bytes("â€œNo,â€ she said.")
    'â€œNo,â€\x9d she said.'
    """
    line = _HYPHEN_CUT.sub("â€\x90", line)
    line = _QUOTE_CUT.sub("â€\x9d", line)
    line = _NO_BREAK.sub("Â\xa0", line)
    line = _CAPITAL_CUT.sub("Ã\x80", line)
    return _SPACE_KEPT.sub("Ã\xa0 ", line)


def is_about_mojibake(line: str) -> bool:
    """Whether a line is about mojibake: all its wrong characters are quoted on their own.

    >>> is_about_mojibake("On lit « Ã© » au lieu de « é »."), is_about_mojibake("Â« lâ€™Ã©tÃ© Â»")
    (True, False)
    """
    shown: set[int] = set()
    for found in _MENTION.finditer(line):
        shown.update(range(*found.span(1)))
    for found in _LONE_QUOTE.finditer(line):
        shown.update(range(*found.span()))
    if not shown:
        return False
    found_all = _SEQUENCE.finditer(line)
    damaged = [found.span() for found in found_all if not _ENDS_WORD.match(found[0])]
    # A quotation mark after the first half of a character closes the quotation.
    return bool(damaged) and all(
        shown.issuperset(range(start, end - (line[end - 1] in _CLOSE))) for start, end in damaged
    )


def repair_pieces(line: str) -> str:
    """Replace each sequence that no language writes by the character it stands for.

    >>> repair_pieces("På mÃ¥let i RÄ«ga"), repair_pieces("VOCÊ… “Ã” HÅKAN")
    ('På målet i Rīga', 'VOCÊ… “Ã” HÅKAN')
    """
    if line.count(_YEN) == 1 and not _MARKED.search(line.replace(_YEN, "")):
        return line
    return _SEQUENCE.sub(_read_sequence, line)


def restore_letters(line: str) -> str:
    """Restore Latvian and Czech letters that lost a byte, if other letters show the language.

    >>> restore_letters("LiepÄja et Rīga"), restore_letters("Äerzte")
    ('Liepāja et Rīga', 'Äerzte')
    """
    if "Ä" in line and _LATVIAN.search(line):
        return _LETTER_CUT.sub("ā", line)
    if "Ä" in line and _CZECH.search(line):
        return _LETTER_CUT.sub("č", _FIRST_CUT.sub("č", line))
    return line


def _read_sequence(found: re.Match[str]) -> str:
    """Return the character of a sequence, or the sequence itself if it may be intended."""
    text = found[0]
    with suppress(UnicodeError):
        char = _write_1252(text).decode("utf-8")
        line, start, end = found.string, found.start(), found.end()
        before, after = line[max(0, start - 1) : start], line[end : end + 1]
        if "\x80" <= char < "\xa0" and _SMALL.match(before) and text[1] in _MAY_FOLLOW:
            return text[1]  # Windows-1252 punctuation that was read as a control character
        if len(text) > 2 and before.isascii() and before.islower() and _ENDS_WORD.match(text):
            return text
        if len(text) > 2:
            return char if _COMMON.match(char) else text
        is_in_capitals = line[max(0, start - 2) : start].isupper() or (before + after).isupper()
        if char.islower() and len(before) and is_in_capitals and not after.islower():
            return text
        if _TWO_BYTE.match(char) and _stands_out(text, before, after):
            return char
    return text


def _stands_out(text: str, before: str, after: str) -> bool:
    """Whether two characters cannot be a capital and the sign after it."""
    lead, sign = text[0], text[1]
    if lead == "Â":
        return not before.isupper() or sign not in "\xa0’”"
    if sign not in _MAY_FOLLOW:
        # Two letters side by side may be a word in capitals.
        return not (sign.isalpha() and sign.isupper() and (before.isupper() or after.isupper()))
    if sign in "’”»…\xa0":
        is_inside = _LETTER.match(before) and _LETTER.match(after)
        return bool(_SMALL.match(before) or (is_inside and sign != "’"))
    return bool(_SMALL.match(before) or _SMALL.match(after))


def fix(line: str) -> str:
    r"""Fix a line with ftfy, after protecting the ends of French words.

    >>> fix("la sÃ©curité\xa0»")
    'la sécurité\xa0»'
    """
    if not _SOUND_GAP.search(line) or _GAP_MARK in line:
        return _load_ftfy()[0](line)
    marked = _SOUND_GAP.sub(_GAP_MARK, line)
    return _load_ftfy()[0](marked).replace(_GAP_MARK, "\xa0")


# A run of characters beyond ASCII, which is read again as bytes.
_RUN = compile_lazily(r"[^\x00-\x7f]{2,}")
_UTF8_AS = ("koi8-r", "koi8-u", "cp866", "cp850", "cp932")
# A letter and a box-drawing sign, which KOI8 has where UTF-8 has its second bytes; and the signs
# that begin Cyrillic letters in code page 866, or accented ones in code page 932.
_BOXED = compile_lazily(
    "[А-яЂ-џґ╨╤ﾃﾂ](?:(?<=[А-яЂ-џґ])[\u2500-\u25a0═-╬⌠⌡√≈≤≥°²·÷]|(?<=[╨╤])[А-яЁёЄєЇїЎў°-■]"
    "|(?<=[ﾃﾂ])[｡-ﾟ])"
)

# Cyrillic in one byte a letter, read as Latin: "Ïðèâåò" for "Привет".
_HIGH_LATIN = compile_lazily("[À-ÿ\x80-\x9f¸¨³¿º¹]{4,}")
_LATIN_RUN = compile_lazily("[\xa1-\xff]{4,}")
# Text of nothing but Chinese characters and punctuation.
_HAN_ALONE = compile_lazily("[一-鿿、。，！？：；（）《》“”]+")
# Cyrillic words with their case swapped, as KOI8-R and Windows-1251 show each other's text.
_TURNED_CASE = compile_lazily("[а-яё][А-ЯЁ]{3,}")
# Code page 866 read as Windows-1251: a sign between letters, "б®а" for "сор".
_DOS_AS_WINDOWS = compile_lazily("[а-яА-ЯЁёЎўЄєЇї][«»®¬­Ґ¤§©°±][а-яА-ЯЎў«»®¬­Ґ¤§©]")
_CYRILLIC_WORD = compile_lazily("[А-яЁёЄєІіЇїҐґЎў]+")
# A word in one case, or with a capital first: "Москва", not "мОСКВА".
_REGULAR = compile_lazily("[А-ЯЁЄІЇҐЎ]?[а-яёєіїґў]+|[А-ЯЁЄІЇҐЎ]+")
_FREQUENT = frozenset("оеаинтсрвліОЕАИНТСРВЛІ")
_RARE = frozenset("ъщэфёЪЩЭФЁўЎ")
_NOT_RUSSIAN = compile_lazily("[^\x00-\x7f\xa0«»–—…“”„’№А-яЁёЄєІіЇїҐґЎў]")
_READ_AS = ("cp1252", "latin-1", "cp1251", "koi8-r")
_WRITTEN_IN = ("cp1251", "koi8-r", "cp866", "iso8859-5", "mac-cyrillic")

# A sign or capital between small letters, where the other code page has an accented letter.
_SWAPPED = "ÀÁÂÄÅÇÈÉÊËÍÎÏÔÖÓÙÚÛÜŽ™‡‚Θ⌠¶∙ˆŠ"
_AMONG_SMALL = compile_lazily(f"[{_SWAPPED}](?<=[a-z].)(?=[a-z])")
_ACCENTS = (  # read as, written in
    ("mac-roman", "cp1252"),
    ("cp1252", "mac-roman"),
    ("cp437", "cp1252"),
    ("cp850", "cp1252"),
    ("cp1252", "cp850"),
)
# Text in the characters of French, with a few of its neighbours.
_FRENCH = compile_lazily(
    "[\x00-\x7fàâäçèéêëîïôöùûüœæÀÂÇÈÉÊËÎÏÔÖÙÛÜŒÆ«»’‘“”–—…€°\xa0\u202fñáíóúßÄ]*"
)


def may_be_swapped(text: str) -> bool:
    """Whether the readings of Cyrillic, French or box-drawing signs may change the text."""
    return any(
        pattern.search(text)
        for pattern in (_BOXED, _HIGH_LATIN, _TURNED_CASE, _DOS_AS_WINDOWS, _AMONG_SMALL)
    )


def utf8_in_runs(line: str) -> Iterator[str]:
    """Yield the line with its non-ASCII runs reread as UTF-8 that was taken for a code page."""
    if _BOXED.search(line):
        for encoding in _UTF8_AS:
            text = _RUN.sub(partial(_read_utf8, encoding=encoding), line)
            if not _BOXED.search(text):
                yield text


def _read_utf8(run: re.Match[str], encoding: str) -> str:
    try:
        return run[0].encode(encoding).decode("utf-8")
    except UnicodeError:
        return run[0]


def cyrillic(line: str) -> Iterator[str]:
    """Yield the Cyrillic readings of a line in which its words look Russian, best first."""
    if not any(each.search(line) for each in (_HIGH_LATIN, _TURNED_CASE, _DOS_AS_WINDOWS)):
        return
    if "àáâ" in line.lower():
        return  # an alphabet, in a text about letters
    readings: dict[str, float] = {}
    for read_as in _READ_AS:
        for written_in in _WRITTEN_IN:
            if read_as != written_in:
                with suppress(UnicodeError):
                    text = line.encode(read_as).decode(written_in)
                    readings[text] = _weigh_russian(text)
    before = _weigh_russian(line)
    for text in sorted(readings, key=readings.__getitem__, reverse=True):
        if readings[text] >= max(0.5, before + 0.4):
            yield text


def _weigh_russian(text: str) -> float:
    """Return how much the Cyrillic words of a text look like real words, from 0 to 1."""
    words = _CYRILLIC_WORD.findall(text)
    letters = sum(map(len, words))
    if letters < 5 or _NOT_RUSSIAN.search(text):
        return 0.0
    regular = sum(len(word) for word in words if _REGULAR.fullmatch(word)) / letters
    frequent = sum(char in _FREQUENT for word in words for char in word) / letters
    rare = sum(char in _RARE for word in words for char in word) / letters
    return regular * min(1.0, frequent / 0.55) * max(0.0, 1 - 4 * max(0.0, rare - 0.08))


def chinese_in_runs(line: str) -> Iterator[str]:
    """Yield the line with its Latin-1 runs reread as GB 2312."""
    text = _LATIN_RUN.sub(_read_gb2312, line)
    if text != line:
        yield text


def _read_gb2312(run: re.Match[str]) -> str:
    if run[0].isupper() or run[0].islower():
        return run[0]  # an alphabet, in a text about letters
    try:
        text = run[0].encode("latin-1").decode("gb2312")
    except UnicodeError:
        return run[0]
    return text if _HAN_ALONE.fullmatch(text) else run[0]


def accents(line: str) -> Iterator[str]:
    """Yield readings of the line in which all its accents are French."""
    if not _AMONG_SMALL.search(line):
        return
    for read_as, written_in in _ACCENTS:
        with suppress(UnicodeError):
            text = line.encode(read_as).decode(written_in)
            if _FRENCH.fullmatch(text):
                yield text


def _chars(leads: Iterable[int], trails: range) -> str:
    """Return the characters whose two GBK bytes are in these ranges, for a regex class."""
    pairs = bytes(byte for lead in leads for trail in trails for byte in (lead, trail))
    return re.escape(pairs.decode("gbk", "ignore"))


# One cheap pattern for everything that ftfy.badness may take for mojibake: nearly always two
# marked characters side by side.  A test compares it with ftfy's own pattern, which is ten times
# slower.
_GREEK_CYRILLIC = "\u0370-\u048f\u0492-\u04ff"
_OTHER = (
    "\u0100-\u017f\u0192\u02b0-\u02ff\u2030-\u206f\u20a0-\u20bf\u2100-\u25ff"
    "\u0490\u0491\uf8ff\ufb01\ufb02\ufffd"
)
_PUNCTUATION = "\xa0\xad·\u2010-\u2015…’"
_FIRST = f"\x80-\x9f\xa1-\xac\xae-\xb6\xb8-\xff{_OTHER}‘‚‛“-‟†‡•"
_BAD_PAIR = (
    rf"[\x80-\xff{_OTHER}{_GREEK_CYRILLIC}\u2010-\u2026](?:(?<=[{_FIRST}])[{_FIRST}{_GREEK_CYRILLIC}]"
    rf"|(?<=[{_GREEK_CYRILLIC}])[{_FIRST}]|(?<=[ÂÃÎÐØÙ])[{_PUNCTUATION}]|(?<=[ÂÃ]) "
    rf"|(?<=[Œœ])[^A-Za-z]|(?<=[\x80-\x9f])|(?<=в)Ђ|(?<=Г)ў)"
)
# A Latin letter in UTF-8 read as GBK: C2 to C5 and a continuation byte.
_GBK_LATIN = _chars(range(0xC2, 0xC6), range(0x80, 0xC0))
# The start of a Chinese character or punctuation mark in UTF-8 read as GBK.
_GBK_HAN = _chars(range(0xE3, 0xEA), range(0x80, 0xC0)) + "锛鈥"
# A Windows-1252 apostrophe or letter and the small letter after it, read as GBK.
_GBK_PAIR = _chars((0x92, 0x9C, *range(0xC0, 0xFD)), range(0x61, 0x7B))

# UTF-8 read as code page 850: the start of a sequence and its continuation.
_CP850 = compile_lazily(
    "[{}][{}]".format(
        *(re.escape(bytes(r).decode("cp850")) for r in (range(0xC2, 0xF5), range(0x80, 0xC0)))
    )
)
# UTF-8 read as Windows-1252, in pieces too short for ftfy to be sure of beside sound letters.
_PIECE = compile_lazily(
    r"[Â-ßáâ](?:(?<=[Â-ß])[\xa1-\xaa\xac\xaf-\xba\xbc-\xbf‚ƒ„†‡ˆ‰‹›Œœ˜Ÿž“]|(?<=Ä)(?=[a-z])"
    r"|(?<=[a-zà-ÿ][Â-ß])[\xa0«»”‘’–—…®™§·]|(?<=â)€|(?<=á)[º»]|(?<=[0-9a-zà-ÿ]Â)[ \xa0])"
)
# A pair of characters that sound text does not have.
_BAD = compile_lazily(_BAD_PAIR)
# Two starts of Chinese characters close together, or the others beside a small letter or space.
_GBK = compile_lazily(
    rf"[{_GBK_HAN}{_GBK_LATIN}{_GBK_PAIR}](?:(?<=[{_GBK_HAN}]).{{0,2}}[{_GBK_HAN}]"
    rf"|(?<=[{_GBK_LATIN}])(?=[a-z ])|(?<=[a-z][{_GBK_LATIN}])"
    rf"|(?<=[{_GBK_PAIR}])(?=[a-z])|(?<=[a-z][{_GBK_PAIR}]))"
)
_HAN = compile_lazily("[一-鿿]")
# Two characters beyond ASCII side by side, or one that is suspect even among ASCII: each of the
# patterns of :func:`is_suspect` needs one of these, and most lines of French have none.
_MAY_BE_SUSPECT = compile_lazily(
    rf"[^\x00-\x7f](?:[^\x00-\x7f]|(?<=[\x80-\x9fÂÃÄŒœ一-鿿])|(?<=[a-z][{_SWAPPED}]))"
)
# Â as a word of its own, or at the start of a line or quotation, before one plain space.
_TYPED = compile_lazily(r"(?<![^\s«“‘\"(])Â (?=[^\W_])")
# An accented small letter of French.
_ACCENT = compile_lazily("[à-öø-ÿœ]")

_HIGH_RUN = compile_lazily(r"[^\x00-\x7f]{2,}")
# E3 to E9 begin Chinese characters and punctuation in UTF-8; an A0 after them became a space.
_A0_LOST = compile_lazily(rb"[\xe3-\xe9](?: [\x80-\xbf]|[\x80-\xbf] )")
# A character that Chinese text does not have.
_NOT_CHINESE = compile_lazily(
    r"[^\x00-\x7f\xa2-\xb7\u2010-\u2030\u3000-\u301f\u4e00-\u9fff\uff00-\uffef]"
)
_HAN_RUN = compile_lazily(r"[\u4e00-\u9fff]+")
# An accented letter or apostrophe before a plain one, as in French words.
_LATIN_PAIR = compile_lazily(r"[àâçèéêëîïôöùûüäñáíóúœÉÀÈÊÇ’][a-z]")


def is_suspect(text: str) -> bool:
    """Whether :func:`repair_line` may change a line of the text; rarely true for a sound line.

    >>> is_suspect("SuccÃ¨s"), is_suspect("« L’été à 20 € »")
    (True, False)
    """
    if _MAY_BE_SUSPECT.search(text) is None:
        return False
    pairs = list(_BAD.finditer(text))
    if pairs:
        badness = _load_ftfy()[1]
        if any(badness.search(text, max(0, m.start() - 3), m.end() + 6) for m in pairs):
            return True
    if _CP850.search(text) or _PIECE.search(text) or may_be_swapped(text):
        return True
    return _HAN.search(text) is not None and _GBK.search(text) is not None


def repair_line(line: str) -> str:
    """Undo the wrong decoding of a line; a sound line is unchanged.

    >>> repair_line("SuccÃ¨s partiel"), repair_line("solidarit茅"), repair_line("appareill├®")
    ('Succès partiel', 'solidarité', 'appareillé')
    >>> repair_line("ÆäËûÈËÒ²Ôø³¢ÊÔ¹ý"), repair_line("« L’été à 20 € »")
    ('其他人也曾尝试过', '« L’été à 20 € »')
    """
    if not is_suspect(line) or is_about_mojibake(line) or _is_typed(line):
        return line
    before = oddness(line)
    for margin, readings in _READINGS:
        for reading in readings(line):
            if reading != line and oddness(reading) + margin <= before:
                return reading
    fixed = repair_pieces(fix(restore_lost_bytes(line)))
    fixed = restore_letters(fixed) if fixed != line else line
    last = ((0.9, _utf8_as_cp850(line)), (0.5, next(chinese_in_runs(line), None)))
    for margin, other in last:
        if other is not None and oddness(other) + margin <= oddness(fixed):
            return other
    return fixed


def _is_typed(line: str) -> bool:
    """Whether the only sign of damage is Â before a space, typed for À or A.

    A damaged no-break space before a sentence looks the same (``It rained. Â The``), so inside a
    line another accent must show that the text is sound.
    """
    sound = _TYPED.sub("A ", line)
    if sound == line or is_suspect(sound):
        return False
    return _ACCENT.search(sound) is not None or _TYPED.match(line) is not None


def _chinese_as_latin(line: str) -> Iterator[str]:
    """Yield readings of Latin-1 or Windows-1252 as GBK, Big5, or UTF-8 with spaces for A0."""
    high = sum(map(len, _HIGH_RUN.findall(line)))
    if high * 3 < len(line.replace(" ", "")):
        return
    for encode in (_write_1252, lambda line: line.encode("latin-1")):
        with suppress(UnicodeError):
            data = encode(line)
            if not _is_utf8(data):
                restored = _A0_LOST.sub(lambda found: found[0].replace(b" ", b"\xa0"), data)
                readings = (
                    _read_chinese(restored, "utf-8"),
                    _read_chinese(data, "gb18030"),
                    _read_chinese(data, "big5hkscs"),
                )
                yield from sorted(filter(None, readings), key=oddness)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _read_chinese(data: bytes, encoding: str) -> str | None:
    """Decode bytes as Chinese; return None unless nearly all characters are common."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    is_chinese = _NOT_CHINESE.search(text) is None and oddness(text) * 7 <= len(text)
    return text if is_chinese else None


def _utf8_as_gbk(line: str) -> Iterator[str]:
    with suppress(UnicodeError):
        yield line.encode("gb18030").decode("utf-8")


def _latin_as_gbk(line: str) -> Iterator[str]:
    """Undo the merging of a Windows-1252 letter with the next: ``r閏eption``, ``réception``."""
    runs = _HAN_RUN.findall(line)
    pairs = {run: run.encode("gb18030").decode("cp1252", "replace") for run in runs}
    if runs and all(_LATIN_PAIR.fullmatch(pair) for pair in pairs.values()):
        yield _HAN_RUN.sub(lambda found: pairs[found[0]], line)


def _utf8_as_cp850(line: str) -> str | None:
    """Reread each non-ASCII run as UTF-8 taken for code page 850; return None if one is not."""
    try:
        return _HIGH_RUN.sub(lambda found: found[0].encode("cp850").decode("utf-8"), line)
    except UnicodeError:
        return None


_READINGS: tuple[tuple[float, Callable[[str], Iterator[str]]], ...] = (
    # Each with how much less odd the reading must be.  GBK bytes that are valid UTF-8 are strong
    # evidence already.
    (0.5, utf8_in_runs),
    (0.0, cyrillic),
    (1.5, accents),
    (1.0, _chinese_as_latin),
    (0.5, _utf8_as_gbk),
    (0.9, _latin_as_gbk),
)
