"""Patterns are tried only where they can match; none that matches may be left out."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_norm.boilerplate import load_lexicon
from corpus_norm.boilerplate.lexicon import MAX_CHARS, SITE_WORDS
from corpus_norm.boilerplate.searches import (
    EDGES,
    TEXTS,
    Needed,
    find_needed,
    find_prefixes,
    find_texts,
    list_heads,
    look_up_texts,
)
from training.boilerplate.phrases import write_texts

SAMPLE = (Path(__file__).parent / "data" / "boilerplate.txt").read_text("utf-8")
LINES = [line[2:] for line in SAMPLE.splitlines() if line[:1] in "+-~"]
BUTTONS = [
    "12 comments",
    "(12 comments)",
    "» Share",
    "© 2019 Courier",
    "Photo: AP",
    "Ann Example/Reuters",
    "Zoé dit :",
    "约3小时前",
    "【更多】",
    "(c) Courier",
    "À LIRE AUSSI",
    "A reader says:",
    "Get 20% off now",
]


def read_patterns():
    folder = resources.files("corpus_norm.boilerplate") / "lexicon"
    for item in folder.iterdir():
        for kind, modes in tomllib.loads(item.read_text("utf-8")).items():
            for mode, patterns in modes.items():
                for pattern in patterns:
                    yield mode, kind, pattern


PATTERNS = sorted(set(read_patterns()))


@pytest.mark.parametrize("line", BUTTONS)
def test_a_line_is_found_where_any_pattern_fits_it(line):
    assert load_lexicon().find(line) is not None


def test_no_pattern_is_left_out_that_matches():
    for mode, _, pattern in PATTERNS:
        before, after = EDGES[mode]
        compiled = re.compile(f"{before}(?:{pattern}){after}", re.IGNORECASE)
        for line in [*LINES, *BUTTONS]:
            if len(line) <= MAX_CHARS[mode] and compiled.search(line):
                assert load_lexicon().find(line) is not None, (pattern, line)


@pytest.mark.parametrize(
    ("pattern", "first", "needed"),
    [
        ("share", {"shar"}, [{"share"}]),
        ("Share|tweet", {"shar", "twee"}, [{"share", "tweet"}]),
        ("(?:re)?tweets?", {"retw", "twee"}, [{"tweet"}]),
        (r"\d+ (?:views?|likes)", {"0"}, [{" "}, {"view", "likes"}]),
        (r"\(c\) .{0,9}inc\.?", {"(c) "}, [{"(c) "}, {"inc"}]),
        ("(?-i:[A-Z]) says", set(), [{" says"}]),
        ("[^a]b{0,2}c+d", set(), [{"c"}, {"d"}]),
        (".*", set(), []),
        ("", set(), []),
        ("(?:a|)", set(), []),
        (r"\bnow\b", {"now"}, [{"now"}]),
        ("(?<!x)now", set(), [{"now"}]),
        ("(?i:now)", set(), []),
    ],
)
def test_what_a_pattern_needs_is_read_off_its_text(pattern, first, needed):
    assert find_prefixes(pattern) == first
    assert [set(each) for each in find_needed(pattern)] == needed


def test_the_table_of_the_packaged_phrases_is_up_to_date():
    advice = "run python -m training.boilerplate.phrases"
    assert TEXTS.read_text("utf-8") == write_texts(), advice


def test_a_phrase_is_looked_up_as_it_is_read():
    for pattern in ["share", "copy ?link", "(?:a phrase|another) of a user"]:
        assert look_up_texts(pattern) == find_texts(pattern)


ATOMS = st.sampled_from(["a", "b", "cd", r"\d", ".", r"\.", "[ab]", "(?:a|bc)", "(?:b(?:c|d))"])
QUANTIFIED = st.tuples(ATOMS, st.sampled_from(["", "", "?", "*", "+", "{0,2}", "{1,2}", "+?"]))
SIMPLE = st.lists(QUANTIFIED.map("".join), min_size=1, max_size=5).map("".join)


@given(st.lists(SIMPLE, min_size=1, max_size=3).map("|".join), st.text("abcd1.", max_size=8))
def test_every_match_has_what_was_read_off(pattern, text):
    if re.fullmatch(pattern, text) and text:
        prefixes = find_prefixes(pattern)
        assert not prefixes or not prefixes.isdisjoint(list_heads(text))
        assert all(any(each in text for each in texts) for texts in find_needed(pattern))


PROSE = (
    "The quay stays shut until May, the port authority said on Monday. Engineers found cracks in "
    "two of the pillars and water in the third. "
)
CHINESE = (
    "海港局周一宣布，旧码头将继续关闭至明年春天，因为工程师在桩柱上发现了裂缝。"
    "预计五月重新开放，需要检修。"
)


@pytest.mark.parametrize(
    "text",
    [
        PROSE + "© Reuters",
        PROSE + "© 2024 AFP",
        PROSE + "(Photo: AFP)",
        CHINESE + "（图片来源：新华社）",
        CHINESE + "（圖／翻攝畫面）",
        "Getty Images said on Tuesday that it would sue the company for copying its pictures.",
        "Reuters/Ipsos polls put the two candidates within a point of each other in May.",
        "AFP/Getty Images photographers walked out on Monday over pay, their union said.",
        "图片来源不明的新闻照片越来越多，编辑部在使用前必须逐一核实，专家表示这需要时间。",
        "© est le symbole du droit d’auteur, rappelle l’avocate, qui conseille de le mettre là.",
    ],
)
def test_prose_that_begins_or_ends_like_a_credit_is_none(text):
    assert load_lexicon().find(text) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Getty Images", "caption"),
        ("Reuters/Mike Segar", "caption"),
        ("AFP/Getty Images via Heron", "caption"),
        ("图片来源于网络", "caption"),
        ("© AFP", "caption"),
        ("A man walks along the quay on Monday. © Reuters", "caption"),
        ("一名男子周一走过码头。（圖／翻攝畫面）", "caption"),
        (PROSE + "© 2024 Daily Gull. All rights reserved.", "copyright"),
        ("Le post La jetée fermée est apparu en premier sur Le Quai.", "source_credit"),
        ("L’article La jetée fermée est d’abord paru sur Le Quai.", "source_credit"),
        ("L’article La jetée fermée est d’abord apparu sur Le Quai.", "source_credit"),
        ("L’article La jetée fermée est apparu en premier sur Le Quai.", "source_credit"),
        ("The article Pier shut appeared first on Daily Gull.", "source_credit"),
    ],
)
def test_credits_alone_and_after_one_short_sentence(text, kind):
    hit = load_lexicon().find(text)
    assert hit is not None
    assert hit.kind.value == kind


@pytest.mark.parametrize(
    "text",
    [
        "分享经济正在改变城市。",
        "关注民生是政府的首要任务。",
        "评论认为，这一政策将影响深远。",
        "Subscribe to the idea, he joked, and you will regret it.",
        "Follow the money, said the prosecutor.",
        "Comments made by the minister angered the opposition, two aides said.",
        "Partager le pouvoir n'est pas dans ses habitudes, dit-on au palais.",
        "Recevez mes condoléances, a écrit le ministre à la veuve.",
        "Afficher ses opinions n'est pas un crime dans ce pays.",
        "Chocolate chip cookies: the recipe of a baker in Lyon",
        "These cookies are crisp outside and soft within, said the baker.",
        "Ann Lee is a reporter whom the court sent to prison on Monday.",
        "Images from the quay showed smoke above the cranes.",
        "Reproduction is slow in these whales, the biologists wrote.",
        "Reviewed by three experts, the paper was withdrawn in May.",
        "Back to school in the rain",
        "Book your florist early",
        "Is the editor ever wrong?",
    ],
)
def test_a_sentence_that_begins_with_a_phrase_is_prose(text):
    assert load_lexicon().find(text) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Subscribe to our newsletter and get the best of the week.", "newsletter"),
        ("Please enable JavaScript to view the comments powered by Disqus.", "navigation"),
        ("Recevez chaque matin l'essentiel de l'actualité.", "newsletter"),
        ("还没有评论，快来抢沙发吧！", "comments"),
        ("Articles en relation", "related_links"),
        ("→ REPORTAGE. « Il n’y a pas de honte à être ici »", "related_links"),
        ("Mis en ligne le 20/08/2012", "dateline"),
        ("Légende image, Selon les particularités de votre langue, tout change.", "caption"),
        ("Votre carte bancaire a expiré : mettez à jour votre abonnement.", "promo"),
        ("Le stockage ou l’accès technique est strictement nécessaire.", "cookie_notice"),
        ("Ann Lee on September 13, 2018 at 5:23 pm said:", "comments"),
        ("#9.4 - Mon Jan 16, 2012 9:39 PM EST", "comments"),
        ("Ann Lee is a staff writer for the Daily Gull.", "byline"),
        ("The dancer waves to her fans on the quay. (Ann Lee/Gull Pictures)", "caption"),
        ("Social Media Cookies: These Cookies are set by social media platforms.", "cookie_notice"),
        ("To send a link to this page to a friend, you must be logged in.", "share"),
        ("The Daily Gull is not responsible for the content of external links.", "disclaimer"),
        ("Every week we send an email with the best stories.", "newsletter"),
        ("Start my plan", "promo"),
        ("本网转载请注明出处。", "copyright"),
        ("分享 新浪微博 腾讯空间 人人网", "share"),
    ],
)
def test_a_sentence_that_speaks_of_the_site_is_boilerplate(text, kind):
    hit = load_lexicon().find(text)
    assert hit is not None
    assert hit.kind.value == kind


def test_a_phrase_of_the_user_wins_over_a_sentence(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text("[promo]\nstart = ['follow the money']\n", encoding="utf-8")
    hit = load_lexicon((str(path),)).find("Follow the money, said the prosecutor.")
    assert hit is not None
    assert hit.kind.value == "promo"


def test_a_digit_in_the_middle_of_a_beginning_stands_for_all_digits():
    assert find_prefixes(r"(?:共|查看)?\d+张") == {"共", "查看", "0"}
    assert find_prefixes("[大中]小|24 heures") == {"大小", "中小", "0"}
    for line in ("共55张图", "查看3张照片", "第12页"):
        assert load_lexicon().find(line) is not None


@pytest.mark.parametrize(
    "line", ["Share this", "» Share this", "Share this »", "\u3000• Share this:"]
)
def test_edges_do_not_change_what_a_line_says(line):
    found = load_lexicon().find(line)
    assert found is not None
    assert found.words == "Share this"


def test_a_sign_that_is_no_edge_ends_no_phrase():
    assert load_lexicon().find("Share") is not None
    assert load_lexicon().find("Share?") is None


@given(
    st.lists(st.text("abcd人", min_size=1, max_size=6), max_size=8),
    st.lists(st.text("abcd\n人")),
)
def test_all_texts_that_lines_hold_are_found(texts, lines):
    held = Needed(texts).find(lines)
    assert held == [{text for text in texts if text in line} for line in lines]


SENTENCES = [
    "Lundi 4 mars, le maire a démissionné.",
    "Le 3 mars 2024, il est mort.",
    "June 4, 2024: the day it all began.",
    "2024年6月4日，法院作出一审判决。",
    "6月4日晚，火箭发射升空。",
    "更新2023年以来的数据后，结论不变。",
    "责任编辑制度改革后，出版社的效率明显提高。",
    "Written by two former judges, the report calls for an overhaul of the courts.",
    "Écrit par deux sénateurs, le rapport recommande de supprimer la taxe.",
    "Soldes d’hiver : le chiffre d’affaires recule de 5 % sur un an, selon la fédération.",
    "Jusqu’à 30 % des emplois seraient menacés, selon l’étude.",
    "La rédaction du projet de loi a pris deux ans.",
    "免责条款被法院认定无效。",
    "版权所有人有权要求平台删除侵权内容，法官表示。",
    "S’inscrire dans la durée reste le but du club.",
    "本文来自一九二〇年代的手稿，现藏于海港图书馆。",
    "Join the queue, the minister told the council on Monday.",
    "VIDÉO. Le maire a démissionné lundi, a annoncé la préfecture.",
    "Copyright disputes over songs have reached courts in nine countries this year.",
    "Copyright reform divides parliament before the summer break",
    "Disclosure laws divide the upper house",
    "Disclosure of the tapes shook the cabinet and brought down two of its ministers.",
    "Correction: the market had priced in three cuts, and it got none of them.",
    "Correction: Boeing’s slide is not over yet and may go on",
    "Sources: three officials who attended the talks said that the truce would hold.",
    "Avertissement : le volcan pourrait entrer en éruption dans les prochains jours.",
    "Source de fierté pour les uns, le barrage est une plaie pour les autres.",
    "Mise à jour des listes électorales, contrôle des procurations : la mairie se prépare.",
    "声明：王毅外长当天表示，双方同意尽快恢复谈判，避免局势升级。",
    "提醒：水库今晚开始泄洪，下游五个村庄的居民已全部转移。",
    "來源：據消防人員指出，火勢約在凌晨三點撲滅，無人受傷。",
]
FURNITURE = {
    "Publié le 4 mars 2024 à 14 h 30.": "dateline",
    "March 4, 2024, 5 p.m.": "dateline",
    "2024年6月4日 10:20": "dateline",
    "2024年6月4日，星期二": "dateline",
    "Written by Tom Hale and edited by Una Quist.": "byline",
    "责任编辑：张晓华，校对：李四。": "byline",
    "Soldes : jusqu’à -50 %": "promo",
    "Jusqu’à 50 % de réduction": "promo",
    "La rédaction": "byline",
    "Avec Reuters": "source_credit",
    "(avec l’AFP et Reuters)": "source_credit",
    "免责声明：本文仅供参考。": "disclaimer",
    "版权所有 不得转载": "copyright",
    "Lisez aussi : la banque ferme": "related_links",
    "⇒ À lire : la banque ferme": "related_links",
    "VIDÉO. La banque ferme": "related_links",
    "Dans la rubrique Transports": "related_links",
    "本文来自微信公众号“海港观察”，作者：王小明，经授权发布。": "source_credit",
    "本文转载自公众号“海港观察”": "source_credit",
    "该文观点仅代表作者本人，平台仅提供信息存储空间服务。": "disclaimer",
    "*本内容由AI辅助翻译": "disclaimer",
    "侵删": "disclaimer",
    "Les performances passées ne préjugent pas des performances futures.": "disclaimer",
    "DYOR": "disclaimer",
    "👉 Join our Telegram group: t.me/example": "promo",
    "Le 5 décembre 2024 à 18h45, modifié le 5 décembre 2024 à 19h02": "dateline",
    "Copyright is held by the contributors to the series.": "copyright",
    "Copyright Echo Media 2024": "copyright",
    "Copyright and disclaimer": "copyright",
    "Correction: The opening date of the museum was misstated last week.": "disclaimer",
    "Disclosure: The columnist holds shares in two of the firms that he names.": "disclaimer",
    "Source: Ministry of Finance, Bank of Korea, and Statistics Netherlands.": "source_credit",
    "Avertissement : ce texte contient des scènes de violence extrême.": "disclaimer",
    "Mis à jour à l’instant.": "dateline",
    "声明：以上观点仅代表作者本人，与平台无关。": "disclaimer",
    "来源：新华社、人民网、央视新闻客户端。": "source_credit",
    "温馨提示：股市有风险，入市需谨慎。": "disclaimer",
}


@pytest.mark.parametrize("line", SENTENCES)
def test_a_sentence_that_opens_like_furniture_is_no_furniture(line):
    assert load_lexicon().find(line) is None


@pytest.mark.parametrize(("line", "kind"), FURNITURE.items())
def test_furniture_that_resembles_a_sentence_is_furniture(line, kind):
    assert load_lexicon().find(line).kind == kind


def test_the_name_for_a_programme_is_no_part_of_another_word():
    assert not SITE_WORDS.search("The rapporteur approved what happened.")
    assert SITE_WORDS.search("下载APP阅读全文")


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("All rights reserved, the caption says, and the judge will weigh that.", None),
        ("All rights reserved. Copying without permission is prohibited.", "copyright"),
        ("Copyright 2024 The Post. All rights reserved, whatever the judge says.", "copyright"),
        ("Tous droits réservés, disait la légende de chaque image, selon l'avocate.", None),
        ("Tous droits réservés. Toute reproduction est interdite sans autorisation.", "copyright"),
        ("Reproduction interdite, sauf accord, a rappelé le tribunal dans son jugement.", None),
        ("未经许可不得转载的声明写在页面底部，法院认为被告应当看到。", None),
        ("未经许可不得转载，违者将追究法律责任。", "copyright"),
        ("转载请说明出处，未经授权不得转载或摘编本网内容。", "copyright"),
        ("PORT LOUIS, MAY 3", "dateline"),
        ("New Delhi, February 1", "dateline"),
        ("In Delhi, on February 1", None),
        ("Sat 11 Nov 2023", "dateline"),
        ("14时05分", "dateline"),
        ("7.31pm", "dateline"),
        ("7.31", None),
        ("FILE - A crane stands idle in the old harbour, May 3, 2024.", "caption"),
        ("File the form by Monday, the port authority told the dockers.", None),
    ],
)
def test_reports_on_rights_are_prose_datelines_may_lack_the_year_and_captions_open_with_file(
    line, kind
):
    hit = load_lexicon().find(line)
    assert (hit and hit.kind.value) == kind
