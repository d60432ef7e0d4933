"""Decode bytes by their declared charset, their shift sequences, or a comparison of readings."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from dataclasses import dataclass, replace

from corpus_norm.document import Flag
from corpus_norm.encoding.mojibake import oddness
from corpus_norm.encoding.utf8 import foreign_lines, read_broken_utf8
from corpus_norm.errors import DecodeError, InputError
from corpus_norm.patterns import compile_lazily

# Labels whose pages contain more than the label names, and the wider codec that browsers use
# (WHATWG Encoding Standard).
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "utf-16": "utf-16-le",
    "utf-32": "utf-32-le",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
}

# Labels that pages use and Python does not know.
_ALIASES = {
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "x-gbk": "gb18030",
    "gb_2312": "gb18030",
    "gb_2312-80": "gb18030",
    "x-x-big5": "big5hkscs",
    "cn-big5": "big5hkscs",
    "cn-gb": "gb18030",
    "hz-gb2312": "hz",
    "x-cp1250": "cp1250",
    "x-cp1251": "cp1251",
    "x-cp1252": "cp1252",
    "x-mac-roman": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-ukrainian": "mac-cyrillic",
    "macintosh": "mac-roman",
    "koi8": "koi8-r",
    "koi8-ru": "koi8-u",
    "koi": "koi8-r",
    "dos-866": "cp866",
    "ks_c_5601-1989": "cp949",
    "x-euc-jp": "euc_jp",
    "iso-8859-8-i": "iso8859-8",
    "unicode-1-1-utf-8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "x-unicode-2-0-utf-7": "utf-7",
    "unicode": "utf-16-le",
}

# Python codecs that are not charsets of documents.
_NO_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"}

_HEAD_BYTES = 4096
# The charset in an HTML ``<meta>`` tag, or the encoding in an XML declaration.
_DECLARATION = compile_lazily(
    rb"""<meta[^>]{0,400}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{2,40})"""
    rb"""|<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{2,40})""",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Declared:
    """The codecs declared for some bytes, strongest first, and an unknown label, if any."""

    names: tuple[str, ...] = ()
    unknown: str = ""


def find_declared(data: bytes, charset: str | None = None, *, in_data: bool = False) -> Declared:
    r"""Return the codecs declared by ``charset`` and, with ``in_data``, by the HTML or XML itself.

    >>> find_declared(b'<?xml version="1.0" encoding="GB2312"?>', in_data=True).names
    ('gb18030',)
    >>> find_declared(b"", "klingon")
    Declared(names=(), unknown='klingon')
    """
    labels = [charset] if charset and charset.strip() else []
    if in_data and (found := _DECLARATION.search(data[:_HEAD_BYTES])):
        labels.append((found[1] or found[2]).decode("ascii"))
    pairs = [(label, find_codec(label)) for label in labels]
    names = tuple(name for _, name in pairs if name is not None)
    return Declared(names, next((label for label, name in pairs if name is None), ""))


def find_codec(label: str) -> str | None:
    """Return the codec of a charset label, widened as browsers do; None if unknown.

    >>> find_codec("ISO-8859-1"), find_codec("x-sjis"), find_codec("rot13")
    ('cp1252', 'cp932', None)
    """
    label = label.strip().strip("\"'").lower()
    if label in _ALIASES:
        return _ALIASES[label]
    try:
        name = _look_up(label).name
        "".encode(name)  # raises for base64, rot13 and the like, which are not text encodings
    except (LookupError, ValueError):
        return None
    return None if name in _NO_CHARSETS else _WIDER.get(name, name)


def _look_up(label: str) -> codecs.CodecInfo:
    """Return a codec of Python's, or one of ftfy's, such as that of CESU-8.

    Raises:
        LookupError: neither has one.
    """
    with suppress(LookupError):
        return codecs.lookup(label)
    from ftfy import bad_codecs

    bad_codecs.ok()  # registers them, if nothing else has loaded ftfy yet
    return codecs.lookup(label)


# Escape sequences that select the character sets of ISO-2022-JP.
_JAPANESE = compile_lazily(rb"\x1b\$(?:[@B]|\([DOPQ])|\x1b\(I")
# The escape sequence of JIS X 0208, then pairs of bytes, then a pair of row 13 (first byte 2D).
_NEC_ROW = compile_lazily(rb"\x1b\$B(?:[\x21-\x7e]{2})*?-[\x21-\x7e]")
_KOREAN = compile_lazily(rb"\x1b\$\)C")
_CHINESE = compile_lazily(rb"\x1b\$[)*+][AGH]")
# An HZ section: GB 2312 byte pairs between ``~{`` and ``~}``.
_HZ = compile_lazily(rb"~\{((?:[\x21-\x77][\x21-\x7e]){1,500})~\}")
# A UTF-7 section, or ``+-``, which is an escaped plus.
_UTF7 = compile_lazily(rb"\+(?:[A-Za-z0-9+/]{3,}|-)")
_JAPANESE_CODECS = (
    "iso2022_jp",
    "iso2022_jp_2",
    "iso2022_jp_ext",
    "iso2022_jp_3",
    "iso2022_jp_2004",
)


@dataclass(frozen=True, slots=True)
class Shifted:
    """Decoded text, its codec, and whether bytes were replaced."""

    text: str
    encoding: str
    is_damaged: bool = False


def is_shifted(name: str) -> bool:
    """Whether a codec shifts between character sets, so it cannot be compared byte by byte."""
    return name.startswith("iso2022") or name in {"hz", "utf-7"}


def read_shifted(data: bytes, declared: tuple[str, ...]) -> Shifted | None:
    r"""Decode data with shifts between character sets; return None if there are none.

    >>> read_shifted(b"\x1b$BEl5~\x1b(B", ()).text, read_shifted(b"~{VP9z~}", ()).text
    ('東京', '中国')
    >>> read_shifted(b"l+AOk-", ("utf-7",)).text, read_shifted(b"l+AOk-", ())
    ('lé', None)

    Raises:
        DecodeError: the data are ISO-2022-CN (RFC 1922), which Python has no codec for.
    """
    if not data.isascii():
        return None
    if b"\x1b$" in data or b"\x1b(I" in data:
        if _KOREAN.search(data):
            return _read(data, ("iso2022_kr",))
        if _CHINESE.search(data):
            raise DecodeError(
                "the bytes are ISO-2022-CN, which cannot be read here; convert the file to UTF-8 "
                "first (iconv -f ISO-2022-CN-EXT)"
            )
        if _JAPANESE.search(data):
            return _read_microsoft_japanese(data) or _read(data, _JAPANESE_CODECS)
    if b"~{" in data and ("hz" in declared or _is_hz(data)):
        return _read(data, ("hz",))
    if "utf-7" in declared and _UTF7.search(data):
        return _read_utf7(data)
    return None


def _read(data: bytes, names: tuple[str, ...]) -> Shifted:
    for name in names:
        try:
            return Shifted(data.decode(name), name)
        except UnicodeDecodeError:
            continue
    return Shifted(data.decode(names[0], "replace"), names[0], is_damaged=True)


def _read_microsoft_japanese(data: bytes) -> Shifted | None:
    """Read ISO-2022-JP with NEC's row 13 (``①``), as mail programs write it (code page 50221).

    JIS X 0213 contains JIS X 0208 and has nearly all of row 13 in the same places, so its codec
    can read the data once the escape sequences are replaced by its own.
    """
    if _NEC_ROW.search(data) is None:
        return None
    name = "iso2022_jp_2004"
    try:
        return Shifted(data.replace(b"\x1b$B", b"\x1b$(Q").decode(name), name)
    except UnicodeDecodeError:
        return None


def _read_utf7(data: bytes) -> Shifted | None:
    """Decode UTF-7; return None if most of it is damaged, as the declaration was wrong then."""
    try:
        return Shifted(data.decode("utf-7"), "utf-7")
    except UnicodeDecodeError:
        text = data.decode("utf-7", "replace")
    # More damage than text: the declaration was wrong.
    return (
        None
        if text.count("\ufffd") * 2 > len(_UTF7.findall(data))
        else Shifted(text, "utf-7", is_damaged=True)
    )


def _is_hz(data: bytes) -> bool:
    """Whether the HZ sections are certainly Chinese."""
    sections = _HZ.findall(data)
    try:
        text = b"".join(bytes(byte | 0x80 for byte in part) for part in sections).decode("gb2312")
    except UnicodeDecodeError:
        return False
    return len(text) >= 2 and oddness(text) * 4 <= len(text)


# Bytes used to choose between readings: enough for any detector, few enough to be fast.
_SAMPLE = 8_192
# A reading that is this much odder than the best on this many first bytes is weighed no further.
_HEAD = 768
_HOPELESS = 12.0
# The handicap of a reading that only the detector suggests.
_GUESSED = 0.25

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_MAGIC = (
    (b"%PDF-", "a PDF file; extract its text first"),
    (b"PK\x03\x04", "a ZIP archive or an office document; unpack it first"),
    (b"\x1f\x8b", "gzip data; name the file .gz or unpack it first"),
    (b"\x28\xb5\x2f\xfd", "Zstandard data; unpack it first"),
    (b"BZh", "bzip2 data; unpack it first"),
    (b"\xfd7zXZ", "xz data; unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"\x89PNG", "a PNG image; leave it out"),
    (b"\xff\xd8\xff", "a JPEG image; leave it out"),
    (b"GIF87a", "a GIF image; leave it out"),
    (b"GIF89a", "a GIF image; leave it out"),
    (b"\x7fELF", "a program; leave it out"),
    (b"\xd0\xcf\x11\xe0", "an old office document; convert it to text first"),
    (b"PAR1", "a Parquet file; read it as a dataset"),
    (b"SQLite format 3", "an SQLite database; export its text first"),
)

# Readings tried on all bytes that are not UTF-8, each with its handicap.  Mac Roman and code page
# 850 have nearly died out, so they need clear evidence.
_READINGS = {
    "cp1252": 0.0,
    "gb18030": 0.0,
    "big5hkscs": 0.0,
    "utf-16-le": 0.2,
    "utf-16-be": 0.2,
    "iso8859-15": 0.25,
    "mac-roman": 0.5,
    "cp850": 0.6,
}

# East Asian charsets in which Chinese bytes make sense too, and the letters that prove them.
_EAST_ASIAN = {
    "euc_jp": compile_lazily("[ぁ-ヿ]"),
    "cp932": compile_lazily("[ぁ-ヿ]"),
    "cp949": compile_lazily("[가-힣]"),
}
# Charsets that differ from cp1252 in some letters alone, which oddness cannot tell; how sure the
# detector must be of one, and how much odder its reading may be.
_NEAR_LATIN = frozenset({"cp1250", "iso8859-2", "cp1254", "cp1257", "iso8859-16"})
_SURE_GUESS, _CLOSE = 0.15, 3.0
_TAG = compile_lazily(rb"<[/!?a-zA-Z][^<>]{0,500}>")
# The commonest syllables of Korean, a third of any text.  Their bytes are rare Chinese characters.
_COMMON_KOREAN = compile_lazily("[이다는의에을가고하은를한로지도사기서]")
_LEAST_KOREAN = 6  # characters beyond ASCII
# Chinese charsets that Python has no codec for.
_UNREADABLE = compile_lazily("(?:x-)?euc-?tw|(?:x-)?cns-?11643|cccii", re.IGNORECASE)

_CONTROLS = bytes({*range(0x20), 0x7F} - {0x09, 0x0A, 0x0C, 0x0D, 0x1B})
# A surrogate encoded in three bytes, which valid UTF-8 never contains.
_HALF = compile_lazily(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_NOT_ASCII = compile_lazily(rb"[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the Python name of the encoding it was read in, and the reason for that choice.

    ``confidence`` runs from 0 to 1.  The encoding ``utf-8+cp1252`` means that some lines are
    UTF-8 and others cp1252.
    """

    text: str
    encoding: str = "utf-8"
    confidence: float = 1.0
    reason: str = "empty"
    flags: tuple[Flag, ...] = ()


def decode(data: bytes, charset: str | None = None, *, html: bool = False) -> Decoded:
    """Decode bytes; return the text, its encoding and the evidence for it.

    ``charset`` comes from a header or the user; with ``html`` the first 4,096 bytes are also
    searched for a declaration.  The bytes overrule both.  Bytes that fit no encoding are read in
    the nearest one and flagged with ``Flag.REPLACED_BYTES``.

    Raises:
        DecodeError: the data is not text (an image, an archive, a program).
        InputError: the argument is text already.

    >>> decode("d\u2019été".encode())
    Decoded(text='d’été', encoding='utf-8', confidence=1.0, reason='strict UTF-8', flags=())
    >>> decode("Le Conseil fédéral a tranché.".encode("cp1252")).encoding
    'cp1252'
    >>> decode("新华社北京电".encode("gbk"), charset="utf-8").text
    '新华社北京电'
    """
    if isinstance(data, str):
        raise InputError("decode takes bytes, and this is text already; to repair it use clean")
    if not data:
        return Decoded("")
    _refuse_known_formats(data)
    marked = _decode_marked(data)
    if marked is not None:
        return marked
    declared = find_declared(data, charset, in_data=html)
    special = _decode_shifted(data, declared.names) or _decode_halves(data)
    if special is not None:
        return special
    if b"\0" in data:
        return _decode_with_nulls(data, declared.names)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _flag_unknown(_decode_by_comparison(data, declared.names), declared.unknown)
    _refuse_controls(data)
    return Decoded(text, "utf-8", 1.0, "strict UTF-8" if not text.isascii() else "ASCII")


def _decode_shifted(data: bytes, declared: tuple[str, ...]) -> Decoded | None:
    """Read data with shifts between character sets; return None if there are none."""
    shifted = read_shifted(data, declared)
    if shifted is None:
        return None
    flags = (Flag.REPLACED_BYTES,) if shifted.is_damaged else ()
    return Decoded(shifted.text, shifted.encoding, 0.95, "escapes of the encoding", flags)


def _decode_halves(data: bytes) -> Decoded | None:
    """Decode UTF-8 whose surrogates were encoded one by one (CESU-8, Unicode UTR 26).

    Return None for other data.
    """
    if b"\xed" not in data or not _HALF.search(data):
        return None
    try:
        text = data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return Decoded(text, "utf-8", 0.95, "UTF-8 with halves of characters", (Flag.REPLACED_BYTES,))


def _flag_unknown(decoded: Decoded, label: str) -> Decoded:
    """Flag a declared charset that is unknown.

    Raises:
        DecodeError: the charset has no codec, and its bytes would be taken for other Chinese
            characters.
    """
    if not label:
        return decoded
    if _UNREADABLE.match(label):
        raise DecodeError(
            f"the charset is declared as {label!r}, which cannot be read here; convert the file "
            "to UTF-8 first (iconv), or declare the right one"
        )
    return replace(
        decoded,
        reason=f"{decoded.reason}; the declared {label[:40]!r} is no charset that is known",
        flags=(*decoded.flags, Flag.UNKNOWN_CHARSET),
    )


def _refuse_known_formats(data: bytes) -> None:
    for magic, advice in _MAGIC:
        if data.startswith(magic):
            raise DecodeError(f"the bytes are not text but {advice}")


def _refuse_controls(data: bytes) -> None:
    """Refuse data with more than two control characters if they exceed a tenth of the bytes."""
    controls = len(data) - len(data.translate(None, _CONTROLS))
    if controls > 2 and controls * 10 > len(data):
        share = round(100 * controls / len(data))
        raise DecodeError(
            f"the bytes are not text: {share} % are control characters; "
            "leave the file out, or convert it to text first"
        )


def _decode_marked(data: bytes) -> Decoded | None:
    """Read data that begins with a byte order mark, which is not part of the text."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text, replaced = _read_charsets(data[len(mark) :], encoding)
            return Decoded(
                text, encoding, 1.0, "byte order mark", (Flag.REPLACED_BYTES,) if replaced else ()
            )
    return None


def _decode_with_nulls(data: bytes, declared: tuple[str, ...]) -> Decoded:
    """Read data with NUL bytes: UTF-32, UTF-16 without a BOM, or text with a few stray NULs."""
    nulls = data.count(0)
    for encoding in ("utf-32-le", "utf-32-be"):
        if nulls * 2 >= len(data) and len(data) % 4 == 0:
            try:
                return Decoded(data.decode(encoding), encoding, 0.95, "UTF-32 pattern")
            except UnicodeDecodeError:
                continue
    sample = data[:_SAMPLE]
    readings = {name: _weigh(sample, name) for name in ("utf-16-le", "utf-16-be")}
    if nulls * 10 < len(data):
        plain = sample.replace(b"\0", b"")
        others = {"utf-8": _weigh(plain, "utf-8")} | _compare(plain, declared)
        readings = others | readings
    best = min(readings, key=lambda name: readings[name])
    if readings[best] > max(4.0, len(sample) / 20):
        raise DecodeError(
            f"the bytes are not text: {nulls} NUL bytes and no UTF-16 or UTF-32 pattern; "
            "leave the file out, or convert it to text first"
        )
    text, replaced = _read_charsets(data, best)
    reason = "UTF-16 pattern" if best.startswith("utf-16") else "NUL bytes in the text"
    return Decoded(text, best, 0.9, reason, (Flag.REPLACED_BYTES,) if replaced else ())


def _decode_by_comparison(data: bytes, declared: tuple[str, ...]) -> Decoded:
    """Choose among all readings of bytes that are not valid UTF-8."""
    sample = _sample(data)
    weights = _compare(sample, declared)
    for name, letters in _EAST_ASIAN.items():
        # Japanese and Korean use Han characters that oddness counts as rare.
        is_asked = name in declared or name == "euc_jp"
        is_korean = not is_asked and name == "cp949" and _is_korean(sample)
        if is_korean or (is_asked and _is_written_in(sample, name, letters)):
            weights[name] = min(weights.values()) - 1.0
    best, runner_up = sorted(weights, key=weights.__getitem__)[:2]
    foreign = foreign_lines(sample)
    if foreign is not None:
        lines = _compare(_sample(foreign), declared)
        legacy = min(lines, key=lines.__getitem__)
        if oddness(read_broken_utf8(sample, legacy).text) <= weights[best] + 1.0:
            read = read_broken_utf8(data, legacy)
            flags = (Flag.REPLACED_BYTES,) if read.replaced else ()
            return Decoded(read.text, read.encoding, 0.9, read.reason, flags)
    if not best.startswith("utf-16"):
        _refuse_controls(data)
    if len(sample) >= 64 and weights[best] > 0.3 * len(sample):
        raise DecodeError(
            "the bytes are not text: no encoding makes sense of them; "
            "leave the file out, or name its charset"
        )
    text, replaced = _read_charsets(data, best)
    margin = weights[runner_up] - weights[best]
    confidence = round(0.5 + 0.5 * margin / (margin + 1.0), 2)
    reason = "declared and plausible" if best in declared else "most plausible reading"
    return Decoded(text, best, confidence, reason, (Flag.REPLACED_BYTES,) if replaced else ())


def _is_written_in(sample: bytes, name: str, letters: re.Pattern[str]) -> bool:
    """Whether all bytes are valid in a Japanese or Korean charset and many are its letters."""
    try:
        text = sample.decode(name)
    except UnicodeDecodeError:
        text, replaced = _read_charsets(sample, name)
        if replaced and "\ufffd" in text:
            return False
    marked = sum(not char.isascii() for char in text)
    found = len(letters.findall(text))
    # Kana of EUC-JP are kana in GB 2312 too, where Chinese text has hardly any.
    return found * (8 if name == "euc_jp" and found > 1 else 4) > marked


def _is_korean(sample: bytes) -> bool:
    """Whether undeclared bytes are Hangul in EUC-KR, with common syllables, and little else.

    Of 2,000 Chinese lines in GB 18030, read as EUC-KR, none has more than four fifths of Hangul.

    >>> _is_korean("서울시는 다음 달부터 버스 요금을 올린다.".encode("cp949"))
    True
    >>> _is_korean("编辑任意文档，责任编辑添加。".encode("gbk"))
    False
    """
    text = _read_charsets(sample, "cp949")[0]
    marked = [char for char in text if not char.isascii()]
    hangul = len(_EAST_ASIAN["cp949"].findall(text))
    is_hangul = len(marked) >= _LEAST_KOREAN and 20 * hangul >= 19 * len(marked)
    return is_hangul and 8 * len(_COMMON_KOREAN.findall(text)) > len(marked)


def _compare(sample: bytes, declared: tuple[str, ...]) -> dict[str, float]:
    """Return the oddness of each plausible reading plus its prior; the lowest is best."""
    priors = dict(_READINGS) | {
        name: -1.0 for name in declared if not name.startswith("utf-8") and not is_shifted(name)
    }
    weights = _weigh_all(sample, priors)
    if min(weights.values()) <= _GUESSED:
        return weights  # no reading of the detector could be less odd
    import chardet

    found = chardet.detect(_TAG.sub(b" ", sample))
    guess = find_codec(found["encoding"] or "cp1252")
    # Document encodings keep ASCII bytes as ASCII; only UTF-16 and EBCDIC do not.
    if guess is not None and guess not in priors and "a".encode(guess) == b"a":
        prior = 0.6 if guess.startswith(("mac", "cp4", "cp8")) else _GUESSED
        least, own = min(weights.values()), prior + _weigh(sample, guess)
        is_sure = guess in _NEAR_LATIN and found["confidence"] >= _SURE_GUESS
        weights[guess] = least - _GUESSED if is_sure and own < least + _CLOSE else own
    return weights


def _weigh_all(sample: bytes, priors: dict[str, float]) -> dict[str, float]:
    """Return the oddness of readings; those hopeless on the first bytes rank last."""
    head = sample[:_HEAD]
    weights = {name: prior + _weigh(head, name) for name, prior in priors.items()}
    if len(sample) <= _HEAD:
        return weights
    least = min(weights.values())
    rest = [name for name, weight in weights.items() if weight <= least + _HOPELESS]
    full = {name: priors[name] + _weigh(sample, name) for name in rest}
    most = max(full.values())
    return {name: full.get(name, most + weight) for name, weight in weights.items()}


def _sample(data: bytes) -> bytes:
    """Return up to 8 KiB of the lines with non-ASCII bytes, each cut to the part around them."""
    if len(data) <= _SAMPLE:
        return data
    pieces: list[bytes] = []
    size = end = 0
    while size < _SAMPLE and (found := _NOT_ASCII.search(data, end)):
        start = max(end, found.start() - 200, data.rfind(b"\n", end, found.start()) + 1)
        line_end = data.find(b"\n", found.start()) + 1 or len(data)
        end = min(line_end, found.start() + 4_000)
        pieces.append(data[start:end])
        size += end - start
    return b"".join(pieces)[:_SAMPLE]


def _weigh(sample: bytes, encoding: str) -> float:
    return oddness(_read_charsets(sample, encoding)[0])


def _read_charsets(data: bytes, encoding: str) -> tuple[str, bool]:
    """Decode bytes; drop a character cut off at the end, and replace bad bytes by U+FFFD.

    The second value tells whether any byte was dropped or replaced.
    """
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        text = decoder.decode(data)
    except UnicodeDecodeError:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        return decoder.decode(data), True
    pending = decoder.getstate()[0]
    return text, bool(pending)
