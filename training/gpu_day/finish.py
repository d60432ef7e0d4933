"""Package what came back, and compare it with the starter model on both development sets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from training.card import Card
from training.evaluate import choose_lines, evaluate
from training.package import LICENCE, PURPOSE, build_package, choose_tests, unpack_starter
from training.settings import TUNED_LINES
from training.transfer import join

if TYPE_CHECKING:
    from training.settings import Work

STARTERS = Path(__file__).resolve().parents[2] / "corpus_norm" / "starter"
SETS = {
    "fr": ("flores-dev.fr-en", "newstest2014.fr-en"),
    "zh": ("flores-dev.zh-en", "newstest2021.zh-en"),
}
_VERSION = "0.2"


@dataclass(frozen=True, slots=True)
class Comparison:
    """BLEU of two models on one set, on lines that no weight was tuned on."""

    name: str
    new: float
    old: float

    @property
    def is_better(self) -> bool:
        """Whether the new model scores higher."""
        return self.new > self.old


def finish(
    results: Path,
    work: Work,
    mt: Path,
    *,
    limit: int | None = None,
    install: bool = False,
) -> list[Comparison]:
    """Package the weights, print BLEU on every set, and install the model if it always wins."""
    work.folder.mkdir(parents=True, exist_ok=True)
    join(results, work)
    card = Card(tuple(SETS), _VERSION, PURPOSE, LICENCE)
    package = work.folder / "starter.argosmodel"
    build_package(work, card, choose_tests(card, mt, limit), package)
    print(f"{package}: {package.stat().st_size:,} bytes")
    (old,) = STARTERS.glob("translate-*")
    compared = [
        Comparison(stem, _score(package, mt, stem, limit), _score(old, mt, stem, limit))
        for stems in SETS.values()
        for stem in stems
    ]
    for each in compared:
        verdict = "better" if each.is_better else "not better"
        print(f"{each.name:<20} network {each.new:5.2f}  starter {each.old:5.2f}  {verdict}")
    if all(each.is_better for each in compared):
        print("The network is better on every set.")
        if install:
            unpack_starter(package, STARTERS)
    else:
        print("The starter model stays.")
    return compared


def _score(package: Path, mt: Path, stem: str, limit: int | None) -> float:
    language = stem[-5:-3]
    lines = choose_lines(limit, TUNED_LINES)
    scores, _ = evaluate(package, mt / f"{stem}.{language}", mt / f"{stem}.en", lines, language)
    return scores.bleu
