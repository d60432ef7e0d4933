"""``python -m training.phrases.glosses``: Chinese words and names that the phrase table lacks.

Writes ``zh.glosses.txt`` and ``zh.pinyin.txt``.  The glosses are those of CC-CEDICT and CLDR, for
words that would otherwise be cut into characters; the pinyin is that of pypinyin.
"""

from __future__ import annotations

import argparse
import itertools
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_norm.translation.engines.phrases.tokens import Segmenter
from training.gather import read_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

TABLES = ("zh-en.dict-cedict", "zh-en.names-cldr", "zh-en.names-iso-codes")
"""The word lists, open ones; see ``sources.toml``."""

_HAN = re.compile("[\u3400-\u9fff]{2,8}")
_PAIR = 2
_MOST_SEEN = 20  # times that the characters of a word may stand together in the training text
_MOST_WORDS = 4
_ALLOWED = re.compile(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ' .-]*")
# Not glosses but remarks, verbs and phrases, which need a context.
_REMARK = re.compile(
    r"^(?:to|see|variant|old|abbr|surname|used|also|erhua|classifier|lit|fig|same|one|be|at|in|on|"
    r"not|no|very|so|this|the|what|who|how|when|of|by|for|from|with|a|an)\b|\b(?:sb|sth|or|etc)\b",
    re.IGNORECASE,
)
# The kind of a place behind its name: "Yanqing county in Beijing".
_KIND = re.compile(
    r"(?<=[a-zé]) (?:(?:prefecture|county|sub-?prefecture)-level |suburban )?"
    r"(?:prefecture|county|district|city|town|township|autonomous|province|municipality|banner)\b.*"
)


def clean_gloss(gloss: str) -> str:
    """Return the part of a gloss that can stand in a sentence; empty if there is none.

    >>> [clean_gloss(each) for each in ("Nevada, US state", "Yanqing county in Beijing", "koala")]
    ['Nevada', 'Yanqing', 'koala']
    >>> clean_gloss("to hit the target"), clean_gloss("Hawkins or Hawking")
    ('', 'Hawkins')
    """
    text = re.sub(r"\s*\([^)]*\)", "", gloss)
    text = re.split(r"\s*(?:[,;/]| -- | or (?=[A-Z]))", text)[0].strip()
    text = _KIND.sub("", text)
    usable = _ALLOWED.fullmatch(text) and not _REMARK.search(text)
    return text if usable and len(text.split()) <= _MOST_WORDS else ""


def choose_glosses(
    entries: Mapping[str, Sequence[str]], known: Mapping[str, int], seen: Mapping[str, int]
) -> dict[str, str]:
    """Choose the words that are cut into characters, each with the first gloss of use.

    ``known`` are the words of the segmenter; ``seen`` counts how often the characters of a word of
    two stand together in the training text, where many of them begin another word.
    """
    segmenter = Segmenter.of_counts(known)
    chosen = {}
    for word, glosses in entries.items():
        gloss = next(filter(None, map(clean_gloss, glosses)), "")
        if not gloss or word in known or seen.get(word, 0) > _MOST_SEEN:
            continue
        pieces = segmenter.segment(word)
        if gloss[0].isupper() or all(len(piece) == 1 for piece in pieces):
            chosen[word] = gloss
    return chosen


def read_entries(paths: Iterable[Path]) -> dict[str, list[str]]:
    """Read word lists: Chinese words of two to eight characters, with their glosses in order."""
    entries: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        for line in read_lines(path):
            word, _, gloss = line.rstrip("\n").partition("\t")
            if _HAN.fullmatch(word):
                entries[word].append(gloss)
    return dict(sorted(entries.items()))


def count_pairs(paths: Iterable[Path], wanted: frozenset[str]) -> Counter[str]:
    """Count the wanted pairs of characters in the first columns of tables."""
    counts: Counter[str] = Counter()
    for path in paths:
        for line in read_lines(path):
            source = line.partition("\t")[0]
            pairs = map("".join, itertools.pairwise(source))
            counts.update(pair for pair in pairs if pair in wanted)
    return counts


def spell(signs: Iterable[str]) -> dict[str, str]:
    """Return the characters of each syllable of pinyin, without tones."""
    from pypinyin import Style, pinyin

    syllables: dict[str, str] = defaultdict(str)
    for sign in sorted(signs):
        said = pinyin(sign, style=Style.NORMAL, errors="ignore", v_to_u=False)
        if said and said[0][0].isascii():
            syllables[said[0][0].replace("v", "u")] += sign
    return dict(sorted(syllables.items()))


def write_files(folder: Path, glosses: Mapping[str, str], syllables: Mapping[str, str]) -> None:
    """Write both files, one entry a line."""
    for name, rows in (("glosses", glosses), ("pinyin", syllables)):
        text = "".join(f"{left}\t{right}\n" for left, right in rows.items())
        (folder / f"zh.{name}.txt").write_text(text, encoding="utf-8")


def main() -> None:
    """Run the command."""
    import json

    parser = argparse.ArgumentParser(prog="python -m training.phrases.glosses", description=__doc__)
    parser.add_argument("--parallel", type=Path, required=True, help="folder of the .tsv.gz files")
    parser.add_argument("--words", type=Path, required=True, help="zh.words.json of the model")
    parser.add_argument("--output", type=Path, required=True, help="folder of the two files")
    options = parser.parse_args()
    known = json.loads(options.words.read_text("utf-8"))
    lists = [options.parallel / f"{name}.tsv.gz" for name in TABLES]
    entries = read_entries(lists)
    texts = sorted(set(options.parallel.glob("zh-en.*.tsv.gz")) - set(lists))
    pairs = frozenset(word for word in entries if len(word) == _PAIR and word not in known)
    glosses = choose_glosses(entries, known, count_pairs(texts, pairs))
    signs = {chr(code) for code in range(0x4E00, 0x9FA6)}
    write_files(options.output, glosses, spell(signs))
    print(f"{len(glosses):,} glosses of {len(entries):,} entries")


if __name__ == "__main__":
    main()
