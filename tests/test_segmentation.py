from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_norm.document import BlockKind, Document
from corpus_norm.segmentation import add_sentences, split_blocks, split_sentences

MARKUP_ONLY = re.compile(r"(?:\s|[-=_*~#+|>·•◦▪‣●○■–—─━═\\.()\]]|\(?\d{1,2}[.)])*")
structured = st.text(st.sampled_from("aB .!?\n#->*|1。，汉é:\t=😀\u3000"), max_size=300)
texts = structured | st.text(max_size=200)


def kinds(text):
    return [(block.kind.value, block.text) for block in split_blocks(text)]


def sentences(text, language="en"):
    return [text[a:b] for a, b in split_sentences(text, language)]


@given(texts)
def test_blocks_are_slices_in_order_and_gaps_hold_no_words(text):
    document = Document("x", text, blocks=tuple(split_blocks(text)))
    position = 0
    for block in document.blocks:
        assert block.text == text[block.start : block.end]
        assert block.start >= position
        assert block.text == block.text.strip()
        position = block.end
    assert all(MARKUP_ONLY.fullmatch(gap) for gap in document.gaps), document.gaps


@given(texts)
def test_blocks_and_gaps_rejoin_to_the_text(text):
    document = Document("x", text, blocks=tuple(split_blocks(text)))
    pieces = [document.gaps[0]]
    for block, gap in zip(document.blocks, document.gaps[1:], strict=True):
        pieces += [block.text, gap]
    assert "".join(pieces) == text


@given(texts, st.sampled_from(["en", "fr", "zh-Hans", "und", "de", "xx"]))
def test_sentences_cover_everything_but_white_space(text, language):
    position = 0
    for start, end in split_sentences(text, language):
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip() != ""
        position = end
    assert not text[position:].strip()


def test_each_line_is_a_block_with_or_without_blank_lines():
    text = "Short title\nA paragraph that ends.\n\nAnother one."
    assert [block.text for block in split_blocks(text)] == [
        "Short title",
        "A paragraph that ends.",
        "Another one.",
    ]


def test_hard_wrapped_lines_are_one_block():
    text = (
        "The committee said on Tuesday that it would look into the matter of the\n"
        "missing funds, which had been reported by the paper two weeks before the\n"
        "election and which the mayor has called an invention of his opponents in\n"
        "the council.\n\n"
        "He will speak on Friday, in the hall where the last meeting of the party\n"
        "ended in a row."
    )
    blocks = split_blocks(text)
    assert [block.text[:12] for block in blocks] == ["The committe", "He will spea"]
    document = Document("x", text, blocks=tuple(blocks))
    assert "of the missing funds" in document.body


def test_hard_wrapped_chinese_is_joined_without_spaces():
    line = "这是一段被硬换行的中文文本它每行有四十个汉字左右用来检验换行合并是否正确而且不加空格"
    text = "\n".join([line, line, line, line[:20] + "。"])
    document = Document("x", text, blocks=tuple(split_blocks(text)))
    assert len(document.blocks) == 1
    assert document.body == line * 3 + line[:20] + "。"


def test_paragraphs_without_blank_lines_are_not_joined():
    lines = (f"Paragraph {n} says something that goes on {'very ' * n}long." for n in range(9))
    text = "\n".join(lines)
    assert len(split_blocks(text)) == 9


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "It is only beginning.## Technical Optimism",
            [("paragraph", "It is only beginning."), ("heading", "Technical Optimism")],
        ),
        ("结束了。### 新的开始", [("paragraph", "结束了。"), ("heading", "新的开始")]),
        ("He writes C# and F# all day.", [("paragraph", "He writes C# and F# all day.")]),
        ("Great news! #OpenAI is back", [("paragraph", "Great news! #OpenAI is back")]),
        ("#OpenAI is back", [("paragraph", "#OpenAI is back")]),
        ("# Title #\ntext", [("heading", "Title"), ("paragraph", "text")]),
        ("Title\n=====\ntext", [("heading", "Title"), ("paragraph", "text")]),
        ("- one\n* two\n1. three", [("list_item", w) for w in ("one", "two", "three")]),
        (
            "- no service\n  when it blows\n  hard",
            [("list_item", "no service\n  when it blows\n  hard")],
        ),
        ("- one\nTwo.", [("list_item", "one"), ("paragraph", "Two.")]),
        (
            "> “No,” said\n> Inge.\n> “Yes.”",
            [("quote", "“No,” said\n> Inge."), ("quote", "“Yes.”")],
        ),
        ("> said he\n\n---\n\nend", [("quote", "said he"), ("paragraph", "end")]),
        ("| a | b |\n|---|---|", [("table", "| a | b |")]),
        ("- 5 degrees\n-5 degrees", [("list_item", "5 degrees"), ("paragraph", "-5 degrees")]),
    ],
)
def test_markup_gives_the_kind_and_stays_in_the_gap(text, expected):
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "M. Dupont a vu Mme. Durand. Il part.", 2),
        ("fr", "Il vient de l'O.N.U. mardi. Elle aussi.", 2),
        ("fr", "Est-ce vrai ? « Oui ! » dit-il. Fin.", 3),
        ("en", "Dr. Smith met J. K. Rowling. They talked.", 2),
        ("en", "Growth was 3.5% in 2024. See example.com for more.", 2),
        ("en", "long-term sustainability.This balance matters.", 2),
        ("zh-Hans", "他说：不。她笑了！真的吗？", 3),
        ("und", "One thing. Another thing.", 2),
    ],
)
def test_sentences_end_where_a_reader_would_say(language, text, expected):
    assert len(sentences(text, language)) == expected, sentences(text, language)


def test_sentences_carry_offsets_into_the_document():
    text = "# Head\n\nOne here. Two there."
    document = add_sentences(Document("x", text, blocks=tuple(split_blocks(text))))
    assert [s.text for s in document.sentences] == ["Head", "One here.", "Two there."]
    assert all(text[s.start : s.end] == s.text for s in document.sentences)
    assert [s.block for s in document.sentences] == [0, 1, 1]


def test_a_pathological_line_does_not_take_quadratic_time():
    text = "(« “" * 50_000
    assert split_sentences(text, "en")[-1][1] == len(text)


def test_headings_are_headings():
    assert split_blocks("## Ein Titel")[0].kind is BlockKind.HEADING


@pytest.mark.parametrize("space", ["\u3000", "\u2003", "\u202f\u00a0"])
def test_a_wide_space_before_a_stop_breaks_nothing(space):
    text = f"She met K{space}. Then she left."
    parts = [text[start:end] for start, end in split_sentences(text, "fr")]
    assert "".join(parts).replace(" ", "") == text.replace(" ", "")
    assert parts[-1].endswith("left.")


class PanicException(BaseException):
    pass


def test_a_text_that_sentencex_panics_on_is_one_sentence(monkeypatch, caplog):
    def panic(code, text):
        raise PanicException("not a char boundary")

    monkeypatch.setattr("sentencex.get_sentence_boundaries", panic)
    text = "An odd text that nobody split before! It rains?"
    assert split_sentences(text, "en") == [(0, len(text))]
    assert "not a char boundary" in caplog.text


def test_an_interruption_is_no_failure_of_sentencex(monkeypatch):
    def interrupt(code, text):
        raise KeyboardInterrupt

    monkeypatch.setattr("sentencex.get_sentence_boundaries", interrupt)
    with pytest.raises(KeyboardInterrupt):
        split_sentences("Another text that nobody interrupted! It rains?", "en")
