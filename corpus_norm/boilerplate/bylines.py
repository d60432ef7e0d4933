"""Names of authors in a byline."""

from __future__ import annotations

import re

PREFIX = re.compile(
    r"^\W*(?:(?:written|posted|published|reported|story|words|text|article)?\s*by|author\s*:|par|"
    r"(?:publié|écrit|rédigé|posté) par|auteurs?\s*:|(?:本文|文章)?作者|撰文|文|"
    r"(?:本报|本報|本网|新华社|新華社)?(?:记者|記者)|发布者|發布者)\s*[:：/／|]?\s*",
    re.IGNORECASE,
)
JOINT = re.compile(r"\s*(?:,|、|;|&|\band\b|\bet\b|和|与)\s*", re.IGNORECASE)
NAME = re.compile(r"@?[^\W\d_][\w.'’·-]*(?: [^\W\d_][\w.'’-]*){0,4}")
ROLE = re.compile(
    r"\b(?:authors?|staff|writer|reporter|correspondent|editor|news|updated|published|posted|"
    r"journaliste|correspondante?|rédaction|publié)\b|\d|编辑|編輯|责任|審核|校对",
    re.IGNORECASE,
)


def find_names(byline: str) -> tuple[str, ...]:
    """The names in a byline, roles and dates left out.

    >>> find_names("By Ann Example and Bob Sample, Staff Writer")
    ('Ann Example', 'Bob Sample')
    >>> find_names("Par Zoé Exemple"), find_names("作者：张三"), find_names("BTCdayu")
    (('Zoé Exemple',), ('张三',), ('BTCdayu',))
    """
    names = (part.strip() for part in JOINT.split(PREFIX.sub("", byline, count=1)))
    return tuple(
        name for name in names if NAME.fullmatch(name) and len(name) <= 60 and not ROLE.search(name)
    )
