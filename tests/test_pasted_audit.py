"""Denials, amounts, tickers and days of pasted news in the audit, the sentences and the masks."""

from __future__ import annotations

import pytest

from corpus_norm.audit import audit
from corpus_norm.encoding import clean
from corpus_norm.labels import Flag
from corpus_norm.protected_spans import find_protected
from corpus_norm.segmentation import split_sentences
from corpus_norm.translation.checking import translate_checked
from corpus_norm.translation.engines import Decoding, Request, Translation
from corpus_norm.translation.masking import mask, restore


@pytest.mark.parametrize(
    ("source", "english", "language"),
    [
        ("本报告不构成投资建议。", "This report constitutes investment advice.", "zh-Hans"),
        ("收入没有增加。", "Income increased.", "zh-Hans"),
        ("火灾中无人受伤。", "Several people were hurt in the fire.", "zh-Hans"),
        ("公司不排除裁员。", "The company ruled out job cuts.", "zh-Hans"),
        ("Le maire n'exclut pas un recours.", "The mayor excludes an appeal.", "fr"),
        ("Le club n'a pas démenti la rumeur.", "The club denied the rumour.", "fr"),
    ],
)
def test_a_lost_denial_is_flagged(source, english, language):
    assert Flag.NEGATION_LOST in audit(source, english, language).flags


@pytest.mark.parametrize(
    ("source", "english", "language"),
    [
        ("利润增长12%。", "Profit fell 12%.", "zh-Hans"),
        ("油价下跌。", "Oil prices rose.", "zh-Hans"),
        ("Les prix ont baissé.", "Prices rose.", "fr"),
        ("Le chiffre d'affaires a progressé de 12 % à 3,4 milliards d'euros.",
         "Revenue fell 12% to €3.4 billion.", "fr"),
    ],
)  # fmt: skip
def test_a_rise_that_became_a_fall_is_flagged(source, english, language):
    assert Flag.POLARITY_CHANGED in audit(source, english, language).flags


@pytest.mark.parametrize(
    ("source", "english", "language"),
    [
        ("本报告不构成投资建议。", "This report is not investment advice.", "zh-Hans"),
        ("公司不排除裁员。", "The company did not rule out job cuts.", "zh-Hans"),
        ("无人机飞过港口。", "A drone flew over the port.", "zh-Hans"),
        ("Le maire n'exclut pas un recours.", "The mayor may yet appeal.", "fr"),
        ("Le club n'a pas démenti la rumeur.", "The club did not deny the rumour.", "fr"),
        ("Le géant américain Apple n'a pas souhaité faire de commentaire.",
         "US giant Apple declined to comment.", "fr"),
        ("公司不愿置评。", "The company declined to comment.", "zh-Hans"),
        ("利润增长12%。", "Profit rose 12%.", "zh-Hans"),
        ("Les prix n'ont pas baissé.", "Prices have risen instead.", "fr"),
        ("公司亏损扩大12%。", "The company's losses widened by 12%.", "zh-Hans"),
        ("La marge recule à 820 M€, contre 950 M€ un an plus tôt.",
         "The margin fell to €820 million, from €950 million a year earlier.", "fr"),
        ("損失達新台幣2億3000萬元。", "Losses came to NT$230 million.", "zh-Hant"),
        ("利率下调0.5个百分点。", "The rate was cut by 50 basis points.", "zh-Hans"),
    ],
)  # fmt: skip
def test_a_faithful_translation_is_not_flagged(source, english, language):
    assert audit(source, english, language).flags == ()


@pytest.mark.parametrize("ticker", ["002594.SZ", "MC.PA", "BRK.B", "0700.HK", "PETR4.SA"])
def test_a_ticker_stays_whole_and_is_audited(ticker):
    text = f"Le titre {ticker} recule."
    assert [text[a:b] for a, b in find_protected(text)] == [ticker]
    assert split_sentences(f"{text} Il a bondi.", "fr") == [
        (0, len(text)),
        (len(text) + 1, len(text) + 12),
    ]
    assert Flag.LINK_LOST in audit(text, "The share fell.", "fr").flags
    assert audit(text, f"{ticker} fell.", "fr").flags == ()


@pytest.mark.parametrize(
    "text", ["1.200.000 euros", "J.B. Smith", "U.S.A.", "Fin.Le maire", "A.M."]
)
def test_what_is_no_ticker_is_not_protected_as_one(text):
    assert not any("." in text[a:b] for a, b in find_protected(text))


def test_a_town_with_small_words_keeps_its_name():
    masked = mask("Une usine ouvre à Bar-le-Duc et à Fos-sur-Mer.", "fr")
    assert "Duc" not in masked.text
    assert restore(masked, masked.text.replace("Une usine ouvre à", "A plant opens in")) == (
        "A plant opens in Bar-le-Duc et à Fos-sur-Mer."
    )


def test_days_that_an_engine_changes_are_put_in_by_rule():
    def attempt(requests, decoding):
        del decoding
        said = {"截至3月31日，库存为5吨。": "As of November 31, stocks were 5 tonnes."}
        return {
            each: Translation(said.get(each.text, "As of ZQA, stocks were 5 tonnes."))
            for each in requests
        }

    request = Request("截至3月31日，库存为5吨。")
    [done] = translate_checked([request], "zh-Hans", attempt, Decoding()).values()
    assert done.text == "As of March 31, stocks were 5 tonnes."
    assert done.flags == ()


def test_a_mark_ends_a_sentence_and_an_initial_does_not():
    text = "She gave it an A. I agreed with J. Example."
    assert [text[a:b] for a, b in split_sentences(text, "en")] == [
        "She gave it an A.",
        "I agreed with J. Example.",
    ]


@pytest.mark.parametrize(
    ("damaged", "whole"),
    [
        ("Ã la carte, tout est cher.", "À la carte, tout est cher."),
        ("Le menu Ã la carte est cher.", "Le menu à la carte est cher."),
    ],
)
def test_a_lost_byte_is_a_capital_only_where_a_sentence_begins(damaged, whole):
    assert clean(damaged).text == whole


@pytest.mark.parametrize(
    ("source", "english", "language"),
    [
        ("Le congrès s'ouvre le 1er mai à Lille.", "A congress opens in Lille.", "fr"),
        ("La loi entre en vigueur le 1er janvier.", "A law takes effect on June 1.", "fr"),
        ("2024年1月1日，一家新工厂投产。", "A new plant opened on March 1, 2024.", "zh-Hans"),
    ],
)
def test_an_article_is_no_first_of_the_month(source, english, language):
    assert Flag.DATE_CHANGED in audit(source, english, language).flags


def test_a_fall_that_became_a_rise_of_the_same_amount_is_flagged():
    source = "Le bénéfice du groupe a reculé de 8 % lundi."
    assert (
        Flag.POLARITY_CHANGED in audit(source, "The group's profit rose 8% on Monday.", "fr").flags
    )
    assert audit(source, "The group's profit fell 8% on Monday.", "fr").passed
