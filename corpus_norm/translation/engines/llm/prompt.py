"""The prompt for the translation of one sentence, and the parsing of the answer.

The instruction and the examples come first and are the same for every sentence of a language, so a
server reads them once and caches them.  :data:`VERSION` is part of every recipe; increase it with
any change of the prompt.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus_norm.languages import get_language

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    Message = Mapping[str, str]

VERSION = 5

CONTEXT_CHARACTERS = 240
"""The most characters of the paragraph before a sentence in a prompt."""

_INSTRUCTION = (
    "You translate {language} news into English, sentence by sentence. Write only the English "
    "translation of the last sentence: complete, faithful, every name and number kept."
)
_AGAIN = "Translate it word for word. Leave nothing out, and write every word and name in English."

EXAMPLES: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "French": (
            (
                "Le groupe a perdu 1.2 billion d’euros en 2022, selon Les Échos.",
                "The group lost 1.2 billion euros in 2022, according to Les Échos.",
            ),
            (
                "« Rien n’est décidé », a déclaré la ministre.",
                "“Nothing has been decided,” the minister said.",
            ),
            (
                "Née à Lyon en 1971, elle a étudié les maths avant d’entrer dans la police.",
                "Born in Lyon in 1971, she studied maths before she joined the police.",
            ),
        ),
        "Chinese": (
            (
                "据新华社报道，该公司去年亏损1.2 billion元。",
                "The company lost 1.2 billion yuan last year, Xinhua reported.",
            ),
            (
                "部长表示：“目前尚未作出决定。”",
                "“Nothing has been decided yet,” the minister said.",
            ),
            (
                "她1971年出生于上海，加入警队之前学习数学。",
                "Born in Shanghai in 1971, she studied maths before she joined the police.",
            ),
        ),
    }
)
"""Examples by language, with amounts already in English, as in the sentences of a prompt.

Other languages get the French examples, which show the form.
"""

LATIN_LINE = r"root ::= [^\n\u2e80-\uffef\U00020000-\U0003ffff]+"
"""A grammar for llama.cpp (GBNF): one line without Chinese, Japanese or Korean characters.

The model takes its most probable token that is allowed, so answers without such characters do not
change.
"""

# The start of a control token (<|im_end|>, <eos>, [INST]); a space after it makes it plain text.
_CONTROL = re.compile(r"<(?=[|/\w｜])|\[(?=/?[A-Z_]+\])")
_UNDONE = re.compile(r"([<\[]) (?=[|/\w｜])")
_LATIN_NAME = re.compile(r"[A-ZÀ-Þ][A-Za-zÀ-ɏ'’.-]*(?: [A-ZÀ-Þ][A-Za-zÀ-ɏ'’.-]*)*")
_MONTHS = "|".join(get_language("en").numbers.month_names)
_FIGURE = re.compile(
    rf"(?:(?:{_MONTHS}) )?\d+(?:[.,:]\d+)*"
    r"(?:\s?%| (?:thousand|(?:m|b|tr)illion)(?![a-z])| [ap]\.m\.|(?:st|nd|rd|th)(?![a-z]))?"
)
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_HAN = re.compile("[㐀-鿿]")
# The dateline of a Chinese report, such as 新华社北京7月25日电（记者余俊杰）, and its text.
_DATELINE = re.compile(
    r"(?P<place>[^，。；：！？“（(\d][^，。；：！？“\d]{1,20})"
    r"(?P<day>(?:\d{1,2}月)?\d{1,2}日)[电電讯訊](?: ?(?P<by>[（(][^）)]{1,40}[）)]))?"
    r"\s*(?P<text>\S.{9,})"
)
_QUOTES = MappingProxyType({'"': '"', "“": "”", "«": "»", "「": "」"})


MOST_NAMES = 5
"""The most names whose English a prompt gives."""

_LEAST_NAME = 3  # characters: shorter names are well known, or parts of other words


@dataclass(frozen=True)
class Names:
    """Names in Chinese and their English, for prompts.

    >>> Names({"普林塞萨港": "Puerto Princesa"}).find("驶往普林塞萨港。")
    [('普林塞萨港', 'Puerto Princesa')]
    """

    english: Mapping[str, str]

    @classmethod
    def read(cls, path: Path) -> Names:
        """Read the names in a file of words, each with a tab and its English (of CC-CEDICT)."""
        pairs = (line.split("\t") for line in path.read_text("utf-8").splitlines())
        return cls(
            {
                word: english.partition(" (")[0]
                for word, english in pairs
                if english[:1].isupper() and len(word) >= _LEAST_NAME
            }
        )

    @cached_property
    def digest(self) -> str:
        """A digest of the names; prompts differ with it."""
        return hashlib.sha256(repr(sorted(self.english.items())).encode()).hexdigest()[:8]

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self.english), default=0)

    def find(self, text: str) -> list[tuple[str, str]]:
        """Return the first names in a text; of overlapping ones the first, of those the longest."""
        found: dict[str, str] = {}
        start = 0
        while start < len(text) and len(found) < MOST_NAMES:
            ends = range(min(len(text), start + self._longest), start, -1)
            name = next((text[start:end] for end in ends if text[start:end] in self.english), "")
            if name:
                found[name] = self.english[name]
            start += len(name) or 1
        return list(found.items())


NO_NAMES = Names({})


def build_messages(
    language: str, text: str, context: str = "", names: Names = NO_NAMES, *, again: bool = False
) -> list[Message]:
    r"""Return the messages that ask for the English of one sentence.

    Args:
        language: the English name of its language.
        text: the sentence, with amounts and dates in English (see
            :func:`~corpus_norm.translation.masking.write_amounts`).
        context: the text before it in its paragraph.
        names: those whose English is given if they are in the sentence.
        again: ask for a second, word-for-word translation, and name what it must contain.

    >>> [message["role"] for message in build_messages("French", "Il pleut.")][-3:]
    ['user', 'assistant', 'user']
    >>> build_messages("French", "Elle <eos>.", "Marie est partie.")[-1]["content"]
    '(Marie est partie.)\nElle < eos>.'
    """
    examples = EXAMPLES.get(language, EXAMPLES["French"])
    messages = [{"role": "system", "content": _INSTRUCTION.format(language=language)}]
    for source, english in examples:
        messages.append({"role": "user", "content": source})
        messages.append({"role": "assistant", "content": english})
    given = ", ".join(f"{name} = {english}" for name, english in names.find(text))
    asked = "\n".join([*(f"({shown})" for shown in (context, given) if shown), text])
    asked = _CONTROL.sub(r"\g<0> ", asked)
    if again:
        kept = ", ".join(find_kept(text))
        asked += f"\n\n({_AGAIN}{kept and f' Keep: {kept}.'})"
    return [*messages, {"role": "user", "content": asked}]


def split_dateline(text: str) -> tuple[str, str, str]:
    """Return the dateline of a Chinese report without its day, the day, and the rest of the text.

    Small models leave out datelines, so they are translated alone; the day is written by rule.

    >>> split_dateline("新华社北京7月25日电（记者余俊杰）2020年治理工作正式启动。")
    ('新华社北京（记者余俊杰）', '7月25日', '2020年治理工作正式启动。')
    >>> split_dateline("他7月25日来电。")
    ('', '', '他7月25日来电。')
    """
    found = _DATELINE.fullmatch(text)
    if found is None:
        return "", "", text
    return found["place"] + (found["by"] or ""), found["day"], found["text"]


def find_kept(text: str) -> list[str]:
    """Return what must be in the English of a sentence: Latin names in Chinese, and figures.

    >>> find_kept("费利西亚（Felicia）2024年亏损12 billion元，降5%。")
    ['Felicia', '2024', '12 billion', '5%']
    >>> find_kept("9 a.m. on July 25，于 the 26th 宣布")
    ['9 a.m.', 'July 25', '26th']
    >>> find_kept("Il a 7 ans.")
    ['7']
    """
    figures = _FIGURE.findall(text)
    names = _LATIN_NAME.findall(_FIGURE.sub("", text)) if _HAN.search(text) else []
    return list(dict.fromkeys([*names, *figures]))


def read_english(answer: str, text: str) -> str:
    r"""Return the English in a model's answer: its first line, without additions of the model.

    ``text`` is the sentence.  Spaces that :func:`build_messages` put into it are removed.  So are
    quotation marks around the whole answer, unless the sentence begins with one.

    >>> read_english('"It is raining."\n\n(Literally: it rains.)', "Il pleut.")
    'It is raining.'
    >>> read_english("<think>Rain.</think> English: She < eos>.", "Elle <eos>.")
    'She <eos>.'
    """
    lines = _THOUGHT.sub("", answer).strip().splitlines()
    line = lines[0].strip() if lines else ""
    line = line.removeprefix("English:").removeprefix("Translation:").strip()
    if line[:1] in _QUOTES and text[:1] not in _QUOTES:
        closing = _QUOTES[line[0]]
        if line.endswith(closing) and closing not in line[1:-1]:
            line = line[1:-1].strip()
    return _UNDONE.sub(r"\1", line) if _CONTROL.search(text) else line


def find_context(paragraph: str, text: str) -> str:
    """Return the text before ``text`` in its paragraph, cut to the last few words.

    >>> find_context("Marie est partie. Elle aussi.", "Elle aussi.")
    'Marie est partie.'
    >>> find_context("Elle aussi.", "Elle aussi."), find_context("", "Non.")
    ('', '')
    """
    before, found, _ = paragraph.partition(text)
    if not found:
        return ""
    shown = before.strip()[-CONTEXT_CHARACTERS:]
    return shown if len(before.strip()) == len(shown) else shown.partition(" ")[2] or shown


def count_han(text: str) -> int:
    """Return the number of Chinese characters in a text.

    >>> count_han("Fu Kunbao (傅昆宝)")
    3
    """
    return len(_HAN.findall(text))


def estimate_tokens(text: str) -> int:
    """Estimate the number of tokens of a text, rather too high than too low.

    Tokenizers differ, and that of a server may be unknown.  The estimate is one token for each East
    Asian character and one for three bytes of other text.

    >>> estimate_tokens("他在北京工作。"), estimate_tokens("Il pleut sur Paris.")
    (7, 7)
    """
    wide = [char for char in text if char >= "\u2e80"]
    others = len(text.encode("utf-8", "replace")) - len("".join(wide).encode("utf-8", "replace"))
    return len(wide) + -(-others // 3)
