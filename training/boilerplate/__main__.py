"""``python -m training.boilerplate``: fit both models and write the weights file."""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus_norm.boilerplate.model import read_model
from training.boilerplate.network import fit_network
from training.boilerplate.samples import number_fold, read_pages, sample_html, sample_text
from training.boilerplate.trees import fit_trees

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus_norm.boilerplate.model import Model
    from training.boilerplate.samples import Sample

FOLDS = 5
VIEWS = ("whole page", "pasted")
SAMPLERS = {"text": sample_text, "html": sample_html}
NETWORKS = {"text": 2, "html": 0}  # the mean of two varies less than one
NETWORK_SHARE = 0.5
LONG = frozenset({"trees", "networks"})
CARD = {
    "purpose": "is a block of a news page article text or page furniture",
    "features": "structure, punctuation, stopword density, lexicon hits, position; no words",
    "recipe": "python -m training.boilerplate",
    "data": "newsgold development part; pages and texts of it are not shipped",
    "licence": "Apache-2.0, as the library; data under CC-BY-4.0, Apache-2.0 and MIT",
    "details": "training/boilerplate/README.md",
}


def main() -> None:
    """Fit the models on the gold file and write them; with ``--cross-validate`` report instead."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, default=Path("../shared/newsgold/dev.jsonl.gz"))
    parser.add_argument("--output", type=Path, default=Path("corpus_norm/boilerplate/weights.json"))
    parser.add_argument(
        "--exclude", nargs="*", default=["rundimeco/waddle"], help="origins not to train on"
    )
    parser.add_argument(
        "--cross-validate", action="store_true", help="five folds by site; writes nothing"
    )
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    pages = read_pages(args.gold)
    if args.cross_validate:
        for name in SAMPLERS:
            cross_validate(name, pages, args.exclude, args.seed)
        return
    models = {}
    used = [page for page in pages if page["source_repo"] not in args.exclude]
    for name, sampler in SAMPLERS.items():
        models[name] = fit(name, [sample for page in used for sample in sampler(page)], args.seed)
    origins = sorted({page["source_repo"] for page in used if page["gold_text"]})
    digest = hashlib.sha256(args.gold.read_bytes()).hexdigest()
    card = {**CARD, "data_sha256": digest, "origins": origins, "excluded": args.exclude}
    args.output.write_text(write_json({"card": card, "models": models}), encoding="utf-8")
    print(f"{args.output}: {args.output.stat().st_size:,} bytes")


def fit(name: str, samples: Sequence[Sample], seed: int) -> dict[str, Any]:
    """Fit the model ``name``; return it in the format of ``model.read_model``."""
    seeds = range(10 * seed, 10 * seed + NETWORKS[name])
    return {
        **fit_trees(name, samples, seed),
        "network_share": NETWORK_SHARE if seeds else 0.0,
        "networks": [fit_network(samples, network_seed) for network_seed in seeds],
    }


def cross_validate(
    name: str, pages: Sequence[dict[str, Any]], exclude: Sequence[str], seed: int
) -> None:
    """Measure F1 of the class body over rows, on sites that were not trained on.

    For plain text the figures are those of the scorer of newsgold, for the whole page and pasted.
    For HTML, where that scorer compares texts, they are of pieces.
    """
    sampled = [(page, list(SAMPLERS[name](page))) for page in pages]
    counts: dict[tuple[int, str], list[int]] = {}
    for fold in range(FOLDS):
        train: list[Sample] = [
            sample
            for page, samples in sampled
            if number_fold(page, FOLDS) != fold and page["source_repo"] not in exclude
            for sample in samples
        ]
        model = read_model(fit(name, train, seed))
        for page, samples in sampled:
            if number_fold(page, FOLDS) != fold:
                continue
            for view, sample in enumerate(samples[: len(VIEWS)]):
                _count(model, sample, counts.setdefault((view, page["language"]), [0, 0, 0]))
    for (view, language), (both, predicted, body) in sorted(counts.items()):
        print(f"{name}, {VIEWS[view]}, {language}: row F1 {2 * both / (predicted + body):.3f}")


def _count(model: Model, sample: Sample, count: list[int]) -> None:
    """Add true positives, predicted rows and true rows to ``count``."""
    [prediction] = model.predict(sample.table, sample.columns, sample.barred)
    predicted = prediction.in_body
    counted = sample.weight > 0
    for index, hit in enumerate((predicted & sample.is_body, predicted, sample.is_body)):
        count[index] += int(np.sum(hit & counted))


def write_json(value: dict[str, Any]) -> str:
    """Write one tree or network a line, so that a diff can be read."""
    models = ",\n".join(
        f'"{name}": {_write_model(model)}' for name, model in value["models"].items()
    )
    return f'{{"card": {json.dumps(value["card"], indent=1)},\n"models": {{\n{models}\n}}}}\n'


def _write_model(model: dict[str, Any]) -> str:
    fields = []
    for key, field in model.items():
        if key in LONG:
            lines = ",\n".join(json.dumps(item, separators=(",", ":")) for item in field)
            fields.append(f'"{key}": [\n{lines}\n]')
        else:
            fields.append(f'"{key}": {json.dumps(field)}')
    return f"{{{', '.join(fields)}}}"


if __name__ == "__main__":
    main()
