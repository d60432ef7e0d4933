"""The audit that reads words: what is missing, added, opposite, or said of another name."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from growth import cpu_seconds, grows_evenly, least_cpu_seconds

from corpus_norm.audit import answers, audit
from corpus_norm.audit.adequacy import NAMES, FaultModel
from corpus_norm.audit.alignment import align, lost_comparison
from corpus_norm.audit.entities import (
    NameDoubts,
    doubt_names,
    is_spelt_name,
    is_spelt_number,
    odd_pronoun,
)
from corpus_norm.audit.fluency import clumsiness, odd_vague_word
from corpus_norm.audit.lexicon import (
    TABLES,
    EnglishTable,
    Lexicon,
    _read_lexicon,
    english_words,
    find_lexicon,
    segment,
    spaced_words,
    unspaced_words,
)
from corpus_norm.audit.polarity import lacks_denial
from corpus_norm.audit.polarity_odds import (
    added_clues,
    find_opposites,
    lost_clues,
    weigh_denials,
)
from corpus_norm.audit.sounds import NO_NAME, name_bits, replaced_name, spell
from corpus_norm.labels import Flag
from corpus_norm.languages import get_language

DATA = Path(__file__).parent / "data"
RIGHT = {
    "fr": [
        (
            (
                "Le ministre de l'Agriculture a promis une aide aux éleveurs, touchés par la"
                " sécheresse et la hausse du prix des céréales."
            ),
            (
                "The agriculture minister promised aid to livestock farmers, who have been hit by"
                " drought and rising grain prices."
            ),
        ),
        (
            "La police n'a pas retrouvé la voiture volée près de la gare.",
            "Police have not found the car stolen near the station.",
        ),
        (
            "Le président de la Slovénie a visité une usine près de Bordeaux vendredi.",
            "The president of Slovenia visited a factory near Bordeaux on Friday.",
        ),
    ],
    "zh-Hans": [
        (
            "法国总统周二在巴黎会见了德国总理，双方讨论了能源价格和欧洲安全问题。",
            (
                "The French president met the German chancellor in Paris on Tuesday, and the two"
                " discussed energy prices and European security."
            ),
        ),
        (
            "这家银行没有公布调查结果，也没有回答记者的问题。",
            (
                "The bank did not publish the results of the investigation or answer reporters'"
                " questions."
            ),
        ),
    ],
}
PAIRS = [(language, *pair) for language, pairs in RIGHT.items() for pair in pairs]


def flags(source, english, language):
    return set(audit(source, english, language).flags)


@pytest.mark.parametrize(("language", "source", "english"), PAIRS)
def test_right_english_has_no_flag_and_a_high_score(language, source, english):
    found = audit(source, english, language)
    assert found.passed
    assert found.adequacy > 0.6


@pytest.mark.parametrize(("language", "source", "english"), PAIRS)
def test_the_english_of_another_sentence_is_unrelated(language, source, english):
    other = "Scientists have discovered a small frog in the forests of the southern island."
    found = audit(source, other, language)
    assert language != "fr" or not found.passed
    assert found.adequacy < 0.2


@pytest.mark.parametrize(("language", "source", "english"), PAIRS)
def test_an_added_clause_is_found(language, source, english):
    longer = english.rstrip(".") + ", while a chef in the kitchen was slicing onions for a wedding."
    assert {Flag.CONTENT_ADDED, Flag.UNRELATED} & flags(source, longer, language)


def test_a_dropped_part_is_found():
    [(source, english), *_] = RIGHT["fr"]
    assert Flag.CONTENT_MISSING in flags(source, english.partition(",")[0] + ".", "fr")
    [(source, english), *_] = RIGHT["zh-Hans"]
    half = audit(source, english.partition(" in Paris")[0] + ".", "zh-Hans")
    assert half.adequacy < audit(source, english, "zh-Hans").adequacy - 0.3


def test_a_name_that_became_another_is_found():
    source, english = RIGHT["fr"][2]
    assert Flag.NAME_CHANGED in flags(source, english.replace("Slovenia", "Robert Palmer"), "fr")
    source, english = RIGHT["zh-Hans"][0]
    changed = audit(source, english.replace("Paris", "Tokyo"), "zh-Hans")
    assert changed.adequacy < audit(source, english, "zh-Hans").adequacy - 0.2


@pytest.mark.parametrize(
    ("language", "source", "right", "wrong"),
    [
        (
            "fr",
            "Le groupe n'exclut pas de supprimer des postes.",
            "The group may cut jobs.",
            "The group does not remove jobs.",
        ),
        (
            "zh-Hans",
            "警方不排除他杀的可能。",
            "Police do not rule out murder.",
            "Police have not killed him.",
        ),
    ],
)
def test_a_denial_alone_turns_what_is_not_excluded(language, source, right, wrong):
    assert Flag.NEGATION_LOST not in flags(source, right, language)
    assert Flag.NEGATION_LOST in flags(source, wrong, language)


def test_a_lost_denial_is_found():
    for language, pair in (("fr", RIGHT["fr"][1]), ("zh-Hans", RIGHT["zh-Hans"][1])):
        lost = pair[1].replace(" not", "").replace("did publish", "published")
        assert Flag.NEGATION_LOST in flags(pair[0], lost, language)


def test_an_added_denial_is_found():
    source = "Le ministre a annoncé une baisse des impôts."
    assert flags(source, "The minister announced a tax cut.", "fr") == set()
    assert Flag.NEGATION_ADDED in flags(source, "The minister has not announced a tax cut.", "fr")


@pytest.mark.parametrize(
    ("language", "source", "right", "wrong"),
    [
        (
            "fr",
            "Lundi matin, les prix du blé ont augmenté sur le marché de Pékin.",
            "increased",
            "decreased",
        ),
        ("zh-Hans", "周一上午，北京市场的小麦价格大幅上涨。", "rose sharply", "fell sharply"),
    ],
)
def test_a_word_for_its_opposite_is_found(language, source, right, wrong):
    english = "On Monday morning, wheat prices on the Beijing market {}."
    assert flags(source, english.format(right), language) == set()
    assert Flag.POLARITY_CHANGED in flags(source, english.format(wrong), language)


def test_a_language_without_a_lexicon_is_audited_as_before():
    found = audit("El banco perdió 5 millones de euros.", "The bank lost 7 million euros.", "es")
    assert found.adequacy is None
    assert found.flags
    assert answers("El banco perdió.", "The bank lost.", "es") is None


def test_few_words_are_not_judged():
    assert audit("Oui.", "Sure thing.", "fr").passed
    assert audit("", "", "fr").passed


def test_words_are_split_as_the_lexicon_has_them():
    assert [w.form for w in english_words("He can't say it’s Bob’s.")] == [
        *("he", "can", "not", "say", "it", "'s", "bob", "'s")
    ]
    assert [w.form for w in spaced_words("l’Élysée d'abord")] == ["l", "élysée", "d", "abord"]
    words = unspaced_words("iPhone在北京", lambda text: segment(text, {"北京": 3.0, "在": 2.0}))
    assert [(w.form, w.start, w.end) for w in words] == [
        *(("iphone", 0, 6), ("在", 6, 7), ("北京", 7, 9))
    ]


def test_traditional_characters_are_read_as_simplified_ones():
    lexicon = find_lexicon("zh-Hant")
    assert [w.form for w in lexicon.words("經濟發展")] == [
        w.form for w in lexicon.words("经济发展")
    ]


@pytest.mark.parametrize(
    ("name", "signs"),
    [
        *(("hendricks", "亨德里克斯"), ("slovenia", "斯洛文尼亚"), ("wilson", "威尔逊")),
        *(("calgary", "卡尔加里"), ("bolsonaro", "博索纳罗"), ("khamenei", "哈梅内伊")),
    ],
)
def test_a_name_sounds_like_its_chinese_characters(name, signs):
    sounds = find_lexicon("zh").sounds
    text = f"总统{signs}说"
    bits, span = name_bits(name, text, [True] * len(text), sounds)
    assert bits > 5
    assert text[span] == signs
    for other in ("margate", "toyota", "palmer"):
        assert name_bits(other, text, [True] * len(text), sounds)[0] < 5
    assert name_bits(name, text, [False] * len(text), sounds)[0] < 0


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("公司近日发布通知。", "Batman"),
        ("他作为那段时期的代表。", "Slovenia"),
        ("校长公布年度计划。", "Hendricks"),
        ("球员默默承受了压力。", "Shinzo"),
    ],
)
def test_known_words_spell_no_name(text, name):
    found = align(text, f"It is of {name}.", get_language("zh-Hans"), find_lexicon("zh"))
    assert found.best_en[-1] < 0.5


def test_a_name_within_a_longer_word_is_answered():
    text, english = "内蒙古自治区的水库", "A reservoir of Inner Mongolia"
    found = align(text, english, get_language("zh-Hans"), find_lexicon("zh"))
    assert found.best_en[-1] > 0.5


def test_a_surname_without_its_given_name_has_lost_it():
    lexicon, record = find_lexicon("zh"), get_language("zh-Hans")

    def lost(english):
        return doubt_names(align("陈宝国和黄磊是演员。", english, record, lexicon), lexicon).lost

    assert lost("Chen Slovenia and Huang Lei are actors.") > 5
    assert lost("Chen Baoguo and Huang Lei are actors.") == 0
    assert lost("Grace Chen and Huang Lei are actors.") == 0


def test_names_of_the_same_consonants_sound_alike():
    assert spell("poutine") == spell("putin")


@pytest.mark.parametrize(
    ("english", "is_odd"),
    [
        ("On July some, the city was calm.", True),
        ("A new case of COVID-some was reported.", True),
        ("The victims were aged 46 and some.", True),
        ("Some people said that some of it was true.", False),
        ("There were several hundred people, and many left.", False),
        ("Few came, and a few stayed.", False),
        ("Nothing here is vague.", False),
    ],
)
def test_a_vague_word_where_a_number_must_stand_is_odd(english, is_odd):
    assert (odd_vague_word(english) > 3) == is_odd


def test_a_number_that_became_a_vague_word_is_missing():
    source = "突如其来的疫情带来了困难。"
    right = audit(source, "The sudden outbreak of COVID-19 brought difficulties.", "zh-Hans")
    wrong = audit(source, "The sudden outbreak of COVID-some brought difficulties.", "zh-Hans")
    assert right.passed
    assert wrong.flags == (Flag.AMOUNT_MISSING,)
    assert wrong.score < right.score


def test_a_name_in_the_place_of_another_has_higher_odds():
    lexicon, record = find_lexicon("zh"), get_language("zh-Hans")
    source = "抗议群众是爱国者,他们希望美国向一个更为平等的国家迈进。"
    english = "The protesters are patriots who want {} to become a more equal country."
    right, wrong = (
        replaced_name(align(source, english.format(name), record, lexicon), lexicon)
        for name in ("America", "Margate")
    )
    assert right == NO_NAME
    assert wrong > 0


def test_names_are_not_weighed_in_other_languages():
    lexicon, record = find_lexicon("fr"), get_language("fr")
    found = align("Il vit à Paris.", "He lives in Margate.", record, lexicon)
    assert replaced_name(found, lexicon) == NO_NAME


@pytest.mark.parametrize(
    ("english", "is_odd"),
    [
        ("The it Sea was calm.", True),
        ("The talks with it President he failed.", True),
        ("It said that he was right, and they left.", False),
        ("Liu He, of the IT ministry, spoke.", False),
        ("There is no pronoun here.", False),
    ],
)
def test_a_pronoun_where_none_stands_is_odd(english, is_odd):
    assert (odd_pronoun(english_words(english), english) > 2) == is_odd


@pytest.mark.parametrize(
    ("source", "english", "name"),
    [
        ("巴西研究人员发现了病毒。", "Brazilian researchers found the virus.", "brazilian"),
        ("巴研究人员发现了病毒。", "Brazilian researchers found the virus.", "brazilian"),
        ("福奇说病毒会回来。", "The virus will return, Fauci said.", "fauci"),
        ("他在喀琅施塔得检阅了舰队。", "He inspected the fleet at Kronstadt.", "kronstadt"),
    ],
)
def test_a_name_is_answered_by_a_relative_a_first_character_or_its_consonants(
    source, english, name
):
    record, lexicon = get_language("zh-Hans"), find_lexicon("zh-Hans")

    def strength(text, word):
        found = align(source, text, record, lexicon)
        return found.best_en[[each.form for each in found.english].index(word)]

    assert strength(english, name) >= 0.5
    for other in ("Margate", "Slovenia", "Toyota", "Palmer"):
        wrong = english.lower().replace(name, other)
        assert strength(wrong, other.lower()) < 0.5


def test_the_log_odds_are_sums_of_curves_that_are_straight_between_knots():
    table = {"mean": dict.fromkeys(NAMES, 1.0), "spread": dict.fromkeys(NAMES, 2.0)}
    curve = [5.0, 4.0, 2.0, 0.0, 1.0, 3.0, 13.0]
    classes = [
        {"class": "denial added", "bias": -1.0, "threshold": 1.4, "curves": {"gap": curve}},
        {"class": "opposite", "bias": 0.5, "threshold": 9.0, "curves": {}},
    ]
    model = FaultModel.read(table | {"classes": classes})
    numbers = [1.0] * len(NAMES)
    for value, sum_of_curves in ((1.0, 0.0), (6.0, 4.0 - 0.5), (-2.0, 3.0), (99.0, 13.0)):
        numbers[NAMES.index("gap")] = value
        found = model.predict(numbers)
        assert found.odds == pytest.approx((sum_of_curves - 1.0, 0.5))
        assert found.flags == ((Flag.NEGATION_ADDED,) if sum_of_curves - 1.0 > 1.4 else ())


def test_trees_of_the_measurements_add_to_the_log_odds():
    table = {"mean": dict.fromkeys(NAMES, 0.0), "spread": dict.fromkeys(NAMES, 1.0)}
    place = NAMES.index("odd")
    trees = [[place, 2.0, -1.0, [place, 4.0, 0.5, 3.0]], [NAMES.index("gap"), 0.0, 0.25, 9.0]]
    model = FaultModel.read(
        table
        | {"classes": [{"class": "name dropped", "bias": 1.0, "threshold": 2, "trees": trees}]}
    )
    numbers = [0.0] * len(NAMES)
    for odd, odds in ((2.0, 0.25), (3.0, 1.75), (5.0, 4.25)):
        numbers[place] = odd
        found = model.predict(numbers)
        assert found.odds == pytest.approx((odds,))
        assert found.flags == ((Flag.NAME_CHANGED,) if odds > 2 else ())


@pytest.mark.parametrize(
    ("form", "english", "is_answer"),
    [
        ("闽", "fujian", True),  # the short name of a province
        ("刘德华", "lau", True),  # only CC-CEDICT has the name
        ("佛州", "florida", True),  # the short name of a state
        ("冠状病毒", "covid", True),
        ("加勒比", "caribbean", True),
        ("加勒比", "dominance", False),  # it stood beside the name
        ("肯尼亚", "countries", False),
    ],
)
def test_names_are_answered_by_what_word_lists_say(form, english, is_answer):
    lexicon = find_lexicon("zh")
    answers = {
        target for target, strength in lexicon.answers(lexicon.stem_of(form)) if strength > 0.5
    }
    assert (lexicon.english.stem_of(english) in answers) == is_answer


def test_the_recipe_knows_the_names_of_word_lists_and_what_is_misread():
    from training.audit.gazetteer import is_misread, mend_links, names_of, short_states

    assert names_of(["NATO (North Atlantic Treaty Organization) (abbr. for 北大西洋公约组织)"]) == [
        "NATO"
    ]
    assert names_of(["to chat", "surname Gang", "harbor"]) == []
    assert is_misread(["hotel", "hotels"], 0.2, "Egypt")
    assert not is_misread(["egyptology"], 0.2, "Egypt")
    assert short_states({"得克萨斯州": ["Texas, US state"], "得州": ["Texas"]}) == {}
    english = EnglishTable(
        {"lau": 0, "hotel": 1, "hotels": 1, "egypt": 2}, [9.0] * 3, [1.0, 0.1, 1.0]
    )
    arrays = {
        "starts": np.array([0, 2]),
        "targets": np.array([1, 2]),
        "answers": np.array([32, 16]),
        "back": np.array([80, 5]),
    }
    lexicon = Lexicon({"埃及": 0}, [9.0], english, arrays=arrays)
    links = mend_links(lexicon, {"埃及": ["Egypt"], "刘德华": ["Andy Lau (1961-), singer"]}, {})
    assert (links.dropped, links.added) == (1, 1)
    assert links.by_word["埃及"] == {2: (7, 5)}  # it has what both had
    assert set(links.by_word["刘德华"]) == {0}


@pytest.mark.parametrize(
    ("source", "english"),
    [
        ("何大一呼吁公众为科学家争取时间。", "David Ho called on the public to buy time."),
        ("副部长MarvinGatpayat表示将恢复办公。", "Marvin Gatpayat said that work would resume."),
    ],
)
def test_surnames_spelt_otherwise_and_names_glued_together_are_answered(source, english):
    found = align(source, english, get_language("zh-Hans"), find_lexicon("zh"))
    best = dict(zip((word.form for word in found.english), found.best_en, strict=True))
    assert all(best[name] > 0.7 for name in ("ho", "gatpayat", "marvin") if name in best)


def test_a_digit_in_a_spelt_name_is_no_amount():
    chinese = get_language("zh-Hans")
    assert is_spelt_number("在五道梁保护站", 1, "at the Wudaoliang station", chinese)
    assert not is_spelt_number("在五道梁保护站", 1, "at the station", chinese)
    assert not is_spelt_number("有五人", 1, "There were people.", chinese)


def test_the_tables_are_small_and_load_quickly():
    assert sum(path.stat().st_size for path in TABLES.iterdir()) <= 8_000_000
    assert least_cpu_seconds(lambda: _read_lexicon.__wrapped__("fr"), 0.5) < 0.5


def test_the_words_that_nothing_answers_are_marked():
    source, english = RIGHT["fr"][1]
    words, words_en = answers(source, english + " Gardeners wept.", "fr")
    assert {english[w.start : w.end] for w in words_en if not w.is_unanswered} >= {"car", "station"}
    longer = english + " Gardeners wept."
    marked = {longer[w.start : w.end] for w in words_en if w.is_unanswered}
    assert "Gardeners" in marked
    assert "car" not in marked
    assert {source[w.start : w.end]: w.answers for w in words}["voiture"] == ("car",)


@pytest.mark.parametrize(
    ("language", "source", "english"),
    [
        ("fr", "il ne vient pas hier avant la hausse de Paris ", "he rose before not in Berlin "),
        ("zh-Hans", "他没有来巴黎上升之前克里斯", "he fell not after Chris Palmer in Paris "),
    ],
)
def test_the_time_grows_with_the_text(language, source, english):
    lexicon, record = find_lexicon(language), get_language(language)

    def work(times):
        found = align(source * times, english * times, record, lexicon)
        find_opposites(found, lexicon)
        weigh_denials(found, lexicon)

    def measure(times):
        return cpu_seconds(lambda: work(times))

    measure(2)
    assert grows_evenly(measure, 40, 160, most_growth=10, negligible_s=0.2)


def test_the_same_pair_has_the_same_score():
    source, english = RIGHT["zh-Hans"][0]
    assert audit(source, english, "zh-Hans") == audit(source, english, "zh-Hans")


def weigh(source, english, language):
    lexicon = find_lexicon(language)
    return weigh_denials(align(source, english, get_language(language), lexicon), lexicon)


@pytest.mark.parametrize(
    ("language", "denied", "plain"),
    [
        ("fr", "Il n'a pas signé le contrat.", "Il a signé le contrat sans doute hier."),
        ("zh-Hans", "他没有签署合同。", "他不断签署合同。"),
    ],
)
def test_the_words_say_whether_a_denial_is_expected(language, denied, plain):
    english, english_not = "He signed the contract.", "He did not sign the contract."
    assert weigh(denied, english, language).lost > weigh(plain, english, language).lost + 2
    assert weigh(denied, english, language).lost > weigh(denied, english_not, language).lost + 2
    assert weigh(plain, english_not, language).added > weigh(denied, english_not, language).added


@pytest.mark.parametrize(
    ("language", "source", "rest"),
    [
        (
            "fr",
            "Le ministre n'a pas signé hier le contrat et les ouvriers ont repris lundi.",
            "sign the contract yesterday and the workers {} work on Monday.",
        ),
        (
            "zh-Hans",
            "部长昨天没有在巴黎签署合同,工厂的工人星期一上午恢复了工作。",
            "sign the contract yesterday in Paris and the factory workers {} work on Monday.",
        ),
    ],
)
def test_the_denied_word_counts_not_the_sentence(language, source, rest):
    right = "The minister did not " + rest.format("resumed")
    wrong = "The minister " + rest.format("did not resume").replace("sign ", "signed ", 1)
    found, found_wrong = (weigh(source, english, language) for english in (right, wrong))
    assert found_wrong.added > found.added + 1


@pytest.mark.parametrize(
    ("language", "source", "right"),
    [
        (
            "fr",
            "Le médecin a refusé de signer le certificat.",
            "The doctor would not sign the certificate.",
        ),
        ("zh-Hans", "医生拒绝在证明上签字。", "The doctor would not sign the certificate."),
        ("zh-Hans", "很少有人知道这座博物馆。", "Not many people know this museum."),
    ],
)
def test_a_word_of_the_source_excuses_a_denial(language, source, right):
    assert Flag.NEGATION_ADDED not in flags(source, right, language)


@pytest.mark.parametrize(
    ("language", "source", "right"),
    [
        ("fr", "Le parc compte plus de 500 espèces.", "The park has more than 500 species."),
        ("fr", "Le parc compte au moins 500 espèces.", "The park has more than 500 species."),
        ("zh-Hans", "公园有500多种植物。", "The park has more than 500 species of plants."),
        ("zh-Hans", "公园有不少于500种植物。", "The park has more than 500 species of plants."),
        ("zh-Hans", "公园有九千余种植物。", "The park has more than 9,000 species of plants."),
    ],
)
def test_a_least_amount_is_no_greatest_one(language, source, right):
    assert Flag.POLARITY_CHANGED not in flags(source, right, language)
    assert Flag.POLARITY_CHANGED in flags(
        source, right.replace("more than", "fewer than"), language
    )


def test_most_denials_of_everyday_pairs_are_told_apart():
    with (DATA / "denials.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    wrong = [row for row in rows if row["wrong"]]
    alarms = [row["right"] for row in rows if flags(row["source"], row["right"], row["language"])]
    found = [row for row in wrong if flags(row["source"], row["wrong"], row["language"])]
    assert len(rows) == 40
    assert len(alarms) <= 2, alarms
    assert len(found) >= 0.65 * len(wrong)


def test_not_only_and_number_one_are_no_denials():
    lexicon, record = find_lexicon("fr"), get_language("fr")

    def count(english):
        return len(added_clues(align("Il a signé.", english, record, lexicon), lexicon)[1])

    assert count("He did not sign.") == 1
    assert not count("Not only he signed, whether or not he was No. 1, no matter why.")
    signed = align("Il a signé.", "He did not sign.", record, lexicon)
    assert lost_clues(signed, lexicon) == ([], [])


@pytest.mark.parametrize(
    ("language", "source", "right", "wrong"),
    [
        (
            "fr",
            "Le musée a rouvert après trois ans de travaux.",
            "The museum reopened after three years of work.",
            "The museum reopened before three years of work.",
        ),
        (
            "zh-Hans",
            "地震发生之后,市长访问了灾区。",
            "The mayor visited the disaster area after the earthquake.",
            "The mayor visited the disaster area before the earthquake.",
        ),
        (
            "zh-Hans",
            "这是该市首次举办奥运会。",
            "It is the first time the city hosts the Olympic Games.",
            "It is the last time the city hosts the Olympic Games.",
        ),
        (
            "fr",
            "La police a fait exploser une voiture piégée devant la gare.",
            "Police blew up a booby-trapped car outside the station.",
            "Police blew down a booby-trapped car outside the station.",
        ),
    ],
)
def test_the_words_say_which_of_two_opposites_should_stand(language, source, right, wrong):
    lexicon = find_lexicon(language)
    found, found_wrong = (
        find_opposites(align(source, english, get_language(language), lexicon), lexicon)
        for english in (right, wrong)
    )
    assert found < 0 < found_wrong
    assert Flag.POLARITY_CHANGED not in flags(source, right, language)


def test_each_of_two_denials_is_judged_by_itself():
    source = "Le maire n'a pas signé le contrat, mais le préfet n'a pas non plus refusé l'aide."
    right = "The mayor did not sign the contract, but the prefect did not refuse the aid either."
    wrong = "The mayor signed the contract, but the prefect did not refuse the aid either."
    assert weigh(source, wrong, "fr").lost > weigh(source, right, "fr").lost + 2


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("It is not only a duty, but also an honour.", "It is only a duty, but also an honour."),
        ("It depends on whether or not we sign.", "It depends on whether or we sign."),
    ],
)
def test_half_of_a_correlative_is_a_lost_denial(right, wrong):
    assert not lacks_denial(right)
    assert lacks_denial(wrong)


@pytest.mark.parametrize(
    "english",
    ["It is only a start. But he also sang.", "It is unclear whether or when he left.", "Only he."],
)
def test_no_half_of_a_correlative_is_seen_elsewhere(english):
    assert not lacks_denial(english)


def test_a_spelt_chinese_name_is_known_by_its_characters():
    assert all(map(is_spelt_name, ("周星竹", "博索纳罗", "斯克里帕尔")))
    assert not any(map(is_spelt_name, ("嘹亮", "布堆画", "路")))


CLUMSY = [
    (
        "Data from Tracxn show that OpenAI has completed seven rounds of funding.",
        "Data show that OpenAI Tracxn made seven cycles financing.",
    ),
    (
        "According to sources, OpenAI's custom AI chips will perform as well as NVIDIA's.",
        "Sources suggest that AI will chips custom OpenAI performance comparable.",
    ),
    (
        "OpenAI is also in talks with chip designers, including Broadcom.",
        "OpenAI is also ongoing negotiations with the designers of bullets, whose Broadcom.",
    ),
]


def test_english_by_people_is_less_clumsy_in_the_mean():
    people, starter = (sum(map(clumsiness, side)) for side in zip(*CLUMSY, strict=True))
    assert people < starter - 0.5


def test_weights_of_other_measurements_are_refused():
    with pytest.raises(ValueError, match=r"training\.audit\.fit"):
        FaultModel.read({"mean": {"one": 1.0}, "spread": {"one": 0.0}, "classes": []})


def name_doubts(source, english):
    record, lexicon = get_language("zh-Hans"), find_lexicon("zh-Hans")
    return doubt_names(align(source, english, record, lexicon), lexicon)


def test_a_chinese_name_without_an_answer_says_more_the_surer_it_is_answered():
    lexicon = find_lexicon("zh-Hans")
    assert min(map(lexicon.name_doubt, ("特朗普", "日本", "莫斯科"))) > 6
    assert not any(map(lexicon.name_doubt, ("国家", "记者", "的", "嘹亮")))
    assert lexicon.name_doubt_en("trump") > lexicon.name_doubt_en("china") > 3
    assert lexicon.name_doubt_en("the") == 0
    assert lexicon.name_doubt_en("zzyzx") is None


@pytest.mark.parametrize("place", ["it", "Toyota"])
def test_a_chinese_name_that_became_another_or_a_pronoun_is_found(place):
    source = "法国总统周三在莫斯科会见了日本首相，双方讨论了能源价格和欧洲安全问题。"
    english = (
        "The French president met the Japanese prime minister in Moscow on Wednesday, and the two"
        " discussed energy prices and European security."
    )
    assert audit(source, english, "zh-Hans").passed
    assert name_doubts(source, english) == NameDoubts()
    wrong = english.replace("Moscow", place)
    doubts = name_doubts(source, wrong)
    assert doubts.lost > 6
    assert (doubts.stood_for, doubts.added > 3) == (
        (doubts.lost, False) if place == "it" else (0, True)
    )
    assert Flag.NAME_CHANGED in flags(source, wrong, "zh-Hans")


def test_a_name_that_is_free_or_in_part_is_not_missed():
    source = "旧金山警察局星期五公布了报告。"
    lost = name_doubts(source, "The police released a report on Friday.").lost
    assert name_doubts(source, "The SFPD released a report on Friday.").lost == lost / 2 > 2
    assert name_doubts("托利弗得到15分。", "He scored 15 points.").lost == 0
    assert name_doubts("他们买了SUV。", "They bought SUVs.").lost == 0
    assert name_doubts("他们买了SUV。", "They bought cars.").lost > 3


def test_names_of_a_language_that_were_not_counted_say_nothing():
    record, lexicon = get_language("fr"), find_lexicon("fr")
    found = align("Macron est parti pour Berlin.", "It left for Toyota.", record, lexicon)
    assert doubt_names(found, lexicon) == NameDoubts()


@pytest.mark.parametrize(
    ("english", "is_lost"),
    [
        ("Those costs are largely those of rivals, who should pay $2.7 billion or more.", False),
        ("Those costs are largely those of rivals.", True),
        ("Those costs far exceed those of rivals.", False),
        ("Those costs are far above those of rivals.", False),
    ],
)
def test_a_comparison_that_is_lost_lowers_the_score(english, is_lost):
    source = "Ces dépenses dépassent largement celles des concurrents."
    french = get_language("fr")
    found = align(source, english, french, find_lexicon("fr"))
    assert bool(lost_comparison(found, french)) == is_lost


def test_a_comparison_in_chinese_is_left_alone():
    assert audit("公园有不少于500种植物。", "The park has more than 500 plants.", "zh-Hans").passed


def test_thresholds_are_worth_more_by_each_aim_they_meet():
    from training.audit.fit import AIMS, worth_of

    met = worth_of(AIMS)
    assert met == 1.5 * len(AIMS)
    assert met == worth_of(dict.fromkeys(AIMS, 1.0))
    for kind, aim in AIMS.items():
        near, far = (worth_of(AIMS | {kind: aim * share}) for share in (0.99, 0.5))
        assert met > near + 0.5 > far


@pytest.mark.parametrize("text", ["研究生命起源于不断发展", "abc", "不", "一二三四五六七八九", ""])
def test_words_are_the_same_with_the_longest_of_each_beginning(text):
    lexicon = find_lexicon("zh")
    assert segment(text, lexicon.costs) == segment(text, lexicon.costs, lexicon._longest)


def test_a_denial_of_chinese_is_judged_by_its_characters_and_by_what_may_deny_anywhere():
    lexicon, record = find_lexicon("zh"), get_language("zh-Hans")
    text = "专家建议，最好不要在中午前后在烈日下行走。"
    said = ("Experts say you should avoid walking in the sun around noon.", "Walk around noon.")
    clues = [lost_clues(align(text, each, record, lexicon), lexicon) for each in said]
    assert ["^a1" in shared for shared, _ in clues] == [True, False]
    assert all("|不要在" in own for _, [own] in clues)
