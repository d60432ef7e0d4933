from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus_norm
from corpus_norm.boilerplate import classify, classify_blocks, load_lexicon
from corpus_norm.boilerplate.classifier import _is_french
from corpus_norm.boilerplate.features import (
    TESTS,
    Groups,
    extract_features,
    read_codes,
)
from corpus_norm.boilerplate.headlines import find_directory
from corpus_norm.boilerplate.kinds import find_feed
from corpus_norm.boilerplate.model import (
    REASONS,
    WARY,
    _decide,
    _find_least,
    decode,
    find_lists,
    find_strangers,
    load_model,
)
from corpus_norm.bylines import find_names
from corpus_norm.document import Block, BlockKind, Document
from corpus_norm.errors import SettingsError
from corpus_norm.segmentation import split_blocks
from corpus_norm.settings import Settings

PROSE = (
    "The company lost five billion dollars in the year to June, and it will lose more next year.",
    "Its founder told the board on Monday that he would leave at the end of the month.",
    "Nobody knows who will come after him, but three names were heard in the corridors.",
    "The shares, which had lost a third of their price since the spring, did not move at all.",
)


def classify_text(text):
    [document] = classify([Document("x", text, blocks=tuple(split_blocks(text)))])
    return document


def kinds(*lines):
    return [block.kind.value for block in classify_text("\n\n".join(lines)).blocks]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Share this article", "share"),
        ("Read more: why banks fail", "related_links"),
        ("Sign up for our newsletter", "newsletter"),
        ("© 2026 The Example Times", "copyright"),
        ("We use cookies to improve your visit", "cookie_notice"),
        ("By Ann Example", "byline"),
        ("Request a free demo", "promo"),
        ("Add to wish list", "promo"),
        ("Ajouter au panier", "promo"),
        ("Prendre rendez-vous en ligne", "promo"),
        ("加入购物车", "promo"),
        ("View 12 images", "caption"),
        ("The mayor at the harbour on Monday (Image: Ann Example)", "caption"),
        ("The mayor at the harbour, 3 May. Ann Example/Getty Images", "caption"),
        ("Le maire au port, lundi (Photo : Zoé Exemple)", "caption"),
        ("市长在港口（图：张三）", "caption"),
        ("Zoé Example · Example News · Posted: Aug 08, 2026 4:00 AM", "dateline"),
        ("Published 3 May 2026", "dateline"),
        ("12 comments", "comments"),
        ("Source: Example Wire", "source_credit"),
        ("À lire aussi : la banque ferme", "related_links"),
        ("Publié le 3 mai 2026 à 10h", "dateline"),
        ("Tous droits réservés", "copyright"),
        ("Par Zoé Exemple", "byline"),
        ("Inscrivez-vous à notre lettre", "newsletter"),
        ("Suivez l'actualité de la région sur Google Actualités", "share"),
        ("À relire : le port ferme", "related_links"),
        ("La sélection de la rédaction", "related_links"),
        ("Vos dons sont déductibles à 66 % de vos impôts.", "promo"),
        ("Tous les matins, recevez les titres du jour", "newsletter"),
        ("Zoé Exemple est journaliste au service politique de l'Exemple.", "byline"),
        ("Journaliste à Lille, elle couvre le port et la pêche.", "byline"),
        ("Cet article date de plus de trois ans.", "dateline"),
        ("L'Exemple avec AFP", "source_credit"),
        ("Avec TAP", "source_credit"),
        ("Le magazine vous propose chaque jour des recettes.", "disclaimer"),
        ("Vous pouvez joindre la rédaction par courriel à ici@exemple.fr.", "disclaimer"),
        ("Pour afficher ce contenu, acceptez les cookies.", "cookie_notice"),
        ("Les champs obligatoires sont indiqués avec *", "comments"),
        ("Capture d'écran d'une vidéo du port", "caption"),
        ("Zoé Exemple, maire du port, assiste à la cérémonie à Lille, le 3 mai 2026.", "caption"),
        ("责任编辑：张三", "byline"),
        ("来源：示例网", "source_credit"),
        ("相关阅读", "related_links"),
        ("免责声明：本文仅代表作者个人观点", "disclaimer"),
        ("分享到微信", "share"),
        ("版權所有 不得轉載", "copyright"),
    ],
)
def test_the_lexicon_knows_page_furniture(line, kind):
    hit = load_lexicon().find(line)
    assert hit is not None
    assert hit.kind.value == kind


@pytest.mark.parametrize(
    "line",
    [
        *PROSE,
        "Shares fell by a tenth on Monday after the bank said it had lost money.",
        "By Monday evening the fire had spread to the next valley.",
        "Partager le pouvoir n'est pas dans ses habitudes, dit un ancien ministre.",
        "Par ailleurs, la société a perdu cinq milliards.",
        "他分享了自己的经历，并说这是他一生中最难忘的一天。",
        "来源不明的资金流入了这家公司。",
        "My view:",
        "Left.",
        "Order from chaos",
        "The minister had said so before, an aide told Reuters.",
        "The free demo drew two hundred people to the harbour (it had drawn fifty in May).",
        "Acheter sur un coup de tête",
        "Zoé Exemple est maire du port depuis trois ans.",
        "Le journaliste a été arrêté à Lille, le 3 mai 2026.",
        "Suivez l'argent, conseille le procureur.",
        "Tous les matins, elle ouvre le marché.",
        "La boulangerie vous propose chaque jour du pain frais.",
        "Vous pouvez joindre la mairie par courriel à ici@exemple.fr.",
        "L'accès libre au port a été décidé en mai.",
        "map",
        "tap",
    ],
)
def test_the_lexicon_leaves_sentences_alone(line):
    assert load_lexicon().find(line) is None


def test_the_body_is_the_run_of_prose():
    assert kinds("Home", "A bank fails in the night", "By Ann Example", *PROSE, "Share", "X") == [
        "navigation",
        "title",
        "byline",
        *["paragraph"] * 4,
        "share",
        "share",
    ]


def test_short_sentences_at_the_edges_of_the_body_stay_inside():
    assert kinds(PROSE[0], "He left.", "My view:", PROSE[1]) == ["paragraph"] * 4


@pytest.mark.parametrize("line", ["Read more: why banks fail", "Buy our tea"])
def test_a_last_sentence_below_a_line_of_furniture_stays_inside(line):
    text = "The bank closed its doors on Monday, after a week in which clients took out billions."
    last = "The state will pay them all back by the end of the year, the minister said on Tuesday."
    found = kinds("A bank fails in the night", text, line, last, "Share this article", "Facebook")
    assert found[1] == found[3] == "paragraph"
    assert found[2] != "paragraph"


BUTTONS = (
    "Lire plus tard",
    "Pour sauvegarder cet article, connectez-vous ou créez un compte",
    "Fermer la fenêtre",
    "Se connecter",
    "Fermer la fenêtre de présentation",
    "Précédent suivant",
    "Commenter",
    "Partager",
    "Facebook",
    "Twitter",
    "Copier le lien",
)
FRENCH = (
    "La préfecture a annoncé lundi que le quai resterait fermé encore une semaine au moins.",
    "Les navires seront envoyés au vieux port, où un seul d'entre eux peut décharger à la fois.",
    (
        "Le maire a demandé une réunion avec les dockers, qui craignent pour leur emploi, et avec"
        " la région."
    ),
)


STANDFIRST = (
    "Les ingénieurs ont trouvé des fissures dans deux piles du quai et cherchent une solution."
)
SELF_PRAISE = "Retrouvez ici notre application, nos articles et toutes les alertes du jour."


@pytest.mark.parametrize(("line", "is_kept"), [(STANDFIRST, True), (SELF_PRAISE, False)])
def test_a_standfirst_above_a_screen_of_buttons_is_body(line, is_kept):
    lines = ["Actualités", "Le port reste fermé encore une semaine", line, *BUTTONS, *FRENCH]
    block = classify_text("\n\n".join(lines)).blocks[2]
    assert block.is_body == is_kept
    assert ("sentence below the headline" in block.reason) == is_kept


TEASERS = (
    "Le marché couvert change d'horaires",
    "Les halles ouvriront désormais dès six heures le samedi, a décidé le conseil mercredi soir.",
    "Handball : une courte défaite",
    "Aurélie Vidal",
    "Les joueuses se sont inclinées d'un but à domicile devant six cents personnes samedi.",
    "Une école ferme pour cause d'amiante",
    "Les deux cents élèves resteront chez eux jusqu'aux vacances, et leurs parents s'inquiètent.",
)


def test_headlines_with_teasers_below_the_article_are_related_links():
    found = kinds("Le port reste fermé", *FRENCH, "Plus d'articles du même thème", *TEASERS)
    assert found == ["title", *["paragraph"] * 3, *["related_links"] * 8]


def test_an_article_that_goes_on_below_a_box_keeps_its_sections():
    box = ["À lire aussi", "Le marché couvert change d'horaires"]
    lines = ["Le port reste fermé", *FRENCH[:2], *box, *TEASERS[4:], FRENCH[2]]
    found = kinds(*lines)
    assert found[3:5] == ["related_links"] * 2
    assert set(found[5:]) <= {"paragraph", "heading"}


def test_soft_hyphens_change_no_feature():
    text = "Cet article est réservé aux abonnés."
    cut = text.replace("cle", "\xadcle").replace("servé", "\xadservé").replace("nés", "\xadnés")
    one, other = (extract_features([each], load_lexicon()) for each in (text, cut))
    assert one.hits == other.hits != [None]
    assert (one.keys, one.width.tolist()) == (other.keys, other.width.tolist())


STRANGER = [
    "Le chef fait dorer les pommes de terre avec du beurre, de l'ail et un peu de thym frais.",
    "Une salade de lentilles accompagne ensuite le poisson, avec quelques feuilles de menthe.",
]
LINKS = [
    "À lire aussi",
    "Les marées de mai",
    "La criée de Lorient",
    "Nos recettes",
    "Nos vins",
    "Nos ports",
]


@pytest.mark.parametrize(("text", "is_kept"), [(STRANGER, False), (PROSE[:2], True)])
def test_a_text_below_the_article_that_shares_no_topic_is_not_body(text, is_kept):
    lines = [*PROSE, *LINKS, *text]
    seen = extract_features(lines, load_lexicon())
    in_body = [line not in LINKS for line in lines]
    assert find_strangers(seen, in_body) == ([] if is_kept else [10, 11])


def test_a_box_that_the_page_shows_twice_is_not_body():
    lines = [*STRANGER, *LINKS, *PROSE, *LINKS[:5], *STRANGER]
    seen = extract_features(lines, load_lexicon())
    found = find_strangers(seen, [line not in LINKS for line in lines])
    assert [lines[at] for at in found] == [*STRANGER, *STRANGER]


@pytest.mark.parametrize(("blocks", "is_kept"), [(200, False), (50, True)])
def test_where_the_model_is_wary_a_long_page_breaks_off_less_easily(blocks, is_kept):
    odds = np.array([4.0, 4.0, *[-3.0] * 5, 1.65, 1.65, *[-3.0] * (blocks - 9)])
    costs = load_model("text").costs
    assert np.flatnonzero(_decide(odds, costs)).tolist() == [0, 1, 7, 8]
    wary = replace(costs, for_length=WARY)
    assert np.flatnonzero(_decide(odds, wary)).tolist() == ([0, 1, 7, 8] if is_kept else [0, 1])


def test_french_is_known_by_its_words():
    assert _is_french(["Le port reste fermé dans les deux mois qui viennent."])
    assert not _is_french(PROSE)


def test_a_live_feed_is_not_body_and_a_programme_is():
    feed = ["13h18 Le port reste fermé", "13h08 La mairie se tait", "12h57 Une grue tombe"]
    for lines, is_body in ((feed, False), (feed[::-1], True)):
        blocks = [Block(BlockKind.PARAGRAPH, line, 0) for line in lines]
        found = find_feed(blocks, extract_features(lines, load_lexicon()))
        assert found == ([] if is_body else [0, 1, 2])


BRING = [
    "What to bring to the course:",
    "Two soft pencils",
    "A ruler",
    "A bottle of water",
    PROSE[0],
]


@pytest.mark.parametrize(
    ("lines", "odds", "found"),
    [
        (BRING, 0.3, [1, 2, 3]),
        (BRING, 0.1, []),  # too unlikely
        ([BRING[0], *BRING[2:]], 0.3, []),  # too short
        ([PROSE[1], *BRING[1:]], 0.3, []),  # links between two paragraphs
        ([*BRING[:2], "Advertisement", *BRING[3:]], 0.3, []),  # with known boilerplate
        (["课程须知", "两支软铅笔", "一把直尺", "一瓶水", "课程将于九点开始。"], 0.3, []),
        (["请带上：", "两支软铅笔", "一把直尺", "一瓶水", "课程将于九点开始。"], 0.3, [1, 2, 3]),
        ([PROSE[1], "Advertisement", *BRING[1:4], "Pin recipe", PROSE[0]], 0.4, [2, 3, 4]),
        ([PROSE[1], "Related stories", *BRING[1:4], PROSE[0]], 0.4, []),
    ],
)
def test_a_list_in_the_midst_of_an_article_is_body(lines, odds, found):
    seen = extract_features(lines, load_lexicon())
    in_body = [True, *[False] * (len(lines) - 2), True]
    assert find_lists(seen, in_body, np.full(len(lines), odds)) == found


CITIES = ["Austin", "Boston", "Chicago", "Dallas", "El Paso", "Fresno"]


@pytest.mark.parametrize(
    ("template", "cities", "is_found"),
    [
        ("Average costs for plumbers in {}", CITIES, True),
        ("Average costs for plumbers in {}", CITIES[:4], False),
        ("Plumbers in {}", CITIES, False),  # as few words as a list in an article
        ("The price of water rose in {}.", CITIES, False),  # sentences
    ],
)
def test_a_directory_of_pages_is_not_body(template, cities, is_found):
    lines = [PROSE[0], *map(template.format, cities), PROSE[1]]
    blocks = [Block(BlockKind.PARAGRAPH, line, 0) for line in lines]
    found = find_directory(blocks, extract_features(lines, load_lexicon()))
    assert found == (list(range(1, 1 + len(cities))) if is_found else [])


def test_a_repeated_headline_is_a_duplicate_whatever_its_case():
    assert kinds("A bank fails in the night", "A BANK FAILS IN THE NIGHT.", *PROSE)[:2] == [
        "title",
        "duplicate",
    ]


def test_a_repeated_paragraph_is_a_duplicate():
    assert kinds(PROSE[0], PROSE[1], PROSE[0], PROSE[2])[2] == "duplicate"


def test_links_listed_under_a_heading_share_its_kind_and_a_heading_after_them_does_not():
    links = "See also:\n- One story about banks\n- Another story"
    text = "\n".join([*PROSE[:2], links, "A heading", *PROSE[2:]])
    assert [block.kind.value for block in classify_text(text).blocks] == [
        "paragraph",
        "paragraph",
        "related_links",
        "related_links",
        "related_links",
        "heading",
        "paragraph",
        "paragraph",
    ]


def test_a_handle_beside_a_date_is_the_author():
    document = classify_text("\n\n".join(["CN", "NightOwl", "Follow", "3 hours ago", *PROSE]))
    assert document.authors == ("NightOwl",)
    assert [block.kind.value for block in document.blocks[:4]] == [
        "navigation",
        "byline",
        "navigation",
        "dateline",
    ]


def test_every_decision_has_a_reason():
    blocks = classify_text("\n\n".join(["Home", "A title for this", *PROSE, "Share"])).blocks
    assert all(block.reason for block in blocks)


def test_nothing_but_furniture_is_still_all_there():
    document = classify_text("Home\n\nShare\n\nLogin")
    assert [block.text for block in document.blocks] == ["Home", "Share", "Login"]


def test_a_page_of_headlines_keeps_its_text_in_the_body():
    assert classify_text("Bank fails again\n\nMayor resigns today after all").body != ""


@pytest.mark.parametrize("text", ["", "!", "😀", "\n\n"])
def test_documents_with_hardly_any_text_do_not_fail(text):
    assert [block.text for block in classify_text(text).blocks] == text.split()


def test_a_user_lexicon_extends_the_packaged_ones(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("[promo]\nline = ['hot deals today']\n", encoding="utf-8")
    lexicon = load_lexicon((str(path),))
    assert lexicon.find("Hot deals today").kind is BlockKind.PROMO
    assert lexicon.find("Share this article").kind is BlockKind.SHARE
    text = f"{PROSE[0]}\n\nHot deals today\n\n{PROSE[1]}"
    document = Document("x", text, blocks=tuple(split_blocks(text)))
    [done] = classify([document], Settings(lexicon_paths=(str(path),)))
    assert done.blocks[1].kind is BlockKind.PROMO


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[promo", "correct the file"),
        ("[nonsense]\nline = ['x']", "must be one of"),
        ("[promo]\nwhere = ['x']", "must be one of"),
        ("[promo]\nline = ['(']", "correct the file"),
        ("promo = 'x'", "must be one of"),
        ("[promo]\nline = 'ad'", "must be a list of texts"),
        ("[promo]\nline = [1]", "must be a list of texts"),
    ],
)
def test_a_broken_lexicon_says_what_to_do(tmp_path, content, message):
    path = tmp_path / "mine.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=message) as error:
        load_lexicon((str(path),))
    assert str(path) in str(error.value)
    with pytest.raises(SettingsError, match=message):  # once, and not for each document
        corpus_norm.convert(path, tmp_path / "out", Settings(lexicon_paths=(str(path),)))
    assert not (tmp_path / "out").exists()


def test_a_missing_lexicon_is_named():
    with pytest.raises(SettingsError, match=r"nowhere\.toml"):
        load_lexicon(("nowhere.toml",))


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ann Example, Staff Writer", ("Ann Example",)),
        ("Written by Ann Example and Bob Sample", ("Ann Example", "Bob Sample")),
        ("Par Zoé Exemple et Luc Modèle", ("Zoé Exemple", "Luc Modèle")),
        ("本报记者 王小明", ("王小明",)),
        ("作者：张三、李四", ("张三", "李四")),
        ("Updated 3 May 2026", ()),
    ],
)
def test_names_are_found_in_bylines(byline, names):
    assert find_names(byline) == names


def test_classification_keeps_offsets():
    text = "\n\n".join(["Home", "A title for this page", *PROSE])
    blocks = split_blocks(text)
    assert [(b.start, b.text) for b in classify_blocks(blocks)] == [
        (b.start, b.text) for b in blocks
    ]


def test_a_paragraph_stays_in_the_body_when_a_teaser_above_repeats_it():
    document = classify_text("\n\n".join(["Home", PROSE[1], "Login", "Search", "Menu", *PROSE]))
    assert PROSE[1] in document.body.split("\n\n")
    assert document.body.count(PROSE[1]) == 1


def test_a_line_with_the_known_author_is_the_byline():
    head = ["A bank fails in the night", "Zoé Exemple, le 8 mai 2026"]
    text = "\n\n".join([*head, *PROSE, "Zoé Exemple said on Friday that it was so."])
    document = Document("x", text, authors=("Zoé Exemple",), blocks=tuple(split_blocks(text)))
    [done] = classify([document])
    assert done.blocks[1].kind is BlockKind.BYLINE
    assert done.blocks[-1].kind is BlockKind.PARAGRAPH


def test_a_menu_above_the_headline_is_no_author():
    document = classify_text(
        "\n\n".join(["站点 教育 生态", "昨夜这家银行突然关门停业", "3小时前", *PROSE])
    )
    assert document.authors == ()


def test_the_longer_the_page_the_more_an_interruption_of_the_body_costs():
    costs = load_model("text").costs
    assert costs.interrupt(10) == costs.interrupt(60) == costs.interruption
    assert costs.interrupt(60) < costs.interrupt(200) < costs.interrupt(2_000)


@pytest.mark.parametrize("name", ["text", "html"])
def test_each_leaf_credits_a_column_of_the_table(name):
    trees = load_model(name).trees
    assert 0 <= trees.decisive.min() <= trees.decisive.max() < len(trees.columns)


def test_repeated_lines_have_the_features_of_the_line():
    menu, prose = "Share this page", "The port closed on Monday, the harbour authority said."
    han = "港口管理局周一宣布关闭码头。"
    texts = [menu, prose, menu, han, "", prose, menu, han]
    seen = extract_features(texts, load_lexicon())
    alone = [extract_features([text], load_lexicon()) for text in texts]
    for index, one in enumerate(alone):
        own = seen.crop(index, index + 1)
        assert (own.keys, own.hits) == (one.keys, one.hits)
        assert own.terms.code.tolist() == one.terms.code.tolist()
        assert own.terms.owner.tolist() == one.terms.owner.tolist()
        for name, column in one.numeric.items():
            assert np.array_equal(own.numeric[name], column), name


@given(st.lists(st.lists(st.integers(-3, 3), min_size=6, max_size=6), max_size=6))
def test_reasons_are_the_columns_of_the_least_values(rows):
    table = np.array(rows, dtype=np.float64).reshape(len(rows), 6)
    best = np.argpartition(table, REASONS, axis=1)[:, :REASONS]
    order = np.argsort(np.take_along_axis(table, best, axis=1), axis=1, kind="stable")
    assert _find_least(table).tolist() == np.take_along_axis(best, order, axis=1).tolist()


def score(labels, odds, interruption, per_block):
    """Return the score of a labelling, by the definition."""
    inside = [at for at, label in enumerate(labels) if label]
    total, gap = 0.0, 0
    for at in range(inside[0], inside[-1] + 1) if inside else ():
        gap = 0 if labels[at] else gap + 1
        total += odds[at] if labels[at] else -per_block - (interruption if gap == 1 else 0.0)
    return total


@given(
    st.lists(st.integers(-8, 8).map(lambda n: n / 2), min_size=1, max_size=8),
    st.sampled_from([0.5, 1.0, 2.25]),
)
def test_no_labelling_is_better_than_the_decoded_one(odds, interruption):
    decoded = decode(np.array(odds), interruption, 0.25).tolist()
    scores = [
        score(labels, odds, interruption, 0.25)
        for labels in product([False, True], repeat=len(odds))
    ]
    assert score(decoded, odds, interruption, 0.25) == max(scores)


@given(st.permutations(["A1 b", "é’«", "中文。", "Ａｂ", "ǅ 한글", "\u1100", "Ω·"]))
def test_groups_of_characters_do_not_depend_on_the_order_of_the_texts(texts):
    groups = Groups()
    for text in texts:
        groups.find(read_codes(text))
    codes = read_codes("".join(sorted(texts)))
    found = groups.find(codes)
    for name, test in TESTS.items():
        assert groups.holds[name][found].tolist() == [test(chr(code)) for code in codes], name
    small = [chr(code).lower() for code in codes]
    assert groups.lowered[codes].tolist() == [ord(each) for each in small]


SHORT_PAGES = {
    "en": """Robot cabs for the valley
+ The carmaker has spent 4.5 billion dollars on its robot cabs, people familiar with it said.
+ It plans to put 1,500 of them on the road by June. Analysts doubt it.
+ Shares fell 3.2% on Monday.
Share to
Weibo
Copy link""",
    "fr": """La banque abaisse ses taux d'un quart de point
Par Claire Dubosc, avec Reuters
Publié le jeudi 6 juin 2024 à 14 h 15
+ La banque centrale a abaissé jeudi son taux à 3,75 %. C'est la première baisse depuis 2019.
À lire également
L'euro recule face au dollar
Pourquoi la Fed attend
+ « Nous ne nous engageons pas sur une trajectoire », a déclaré Christine Dubois.
+ Les marchés avaient anticipé ce mouvement. L'indice gagnait 0,4 % en fin de séance.
Partager
Commenter (12)""",
    "zh": """央行降息25个基点
2024-12-19 07:31:05 来源：海港日报
+ 央行周三宣布降息25个基点，将基准利率目标区间下调至4.25%至4.50%。
+ 行长在新闻发布会上表示，未来的决策将取决于数据。（记者 王伟 实习生 刘洋）
延伸阅读
黄金价格跌破2600美元
责任编辑：张晓华""",
}


@pytest.mark.parametrize("page", SHORT_PAGES.values(), ids=SHORT_PAGES)
def test_a_short_page_keeps_all_sentences_of_its_article(page):
    lines = page.splitlines()
    blocks = classify_blocks(split_blocks("\n".join(line.removeprefix("+ ") for line in lines)))
    kept = [block.text for block in blocks if block.is_body and block.kind is not BlockKind.TITLE]
    assert kept == [line[2:] for line in lines if line.startswith("+ ")]


def test_a_sentence_with_a_credit_behind_it_is_no_heading():
    text = "央行周三宣布降息。\n行长说，决策取决于数据。（完）\n分析师认为，明年仍有两次降息。"
    assert [block.kind for block in classify_blocks(split_blocks(text))] == ["paragraph"] * 3


VERSE = {
    "en": """The poems under the bridge
By Ada Lowe
3 March 2024
A swallow wrote her name in air
And no one asked her why,
The river read it, unaware,
And gave it back to the sky.
The four lines were found in chalk below the bridge, and nobody in the town knows who wrote them.
The council has decided to leave them there until the rain takes them, a spokesman said.""",
    "fr": """Un quatrain sous le pont
Par Ada Lowe
3 mars 2024
Une hirondelle a signé l'air,
Personne n'a su lui répondre,
Le fleuve a lu jusqu'à la mer
Ce que le soir voulait lui fondre.
Ces quatre vers, trouvés à la craie sous le pont, intriguent les habitants depuis une semaine.
La mairie a décidé de les laisser là jusqu'à la pluie, a indiqué son porte-parole.""",
    "zh": """桥下的诗句
2024年3月3日 09:00
燕子题诗在晚风，
无人问她去何从。
江水读罢东流去，
只留云影满长空。
这四句诗用粉笔写在老桥下面的石墙上，一个星期以来，镇上的人都在打听作者是谁。
镇政府决定把诗句保留到下一场大雨，一位工作人员告诉记者。""",
}


@pytest.mark.parametrize("text", VERSE.values(), ids=VERSE)
def test_verse_above_the_first_prose_is_body(text):
    lines = text.split("\n")
    first = len(lines) - 6
    blocks = classify_text(text).blocks
    assert [block.text.strip() for block in blocks if block.is_body][-6:] == lines[first:]


@pytest.mark.parametrize(
    ("introduction", "is_body"),
    [
        ("The night trains will stop in these cities from December, the railway said:", True),
        ("Our editions", False),
    ],
)
def test_a_list_that_a_sentence_introduces_is_body(introduction, is_body):
    cities = ["Hamburg", "Hanover", "Basel", "Milan"]
    lines = ["Trains at night", "6 June 2023", introduction, *cities, *PROSE]
    found = [b.text.strip() for b in classify_text("\n".join(lines)).blocks if b.is_body]
    assert ("Hanover" in found) is is_body
    assert PROSE[0] in found


RECIPES = [
    ("What you'll need", "3 courgettes", "A handful of mint", "100g feta", "2 eggs", "Method"),
    ("Ingrédients", "3 œufs", "130 g de sucre", "Un zeste de citron", "2 citrons", "Préparation"),
    ("用料", "排骨600克", "白萝卜一根", "枸杞少许", "红枣6颗", "做法"),
]


@pytest.mark.parametrize("lines", RECIPES)
def test_the_ingredients_of_a_recipe_are_body(lines):
    heading, *amounts = lines
    lines = ["Home", "Recipes", "Sunday supper", "3 May 2024", heading, *amounts, *PROSE]
    found = [b.text.strip() for b in classify_text("\n".join(lines)).blocks if b.is_body]
    assert set(amounts) <= set(found)
    menu = ["Home", heading, "Videos", "Shop", "Sunday supper", "3 May 2024", *PROSE]
    found = [b.text.strip() for b in classify_text("\n".join(menu)).blocks if b.is_body]
    assert heading not in found


def test_the_headline_is_the_line_above_a_longer_standfirst():
    standfirst = (
        "The company lost five billion dollars, its founder leaves, and three names for his "
        "successor are heard in the corridors"
    )
    for lead in (["A founder goes at last"], ["Business", "A founder goes at last"]):
        document = classify_text("\n".join([*lead, standfirst, "Ann Lee", "3 May 2024", *PROSE]))
        assert document.title == "A founder goes at last"
    document = classify_text("\n".join(["Business", standfirst, "3 May 2024", *PROSE]))
    assert document.title == standfirst


@pytest.mark.parametrize(
    ("line", "below", "kind"),
    [
        ("FAQ", "Who comes after the founder?", "heading"),
        ("FAQs", "Will the company lose more money next year than it did this year?", "heading"),
        ("FAQ", "Terms", "navigation"),
        ("Home", PROSE[2], "navigation"),
    ],
)
def test_a_word_of_menus_above_a_question_of_the_article_is_its_heading(line, below, kind):
    found = kinds("A founder goes", *PROSE[:2], line, below, PROSE[3], PROSE[2] + " Or so.")
    assert found[3] == kind


@pytest.mark.parametrize(
    ("standfirst", "is_kept"),
    [
        ("Three names for his successor were heard in the corridors of the company", True),
        ("Three names for his successor were heard in the corridors (Ana Sample/AP)", False),
    ],
)
def test_a_standfirst_without_a_stop_above_the_credits_is_body(standfirst, is_kept):
    lines = ["A founder goes at last", standfirst, "By Ann Lee", "3 May 2024", *PROSE]
    [block] = [b for b in classify_text("\n\n".join(lines)).blocks if b.text == standfirst]
    assert block.is_body is is_kept
