"""``python -m training.evaluate``: measure how well a package translates, and print samples.

Works on any Argos package, and runs it as the library does: phrase tables, or
SentencePiece pieces straight into CTranslate2, with the same search settings.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import tempfile
import zipfile
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import ctranslate2
import sentencepiece

from corpus_norm.settings import TranslationSettings
from corpus_norm.translation.engines.phrases import STACK, load_translator
from corpus_norm.translation.models import PHRASES
from training.gather import read_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Row = tuple[str, str, str]

_SPACES = "\u0020\u00a0\u202f\u2009"
_NUMBER = re.compile(rf"\d+(?:[.,'’]\d+|[{_SPACES}]\d{{3}}(?!\d))*")
_LOOP = re.compile(r"\b(\w+(?:\W+\w+){0,3}?)(?:\W+\1\b){2,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Scores:
    """The result of :func:`evaluate`; shares are between 0 and 1.

    ``numbers_kept`` is a share of the ``with_numbers`` sentences whose source holds digits.
    ``repeating`` outputs have the same one to four words three times in a row; ``duplicates``
    are outputs that more than one source sentence got.
    """

    sentences: int
    bleu: float
    chrf: float
    with_numbers: int
    numbers_kept: float
    empty: float
    repeating: float
    duplicates: float


@contextlib.contextmanager
def open_package(path: Path) -> Iterator[Path]:
    """Yield the root folder of a package, which is a folder or an ``.argosmodel`` file."""
    if path.is_dir():
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
        (root,) = Path(folder).iterdir()
        yield root


def translate(package: Path, sentences: Sequence[str], language: str) -> list[str]:
    """Translate with the package in the folder ``package``, one output per sentence.

    ``language`` is the Argos code of the source, for phrase tables of several languages.
    """
    options = TranslationSettings()
    if (package / PHRASES).is_file():
        found = load_translator(package, language).translate(sentences, STACK * options.beam_size)
        return [each.text for each in found]
    processor = sentencepiece.SentencePieceProcessor(
        model_file=str(package / "sentencepiece.model")
    )
    translator = ctranslate2.Translator(str(package / "model"), device="cpu", intra_threads=1)
    results = translator.translate_batch(
        [processor.encode(sentence, out_type=str) for sentence in sentences],
        beam_size=options.beam_size,
        length_penalty=options.length_penalty,
        max_batch_size=options.batch_tokens,
        batch_type="tokens",
        max_input_length=0,
        max_decoding_length=options.max_output_tokens,
        replace_unknowns=True,
    )
    # the target may have pieces of its own; the tokenizer leaves the "▁" of those it does not know
    texts = [str(processor.decode_pieces(result.hypotheses[0])) for result in results]
    return [text.replace("▁", " ").strip() for text in texts]


def find_numbers(text: str) -> Counter[str]:
    """Count the numbers of ``text``, whatever their separators.

    >>> find_numbers("700 000 $ et 1,5 %") == find_numbers("$700,000 and 1.5 %")
    True
    >>> find_numbers("en 2008, 2009")
    Counter({'2008': 1, '2009': 1})
    """
    return Counter(re.sub(r"\D", "", number) for number in _NUMBER.findall(text))


def keeps_numbers(source: str, output: str) -> bool:
    """Tell whether every number of ``source`` is in ``output``, at least as often.

    >>> keeps_numbers("13 milliards en 2023", "13 billion in 2023"), keeps_numbers("7", "seven")
    (True, False)
    """
    return find_numbers(source) <= find_numbers(output)


def is_repeating(output: str) -> bool:
    """Tell whether ``output`` has the same one to four words three times in a row.

    >>> is_repeating("of the world, of the world, of the world"), is_repeating("no, no!")
    (True, False)
    """
    return _LOOP.search(output) is not None


def score(sources: Sequence[str], outputs: Sequence[str], references: Sequence[str]) -> Scores:
    """Compare outputs with references; BLEU (13a) and chrF are sacrebleu's."""
    try:
        import sacrebleu
    except ModuleNotFoundError as error:
        message = "sacrebleu is missing; run: pip install -r training/requirements.txt"
        raise SystemExit(message) from error

    numbered = [i for i, source in enumerate(sources) if find_numbers(source)]
    kept = sum(keeps_numbers(sources[i], outputs[i]) for i in numbered)
    givers: dict[str, set[str]] = {}
    for source, output in zip(sources, outputs, strict=True):
        givers.setdefault(output, set()).add(source)
    total = len(sources)
    return Scores(
        sentences=total,
        bleu=round(sacrebleu.corpus_bleu(outputs, [references]).score, 2),
        chrf=round(sacrebleu.corpus_chrf(outputs, [references]).score, 2),
        with_numbers=len(numbered),
        numbers_kept=round(kept / max(1, len(numbered)), 3),
        empty=round(sum(not output.strip() for output in outputs) / total, 3),
        repeating=round(sum(map(is_repeating, outputs)) / total, 3),
        duplicates=round(sum(len(givers[output]) > 1 for output in outputs) / total, 3),
    )


def find_failures(rows: Sequence[tuple[str, str, str]], each: int = 2) -> list[Row]:
    """Find the shortest examples of each kind of failure: name, source, output.

    >>> find_failures([("En 2023", "In 2032", "In 2023"), ("Oui", "Yes", "Yes")])
    [('a number is lost or changed', 'En 2023', 'In 2032')]
    """
    kinds: dict[str, Callable[[Row], bool]] = {
        "a number is lost or changed": lambda row: not keeps_numbers(row[0], row[1]),
        "words are repeated": lambda row: is_repeating(row[1]),
        "nothing comes out": lambda row: not row[1].strip(),
        "half is missing": lambda row: len(row[1]) < 0.4 * len(row[2]),
    }
    ranked = sorted(rows, key=lambda row: (len(row[0]), row[0]))
    return [
        (why, row[0], row[1])
        for why, fails in kinds.items()
        for row in [row for row in ranked if fails(row)][:each]
    ]


def score_by_length(
    rows: Sequence[tuple[str, str, str]], bounds: Sequence[int] = (60, 120, 200)
) -> list[tuple[str, Scores]]:
    """Yield the scores of rows by the length class of their reference, in characters."""
    classes: dict[str, list[tuple[str, str, str]]] = {}
    names = [*(f"up to {bound}" for bound in bounds), f"over {bounds[-1]}"]
    for name in names:
        classes[name] = []
    for row in rows:
        place = sum(len(row[2]) > bound for bound in bounds)
        classes[names[place]].append(row)
    return [
        (name, score(*(list(side) for side in zip(*part, strict=True))))
        for name, part in classes.items()
        if part
    ]


def choose_lines(limit: int | None, skip: int = 0) -> slice:
    """Choose ``limit`` lines or all, after the first ``skip``.

    >>> choose_lines(20, skip=150)
    slice(150, 170, None)
    """
    return slice(skip, None if limit is None else skip + limit)


def read_sentences(path: Path, lines: slice | None = None) -> list[str]:
    """Read one sentence per line: the chosen ``lines``, or all."""
    return [line.rstrip("\r\n") for line in read_lines(path)][lines or slice(None)]


def evaluate(
    package: Path,
    source: Path,
    reference: Path,
    lines: slice | None = None,
    language: str = "",
) -> tuple[Scores, list[tuple[str, str, str]]]:
    """Score the package; also return (source, output, reference) of every sentence.

    The ``language`` is that of the source file's name (``test.fr``) if none is given; only the
    chosen ``lines`` count.
    """
    sources, references = (read_sentences(path, lines) for path in (source, reference))
    if not sources or len(sources) != len(references):
        after = f" after line {lines.start}" if lines and lines.start else ""
        counts = f"{source} has {len(sources)} lines{after}, {reference} has {len(references)}"
        raise SystemExit(f"{counts}; give two files of equal length with one sentence a line")
    with open_package(package) as root:
        outputs = translate(root, sources, language or source.suffix[1:])
    return (
        score(sources, outputs, references),
        list(zip(sources, outputs, references, strict=True)),
    )


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("package", type=Path, help=".argosmodel file or package folder")
    parser.add_argument("--source", type=Path, required=True, help="one sentence a line")
    parser.add_argument("--reference", type=Path, required=True, help="their translations")
    parser.add_argument("--limit", type=int, help="use only LIMIT lines")
    parser.add_argument("--skip", type=int, default=0, help="leave out the first SKIP lines")
    parser.add_argument("--samples", type=int, default=20, help="sentences to print")
    options = parser.parse_args()
    scores, rows = evaluate(
        options.package,
        options.source,
        options.reference,
        choose_lines(options.limit, options.skip),
    )
    print(json.dumps(asdict(scores), indent=1))
    for name, part in score_by_length(rows):
        print(f"{name:>12} characters: {part.sentences:5} lines  BLEU {part.bleu:5.2f}")
    for source, output, reference in rows[:: max(1, len(rows) // options.samples)]:
        print(f"\nsource     {source}\noutput     {output}\nreference  {reference}")


if __name__ == "__main__":
    main()
