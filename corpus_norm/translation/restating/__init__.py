"""Say again what engines misread, in the source language: months in full, amounts in digits.

``sept.`` is a month and no seven, ``quatre-vingt-dix-sept`` one number and not four: engines learn
the commonest reading, or add a number up word by word.  They copy digits.  The audit still
compares the English with what was written.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus_norm.translation.restating.chinese import restate_chinese
from corpus_norm.translation.restating.french import restate_french

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["restate"]

_BY_LANGUAGE: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {"fr": restate_french, "zh": restate_chinese}
)


def restate(text: str, language: str) -> str:
    """The text as engines read it right; its language is in BCP-47.

    >>> restate("Le 5 sept., soixante et onze élus ont voté.", "fr-CA")
    'Le 5 septembre, 71 élus ont voté.'
    >>> restate("四月五日下午三点半，七十一人投票。", "zh-Hant")
    '4月5日下午3点30分，71人投票。'
    >>> restate("septante", "de")
    'septante'
    """
    known = _BY_LANGUAGE.get(language.split("-", maxsplit=1)[0])
    return known(text) if known else text
