"""Measure lines of text, recognise code, and cut credits off the prose they are glued to."""

from __future__ import annotations

import re
from itertools import pairwise

from corpus_norm.languages import LANGUAGES, any_of, combine
from corpus_norm.patterns import compile_lazily, has_far_letters

_CREDITS = combine(lambda record: record.credits)
_AGENCIES = any_of(_CREDITS.agencies)
_HAN_AGENCIES = any_of(_CREDITS.han_agencies)
_HAN_LABELS = any_of(_CREDITS.han_labels)
_LABELS = any_of(_CREDITS.labels)

_WIDE_SIGNS = r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]"
_WIDE, _ALL_WIDE = compile_lazily(_WIDE_SIGNS), compile_lazily(f"{_WIDE_SIGNS}+")
# Quotation marks, dashes and dots that Chinese fonts make as wide as a character.
_WIDE_BESIDE_HAN = compile_lazily(r"[“”‘’—…·]")
# Signs of code, in this order: calls, operators, comments, attributes, options and closing
# brackets; statements; YAML keys, SQL and HTTP verbs; shell commands.
_CODE_LINE = compile_lazily(
    r"[\w\])]\(|[{}<>=_\\|$^~`@\[\]]|//|/\*|\*/|^\s*#|\w\.\w+\.\w|:\d+\b|\s--?\w|[)}\]\d\"'];?$(?<=[);\]}])"
    r"|^\s*(?:import|def|class|return|if|for|else|elif|try|function|var|let|const|public|end|begin)\b"
    r".*[:;]?$(?<=[:;])"
    r"|^\s*(?:- )?[a-z_][\w.-]*:(?:\s|$)|^\s*(?:SELECT|FROM|WHERE|INSERT|UPDATE|CREATE|GET|POST)\b"
    r"|^\s*(?:import|sudo|pip|npm|git|cd|curl|wget|apt|make|docker|python|select|insert|update)\s\S"
)
# Three spaces or a tab between two words of a line, as in a table: "Paris   12.4".
_COLUMN_GAP = compile_lazily(r"\S(?: {3,}|\t+)\S")


def measure(text: str) -> int:
    """Return the width of a line in columns; full-width characters count as two.

    >>> measure("Nantes"), measure("北京。"), measure("他说：“好。”")
    (6, 6, 14)
    """
    if text.isascii():
        return len(text)
    wide = _count_wide(text)
    marks = len(_WIDE_BESIDE_HAN.findall(text)) if wide else 0
    return len(text) + wide + marks


def measure_narrow(text: str) -> int:
    """Return the width if quotation marks and dashes count as one, as in most terminals."""
    return len(text) if text.isascii() else len(text) + _count_wide(text)


def _count_wide(text: str) -> int:
    """Count the full-width characters: run by run, but in a text without any one by one.

    Each is several times as fast as the other where it is used.
    """
    first = _WIDE.search(text) if has_far_letters(text) else None
    return 0 if first is None else len("".join(_ALL_WIDE.findall(text, first.start())))


def has_columns(lines: list[str], share: float = 0.25) -> bool:
    """Whether more than ``share`` of the lines have wide gaps, as in tables made with spaces."""
    return sum(_COLUMN_GAP.search(line.strip()) is not None for line in lines) > share * len(lines)


def looks_like_code(text: str) -> bool:
    """Whether lines are source code, commands or columns rather than words to be read."""
    lines = [line for line in text.split("\n") if line.strip()]
    found = sum(_CODE_LINE.search(line) is not None for line in lines)
    return 5 * found >= 2 * len(lines) or has_columns(lines, 0.5)


def _spaced(pattern: str) -> str:
    """Return a pattern whose spaces still match inside a verbose pattern."""
    return pattern.replace(" ", r"[ ]")


_LONGEST = 100  # characters of a credit
_LONGEST_CAPTION = 400
_LEAST_PROSE = 50  # columns
# The least columns and sentences of a paragraph; captions have fewer.
_LEAST_PARAGRAPH, _LEAST_SENTENCES = 160, 3
_LEAST_BEFORE_CREDIT, _LEAST_HAN_BEFORE_CREDIT = 100, 72  # columns of prose
# The sign before a name: "© ", "(c) ", "copyright ©".
_MARK = r"(?:©|\(c\)(?=\s)|Ⓒ|copyright(?=\s*[©\s]))"
# One capitalised word of a name ("O’Neil"), and two to four with particles ("Ana de la Cruz").
_NAME = r"[A-ZÀ-Ý][\w.’'-]{0,20}"
_PERSON = (
    rf"{_NAME}(?:\s(?:(?:de|la|du|des|van|von|der|den|bin|al|el|di|da)\s){{0,2}}{_NAME}){{1,3}}"
)
# The beginning of a credit, with what follows it.
_HEAD = compile_lazily(
    rf"""[(\[（【]?\s*(?:
        {_MARK}                                          # © or its kin
      | {_spaced(_LABELS)}(?:                             # Photo: | Photo © | Photo. © | Photo AFP
            \s?[:：|/／] | \.?\s(?=©) | \s(?=(?-i:{_spaced(_AGENCIES)})\b)
        )
      | (?:image|photo|picture)[ ]sources?,              # Image source, Getty Images
      | {_HAN_LABELS}\s*[:：/／｜|]                       # 图／ | 圖片來源：
      | (?-i:{_spaced(_AGENCIES)})(?=\s?/)                # REUTERS/Ana Example
      | (?-i:{_PERSON})\s?/\s?(?=(?-i:{_spaced(_AGENCIES)})\b)     # Ana Example/Getty Images
      | (?:handout|courtesy|(?-i:{_PERSON}|{_NAME}))[ ]via[ ](?=(?-i:{_spaced(_AGENCIES)})\b)
    )\s*""",
    re.IGNORECASE | re.VERBOSE,
)
# A whole credit in brackets, before prose.
_BRACKETED = compile_lazily(
    rf"""[(（\[【]\s*(?:
        {_spaced(_LABELS)}(?:\s?[:：|/／]|(?<=by)\s)[^()（）]{{1,80}}      # (Photo by Ana Example)
      | (?:{_spaced(_LABELS)}\b|[^()（）]{{1,60}}/)[^()（）]{{0,60}}(?-i:\b{_spaced(_AGENCIES)})
        (?:\s?/[^()（）]{{1,40}})?                                     # (Ana Example/AFP)
      | {_HAN_LABELS}\s*[:：/／｜|][^()（）]{{1,40}}                      # （圖／中央社）
      | [^()（）]{{0,30}}{any_of(_CREDITS.han_sources)}[^()（）]{{0,20}}  # （翻攝自臉書）
      | [^()（），。]{{1,20}}(?:[摄攝]|供[图圖]|提供|{_HAN_AGENCIES}\s?[发發])  # （新华社发）
    )[)）\]】]\s*(?=[\w“「『《«‘\"])""",
    re.IGNORECASE | re.VERBOSE,
)
# A sign that points at a picture, up to the bracket with its credit: ▲高雄輕軌（.
_POINTERS, _BRACKETS = frozenset("▲△▼▽■◆▶►"), frozenset("(（[【")
_POINTED = compile_lazily(r"[▲△▼▽■◆▶►]\s?[^（(\n]{0,120}?(?=[（(])")
# The photographer in Chinese: 新华社记者 李明 摄
_HAN_SHOT = compile_lazily(
    r"""(?:[\u4e00-\u9fff]{2,8}(?:记者|記者)[ \u3000]?[\u4e00-\u9fff·]{2,4}[ \u3000]?
      | [\u4e00-\u9fff·]{2,4}[ \u3000])
    (?:摄影报道|攝影報導|摄|攝|供图|供圖)[ \u3000]+(?=[“「『《]?[\u3400-\u9fff])""",
    re.VERBOSE,
)
_FIRST_HAN_SHOT = "·"  # no character before it begins the line of a photographer
# An agency and a person at the end: "AFP/Ana Example".
_SIGNED_PERSON = compile_lazily(rf"(?:{_AGENCIES})\s?[/–-]\s?{_PERSON}$")
# An agency, a picture library, and any signature of either.
_LEADING = compile_lazily(_AGENCIES)
_PHOTO_SITE = compile_lazily(any_of(_CREDITS.photo_sites))
_SIGNED = compile_lazily(rf"(?:{_AGENCIES}|{_HAN_AGENCIES})")
_BRACKET_END = compile_lazily(r"[)\]）】]")
# A full stop after two letters, a dash or bar between spaces, or a colon before a quotation.
_STOP = compile_lazily(r"(?<=[^\W\d_]{2})[.。](?:\s+|$)|\s[-–—|]\s|[:：]\s+(?=[«“\"])")
# The space before a capitalised word: " The".
_CAPITAL = compile_lazily(r"(?<=\S)\s+(?=[«“\"]?\s?[A-ZÀ-Ý][\w’'-]*)")
# A word and the apostrophe after it, past an opening quotation mark: "« L’".
_WORD = compile_lazily(r"[«“\"]?\s?([^\W\d_]+)(['’]?)")
# A word that begins with a small letter.
_SMALL_WORD = compile_lazily(r"(?<![^\W\d_])[a-zà-ÿ][^\W\d_]*")
# The beginning of a clause: "The port", with a capital and then a small letter.
_CLAUSE = compile_lazily(r"[«“\"]?\s?[A-ZÀ-Ý][\w’'-]* [a-zà-ÿ(]")
_HAN = compile_lazily(r"[\u3400-\u9fff]")
# A space between a Chinese or Latin character and Chinese text.
_HAN_GAP = compile_lazily(r"(?<=[\u3400-\u9fffA-Za-z])[\s\u3000]+(?=[“「『《]?[\u3400-\u9fff])")
_RIGHTS = compile_lazily(any_of(_CREDITS.rights), re.IGNORECASE)
_FILE_PHOTO = compile_lazily(any_of(_CREDITS.file_photo), re.IGNORECASE)
# The end of a text that ends a sentence: ".", '."', "。」".
_END = compile_lazily(r"[.!?…。！？][\"'”’»)\]」』）]*\s*$")
# The stop of a sentence, after a word of two letters or more.
_SENTENCE = compile_lazily(r"[^\W\d_]{2}[.!?。！？]")
# The line that a feed adds: "The post … first appeared on …", after the last sentence.
_TRAILER = compile_lazily(
    rf"(?:^|(?<=[.!?…»”\"\])])\s*)(?={any_of(_CREDITS.trailers)}\S.{{0,120}}$)", re.IGNORECASE
)
# A credit at the end of a text: © and a name, a label in brackets, or "photo: " and an agency.
_LAST = compile_lazily(
    rf"(?<=[.!?…。！？”’»\"])\s*(?=(?:{_MARK}[^.。!?！？©]{{2,60}}"
    rf"|[(（\[](?:{_LABELS}|{_HAN_LABELS})\s*[:：/／｜|][^()（）]{{1,60}}[)）\]]"
    rf"|photo\s?[:：]\s?(?-i:{_AGENCIES}))[.。]?\s*$)",
    re.IGNORECASE,
)
# A quick test for the same.
_MAY_TRAIL = compile_lazily(any_of(_CREDITS.trailer_signs))
_OPENERS = frozenset().union(
    *(record.stopwords for record in LANGUAGES.values() if record.script == "Latn")
)
_DASHES = frozenset("-–—|")
_ELIDED = combine(lambda record: record.elided)


def cut_credits(text: str) -> list[tuple[int, int]]:
    """Return the spans of a credit, of the prose and of a credit after it.

    A text without a credit is one span.  White space between spans belongs to none.
    """
    start = find_prose(text) or 0
    end = _find_trailer(text, start) or _find_last_credit(text, start) or len(text)
    edges = [0, start, end, len(text)]
    spans = []
    for left, right in pairwise(edges):
        part = text[left:right]
        if part.strip():
            spans.append((left + len(part) - len(part.lstrip()), left + len(part.rstrip())))
    return spans


def _find_trailer(text: str, start: int) -> int | None:
    if _MAY_TRAIL.search(_fold_case(text)) is None:
        return None
    found = _TRAILER.search(text, start)
    return found.end() if found is not None and found.end() > start else None


def _fold_case(text: str) -> str:
    """Return a text in small letters, as ``re.IGNORECASE`` compares it, but faster.

    >>> _fold_case("APPEARED"), _fold_case("FİRſT PUBLıSHED")
    ('appeared', 'first published')
    """
    if not text.isascii():
        text = text.replace("İ", "i").replace("ı", "i").replace("ſ", "s")
    return text.lower()


def _find_last_credit(text: str, start: int) -> int | None:
    """Return where a credit begins after prose that is longer than a caption."""
    found = _LAST.search(text, max(start, len(text) - _LONGEST))
    if found is None or not _is_long(text[start : found.start()]):
        return None
    return found.end()


def _is_long(text: str) -> bool:
    """Whether prose before a credit is longer than most captions.

    Han characters say more per column than letters, so fewer columns are enough.
    """
    is_han = 2 * len(_HAN.findall(text)) > len(text)
    least = _LEAST_HAN_BEFORE_CREDIT if is_han else _LEAST_BEFORE_CREDIT
    return measure(text) >= least and is_prose(text)


def is_credit(text: str) -> bool:
    """Whether a short text begins as a credit does.

    >>> is_credit("© Provided by Gull Wire"), is_credit("The harbour")
    (True, False)
    """
    text = text.strip()
    return len(text) <= _LONGEST and (
        _HEAD.match(text) is not None or _SIGNED.fullmatch(text) is not None
    )


def is_prose(text: str) -> bool:
    """Whether a text is long enough for a sentence of the article and is no rights notice."""
    text = text.strip()
    return (
        measure(text) >= _LEAST_PROSE
        and (_END.search(text) is not None or measure(text) >= 2 * _LEAST_PROSE)
        and _RIGHTS.search(text) is None
    )


def are_apart(left: str, right: str) -> bool:
    """Whether a credit stands before prose, or after prose that is longer than a caption."""
    if is_credit(left):
        return is_prose(right) and not right.lstrip()[0].islower()
    return is_credit(right) and is_paragraph(left)


def is_paragraph(text: str) -> bool:
    """Whether a text is prose with more sentences than a caption has."""
    return (
        measure(text) >= _LEAST_PARAGRAPH
        and len(_SENTENCE.findall(text)) >= _LEAST_SENTENCES
        and is_prose(text)
    )


def find_prose(text: str) -> int | None:
    """Return where prose begins after a credit glued to it; None if there is no such credit."""
    if measure(text) <= _LEAST_PROSE:
        return None
    found = _find_whole_credit(text) or _find_credit_end(text)
    if found is None or not is_prose(text[found:]):
        return None
    rest = text[found:]
    if _FILE_PHOTO.match(rest) is None and _HEAD.match(rest) is None:
        return found
    more = _after_caption(rest)
    return None if more is None else found + more


def _find_whole_credit(text: str) -> int | None:
    """Return the end of a credit in brackets or of a photographer's line; None if not found."""
    pointed = _POINTED.match(text) if text[:1] in _POINTERS else None
    start = pointed.end() if pointed else 0
    bracketed = _BRACKETED.match(text, start) if text[start : start + 1] in _BRACKETS else None
    found = bracketed or (_HAN_SHOT.match(text) if text[:1] >= _FIRST_HAN_SHOT else None)
    return found.end() if found else None


def _find_credit_end(text: str) -> int | None:
    head = _HEAD.match(text)
    if head is None:
        is_signed = _LEADING.match(text) is not None
        return (
            _find_han_end(text, 0) or _find_latin_end(text, 0, is_signed=True)
            if is_signed
            else None
        )
    found = _find_bracket_end(text)
    if found is None:
        begin = head.end()
        found = _find_han_end(text, begin) or _find_latin_end(text, begin, is_signed=False)
    return found


def _find_bracket_end(text: str) -> int | None:
    if text[0] not in "([（【" or text[:3].lower() == "(c)":
        return None
    end = _BRACKET_END.search(text, 1, _LONGEST)
    return _skip_space(text, end.end()) if end else None


def _find_han_end(text: str, begin: int) -> int | None:
    """Return the end of a name in Han characters, at a space or right after an agency."""
    if _HAN.search(text, begin, begin + 30) is None:
        return None
    gap = _HAN_GAP.search(text, begin + 1, begin + 40)
    agency = _SIGNED.match(text, begin) if begin else None
    if gap is not None:
        return gap.end()
    return _skip_space(text, agency.end()) if agency else None


def _find_latin_end(text: str, begin: int, *, is_signed: bool) -> int | None:
    """Return the end of a Latin credit: a stop, a dash, or a word that must open a sentence."""
    limit = begin + _LONGEST
    stop = _STOP.search(text, begin, limit)
    if stop and stop[0].strip() in _DASHES and not is_signed:
        person = _find_person_end(text, stop.end())
        if person is not None:
            return person
    last = stop.end() if stop else min(limit, len(text))
    for gap in _CAPITAL.finditer(text, begin, last):
        before = text[begin : gap.start()]
        if not _is_name(before):
            return None
        if _opens(
            text[gap.end() : gap.end() + 40], before, text[: gap.start()], is_signed=is_signed
        ):
            return gap.end()
    return stop.end() if stop and not is_signed and _is_name(text[begin : stop.start()]) else None


def _find_person_end(text: str, begin: int) -> int | None:
    """Return where a sentence begins after the name of a person: ``Ana Example The port``."""
    for gap in _CAPITAL.finditer(text, begin, begin + _LONGEST):
        before = text[begin : gap.start()]
        if not _is_name(before):
            return None
        if len(before.split()) >= 2 and _CLAUSE.match(text, gap.end()):
            return gap.end()
    return None


def _is_name(text: str) -> bool:
    """Whether every word is capitalised, except those that join names and credits."""
    return all(word in _CREDITS.joiners for word in _SMALL_WORD.findall(text))


def _opens(after: str, before: str, whole: str, *, is_signed: bool) -> bool:
    """Whether a sentence begins here: ``before`` is the name so far, ``whole`` all of the text."""
    previous = before.rsplit(maxsplit=1)[-1] if before.split() else ""
    if previous[:1].islower() or not before.strip():
        return False  # "by The Gull": the name continues, or has not begun
    signatures = [match.end() for match in _SIGNED.finditer(before)]
    ends_with_agency = bool(signatures) and signatures[-1] == len(before)
    word = _WORD.match(after)
    if word is not None and word[1].lower() in (_ELIDED if word[2] else _OPENERS):
        # "Jean Le Bihan": a particle before a capital continues the name.
        return (
            ends_with_agency
            or word[1] not in _CREDITS.name_articles
            or _CLAUSE.match(after) is not None
        )
    if _CLAUSE.match(after) is None:
        return False
    is_picture = is_signed and _PHOTO_SITE.fullmatch(before) is not None
    is_agency = ends_with_agency and not is_signed
    return is_picture or is_agency or _SIGNED_PERSON.search(whole[-_LONGEST:]) is not None


def _after_caption(text: str) -> int | None:
    """Return where prose begins after a caption that ends with an agency's photographer."""
    for signed in _SIGNED.finditer(text, 1, _LONGEST_CAPTION):
        end = _find_latin_end(text, signed.start(), is_signed=True)
        if end is not None and is_prose(text[end:]) and text[signed.start() - 2] in '.)”"':
            return end
    return None


def _skip_space(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position
