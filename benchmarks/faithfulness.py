"""Measure the audit of translations on planted errors and on human translations.

``python -m benchmarks.faithfulness [--mt ../shared/mt] [--show]`` prints all tables; ``--planted``
only faults planted in human translations, ``--quality`` the score by who translated, ``--growth``
the CPU time of the audit by the length of the sentence.

Planted errors: each sentence of ``tests/data/faithfulness`` has a faithful translation and one with
a single error.  The audit was written with ``dev``; ``check`` was written after the audit.  Human
translations are nearly always faithful, so nearly every flag on them is a false alarm.  The
baseline is the usual check of translation tools, which compares the digits of both sides.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.planting import FAULTS, OTHER_SENTENCE
from benchmarks.translators import compare_translators
from corpus_norm.audit import audit
from corpus_norm.labels import Flag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Check = Callable[[str, str, str], bool]
    Make = Callable[[int], str]

PLANTED = Path(__file__).parent.parent / "tests" / "data" / "faithfulness"
AMOUNTS = ("scale", "amount", "missing", "added", "currency", "percent", "date")
AMOUNT_FLAGS = {
    Flag.AMOUNT_CHANGED,
    Flag.AMOUNT_MISSING,
    Flag.AMOUNT_ADDED,
    Flag.UNIT_CHANGED,
    Flag.DATE_CHANGED,
}
HUMAN = {
    "flores-dev.fr-en": "fr",
    "newstest2014.fr-en": "fr",
    "flores-dev.zh-en": "zh",
    "newstest2021.zh-en": "zh",
}


GROWTH_SIZES = (5_000, 10_000, 20_000)


def repeat(text: str) -> Make:
    """Return a function that makes a text of a given size by repetition."""
    return lambda size: (text * (size // len(text) + 1))[:size]


def count(pattern: str, step: int = 1) -> Make:
    """Return a function that makes a text of a given size whose numbers all differ."""
    return lambda size: "".join(pattern.format(i * step) for i in range(size // 6))[:size]


# Repetitive sentences, whose audit might take more than linear time, and their English.
GROWING: dict[str, tuple[Make, Make]] = {
    "le 12 mars 2020": (repeat("le 12 mars 2020 "), repeat("March 12, 2020 ")),
    "2020年3月12日": (repeat("2020年3月12日"), repeat("March 12, 2020 ")),
    "the same, copied": (repeat("le 12 mars 2020 "), repeat("le 12 mars 2020 ")),
    "Han dates, copied": (repeat("2020年3月12日"), repeat("2020年3月12日")),
    "years": (repeat("2020 "), repeat("2020 ")),
    "other years": (repeat("2020 "), repeat("2021 ")),
    "percents": (repeat("5 % "), repeat("5% ")),
    "ranges": (repeat("3 à 5 "), repeat("3 to 5 ")),
    "Han ranges": (repeat("3至5、"), repeat("3-5, ")),
    "Han numerals": (repeat("五百人"), repeat("500 people ")),
    "Han digits": (repeat("二"), repeat("2 ")),
    "digits with spaces": (repeat("1 234 "), repeat("1,234 ")),
    "single digits": (repeat("1 "), repeat("1 ")),
    "all different": (count("{} "), count("{} ", 7)),
    "sizes": (count("1{} km, "), count("1{} miles, ")),
    "negative": (repeat("moins 5 % "), repeat("minus 5% ")),
    "times": (repeat("à 15 h 30, "), repeat("at 3:30 p.m., ")),
    "scores": (repeat("21:19, "), repeat("21-18, ")),
    "discounts": (repeat("打七折,"), repeat("30% off, ")),
    "articles": (repeat("un "), repeat("ten ")),
    "scale words": (repeat("million "), repeat("million ")),
    "Roman numerals": (repeat("V "), repeat("V ")),
    "months": (repeat("mars "), repeat("March ")),
    "names": (count("OpenAI{} "), count("ClosedAI{} ")),
    "names of persons": (repeat("Sam Altman "), repeat("Sam Oldman ")),
    "capitals": (repeat("A"), repeat("Sam A")),
    "addresses": (count("http://a.b/{} "), count("http://a.c/{} ")),
    "negations": (repeat("il ne vient pas "), repeat("he does not come ")),
    "quotations": (repeat("« ab "), repeat('"ab" ')),
    "open quotation marks": (repeat("“"), repeat("«")),
    "spaces": (repeat("5" + " " * 999), repeat("5" + " " * 999)),
}


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mt", type=Path, default=Path("../shared/mt"), help="human translations")
    parser.add_argument("--show", action="store_true", help="print missed errors and false alarms")
    parser.add_argument("--growth", action="store_true", help="print only the growth table")
    parser.add_argument("--planted", action="store_true", help="print only planted faults")
    parser.add_argument("--quality", action="store_true", help="the score by who translated")
    parser.add_argument("--parallel", type=Path, default=Path("../shared/parallel"))
    parser.add_argument("--lines", type=int, default=100_000, help="the most lines of a set")
    args = parser.parse_args()
    if args.growth:
        print_growth()
        return
    if args.planted:
        for name, language in HUMAN.items():
            if pairs := read_pairs(args.mt, name, language):
                score_faults(name, language, pairs[: args.lines])
        return
    if args.quality:
        compare_translators(args.parallel, args.lines)
        return
    for half in ("dev", "check"):
        score_planted(half, show=args.show)
    for name, language in HUMAN.items():
        if pairs := read_pairs(args.mt, name, language):
            score_human(name, language, pairs)
            score_changed(language, pairs)
            score_faults(name, language, pairs[: args.lines])


def print_growth() -> None:
    """Print the CPU time of one audit by the characters of each side; linear time doubles."""
    sizes = "".join(f"{size:>10,}" for size in GROWTH_SIZES)
    print(f"{'seconds of CPU, by characters':32}{sizes}{'growth':>10}")
    for name, makers in GROWING.items():
        language = "zh-Hans" if re.search(r"[\u3400-\u9fff]", makers[0](50)) else "fr"
        seconds = [time_audit(makers, size, language) for size in GROWTH_SIZES]
        cells = "".join(f"{each:10.2f}" for each in seconds)
        print(f"{name:32}{cells}{seconds[2] / max(seconds[0], 0.001):9.1f}x", flush=True)


def time_audit(makers: tuple[Make, Make], size: int, language: str) -> float:
    """Return the CPU seconds of one audit."""
    source, english = (make(size) for make in makers)
    start = time.process_time()
    audit(source, english, language)
    return time.process_time() - start


def flagged(source: str, english: str, language: str) -> bool:
    """Return whether our audit flags a pair."""
    return not audit(source, english, language).passed


def digits_differ(source: str, english: str, _language: str) -> bool:
    """Return whether the digits of both sides differ, in any order: the usual check."""
    numerals = (re.findall(r"\d+", text) for text in (source, english))
    one, other = (sorted(each) for each in numerals)
    return one != other


CHECKS: dict[str, Check] = {"ours": flagged, "digits": digits_differ}


def score_planted(half: str, *, show: bool = False) -> None:
    """Print the errors found and the false alarms, by kind."""
    counts: Counter[tuple[str, str]] = Counter()
    for path in sorted(PLANTED.glob(f"*-{half}.tsv")):
        language = path.stem.split("-")[0]
        for row in read_rows(path):
            groups = [row["kind"], "all", *(["amounts"] if row["kind"] in AMOUNTS else [])]
            for name, check in CHECKS.items():
                hit = check(row["source"], row["wrong"], language)
                alarm = check(row["source"], row["faithful"], language)
                counts.update((group, f"{name} found") for group in groups if hit)
                counts.update((group, f"{name} alarm") for group in groups if alarm)
                if show and name == "ours" and (alarm or not hit):
                    print("false alarm" if alarm else "missed", row)
            counts.update((group, "n") for group in groups)
    print(f"\nplanted errors, {half}: found, and false alarms on the faithful English")
    print(f"{'kind':12}{'n':>5}" + "".join(f"{name:>16}" for name in CHECKS))
    kinds = dict.fromkeys(kind for kind, _ in counts)
    for kind in sorted(kinds, key=lambda k: (k in {"amounts", "all"}, -counts[k, "n"], k)):
        total = counts[kind, "n"]
        cells = (
            f"{counts[kind, f'{name} found'] / total:9.1%}"
            f"{counts[kind, f'{name} alarm'] / total:7.1%}"
            for name in CHECKS
        )
        print(f"{kind:12}{total:5}" + "".join(cells))


def score_human(name: str, language: str, pairs: list[tuple[str, str]]) -> None:
    """Print the flags on human translations, by flag, and the time taken."""
    start = time.process_time()
    audits = [audit(source, english, language) for source, english in pairs]
    seconds = time.process_time() - start
    flags = Counter(flag.value for each in audits for flag in each.flags)
    digits = sum(digits_differ(source, english, language) for source, english in pairs)
    share = sum(not each.passed for each in audits) / len(pairs)
    print(f"\n{name}: {len(pairs):,} human translations, {share:.2%} flagged")
    about = sum(bool(AMOUNT_FLAGS & set(each.flags)) for each in audits) / len(pairs)
    print(f"  an amount, unit or date flagged in {about:.2%}")
    print(
        f"  {seconds / len(pairs) * 1e3:.2f} ms of CPU a pair; digits differ in "
        f"{digits / len(pairs):.2%}"
    )
    for flag, count in flags.most_common():
        print(f"  {flag:16}{count:5}{count / len(pairs):8.2%}")


def score_changed(language: str, pairs: list[tuple[str, str]]) -> None:
    """Change one numeral of each human translation, and print the share that the audit finds.

    Only translations without a flag count, and only numerals that the audit had to compare.
    """
    draw = random.Random(20)  # noqa: S311 -- which digit is changed is no secret
    counts: Counter[str] = Counter()
    for source, english in pairs:
        audited = audit(source, english, language)
        if not audited.passed:
            continue
        amounts = [pair.english for pair in audited.amounts if pair.english]
        places = [
            place.start() + amount.start
            for amount in amounts
            for place in re.finditer(r"\d", amount.text)
        ]
        if not places:
            continue
        place = draw.choice(places)
        digit = draw.choice([d for d in "123456789" if d != english[place]])
        changed = english[:place] + digit + english[place + 1 :]
        counts["n"] += 1
        counts["found"] += flagged(source, changed, language)
        counts["digits"] += digits_differ(source, changed, language)
    if counts["n"]:
        found, digits = counts["found"] / counts["n"], counts["digits"] / counts["n"]
        print(f"  a digit changed in {counts['n']:,}: found {found:.1%}, by digits {digits:.1%}")


def score_faults(name: str, language: str, pairs: list[tuple[str, str]]) -> None:
    """Print the share of planted faults that is flagged, of those in pairs without a flag."""
    draw = random.Random(7)  # noqa: S311 -- which word is changed is no secret
    found: dict[str, list[bool]] = {kind: [] for kind in [*FAULTS, "other sentence"]}
    alarms = 0
    for i, (source, english) in enumerate(pairs):
        if flagged(source, english, language):
            alarms += 1
            continue
        for kind, (_, plant) in FAULTS.items():
            wrong = plant(english, draw)
            if wrong and wrong != english:
                found[kind].append(flagged(source, wrong, language))
        other = pairs[(i + 7) % len(pairs)][1]
        found["other sentence"].append(flagged(source, other, language))
    print(f"\n{name}: {len(pairs):,} human translations, {alarms / len(pairs):.1%} flagged")
    for kind, hits in found.items():
        if hits:
            aim = FAULTS[kind][0] if kind in FAULTS else OTHER_SENTENCE
            print(f"  {kind:22}{len(hits):6}{sum(hits) / len(hits):8.0%}  aim {aim} %", flush=True)


def read_pairs(folder: Path, name: str, language: str) -> list[tuple[str, str]]:
    """Read a set of human translations; empty, with a message, if it is not there."""
    source, english = (folder / f"{name}.{side}" for side in (language, "en"))
    if source.exists() and english.exists():
        return list(zip(read_lines(source), read_lines(english), strict=True))
    print(f"\n{name} is not in {folder}; not scored")
    return []


def read_lines(path: Path) -> list[str]:
    """Read the lines of a file; only a line feed ends a line."""
    return path.read_text("utf-8").removesuffix("\n").split("\n")


def read_rows(path: Path) -> Iterable[dict[str, str]]:
    """Read the rows of a table of planted errors."""
    with path.open(encoding="utf-8") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


if __name__ == "__main__":
    main()
