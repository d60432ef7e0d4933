"""The script that a text is in, where letters of several stand side by side."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus_norm.language.latin import find_words
from corpus_norm.language.scripts import WIDE_SCRIPTS
from corpus_norm.language.words import load_words
from corpus_norm.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

# A Latin name inside Chinese or Greek is far commoner than a Han or Greek word inside English.
_OVER_LATIN = 2.5
_WIDE_OVER_LATIN = 6.0
# A loan sign (の in a shop's name) does not make Chinese Japanese.
_LEAST_KANA_SHARE = 0.2
# Any other kana between Han characters is an ending or a particle.
_LEAST_INFLECTED = 0.1
# Names of products, in a title of a few Han characters, are no sign of English.
_OVER_NAMES = 15.0
TITLE = 120  # characters
_HEADLINE = 40
_BRAND_WORDS = frozenset({"mini", "plus", "beta", "pro", "max", "ultra", "air", "lite"})
_HAN = re.compile(r"[\u3400-\u9fff]")
_BRACKETS = re.compile(r"[(（][^()（）]{1,40}[)）]")


def find_script(text: str, scripts: Mapping[str, int]) -> str:
    """The script (ISO 15924) of most of a text, from the counts of its letters; "" without any.

    >>> find_script("Apple 发布 iPhone 15 Pro", {"Latn": 14, "Hani": 2})
    'Hani'
    >>> find_script("Nvidia (英伟达) shares rise", {"Latn": 16, "Hani": 3})
    'Latn'
    """
    if len(scripts) == 1:
        return next(iter(scripts))
    han = scripts.get("Hani", 0)
    kana = scripts.get("Hira", 0) + scripts.get("Kana", 0)
    counts = dict(scripts)
    loans = text.count("の") if scripts.get("Hira") else 0
    inflected = scripts.get("Hira", 0) - loans if len(text) <= _HEADLINE else 0
    if kana > _LEAST_KANA_SHARE * (han + kana) or inflected > _LEAST_INFLECTED * (han + kana):
        counts["Hira"] = han + kana
        counts.pop("Hani", None)
    latin = counts.pop("Latn", 0)
    best = max(counts, key=lambda name: (counts[name], name), default="")
    factor = _WIDE_OVER_LATIN if best in WIDE_SCRIPTS else _OVER_LATIN
    if best == "Hani" and latin > _OVER_LATIN * counts[best] and len(text) <= TITLE:
        factor = _OVER_NAMES if _has_only_names(text) else _OVER_LATIN
    return best if best and counts[best] * factor >= latin else "Latn" if latin else ""


def _has_only_names(text: str) -> bool:
    """Whether the Latin words beside Han characters are names: none is a common word.

    What is in brackets explains a name, whatever its script.
    """
    if len(_HAN.findall(_BRACKETS.sub("", text))) < 2:
        return False
    words = find_words(text)
    known = frozenset().union(*(t.stopwords for t in LANGUAGES.values() if t.script == "Latn"))
    common = {word for word in words if word.islower() and len(word) > 2} - _BRAND_WORDS
    small = {word.lower() for word in words if len(word) > 1} - _BRAND_WORDS
    return known.isdisjoint(small) and not any(
        load_words().weigh(word, code) > 0.0 for word in common for code in ("en", "fr")
    )
