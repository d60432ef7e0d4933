"""Damage beside sound text, of rare code pages, and text that only looks damaged."""

from __future__ import annotations

import pytest
from growth import cpu_seconds, grows_evenly

from corpus_norm.encoding import clean, decode, read_escapes, replay, restore_bytes

RUSSIAN = "Правительство России заявило, что переговоры начнутся в понедельник."
UKRAINIAN = "Уряд України заявив, що їхні переговори почнуться в понеділок."
FRENCH = "Le président a déclaré que l'été serait décisif à Orléans, où le chômage recule."


@pytest.mark.parametrize(
    ("damaged", "text"),
    [
        # The ring of Swedish, Danish and Norwegian, which ftfy is not sure of.
        (
            "Regeringen säger att Ã¥tgÃ¤rder mÃ¥ste vidtas",
            "Regeringen säger att åtgärder måste vidtas",
        ),
        ("Den 3 maj står Ã¥ret stilla", "Den 3 maj står året stilla"),
        ("Gå – nÃ¥", "Gå – nå"),
        ("Två fÃ¥r på ön – tvÃ¥ mÃ¥l", "Två får på ön – två mål"),
        ("København fÃ¥r nyt rÃ¥dhus", "København får nyt rådhus"),
        ("Det skjer pÃ¥ Ã¥ker i går", "Det skjer på åker i går"),
        # French beside French.
        ("À l’hôtel, « lâ€™ouvrier » Ã  lâ€™arrÃªt", "À l’hôtel, « l’ouvrier » à l’arrêt"),
        ("déjà vu, déjÃ  su", "déjà vu, déjà su"),
        ("lâ€™Ã©tÃ© à Paris", "l’été à Paris"),
        ("Le cÅ“ur de l’œuvre", "Le cœur de l’œuvre"),
        ("Élodie, Ã‰lodie", "Élodie, Élodie"),
        ("12 000Â hommes à Orléans", "12 000\xa0hommes à Orléans"),
        ("Combien à Évry ? 12Â %", "Combien à Évry ? 12\xa0%"),
        # Latin letters further out.
        ("RÄ«ga", "Rīga"),
        ("La ville de LiepÄja et RÄ«ga", "La ville de Liepāja et Rīga"),
        ("Łódź i WrocÅ‚aw", "Łódź i Wrocław"),
        ("ÄŒeská republika, ŽiÅ¾kov", "Česká republika, Žižkov"),
        ("Bucureşti, BucureÅŸti", "Bucureşti, Bucureşti"),
        ("Erdogan, ErdoÄŸan à Ankara", "Erdogan, Erdoğan à Ankara"),
        ("La mairie d’Ä°stanbul a annoncé", "La mairie d’İstanbul a annoncé"),
        ("Bravo à tous ðŸŽ‰", "Bravo à tous 🎉"),
        ("România are preÈ›uri și plăți", "România are prețuri și plăți"),
        ("Tôi với em, má»™t rÆ¡i", "Tôi với em, một rơi"),
        ("są, siÄ™ i WrocÅ‚aw", "są, się i Wrocław"),
        ("记者ÕÅÈý报道：中国", "记者张三报道：中国"),
        ("The word ÖÐ¹ú means China.", "The word 中国 means China."),
        # é, a no-break space and » are the bytes of a Chinese character.
        ("la «\xa0sécurité\xa0» au lycÃ©e", "la «\xa0sécurité\xa0» au lycée"),
        ("«\xa0santé\xa0», a-t-il dÃ©clarÃ©", "«\xa0santé\xa0», a-t-il déclaré"),
        ("«\xa0l’actualitÃ©\xa0» à Orléans", "«\xa0l’actualité\xa0» à Orléans"),
    ],
)
def test_damage_beside_sound_letters_is_undone(damaged, text):
    cleaned = clean(damaged)
    assert cleaned.text == text
    assert replay(cleaned.repairs, damaged) == text


@pytest.mark.parametrize(
    ("damaged", "text"),
    [
        ("He said â€œhelloâ€ and left.", "He said “hello” and left."),
        ("â€œNo,â€ she said.", "“No,” she said."),
        ("“It’s fine,â€ said Müller in Zürich", "“It’s fine,” said Müller in Zürich"),
        ("the â€œdeep stateâ€, he said", "the “deep state”, he said"),
        ("« Il dit â€œouiâ€ à l’été »", "« Il dit “oui” à l’été »"),
        ("a â€œfarceâ€", "a “farce”"),
        ("â€œOneâ€\nâ€œTwoâ€ and three", "“One”\n“Two” and three"),
        ("a wellâ€known â€˜planâ€™", "a well‐known ‘plan’"),
    ],
)
def test_a_closing_quotation_mark_that_lost_its_last_byte_comes_back(damaged, text):
    assert clean(damaged).text == text


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (RUSSIAN, "utf-8", "koi8-r"),
        ("Привет, как дела, друзья", "utf-8", "koi8-r"),
        ("Москва", "utf-8", "koi8-r"),
        (UKRAINIAN, "utf-8", "koi8-u"),
        (RUSSIAN, "utf-8", "cp866"),
        ("L’été à Paris était élégant", "utf-8", "koi8-r"),
        (RUSSIAN, "koi8-r", "latin-1"),
        (RUSSIAN, "cp1251", "latin-1"),
        (RUSSIAN, "cp1251", "cp1252"),
        (RUSSIAN, "koi8-r", "cp1251"),
        (RUSSIAN, "cp1251", "koi8-r"),
        (FRENCH, "cp1252", "mac-roman"),
        (FRENCH, "cp1252", "cp437"),
        (FRENCH, "cp1252", "cp850"),
        (FRENCH, "cp850", "cp1252"),
        ("東京都で三十日、新しい計算機を発表した。", "utf-8", "cp1252"),
    ],
)
def test_code_pages_that_were_mixed_up_are_told_apart(text, right, wrong):
    damaged = text.encode(right).decode("sloppy-windows-1252" if wrong == "cp1252" else wrong)
    cleaned = clean(damaged)
    assert cleaned.text == text
    assert replay(cleaned.repairs, damaged) == text


@pytest.mark.parametrize(
    "text",
    [
        "Ångström, Åland et Århus",
        "VÄSTRA GÖTALAND, HÅKAN, BLÅBÄR",
        "SÃO PAULO – A NAÇÃO, IRMÃ, MANHÃ",
        "VOCÊ… SÓ… “É”",
        "Việt Nam, Đà Nẵng, Hồ Chí Minh",
        "İstanbul, Iğdır, ŞEHİR",
        "Dans Éire et na hÉireann, Dún Laoghaire",
        "Les signes « â€œ » et « Ã© » montrent une erreur d’encodage.",
        "On lit « Ã¨ » au lieu de « è ».",
        "On lit «\xa0Ã©\xa0» au lieu de «\xa0é\xa0», et «\u202fâ€™\u202f» pour «\u202f’\u202f».",
        "The sequence “Ã©” stands for é, and “Ã” for the start of many.",
        "The sequence â€™ appears when UTF-8 is read as Windows-1252.",
        "Bremer/Mccoy – DrÃ¥ber",
        "«\xa0La sécurité\xa0», dit-il ; «\xa0le café\xa0» aussi, là\xa0»",
        "Offering 5×£35 pin ups",
        "GÄ£ÄW, SÖÄ£",
        "Привет, как дела? Партнёр, пёс, яяя, ПРИВЕТ",
        "МВД, США и iPhone – ООН",
        "Tableau ┌──┐ │ a │ └──┘",
        "5 £/kg, 3 ¥, 20 °C, ½, x² + y²",
        "Ärzte, Äpfel, Łódź, čaj",
        "記者張三／台北報導：「沒有。」",
        "lettres à, â, ã, ä, å",
        "ÀÁÂÃÄÅ et àáâãäå, ÇÈÉÊ",
    ],
)
def test_text_that_only_looks_damaged_stays(text):
    assert clean(text).text == text


@pytest.mark.parametrize(
    ("escaped", "text"),
    [
        ("L\udc92\udce9t\udce9 arrive \udce0 Paris", "L’été arrive à Paris"),
        ("\udcc3\udca9t\udcc3\udca9", "été"),
        ("l\udc92été", "l’été"),
        ("L’été \udce9", "L’été é"),
        (
            "\udcd6\udcd0\udcb9\udcfa\udcd5\udcfe\udcb8\udcae\udcd0\udcfb\udcb2\udcbc",
            "中国政府宣布",
        ),
        ("sound é\nt\udce9", "sound é\nté"),
        ("\ud83d\ude00 \ud83d", "😀 \ufffd"),
        ("\ud83d\udc80 caf\udce9", "💀 café"),
        ("a\ude00b", "a\ufffdb"),
    ],
)
def test_surrogate_escapes_are_the_bytes_they_stand_for(escaped, text):
    cleaned = clean(escaped)
    assert cleaned.text == text
    assert replay(cleaned.repairs, escaped) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("新华社北京三月五日电，国务院发布通知。", "gbk"),
        ("各地要认真贯彻落实，确保粮食安全，市场供应充足。", "gb18030"),
        ("臺北市政府昨日宣布調整公車票價。", "big5"),
        ("Він у Києві", "cp1251"),
        ("Президент подписал указ о бюджете", "cp1251"),
        ("Le préfet à Orléans, là-bas", "cp1252"),
    ],
)
def test_bytes_that_are_utf8_by_chance_count_as_bytes(text, encoding):
    escaped = text.encode(encoding).decode("utf-8", "surrogateescape")
    cleaned = clean(escaped)
    assert cleaned.text == text
    assert replay(cleaned.repairs, escaped) == text
    assert restore_bytes(escaped) == text.encode(encoding)


@pytest.mark.parametrize(
    "escaped", ["L’été \udce9tait là", "国务院发布通知 caf\udce9", "Él\udce9 à Nîmes, « ici »"]
)
def test_characters_that_are_meant_stay_beside_escapes(escaped):
    assert restore_bytes(escaped) is None
    assert clean(escaped).text == escaped.replace("\udce9", "é")


def test_escapes_alone_are_bytes_of_one_encoding():
    assert restore_bytes("t\udce9") == b"t\xe9"
    assert restore_bytes("té") is None
    assert restore_bytes("t\udce9é") is None
    assert read_escapes("rien") == "rien"


def test_halves_of_characters_in_utf8_are_joined():
    result = decode("été \U0001f600".encode("utf-16-le").decode("utf-16-le").encode() + b"")
    assert result.text == "été 😀"
    halves = decode("été \ud83d\ude00".encode("utf-8", "surrogatepass"))
    assert (halves.text, halves.encoding) == ("été 😀", "utf-8")


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "Ã¥",
            "â€",
            "â€ ",
            "« Ã© » ",
            "Ä",
            "Â ",
            "п÷",
            "ÖÐ",
            "prÈs ",
            "\udce9",
            "é\udce9",
            "ﾃｩ",
            "рТБЧ ",
        ),
        *("╨┐", "Ïðàâè ", "’Ä«", "“", "â", "ðŸ"),
    ],
)
def test_time_grows_with_the_length_of_a_line(piece):
    def measure(count):
        return cpu_seconds(lambda: clean(piece * count))

    measure(10)
    assert grows_evenly(measure, 1000, 4000, most_growth=10, negligible_s=0.1)
