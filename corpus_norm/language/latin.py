"""Which words of a text in Latin letters tell its language, and in what form.

Names, acronyms and addresses are the same in all languages; left in, they make a French line
English and a brand Somali.
"""

from __future__ import annotations

import re

# Addresses, handles and hashtags name things.  The classes are ASCII so that Chinese glued to one
# is kept, and each starts at a border so that the search takes linear time.
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[!-~]+"
    r"|(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+"
    r"|(?<!\w)[@#][A-Za-z0-9_]+"
    r"|(?<![A-Za-z0-9-])[A-Za-z0-9-]+\.(?:com|org|net)\b"
)
_ADDRESS_SIGNS = ("://", "www.", "@", "#", ".com", ".org", ".net")
_LATIN = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
_WHOLE_WORD = re.compile(rf"(?<![0-9_{_LATIN}])[{_LATIN}]+(?![0-9_{_LATIN}])")
_INNER_CAPITAL = re.compile(r"[a-zà-ÿ][A-Z]|^[A-Z]{2,}[a-zà-ÿ]")

WORD = re.compile(rf"[{_LATIN}]+")
"""A run of Latin letters."""

_APART = {code: " " for code in range(128) if not chr(code).isalpha()}

FOLD = str.maketrans("ȘșȚțی", "ŞşŢţي") | dict.fromkeys(range(0x1EA0, 0x1F00), "\u1ec3")
"""Romanian comma-below letters and Vietnamese vowels to what langdetect's profiles have."""


def remove_addresses(text: str) -> str:
    """The text without links, mail addresses, handles and hashtags.

    >>> remove_addresses("écrire à moi@exemple.fr !")
    'écrire à   !'
    """
    has_any = any(sign in text for sign in _ADDRESS_SIGNS)
    return _ADDRESS.sub(" ", text) if has_any else text


def find_words(lowered: str) -> list[str]:
    """The words of a text in small letters; plain ASCII is read much faster.

    >>> find_words("it's 5 o'clock"), find_words("à 5h")
    (['it', 's', 'o', 'clock'], ['à', 'h'])
    """
    return lowered.translate(_APART).split() if lowered.isascii() else WORD.findall(lowered)


def pick_words(text: str) -> str:
    """The words that can tell a language: no acronym, no ``OpenAI``, nothing with a digit.

    >>> pick_words("The CEO of OpenAI met Sam Altman in 2024")
    'The of met in'
    """
    words = _WHOLE_WORD.findall(text)
    shouted = sum(map(str.isupper, words))
    if shouted >= 2 and 2 * shouted > len(words):
        kept = [w.lower() for w in words]
    else:
        kept = [w for w in words if w.islower() or _is_plain_capitalised(w)]
    if all(len(set(w.lower())) == 1 for w in kept):
        return ""  # lone letters and "aaaaah" are no words
    if any(map(str.islower, kept)):
        # Among words in lower case a capital inside marks a name, which tells no language.
        kept = kept[:1] + [w for w in kept[1:] if w[0].islower()]
    return " ".join(kept).translate(FOLD)


def _is_plain_capitalised(word: str) -> bool:
    if word.istitle():
        return True
    return not word.isupper() and not _INNER_CAPITAL.search(word)


def count_small_words(words: str, weight: float) -> int:
    """Words in lower case, unless under a third of the letters is in them: a title then."""
    small = [word for word in words.split() if word.islower()]
    return len(small) if 3 * sum(map(len, small)) >= weight else 0
