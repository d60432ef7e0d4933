"""``python -m training.phrases.package``: pack tables and language model in one file.

The ``.argosmodel`` file has the layout of an Argos package, with phrase tables in place of a
network (:mod:`corpus_norm.translation.engines.phrases` lists the files).  The same inputs give the
same bytes.
"""

from __future__ import annotations

import argparse
import io
import json
import shutil
import tempfile
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from training.card import NAMES, Card, describe_failures, render_head
from training.evaluate import find_failures
from training.package import (
    Test,
    choose_tests,
    describe,
    measure,
    unpack_starter,
    write_archive,
)
from training.phrases.extract import DOMAIN_WEIGHTS
from training.phrases.tune import choose_segments, load
from training.settings import TUNED_LINES
from training.sources import read_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpus_norm.translation.engines.phrases import Translator
    from training.evaluate import Row

PURPOSE = (
    "A starter model for getting the gist of news: phrase tables and a language model, no network; "
    "install a larger model for better English."
)
LICENCE = "tables CC BY-SA 4.0; counted in data under the licences that the model card lists"

_PAGE = """{head}The weights of the features were tuned on the first
{tuned} lines each of flores-dev and of newstest2014 (French) or newstest2021 (Chinese); no score
counts a line that was tuned on.

## Data

{sentences:,} sentence pairs after filtering.  *Weight*: how much a sentence counts in the tables.

| source | domain | licence | pairs | weight |
|---|---|---|---:|---:|
{data}

Sentences of the test sets were removed by normalised text and by runs of eight shared words.

## Training

Made with `training/phrases` of corpus_norm: phrase-based translation (Koehn, Och and Marcu 2003),
word alignment by eflomal, two interpolated Kneser-Ney models of four words (all text, and news) and
one of five word classes (Martin, Liermann and Ney 1998), minimum error rate training; on two
processor cores, without a GPU.  {sizes}  Chinese words
are put into the order of English by swaps of neighbouring spans (Neubig, Watanabe and Mori 2012),
learned from the alignments and the parts of speech in jieba's dictionary (MIT).  In French the
chance that English swaps two neighbouring words (Zens and Ney 2006), learned from the alignments
too, is part of the score.  So is the chance of each English word of an ambiguous one in its
sentence, by a log-linear model of the words around it (Carpuat and Wu 2007).  Chinese words that
the tables lack have their gloss in CC-CEDICT (CC BY-SA 4.0) or CLDR, and names of people that
neither has are spelled in the pinyin of pypinyin (MIT).

## Known failures

It has no idea of a sentence as a whole: word order and agreement are often wrong, words without a
counterpart in the data stay as they were, a negation or a relation between parts may be lost.

{failures}
"""


def write_model(work: Path, folder: Path, languages: tuple[str, ...]) -> dict[str, int]:
    """Write the files of ``model/``; return the number of phrase pairs of each language."""
    folder.mkdir(parents=True)
    own, counts = {}, {}
    for language in languages:
        _, translator = load(work, language)
        model = translator.model
        save_arrays(folder / f"{language}.npz", model.table.arrays())
        own[language] = describe_search(translator)
        if model.swaps:
            shutil.copyfile(work / f"{language}.swaps.npz", folder / f"{language}.swaps.npz")
        for name in (f"{language}.order.npz", f"{language}.senses.npz", "classes.npz"):
            if (work / name).exists():
                with np.load(work / name) as arrays:
                    save_arrays(folder / name, dict(arrays))
        counts[language] = len(model.table.scores)
        segments = choose_segments(work, language, model.table)
        if segments:
            text = json.dumps(segments, ensure_ascii=False, separators=(",", ":"))
            (folder / f"{language}.words.json").write_text(text, "utf-8")
        for name in (f"{language}.glosses.txt", f"{language}.pinyin.txt"):
            if (work / name).exists():
                shutil.copyfile(work / name, folder / name)
    save_arrays(folder / "english.npz", translator.model.language_model.arrays())
    (folder / "words.txt").write_text("\n".join(translator.words), "utf-8")
    (folder / "phrases.json").write_text(json.dumps({"languages": own}), "utf-8")
    return counts


def describe_search(translator: Translator) -> dict[str, Any]:
    """Return the weights of a translator, as ``phrases.json`` has them."""
    model, ordering = translator.model, translator.model.ordering
    own: dict[str, Any] = {
        "language_weight": model.language_weight,
        "copied": model.unknown,
        "distance": ordering.distance,
        "limit": ordering.limit,
        "before": ordering.before.round(4).astype(float).tolist(),
        "after": ordering.after.round(4).astype(float).tolist(),
        "denial": translator.denial,
    }
    if translator.costs:
        own |= {"costs": asdict(translator.costs)}
    if model.swaps:
        own |= {"swaps": model.swaps.weight}
    if model.senses:
        own |= {"senses": model.senses.weight}
    if classes := model.language_model.classes:
        own |= {
            "classes": {"weight": classes.weight, "words": classes.words, "reward": classes.reward}
        }
    return own


def build_package(work: Path, card: Card, tests: list[Test], path: Path) -> dict[str, Any]:
    """Write the package to ``path`` and return its metadata.

    A language without a test has no score, and a model without a score is never a default.
    """
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary) / card.folder
        root.mkdir()
        counts = write_model(work, root / "model", card.languages)
        scores, failures = {}, []
        for test in tests:
            scores[test.language], rows = measure(root, test)
            failures += find_failures(rows)
        report = json.loads((work / "corpus.json").read_text("utf-8"))
        data = _summarize(report, card)
        metadata = describe(card, data, scores)
        text = json.dumps(metadata, indent=1, ensure_ascii=False, sort_keys=True)
        (root / "metadata.json").write_text(text + "\n", encoding="utf-8")
        page = _render(card, report, counts, (scores, failures), tests)
        (root / "README.md").write_text(page, encoding="utf-8")
        write_archive(root, path)
    return metadata


def save_arrays(path: Path, arrays: dict[str, NDArray[np.generic]]) -> None:
    """Write an ``.npz`` file; arrays of single bytes, which repeat themselves, are deflated."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            data = io.BytesIO()
            np.lib.format.write_array(data, np.asanyarray(array), allow_pickle=False)
            way = zipfile.ZIP_DEFLATED if array.dtype.itemsize == 1 else zipfile.ZIP_STORED
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, data.getvalue(), way)


def _summarize(report: dict[str, Any], card: Card) -> str:
    used = {name for code in card.languages for name in report[code]["sources"]}
    licences = sorted({source.licence for source in read_table()[1] if source.name in used})
    pairs = sum(report[code]["sentences"] for code in card.languages)
    return f"{pairs:,} sentence pairs from {len(used)} sources under {'; '.join(licences)}"


def _render(
    card: Card,
    report: dict[str, Any],
    counts: dict[str, int],
    measured: tuple[dict[str, dict[str, Any]], list[Row]],
    tests: list[Test],
) -> str:
    """Write the README.md of the package."""
    scores, failures = measured
    known = {source.name: source for source in read_table()[1]}
    rows = [
        f"| {name} | {known[name].domain} | {known[name].licence} | {verdicts.get('kept', 0):,} "
        f"| {DOMAIN_WEIGHTS[known[name].domain]:g} |"
        for code in card.languages
        for name, verdicts in report[code]["sources"].items()
    ]
    sizes = ", ".join(f"{counts[code]:,} phrase pairs for {NAMES[code]}" for code in card.languages)
    return _PAGE.format(
        head=render_head(card, scores).rstrip() + "  ",
        sentences=sum(report[code]["sentences"] for code in card.languages),
        data="\n".join(rows),
        sizes=f"It holds {sizes}.",
        failures=describe_failures(failures),
        tuned=max((test.tuned for test in tests), default=TUNED_LINES),
    )


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.phrases.package", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder that tune filled")
    parser.add_argument("--output", type=Path, required=True, help="the .argosmodel to write")
    parser.add_argument("--languages", nargs="+", default=["fr", "zh"], help="source languages")
    parser.add_argument("--version", default="0.1")
    parser.add_argument("--purpose", default=PURPOSE, help="what the model is good for")
    parser.add_argument("--licence", default=LICENCE)
    parser.add_argument("--mt", type=Path, help="folder of flores-dev.fr-en.fr and so on, to score")
    parser.add_argument("--score-lines", type=int, help="score only SCORE_LINES lines of each test")
    parser.add_argument(
        "--tuned-lines", type=int, default=TUNED_LINES, help="lines to leave out: those of tune"
    )
    parser.add_argument("--starter", type=Path, help="also unpack into this folder")
    options = parser.parse_args()
    card = Card(tuple(options.languages), options.version, options.purpose, options.licence)
    tests = choose_tests(card, options.mt, options.score_lines, options.tuned_lines)
    metadata = build_package(options.work, card, tests, options.output)
    print(json.dumps(metadata["corpus_norm"]["scores"], indent=1))
    print(f"{options.output}: {options.output.stat().st_size:,} bytes")
    if options.starter:
        unpack_starter(options.output, options.starter)


if __name__ == "__main__":
    main()
