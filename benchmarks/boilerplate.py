"""Compare our extraction with other extractors on the pages of newsgold: quality and speed.

``python -m benchmarks.boilerplate [--gold ../shared] [--pages 120] [--tools ours trafilatura]``
``python -m benchmarks.boilerplate --cross-validate site source --seeds 1 2 3``

The set's own scorer (``newsgold/score.py``) measures quality on the development pages; our weights
were trained on part of these, so the headings say which.  The nested cross-validation
(:mod:`training.boilerplate.validation`) estimates the scores on unseen sites and sources; it needs
``training/boilerplate/requirements.txt``.  French is also given page by page.

Speed is CPU seconds on one thread; the tools take turns page by page so that the load of the
machine affects all alike.  Ours is also timed on batches of pages, as ``convert`` reads them.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import time
from collections import Counter
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from corpus_norm import boilerplate, encoding, extraction
from corpus_norm.boilerplate.features import extract_features
from corpus_norm.boilerplate.sites import LEAST_PAGES
from corpus_norm.document import Block, BlockKind, Document

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import ModuleType

    Extract = Callable[[str, str], str]

STOPLISTS = {"en": "English", "fr": "French"}
GOLD = ("dev.jsonl.gz", "fr_dev.jsonl.gz")
TRAINED_ON = "all but rundimeco/waddle"
BATCH = 64  # pages, as in `convert`
BATCHED = f"ours, {BATCH} at once"


def main() -> None:
    """Score every tool that is installed."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("CORPUS_NORM_GOLD", "../shared")
    parser.add_argument("--gold", type=Path, default=Path(default), help="folder of the gold sets")
    parser.add_argument("--pages", type=int, help="use only PAGES pages, evenly spread")
    parser.add_argument("--tools", nargs="*", choices=TOOLS, default=list(TOOLS))
    parser.add_argument(
        "--cross-validate",
        nargs="+",
        choices=("site", "source"),
        help="nested, instead of all else",
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--networks", type=int, help="with fewer networks, for a quicker answer")
    args = parser.parse_args()
    folder = args.gold / "newsgold"
    if not (folder / "dev.jsonl.gz").exists():
        print(f"newsgold is not in {folder}; nothing scored")
        return
    score = load_scorer(folder / "score.py")
    paths = [path for name in GOLD if (path := folder / name).exists()]
    every = [record for path in paths for record in score.read_jsonl(str(path))]
    if args.cross_validate:
        cross_validate(every, args.cross_validate, args.seeds, args.networks)
        return
    records = [record for record in every if record["gold_text"]]
    if args.pages:
        records = records[:: max(1, len(records) // args.pages)]
    compare_extractors(score, records, load_tools(args.tools))
    score_lines(score, records)
    list_pages(score, [record for record in records if record["language"] == "fr"])
    score_site_boilerplate(score, records)


def cross_validate(
    records: Sequence[dict[str, Any]],
    kinds: Sequence[Literal["site", "source"]],
    seeds: Sequence[int],
    networks: int | None,
) -> None:
    """Score the models on sites and sources that they were not trained on."""
    from training.boilerplate import validation
    from training.boilerplate.samples import SAMPLERS

    for name, by, seed in product(SAMPLERS, kinds, seeds):
        scheme = validation.Scheme(by, seed, ["rundimeco/waddle"], networks)
        validation.cross_validate(name, records, scheme)


def list_pages(score: ModuleType, records: Sequence[dict[str, Any]]) -> None:
    """Print the F1 of each page: as HTML, as whole text and pasted, from the worst up."""
    print("\nFrench by page: HTML, whole page, pasted")
    rows = []
    for record in records:
        html = encoding.decode(score.page_bytes(record), None, html=True).text
        answer = {record["id"]: {"text": _join(boilerplate.extract(html))}}
        [found] = score.score_extract([record], answer)[record["language"]]
        scores = [found[2]]
        for cut in (None, score.paste) if record["plaintext_blocks"] else ():
            page = {**record, "plaintext_blocks": (cut or _take_all)(record)}
            labels = split([line for line, _ in page["plaintext_blocks"]])
            [counts] = score.score_lines([page], {record["id"]: {"labels": labels}})["fr"]
            scores.append(score.prf(*counts[:3])[2])
        rows.append((sum(scores) / len(scores), record["domain"] or record["id"], scores))
    for _, name, scores in sorted(rows):
        print(f"{name:34}" + "".join(f"{each:8.3f}" for each in scores))


def _take_all(record: dict[str, Any]) -> list[list[str]]:
    lines: list[list[str]] = record["plaintext_blocks"]
    return lines


def compare_extractors(
    score: ModuleType, records: list[dict[str, Any]], tools: Mapping[str, Extract]
) -> None:
    """Compare the text that each tool extracts from each page with the gold text."""
    names = [*tools, *([BATCHED] if "ours" in tools else [])]
    answers: dict[str, dict[str, dict[str, str]]] = {name: {} for name in names}
    seconds = dict.fromkeys(names, 0.0)
    for start in range(0, len(records), BATCH):
        batch = records[start : start + BATCH]
        htmls = [encoding.decode(score.page_bytes(r), None, html=True).text for r in batch]
        for record, html in zip(batch, htmls, strict=True):
            for name, extract in tools.items():
                began = time.process_time()
                try:
                    text = extract(html, record["language"])
                except Exception as error:  # noqa: BLE001 (a failing tool extracts nothing)
                    print(f"{name} on {record['id']}: {type(error).__name__}", file=sys.stderr)
                    text = ""
                seconds[name] += time.process_time() - began
                answers[name][record["id"]] = {"text": text}
        if BATCHED in names:
            began = time.process_time()
            texts = extract_batch(htmls)
            seconds[BATCHED] += time.process_time() - began
            found = zip(batch, texts, strict=True)
            answers[BATCHED] |= {record["id"]: {"text": text} for record, text in found}
    unseen = [r for r in records if r["source_repo"] == "rundimeco/waddle"]
    for title, some in (
        (f"HTML, all pages (our training data: {TRAINED_ON})", records),
        ("HTML, only pages of waddle, which our weights were not trained on", unseen),
    ):
        print(
            f"\n{title}\n{'':18}{'lang':6}{'pages':>6}{'F1':>8}{'F1pg':>8}{'empty':>7}{'pages/s':>9}"
        )
        for name in names:
            for language, rows in sorted(score.score_extract(some, answers[name]).items()):
                found = score.summarise(rows)
                speed = len(records) / seconds[name]
                print(
                    f"{name:18}{language:6}{found['pages']:6}{found['F1']:8.3f}"
                    f"{found['F1pg']:8.3f}{found['empty']:7}{speed:9.1f}"
                )


def score_lines(score: ModuleType, records: list[dict[str, Any]]) -> None:
    """Score our labels of plain text, whole pages and pasted articles."""
    records = [record for record in records if record["plaintext_blocks"]]
    for title, cut in (("whole page", None), ("pasted", score.paste)):
        some = [
            {**r, "plaintext_blocks": cut(r) if cut else r["plaintext_blocks"]} for r in records
        ]
        answers, blocks = {}, 0
        start = time.process_time()
        for record in some:
            labels = split([line for line, _ in record["plaintext_blocks"]])
            answers[record["id"]] = {"labels": labels}
            blocks += len(labels)
        speed = blocks / (time.process_time() - start)
        print(f"\nPlain text, {title} (our training data: {TRAINED_ON}): {speed:,.0f} blocks/s")
        for language, rows in sorted(score.score_lines(some, answers).items()):
            found = score.summarise_lines(rows)
            print(
                f"{'ours':18}{language:6}{len(rows):6}{found['line'][2]:8.3f}{found['page'][2]:8.3f}"
            )


def score_site_boilerplate(score: ModuleType, records: list[dict[str, Any]]) -> None:
    """Score whole pages of sites, with and without the boilerplate learnt from each site."""
    known = [record for record in records if record["plaintext_blocks"] and record["domain"]]
    number = Counter(record["domain"] for record in known)
    some = [record for record in known if number[record["domain"]] >= LEAST_PAGES]
    documents = boilerplate.classify([_as_document(record) for record in some])
    learnt = boilerplate.learn_site_boilerplate(boilerplate.count_blocks(documents))
    marked = [boilerplate.mark_site_boilerplate(document, learnt) for document in documents]
    sites = len({record["domain"] for record in some})
    print(f"\nPlain text, whole page: the {len(some)} pages of {sites} sites with three or more")
    for name, answers in (("alone", documents), ("site learned", marked)):
        labels = {
            record["id"]: {"labels": [_is_text(block) for block in document.blocks]}
            for record, document in zip(some, answers, strict=True)
        }
        for language, rows in sorted(score.score_lines(some, labels).items()):
            found = score.summarise_lines(rows)
            print(
                f"{name:18}{language:6}{len(rows):6}"
                + "{:8.3f}{:8.3f}{:8.3f}".format(*found["line"])
            )


def _as_document(record: dict[str, Any]) -> Document:
    lines = [line for line, _ in record["plaintext_blocks"]]
    blocks = tuple(Block(BlockKind.PARAGRAPH, line, 0) for line in lines)
    return Document(record["id"], "\n".join(lines), site=record["domain"], blocks=blocks)


def _is_text(block: Block) -> bool:
    return block.is_body and block.kind is not BlockKind.TITLE


def split(lines: list[str]) -> list[bool]:
    """Return whether each line is body, apart from the headline."""
    blocks = [Block(BlockKind.PARAGRAPH, line, 0) for line in lines]
    return [_is_text(block) for block in boilerplate.classify_blocks(blocks)]


def load_scorer(path: Path) -> ModuleType:
    """Load the scorer that comes with the set."""
    spec = importlib.util.spec_from_file_location("newsgold_score", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_tools(names: list[str]) -> dict[str, Extract]:
    """Load the installed tools; print a line for each missing one."""
    tools: dict[str, Extract] = {}
    for name in names:
        try:
            tools[name] = TOOLS[name]()
        except ImportError as error:
            print(f"{name} is not installed ({error}); skipped")
    return tools


def extract_batch(htmls: Sequence[str]) -> list[str]:
    """Extract as ``convert`` does: read each page, then find the main text of all at once."""
    pages = [extraction.read(html) for html in htmls]
    full = [number for number, page in enumerate(pages) if page.pieces]
    texts = [piece.text for page in pages for piece in page.pieces]
    seen = extract_features(texts, boilerplate.load_lexicon())
    found = boilerplate.find_main([pages[number] for number in full], seen)
    marked = dict(zip(full, found, strict=True))
    return [_join(marked[number]) if number in marked else "" for number in range(len(pages))]


def _ours() -> Extract:
    return lambda html, _language: _join(boilerplate.extract(html))


def _join(page: extraction.Extraction) -> str:
    return "\n\n".join(
        piece.text for piece in page.pieces if piece.in_main and piece.kind is not BlockKind.TITLE
    )


def _trafilatura() -> Extract:
    trafilatura: Any = importlib.import_module("trafilatura")
    return lambda html, _language: trafilatura.extract(html, include_comments=False) or ""


def _readability() -> Extract:
    readability: Any = importlib.import_module("readability")
    to_text = _to_text()
    return lambda html, _language: to_text(readability.Document(html).summary())


def _justext() -> Extract:
    justext: Any = importlib.import_module("justext")
    chinese = {"stopwords_low": 0, "stopwords_high": 0, "length_low": 20, "length_high": 60}

    def extract(html: str, language: str) -> str:
        stoplist = STOPLISTS.get(language)
        words = justext.get_stoplist(stoplist) if stoplist else frozenset()
        options = {} if stoplist else chinese
        paragraphs = justext.justext(html.encode(), words, encoding="utf-8", **options)
        return "\n".join(each.text for each in paragraphs if not each.is_boilerplate)

    return extract


def _resiliparse() -> Extract:
    plain: Any = importlib.import_module("resiliparse.extract.html2text")
    return lambda html, _language: str(plain.extract_plain_text(html, main_content=True))


def _magic_html() -> Extract:
    magic: Any = importlib.import_module("magic_html")
    extractor, to_text = magic.GeneralExtractor(), _to_text()
    return lambda html, _language: to_text(extractor.extract(html, base_url="")["html"])


def _turbohtml() -> Extract:
    turbohtml: Any = importlib.import_module("turbohtml")
    return lambda html, _language: str(turbohtml.parse(html).main_text() or "")


def _to_text() -> Callable[[str], str]:
    inscriptis: Any = importlib.import_module("inscriptis")
    return lambda html: str(inscriptis.get_text(html)) if html.strip() else ""


TOOLS: Mapping[str, Callable[[], Extract]] = {
    "ours": _ours,
    "trafilatura": _trafilatura,
    "readability-lxml": _readability,
    "jusText": _justext,
    "resiliparse": _resiliparse,
    "magic-html": _magic_html,
    "turbohtml": _turbohtml,
}


if __name__ == "__main__":
    main()
