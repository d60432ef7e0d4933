"""The SentencePiece models: learned from scratch, or pruned from the vocabulary of XLM-R.

A model file is a protocol buffer; to build one from given pieces, the settings of a learned model
are kept and its pieces replaced.  The format is that of ``sentencepiece_model.proto``.
"""

from __future__ import annotations

import contextlib
import io
import re
import struct
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import sentencepiece

from training.settings import BEGIN_ID, END_ID, UNKNOWN_ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

NORMALIZATION = {
    "\u00a0": " ",  # no-break space, before « : ; ! ? in French
    "\u202f": " ",  # narrow no-break space
    "\u2009": " ",  # thin space
    "\t": " ",
    "\u00ad": "",  # soft hyphen
    "\u2018": "'",
    "\u2019": "'",
    "\u00b4": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u201e": '"',
    "\u2026": "...",
}
"""The characters that the tokenizer replaces.  The rules are stored in the model file, so they hold
in every program that loads the package; the built-in NFKC rules would add 240 kB to it."""

SPECIAL = ("<unk>", "<s>", "</s>")
_NORMAL, _UNKNOWN, _CONTROL = 1, 2, 3  # SentencePiece.Type
_MANY_DIGITS = re.compile(r"\d.*\d")
_MAX_SENTENCES = 1_000_000


def learn(sentences: Iterable[str], path: Path, vocabulary: int, rules: str = "ours") -> None:
    """Learn a unigram model (Kudo 2018) of ``vocabulary`` pieces and write it to ``path``.

    Digits are split, so that every number can be spelled and copied; there is no byte fallback,
    since CTranslate2 copies unknown pieces from the source (``replace_unknowns``).  ``rules`` are
    ``ours`` (:data:`NORMALIZATION`) or the name of built-in ones.
    """
    model = io.BytesIO()
    table = "".join(f"{_hex(old)}\t{_hex(new)}\n" for old, new in NORMALIZATION.items())
    own = {"normalization_rule_tsv": "rules.tsv"}
    # the model stores the name of the rules file, so it must be the same everywhere
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        Path("rules.tsv").write_text(table, encoding="utf-8")
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(sentences),
            model_writer=model,
            model_type="unigram",
            vocab_size=vocabulary,
            character_coverage=0.9998,
            split_digits=True,
            byte_fallback=False,
            unk_id=UNKNOWN_ID,
            bos_id=BEGIN_ID,
            eos_id=END_ID,
            input_sentence_size=_MAX_SENTENCES,
            num_threads=1,  # more threads vary the order of float sums, and the model
            minloglevel=1,
            **(own if rules == "ours" else {"normalization_rule_name": rules}),
        )
    path.write_bytes(model.getvalue())


def build(pieces: Sequence[tuple[str, float]], settings_of: bytes) -> bytes:
    """Build a model of the special pieces and ``pieces``, with the settings of another model."""
    kept = [field for number, field in _fields(settings_of) if number != 1]
    rows = [
        _piece(name, 0.0, _UNKNOWN if i == UNKNOWN_ID else _CONTROL)
        for i, name in enumerate(SPECIAL)
    ]
    rows += [_piece(text, score, _NORMAL) for text, score in pieces]
    return b"".join(rows + kept)


def count_pieces(
    sentences: Iterable[str], pieces: Sequence[tuple[str, float]], settings_of: bytes
) -> Counter[str]:
    """Count how often a model of ``pieces`` uses each of them."""
    processor = sentencepiece.SentencePieceProcessor(model_proto=build(pieces, settings_of))
    counts: Counter[str] = Counter()
    batch: list[str] = []
    for sentence in sentences:
        batch.append(sentence)
        if len(batch) == 10_000:
            counts.update(p for row in processor.encode(batch, out_type=str) for p in row)
            batch = []
    counts.update(p for row in processor.encode(batch, out_type=str) for p in row)
    return counts


def choose_pieces(
    pieces: Sequence[tuple[str, float]], counts: Counter[str], limit: int
) -> list[int]:
    """Return the positions of the ``limit`` most used pieces, in their own order.

    Single characters that occur are always kept, so that none becomes unknown.  Pieces of several
    digits never are: numbers are spelled, and copied, digit by digit.

    >>> pieces = [("▁chat", -1.0), ("2023", -2.0), ("t", -3.0), ("▁rare", -4.0)]
    >>> choose_pieces(pieces, Counter({"▁chat": 5, "2023": 9, "t": 1}), 2)
    [0, 2]
    """
    usable = [i for i, (text, _) in enumerate(pieces) if not _MANY_DIGITS.search(text)]
    single = {
        i
        for i in usable
        if len(pieces[i][0]) == 1 and (counts[pieces[i][0]] or pieces[i][0].isascii())
    }
    ranked = sorted(
        (i for i in usable if counts[pieces[i][0]]), key=lambda i: -counts[pieces[i][0]]
    )
    chosen = dict.fromkeys([*sorted(single), *ranked])
    return sorted(list(chosen)[:limit])


def list_pieces(path: Path) -> list[str]:
    """List the pieces of a model file, by id."""
    processor = sentencepiece.SentencePieceProcessor(model_file=str(path))
    return [processor.id_to_piece(i) for i in range(processor.get_piece_size())]


def _hex(text: str) -> str:
    return " ".join(f"{ord(character):x}" for character in text)


def _piece(text: str, score: float, kind: int) -> bytes:
    name = text.encode()
    body = b"\x0a" + _varint(len(name)) + name + b"\x15" + struct.pack("<f", score)
    body += b"\x18" + bytes([kind])
    return b"\x0a" + _varint(len(body)) + body


def _varint(number: int) -> bytes:
    parts = []
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*parts, number])


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the top-level fields of a message of messages: number and whole bytes."""
    at = 0
    while at < len(data):
        start, tag, at = at, *_read_varint(data, at)
        length, at = _read_varint(data, at)
        at += length
        yield tag >> 3, data[start:at]


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at
