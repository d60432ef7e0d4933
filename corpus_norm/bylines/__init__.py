"""Recognition of bylines and of the authors' names in them."""

from __future__ import annotations

import re
from functools import lru_cache

from corpus_norm.bylines.han_names import find_han_names, is_han_name
from corpus_norm.bylines.names import is_nobody, is_organization, split_names
from corpus_norm.languages import any_of, combine
from corpus_norm.patterns import compile_lazily, has_far_letters

_WORDS = combine(lambda record: record.bylines)
_HAN_WORDS = combine(lambda record: record.han_bylines)
_MONTHS = frozenset(filter(str.isalpha, combine(lambda record: record.numbers.months)))
_DAYS = _WORDS.days | _MONTHS
_SECTIONS = combine(lambda record: record.sections)
_NO_FIRST_NAMES = _DAYS | _WORDS.places | _WORDS.roles

__all__ = [
    "are_names",
    "find_names",
    "has_opener",
    "is_person",
    "keep_people",
    "opens_byline",
    "read_byline",
    "read_inline",
    "read_signed_line",
]

LONGEST_BYLINE = 300  # characters
LONGEST_LIST = 2_000
LONGEST_SIGNED = 160
LONGEST_FIRST_LINE = 40
LONGEST_ROLE = 10  # words after the name
LONGEST_GLUED_NAME = 3  # words of a name before a role without a comma: headlines have more
# The words that open a byline ("by", "par"), or "By" glued to a name ("ByAnn").
_OPENER = compile_lazily(
    rf"[\W_]*(?:(?:{any_of(_WORDS.openers)})(?!\w)|(?-i:[Bb]y(?=[A-Z][a-z])))\s*", re.IGNORECASE
)
# A whole line that only opens a byline, as in "Written by:".
_OPENS = compile_lazily(any_of(_WORDS.bare_openers), re.IGNORECASE)
# An opener inside a line, after a date, a time or a bar.
_INNER_OPENER = compile_lazily(
    rf"(?:\d|[|•·▪–—]|\d[ap]m|\b{any_of(_WORDS.date_openers)} .{{4,30}}?)\s+"
    rf"{any_of(_WORDS.inner_openers)}:?\s+(?=\S)",
    re.IGNORECASE,
)
# A byline of the whole newsroom ("La rédaction").
_STAFF = compile_lazily(rf"{any_of(_WORDS.staff)}\b", re.IGNORECASE)
# A name, an outlet and a date in one line: 王小明 新京报 2024-03-05.
_HAN_SIGNED = compile_lazily(
    r"(?P<name>[\u3400-\u9fff]{2,4})[\s\u3000]+[\u3400-\u9fff]{2,12}[\s\u3000]+(?:19|20)\d\d[-年/.]\d"
)
# A name and a date, and perhaps a time: 王小明 2024-03-05 10:20.
_HAN_DATED = compile_lazily(
    r"(?P<name>[\u3400-\u9fff]{2,4})[\s\u3000|·•]+(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?"
    r"(?:[\s\u3000]+\d{1,2}[:：]\d\d(?:[:：]\d\d)?)?"
)
# An opener inside a sentence, before a capital ("ce texte est signé Zoé Exemple").
_SIGNED = compile_lazily(rf"\b{any_of(_WORDS.signed)}(?=[A-ZÀ-Þ])")
# The same, for openers that need no date before them ("propos recueillis par").
_INNER_SURE = compile_lazily(rf"\b{any_of(_WORDS.sure_openers)}\s*:?\s+(?=[A-ZÀ-Þ])", re.IGNORECASE)
# The author's part of a credit for several people ("Photos: Bo Ray. Text by Ann Lee").
_TEXT_BY = compile_lazily(
    rf"\b{any_of(_WORDS.text_labels)}\s?(?::|{any_of(_WORDS.by_words)}\b)\s*", re.IGNORECASE
)
# A line "Text Ann Lee, photos Bo Ray", without "by".
_TEXT_THEN_PHOTOS = compile_lazily(
    rf"{any_of(_WORDS.text_credits)}\s+(?P<names>[A-ZÀ-Þ].{{3,80}}?)\s*[.,;/|–-]+\s*"
    rf"{any_of(_WORDS.photo_words)}\b",
    re.IGNORECASE,
)
_OTHERS = compile_lazily(rf"\W*(?:{any_of(_WORDS.other_credits)})", re.IGNORECASE)
_HAN = compile_lazily(r"[\u3400-\u9fff]")
# Two Chinese characters with a space between them: a short name set wide.
_APART = compile_lazily(
    r"(?<![\u3400-\u9fff])([\u3400-\u9fff])\s+([\u3400-\u9fff])(?![\u3400-\u9fff])"
)
_HAN_RUN = compile_lazily(r"[\u3400-\u9fff]{2,4}(?![\u3400-\u9fff])")
# Markup and addresses.
_NOT_IN_NAMES = compile_lazily(r"[=<>{}\\]|://|^https?$|^www\b")
_INITIAL = compile_lazily(r"(?:[A-ZÀ-Þ]\.-?){1,3}")
_PEN_NAME = compile_lazily(r"[^\s\d:：/／|，。,、（()）]{2,12}")
# "Doe, Jane".
_REVERSED = compile_lazily(r"[A-ZÀ-Þ][\w'’-]+, [A-ZÀ-Þ][\w'’.-]+")
# A link or image of Markdown, with its text; then "authors: [Ann Lee]" of YAML.
_LINK = compile_lazily(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_YAML_LIST = compile_lazily(r"^(\s*authors?\s*:)\s*\[(.*)\]\s*$", re.IGNORECASE)
# The gap between a name and a date or label without a space between them.
_GLUED = compile_lazily(
    rf"(?<=[a-z])(?=(?:{'|'.join(sorted(word.title() for word in _MONTHS))})\b\.? \d)|"
    rf"(?<=[a-zà-ÿ])(?={any_of(_WORDS.glued_labels)})"
)
# A year, a time, an age such as "5 min", or a month with a day.
_DATED = compile_lazily(
    rf"(?<!\d)(?:19|20)\d\d(?!\d)|\d{{1,2}}[:h]\d\d|\d+ {any_of(_WORDS.durations)}|"
    rf"\b(?:{'|'.join(sorted(_MONTHS))})\b\.? \d|\d (?:{'|'.join(sorted(_MONTHS))})\b",
    re.IGNORECASE,
)
_MONTH = "|".join(sorted(_MONTHS))
# The beginning of a date or time, after at most 40 characters.
_STARTS_DATE = compile_lazily(
    rf"^(?P<before>.{{0,40}}?)(?:\b(?:{_MONTH})\b\.? \d|"
    rf"\d{{1,2}}(?:st|nd|rd|th|er)? (?:{_MONTH})\b|\d{{1,4}}[/.-]\d{{1,2}}[/.-]\d|"
    rf"\d{{1,2}}[:h]\d\d|\d+ min)",
    re.IGNORECASE,
)
_SEPARATOR = compile_lazily(r"\s+[/–—-]\s+|\s*[|·•▪]\s*")
# A credit in brackets that names a reporter, author or the like.
_HAN_CREDIT = compile_lazily(
    rf"[【\[（(〔［](?P<names>[^【\[（(〔［】\]）)〕］]{{0,14}}?{any_of(_HAN_WORDS.bracket_labels)}"
    r"[^【\[（(〔［】\]）)〕］]{2,60})[】\]）)〕］]"
)
# The head of a dispatch: an agency and a reporter, then "reports" or a day with 电/讯.
_HAN_HEAD = compile_lazily(
    rf"(?:[\u3400-\u9fff]{{0,4}}社|[\u3400-\u9fff]{{2,6}}[网網报報])?(?:特派)?"
    rf"{any_of(_HAN_WORDS.head_labels)}[^，。,！？\s／/]{{2,12}}[\s／/]*"
    rf"(?:[^，。,！？]{{2,8}}{any_of(_HAN_WORDS.reports)}|\d{{1,2}}日[电電讯訊])"
)


@lru_cache(maxsize=4096)
def find_names(byline: str) -> tuple[str, ...]:
    """Find the names in a line known to be a byline, without roles, places and dates.

    Agencies and newspapers count only if no person is named.

    >>> find_names("By Ann Example and Bob Sample, Staff Writer")
    ('Ann Example', 'Bob Sample')
    >>> find_names("Par Zoé Exemple, avec AFP"), find_names("作者：张三"), find_names("BTCdayu")
    (('Zoé Exemple',), ('张三',), ('BTCdayu',))
    """
    text = _clean(byline[:LONGEST_LIST])
    rest = _find_rest(text)
    if rest is None and _has_han(text):
        return keep_people(find_han_names(text) or _read_bare_han(text))
    if rest is None and _OTHERS.match(text):
        return ()
    if rest is None and _REVERSED.fullmatch(text):
        return (text,)  # Doe, Jane
    text = text if rest is None else rest
    if _STAFF.match(text):
        return tuple(name for name in split_names(text) if is_person(name))
    return keep_people([*split_names(text), *filter(is_han_name, _HAN_RUN.findall(text))])


@lru_cache(maxsize=4096)
def read_byline(line: str) -> tuple[str, ...]:
    """Read the names in a line that opens like a byline; return none for any other line.

    >>> read_byline("Submitted by joe on Mon, 2019-01-21"), read_byline("Ann Lee said so.")
    (('joe',), ())
    >>> read_byline("12/04/2020 by Kay 24 Comments"), read_byline("記者王小明／台北報導")
    (('Kay',), ('王小明',))
    """
    if len(line) > LONGEST_BYLINE:
        return ()
    text = _clean(line)
    if _has_han(text) and (names := find_han_names(text)):
        return keep_people(names)
    if (credit := _TEXT_THEN_PHOTOS.match(text)) and credit["names"][:1].isupper():
        return tuple(name for name in split_names(credit["names"]) if is_person(name))
    rest = _find_rest(text)
    return () if rest is None or _is_prose(rest) else find_names(f"by {rest}")


def opens_byline(line: str) -> bool:
    """Whether a line opens a byline whose names are in the next line.

    >>> opens_byline("Written by:"), opens_byline("By Ann Lee")
    (True, False)
    """
    return len(line) < 40 and _OPENS.fullmatch(_clean(line)) is not None


@lru_cache(maxsize=4096)
def read_signed_line(line: str) -> tuple[str, ...]:
    """Read the name at the beginning of a line with a date or a role and no "by".

    >>> read_signed_line("Imogen Hartley · 3 November 2024 · 8 min read")
    ('Imogen Hartley',)
    >>> read_signed_line("Log out Sign in · 3 May 2026"), read_signed_line("Ann Lee, Staff Writer")
    ((), ('Ann Lee',))
    """
    text = _clean(line)
    has_han = _has_han(text)
    match = (_HAN_SIGNED.match(text) or _HAN_DATED.fullmatch(text)) if has_han else None
    if match is not None and match["name"] not in _WORDS.han_places | _SECTIONS:
        return (match["name"],) if is_han_name(match["name"]) else ()
    if " " not in text or line.lstrip().startswith(("-", "—", "–", "“", '"', "«")):
        return ()  # no full name, or the line names someone quoted
    if len(text) > LONGEST_SIGNED or has_han or _is_prose(text) or _find_rest(text):
        return ()
    if (name := _find_between(text)) is not None:
        return (name,)
    names = split_names(text, handles=False)
    if not names or not text.startswith(names[0]) or not all(map(is_person, names)):
        return ()
    rest = text[len(names[0]) :].split()
    shown = [word.strip(" ,.|·•()–—-").lower() for word in rest]
    is_glued = text[len(names[0]) :][:2].strip(" ").isalpha()  # no comma ends the name
    is_role = (
        len(rest) <= LONGEST_ROLE
        and not _WORDS.roles.isdisjoint(list(filter(None, shown))[:3])
        and (not is_glued or len(names[0].split()) <= LONGEST_GLUED_NAME)
    )
    date = _STARTS_DATE.search(" ".join(rest))
    is_dated = date is not None and sum(word[:1].islower() for word in date["before"].split()) < 3
    return tuple(names) if is_role or is_dated or _names_outlet(text, names) else ()


def _find_between(text: str) -> str | None:
    """Find the only full name between separators, if a date is also between separators."""
    parts = [_drop_outlet(part.strip()) for part in _SEPARATOR.split(text)]
    names = [part for part in parts if is_person(part)]
    is_dated = any(_STARTS_DATE.match(part) and not is_person(part) for part in parts)
    return names[0] if len(names) == 1 and len(parts) > 1 and is_dated else None


def _names_outlet(text: str, names: list[str]) -> bool:
    """Whether two names or more, or one and a bar, stand before an agency or a newspaper.

    One name and a slash credit a picture.

    >>> _names_outlet("Ann Lee & Bo Ray | Bloomberg", ["Ann Lee", "Bo Ray"])
    True
    """
    parts = _SEPARATOR.split(text)
    is_credit = len(names) > 1 or "|" in text
    is_pair = len(parts) == 2 and parts[0].endswith(names[-1])
    return is_pair and is_credit and is_organization(parts[1])


def _drop_outlet(part: str) -> str:
    """Return the name before a comma and an agency, a newspaper or an acronym: "Ann Lee, TNN"."""
    name, comma, outlet = part.rpartition(", ")
    is_outlet = bool(comma) and (is_organization(outlet) or outlet.lower() in _WORDS.places)
    return name if is_outlet and is_person(name) else part


def are_names(line: str) -> bool:
    """Whether a line holds two full names or more, and nothing else.

    >>> are_names("Ann Lee and Bo Ray"), are_names("Ann Lee"), are_names("Ann Lee and the sea")
    (True, False, False)
    """
    names = split_names(line, handles=False)
    rest = re.sub(r"\b(?:and|et)\b|[,;&*_\s]", "", line)
    return (
        len(names) > 1
        and all(map(is_person, names))
        and len(rest) == sum(len(name.replace(" ", "")) for name in names)
    )


def read_inline(paragraph: str) -> tuple[str, ...]:
    """Read the reporters named in brackets, or in a first line, of a Chinese paragraph.

    >>> read_inline("新华社伦敦3月5日电（记者王小明 李华）港口管理局周一表示，码头将关闭。")
    ('王小明', '李华')
    >>> read_inline("他告诉记者王小明，码头将关闭。")
    ()
    """
    if not _has_han(paragraph[:200]):
        return ()
    head = _HAN_HEAD.match(paragraph.lstrip("　 （(【〔["))
    if head is not None and (names := find_han_names(head[0])):
        return tuple(names)
    first, _, others = paragraph.partition("\n")
    if others and len(first) <= LONGEST_FIRST_LINE and (names := find_han_names(first.strip())):
        return tuple(names)
    for part in (paragraph[:90], paragraph[-90:]):
        for credit in _HAN_CREDIT.finditer(part):
            if names := find_han_names(credit["names"]):
                return tuple(names)
    return ()


def keep_people(names: list[str]) -> tuple[str, ...]:
    """Keep the people in a list, or the organizations if it names no people."""
    named = [
        name
        for name in dict.fromkeys(names)
        if not is_nobody(name)
        and _NOT_IN_NAMES.search(name) is None
        and name.lower() not in _DAYS
        and not all(part.strip(".,:").lower() in _WORDS.boilerplate for part in name.split())
    ]
    people = [name for name in named if not is_organization(name)]
    return tuple(people or named)


@lru_cache(maxsize=4096)
def is_person(name: str) -> bool:
    """Whether a text alone looks like the full name of a person.

    >>> is_person("Maëlle LE GUENNEC"), is_person("Home World Sport"), is_person("LE MIDI LIBÉRÉ")
    (True, False, False)
    """
    words = name.split()
    if not 2 <= len(words) <= 5 or any(map(str.isdigit, name)):
        return False
    parts = [part.strip(".,:").lower() for part in words if not _INITIAL.fullmatch(part)]
    has_initial = bool(parts) and _INITIAL.fullmatch(words[0]) is not None
    return (
        bool(parts)
        and not is_organization(name)
        and not is_nobody(name)
        and _WORDS.boilerplate.isdisjoint(parts)
        and _WORDS.prose_words.isdisjoint(parts)
        and not _WORDS.topics.issuperset(parts)
        and not any(part.endswith(("'s", "’s")) for part in parts)
        and (has_initial or parts[0] not in _WORDS.particles)
        and parts[0] not in _NO_FIRST_NAMES
        and re.match(r"[lL]['’]", name) is None
        and all(
            part[:1].isupper()
            or part.lower() in _WORDS.particles
            or part[:2].lower() in {"d'", "d’", "o'", "o’"}
            for part in words
        )
    )


def _has_han(text: str) -> bool:
    return has_far_letters(text) and _HAN.search(text) is not None


@lru_cache(maxsize=256)  # a line is read as a byline, then as a signed line, then as a name
def _find_rest(text: str) -> str | None:
    """Return the text after the words that open a byline; None if there are no such words."""
    opener = _OPENER.match(text)
    if opener is None:
        inner = _INNER_OPENER.search(text) if _DATED.search(text) else None
        if inner is None and len(text) <= LONGEST_SIGNED:
            inner = _INNER_SURE.search(text) or _SIGNED.search(text)
            inner = inner or (_TEXT_BY.search(text) if _OTHERS.match(text) else None)
        return None if inner is None else text[inner.end() :]
    second = _OPENER.match(text, opener.end())
    return text[(second or opener).end() :]


def _is_prose(text: str) -> bool:
    """Whether a text continues like a sentence: many lower-case words, or a full stop."""
    tokens = text.split()
    small = sum(token[:1].islower() and token not in _WORDS.particles for token in tokens)
    if text[:1].islower() and len(tokens) > 3 and small > len(tokens) / 2:
        return _DATED.search(text) is None
    is_sentence = text.endswith((".", "!", "?", "…")) and len(tokens) > 6 and small > 2
    return is_sentence or (len(tokens) > 8 and small > len(tokens) / 2)


def _read_bare_han(text: str) -> list[str]:
    """Read a line that contains only names (王小明 李华) or a one-word pen name."""
    text = _APART.sub(r"\1\2", text.strip("*【】[]（）()〔〕 "))
    parts = [part for part in re.split(r"[\s\u3000、，,]+", text) if part]
    if parts and all(map(is_han_name, parts)):
        return parts
    return find_han_names(f"作者：{text}") if _PEN_NAME.fullmatch(text) else []


def has_opener(text: str) -> bool:
    """Whether a text begins like a byline, with "by" or similar words.

    >>> has_opener("Recueilli par Zoé Exemple"), has_opener("Byron Example")
    (True, False)
    """
    return _OPENER.match(text) is not None


@lru_cache(maxsize=256)
def _clean(line: str) -> str:
    """Put a text on one line, remove Markdown, and separate words that run together."""
    line = _GLUED.sub(" ", line)
    if "[" in line:
        line = _YAML_LIST.sub(r"\1 \2", line)
    if "](" in line:
        line = _LINK.sub(r"\1", line)
    text = " ".join(line.replace("\n", " | ").split()).replace(" | | ", " | ")
    return text.strip("*_`#>~ |•·-–—〓◆◇★☆※►▶").replace("\u200b", "")
