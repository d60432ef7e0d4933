"""The rules of text repair, in the order they are run.

Each rule looks at one line or less, so it gives the same result on some whole lines as on the
whole text; that is what makes the log of :mod:`corpus_norm.encoding.repairs` replayable.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ftfy import fixes

from corpus_norm.encoding.escapes import read_escapes
from corpus_norm.encoding.mojibake import is_suspect, repair_line

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Rule:
    """A repair: ``is_needed`` tells fast whether it may change a text, ``fix`` rewrites a ``unit``.

    No unit goes on after a line feed, and ``fix`` looks no further than the same line.
    """

    step: str
    is_needed: Callable[[str], object]
    unit: re.Pattern[str]
    fix: Callable[[re.Match[str]], str]

    def apply(self, text: str) -> str:
        """The text with every unit rewritten."""
        return self.unit.sub(self.fix, text)


# A line, or a piece of one if it is very long, which bounds the work on a file of one line.
_LINE = re.compile(r"[^\n]{1,65536}")
# What normalisation can change does not reach over a space.  Canonical ordering takes quadratic
# time on a run of combining marks, hence the bounds; a mark is not cut off its letter.
_WORD = re.compile(
    r"[^ \n]{1,300}[\u0300-\u036f\u0591-\u0670\u093c-\u0e4e\u1160-\u11ff\u3099\u309a]{0,60}"
)

_SURROGATE_SIGN = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("\r\n?|[\x0c\u2028\u2029]")
_LINE_END_SIGN = re.compile("[\r\x0c\u2028\u2029]")
_NEXT_LINE = re.compile("(?<![Â-ô])\x85")
_SENTENCE_THEN_NEXT_LINE = re.compile('[.!?:;»”")。！？]\x85')
_ELLIPSIS = re.compile(" \x85|\x85 ")
_C1 = re.compile("[\x80-\x9f]")
# Terminal escapes: control sequences and operating system commands of ECMA-48, character sets.
_CONTROL = re.compile(
    r"\x1b\[[0-9;:?<=>]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]{0,500}(?:\x07|\x1b\\)|\x1b[()][0-9A-B]"
    "|[\x00-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufff9-\ufffc\ufffe\uffff]+"
)
_CONTROL_SIGN = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufff9-\ufffc\ufffe\uffff]")
_ENTITY = re.compile(r"&#?[0-9A-Za-z]{1,24};")
_ESCAPED_AMPERSANDS = re.compile(r"&(?:amp;|#0?38;|#[xX]26;)+(?=#?[0-9A-Za-z]{1,24};)")
_UTF16_ENTITIES = re.compile(r"&#(5[56][0-9]{3});&#(5[67][0-9]{3});")
_TAG = re.compile(r"<[A-Za-z/!?]")
# Zero-width spaces part words in Thai, Lao, Tibetan, Burmese and Khmer; joiners shape letters in
# most scripts and emoji, but not in these.
_UNSPACED = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\ua9e0-\ua9ff\uaa60-\uaadf"
)
_UNJOINED = (
    "0-9A-Za-z\u00c0-\u024f\u0370-\u052f\u1e00-\u1fff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
)
_BESIDE_UNSPACED = re.compile(f"[{_UNSPACED}]")
_BETWEEN_UNJOINED = re.compile(f"[{_UNJOINED}]{{2}}")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]+")
_LIGATURE = re.compile("[ﬀ-ﬆ]")
_FULL_WIDTH = re.compile("[Ａ-Ｚａ-ｚ]")
_FULL_WIDTH_WORDS = re.compile("[！-～][ \u3000][Ａ-Ｚａ-ｚ]")
_EAST_ASIAN = re.compile("[\u3001-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff66-\uff9f]")
_TO_ASCII = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def _read_surrogates(found: re.Match[str]) -> str:
    line = found[0]
    return read_escapes(line) if _SURROGATE_SIGN.search(line) else line


def _unescape(found: re.Match[str]) -> str:
    """Undo HTML entities, however often escaped; a line with a tag is HTML and stays as it is."""
    line = found[0]
    if "&" not in line or _TAG.search(line):
        return line
    line = _ESCAPED_AMPERSANDS.sub("&", line)
    line = _UTF16_ENTITIES.sub(lambda pair: _join_halves(int(pair[1]), int(pair[2])), line)
    return str(fixes.unescape_html(line))


def _join_halves(high: int, low: int) -> str:
    return (
        (chr(high) + chr(low)).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    )


def _keep_needed(found: re.Match[str]) -> str:
    """Of a run of invisible characters, those that the letters beside it need."""
    before = found.string[max(0, found.start() - 1) : found.start()]
    after = found.string[found.end() : found.end() + 1]
    kept = re.sub("[\u00ad\u2060\ufeff]", "", found[0])
    if not _BESIDE_UNSPACED.search(before + after):
        kept = kept.replace("\u200b", "")
    if _BETWEEN_UNJOINED.fullmatch(before + after):
        kept = re.sub("[\u200c\u200d]", "", kept)
    return kept


def _narrow(found: re.Match[str]) -> str:
    """Full-width words of a line without East Asian letters become ASCII."""
    line = found[0]
    if _EAST_ASIAN.search(line) or not _FULL_WIDTH_WORDS.search(line):
        return line
    return line.translate(_TO_ASCII)


def _needs_next_line(text: str) -> bool:
    """Whether U+0085 ends lines here; far more often it is Windows-1252's ellipsis.

    It does if nothing else ends lines, it follows the end of a sentence somewhere, it never
    stands beside a space, and no other C1 character shows bytes of Windows-1252.
    """
    return (
        "\x85" in text
        and "\n" not in text
        and _SENTENCE_THEN_NEXT_LINE.search(text) is not None
        and _ELLIPSIS.search(text) is None
        and set(_C1.findall(text)) == {"\x85"}
    )


def _remove(_: re.Match[str]) -> str:
    return ""


def _break_line(_: re.Match[str]) -> str:
    return "\n"


MOJIBAKE = Rule("mojibake", is_suspect, _LINE, lambda found: repair_line(found[0]))
NORMAL_FORM = Rule(
    "normal_form",
    lambda text: not unicodedata.is_normalized("NFC", text),
    _WORD,
    lambda found: unicodedata.normalize("NFC", found[0]),
)
RULES = (
    Rule("surrogates", _SURROGATE_SIGN.search, _LINE, _read_surrogates),
    Rule("line_ends", _LINE_END_SIGN.search, _LINE_END, _break_line),
    Rule("controls", _CONTROL_SIGN.search, _CONTROL, _remove),
    Rule("entities", _ENTITY.search, _LINE, _unescape),
    Rule("next_line", _needs_next_line, _NEXT_LINE, _break_line),
    MOJIBAKE,
    Rule("c1_controls", _C1.search, _C1, _remove),
    Rule("invisible", _INVISIBLE.search, _INVISIBLE, _keep_needed),
    Rule(
        "ligatures",
        _LIGATURE.search,
        _LIGATURE,
        lambda found: unicodedata.normalize("NFKC", found[0]),
    ),
    Rule("full_width", _FULL_WIDTH.search, _LINE, _narrow),
    NORMAL_FORM,
)

TROUBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f&\u00ad\u200b-\u200d\u2028\u2029\u2060\u206a-\u206f"
    "\ud800-\udfff\ufb00-\ufb06\ufeff\uff21-\uff3a\uff41-\uff5a\ufff9-\ufffc\ufffe\uffff]"
)
"""Without one of these characters only MOJIBAKE and NORMAL_FORM have anything to do."""
