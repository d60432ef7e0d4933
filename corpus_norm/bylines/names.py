"""Names of people in bylines in Latin letters: finding where they begin and end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from itertools import takewhile

from corpus_norm.bylines.han_names import is_han_organization
from corpus_norm.languages import any_of, combine
from corpus_norm.patterns import compile_lazily

_WORDS = combine(lambda record: record.bylines)
_MONTHS = frozenset(filter(str.isalpha, combine(lambda record: record.numbers.months)))
# Words that begin no second name: a place, an agency, a degree.
_NO_SECOND_NAME = (
    _WORDS.places
    | _WORDS.agencies
    | _WORDS.degrees
    | _WORDS.outlet_articles
    | _WORDS.place_articles
)
_TITLES = (
    _WORDS.roles | _WORDS.agencies | _WORDS.organizations | _WORDS.role_articles | _WORDS.honorifics
)
_NO_USERS = _WORDS.boilerplate | _WORDS.particles | _WORDS.days | _WORDS.ends
_AFTER_USERS = _WORDS.handle_followers | _MONTHS | {"|", "@"}
_ANDS = "|".join(_WORDS.conjunctions)
# A separator between names: a comma, "and", a dash, a bar or the like.
_JOINT = compile_lazily(
    rf"\s*(?P<separator>[,;]\s*(?:{_ANDS})(?=\s)|[,;、/]|\s[-–—]+\s|[|•·∙●■–—\n<>]|\s(?:{_ANDS})(?=\s))\s*",
    re.IGNORECASE,
)
# A remark such as "(with Bo Ray)".
_WITH = compile_lazily(
    rf"\s*[(\[]\s*{any_of(sorted(_WORDS.with_words))}\s+([^()\[\]]*)[)\]]?", re.IGNORECASE
)
_BRACKETED = compile_lazily(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])")
_BRACKET = compile_lazily(r"\s*[(\[{].*", re.DOTALL)
_OTHERS = compile_lazily(rf"(?<!\w)(?:{any_of(_WORDS.other_credits)}).*", re.IGNORECASE | re.DOTALL)
# Words after the name of someone who took the pictures, in brackets or after a comma.
_PICTURED = compile_lazily(
    rf"\s*[(\[]\s*{any_of(_WORDS.pictures)}\s*[)\]]"
    rf"|,\s*(?:[\w-]+\s)?{any_of(_WORDS.photographers)}\b",
    re.IGNORECASE,
)
_BEFORE_NAME = compile_lazily(rf".*(?:[,;/]|\s(?:{_ANDS})(?=\s))", re.IGNORECASE | re.DOTALL)
_SIGNS = ' .,:;!?*†‡®™"“”«»'
_INITIALS = compile_lazily(
    r"(?:[^\W\d_]\.-?){1,4}|[^\W\d_]{1,2}\.|"
    rf"{any_of(sorted(_WORDS.name_abbreviations))}\."
)
# An acronym of two to seven characters.
_ACRONYM = compile_lazily(r"[A-Z][A-Z.&-]{1,6}[®™]?")
_DOMAIN = compile_lazily(
    r"\.(?:com|org|net|info|fr|ca|uk|au|cn|tw|hk|us|eu|be|ch|de|es|it|in|io|co|tv)$"
)
_DOTTED_USER = compile_lazily(r"[a-z][\w-]*\.[a-z][\w-]+")
# A prefix with an apostrophe, as in "d'Arc" or "O'Neil".
_ELIDED = compile_lazily(r"(?:d|l|o|n|m)['’](?=\w)", re.IGNORECASE)
LONGEST_SHORT_DAY = 4
_STOPPED_SUFFIXES = tuple(suffix for suffix in _WORDS.suffixes if suffix.endswith("."))
_MOST_WORDS = 6
_LONGEST = 60
FINAL_SEPARATORS = ("|", "•", "·", "∙", "●", "■", "–", "—", "-", "\n", "<", ">")


class _End(Enum):
    """The reason a name ended: no more text, other words on the author, the end of the byline."""

    OPEN = 0
    ROLE = 1
    OVER = 2


@dataclass
class _List:
    """The names read so far; ``is_far``: other words follow the last name."""

    names: list[str] = field(default_factory=list)
    state: _End = _End.OPEN
    is_far: bool = False

    @property
    def has_full_names(self) -> bool:
        return any(" " in name for name in self.names)

    @property
    def is_of_organizations(self) -> bool:
        return bool(self.names) and all(map(is_organization, self.names))


def split_names(text: str, *, handles: bool = True) -> list[str]:
    """Split a list of names, including organizations and, if ``handles``, lower-case user names.

    >>> split_names("Ann B. Lee, Bo C.D. Ray, and Cy Orr, CNN")
    ['Ann B. Lee', 'Bo C.D. Ray', 'Cy Orr']
    >>> split_names("Ann Lee March 18 at 3:57 PM Follow @annlee"), split_names("joe on Mon, 3 May")
    (['Ann Lee'], ['joe'])
    >>> split_names("Jean de La Fontaine, à Lyon et Luc Modèle, PhD")
    ['Jean de La Fontaine', 'Luc Modèle']
    """
    text = _OTHERS.sub("", _WITH.sub(r", \1", _drop_photographers(text)))
    text = _BRACKET.sub("", _BRACKETED.sub("", text))
    found = _List()
    separator, position = "", 0
    for joint in [*_JOINT.finditer(text), None]:
        part = text[position : joint.start() if joint else len(text)].strip()
        if part:
            _take(found, separator, part, handles=handles)
        if joint is None or found.state is _End.OVER:
            break
        separator, position = joint["separator"].strip().lower(), joint.end()
        if separator in FINAL_SEPARATORS:
            break
    return found.names


def _drop_photographers(text: str) -> str:
    """Remove names followed by "(photos)" or ", Photographer", if other names remain.

    >>> _drop_photographers("Ann Lee (text) and Bo Ray (photos)")
    'Ann Lee (text)'
    """
    while match := _PICTURED.search(text):
        before = _BEFORE_NAME.match(text[: match.start()])
        if before is None:
            break
        kept = re.sub(rf"(?:[,;/]|\s(?:{_ANDS}))$", "", before[0], flags=re.IGNORECASE)
        text = kept.rstrip(" ,;") + text[match.end() :]
    return text


def _take(found: _List, separator: str, part: str, *, handles: bool) -> None:
    """Add the name at the beginning of a part of the list, if there is one."""
    is_joined = separator.strip(",; ") in _WORDS.conjunctions or separator in {";", "、"}
    if found.state is _End.ROLE and found.is_of_organizations and " " in part:
        found.state = _End.OPEN  # "Northern Courier Staff, Ann Lee": a person may follow
    if found.state is _End.ROLE and (found.is_far or not is_joined):
        found.is_far = found.is_far or part.strip(_SIGNS).lower() not in _WORDS.degrees
        return
    name, end = _read_name(part, handles=handles and not found.has_full_names)
    found.state = end
    if found.names and name.lower() in _WORDS.suffixes:
        found.names[-1] += f" {name}"
    elif not name or (found.has_full_names and _is_aside(name, part, is_joined=is_joined)):
        if found.names and end is not _End.OVER:
            found.state = _End.ROLE
    elif name not in found.names:
        found.names.append(name)


def _is_aside(name: str, part: str, *, is_joined: bool) -> bool:
    """Whether a "name" after a full name is really that person's town, newspaper or degree.

    ``part`` is the text that begins with the name, such as "Local Democracy Reporting Service" for
    the name "Local Democracy Reporting".
    """
    parts = [part.strip(_SIGNS).lower() for part in name.split()]
    capitalized = list(takewhile(lambda token: token[:1].isupper(), part.split()))
    return (
        len(parts) == 1
        or parts[0] in _NO_SECOND_NAME
        or (not is_joined and not _WORDS.roles.isdisjoint(parts[:2]))
        or is_organization(name)
        or (len(capitalized) > 1 and is_organization(" ".join(capitalized)))
        or (len(parts) > 1 and parts[-1] in _WORDS.boilerplate)
    )


def is_organization(name: str) -> bool:
    """Whether a name belongs to an agency, a newspaper or a team rather than to a person.

    >>> is_organization("The Daily Gull"), is_organization("AFP"), is_organization("Zoé Exemple")
    (True, True, False)
    """
    parts = [part.strip(_SIGNS).lower() for part in re.split(r"[\s/]+", name)]
    return (
        parts[0] in _WORDS.outlet_articles
        or all(part in _WORDS.agencies for part in parts)
        or (len(parts) > 1 and parts[-1] in _WORDS.desks)
        or any(
            part in _WORDS.organizations or part.endswith((".com", ".org", ".net", ".fr"))
            for part in parts
        )
        or (_ACRONYM.fullmatch(name) is not None and "." not in name)
    )


def is_nobody(name: str) -> bool:
    """Whether a name identifies no one in particular, such as "Admin" or "La rédaction".

    >>> is_nobody("The Editors"), is_nobody("La Rédaction"), is_nobody("Ann Lee")
    (True, True, False)
    """
    parts = [part.strip(_SIGNS).lower() for part in re.split(r"[\s_-]+", name)]
    while parts and parts[0] in _WORDS.nobody_openers:
        parts = parts[1:]
    return is_han_organization(name) or all(
        part.rstrip("0123456789") in _WORDS.nobody for part in parts
    )


def _read_name(part: str, *, handles: bool) -> tuple[str, _End]:
    """Read the name at the beginning of a part ("" if there is none) and why it ended."""
    tokens = _drop_titles(part.split())
    kept: list[str] = []
    end = _End.OPEN
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else ""
        ending = _find_ending(token, following, kept)
        if ending is not None:
            end = ending
            if end is not _End.OVER and any(map(_is_number, tokens[index:])):
                end = _End.OVER
            if not kept and handles and _is_handle(token, tokens[index + 1 :]):
                return token.strip(_SIGNS + "@"), end if index + 1 < len(tokens) else _End.OPEN
            break
        stripped = token.rstrip("0123456789¹²³*†‡®™")
        kept.append(stripped)
        if stripped != token or _ends_sentence(token, kept):
            end = _End.OVER if stripped == token else _End.ROLE
            break
    return _finish(kept), end


def _find_ending(token: str, following: str, kept: list[str]) -> _End | None:
    """Return why the name ends before this token, or None if the token belongs to the name."""
    low = token.strip(_SIGNS).lower()
    is_address = "@" in token or "://" in token or token.startswith("#")
    if not low or is_address or low in _WORDS.ends or _is_date(token, following, kept):
        return _End.OVER
    if low in _WORDS.particles:
        first = following.lstrip('"“«(')[:1]
        is_inside = first.isupper() or following.lower() in _WORDS.particles
        return None if is_inside or (token[:1].isupper() and kept) else _End.ROLE
    is_outlet = (token.isupper() and low in _WORDS.agencies) or _DOMAIN.search(low) is not None
    if len(kept) > 1 and (low in _WORDS.roles or is_outlet):
        return _End.ROLE
    letter = next((char for char in _ELIDED.sub("", token) if char.isalpha()), "")
    return _End.ROLE if letter.islower() or not letter else None


def _is_date(token: str, following: str, kept: list[str]) -> bool:
    """Whether a date or a time begins at the token; April and Sun may also be names."""
    low = token.strip(_SIGNS).lower()
    precedes_number = following[:1].isdigit()
    is_day = low in _WORDS.days and (bool(kept) or precedes_number)
    return (
        _is_number(token)
        or (low in _MONTHS and precedes_number)
        or (is_day and (not following or precedes_number or len(low) > LONGEST_SHORT_DAY))
    )


def _is_number(token: str) -> bool:
    return token[:1].isdigit() or (token[-1:].isdigit() and not token[:1].isalpha())


def _is_handle(token: str, rest: list[str]) -> bool:
    """Whether a lower-case word is a user name: it is alone, or before a date."""
    low = token.strip(_SIGNS)
    follows = [each.lower() for each in rest[:1]]
    return (
        re.fullmatch(r"@?[\w.-]{2,30}", low) is not None
        and any(map(str.isalpha, low))
        and low.lower() not in _NO_USERS
        and ("." not in low or (bool(rest) and _is_dotted_user(low)))
        and (not rest or follows[0] in _AFTER_USERS or _is_number(rest[0]))
    )


def _is_dotted_user(word: str) -> bool:
    """Whether a word is a user name with a dot inside, and not a host name."""
    return _DOTTED_USER.fullmatch(word) is not None and _DOMAIN.search(word) is None


def _drop_titles(tokens: list[str]) -> list[str]:
    """Drop the role before a name: "Staff Writer Ann Lee", "le journaliste Luc Modèle"."""
    if len(tokens) > 1 and tokens[0] == "the" and tokens[1][:1].isupper():
        tokens = ["The", *tokens[1:]]
    lows = (token.strip(_SIGNS).lower() for token in tokens)
    titles = list(takewhile(_TITLES.__contains__, lows))
    rest = tokens[len(titles) :]
    has_role = not (_WORDS.roles | _WORDS.honorifics).isdisjoint(titles)
    return rest if has_role and len(rest) > 1 and rest[0][:1].isupper() else tokens


def _ends_sentence(token: str, kept: list[str]) -> bool:
    """Whether the punctuation after a word ends the name, and is not part of an abbreviation."""
    if token.endswith((":", "!", "?")):
        return True
    return (
        token.endswith(".")
        and not _INITIALS.fullmatch(token)
        and not (len(kept) == 1 and _is_degree(token, []))
        and not (token.lower() in _WORDS.suffixes and len(kept) > 1)
    )


def _finish(kept: list[str]) -> str:
    """Join the words of a name, without degrees and particles at its end."""
    while kept and (
        (kept[-1].strip(_SIGNS).lower() in _WORDS.particles and kept[-1][:1].islower())
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
        and not name.lower().endswith(_STOPPED_SUFFIXES)
    ):
        name = name.rstrip(".")
    too_long = len(kept) > _MOST_WORDS or len(name) > _LONGEST
    if too_long or not any(map(str.isalpha, name)) or (_is_degree(name, []) and "." in name):
        return ""
    if name.isupper() and name.strip("®™").lower() in _WORDS.lone_titles:
        return ""
    return name


def _is_degree(word: str, others: list[str]) -> bool:
    low = word.strip(_SIGNS).lower()
    shown = word.strip(_SIGNS)
    is_marked = shown.isupper() or "." in shown or low in _WORDS.lower_degrees
    is_shouted = bool(others) and all(other.isupper() for other in others)
    return low in _WORDS.degrees and is_marked and not is_shouted
