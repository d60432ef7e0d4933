"""Where sentences end, one case a line; a bar stands for the boundary."""

from __future__ import annotations

import random

import pytest

from corpus_norm import sentences
from corpus_norm.languages import LANGUAGES
from corpus_norm.segmentation import split_sentences

ENGLISH = """
He lives in the U.S.| He left in May.
The U.S. President spoke.| The U.S. Senate met.
U.K. Prime Minister Example met E.U. leaders in the U.K.| There they talked.
She takes vitamin D.| The doctor agreed.
World War I.| The war ended.| Plan B.| The council agreed.
J. K. Rowling wrote.| J.K. Rowling wrote.| J.R.R. Tolkien too.
J.-P. Example left with O. J. Other.| Then it rained.
Shares of Acme Inc. rose.| Acme Inc. CEO Ann Lee left.| He joined Acme Corp.| The firm grew.
Acme Corp. (“Acme”) sued.| Acme Inc. [the parent] did not.
He works for Acme Ltd.| “We are sorry,” he said.
Martin Luther King Jr. was born.| He met King Jr.| They talked.
They met on Thurs. Feb. 8 and left.| It was Jan. 12, 2024.| He came in Dec.| The rain stopped.
The shop opens on Sat. and Sun.| Closed on Mon.| The owner rests.
They met at 5 p.m. Monday.| It was 7 p.m.| Bring a pen.
It opens at 9 a.m. Eastern.| It closes at 5 p.m. (ET).| At 6 p.m. London time it rains.
It ends at 10 p.m.| They left.| She left at 5 pm.| Monday was cold.
Moss et al. [12] measured the pier.| It was big. [3]| Then more came.
See Ash et al. (2019).| Oak et al. found it.
See No. 5, p. 12 and vol. II.| Then fig. 3.| Gulls vs. Terns.| St. Louis won.
He said no.| The others left.| Dr. Ash met Gen. Elm in Washington, D.C.| The city slept.
He lives in Tampa, Fla.| The state agreed.| Boston, Mass. Gov. Ash spoke.
“Really?” he asked.| “Yes!” Ash said on Monday.| “We lost.”| She added: “So it goes.”
“We lost.”| The coach was sad.| He said “No.”| Then he left. | (He left.)| She came.
Yahoo! said profits rose.| Then it fell.| It sold well.| iPhone sales rose.| eBay fell.
He waited...| Then he left.| He... left.| It cost 5.50 dollars.| 3 people died.
The answer is no.| Maria left.| He voted no.| J.-P. Example agreed.| She said no.| I left.
See no. 5, no. 12 and No. IV.| There is no art.| Yes or no?| No.| She left.
He gave it a B.| She gave it an A.| They met a J. Example and an A. Other.
She asked, “Why now?”| Tom said nothing.| Ann Lee said: “We won!”| Tom Ash said on Monday.
We won! 🎉🎉| See you tomorrow 😀 everyone.| Great! :)| Bye ❤️.
It is over. 🙏🏽| Thanks.| The news. 🚨
"""

FRENCH = """
Selon J.-P. Exemple, la loi passera.| M. J.-L. Autre approuve.| M. Le Goff et Mme Le Bras aussi.
J.-Y. Exemple part.| Me. Exemple plaide.| Mgr. Autre écoute.
Exemple Inc. (« Exemple ») a déposé plainte.| Autre S.A. Paris ferme.
La séance ouvre à 9 h. 30 précises.| Elle ferme à 18 h.| Le marché est calme.
L’audience débute à 14 h. 15.| Elle finit à 16 h.| Les juges délibèrent.
Il est né en 50 av. J.-C.| Les Romains arrivent.| Au IIe siècle apr. J.-C. Rome brûle.
Voir art. 5, p. 12 et fig. 3.| C’est de l’art.| Le musée ferme.| L’art. 12 dispose.
Ils étaient sept.| Le maire aussi.| Le 3 sept. 2023, il part.| Il arrive le ven. 3 janv. 2024.
Le mar. 5 mars, il part.| Il aime la mer.| Le sable est chaud.| Il a sauté 8 m.| Le public rit.
Des fruits, des légumes, etc.| Le marché ferme.| Il vit aux U.S.A.| Le pays est grand.
« Vraiment ? » demande-t-il.| « Non ! » s’exclame Marie.| « Oui. »| Il part.
Ch.-É. Exemple revient.| Ph. Martin et Fr. Dupont sont là.| M. Ch. Autre parle.
Mme Th. May aussi.| M. J.-Ch. Exemple vient.| Cl. Autre rit.| Le chap. 3 aussi.
On a gagné ! 🎉| À demain.| Bravo ! 👏👏| Merci à tous ❤️ les amis.| Fin.
"""

CHINESE = """
“真的吗？”她问。|没有人回答。|天黑了。
“快走吧。”老师笑着说。|“再见？”学生反问道。|大家散去。
「出發吧！」她說，「天要黑了。」|眾人離開。
“我们已经尽力。”海港局局长周一在记者会上表示。|会议结束。
“钱不够。”他说，明年再议。|“好。”|大家散去。
他告诉记者：“码头关了。”|海港局局长说：“会修好。”
“这是真的。”|这个消息大家都知道。|“涨价了。”|消费者纷纷离开。
（他走了。）|大家散去。|他走了（其实没走。）后来回来了。
什么？！|他走了。|太好了！😀|明天见。|恭喜🎉🎉！|大家加油💪。
『快來！』他喊。|她笑了。|『真的嗎？走吧。』記者問。|〝真的嗎？〞他問。|沒人回答。
﹁走吧！﹂他說。|他說：『這是真的。』|大家鼓掌。|他問：「你聽過『不要怕！』這句話嗎？」|大家搖頭。
他寫下《救命！》一書。|大家買。|【獨家！】記者報導。|走了。|〈快逃！〉是新片。|他看了《快逃！》。|大家笑。
张伟说：“房价太高了。”|李娜则认为租房更划算。|他问道：“谁来负责？”|会议室里没人回答。
「這樣不行。」局長說，「要改。」|市府稍後回應。|“走！”他说，“快走！”|她表示，没人走。
“胜利！”球迷高呼着，“冠军！”|警方维持秩序。|“快跑！”有人大喊。|“走吧！”她高呼着，挥着手。
"真的吗？"他问。|售价5.5元！？|真的。
他写道：“今天‘很好。’明天呢？”|后来他走了。
"""


def _read(cases):
    return [
        (line.replace("|", ""), [part.strip() for part in line.split("|") if part.strip()])
        for line in cases.strip().split("\n")
    ]


@pytest.mark.parametrize(("text", "expected"), _read(ENGLISH))
def test_english_sentences(text, expected):
    assert [text[a:b] for a, b in split_sentences(text, "en")] == expected


@pytest.mark.parametrize(("text", "expected"), _read(FRENCH))
def test_french_sentences(text, expected):
    assert [text[a:b] for a, b in split_sentences(text, "fr")] == expected


@pytest.mark.parametrize(("text", "expected"), _read(CHINESE))
def test_chinese_sentences(text, expected):
    assert [text[a:b] for a, b in split_sentences(text, "zh-Hans")] == expected


@pytest.mark.parametrize(
    "piece", ["a. ", "“好。”他说。", "U.S. The ", "(A. ", "! 🎉 ", "“", "a." + " " * 80]
)
def test_long_paragraphs_take_linear_time(piece):
    text = piece * (200_000 // len(piece))
    assert split_sentences(text, "en")[-1][1] == len(text.rstrip())


PIECES = (
    "Le", "Dr.", "U.S.", "5 p.m.", "a)", "(1)", "(2)", "ii)", "iii)", "•", "★", "-", "“", "”", "«",
    "»", "(", "（", "）", "。", "！", "…", ".", "!", "?", ";", "：", "人", "這個", "他說，「好。」",
    "《書。》", "été", "🎉", ":-)", "։", "।", "\xa0", "\n", "_",
)  # fmt: skip


def test_lines_that_no_sentence_can_end_in_are_those_that_have_no_end(monkeypatch):
    """Most lines never reach the segmenter; those that do not would come back whole."""
    rng = random.Random(3)  # noqa: S311 -- reproducible, not secret
    texts = [
        "".join(rng.choice(PIECES) + rng.choice(("", " ")) for _ in range(rng.randrange(1, 9)))
        for _ in range(2_000)
    ]
    texts += ["Quick links • Lifestyle • Worth", "» ,École (2) ★ ？", "l’un a) Oui b) Non"]
    cases = [(text, language) for text in texts for language in (*LANGUAGES, "und", "el")]
    found = [sentences.find_ends(*case) for case in cases]

    def may_stop(text, last, language):
        return sentences._MAY_STOP.search(text) is not None

    monkeypatch.setattr(sentences, "_may_stop", may_stop)
    differing = [
        case for case, ends in zip(cases, found, strict=True) if sentences.find_ends(*case) != ends
    ]
    assert differing == []


def test_a_name_may_begin_with_a_stop():
    text = "They use Node.js and .NET here. It works ."
    assert split_sentences(text, "en") == [(0, 31), (32, 42)]
