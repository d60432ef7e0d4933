"""What languages write in their own way, rendered right and rendered wrong.

``data/conventions.tsv`` has, by kind, English that a reader would accept, which must pass, and
English that says something else, which must be flagged; nearly every source has one of each.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from corpus_norm.audit import amounts, audit
from corpus_norm.audit.finding import find_all
from corpus_norm.labels import Flag
from corpus_norm.languages import get_language
from corpus_norm.protected_spans import find_protected

TABLE = Path(__file__).parent / "data" / "conventions.tsv"
with TABLE.open(encoding="utf-8") as file:
    ROWS = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def rows_of(verdict):
    return [
        pytest.param(row["language"], row["source"], row["english"], id=f"{row['kind']} {i}")
        for i, row in enumerate(ROWS)
        if row["verdict"] == verdict
    ]


@pytest.mark.parametrize(("language", "source", "english"), rows_of("right"))
def test_a_right_rendering_passes(language, source, english):
    audited = audit(source, english, language)
    assert audited.passed, (audited.flags, audited.amounts)


@pytest.mark.parametrize(("language", "source", "english"), rows_of("wrong"))
def test_a_wrong_rendering_is_flagged(language, source, english):
    assert not audit(source, english, language).passed


@pytest.mark.parametrize("kind", sorted({row["kind"] for row in ROWS}))
def test_each_kind_is_looked_at_both_ways(kind):
    verdicts = [row["verdict"] for row in ROWS if row["kind"] == kind]
    assert min(verdicts.count("right"), verdicts.count("wrong")) >= 2


@pytest.mark.parametrize(
    ("language", "source", "english", "flag"),
    [
        ("fr", "-3,5 %", "3.5%", Flag.AMOUNT_CHANGED),
        ("fr", "0,5 point de pourcentage", "0.5 percent", Flag.UNIT_CHANGED),
        ("fr", "le 03/04/2024", "March 4, 2024", Flag.DATE_CHANGED),
        ("zh-Hans", "下午三点半", "3:30 a.m.", Flag.DATE_CHANGED),
        ("fr", "Voir https://exemple.fr/été ici.", "See https://exemple.fr/ete.", Flag.LINK_LOST),
    ],
)
def test_the_flag_says_what_is_wrong(language, source, english, flag):
    assert audit(source, english, language).flags == (flag,)


@pytest.mark.parametrize(
    ("language", "text", "readings"),
    [
        ("fr", "-3,5 %, moins 12 degrés, 5 points de base", ["-3.5%", "-12 degree", "0.05 points"]),
        ("fr", "au T3, à midi et demi", ["quarter 3", "12:30"]),
        ("zh-Hans", "民国113年打七折,壹佰元", ["2024", "30%", "100 CNY"]),
        ("en", "15 degrees below zero, 3:30 p.m.", ["-15 degree", "15:30"]),
    ],
)
def test_a_reading_is_shown_in_one_notation(language, text, readings):
    assert [amount.reading for amount in amounts(text, language)] == readings


@pytest.mark.parametrize("text", ["歼-20", "GPT-4", "2019-2020", "3 - 5", "F-16", "3月-5月"])
def test_a_dash_that_joins_is_no_sign(text):
    for language in ("fr", "zh-Hans", "en"):
        assert not any(amount.negative for amount in find_all(text, get_language(language)))


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Voir https://exemple.fr/a?b=1&c=l'été avant.", ["https://exemple.fr/a?b=1&c=l'été"]),
        (
            "详见https://a.com/x查看,https://zh.org/wiki/北京 。",
            ["https://a.com/x", "https://zh.org/wiki/北京"],
        ),
        ("rené@exemple.fr, exemple.fr/où", ["rené@exemple.fr", "exemple.fr/où"]),
        ("(https://a.org/b_(c)).", ["https://a.org/b_(c)"]),
    ],
)
def test_an_address_may_have_any_letter(text, spans):
    assert [text[start:end] for start, end in find_protected(text)] == spans
