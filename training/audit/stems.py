"""Stems of French and English words: Snowball's, and irregular English forms."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import snowballstemmer

if TYPE_CHECKING:
    from collections.abc import Callable

# The forms of irregular English words, the first of which stands for all.
_IRREGULAR = """
arise arose arisen;be am is are was were been being;bear bore borne;beat beaten;become
became;begin began begun;bend bent;bind bound;bite bit bitten;bleed bled;blow blew blown;break
broke broken;bring brought;build built;burn burnt;buy bought;catch caught;choose chose chosen;come
came;deal dealt;dig dug;do does did done doing;draw drew drawn;dream dreamt;drink drank
drunk;drive drove driven;eat ate eaten;fall fell fallen;feed fed;feel felt;fight fought;find
found;flee fled;fly flew flown;forbid forbade forbidden;forget forgot forgotten;forgive forgave
forgiven;freeze froze frozen;get got gotten;give gave given;go went gone goes;grow grew grown;hang
hung;have has had having;hear heard;hide hid hidden;hold held;keep kept;know knew known;lay
laid;lead led;leave left;lend lent;lie lay lain;light lit;lose lost losing;make made;mean
meant;meet met;pay paid;ride rode ridden;ring rang rung;rise rose risen;run ran;say said says;see
saw seen;seek sought;sell sold;send sent;shake shook shaken;shine shone;shoot shot;show
shown;shrink shrank shrunk;sing sang sung;sink sank sunk;sit sat;sleep slept;slide slid;speak
spoke spoken;spend spent;spin spun;spring sprang sprung;stand stood;steal stole stolen;stick
stuck;strike struck stricken;swear swore sworn;sweep swept;swim swam swum;swing swung;take took
taken;teach taught;tear tore torn;tell told;think thought;throw threw thrown;understand
understood;undertake undertook undertaken;wake woke woken;wear wore worn;weep wept;win
won;withdraw withdrew withdrawn;write wrote written;man men;woman women;child children;foot
feet;tooth teeth;mouse mice;person people;life lives;wife wives;half halves;leaf leaves;knife
knives;thief thieves;self selves;good better best;bad worse worst;can could;will would;shall
should;may might;this these;that those;i me my mine;he him his;she her hers;we us our ours;they
them their theirs;you your yours;who whom whose;a an;
"""
_BASE = {
    form: forms.split()[0]
    for forms in _IRREGULAR.replace("\n", " ").split(";")
    for form in forms.split()
}
# Words whose stem hides what they say: "better" is no "good" to a reader, nor "lives" a "life".
_KEPT = frozenset(
    {"best", "better", "bound", "felt", "found", "lay", "left", "saw", "worse", "worst"}
)
_STEMMERS = {"en": snowballstemmer.stemmer("english"), "fr": snowballstemmer.stemmer("french")}


def stem(language: str) -> Callable[[str], str]:
    """Return the function that stems a word of a language; Chinese has no stems."""
    if language not in _STEMMERS:
        return str
    stemmer = _STEMMERS[language]

    @lru_cache(maxsize=1_000_000)
    def of(word: str) -> str:
        if language == "en" and word not in _KEPT:
            word = _BASE.get(word, word)
        return stemmer.stemWord(word)

    return of
