"""Words that the phrase table lacks: French inflections, and Chinese names and rare words.

A Chinese word that is cut into characters comes out as nonsense, a character at a time.  A
dictionary has English for many such words; names of people that none has are spelled in pinyin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from corpus_norm.languages.record import words
from corpus_norm.translation.engines.phrases.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from corpus_norm.translation.engines.phrases.table import PhraseTable

# Endings of French words, each with an ending to replace it by in the search for a known word:
# number and gender first, then the infinitive of regular verbs, then that of irregular ones.
_ENDINGS = (
    *(("s", ""), ("", "s"), ("x", ""), ("e", ""), ("es", ""), ("", "e"), ("aux", "al")),
    *(("ées", "é"), ("ennes", "en"), ("enne", "en"), ("elle", "el"), ("elles", "el")),
    *(("euse", "eux"), ("euses", "eux"), ("ive", "if"), ("ives", "if"), ("ère", "er")),
    *(("é", "er"), ("ée", "er"), ("és", "er"), ("ées", "er"), ("e", "er"), ("es", "er")),
    *(("ent", "er"), ("ait", "er"), ("aient", "er"), ("ant", "er"), ("era", "er")),
    *(("eront", "er"), ("erait", "er"), ("eraient", "er"), ("èrent", "er"), ("a", "er")),
    *(("ais", "er"), ("ons", "er"), ("ions", "er"), ("ez", "er"), ("iez", "er"), ("ai", "er")),
    *(("eait", "er"), ("eaient", "er"), ("eant", "er"), ("ça", "cer"), ("çait", "cer")),
    *(("çaient", "cer"), ("ie", "yer"), ("ient", "yer"), ("iera", "yer"), ("ieront", "yer")),
    *(("tte", "ter"), ("ttent", "ter"), ("ttera", "ter"), ("tteront", "ter"), ("lle", "ler")),
    *(("llent", "ler"), ("llera", "ler"), ("lleront", "ler"), ("tteraient", "ter")),
    *(("issait", "ir"), ("issaient", "ir"), ("issant", "ir"), ("issent", "ir"), ("isse", "ir")),
    *(("it", "ir"), ("i", "ir"), ("ie", "ir"), ("is", "ir"), ("ies", "ir"), ("irent", "ir")),
    *(("ait", "ir"), ("aient", "ir"), ("ant", "ir"), ("ent", "ir"), ("ient", "ir")),
    *(("a", ""), ("ont", ""), ("ait", ""), ("aient", ""), ("a", "e"), ("ont", "e")),
    *(("ait", "e"), ("aient", "e"), ("ait", "re"), ("aient", "re"), ("ant", "re"), ("ent", "re")),
    *(("it", "re"), ("irent", "re"), ("u", "re"), ("ue", "re"), ("us", "re"), ("ues", "re")),
    *(("ait", "dre"), ("aient", "dre"), ("ant", "dre"), ("nent", "dre"), ("ne", "dre")),
    *(
        ("sait", "re"),
        ("saient", "re"),
        ("sais", "re"),
        ("sant", "re"),
        ("sent", "re"),
        ("se", "re"),
    ),
)
_LEAST_STEM = 4  # letters


def french_variants(form: str) -> Iterator[str]:
    """Yield possible forms of the same word: other number or gender first, then the infinitive.

    >>> list(french_variants("martiennes"))[:3]
    ['martienne', 'martienness', 'martienn']
    >>> [verb for verb in french_variants("reprenait") if verb == "reprendre"]
    ['reprendre']
    """
    for ending, other in _ENDINGS:
        if form.endswith(ending) and len(form) - len(ending) >= _LEAST_STEM:
            yield form.removesuffix(ending) + other


def close_compounds(tokens: Tokens, table: PhraseTable) -> Tokens:
    """Write French compounds without their hyphen where the table knows only that spelling.

    ``semi-conducteurs`` is ``semiconducteurs``, and no driver of any kind.
    """
    forms, copies, at = [], [], 0
    while at < len(tokens.forms):
        parts = tokens.forms[at : at + 3]
        closed = "".join(parts[::2])
        known = _is_compound(parts) and table.knows([closed, f"{closed}s"]).any()
        if known and not table.has(parts):
            forms.append(closed)
            copies.append(closed)
            at += 3
            continue
        forms.append(tokens.forms[at])
        copies.append(tokens.copies[at])
        at += 1
    return Tokens(tuple(forms), tuple(copies))


def _is_compound(parts: Sequence[str]) -> bool:
    return len(parts) == 3 and parts[1] == "-" and parts[0].isalpha() and parts[2].isalpha()


_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜"
    "戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶"
    "洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧"
    "甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫"
) | words("欧阳 司马 上官 诸葛 司徒 东方 独孤 南宫 夏侯 皇甫 慕容")
# Characters that write foreign names by their sound.
_SOUNDS = frozenset(
    "阿埃艾安奥巴班贝本比宾波伯勃博布查达戴德登迪蒂丁杜敦多厄恩尔法菲费芬弗福夫盖冈格戈哥葛古圭哈汉赫亨霍基吉"
    "加贾杰金卡凯坎考科克肯孔库昆拉莱赖兰朗劳勒雷黎里理利莉丽列林琳卢鲁路伦罗洛马玛迈曼梅门米密莫默姆穆拿娜纳内尼"
    "宁努诺欧帕派潘庞佩蓬皮平蒲普奇齐契乔切琼萨塞赛桑森沙尚绍舍圣施什史斯司丝思索苏塔泰坦汤特提图托瓦万旺威韦维魏温"
    "文翁沃乌伍武希西锡夏香肖谢辛欣休许逊雅亚延扬耶叶伊因英尤约扎泽詹珍治朱兹佐"
)
# Characters of ordinary words, so they begin no given name.
_ORDINARY = frozenset(
    "的了是在不和与也都就说为有将对被把从向到以及或而但等会可能要还很更最各每该此其他她它们这那哪谁我你您个名位年月日时分"
    "上下中里外前后内间称任则曾已又再却因所由于让使给跟同比当没未无非两三四五六七八九十一二"
)
_BEFORE = words(
    "总统 主席 总理 首相 书记 部长 局长 市长 省长 县长 校长 院长 会长 董事长 总裁 总经理 经理 "
    "主任 教授 博士 医生 记者 导演 演员 歌手 球员 教练 主教练 选手 队长 律师 法官 议员 发言人 "
    "创始人 学生 老师 丈夫 妻子 儿子 女儿 民警 司机 作家 诗人 画家 主持人 研究员 专家 学者 "
    "院士 校友 代表 委员 大使 将军 女星 男星 叫 名叫 通讯员 市民 村民 居民 游客 网友 顾客"
)
_AFTER = words(
    "说 表示 告诉 介绍 认为 指出 称 强调 透露 回忆 坦言 先生 女士 教授 老师 同志 医生 博士 摄 "
    "报道 出任 担任 当选 坚信 补充 解释 写道 回应 呼吁 宣布"
)
_LEAST_SOUNDS = 3  # characters
_SYLLABLES = 2  # characters of a rare word that may be part of a longer name
_COMMON = 20  # occurrences in the training text


@dataclass(frozen=True, slots=True)
class RareWords:
    """English of Chinese words that the phrase table lacks, and the pinyin of characters.

    ``common`` words of two characters are no part of a name that is written by its sound.
    """

    glosses: Mapping[str, str]
    pinyin: Mapping[str, str]
    common: frozenset[str] = frozenset()

    @classmethod
    def read(cls, folder: Path, code: str, counts: Mapping[str, int]) -> Self:
        """Read the two files of a model's folder, which may have neither.

        ``counts`` are the frequencies of the segmenter's words.
        """
        glosses = _read_pairs(folder / f"{code}.glosses.txt")
        syllables = _read_pairs(folder / f"{code}.pinyin.txt")
        return cls(
            glosses,
            {sign: said for said, signs in syllables.items() for sign in signs},
            frozenset(
                word
                for word, count in counts.items()
                if len(word) == _SYLLABLES and count > _COMMON
            ),
        )

    def rewrite(self, tokens: Tokens) -> Tokens:
        """Join the characters of names, and put English or pinyin where a token may be copied.

        >>> rare = RareWords({"白厅": "Whitehall"}, {"王": "wang", "鑫": "xin"})
        >>> rare.rewrite(Tokens(("王", "鑫", "说", "白厅"), ("王", "鑫", "说", "白厅"))).copies
        ('Wang Xin', '说', 'Whitehall')
        """
        forms, copies = [], []
        at = 0
        while at < len(tokens.forms):
            end = self._end_of_name(tokens.forms, at)
            if end > at:
                parts = tokens.forms[at:end]
                forms.append("".join(parts))
                copies.append(self._spell(parts))
                at = end
                continue
            form, copy = tokens.forms[at], tokens.copies[at]
            forms.append(form)
            copies.append(self.glosses.get(form) or (self._spell([form]) if form == copy else copy))
            at += 1
        return Tokens(tuple(forms), tuple(copies))

    def _end_of_name(self, forms: Sequence[str], at: int) -> int:
        """Return the end of the name that begins at a token, or ``at`` if there is none."""
        if not self.pinyin:
            return at
        end = at
        while end < len(forms) and self._is_sound(forms[end]):
            end += 1
        if sum(map(len, forms[at:end])) >= _LEAST_SOUNDS and end > at + 1:
            return end
        if forms[at] not in _SURNAMES:
            return at
        end = at + 1
        while end < min(len(forms), at + 3) and self._is_given(forms[end]):
            end += 1
        called = at > 0 and forms[at - 1] in _BEFORE
        speaks = end < len(forms) and forms[end] in _AFTER
        return end if end > at + 1 and (called or speaks) else at

    def _is_sound(self, form: str) -> bool:
        return len(form) <= _SYLLABLES and _SOUNDS.issuperset(form) and form not in self.common

    def _is_given(self, form: str) -> bool:
        return len(form) == 1 and form in self.pinyin and form not in _ORDINARY | _AFTER

    def _spell(self, parts: Sequence[str]) -> str:
        """Spell a name in pinyin: one word, or surname and given name."""
        text = "".join(parts)
        if not text or any(sign not in self.pinyin for sign in text):
            return text
        if parts[0] in _SURNAMES and 1 < len(text) <= _LEAST_SOUNDS and len(parts) > 1:
            given = "".join(self.pinyin[sign] for sign in text[len(parts[0]) :])
            return f"{self._spell([parts[0]])} {given.capitalize()}"
        return "".join(self.pinyin[sign] for sign in text).capitalize()


def _read_pairs(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = path.read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines)
