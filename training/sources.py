"""The table of sources in ``sources.toml``: the files and their weights."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

TABLE = Path(__file__).parent / "sources.toml"
TERMS = ("open", "research", "unclear", "non-commercial")
SHIPPED = ("open",)
"""Terms accepted by default; ``non-commercial`` is never accepted."""


@dataclass(frozen=True, slots=True)
class Domain:
    """A kind of text: copies of a pair per pass, in the main and the final phase.

    ``cap`` is the largest share of all English words that the domain may have.
    """

    name: str
    weight: float
    final: float
    cap: float = 1.0


@dataclass(frozen=True, slots=True)
class Source:
    """One file of parallel text, ``{name}.tsv.gz``."""

    name: str
    language: str
    domain: str
    terms: str
    licence: str
    origin: str = ""


def read_table(path: Path = TABLE) -> tuple[dict[str, Domain], list[Source]]:
    """Read the domains, by name, and the sources.

    >>> domains, sources = read_table()
    >>> {source.domain for source in sources} <= set(domains)
    True
    """
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    domains = {name: Domain(name, **values) for name, values in table["domains"].items()}
    sources = [Source(**entry) for entry in table["sources"]]
    for source in sources:
        if source.terms not in TERMS or source.domain not in domains:
            raise ValueError(f"{path}: {source.name} has unknown terms or an unknown domain")
    return domains, sources


def choose_sources(
    sources: Iterable[Source],
    languages: Collection[str],
    terms: Collection[str] = SHIPPED,
) -> list[Source]:
    """Return the sources of the given languages whose terms are among ``terms``.

    >>> chosen = choose_sources(read_table()[1], ["fr", "zh"])
    >>> {source.terms for source in chosen}
    {'open'}
    """
    if "non-commercial" in terms:
        raise ValueError("non-commercial sources are not used for models that are shipped")
    return [s for s in sources if s.language in languages and s.terms in terms]


def limit_weights(
    words: Mapping[str, float], wanted: Mapping[str, float], caps: Mapping[str, float]
) -> dict[str, float]:
    """Lower the ``wanted`` weights of domains until every cap on the share of words holds.

    ``words`` counts the English words of each domain.  Domains without a cap keep their weight.

    >>> limit_weights({"news": 80, "law": 80}, {"news": 1, "law": 1}, {"law": 0.2})
    {'news': 1, 'law': 0.25}
    """
    weights = dict(wanted)
    capped: set[str] = set()
    while True:
        mass = {name: words[name] * weights[name] for name in words}
        total = sum(mass.values())
        over = {n for n in words if mass[n] > caps.get(n, 1.0) * total * (1 + 1e-9)} - capped
        if not over:
            return weights
        capped |= over
        free = sum(mass[name] for name in words if name not in capped)
        room = 1 - sum(caps[name] for name in capped)
        if free <= 0 or room <= 0:  # all domains are capped: keep their weights
            return weights
        for name in capped:
            weights[name] = caps[name] * free / room / words[name]
