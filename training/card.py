"""The model card: one page, filled from the records of preparation, training and evaluation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from training.settings import Shape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from training.evaluate import Row
    from training.settings import Work

    Scores = Mapping[str, Mapping[str, Any]]

NAMES = {"fr": "French", "zh": "Chinese", "en": "English"}

GATE = {"fr": 15.0, "zh": 8.0}
"""BLEU on flores-dev from which the library loads a model of ours by default; the library has the
same figures in ``corpus_norm.translation.models``, and a test compares them."""

_HEAD = """# {title}, version {version}

{purpose}

## Use

Meant for reading what a foreign news text says; not for publishing, law, medicine or any decision
about a person.  {gate}

## Quality

| language | test | lines | BLEU | chrF | numbers kept | empty | looping |
|---|---|---:|---:|---:|---:|---:|---:|
{quality}

BLEU and chrF are sacrebleu's.  For comparison, BLEU on flores-dev: Argos 1.9 has 40.8 (French) and
23.4 (Chinese), OPUS-MT 43.0 and 23.0.
"""

_PAGE = """{head}
## Data

{pairs:,} pairs after filtering.  *Weight*: copies of a pair per pass, in the main / final phase.

| source | domain | licence | pairs | English words | weight |
|---|---|---|---:|---:|---:|
{data}

Sentences of the test sets were removed by normalised text and by runs of eight shared words.

## Training

{training}

## Known failures

{failures}
"""


@dataclass(frozen=True, slots=True)
class Card:
    """The identity of a package; ``languages`` are Argos codes of the source languages."""

    languages: tuple[str, ...]
    version: str
    purpose: str
    licence: str

    @property
    def folder(self) -> str:
        """The name of the root folder, as Argos names it: ``translate-fr_en-0_1``."""
        return f"translate-{'_'.join(self.languages)}_en-{self.version.replace('.', '_')}"


def read_mixture(work: Work) -> dict[str, Any]:
    """Read the description of the data that ``prepare`` wrote."""
    mixture: dict[str, Any] = json.loads(work.mixture.read_text(encoding="utf-8"))
    return mixture


def summarize_data(work: Work) -> str:
    """Describe the data in one line for the metadata: how many pairs, sources, and licences."""
    groups = [g for g in read_mixture(work)["groups"] if g["pairs"]]
    licences = sorted({group["licence"] for group in groups} - {"made by rule"})
    pairs = sum(group["pairs"] for group in groups)
    return f"{pairs:,} sentence pairs from {len(groups)} sources under {'; '.join(licences)}"


def render(card: Card, work: Work, scores: Scores, failures: Sequence[Row]) -> str:
    """Write the README.md of the package."""
    groups = [g for g in read_mixture(work)["groups"] if g["pairs"]]
    return _PAGE.format(
        head=render_head(card, scores),
        pairs=sum(group["pairs"] for group in groups),
        data="\n".join(_data_row(group) for group in groups),
        training=describe_training(work),
        failures=describe_failures(failures),
    )


def render_head(card: Card, scores: Scores) -> str:
    """Write the head of a card: name, purpose, licence, use and quality."""
    names = " and ".join(NAMES.get(code, code) for code in card.languages)
    return _HEAD.format(
        title=f"{names} to English",
        version=card.version,
        purpose=f"{card.purpose}\n\nLicence: {card.licence}",
        gate=" ".join(describe_gate(code, scores) for code in card.languages),
        quality="\n".join(_quality_row(code, scores[code]) for code in scores)
        or "| not measured |",
    )


def describe_gate(code: str, scores: Scores) -> str:
    """Say whether the library uses the model by default for a language, and why."""
    name, needed = NAMES.get(code, code), GATE.get(code)
    bleu = scores.get(code, {}).get("flores_dev_bleu")
    if bleu is None or needed is None:
        return f"{name}: no score on flores-dev, so never a default."
    verdict = "used by default when no other is installed" if bleu >= needed else "on request only"
    return f"{name}: {verdict} ({bleu} BLEU; {needed:g} are needed)."


def describe_training(work: Work) -> str:
    """Describe the size of the model, and the cost and device of its training."""
    shape, way = Shape.load(work.shape), read_mixture(work)["way"]
    start = "from the encoder of multilingual-e5-small (MIT)" if way == "pretrained" else "anew"
    size = (
        f"Made with `training/` of corpus_norm, {start}: a transformer with "
        f"{shape.encoder_layers}+{shape.decoder_layers} layers of width {shape.width}, "
        f"{shape.vocabulary:,} target pieces, CTranslate2 in 8 bits."
    )
    if not work.log.exists():
        return size
    last = json.loads(work.log.read_text(encoding="utf-8").splitlines()[-1])
    return (
        f"{size}  It saw {last['pairs']:,} pairs in {last['step']:,} steps and "
        f"{last['total_minutes']:.0f} minutes on {last['device']}; "
        f"{last['bits_per_character']} bits per English character of held-out news."
    )


def _quality_row(code: str, row: Mapping[str, Any]) -> str:
    """The scores of a language as a row of the card's table."""
    return (
        f"| {NAMES.get(code, code)} | {row['test']} | {row['flores_dev_lines']} "
        f"| {row['flores_dev_bleu']} | {row['flores_dev_chrf']} | {row['numbers_kept']:.1%} "
        f"| {row['empty']:.1%} | {row['repeating']:.1%} |"
    )


def _data_row(group: Mapping[str, Any]) -> str:
    return (
        f"| {group['name']} | {group['domain']} | {group['licence']} | {group['pairs']:,} "
        f"| {group['words']:,} | {group['weight']:g} / {group['final']:g} |"
    )


def describe_failures(rows: Sequence[Row]) -> str:
    """List the failures, one a line."""
    if not rows:
        return "None recorded."
    return "\n".join(
        f"- {why}: “{_shorten(source)}” became “{_shorten(output)}”" for why, source, output in rows
    )


def _shorten(text: str, limit: int = 160) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
