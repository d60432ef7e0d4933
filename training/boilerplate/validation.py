"""Nested cross-validation of the models, on sites and on sources that they were not trained on.

A page is scored by a model that saw no page of its site (or of its source).  What is chosen by
looking at scores, the costs of the decoder and the share of the networks, is chosen for each fold
on the pages of the other folds, so no choice is judged on the pages that it was made on (Varma and
Simon 2006, "Bias in error estimation when using cross-validation for model selection").  The folds
are drawn anew with each seed.  An interval is that of 95 % of samples of whole sites or sources,
drawn with replacement (Efron and Tibshirani 1993): pages of one site are not independent.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from corpus_norm.boilerplate.model import decode, read_model
from corpus_norm.boilerplate.vectors import Pages
from training.boilerplate.samples import SAMPLERS, name_site
from training.boilerplate.trees import COSTS, fit_trees

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from corpus_norm.boilerplate.features import Column
    from training.boilerplate.samples import Sample

By: TypeAlias = Literal["site", "source"]
Count: TypeAlias = "NDArray[np.int64]"

FOLDS = 5
VIEWS = ("whole page", "pasted")
LEANINGS = (-0.3, 0.0, 0.3)
INTERRUPTIONS = (0.5, 1.0, 1.5)
LENGTHS = (0.0, 1.0)
SHARES = (0.3, 0.5, 0.7)
BARRED = -7.0  # as in Model.predict
RESAMPLES = 1_000
NETWORKS = MappingProxyType({"text": 2, "html": 0})  # the mean of two varies less than one
NETWORK_SHARE = 0.5


def fit(
    name: str, samples: Sequence[Sample], seed: int, networks: int | None = None
) -> dict[str, Any]:
    """Fit the model ``name``; return it in the format of ``model.read_model``.

    ``networks`` is their number; None for that of the shipped model.
    """
    number = NETWORKS[name] if networks is None else min(networks, NETWORKS[name])
    fitted = []
    if number:
        from training.boilerplate.network import fit_network  # PyTorch is slow to import

        fitted = [fit_network(samples, 10 * seed + each) for each in range(number)]
    return {
        **fit_trees(name, samples, seed),
        "network_share": NETWORK_SHARE if fitted else 0.0,
        "networks": fitted,
    }


@dataclass(frozen=True, slots=True)
class Scheme:
    """How to validate: what is unseen, the seed of the folds and fits, what is never trained on.

    ``networks`` is the number of networks to fit; None for that of the shipped model.
    """

    by: By
    seed: int
    exclude: Sequence[str]
    networks: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen by scores: the costs of the decoder, and the share of the networks."""

    leaning: float
    interruption: float
    for_length: float
    share: float


@dataclass(frozen=True, slots=True)
class View:
    """A view of a page with the log-odds of models that never saw its group."""

    language: str
    number: int
    group: str
    trees: Column
    networks: Column | None
    sample: Sample

    def count(self, choice: Choice, per_block: float) -> Count:
        """Return the true positives, the predicted rows and the true rows."""
        odds = self.trees
        if self.networks is not None:
            odds = odds + choice.share * (self.networks - odds)
        odds = np.where(self.sample.barred, BARRED, odds) + choice.leaning
        length = choice.for_length * max(0.0, float(np.log(len(odds) / 60)))
        predicted = decode(odds, choice.interruption + length, per_block)
        counted, truth = self.sample.weight > 0, self.sample.is_body
        hits = (predicted & truth, predicted, truth)
        return np.array([np.sum(hit & counted) for hit in hits])


def cross_validate(name: str, pages: Sequence[dict[str, Any]], scheme: Scheme) -> None:
    """Print the F1 of body rows of unseen sites or sources, by language and view."""
    views = list(score_out_of_fold(name, pages, scheme))
    choices = list_choices(name)
    per_block = COSTS[name]["per_block"]
    counts = [{choice: view.count(choice, per_block) for choice in choices} for _, view in views]
    chosen = [_choose(views, counts, choices, fold) for fold in range(FOLDS)]
    groups: dict[tuple[int, str], list[tuple[str, Count]]] = defaultdict(list)
    shipped: dict[tuple[int, str], list[Count]] = defaultdict(list)
    for (fold, view), count in zip(views, counts, strict=True):
        groups[view.number, view.language].append((view.group, count[chosen[fold]]))
        shipped[view.number, view.language].append(count[choices[0]])
    for (number, language), found in sorted(groups.items()):
        low, high = find_interval(found)
        own = [count for _, count in found]
        by_page = np.mean([measure([count]) for count in own])
        print(
            f"{name}, {VIEWS[number]}, {language}, by {scheme.by}, seed {scheme.seed}: "
            f"{len(found)} pages of {len({group for group, _ in found})} {scheme.by}s, "
            f"rows {measure(own):.3f} ({low:.3f} to {high:.3f}), pages {by_page:.3f}; "
            f"costs as shipped {measure(shipped[number, language]):.3f}",
            flush=True,
        )
    print(f"{name}, chosen by {scheme.by}: {Counter(chosen).most_common(2)}")


def list_choices(name: str) -> list[Choice]:
    """List the choices to compare; the first one is that of the shipped model."""
    costs = COSTS[name]
    shipped = Choice(costs["leaning"], costs["interruption"], costs["for_length"], 0.5)
    every = map(Choice, *zip(*product(LEANINGS, INTERRUPTIONS, LENGTHS, SHARES), strict=True))
    return list(dict.fromkeys([shipped, *every]))


def assign_folds(pages: Sequence[dict[str, Any]], scheme: Scheme) -> list[int]:
    """Assign each page to a fold with the others of its site, or of its source.

    Sites are drawn by hash.  Sources are few and unequal, so each, from the largest down, goes to
    the fold with the fewest pages; sources never trained on are drawn by site, for the load only.
    """
    seed = scheme.seed
    if scheme.by == "site":
        return [_draw(name_site(page), seed) for page in pages]
    sizes = Counter(p["source_repo"] for p in pages if p["source_repo"] not in scheme.exclude)
    load, fold = [0] * FOLDS, dict[str, int]()
    for source in sorted(sizes, key=lambda each: (-sizes[each], _draw(each, seed), each)):
        fold[source] = load.index(min(load))
        load[fold[source]] += sizes[source]
    return [fold.get(page["source_repo"], _draw(name_site(page), seed)) for page in pages]


def _draw(name: str, seed: int) -> int:
    return int(hashlib.sha256(f"{seed}:{name}".encode()).hexdigest(), 16) % FOLDS


def score_out_of_fold(
    name: str, pages: Sequence[dict[str, Any]], scheme: Scheme
) -> Iterator[tuple[int, View]]:
    """Yield the views of each page with their fold and log-odds, fold by fold."""
    folds = assign_folds(pages, scheme)
    sampled = [list(SAMPLERS[name](page)) for page in pages]
    for fold in range(FOLDS):
        train = [
            sample
            for page, samples, own in zip(pages, sampled, folds, strict=True)
            if own != fold and page["source_repo"] not in scheme.exclude
            for sample in samples
        ]
        model = read_model(fit(name, train, scheme.seed, scheme.networks))
        for page, samples, own in zip(pages, sampled, folds, strict=True):
            group = name_site(page) if scheme.by == "site" else page["source_repo"]
            for number, sample in enumerate(samples[: len(VIEWS)] if own == fold else ()):
                trees, _ = model.trees.weigh(sample.table)
                rows = Pages.of_sizes([len(sample.table)])
                nets = [network.weigh(sample.table, rows) for network in model.networks]
                mean = np.mean(nets, axis=0) if nets else None
                yield fold, View(page["language"], number, group, trees, mean, sample)


def _choose(
    views: Sequence[tuple[int, View]],
    counts: Sequence[dict[Choice, Count]],
    choices: Sequence[Choice],
    fold: int,
) -> Choice:
    """Return the choice with the best mean of F1 over languages and views outside a fold."""
    outside: dict[tuple[int, str], list[dict[Choice, Count]]] = defaultdict(list)
    for (own, view), count in zip(views, counts, strict=True):
        if own != fold:
            outside[view.number, view.language].append(count)
    return max(
        choices,
        key=lambda choice: np.mean(
            [measure([each[choice] for each in some]) for some in outside.values()]
        ),
    )


def measure(counts: Sequence[Count]) -> float:
    """Return the F1 of pooled counts: true positives, predicted rows and true rows.

    >>> measure([np.array([3, 4, 4]), np.array([1, 1, 1])])
    0.8
    """
    both, predicted, body = np.sum(counts, axis=0).tolist()
    return 2 * both / (predicted + body) if predicted + body else 0.0


def find_interval(found: Sequence[tuple[str, Count]]) -> tuple[float, float]:
    """Return the ends of the 95 % interval of F1 over samples of groups."""
    groups: dict[str, Count] = {}
    for group, count in found:
        groups[group] = groups.get(group, np.zeros(3, dtype=np.int64)) + count
    totals, rng = [groups[group] for group in sorted(groups)], random.Random(1)
    scores = [measure(rng.choices(totals, k=len(totals))) for _ in range(RESAMPLES)]
    low, high = np.percentile(scores, [2.5, 97.5]).tolist()
    return low, high
