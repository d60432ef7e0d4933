"""What a regular expression needs before it can match, so that most need not be tried.

A lexicon has a thousand patterns and a page hundreds of short lines.  Which characters a pattern
can begin with, and which words it cannot do without, is read off its text.  Where the text is not
plain, the answer is "anything": a pattern is never left out that could have matched.
"""

from __future__ import annotations

import re

DIGIT = "0"  # stands for every decimal digit
GROUPS = ("(?:", "(?-i:")
OPTIONAL = ("?", "*", "{0")
QUANTIFIER = re.compile(r"[?*+]|\{[\d,]*\}")
CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")


def find_first_characters(pattern: str) -> frozenset[str] | None:
    r"""The characters, in lower case, that a match can begin with; None where that is not plain.

    >>> sorted(find_first_characters("(?:Daily|weekly )?news|\\d+ more"))
    ['0', 'd', 'n', 'w']
    >>> find_first_characters(".{0,20} more") is None
    True
    """
    firsts = [_find_first(branch) for branch in _split_branches(pattern)]
    known = [first for first in firsts if first is not None]
    return frozenset().union(*known) if len(known) == len(firsts) else None


def find_needed(pattern: str) -> tuple[frozenset[str], ...]:
    r"""Sets of texts, in lower case: every match holds at least one text of each set.

    >>> [sorted(each) for each in find_needed("(?:this|our site) uses? Cookies")]
    [['our site', 'this'], [' use'], [' cookies']]
    >>> find_needed("this.*|.*"), find_needed("(?:that)?")
    ((), ())
    """
    branches = [_find_needed(branch) for branch in _split_branches(pattern)]
    if len(branches) == 1:
        return branches[0]
    if not all(branches):
        return ()
    return (frozenset().union(*(max(each, key=judge_needed) for each in branches)),)


def _find_needed(branch: str) -> tuple[frozenset[str], ...]:
    needed: list[frozenset[str]] = []
    run, rest = "", branch
    while rest:
        item, rest = _take_item(rest)
        quantifier = QUANTIFIER.match(rest)
        if quantifier is not None:
            rest = rest[quantifier.end() :].removeprefix("?")
        is_sure = quantifier is None or not quantifier[0].startswith(OPTIONAL)
        literal = _read_literal(item)
        if literal and is_sure:
            run += literal.lower()
        if not literal or quantifier is not None:
            needed.append(frozenset({run}))
            run = ""
        if is_sure and item.startswith(GROUPS):
            needed += find_needed(item[item.index(":") + 1 : -1])
    return tuple(each for each in (*needed, frozenset({run})) if each != {""})


def judge_needed(texts: frozenset[str]) -> tuple[int, int]:
    """How rarely one of some texts will be there: the shortest decides, then their number."""
    return min(map(len, texts)), -len(texts)


def _find_first(branch: str) -> frozenset[str] | None:
    if not branch:
        return None
    item, rest = _take_item(branch)
    if item == r"\b":
        return _find_first(rest)
    if item.startswith(GROUPS):
        first = find_first_characters(item[item.index(":") + 1 : -1])
    elif item == r"\d":
        first = frozenset(DIGIT)
    else:
        literal = _read_literal(item)
        first = frozenset(DIGIT if literal.isdecimal() else literal.lower()) if literal else None
    if first is None or not rest.startswith(OPTIONAL):
        return first
    quantifier = QUANTIFIER.match(rest)
    following = _find_first(rest[quantifier.end() :] if quantifier else "")
    return None if following is None else first | following


def _read_literal(item: str) -> str:
    """The character an item stands for; empty where it is not one character."""
    if len(item) == 1:
        return "" if item in ".^$" else item
    is_escaped = item[0] == "\\" and len(item) == 2 and not item[1].isalnum()
    return item[1] if is_escaped else ""


def _take_item(pattern: str) -> tuple[str, str]:
    """The first item of a pattern, a character, class or group, and the rest."""
    if pattern[0] == "\\":
        return pattern[:2], pattern[2:]
    if (found := CLASS.match(pattern)) is not None:
        return found[0], pattern[found.end() :]
    if pattern[0] != "(":
        return pattern[0], pattern[1:]
    end = _find_end(pattern)
    return pattern[:end], pattern[end:]


def _find_end(pattern: str) -> int:
    """Where the group ends that the pattern begins with."""
    depth, rest = 0, pattern
    while rest:
        if rest[0] == "(":
            depth, rest = depth + 1, rest[1:]
        elif rest[0] == ")":
            depth, rest = depth - 1, rest[1:]
            if not depth:
                break
        else:
            _, rest = _take_item(rest)
    return len(pattern) - len(rest)


def _split_branches(pattern: str) -> list[str]:
    branches, rest = [""], pattern
    while rest:
        if rest[0] == "|":
            branches.append("")
            rest = rest[1:]
        else:
            item, rest = _take_item(rest)
            branches[-1] += item
    return branches
