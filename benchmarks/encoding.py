"""Compare decoders and repairers of text: ``python -m benchmarks.encoding [FOLDER]``.

All run in turn on one core; only the time spent in the tool counts.  FOLDER holds ``encoding/``.
"""

from __future__ import annotations

import base64
from importlib import import_module
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from benchmarks import hooks
from benchmarks.peers import Row, clock, find_set, load_peers, load_rows, load_scorer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

OURS = "corpus_norm"


def main() -> None:
    """Print both tables."""
    folder = find_set("encoding", __doc__)
    scorer = load_scorer(folder)
    rows = load_rows(folder / "dev.jsonl.gz")
    console = Console()
    console.print(compare_decoders({OURS: hooks.decode, **load_peers(DECODERS)}, rows, scorer))
    console.print(compare_repairers({OURS: hooks.repair, **load_peers(REPAIRERS)}, rows, scorer))


def compare_decoders(
    decoders: dict[str, Callable[[bytes], str]], rows: Sequence[Row], scorer: ModuleType
) -> Table:
    """Tabulate the percentage of byte strings read exactly, and megabytes per second."""
    gold = [row for row in rows if row["kind"] == "bytes"]
    inputs = [base64.b64decode(row["b64"]) for row in gold]
    size = sum(map(len, inputs)) / 1e6
    table = Table(title=f"{len(gold)} byte strings, percent read exactly")
    for column in ("", "exact", "MB/s"):
        table.add_column(column, justify="right" if column else "left")
    for name, decode in decoders.items():
        decode("d\u2019été".encode("cp1252"))
        texts, seconds = clock(decode, inputs)
        scores = _score(scorer, gold, texts)
        table.add_row(name, f"{100 * scores['bytes']['exact']:.1f}", f"{size / seconds:.1f}")
    return table


def compare_repairers(
    repairers: dict[str, Callable[[str], str]], rows: Sequence[Row], scorer: ModuleType
) -> Table:
    """Tabulate damaged texts repaired exactly, clean texts left unchanged, and speed."""
    gold = [row for row in rows if row["kind"] in {"mojibake", "clean"}]
    inputs = [scorer.source(row) for row in gold]
    table = Table(title=f"{len(gold):,} texts, percent right")
    for column in ("", "mojibake repaired", "clean left unchanged", "texts/s"):
        table.add_column(column, justify="right" if column else "left")
    for name, repair in repairers.items():
        texts, seconds = clock(repair, inputs)
        scores = _score(scorer, gold, texts)
        cells = [f"{100 * scores[key]['exact']:.1f}" for key in ("mojibake", "clean")]
        table.add_row(name, *cells, f"{len(gold) / seconds:,.0f}")
    return table


def _score(scorer: ModuleType, gold: Sequence[Row], texts: Sequence[str]) -> dict[str, Any]:
    predictions = [{"id": row["id"], "text": text} for row, text in zip(gold, texts, strict=True)]
    scores: dict[str, Any] = scorer.score(gold, predictions)["scores"]
    return scores


def _chardet() -> Callable[[bytes], str]:
    detect = import_module("chardet").detect
    return lambda data: data.decode(detect(data)["encoding"] or "utf-8", "replace")


def _charset_normalizer() -> Callable[[bytes], str]:
    from_bytes = import_module("charset_normalizer").from_bytes
    return lambda data: str(from_bytes(data).best() or "")


def _guess_bytes() -> Callable[[bytes], str]:
    ftfy = import_module("ftfy")
    return lambda data: str(ftfy.guess_bytes(data)[0])


def _first_that_fits() -> Callable[[bytes], str]:
    def decode(data: bytes) -> str:
        for encoding in ("utf-8", "gb18030"):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
        return data.decode("cp1252", "replace")

    return decode


def _ftfy(**options: Any) -> Callable[[], Callable[[str], str]]:  # noqa: ANN401
    def make() -> Callable[[str], str]:
        ftfy = import_module("ftfy")
        return lambda text: str(ftfy.fix_text(text, **options))

    return make


DECODERS = {
    "chardet": _chardet,
    "charset-normalizer": _charset_normalizer,
    "ftfy.guess_bytes": _guess_bytes,
    "utf-8, else gb18030, else cp1252": _first_that_fits,
}
REPAIRERS = {
    "ftfy, defaults": _ftfy(),
    "ftfy, typography kept": _ftfy(uncurl_quotes=False, fix_character_width=False),
}


if __name__ == "__main__":
    main()
