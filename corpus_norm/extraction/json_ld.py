"""The JSON-LD of a page (schema.org), read even where it is broken."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from corpus_norm.extraction.tree import Elements

_DECODER = json.JSONDecoder(strict=False)  # raw line breaks and tabs in strings are allowed
# A comment that holds words, and no wrapper or value.
_COMMENT = (
    r"//(?!\s*(?:<!|\]\]|-->|[{\[&]|/))[^\n]*+"
    r"|/\*(?!\s*(?:<!|\]\]|[{\[&]))(?:[^*]|\*(?!/)){0,400}+\*/"
)
# White space and wrappers before a value: comments, CDATA, stray signs.
_OPENING = compile_lazily(rf"(?:\s|\ufeff|<!--|{_COMMENT}|//|/\*|\*/|<!\[CDATA\[|;|,)+")
_CLOSING = compile_lazily(rf"(?:\s|-->|{_COMMENT}|//|/\*|\*/|\]\]>|;)*")
_TOKEN = compile_lazily(
    r"[\"{}\[\],:]"  # punctuation
    r"|//[^\n]*|/\*(?:[^*]|\*(?!/)){0,4000}+\*/"  # comments
    r"|'(?:[^'\\\n]|\\.|'(?!\s*+[:,}\]])){0,4000}+'"  # a string in single quotes
    r"|[^\s\"{}\[\],/:]+|/"  # a number, a constant, a bare word
)
# A JSON value whose first quote is an entity.
_ESCAPED = compile_lazily(r"[{\[\s]+&(?:amp;)*(?:quot|#0*34|#x0*22);", re.IGNORECASE)
_NUMBER = compile_lazily(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_CONSTANTS = MappingProxyType(
    {"true": "true", "false": "false", "null": "null", "none": "null", "undefined": "null"}
    | {"nan": "null"}
)
"""The constants of JavaScript and Python, in lower case, with the JSON constant for each."""
_IN_STRING = compile_lazily(r"[\"\\]")
# The text after a quote that really ends a string: a closer, a comment, the end, or a next key.
_ENDS_STRING = compile_lazily(
    r"\s*+(?:[:}\]]|/[/*]|\Z|\"[\w@:. -]{1,40}\"\s*+:"
    # a comma before the next value or key
    r"|,[\s,]*+(?:[\"{\[}\]/]|-?\d|[Tt]rue|[Ff]alse|null|None|undefined|NaN"
    r"|'[\w@:. -]{1,40}'\s*+[:,}\]]|[@\w$-]{1,40}\s*+:))"
)
_CLOSERS = {"{": "}", "[": "]"}
_DEEPEST = 200
_LONGEST_MENDED = 2_000_000  # characters


def read_values(text: str) -> list[Any]:
    r"""Read all JSON values in a text, one after the other; skip those that cannot be read.

    >>> read_values('<![CDATA[ {"a": "x\ty",} ]]>'), read_values('{&quot;a&quot;: 1} {"b": 2}')
    ([{'a': 'x\ty'}], [{'a': 1}, {'b': 2}])
    >>> read_values('{"a": [1, 2'), read_values('{"a": "the "old" town", "b": 1}')
    ([{'a': [1, 2]}], [{'a': 'the "old" town', 'b': 1}])
    """
    values: list[Any] = []
    position = _skip(text, 0)
    while position < len(text):
        try:
            value, position = _DECODER.raw_decode(text, position)
        except RecursionError:
            break
        except ValueError:
            values.extend(_read_mended(text[position:]))
            break
        values.append(value)
        position = _skip(text, position)
    return values


def _skip(text: str, position: int) -> int:
    """Skip wrappers and the punctuation between two objects; return the place after them."""
    after = _CLOSING.match(text, position)
    position = after.end() if after else position
    before = _OPENING.match(text, position)
    return before.end() if before else position


def _read_mended(text: str) -> list[Any]:
    if len(text) > _LONGEST_MENDED or not text.startswith(("{", "[")):
        return []
    for _ in range(_MOST):
        if not _ESCAPED.match(text):
            break
        text = html.unescape(text)
    values: list[Any] = []
    try:
        mended = "".join(_mend(text))
        position = 0
        while position < len(mended):
            value, position = _DECODER.raw_decode(mended, position)
            values.append(value)
    except (ValueError, RecursionError):
        pass  # keep the values read so far
    return values


def _mend(text: str) -> Iterator[str]:
    """Yield the tokens of valid JSON, with brackets, commas, strings and constants repaired."""
    mender = _Mender()
    position = 0
    while (match := _TOKEN.search(text, position)) and len(mender.closers) <= _DEEPEST:
        found, position = match[0], match.end()
        if found.startswith("/") or (not mender.closers and found not in _CLOSERS):
            continue  # a comment, or a token between two objects
        if found == '"':
            found, position = _read_string(text, position)
            yield from mender.add_value(found)
        elif found in {"}", "]", ",", ":"}:
            yield from mender.add_punctuation(found)
        else:
            yield from mender.add_value(found if found in _CLOSERS else _mend_scalar(found))
    yield from reversed(mender.closers)


@dataclass
class _Mender:
    """The state of the repair at a place in broken JSON.

    ``closers`` are the closing brackets still missing; ``comma`` is held back until a value
    follows.  ``is_over``: a value has just ended.  ``needs_value``: the last token was a colon.
    """

    closers: list[str] = field(default_factory=list)
    comma: str = ""
    is_over: bool = False
    needs_value: bool = False

    def add_punctuation(self, sign: str) -> Iterator[str]:
        """Yield a bracket or colon, hold a comma back, and yield null for a missing value."""
        if sign == ":":
            yield sign
            self.is_over, self.needs_value = False, True
            return
        if self.needs_value:
            yield "null"
            self.needs_value, self.is_over = False, True
        if sign == ",":
            self.comma = sign if self.is_over else self.comma
            self.is_over = False
            return
        if sign in self.closers:
            while (closer := self.closers.pop()) != sign:
                yield closer
            yield sign
        self.comma, self.is_over = "", True

    def add_value(self, value: str) -> Iterator[str]:
        """Yield a scalar or an opening bracket, preceded by a comma where one is needed."""
        if self.comma or (self.is_over and self.closers):
            yield ","
        self.comma, self.is_over, self.needs_value = "", value not in _CLOSERS, False
        if value in _CLOSERS:
            self.closers.append(_CLOSERS[value])
        yield value


def _mend_scalar(token: str) -> str:
    r"""Return a token without double quotes as JSON: a number, a constant, or else a string.

    >>> [_mend_scalar(token) for token in ("None", "3.5", "author", "'it\\'s'")]
    ['null', '3.5', '"author"', '"it\'s"']
    """
    if constant := _CONSTANTS.get(token.lower()):
        return constant
    if _NUMBER.fullmatch(token):
        return token
    if token.startswith("'") and token.endswith("'") and len(token) > 1:
        token = token[1:-1].replace("\\'", "'")
    return json.dumps(token, ensure_ascii=False)


def _read_string(text: str, start: int) -> tuple[str, int]:
    """Return the string that opens just before ``start``, as JSON, and the place of its end."""
    parts = ['"']
    position = start
    while match := _IN_STRING.search(text, position):
        parts.append(text[position : match.start()])
        position = match.end()
        if match[0] == "\\":
            escaped = text[position : position + 1]
            is_sound = escaped in tuple('"\\/bfnrt') or (
                escaped == "u" and re.match(r"u[0-9a-fA-F]{4}", text[position : position + 5])
            )
            parts.append(f"\\{escaped}" if is_sound else "" if escaped == "'" else "\\\\")
            position += bool(is_sound)
        elif _ENDS_STRING.match(text, position):
            return "".join([*parts, '"']), position
        else:
            parts.append('\\"')
    return "".join([*parts, text[position:], '"']), len(text)


# A character reference: decimal, hexadecimal or named.
_REFERENCE = compile_lazily(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
# References by number, and named ones for letters, quotes and the like, but not ``&amp;``.
_LETTER = compile_lazily(
    r"&(?:#\d{2,7}|#[xX][0-9A-Fa-f]{2,6}|quot|apos|[A-Za-z](?:acute|grave|circ|uml|cedil|tilde|ring)|"
    r"[lr][sd]quo|[nm]dash|hellip|[lr]aquo|oelig|aelig|szlig|euro|pound);"
)
_MOST = 3


def decode_entities(text: str) -> str:
    """Decode the character references in a value for machines, even if escaped several times.

    >>> [decode_entities(text) for text in ("L&#039;&Eacute;cho", "Q&amp;amp;A", "R&D")]
    ["L'Écho", 'Q&A', 'R&D']
    """
    for _ in range(_MOST):
        if "&" not in text or not _REFERENCE.search(text):
            break
        text = html.unescape(text)
    return text


def decode_letters(text: str) -> str:
    """Decode letters and quotes in visible text, but not ``&amp;``, which may be its topic.

    >>> decode_letters("L&#039;&eacute;t&eacute;"), decode_letters("How to write &amp; in HTML")
    ("L'été", 'How to write &amp; in HTML')
    """
    if "&" not in text:
        return text
    return _LETTER.sub(lambda match: html.unescape(match[0]), text)


Node = dict[str, Any]
"""A JSON object with a type, unchanged from the page."""

_HAN_ONLY = compile_lazily(r"[\u3400-\u9fff]+")
_SCRIPT = "application/ld+json"
_ARTICLE = compile_lazily(r"Article$|Posting$|^Report$|^Review$|^WebPage$")
_VAGUE = frozenset({"WebPage"})
_DEEPEST_JSON_LD = 12
_MOST_AGENTS = 50
_TAG = compile_lazily(r"<[a-zA-Z/][^<>]*>")


@dataclass(frozen=True, slots=True)
class Agent:
    """A person or an organization; ``kind`` is the schema.org type, "" where none is given."""

    name: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """The fields of one article node, with entities decoded; "" for a missing field.

    ``body`` keeps its line breaks.  Dates are as written.  ``node`` is the whole node.
    """

    types: tuple[str, ...]
    headline: str
    authors: tuple[Agent, ...]
    published: str
    modified: str
    body: str
    url: str
    site: str
    node: Node

    @property
    def is_vague(self) -> bool:
        """Whether the node describes the page rather than an article on it."""
        return set(self.types) <= _VAGUE


def read_articles(page: Elements) -> list[Article]:
    """Read the article nodes of a page in order, with those that describe just a page last."""
    values = [
        value
        for script in page.find("script")
        if (script.get("type") or "").lower().strip().startswith(_SCRIPT)
        for value in read_values(script.text or "")
    ]
    known = {
        node["@id"]: node for node in _iterate_nodes(values, _DEEPEST_JSON_LD) if _is_whole(node)
    }
    articles = [
        _read_article(node, known) for node in _find_articles(values, known, _DEEPEST_JSON_LD)
    ]
    return sorted(articles, key=lambda article: article.is_vague)


def decode_text(value: object) -> str:
    """Decode the entities of a JSON string, escaped once or twice; "" for any other value.

    >>> decode_text("Q&amp;amp;A &quot;live&quot;"), decode_text({"@value": "Crue"}), decode_text(3)
    ('Q&A "live"', 'Crue', '')
    """
    if isinstance(value, dict):
        value = value.get("@value")
    if isinstance(value, list):
        value = next(iter(value), None)
    if not isinstance(value, str):
        return ""
    return html.unescape(html.unescape(value)) if "&" in value else value


def _squeeze(value: object) -> str:
    return " ".join(_TAG.sub(" ", decode_text(value)).split())


def _read_article(node: Node, known: Mapping[str, Node]) -> Article:
    publisher = next(_read_agents(node.get("publisher"), known), None)
    return Article(
        types=_types(node),
        headline=_squeeze(node.get("headline")) or _squeeze(node.get("name")),
        authors=tuple(_read_agents(node.get("author") or node.get("creator"), known)),
        published=_squeeze(node.get("datePublished")) or _squeeze(node.get("dateCreated")),
        modified=_squeeze(node.get("dateModified")),
        body=decode_text(node.get("articleBody")) or decode_text(node.get("reviewBody")),
        url=_squeeze(node.get("url")) or _squeeze(node.get("mainEntityOfPage")),
        site=publisher.name if publisher else "",
        node=node,
    )


def _types(node: Node) -> tuple[str, ...]:
    """Return the types of a node, without the address of the vocabulary."""
    types = node.get("@type")
    return tuple(
        re.split(r"[/#:]", each)[-1]
        for each in (types if isinstance(types, list) else [types])
        if isinstance(each, str)
    )


def _is_whole(node: Node) -> bool:
    """Whether the node has an ``@id`` and more fields than ``@id``, type and context."""
    return isinstance(node.get("@id"), str) and bool(set(node) - {"@id", "@type", "@context"})


def _iterate_nodes(value: object, levels: int) -> Iterator[Node]:
    """Yield every object in a value, in order."""
    if not levels:
        return
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _iterate_nodes(each, levels - 1)
    elif isinstance(value, list):
        for each in value:
            yield from _iterate_nodes(each, levels - 1)


def _find_articles(value: object, known: Mapping[str, Node], levels: int) -> Iterator[Node]:
    """Yield the nodes of the page's own article, not those in lists of other articles."""
    if isinstance(value, list) and levels:
        for each in value:
            yield from _find_articles(each, known, levels - 1)
    elif isinstance(value, dict) and levels:
        if any(map(_ARTICLE.search, _types(value))):
            yield value
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _find_articles(value.get(name), known, levels - 1)


def _read_agents(value: object, known: Mapping[str, Node], levels: int = 3) -> Iterator[Agent]:
    """Yield the agents in a text, a node, a reference to a node elsewhere, or a list of these."""
    if isinstance(value, str):
        if name := _squeeze(value):
            yield Agent(name)
    elif isinstance(value, dict):
        reference = value.get("@id")
        if "name" not in value and isinstance(reference, str):
            value = {**known.get(reference, {}), **value}
        kind = next(iter(_types(value)), "")
        yield from (Agent(name, kind) for name in _read_names(value))
    elif isinstance(value, list) and levels:
        for each in value[:_MOST_AGENTS]:
            yield from _read_agents(each, known, levels - 1)


def _read_names(node: Node) -> Iterable[str]:
    """Return the names of an agent, given whole or in parts."""
    names = node.get("name")
    listed = [_squeeze(each) for each in (names if isinstance(names, list) else [names])]
    parts = [_squeeze(node.get("givenName")), _squeeze(node.get("familyName"))]
    if all(part and _HAN_ONLY.fullmatch(part) for part in parts):
        parts = ["".join(reversed(parts))]  # the family name first, without a space
    found = list(filter(None, listed)) or [" ".join(filter(None, parts))]
    found = found if found != [""] else [_squeeze(node.get("alternateName"))]
    return filter(None, found[:_MOST_AGENTS])
