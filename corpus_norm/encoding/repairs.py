r"""Repair text with an ordered list of rules, and replay or explain the log of repairs.

Each rule reads one line or less, so it gives the same result on some whole lines as on the whole
text.  This makes the log replayable.

Lone surrogates are decoded first: bytes that a decoder escaped, and halves of characters.  Python's
``surrogateescape`` (PEP 383) turns a byte that it cannot decode into U+DC80 to U+DCFF, so such text
still holds its bytes: ``L\udc92\udce9t\udce9`` is ``L’été`` in Windows-1252.
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus_norm.document import Repair
from corpus_norm.encoding.charsets import decode
from corpus_norm.encoding.mojibake import is_suspect, oddness, repair_line
from corpus_norm.errors import DecodeError, InputError
from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Rule:
    """A repair: ``is_needed`` tests quickly whether it may apply, ``fix`` rewrites a ``unit``.

    No unit spans a line feed, and ``fix`` reads only the same line.
    """

    step: str
    is_needed: Callable[[str], object]
    unit: re.Pattern[str]
    fix: Callable[[re.Match[str]], str]

    def apply(self, text: str) -> str:
        """Rewrite every unit of a text."""
        return self.unit.sub(self.fix, text)


# A line, or a piece of a very long line, which bounds the work on a file of one line.
_LINE = compile_lazily(r"[^\n]{1,65536}")
# Normalisation never reaches across a space.  Canonical ordering takes quadratic time on a run of
# combining marks, hence the bounds; the second class keeps marks with their letter.
_WORD = compile_lazily(
    r"[^ \n]{1,300}[\u0300-\u036f\u0591-\u0670\u093c-\u0e4e\u1160-\u11ff\u3099\u309a]{0,60}"
)

_SURROGATE_SIGN = compile_lazily("[\ud800-\udfff]")
_LINE_END = compile_lazily("\r\n?|[\x0c\u2028\u2029]")
_LINE_END_SIGN = compile_lazily("[\r\x0c\u2028\u2029]")
_NEXT_LINE = compile_lazily("(?<![Â-ô])\x85")
_SENTENCE_THEN_NEXT_LINE = compile_lazily('[.!?:;»”")。！？]\x85')
_ELLIPSIS = compile_lazily(" \x85|\x85 ")
_C1 = compile_lazily("[\x80-\x9f]")
# Terminal escapes: control sequences and operating system commands of ECMA-48, character sets.
_CONTROL = compile_lazily(
    r"\x1b\[[0-9;:?<=>]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]{0,500}(?:\x07|\x1b\\)|\x1b[()][0-9A-B]"
    "|[\x00-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufff9-\ufffc\ufffe\uffff]+"
)
_CONTROL_SIGN = compile_lazily("[\x00-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufff9-\ufffc\ufffe\uffff]")
_ENTITY = compile_lazily(r"&#?[0-9A-Za-z]{1,24};")
_ESCAPED_AMPERSANDS = compile_lazily(r"&(?:amp;|#0?38;|#[xX]26;)+(?=#?[0-9A-Za-z]{1,24};)")
_UTF16_ENTITIES = compile_lazily(r"&#(5[56][0-9]{3});&#(5[67][0-9]{3});")
_TAG = compile_lazily(r"<[A-Za-z/!?]")
# Escapes of JSON that a table or a second encoding left in the text.  A line break is sure between
# sentences or before another one, a letter where it stands in a word or beside others.
_ESCAPE = compile_lazily(r"\\[nrtux]")
_SURE_BREAK = compile_lazily(
    r"(?:(?<=[.!?…»”\":。！？：」])|(?<=[.!?»”] )|\\n)(?:\\r)?\\n"
    r"(?=\s{0,9}(?:\\[nrt]|[A-ZÀ-Þ«“\u3400-\u9fff•\d-]|$))"
)
_BREAK = compile_lazily(r"(?:\\r)?\\n(?!abla|(?:eq|eg|ot|u|i)\b)|\\r(?!(?:ho|ight|angle|m)\b)")
_TAB = compile_lazily(r"\\t(?!(?:heta|au|ext|imes|an|ilde|ag|op|o)\b)")
_QUOTED_SIGN = compile_lazily(r"\\([\"/])")
_LETTERS = compile_lazily(r"(?:\\u[0-9a-fA-F]{4})+|(?:\\x[89a-fA-F][0-9a-fA-F])+")
_TYPOGRAPHY = frozenset("‘’“”–—…«»€£\xa0\u202f")
# A path, or code: `print("Done.\n")`, `{"a": "b\n"}`.
_PATH_OR_CODE = compile_lazily(r"\b[A-Za-z]:\\|[{}`=]|\(\"|\\\\")
# Zero-width spaces separate words in Thai, Lao, Tibetan, Burmese and Khmer.  Joiners shape letters
# in most scripts, and emoji, but not in the scripts of _UNJOINED.
_UNSPACED = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\ua9e0-\ua9ff\uaa60-\uaadf"
)
_UNJOINED = (
    "0-9A-Za-z\u00c0-\u024f\u0370-\u052f\u1e00-\u1fff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
)
_BESIDE_UNSPACED = compile_lazily(f"[{_UNSPACED}]")
_BETWEEN_UNJOINED = compile_lazily(f"[{_UNJOINED}]{{2}}")
_INVISIBLE = compile_lazily("[\u00ad\u200b-\u200d\u2060\ufeff]+")
_LIGATURE = compile_lazily("[ﬀ-ﬆ]")
_FULL_WIDTH = compile_lazily("[Ａ-Ｚａ-ｚ]")
_FULL_WIDTH_WORDS = compile_lazily("[！-～][ \u3000][Ａ-Ｚａ-ｚ]")
_EAST_ASIAN = compile_lazily("[\u3001-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff66-\uff9f]")
_TO_ASCII = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def _read_surrogates(found: re.Match[str]) -> str:
    line = found[0]
    return read_escapes(line) if _SURROGATE_SIGN.search(line) else line


def _unescape(found: re.Match[str]) -> str:
    """Undo HTML entities, however often escaped; leave a line with a tag, which is HTML."""
    line = found[0]
    if "&" not in line or _TAG.search(line):
        return line
    line = _ESCAPED_AMPERSANDS.sub("&", line)
    line = _UTF16_ENTITIES.sub(lambda pair: _join_halves(int(pair[1]), int(pair[2])), line)
    from ftfy.fixes import unescape_html

    return str(unescape_html(line))


def _read_json_escapes(found: re.Match[str]) -> str:
    r"""Undo the escapes of JSON in a line of prose.

    >>> clean(r"The quay is shut.\nShips go d\u2019abord south.").text
    'The quay is shut.\nShips go d’abord south.'
    >>> clean(r"Use \n to end a line, and C:\new\u00e9 as a path.").repairs
    ()
    """
    line = found[0]
    if "\\" not in line or _PATH_OR_CODE.search(line):
        return line
    if any(map(_is_in_word, _LETTERS.finditer(line))):
        line = _LETTERS.sub(_read_letters, line)
    if not _SURE_BREAK.search(line):
        return line
    line = _TAB.sub(" ", _BREAK.sub("\n", line))
    return _QUOTED_SIGN.sub(r"\1", line)


def _read_letters(found: re.Match[str]) -> str:
    run = found[0]
    if run[1] == "u":
        return join_pairs("".join(chr(int(each, 16)) for each in run.split("\\u")[1:]))
    data = bytes.fromhex(run.replace("\\x", ""))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _is_in_word(found: re.Match[str]) -> bool:
    """Whether escaped letters stand beside others, or are quotation marks and the like."""
    read, text = _read_letters(found), found.string
    around = text[max(0, found.start() - 1) : found.start()] + text[found.end() : found.end() + 1]
    is_written = read.isprintable() and (any(map(str.isalpha, around)) or len(found[0]) > 6)
    return is_written or read in _TYPOGRAPHY


def _join_halves(high: int, low: int) -> str:
    return (
        (chr(high) + chr(low)).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    )


def _keep_needed(found: re.Match[str]) -> str:
    """Keep only those invisible characters of a run that the letters beside it need."""
    before = found.string[max(0, found.start() - 1) : found.start()]
    after = found.string[found.end() : found.end() + 1]
    kept = re.sub("[\u00ad\u2060\ufeff]", "", found[0])
    if not _BESIDE_UNSPACED.search(before + after):
        kept = kept.replace("\u200b", "")
    if _BETWEEN_UNJOINED.fullmatch(before + after):
        kept = re.sub("[\u200c\u200d]", "", kept)
    return kept


def _narrow(found: re.Match[str]) -> str:
    """Convert the full-width words of a line without East Asian letters to ASCII."""
    line = found[0]
    if _EAST_ASIAN.search(line) or not _FULL_WIDTH_WORDS.search(line):
        return line
    return line.translate(_TO_ASCII)


def _needs_next_line(text: str) -> bool:
    """Whether U+0085 ends lines here; it is far more often Windows-1252's ellipsis.

    It ends lines if nothing else does, it follows the end of a sentence somewhere, it is never
    beside a space, and no other C1 character suggests Windows-1252 bytes.
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
    Rule("escapes", _ESCAPE.search, _LINE, _read_json_escapes),
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

TROUBLE = compile_lazily(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f&\\\\\u00ad\u200b-\u200d\u2028\u2029\u2060\u206a-\u206f"
    "\ud800-\udfff\ufb00-\ufb06\ufeff\uff21-\uff3a\uff41-\uff5a\ufff9-\ufffc\ufffe\uffff]"
)
"""Characters without which only MOJIBAKE and NORMAL_FORM have anything to do."""

# Up to this many changes of one rule are recorded one by one, each with its replacement.
_SINGLE_REPAIRS = 8

# A layer of wrong decoding at least doubles a text, so mojibake never goes 32 deep.  A text that
# still changes after 32 rounds has nested escapes put there on purpose, and keeps them.
_MAX_ROUNDS = 32

_SHOWN = 60

_BY_STEP = MappingProxyType({rule.step: rule for rule in RULES})
_UNESCAPED = tuple(rule for rule in RULES if rule.step != "entities")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Repaired text and the repairs made, in order."""

    text: str
    repairs: tuple[Repair, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One repair in full: the step, and the text at ``start`` before and after it.

    ``start`` and ``end`` count code points of the text just before this repair.
    """

    step: str
    start: int
    before: str
    after: str

    @property
    def end(self) -> int:
        """The end of the replaced span."""
        return self.start + len(self.before)

    def __str__(self) -> str:
        """Describe the change on one line, with long texts shortened."""
        what = f"becomes {_show(self.after)}" if self.after else "is removed"
        return f"{self.step} at {self.start}-{self.end}: {_show(self.before)} {what}"


def clean(text: str) -> Cleaned:
    r"""Repair damage from encodings, terminals and escaping, and change nothing else.

    Typography stays: curly quotes, no-break spaces before French punctuation, full-width
    Chinese punctuation, emoji sequences.  Cleaning a cleaned text changes nothing.

    Raises:
        InputError: the argument is not text; bytes must be decoded first.

    >>> clean("SuccÃ¨s").repairs
    (Repair(step='mojibake', start=4, end=6, replacement='è'),)
    >>> clean("“Bonjour”\u202f!").repairs
    ()
    """
    if not isinstance(text, str):
        raise InputError(
            f"clean takes text, not {type(text).__name__}; for bytes: clean(decode(data).text)"
        )
    for rules in (RULES, _UNESCAPED):
        cleaned = _repeat(text, rules)
        if cleaned is not None:
            return cleaned
    raise AssertionError("text repair does not settle")  # pragma: no cover


def is_sound(text: str) -> bool:
    """Whether a text certainly needs no repair: a quick test, false for some sound texts.

    >>> is_sound("L’été à Québec"), is_sound("SuccÃ¨s"), is_sound("R&D")
    (True, False, False)
    """
    return are_sound([text])[0]


def are_sound(texts: Sequence[str]) -> list[bool]:
    """Return :func:`is_sound` of each text; most pages are searched for trouble only once.

    >>> are_sound(["L’été à Québec", "SuccÃ¨s"])
    [True, False]
    """
    if TROUBLE.search("".join(texts)) is None:
        return [_is_plain(text) for text in texts]
    return [TROUBLE.search(text) is None and _is_plain(text) for text in texts]


def _is_plain(text: str) -> bool:
    return text.isascii() or not (is_suspect(text) or NORMAL_FORM.is_needed(text))


def replay(repairs: Iterable[Repair], original: str) -> str:
    r"""Apply the repairs again, in order; the result is exactly the cleaned text.

    Raises:
        InputError: a repair names a step this version does not know.

    >>> text = "Jusqu\x92à &amp;eacute;t&eacute;"
    >>> replay(clean(text).repairs, text)
    'Jusqu’à été'
    """
    text = original
    for repair in repairs:
        text = text[: repair.start] + _renew(repair, text) + text[repair.end :]
    return text


def explain(text: str) -> tuple[Change, ...]:
    r"""List the changes :func:`clean` makes to a text, in order, with before and after.

    >>> for change in explain("Le succÃ¨s d\u2019une l\u00adettre &amp; demie"):
    ...     print(change)
    entities at 26-30: 'amp;' is removed
    mojibake at 7-9: 'Ã¨' becomes 'è'
    invisible at 17-18: '\xad' is removed
    """
    changes = []
    for repair in clean(text).repairs:
        new = _renew(repair, text)
        changes.append(Change(repair.step, repair.start, text[repair.start : repair.end], new))
        text = text[: repair.start] + new + text[repair.end :]
    return tuple(changes)


def _renew(repair: Repair, text: str) -> str:
    """Return the replacement that a repair puts in its span."""
    if repair.replacement is not None:
        return repair.replacement
    rule = _BY_STEP.get(repair.step)
    if rule is None:
        raise InputError(
            f"unknown repair step {repair.step!r}; known are {', '.join(sorted(_BY_STEP))}: "
            "the log was written by another version, install that one to replay it",
            subject=repair.step,
        )
    return rule.apply(text[repair.start : repair.end])


def _show(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def _repeat(text: str, rules: tuple[Rule, ...]) -> Cleaned | None:
    """Run the rules until none changes anything; return None if they never settle."""
    repairs: list[Repair] = []
    for _ in range(_MAX_ROUNDS):
        before = len(repairs)
        for rule in _needed(text, rules):
            if rule.is_needed(text):
                text = _run(rule, text, repairs)
        if len(repairs) == before:
            return Cleaned(text, tuple(repairs))
    return None


def _needed(text: str, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Return the rules a text may need: all, the two for any non-ASCII text, or none."""
    if TROUBLE.search(text):
        return rules
    return () if text.isascii() else (MOJIBAKE, NORMAL_FORM)


def _run(rule: Rule, text: str, repairs: list[Repair]) -> str:
    """Run one rule and log it: one entry per change, or one for all if there are many."""
    changes = (
        (found.start(), found[0], new)
        for found in rule.unit.finditer(text)
        if (new := rule.fix(found)) != found[0]
    )
    few = list(islice(changes, _SINGLE_REPAIRS + 1))
    if len(few) > _SINGLE_REPAIRS:
        start = text.rfind("\n", 0, few[0][0]) + 1
        repairs.append(Repair(rule.step, start, len(text)))
        return text[:start] + rule.apply(text[start:])
    # From last to first, so that the offsets of the remaining changes stay right.
    for start, old, new in reversed(few):
        repair = _trim(rule.step, start, old, new)
        repairs.append(repair)
        text = text[: repair.start] + (repair.replacement or "") + text[repair.end :]
    return text


def _trim(step: str, start: int, old: str, new: str) -> Repair:
    """Return the repair of ``old`` to ``new`` without their common start and end."""
    shorter = min(len(old), len(new))
    head = 0
    while head < shorter and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shorter - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return Repair(step, start + head, start + len(old) - tail, new[head : len(new) - tail])


_HALF = re.compile("[\ud800-\udfff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_ESCAPES = re.compile("[\udc80-\udcff]+")
_NO_BYTE = re.compile("[^\x00-\x7f\udc80-\udcff]")


def join_pairs(text: str) -> str:
    r"""Replace each pair of surrogates by its character.

    >>> join_pairs("\ud83d\ude00")
    '😀'
    """
    return _PAIR.sub(
        lambda pair: pair[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le"), text
    )


def restore_bytes(text: str) -> bytes | None:
    r"""Return the bytes of a text with escapes; None if it has no escapes, or real characters too.

    Bytes of GBK, Big5 or Windows-1251 can form valid UTF-8 by chance; ``surrogateescape`` then
    leaves stray characters between the escapes.  These count as bytes too if decoding all bytes
    together gives a less odd text than decoding the escapes alone.

    >>> restore_bytes("t\udce9"), restore_bytes("t\udce9 à"), restore_bytes("té")
    (b't\xe9', None, None)
    >>> restore_bytes("国务院发布通知".encode("gbk").decode("utf-8", "surrogateescape"))[:4]
    b'\xb9\xfa\xce\xf1'
    """
    if text.isascii() or _ESCAPES.search(text) is None:
        return None
    try:
        data = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # halves of characters do not stand for bytes
        return None
    if _NO_BYTE.search(text) is None:
        return data
    whole = _decode(data)
    return data if whole and oddness(whole) < oddness(_read_runs(text)) else None


def read_escapes(text: str) -> str:
    r"""Decode the escapes of a text; replace unpaired halves of characters by U+FFFD.

    Beside real characters, escapes are UTF-8 or else single bytes of Windows-1252.

    >>> read_escapes("L\udc92\udce9t\udce9"), read_escapes("l\udc92été \ud83d\ude00 \ud83d")
    ('L’été', 'l’été 😀 �')
    """
    data = restore_bytes(text)
    return _read_runs((data and _decode(data)) or text)


def _decode(data: bytes) -> str:
    """Decode a line; return "" if it is not text."""
    with suppress(DecodeError):
        # ``decode`` drops an incomplete character at the end of the data; the line feed keeps it.
        return decode(data + b"\n").text.removesuffix("\n")
    return ""


def _read_runs(text: str) -> str:
    """Decode every run of escapes by itself."""
    text = _ESCAPES.sub(_read_run, join_pairs(text))
    return _HALF.sub("\N{REPLACEMENT CHARACTER}", text)


def _read_run(found: re.Match[str]) -> str:
    data = found[0].encode("ascii", "surrogateescape")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
