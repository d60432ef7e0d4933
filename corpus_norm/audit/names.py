"""Names that are written by their sound: the same consonants in two spellings, or in Chinese.

``Poutine`` and ``Putin`` have the same consonants; so have 亨德里克斯 (heng de li ke si) and
``Hendricks``, if sounds that Chinese does not tell apart count as one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from corpus_norm.audit.words import Word

# Consonants of Latin spellings, those of more letters first.
_LATIN = (
    ("sch", "s"), ("tch", "s"), ("tsch", "s"), ("chr", "kr"), ("sh", "s"), ("ch", "s"), ("ph", "f"),
    ("th", "t"), ("kh", "k"), ("gh", "k"), ("ck", "k"), ("qu", "k"), ("dj", "s"), ("zh", "s"),
    ("tz", "s"), ("ts", "s"), ("ng", "n"), ("x", "s"), ("ks", "s"), ("ce", "s"), ("ci", "s"),
    ("cy", "s"), ("c", "k"), ("q", "k"), ("z", "s"), ("j", "s"), ("w", "f"), ("v", "f"),
)  # fmt: skip
_SOUNDS = str.maketrans("bdgrmzjqvw", "ptklnsssff")
_PINYIN = (("zh", "s"), ("ch", "s"), ("sh", "s"), ("ng", "n"))
_PINYIN_SOUNDS = str.maketrans("bdgrmzcjqxw", "ptklnsssssf")
_LEAST = 0.62
"""The least likeness of a name and the sound of Chinese characters."""
_LONGEST = 7
"""The most characters of a name."""
_SHORT = 2
_TH = "θ"
"""English th, which Chinese renders as s or as t."""
_WEAK = 0.5
_MOST_NAMES, _MOST_PLACES = 40, 200
"""So many names are looked for, among so many characters."""


# The commonest surnames of China, and the characters that most spelt foreign names consist of.
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏"
    "薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段钱汤尹黎易常武"
    "乔贺赖龚文习艾鄂"
)
_SPELLING = frozenset(
    "阿埃艾安奥巴贝比伯博布查茨达丹德迪蒂杜顿多厄恩尔法菲费弗福盖戈格古哈赫亨霍基吉加杰卡凯坎科克肯昆拉"
    "莱兰朗劳勒雷里利莉丽列林琳卢鲁伦罗洛马迈麦曼梅门蒙米密莫姆穆纳娜南内尼涅宁诺努帕庞佩皮平普奇恰乔切"
    "萨塞森桑沙舍什史斯苏索塔泰坦汤特廷图托瓦万威维韦温沃乌西希夏香谢辛雅亚延扬耶伊易因英尤约泽扎詹珍兹"
)
_NAME_SIZE = range(2, 4)


def is_spelt_name(run: str) -> bool:
    """Return whether Chinese characters that are no known words look like a name.

    >>> is_spelt_name("周星竹"), is_spelt_name("博索纳罗"), is_spelt_name("嘹亮")
    (True, True, False)
    """
    if run[0] in _SURNAMES and len(run) in _NAME_SIZE:
        return True
    return len(run) > 2 and _SPELLING.issuperset(run)


@lru_cache(maxsize=16384)
def spell(word: str) -> str:
    """Return the consonants of a name, its spelling aside.

    >>> spell("poutine") == spell("putin"), spell("gorbatchev") == spell("gorbachev")
    (True, True)
    """
    for letters, sound in _LATIN:
        word = word.replace(letters, sound)
    word = re.sub(r"[aeiouyh]", "", word[:1].replace("h", "H") + word[1:]).lower()
    return "".join(b for a, b in pairwise(" " + word) if a != b)


@lru_cache(maxsize=16384)
def latin_sound(word: str) -> str:
    """Return the consonants of a Latin name as Chinese tells them apart."""
    first = "h" if word[:1] == "h" else ""
    vowel = "" if first or word[:1] not in "aeiouy" else "a"
    sound = spell(word.replace("th", _TH)).lstrip("h").translate(_SOUNDS)
    return first + vowel + "".join(b for a, b in pairwise(" " + sound) if a != b)


@lru_cache(maxsize=2048)
def pinyin_sound(syllable: str) -> str:
    """Return the consonants of a syllable of Chinese, or ``a`` if it has none."""
    for letters, sound in _PINYIN:
        syllable = syllable.replace(letters, sound)
    sound = re.sub(r"[aeiouvy]", "", syllable).translate(_PINYIN_SOUNDS)
    return sound or "a"


@dataclass(frozen=True, slots=True)
class _Heard:
    """Chinese characters: the number of their word, whether it is unanswered, their readings."""

    words: Sequence[int]
    is_open: Sequence[bool]
    syllables: Sequence[tuple[str, ...]]
    sounds: Sequence[tuple[str, ...]]


def sounds_like(  # noqa: PLR0913, PLR0917 -- the two sides, and what answers them
    words: Sequence[Word],
    words_en: Sequence[Word],
    links: list[list[tuple[float, int]]],
    best: list[float],
    best_en: list[float],
    readings: Mapping[str, tuple[str, ...]],
) -> list[float]:
    """Link capitalised English words that nothing answers to Chinese characters of their sound.

    Return how much each English word sounds like the characters most like it.
    """
    likenesses = [0.0] * len(words_en)
    names = [
        j
        for j, word in enumerate(words_en)
        if best_en[j] < _WEAK and word.capital and len(word.form) > 1
    ]
    places = [(i, sign) for i, word in enumerate(words) if word.han for sign in word.form]
    if not names or not places:
        return likenesses
    syllables = [readings.get(sign, ()) for _, sign in places[:_MOST_PLACES]]
    sounds = [tuple(map(pinyin_sound, each)) for each in syllables]
    numbers = [i for i, _ in places]
    is_open = [best[i] < _WEAK for i in numbers]
    heard = _Heard(numbers, is_open, syllables, sounds)
    for j in names[:_MOST_NAMES]:
        likeness, span = _hear(words_en[j].form, heard)
        likenesses[j] = likeness
        if likeness >= _LEAST:
            best_en[j] = max(best_en[j], likeness)
            for i in dict.fromkeys(heard.words[span]):
                best[i] = max(best[i], likeness)
                links[i] = sorted([*links[i], (likeness, j)], key=lambda x: (-x[0], x[1]))
    return likenesses


def _hear(form: str, heard: _Heard) -> tuple[float, slice]:
    """Return how well the characters that sound most like a name do, and which they are."""
    wanted = latin_sound(form)
    best, span = 0.0, slice(0)
    for at in range(len(heard.sounds)):
        likeness, length = _match(wanted, form, at, heard)
        if likeness > best:
            best, span = likeness, slice(at, at + length)
    return best, span


def _match(wanted: str, form: str, at: int, heard: _Heard) -> tuple[float, int]:
    """Return how well the characters from a place sound like a name, and how many they are."""
    if spelled := _pinyin_length(form, at, heard.syllables):
        return 1.0, spelled
    if not heard.is_open[at]:
        return 0.0, 0
    done, here, extra = 0, at, 0
    while here < len(heard.sounds) and done < len(wanted) and here - at < _LONGEST:
        step = max((_step(wanted, done, sound) for sound in heard.sounds[here]), default=0)
        if not step:
            is_vowel = "a" in heard.sounds[here]
            if here == at or (not is_vowel and (extra or len(wanted) <= _SHORT)):
                break
            extra += not is_vowel
        done += step
        here += 1
    if not done:
        return 0.0, 0
    share = (done - 0.5 * extra) / (len(wanted) + 0.5 * extra)
    if len(wanted) <= _SHORT:
        share *= 0.8 if done == len(wanted) and here - at > 1 else 0.5
    return share, here - at


def _step(wanted: str, done: int, sound: str) -> int:
    """Return how many consonants of a name a syllable stands for."""
    if wanted.startswith(sound, done):
        return len(sound)
    if wanted[done] == sound[0] or (wanted[done] == _TH and sound[0] in "st"):
        return 1
    skips = wanted[done] in "lnh" and done + 1 < len(wanted) and wanted[done + 1] == sound[0]
    return 2 if skips else 0


def _pinyin_length(form: str, at: int, syllables: Sequence[tuple[str, ...]]) -> int:
    """Return how many characters a name spells in pinyin, 0 if it does not: guo, mingqi."""
    rest, count = form, 0
    while rest and at + count < len(syllables) and count < 3:
        found = next((s for s in syllables[at + count] if rest.startswith(s)), "")
        if not found:
            return 0
        rest, count = rest[len(found) :], count + 1
    return count if not rest else 0
