"""The most frequent words of English and French, counted in open parallel texts.

``python -m training.word_lists FOLDER OUT`` reads ``fr-en.*.tsv.gz`` and ``zh-en.*.tsv.gz``
(source, tab, English) and writes ``en.txt`` and ``fr.txt``, most frequent first, as in
``corpus_norm/language/lists``.  A word counts by its share of each text, so that no text outweighs
the others.  Only lower-case words are counted, which leaves out names.
"""

from __future__ import annotations

import argparse
import gzip
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FRENCH_ENGLISH = [
    "canada-laws",
    "un-texts",
    "opensource-guides",
    "cloud-docs",
    "django-docs",
    "python-docs",
    "ml-courses",
    "crypto-sites",
    "web-framework-docs",
    "postgresql-docs",
    "php-manual",
    "debian-packages",
    "debian-guides",
    "desktop-help",
    "libreoffice-help",
    "games-wesnoth",
    "games-cataclysm",
    "stellarium-skycultures",
    "tatoeba",
    "tico19",
    "diabla",
    "mozilla-www",
    "debian-web-news",
]
CHINESE_ENGLISH = [
    "mlqe-pe-wikipedia",
    "lctt-opensource",
    "xquad",
    "quantecon-lectures",
    "rust-book",
    "tatoeba",
    "tico19",
    "bible",
]
MOST_LINES = 20_000
MOST_WORDS = 10_000
LEAST_TEXTS = 3
# A word that many times more frequent in the other language is a quotation from it.
QUOTED = 3.0

# Two or more lower-case letters.  Not directly before them: a word character, an apostrophe or any
# of ./<&%- (markup, addresses).  Not directly after them: a word character or any of ./>;=(-
_WORD = re.compile(r"(?<![\w'’./<&%-])[a-zàâäçéèêëîïôöùûüÿœæ]{2,}(?![\w./>;=(-])")


def count_words(lines: Iterable[str]) -> Counter[str]:
    """Count the lower-case words of running text, without those of markup, code and addresses.

    >>> count_words(["The cat saw l'Hôtel, see a.b/c", "the cat"])
    Counter({'cat': 2, 'saw': 1, 'see': 1, 'the': 1})
    """
    return Counter(word for line in lines for word in _WORD.findall(line))


def rank_words(texts: Mapping[str, list[Counter[str]]], language: str, other: str) -> list[str]:
    """Rank the words of a language, most frequent first, then alphabetically."""
    shares = {code: _average(counts) for code, counts in texts.items()}
    spread = Counter(
        word for counts in texts[language] for word, count in counts.items() if count > 1
    )
    own, foreign = shares[language], shares[other]
    kept = [
        word
        for word, share in own.items()
        if spread[word] >= LEAST_TEXTS and foreign.get(word, 0.0) < QUOTED * share
    ]
    return sorted(kept, key=lambda word: (-own[word], word))[:MOST_WORDS]


def _average(texts: list[Counter[str]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for counts in texts:
        size = counts.total()
        for word, count in counts.items():
            total[word] = total.get(word, 0.0) + count / size / len(texts)
    return total


def _read(path: Path, column: int) -> Counter[str]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        rows = (
            line.rstrip("\n").split("\t")
            for _, line in zip(range(MOST_LINES), stream, strict=False)
        )
        return count_words(row[column] for row in rows if len(row) > column)


def main() -> None:
    """Write both lists."""
    parser = argparse.ArgumentParser(prog="python -m training.word_lists", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of the .tsv.gz files")
    parser.add_argument("out", type=Path, help="folder to write to")
    options = parser.parse_args()
    folder, out = options.folder, options.out
    pairs = [folder / f"fr-en.{name}.tsv.gz" for name in FRENCH_ENGLISH]
    more = [folder / f"zh-en.{name}.tsv.gz" for name in CHINESE_ENGLISH]
    texts = {
        "fr": [_read(path, 0) for path in pairs],
        "en": [_read(path, 1) for path in pairs + more],
    }
    for language, other in (("en", "fr"), ("fr", "en")):
        lines = "".join(f"{word}\n" for word in rank_words(texts, language, other))
        (out / f"{language}.txt").write_text(lines, encoding="utf-8")


if __name__ == "__main__":
    main()
