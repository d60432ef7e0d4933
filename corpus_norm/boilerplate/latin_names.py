"""Names of people in a list as bylines write it, in letters with case.

A name is a run of words with capitals, with particles between; it ends before a role, a date, a
handle, a degree, a bracket or a word of prose.  What follows a comma may be another person, or a
newspaper, a town, a role of the first one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

from corpus_norm.boilerplate.han_names import is_han_organization
from corpus_norm.languages import bylines as words

_ANDS = "|".join(words.AND)
_JOINT = re.compile(
    rf"\s*(?P<mark>[,;]\s*(?:{_ANDS})(?=\s)|[,;、/]|\s[-–—]+\s|[|•·∙●■–—\n<>]|\s(?:{_ANDS})(?=\s))\s*",
    re.IGNORECASE,
)
_WITH = re.compile(r"\s*[(\[]\s*(?:with|avec)\s+([^()\[\]]*)[)\]]?", re.IGNORECASE)
_BRACKETED = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])")
_BRACKET = re.compile(r"\s*[(\[{].*", re.DOTALL)
_OTHERS = re.compile(rf"(?<!\w)(?:{words.OTHER_CREDITS}).*", re.IGNORECASE | re.DOTALL)
_MARKS = ' .,:;!?*†‡®™"“”«»'
_INITIALS = re.compile(
    r"(?:[^\W\d_]\.-?){1,4}|[^\W\d_]{1,2}\.|(?:St|Ste|Mc|Chr|Ph|Jr|Sr|Dr|Mr|Mrs|Ms|Prof)\."
)
_ACRONYM = re.compile(r"[A-Z][A-Z.&-]{1,6}[®™]?")
_DOMAIN = re.compile(r"\.(?:com|org|net|fr|ca|uk|au|cn)$")
_ELIDED = re.compile(r"(?:d|l|o|n|m)['’](?=\w)", re.IGNORECASE)
LONGEST_SHORT_DAY = 4
_MOST_WORDS = 6
_LONGEST = 60
HARD = ("|", "•", "·", "∙", "●", "■", "–", "—", "-", "\n", "<", ">")


class _End(Enum):
    """Why a name ended: no more text, other words on the author, the end of the byline."""

    OPEN = 0
    ROLE = 1
    OVER = 2


@dataclass
class _List:
    """The names read so far; ``is_far`` once something stands between the last one and here."""

    names: list[str] = field(default_factory=list)
    state: _End = _End.OPEN
    is_far: bool = False

    @property
    def has_full_names(self) -> bool:
        return any(" " in name for name in self.names)


def split_names(text: str, *, handles: bool = True) -> list[str]:
    """The names in a list, organizations among them; ``handles`` need no capital.

    >>> split_names("Ann B. Lee, Bo C.D. Ray, and Cy Orr, CNN")
    ['Ann B. Lee', 'Bo C.D. Ray', 'Cy Orr']
    >>> split_names("Ann Lee March 18 at 3:57 PM Follow @annlee"), split_names("joe on Mon, 3 May")
    (['Ann Lee'], ['joe'])
    >>> split_names("Jean de La Fontaine, à Lyon et Luc Modèle, PhD")
    ['Jean de La Fontaine', 'Luc Modèle']
    """
    text = _OTHERS.sub("", _WITH.sub(r", \1", text))
    text = _BRACKET.sub("", _BRACKETED.sub("", text))
    found = _List()
    mark, position = "", 0
    for joint in [*_JOINT.finditer(text), None]:
        part = text[position : joint.start() if joint else len(text)].strip()
        if part:
            _take(found, mark, part, handles=handles)
        if joint is None or found.state is _End.OVER:
            break
        mark, position = joint["mark"].strip().lower(), joint.end()
        if mark in HARD:
            break
    return found.names


def _take(found: _List, mark: str, part: str, *, handles: bool) -> None:
    """Add the name that a part of the list is, if it is one."""
    is_joined = mark.strip(",; ") in words.AND or mark in {";", "、"}
    if found.state is _End.ROLE and (found.is_far or not is_joined):
        found.is_far = found.is_far or part.strip(_MARKS).lower() not in words.DEGREES
        return
    name, end = _read_name(part, handles=handles and not found.has_full_names)
    found.state = end
    if found.names and name.lower() in words.SUFFIXES:
        found.names[-1] += f" {name}"
    elif not name or (found.has_full_names and _is_aside(name, is_joined=is_joined)):
        if found.names and end is not _End.OVER:
            found.state = _End.ROLE
    elif name not in found.names:
        found.names.append(name)


def _is_aside(name: str, *, is_joined: bool) -> bool:
    """Whether what follows a full name is a town, a newspaper or a degree of that person."""
    parts = [part.strip(_MARKS).lower() for part in name.split()]
    return (
        len(parts) == 1
        or parts[0] in words.PLACES | words.AGENCIES | words.DEGREES | {"the", "les", "la"}
        or (not is_joined and not words.ROLES.isdisjoint(parts[:2]))
        or is_organization(name)
    )


def is_organization(name: str) -> bool:
    """Whether a name is that of an agency, a newspaper or a team rather than of a person.

    >>> is_organization("The Daily Gull"), is_organization("AFP"), is_organization("Zoé Exemple")
    (True, True, False)
    """
    parts = [part.strip(_MARKS).lower() for part in re.split(r"[\s/]+", name)]
    return (
        parts[0] in {"the", "les"}
        or all(part in words.AGENCIES for part in parts)
        or (len(parts) > 1 and parts[-1] in words.DESKS)
        or any(
            part in words.ORGANIZATIONS or part.endswith((".com", ".org", ".net", ".fr"))
            for part in parts
        )
        or (_ACRONYM.fullmatch(name) is not None and "." not in name)
    )


def is_nobody(name: str) -> bool:
    """Whether a name stands for no one in particular, such as "Admin" or "La rédaction".

    >>> is_nobody("The Editors"), is_nobody("La Rédaction"), is_nobody("Ann Lee")
    (True, True, False)
    """
    parts = [part.strip(_MARKS).lower() for part in re.split(r"[\s_-]+", name)]
    while parts and parts[0] in {
        "the",
        "la",
        "le",
        "les",
        "our",
        "notre",
        "by",
        "par",
        "a",
        "guest",
        "news",
    }:
        parts = parts[1:]
    return is_han_organization(name) or all(
        part.rstrip("0123456789") in words.NOBODY for part in parts
    )


def _read_name(part: str, *, handles: bool) -> tuple[str, _End]:
    """The name at the beginning of a part, "" where there is none, and what ended it."""
    tokens = _drop_titles(part.split())
    kept: list[str] = []
    end = _End.OPEN
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else ""
        verdict = _judge(token, following, kept)
        if verdict is not None:
            end = verdict
            if end is not _End.OVER and any(map(_is_number, tokens[index:])):
                end = _End.OVER
            if not kept and handles and _is_handle(token, tokens[index + 1 :]):
                return token.strip(_MARKS + "@"), end if index + 1 < len(tokens) else _End.OPEN
            break
        stripped = token.rstrip("0123456789¹²³*†‡®™")
        kept.append(stripped)
        if stripped != token or _ends_sentence(token, kept):
            end = _End.OVER if stripped == token else _End.ROLE
            break
    return _finish(kept), end


def _judge(token: str, following: str, kept: list[str]) -> _End | None:
    """What the token ends, None where it belongs to the name."""
    low = token.strip(_MARKS).lower()
    is_address = "@" in token or "://" in token or token.startswith("#")
    if not low or is_address or low in words.ENDS or _is_date(token, following, kept):
        return _End.OVER
    if low in words.PARTICLES:
        first = following.lstrip('"“«(')[:1]
        is_inside = first.isupper() or following.lower() in words.PARTICLES
        return None if is_inside or (token[:1].isupper() and kept) else _End.ROLE
    is_outlet = (token.isupper() and low in words.AGENCIES) or _DOMAIN.search(low) is not None
    if len(kept) > 1 and (low in words.ROLES or is_outlet):
        return _End.ROLE
    letter = next((char for char in _ELIDED.sub("", token) if char.isalpha()), "")
    return _End.ROLE if letter.islower() or not letter else None


def _is_date(token: str, following: str, kept: list[str]) -> bool:
    """Whether a date or a time begins; April and Sun are names too."""
    low = token.strip(_MARKS).lower()
    precedes_number = following[:1].isdigit()
    is_day = low in words.DAYS and (bool(kept) or precedes_number)
    return (
        _is_number(token)
        or (low in words.MONTHS and precedes_number)
        or (is_day and (not following or precedes_number or len(low) > LONGEST_SHORT_DAY))
    )


def _is_number(token: str) -> bool:
    return token[:1].isdigit() or (token[-1:].isdigit() and not token[:1].isalpha())


def _is_handle(token: str, rest: list[str]) -> bool:
    """Whether a word without a capital is a user's name: it stands alone, or before a date."""
    low = token.strip(_MARKS)
    follows = [each.lower() for each in rest[:1]]
    return (
        re.fullmatch(r"@?[\w.-]{2,30}", low) is not None
        and any(map(str.isalpha, low))
        and low.lower() not in words.FURNITURE | words.PARTICLES | words.DAYS | words.ENDS
        and "." not in low.strip(".")
        and (
            not rest
            or follows[0] in {"on", "at", "in", "le", "il", "|", "@", *words.MONTHS}
            or _is_number(rest[0])
        )
    )


def _drop_titles(tokens: list[str]) -> list[str]:
    """Leave out the role before a name: "Staff Writer Ann Lee", "le journaliste Luc Modèle"."""
    if len(tokens) > 1 and tokens[0] == "the" and tokens[1][:1].isupper():
        tokens = ["The", *tokens[1:]]
    titles = (
        words.ROLES | words.AGENCIES | words.ORGANIZATIONS | {"the", "le", "la", "our", "notre"}
    )
    lows = [token.strip(_MARKS).lower() for token in tokens]
    count = next((index for index, low in enumerate(lows) if low not in titles), len(lows))
    rest = tokens[count:]
    has_role = not words.ROLES.isdisjoint(lows[:count])
    return rest if has_role and len(rest) > 1 and rest[0][:1].isupper() else tokens


def _ends_sentence(token: str, kept: list[str]) -> bool:
    """Whether the full stop or colon after a word ends the name, and is no abbreviation's."""
    if token.endswith((":", "!", "?")):
        return True
    return (
        token.endswith(".")
        and not _INITIALS.fullmatch(token)
        and not (token.lower() in words.SUFFIXES and len(kept) > 1)
    )


def _finish(kept: list[str]) -> str:
    """The words as a name, without degrees and particles at its end."""
    while kept and (
        (kept[-1].strip(_MARKS).lower() in words.PARTICLES and kept[-1][:1].islower())
        or (len(kept) > 1 and _is_degree(kept[-1], kept[:-1]))
    ):
        kept = kept[:-1]
    half = len(kept) // 2
    if half and len(kept) % 2 == 0 and kept[:half] == kept[half:]:
        kept = kept[:half]
    name = " ".join(kept).strip(' ,:;!?*†‡"“”«»')
    if (
        name.endswith(".")
        and not _INITIALS.fullmatch(name.split()[-1])
        and not name.lower().endswith(("jr.", "sr."))
    ):
        name = name.rstrip(".")
    too_long = len(kept) > _MOST_WORDS or len(name) > _LONGEST
    if too_long or not any(map(str.isalpha, name)) or (_is_degree(name, []) and "." in name):
        return ""
    if name.isupper() and name.strip("®™") in {"DR", "PHD", "MD"}:
        return ""
    return name


def _is_degree(word: str, others: list[str]) -> bool:
    low = word.strip(_MARKS).lower()
    shown = word.strip(_MARKS)
    is_marked = (
        shown.isupper()
        or "." in shown
        or low in {"phd", "psyd", "pharmd", "edd", "dphil", "msc", "bsc"}
    )
    is_shouted = bool(others) and all(other.isupper() for other in others)
    return low in words.DEGREES and is_marked and not is_shouted
