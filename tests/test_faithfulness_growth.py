"""No numeral stops the audit, and twice the text is about twice its work."""

from __future__ import annotations

import random

import pytest
from growth import cpu_seconds, grows_evenly, least_cpu_seconds
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.faithfulness import GROWING
from corpus_norm.audit import audit
from corpus_norm.audit.finding import find_all
from corpus_norm.labels import AmountState
from corpus_norm.languages import get_language

LONG = 5_000  # Python converts no more than 4,300 digits
UNREADABLE = [
    "1.1.5k", "1,4,7M", "v2.0.1m", "1.2.3 %", "1..2", "1,,2 million", "5.", ".5", "1k2k3k", "½½",
    "9" * LONG, "9," * 1_500, "9" * LONG + "." + "9" * LONG, "9" * LONG + " %", "$" + "9" * LONG,
    "-" + "9" * LONG, "1" + " 234" * 1_500, "1" + "\u202f234" * 1_500, "9" * 400 + ",5", "٣" * LONG,
    "９" * LONG, "１，" * 500, "五" * LONG, "万" * LONG, "一亿" * LONG, "拾" * LONG,
    "百分之" + "九" * LONG, "第" + "一" * LONG, "三点" + "五" * LONG, "民国" + "9" * LONG + "年",
    "9" * LONG + "月3日", "3月" + "9" * LONG + "日", "9" * LONG + ":30", "9" * LONG + "/03/2024",
    "9" * LONG + "折", "million " * 500, "cent " * 500, "dizaines de milliers de " * 100,
    "moins " * 500,
]  # fmt: skip
SIDES = ["fr", "zh-Hans", "zh-Hant", "xx"]
# Linear work doubles, quadratic work quadruples; what is done so fast is not worth a quarrel.
SIZE = 2_000
MOST_GROWTH = 3.2
NEGLIGIBLE_S = 0.05
PIECES = [
    *"0123456789.,-−+½%€$kMhxX:/１２．４ ", *"年月日时点分半万亿百千零一二三十廿卅折成刻个倍壹佰拾",
    " mille ", " cent ", " million ", " milliards ", " moins ", " vingt ", " et ", " demi ",
    " half ",
    " hundred ", " and ", " mars ", " May ", " sept. ", "T3", "Q3", " midi ", " p.m.",
    "民国", "下午",
    "个百分点", " points", " percent", " of ", " tens of ", "１００", "9" * 80,
]  # fmt: skip


@pytest.mark.parametrize("language", ["fr", "zh-Hant"])
@pytest.mark.parametrize("text", UNREADABLE, ids=lambda text: text[:12])
def test_a_numeral_without_a_reading_is_audited(language, text):
    def work():
        for source, english in ((text, text), (text, "It was 5."), ("Il y en a 5.", text)):
            check(source, english, language)

    assert least_cpu_seconds(work, 10) < 10


@pytest.mark.parametrize("language", SIDES)
def test_numerals_are_audited_whatever_they_are(language):
    draw = random.Random(15)  # noqa: S311 -- no secret
    for _ in range(200):
        source, english = ("".join(draw.choices(PIECES, k=draw.randint(1, 14))) for _ in "ab")
        check(source, english, language)


@settings(max_examples=40)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.sampled_from(SIDES))
def test_a_numeral_is_the_same_as_itself(text, language):
    if language == "fr":  # in other languages other words are numbers
        audited = audit(text, text, "en")
        assert {pair.state for pair in audited.amounts} <= {AmountState.KEPT}
    check(text, text, language)


def check(source, english, language):
    """Audit a pair, and look at all that a reader is shown of it."""
    for pair in audit(source, english, language).amounts:
        for amount, text in ((pair.source, source), (pair.english, english)):
            if amount:
                assert text[amount.start : amount.end] == amount.text
                assert amount.reading
    for amount in find_all(english, get_language("en")):
        assert amount.reading


@pytest.mark.parametrize("name", GROWING)
def test_twice_the_sentence_is_about_twice_the_work(name):
    language = "zh-Hans" if any(char >= "\u3400" for char in GROWING[name][0](50)) else "fr"

    def measure(size):
        source, english = (make(size) for make in GROWING[name])
        return cpu_seconds(lambda: audit(source, english, language))

    growth = {"most_growth": MOST_GROWTH, "negligible_s": NEGLIGIBLE_S}
    assert any(
        grows_evenly(measure, size, 2 * size, **growth) for size in (SIZE, 2 * SIZE, 4 * SIZE)
    )
