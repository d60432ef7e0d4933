"""Chinese that a program has wrapped, and lines that only look like it."""

from __future__ import annotations

import unicodedata

import pytest

from corpus_norm.document import unwrap
from corpus_norm.segmentation import split_blocks

PARAGRAPHS = [
    (
        "海港局周一宣布，旧码头将继续关闭至明年春天，因为工程师在两根桩柱上发现了裂缝，需要全面检修，"
        "预计影响三万名乘客，营运商将加开巴士班次。"
    ),
    (
        "局长表示：“我们明白市民不便。”他指出，Tern Lines 公司在2024年第一季度的客量下降了12.5%，"
        "公司因此下调了全年预期，股价随之下跌。"
    ),
    "“我们会继续观察。”发言人对《海鸥日报》记者说，“目前还没有决定。”会议将于下周三（3月13日）举行。",
]
TRADITIONAL = [
    "海港局週一宣布，舊碼頭將繼續關閉至明年春天，因為工程師在兩根樁柱上發現了裂縫，需要全面檢修。",
    "「我們明白市民不便。」局長在記者會上表示，工程預計耗資三千萬元，由市政府與營運商分擔。",
]
CLOSING = "，。！？：；”’）》、%」"


def wide(char):
    return 2 if unicodedata.east_asian_width(char) in "WF" or char in "“”‘’—…" else 1


def narrow(char):
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def wrap(text, width, measure, indent=0):
    """Break lines at a column, never before a closing mark."""
    lines, line, size = [], "", indent
    for char in text:
        if size + measure(char) > width and char not in CLOSING:
            lines.append(line.rstrip())
            line, size = "", 0
            if char == " ":
                continue
        line, size = line + char, size + measure(char)
    return "\n".join([*lines, line])


def join(text):
    return unwrap(text).replace(" ", "")


@pytest.mark.parametrize("paragraphs", [PARAGRAPHS, TRADITIONAL])
@pytest.mark.parametrize("measure", [wide, narrow])
@pytest.mark.parametrize(("gap", "indent"), [("\n\n", ""), ("\n\n", "　　"), ("\n", "　　")])
@pytest.mark.parametrize("width", [40, 46, 50, 58, 66, 72, 76, 78])
def test_lines_wrapped_at_a_column_are_one_block_a_paragraph(
    width, gap, indent, measure, paragraphs
):
    text = gap.join(indent + wrap(each, width, measure, 2 * len(indent)) for each in paragraphs)
    assert [join(block.text) for block in split_blocks(text)] == [
        each.replace(" ", "") for each in paragraphs
    ]


@pytest.mark.parametrize("size", [20, 24, 30, 36, 39])
def test_lines_wrapped_after_so_many_characters_are_joined(size):
    whole = "".join(PARAGRAPHS)
    text = "\n".join(whole[at : at + size] for at in range(0, len(whole), size))
    assert [join(block.text) for block in split_blocks(text)] == [whole.replace(" ", "")]


@pytest.mark.parametrize(
    ("wrapped", "whole"),
    [
        ("今年有望达到600万部，\n2024年再增长", "今年有望达到600万部，2024年再增长"),
        ("全球已有超过\n600万人接种", "全球已有超过600万人接种"),
        ("出货量达到600\n万部", "出货量达到600万部"),
        ("下降了12.5%\n，公司称", "下降了12.5%，公司称"),
        ("他说：\niPhone涨价", "他说：iPhone涨价"),
        ("使用\niPhone 15", "使用 iPhone 15"),
        ("rose by 5\n600 people", "rose by 5 600 people"),
        ("the “end”\nof it", "the “end” of it"),
    ],
)
def test_a_join_has_a_space_where_the_language_has_one(wrapped, whole):
    assert unwrap(wrapped) == whole


@pytest.mark.parametrize("end", ["，需要", "，预计", "。局长表示"])
def test_a_line_that_breaks_off_in_a_sentence_goes_on(end):
    whole = PARAGRAPHS[0] + PARAGRAPHS[1]
    at = whole.index(end) + (1 if end[0] == "，" else 5)
    assert len(split_blocks(f"{whole[:at]}\n{whole[at:]}")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "床前明月光，\n疑是地上霜。\n举头望明月，\n低头思故乡。",
        "朝辞白帝彩云间，千里江陵一日还。\n两岸猿声啼不住，轻舟已过万重山。",
        "海港局宣布旧码头继续关闭\n海港局周一宣布，旧码头将继续关闭至明年春天。\n乘客将乘巴士前往新码头。",
        (
            "旧码头继续关闭至明年春天乘客须改乘巴士出行\n市政府与营运商就三千万元工程费用达成了协议\n"
            "新码头每半小时一班渡轮预计影响三万名乘客"
        ),
        (
            "　　海港局周一宣布，旧码头将继续关闭至明年春天，需要全面检修。\n　　乘客将乘巴士前往"
            "新码头，那里每半小时有一班渡轮。\n　　工程由市政府分担。\n来源：海鸥日报"
        ),
        "一、概述\n二、方法与材料\n三、结果",
        "1、旧码头关闭\n2、新码头启用\n3、巴士加班",
    ],
)
def test_poems_lists_and_headlines_stay_apart(text):
    assert len(split_blocks(text)) == text.count("\n") + 1


def test_a_heading_before_a_wrapped_paragraph_stays_apart():
    first, second = (wrap(paragraph, 60, wide) for paragraph in PARAGRAPHS[:2])
    text = f"旧码头继续关闭\n{first}\n\n二、影响\n{second}"
    assert [block.text[:7] for block in split_blocks(text)] == [
        "旧码头继续关闭",
        PARAGRAPHS[0][:7],
        "二、影响",
        PARAGRAPHS[1][:7],
    ]
