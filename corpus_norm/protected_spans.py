"""Spans that are the same in every language and must not be translated: addresses, handles, codes.

Addresses may contain letters of any script (IRIs, RFC 3987).  Chinese has no spaces, so the
characters of an address decide where it ends: after a delimiter, a Chinese character continues the
address; after a Latin letter, it ends the address.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from corpus_norm.languages import combine, get_language
from corpus_norm.patterns import compile_lazily

_HANDLE_ENDS = combine(lambda record: record.handle_ends)

_HAN = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_CHAR = rf"[^\W{_HAN}]"  # a letter of another script, a digit or _
_LETTER = rf"[^\W\d_{_HAN}]"


def _combining_ranges() -> str:
    """Return the combining marks below U+2000 as ranges, which compile faster than characters."""
    marks = [c for c in range(0x0300, 0x2000) if unicodedata.category(chr(c)) in {"Mn", "Mc"}]
    starts = [c for c, before in zip(marks, [0, *marks], strict=False) if c != before + 1]
    ends = [c for c, after in zip(marks, [*marks[1:], 0], strict=False) if c != after - 1]
    return "".join(f"{chr(a)}-{chr(b)}" for a, b in zip(starts, ends, strict=True))


# The vowel signs of Thai and Hindi, accents, and the joiners of Indic scripts.
_MARKS = "\u200c\u200d" + _combining_ranges()
_HAN_TOP_LEVEL = "中国|中國|公司|网络|網絡|网址|在线|香港|台湾|台灣|新加坡|集团"
_TOP_LEVEL = (
    "com|org|net|info|biz|edu|gov|gouv|mil|int|eu|fr|be|ch|ca|lu|mc|bzh|corsica|alsace|paris|"
    "quebec|de|uk|ie|pt|nl|pl|se|dk|fi|gr|cz|ro|hu|ru|ua|tr|cn|hk|tw|mo|sg|jp|kr|vn|br|mx|ar|au|nz|"
    "za|ma|dz|tn|sn|ci|cm|io|ai|co|me|tv|fm|ly|news|app|dev|blog|media|online|site|shop|xyz|tech|"
    "cloud|africa|asia|wiki|museum|social|live|example"
)
_SUFFIXES = (
    "pdf|docx?|xlsx?|pptx?|odt|ods|rtf|txt|csv|tsv|json|xml|ya?ml|html?|md|epub|zip|rar|7z|tar|gz|"
    "exe|msi|dmg|apk|ipa|iso|dll|sh|py|js|css|php|cpp|sql|db|log|ini|cfg|toml|parquet|jpe?g|png|gif|"
    "svg|webp|bmp|tiff?|psd|mp3|mp4|m4a|wav|flac|ogg|avi|mkv|mov|webm"
)
# Exchanges, as Reuters and Yahoo name them after a ticker: 002594.SZ, MC.PA, PETR4.SA.
_EXCHANGES = (
    "SZ|SH|SS|BJ|HK|TW|TWO|PA|AS|BR|LS|MI|MC|DE|L|N|O|OQ|US|TO|V|AX|NZ|T|KS|KQ|SI|SW|S|ST|HE|CO|OL|"
    "VI|WA|IR|BO|NS|SA|SR|MX|JK|BK|KL|IS|TA|JO"
)
# The next character of an address, or a Chinese top-level domain.
_GOES_ON = (
    rf"(?:{_CHAR}|[\-.~:/?#\[\]@!$&'()*+,;=%{_MARKS}]"
    rf"|[’–](?={_LETTER})"  # l’été, œufs–frais
    r"|(?<=\d)[€£¥%°]|(?<=[nN])[°º]"  # prix-à-5€, ?n°=2
    rf"|(?<=[/=_\-%?&#+{_HAN}])[{_HAN}]"  # Chinese after a delimiter or Chinese
    r"|(?<=\d)[年月日届屆号號]"
    rf"|(?<=_\(|w\.)[{_HAN}]|(?<=\.)(?:{_HAN_TOP_LEVEL})"
    # 文件(修订版).pdf, 通知（2024）.html: in brackets, if the address continues after them.
    rf"|(?<=[(（])[{_HAN}](?=\w{{0,30}}[)）][/._\-?#&][A-Za-z0-9{_HAN}])"
    r"|（(?=[\w\-]{1,30}）[/._\-?#&][A-Za-z0-9])|）(?=[/_\-?#&][A-Za-z0-9]|\.(?:"
    + _SUFFIXES
    + r")(?!\w)))"
)
# In an address between spaces, Chinese may also follow a Latin letter, as no sentence is attached.
_GOES_ON_FREE = (
    rf"(?:{_GOES_ON}|(?<=[A-Za-z0-9])[{_HAN}]{{1,12}}(?=[\s/?&=#_\-%。，；、）]|$)"
    rf"|(?<=\()[{_HAN}](?=\w{{0,30}}\)(?:\s|$)))"
)
# https:// and the like.
_SCHEME = r"(?<![A-Za-z])[A-Za-z][A-Za-z0-9+.\-]{1,15}://"
_LABELS = rf"(?:(?:{_CHAR}|[\-{_MARKS}]){{1,63}}\.)+"  # 63 is the limit of RFC 1035
# The host name ends here: no further label follows.
_NO_LABEL = rf"(?!{_CHAR}|-|\.[a-z0-9])"
_HAN_HOST = rf"(?:[\w\-]+\.)+(?:{_HAN_TOP_LEVEL}|(?:{_TOP_LEVEL}){_NO_LABEL})"
_HOST = rf"(?:{_LABELS}{_LETTER}{{2,24}}|{_HAN_HOST})"
_PORT = r"(?::\d{1,5}(?!\d))?"
_ONE_SCRIPT = rf"(?:[A-Za-z0-9\-]{{1,20}}|[{_HAN}]{{1,12}})"
# A host with Chinese labels starts after a space or punctuation, or after one of these words.
_VISITING = "|".join(sorted(combine(lambda record: record.address_openers)))
_SHORT_HAN_HOST = (
    rf"(?:(?<![\w.@/\-])(?!{_VISITING})|(?P<visited>(?<={_VISITING})))"
    rf"(?:[A-Za-z0-9\-]{{1,20}}\.){{0,2}}[{_HAN}]{{1,12}}(?:\.{_ONE_SCRIPT}){{0,2}}?"
    rf"\.(?:(?:{_TOP_LEVEL}){_NO_LABEL}"
    rf"|(?:{_HAN_TOP_LEVEL})(?(visited)(?![.\-]?[A-Za-z0-9])|(?!\w|[.\-]\w)))"
)
# A host with Chinese labels, up to its port or path.
_HAN_LABELS = rf"(?:(?:{_ONE_SCRIPT}\.)+{_ONE_SCRIPT}(?=[/:]))?"
# #码头关闭#: a Chinese hashtag ends with a second sign.
_HAN_TAG = rf"[#＃](?=[^#＃\n]{{0,59}}[{_HAN}])[^\s#＃](?:[^#＃\n]{{0,58}}[^\s#＃])?[#＃]"
# Not inside a word or an address.
_ALONE = rf"(?<!{_CHAR})(?<![.@/\-{_MARKS}])"
_DAY_OF_MONTH, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
# 1.200.000 is a number; 12.03.2024, 21.09.24, 2024.3.12 and 113.07.05 are dates.
_NO_VERSION = (
    rf"(?!\d{{1,3}}(?:\.\d{{3}})+(?!\.\d|{_CHAR}))(?!{_DAY_OF_MONTH}\.{_MONTH}\.(?:\d{{4}}|\d\d)(?!\.\d|{_CHAR}))"
    rf"(?!\d{{2,4}}\.{_MONTH}\.{_DAY_OF_MONTH}(?!\.\d|{_CHAR}))"
)
_KINDS = {
    "address": (
        rf"(?<![^\s(\[<\"'«“]){_SCHEME}{_HAN_LABELS}{_GOES_ON_FREE}+",
        rf"{_SCHEME}{_HAN_LABELS}{_GOES_ON}+",
        rf"{_ALONE}[Ww]{{3}}\.[\w\-]+\.{_GOES_ON}+",
    ),
    "email": (
        rf"(?<!{_CHAR})(?<![.%+\-])(?:mailto:)?(?:{_CHAR}|[.%+\-])+@{_HOST}",
        rf"(?<!\w)[{_HAN}]{{1,6}}@{_HOST}",
        rf"(?<!{_CHAR})(?<![@/.])@(?:{_CHAR}|[.\-])+@{_HOST}",
    ),
    "handle": (
        rf"(?<!{_CHAR})(?<![@/.])@(?![了过過着我你他她])\w(?:\w|[\-·](?=\w)|\.(?=[a-z0-9]))+",
    ),
    "hashtag": (
        rf"(?<!{_CHAR})(?<!&){_HAN_TAG}(?!{_CHAR})",
        rf"(?<!{_CHAR})(?<![&/#])#(?=\d*{_LETTER}|[{_HAN}])\w{{2,60}}(?!\w)",
    ),
    "ticker": (
        r"(?<![A-Za-z0-9_$])\$[A-Z]{1,6}(?:\.[A-Z]{1,2})?(?![A-Za-z0-9$])",
        rf"{_ALONE}(?:\d{{4,6}}|[A-Z]{{2,5}}\d?)\.(?:{_EXCHANGES})(?!{_CHAR}|\.{_CHAR})",
        rf"{_ALONE}[A-Z]{{2,4}}\.[AB](?!{_CHAR}|\.)",  # a class of shares: BRK.B
    ),
    "file": (rf"{_ALONE}(?:{_CHAR}|[.\-])*{_CHAR}\.(?:{_SUFFIXES})(?!{_CHAR}|-|/|\.{_CHAR})",),
    "site": (
        rf"{_ALONE}{_LABELS}(?:{_TOP_LEVEL}){_NO_LABEL}{_PORT}(?:[/?#]{_GOES_ON}*)?",
        rf"{_ALONE}{_LABELS}[a-z]{{2,24}}(?::\d+)?/{_GOES_ON}+",
        rf"{_SHORT_HAN_HOST}{_PORT}(?:[/?#]{_GOES_ON}*)?",
    ),
    "version": (
        rf"{_ALONE}[vV]\d+(?:\.\d+)+(?:[\-+]?[A-Za-z]+\d*)?(?!{_CHAR})",
        rf"{_ALONE}(?<![,:$€£¥+]){_NO_VERSION}\d+(?:\.\d+){{2,}}[a-z]?(?!{_CHAR}|[.,]\d|\s?[%€$£])",
    ),
    "phone": (
        # +33 1 57 28 20 00, +86 10-1234-5678; +33 156 000 is a number.
        (
            r"(?<![\w+])\+(?!\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\s?\d))"
            r"(?=(?:[\s.\-]?\d){9,15}(?!\d))"
            r"\d{1,3}(?:[ \u00a0\u202f.\-]\d{1,5}){2,7}(?!\d)"
        ),
        r"(?<![\w.,+\-])0[1-9](?:[ \u00a0\u202f.]\d\d){4}(?![\w]|[.,]\d)",
    ),
    "code": (r"`[^`\n]+`",),
}


# A sign that every span has, and one that every span of a kind has.  To compile the patterns of all
# kinds takes a tenth of a second, and few texts need more than one of them.
_SIGN = compile_lazily(
    r"[@#＃$`]|://|[wW]{3}\.|\.(?:[^\W\d_]|7z)|(?:\.\d+|[vV]\d+)\.\d|\+\d|(?<![\w.,+\-])0[1-9]"
)
_SIGNS = {
    "address": compile_lazily(r"://|[wW]{3}\."),
    "email": compile_lazily("@"),
    "handle": compile_lazily("@"),
    "hashtag": compile_lazily("[#＃]"),
    "ticker": compile_lazily(r"\$[A-Z]|[A-Z\d]\.[A-Z]"),
    "file": compile_lazily(r"\.(?:[a-z]|7z)"),
    "site": compile_lazily(rf"\.(?:[a-z]|{_HAN_TOP_LEVEL})"),
    "version": compile_lazily(r"(?:\.\d+|[vV]\d+)\.\d"),
    "phone": compile_lazily(r"\+\d|(?<![\w.,+\-])0[1-9]"),
    "code": compile_lazily("`"),
}
_PATTERNS = {kind: compile_lazily("|".join(patterns)) for kind, patterns in _KINDS.items()}


class _Spans:
    """The spans of a text, found from left to right; of two that begin together, the earlier kind.

    >>> spans = _Spans("@sama: $TSLA")
    >>> [(kind, found[0]) for kind, found in (spans.find(0), spans.find(5))], spans.find(8)
    ([('handle', '@sama'), ('ticker', '$TSLA')], None)
    """

    def __init__(self, text: str) -> None:
        self._text = text
        kinds = [kind for kind, sign in _SIGNS.items() if sign.search(text)]
        self._next = {kind: _PATTERNS[kind].search(text) for kind in kinds}

    def find(self, position: int) -> tuple[str, re.Match[str]] | None:
        """Return the kind and the match of the first span that begins at a position or after it."""
        first: tuple[str, re.Match[str]] | None = None
        for kind, known in self._next.items():
            is_past = known is not None and known.start() < position
            match = _PATTERNS[kind].search(self._text, position) if is_past else known
            self._next[kind] = match
            if match is not None and (first is None or match.start() < first[1].start()):
                first = kind, match
        return first


_OPENERS = {")": "(", "]": "["}
_CLOSERS = ".,;:!?'*(["
_LONGEST_HANDLE = 31
_LONGEST_HAN_HANDLE = 16  # longer ones are sentences
_SAID = compile_lazily(rf"(?<=\w\w\w)(?:{'|'.join(sorted(_HANDLE_ENDS, key=len, reverse=True))})")
_LATIN = compile_lazily(rf"@{_CHAR}{{2,}}")
_HAN_CHAR = compile_lazily(f"[{_HAN}]")
# A neighbouring word in capitals, before and after the text.
_CAPITALS_BEFORE = compile_lazily(r"(?<![\w])[A-ZÀ-Þ]{3,}['’\s:,]*$")
_CAPITALS_AFTER = compile_lazily(r"\s+(?:[A-ZÀ-Þ]['’])?[A-ZÀ-Þ]{2,}(?!\w)")
_AFTER_HANDLE = frozenset({"", " ", ":", "："})


def find_protected(text: str) -> list[tuple[int, int]]:
    """Return the spans (start, end) that are the same in every language, in order.

    These are addresses, e-mails, @handles, #hashtags, $TICKERS, tickers with their exchange
    (``MC.PA``), file names, versions, telephone numbers and `code`.

    >>> text = "Voir https://x.org/été(b). ou @sama ($TSLA), rené@b.org."
    >>> [text[a:b] for a, b in find_protected(text)]
    ['https://x.org/été(b)', '@sama', '$TSLA', 'rené@b.org']
    >>> text = "详见https://x.org/a查看，@海港日报 发布 #码头关闭# 。"
    >>> [text[a:b] for a, b in find_protected(text)]
    ['https://x.org/a', '@海港日报', '#码头关闭#']
    """
    spans: list[tuple[int, int]] = []
    if _SIGN.search(text) is None:
        return spans
    position, every = 0, _Spans(text)
    while found := every.find(position):
        kind, match = found
        start, end = match.span()
        if kind == "handle":
            end = start + _measure_handle(match[0], text[end : end + 1])
        elif kind in {"address", "site"}:
            end = start + _measure_address(match[0])
        if end > start:
            spans.append((start, end))
        position = max(end, start + 1)
    return spans


def find_acronyms(text: str, language: str) -> list[tuple[int, int]]:
    """Find French acronyms after an apostrophe, and towns whose names have small words.

    Not acronyms that English replaces (``l'ONU``, the UN).

    >>> text = "L'OM bat l'ASSE à Bar-le-Duc, dit l'ONU. L'ÉTAT D'URGENCE."
    >>> [text[a:b] for a, b in find_acronyms(text, "fr")]
    ['OM', 'ASSE', 'Bar-le-Duc']
    """
    try:
        record = get_language(language)
    except KeyError:
        return []
    if not record.elided:
        return []
    acronyms = [
        match.span("name")
        for match in _compile_elided(record.elided).finditer(text)
        if not is_translated(match["name"], record.acronyms)
        and not _is_shouted(text, *match.span())
    ]
    return sorted([*acronyms, *(match.span() for match in _PLACE.finditer(text))])


# Bar-le-Duc, Fos-sur-Mer, Saint-Jean-de-Luz, Puy-en-Velay, Val-d'Isère.
_PLACE = compile_lazily(
    r"(?<![\w-])[A-ZÀ-Þ][a-zà-ÿ]+(?:-[A-ZÀ-Þ][a-zà-ÿ]+){0,3}"
    r"(?:-(?:le|la|les|lès|lez|sur|sous|en|de|du|des|aux)-(?:[ld]['’])?|-(?:[ld]['’]))"
    r"[A-ZÀ-Þ][a-zà-ÿ]+(?:-[A-ZÀ-Þ][a-zà-ÿ]+){0,3}(?![\w-])"
)


def is_translated(acronym: str, acronyms: frozenset[str]) -> bool:
    """Return whether English has another acronym for this one: ONU or O.N.U. is the UN."""
    return acronym.replace(".", "") in acronyms


def _is_shouted(text: str, start: int, end: int) -> bool:
    """Return whether the neighbouring words are in capitals too, so this is not an acronym."""
    near = _CAPITALS_BEFORE.search(text, max(0, start - 40), start)
    return bool(near or _CAPITALS_AFTER.match(text, end))


@lru_cache(maxsize=8)
def _compile_elided(elided: frozenset[str]) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\w'’])(?i:{'|'.join(sorted(elided))})['’]"
        r"(?P<name>[A-Z][A-Z0-9&]{1,7}(?:-[A-Z0-9]{1,8})*(?![\w]|['’]\w)|(?:[A-Z]\.){2,}(?!\w))"
    )


def _measure_handle(handle: str, following: str) -> int:
    """Return the length of a handle, or 0; Chinese text may follow it without a space."""
    if not _HAN_CHAR.search(handle):
        return len(handle) if len(handle) <= _LONGEST_HANDLE else 0
    said = _SAID.search(handle)
    latin = _LATIN.match(handle)
    if latin and (said or following not in _AFTER_HANDLE):
        return latin.end()
    length = said.start() if said else len(handle)
    return length if length <= _LONGEST_HAN_HANDLE else 0


def _measure_address(span: str) -> int:
    """Return the length of an address without the punctuation of its sentence at the end."""
    left = {closer: span.count(closer) - span.count(opener) for closer, opener in _OPENERS.items()}
    end = len(span)
    while end:
        last = span[end - 1]
        if last in _CLOSERS:
            end -= 1
        elif left.get(last, 0) > 0:
            left[last] -= 1
            end -= 1
        else:
            break
    return end
