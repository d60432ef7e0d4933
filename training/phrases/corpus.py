"""``python -m training.phrases.corpus``: tokenise parallel text, one sentence a line.

Writes ``LANGUAGE.source``, ``LANGUAGE.english`` and ``LANGUAGE.domain`` into the work folder, and
for Chinese ``zh.words.json``, the words of the segmenter and their counts.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from functools import partial
from itertools import chain
from multiprocessing import Pool
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_norm.languages import get_language
from corpus_norm.translation.engines.phrases.tokens import (
    NUMBER,
    Segmenter,
    tokenize_chinese,
    tokenize_english,
    tokenize_french,
)
from training.gather import gather
from training.phrases.casing import Truecaser
from training.settings import Preparation
from training.sources import SHIPPED, TERMS, choose_sources, read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from corpus_norm.translation.engines.phrases.tokens import Tokens

_LONGEST = 100  # tokens; an aligner learns little from longer sentences
_LEAST_COUNT = 2  # occurrences of a Chinese word to keep it
_BATCH = 2_000
_NAMES = "|".join(get_language("en").numbers.month_names)
_MONTH = rf"(?:{_NAMES}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)(?: ￭\.)?)"
# 5 May 2024; May 5, 2024; 3:30 p.m.; each with its numbers replaced.
_MOMENTS = re.compile(
    rf"(?<!\S)(?:(?:the )?{NUMBER} (?:of )?{_MONTH}(?:(?: ￭,)? {NUMBER})?"
    rf"|{_MONTH} {NUMBER}(?: ￭, {NUMBER})?|{NUMBER} ￭?(?:am|pm|AM|PM|[ap] ￭\. ￭m ￭\.))(?!\S)"
)
_LONE_MONTH = re.compile(
    rf"(?<!\S)((?:in|of|by|since|until|from|between|early|late) )(?:{_NAMES})(?!\S)"
)
_WRITTEN_MONTH = re.compile("[一二三四五六七八九十]{1,2}月.*")


def write_corpus(
    language: str, pairs: list[tuple[str, str, str]], work: Path, processes: int = 2
) -> int:
    """Tokenise (domain, source, English), write the files, return the number of sentences."""
    segmenter = None
    if language == "zh":
        counts = count_words(source for _, source, _ in pairs)
        (work / "zh.words.json").write_text(json.dumps(counts, ensure_ascii=False), "utf-8")
        segmenter = Segmenter.of_counts(counts)
    with Pool(processes) as pool:
        read = partial(_tokenize, segmenter)
        rows = [
            (domain, source, english)
            for (domain, _, _), (source, english) in zip(
                pairs, pool.imap(read, pairs, chunksize=_BATCH), strict=True
            )
            if 1 <= len(source) <= _LONGEST and 1 <= len(english) <= _LONGEST
        ]
    truecaser = Truecaser.learn(english for _, _, english in rows)
    columns = ("domain", "source", "english")
    files = [(work / f"{language}.{name}").open("w", encoding="utf-8") for name in columns]
    for domain, source, english in rows:
        lines = (domain, " ".join(source), " ".join(truecaser.apply(english)))
        for file, line in zip(files, lines, strict=True):
            file.write(line + "\n")
    for file in files:
        file.close()
    return len(rows)


def count_words(texts: Iterable[str]) -> dict[str, int]:
    """Count the words that jieba finds in Chinese text; leave out rare ones."""
    import jieba

    found = chain.from_iterable(jieba.cut(text, HMM=False) for text in texts)
    counts = Counter(word for word in found if all("\u3400" <= sign <= "\u9fff" for sign in word))
    return {word: n for word, n in sorted(counts.items()) if n >= _LEAST_COUNT}


def join_moments(source: Sequence[str], english: list[str]) -> list[str]:
    """Write each English date or hour as one number, if the Chinese has numbers for it.

    >>> join_moments(["于", "<n>", "开幕"], "opened on May <n> ￭, <n> ￭.".split())
    ['opened', 'on', '<n>', '￭.']
    >>> join_moments(["<n>", "人", "五月", "来"], "<n> came in May".split())
    ['<n>', 'came', 'in', 'May']
    """
    if NUMBER not in source or any(map(_WRITTEN_MONTH.match, source)):
        return english
    text = _MOMENTS.sub(NUMBER, " ".join(english))
    if text.split().count(NUMBER) < list(source).count(NUMBER):
        text = _LONE_MONTH.sub(rf"\1{NUMBER}", text)
    return text.split()


def tokenize_source(text: str, segmenter: Segmenter | None) -> Tokens:
    """Tokenise a French sentence, or a Chinese one if there is a segmenter."""
    return tokenize_french(text) if segmenter is None else tokenize_chinese(text, segmenter)


def _tokenize(
    segmenter: Segmenter | None, pair: tuple[str, str, str]
) -> tuple[tuple[str, ...], list[str]]:
    _, source, english = pair
    forms, tokens = tokenize_source(source, segmenter).forms, tokenize_english(english)
    return forms, join_moments(forms, tokens) if segmenter else tokens


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.phrases.corpus", description=__doc__)
    parser.add_argument("--parallel", type=Path, required=True, help="folder of the .tsv.gz files")
    parser.add_argument(
        "--exclude", type=Path, nargs="*", default=[], help="test sets, any language"
    )
    parser.add_argument("--terms", nargs="+", choices=TERMS, default=list(SHIPPED))
    parser.add_argument("--languages", nargs="+", default=["fr", "zh"])
    parser.add_argument("--lines-per-source", type=int, default=0, help="for trials (0: all)")
    parser.add_argument("--work", type=Path, required=True, help="folder outside the repository")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    domains, sources = read_table()
    choices = Preparation(lines_per_source=options.lines_per_source)
    report = {}
    for language in options.languages:
        files = [
            (source, path)
            for source in choose_sources(sources, [language], options.terms)
            if (path := options.parallel / f"{source.name}.tsv.gz").exists()
        ]
        groups = gather(files, domains, options.exclude, choices)
        pairs = [(g.source.domain, *pair) for g in groups for pair in g.pairs]
        sentences = write_corpus(language, pairs, options.work)
        report[language] = {
            "sentences": sentences,
            "sources": {g.source.name: g.verdicts for g in groups},
        }
        print(f"{language}: {sentences:,} sentences", flush=True)
    (options.work / "corpus.json").write_text(json.dumps(report, indent=1), "utf-8")


if __name__ == "__main__":
    main()
