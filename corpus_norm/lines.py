r"""How lines of text are set: how wide they are, whether they are source code.

>>> looks_like_code("for x in range(3):\n    print(x)"), looks_like_code("Roses are red,\nviolets")
(True, False)
"""

from __future__ import annotations

import re

_WIDE = re.compile(
    r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]"
)
# Quotation marks, dashes and dots that Chinese fonts set as wide as a character.
_WIDE_BESIDE_HAN = re.compile(r"[“”‘’—…·]")
_CODE_LINE = re.compile(
    r"[\w\])]\(|[{}<>=_\\|$^~`@\[\]]|//|/\*|\*/|^\s*#|\w\.\w+\.\w|:\d+\b|\s--?\w|[)}\]\d\"'];?$(?<=[);\]}])"
    r"|^\s*(?:import|def|class|return|if|for|else|elif|try|function|var|let|const|public|end|begin)\b"
    r".*[:;]?$(?<=[:;])"
    r"|^\s*(?:- )?[a-z_][\w.-]*:(?:\s|$)|^\s*(?:SELECT|FROM|WHERE|INSERT|UPDATE|CREATE|GET|POST)\b"
    r"|^\s*(?:import|sudo|pip|npm|git|cd|curl|wget|apt|make|docker|python|select|insert|update)\s\S"
)
_COLUMN_GAP = re.compile(r"\S(?: {3,}|\t+)\S")


def measure(text: str) -> int:
    """The width of a line in columns: full-width characters count two.

    >>> measure("Nantes"), measure("北京。"), measure("他说：“好。”")
    (6, 6, 14)
    """
    if text.isascii():
        return len(text)
    wide = len(_WIDE.findall(text))
    marks = len(_WIDE_BESIDE_HAN.findall(text)) if wide else 0
    return len(text) + wide + marks


def measure_narrow(text: str) -> int:
    """The same where quotation marks and dashes count one, as in most terminals."""
    return len(text) if text.isascii() else len(text) + len(_WIDE.findall(text))


def has_columns(lines: list[str], share: float = 0.25) -> bool:
    """Whether many lines have gaps inside, as tables set with spaces have."""
    return sum(_COLUMN_GAP.search(line.strip()) is not None for line in lines) > share * len(lines)


def looks_like_code(text: str) -> bool:
    """Whether lines are source code, commands or columns rather than words to be read."""
    lines = [line for line in text.split("\n") if line.strip()]
    found = sum(_CODE_LINE.search(line) is not None for line in lines)
    return 5 * found >= 2 * len(lines) or has_columns(lines, 0.5)
