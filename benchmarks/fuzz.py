"""Fuzz decoding, repair and language detection: ``python -m benchmarks.fuzz``.

Random bytes and texts must keep three promises; a breach is an ``AssertionError`` with the input:

- nothing but ``DecodeError`` is raised;
- decoding loses no byte silently: the text is the exact reading of the bytes in the encoding named,
  or a flag says otherwise;
- repair loses no printable character silently: replaying the log on the input gives the output, so
  anything missing was inside the span of a repair, and the steps that only remove have removed
  nothing printable except terminal escapes.
"""

from __future__ import annotations

import argparse
import random
import time

from corpus_norm.document import Flag
from corpus_norm.encoding import Decoded, clean, decode, explain, replay
from corpus_norm.errors import DecodeError
from corpus_norm.language import detect, detect_spans

# Pieces in which damage is likely, and characters that trigger the rules.
_PIECES = (
    *"aéÃâ€™œ☃汉脡Ñа \n\t&;<.«»\x00\x1b\x85\x92\xad\xa0\u200b\u200d\u0301\ufeff\ud83d\ude00ﬁＡก",
    "&amp;", "&#233;", "&lt;b&gt;", "&shy;", "\x1b[0m", "Ã©", "â€œ", "├®", "ÆäËû", "\r\n", "amp;",
    "&#", "112;", "í\xa0\x80", "锛", "銆", " the ", " les ", "的",
)  # fmt: skip
_WRONG = ("latin-1", "cp850", "mac-roman", "gb18030", "cp1252", "utf-8")
_CHARSETS = (None, None, "utf-8", "gb2312", "big5", "utf-16", "koi8-r", "iso-8859-1", "nonsense")
_REMOVERS = frozenset({"c1_controls", "invisible"})


def make_bytes(rng: random.Random) -> bytes:
    """Make random bytes, encoded text, or encoded text with a few bytes changed."""
    kind = rng.randrange(4)
    if kind == 0:
        return rng.randbytes(rng.randrange(80))
    if kind == 1:
        return bytes(
            rng.choice((rng.randrange(256), rng.randrange(32, 127), 10)) for _ in range(40)
        )
    data = bytearray(make_text(rng).encode(rng.choice(_WRONG), "replace"))
    for _ in range(kind == 3 and rng.randrange(4)):
        if data:
            data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data)


def make_text(rng: random.Random) -> str:
    """Make random code points, surrogates included; damaged pieces; or text decoded wrongly."""
    kind = rng.randrange(3)
    if kind == 0:
        bounds = (rng.choice((0x80, 0x250, 0x3000, 0x10000, 0x110000)) for _ in range(30))
        return "".join(chr(rng.randrange(bound)) for bound in bounds)
    text = "".join(rng.choice(_PIECES) for _ in range(rng.randrange(16)))
    if kind == 1:
        return text
    return text.encode("utf-8", "replace").decode(rng.choice(_WRONG), "replace")


def check_bytes(data: bytes, charset: str | None) -> None:
    """Decode and check that nothing is lost silently; then check the text."""
    try:
        found = decode(data, charset, html=True)
    except DecodeError:
        return
    _require(found == decode(data, charset, html=True), "the same answer", data, charset)
    is_honest = Flag.REPLACED_BYTES in found.flags or _is_exact(data, found)
    _require(is_honest, "no byte lost silently", data, charset, found)
    check_text(found.text)


def _is_exact(data: bytes, found: Decoded) -> bool:
    """Return whether the text is all of the bytes, strictly decoded in the named encoding."""
    if "+" not in found.encoding:
        return data.decode(found.encoding) in {found.text, f"\ufeff{found.text}"}
    legacy = found.encoding.split("+")[1]
    lines = zip(data.split(b"\n"), found.text.split("\n"), strict=True)
    return all(text in _readings(line, legacy) for line, text in lines)


def _readings(line: bytes, legacy: str) -> list[str]:
    readings = []
    for encoding in ("utf-8", legacy):
        try:
            readings.append(line.decode(encoding))
        except UnicodeDecodeError:
            continue
    return readings


def check_text(text: str) -> None:
    """Repair a text, detect its language, and check the promises of both."""
    cleaned = clean(text)
    _require(replay(cleaned.repairs, text) == cleaned.text, "the log replays", text)
    _require(not clean(cleaned.text).repairs, "clean text stays", text)
    for change in explain(text):
        if change.step in _REMOVERS:
            gone = set(change.before) - set(change.after)
            _require(not any(map(str.isprintable, gone)), "only controls removed", text, change)
    cleaned.text.encode()  # raises if a lone surrogate is left
    found = detect(text)
    _require(found == detect(text) and 0 <= found.score <= 1, "one language", text, found)
    spans = detect_spans(text)
    _require("".join(text[a:b] for a, b, _ in spans) == text, "spans cover the text", text)


def _require(holds: bool, promise: str, *seen: object) -> None:  # noqa: FBT001
    if not holds:
        raise AssertionError(f"{promise}: broken by {', '.join(map(ascii, seen))}")


def run(count: int, seed: int, seconds: float = float("inf")) -> int:
    """Check ``count`` byte strings and texts, or as many as the time allows."""
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
    end = time.monotonic() + seconds
    for done in range(count):
        if time.monotonic() > end:
            return done
        check_bytes(make_bytes(rng), rng.choice(_CHARSETS))
        check_text(make_text(rng))
    return count


def main() -> None:
    """Run and print the number of inputs checked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after this time")
    options = parser.parse_args()
    done = run(options.count, options.seed, options.seconds)
    print(f"{done:,} byte strings and {done:,} strings: nothing raised, nothing lost silently")


if __name__ == "__main__":
    main()
