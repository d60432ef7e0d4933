"""Measure how odd a text looks, to compare readings of the same bytes.

A wrong encoding leaves traces that no language has: a capital after a small letter
(``donÕt``), a currency sign inside a word (``SuccÃ¨s``), Han characters nobody uses.
:func:`oddness` counts such traces, each with a weight.  The absolute figure means little; the
reading with the lowest figure is the likeliest one.
"""

from __future__ import annotations

import re
from functools import cache

from corpus_norm.patterns import compile_lazily

_SMALL = "a-zß-öø-ÿāăąćčďđēęěğīķłńņňōőœřśşšţťūůűźżžșț"
_CAPITAL = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĘĚĞĪĶŁŃŇŌŐŒŘŚŞŠŢŤŪŮŰŸŹŻŽȘȚ"
_MARKED_CAPITAL = _CAPITAL.removeprefix("A-Z")
_LETTER = _SMALL + _CAPITAL

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
    (1.0, rf"(?<=[{_SMALL}])[{_MARKED_CAPITAL}]"),
    (0.7, rf"(?<=[A-Z])[{_MARKED_CAPITAL}](?=[a-z])|[ß-öø-ÿ](?=[A-Z])"),
    (0.5, rf"[{_MARKED_CAPITAL}](?=[A-Z][a-z])"),
    (0.5, rf"(?<![{_LETTER}'’.])[ÀÁÂÃÄÅÆÇÈÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜ](?![{_LETTER}.])"),
    (1.0, rf"(?<=[.,!?;])[{_MARKED_CAPITAL}](?![{_LETTER}])"),
    (0.3, r"[ŠŽšžŸðþýÝ]"),
    (0.15, r"[\u0100-\u0151\u0154-\u015f\u0162-\u0177\u0179-\u017c]"),
    (1.2, r"[\u0180-\u019f\u01a2-\u01ae\u01b1-\u0217\u021c-\u024f]"),
    (0.7, r"[\u0300-\u036f\u0483-\u0489\u0591-\u05bd]"),
    (0.7, r"(?<=[A-Za-z])[\u0370-\u0fff]|[\u0370-\u0fff](?=[A-Za-z])"),
    # Signs where letters should be.
    (0.7, r"[¢¤¦¨ª¬¯¶¸¹¼×÷ÐÞƒıˆˇ˘˙˛˜˝†‡‹›πΩ∂∆∏∑√∞∫≈≠≤≥◊\u2500-\u259f]"),
    (0.4, r"‰"),
    (0.5, rf"(?<=[{_LETTER}])[\u2500-\u259f]|[\u2500-\u259f](?=[{_LETTER}])"),
    (1.0, r"ÔÇ"),  # a dash or quotation mark in UTF-8, read in code page 850
    (1.0, rf"(?<=[{_LETTER}])[£¥§©«°±²³´º»½¾¿¡®€™„‚‗†‡‰](?=[{_LETTER}])"),
    (1.0, r"(?<=[a-zß-ÿ])[‘“„‚¿¡]"),
    (0.7, rf"(?<![{_LETTER}.,!?;…%)0-9'’])[”](?=[{_LETTER}])"),
    (0.3, r"(?<= )…(?= [a-z])"),
    # An apostrophe in a place where neither English nor French elides.
    (
        0.6,
        r"(?<=[a-zß-ÿ])(?<!\b[a-z])(?<!qu)(?<!rd)(?<!ll)’(?!(?:s|t|ll|re|ve|d|m)\b)(?=[a-zß-ÿ])",
    ),
)
_PATTERNS = tuple((weight, compile_lazily(pattern)) for weight, pattern in _MARKS)
_HAN = compile_lazily(r"[一-鿿]")
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
    if _HAN.search(text):
        total += len(_rare_han().findall(text))
    return total
