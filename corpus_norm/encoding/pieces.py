"""Single characters of UTF-8 that were read as Windows-1252, beside sound text on the same line.

A line that was damaged as a whole is undone as a whole (:mod:`corpus_norm.encoding.mojibake`).
Here every sequence is looked at by itself: whether no language writes these signs side by side, and
whether what they stand for belongs there.
"""

from __future__ import annotations

import re
from contextlib import suppress

import ftfy
from ftfy import bad_codecs

bad_codecs.ok()  # registers ftfy's codecs, in which every byte has a character


def _spell(first: int, last: int) -> str:
    """The characters of these bytes, by Windows-1252 and by Latin-1, for a class of a regex."""
    data = bytes(range(first, last + 1))
    both = dict.fromkeys(data.decode("sloppy-windows-1252") + data.decode("latin-1"))
    return re.escape("".join(both))


_NEXT = f"[{_spell(0x80, 0xBF)}]"
_SEQUENCE = re.compile(
    f"[{_spell(0xC2, 0xDF)}]{_NEXT}|[{_spell(0xE0, 0xEF)}]{_NEXT}{{2}}"
    f"|[{_spell(0xF0, 0xF4)}]{_NEXT}{{3}}"
)
# Signs that do stand behind a capital letter: ends of words and of sentences, another word.
_MAY_FOLLOW = "\xa0«»“”‘’–—…®™§·\xad"
_SMALL = re.compile("[a-zß-öø-ÿāăąćčďđēėęěğģīįķļłńņňōőœřśşšťūůűųźżžșțı]")
_LETTER = re.compile(r"[^\W\d_]")
# What a sequence of three or four may stand for: punctuation, symbols, East Asia, emoji.
_COMMON = re.compile(
    "[\u0900-\u0dff\u0e00-\u0eff\u1e00-\u1fff\u2010-\u206f\u20a0-\u20bf\u2100-\u22ff\u2500-\u27bf"
    "\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\ufeff\uff01-\uff5e\ufffd\U0001f300-\U0001faff]"
)
_TWO_BYTE = re.compile("[\xa0-\u017fƠơƯưȘ-ț]")
# The last letter of a French word and the marks behind it, which are UTF-8 by chance.
_ENDS_WORD = re.compile("[à-ï][\xa0«»“”‘’–—…]+$")
_SOUND_GAP = re.compile("(?<=[a-z][à-ï])\xa0(?=[«»])")
_GAP_MARK = "\ue0a0"
_MARKED = re.compile("[À-ÖØ-öø-ſ]")
# Å in UTF-8 once alone: ftfy's authors found it safest to leave a line with nothing else marked.
_YEN = "Ã¥"

# The last byte of a closing quotation mark, 9D, means nothing in Windows-1252 and gets lost.
_QUOTE_CUT = re.compile(rf"â€(?!{_NEXT})")
_HYPHEN_CUT = re.compile(r"(?<=[a-zà-ÿ])â€(?=[a-zà-ÿ])")
_NO_BREAK = re.compile("(?<=[0-9a-zà-ÿ])Â ")
_SPACE_KEPT = re.compile("Ã  ")
# The bytes 81 and 8D get lost as well: those of a and c with the marks of Latvian and Czech.
_LETTER_CUT = re.compile("(?<=[a-zà-öø-ÿāčēģīķļņšūž])Ä(?=[a-zà-öø-ÿāčēģīķļņšūž])")
_FIRST_CUT = re.compile(r"\bÄ(?=[a-zà-öø-ÿěůř])")
_LATVIAN = re.compile("[ēģīķļņūĒĢĪĶĻŅŪ]")
_CZECH = re.compile("[ěřůťďňćđėįųąęĚŘŮ]")

_OPEN, _CLOSE = "«“‘\"'`„‹", "»”’\"'`“›"
_MENTION = re.compile(
    rf"(?<=[{_OPEN}])[ \xa0\u202f]?((?:(?![{_OPEN}])[^\x00-\x7f]){{1,3}})[ \xa0\u202f]?"
    rf"(?=[{_CLOSE}])"
)
_LONE_QUOTE = re.compile("(?<![^ ])(?:â€[™œ˜])(?![^ ])")


def is_cut(text: str) -> bool:
    """Whether a closing quotation mark may have lost its last byte somewhere in the text."""
    return "â€" in text


def restore_lost_bytes(line: str) -> str:
    r"""The line with bytes put back that a decoder dropped because they mean nothing to it.

    >>> restore_lost_bytes("â€œNo,â€ she said.")
    'â€œNo,â€\x9d she said.'
    """
    line = _HYPHEN_CUT.sub("â€\x90", line)
    line = _QUOTE_CUT.sub("â€\x9d", line)
    line = _NO_BREAK.sub("Â\xa0", line)
    return _SPACE_KEPT.sub("Ã\xa0 ", line)


def is_about_mojibake(line: str) -> bool:
    """Whether a line shows wrong characters as its subject: all of them alone, between quotes.

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
    # A quotation mark behind the first half of a character closes the quotation.
    return bool(damaged) and all(
        shown.issuperset(range(start, end - (line[end - 1] in _CLOSE))) for start, end in damaged
    )


def repair_pieces(line: str) -> str:
    """Every sequence that no language writes becomes its character.

    >>> repair_pieces("På mÃ¥let i RÄ«ga"), repair_pieces("VOCÊ… “Ã” HÅKAN")
    ('På målet i Rīga', 'VOCÊ… “Ã” HÅKAN')
    """
    if line.count(_YEN) == 1 and not _MARKED.search(line.replace(_YEN, "")):
        return line
    return _SEQUENCE.sub(_read_sequence, line)


def restore_letters(line: str) -> str:
    """The letters of Latvian and Czech whose second byte got lost, where others show the language.

    >>> restore_letters("LiepÄja et Rīga"), restore_letters("Äerzte")
    ('Liepāja et Rīga', 'Äerzte')
    """
    if "Ä" in line and _LATVIAN.search(line):
        return _LETTER_CUT.sub("ā", line)
    if "Ä" in line and _CZECH.search(line):
        return _LETTER_CUT.sub("č", _FIRST_CUT.sub("č", line))
    return line


def _read_sequence(found: re.Match[str]) -> str:
    """The character of a sequence, or the sequence if it may be meant."""
    text = found[0]
    with suppress(UnicodeError):
        char = text.encode("sloppy-windows-1252").decode("utf-8")
        line, start, end = found.string, found.start(), found.end()
        before, after = line[max(0, start - 1) : start], line[end : end + 1]
        if "\x80" <= char < "\xa0" and _SMALL.match(before) and text[1] in _MAY_FOLLOW:
            return text[1]  # a mark of Windows-1252 that had been taken for a control character
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
    """Whether two characters cannot be a capital and the sign behind it."""
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
    r"""What ftfy makes of a line, the ends of French words set apart.

    >>> fix("la sÃ©curité\xa0»")
    'la sécurité\xa0»'
    """
    if not _SOUND_GAP.search(line) or _GAP_MARK in line:
        return str(ftfy.fix_encoding(line))
    marked = _SOUND_GAP.sub(_GAP_MARK, line)
    return str(ftfy.fix_encoding(marked)).replace(_GAP_MARK, "\xa0")
