"""``python -m training.prepare``: turn parallel text into filtered token arrays.

Reads the sources of ``sources.toml``, filters and weighs them, adds made pairs, and writes the
pairs as arrays of small integers, so that training starts in seconds on a machine that has
neither the text nor the tokenizers.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import random
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import sentencepiece

from training import pretrained, tokenizer
from training.arrays import Table, save_table
from training.gather import (
    Group,
    add_made_pairs,
    gather,
    hash_file,
    split_validation,
    thin,
    weigh,
)
from training.settings import Preparation, Shape, Work
from training.sources import SHIPPED, TERMS, Source, choose_sources, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from training.sources import Domain

    Pair = tuple[str, str]

_BATCH = 50_000
_TOKENIZER_SENTENCES = 400_000


def prepare(
    files: Sequence[tuple[Source, Path]],
    domains: dict[str, Domain],
    exclude: Sequence[Path],
    work: Work,
    choices: Preparation,
) -> dict[str, object]:
    """Fill the work folder; write the report there and return it."""
    work.arrays.mkdir(parents=True, exist_ok=True)
    mixture = collect(files, domains, exclude, choices)
    groups, weights = mixture.groups, mixture.weights
    source_pieces = learn_tokenizers(groups, weights, work, choices)
    rows = [(i, pair) for i, group in enumerate(groups) for pair in group.pairs]
    random.Random(choices.seed).shuffle(rows)
    sizes, characters = {}, 0
    for part, part_rows in (("train", rows), ("valid", mixture.valid)):
        table, characters = encode(part_rows, work, choices.max_pieces)
        save_table(table, work.arrays, part, choices.shard_tokens)
        sizes[part] = len(table)
    write_mixture(work, mixture, characters, choices.way, source_pieces)
    report: dict[str, object] = {
        "data": {path.name: hash_file(path) for _, path in files},
        "held_out": {path.name: hash_file(path) for path in exclude},
        "verdicts": {g.source.name: g.verdicts for g in groups if g.verdicts},
        "pairs": sizes,
        "bytes": sum(path.stat().st_size for path in work.arrays.iterdir()),
        "choices": asdict(choices),
    }
    write_json(work.report, report)
    return report


@dataclass(slots=True)
class Mixture:
    """Groups of pairs, their weights in both phases, and the pairs set aside, with their group.

    ``kept`` is the share of the pairs of each thinned group that is left.
    """

    groups: list[Group]
    weights: list[float]
    finals: list[float]
    valid: list[tuple[int, Pair]]
    kept: dict[int, float] = field(default_factory=dict)

    def thin(self, group: int, keep: float) -> None:
        """Keep a share of the pairs of a group, and draw these more often in turn."""
        self.kept[group] = self.kept.get(group, 1.0) * keep
        thin(self.groups[group], self.kept[group])  # by a hash: the same share again does nothing
        if keep > 0:
            self.weights[group] /= keep
            self.finals[group] /= keep


def collect(
    files: Sequence[tuple[Source, Path]],
    domains: dict[str, Domain],
    exclude: Sequence[Path],
    choices: Preparation,
) -> Mixture:
    """Read, filter and weigh all pairs, without those that training would hardly draw."""
    groups = gather(files, domains, exclude, choices)
    valid = split_validation(groups, choices.validation)
    add_made_pairs(groups, choices)
    weights, finals = (weigh(groups, domains, phase) for phase in ("weight", "final"))
    mixture = Mixture(groups, weights, finals, valid)
    for i in range(len(groups)):
        mixture.thin(i, min(1.0, choices.passes * max(weights[i], finals[i])))
    return mixture


def write_mixture(
    work: Work, mixture: Mixture, characters: int, way: str, source_pieces: int
) -> None:
    """Write ``mixture.json``: the groups, and the sizes of the model."""
    rows = zip(mixture.groups, mixture.weights, mixture.finals, strict=True)
    content = {
        "way": way,
        "validation_characters": characters,
        "shape": asdict(base_shape(work, source_pieces)),
        "groups": [describe(*row) for row in rows],
    }
    write_json(work.mixture, content)


def describe(group: Group, weight: float, final: float) -> dict[str, object]:
    """Describe a group for ``mixture.json`` and the model card."""
    return {
        **asdict(group.source),
        "pairs": len(group.pairs),
        "words": group.words,
        "weight": round(weight, 4),
        "final": round(final, 4),
    }


def sample(groups: Sequence[Group], weights: Sequence[float], side: int) -> Iterator[str]:
    """Sample the sentences of one side in proportion to the weights, to learn a vocabulary."""
    total = sum(len(g.pairs) * w for g, w in zip(groups, weights, strict=True))
    scale = min(1.0, _TOKENIZER_SENTENCES / total)
    for group, weight in zip(groups, weights, strict=True):
        share = min(1.0, weight * scale)
        step = max(1, round(1 / share)) if share else 0
        if step:
            yield from (pair[side] for pair in group.pairs[::step])


def learn_tokenizers(
    groups: Sequence[Group], weights: Sequence[float], work: Work, choices: Preparation
) -> int:
    """Write the tokenizers and the pruned encoder; return its number of source pieces, or 0."""
    work.target_tokenizer.unlink(missing_ok=True)
    work.encoder.unlink(missing_ok=True)
    if choices.way == "fresh":
        both = itertools.chain(sample(groups, weights, 0), sample(groups, weights, 1))
        tokenizer.learn(both, work.tokenizer, choices.vocabulary)
        return 0
    tokenizer.learn(sample(groups, weights, 1), work.target_tokenizer, choices.vocabulary)
    checkpoint = pretrained.read_checkpoint(pretrained.find_file())
    # XLM-R normalises with NFKC and a few additions, the rules that sentencepiece calls nmt_nfkc
    tokenizer.learn(["abc"] * 9, work.tokenizer, 8, rules="nmt_nfkc")
    settings = work.tokenizer.read_bytes()
    first = 1 + max(checkpoint.sizes.unknown, checkpoint.sizes.end, checkpoint.sizes.pad)
    pieces = checkpoint.pieces[first:]
    counts = tokenizer.count_pieces(sample(groups, weights, 0), pieces, settings)
    chosen = tokenizer.choose_pieces(pieces, counts, choices.source_vocabulary)
    work.tokenizer.write_bytes(tokenizer.build([pieces[i] for i in chosen], settings))
    sizes = checkpoint.sizes
    special = [sizes.unknown, sizes.begin, sizes.end]
    arrays = pretrained.prune(checkpoint, [*special, *(first + i for i in chosen)])
    np.savez(work.encoder, **arrays)
    return len(special) + len(chosen)


def base_shape(work: Work, source_pieces: int) -> Shape:
    """Return the sizes that follow from the vocabularies and the pretrained encoder."""
    if not source_pieces:
        return Shape(len(tokenizer.list_pieces(work.tokenizer)))
    sizes = pretrained.read_checkpoint(pretrained.find_file()).sizes
    return Shape(
        len(tokenizer.list_pieces(work.target_tokenizer)),
        width=sizes.width,
        heads=sizes.heads // 2,
        hidden=sizes.hidden,
        encoder_layers=sizes.layers,
        decoder_layers=3,
        source_vocabulary=source_pieces,
        encoder_heads=sizes.heads,
        positions=sizes.positions,
        norm_epsilon=sizes.epsilon,
    )


def encode(rows: Sequence[tuple[int, Pair]], work: Work, max_pieces: int) -> tuple[Table, int]:
    """Split pairs into pieces, drop long ones, and count the English characters kept."""
    own = work.target_tokenizer if work.target_tokenizer.exists() else work.tokenizer
    left, right = (
        sentencepiece.SentencePieceProcessor(model_file=str(path)) for path in (work.tokenizer, own)
    )
    sources: list[list[int]] = []
    targets: list[list[int]] = []
    groups, characters = [], 0
    for start in range(0, len(rows), _BATCH):
        part = rows[start : start + _BATCH]
        encoded = zip(
            part,
            left.encode([pair[0] for _, pair in part]),
            right.encode([pair[1] for _, pair in part]),
            strict=True,
        )
        for (group, pair), source, target in encoded:
            if source and target and max(len(source), len(target)) <= max_pieces:
                sources.append(source)
                targets.append(target)
                groups.append(group)
                characters += len(pair[1])
    return Table.from_rows(sources, targets, groups), characters


def find_files(
    folder: Path, languages: Sequence[str], terms: Sequence[str], extra: Sequence[str]
) -> list[tuple[Source, Path]]:
    """List the files of the table and the ``extra`` ones, ``DOMAIN=fr-en.NAME.tsv.gz``."""
    chosen = choose_sources(read_table()[1], languages, terms)
    files = [(source, folder / f"{source.name}.tsv.gz") for source in chosen]
    for item in extra:
        domain, _, name = item.partition("=")
        stem = Path(name).name.removesuffix(".gz").removesuffix(".tsv")
        files.append(
            (Source(stem, stem.split("-")[0], domain, "open", "see its origin"), Path(name))
        )
    if missing := [path.name for _, path in files if not path.is_file()]:
        raise SystemExit(f"{folder} lacks {', '.join(missing)}; drop them from sources.toml")
    return files


def write_json(path: Path, content: object) -> None:
    """Write readable JSON."""
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.prepare", description=__doc__)
    parser.add_argument("--parallel", type=Path, required=True, help="folder of NAME.tsv.gz files")
    parser.add_argument("--languages", nargs="+", default=["fr", "zh"], help="fr zh")
    parser.add_argument("--terms", nargs="+", default=list(SHIPPED), choices=TERMS[:3])
    parser.add_argument("--extra", nargs="*", default=[], metavar="DOMAIN=fr-en.NAME.tsv.gz")
    parser.add_argument("--exclude", nargs="*", type=Path, default=[], help="held-out text files")
    parser.add_argument("--work", type=Path, required=True, help="folder outside the repository")
    parser.add_argument("--reverse", action="store_true", help="prepare to translate from English")
    default = asdict(Preparation())
    for option in default:
        if option not in {"limits", "reverse"}:
            flag = f"--{option.replace('_', '-')}"
            parser.add_argument(flag, type=type(default[option]), default=default[option])
    options = vars(parser.parse_args())
    choices = Preparation(**{name: options[name] for name in default if name != "limits"})
    files = find_files(
        options["parallel"], options["languages"], options["terms"], options["extra"]
    )
    report = prepare(files, read_table()[0], options["exclude"], Work(options["work"]), choices)
    print(json.dumps({name: report[name] for name in ("pairs", "bytes")}, indent=1))
    print(f"arrays to upload: {math.ceil(int(str(report['bytes'])) / 2**20)} MiB")


if __name__ == "__main__":
    main()
