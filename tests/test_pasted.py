"""Whole pasted pages: headline, author, date, and what is body, as a reader would say."""

from __future__ import annotations

import json
from datetime import date
from html import escape
from pathlib import Path

import pytest

import corpus_norm
from corpus_norm.boilerplate import classify_blocks
from corpus_norm.document import BlockKind, Flag
from corpus_norm.segmentation import split_blocks
from corpus_norm.settings import Settings, TranslationSettings

FOLDER = Path(__file__).parent / "data" / "pasted"
ANSWERS = json.loads((FOLDER / "answers.json").read_text("utf-8"))
OFF = Settings(translation=TranslationSettings(enabled=False))


def read(text, media_type="text/plain"):
    return corpus_norm.normalize(text, OFF, media_type=media_type)


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer["file"])
def test_a_pasted_page_is_read_as_a_reader_would(answer):
    document = corpus_norm.normalize(FOLDER / answer["file"], OFF)
    assert document.title == answer["title"]
    assert list(document.authors) == answer["authors"]
    assert (document.published and document.published.isoformat()) == answer["published"]
    assert [words for words in answer["inside"] if words not in document.body] == []
    assert [words for words in answer["outside"] if words in document.body] == []


PROSE = (
    "The port authority said on Monday that the quay would stay shut for at least another week.",
    "Engineers found cracks in two of the nine piles that carry the crane, and no spare parts.",
    "Ships will be sent to the old harbour, where only one of them can unload at a time.",
)


def test_a_sign_up_text_below_a_box_is_not_body():
    box = ["Sign up for our newsletter", "Your email"]
    offer = "Our newsletter has all that the port authority said, and what our readers think of it."
    kinds = classify_blocks(split_blocks("\n".join([*PROSE, *box, offer])))
    assert [block.is_body for block in kinds] == [True] * 3 + [False] * 3


def test_prose_without_a_name_is_other_and_its_reason_says_how_likely_it_was():
    aside = "Harbour Wire is read by forty thousand people who work on ships, quays and in ports."
    page = "\n".join(["Menu", "Log in", "Search", aside, *["Subscribe", "Cookies"], *PROSE * 3])
    kinds = {block.text: block for block in classify_blocks(split_blocks(page))}
    assert kinds[aside].kind is BlockKind.OTHER
    assert "body 0." in kinds[aside].reason


def test_a_long_caption_that_ends_in_a_credit_is_a_caption():
    caption = (
        "Dockers wait beside the crane on Monday, after engineers found cracks in two of its piles "
        "and the port authority sent all ships to the old harbour. (Ana Sample/Reuters)"
    )
    page = "\n".join([*PROSE, "Related", "More stories", "Menu", "Log in", "Search", caption])
    found = [b for b in classify_blocks(split_blocks(page)) if b.text == caption]
    assert [block.kind for block in found if not block.is_body] in ([], [BlockKind.CAPTION])


def test_a_clear_split_is_not_doubtful_and_a_page_of_scraps_is():
    clear = read("\n".join(["Port shut", "By Ann Lee", *PROSE * 2, "Share", "Facebook"]))
    assert Flag.BODY_DOUBTFUL not in clear.flags
    live = corpus_norm.normalize(FOLDER / "fr_live.txt", OFF)
    assert Flag.BODY_DOUBTFUL not in live.flags
    scraps = ["Weather", "Rain in the north", "Tides", "High water at nine", "Recipe of the day"]
    scraps += ["Fish pie with leeks.", "Letters", "Where did the ferry go?", "The quay is shut."]
    assert (
        Flag.BODY_DOUBTFUL in read("\n".join([*scraps, "Boats for sale", "Ropes and oars"])).flags
    )


def test_the_rows_of_a_table_stay_with_its_head_and_a_quotation_with_its_source():
    document = corpus_norm.normalize(FOLDER / "fr_html.html", OFF)
    assert "Arrondissement" in document.body
    assert "Les Coteaux | 11,2 | 41" in document.body
    assert "Paul Etcheverry" in document.body


def test_body_has_no_markdown_signs_and_the_text_keeps_them():
    text = "It lost **four metres** of [the farm](https://a.example) in *one* winter, 2*3*4 in all."
    document = read(text)
    assert document.body == "It lost four metres of the farm in one winter, 2*3*4 in all."
    assert document.text == text
    code = read(f"{text}\n\n```\na = **b**\n```\n")
    assert "a = **b**" in code.body


def test_inspect_never_cuts_the_original():
    from rich.console import Console

    from corpus_norm.display.terminal import show_document

    document = corpus_norm.normalize(FOLDER / "zh_portal.txt", OFF)
    console = Console(width=60)
    with console.capture() as capture:
        console.print(show_document(document))
    shown = "".join(capture.get().split())
    assert "…" not in shown
    assert "至今没有说法。" in shown


FRENCH = (
    "La préfecture a annoncé lundi que le quai resterait fermé encore une semaine au moins.",
    "Les ingénieurs ont trouvé des fissures dans deux des neuf piliers qui portent la grue.",
)
CHINESE = (
    "港口管理局周一表示，码头将至少再关闭一周，船只只能改道前往旧港口卸货。",
    "工程师在支撑起重机的九根桩中发现两根有裂缝，而且没有备用零件可以更换。",
)
CHANGES = [
    (PROSE, "Published 1 May 2024|Updated 3 May 2024", 1, 3),
    (PROSE, "Updated 3 May 2024", 3, 3),
    (PROSE, "1 May 2024|Updated 1 May 2024", 1, 1),
    (PROSE, "May 1, 2024 / 10:00 AM / Updated May 3, 2024", 1, 3),
    (PROSE, "Published|1 May 2024|Last updated|3 May 2024", 1, 3),
    (FRENCH, "Publié le 1er mai 2024|Mis à jour le 3 mai 2024", 1, 3),
    (FRENCH, "Publié le 01/05/2024 à 08:00, mis à jour le 03/05/2024", 1, 3),
    (FRENCH, "Publié le 1er mai 2024 à 8h00, mis à jour à 9h12", 1, 1),
    (FRENCH, "1er mai 2024|Article mis à jour le vendredi 3 mai 2024.", 1, 3),
    (CHINESE, "2024年5月1日|更新时间：2024年5月3日", 1, 3),
    (CHINESE, "发布时间：2024-05-01 08:00 更新时间：2024-05-03 09:00", 1, 3),
    (PROSE, "Updated 2 hours ago|1 May 2024", 1, None),
    (PROSE, "Updated 30 April 2024|1 May 2024", 1, None),
    (PROSE, "1 May 2024|They updated their guide on 12 May 2024.", 1, None),
]


@pytest.mark.parametrize(("prose", "head", "published", "updated"), CHANGES)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_the_day_of_a_change_is_read_where_a_line_says_so(prose, head, published, updated, gap):
    title = "Port shut" if prose is PROSE else prose[0][:9]
    document = read(gap.join([title, *head.split("|"), *prose]))
    assert document.published == date(2024, 5, published)
    assert document.updated == (updated and date(2024, 5, updated))


def test_the_change_of_another_article_is_not_this_one_s():
    page = ["Port shut", "1 May 2024", *PROSE, "Related", "Rates rise", "Updated 4 May 2024"]
    assert read("\n".join(page)).updated is None


@pytest.mark.parametrize(
    "entries",
    [
        ["17:10 – Ministers meet unions", "16:42 – Mary Jones", "15:30 - 5 May 2023 in brief"],
        [
            "17h10 – Rennes rouvre deux ponts",
            "16h42 – Jean Dupont",
            "15h30 | 5 mai 2023 au port",
        ],
        ["17:10\n\nMinisters meet unions", "16:42\n\nMary Jones", "15:30\n\nTalks go on"],
    ],
)
def test_the_entries_of_a_live_page_give_no_author_and_no_date(entries):
    page = [part for pair in zip(entries, PROSE, strict=True) for part in pair]
    document = read("\n\n".join(["Live: Port strike, latest updates", *page]))
    assert (document.authors, document.published) == ((), None)


def test_a_byline_among_the_entries_of_a_live_page_counts():
    entries = ["17:10 – Mary Jones", PROSE[0], "16:42 – Talks go on", PROSE[1]]
    assert read("\n\n".join(["Live: Port strike", "By Ann Lee", *entries])).authors == ("Ann Lee",)


def read_lacking():
    pages, name = {}, ""
    for line in (FOLDER.parent / "boilerplate_lacking.txt").read_text("utf-8").splitlines():
        if line.startswith("= "):
            name = line.removeprefix("= ")
        elif not line.startswith("# "):
            pages.setdefault(name, []).append(line)
    return pages


LACKING = read_lacking()
LACKS = {"teaser": [Flag.TEASER_ONLY], "article": []}  # every other kind has no article
MISSED = {
    ("index en cards of a section", False),
    ("index fr agenda des articles d'un auteur", True),
    ("index fr agenda des articles d'un auteur", False),
    ("cookie en wall to pay", True),
    ("cookie en wall to pay", False),
}
"""Pages that are still taken for articles, and whether as HTML."""
SIGNS = {
    "! ": "<h1>{}</h1>",
    "- ": '<ul><li><a href="/a">{}</a></li></ul>',
    "> ": '<div><a href="/b">{}</a></div>',
    "* ": "<ul><li>{}</li></ul>",
}


def unsign(line):
    return line[2:] if line[:2] in SIGNS else line


def write_page(lines, *, is_html):
    if not is_html:
        return "\n".join(map(unsign, lines))
    marked = (SIGNS.get(line[:2], "<p>{}</p>").format(escape(unsign(line))) for line in lines)
    return "\n".join(marked).replace("</ul>\n<ul>", "\n")


@pytest.mark.parametrize("name", LACKING)
@pytest.mark.parametrize("is_html", [False, True])
def test_a_page_without_its_article_is_flagged(name, is_html):
    text = write_page(LACKING[name], is_html=is_html)
    document = read(text, "text/html" if is_html else "text/plain")
    found = [flag for flag in document.flags if flag in {Flag.NO_ARTICLE, Flag.TEASER_ONLY}]
    lack = LACKS.get(name.split()[0], [Flag.NO_ARTICLE])
    assert found == ([] if (name, is_html) in MISSED else lack)
    if Flag.NO_ARTICLE in found:
        assert document.body_confidence == 0


def test_an_article_with_a_table_is_no_index(fixtures):
    [page] = fixtures.rglob("en_blog_table.html")
    found = corpus_norm.normalize(page, OFF)
    assert Flag.NO_ARTICLE not in found.flags
    assert found.body_confidence > 0.5


def test_a_short_text_is_an_article_and_certain():
    document = read("La page n'existe plus pour lui.\n\nLa banque a fermé ses portes lundi.")
    assert document.body_confidence == 1
    assert document.flags == ()


OPENINGS = {
    "en": (
        ["Ferry line to end night service", "By Lena Orchard", "14 May 2025, 10:30"],
        ["The night ferry will stop in May.", "Nobody was asked, residents say."],
        ["Sign up for our newsletter"],
        (
            "The operator, which has run the boats since 1962, told the council on Tuesday that "
            "the last sailing at 11 p.m. carried fewer than nine people on most days."
        ),
    ),
    "fr": (
        ["Le bac de nuit s'arrête", "Par Odile Tamarin", "Publié le 14 mai 2025 à 10h30"],
        ["Le bac de nuit cessera en mai.", "Personne n'a été consulté."],
        ["Lire aussi : La digue sera reconstruite d'ici 2027"],
        (
            "L'exploitant, qui assure la traversée depuis 1962, a indiqué mardi au conseil "
            "municipal que le dernier départ transportait moins de neuf passagers le soir."
        ),
    ),
    "zh": (
        ["夜间渡轮五月停航", "记者 何一帆", "2025年5月14日 10:30"],
        ["夜间渡轮将于五月停航。", "居民说，没有人问过他们。"],
        ["延伸阅读：海堤将于二〇二七年重建完成"],
        (
            "运营方自一九六二年起经营这条航线，周二向市议会表示，晚上十一点的末班船大多数日子载客"
            "不足九人，继续开下去难以为继。"
        ),
    ),
}


@pytest.mark.parametrize("language", OPENINGS)
def test_short_sentences_above_a_box_are_body(language):
    head, opening, box, prose = OPENINGS[language]
    blocks = classify_blocks(split_blocks("\n".join([*head, *opening, *box, prose])))
    is_body = {block.text: block.is_body for block in blocks}
    assert [is_body[text] for text in (*opening, prose)] == [True] * 3
    assert not is_body[box[0]]


@pytest.mark.parametrize(
    ("language", "line"),
    [("en", "Tuesday 6 May 2025, 9.40am"), ("fr", "Mardi 6 mai 2025"), ("zh", "民國114年5月6日")],
)
def test_a_date_alone_above_the_article_is_a_dateline(language, line):
    head, opening, _, prose = OPENINGS[language]
    blocks = classify_blocks(split_blocks("\n".join([head[0], line, prose, *opening, prose[:-1]])))
    kinds = {block.text: block.kind for block in blocks}
    assert kinds[line] == "dateline"
    assert kinds[prose] == "paragraph"


@pytest.mark.parametrize(
    ("head", "is_title"),
    [
        (["Opinion", "The wisdom of crowded buses", "By Odile Tamarin"], True),
        (["Politics", "What the mayor forgot to say", "Odile Tamarin", "14 May 2025"], True),
        (["Opinion", "Tamarin Media Group", "By Odile Tamarin"], False),
    ],
)
def test_the_line_above_a_credit_is_the_headline_though_the_article_repeats_no_word_of_it(
    head, is_title
):
    prose = OPENINGS["en"][3]
    again = (
        "Ferries like this one have run for sixty years, he added, and nobody had asked them to."
    )
    blocks = classify_blocks(split_blocks("\n".join([*head, prose, again, *[prose + "!"] * 5])))
    titles = [block.text for block in blocks if block.kind == "title"]
    assert titles == ([head[1]] if is_title else [])


def test_items_that_the_writer_marked_up_end_an_article_and_links_do_not():
    text = """# Night ferry to stop in May

By Odile Tamarin, 14 May 2025

The operator, which has run the crossing since 1962, told the council on Tuesday that it will stop.

## What changes

- One boat fewer
- A later bus

Nobody was asked.

- [Home](https://x.example/)
- [About](https://x.example/a)
"""
    is_body = {block.text: block.is_body for block in classify_blocks(split_blocks(text))}
    assert all(is_body[line] for line in ("What changes", "One boat fewer", "Nobody was asked."))
    assert not is_body["[Home](https://x.example/)"]


def test_the_ingredients_between_a_standfirst_and_the_steps_are_body():
    text = """Chestnut pancakes
By Odile Tamarin
May 14, 2025
A batter that rests while you walk the dog, and browns in a dry pan without a drop of oil.
Save recipe
What you need
200 g chestnut flour
3 eggs, beaten
1 pinch of salt
Steps
Whisk the flour and the salt into the eggs until no lumps are left in the bowl.
Let the batter rest for an hour, then fry it by the ladle in a hot, dry pan."""
    is_body = {block.text: block.is_body for block in classify_blocks(split_blocks(text))}
    assert all(is_body[line] for line in ("200 g chestnut flour", "3 eggs, beaten", "Steps"))
    assert not is_body["Save recipe"]


def test_prose_below_a_box_is_body_though_a_short_article_shares_no_word_with_it():
    text = """Harbour tram to open in spring
By Odile Tamarin
14 May 2025, 3.47pm
Two lorries, eight police motorcycles and a crowd of onlookers: the first tram for the new line
reached the depot at Kilbride on Wednesday night.
Newsletter: the best of the region
What happens in your county
Sign up
"We have waited ten years for this," said a councillor from the hill towns.
Tests will begin in November on a mile of track.
Comments"""
    lines = text.replace("line\nreached", "line reached")
    is_body = {block.text: block.is_body for block in classify_blocks(split_blocks(lines))}
    assert all(is_body[line] for line in lines.splitlines()[7:9])
    assert not is_body["What happens in your county"]


@pytest.mark.parametrize(
    ("bio", "is_body"),
    [
        ("Odile Tamarin is a naval architect in Brest.", False),
        ("Dr. Tamarin is a naval architect in Brest.", False),
        ("Hanna Veldt is a naval architect in Brest.", True),
    ],
)
def test_who_the_author_is_is_not_the_article(bio, is_body):
    prose = OPENINGS["en"][3]
    more = "The council has known of the losses since March, two of its members said on Monday."
    third = "A bus will run in place of the boat, and take forty minutes longer in the rush hour."
    text = f"Night ferry to stop in May\nBy Odile Tamarin\n{prose}\n{more}\n{third}\n{bio}"
    document = read(text)
    assert document.authors == ("Odile Tamarin",)
    assert (bio in document.body) is is_body


BOX = {
    "en": ["Related articles", "Divers find cracks in wall", "Will grain be late?", "Fees to rise"],
    "fr": ["À lire aussi", "Des fissures découvertes", "Le blé sera-t-il en retard ?", "Les taxes"],
    "zh": ["相关阅读", "码头墙体发现裂缝", "粮商担心延误"],
}
ARTICLE = {
    "en": [
        "The harbour board voted on Monday to shut the north quay for a year, as it has cracks.",
        "The decision came after four hours of debate. Two members voted against it.",
        "“We cannot wait for the wall to fall,” said the chairwoman, Rosa Field.",
    ],
    "fr": [
        "Le conseil du port a voté lundi la fermeture du quai nord pour un an, après des fissures.",
        "La décision est tombée après quatre heures de débat. Deux membres ont voté contre.",
        "« Nous ne pouvons pas attendre », a dit la présidente. « Les ingénieurs ont été clairs. »",
    ],
    "zh": [
        "港务局周一表决通过，北码头将关闭至少一年，此前潜水员在墙体上发现裂缝。",
        "这一决定经过四小时讨论后作出，两名委员投了反对票。",
        "主席田罗莎说：“我们不能等到墙倒下来。工程师说得很清楚。”",
    ],
}


@pytest.mark.parametrize("language", BOX)
def test_an_article_goes_on_below_a_box_of_headlines(language):
    lead, *rest = ARTICLE[language]
    body = read("\n".join([lead, *BOX[language], *rest])).body
    assert [line for line in ARTICLE[language] if line not in body] == []
    assert [line for line in BOX[language] if line in body] == []


@pytest.mark.parametrize(
    "times", [("15:20 GMT", "14:48 GMT", "14:05 GMT"), ("15h20", "14h48", "14h05")]
)
def test_the_entries_of_a_live_page_are_body_in_order_with_their_headings(times):
    entries = [
        ["Bridge shut", "The bridge is closed to lorries, the highways agency says."],
        ["Power out", "About 6,000 homes are without power.", "Share"],
        ["Good afternoon, and welcome to our live coverage of the storm."],
    ]
    lines = [line for time, entry in zip(times, entries, strict=True) for line in (time, *entry)]
    document = read("\n".join(["Storm Kara live: trains cancelled", *lines]))
    told = [line for entry in entries for line in entry if line != "Share"]
    assert [block.text for block in document.blocks[1:] if block.is_body] == told
    assert Flag.NO_ARTICLE not in document.flags


def test_lines_that_are_far_less_likely_than_the_article_are_no_part_of_it():
    page = [
        "Rail fares to rise by 4.9% in March",
        "Share",
        "Rail fares in England will rise by 4.9% in March, the government has announced.",
        "Sign up to Business Today",
        "Free daily newsletter",
        "Enter your email address",
        "Campaigners said that passengers were paying more for a worse service.",
        "Explore more on these topics",
        "Rail transport",
    ]
    body = read("\n".join(page)).body
    assert page[2] in body
    assert page[6] in body
    assert "newsletter" not in body
    assert "Rail transport" not in body


MENU = [
    "Skip to main content",
    "Home",
    "Markets",
    "Watchlist",
    "Sign In",
    "Nasdaq 16,857.05 +0.17%",
]
FOOT = ["Most Popular", "Oil slips for fifth day", "Why small caps are lagging", "About Us"]
FOOT += ["Privacy Policy", "© 2024 All rights reserved.", "Follow us", "Facebook", "LinkedIn"]


def test_a_notice_of_one_paragraph_between_menus_is_an_article():
    told = "XPeng Inc shares are trading lower by 4.1% during Wednesday's session. Nio fell too."
    head = ["XPeng shares are trading lower. Here's why.", "Benzinga Newsdesk", "June 5, 2024"]
    document = read("\n".join([*MENU, *head, told, "Read Next", *FOOT]))
    assert document.body.split("\n")[-1] == told
    assert document.title == head[0]
    assert Flag.NO_ARTICLE not in document.flags


def test_the_name_of_a_section_above_an_article_makes_no_list_of_it():
    article = [
        "The last ferryman of Kells",
        "By Una Burke",
        "For 41 years Joe Daly has rowed people across the river. On Friday he will stop.",
        "“I know every stone of it”",
        "“I know every stone of it,” he says, pulling at the oars. “And every stone knows me.”",
        "Joe Daly, ferryman",
        "A bridge will open a mile downstream next week. The council has no money for both.",
    ]
    document = read("\n".join([*MENU, "Top Stories", *article, *FOOT]))
    assert document.title == article[0]
    assert [line for line in article[2::2] if line not in document.body] == []


def test_the_rows_of_a_table_in_plain_text_part_no_article():
    article = [
        "Orbital Foods reports third-quarter results",
        "By Business Staff",
        "Orbital Foods said on Thursday that quarterly sales rose 6 percent to $1.24 billion.",
        "2024 2023",
        "Net sales $1,240 $1,170",
        "Operating income $131 $119",
        "Net income $88 $79",
        "The company raised its dividend to 22 cents and said it expects sales to grow next year.",
    ]
    body = read("\n".join([*MENU, *article, *FOOT])).body
    assert [line for line in article[2:] if line not in body] == []
    assert "Oil slips" not in body


def test_the_rest_of_an_article_below_a_form_of_html_is_no_stranger():
    box = (
        "<p>skip past newsletter promotion</p><div><h3>Sign up to Business Today</h3>"
        "<p>Free daily newsletter</p><p>All the news you need every morning of the week</p><form>"
        "<input><button>Sign up</button></form><p>Privacy Notice: Newsletters may contain ads.</p>"
        "</div><p>after newsletter promotion</p>"
    )
    told = [f"<p>{escape(line)}</p>" for line in ARTICLE["en"]]
    page = (
        f"<main><article><h1>Quay shut</h1>{''.join([*told[:1], box, *told[1:]])}</article></main>"
    )
    body = read(page, "text/html").body
    assert [line for line in ARTICLE["en"] if line not in body] == []
    assert "Newsletters" not in body


def test_the_end_of_a_press_release_is_no_article():
    told = [
        "HOUSTON, Aug. 6, 2024 /PRNewswire/ -- Harlow Energy Inc. today announced its results.",
        "“We delivered another strong quarter,” said Mark Stone, chief executive officer.",
    ]
    end = [
        "Forward-Looking Statements",
        "This press release contains forward-looking statements that involve risks.",
        "Media Contacts",
        "Jane Roe, Investor Relations",
        "ir@harlow.example",
        "SOURCE Harlow Energy Inc.",
    ]
    html = "".join(f"<p>{line}</p>" for line in (*told, *end))
    for page in ("\n".join([*told, *end]), f"<article><h1>Harlow reports</h1>{html}</article>"):
        document = read(page, "text/html" if page.startswith("<") else "text/plain")
        assert [line for line in told if line not in document.body] == []
        assert [line for line in end if line in document.body] == []
