"""``python -m training.adapter.evaluate``: measure a language model as the library runs it.

With an adapter, the same sentences are translated without it and with it.  They are spread evenly
over a test set, since a model that needs a second for each is too slow for all of them on a busy
machine.  The results of the library's audit (docs/faithfulness.md) are counted; the second attempts
that it causes are not made here.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_norm.audit import audit
from corpus_norm.settings import TranslationSettings
from corpus_norm.translation.engines import Decoding, Request
from corpus_norm.translation.engines.llm import load_engine
from training.evaluate import find_failures, read_sentences, score

if TYPE_CHECKING:
    from collections.abc import Sequence

_SETS = {
    "flores-dev.fr-en": "fr",
    "newstest2014.fr-en": "fr",
    "flores-dev.zh-en": "zh-Hans",
    "newstest2021.zh-en": "zh-Hans",
}


def choose_lines(total: int, count: int) -> list[int]:
    """Return ``count`` evenly spread line numbers.

    >>> choose_lines(10, 3)
    [1, 5, 8]
    """
    return [(2 * number + 1) * total // (2 * count) for number in range(min(total, count))]


def make_requests(sources: Sequence[str], lines: Sequence[int], *, context: bool) -> list[Request]:
    """Make requests for those lines; the context is the line before and the sentence itself.

    >>> make_requests(["Un.", "Deux."], [1], context=True)
    [Request(text='Deux.', context='Un. Deux.')]
    """
    if not context:
        return [Request(sources[i]) for i in lines]
    return [Request(sources[i], " ".join(sources[max(0, i - 1) : i + 1])) for i in lines]


def count_flags(sources: Sequence[str], outputs: Sequence[str], language: str) -> dict[str, object]:
    """Return the share of outputs that the audit flags, their mean score, and the flag counts.

    >>> count_flags(["Il gagne 5 %.", "Non."], ["He earns 7%.", "No."], "fr")["flagged"]
    0.5
    """
    found = [audit(*pair, language) for pair in zip(sources, outputs, strict=True)]
    flags = Counter(flag.value for each in found for flag in each.flags)
    return {
        "flagged": round(sum(bool(each.flags) for each in found) / len(found), 3),
        "faithfulness": round(sum(each.score for each in found) / len(found), 3),
        "flags": dict(flags.most_common()),
    }


def measure(
    name: str, settings: TranslationSettings, options: argparse.Namespace
) -> tuple[dict[str, object], list[tuple[str, str, str]]]:
    """Return the figures of a test set, and its sentences with outputs and references."""
    language = _SETS[name]
    engine = load_engine(language, settings, options.threads)
    sources = read_sentences(options.mt / f"{name}.{name[-5:-3]}", None)
    references = read_sentences(options.mt / f"{name}.en", None)
    lines = choose_lines(len(sources), options.lines)
    requests = make_requests(sources, lines, context=settings.llm_context)
    start = time.process_time()
    outputs = [done.text for done in engine.translate_batch(requests, Decoding())]
    seconds = (time.process_time() - start) / len(lines)
    chosen = [sources[i] for i in lines]
    figures: dict[str, object] = {"set": name, "engine": engine.name, "cpu_s": round(seconds, 2)}
    figures |= asdict(score(chosen, outputs, [references[i] for i in lines]))
    figures |= count_flags(chosen, outputs, language)
    return figures, list(zip(chosen, outputs, [references[i] for i in lines], strict=True))


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m training.adapter.evaluate", description=__doc__
    )
    parser.add_argument("--model", required=True, help="GGUF file, or name of an installed one")
    parser.add_argument("--adapter", help="GGUF adapter, or the name of one")
    parser.add_argument("--mt", type=Path, required=True, help="folder of the test sets")
    parser.add_argument("--lines", type=int, default=150, help="lines of each set")
    parser.add_argument("--context", action="store_true", help="show the line before")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--sets", nargs="+", default=list(_SETS), choices=_SETS)
    parser.add_argument("--failures", action="store_true", help="print examples of failures")
    options = parser.parse_args()
    for name in options.sets:
        for adapter in dict.fromkeys([None, options.adapter]):
            settings = TranslationSettings(
                engine="llm",
                llm_model=options.model,
                llm_adapter=adapter,
                llm_context=options.context,
            )
            figures, rows = measure(name, settings, options)
            print(json.dumps(figures), flush=True)
            for why, source, output in find_failures(rows) if options.failures else ():
                print(f"{why}\n  {source}\n  {output}")


if __name__ == "__main__":
    main()
