"""How likely it is that the English says the opposite, by the words of both sides.

A denial is looked for near the words that answer the denied ones, and regressions on the words of
both sides say how likely it is that one was lost or added, and which of two opposite words should
stand.  The rules of a language (:mod:`corpus_norm.audit.polarity`) need no lexicon.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from corpus_norm.audit.lexicon import STEPS, TABLES
from corpus_norm.audit.polarity import BETWEEN, excuses_denial
from corpus_norm.languages import get_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from corpus_norm.audit.alignment import Alignment
    from corpus_norm.audit.lexicon import Lexicon, Word

NEVER = 6.0
"""The log-odds of what cannot be."""
ROOTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "en": frozenset(
            {"not", "no", "never", "none", "nobody", "nothing", "neither", "nor", "without"}
            | {"cannot"}
        ),
        "fr": frozenset(
            {"ne", "n", "pas", "sans", "aucun", "aucune", "rien", "jamais", "ni", "non", "nul"}
            | {"nulle", "guère"}
        ),
        "zh": frozenset("不没未无非否别莫勿毋"),
    }
)
"""Words that deny, and characters that make a Chinese word deny; French needs no ``ne`` for it."""
_NO_DENIALS = frozenset(
    {("not", word) for word in ("only", "just", "merely", "simply", "least")}
    | {("no", word) for word in ("doubt", "less", "matter")}
    | {("or", "not")}
)
"""A denial and its neighbour that deny nothing together."""
_MAY_DENY = re.compile(
    r"(?:un(?!i|der|til)|dis(?!c|t|p)|non|anti)[a-z]{4,}|im(?:possib|patien|perfect)\w*|in(?:abil|"
    r"accura|activ|adequa|capab|complet|consist|correct|depend|direct|effect|effici|experien|numer"
    r"|secur|suffic|visib)\w*|ir(?:reg|res)\w+|ill(?:eg|it)\w+|[a-z]{3,}less(?:ly|ness)?"
    r"|lack\w*|fail\w*|refus\w+|reject\w*|den(?:y|ie[sd]|ying|ial)|avoid\w*|prevent\w*|stop\w*"
    r"|hardly|barely|rarely|seldom|scarcely|few|little|instead|rather|ignor\w+|neglect\w*|ban\w*"
    r"|prohibit\w*|forbid\w*|absen\w+|miss\w*|free|except|exclud\w+|beyond|despite|regardless"
)


@lru_cache(maxsize=16384)
def may_deny(form: str) -> bool:
    """Return whether an English word may stand for a denial: ``fail``, ``unable``."""
    return _MAY_DENY.fullmatch(form) is not None


class DenialOdds(NamedTuple):
    """The log-odds that the English lost a denial of the source, and that it added one."""

    lost: float = -NEVER
    added: float = -NEVER


def weigh_denials(found: Alignment, lexicon: Lexicon) -> DenialOdds:
    """Return how likely it is that a denial was lost or added, by the words of both sides.

    The weights of the clues were fitted by ``training.audit.denials``, on sentence pairs and on the
    same with a denial taken out of the English or put into it.

    >>> from corpus_norm.audit.alignment import align
    >>> from corpus_norm.audit.lexicon import find_lexicon
    >>> from corpus_norm.languages import get_language
    >>> french, lexicon = get_language("fr"), find_lexicon("fr")
    >>> def weigh(source, english):
    ...     return weigh_denials(align(source, english, french, lexicon), lexicon)
    >>> text = "Le ministre n'a pas signé le contrat."
    >>> said = ("The minister signed the contract.", "The minister did not sign the contract.")
    >>> [weigh(text, each).lost > 0 for each in said]
    [True, False]
    """
    table = _weights("denials")["zh" if lexicon.costs else "fr"]
    return DenialOdds(
        _most_odds(*lost_clues(found, lexicon), table["lost"]),
        _most_odds(*added_clues(found, lexicon), table["added"]),
    )


def _most_odds(
    shared: Sequence[str], own: Sequence[Sequence[str]], weights: Mapping[str, float]
) -> float:
    """Return the log-odds of the likeliest fault, from the clues of all and those of each."""
    if not own:
        return -NEVER
    return weights[""] + _sum(shared, weights) + max(_sum(clues, weights) for clues in own)


def lost_clues(found: Alignment, lexicon: Lexicon) -> tuple[list[str], list[list[str]]]:
    """Return the clues that a denial of the source was lost: those of all, those of each.

    They are the words of both sides (``.``, ``=``), how many denials of the source are more than
    those of the English (``+``), and its length (``+L``); of each denial its neighbours, the words
    before and after it (``<``, ``>``), whether the English near the place of the denied words has a
    denial (``~``) or words that may stand for one (``≈``), how surely the denial asks for one
    (``~$``), how well it is answered by something else (``¤``), and how well the denied words are
    (``#``).
    """
    forms = [word.form for word in found.source]
    places = _denials_of(forms, lexicon)
    if lexicon.costs:
        places = [i for i in places if not (_asks(i, forms) or _is_in_name(i, found, lexicon))]
    if not places:
        return [], []
    forms_en = [word.form for word in found.english]
    there = set(_places_en(found))
    groups = [[i] for i in places] if lexicon.costs else _in_groups(places, _SAME)
    shared = {*(f".{form}" for form in forms), *(f"={form}" for form in forms_en)}
    shared.add(f"+{max(-2, min(2, len(groups) - len(there)))}")
    shared.add(f"+L{min(5, len(forms_en) // 10)}")
    best = [_best(each) for each in found.links]
    shared.update(_hints(found, forms_en, places))
    return sorted(shared), [
        _clues_of(g, forms, forms_en, there, best, found, lexicon) for g in groups
    ]


def _clues_of(  # noqa: PLR0913, PLR0917 -- a denial, and what it is looked for in
    group: Sequence[int],
    forms: Sequence[str],
    forms_en: Sequence[str],
    there: set[int],
    best: Sequence[float],
    found: Alignment,
    lexicon: Lexicon,
) -> list[str]:
    """Return the clues that one denial of the source was lost."""
    size = len(forms_en)
    scope = [i for i in range(group[0], min(len(forms), group[-1] + 4)) if i not in group]
    before = range(max(0, group[0] - 3), group[0])
    after, ahead = _targets(found, scope), _targets(found, before)
    at = after or ahead or [group[0] * size / max(1, len(forms))]
    state = "~not"
    clues = {_grade(scope, found.weights, best), f"&{min(2, len(after))}{min(1, len(ahead))}"}
    if there.isdisjoint(_around(at, 3, size)):
        hinted = any(may_deny(forms_en[j]) for j in _around(at, 2, size))
        state = f"{'~far' if there else '~none'}{int(hinted)}"
        near = _around(at, 4, size)
        clues.update(f"≈{forms_en[j]}" for j in near)
        doubts = {j: found.weights_en[j] * (1.0 - found.best_en[j]) for j in near}
        clues.add(f"!{bisect(_OPEN, max(doubts.values(), default=0.0))}")
        clues.update(f"!{forms_en[j]}" for j, doubt in doubts.items() if doubt > _OPEN[1])
        around = _around(group, 6, len(forms))
        clues.add(f"!s{_share(around, found.weights, found.best)}")
        clues.add(f"!e{_share(_around(at, 6, size), found.weights_en, found.best_en)}")
        asks = f"~${min(4, int(5 * max(_deny(found, i, lexicon) for i in group)))}"
        answer = max(
            best[i] if best[i] and found.links[i][0][1] not in there else 0.0 for i in group
        )
        answered = f"¤{'a' if answer > _WELL else 'b' if answer > _SOME else 'c'}"
        clues.update((asks, answered, answered + asks))
        if lexicon.costs:
            form = forms[group[0]]
            signs = ROOTS["zh"].intersection(form)
            clues.update(f"%{sign}{min(3, len(form))}{answered}" for sign in signs)
    clues.add(state)
    for i in group:
        clues.update(_neighbours(forms, i))
        clues.update((forms[i] + state[:4], forms[i] + state))
        if lexicon.costs:
            clues.update(_signs(forms, i))
            clues.add(f"^{min(2, forms.count(forms[i]))}")
    clues.update(f">{forms[i]}" for i in scope[:2])
    clues.update(f"<{forms[i]}" for i in before[-2:])
    return sorted(clues)


def added_clues(found: Alignment, lexicon: Lexicon) -> tuple[list[str], list[list[str]]]:
    """Return the clues that a denial of the English was added: those of all, those of each.

    They are the words of the source (``.``) and those near the place of what is denied, whether a
    denial is among these (``~``, ``@`` with its neighbours) or a word that may stand for one
    (``°`` near, ``^`` anywhere), how well the denied words are answered, and how many denials the
    source has more.
    """
    places = _places_en(found)
    if not places:
        return [], []
    forms = [word.form for word in found.source]
    denials = set(_denials_of(forms, lexicon))
    degrees = [0.0 if i in denials else _deny(found, i, lexicon) for i in range(len(forms))]
    scale = len(forms) / max(1, len(found.english))
    back: dict[int, list[int]] = {}
    best = [0.0] * len(found.english)
    for i, links in enumerate(found.links):
        if _best(links):
            strength, j = links[0]
            back.setdefault(j, []).append(i)
            best[j] = max(best[j], strength)
    groups = _in_groups(places, 2)
    more = len(_in_groups(sorted(denials), _SAME)) - len(groups)
    shared = sorted({*(f".{form}" for form in forms), f"+{max(-2, min(2, more))}"})
    most = f"^{bisect(_GRADES, max(degrees, default=0.0))}"
    excuses = {i for i, form in enumerate(forms) if _is_excuse(form, lexicon)}
    own = []
    for group in groups:
        after, before = range(group[0] + 1, group[-1] + 5), range(group[0] - 2, group[0])
        at: list[float] = [i for j in after for i in back.get(j, ())]
        at = at or [i for j in before for i in back.get(j, ())] or [group[0] * scale]
        near = _around(at, 3, len(forms))
        denied = near.intersection(denials)
        clues = {forms[i] for i in near}
        clues.add("~near" if denied else "~far" if denials else "~none")
        if not denied:
            clues.add(f"°{bisect(_GRADES, max((degrees[i] for i in near), default=0.0))}")
            if near & excuses:  # "Would not sign" is right where the source says "refused"
                continue
            clues.add(most)
        scope = range(group[-1] + 1, min(len(best), group[-1] + 5))
        clues.add(_grade(scope, found.weights_en, best))
        clues.update(f"@{clue}" for i in denied for clue in _neighbours(forms, i))
        own.append(sorted(clues))
    return shared, own


def _hints(found: Alignment, forms_en: Sequence[str], denials: Sequence[int]) -> Iterator[str]:
    """Yield how many words of the English may deny, and how many of these only denials answer."""
    hints = [j for j, form in enumerate(forms_en) if may_deny(form)]
    said = {
        j
        for i, links in enumerate(found.links)
        if i not in denials
        for strength, j in links
        if strength > _SOME
    }
    yield f"^a{min(2, len(hints))}"
    yield f"^o{min(2, sum(j not in said for j in hints))}"


def _signs(forms: Sequence[str], i: int) -> Iterator[str]:
    """Yield the characters of a Chinese denial with those beside them, in its word and outside.

    >>> sorted(_signs(["的", "不断", "发展"], 1))
    ['|^不', '|不断', '|不断发', '|的不断']
    """
    form = forms[i]
    before = forms[i - 1][-1] if i else "^"
    after = forms[i + 1][0] if i + 1 < len(forms) else "$"
    yield f"|{before}{form}"
    yield f"|{form}{after}"
    for k, sign in enumerate(form):
        if sign in ROOTS["zh"] and len(form) > 1:
            yield f"|{form[k - 1] if k else '^'}{sign}"
            yield f"|{sign}{form[k + 1] if k + 1 < len(form) else '$'}"


def _share(places: Iterable[int], weights: Sequence[float], best: Sequence[float]) -> int:
    """Return how well the words of some places are answered, in fifths."""
    size, total = 0.0, 0.0
    for i in places:
        size, total = size + weights[i], total + weights[i] * best[i]
    return int(5 * total / size) if size else 5


_OPEN = (0.15, 0.3, 0.5, 0.75)
"""How much it says that nothing answers an English word near the place of a denial."""
_GRADES = (0.04, 0.12, 0.3)
_LINKED, _WELL, _SOME = 0.3, 0.7, 0.45
"""An answer counts from the first; those of more than the others are good, and fair."""
_NAMES_IT = 0.6
"""So strong an answer that has a capital so often is a name."""
_CONTENT = 0.15
"""Words that count more may be what is denied."""


def _denials_of(forms: Sequence[str], lexicon: Lexicon) -> list[int]:
    """Return the places of the words of a source that may deny."""
    if lexicon.costs:
        return [i for i, form in enumerate(forms) if not ROOTS["zh"].isdisjoint(form)]
    return [i for i, form in enumerate(forms) if form in ROOTS["fr"]]


def _asks(i: int, forms: Sequence[str]) -> bool:
    """Return whether a Chinese word denies nothing but asks, as 会不会 and 是不是 do.

    >>> _asks(1, ["会", "不会"]), _asks(0, ["不会"])
    (True, False)
    """
    text, before = "".join(forms[i : i + 2]), "".join(forms[max(0, i - 1) : i])
    signs = before[-1:] + text
    return any(
        signs[k] in "不没" and signs[k - 1] == signs[k + 1] for k in range(1, len(signs) - 1)
    )


def _is_in_name(i: int, found: Alignment, lexicon: Lexicon) -> bool:
    """Return whether a name of the English answers a word of the source: 不冻泉, Budongquan."""
    strength, j = found.links[i][0] if found.links[i] else (0.0, 0)
    word = found.english[j] if j else None
    return bool(
        word
        and word.capital
        and strength > _NAMES_IT
        and lexicon.english.capital_share(word.form) > _NAMES_IT
    )


def _places_en(found: Alignment) -> list[int]:
    """Return the places of English denials; ``not only`` is none, nor the No of No. 1."""
    padded = ["", *(word.form for word in found.english), ""]
    return [
        j
        for j, word in enumerate(found.english)
        if word.form in ROOTS["en"]
        and not (j and word.capital and word.form == "no")
        and (padded[j], word.form) not in _NO_DENIALS
        and (word.form, padded[j + 2]) not in _NO_DENIALS
    ]


def _in_groups(places: Sequence[int], apart: int) -> list[list[int]]:
    """Return places in groups of those that are near each other."""
    groups: list[list[int]] = []
    for i in places:
        if groups and i - groups[-1][-1] <= apart and i - groups[-1][0] <= BETWEEN:
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups


def _best(links: Sequence[tuple[float, int]]) -> float:
    """Return how well the best answer of a word answers it, 0 if that says nothing."""
    return links[0][0] if links and links[0][0] > _LINKED else 0.0


def _targets(found: Alignment, places: Iterable[int]) -> list[float]:
    return [found.links[i][0][1] for i in places if _best(found.links[i])]


def _around(places: Iterable[float], reach: int, size: int) -> set[int]:
    """Return the places of a text at most so far from one of some."""
    return {
        j
        for place in places
        for j in range(max(0, math.ceil(place - reach)), min(size, int(place + reach) + 1))
    }


def _grade(scope: Iterable[int], weights: Sequence[float], best: Sequence[float]) -> str:
    """Return how well the first two words that say something within a scope are answered."""
    strengths = [best[i] for i in scope if weights[i] > _CONTENT][:2]
    return "#" + "".join("a" if s > _WELL else "b" if s > _SOME else "c" for s in strengths)


def _neighbours(forms: Sequence[str], i: int) -> tuple[str, str, str]:
    """Return a word alone and with those beside it."""
    before, after = (forms[i - 1] if i else "^"), (forms[i + 1] if i + 1 < len(forms) else "$")
    return forms[i], f"{before} {forms[i]}", f"{forms[i]} {after}"


def _is_excuse(form: str, lexicon: Lexicon) -> bool:
    return excuses_denial(form, get_language("zh-Hans" if lexicon.costs else "fr"))


def _deny(found: Alignment, i: int, lexicon: Lexicon) -> float:
    word = found.source[i]
    share = _tables(lexicon).source.get(lexicon.stem_of(word.form), 0.0)
    return _degree(word, share, lexicon.stems)


def _sum(clues: Iterable[str], weights: Mapping[str, float]) -> float:
    return sum(weights.get(clue, 0.0) for clue in clues)


@lru_cache(maxsize=2)
def _weights(name: str) -> dict[str, dict[str, dict[str, float]]]:
    table: dict[str, dict[str, dict[str, float]]] = json.loads(
        (TABLES / f"{name}.json").read_text("utf-8")
    )
    return table


_LEAST, _UNSURE = 0.03, 0.3
"""The share of denials among its translations above which a word may deny."""
_PREFIXES = ("un", "in", "im", "ir", "il", "dis", "mis", "non", "dés")
_SAME = 3
"""Denials at most this many words apart are one: ne ... pas."""
_REACH, _SHARE, _FARTHEST = 4, 0.3, 40
"""A word is looked for within ``_REACH`` words and this share of the sentence, up to a limit."""
_BITS = (1.0, 2.0, 3.0, 4.5, 6.0, 8.0, 11.9)
"""The steps of -log2 of the probability that a word of the source is translated by a word."""
_NONE = 12.0
"""That of words which the lexicon does not have."""
_SIDE, _BESIDE, _ASTRAY = 3, 2, 0.4
"""English words so near say where the source speaks of a word; the source is read so far beside
that place; places farther off than this share of the source say nothing."""
_CLEAR_ODDS = 8.0
"""The log-odds of an opposite that leave no doubt."""


class _Tables(NamedTuple):
    """How much stems of the source deny, and the words of English that have an opposite.

    ``sides`` holds, for each English stem, its groups (``rise/fall/drop``) and whether it is the
    first word (0) or one of its opposites (1); ``groups`` the stems of both sides of a group;
    ``answers``, for the stems of the source that were looked up, those of the English that have an
    opposite, with -log2 of their probability.
    """

    source: Mapping[int, float]
    sides: Mapping[int, Sequence[tuple[str, int]]]
    groups: Mapping[str, tuple[frozenset[int], frozenset[int]]]
    answers: dict[int, Mapping[int, float]]


@lru_cache(maxsize=8)
def _tables(lexicon: Lexicon) -> _Tables:
    stem_of = lexicon.english.stem_of
    sure = frozenset(stem for word in sorted(ROOTS["en"]) if (stem := stem_of(word)) >= 0)
    sides: dict[int, list[tuple[str, int]]] = {}
    groups = {}
    for group in get_language("en").movements.opposites:
        first, *others = [stem for word in group.split("/") if (stem := stem_of(word)) >= 0]
        groups[group] = (frozenset({first}), frozenset(others) - {first})
        for side, stems in enumerate(groups[group]):
            for stem in sorted(stems):
                sides.setdefault(stem, []).append((group, side))
    return _Tables(_share_answered(lexicon, sure), sides, groups, {})


def _share_answered(lexicon: Lexicon, stems: frozenset[int]) -> dict[int, float]:
    """Return, for each stem that any of the English stems answer, the share of its answers."""
    import numpy as np

    at = np.flatnonzero(np.isin(lexicon.arrays["targets"], list(stems)))
    owners = np.searchsorted(lexicon.arrays["starts"], at, side="right") - 1
    shares = np.exp2(lexicon.arrays["answers"][at] / -STEPS)
    totals = np.bincount(owners, weights=shares, minlength=1)
    return {int(i): float(totals[i]) for i in np.flatnonzero(totals)}


def _polar_answers(stem: int, lexicon: Lexicon, tables: _Tables) -> Mapping[int, float]:
    """Return the answers to a stem that have an opposite, with -log2 of their probability."""
    known = tables.answers.get(stem)
    if known is None:
        known = tables.answers[stem] = {
            link.target: round(-math.log2(link.chance), 4)
            for link in lexicon.links(stem)
            if link.target in tables.sides
        }
    return known


def sides_of(lexicon: Lexicon) -> Mapping[int, Sequence[tuple[str, int]]]:
    """Return the English stems that have an opposite, with their groups and sides."""
    return _tables(lexicon).sides


class Choice(NamedTuple):
    """A place where the English has a word of a group of opposites, with clues for either side.

    ``evidence`` says what the lexicon has for the first side (1) or the other (-1); ``words`` are
    the words of the source, those near (``n``) and their characters (``c``), and the English words
    beside it (``+1``).
    """

    group: str
    side: int
    evidence: Sequence[tuple[str, int]]
    words: frozenset[str]


def choices_of(found: Alignment, lexicon: Lexicon) -> list[Choice]:
    """Return the places of the English where a word or its opposite could stand, with clues.

    A word just after a denial is none: ``not true`` is right where the original says false.
    """
    tables = _tables(lexicon)
    forms_en = [word.form for word in found.english]
    stems_en = [lexicon.english.stem_of(form) for form in forms_en]
    last, places = -99, []
    for j, (form, stem) in enumerate(zip(forms_en, stems_en, strict=True)):
        if form in ROOTS["en"]:
            last = j
        elif stem in tables.sides and j - last > _SAME:
            places.append(j)
    if not places:
        return []
    forms = [word.form for word in found.source]
    answers = [_polar_answers(lexicon.stem_of(form), lexicon, tables) for form in forms]
    answered = [i for i, each in enumerate(answers) if each]
    denials, said = set(_denials_of(forms, lexicon)), set(stems_en)
    sentence = [f".{form}" for form in forms]
    back: dict[int, list[int]] = {}
    for i, links in enumerate(found.links):
        if _best(links):
            back.setdefault(links[0][1], []).append(i)
    scale = len(forms_en) / max(1, len(forms))
    reach = min(_REACH + _SHARE * len(forms_en), _FARTHEST)
    chosen = []
    for j in places:
        near = _around(_centres(j, back, scale, len(forms)), _BESIDE, len(forms))
        words = {*sentence, *(f"n{forms[i]}" for i in near)}
        if lexicon.costs:
            words.update(f"c{sign}" for i in near if len(forms[i]) > 1 for sign in forms[i])
        words.update(
            f"{d:+}{forms_en[j + d] if 0 <= j + d < len(forms_en) else ''}" for d in (-2, -1, 1, 2)
        )
        first, last = int((j - reach) / scale), int((j + reach) / scale)
        near_bits = _least_bits(answers[i] for i in answered if i in near)
        wide_bits = _least_bits(answers[i] for i in answered if first <= i <= last)
        for group, side in tables.sides[stems_en[j]]:
            sides = tables.groups[group]
            tag = ("b" if sides[1 - side] & said else "") + ("d" if near & denials else "")
            evidence = [
                *_evidence(f"N{tag}", near_bits, sides),
                *_evidence(f"W{tag}", wide_bits, sides),
            ]
            chosen.append(Choice(group, side, evidence, frozenset(words)))
    return chosen


def _centres(j: int, back: Mapping[int, Sequence[int]], scale: float, size: int) -> list[float]:
    """Return where the source speaks of an English word, by the words beside it."""
    found: list[float] = []
    for d in range(1, _SIDE + 1):
        found += [*back.get(j - d, ()), *back.get(j + d, ())]
        if len(found) > 1:
            break
    expected = j / scale
    farthest = max(6.0, _ASTRAY * size)
    return [i for i in found if abs(i - expected) <= farthest] or [expected]


def _least_bits(answers: Iterable[Mapping[int, float]]) -> dict[int, float]:
    """Return the least -log2 of the probability of each English stem that answers some words."""
    least: dict[int, float] = {}
    for each in answers:
        for stem, bits in each.items():
            if bits < least.get(stem, math.inf):
                least[stem] = bits
    return least


def _evidence(
    tag: str, bits: Mapping[int, float], sides: tuple[frozenset[int], frozenset[int]]
) -> list[tuple[str, int]]:
    """Return which side of a group words of the source are likelier translated by."""
    if not bits:
        return []
    one, other = (
        bisect(_BITS, min((bits[stem] for stem in side if stem in bits), default=_NONE))
        for side in sides
    )
    if one == other:
        return []
    return [(f"{tag}{one}{other}", 1)] if one < other else [(f"{tag}{other}{one}", -1)]


def find_opposites(found: Alignment, lexicon: Lexicon) -> float:
    """Return how surely the English says the opposite of a word of the source, -1 to 1.

    For each word with an opposite, a regression fitted by ``training.audit.denials`` on right pairs
    says which of both should stand there, by the lexicon and the words of both sides (the maximum
    entropy lexical choice of Berger, Della Pietra and Della Pietra 1996).

    >>> from corpus_norm.audit.alignment import align
    >>> from corpus_norm.audit.lexicon import find_lexicon
    >>> from corpus_norm.languages import get_language
    >>> french, lexicon = get_language("fr"), find_lexicon("fr")
    >>> english = "Prices rose sharply on Monday."
    >>> found = align("Les prix ont fortement baissé lundi.", english, french, lexicon)
    >>> find_opposites(found, lexicon) > 0.5
    True
    """
    table = _weights("opposites")["zh" if lexicon.costs else "fr"]
    odds = [_turn(choice, table) for choice in choices_of(found, lexicon) if choice.group in table]
    return max(-1.0, min(1.0, max(odds, default=-_CLEAR_ODDS) / _CLEAR_ODDS))


def _turn(choice: Choice, table: Mapping[str, Mapping[str, float]]) -> float:
    """Return the log-odds that the other side of a group should stand in a place."""
    own, evidence = table[choice.group], table["evidence"]
    odds = own[""] + sum(sign * evidence.get(clue, 0.0) for clue, sign in choice.evidence)
    odds += math.fsum(own[word] for word in own.keys() & choice.words)
    return odds if choice.side else -odds


def _degree(word: Word, known: float, forms: Mapping[str, int]) -> float:
    """Return how much a word denies; one with a negative prefix before another word may."""
    if known <= _LEAST and not word.han and word.form.startswith(_PREFIXES):
        for prefix in _PREFIXES:
            rest = word.form[len(prefix) :]
            if word.form.startswith(prefix) and len(rest) > _SAME and rest in forms:
                return _UNSURE
    return known
