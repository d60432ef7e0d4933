"""The audit of a translation: what must raise a flag, and what must not."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_norm.audit import audit
from corpus_norm.audit.fluency import repeats
from corpus_norm.audit.polarity import find_denial
from corpus_norm.labels import Flag
from corpus_norm.languages import get_language
from corpus_norm.protected_spans import find_protected

PLANTED = Path(__file__).parent / "data" / "faithfulness"
AMOUNTS = {"scale", "amount", "missing", "added", "currency", "percent", "date"}


def read_planted():
    for path in sorted(PLANTED.glob("*.tsv")):
        with path.open(encoding="utf-8") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield path.stem.split("-")[0], row


ROWS = list(read_planted())


def test_the_planted_set_is_large_enough_in_both_languages():
    for language in ("fr", "zh"):
        assert 2 * sum(each == language for each, _ in ROWS) >= 150


def test_planted_wrong_amounts_are_found():
    wrong = [(language, row) for language, row in ROWS if row["kind"] in AMOUNTS]
    found = [bool(audit(row["source"], row["wrong"], lang).flags) for lang, row in wrong]
    assert sum(found) >= 0.95 * len(found)


def test_faithful_paraphrases_raise_no_flag():
    alarms = [bool(audit(row["source"], row["faithful"], lang).flags) for lang, row in ROWS]
    assert sum(alarms) <= 0.02 * len(alarms)


@pytest.mark.parametrize(
    ("source", "english", "flag"),
    [
        ("Il n'a pas répondu.", "He answered.", Flag.NEGATION_LOST),
        ("Il a répondu.", "He did not answer.", Flag.NEGATION_ADDED),
        ("Voir https://a.org/x.", "See https://a.org/y.", Flag.LINK_LOST),
        ("Une question à @lemonde_fr ici.", "A question to Le Monde here.", Flag.LINK_LOST),
        ("Hier, OpenAI a publié son bilan.", "Yesterday it published its results.", Flag.NAME_LOST),
        ("Le prix est de 5 euros.", "The price is $5.", Flag.UNIT_CHANGED),
        ("Le taux est de 5 %.", "The rate is 5.", Flag.UNIT_CHANGED),
        ("Dans 3 ans.", "In 3 months.", Flag.UNIT_CHANGED),
        ("Il arrive mardi.", "He arrives on Friday.", Flag.DATE_CHANGED),
        ("Il arrive.", "", Flag.EMPTY_OUTPUT),
        ("Il arrive.", "   ", Flag.EMPTY_OUTPUT),
        ("Il arrive demain.", "Il arrive demain!", Flag.ECHO),
        ("Bonjour.", "Bonjour.", Flag.ECHO),
        ("Une phrase de longueur moyenne, sans rien de spécial, est ici.", "Yes.", Flag.TOO_SHORT),
        (
            "Oui.",
            "Yes, " + "and a lot more that nobody ever said in the source " * 2,
            Flag.TOO_LONG,
        ),
        ("Bravo à tous.", "Well done well done well done well done", Flag.REPETITION),
        ("Il parle de la pluie.", "Он говорит о дожде.", Flag.WRONG_LANGUAGE),
    ],
)
def test_each_kind_of_error_has_its_flag(source, english, flag):
    assert flag in audit(source, english, "fr").flags


@pytest.mark.parametrize(
    ("language", "source", "english"),
    [
        ("fr", "Il ne manque pas de courage.", "He has plenty of courage, never fear."),
        ("fr", "Sans doute viendra-t-il.", "He will probably come."),
        ("fr", "Personne n'est venu.", "Nobody came."),
        ("fr", "Il est incapable de venir.", "He cannot come."),
        ("fr", "Il n'y a que deux choix.", "There are only two choices."),
        ("zh", "不少人来了。", "Many people came."),
        ("zh", "无人机降落了。", "The drone landed."),
        ("zh", "未来三年。", "The next three years."),
        ("zh", "他缺乏经验。", "He does not have experience."),
    ],
)
def test_a_denial_may_be_said_in_another_way(language, source, english):
    assert not set(audit(source, english, language).flags) & {
        Flag.NEGATION_LOST,
        Flag.NEGATION_ADDED,
    }


def test_ne_denies_with_pas_and_pas_alone_does_not():
    french = get_language("fr")
    assert find_denial("Il ne viendra probablement pas.", french).certain
    assert not find_denial("Un pas de plus.", french).certain


@pytest.mark.parametrize("name", ["Sam Altman", "OpenAI", "Paris"])
def test_a_name_is_the_same_in_both_languages_and_no_echo(name):
    assert audit(name, name, "fr").passed


def test_the_output_at_its_cap_is_flagged():
    assert audit("Oui.", "Yes.", "fr", at_cap=True).flags == (Flag.OUTPUT_AT_CAP,)


def test_a_rhyme_repeated_in_the_original_may_be_repeated():
    song = "la la la la la la la la"
    assert Flag.REPETITION not in audit(song, song.upper(), "fr").flags


@pytest.mark.parametrize(
    "text",
    [
        *("the the the the the the", "(applause)" * 8, "on and on and on and on and on"),
        *("xab cab cab cab cab cab c", "ab" * 6, "a1 a2 a3 a4 a5 a6", "We saw hahahahahaha men"),
    ],
)
def test_loops_are_loops(text):
    assert repeats(text)


@pytest.mark.parametrize("text", ["that that is is", "2, 2, 2", "very very very good", ""])
def test_emphasis_is_no_loop(text):
    assert not repeats(text)


def test_the_score_falls_with_what_is_wrong():
    source = "En 2019, 5 % des 300 villes, dont 7 grandes, ont gagné 4 millions d'euros."
    right = "In 2019, 5% of the 300 cities, 7 of them large, earned €4 million."
    one = right.replace("300", "200")
    two = one.replace("2019", "2018")
    scores = [audit(source, each, "fr").score for each in (right, one, two, "")]
    assert scores == sorted(set(scores), reverse=True)
    assert (scores[0], scores[-1]) == (1, 0)


@given(source=st.text(max_size=80), english=st.text(max_size=80))
def test_any_pair_is_audited_and_the_score_is_a_share(source, english):
    for language in ("fr", "zh-Hans", "xx"):
        audited = audit(source, english, language)
        assert 0 <= audited.score <= 1
        assert audited.passed == (audited.score == 1) or audited.flags


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("发送邮件到support@aicoin.com,本平台", ["support@aicoin.com"]),
        ("(voir http://a.fr/b_(c)).", ["http://a.fr/b_(c)"]),
        ("www.exemple.fr/x, puis $TSLA et $5", ["www.exemple.fr/x", "$TSLA"]),
        ("tapez `pip install x` puis @toi", ["`pip install x`", "@toi"]),
        ("prix de 5 $ et 10 @ 3", []),
    ],
)
def test_what_is_the_same_in_every_language_is_protected(text, spans):
    assert [text[a:b] for a, b in find_protected(text)] == spans


@pytest.mark.parametrize(
    ("source", "right", "wrong"),
    [
        ("利用5G技术", "It used 5G technology.", "It used 1G technology."),
        ("波音737NG客机", "Boeing 737NG airliners", "Boeing 700NG airliners"),
        ("新冠疫情期间学校停课。", "Schools closed for COVID-19.", "Schools closed for COVID-15."),
    ],
)
def test_the_number_of_a_name_is_kept(source, right, wrong):
    assert audit(source, right, "zh-Hans").passed
    assert {Flag.NAME_LOST, Flag.NAME_CHANGED} & set(audit(source, wrong, "zh-Hans").flags)
