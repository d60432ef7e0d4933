"""``python -m training.boilerplate``: fit both models and write the weights file."""

from __future__ import annotations

import argparse
import hashlib
import json
from itertools import product
from pathlib import Path
from typing import Any

from training.boilerplate.samples import SAMPLERS, read_pages
from training.boilerplate.validation import Scheme, cross_validate, fit

FOLDER = Path("../shared/newsgold")
GOLD = [FOLDER / "dev.jsonl.gz", FOLDER / "fr_dev.jsonl.gz"]
LONG = frozenset({"trees", "networks"})
CARD = {
    "purpose": "is a block of a news page article text or page furniture",
    "features": "structure, punctuation, stopword density, lexicon hits, position; no words",
    "recipe": "python -m training.boilerplate",
    "data": "newsgold development part; pages and texts of it are not shipped",
    "licence": "Apache-2.0, as the library; data: see the details",
    "details": "training/boilerplate/README.md",
}


def main() -> None:
    """Fit the models on the gold file and write them; with ``--cross-validate`` report instead."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, nargs="+", default=GOLD, help="files of newsgold")
    parser.add_argument("--output", type=Path, default=Path("corpus_norm/boilerplate/weights.json"))
    parser.add_argument(
        "--exclude", nargs="*", default=["rundimeco/waddle"], help="origins not to train on"
    )
    parser.add_argument(
        "--cross-validate",
        nargs="+",
        choices=("site", "source"),
        help="report F1 on unseen sites or sources, in five nested folds; writes nothing",
    )
    parser.add_argument("--models", nargs="+", choices=list(SAMPLERS), default=list(SAMPLERS))
    parser.add_argument("--networks", type=int, help="fewer networks, for a quicker answer")
    parser.add_argument("--seed", type=int, nargs="+", default=[1])
    args = parser.parse_args()
    pages = [page for path in args.gold for page in read_pages(path)]
    if args.cross_validate:
        for seed, name, by in product(args.seed, args.models, args.cross_validate):
            cross_validate(name, pages, Scheme(by, seed, args.exclude, args.networks))
        return
    models = {}
    used = [page for page in pages if page["source_repo"] not in args.exclude]
    for name, sampler in SAMPLERS.items():
        models[name] = fit(
            name, [sample for page in used for sample in sampler(page)], args.seed[0]
        )
    origins = sorted({page["source_repo"] for page in used if page["gold_text"]})
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in args.gold)).hexdigest()
    card = {**CARD, "data_sha256": digest, "origins": origins, "excluded": args.exclude}
    args.output.write_text(write_json({"card": card, "models": models}), encoding="utf-8")
    print(f"{args.output}: {args.output.stat().st_size:,} bytes")


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
